"""An allocation as CSV, Markdown or a spreadsheet.

Titles, names and ids come from files that others wrote: a cell that a spreadsheet would run as a formula is escaped
(CSV injection), and Markdown and spreadsheet cells stay text.
"""

import csv
import datetime
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.render import visible
from rulelang.model.allocation import Allocation

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_SAFE_DIGITS = 15
"""A spreadsheet keeps so many digits of a number exactly; longer amounts are written as text."""


def as_json(allocation: Allocation) -> str:
    """The allocation as JSON, indented, with a line end."""
    return json.dumps(allocation.to_dict(), indent=2, ensure_ascii=False) + "\n"


def safe_cell(text: str) -> str:
    """The text of a CSV cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def as_csv(allocation: Allocation) -> str:
    """A row for each allotment and one for what stays uncovered: step, segment, payer, name, amount."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["tranche", "segment", "payer", "name", "amount", "currency"])
    code = allocation.currency.code
    for a in allocation.allotments:
        name = allocation.names.get(a.payer, "")
        amount = allocation.currency.plain(a.amount)
        writer.writerow([a.step, a.segment or "", safe_cell(a.payer), safe_cell(name), amount, code])
    if allocation.uncovered:
        writer.writerow(
            [allocation.outcome, "", "", "uncovered", allocation.currency.plain(allocation.uncovered), code]
        )
    return out.getvalue()


# ---------------------------------------------------------------------------------------------------------- Markdown


def as_markdown(allocation: Allocation) -> str:
    """The allocation as Markdown tables: the waterfall, who pays, the invariants."""
    show = allocation.currency.grouped
    version = f", version {allocation.rulebook.version}" if allocation.rulebook.version else ""
    loss = allocation.currency.show(allocation.loss)
    parts = [
        f"# {_plain(allocation.rulebook.title)}{_plain(version)}\n",
        f"{_plain(allocation.event.title)}, declared {allocation.declared}: loss {loss}.\n",
        f"## The waterfall ({allocation.currency.code})\n",
        _markdown_table(
            ("step", "segment", "capacity", "drawn", "remaining", ""),
            "llrrrl",
            (
                (
                    line.step,
                    line.segment or "",
                    "" if line.capacity is None else show(line.capacity),
                    show(line.drawn),
                    show(line.remaining),
                    line.skipped or "",
                )
                for line in allocation.lines
            ),
        ),
    ]
    if allocation.allotments:
        rows = [
            (a.payer, allocation.names.get(a.payer, ""), _under(a.step, a.segment), show(a.amount))
            for a in allocation.allotments
        ]
        rows.append(("total", "", "", show(sum(a.amount for a in allocation.allotments))))
        parts.append(f"## Who pays ({allocation.currency.code})\n")
        parts.append(_markdown_table(("payer", "name", "under", "amount"), "lllr", rows))
    if allocation.ensures:
        parts.append("## What must hold\n")
        holds = [
            (line.text, "holds" if line.holds else "**broken**", ", ".join(line.breaches))
            for line in allocation.ensures
        ]
        parts.append(_markdown_table(("invariant", "", "broken for"), "lll", holds, raw=1))
    uncovered = allocation.currency.show(allocation.uncovered)
    parts.append(f"Outcome: **{_plain(allocation.outcome)}**, uncovered {uncovered}.\n")
    return "\n".join(parts)


def _under(step: str, segment: str | None) -> str:
    return step if segment is None else f"{step} ({segment})"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    escaped = "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+!|~" else c for c in " ".join(text.split()))
    return visible(escaped)


def _markdown_table(head: Sequence[str], alignment: str, rows: Iterable[Sequence[str]], raw: int | None = None) -> str:
    rules = [{"l": ":--", "r": "--:"}[letter] for letter in alignment]
    lines = [head, rules]
    lines.extend([cell if index == raw else _plain(cell) for index, cell in enumerate(row)] for row in rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


# ------------------------------------------------------------------------------------------------------- spreadsheet


def as_spreadsheet(allocation: Allocation) -> bytes:
    """The allocation as an Excel workbook: sheets for the waterfall, the allotments, the payers and the sources.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """
    try:
        import xlsxwriter
    except ImportError:
        message = "spreadsheets need the package XlsxWriter, which is not installed"
        advice = 'install the extra, as in `pip install "rulelang[excel]"`'
        raise ReadError([finding("missing-extra", message, help=advice)]) from None
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": allocation.event.title[:255], "created": _stamp(allocation)})
    _Sheets(book, allocation).fill()
    book.close()
    return buffer.getvalue()


def _stamp(allocation: Allocation) -> datetime.datetime:
    """A fixed time for the workbook's properties, so that the same run gives the same bytes."""
    day = max(allocation.declared, datetime.date(1980, 1, 1))
    return datetime.datetime.combine(day, datetime.time())


class _Sheets:
    """Fills the sheets of a workbook."""

    def __init__(self, book: Any, allocation: Allocation) -> None:
        self.book, self.allocation = book, allocation
        zeros = f".{'0' * allocation.currency.decimals}" if allocation.currency.decimals else ""
        self.money = book.add_format({"num_format": f"#,##0{zeros}"})
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.total = book.add_format({"bold": True, "top": 1, "num_format": f"#,##0{zeros}"})

    def fill(self) -> None:
        allocation = self.allocation
        self._sheet(
            "Waterfall",
            ("Step", "Title", "Kind", "Segment", "Capacity", "Drawn", "Remaining", "Not done because"),
            [
                (
                    line.step,
                    line.title,
                    line.kind,
                    line.segment,
                    line.capacity,
                    line.drawn,
                    line.remaining,
                    line.skipped,
                )
                for line in allocation.lines
            ],
            ("Total", "", "", "", None, allocation.loss - allocation.uncovered, allocation.uncovered, ""),
        )
        self._sheet(
            "Allocations",
            ("Step", "Segment", "Payer", "Name", "Amount"),
            [(a.step, a.segment, a.payer, allocation.names.get(a.payer), a.amount) for a in allocation.allotments],
            ("Total", "", "", "", allocation.loss - allocation.uncovered),
        )
        self._sheet(
            "Payers",
            ("Payer", "Name", "Amount"),
            [(payer, allocation.names.get(payer), amount) for payer, amount in allocation.payers().items()],
            ("Total", "", allocation.loss - allocation.uncovered),
        )
        if allocation.ensures:
            rows = [(e.text, "holds" if e.holds else "broken", ", ".join(e.breaches)) for e in allocation.ensures]
            self._sheet("Invariants", ("Invariant", "Result", "Broken for"), rows)
        self._about()

    def _about(self) -> None:
        allocation = self.allocation
        rows: list[tuple[Any, ...]] = [
            ("Rulebook", allocation.rulebook.title),
            ("Version", allocation.rulebook.version),
            ("Rulebook SHA-256", allocation.rulebook.sha256),
            ("Event", allocation.event.title),
            ("Declared", allocation.declared.isoformat()),
            ("Event SHA-256", allocation.event.sha256),
            ("Currency", allocation.currency.code),
            ("Loss", allocation.loss),
            ("Uncovered", allocation.uncovered),
            ("Outcome", allocation.outcome),
        ]
        self._sheet("About", ("What", "Value"), rows)

    def _sheet(
        self, name: str, head: Sequence[str], rows: Sequence[Sequence[Any]], total: Sequence[Any] | None = None
    ) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(head):
            sheet.write_string(0, column, title, self.head)
            cells = [self._shown(row[column]) for row in rows] + [title]
            sheet.set_column(column, column, min(max(map(len, cells)) + 2, 60))
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value, None)
        if total is not None:
            for column, value in enumerate(total):
                self._write(sheet, len(rows) + 1, column, value, self.total)

    def _shown(self, value: Any) -> str:
        return self.allocation.currency.grouped(value) if isinstance(value, int) else str(value or "")

    def _write(self, sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
        if value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, int):
            plain = self.allocation.currency.plain(value)
            if len(plain) <= _SAFE_DIGITS:
                sheet.write_number(row, column, Decimal(plain), style or self.money)
            else:
                sheet.write_string(row, column, plain, style)
        else:
            sheet.write_string(row, column, str(value), style)
