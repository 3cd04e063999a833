"""What a history gives: for each day the run, money paid in and out, what is owed and repaid, balances and periods.

Amounts are whole minor units of the currency in which the rulebooks settle.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import cast

from attrs import asdict, field, frozen

from rulelang.base.json_values import JsonObject
from rulelang.base.money import Currency, Exact
from rulelang.base.values import unchanging
from rulelang.model.allocation import Allocation, Identity
from rulelang.model.event import Event, Value, heading_of
from rulelang.model.ledger import Key

Account = tuple[str, str, str | None]
"""A payer, a pot, and a segment if the pot is per segment."""


@unchanging
class Movement:
    """Money that a payer paid into a pot (in a segment, if it is per segment); below zero: that it was paid out.

    ``payable`` is the day on which a due was paid by itself, which may lie between the blocks of two days.
    """

    payer: str
    pot: str
    segment: str | None
    amount: int
    payable: datetime.date | None = None

    @property
    def account(self) -> Account:
        """Whose money it is, and where."""
        return self.payer, self.pot, self.segment


@frozen(slots=False)
class Balances:
    """What is in all pots at one moment, kept as columns; the rows are made when somebody asks for them.

    ``fields`` has the columns of pots of members, ``givens`` those of the CCP and parties with their owners;
    ``members`` are those who are shown.
    """

    fields: tuple[tuple[Key, Mapping[str, Value | None]], ...] = ()
    givens: tuple[tuple[Key, str, Value | None], ...] = ()
    members: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Whose the balances are, by payer, then pot, then segment as declared."""
        return self._order[0]

    @property
    def amounts(self) -> list[int]:
        """What is in the accounts, in their order."""
        values = chain(*(map(column.get, self.members) for _, column in self.fields), (one[2] for one in self.givens))
        held = cast("list[int]", list(values))  # balances are whole minor units
        if None in held:  # who was a member before there was such a pot has nothing in it
            held = [amount or 0 for amount in held]
        return [held[place] for place in self._order[1]]

    @cached_property
    def _order(self) -> tuple[tuple[Account, ...], tuple[int, ...]]:
        fields, givens = tuple(key for key, _ in self.fields), tuple((key, owner) for key, owner, _ in self.givens)
        return _order_of(fields, givens, self.members, self.segments)

    @cached_property
    def rows(self) -> tuple[Movement, ...]:
        """The balances, one for each account."""
        return tuple([Movement(*account, amount) for account, amount in zip(self.accounts, self.amounts, strict=True)])

    def of(self, payer: str) -> tuple[Movement, ...]:
        """What is in the pots of a payer, that of one who is no member any more too."""
        shown = tuple(row for row in self.rows if row.payer == payer)
        left = (
            Movement(payer, pot, segment, units_of(column[payer]))
            for (pot, segment), column in self.fields
            if payer in column
        )
        return shown or tuple(left)


@lru_cache(maxsize=4)
def _order_of(
    fields: tuple[Key, ...], givens: tuple[tuple[Key, str], ...], members: tuple[str, ...], segments: tuple[str, ...]
) -> tuple[tuple[Account, ...], tuple[int, ...]]:
    """Accounts in their order, with the place of each where they stand pot by pot; mostly those of the day before."""
    accounts: list[Account] = [(member, *key) for key in fields for member in members]
    accounts += [(owner, *key) for key, owner in givens]
    segment = {name: number for number, name in enumerate(segments)}
    where = [(payer, pot, -1 if name is None else segment[name]) for payer, pot, name in accounts]
    places = sorted(range(len(accounts)), key=where.__getitem__)
    return tuple([accounts[place] for place in places]), tuple(places)


def units_of(value: Value | None) -> int:
    """A balance as it stands in a pot.

    Raises:
        AssertionError: it is no amount; the fault is the program's.
    """
    assert value is None or isinstance(value, int), "balances are whole minor units"
    return value or 0  # who was a member before there was such a pot has nothing in it


@unchanging
class Due:
    """What a payer owes to a pot, since the day on which it was ``raised``, and on which day it is ``payable``."""

    payer: str
    pot: str
    segment: str | None
    amount: int
    payable: datetime.date
    raised: datetime.date

    @property
    def account(self) -> Account:
        """Who owes it, and to which pot."""
        return self.payer, self.pot, self.segment


@frozen
class RepaidGroup:
    """Steps that are repaid together: what was ``recovered`` from an estate, what of it the group is ``repaid``.

    ``claims`` is what all payers of its steps can claim, exactly; the amounts are in minor units.
    """

    number: int
    steps: tuple[str, ...]
    recovered: int
    repaid: int
    claims: Exact


@unchanging
class Repayment:
    """What a payer gets back of what it paid under a step for a defaulter; ``into`` a pot (``None``: in cash).

    ``claim`` is what it could claim, one of the claims of the ``group``.
    """

    defaulter: str
    step: str
    payer: str
    amount: int
    into: str | None
    claim: Exact
    group: RepaidGroup


@frozen
class OpenPeriod:
    """A period that is open when a day ends: its first and its last day."""

    period: str
    first: datetime.date
    last: datetime.date


@frozen(slots=False)
class HistoryDay:
    """A day of a history, as it ended.

    ``paid_in`` has what was paid in by itself since the day before, too; ``due`` what the day raises, ``cancelled``
    what those owed that defaulted, ``overdue`` and ``standing`` what stands when the day ends, ``owed`` all that is
    owed then, overdue or not; ``rest`` is what of the day's recoveries went where the rulebook sends the rest.
    ``event`` is the event of the run, ``names`` are what all payers are called by then.
    """

    date: datetime.date
    rulebook: Identity
    currency: Currency
    event: Event | None = field(default=None, repr=False)
    run: Allocation | None = None
    paid_in: tuple[Movement, ...] = ()
    due: tuple[Due, ...] = ()
    cancelled: tuple[Movement, ...] = ()
    overdue: tuple[Due, ...] = ()
    repaid: tuple[Repayment, ...] = ()
    rest: int = 0
    standing: Balances = field(default=Balances(), repr=False)
    periods: tuple[OpenPeriod, ...] = ()
    owed: tuple[Due, ...] = ()
    names: Mapping[str, str] = field(factory=dict, repr=False)

    def payers(self) -> tuple[str, ...]:
        """Everybody that pays in, owes or is repaid something on the day, whether or not it is a member."""
        moved: tuple[Movement | Due, ...] = (*self.paid_in, *self.cancelled, *self.due, *self.overdue)
        return tuple(dict.fromkeys([*(row.payer for row in moved), *(one.payer for one in self.repaid)]))

    @property
    def balances(self) -> tuple[Movement, ...]:
        """What is in the pots when the day ends."""
        return self.standing.rows

    def to_dict(self) -> JsonObject:
        """The day as plain values: a row of the days that ``rulelang run`` writes of a history."""
        told = self.without_balances()
        periods = told.pop("periods")
        return {**told, "balances": self._movements(self.balances), "periods": periods}

    def without_balances(self) -> JsonObject:
        """The same without the balances, which are most of it."""
        plain = self.currency.plain
        return {
            "date": self.date.isoformat(),
            "rulebook": asdict(self.rulebook),
            "run": None if self.run is None else self.run.to_dict(),
            "paid_in": self._movements(self.paid_in),
            "due": self._dues(self.due),
            "cancelled": self._movements(self.cancelled),
            "overdue": self._dues(self.overdue),
            "repaid": [
                {"from": one.defaulter, "step": one.step, "payer": one.payer, "amount": plain(one.amount)}
                for one in self.repaid
            ],
            "rest": plain(self.rest),
            "periods": [
                {"period": one.period, "first": one.first.isoformat(), "last": one.last.isoformat()}
                for one in self.periods
            ],
        }

    def _movements(self, rows: Iterable[Movement | Due]) -> list[JsonObject]:
        plain = self.currency.plain
        return [
            {"payer": one.payer, "pot": one.pot, "segment": one.segment, "amount": plain(one.amount)} for one in rows
        ]

    def _dues(self, rows: Sequence[Due]) -> list[JsonObject]:
        told = zip(self._movements(rows), rows, strict=True)
        return [{**movement, "payable": one.payable.isoformat()} for movement, one in told]


@frozen(slots=False)
class HistoryResult:
    """A history that was run: a day for its opening and one for each of its blocks."""

    title: str
    sha256: str
    currency: Currency
    days: tuple[HistoryDay, ...]
    exercise: str | None = None

    @property
    def heading(self) -> str:
        """The title as every output shows it: that of an exercise says so first."""
        return heading_of(self.title, self.exercise)

    @cached_property
    def members(self) -> frozenset[str]:
        """Everybody that is a member on some day."""
        runs = (day.event.members for day in self.days if day.event is not None)
        return frozenset().union(*(day.standing.members for day in self.days), *runs)

    def is_member(self, payer: str) -> bool:
        """Whether a payer is a member; one whom no party could be called was, even if it left before the first day."""
        return not payer[:1].islower() or payer in self.members

    def on(self, date: datetime.date) -> HistoryDay | None:
        """The day of that date, if the history has one."""
        return next((day for day in self.days if day.date == date), None)

    def to_dict(self) -> JsonObject:
        """The history as plain values: what ``rulelang run --format json`` prints of it."""
        return {
            "history": {
                "title": self.heading,
                **({} if self.exercise is None else {"exercise": self.exercise}),
                "sha256": self.sha256,
            },
            "currency": self.currency.code,
            "days": [day.to_dict() for day in self.days],
        }
