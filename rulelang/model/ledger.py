"""Earlier payments by step and payer, added up so that what was paid from any day on is found at once.

A limit over time asks, for every payer, what it paid from some day on.  A ledger answers from sums made once, when an
event is read: a run then takes the same time whether ten payments were made or a hundred thousand.  The sums of a step
are made when somebody first asks for them, for most steps have no limit over time.
"""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from threading import Lock

from attrs import define, field

from rulelang.base.gather import totals

Key = tuple[str, str | None]
"""A step and a segment, which is ``None`` for what is not per segment."""
Entry = tuple[Key, str, datetime.date, int, tuple[str, ...]]
"""What a payer paid under a step on a day, in minor units, and for whose defaults."""

_SETTLING = Lock()
"""Held while payments go into their accounts: several threads may run one event."""
_MOST_KEPT = 1_000
"""So many answers are kept: more than the limits over time of any rulebook, and their days."""


@define
class Account:
    """What one payer paid under one step: the days in order, and what was paid up to the end of each."""

    days: list[datetime.date]
    sums: list[int]

    def enter(self, day: datetime.date, amount: int) -> None:
        """Enter a payment that is not earlier than any before."""
        self.days.append(day)
        self.sums.append(self.sums[-1] + amount)

    def reduce(self, day: datetime.date, amount: int) -> None:
        """Take an amount off what was paid on a day."""
        at = bisect_right(self.days, day) - 1
        self.sums[at:] = [each - amount for each in self.sums[at:]]

    def paid(self, first: datetime.date, last: datetime.date) -> int:
        """What was paid on the days from ``first`` to ``last``."""
        days, sums = self.days, self.sums
        end = len(days) if days[-1] <= last else bisect_right(days, last)  # mostly it is all from a day on
        start = bisect_left(days, first, 0, end)
        if start == end:
            return 0
        return sums[end - 1] - sums[start - 1] if start else sums[end - 1]


@define
class _ForDefaults:
    """What was paid for the defaults of some members under one step: all payments, and what each payer paid in all."""

    last: datetime.date = datetime.date.min
    payments: list[tuple[str, datetime.date, int]] = field(factory=list)
    totals: dict[str, int] = field(factory=dict)

    def enter(self, payer: str, day: datetime.date, amount: int) -> None:
        """Enter a payment (below zero: take it away)."""
        self.last = max(day, self.last)
        self.payments.append((payer, day, amount))
        self.totals[payer] = self.totals.get(payer, 0) + amount

    def paid_until(self, last: datetime.date) -> Mapping[str, int]:
        """What each payer paid up to a day."""
        if self.last <= last:
            return self.totals
        return totals((payer, amount) for payer, day, amount in self.payments if day <= last)


@define
class _Accounts:
    """What was paid under one step (and segment): by payer, and by those for whose defaults it was paid.

    ``entered`` are payments that are in no account yet.
    """

    by_payer: dict[str, Account] = field(factory=dict)
    of_defaults: dict[tuple[str, ...], _ForDefaults] = field(factory=dict)
    entered: list[Entry] = field(factory=list)

    def settled(self) -> "_Accounts":
        """The accounts with all that was entered."""
        if self.entered:
            with _SETTLING:
                for _, payer, day, amount, defaulters in self.entered:
                    account = self.by_payer.get(payer)
                    if account is None:
                        self.by_payer[payer] = Account([day], [amount])
                    else:
                        account.enter(day, amount)
                    if defaulters:
                        if defaulters not in self.of_defaults:
                            self.of_defaults[defaulters] = _ForDefaults()
                        self.of_defaults[defaulters].enter(payer, day, amount)
                self.entered = []
        return self


@define
class Ledger:
    """Accounts by step (and segment); ``answers`` are sums that were asked for before."""

    accounts: dict[Key, _Accounts] = field(factory=dict)
    answers: dict[tuple[tuple[Key, ...], datetime.date, datetime.date], Mapping[str, int]] = field(factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Ledger":
        """The ledger of some payments, in any order."""
        ledger = cls()
        ledger.enter(sorted(entries, key=lambda entry: entry[2]))
        return ledger

    @property
    def steps(self) -> frozenset[str]:
        """The steps under which anything was paid."""
        return frozenset([step for step, _ in self.accounts])

    def enter(self, entries: Iterable[Entry]) -> None:
        """Enter payments in the order of their days, which are not earlier than any before."""
        self.answers.clear()
        accounts = self.accounts
        for entry in entries:
            key = entry[0]
            if key not in accounts:
                accounts[key] = _Accounts()
            accounts[key].entered.append(entry)

    def reduce(self, entry: Entry) -> None:
        """Take an amount off a payment that was entered: it counts no more."""
        key, payer, day, amount, defaulters = entry
        self.answers.clear()
        accounts = self.accounts[key].settled()
        accounts.by_payer[payer].reduce(day, amount)
        if defaulters:
            accounts.of_defaults[defaulters].enter(payer, day, -amount)

    def paid(self, keys: tuple[Key, ...], first: datetime.date, last: datetime.date) -> Mapping[str, int]:
        """What each payer that paid anything paid under some steps, from ``first`` to ``last``; kept."""
        asked = (keys, first, last)
        if asked not in self.answers:
            if len(self.answers) >= _MOST_KEPT:
                self.answers.clear()
            self.answers[asked] = self._added_up(keys, first, last)
        return self.answers[asked]

    def _added_up(self, keys: tuple[Key, ...], first: datetime.date, last: datetime.date) -> Mapping[str, int]:
        return totals(
            (payer, amount)
            for accounts in self._of(keys)
            for payer, account in accounts.by_payer.items()
            if (amount := account.paid(first, last))
        )

    def _of(self, keys: Iterable[Key]) -> list[_Accounts]:
        return [self.accounts[key].settled() for key in keys if key in self.accounts]

    def paid_for(self, keys: Iterable[Key], defaulters: frozenset[str], last: datetime.date) -> Mapping[str, int]:
        """What each payer paid under some steps up to ``last`` for the default of any of some members."""
        return totals(
            of_payer
            for accounts in self._of(keys)
            for whose, paid in accounts.of_defaults.items()
            if not defaulters.isdisjoint(whose)
            for of_payer in paid.paid_until(last).items()
        )

    def paid_under(self, step: str, first: datetime.date, last: datetime.date) -> int:
        """What all paid under a step in all segments, from ``first`` to ``last``."""
        keys = tuple([key for key in self.accounts if key[0] == step])
        return sum(self.paid(keys, first, last).values())
