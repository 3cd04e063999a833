"""How a run stands at a moment (section 7.1 of the specification): the losses, and what each turn so far did."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import TypeVar

from attrs import define, field, frozen

from rulelang.model.trail import Status
from rulelang.run.domain import Domain, Losses
from rulelang.run.payments import Payments
from rulelang.run.plan import Key, TurnPlan
from rulelang.run.values import Path, Row, Value

T = TypeVar("T")
Capacity = Value | None
"""What a turn can pay; ``None`` is unlimited."""


@frozen(slots=False)
class TurnResult:
    """What a turn did: the loss it met, what it could pay and paid, what was left, and what each payer paid.

    ``payments`` has a place for each of ``payers``; it is ``None`` where the step was not done, and so is ``capacity``
    (:meth:`RunState.capacity` knows it).  Amounts are minor units, in the numbers of a domain.
    """

    turn: TurnPlan
    status: Status
    before: Value
    after: Value
    drawn: Value
    capacity: Capacity = None
    payers: tuple[str, ...] = ()
    payments: Payments | None = None

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each payer."""
        return {payer: place for place, payer in enumerate(self.payers)}

    def paid(self, payer: str) -> Value:
        """What a payer paid."""
        place = self.places.get(payer)
        return 0 if place is None or self.payments is None else self.payments.of(place)


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


@frozen
class RunState:
    """The losses, and the results of the turns so far: the first ``count`` of ``results``.

    Later states of the same run share the tables, which only grow; so a moment keeps the state it saw at no cost.
    ``capacities`` has the capacity of every turn passed.
    """

    losses: Losses
    results: dict[Key, TurnResult] = field(factory=dict)
    capacities: dict[Key, Capacity | PassedTurn] = field(factory=dict)
    count: int = 0

    def after(self, result: TurnResult, losses: Losses) -> "RunState":
        """The state when a turn is entered, which left these losses (section 7.6)."""
        self.results[result.turn.key] = result
        return RunState(losses, self.results, self.capacities, self.count + 1)

    def used(self, key: Key) -> Value:
        """What a turn paid, 0 if the run has not passed it."""
        result = self.results.get(key)
        return 0 if result is None else result.drawn

    def so_far(self) -> Iterable[TurnResult]:
        """What every turn so far did, in order."""
        return islice(self.results.values(), self.count)

    def passed(self, keys: Iterable[Key]) -> Iterable[TurnResult]:
        """What those of some turns did that the run has passed."""
        return (self.results[key] for key in keys if key in self.results)

    def capacity(self, key: Key, path: Path) -> Capacity:
        """The capacity of a turn; 0 for one that the run has not passed (its step is done in other segments only).

        Raises:
            CapacityAsked: no loss reached it, and nobody asked for it before.
        """
        found = self.capacities.get(key, 0)
        return found.capacity(path) if isinstance(found, PassedTurn) else found

    def drawing_on(self, pot: Key) -> list[TurnResult]:
        """The turns so far that drew from a pot."""
        return [
            result
            for result in self.so_far()
            if result.payments is not None
            and (source := result.turn.step.pot) is not None
            and (source.name, result.turn.segment if source.per_segment else None) == pot
        ]
