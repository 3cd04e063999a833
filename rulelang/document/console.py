"""Texts and tables for a terminal, drawn by Rich; every name and title goes in as plain text, never as markup."""

from collections.abc import Iterable
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from rulelang.base.render import visible


def printed(parts: Iterable[RenderableType], *, width: int, colour: bool) -> str:
    """The parts as text of at most ``width`` columns; with ANSI colours if ``colour``."""
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
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def plain_text(value: str, style: str = "") -> Text:
    """A text of somebody else's, with what would steer a terminal made visible."""
    return Text(visible(value), style=style)


def plain_table(title: str | None, *, footer: bool = False) -> Table:
    """An empty table with a line under its head."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_footer=footer,
        footer_style="bold",
    )
