"""Member data from CSV: a header row, a row for each member, and for every finding its row and column."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from attrs import define, frozen

from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.check.events.raw import Day, RawEvent, RawMember, RawValue, Word
from rulelang.check.exact import date_help
from rulelang.syntax import nodes

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\r\n]*')


def read_table(event: RawEvent, contents: nodes.TableContents, source: SourceText) -> None:
    """Enter what a table of an event holds: members, givens, earlier payments or defaults.

    Raises:
        CheckError: as in :func:`read_members`.
    """
    match contents:
        case "members":
            event.members.extend(read_members(source))
        case _:
            raise NotImplementedError(contents)


def read_members(source: SourceText) -> list[RawMember]:
    """The members of a CSV file: column ``member`` is the id, ``name`` is optional, the others are field names.

    A column of a field per segment is called ``field.segment``.  Blank rows are skipped; an empty cell is a missing
    value.  The names of values stand in the header.

    Raises:
        CheckError: no header, a column without a name or named twice, a ragged row, a quotation that does not end.
    """
    return _Table(source).members()


@frozen
class _Row:
    """The cells of one row, the offset where it starts and the number of its first line."""

    cells: list[str]
    start: int
    line: int


@define
class _Table:
    source: SourceText
    columns: tuple[str, ...] = ()
    headings: tuple[Place, ...] = ()

    def members(self) -> list[RawMember]:
        rows = self._rows()
        header = next(rows, None)
        if header is None:
            place = Place(self.source, Span(0, 0))
            raise CheckError([finding("malformed-table", "the file of members is empty", place, help=_HEADER_HELP)])
        self.columns = tuple(name.strip() for name in header.cells)
        self._check_header(header)
        self.headings = tuple(self._places(header))
        return [self._member(row) for row in rows]

    def _rows(self) -> Iterator[_Row]:
        """The rows that are not blank."""
        consumed = 0

        def lines() -> Iterator[str]:
            nonlocal consumed
            for line in StringIO(self.source.text, newline=""):
                consumed += len(line)
                yield line

        reader = csv.reader(lines(), strict=True)
        while True:
            start, line = consumed, reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                known = (words for sign, words in _UNREADABLE.items() if sign in str(error))
                message = next(known, "a cell cannot be read")
                advice = "put a quotation mark at both ends of a cell in quotes, and write it twice inside"
                row = _Row([], start, line)
                raise self._refuse("malformed-table", f"in this row {message}", row, None, advice) from None
            if any(cell.strip() for cell in cells):
                yield _Row(cells, start, line)

    def _check_header(self, header: _Row) -> None:
        if "member" not in self.columns:
            advice = _HEADER_HELP
            if len(self.columns) == 1 and (";" in self.columns[0] or "\t" in self.columns[0]):
                advice = "separate the columns by commas, not by semicolons or tabs"
            raise self._refuse("malformed-table", "the header has no column `member`", header, None, advice)
        seen: set[str] = set()
        for index, name in enumerate(self.columns):
            if not name:
                advice = "name the field that stands in it, or remove the column"
                raise self._refuse("malformed-table", f"column {index + 1} has no name", header, index, advice)
            if name in seen:
                message = f"the column `{name}` stands twice"
                raise self._refuse("duplicate-name", message, header, index, "keep one of the two")
            seen.add(name)

    def _member(self, row: _Row) -> RawMember:
        if len(row.cells) != len(self.columns):
            message = f"this row has {len(row.cells)} cells, but the header has {len(self.columns)}"
            raise self._refuse("malformed-table", message, row, None, "put cells that hold commas in quotes")
        member: Word | None = None
        title: str | None = None
        values: list[RawValue] = []
        for column, heading, cell, place in zip(self.columns, self.headings, row.cells, self._places(row), strict=True):
            text = cell.strip()
            if column == "member":
                member = Word(text, place)
            elif column == "name":
                title = text or None
            else:
                whole, at, date = column.partition("@")
                name, dot, segment = whole.partition(".")
                where = Word(segment, heading) if dot else None
                as_of = self._day(date, heading) if at else None
                values.append(RawValue(Word(name, heading), where, text or None, place, as_of))
        if member is None or not member.text:
            advice = "write the member's id in the column `member`"
            column_of_ids = self.columns.index("member")
            raise self._refuse("malformed-table", "this row names no member", row, column_of_ids, advice)
        return RawMember(member, title, tuple(values), from_table=True)

    def _day(self, text: str, heading: Place) -> Day:
        found = nodes.instant(text.strip())
        if found is None:
            message = f"there is no day `{text.strip()[:40]}`"
            raise CheckError([finding("malformed-date", message, heading, help=date_help(text))])
        return Day(found, heading)

    def _places(self, row: _Row) -> list[Place]:
        """The place of each cell of a row."""
        places, position = [], row.start
        for index in range(len(row.cells)):
            found = _CELL.match(self.source.text, position)
            end = found.end() if found else position
            heading = f", column {self.columns[index]}" if index < len(self.columns) else ""
            places.append(Place(self.source, Span(position, end), f"row {row.line}{heading}"))
            position = end + 1
        return places

    def _refuse(self, code: str, message: str, row: _Row, column: int | None, advice: str | None = None) -> CheckError:
        if column is None:
            end = self.source.text.find("\n", row.start)
            end = len(self.source.text) if end < 0 else end
            place = Place(self.source, Span(row.start, end), f"row {row.line}")
        else:
            place = self._places(row)[column]
        return CheckError([finding(code, message, place, help=advice)])


_UNREADABLE = {
    "end of data": "a cell in quotes does not end",
    "expected after": "a cell goes on behind its closing quotation mark",
    "field limit": "a cell is longer than 131,072 characters",
}
_HEADER_HELP = "begin the file with a header row such as `member,contribution`"
