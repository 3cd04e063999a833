"""A document as CSV: its records, or every row of all its tables under one head."""

import csv
from collections.abc import Iterator
from io import StringIO

from rulelang.base.money import Currency
from rulelang.document.cells import safe_cell, unmarked
from rulelang.document.document import Document, Section
from rulelang.document.table import EDIT_COLUMNS, Cell, Table


def as_csv(document: Document) -> str:
    """The records of a document; without them, a row for each row of each table.

    Amounts are plain decimals in major units, cut off to a whole minor unit.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head, *rows = _records(document) if document.records is not None else _all_tables(document)
    if document.exercise is not None:  # a row is what people copy: each says so
        head, rows = ["exercise", *head], [[safe_cell(document.exercise), *row] for row in rows]
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _records(document: Document) -> Iterator[list[str]]:
    assert document.records is not None
    yield [column.title for column in document.records.columns]
    for row in document.records.rows:
        yield [plain_cell(cell, document.currency) for cell in row.cells]


def _all_tables(document: Document) -> Iterator[list[str]]:
    """Under one head: the table, the event, then every column that some table has."""
    tables = [(section, section.table) for section in document.sections if section.table is not None]
    every = (*EDIT_COLUMNS, *(column for _, table in tables for column in table.columns))
    columns = [*dict.fromkeys(column.title for column in every)]
    yield ["table", "event", *columns, "currency"]
    if document.headline is not None:
        verdict = {"change": document.headline.words, "after": unmarked(document.headline.sentence)}
        yield ["Verdict", "", *(safe_cell(verdict.get(column, "")) for column in columns), ""]
    for section, table in tables:
        yield from _rows(section, table, columns, document.currency)


def _rows(section: Section, table: Table, columns: list[str], currency: Currency) -> Iterator[list[str]]:
    titles = [column.title for column in table.columns]
    for row in table.rows:
        cells = dict(zip(titles, (plain_cell(cell, currency) for cell in row.cells), strict=True))
        start = [table.name, safe_cell(section.event or "")]
        yield [*start, *(cells.get(column, "") for column in columns), currency.code]


def plain_cell(cell: Cell, currency: Currency) -> str:
    """A cell as CSV holds it: numbers as they are, texts so that no spreadsheet takes them for a formula."""
    plain = cell.plain(currency)
    return plain if cell.numeric else safe_cell(plain)
