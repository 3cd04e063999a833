"""Excel workbooks: one sheet for each table, amounts as numbers in major units, everything else as text.

What a spreadsheet cannot hold is continued, never cut off: a long text in the rows below, many rows and columns on
further sheets; the workbook says so.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import chain
from typing import Any

from attrs import define, field

from rulelang.base.extras import missing
from rulelang.base.money import Currency
from rulelang.document.cells import safe_text
from rulelang.document.table import Cell

SAFE_DIGITS = 15
"""A spreadsheet keeps so many digits of a number exactly; longer amounts are written as text."""
MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
"""What a cell and a sheet hold at most: characters counted as UTF-16 does, rows with the head."""
_LONGEST_NAME = 31
_LONGEST_HEADER = 250
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ENDS = (", ", "\n", " ")
"""Where a long text is parted: between ids, lines or words."""
CONTINUED, GOES_ON = "(continued) ", " (continued below)"

Cells = Sequence[Cell]
_Library = Any
"""Objects of XlsxWriter, which is imported only when a workbook is written and has no types."""


@define
class Workbook:
    """A workbook in memory; amounts in its sheets are in minor units, of one currency unless a cell has its own.

    Of an ``exercise`` every row and every printed page says so.  ``notes`` says of each sheet that did not hold its
    table where that goes on.
    """

    title: str
    day: datetime.date
    currency: Currency
    exercise: str | None = None
    notes: list[str] = field(factory=list)
    _buffer: BytesIO = field(factory=BytesIO, init=False)
    _taken: set[str] = field(factory=lambda: {"history"}, init=False)
    _book: _Library = field(init=False)
    _forms: dict[str, _Library] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open it; ``day`` stands in its properties, so that the same content gives the same bytes.

        Raises:
            ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
        """
        try:
            import xlsxwriter
        except ImportError:
            raise missing("excel", "XlsxWriter") from None
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(self._buffer, {"in_memory": True, **safe})
        created = datetime.datetime.combine(max(self.day, datetime.date(1980, 1, 1)), datetime.time())
        self._book.set_properties({"title": safe_text(self.title)[:255], "created": created})
        money = _money(self.currency)
        styles = {
            "amount": {"num_format": money},
            "count": {"num_format": "#,##0"},
            "share": {"num_format": "0.00%"},
            "head": {"bold": True, "bottom": 1},
            "total": {"bold": True, "top": 1, "num_format": money},
        }
        self._forms = {name: self._book.add_format(style) for name, style in styles.items()}

    def sheet(self, name: str, head: Sequence[str], rows: Sequence[Cells], total: Cells | None = None) -> None:
        """Add a table with a head that stays in view, and perhaps a line of totals: as many sheets as it takes."""
        if self.exercise is not None:
            said = Cell("name", self.exercise)
            head, rows = ["Exercise", *head], [[said, *row] for row in rows]
            total = None if total is None else [said, *total]
        first = self._named(name)
        lines = [part for row in rows for part in parted(row, self.currency)]
        totals = [] if total is None else [total]
        bands = _bands(len(head))
        chunks = list(_chunks(lines, MOST_ROWS - 1 - len(totals)))
        for band in bands:
            for chunk in chunks:
                sheet_name = first if band is bands[0] and chunk is chunks[0] else self._named(name)
                ending = totals if chunk is chunks[-1] else []
                self._add(sheet_name, [head[place] for place in band], chunk, ending, band)
                if sheet_name != first:
                    self.notes.append(
                        f"the table of sheet “{first}” is too large for one sheet: “{sheet_name}” goes on"
                    )

    def closed(self) -> bytes:
        """The bytes of the file; nothing can be added any more."""
        self._book.close()
        return self._buffer.getvalue()

    def _named(self, name: str) -> str:
        """A name for a sheet that the program takes: of 31 characters, without signs, there only once."""
        clean = _FORBIDDEN.sub(" ", safe_text(name)).strip("' ") or "Sheet"
        number, found = 1, clean[:_LONGEST_NAME].rstrip("' ")
        while found.lower() in self._taken:
            number += 1
            end = f" ({number})"
            found = f"{clean[: _LONGEST_NAME - len(end)]}{end}"
        self._taken.add(found.lower())
        return found

    def _add(
        self, name: str, head: Sequence[str], rows: Sequence[Cells], totals: Sequence[Cells], band: Sequence[int]
    ) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        if self.exercise is not None:
            said = safe_text(f"EXERCISE: {self.exercise}").replace("&", "&&")
            sheet.set_header(f"&C{said[:_LONGEST_HEADER]}")
        widths = [len(title) for title in head]
        for number, row in enumerate(chain(rows, totals), start=1):
            style = "total" if number > len(rows) else ""
            for column, place in enumerate(band):
                widths[column] = max(widths[column], len(row[place].shown(self.currency)))
                self._write(sheet, number, column, row[place], style)
        for column, title in enumerate(head):
            sheet.write_string(0, column, safe_text(title), self._forms["head"])
            sheet.set_column(column, column, min(widths[column] + 2, 60))

    def _write(self, sheet: _Library, row: int, column: int, cell: Cell, style: str) -> None:
        form = self._forms.get(style)
        if cell.text or cell.number is None:
            shown = safe_text(cell.shown(self.currency))
            if shown or form is not None:
                sheet.write_string(row, column, shown, form)
        elif cell.kind == "count":
            sheet.write_number(row, column, cell.number, self._forms["count"])
        elif cell.kind == "share":
            sheet.write_number(row, column, Decimal(cell.hundredths) / 10_000, self._forms["share"])
        else:
            plain = cell.plain(self.currency)
            if len(plain) <= SAFE_DIGITS and not cell.cut:
                sheet.write_number(row, column, Decimal(plain), form or self._amounts(cell.currency))
            else:
                sheet.write_string(row, column, plain, form)

    def _amounts(self, currency: Currency | None) -> _Library:
        """How amounts are written: with the decimals of their currency."""
        if currency is None or currency.decimals == self.currency.decimals:
            return self._forms["amount"]
        name = f"amount {currency.decimals}"
        if name not in self._forms:
            self._forms[name] = self._book.add_format({"num_format": _money(currency)})
        return self._forms[name]


def _money(currency: Currency) -> str:
    """The form of numbers that are amounts."""
    return f"#,##0.{'0' * currency.decimals}" if currency.decimals else "#,##0"


def _bands(columns: int) -> list[list[int]]:
    """The columns of each sheet; the first stands on all of them, so that rows are known."""
    if columns <= MOST_COLUMNS:
        return [list(range(columns))]
    size = MOST_COLUMNS - 1
    return [[0, *range(start, min(start + size, columns))] for start in range(1, columns, size)]


def _chunks(rows: Sequence[Cells], size: int) -> Iterator[Sequence[Cells]]:
    yield rows[:size]
    for start in range(size, len(rows), size):
        yield rows[start : start + size]


def parted(row: Cells, currency: Currency) -> Iterator[Cells]:
    """A row, and below it what of its texts a cell does not hold; each part says that it goes on."""
    if all(not cell.text or len(cell.text) < MOST_CHARACTERS // 10 for cell in row):  # at most ten for each, escaped
        yield row
        return
    pieces = [_pieces(safe_text(cell.shown(currency))) if cell.text else [""] for cell in row]
    for number in range(max(map(len, pieces))):
        yield [
            Cell("code", own[number]) if len(own) > 1 and number < len(own) else cell if not number else Cell()
            for cell, own in zip(row, pieces, strict=True)
        ]


def _pieces(text: str) -> list[str]:
    """A text in parts that a cell holds, parted between ids, lines or words where there are such."""
    found: list[str] = []
    while _units(text) > MOST_CHARACTERS:
        room = MOST_CHARACTERS - len(CONTINUED) - len(GOES_ON)
        end = room if text.isascii() else _fitting(text, room)
        cut = next((place + len(mark) for mark in _ENDS if (place := text.rfind(mark, end // 2, end)) >= 0), end)
        found.append(f"{text[:cut].rstrip()}{GOES_ON}")
        text = f"{CONTINUED}{text[cut:]}"
    return [*found, text]


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _fitting(text: str, room: int) -> int:
    """How many characters from the start take at most so much room."""
    return len(text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore"))
