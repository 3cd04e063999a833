"""A history as a document: day after day its run, money paid in, what is owed and repaid, balances and periods."""

from collections.abc import Iterable, Iterator, Sequence

from rulelang.document.allocation import allocation_sections
from rulelang.document.document import Document, Section
from rulelang.document.table import Cell, Column, Reader, Table, amount, name, rows_of, texts
from rulelang.histories.rows import KINDS, rows_of_day
from rulelang.model.allocation import with_version
from rulelang.model.history import Due, HistoryDay, HistoryResult, Movement

_IN = "amounts in {}"
_ACCOUNT = (Column("payer"), Column("pot"), Column("segment"))
_MONEY = Column("amount", "amount")


def history_document(history: HistoryResult, reader: Reader) -> Document:
    """The document of a history; CSV holds one table of all that happened, a spreadsheet a sheet for each sort."""
    last = history.days[-1]
    title = (history.heading, f"{len(history.days)} days from {history.days[0].date} to {last.date}")
    if len(history.days) == 1:
        title = (history.heading, str(last.date))
    if reader.form == "csv":
        return Document(title, currency=history.currency, records=_records(history.days), exercise=history.exercise)
    sections = _sheets(history.days) if reader.form == "xlsx" else _sections(history.days, reader)
    facts = (
        ("History", name(history.heading)),
        ("History SHA-256", name(history.sha256)),
        ("Currency", name(history.currency.code)),
    )
    return Document(title, tuple(sections), history.currency, facts=facts, day=last.date, exercise=history.exercise)


def _sections(days: Iterable[HistoryDay], reader: Reader) -> Iterator[Section]:
    before = None
    for day in days:
        shown = with_version(day.rulebook.title, day.rulebook.version)
        in_force = () if day.rulebook == before else (f"In force: {shown}.",)
        before = day.rulebook
        yield Section(str(day.date), intro=in_force)
        if day.run is not None:
            yield from allocation_sections(day.run, reader)
        for title, table in _tables(day):
            yield Section(title, 2, table=table.filled(reader), unit=_IN)


def _tables(day: HistoryDay) -> Iterator[tuple[str, Table]]:
    """The tables of a day, of those that hold anything."""
    if day.cancelled:
        yield "Cancelled", _table("Cancelled", _movements(day.cancelled))
    if day.paid_in:
        yield "Paid in (and out)", _paid_in(day)
    if day.due:
        yield "Due", _table("Due", _dues(day.due), Column("payable"))
    if day.repaid:
        columns = (Column("payer"), Column("step"), Column("recovered from"), Column("into"), _MONEY)
        rows = [(*texts(one.payer, one.step, one.defaulter, one.into), amount(one.amount)) for one in day.repaid]
        yield "Repaid", Table("Repaid", columns, rows_of(*rows))
    if day.rest:
        yield "Rest of what was recovered", Table("Rest", (_MONEY,), rows_of((amount(day.rest),)))
    if day.overdue:
        yield "Overdue", _table("Overdue", _dues(day.overdue), Column("payable"))
    if day.balances:
        yield "Balances", _table("Balances", _movements(day.balances))
    if day.periods:
        rows = [texts(one.period, str(one.first), str(one.last)) for one in day.periods]
        yield "Open periods", Table("Periods", tuple(map(Column, ("period", "first day", "last day"))), rows_of(*rows))


def _paid_in(day: HistoryDay) -> Table:
    """Money in and out, with the days of dues that were paid by themselves since the day before, if there are any."""
    if all(one.payable is None for one in day.paid_in):
        return _table("Paid in", _movements(day.paid_in))
    days = (name(str(one.payable or day.date)) for one in day.paid_in)
    return _table("Paid in", ((*row, on) for row, on in zip(_movements(day.paid_in), days, strict=True)), Column("on"))


def _table(title: str, rows: Iterable[Sequence[Cell]], *more: Column) -> Table:
    return Table(title, (*_ACCOUNT, _MONEY, *more), rows_of(*rows))


def _movements(rows: Iterable[Movement]) -> Iterator[tuple[Cell, ...]]:
    return ((*texts(*one.account), amount(one.amount)) for one in rows)


def _dues(rows: Iterable[Due]) -> Iterator[tuple[Cell, ...]]:
    return ((*texts(*one.account), amount(one.amount), name(str(one.payable))) for one in rows)


# --------------------------------------------------------------------------------------------------------- for programs


def _rows(days: Iterable[HistoryDay], kinds: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    for day in days:
        for row in rows_of_day(day):
            if row.kind in kinds:
                head = texts(str(day.date), row.kind, row.payer, row.what, row.segment, row.defaulter)
                yield (*head, amount(row.amount), name(row.payable))


_COLUMNS = (
    *map(Column, ("date", "what", "payer", "step or pot", "segment", "defaulter")),
    _MONEY,
    Column("payable"),
)


def _records(days: Sequence[HistoryDay]) -> Table:
    """Everything, day after day: a row for each amount, and one for each invariant and whom it is broken for."""
    rows: list[tuple[Cell, ...]] = []
    for day in days:
        rows += _rows((day,), KINDS)
        for kind, stated, result, member in _judged(day):
            head = texts(str(day.date), f"{kind} {result}", member, stated, None, None)
            rows.append((*head, amount(None), name(None)))
    return Table("Days", _COLUMNS, rows_of(*rows))


def _judged(day: HistoryDay) -> Iterator[tuple[str, str, str, str]]:
    """The invariants and assumptions of a day's run: which it is, its text, the result, whom it is broken for."""
    for kind, lines in () if day.run is None else (("invariant", day.run.ensures), ("assumption", day.run.assumes)):
        for line in lines:
            for member in line.breaches or ("",):
                yield kind, line.text, "holds" if line.holds else "broken", member


def _sheets(days: Sequence[HistoryDay]) -> Iterator[Section]:
    """A sheet for the days, one for each sort of amount that there is, and those of invariants and assumptions."""
    rows = [
        (
            name(str(day.date)),
            *texts(day.rulebook.title, day.rulebook.version),
            amount(None if day.run is None else day.run.loss),
            amount(None if day.run is None else day.run.uncovered),
            name(None if day.run is None else day.run.outcome),
            name(", ".join(one.period for one in day.periods)),
        )
        for day in days
    ]
    amounts = (Column("loss", "amount"), Column("uncovered", "amount"))
    columns = (*map(Column, ("date", "rulebook", "version")), *amounts, Column("outcome"), Column("open periods"))
    yield Section(table=Table("Days", columns, rows_of(*rows)))
    sheets = (
        ("Payments", ("paid", "uncovered")),
        ("Paid in", ("paid in",)),
        ("Dues", ("due", "cancelled", "overdue")),
        ("Repaid", ("repaid", "rest")),
        ("Balances", ("balance",)),
    )
    for title, kinds in sheets:
        found = list(_rows(days, kinds))
        if found:
            yield Section(table=Table(title, _COLUMNS, rows_of(*found)))
    for noun in ("invariant", "assumption"):
        told = [texts(str(day.date), *row) for day in days for kind, *row in _judged(day) if kind == noun]
        if told:
            columns = tuple(map(Column, ("date", noun, "result", "broken for")))
            yield Section(table=Table(f"{noun.capitalize()}s", columns, rows_of(*told)))
