"""The formats of all commands: one option, and one way in which a document or its plain values leave."""

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

import click

from rulelang.base.render import wants_colour
from rulelang.document.write import as_json, written
from rulelang.tools.cli import terminal_width

if TYPE_CHECKING:
    from rulelang.document.document import Document, Reader

FORMATS = ("table", "json", "csv", "markdown", "xlsx", "html")
_TEXT = "text"
"""Another name of ``table``, for commands that tell sentences."""

Decorated = TypeVar("Decorated", bound=Callable[..., object])


class FormatChoice(click.Choice[str]):
    """One of the formats; ``refused`` says of some why the command does not write them."""

    def __init__(self, more: tuple[str, ...] = (), refused: Mapping[str, str] | None = None) -> None:
        """Take the formats that all commands have, and some ``more``."""
        super().__init__([*FORMATS, *more])
        self.refused = refused or {}

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The format; wrong use if it is none, or one that would have nothing to hold."""
        if value in self.refused:
            raise click.UsageError(self.refused[value], ctx)
        return super().convert("table" if value == _TEXT else value, param, ctx)


def format_option(
    *, more: tuple[str, ...] = (), refused: Mapping[str, str] | None = None, what: str = "it"
) -> Callable[[Decorated], Decorated]:
    """The option ``--format`` of a command."""
    file = "" if "xlsx" in (refused or {}) else ", xlsx needs --out"
    return click.option(
        "--format",
        "form",
        type=FormatChoice(more, refused),
        default="table",
        show_default=True,
        help=f"How {what} is written; `text` is `table`{file}.",
    )


def needs_file(form: str, out: str | None) -> None:
    """Refuse to write a spreadsheet on standard output."""
    if form == "xlsx" and out is None:
        raise click.UsageError("a spreadsheet goes to a file: add --out FILE.xlsx")


def rendered(
    make: Callable[["Reader"], "Document"],
    plain: Callable[[], object],
    form: str,
    out: str | None,
    *,
    text: Callable[[], str] | None = None,
    full: bool = False,
    ascii_json: bool = False,
) -> str | bytes:
    """What a command tells, in a format: the document that is made for its reader, or its plain values as JSON.

    Commands that answer in sentences have a ``text`` of their own for a terminal.

    Raises:
        ReadError: a spreadsheet is asked for, and XlsxWriter is not installed.
    """
    if form == "json":
        return as_json(plain(), ascii_only=ascii_json)
    if form == "table" and text is not None:
        return text()
    from rulelang.document.document import Form, Reader

    reader = Reader(cast("Form", form), terminal_width())
    colour = out is None and wants_colour(sys.stdout)
    return written(make(reader), reader.form, width=reader.width, colour=colour, full=full)
