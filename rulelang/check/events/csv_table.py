"""Tables of an event as CSV: a header row, rows of as many cells, and for every finding its row and column."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from attrs import define, field, frozen

from rulelang.base.advice import Advice, Certainty, Help, write
from rulelang.base.diagnostic import CheckError, Diagnostic, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.suggest import did_you_mean, listed

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\r\n]*')


@frozen
class Shape:
    """What the columns of a table may be: those due, those that may be left out, and whether others may stand too."""

    what: str
    due: tuple[str, ...]
    optional: tuple[str, ...] = ()
    open: bool = False

    @property
    def example(self) -> str:
        """What to begin a file with."""
        return f"begin the file with a header row such as `{','.join((*self.due, *self.optional))}`"


@frozen
class Cell:
    """What stands in a cell, without the blanks around it, and where."""

    text: str
    place: Place


@frozen
class Row:
    """The cells of one row, the offsets where it starts and ends, and the number of its first line."""

    cells: list[str]
    start: int
    end: int
    line: int


@define
class CsvTable:
    """A table that is read: its columns, the place of each heading, and what was found wrong so far.

    Raises:
        CheckError: no header, or a column without a name, named twice or unknown.
    """

    source: SourceText
    shape: Shape
    columns: tuple[str, ...] = field(init=False, default=())
    headings: tuple[Place, ...] = field(init=False)
    findings: list[Diagnostic] = field(init=False, factory=list)
    _headings: tuple[str, ...] = field(init=False, default=())
    _below: Iterator[Row] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._below = self._rows()
        header = next(self._below, None)
        if header is None:
            place = Place(self.source, Span(0, 0))
            message = f"the file of {self.shape.what} is empty"
            raise CheckError([finding("malformed-table", message, place, help=self.shape.example)])
        self.columns = tuple(name.strip() for name in header.cells)
        self._headings = tuple(f", column {column}" for column in self.columns)
        self._check_header(header)
        self.headings = tuple(self._places(header))

    def rows(self) -> Iterator[dict[str, Cell]]:
        """The cells of each row by their columns; a row with an empty cell where something is due is left out.

        Raises:
            CheckError: a ragged row, a quotation that does not end, an empty cell where something is due; with every
                finding, when the last row is read.
        """
        for row in self._below:
            if len(row.cells) != len(self.columns):
                message = f"this row has {len(row.cells)} cells, but the header has {len(self.columns)}"
                self._report("malformed-table", message, row, None, "put cells that hold commas in quotes")
                continue
            places = self._places(row)
            cells = {
                column: Cell(text.strip(), place)
                for column, text, place in zip(self.columns, row.cells, places, strict=True)
            }
            if not any(self._is_empty(column, cells[column]) for column in self.shape.due):
                yield cells
        if self.findings:
            raise CheckError(self.findings)

    def _is_empty(self, column: str, cell: Cell) -> bool:
        """Whether nothing stands in a cell where something is due."""
        if cell.text or column == "value":  # an empty value is one that is missing
            return False
        message, advice = f"this row names no {column}", f"write the {column} in the column `{column}`"
        if column == "member":
            advice = "write the member's id in the column `member`"
        self.findings.append(finding("malformed-table", message, cell.place, help=advice))
        return True

    def _rows(self) -> Iterator[Row]:
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
                self._report("malformed-table", f"in this row {message}", Row([], start, consumed, line), None, advice)
                raise CheckError(self.findings) from None
            if any(cell.strip() for cell in cells):
                yield Row(cells, start, consumed, line)

    def _check_header(self, header: Row) -> None:
        """Refuse a header in which a column is missing, or one is unknown, named twice or not named at all."""
        missing = next((due for due in self.shape.due if due not in self.columns), None)
        if missing is not None:
            advice: Help = self.shape.example
            if len(self.columns) == 1 and not {";", "\t", "|"}.isdisjoint(self.columns[0]):
                advice = "separate the columns by commas, not by semicolons, tabs or bars"
            elif missing in map(str.lower, self.columns):
                written = next(name for name in self.columns if name.lower() == missing)
                repair = write(missing, instead_of=written, certainty=Certainty.SURE)
                advice = Advice(f"write {repair.quoted} in small letters", (repair,))
            self._report("malformed-table", f"the header has no column `{missing}`", header, None, advice)
        else:
            first = {name: index for index, name in reversed(list(enumerate(self.columns)))}
            for index, name in enumerate(self.columns):
                self._check_heading(header, index, first=first[name] == index)
        if self.findings:
            raise CheckError(self.findings)

    def _check_heading(self, header: Row, index: int, *, first: bool) -> None:
        name, known = self.columns[index], (*self.shape.due, *self.shape.optional)
        if not name:
            advice = "name the field that stands in it, or remove the column" if self.shape.open else "remove it"
            self._report("malformed-table", f"column {index + 1} has no name", header, index, advice)
        elif not first:
            self._report("duplicate-name", f"the column `{name}` stands twice", header, index, "keep one of the two")
        elif not self.shape.open and name not in known:
            message = f"a table of {self.shape.what} has no column `{name}`"
            near = did_you_mean(name, known)
            self._report("malformed-table", message, header, index, near or f"the columns are {listed(known, 'and')}")

    def _places(self, row: Row) -> list[Place]:
        """The place of each cell of a row."""
        extra = len(row.cells) - len(self._headings)
        where, quoted = f"row {row.line}", self.source.text.find('"', row.start, row.end) >= 0
        places, position = [], row.start
        for cell, heading in zip(row.cells, (*self._headings, *[""] * extra), strict=False):
            end = position + len(cell)
            if quoted:
                found = _CELL.match(self.source.text, position)
                end = found.end() if found else position
            places.append(Place(self.source, Span(position, end), where + heading))
            position = end + 1
        return places

    def _report(self, code: str, message: str, row: Row, column: int | None, advice: Help) -> None:
        if column is None:
            end = self.source.text.find("\n", row.start)
            end = len(self.source.text) if end < 0 else end
            place = Place(self.source, Span(row.start, end), f"row {row.line}")
        else:
            place = self._places(row)[column]
        self.findings.append(finding(code, message, place, help=advice))


_UNREADABLE = {
    "end of data": "a cell in quotes does not end",
    "expected after": "a cell goes on behind its closing quotation mark",
    "field limit": "a cell is longer than 131,072 characters",
}
