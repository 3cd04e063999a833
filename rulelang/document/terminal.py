"""A document for a terminal, drawn by Rich: every name and title goes in as plain text, never as markup.

Colour only where it says more or less, good or bad, and only if asked for.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import groupby
from typing import cast

from attrs import frozen
from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.cells import unmarked
from rulelang.document.document import Document, Headline, Section
from rulelang.document.fitting import fitted
from rulelang.document.table import NARROW, Cell, Row, Table

_STYLES = {-1: "green", 0: "", 1: "red"}
"""Who pays more loses."""
_TONES = {"": "", "good": "green", "bad": "bold red", "dim": "dim"}
_BLANK_LINES = re.compile(r"\n{3,}")
_LONGEST = 12
"""Lines of a piece of a rulebook that are shown before the rest is counted."""


def render_terminal(document: Document, *, width: int, colour: bool, full: bool = False) -> str:
    """The document as text of at most ``width`` columns; with ANSI colours if ``colour``.

    Lines of code are never broken: they are to be copied.  ``full`` shows texts of any length.
    """
    shape = _Shape(None if full else _LONGEST, width, document.currency)
    text = _printed(_parts(document, shape), width=width, colour=colour)
    return _BLANK_LINES.sub("\n\n", text).strip("\n") + "\n"


@frozen
class _Shape:
    """How much is written: so many lines of a piece of a rulebook, and no names beside ids if it is ``narrow``."""

    longest: int | None
    width: int
    currency: Currency

    @property
    def narrow(self) -> bool:
        return self.width < NARROW


def _printed(parts: Iterable[RenderableType], *, width: int, colour: bool) -> str:
    """The parts as text; strings go in as they are."""
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
    for part in parts:
        if isinstance(part, str):
            out.write(f"{part}\n")
        else:
            console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _text(value: str, style: str = "") -> Text:
    """A text of somebody else's, with what would steer a terminal made visible."""
    return Text(visible(value), style=style)


def _parts(document: Document, shape: _Shape) -> Iterator[RenderableType]:
    headline = document.headline
    if document.exercise is not None:
        yield _text(f"EXERCISE: {document.exercise}", "bold red")
    for number, line in enumerate(document.title):
        yield _text(line, "dim" if number and headline is not None else "" if number else "bold")
    if headline is not None:
        yield Text()
        yield from _verdict(headline)
    elif document.title:
        yield Text()
    for section in document.sections:
        yield from _section(section, shape)


def _verdict(headline: Headline) -> Iterator[RenderableType]:
    style = "bold green" if headline.calm else "bold red"
    yield Text.assemble((headline.words, style), ": ", visible(unmarked(headline.sentence)))
    if headline.compared:
        yield _text(f"compared: {unmarked(headline.compared)}", "dim")


def _section(section: Section, shape: _Shape) -> Iterator[RenderableType]:
    table = section.table
    if section.title:
        yield Text()
        if section.level == 1:
            yield Rule(_text(unmarked(section.title), "bold"), align="left", style="", characters="─")
        elif table is None or table.layout == "edits":
            yield _text(unmarked(section.title), "bold")
    for line in section.intro:
        yield _text(line if section.backticks else unmarked(line))
    for number, item in enumerate(section.items, start=1):
        mark = f"{number}." if section.numbered else "-"
        yield Padding(_text(f"{mark} {unmarked(item)}"), (0, 0, 0, 2))
    if table is not None:
        if table.layout == "edits":
            yield from _edits(table, shape)
        else:
            heading = section.heading(shape.currency, "{}", terminal=True)
            yield _grid(table, heading if section.level > 1 else None, shape)
    if section.note:
        yield _text(unmarked(section.note), "dim")
    if section.strong is not None:
        yield _text(f"{section.strong.before}{section.strong.word}{section.strong.after}", "bold")
    yield from map(visible, section.code)


def _grid(table: Table, title: str | None, shape: _Shape) -> Grid:
    """A table with a line under its head; what there is no room for is left out."""
    places = [place for place, column in enumerate(table.columns) if column.least_width <= shape.width]
    columns = [table.columns[place] for place in places]
    power: int | None = None
    scale, widths = "", cast("Sequence[int | None]", [None] * len(columns))
    if table.fitted:
        cells = [[row.cells[place] for row in table.rows] for place in places]
        power, scale, widths = fitted(columns, cells, shape.currency, shape.width)
    grid = Grid(
        title=None if title is None else visible(unmarked(title.replace(" {}", f" {scale}".rstrip()))),
        title_justify="left",
        title_style="bold",
        caption=_text(table.caption).append("\n") if table.caption else None,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_footer=table.total is not None,
        footer_style="bold",
    )
    for place, column, width in zip(places, columns, widths, strict=True):
        grid.add_column(
            column.head,
            Text() if table.total is None else _cell(table.total.cells[place], shape),
            justify="right" if column.right else "left",
            no_wrap=column.right,
            overflow="ellipsis" if column.right and table.fitted else "fold",
            width=width,
        )
    for row in table.rows:
        style = "dim" if not row.changed else "bold" if row.whole else ""
        grid.add_row(*(_cell(row.cells[place], shape, power) for place in places), style=style)
    return grid


def _cell(cell: Cell, shape: _Shape, power: int | None = None) -> Text:
    text = _text(cell.shown(shape.currency, power), _STYLES[cell.sign] or _TONES[cell.tone])
    beside = cell.narrow if shape.narrow else cell.beside
    return text.append(_text(f" {beside}", "dim")) if beside else text


def _edits(table: Table, shape: _Shape) -> Iterator[RenderableType]:
    """Each place once, below it each change with the old and the new text."""
    for place, rows in groupby(table.rows, lambda row: row.cells[0].text):
        yield _text(unmarked(place), "bold")
        for row in rows:
            yield from _edit(row, shape)


def _edit(row: Row, shape: _Shape) -> Iterator[RenderableType]:
    _, change, old, new = (cell.text for cell in row.cells)
    yield Padding(_text(unmarked(change)), (0, 0, 0, 2))
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
        grid.add_row(Text(mark, style=style), Padding(_text(line.strip(), style), (0, 0, 0, indent)))
    return Padding(grid, (0, 0, 0, 4))
