"""A document as one HTML page that needs nothing else: light or dark as the reader has it, and fit to be printed.

Whatever is not :class:`Markup` already is escaped as it goes in, and the page's policy lets it run and load nothing.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from rulelang.base.files import read_file
from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.cells import pieces
from rulelang.document.document import Document, Picture, Section
from rulelang.document.markup import Markup, element, joined, lines, raw
from rulelang.document.table import Cell, Row, Table

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def render_html(document: Document) -> str:
    """The document as a page."""
    heading, *others = document.title
    headline = document.headline
    title = heading if headline is None else f"{heading}: {headline.words}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(document)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", raw(_style(document))),
    )
    body = element(
        "body",
        exercise_banner(document.exercise),
        element("h1", heading),
        [element("p", line, class_="dim" if headline is not None else None) for line in others],
        None if headline is None else _verdict(document),
        [part for section in document.sections for part in _section(section, document)],
        class_="dense" if document.dense else None,
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def exercise_banner(exercise: str | None) -> Markup | None:
    """A line that says that all is an exercise."""
    return None if exercise is None else element("p", f"Exercise: {exercise}", class_="exercise")


def exercise_style(exercise: str | None) -> str:
    """The style with which every printed page says so; whatever is no letter or digit goes in by its number."""
    if exercise is None:
        return ""
    said = "".join(sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):06x}" for sign in visible(exercise))
    return f'\n@page {{ @top-center {{ content: "EXERCISE: {said}"; font: bold 9pt system-ui, sans-serif; }} }}\n'


def render_fragment(document: Document) -> str:
    """The document as a part of a page that a notebook shows: its sentences and tables, no commands."""
    heading, *others = document.title
    tables = [
        (element("h4", section.heading(document.currency)), *_table(section.table, document.currency))
        for section in document.sections
        if section.table is not None and not any(column.kind == "command" for column in section.table.columns)
    ]
    return "\n".join(
        [
            exercise_banner(document.exercise) or Markup(""),
            element("p", element("strong", heading)),
            *(element("p", line) for line in others),
            joined(tables),
        ]
    )


def _style(document: Document) -> str:
    own = read_file(Path(__file__).with_name("page.css"), 1 << 16).decode("utf-8")
    return f"\n{own}{exercise_style(document.exercise)}"


def _policy(document: Document) -> str:
    """Nothing is run or loaded; the one style is named by its digest.

    A picture carries styles in the attributes of its lines, which no digest can name.
    """
    if any(section.picture is not None for section in document.sections):
        styles = "'unsafe-inline'"
    else:
        styles = f"'sha256-{b64encode(sha256(_style(document).encode()).digest()).decode()}'"
    return f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'"


def _verdict(document: Document) -> Markup:
    headline = document.headline
    assert headline is not None
    compared = element("div", "Compared: ", _marked(headline.compared), class_="dim") if headline.compared else None
    return element(
        "div",
        element("b", headline.words),
        element("div", _marked(headline.sentence)),
        compared,
        class_="verdict calm" if headline.calm else "verdict",
    )


def _marked(text: str) -> list[Markup | str]:
    """A text of the document, with what stands between backticks as code."""
    return [element("code", piece) if code else piece for piece, code in pieces(text)]


def _section(section: Section, document: Document) -> Iterator[Markup]:
    unit = section.heading(document.currency).removeprefix(section.title)
    title = [*_marked(section.title), *([element("span", unit, class_="dim")] if unit else [])]
    parts = [*_body(section, document.currency)]
    if section.aside:
        yield element("details", element("summary", title), parts)
        return
    if section.title:
        nested = section.level > 1 and any(other.level == 1 and other.title for other in document.sections)
        yield element("h3" if nested else "h2", title)
    yield from parts


def _body(section: Section, currency: Currency) -> Iterator[Markup]:
    yield from _intro(section.intro)
    if section.items:
        kind = "ol" if section.numbered else "ul"
        yield element(kind, [element("li", _marked(item)) for item in section.items])
    if section.picture is not None:
        yield _figure(section.picture)
    if section.table is not None:
        yield from _table(section.table, currency)
    if section.code:
        yield element("pre", lines("\n".join(section.code)))
    if section.note:
        yield element("p", _marked(section.note), class_="note")
    if section.strong is not None:
        yield element("p", section.strong.before, element("b", section.strong.word), section.strong.after)


def _intro(sentences: Sequence[str]) -> Iterator[Markup]:
    if len(sentences) == 1:
        yield element("p", _marked(sentences[0]))
    elif sentences:
        yield element("ul", [element("li", _marked(line)) for line in sentences])


def _figure(picture: Picture) -> Markup:
    return element(
        "figure",
        element("div", picture.drawing, class_="wide"),
        element("figcaption", picture.caption),
        role="img",
        aria_label=f"{picture.title}. {picture.caption}",
    )


def _table(table: Table, currency: Currency) -> Iterator[Markup]:
    head = [element("th", column.title, scope="col", class_=_names("right" * column.right)) for column in table.columns]
    rows = [_row(table, row, currency) for row in table.rows]
    foot = None if table.total is None else element("tfoot", _row(table, table.total, currency))
    yield element(
        "div", element("table", element("thead", element("tr", head)), element("tbody", rows), foot), class_="wide"
    )


def _row(table: Table, row: Row, currency: Currency) -> Markup:
    cells = [_cell(cell, currency, right=column.right) for cell, column in zip(row.cells, table.columns, strict=True)]
    return element("tr", cells, class_=_names("whole" * row.whole, "same" * (not row.changed)))


def _names(*classes: str) -> str | None:
    return " ".join(filter(None, classes)) or None


def _cell(cell: Cell, currency: Currency, *, right: bool) -> Markup:
    if cell.kind == "code":
        return element("td", element("pre", lines(cell.text)) if cell.text else None)
    if cell.kind == "command":
        return element("td", element("code", cell.text) if cell.text else None)
    beside = element("span", f" {cell.beside}", class_="dim") if cell.beside else None
    day = "day" * bool(cell.kind == "name" and _DAY.fullmatch(cell.text))
    sign = {1: "more", 0: "", -1: "less"}[cell.sign]
    shown = _marked(cell.text) if cell.kind == "text" else cell.shown(currency)
    return element("td", shown, beside, class_=_names("right" * right, sign, cell.tone, day))
