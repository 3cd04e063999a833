"""An allocation as tables for a terminal: the waterfall, who pays, the invariants and the outcome.

The tables are drawn by Rich; every name and title goes in as plain text, never as markup.
"""

from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rulelang.base.render import visible
from rulelang.model.allocation import Allocation, StepLine
from rulelang.model.trail import Status

_NARROW = 100
_MOST_PAYERS = 200
"""A terminal shows so many payers, those that pay most; the other formats give all."""


def render_tables(allocation: Allocation, *, width: int, colour: bool) -> str:
    """The tables as text of at most ``width`` columns; with ANSI colours if ``colour``."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(_heading(allocation))
    console.print(_waterfall(allocation, narrow=width < _NARROW))
    if allocation.allotments:
        console.print(_payers(allocation, narrow=width < _NARROW))
    if allocation.ensures:
        console.print(_ensures(allocation))
    for remark in allocation.trail.remarks:
        console.print(Text(f"note: {visible(remark)}"))
    console.print(_closing(allocation))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _text(value: str, style: str = "") -> Text:
    return Text(visible(value), style=style)


def _heading(allocation: Allocation) -> Text:
    version = f", version {allocation.rulebook.version}" if allocation.rulebook.version else ""
    loss = allocation.currency.show(allocation.loss)
    text = _text(f"{allocation.rulebook.title}{version}", "bold")
    event = _text(f"{allocation.event.title}, declared {allocation.declared}: loss {loss}")
    return Text("\n").join([text, event, Text()])


def _table(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_footer=True,
        footer_style="bold",
    )


def _amount(allocation: Allocation, units: int | None) -> Text:
    return Text("–" if units is None else allocation.currency.grouped(units))


def _waterfall(allocation: Allocation, *, narrow: bool) -> Table:
    """A line for each step; the footer says what all steps paid and what remains."""
    table = _table(f"The waterfall (amounts in {allocation.currency.code})")
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
            row.append(_text(line.segment or ""))
        row.append(_capacity(allocation, line))
        row.append(_amount(allocation, line.drawn))
        row.append(_amount(allocation, line.remaining))
        if not narrow:
            row.append(_text(line.skipped or "", "dim"))
        table.add_row(*row, style="" if line.drawn else "dim")
    return table


def _step(line: StepLine, *, narrow: bool) -> Text:
    text = _text(line.step)
    if narrow:
        if line.skipped:
            text.append(f" ({line.skipped})")
    elif line.title:
        text.append(_text(f"  {line.title}", "dim"))
    return text


def _capacity(allocation: Allocation, line: StepLine) -> Text:
    if line.status is Status.PAID and line.capacity is None:
        return Text("unlimited")
    return _amount(allocation, line.capacity)


def _payers(allocation: Allocation, *, narrow: bool) -> Table:
    """A line for each payer and step, with the total of each payer that pays under several."""
    table = _table(f"Who pays (amounts in {allocation.currency.code})")
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
                _text(label if number == 0 else ""),
                _text(under),
                _amount(allocation, amount),
                _amount(allocation, total_paid) if last else Text(""),
            )
    if len(shown) < len(totals):
        rest = sum(amount for payer, amount in totals.items() if payer not in shown)
        others = Text(f"and {len(totals) - len(shown):,} others (all with --format csv)")
        table.add_row(others, "", "", _amount(allocation, rest))
    return table


def _ensures(allocation: Allocation) -> Table:
    table = _table("What must hold")
    table.show_footer = False
    table.add_column("", no_wrap=True)
    table.add_column("invariant", overflow="fold")
    table.add_column("broken for", overflow="fold")
    for line in allocation.ensures:
        mark = _text("holds", "green") if line.holds else _text("BROKEN", "bold red")
        broken = ", ".join(line.breaches[:8])
        if len(line.breaches) > 8:
            broken += f" and {len(line.breaches) - 8} more"
        table.add_row(mark, _text(line.text), _text(broken))
    return table


def _closing(allocation: Allocation) -> Text:
    covered = allocation.currency.show(allocation.loss - allocation.uncovered)
    uncovered = allocation.currency.show(allocation.uncovered)
    return _text(f"outcome: {allocation.outcome} – covered {covered}, uncovered {uncovered}", "bold")
