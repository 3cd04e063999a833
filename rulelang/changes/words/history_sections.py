"""A history under two versions, in sections: what it comes to, who pays more or less in all, and day by day."""

from collections.abc import Iterable, Iterator

from rulelang.base.money import Currency
from rulelang.changes.history_comparison import AmountChange, HistoryComparison
from rulelang.document.document import Section
from rulelang.document.table import Cell, Column, Reader, Table, amount, name, rows_of

_MOST_ROWS = 40
"""A concise document lists so many amounts that differ; tables for programs and ``--full`` give all."""
_STANDING = ("balance", "overdue")
"""What stands day after day, and is told in full alone."""
_AMOUNTS = (Column("old", "amount"), Column("new", "amount"), Column("difference", "difference"))


def history_sections(found: HistoryComparison, currency: Currency, reader: Reader, *, full: bool) -> Iterator[Section]:
    """The sections of a history."""
    title = f"History “{found.heading}”"
    yield Section(title, event=found.heading, intro=(f"{found.sentence(currency)}.",))
    if found.in_all:
        table = Table("In all", (Column("what"), Column("payer"), *_AMOUNTS), rows_of(*map(_in_all, found.in_all)))
        yield Section("In all", 2, event=found.heading, table=table)
    if found.changes:
        everything = full or reader.form in ("csv", "xlsx")
        moving = [change for change in found.changes if change.kind not in _STANDING]
        shown = found.changes if everything or not moving else moving[:_MOST_ROWS]
        left = len(found.changes) - len(shown)
        note = f"and {left:,} amounts more (all with --full)" if left else None
        yield Section("Day by day", 2, event=found.heading, table=_by_day(shown).filled(reader), note=note)


def _in_all(change: AmountChange) -> tuple[Cell, ...]:
    return (name(change.kind), name(change.payer), *_amounts(change))


def _by_day(changes: Iterable[AmountChange]) -> Table:
    columns = (*map(Column, ("date", "what", "payer", "step or pot", "segment")), *_AMOUNTS)
    rows = (
        (
            name(str(change.date)),
            *map(name, (change.kind, change.payer, change.what, change.segment)),
            *_amounts(change),
        )
        for change in changes
    )
    return Table("Day by day", columns, rows_of(*rows), fitted=True)


def _amounts(change: AmountChange) -> tuple[Cell, ...]:
    return amount(change.old), amount(change.new), Cell("difference", "", change.difference)
