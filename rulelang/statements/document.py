"""A statement as a document: a letter of one page."""

from collections.abc import Iterator

from rulelang.document.document import Cell, Column, Document, Reader, Section, Table, amount, name, rows_of, texts
from rulelang.statements.statement import DayTold, Line, Statement, What

_HAPPENS = {
    "pays": "You pay",
    "owes": "You owe",
    "pays in": "You paid in",
    "is paid out": "You were paid out",
    "is repaid": "You are repaid",
    "no longer owes": "You no longer owe",
}
_PLACES: dict[What, tuple[int, int]] = {
    "pays": (0, 1),
    "pays in": (0, 1),
    "is repaid": (1, 1),
    "is paid out": (1, 1),
    "owes": (2, 1),
    "no longer owes": (2, -1),
}
"""In which of the columns of amounts something stands, and with which sign: what is owed is not paid yet."""


def statement_document(told: Statement, _reader: Reader) -> Document:
    """The letter: what is paid and received, what is still owed and held, how it is computed, and totals of all."""
    rulebooks = "; ".join(
        one.title if one.version is None else f"{one.title}, version {one.version}" for one in told.rulebooks
    )
    called = told.payer if told.name in (None, told.payer) else f"{told.name} ({told.payer})"
    return Document(
        (f"Statement for {called}", told.title, rulebooks),
        tuple(_sections(told)),
        told.currency,
        day=told.last,
        exercise=told.exercise,
    )


def _sections(told: Statement) -> Iterator[Section]:
    if told.lines:
        yield Section("What you pay and receive", 2, table=_lines(told))
    yield Section(intro=tuple(_totals(told)))
    if told.owed:
        yield Section("What you owe at the end", 2, table=_owed(told))
    if told.balances:
        yield Section("What you hold at the end", 2, table=_held(told))
    for day in told.days:
        yield from _computed(day, several=len(told.days) > 1)
    if any(day.loss for day in told.days):
        yield Section("What all pay together", 2, table=_together(told))


_FOR_PEOPLE = Reader("html")


def _lines(told: Statement) -> Table:
    columns = (
        Column("day"),
        Column("what"),
        Column("rule"),
        Column("segment"),
        Column("you pay", "amount"),
        Column("you receive", "amount"),
        Column("you owe", "amount"),
        Column("payable on"),
    )
    return Table("Lines", columns, rows_of(*map(_line, told.lines))).filled(_FOR_PEOPLE)


def _owed(told: Statement) -> Table:
    columns = Column("pot"), Column("segment"), Column("amount", "amount"), Column("payable")
    rows = ((*texts(due.pot, due.segment), amount(due.amount), name(due.payable.isoformat())) for due in told.owed)
    return Table("Owed", columns, rows_of(*rows)).filled(_FOR_PEOPLE)


def _held(told: Statement) -> Table:
    columns = Column("pot"), Column("segment"), Column("balance", "amount")
    rows = ((*texts(one.pot, one.segment), amount(one.amount)) for one in told.balances)
    return Table("Held", columns, rows_of(*rows)).filled(_FOR_PEOPLE)


def _line(line: Line) -> tuple[Cell, ...]:
    under = line.under if line.title in (None, line.under) else f"{line.title} ({line.under})"
    place, sign = _PLACES[line.what]
    moved = [Cell(), Cell(), Cell()]
    moved[place] = amount(sign * line.amount)
    later = "" if line.payable in (None, line.date) else str(line.payable)
    what = f"{_HAPPENS[line.what]}: {under}"
    return (*texts(line.date.isoformat(), what, line.citation, line.segment), *moved, name(later))


def _totals(told: Statement) -> Iterator[str]:
    show = told.currency.show
    paid, repaid = told.sum_of("pays"), told.sum_of("is repaid")
    yield f"In all you pay {show(paid)}." if paid else "You pay nothing."
    into = told.sum_of("pays in") - told.sum_of("is paid out")
    if into:
        yield f"Into your pots you paid {show(into)}." if into > 0 else f"From your pots you were paid {show(-into)}."
    if repaid:
        yield f"Of what was paid you are repaid {show(repaid)}."
    owed = sum(due.amount for due in told.owed)
    if owed:
        yield f"You still owe {show(owed)}."


def _computed(day: DayTold, *, several: bool) -> Iterator[Section]:
    """How what is paid, owed or repaid on a day is computed, a part for each step or pot."""
    yield Section(f"How it is computed: {day.date}" if several else "How it is computed")
    for paragraph in day.computed:
        intro = (" ".join(paragraph.sentences),) if paragraph.sentences else ()
        yield Section(paragraph.heading, 2, intro=intro, items=paragraph.lines)


def _together(told: Statement) -> Table:
    """Totals alone: of each class of payers, and what stays uncovered."""
    columns = Column("day"), Column("who"), Column("amount", "amount")
    rows = [
        (name(day.date.isoformat()), name(who), amount(units))
        for day in told.days
        if day.loss
        for who, units in (("loss to be met", day.loss), *day.together, ("uncovered", day.uncovered))
    ]
    return Table("Together", columns, rows_of(*rows))
