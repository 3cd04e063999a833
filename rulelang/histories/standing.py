"""What stands between two days of a history: members, values, balances, dues, periods, payments."""

import datetime
from collections.abc import Iterable, Iterator

from attrs import define, evolve, field

from rulelang.base.source import Place
from rulelang.check.events.datum_values import columns_of
from rulelang.check.events.event_draft import Column
from rulelang.check.program import CheckedProgram
from rulelang.histories.claims import Claims
from rulelang.model.event import Dated, EarlierPayment, Value, entry_of
from rulelang.model.history import Due
from rulelang.model.ledger import Ledger
from rulelang.run.replenish import Account


@define(eq=False)
class Owed:
    """What is owed: ``left`` of the ``amount`` that was raised, of which ``counted`` counts in limits.

    ``defaulters`` are those whose default made it due.
    """

    account: Account
    amount: int
    left: int
    counted: int
    raised: datetime.date
    payable: datetime.date
    defaulters: tuple[str, ...]

    @property
    def due(self) -> Due:
        """What is left of it, as results show it."""
        payer, pot, segment = self.account
        return Due(payer, pot, segment, self.left, self.payable, self.raised)

    @property
    def payment(self) -> EarlierPayment:
        """What later limits count: paid under the name of the pot, on the day on which it was raised."""
        payer, pot, segment = self.account
        return EarlierPayment(self.raised, payer, pot, segment, self.counted, defaulters=self.defaulters or None)


@define(eq=False)
class Standing:
    """What stands.

    ``fields`` has the values of all who are or were members, those of fields per defaulter under the defaulter, and
    ``givens`` the givens; those of pots are balances.  ``dated_fields`` and ``dated_givens`` have each value that stood
    with the day from which it did.  ``members`` says where each was named, ``defaulted`` and ``departed`` since when
    others are none, ``before`` who had defaulted before the opening.  ``payments`` are those that the rulebook in force
    knows; ``forgotten`` are the others.
    """

    program: CheckedProgram
    fields: dict[Column, dict[str, Value | None]] = field(factory=dict)
    givens: dict[Column, Value | None] = field(factory=dict)
    dated_fields: dict[Column, dict[str, Dated]] = field(factory=dict)
    dated_givens: dict[Column, Dated] = field(factory=dict)
    names: dict[str, str] = field(factory=dict)
    since: dict[str, datetime.date] = field(factory=dict)
    members: dict[str, Place] = field(factory=dict)
    defaulted: dict[str, datetime.date] = field(factory=dict)
    departed: dict[str, datetime.date | None] = field(factory=dict)
    before: frozenset[str] = frozenset()
    notices: dict[str, datetime.date] = field(factory=dict)
    periods: dict[str, tuple[datetime.date, datetime.date]] = field(factory=dict)
    payments: list[EarlierPayment] = field(factory=list)
    forgotten: list[EarlierPayment] = field(factory=list)
    owed: list[Owed] = field(factory=list)
    claims: Claims = field(factory=Claims)
    pots: tuple[Column, ...] = ()
    _ledger: Ledger | None = None

    # ------------------------------------------------------------------------------------------------------- balances

    def under(self, program: CheckedProgram) -> None:
        """Another rulebook is in force."""
        self.program = program
        data = {**program.fields, **program.givens}
        self.pots = tuple(key for name in data if name in program.pots for key in columns_of(program, data[name]))

    def balance(self, account: Account) -> int:
        """What a payer has in a pot."""
        payer, pot, segment = account
        value = self.fields[pot, segment].get(payer) if pot in self.program.fields else self.givens[pot, segment]
        assert value is None or isinstance(value, int)
        return value or 0  # who was a member before there was such a pot has nothing in it

    def change(self, account: Account, amount: int) -> None:
        """Add money to what a payer has in a pot (below zero: take it away)."""
        payer, pot, segment = account
        value = self.balance(account) + amount
        if pot in self.program.fields:
            self.fields[pot, segment][payer] = value
        else:
            self.givens[pot, segment] = value

    def accounts(self, members: Iterable[str]) -> Iterator[Account]:
        """The accounts of some members, of the CCP and of parties, pot by pot."""
        members = tuple(members)
        for pot, segment in self.pots:
            owners = members if pot in self.program.fields else (self.program.owners[pot],)
            for payer in owners:
                yield payer, pot, segment

    def balances(self, members: Iterable[str]) -> dict[Account, int]:
        """What stands in the accounts of some members, of the CCP and of parties."""
        return {account: self.balance(account) for account in self.accounts(members)}

    # --------------------------------------------------------------------------------------------------- dated values

    def remember(self, key: Column, member: str | None, day: datetime.date, value: Value | None) -> None:
        """Keep the value from a day on that is not earlier than any before; the same value again is nothing new."""
        if value is None:
            return
        if member is None:
            self.dated_givens[key] = _then(self.dated_givens.get(key, ()), day, value)
        else:
            column = self.dated_fields.setdefault(key, {})
            column[member] = _then(column.get(member, ()), day, value)

    def remember_balances(self, day: datetime.date, members: Iterable[str]) -> None:
        """Keep the balances with which a day begins."""
        for (payer, pot, segment), value in self.balances(members).items():
            self.remember((pot, segment), payer if pot in self.program.fields else None, day, value)

    # ------------------------------------------------------------------------------------------------ dues and payments

    def owed_by_account(self) -> dict[Account, int]:
        """What is owed in each account."""
        found: dict[Account, int] = {}
        for one in self.owed:
            if one.left:
                found[one.account] = found.get(one.account, 0) + one.left
        return found

    def settle(self, account: Account, amount: int) -> None:
        """What is paid in settles what is owed there, what was raised first, first."""
        for one in self.owed:
            if one.account == account and one.left and amount:
                paid = min(one.left, amount)
                one.left -= paid
                amount -= paid

    def cancel(self, payers: Iterable[str]) -> list[Owed]:
        """Cancel what some payers still owe, so that it counts in no limit; what was cancelled of each."""
        gone, found = frozenset(payers), []
        for one in self.owed:
            if one.account[0] in gone and one.left:
                found.append(evolve(one))
                one.counted -= one.left
                one.left = 0
                self._ledger = None
        return found

    def earlier_payments(self) -> list[EarlierPayment]:
        """All payments before a day that count in limits, dues that were raised among them."""
        return [*self.payments, *(one.payment for one in self.owed if one.counted and self._knows(one))]

    def _knows(self, owed: Owed) -> bool:
        return owed.account[1] in self.program.replenished

    def ledger(self) -> Ledger:
        """The ledger of the earlier payments, which grows from day to day."""
        if self._ledger is None:
            self._ledger = Ledger.of(map(entry_of, self.earlier_payments()))
        return self._ledger

    def enter(self, payments: Iterable[EarlierPayment], owed: Iterable[Owed]) -> None:
        """Enter what was paid and raised on a day, once it is over."""
        payments, owed, ledger = list(payments), list(owed), self.ledger()
        self.payments += payments
        self.owed += owed
        for one in (*payments, *(each.payment for each in owed)):
            ledger.enter(entry_of(one))

    def forget_ledger(self) -> None:
        """The payments are known by other names."""
        self._ledger = None


def _then(dated: Dated, day: datetime.date, value: Value) -> Dated:
    """Dated values with one more, unless it is that which stands already."""
    if dated and dated[-1] == (day, value):
        return dated
    before = dated[:-1] if dated and dated[-1][0] == day else dated
    return before if before and before[-1][1] == value else (*before, (day, value))
