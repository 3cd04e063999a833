"""An allocation as tables for a terminal: the waterfall, who pays, the invariants and the outcome."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rulelang.base.render import visible
from rulelang.document.console import plain_table, plain_text, printed
from rulelang.model.allocation import Allocation, StepLine
from rulelang.model.trail import Status

_NARROW = 100
_MOST_PAYERS = 200
"""A terminal shows so many payers, those that pay most; the other formats give all."""


def render_tables(allocation: Allocation, *, width: int, colour: bool) -> str:
    """The tables as text of at most ``width`` columns; with ANSI colours if ``colour``."""
    return printed(_parts(allocation, narrow=width < _NARROW), width=width, colour=colour)


def _parts(allocation: Allocation, *, narrow: bool) -> Iterator[RenderableType]:
    yield _heading(allocation)
    yield _waterfall(allocation, narrow=narrow)
    if allocation.allotments:
        yield _payers(allocation, narrow=narrow)
    if allocation.ensures:
        yield _ensures(allocation)
    for remark in allocation.trail.remarks:
        yield Text(f"note: {visible(remark)}")
    yield _closing(allocation)


def _heading(allocation: Allocation) -> Text:
    version = f", version {allocation.rulebook.version}" if allocation.rulebook.version else ""
    loss = allocation.currency.show(allocation.loss)
    text = plain_text(f"{allocation.rulebook.title}{version}", "bold")
    event = plain_text(f"{allocation.event.title}, declared {allocation.declared}: loss {loss}")
    return Text("\n").join([text, event, Text()])


def _amount(allocation: Allocation, units: int | None) -> Text:
    return Text("–" if units is None else allocation.currency.grouped(units))


def _waterfall(allocation: Allocation, *, narrow: bool) -> Table:
    """A line for each step; the footer says what all steps paid and what remains."""
    table = plain_table(f"The waterfall (amounts in {allocation.currency.code})", footer=True)
    drawn = sum(line.drawn for line in allocation.lines)
    segmented = any(line.segment for line in allocation.lines)
    table.add_column("step", Text("total"), overflow="fold")
    if segmented:
        table.add_column("segment", "", overflow="fold")
    table.add_column("capacity", "", justify="right", no_wrap=True)
    table.add_column("drawn", _amount(allocation, drawn), justify="right", no_wrap=True)
    table.add_column("remaining", _amount(allocation, allocation.uncovered), justify="right", no_wrap=True)
    if not narrow:
        table.add_column("", "", overflow="fold")
    for line in allocation.lines:
        row = [_step(line, narrow=narrow)]
        if segmented:
            row.append(plain_text(line.segment or ""))
        row.append(_capacity(allocation, line))
        row.append(_amount(allocation, line.drawn))
        row.append(_amount(allocation, line.remaining))
        if not narrow:
            row.append(plain_text(line.skipped or "", "dim"))
        table.add_row(*row, style="" if line.drawn else "dim")
    return table


def _step(line: StepLine, *, narrow: bool) -> Text:
    text = plain_text(line.step)
    if narrow:
        if line.skipped:
            text.append(f" ({line.skipped})")
    elif line.title:
        text.append(plain_text(f"  {line.title}", "dim"))
    return text


def _capacity(allocation: Allocation, line: StepLine) -> Text:
    if line.status is Status.PAID and line.capacity is None:
        return Text("unlimited")
    return _amount(allocation, line.capacity)


def _payers(allocation: Allocation, *, narrow: bool) -> Table:
    """A line for each payer and step, with the total of each payer that pays under several."""
    table = plain_table(f"Who pays (amounts in {allocation.currency.code})", footer=True)
    table.add_column("payer", Text("total"), overflow="fold")
    table.add_column("under", "", overflow="fold")
    table.add_column("amount", "", justify="right", no_wrap=True)
    total = sum(allotment.amount for allotment in allocation.allotments)
    table.add_column("total", _amount(allocation, total), justify="right", no_wrap=True)
    rows: dict[str, list[tuple[str, int]]] = {}
    for allotment in allocation.allotments:
        under = allotment.step if allotment.segment is None else f"{allotment.step} ({allotment.segment})"
        rows.setdefault(allotment.payer, []).append((under, allotment.amount))
    totals = allocation.payers()
    shown = set(sorted(totals, key=lambda payer: -totals[payer])[:_MOST_PAYERS])
    for payer, total_paid in totals.items():
        if payer not in shown:
            continue
        name = allocation.names.get(payer)
        label = payer if name is None or narrow else f"{payer}  {name}"
        for number, (under, amount) in enumerate(rows[payer]):
            last = number == len(rows[payer]) - 1
            table.add_row(
                plain_text(label if number == 0 else ""),
                plain_text(under),
                _amount(allocation, amount),
                _amount(allocation, total_paid) if last else Text(""),
            )
    if len(shown) < len(totals):
        rest = sum(amount for payer, amount in totals.items() if payer not in shown)
        others = Text(f"and {len(totals) - len(shown):,} others (all with --format csv)")
        table.add_row(others, "", "", _amount(allocation, rest))
    return table


def _ensures(allocation: Allocation) -> Table:
    table = plain_table("What must hold")
    table.add_column("", no_wrap=True)
    table.add_column("invariant", overflow="fold")
    table.add_column("broken for", overflow="fold")
    for line in allocation.ensures:
        mark = plain_text("holds", "green") if line.holds else plain_text("BROKEN", "bold red")
        broken = ", ".join(line.breaches[:8])
        if len(line.breaches) > 8:
            broken += f" and {len(line.breaches) - 8} more"
        table.add_row(mark, plain_text(line.text), plain_text(broken))
    return table


def _closing(allocation: Allocation) -> Text:
    covered = allocation.currency.show(allocation.loss - allocation.uncovered)
    uncovered = allocation.currency.show(allocation.uncovered)
    return plain_text(f"outcome: {allocation.outcome} – covered {covered}, uncovered {uncovered}", "bold")
