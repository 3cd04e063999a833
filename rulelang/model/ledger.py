"""Earlier payments by step and payer, added up so that what was paid from any day on is found at once.

A limit over time asks, for every payer, what it paid from some day on.  A ledger answers from sums made once, when an
event is read: a run then takes the same time whether ten payments were made or a hundred thousand.
"""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from attrs import define, field

Key = tuple[str, str | None]
"""A step and a segment, which is ``None`` for what is not per segment."""
Entry = tuple[Key, str, datetime.date, int, tuple[str, ...]]
"""What a payer paid under a step on a day, in minor units, and for whose defaults."""

_MOST_KEPT = 1_000
"""So many answers are kept: more than the limits over time of any rulebook, and their days."""


@define
class Account:
    """What one payer paid under one step: the days in order, and what was paid up to the end of each."""

    days: list[datetime.date] = field(factory=list)
    sums: list[int] = field(factory=lambda: [0])

    def enter(self, day: datetime.date, amount: int) -> None:
        """Enter a payment that is not earlier than any before."""
        self.days.append(day)
        self.sums.append(self.sums[-1] + amount)

    def reduce(self, day: datetime.date, amount: int) -> None:
        """Take an amount off what was paid on a day."""
        at = bisect_right(self.days, day)
        self.sums[at:] = [each - amount for each in self.sums[at:]]

    def paid(self, first: datetime.date, last: datetime.date) -> int:
        """What was paid on the days from ``first`` to ``last``."""
        return self.sums[bisect_right(self.days, last)] - self.sums[bisect_left(self.days, first)]


@define
class Ledger:
    """Accounts by step (and segment) and payer, what was paid for defaults, and what was paid by step in all.

    ``answers`` are sums that were asked for before.
    """

    accounts: dict[Key, dict[str, Account]] = field(factory=dict)
    of_defaults: dict[Key, dict[tuple[str, ...], dict[str, Account]]] = field(factory=dict)
    steps: dict[str, Account] = field(factory=dict)
    answers: dict[tuple[tuple[Key, ...], datetime.date, datetime.date], Mapping[str, int]] = field(factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Ledger":
        """The ledger of some payments, in any order."""
        ledger = cls()
        for entry in sorted(entries, key=lambda entry: entry[2]):
            ledger.enter(entry)
        return ledger

    def enter(self, entry: Entry) -> None:
        """Enter a payment that is not earlier than any before."""
        key, payer, day, amount, defaulters = entry
        self.answers.clear()
        _account(self.accounts.setdefault(key, {}), payer).enter(day, amount)
        _account(self.steps, key[0]).enter(day, amount)
        if defaulters:
            whose = self.of_defaults.setdefault(key, {}).setdefault(defaulters, {})
            _account(whose, payer).enter(day, amount)

    def reduce(self, entry: Entry) -> None:
        """Take an amount off a payment that was entered: it counts no more."""
        key, payer, day, amount, defaulters = entry
        self.answers.clear()
        accounts = [self.accounts[key][payer], self.steps[key[0]]]
        if defaulters:
            accounts.append(self.of_defaults[key][defaulters][payer])
        for account in accounts:
            account.reduce(day, amount)

    def paid(self, keys: tuple[Key, ...], first: datetime.date, last: datetime.date) -> Mapping[str, int]:
        """What each payer that paid anything paid under some steps, from ``first`` to ``last``; kept."""
        asked = (keys, first, last)
        if asked not in self.answers:
            if len(self.answers) >= _MOST_KEPT:
                self.answers.clear()
            self.answers[asked] = self._added_up(keys, first, last)
        return self.answers[asked]

    def _added_up(self, keys: tuple[Key, ...], first: datetime.date, last: datetime.date) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for key in keys:
            _add(found, self.accounts.get(key, {}), first, last)
        return found

    def paid_for(self, keys: Iterable[Key], defaulters: frozenset[str], last: datetime.date) -> Mapping[str, int]:
        """What each payer paid under some steps up to ``last`` for the default of any of some members."""
        found: dict[str, int] = {}
        for key in keys:
            for whose, accounts in self.of_defaults.get(key, {}).items():
                if not defaulters.isdisjoint(whose):
                    _add(found, accounts, datetime.date.min, last)
        return found

    def paid_under(self, step: str, first: datetime.date, last: datetime.date) -> int:
        """What all paid under a step in all segments, from ``first`` to ``last``."""
        account = self.steps.get(step)
        return 0 if account is None else account.paid(first, last)


def _account(accounts: dict[str, Account], name: str) -> Account:
    """An account, opened if there is none yet."""
    account = accounts.get(name)
    if account is None:
        account = accounts[name] = Account()
    return account


def _add(found: dict[str, int], accounts: Mapping[str, Account], first: datetime.date, last: datetime.date) -> None:
    """Add what was paid on some days to what each payer paid."""
    for payer, account in accounts.items():
        if amount := account.paid(first, last):
            found[payer] = found.get(payer, 0) + amount
