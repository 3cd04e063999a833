"""How a run of the plan stands at a moment: what is left of the losses, and what each turn so far did."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

from rulelang.model.trail import Status
from rulelang.run.domain import Domain, Losses, Path, Row, Value
from rulelang.run.plan import Key, TurnPlan

Capacity = Value | None
"""What a turn can pay; ``None`` is unlimited."""


@frozen(slots=False)
class TurnResult:
    """What a turn did: the loss it met, what it could pay and paid, what was left, and what each payer paid.

    ``payments`` (:class:`~rulelang.run.domain.Payments`) has a place for each of ``payers``; it is ``None`` where the
    step was not done.  Amounts are minor units, in the numbers of a domain.
    """

    turn: TurnPlan
    status: Status
    before: Value
    after: Value
    drawn: Value
    capacity: Capacity = None
    payers: tuple[str, ...] = ()
    payments: Any = None
    resources: Any = field(default=None, eq=False, repr=False)
    at: Any = field(default=None, eq=False, repr=False)
    part: Value = field(default=None, eq=False, repr=False)
    ranked: Sequence[Any] = field(default=(), eq=False, repr=False)
    reduced: tuple[Losses, Losses] | None = field(default=None, eq=False, repr=False)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each payer."""
        return {payer: place for place, payer in enumerate(self.payers)}

    def paid(self, payer: str) -> Value:
        """What a payer paid."""
        place = self.places.get(payer)
        return 0 if place is None or self.payments is None else self.payments.of(place)


@define
class RunState:
    """The losses, the results of the turns so far, and the capacity of every turn passed.

    A capacity may be a function that works it out when it is asked for, from the run as it stood then; it is given the
    path on which it is asked for.
    """

    losses: Losses
    results: dict[Key, TurnResult] = field(factory=dict)
    capacities: dict[Key, Capacity | Callable[[Path], Capacity]] = field(factory=dict)

    def copy(self) -> "RunState":
        """The run as it stands; later turns do not touch it."""
        return RunState(self.losses, dict(self.results), dict(self.capacities))

    def used(self, key: Key) -> Value:
        """What a turn paid, 0 if the run has not passed it."""
        result = self.results.get(key)
        return 0 if result is None else result.drawn

    def paid_by(self, domain: Domain, keys: Iterable[Key], payers: Sequence[str]) -> Row:
        """What each payer paid in some turns together."""
        totals: Row = [0] * len(payers)
        for key in keys:
            result = self.results.get(key)
            if result is not None and result.payments is not None:
                totals = domain.plus(totals, [result.paid(payer) for payer in payers])
        return totals

    def capacity(self, key: Key, path: Path) -> Capacity:
        """The capacity of a turn; 0 for one that the run has not passed (its step is done in other segments only)."""
        found = self.capacities.get(key, 0)
        if callable(found):
            found = found(path)
            if path is None:
                self.capacities[key] = found
        return found

    def drawing_on(self, pot: Key) -> list[TurnResult]:
        """The turns so far that drew from a pot."""
        return [
            result
            for result in self.results.values()
            if result.payments is not None
            and (source := result.turn.step.pot) is not None
            and (source.name, result.turn.segment if source.per_segment else None) == pot
        ]
