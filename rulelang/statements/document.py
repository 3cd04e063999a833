"""A statement as a document: a letter that fits one page for an ordinary event or history.

What is computed in the same way is told once, and the lines of the table name the note.
"""

from collections.abc import Iterable, Iterator, Mapping

from rulelang.check.events.datum_values import called
from rulelang.document.document import Document, Section
from rulelang.document.table import PAGE, Cell, Column, Reader, Table, amount, count, name, rows_of, texts
from rulelang.explain.sentences.words import under as cited
from rulelang.model.allocation import with_version
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


def statement_document(told: Statement, _reader: Reader, *, full: bool = False) -> Document:
    """The letter: what is paid, owed and received and how that is computed, what stands at the end, totals of all.

    ``full``: behind it stands the working out in words, with all that was looked at.
    """
    rulebooks = "; ".join(with_version(one.title, one.version) for one in told.rulebooks)
    called = told.payer if told.name in (None, told.payer) else f"{told.name} ({told.payer})"
    return Document(
        (f"Statement for {called}", told.title, rulebooks),
        tuple(_sections(told, full=full)),
        told.currency,
        day=told.last,
        exercise=told.exercise,
        dense=True,
    )


def _sections(told: Statement, *, full: bool) -> Iterator[Section]:
    notes = {how: number for number, how in enumerate(dict.fromkeys(line.how for line in told.lines if line.how), 1)}
    if told.lines:
        yield Section("What you pay and receive", 2, table=_lines(told, notes))
    yield Section(intro=tuple(_totals(told)))
    if notes:
        yield Section("How it is computed", 2, items=tuple(notes), numbered=True)
        filled = " ".join(_filled_in(told))
        yield Section(intro=(filled,) if filled else ())
    if any(day.loss for day in told.days):
        yield Section("What all pay together", 2, table=_together(told))
    for day in told.days if full else ():
        yield from _computed(day, several=len(told.days) > 1)


def _lines(told: Statement, notes: Mapping[str, int]) -> Table:
    columns = (
        Column("day"),
        Column("what, and under which rule"),
        Column("segment"),
        Column("you pay", "amount"),
        Column("you receive", "amount"),
        Column("you owe", "amount"),
        Column("note", "count"),
    )
    rows = (_line(line, notes[line.how] if line.how else None) for line in told.lines)
    return Table("Lines", columns, rows_of(*rows)).filled(PAGE)


def _line(line: Line, note: int | None) -> tuple[Cell, ...]:
    under = line.under if line.title in (None, line.under) else f"{line.title} ({line.under})"
    place, sign = _PLACES[line.what]
    moved = [Cell(), Cell(), Cell()]
    moved[place] = amount(sign * line.amount)
    by = "" if line.payable in (None, line.date) else f" by {line.payable}"
    rule = "" if line.citation is None else f", {cited(line.citation, 'under')}"
    told = texts(line.date.isoformat(), f"{_HAPPENS[line.what]}{by}: {under}{rule}", line.segment)
    return (*told, *moved, Cell() if note is None else count(note))


def _totals(told: Statement) -> Iterator[str]:
    show = told.currency.show
    paid, repaid = told.sum_of("pays"), told.sum_of("is repaid")
    yield f"In all you pay {show(paid)}." if paid else "You pay nothing."
    into = told.sum_of("pays in") - told.sum_of("is paid out")
    if into:
        yield f"Into your pots you paid {show(into)}." if into > 0 else f"From your pots you were paid {show(-into)}."
    if repaid:
        yield f"Of what was paid you are repaid {show(repaid)}."
    if told.owed:
        owed = [
            f"{show(due.amount)} to {called((due.pot, due.segment))}, payable on {due.payable}" for due in told.owed
        ]
        yield f"You still owe {'; '.join(owed)}."
    if told.balances:
        held = [f"{show(one.amount)} in {called((one.pot, one.segment))}" for one in told.balances]
        yield f"At the end you hold {'; '.join(held)}."


def _filled_in(told: Statement) -> Iterable[str]:
    """Which values were filled in for what was missing, each once."""
    paragraphs = (paragraph for day in told.days for paragraph in day.computed)
    return dict.fromkeys(line for paragraph in paragraphs if "missing" in paragraph.facts for line in paragraph.lines)


def _computed(day: DayTold, *, several: bool) -> Iterator[Section]:
    """How what is paid, owed or repaid on a day is computed, a part for each step or pot."""
    yield Section(f"How it is computed: {day.date}" if several else "How it is computed")
    for paragraph in day.computed:
        intro = (" ".join(paragraph.sentences),) if paragraph.sentences else ()
        yield Section(paragraph.heading, 2, intro=intro, items=paragraph.lines)


def _together(told: Statement) -> Table:
    """Totals alone, a row for each day with a loss: of each class of payers, and what stays uncovered."""
    days = [(day, dict(day.together)) for day in told.days if day.loss]
    classes = tuple(dict.fromkeys(who for _, paid in days for who in paid))
    columns = Column("day"), *(Column(title, "amount") for title in ("loss to be met", *classes, "uncovered"))
    rows = [
        (name(day.date.isoformat()), *map(amount, (day.loss, *map(paid.get, classes), day.uncovered)))
        for day, paid in days
    ]
    return Table("Together", columns, rows_of(*rows))
