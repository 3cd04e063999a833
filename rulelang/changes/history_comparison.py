"""Two versions of a rulebook over the same history: what differs on which day, and in all."""

import datetime
from collections.abc import Callable, Hashable, Mapping

from attrs import frozen

from rulelang.base.decimals import exact_amount
from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.gather import totals
from rulelang.base.money import Currency
from rulelang.changes.verdict import Level
from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain
from rulelang.histories.rows import KINDS, DayRow, rows_of_day
from rulelang.model.history import HistoryResult


@frozen
class AmountChange:
    """An amount of a day (``date`` ``None``: of all days together) that is another; in minor units.

    ``kind`` is a word of :data:`rulelang.histories.rows.KINDS`, ``what`` the step or pot by its new name.
    """

    date: datetime.date | None
    kind: str
    payer: str | None
    what: str | None
    segment: str | None
    old: int
    new: int

    @property
    def difference(self) -> int:
        """How much more it is now."""
        return self.new - self.old

    def to_dict(self, currency: Currency) -> Plain:
        """The change as plain values."""
        amounts = {"old": self.old, "new": self.new, "difference": self.difference}
        return {
            "date": self.date and self.date.isoformat(),
            "kind": self.kind,
            "payer": self.payer,
            "of": self.what,
            "segment": self.segment,
            **{key: exact_amount(units, currency) for key, units in amounts.items()},
        }


@frozen
class HistoryComparison:
    """A history under two versions: the amounts that differ day by day, and by payer in all.

    ``refusal`` says why it does not run under the new version, if it does not.
    """

    title: str
    heading: str
    exercise: str | None
    days: int
    changes: tuple[AmountChange, ...]
    in_all: tuple[AmountChange, ...]
    level: Level
    refusal: tuple[Diagnostic, ...] = ()

    @property
    def first(self) -> datetime.date | None:
        """The first day on which anything differs."""
        return min((change.date for change in self.changes if change.date is not None), default=None)

    def sentence(self, currency: Currency) -> str:
        """What it comes to."""
        if self.refusal:
            return f'under the new version the history "{self.title}" does not run: {self.refusal[0].message}'
        if self.first is None:
            return f'nothing differs on any day of the history "{self.title}"'
        since = f"the first difference is of {self.first}"
        paid = [change for change in self.in_all if change.kind == "paid"]
        if not paid:
            same = "nobody pays more or less"
            if any(change.kind == "paid" for change in self.changes):
                same = "everybody pays the same in all, but not on the same days or under the same steps"
            return f'in the history "{self.title}" {same}; {since}'
        most = max(paid, key=lambda change: abs(change.difference))
        words = "more" if most.difference > 0 else "less"
        amount = currency.show(abs(most.difference))
        return f'in the history "{self.title}" `{most.payer}` pays {amount} {words} in all; {since}'

    def to_dict(self, currency: Currency) -> Plain:
        """The comparison as plain values."""
        return {
            "title": self.heading,
            "days": self.days,
            "verdict": self.level.words,
            "first": self.first and self.first.isoformat(),
            "changes": [change.to_dict(currency) for change in self.changes],
            "in_all": [change.to_dict(currency) for change in self.in_all],
            "refusal": [{"code": each.code, "message": each.message} for each in self.refusal],
        }


def compare_histories(
    old: HistoryResult, new: HistoryResult | RulelangError, program: CheckedProgram, steps: Mapping[str, str]
) -> HistoryComparison:
    """Compare what a history gives under two versions; ``steps`` has the new names of steps by the old ones.

    ``program`` is the new version: it knows the pots by their former names.
    """
    head = old.title, old.heading, old.exercise, len(old.days)
    if isinstance(new, RulelangError):
        return HistoryComparison(*head, (), (), Level.DOES_NOT_RUN, new.diagnostics)
    before = _amounts(old, {**program.data_by_any_name, **steps})
    after = _amounts(new, {})
    changes, in_all = _changes(before, after), _changes(_in_all(before), _in_all(after))
    same = _of_classes(before, old.is_member) == _of_classes(after, old.is_member)  # the members of both are the same
    level = Level.IDENTICAL if not changes else Level.MEMBERS if same else Level.TOTALS
    return HistoryComparison(*head, changes, in_all, level)


Key = tuple[datetime.date | None, str, str | None, str | None, str | None]
"""Day (``None``: all days together), kind, payer, step or pot, segment."""
_MOVING = ("paid", "due", "cancelled", "repaid")


def _amounts(result: HistoryResult, names: Mapping[str, str]) -> dict[Key, int]:
    return totals(
        ((day.date, row.kind, row.payer, _named(row, names), row.segment), row.amount)
        for day in result.days
        for row in rows_of_day(day)
    )


def _named(row: DayRow, names: Mapping[str, str]) -> str | None:
    return None if row.what is None or row.kind == "uncovered" else names.get(row.what, row.what)


def _in_all(amounts: Mapping[Key, int]) -> dict[Key, int]:
    """What each payer pays, comes to owe and is repaid on all days together."""
    return totals(
        ((None, kind, payer, None, None), amount)
        for (_, kind, payer, _, _), amount in amounts.items()
        if kind in _MOVING and payer is not None
    )


def _changes(before: Mapping[Key, int], after: Mapping[Key, int]) -> tuple[AmountChange, ...]:
    """Every amount that differs, day by day."""

    def order(key: Key) -> tuple[object, ...]:
        date, kind, *others = key
        return date, KINDS.index(kind), *(part or "" for part in others)

    keys = sorted(dict.fromkeys((*before, *after)), key=order)
    pairs = (AmountChange(*key, before.get(key, 0), after.get(key, 0)) for key in keys)
    return tuple(change for change in pairs if change.difference)


def _of_classes(amounts: Mapping[Key, int], is_member: Callable[[str], bool]) -> dict[Hashable, int]:
    """What members, the CCP and each party pay, come to owe and are repaid on each day, and what stays uncovered."""
    found = totals(
        ((date, kind, "members" if payer is not None and is_member(payer) else payer), amount)
        for (date, kind, payer, _, _), amount in amounts.items()
        if kind in ("paid", "uncovered", "repaid", "due")
    )
    return {key: amount for key, amount in found.items() if amount}
