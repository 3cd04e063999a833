"""A summary as tables for a terminal."""

from collections.abc import Sequence
from typing import Literal

from attrs import evolve
from rich.console import RenderableType
from rich.table import Table

from rulelang.base.render import visible
from rulelang.views.console import plain_table, plain_text, printed
from rulelang.views.summary.document import NOTE, Document, headline
from rulelang.views.summary.grids import Grid, depth_grid, line_grid, outcome_grid, shown, step_lines
from rulelang.views.summary.summary import Line, Summary

_WIDE, _NARROW = 140, 110
_MOST_PAYERS = 20
"""A terminal shows so many payers, those with the largest expected shortfall; the other formats give all."""


def render_summary(summary: Summary, *, width: int, colour: bool) -> str:
    """The tables as text of at most ``width`` columns; with ANSI colours if ``colour``."""
    levels = summary.levels if width >= _WIDE else summary.levels[-1:]
    names = ("step", "segment") if summary.turns else ("step",)
    code = f" ({summary.currency.code})" if summary.currency.code else ""
    payers = _payers(summary)
    parts: list[RenderableType] = [plain_text(headline(summary.about, summary.scenarios), "bold"), plain_text("")]
    if not summary.scenarios:
        return printed(parts, width=width, colour=colour)
    whole = (summary.loss, summary.uncovered)
    parts += [
        _table(summary, outcome_grid(summary)),
        _table(summary, depth_grid(summary)),
        _table(summary, line_grid(f"Loss{code}", whole, ("amount",), levels), width),
        _table(summary, line_grid(f"Steps{code}", step_lines(summary), names, levels), width),
        _table(summary, line_grid(f"Payers{code}", payers, ("payer",), levels), width),
    ]
    if len(payers) < len(summary.payers):
        parts.append(plain_text(f"and {len(summary.payers) - len(payers):,} other payers (all with --format csv)"))
    text = printed([*parts, plain_text(NOTE, "dim")], width=width, colour=colour)
    return text + _commands((summary.uncovered, *payers))


def render_document(document: Document, *, width: int, colour: bool) -> str:
    """A document as tables for a terminal; grids of commands stand at the end, a line for each."""
    parts: list[RenderableType] = [plain_text(document.headline, "bold"), plain_text("")]
    commands: list[str] = []
    for grid in document.grids:
        if "command" in grid.head[-1]:
            for scenario, *lines in grid.rows:
                commands += [f"  # {visible(str(scenario))}", *(f"  {visible(str(line))}" for line in lines)]
            continue
        if len(grid.rows) > _MOST_PAYERS:
            parts.append(plain_text(f"{len(grid.rows) - _MOST_PAYERS:,} more rows with --format csv", "dim"))
        parts.append(_table(document, evolve(grid, title=document.heading(grid), rows=grid.rows[:_MOST_PAYERS]), width))
    text = printed([*parts, plain_text(document.note, "dim")], width=width, colour=colour)
    return "\n".join([text, "worst scenarios, through the interpreter:", *commands, ""]) if commands else text


def _payers(summary: Summary) -> list[Line]:
    last = summary.levels[-1] if summary.levels else None

    def weight(line: Line) -> object:
        return -(line.amount.shortfalls.get(last, 0) if last is not None else line.amount.mean)

    return sorted(summary.payers, key=weight)[:_MOST_PAYERS]  # type: ignore[arg-type]


def _table(of: Summary | Document, grid: Grid, width: int = _WIDE) -> Table:
    """A grid as a table, without what there is no room for."""
    table = plain_table(grid.title)
    left_out = {"share"} if width < _WIDE else set()
    if isinstance(of, Summary) and width < _NARROW:
        left_out |= {level.percent for level in of.levels}
    places = [place for place, head in enumerate(grid.head) if head not in left_out]
    for place in places:
        right = grid.alignment[place] == "r"
        overflow: Literal["ellipsis", "fold"] = "ellipsis" if right else "fold"
        table.add_column(grid.head[place], justify="right" if right else "left", no_wrap=right, overflow=overflow)
    for row in grid.rows:
        table.add_row(*(plain_text(shown(row[place], of.currency)) for place in places))
    return table


def _commands(lines: Sequence[Line]) -> str:
    """The commands that replay the worst scenarios, a line each, never broken: they are to be copied."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.command is not None:
            found.setdefault(line.command, []).append(line.name)
    if not found:
        return ""
    text = ["", "worst scenarios, through the interpreter:"]
    for command, names in found.items():
        few = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        text += [f"  # {plain_text(few).plain}", f"  {plain_text(command).plain}"]
    return "\n".join(text) + "\n"
