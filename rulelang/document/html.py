"""A comparison as one HTML page that needs nothing else: light or dark as the reader has it, and fit to be printed."""

from collections.abc import Iterator, Sequence
from html import escape

from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.document import Cell, Document, Row, Section, Table, pieces, unmarked

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2125; --dim: #5b6470; --line: #d5d9de; --paper: #fff; --wash: #f4f6f8;
  --more: #a3231b; --less: #1a6b35; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --dim: #9aa4af; --line: #3a424b; --paper: #15191d; --wash: #1f252b;
    --more: #ff8d82; --less: #74d28f; }
}
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
.dim, .note { color: var(--dim); margin: .1rem 0; } .note { font-style: italic; }
.verdict { border-left: .3rem solid var(--more); background: var(--wash); padding: .6rem 1rem; margin: 1rem 0; }
.verdict.calm { border-color: var(--less); } .verdict b { font-size: 1.1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .4rem 0 .8rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; } .right { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.more { color: var(--more); } .less { color: var(--less); }
tr.whole { font-weight: 600; } tr.same { color: var(--dim); }
pre, code { font: 13px/1.45 ui-monospace, monospace; } pre { margin: 0; white-space: pre-wrap; }
summary { cursor: pointer; font-weight: 600; margin: 1.2rem 0 .2rem; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } .wide { overflow: visible; }
  tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""


def render_html(document: Document) -> str:
    """The document as a page."""
    heading, *lines = document.title
    headline = document.headline
    calm = " calm" if headline.calm else ""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(unmarked(heading))}: {_text(headline.words)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_marked(heading)}</h1>",
        *(f'<p class="dim">{_text(line)}</p>' for line in lines),
        f'<div class="verdict{calm}"><b>{_text(headline.words)}</b><div>{_marked(headline.sentence)}</div>',
        f'<div class="dim">Compared: {_marked(headline.compared)}</div></div>',
        *(line for section in document.sections for line in _section(section, document.currency)),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _text(text: str) -> str:
    return escape(visible(text))


def _marked(text: str) -> str:
    """A text of the document, with what stands between backticks as code."""
    return "".join(f"<code>{_text(piece)}</code>" if code else _text(piece) for piece, code in pieces(text))


def _section(section: Section, currency: Currency) -> Iterator[str]:
    title = _marked(section.title)
    if section.level > 1 and section.table is not None:
        title += f' <span class="dim">({currency.code})</span>'
    if section.aside:
        yield f"<details><summary>{title}</summary>"
    else:
        yield f"<h{section.level + 1}>{title}</h{section.level + 1}>"
    yield from _intro(section.intro)
    if section.table is not None:
        yield from _table(section.table, currency)
    if section.note:
        yield f'<p class="note">{_marked(section.note)}</p>'
    if section.aside:
        yield "</details>"


def _intro(lines: Sequence[str]) -> Iterator[str]:
    if len(lines) == 1:
        yield f"<p>{_marked(lines[0])}</p>"
    elif lines:
        yield f"<ul>{''.join(f'<li>{_marked(line)}</li>' for line in lines)}</ul>"


def _table(table: Table, currency: Currency) -> Iterator[str]:
    head = "".join(f"<th{_class('right' * column.right)}>{_text(column.title)}</th>" for column in table.columns)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    for row in table.rows:
        cells = "".join(_cell(cell, currency) for cell in row.cells)
        yield f"<tr{_class(_kind(row))}>{cells}</tr>"
    yield "</tbody></table></div>"


def _kind(row: Row) -> str:
    return " ".join(["whole"] * row.whole + ["same"] * (not row.changed))


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""


def _cell(cell: Cell, currency: Currency) -> str:
    if cell.kind == "code":
        lines = "\n".join(_text(line) for line in cell.text.split("\n"))
        return f"<td><pre>{lines}</pre></td>" if cell.text else "<td></td>"
    if cell.kind == "text":
        beside = f" {_text(cell.beside)}" if cell.beside else ""
        return f"<td>{_marked(cell.text)}{beside}</td>"
    sign = {1: " more", 0: "", -1: " less"}[cell.sign]
    return f"<td{_class(f'right{sign}')}>{_text(cell.shown(currency))}</td>"
