"""A Parquet file that grows by row groups, each made elsewhere as a small Parquet file of its own.

The bytes of a row group are appended as they are; only the places in its description are moved, and the footer is
written at the end.  So several processes encode at once, nothing is encoded twice, a stopped run goes on where the
last whole group ends, and the bytes are the same however the work was divided.
"""

import errno
import os
import zlib
from pathlib import Path
from typing import BinaryIO

import pyarrow
import pyarrow.parquet
from attrs import define, field, frozen

from rulelang.base.outputs import create, reopen
from rulelang.model.result_columns import OUTCOME, SCENARIO, UNCOVERED
from rulelang.summary.seal import MAGIC, OPEN, checksum, seal
from rulelang.sweeps.results.thrift import (
    BINARY,
    I64,
    LIST,
    STRUCT,
    Items,
    Place,
    Raw,
    Struct,
    Template,
    read_struct,
    write_struct,
    write_template,
)

_TAIL = 8
_LONGEST_TEXT = (SCENARIO, OUTCOME, "code", "column")
_LOOKED_UP = (SCENARIO, UNCOVERED)
"""The columns whose least and most stand in each row group, so that readers pass over groups."""
_CANNOT_COPY = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP)
_AT_ONCE = 1 << 22
_LEVEL = -1
"""Of zstd: a tenth faster than its level 1, and one part in a hundred larger."""

# numbers of fields in the footer, by the Parquet format
_FILE_ROWS, _FILE_GROUPS, _FILE_KEYS = 3, 4, 5
_GROUP_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _GROUP_ORDINAL = 1, 3, 5, 7
_CHUNK_OFFSET, _CHUNK_DATA, _CHUNK_INDEXES = 2, 3, (4, 6)
_DATA_PLACES = (9, 10, 11, 14)


@frozen
class Stored:
    """Bytes that lie in an open file: its descriptor, the first byte, and how many they are."""

    descriptor: int
    start: int
    size: int

    def __len__(self) -> int:
        return self.size

    def append_to(self, stream: BinaryIO, end: int) -> None:
        """Copy them to where a file ends; by the system itself, where it can."""
        stream.flush()
        done = 0
        while done < self.size:
            count = self._copy(stream, done, end + done)
            if not count:
                raise OSError("a file of a worker is cut short")
            done += count
        stream.seek(end + done)

    def _copy(self, stream: BinaryIO, done: int, end: int) -> int:
        """Copy some of what is left; how many bytes."""
        left, start = self.size - done, self.start + done
        try:
            return os.copy_file_range(self.descriptor, stream.fileno(), left, start, end)
        except (AttributeError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _CANNOT_COPY:
                raise
        os.lseek(self.descriptor, start, os.SEEK_SET)
        stream.seek(end)
        return stream.write(os.read(self.descriptor, min(left, _AT_ONCE)))


@frozen
class RowGroup:
    """A row group on its way into a file: its bytes and their CRC-32, its rows, and its description without places."""

    data: pyarrow.Buffer | Stored
    checksum: int
    rows: int
    description: Template


def encoded(table: pyarrow.Table) -> RowGroup:
    """A table as a row group; the same table gives the same bytes.

    Amounts are written as they are: attempts at dictionaries and the least and most of each column cost more than half
    as much again, and nobody looks up scenarios by them but by id or uncovered loss.
    """
    file = _written(table)
    footer, start = _footer(file)
    (group,) = footer[_FILE_GROUPS][1].items
    group.pop(_GROUP_ORDINAL, None)  # says nothing that the order does not, and counts to 32,767 only
    _mark(group, (_GROUP_OFFSET,))
    for chunk in group[_GROUP_COLUMNS][1].items:
        _mark(chunk, (_CHUNK_OFFSET, *_CHUNK_INDEXES))
        _mark(chunk[_CHUNK_DATA][1], _DATA_PLACES)
    data = file.slice(len(MAGIC), start - len(MAGIC))
    return RowGroup(data, zlib.crc32(data), group[_GROUP_ROWS][1], write_template(group))


def _mark(struct: Struct, numbers: tuple[int, ...]) -> None:
    """Leave gaps where a description says where bytes stand, counted from the start of the group."""
    for number in numbers:
        if number in struct and struct[number][1]:  # 0: not used
            wire, place = struct[number]
            struct[number] = (wire, Place(place - len(MAGIC)))


def _written(table: pyarrow.Table) -> pyarrow.Buffer:
    """A table as a Parquet file of one row group."""
    out = pyarrow.BufferOutputStream()
    names = table.schema.names
    pyarrow.parquet.write_table(
        table,
        out,
        row_group_size=max(1, table.num_rows),
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=[name for name in names if name in _LONGEST_TEXT],
        write_statistics=[name for name in names if name in _LOOKED_UP],
        data_page_size=1 << 20,
        write_page_checksum=True,
    )
    return out.getvalue()


def _footer(file: pyarrow.Buffer) -> tuple[Struct, int]:
    """The footer of a Parquet file, and where it starts."""
    data = memoryview(file)
    start = len(data) - _TAIL - int.from_bytes(data[-_TAIL:-4], "little")
    return read_struct(bytes(data[start:-_TAIL])), start


@define
class ParquetWriter:
    """A Parquet file as it grows; ``groups`` are the descriptions of its row groups, ``end`` where they end."""

    schema: pyarrow.Schema
    stream: BinaryIO
    groups: list[bytes] = field(factory=list)
    rows: int = 0
    end: int = len(OPEN)

    @classmethod
    def create(cls, path: Path, schema: pyarrow.Schema) -> "ParquetWriter":
        """A new file without row groups."""
        stream = create(path)
        stream.write(OPEN)
        return cls(schema, stream)

    @classmethod
    def reopen(cls, path: Path, schema: pyarrow.Schema) -> "ParquetWriter":
        """A file that was stopped; :meth:`restore` says how much of it stands."""
        return cls(schema, reopen(path))

    def restore(self, group: bytes, rows: int, end: int) -> None:
        """Take over a row group that was appended before the run was stopped."""
        self.groups.append(group)
        self.rows, self.end = self.rows + rows, end

    def holds(self, end: int, checksum_then: int) -> bool:
        """Whether the bytes from where the file ends now up to ``end`` are those that were appended then."""
        return checksum(self.stream, self.end, end) == checksum_then

    def cut(self) -> None:
        """Cut off what was appended behind the last row group that stands."""
        self.stream.truncate(self.end)
        self.stream.seek(self.end)

    def append(self, group: RowGroup) -> tuple[bytes, int, int, int]:
        """Append a row group: its description, its rows, where it ends now, and the checksum of its bytes."""
        described = group.description.filled(self.end)
        if isinstance(group.data, Stored):
            group.data.append_to(self.stream, self.end)
        else:
            self.stream.write(group.data)
        self.restore(described, group.rows, self.end + len(group.data))
        return described, group.rows, self.end, group.checksum

    def settle(self) -> None:
        """Bring what was appended onto the disk; a file that is finished is there already."""
        if self.stream.closed:
            return
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def finish(self, about: dict[str, str]) -> None:
        """Write the footer, with ``about`` among the file's keys, and close the file."""
        footer, _ = _footer(_written(self.schema.empty_table()))
        footer[_FILE_ROWS] = (I64, self.rows)
        footer[_FILE_GROUPS] = (LIST, Items(STRUCT, [Raw(group) for group in self.groups]))
        pairs = [{1: (BINARY, key.encode()), 2: (BINARY, value.encode())} for key, value in sorted(about.items())]
        known = footer[_FILE_KEYS][1].items if _FILE_KEYS in footer else []
        footer[_FILE_KEYS] = (LIST, Items(STRUCT, [*pairs, *known]))
        tail = write_struct(footer)
        self.stream.write(tail + len(tail).to_bytes(4, "little") + MAGIC)
        seal(self.stream)
        self.settle()
        self.stream.close()
