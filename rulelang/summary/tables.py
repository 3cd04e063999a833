"""A summary as tables for a terminal."""

import shlex
from collections.abc import Sequence

from attrs import evolve, frozen
from rich.console import RenderableType
from rich.table import Table

from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.console import plain_table, plain_text, printed
from rulelang.document.workbook import Count, Share, Value
from rulelang.summary.document import Document, document_of, last_reached
from rulelang.summary.grids import (
    IF_REACHED,
    Grid,
    depth_grid,
    line_grid,
    outcome_grid,
    sets_grid,
    shown,
    step_lines,
)
from rulelang.summary.summary import Line, Summary

_WIDE, _NARROW = 180, 110
_LONGEST = 24
"""A name is broken over lines if it is longer, and there is no room for it."""
_GAP = 3
_SCALES = ((0, ""), (3, "thousand"), (6, "million"), (9, "billion"))


@frozen
class Room:
    """How much is shown: the width, and how many rows at most of a table of payers, and of another one."""

    width: int
    payers: int = 20
    rows: int = 200

    @property
    def narrow(self) -> bool:
        """Whether there is no room for minor units and quantiles."""
        return self.width < _NARROW

    @property
    def left_out(self) -> set[str]:
        """Heads of columns that there is no room for."""
        found = {"share", IF_REACHED} if self.width < _WIDE else set()
        return found | {"most more in", "most less in"} if self.narrow else found


BRIEF_PAYERS, BRIEF_ROWS = 5, 9
"""What the end of a sweep shows: so many payers, and so many rows of other tables."""


def render_summary(summary: Summary, *, width: int, colour: bool) -> str:
    """The tables as text of at most ``width`` columns; with ANSI colours if ``colour``."""
    room, document = Room(width), document_of(summary)
    parts = _opening(document)
    if not summary.scenarios:
        return printed(parts, width=width, colour=colour)
    payers = _payers(summary, room)
    parts += [_table(document, outcome_grid(summary), room), _table(document, depth_grid(summary), room)]
    parts += _sets(summary, document, room)
    parts += [*_figures(summary, document, payers, room), plain_text(" ".join(document.notes), "dim")]
    text = printed(parts, width=width, colour=colour)
    commands = _commands((summary.uncovered, *payers))
    return "\n".join([text, "worst scenarios, through the interpreter:", *commands, ""]) if commands else text


def render_brief(summary: Summary, results: str, *, width: int, colour: bool) -> str:
    """What the end of a sweep shows: some fifty lines at most, and how to see the rest of ``results``."""
    room, document = Room(width, BRIEF_PAYERS, BRIEF_ROWS), document_of(summary)
    parts = _opening(document)
    if not summary.scenarios:
        return printed(parts, width=width, colour=colour)
    payers = _payers(summary, room)
    parts += [*_sets(summary, document, room), *_figures(summary, document, payers, room)]
    last = last_reached(summary)
    worst = summary.uncovered if summary.uncovered.amount.reached or last is None else last
    commands = _commands((worst, *payers[:1]))
    return printed(parts, width=width, colour=colour) + "\n".join([*commands, *_more(results), ""])


def render_document(document: Document, *, room: Room, colour: bool, results: str | None = None) -> str:
    """A document as tables, commands at the end; with ``results``, most of it, and how to see the rest of that file."""
    parts = _opening(document)
    commands: list[str] = []
    if not document.lead:  # there are no scenarios
        return printed(parts, width=room.width, colour=colour)
    for grid in document.grids:
        if "command" in grid.head[-1]:
            for scenario, *lines in grid.rows if results is None else grid.rows[:1]:
                commands += [f"  # {visible(str(scenario))}", *(f"  {visible(str(line))}" for line in lines)]
            continue
        most = room.payers if grid.title == "Payers" else room.rows
        parts.append(_table(document, evolve(grid, rows=grid.rows[:most]), room))
        parts += _others(len(grid.rows) - most, grid.title.lower())
    if results is not None:
        return printed(parts, width=room.width, colour=colour) + "\n".join([*commands, *_more(results), ""])
    text = printed([*parts, plain_text(" ".join(document.notes), "dim")], width=room.width, colour=colour)
    return "\n".join([text, "worst scenarios, through the interpreter:", *commands, ""]) if commands else text


def _opening(document: Document) -> list[RenderableType]:
    lead = [plain_text(document.lead)] if document.lead else []
    return [plain_text(document.headline, "bold"), *lead, plain_text("")]


def _figures(summary: Summary, document: Document, payers: Sequence[Line], room: Room) -> list[RenderableType]:
    """The loss, the steps and some payers; those with the largest expected shortfall first."""
    levels = summary.levels if room.width >= _WIDE else summary.levels[-1:]
    names = ("step", "segment") if summary.turns else ("step",)
    steps = step_lines(summary)
    return [
        _table(document, line_grid("Loss", (summary.loss, summary.uncovered), ("amount",), levels), room),
        _table(document, line_grid("Steps", steps[: room.rows], names, levels), room),
        *_others(len(steps) - room.rows, "steps"),
        _table(document, line_grid("Payers", payers, ("payer",), levels), room),
        *_others(len(summary.payers) - room.payers, "payers"),
    ]


def _sets(summary: Summary, document: Document, room: Room) -> list[RenderableType]:
    """The sets of defaulters that are the worst most often."""
    if not summary.sets:
        return []
    grid = sets_grid(summary)
    shown_rows = evolve(grid, rows=grid.rows[: room.payers])
    return [_table(document, shown_rows, room), *_others(len(grid.rows) - room.payers, "sets", "json")]


def _others(number: int, what: str, form: str = "csv") -> list[RenderableType]:
    if number <= 0:
        return []
    what = what.removesuffix("s") if number == 1 else what
    return [plain_text(f"and {number:,} other {what} (all with --format {form})", "dim"), plain_text("")]


def _payers(summary: Summary, room: Room) -> list[Line]:
    last = summary.levels[-1] if summary.levels else None

    def weight(line: Line) -> object:
        return -(line.amount.shortfalls.get(last, 0) if last is not None else line.amount.mean)

    return sorted(summary.payers, key=weight)[: room.payers]  # type: ignore[arg-type]


def _table(document: Document, grid: Grid, room: Room) -> Table:
    """A grid as a table, without what there is no room for."""
    left_out = room.left_out if len(grid.head) > 4 else set()
    quantiles = {head for head in grid.head if room.narrow and head.endswith("%") and not head.startswith("ES ")}
    places = [place for place, head in enumerate(grid.head) if head not in left_out | quantiles]
    columns = [
        Column(grid.head[place], grid.alignment[place] == "r", tuple(row[place] for row in grid.rows))
        for place in places
    ]
    power, scale, widths = _fitted(columns, document.currency, room.width)
    table = plain_table(document.heading(grid, scale))
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            column.head,
            justify="right" if column.right else "left",
            no_wrap=column.right,
            overflow="ellipsis" if column.right else "fold",
            width=width,
        )
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*(plain_text(shown(value, document.currency, power)) for value in row))
    return table


@frozen
class Column:
    """A column of a table for a terminal."""

    head: str
    right: bool
    cells: tuple[Value, ...]

    def width(self, currency: Currency, power: int | None) -> int:
        """How wide it is at least; long names and heads of texts are broken."""
        widest = max((len(visible(shown(value, currency, power))) for value in self.cells), default=0)
        return max(len(self.head), widest) if self.right else max(*map(len, self.head.split()), min(widest, _LONGEST))

    @property
    def whole(self) -> int:
        """How wide a column of texts is if nothing in it is broken."""
        return max(len(self.head), *(len(visible(str(value or ""))) for value in self.cells), 0)


def _fitted(columns: Sequence[Column], currency: Currency, width: int) -> tuple[int | None, str, Sequence[int | None]]:
    """In which unit amounts fit, what it is called, and the widths of columns (``None``: as it comes).

    The unit is the minor one, or a power of ten of the major one.
    """
    cells = [value for column in columns for value in column.cells if _is_amount(value)]
    scales: list[tuple[int | None, str]] = [(None, "")]
    for power, word in _SCALES:  # none in which the largest amount has less than four digits
        if any(len(shown(value, currency, power)) > _GAP for value in cells):
            scales.append((power, word))
    for unit, word in scales:
        widths = [column.width(currency, unit) for column in columns]
        if sum(widths) + _GAP * len(widths) < width:
            free = width - 1 - sum(widths) - _GAP * len(widths)
            for place, column in enumerate(columns):  # what room there is left goes to texts, from the left
                more = 0 if column.right else min(free, column.whole - widths[place])
                widths[place] += more
                free -= more
            return unit, word, widths
    return *scales[-1], [None] * len(columns)


def _is_amount(value: Value) -> bool:
    return value is not None and not isinstance(value, str | Count | Share)


def _commands(lines: Sequence[Line]) -> list[str]:
    """The commands that replay the worst scenarios, a line each, never broken: they are to be copied."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.command is not None:
            found.setdefault(line.command, []).append(line.name)
    text: list[str] = []
    for command, names in found.items():
        few = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        text += [f"  # worst for {visible(few)}", f"  {visible(command)}"]
    return text


def _more(results: str) -> list[str]:
    return [
        "  # all figures; --format html and --chart draw them",
        f"  {visible(shlex.join(['rulelang', 'summary', results]))}",
    ]
