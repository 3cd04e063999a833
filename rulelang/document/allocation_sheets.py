"""An allocation for programs: the rows of CSV, and the sheets of a spreadsheet with what ran."""

from collections.abc import Iterable, Iterator, Sequence

from rulelang.base.gather import totals
from rulelang.document.document import Section
from rulelang.document.table import Cell, Column, Row, Table, amount, name, rows_of, texts
from rulelang.document.turns import TurnColumns
from rulelang.model.allocation import Allocation


def records(allocation: Allocation) -> Table:
    """A row for each allotment, and one for what stays uncovered (in each segment, of each pass)."""
    turns = TurnColumns.of(allocation.lines, segment=True)
    columns = (Column("tranche"), *turns.columns, *map(Column, ("payer", "name", "amount", "currency")))
    code, steps = name(allocation.currency.code), {a.step: name(a.step) for a in allocation.allotments}
    rows = [
        (steps[a.step], *turns.of_line(a), *texts(a.payer, allocation.names.get(a.payer)), amount(a.amount), code)
        for a in allocation.allotments
    ]
    left = totals(
        ((line.segment, line.member if turns.defaulter else None), line.uncovered) for line in allocation.losses
    )
    for (segment, defaulter), units in left.items():
        if units:
            place = turns.cells(segment, None, defaulter)
            rows.append((name(allocation.outcome), *place, Cell(), name("uncovered"), amount(units), code))
    return Table("Allocations", columns, rows_of(*rows))


def sheets(allocation: Allocation) -> Iterator[Section]:
    """Sheets for the waterfall, the allotments, the payers, several losses, the invariants and the assumptions."""
    paid, left = amount(allocation.loss - allocation.uncovered), amount(allocation.uncovered)
    turns, blank = TurnColumns.of(allocation.lines, segment=True), Cell()
    steps = (
        (
            *texts(line.step, line.title, line.kind),
            *turns.of_line(line),
            *map(amount, (line.capacity, line.drawn, line.remaining)),
            name(line.skipped),
        )
        for line in allocation.lines
    )
    amounts = tuple(Column(title, "amount") for title in ("capacity", "drawn", "remaining"))
    columns = (*map(Column, ("step", "title", "kind")), *turns.columns, *amounts, Column("not done because"))
    yield _sheet("Waterfall", columns, steps, (*texts("Total", "", ""), *turns.cells(), blank, paid, left, blank))
    own, names = Column("amount", "amount"), allocation.names
    allotments = (
        (name(a.step), *turns.of_line(a), *texts(a.payer, names.get(a.payer)), amount(a.amount))
        for a in allocation.allotments
    )
    columns = (Column("step"), *turns.columns, Column("payer"), Column("name"), own)
    yield _sheet("Allocations", columns, allotments, (name("Total"), *turns.cells(), blank, blank, paid))
    payers = ((*texts(payer, names.get(payer)), amount(total)) for payer, total in allocation.payers().items())
    yield _sheet("Payers", (Column("payer"), Column("name"), own), payers, (*texts("Total", ""), paid))
    if len(allocation.losses) > 1:
        yield Section(table=losses(allocation, "Total"))
    for noun, lines in (("invariant", allocation.ensures), ("assumption", allocation.assumes)):
        broken = (
            texts(line.text, "holds" if line.holds else "broken", member)
            for line in lines
            for member in (line.breaches or ("",))
        )
        if lines:
            yield _sheet(f"{noun.capitalize()}s", tuple(map(Column, (noun, "result", "broken for"))), broken)


def losses(allocation: Allocation, whole: str) -> Table:
    """A row for each loss, with what stays uncovered of it; ``whole`` is what the line of all is called."""
    segment = any(line.segment is not None for line in allocation.losses)
    where = (Column("segment"),) * segment
    columns = (Column("loss of"), *where, Column("amount", "amount"), Column("uncovered", "amount"))
    rows = (
        (name(line.whose), *((name(line.segment),) * segment), amount(line.amount), amount(line.uncovered))
        for line in allocation.losses
    )
    total = (name(whole), *((Cell(),) * segment), amount(allocation.loss), amount(allocation.uncovered))
    return Table("Losses", columns, rows_of(*rows), total=Row(total, whole=True))


def _sheet(
    title: str, columns: tuple[Column, ...], rows: Iterable[Sequence[Cell]], total: tuple[Cell, ...] | None = None
) -> Section:
    return Section(table=Table(title, columns, rows_of(*rows), total=None if total is None else Row(total)))


def facts_of(allocation: Allocation) -> Iterator[tuple[str, Cell]]:
    """What ran, and what it came to."""
    yield "Rulebook", name(allocation.rulebook.title)
    yield "Version", name(allocation.rulebook.version)
    yield "Rulebook SHA-256", name(allocation.rulebook.sha256)
    yield "Event", name(allocation.event.title)
    yield "Declared", name(allocation.declared.isoformat())
    yield "Event SHA-256", name(allocation.event.sha256)
    yield "Currency", name(allocation.currency.code)
    yield "Loss", amount(allocation.loss)
    yield "Uncovered", amount(allocation.uncovered)
    yield "Outcome", name(allocation.outcome)
