"""A document in Markdown: a page with headings, or fit for a pull request, the verdict first and details folded."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.cells import block, markdown, markdown_table, pieces, unmarked
from rulelang.document.document import Document, Headline, Section
from rulelang.document.table import Cell, Table

MOST_CHARACTERS = 65_000
"""The places where comments are posted take about so many."""
_ROOM = 1_000
"""What is kept for saying what was left out."""
_SHORT = 300
"""So much of a piece of a rulebook is shown where not all has room."""


def render_markdown(document: Document) -> str:
    """The document; one that is a comment in less than 65,000 characters."""
    return _comment(document) if document.comment else "\n".join(_page(document))


def _page(document: Document) -> Iterator[str]:
    """A page: every part of it ends its line, and an empty line stands between two."""
    yield from _opening(document)
    writer = _Writer(document.currency)
    for section in document.sections:
        if section.title:
            unit = section.heading(document.currency).removeprefix(section.title)
            yield f"## {marked(section.title)}{unit}\n"
        yield from (f"{block(marked(line))}\n" for line in section.intro)
        if section.items:
            rows = enumerate(map(block, map(marked, section.items)), start=1)
            yield "".join(f"{f'{number}.' if section.numbered else '-'} {item}\n" for number, item in rows)
        if section.table is not None:
            yield writer.table(section.table)
        if section.code:
            yield fenced(section.code)
        if section.note:
            yield f"{block(marked(section.note))}\n"
        if section.strong is not None:
            strong = section.strong
            yield f"{marked(strong.before)}**{markdown(strong.word)}**{marked(strong.after)}\n"


def _opening(document: Document) -> Iterator[str]:
    if document.exercise is not None:
        yield f"{_exercise(document.exercise)}\n"
    for number, line in enumerate(document.title):
        yield f"{block(markdown(line)) if number else f'# {markdown(line)}'}\n"
    if document.headline is not None:
        yield f"{_verdict(document.headline)}\n"


def _comment(document: Document) -> str:
    """The document, in less than 65,000 characters; long tables are cut then, and what does not fit is named."""
    text = _head(document)
    left: list[str] = []
    for chapter in _chapters(document):
        for most in (None, 100, 30, 10):
            block = _written(chapter, _Writer(document.currency, most))
            if len(text) + len(block) <= MOST_CHARACTERS - _ROOM:
                text += block
                break
        else:
            left.append(chapter[0].title)
    return text + _left_out(left) if left else text


def _left_out(titles: Sequence[str]) -> str:
    named = ", ".join(f"“{_short(title)}”" for title in titles[:5])
    more = f" and {len(titles) - 5:,} more" if len(titles) > 5 else ""
    return f"\n_Left out, for the text would be too long: {named}{more}. `rulelang diff --format html` shows all._\n"


def _short(title: str) -> str:
    text = unmarked(title)
    return markdown(text if len(text) <= 60 else f"{text[:59]}…")


def _head(document: Document) -> str:
    heading, *lines = document.title
    under = "<br>\n".join(block(markdown(line)) for line in lines)
    verdict = "" if document.headline is None else f"{_verdict(document.headline)}\n\n"
    exercise = "" if document.exercise is None else f"{_exercise(document.exercise)}\n\n"
    return f"{exercise}### {markdown(heading)}\n\n{verdict}{under}\n"


def _exercise(name: str) -> str:
    return f"> **EXERCISE: {markdown(name)}**"


def _verdict(headline: Headline) -> str:
    compared = f"\n\nCompared: {marked(headline.compared)}" if headline.compared else ""
    return f"**{markdown(headline.words)}**: {marked(headline.sentence)}{compared}"


def _chapters(document: Document) -> Iterator[Sequence[Section]]:
    """Each section of level 1 with those that belong to it."""
    chapter: list[Section] = []
    for section in document.sections:
        if section.level == 1 and chapter:
            yield chapter
            chapter = []
        chapter.append(section)
    if chapter:
        yield chapter


@frozen
class _Writer:
    """Writes tables; of at most ``most`` rows and with short pieces of rulebooks, if that is given."""

    currency: Currency
    most: int | None = None

    def body(self, section: Section) -> Iterator[str]:
        table = section.table
        if table is not None:
            yield self.table(table)
            if self.most is not None and len(table.rows) > self.most:
                yield f"_and {len(table.rows) - self.most:,} more_"
        if section.note:
            yield f"_{marked(section.note)}_"

    def table(self, table: Table) -> str:
        """The rows that are shown, and the totals."""
        shown = [*table.rows[: self.most], *([] if table.total is None else [table.total])]
        rows = [[self._cell(cell, whole=row.whole and cell is row.cells[0]) for cell in row.cells] for row in shown]
        return markdown_table(
            [markdown(column.title) for column in table.columns], [column.right for column in table.columns], rows
        )

    def _cell(self, cell: Cell, *, whole: bool) -> str:
        if cell.kind == "code":
            return self._quoted(cell.text)
        if cell.kind == "text":
            text = marked(cell.text, table=True)
        else:
            text = markdown(cell.text) if cell.text else cell.shown(self.currency)
        text += f" {markdown(cell.beside)}" if cell.beside else ""
        strong = text and (whole or cell.tone == "bad")
        return f"**{text}**" if strong else text

    def _quoted(self, text: str) -> str:
        """A piece of a rulebook in a cell: code, line by line."""
        if self.most is not None and len(text) > _SHORT:
            text = f"{text[:_SHORT]}…"
        return "<br>".join(_code(line, table=True) for line in text.split("\n") if line.strip())


def _written(sections: Sequence[Section], writer: _Writer) -> str:
    """A chapter, folded."""
    first, *others = sections
    summary = _html(first.title)
    intro = first.intro
    if first.event is None and intro:
        summary, intro = f"{summary}: {_html(intro[0])}", intro[1:]
    inner = ["\n".join(f"- {block(marked(line))}" for line in intro)] if intro else []
    inner += writer.body(first)
    for section in others:
        inner.append(f"**{marked(section.title)}** ({writer.currency.code})")
        inner += writer.body(section)
    opened = " open" if first.event is None and not first.aside else ""
    body = "\n\n".join(part.rstrip("\n") for part in inner)
    return f"\n<details{opened}><summary>{summary}</summary>\n\n{body}\n\n</details>\n"


def marked(text: str, *, table: bool = False) -> str:
    """A text of the document; what stands between backticks becomes code, everything else is escaped."""
    found = []
    for piece, code in pieces(text):
        spaced = f"{' ' * piece.startswith(' ')}{markdown(piece)}{' ' * (piece.endswith(' ') and len(piece) > 1)}"
        found.append(_code(piece, table=table) if code else spaced)
    return "".join(found)


def _code(text: str, *, table: bool) -> str:
    """A code span; its fence is longer than any run of backticks in it, and a bar would end the cell of a table."""
    shown = visible(" ".join(text.split()))
    if not shown:
        return " "  # two backticks alone would open a span that goes on behind them
    fence = _fence(shown)
    blank = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{blank}{shown.replace('|', chr(92) + '|') if table else shown}{blank}{fence}"


def _fence(text: str, least: int = 1) -> str:
    """So many backticks that no run of them in a text is as long."""
    return "`" * max(least, 1 + max(map(len, re.findall("`+", text)), default=0))


def fenced(lines: Iterable[str], language: str = "text") -> str:
    """Lines as they are; the fence is longer than any run of backticks in them."""
    text = "\n".join(map(visible, lines))
    fence = _fence(text, 3)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _html(text: str) -> str:
    """A text of the document inside a tag, where Markdown does not reach."""
    return "".join(f"<code>{_escaped(piece)}</code>" if code else _escaped(piece) for piece, code in pieces(text))


def _escaped(text: str) -> str:
    """Text inside a tag, in which an ``@name`` calls nobody."""
    return "".join(f"{c}<!-- -->" if c in "@#" else escape(c) for c in visible(text))
