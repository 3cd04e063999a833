"""A summary as tables for a terminal."""

from collections.abc import Sequence
from typing import Literal

from rich.console import RenderableType
from rich.table import Table

from rulelang.views.console import plain_table, plain_text, printed
from rulelang.views.summary.export import NOTE, headline
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
    parts: list[RenderableType] = [plain_text(headline(summary), "bold"), plain_text("")]
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


def _payers(summary: Summary) -> list[Line]:
    last = summary.levels[-1] if summary.levels else None

    def weight(line: Line) -> object:
        return -(line.amount.shortfalls.get(last, 0) if last is not None else line.amount.mean)

    return sorted(summary.payers, key=weight)[:_MOST_PAYERS]  # type: ignore[arg-type]


def _table(summary: Summary, grid: Grid, width: int = _WIDE) -> Table:
    """A grid as a table, without what there is no room for."""
    table = plain_table(grid.title)
    left_out = {"share"} if width < _WIDE else set()
    left_out |= {level.percent for level in summary.levels} if width < _NARROW else set()
    places = [place for place, head in enumerate(grid.head) if head not in left_out]
    for place in places:
        right = grid.alignment[place] == "r"
        overflow: Literal["ellipsis", "fold"] = "ellipsis" if right else "fold"
        table.add_column(grid.head[place], justify="right" if right else "left", no_wrap=right, overflow=overflow)
    for row in grid.rows:
        table.add_row(*(plain_text(shown(row[place], summary.currency)) for place in places))
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
