"""Decimals of Parquet files as they are stored: whole numbers of some bytes, the first byte the highest.

Turning them into Arrow's decimals takes longer than all other reading together, because it is done value by value.
So such columns are read as bare bytes, by a description of the file that says no more of them, and turned into
decimals of 64 or 128 bits as a whole.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pyarrow.parquet
from attrs import field, frozen

from rulelang.views.sweep.compact import BINARY, Struct, read_start, write_struct

_MAGIC = b"PAR1"
_TAIL = 8
# numbers of fields in the footer, by the Parquet format
_FILE_SCHEMA = 2
_TYPE, _LENGTH, _NAME, _CONVERTED, _SCALE, _PRECISION, _LOGICAL = 1, 2, 4, 6, 7, 8, 10
_FIXED_LENGTH, _DECIMAL = 7, 5
_LONGEST = 16


@frozen
class RawDecimals:
    """How a file is read: the description to read it by (``None``: its own), and the type of each bare column."""

    metadata: Any = None
    types: dict[str, Any] = field(factory=dict)

    def restored(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        """A batch read by this description, with its decimals."""
        if not self.types:
            return batch
        columns = [
            _decimals(column, self.types[name]) if name in self.types else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pyarrow.RecordBatch.from_arrays(columns, names=batch.schema.names)


def raw_decimals(path: Path) -> RawDecimals:
    """How the decimals of a Parquet file are read; as usual where the file or the library is too old for more."""
    if not hasattr(pyarrow, "decimal64"):
        return RawDecimals()
    with path.open("rb") as file:
        file.seek(-_TAIL, 2)
        tail = file.read()
        length = int.from_bytes(tail[:4], "little")
        file.seek(-_TAIL - length, 2)
        footer = file.read(length)
    start, behind = read_start(footer, _FILE_SCHEMA)
    if tail[4:] != _MAGIC or _FILE_SCHEMA not in start:
        return RawDecimals()
    elements: list[Struct] = start[_FILE_SCHEMA][1].items
    types = dict(_bared(elements))
    if not types:
        return RawDecimals()
    plain = write_struct(start)[:-1] + footer[behind:]  # without the zero that ends a struct
    file_of_footer = _MAGIC + plain + len(plain).to_bytes(4, "little") + _MAGIC
    return RawDecimals(pyarrow.parquet.read_metadata(pyarrow.BufferReader(file_of_footer)), types)


def _bared(elements: list[Struct]) -> Iterator[tuple[str, Any]]:
    """Take from the elements of a schema that they are decimals; their names and types."""
    for element in elements:
        length = element.get(_LENGTH, (0, _LONGEST + 1))[1]
        known = element.get(_TYPE, (0, None))[1] == _FIXED_LENGTH and element.get(_CONVERTED, (0, None))[1] == _DECIMAL
        if not known or length > _LONGEST or element[_NAME][0] != BINARY:
            continue
        precision, scale = element[_PRECISION][1], element.get(_SCALE, (0, 0))[1]
        narrow = length <= 8 and precision <= 18
        yield element[_NAME][1].decode(), (pyarrow.decimal64 if narrow else pyarrow.decimal128)(precision, scale)
        for number in (_CONVERTED, _SCALE, _PRECISION, _LOGICAL):
            element.pop(number, None)


def _decimals(array: Any, type_: Any) -> Any:
    """Bare bytes as decimals."""
    length, rows = array.type.byte_width, array.offset + len(array)
    validity, data = array.buffers()
    given = numpy.frombuffer(data, numpy.uint8, rows * length).reshape(rows, length)
    full = 8 if type_.bit_width == 64 else 16
    if length < full:
        padded = numpy.empty((rows, full), numpy.uint8)
        padded[:, full - length :] = given
        padded[:, : full - length] = numpy.where(given[:, :1] >= 128, 255, 0)  # the sign goes on
        given = padded
    words = given.view(">u8").reshape(rows, full // 8)[:, ::-1].astype("<u8")
    buffers = [validity, pyarrow.py_buffer(words)]
    return pyarrow.Array.from_buffers(type_, len(array), buffers, array.null_count, array.offset)
