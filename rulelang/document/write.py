"""A document in any format: the one place that knows them all."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a command that writes none pays for no document
    from rulelang.document.document import Document
    from rulelang.document.table import Form

Plain = dict[str, Any]
"""Plain values for JSON: texts, numbers, truths, lists and tables of these, described by a schema."""


def written(
    document: "Document", form: "Form", *, width: int = 80, colour: bool = False, full: bool = False
) -> str | bytes:
    """The document in a format other than JSON; ``width``, ``colour`` and ``full`` are for a terminal.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """
    if form == "table":
        from rulelang.document.terminal import render_terminal

        return render_terminal(document, width=width, colour=colour, full=full)
    from rulelang.document import csv, html, markdown, sheets

    writers: dict[str, Callable[[Document], str | bytes]] = {
        "csv": csv.as_csv,
        "markdown": markdown.render_markdown,
        "html": html.render_html,
        "xlsx": sheets.as_spreadsheet,
    }
    return writers[form](document)


def as_json(plain: object, *, ascii_only: bool = False) -> str:
    """Plain values as JSON, indented, with a line end; letters beyond ASCII as escapes if it is ``ascii_only``."""
    import json  # most commands write none

    return json.dumps(plain, indent=2, ensure_ascii=ascii_only) + "\n"
