"""An allocation as a document: the waterfall, who pays, the invariants, the assumptions and the outcome."""

from collections.abc import Iterator, Sequence

from rulelang.base.gather import collected
from rulelang.document.allocation_sheets import facts_of, losses, records, sheets
from rulelang.document.document import Document, Section, Strong
from rulelang.document.table import NARROW, Cell, Column, Reader, Row, Table, amount, name, rows_of
from rulelang.document.turns import TurnColumns, under
from rulelang.model.allocation import Allocation, EnsureLine, StepLine, with_version
from rulelang.model.trail import Status

_MOST_PAYERS = 200
"""A terminal shows so many payers, those that pay most; the other formats give all."""
_MOST_BREACHES = 8
_IN = "amounts in {}"


def allocation_document(allocation: Allocation, reader: Reader) -> Document:
    """The document of an allocation; spreadsheets and CSV hold tables of their own, a row for each allotment."""
    loss = allocation.currency.show(allocation.loss)
    end = "" if reader.terminal else "."
    title = (
        with_version(allocation.rulebook.title, allocation.rulebook.version),
        f"{allocation.event.title}, declared {allocation.declared}: loss {loss}{end}",
    )
    if reader.form == "csv":
        return Document(title, currency=allocation.currency, records=records(allocation), exercise=allocation.exercise)
    sections = sheets(allocation) if reader.form == "xlsx" else allocation_sections(allocation, reader)
    facts = tuple(facts_of(allocation))
    return Document(
        title[::-1] if reader.form == "xlsx" else title,
        tuple(sections),
        allocation.currency,
        facts=facts,
        day=allocation.declared,
        exercise=allocation.exercise,
    )


def allocation_sections(allocation: Allocation, reader: Reader) -> Iterator[Section]:
    """The parts of an allocation for people."""
    yield Section("The waterfall", 2, table=_waterfall(allocation, reader), unit=_IN)
    if allocation.allotments:
        payers = _payers_shown(allocation, reader) if reader.terminal else _payers(allocation)
        yield Section("Who pays", 2, table=payers, unit=_IN)
    if allocation.uncovered and len(allocation.losses) > 1:
        yield Section("What stays uncovered", 2, table=losses(allocation, "total"), unit=_IN)
    if allocation.ensures:
        yield Section("What must hold", 2, table=_stated(allocation.ensures, "invariant", reader))
    if allocation.assumes:
        yield Section("What is taken for granted", 2, table=_stated(allocation.assumes, "assumption", reader))
    remarks = tuple(f"note: {remark}" for remark in allocation.trail.remarks)
    if remarks and reader.form != "markdown":
        yield Section(intro=remarks, backticks=True)
    show, word = allocation.currency.show, allocation.outcome
    if reader.terminal:
        covered = show(allocation.loss - allocation.uncovered)
        yield Section(strong=Strong("outcome: ", word, f" – covered {covered}, uncovered {show(allocation.uncovered)}"))
    else:
        yield Section(strong=Strong("Outcome: ", word, f", uncovered {show(allocation.uncovered)}."))


def _waterfall(allocation: Allocation, reader: Reader) -> Table:
    """A line for each step; on a terminal the last line says what all steps paid and what remains."""
    turns = TurnColumns.of(allocation.lines, segment=reader.form == "markdown")
    columns = (
        Column("step"),
        *turns.columns,
        Column("capacity", "amount"),
        Column("drawn", "amount"),
        Column("remaining", "amount"),
        Column("", least_width=NARROW),
    )
    rows = tuple(_step(line, reader, turns) for line in allocation.lines)
    drawn = amount(sum(line.drawn for line in allocation.lines))
    total = Row((name("total"), *turns.cells(), Cell(), drawn, amount(allocation.uncovered), Cell()), whole=True)
    return Table("Waterfall", columns, rows, total=None if reader.form == "markdown" else total)


def _step(line: StepLine, reader: Reader, turns: TurnColumns) -> Row:
    """A step; on a terminal its title stands beside it, or where there is little room why it was not done."""
    told = reader.form in ("table", "html")
    beside = f" {line.title}" if line.title and told else ""
    narrow = f"({line.skipped})" if line.skipped and told else ""
    cells = (
        Cell("name", line.step, beside=beside, narrow=narrow),
        *turns.of_line(line),
        _capacity(line, reader),
        amount(line.drawn),
        amount(line.remaining),
        Cell("name", line.skipped or "", tone="dim"),
    )
    return Row(cells, changed=bool(line.drawn))


def _capacity(line: StepLine, reader: Reader) -> Cell:
    if reader.form == "markdown" or line.capacity is not None:
        return amount(line.capacity)
    return Cell("amount", "unlimited" if line.status is Status.PAID else "–")


def _payers_shown(allocation: Allocation, reader: Reader) -> Table:
    """A line for each payer and step, with the total of each payer; of many payers, those that pay most."""
    columns = (Column("payer"), Column("under"), Column("amount", "amount"), Column("total", "amount"))
    owed = collected((allotment.payer, allotment) for allotment in allocation.allotments)
    totals = allocation.payers()
    shown = set(sorted(totals, key=lambda payer: -totals[payer])[:_MOST_PAYERS])
    rows = []
    for payer in filter(shown.__contains__, totals):
        title = allocation.names.get(payer)
        label = Cell("name", payer if title is None or reader.narrow else f"{payer}  {title}")
        for number, allotment in enumerate(own := owed[payer], start=1):
            last = amount(totals[payer]) if number == len(own) else Cell()
            rows.append((label, name(under(allotment)), amount(allotment.amount), last))
            label = Cell()
    if len(shown) < len(totals):
        rest = sum(paid for payer, paid in totals.items() if payer not in shown)
        others = name(f"and {len(totals) - len(shown):,} others (all with --format csv)")
        rows.append((others, Cell(), Cell(), amount(rest)))
    whole = amount(sum(totals.values()))
    return Table("Payers", columns, rows_of(*rows), total=Row((name("total"), Cell(), Cell(), whole)))


def _payers(allocation: Allocation) -> Table:
    columns = (Column("payer"), Column("name"), Column("under"), Column("amount", "amount"))
    rows = [
        (name(a.payer), name(allocation.names.get(a.payer)), name(under(a)), amount(a.amount))
        for a in allocation.allotments
    ]
    total = Row((name("total"), Cell(), Cell(), amount(sum(a.amount for a in allocation.allotments))))
    return Table("Payers", columns, rows_of(*rows), total=total)


def _stated(lines: Sequence[EnsureLine], noun: str, reader: Reader) -> Table:
    found = []
    for line in lines:
        broken = ", ".join(line.breaches)
        if reader.terminal and len(line.breaches) > _MOST_BREACHES:
            broken = f"{', '.join(line.breaches[:_MOST_BREACHES])} and {len(line.breaches) - _MOST_BREACHES} more"
        word = "holds" if line.holds else "BROKEN" if reader.terminal else "broken"
        found.append((name(line.text), Cell("name", word, tone="good" if line.holds else "bad"), name(broken)))
    order = (1, 0, 2) if reader.terminal else (0, 1, 2)
    columns = (Column(noun), Column(""), Column("broken for"))
    rows = rows_of(*([cells[place] for place in order] for cells in found))
    return Table(f"{noun.capitalize()}s", tuple(columns[place] for place in order), rows)
