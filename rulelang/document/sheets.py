"""A comparison as CSV, and as a spreadsheet with a sheet for each kind of table."""

import csv
from collections.abc import Iterator
from io import StringIO

from rulelang.base.money import Currency
from rulelang.document.cells import cut_off, safe_cell
from rulelang.document.document import Cell, Column, Document, Section, Table, unmarked
from rulelang.document.workbook import Value, Workbook

_EDIT_COLUMNS = (Column("where"), Column("change"), Column("before", "code"), Column("after", "code"))


def as_csv(document: Document) -> str:
    """A row for each row of each table, under one head: the table, the event, then every column that some table has.

    Amounts are plain decimals in major units, cut off to a whole minor unit.
    """
    tables = list(_tables(document))
    every = (*_EDIT_COLUMNS, *(column for _, table in tables for column in table.columns))
    columns = [*dict.fromkeys(column.title for column in every)]
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "event", *columns, "currency"])
    verdict = {"change": document.headline.words, "after": unmarked(document.headline.sentence)}
    writer.writerow(["Verdict", "", *(safe_cell(verdict.get(column, "")) for column in columns), ""])
    for section, table in tables:
        titles = [column.title for column in table.columns]
        for row in table.rows:
            cells = dict(zip(titles, (_plain(cell, document.currency) for cell in row.cells), strict=True))
            start = [table.name, safe_cell(section.event or "")]
            writer.writerow([*start, *(cells.get(column, "") for column in columns), document.currency.code])
    return out.getvalue()


def _tables(document: Document) -> Iterator[tuple[Section, Table]]:
    for section in document.sections:
        if section.table is not None:
            yield section, section.table


def _plain(cell: Cell, currency: Currency) -> str:
    if cell.amount is not None and not cell.text:
        return currency.plain(cut_off(cell.amount))
    return safe_cell(cell.shown(currency))


def as_spreadsheet(document: Document) -> bytes:
    """An Excel workbook: the verdict, then a sheet for each kind of table over all events.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """
    book = Workbook(document.title[0], document.day, document.currency)
    headline = document.headline
    about: list[tuple[str, Value]] = [
        ("Verdict", headline.words),
        ("Why", unmarked(headline.sentence)),
        ("Compared", unmarked(headline.compared)),
        ("Currency", document.currency.code),
        *(("Rulebooks", line) for line in document.title),
        *((unmarked(section.title), unmarked(line)) for section in document.sections for line in section.intro),
    ]
    book.sheet("Verdict", ("What", "Value"), about)
    sheets: dict[str, list[tuple[Section, Table]]] = {}
    for section, table in _tables(document):
        sheets.setdefault(table.name, []).append((section, table))
    for name, tables in sheets.items():
        titles = [column.title.capitalize() for column in tables[0][1].columns]
        with_event = any(section.event is not None for section, _ in tables)
        rows = [
            [*([section.event] if with_event else []), *map(_value, row.cells)]
            for section, table in tables
            for row in table.rows
        ]
        book.sheet(name, [*(["Event"] if with_event else []), *titles], rows)
    return book.closed()


def _value(cell: Cell) -> Value:
    if cell.text or cell.amount is None:
        return unmarked(cell.text) if cell.kind == "text" else cell.text
    return cell.amount
