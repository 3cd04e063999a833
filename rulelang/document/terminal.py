"""A comparison for a terminal: colour only where it says more or less, and only if asked for."""

import re
from collections.abc import Iterator
from itertools import groupby

from attrs import frozen
from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.console import plain_table, plain_text, printed
from rulelang.document.document import Cell, Document, Row, Section, Table, unmarked

_STYLES = {-1: "green", 0: "", 1: "red"}
"""Who pays more loses."""
_NARROW = 100
_BLANK_LINES = re.compile(r"\n{3,}")
_LONGEST = 12
"""Lines of a piece of a rulebook that are shown before the rest is counted."""


def render_terminal(document: Document, *, width: int, colour: bool, full: bool = False) -> str:
    """The document as text of at most ``width`` columns; ``full`` shows texts of any length."""
    shape = _Shape(None if full else _LONGEST, narrow=width < _NARROW)
    text = printed(_parts(document, shape), width=width, colour=colour)
    return _BLANK_LINES.sub("\n\n", text).strip("\n") + "\n"


@frozen
class _Shape:
    """How much is written: so many lines of a piece of a rulebook, and no names beside ids if it is ``narrow``."""

    longest: int | None
    narrow: bool


def _parts(document: Document, shape: _Shape) -> Iterator[RenderableType]:
    heading, *lines = document.title
    yield plain_text(heading, "bold")
    for line in lines:
        yield plain_text(line, "dim")
    headline = document.headline
    style = "bold green" if headline.calm else "bold red"
    yield Text()
    yield Text.assemble((headline.words, style), ": ", visible(unmarked(headline.sentence)))
    yield plain_text(f"compared: {unmarked(headline.compared)}", "dim")
    for section in document.sections:
        yield from _section(section, document.currency, shape)


def _section(section: Section, currency: Currency, shape: _Shape) -> Iterator[RenderableType]:
    yield Text()
    if section.level == 1:
        yield Rule(plain_text(unmarked(section.title), "bold"), align="left", style="", characters="─")
    elif section.table is None or section.table.layout == "edits":
        yield plain_text(unmarked(section.title), "bold")
    for line in section.intro:
        yield plain_text(unmarked(line))
    if section.table is not None:
        if section.table.layout == "edits":
            yield from _edits(section.table, shape)
        else:
            yield _grid(section.table, section.title if section.level > 1 else None, currency, shape)
    if section.note:
        yield plain_text(unmarked(section.note), "dim")


def _grid(table: Table, title: str | None, currency: Currency, shape: _Shape) -> Grid:
    grid = plain_table(None if title is None else f"{visible(unmarked(title))} ({currency.code})")
    for column in table.columns:
        grid.add_column(
            column.title, justify="right" if column.right else "left", no_wrap=column.right, overflow="fold"
        )
    for row in table.rows:
        style = "dim" if not row.changed else "bold" if row.whole else ""
        grid.add_row(*(_cell(cell, currency, shape) for cell in row.cells), style=style)
    return grid


def _cell(cell: Cell, currency: Currency, shape: _Shape) -> Text:
    beside = f" {cell.beside}" if cell.beside and not shape.narrow else ""
    return plain_text(cell.shown(currency) + beside, _STYLES[cell.sign])


def _edits(table: Table, shape: _Shape) -> Iterator[RenderableType]:
    """Each place once, below it each change with the old and the new text."""
    for place, rows in groupby(table.rows, lambda row: row.cells[0].text):
        yield plain_text(unmarked(place), "bold")
        for row in rows:
            yield from _edit(row, shape)


def _edit(row: Row, shape: _Shape) -> Iterator[RenderableType]:
    _, change, old, new = (cell.text for cell in row.cells)
    yield Padding(plain_text(unmarked(change)), (0, 0, 0, 2))
    if old == new:
        yield _quoted(" ", new, "", shape)
        return
    if old:
        yield _quoted("-", old, "red", shape)
    if new:
        yield _quoted("+", new, "green", shape)


def _quoted(mark: str, text: str, style: str, shape: _Shape) -> RenderableType:
    """A piece of a rulebook, with a mark before each of its lines."""
    lines = text.split("\n")
    longest = shape.longest
    if longest is not None and len(lines) > longest:
        lines = [*lines[: longest - 1], f"… and {len(lines) - longest + 1} more lines"]
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        grid.add_row(Text(mark, style=style), Padding(plain_text(line.strip(), style), (0, 0, 0, indent)))
    return Padding(grid, (0, 0, 0, 4))
