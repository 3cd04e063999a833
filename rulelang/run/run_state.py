"""How a run stands at a moment (section 7.1 of the specification): the losses, and what each turn so far did."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TypeVar

from attrs import define, evolve, field

from rulelang.base.values import unchanging
from rulelang.model.trail import Status
from rulelang.run.domain import Domain, Losses
from rulelang.run.payments import Payments, Taken
from rulelang.run.plan import Key, TurnPlan
from rulelang.run.values import Path, Row, Truth, Value

T = TypeVar("T")
Capacity = Value | None
"""What a turn can pay; ``None`` is unlimited."""


@unchanging(slots=False)
class TurnResult:
    """What a turn did: the loss it met, what it could pay and paid, what was left, and what each payer paid.

    ``payments`` has a place for each of ``payers``; it is ``None`` where the step was not done, and so is ``capacity``
    (:meth:`RunState.capacity` knows it).  ``taken`` tells of a step that draws on other segments what was taken there
    of each payer's pot, ``limits`` of a step that defaulters pay the limit of each.  Amounts are minor units, in the
    numbers of a domain.
    """

    turn: TurnPlan
    status: Status
    before: Value
    after: Value
    drawn: Value
    capacity: Capacity = None
    payers: tuple[str, ...] = ()
    payments: Payments | None = None
    taken: Taken | None = field(default=None, eq=False)
    limits: tuple[Capacity, ...] = ()

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each payer."""
        return {payer: place for place, payer in enumerate(self.payers)}

    def paid(self, payer: str) -> Value:
        """What a payer paid."""
        place = self.places.get(payer)
        return 0 if place is None or self.payments is None else self.payments.of(place)

    def taken_from(self, segment: str | None, payer: str) -> Value:
        """What a turn that draws on other segments has taken of a payer's pot in one of them."""
        place = self.places.get(payer)
        return 0 if place is None or self.taken is None else self.taken.of(segment or "", place)


def paid_by(domain: Domain, turns: Iterable[TurnResult], payers: Sequence[str]) -> Row:
    """What each payer paid in some turns together."""
    totals: Row = [0] * len(payers)
    for turn in turns:
        if turn.payments is not None:
            places, of = map(turn.places.get, payers), turn.payments.of
            totals = domain.plus(totals, [0 if place is None else of(place) for place in places])
    return totals


@define(eq=False)
class PassedTurn:
    """A turn that no loss reached: its capacity is worked out when ``unused`` asks for it (section 6.4).

    ``work_out`` does so for a path, with the run as it stood when it passed the turn.
    """

    work_out: Callable[[Path], Capacity]
    _known: dict[int, tuple[Path, Capacity]] = field(factory=dict)

    def settle(self, path: Path) -> None:
        """Work the capacity out, if nobody did so far."""
        if id(path) not in self._known:
            self._known[id(path)] = path, self.work_out(path)  # the path is kept, so that its identity stays its own

    def capacity(self, path: Path) -> Capacity:
        """The capacity.

        Raises:
            CapacityAsked: it has to be worked out first.
        """
        if id(path) not in self._known:
            raise CapacityAsked([(self, path)])
        return self._known[id(path)][1]


class CapacityAsked(Exception):
    """Capacities are asked for that nobody worked out so far; see :func:`settled`."""

    def __init__(self, turns: list[tuple[PassedTurn, Path]]) -> None:
        """Keep what is asked for, in order."""
        super().__init__()
        self.turns = turns


def settled(work: Callable[[], T]) -> T:
    """What ``work`` gives, after the capacities it asks for were worked out, each before those that ask for it.

    Whoever asks for one that is not known yet starts again when it is, so that a chain of steps, each with the
    ``unused`` of the one before in its limit, needs no deeper stack than a single step.
    """
    waiting: list[tuple[PassedTurn, Path]] = []
    while True:
        try:
            if not waiting:
                return work()
            turn, path = waiting[-1]
            turn.settle(path)
            waiting.pop()
        except CapacityAsked as asked:
            waiting.extend(reversed(asked.turns))


Opened = Mapping[str, Truth]
"""Of each period that anything opened or extended in this run, whether it did (in which scenarios)."""


@unchanging
class RunState:
    """The losses, and the results of the turns so far: the first ``count`` of ``results``.

    Those of this pass are behind the first ``start``.  Later states of the same run share the tables, which only grow;
    so a moment keeps the state it saw at no cost.  ``turns`` has the results of this pass by step and segment, one for
    each round, and ``capacities`` what each of them could pay, if an expression or a period may ask for it.  ``opened``
    tells of the periods.
    """

    losses: Losses
    results: list[TurnResult] = field(factory=list)
    turns: dict[Key, list[TurnResult]] = field(factory=dict)
    capacities: dict[Key, dict[int | None, Capacity | PassedTurn]] = field(factory=dict)
    opened: Opened = field(factory=dict)
    start: int = 0
    count: int = 0

    def after(self, result: TurnResult, losses: Losses) -> "RunState":
        """The state when a turn is entered, which left these losses (section 7.6)."""
        self.results.append(result)
        self.turns.setdefault(result.turn.key, []).append(result)
        return RunState(losses, self.results, self.turns, self.capacities, self.opened, self.start, self.count + 1)

    def with_opened(self, period: str, truth: Truth) -> "RunState":
        """The state when a period was opened or extended where a truth holds."""
        return evolve(self, opened={**self.opened, period: truth})

    def next_pass(self) -> "RunState":
        """The state when the next pass begins: pots and limits over time go on, the rest begins anew."""
        return RunState(self.losses, self.results, {}, {}, self.opened, self.count, self.count)

    def so_far(self) -> Iterable[TurnResult]:
        """What every turn of this pass did so far, in order."""
        return islice(self.results, self.start, self.count)

    def before(self) -> Iterable[TurnResult]:
        """What the turns of the passes before this one did."""
        return islice(self.results, self.start)

    def passed(self, keys: Iterable[Key]) -> list[TurnResult]:
        """What those of some turns did that this pass has done, each round of them."""
        return [result for key in keys for result in self.turns.get(key, ())]

    def could_pay(self, keys: Iterable[Key], path: Path) -> list[Capacity]:
        """What those of some turns that this pass has reached could pay on a path, each round of them.

        Raises:
            CapacityAsked: no loss reached a turn, and its capacity has to be worked out first.
        """
        found = [kept for key in keys for kept in self.capacities.get(key, {}).values()]
        return [kept.capacity(path) if isinstance(kept, PassedTurn) else kept for kept in found]

    def drawing_on(self, pot: Key) -> list[TurnResult]:
        """The turns so far, of all passes, that drew from a pot."""
        return [
            result
            for result in islice(self.results, self.count)
            if result.payments is not None
            and (source := result.turn.step.pot) is not None
            and source.name == pot[0]
            and (not source.per_segment or (result.turn.segment == pot[1]) is not source.other_segments)
        ]
