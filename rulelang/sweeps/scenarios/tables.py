"""Tables of scenarios: files, folders of them, and tables in memory, as one stream of tables of equal length.

Files are read in the order given, a folder in that of its names, batch by batch, so that memory does not grow with
their size.
"""

import hashlib
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow
from attrs import define

from rulelang.base.diagnostic import CheckError, Diagnostic, ReadError, finding
from rulelang.base.files import Kind, kind_of
from rulelang.base.suggest import listed
from rulelang.sweeps.options import Table
from rulelang.sweeps.scenarios.column_types import said
from rulelang.sweeps.scenarios.formats import (
    DAMAGE,
    ENDINGS,
    Column,
    InMemory,
    ScenarioFile,
    open_file,
    plain_column,
    plain_schema,
    stamp_of,
    unreadable,
)
from rulelang.sweeps.scenarios.partitions import Part, Partition, partitions_of

_HASHED_AT_ONCE = 1 << 22


@define
class Scenarios:
    """The scenarios of several files: one schema, and the files in order."""

    files: tuple[ScenarioFile, ...]

    @property
    def apart(self) -> bool:
        """Whether parts of all files can be read by themselves."""
        return all(file.parts is not None for file in self.files)

    @property
    def schema(self) -> pyarrow.Schema:
        """The columns, which are those of every file."""
        return self.files[0].schema

    def total(self) -> int | None:
        """How many scenarios there are, as far as is known by now; an estimate where CSV is read."""
        counts = [file.rows for file in self.files]
        return None if None in counts else sum(count for count in counts if count is not None)

    def partitions(self, rows: int) -> list[Partition]:
        """What is read in one go, where a piece has so many scenarios."""
        return partitions_of([file.parts for file in self.files], rows)

    def pieces(self, rows: int, skip: int = 0) -> Iterator[pyarrow.Table]:
        """Tables of ``rows`` scenarios each, without the first ``skip``; the last of a partition may be short.

        Raises:
            ReadError: a file turns out to be damaged.
        """
        for partition in self.partitions(rows):
            if partition.rows is None or partition.start + partition.rows > skip:
                yield from self.read(partition, rows, max(0, skip - partition.start))

    def read(self, partition: Partition, rows: int, skip: int = 0) -> Iterator[pyarrow.Table]:
        """The pieces of a partition, without its first ``skip`` scenarios.

        Raises:
            ReadError: a file turns out to be damaged.
        """
        waiting: list[pyarrow.RecordBatch] = []
        held = 0
        for batch in self._batches(partition.parts, skip):
            waiting.append(batch)
            held += batch.num_rows
            while held >= rows:
                table = pyarrow.Table.from_batches(waiting)
                yield table.slice(0, rows)
                rest = table.slice(rows)
                waiting, held = rest.to_batches(), rest.num_rows
        if held:
            yield pyarrow.Table.from_batches(waiting)

    def _batches(self, parts: Iterable[Part], skip: int) -> Iterator[pyarrow.RecordBatch]:
        for part in parts:
            file = self.files[part.file]
            if part.rows is not None and part.rows <= skip:
                skip -= part.rows
                continue
            try:
                for batch in file.batches(part.start + skip, None if part.rows is None else part.rows - skip):
                    if batch.num_rows:
                        yield _in_order(batch, self.schema)
            except DAMAGE as error:
                self.require_unchanged()
                raise unreadable(file.path, error) from None
            skip = 0 if part.rows is not None else skip - file.passed

    def identity(self) -> list[list[str | int]]:
        """By what a stopped run knows its files again: name, size and time of the last change."""
        return [[file.path.name, *file.stamp] for file in self.files]

    def require_unchanged(self) -> None:
        """Make sure that the files are those that were opened.

        Raises:
            ReadError: one was changed or removed since.
        """
        for file in self.files:
            try:
                stamp = stamp_of(file.path)
            except OSError as error:
                raise unreadable(file.path, error) from None
            if stamp != file.stamp:
                message = f"{file.path} was changed while its scenarios were run"
                advice = "run the sweep again when nothing writes to the file any more"
                raise ReadError([finding("unreadable-table", message, help=advice)])


def _in_order(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """A batch with the columns of the first file, in its order and with plain types."""
    columns: list[Column] = [batch.column(name) for name in schema.names]
    plain = [
        column if column.type == each.type else plain_column(column, each.type)
        for column, each in zip(columns, schema, strict=True)
    ]
    return pyarrow.RecordBatch.from_arrays(plain, names=schema.names)


def open_scenarios(paths: Iterable[Path], leave_out: Iterable[Path] = ()) -> Scenarios:
    """Open files of scenarios and folders of them; ``leave_out`` are files of a folder that are no scenarios.

    Raises:
        ReadError: a file cannot be read, is damaged, or is of no known format; a folder holds none.
        CheckError: the files have different columns, or a column has different types in them.
    """
    files = tuple(open_file(path) for path in _listed(paths, {path.resolve() for path in leave_out}))
    found = [difference for file in files[1:] for difference in _differences(files[0], file)]
    if found:
        raise CheckError(found)
    return Scenarios(files)


def _listed(paths: Iterable[Path], left_out: set[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if kind_of(path) is not Kind.FOLDER:
            found.append(path)
            continue
        try:
            files = sorted(path.iterdir())
        except OSError as error:
            raise unreadable(path, error) from None
        inside = [
            file
            for file in files
            if file.suffix.lower() in ENDINGS and not file.name.startswith(".") and file.resolve() not in left_out
        ]
        if not inside:
            message = f"the folder {path} holds no table of scenarios"
            advice = f"tables end in {listed(ENDINGS)}"
            raise ReadError([finding("unreadable-table", message, help=advice)])
        found += inside
    return found


def _differences(first: ScenarioFile, other: ScenarioFile) -> Iterator[Diagnostic]:
    """Where a file has other columns or types than the first."""
    for name in first.schema.names:
        if name not in other.schema.names:
            yield _alone(name, first, other)
    for name in other.schema.names:
        if name not in first.schema.names:
            yield _alone(name, other, first)
        elif first.schema.names.count(name) == 1 == other.schema.names.count(name):
            mine, its = first.schema.field(name).type, other.schema.field(name).type
            if mine != its:
                message = f"the column `{name}` is {said(mine)} in {first.path} but {said(its)} in {other.path}"
                yield finding("wrong-column-type", message, help="write all files with the same types")


def _alone(name: str, here: ScenarioFile, there: ScenarioFile) -> Diagnostic:
    message = f"the column `{name}` stands in {here.path} but not in {there.path}"
    return finding("unknown-column", message, help="give all files the same columns")


def scenarios_in(given: Table) -> Scenarios:
    """The scenarios of a file or folder, of several, or of a table in memory.

    Raises:
        ReadError: a file cannot be read, or what is given is no table.
        CheckError: the files have different columns.
    """
    if isinstance(given, str | Path):
        return open_scenarios([Path(given)])
    if isinstance(given, list | tuple) and all(isinstance(each, str | Path) for each in given):
        return open_scenarios([Path(each) for each in given])
    table = from_memory(given)
    return Scenarios((InMemory(Path("<table>"), table.schema, table.num_rows, table=table),))


def from_memory(table: Table) -> pyarrow.Table:
    """A table of scenarios from an Arrow table, a data frame, or anything that gives Arrow data.

    Raises:
        ReadError: it gives none.
    """
    try:
        if isinstance(table, pyarrow.RecordBatchReader):
            found = table.read_all()
        elif hasattr(table, "iloc"):  # pandas: its index is no column
            found = pyarrow.Table.from_pandas(table, preserve_index=False)
        else:
            found = table if isinstance(table, pyarrow.Table) else pyarrow.table(table)
        found.validate(full=True)
        schema = plain_schema(found.schema)
    except (TypeError, *DAMAGE) as error:
        message = f"the scenarios are no table: {str(error).splitlines()[0].rstrip('.: ')}"
        advice = "give an Arrow table, or a pandas or polars data frame"
        raise ReadError([finding("unreadable-table", message, help=advice)]) from None
    columns = [plain_column(found.column(place), column.type) for place, column in enumerate(schema)]
    return pyarrow.Table.from_arrays(columns, schema=schema)


def digest(path: Path, stopped: threading.Event) -> str:
    """The SHA-256 digest of a file, worked out while the sweep runs, unless that is stopped.

    Raises:
        ReadError: the file cannot be read.
    """
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while not stopped.is_set() and (data := file.read(_HASHED_AT_ONCE)):
                found.update(data)
    except OSError as error:
        raise unreadable(path, error) from None
    return found.hexdigest()
