"""What stands between two days of a history: members, values, balances, dues, periods, payments."""

import datetime
from collections.abc import Hashable, Iterable, Iterator

from attrs import define, evolve, field, frozen

from rulelang.base.gather import totals
from rulelang.base.source import Place
from rulelang.check.events.datum_values import columns_of
from rulelang.check.events.event_draft import Column
from rulelang.check.program import CheckedProgram
from rulelang.histories.claims import Claims
from rulelang.model.event import Dated, EarlierPayment, Value, entry_of
from rulelang.model.history import Account, Balances, Due, units_of
from rulelang.model.ledger import Ledger


@define(eq=False)
class Owed:
    """What is owed: ``left`` of the ``amount`` raised, in minor units; ``payment`` is what limits count of it."""

    account: Account
    amount: int
    left: int
    payable: datetime.date
    payment: EarlierPayment
    _due: Due | None = field(default=None, init=False)

    @classmethod
    def raised(
        cls, account: Account, amount: int, day: datetime.date, payable: datetime.date, defaulters: tuple[str, ...]
    ) -> "Owed":
        """What a day raises: it counts as paid under the name of the pot, for the defaults of that day."""
        payer, pot, segment = account
        payment = EarlierPayment(day, payer, pot, segment, amount, defaulters=defaulters or None)
        return cls(account, amount, amount, payable, payment)

    @property
    def due(self) -> Due:
        """What is left of it, as results show it."""
        known = self._due
        if known is None or known.account != self.account or known.amount != self.left:
            known = self._due = Due(*self.account, self.left, self.payable, self.payment.date)
        return known


def order_of(program: CheckedProgram, account: Account) -> tuple[str, str, int]:
    """Where an account stands among others: by payer, then pot, then segment as declared."""
    payer, pot, segment = account
    return payer, pot, -1 if segment is None else program.segments.index(segment)


@frozen
class DatumKind:
    """What kind of datum a name is: how it is said, and what has to stay when the rulebook changes."""

    said: str = field(eq=False)
    essence: tuple[Hashable, ...]


@define(eq=False)
class Standing:
    """What stands.

    ``fields`` has the values of all who are or were members, those of fields per defaulter under the defaulter, and
    ``givens`` the givens; those of pots are balances.  ``dated_fields`` and ``dated_givens`` have each value that stood
    with the day from which it did, ``restated`` the days on which the same value was stated again.  ``members`` says
    where each was named, ``defaulted`` and ``departed`` since when others are none, ``before`` who had defaulted before
    the opening.  ``payments`` are those that the rulebook in force knows, dues among them; ``forgotten`` are the
    others, ``gone`` the payers of some of ``payments`` that are parties no more, ``parties`` those of all rulebooks
    before this one.  ``owed`` is what is not paid yet, ``last_raised`` the day on which a pot was last owed something
    anew, ``changed`` the accounts whose balance has changed since balances were kept for ``as of``, ``kinds`` what each
    name is under the rulebook that last knew it.
    """

    program: CheckedProgram
    fields: dict[Column, dict[str, Value | None]] = field(factory=dict)
    givens: dict[Column, Value | None] = field(factory=dict)
    dated_fields: dict[Column, dict[str, Dated]] = field(factory=dict)
    dated_givens: dict[Column, Dated] = field(factory=dict)
    restated: dict[tuple[Column, str | None], list[datetime.date]] = field(factory=dict)
    last_raised: dict[str, datetime.date] = field(factory=dict)
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
    gone: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    owed: list[Owed] = field(factory=list)
    claims: Claims = field(factory=Claims)
    pots: tuple[Column, ...] = ()
    changed: dict[Account, None] = field(factory=dict)
    kinds: dict[str, DatumKind] = field(factory=dict)
    _ledger: Ledger | None = None
    _dues: tuple[list[Due], tuple[Due, ...]] = ([], ())

    def why_gone(self, member: str) -> str | None:
        """Why somebody who was a member is none; ``None`` of all others."""
        if member in self.departed:
            left = self.departed[member]
            return f"`{member}` left on {left}" if left else f"`{member}` left before the opening"
        since = self.defaulted.get(member)
        return None if since is None else f"`{member}` defaulted on {since}"

    # ------------------------------------------------------------------------------------------------------- balances

    def under(self, program: CheckedProgram) -> None:
        """Another rulebook is in force."""
        self.program, self._dues = program, ([], ())
        data = {**program.fields, **program.givens}
        self.pots = tuple(key for name in data if name in program.pots for key in columns_of(program, data[name]))

    def balance(self, account: Account) -> int:
        """What a payer has in a pot."""
        payer, pot, segment = account
        return units_of(
            self.fields[pot, segment].get(payer) if pot in self.program.fields else self.givens[pot, segment]
        )

    def change(self, account: Account, amount: int) -> None:
        """Add money to what a payer has in a pot (below zero: take it away)."""
        payer, pot, segment = account
        self.changed[account] = None
        if pot in self.program.fields:
            column = self.fields[pot, segment]
            column[payer] = units_of(column.get(payer)) + amount
        else:
            self.givens[pot, segment] = units_of(self.givens[pot, segment]) + amount

    def columns(self, members: Iterable[str]) -> dict[Column, dict[str, int]]:
        """What is in every pot of some members, of the CCP and of parties, by pot."""
        members, found = tuple(members), {}
        for key in self.pots:
            if key[0] in self.program.fields:
                column = self.fields[key]
                found[key] = {member: units_of(column.get(member)) for member in members}
            else:
                found[key] = {self.program.owners[key[0]]: units_of(self.givens[key])}
        return found

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

    def state(self, key: Column, member: str | None, day: datetime.date, value: Value | None) -> None:
        """Keep a value that a day states, as of that day."""
        dated = self.dated_givens.get(key, ()) if member is None else self.dated_fields.get(key, {}).get(member, ())
        if dated and dated[-1][1] == value and dated[-1][0] < day:
            self.restated.setdefault((key, member), []).append(day)
        else:
            self.remember(key, member, day, value)

    def remember(self, key: Column, member: str | None, day: datetime.date, value: Value | None) -> None:
        """Keep the value from a day on that is not earlier than any before; the same value again is nothing new."""
        if value is None:
            return
        if member is None:
            self.dated_givens[key] = _then(self.dated_givens.get(key, ()), day, value)
        else:
            column = self.dated_fields.setdefault(key, {})
            column[member] = _then(column.get(member, ()), day, value)

    def remember_balances(self, day: datetime.date) -> None:
        """Keep the balances with which a day begins, where they have changed."""
        for payer, pot, segment in self.changed:
            value = self.balance((payer, pot, segment))
            self.remember((pot, segment), payer if pot in self.program.fields else None, day, value)
        self.changed.clear()

    def snapshot(self) -> Balances:
        """All balances as they are now."""
        fields = self.program.fields
        return Balances(
            tuple((key, dict(self.fields[key])) for key in self.pots if key[0] in fields),
            tuple((key, self.program.owners[key[0]], self.givens[key]) for key in self.pots if key[0] not in fields),
            tuple(self.members),
            self.program.segments,
        )

    # ------------------------------------------------------------------------------------------------ dues and payments

    def dues(self) -> tuple[Due, ...]:
        """All that is owed, by payer, then pot, then segment as declared, then day."""
        owed = [one.due for one in self.owed if one.left]
        if owed != self._dues[0]:
            self._dues = owed, tuple(sorted(owed, key=lambda due: (*order_of(self.program, due.account), due.raised)))
        return self._dues[1]

    def owed_by_account(self) -> dict[Account, int]:
        """What is owed in each account."""
        return totals((one.account, one.left) for one in self.owed if one.left)

    def settle(self, account: Account, amount: int) -> None:
        """What is paid in settles what is owed there, what was raised first, first."""
        for one in self.owed:
            if one.account == account and one.left and amount:
                paid = min(one.left, amount)
                one.left -= paid
                amount -= paid

    def close_settled(self) -> None:
        """What is paid is owed no more."""
        self.owed = [one for one in self.owed if one.left]

    def cancel(self, payers: Iterable[str]) -> list[tuple[Account, int]]:
        """Cancel what some payers still owe, so that it counts in no limit; what was cancelled of each."""
        gone = frozenset(payers)
        cancelled = [one for one in self.owed if one.account[0] in gone and one.left] if gone else []
        if not cancelled:
            return []
        for one in cancelled:
            if _lessen(self.payments, one):
                if self._ledger is not None:
                    self._ledger.reduce(entry_of(evolve(one.payment, amount=one.left)))
            else:
                _lessen(self.forgotten, one)
        found = [(one.account, one.left) for one in cancelled]
        self.owed = [one for one in self.owed if one.account[0] not in gone or not one.left]
        return found

    def ledger(self) -> Ledger:
        """The ledger of the earlier payments, which grows from day to day."""
        if self._ledger is None:
            self._ledger = Ledger.of(map(entry_of, self.payments))
        return self._ledger

    def enter(self, payments: Iterable[EarlierPayment], owed: Iterable[Owed]) -> None:
        """Enter what was paid and raised on a day, once it is over."""
        owed = list(owed)
        new, ledger = [*payments, *(one.payment for one in owed)], self.ledger()
        self.payments += new
        self.owed += owed
        self.last_raised.update((one.account[1], one.payment.date) for one in owed)
        ledger.enter(map(entry_of, new))

    def forget_ledger(self) -> None:
        """The payments are known by other names."""
        self._ledger = None


def _lessen(payments: list[EarlierPayment], cancelled: Owed) -> bool:
    """Leave of a cancelled due among some payments what still counts; whether it is one of them: a late one, if so."""
    for place in range(len(payments) - 1, -1, -1):
        if payments[place] is cancelled.payment:
            left = cancelled.payment.amount - cancelled.left
            payments[place : place + 1] = [evolve(cancelled.payment, amount=left)] if left else []
            return True
    return False


def _then(dated: Dated, day: datetime.date, value: Value) -> Dated:
    """Dated values with one more, unless it is that which stands already."""
    if dated and dated[-1] == (day, value):
        return dated
    before = dated[:-1] if dated and dated[-1][0] == day else dated
    return before if before and before[-1][1] == value else (*before, (day, value))
