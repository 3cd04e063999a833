"""The formats of all commands: one option, and one way in which a document or its plain values leave."""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from rulelang.base.render import wants_colour
from rulelang.document.write import as_json, written
from rulelang.tools.cli import terminal_width
from rulelang.tools.files import OUT_HELP, Output, RulelangPath, put

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.document.table import Reader

FORMATS = ("table", "json", "csv", "markdown", "xlsx", "html")
_TEXT = "text"
"""Another name of ``table``, for commands that tell sentences."""

Decorated = TypeVar("Decorated", bound=Callable[..., object])
Result = TypeVar("Result")


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
    *, what: str, more: tuple[str, ...] = (), refused: Mapping[str, str] | None = None
) -> Callable[[Decorated], Decorated]:
    """The option ``--format`` of a command that tells ``what``."""
    file = "" if "xlsx" in (refused or {}) else "; xlsx needs --out"
    return click.option(
        "--format",
        "form",
        type=FormatChoice(more, refused),
        default="table",
        show_default=True,
        help=f"The format of {what}; `text` is another name of `table`{file}.",
    )


class Reply:
    """How a command replies: in which format, and to which file (``None``: to standard output)."""

    def __init__(self, form: str, out: str | None) -> None:
        """Refuse to write a spreadsheet on standard output."""
        if form == "xlsx" and out is None:
            raise click.UsageError("a spreadsheet goes to a file: add --out FILE.xlsx")
        self.form, self.out = form, out

    @property
    def colour(self) -> bool:
        """Whether it is read in colour."""
        return self.out is None and wants_colour(sys.stdout)

    def tell(
        self,
        make: Callable[["Reader"], "Document"],
        plain: Callable[[], object],
        *others: Output,
        text: Callable[[], str] | None = None,
        full: bool = False,
        ascii_json: bool = False,
    ) -> None:
        """Write the document that is made for its reader, or its plain values as JSON; and other outputs.

        Commands that answer in sentences have a ``text`` of their own for a terminal.

        Raises:
            ReadError: a spreadsheet is asked for, and XlsxWriter is not installed.
            OutputError, WriteError: an output cannot be written; then none is.
        """
        if self.form == "json":
            told: str | bytes = as_json(plain(), ascii_only=ascii_json)
        elif self.form == "table" and text is not None:
            told = text()
        else:
            from rulelang.document.table import Form, Reader

            reader = Reader(cast("Form", self.form), terminal_width())
            told = written(make(reader), reader.form, width=reader.width, colour=self.colour, full=full)
        put(told, self.out, *others)


def out_option(words: str = OUT_HELP) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """The option ``--out`` of a command, which gets it as its ``reply`` together with ``--format``."""

    def decorated(command: Callable[..., Result]) -> Callable[..., Result]:
        @click.option("--out", type=RulelangPath(), help=words)
        @wraps(command)
        def replying(*, form: str, out: str | None, **options: object) -> Result:
            return command(reply=Reply(form, out), **options)

        return replying

    return decorated
