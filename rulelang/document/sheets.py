"""A document as a spreadsheet: what it comes to, a sheet for each kind of table over all events, and its facts."""

from rulelang.base.gather import collected
from rulelang.document.cells import unmarked
from rulelang.document.document import Document, Section
from rulelang.document.table import Cell, Column, Table, name
from rulelang.document.workbook import Workbook

_HEAD = ("What", "Value")


def as_spreadsheet(document: Document) -> bytes:
    """An Excel workbook.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """
    book = Workbook(document.title[0], document.day, document.currency, document.exercise)
    headline = document.headline
    if headline is not None:
        about = [
            ("Verdict", name(headline.words)),
            ("Why", Cell("text", headline.sentence)),
            *([("Compared", Cell("text", headline.compared))] if headline.compared else []),
            *document.facts,
            *((unmarked(section.title), Cell("text", line)) for section in document.sections for line in section.intro),
        ]
        book.sheet("Verdict", _HEAD, [(name(what), value) for what, value in about])
    tables_of = [(section, section.table) for section in document.sections if section.table is not None]
    for title, tables in collected((pair[1].name, pair) for pair in tables_of).items():
        _sheet(book, title, tables)
    facts = [] if headline is not None else [*document.facts]
    facts += [("Note", name(note)) for note in book.notes]
    if facts:
        book.sheet("About", _HEAD, [(name(what), value) for what, value in facts])
    return book.closed()


def _sheet(book: Workbook, title: str, tables: list[tuple[Section, Table]]) -> None:
    """One kind of table, with the event before each row if there are events."""
    first = tables[0][1]
    with_event = any(section.event is not None for section, _ in tables)
    rows = [
        [*([name(section.event)] if with_event else []), *row.cells] for section, table in tables for row in table.rows
    ]
    heads = [*(["Event"] if with_event else []), *(_capitalised(column) for column in first.columns)]
    book.sheet(title, heads, rows, None if first.total is None else first.total.cells)


def _capitalised(column: Column) -> str:
    return column.title[:1].upper() + column.title[1:]
