"""All amounts of a day of a history as rows of one sort, for tables and comparisons."""

from collections.abc import Iterator

from attrs import frozen

from rulelang.model.allocation import Allocation
from rulelang.model.history import HistoryDay

KINDS = ("paid", "uncovered", "paid in", "due", "cancelled", "overdue", "repaid", "rest", "balance")
"""What a row is about, in the order in which the rows of a day stand."""


@frozen
class DayRow:
    """An amount: whose (``None``: of nobody), under which step or in which pot, for whose default, in minor units.

    ``payable`` is the day on which a due is, as it is written.
    """

    kind: str
    payer: str | None
    what: str | None
    segment: str | None
    defaulter: str | None
    amount: int
    payable: str | None = None


def rows_of_day(day: HistoryDay) -> list[DayRow]:
    """All that a day has, in the order of :data:`KINDS`."""
    return sorted(_rows(day), key=lambda row: KINDS.index(row.kind))


def _rows(day: HistoryDay) -> Iterator[DayRow]:
    if day.run is not None:
        yield from _of_run(day.run)
    for kind, moves in (("paid in", day.paid_in), ("cancelled", day.cancelled), ("balance", day.balances)):
        for move in moves:
            yield DayRow(kind, *move.account, None, move.amount)
    for kind, dues in (("due", day.due), ("overdue", day.overdue)):
        for due in dues:
            yield DayRow(kind, *due.account, None, due.amount, str(due.payable))
    for back in day.repaid:
        yield DayRow("repaid", back.payer, back.step, None, back.defaulter, back.amount)
    if day.rest:
        yield DayRow("rest", None, None, None, None, day.rest)


def _of_run(run: Allocation) -> Iterator[DayRow]:
    for one in run.allotments:
        yield DayRow("paid", one.payer, one.step, one.segment, one.defaulter, one.amount)
    for line in run.losses:
        if line.uncovered:
            yield DayRow("uncovered", None, run.outcome, line.segment, line.member, line.uncovered)
