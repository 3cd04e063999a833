"""The state of a run: what is left of every loss, what each step used, what each payer paid, what was drawn from pots.

Every table is keyed by a step (or pot) and a segment, which is ``None`` for what is not per segment.
"""

from collections.abc import Callable

from attrs import define, field

Key = tuple[str, str | None]
Capacity = int | None
"""What a step can pay, in minor units; ``None`` is unlimited."""


@define
class RunState:
    """Amounts are minor units.

    ``remaining`` has a place for each ``default`` line.  ``capacities`` holds the capacity of every turn passed so
    far, or a function that works it out when it is asked for, with the state as it stood then.
    """

    remaining: list[int]
    used: dict[Key, int] = field(factory=dict)
    capacities: dict[Key, Capacity | Callable[[], Capacity]] = field(factory=dict)
    paid: dict[Key, dict[str, int]] = field(factory=dict)
    total_paid: dict[str, int] = field(factory=dict)
    drawn: dict[Key, dict[str, int]] = field(factory=dict)

    def snapshot(self) -> "RunState":
        """The state as it stands; later payments do not touch it."""
        return RunState(
            list(self.remaining),
            dict(self.used),
            dict(self.capacities),
            {key: dict(payers) for key, payers in self.paid.items()},
            dict(self.total_paid),
            {key: dict(payers) for key, payers in self.drawn.items()},
        )

    def capacity(self, key: Key) -> Capacity:
        """The capacity of a turn; 0 for one that the run has not passed (its step is done in other segments only)."""
        found = self.capacities.get(key, 0)
        if callable(found):
            found = found()
            self.capacities[key] = found
        return found

    def pay(self, key: Key, payer: str, amount: int) -> None:
        """Enter what a payer pays under a step."""
        payers = self.paid.setdefault(key, {})
        payers[payer] = payers.get(payer, 0) + amount
        self.used[key] = self.used.get(key, 0) + amount
        self.total_paid[payer] = self.total_paid.get(payer, 0) + amount

    def draw(self, pot: Key, payer: str, amount: int) -> None:
        """Enter what is taken from a payer's pot."""
        payers = self.drawn.setdefault(pot, {})
        payers[payer] = payers.get(payer, 0) + amount
