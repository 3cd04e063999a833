"""A summary as one HTML page that needs nothing else: tables, pictures, and the commands that replay scenarios."""

from collections.abc import Iterable, Iterator
from html import escape

from rulelang.base.render import visible
from rulelang.summary.difference_pictures import difference_pictures
from rulelang.summary.differences import Differences, differences_document
from rulelang.summary.document import Document, document_of
from rulelang.summary.drawing import Picture, draw_inside
from rulelang.summary.grids import Grid, shown
from rulelang.summary.pictures import pictures
from rulelang.summary.summary import Summary

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --line: #c8c8c8; --band: #f3f5f7; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181b; --line: #4a4e54; --band: #202327; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
figure { margin: 1rem 0; } figure svg { width: 100%; min-width: 40rem; height: auto; }
figcaption, .note { font-size: 0.9rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.25rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom-width: 2px; white-space: nowrap; }
tr { background: var(--paper); } tbody tr:nth-child(even) { background: var(--band); }
th:first-child, td:first-child { position: sticky; left: 0; background: inherit; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { display: inline-block; min-width: 24rem; font-size: 0.85rem; overflow-wrap: anywhere; }
@media print {
  :root { --ink: #000000; --paper: #ffffff; --line: #999999; --band: #ffffff; }
  body { margin: 0; max-width: none; font-size: 10pt; }
  .wide { overflow: visible; } code { min-width: 0; } table { font-size: 7pt; }
  tr, figure { break-inside: avoid; } thead { display: table-header-group; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def as_page(document: Document, pictures: Iterable[Picture] = ()) -> str:
    """A document as a page, with pictures as SVG.

    Raises:
        ReadError: matplotlib is not installed (the extra ``rulelang[chart]`` brings it), and there are pictures.
    """
    return "\n".join(_parts(document, [(picture, draw_inside(picture)) for picture in pictures])) + "\n"


def as_fragment(document: Document) -> str:
    """A document as a part of a page, without the commands: what a notebook shows."""
    return "\n".join(
        [
            f"<p><strong>{_text(document.headline)}</strong></p>",
            f"<p>{_text(document.lead)}</p>",
            *(
                part
                for grid in document.grids
                if "command" not in grid.head[-1]
                for part in (f"<h4>{_text(document.heading(grid))}</h4>", *_table(grid, document))
            ),
        ]
    )


def summary_page(summary: Summary) -> str:
    """The page of a summary, with its pictures.

    Raises:
        ReadError: matplotlib is not installed (the extra ``rulelang[chart]`` brings it).
    """
    return as_page(document_of(summary), pictures(summary) if summary.scenarios else ())


def differences_page(found: Differences) -> str:
    """The page of two versions, with its pictures.

    Raises:
        ReadError: as :func:`as_page`.
    """
    return as_page(differences_document(found), difference_pictures(found) if found.scenarios else ())


def _parts(document: Document, drawn: Iterable[tuple[Picture, str]]) -> Iterator[str]:
    rulebook = document.about.rulebook
    title = f"{document.title}: {rulebook}" if rulebook else document.title
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{_text(document.title)}</h1>\n<p>{_text(document.headline)}</p>"
    if document.lead:
        yield f"<p><strong>{_text(document.lead)}</strong></p>"
    for picture, svg in drawn:
        label = escape(f"{picture.title}. {picture.caption}", quote=True)
        yield f'<figure role="img" aria-label="{label}"><div class="wide">{svg}</div>'
        yield f"<figcaption>{_text(picture.caption)}</figcaption></figure>"
    for grid in document.grids:
        yield f"<h2>{_text(document.heading(grid))}</h2>"
        yield from _table(grid, document)
    yield f'<p class="note">{_text(" ".join(document.notes))}</p>\n</main>\n</body>\n</html>'


def _table(grid: Grid, document: Document) -> Iterator[str]:
    yield '<div class="wide"><table>\n<thead><tr>'
    for head, letter in zip(grid.head, grid.alignment, strict=True):
        yield f'<th scope="col"{_class(letter)}>{_text(head)}</th>'
    yield "</tr></thead>\n<tbody>"
    for row in grid.rows:
        texts = (shown(value, document.currency) for value in row)
        yield f"<tr>{''.join(map(_cell, grid.head, grid.alignment, texts))}</tr>"
    yield "</tbody>\n</table></div>"


def _cell(head: str, letter: str, text: str) -> str:
    inner = f"<code>{_text(text)}</code>" if head.endswith("command") and text else _text(text)
    return f"<td{_class(letter)}>{inner}</td>"


def _class(letter: str) -> str:
    return ' class="number"' if letter == "r" else ""


def _text(text: str) -> str:
    """A text of somebody else's, as a page shows it."""
    return escape(visible(text), quote=True)
