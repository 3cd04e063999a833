"""What happens on a day of a history, once its lines are known to be right."""

from attrs import define, field

from rulelang.model.event import Decision, Loss, Withdrawal
from rulelang.model.history import Movement


@define
class Happening:
    """What happens on a day: money paid in and out, losses, decisions, withdrawals, recoveries by defaulter."""

    paid: list[Movement] = field(factory=list)
    losses: tuple[Loss, ...] = ()
    decisions: dict[str, Decision] = field(factory=dict)
    withdrawals: tuple[Withdrawal, ...] = ()
    recovered: dict[str, int] = field(factory=dict)

    @property
    def new_defaulters(self) -> tuple[str, ...]:
        """Those who default on the day."""
        found = (one.member for one in self.losses if one.member is not None and not one.further)
        return tuple(dict.fromkeys(found))

    @property
    def further(self) -> tuple[str, ...]:
        """Those with further losses of an earlier default."""
        return tuple(dict.fromkeys(one.member for one in self.losses if one.member is not None and one.further))
