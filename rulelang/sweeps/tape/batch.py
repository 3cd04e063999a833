"""The results of a sweep: arrays over the scenarios, and the scenarios that the rules do not allow."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy
from attrs import define, field

from rulelang.base.diagnostic import Diagnostic, InternalError, RunError, finding
from rulelang.model.event import Event
from rulelang.run.exact import ExactNumbers
from rulelang.run.inputs import make_data
from rulelang.run.interpret import interpret
from rulelang.run.plan import Key, Plan, make_plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.waterfall import Evaluation
from rulelang.sweeps.tape.arrays import Array
from rulelang.sweeps.tape.nodes import LEAST, MOST, Elem, Node, Ref
from rulelang.sweeps.tape.stretches import Written
from rulelang.sweeps.tape.trace import Trace


class Rejection(NamedTuple):
    """A scenario that the rules do not allow: which, and what a run of it is told."""

    scenario: int
    told: Diagnostic


@define
class Batch:
    """What every scenario of a sweep gives; amounts are minor units.

    Arrays are ``int64``, or hold Python's whole numbers where an amount passes 64 bits.  ``outcome`` is 0 where the
    loss is covered and 1 where it is not.  Scenarios in :attr:`rejected` have 0 everywhere; ``apart`` are those that
    the interpreter ran.  ``room`` is an earlier batch whose arrays may be written over.  Stretches of the scenarios are
    worked on in ``threads`` threads.
    """

    plan: Plan
    trace: Trace = field(repr=False)
    columns: Sequence[Array] = field(repr=False)
    event_at: Callable[[Sequence[Array], int], Event] = field(repr=False)
    room: "Batch | None" = field(default=None, repr=False)
    threads: int = 1
    written: Written | None = field(default=None, init=False, repr=False)
    refused: Array = field(init=False, repr=False)
    uncovered: Array = field(init=False, repr=False)
    outcome: Array = field(init=False, repr=False)
    drawn: dict[Key, Array] = field(init=False, repr=False)
    paid: dict[str, Array] = field(init=False, repr=False)
    step: str | None = field(default=None, init=False, repr=False)
    blocks: dict[Node, Array] = field(factory=dict, init=False, repr=False)
    read: set[int] = field(factory=set, init=False, repr=False)
    apart: list[int] = field(factory=list, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Play the tape over all scenarios."""
        trace = self.trace
        refs = [trace.loss, trace.uncovered, trace.refused, trace.aside, *trace.drawn.values(), *trace.paid.values()]
        if self.room is not None and self.room.trace is trace and len(self.room) == len(self.columns[0]):
            self.written = self.room.written
        self.room = None
        arrays, self.written = self._played(refs, self.written)
        loss, self.uncovered, self.refused, aside = arrays[:4]
        self.drawn = dict(zip(trace.drawn, arrays[4:], strict=False))
        self.paid = dict(zip(trace.paid, arrays[4 + len(self.drawn) :], strict=True))
        self.refused &= ~aside  # what the tape says of these does not count
        self._check(loss, aside)
        self._run_aside(numpy.flatnonzero(aside & ~self.refused).tolist())
        rejected = numpy.flatnonzero(self.refused)
        if len(rejected):
            for array in (self.uncovered, *self.drawn.values(), *self.paid.values()):
                array[rejected] = 0
        self.outcome = (self.uncovered != 0).astype(numpy.int64)

    def __len__(self) -> int:
        """How many scenarios there are."""
        return len(self.uncovered)

    def event(self, index: int) -> Event:
        """One scenario as an event for the interpreter."""
        return self.event_at(self.columns, index)

    def paid_under(self, step: str, segment: str | None, payer: str) -> Array:
        """What a payer pays under one step (in one segment, if it is per segment); worked out when it is asked for."""
        array = self._under((step, segment), payer)
        if self.apart:
            amounts = self._paid_apart.get(((step, segment), payer), numpy.zeros(len(self.apart), numpy.int64))
            array = array.astype(object) if amounts.dtype == object else array
            array[self.apart] = amounts
        array[self.refused] = 0
        return array

    def _under(self, key: Key, payer: str) -> Array:
        """What a payer pays in a turn; all payers of a turn are worked out together, and kept until another step."""
        if self.step != key[0]:
            self.step, self.blocks = key[0], {}
        ref = self.trace.paid_under(key, payer)
        if not isinstance(ref, Elem) or ref.index is None:
            return self._played([ref])[0][0]
        if ref.node not in self.blocks:
            self.blocks[ref.node] = self._played([Elem(ref.node)])[0][0]
        return self.blocks[ref.node][:, ref.index].copy()

    @cached_property
    def _paid_apart(self) -> dict[tuple[Key, str], Array]:
        """What each payer pays under each step where the interpreter ran, which runs again for it."""
        amounts: dict[tuple[Key, str], Array] = {}
        for place, index in enumerate(self.apart):
            evaluation = self._pointwise(index)
            assert evaluation is not None, "it ran before"
            for known, amount in _pays(evaluation).items():
                if known not in amounts:
                    amounts[known] = numpy.zeros(len(self.apart), numpy.int64)
                amounts[known] = _put(amounts[known], place, amount)
        return amounts

    @cached_property
    def rejected(self) -> list[Rejection]:
        """The scenarios that the rules do not allow, each with the reason that a run of it gives."""
        return [self._rejection(index) for index in numpy.flatnonzero(self.refused).tolist()]

    # ------------------------------------------------------------------------------------------------------- playing

    def _played(self, refs: Sequence[Ref], room: Written | None = None) -> tuple[list[Array], Written]:
        """The arrays of some references, and what they are part of; ``room`` may be written over."""
        count = len(self.columns[0]) if self.columns else 1
        nodes = list(dict.fromkeys(ref.node for ref in refs if isinstance(ref, Elem)))
        player = self.trace.player(nodes)
        self.read |= player.needed.columns
        written = player.play(self.columns, count, self.threads, room)
        narrow = {node: _narrowed(node, written.arrays[node]) for node in nodes}
        return [_read(narrow, ref, count) for ref in refs], written

    def _check(self, loss: Array, aside: Array) -> None:
        """What is paid and what stays uncovered is the loss, in every scenario that is not set aside."""
        amounts = [self.uncovered, *self.drawn.values()]
        long = any(array.dtype == object for array in (loss, *amounts))
        total = numpy.zeros(len(loss), dtype=object if long else numpy.int64)
        for array in amounts:
            total += array
        off = numpy.flatnonzero((total != loss) & ~self.refused & ~aside)
        if len(off):
            index = int(off[0])
            message = f"a law of every run is broken: scenario {index} pays {total[index]} of a loss of {loss[index]}"
            raise InternalError([finding("broken-invariant", message)])

    # ------------------------------------------------------------------------------------------ scenario by scenario

    def _pointwise(self, index: int) -> Evaluation | None:
        """One scenario run by itself: its evaluation, or nothing if the rules do not allow it."""
        plan, domain = make_plan(self.plan.program, self.event(index)), ExactNumbers()
        try:
            evaluation = Evaluation(plan, domain, make_data(plan, domain))
            evaluation.run(judging=True)
        except RuleViolation:
            return None
        return evaluation

    def _rejection(self, index: int) -> Rejection:
        try:
            interpret(self.plan.program, self.event(index))
        except RunError as error:
            return Rejection(index, error.diagnostics[0])
        message = f"scenario {index} is refused by the sweep, and not by a run of it"
        raise InternalError([finding("broken-invariant", message)])

    def _run_aside(self, indexes: Sequence[int]) -> None:
        """Run what the tape does not settle scenario by scenario."""
        for index in indexes:
            found = self._pointwise(index)
            if found is None:
                self.refused[index] = True
                continue
            everything = found.state.losses.total(range(len(found.plan.event.losses)))
            self.uncovered = _put(self.uncovered, index, everything)
            self.apart.append(index)
            drawn: Counter[Key] = Counter()
            by_payer: Counter[str] = Counter()
            for (key, payer), amount in _pays(found).items():
                drawn[key] += amount
                by_payer[payer] += amount
            for key, array in self.drawn.items():
                self.drawn[key] = _put(array, index, drawn[key])
            for payer, array in self.paid.items():
                self.paid[payer] = _put(array, index, by_payer[payer])


def _pays(evaluation: Evaluation) -> Counter[tuple[Key, str]]:
    """What each payer pays under each step in a segment, in all passes and rounds."""
    found: Counter[tuple[Key, str]] = Counter()
    for turn in evaluation.state.results:
        for payer in turn.payers:
            found[turn.turn.key, payer] += turn.paid(payer)
    return +found


def _narrowed(node: Node, array: Array) -> Array:
    """Truths as such; whole numbers of any length as 64 bits, if all of them fit."""
    if node.truth:
        return array.astype(bool)
    if array.dtype != object or not array.size:
        return array
    return array.astype(numpy.int64) if array.min() >= LEAST and array.max() <= MOST else array


def _read(arrays: Mapping[Node, Array], ref: Ref, count: int) -> Array:
    if not isinstance(ref, Elem):
        if isinstance(ref, bool):
            return numpy.full(count, ref)
        return numpy.full(count, ref, dtype=numpy.int64 if LEAST <= ref <= MOST else object)
    array = arrays[ref.node]
    return array if ref.index is None else array[:, ref.index]


def _put(array: Array, index: int, value: int) -> Array:
    """The array with a value set, wider if need be."""
    if array.dtype != object and not LEAST <= value <= MOST:
        array = array.astype(object)
    array[index] = value
    return array
