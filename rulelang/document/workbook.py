"""Excel workbooks: one sheet for each table, amounts as numbers in major units, everything else as text."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from attrs import frozen

from rulelang.base.extras import missing
from rulelang.base.money import Currency, Exact
from rulelang.document.cells import cut_off

_SAFE_DIGITS = 15
"""A spreadsheet keeps so many digits of a number exactly; longer amounts are written as text."""


@frozen
class Count:
    """A cell with a plain whole number, which is no amount."""

    number: int


@frozen
class Share:
    """A cell with a share of a whole, in percent with two decimals, cut off."""

    part: int
    whole: int

    @property
    def text(self) -> str:
        """The share as a person reads it: ``12.34%``; nothing where the whole is nothing."""
        return f"{self.hundredths // 100}.{self.hundredths % 100:02}%" if self.whole else ""

    @property
    def hundredths(self) -> int:
        """Hundredths of a percent."""
        return self.part * 10_000 // self.whole if self.whole else 0


Value = str | Exact | Count | Share | None
"""A cell: text, an amount in minor units (cut off to a whole one), a plain number, a share, or nothing."""


class Workbook:
    """A workbook in memory; numbers in its sheets are amounts of one currency, in minor units.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """

    def __init__(self, title: str, day: datetime.date, currency: Currency) -> None:
        """Open it; ``day`` stands in its properties, so that the same content gives the same bytes."""
        try:
            import xlsxwriter
        except ImportError:
            raise missing("excel", "XlsxWriter") from None
        self.currency = currency
        self._buffer = BytesIO()
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(self._buffer, {"in_memory": True, **safe})
        created = datetime.datetime.combine(max(day, datetime.date(1980, 1, 1)), datetime.time())
        self._book.set_properties({"title": title[:255], "created": created})
        form = f"#,##0.{'0' * currency.decimals}" if currency.decimals else "#,##0"
        self._money = self._book.add_format({"num_format": form})
        self._count = self._book.add_format({"num_format": "#,##0"})
        self._share = self._book.add_format({"num_format": "0.00%"})
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._total = self._book.add_format({"bold": True, "top": 1, "num_format": form})

    def sheet(
        self, name: str, head: Sequence[str], rows: Sequence[Sequence[Value]], total: Sequence[Value] | None = None
    ) -> None:
        """Add a sheet with a head that stays in view, and perhaps a line of totals."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(head):
            sheet.write_string(0, column, title, self._head)
            cells = [self._shown(row[column]) for row in rows] + [title]
            sheet.set_column(column, column, min(max(map(len, cells)) + 2, 60))
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value, None)
        if total is not None:
            for column, value in enumerate(total):
                self._write(sheet, len(rows) + 1, column, value, self._total)

    def closed(self) -> bytes:
        """The bytes of the file; nothing can be added any more."""
        self._book.close()
        return self._buffer.getvalue()

    def _shown(self, value: Value) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, Count):
            return f"{value.number:,}"
        if isinstance(value, Share):
            return value.text
        return self.currency.grouped(cut_off(value))

    def _write(self, sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
        if value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, style)
        elif isinstance(value, Count):
            sheet.write_number(row, column, value.number, self._count)
        elif isinstance(value, Share):
            if value.whole:
                sheet.write_number(row, column, Decimal(value.hundredths) / 10_000, self._share)
        else:
            plain = self.currency.plain(cut_off(value))
            if len(plain) <= _SAFE_DIGITS:
                sheet.write_number(row, column, Decimal(plain), style or self._money)
            else:
                sheet.write_string(row, column, plain, style)
