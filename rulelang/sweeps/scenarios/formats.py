"""The formats of tables of scenarios: Parquet, CSV, Arrow files and streams.

CSV cells are read as text and never pass through floating numbers.  Files come from strangers: what the library reads
of them is looked at as a whole (offsets, texts, places in dictionaries) before anything else looks at it.
"""

import csv
import io
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.ipc
from attrs import define

from rulelang.base import files
from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.suggest import listed
from rulelang.summary.seal import require_whole
from rulelang.summary.source import parquet_file, said_by
from rulelang.syntax.read import refuse_binary

_MOST_ROWS, _CELLS = 1 << 14, 1 << 24
_CSV_BLOCK = 1 << 20
_MOST_SCALE = 76
"""Decimals after the point, or zeros before it, that any width of decimals can fill."""

Column: TypeAlias = pyarrow.Array | pyarrow.ChunkedArray
"""A column of a batch or of a table."""
DAMAGE = (pyarrow.ArrowException, OSError, ValueError, LookupError, OverflowError, MemoryError, csv.Error)
"""What reading a file raises that is not as it should be."""


@define
class ScenarioFile(ABC):
    """A file of scenarios: its columns, how many rows it has (``None``: not known yet), and rows passed over unread.

    ``parts`` are the rows of what can be read by itself; ``None`` if the file is read from its start only.  ``stamp``
    is what :func:`stamp_of` said when it was opened.
    """

    path: Path
    schema: pyarrow.Schema
    rows: int | None
    parts: tuple[int, ...] | None = None
    passed: int = 0
    stamp: tuple[int, int] = (0, 0)

    @property
    def at_a_time(self) -> int:
        """How many rows make a batch: fewer where there are many columns, so that memory is bounded."""
        rows = min(_MOST_ROWS, _CELLS // max(1, len(self.schema)))
        return 1 << max(rows, 1).bit_length() - 1

    @abstractmethod
    def batches(self, skip: int, most: int | None = None) -> Iterator[pyarrow.RecordBatch]:
        """Up to ``most`` rows in sound batches, behind the first ``skip``; whole parts within these are passed over."""

    def column(self, name: str) -> Iterator[pyarrow.Array]:
        """One column, part by part."""
        return (batch.column(name) for batch in self.batches(0))

    def _within(
        self, batches: Iterable[pyarrow.RecordBatch], skip: int, most: int | None
    ) -> Iterator[pyarrow.RecordBatch]:
        """What lies behind the first ``skip`` rows, of which ``passed`` were passed over, and is no more than asked."""
        for batch in batches:
            batch.validate()
            gone = min(skip - self.passed, batch.num_rows)
            self.passed += gone
            if gone == batch.num_rows:
                continue
            batch.validate(full=True)
            part = batch.slice(gone, most)
            most = None if most is None else most - part.num_rows
            yield part
            if most == 0:
                return


def plain_schema(schema: pyarrow.Schema) -> pyarrow.Schema:
    """The columns without what only one library knows: text is text, however it is stored.

    Raises:
        ValueError: a title is not UTF-8, or a type is one whose numbers nobody can write out.
    """
    for column in schema:
        if pyarrow.types.is_decimal(column.type) and abs(column.type.scale) > _MOST_SCALE:
            raise ValueError(f"its column `{column.name}` is `{column.type}`, which no number fits")
    return pyarrow.schema([pyarrow.field(column.name, _plain(column.type)) for column in schema])


def _plain(type_: pyarrow.DataType) -> pyarrow.DataType:
    types = pyarrow.types
    if types.is_dictionary(type_):
        inner = _plain(type_.value_type)
        return pyarrow.large_string() if types.is_string(inner) or types.is_large_string(inner) else type_
    return pyarrow.large_string() if types.is_string_view(type_) else type_


def plain_column(column: Column, type_: pyarrow.DataType) -> Column:
    """A column, or a part of one, as a type of :func:`plain_schema`."""
    if isinstance(column, pyarrow.ChunkedArray):
        return pyarrow.chunked_array([plain_column(chunk, type_) for chunk in column.chunks], type_)
    if isinstance(column, pyarrow.DictionaryArray) and column.type != type_:
        return column.dictionary.cast(type_).take(column.indices)
    return column.cast(type_)


class _Parquet(ScenarioFile):
    def batches(self, skip: int, most: int | None = None) -> Iterator[pyarrow.RecordBatch]:
        self.passed = start = 0
        end = None if most is None else skip + most
        groups: list[int] = []
        for group, rows in enumerate(self.parts or ()):
            if not groups and start + rows <= skip:
                self.passed += rows
            elif end is None or start < end:
                groups.append(group)
            start += rows
        with parquet_file(self.path) as file:
            # one thread: who wants more processors takes more workers
            yield from self._within(file.iter_batches(self.at_a_time, row_groups=groups, use_threads=False), skip, most)

    def column(self, name: str) -> Iterator[pyarrow.Array]:
        with parquet_file(self.path) as file:
            for batch in file.iter_batches(_MOST_ROWS, columns=[name]):
                batch.validate(full=True)
                yield batch.column(name)


class _Arrow(ScenarioFile):
    def batches(self, skip: int, most: int | None = None) -> Iterator[pyarrow.RecordBatch]:
        self.passed = 0
        for batch in self._within(_arrow_batches(self.path), skip, most):
            for start in range(0, batch.num_rows, self.at_a_time):
                # who looks at what is gone of a mapped file is ended by the system
                if self.path.stat().st_size < self.stamp[0]:
                    raise pyarrow.ArrowInvalid("it was cut short")
                yield batch.slice(start, self.at_a_time)


@define
class _Csv(ScenarioFile):
    """A CSV file; ``headings`` are those of its columns as they are written, blanks around them and all."""

    headings: tuple[str, ...] = ()

    def batches(self, skip: int, most: int | None = None) -> Iterator[pyarrow.RecordBatch]:
        return self._within(self._counted(), skip, most)

    def _counted(self) -> Iterator[pyarrow.RecordBatch]:
        """All rows, counted on the way."""
        self.passed = 0
        size, seen, length = self.path.stat().st_size, 0, 0
        for batch in map(self._filled, _csv_batches(self.path, self.headings)):
            cells = batch.num_rows * batch.num_columns
            seen, length = seen + batch.num_rows, length + max(1, batch.nbytes - 3 * cells)  # a separator for a cell
            self.rows = max(seen, size * seen // length)
            yield batch
        self.rows = seen

    def _filled(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        """A batch under the plain names of its columns, without rows in which every cell is empty."""
        batch = pyarrow.RecordBatch.from_arrays(batch.columns, schema=self.schema)
        blank = pyarrow.compute.equal(batch.column(0), "")
        for column in batch.columns[1:]:
            if not blank.true_count:
                return batch
            blank = pyarrow.compute.and_(blank, pyarrow.compute.equal(column, ""))
        return batch.filter(pyarrow.compute.invert(blank)) if blank.true_count else batch


@define
class InMemory(ScenarioFile):
    """A table in memory, as if it were a file."""

    table: pyarrow.Table = None

    def batches(self, skip: int, most: int | None = None) -> Iterator[pyarrow.RecordBatch]:
        """Up to ``most`` rows in batches, behind the first ``skip``."""
        self.passed = min(skip, self.table.num_rows)
        yield from self.table.slice(self.passed, most).to_batches(max_chunksize=self.at_a_time)


def _arrow_batches(path: Path) -> Iterator[pyarrow.RecordBatch]:
    with pyarrow.memory_map(os.fsencode(path)) as file:
        if file.read(6) == b"ARROW1":
            reader = pyarrow.ipc.open_file(file)
            yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
        else:
            file.seek(0)
            yield from pyarrow.ipc.open_stream(file)


class _Text(io.BufferedReader):
    """The bytes of a CSV file, as the library reads them, if they are those of a text."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb", buffering=0))
        self.path = path

    def read(self, size: int | None = -1) -> bytes:
        start, data = self.tell(), super().read(size)
        if not start or b"\0" in data:
            refuse_binary(data, str(self.path))
        return data

    read1 = read  # what a decoder of text asks for


def _csv_batches(path: Path, headings: Iterable[str]) -> Iterator[pyarrow.RecordBatch]:
    texts = dict.fromkeys(headings, pyarrow.string())
    with _Text(path) as file:  # from a path, the library reads the whole file ahead of who takes the batches
        yield from pyarrow.csv.open_csv(
            file,
            pyarrow.csv.ReadOptions(block_size=_CSV_BLOCK),
            convert_options=pyarrow.csv.ConvertOptions(column_types=texts, null_values=[], strings_can_be_null=False),
        )


def _rows_of(batch: pyarrow.RecordBatch) -> int:
    batch.validate()
    return int(batch.num_rows)


def _open_parquet(path: Path) -> ScenarioFile:
    require_whole(path)
    with parquet_file(path) as file:
        meta = file.metadata
        parts = tuple(meta.row_group(number).num_rows for number in range(meta.num_row_groups))
        return _Parquet(path, file.schema_arrow, meta.num_rows, parts)


def _open_arrow(path: Path) -> ScenarioFile:
    with pyarrow.memory_map(os.fsencode(path)) as file:
        if file.read(6) != b"ARROW1":
            file.seek(0)
            return _Arrow(path, pyarrow.ipc.open_stream(file).schema, None)
        reader = pyarrow.ipc.open_file(file)
        parts = tuple(_rows_of(reader.get_batch(number)) for number in range(reader.num_record_batches))
        return _Arrow(path, reader.schema, sum(parts), parts)


def _open_csv(path: Path) -> ScenarioFile:
    with io.TextIOWrapper(_Text(path), encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file, strict=True), None)
    if not header:
        raise pyarrow.ArrowInvalid("it is empty")
    schema = pyarrow.schema([(name.strip(), pyarrow.string()) for name in header])
    return _Csv(path, schema, None, headings=tuple(header))


ENDINGS = {
    ".parquet": _open_parquet,
    ".pq": _open_parquet,
    ".csv": _open_csv,
    ".arrow": _open_arrow,
    ".feather": _open_arrow,
    ".ipc": _open_arrow,
}
"""How files are opened, by the endings of their names."""
_SHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})


def open_file(path: Path) -> ScenarioFile:
    """A file of scenarios, of the format that its name says.

    Raises:
        ReadError: it cannot be read, is damaged, or is of no known format.
    """
    opener = ENDINGS.get(path.suffix.lower())
    if opener is None:
        message, advice = f"{path} is of no known format of scenarios", f"tables end in {listed(ENDINGS)}"
        if path.suffix.lower() in _SHEETS:
            message, advice = (
                f"{path} is a spreadsheet, not a table",
                "save the sheet as CSV in UTF-8, with commas between the cells",
            )
        raise ReadError([finding("unreadable-table", message, help=advice)])
    try:
        stamp = stamp_of(path)
        files.note_input(path)
        file = opener(path)
        file.schema, file.stamp = plain_schema(file.schema), stamp
    except DAMAGE as error:
        raise unreadable(path, error) from None
    return file


def stamp_of(path: Path) -> tuple[int, int]:
    """The size of a file in bytes, and the time of its last change in nanoseconds.

    Raises:
        OSError: it is not there.
    """
    found = path.stat()
    return found.st_size, found.st_mtime_ns


_RAGGED = re.compile(
    r"CSV parse error: (?:Row #[0-9]+: )?Expected (?P<due>[0-9]+) columns, got (?P<got>[0-9]+): (?P<row>.*)", re.DOTALL
)
"""What the library says of a row that is longer or shorter than the header."""


def unreadable(path: Path, error: Exception) -> ReadError:
    """The error for a table that cannot be read, with the reason on one line."""
    if isinstance(error, OSError) and error.errno is not None:
        return files.unreadable(path, error)
    reason, advice = said_by(error), "write the file anew: a copy or a program may have been stopped halfway"
    ragged = _RAGGED.match(reason)
    if ragged is not None:
        due, got = int(ragged["due"]), int(ragged["got"])
        cells = f"{got} cell" + "s" * (got != 1)
        reason = f"the row `{ragged['row']}` has {cells}, but the header has {due}"
        advice = "put cells that hold commas in quotes" if got > due else "give each row a cell for each column"
    elif reason == "it is not UTF-8 text":
        advice = "save the file as plain text in UTF-8"
    elif reason == "it is empty":
        advice = "begin the file with a header row such as `scenario,loss.MEMBER`"
    message = f"cannot read {path} as a table: {reason}"
    return ReadError([finding("unreadable-table", message, help=advice)])
