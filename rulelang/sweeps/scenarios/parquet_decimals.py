"""Decimals of Parquet files as they are stored: whole numbers of some bytes, the first byte the highest.

Turning them into Arrow's decimals takes longer than all other reading together, because it is done value by value.
So such columns are read as bare bytes, by a description of the file that says no more of them, and turned into
decimals of 64 or 128 bits as a whole.  Where all such columns have eight bytes, they are read as whole numbers of 64
bits, which is quicker still: their bytes lie in the file in the same way, in the other order.
"""

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pyarrow.parquet
from attrs import field, frozen

from rulelang.sweeps.results.thrift import BINARY, Struct, read_start, write_struct

_MAGIC = b"PAR1"
_TAIL = 8
# numbers of fields in the footer, by the Parquet format
_FILE_SCHEMA = 2
_TYPE, _LENGTH, _NAME, _CONVERTED, _SCALE, _PRECISION, _LOGICAL = 1, 2, 4, 6, 7, 8, 10
_FIXED_LENGTH, _WHOLE, _DECIMAL = 7, 2, 5
_CHUNK_OF_BYTES, _CHUNK_OF_NUMBERS = b"\x1c\x15\x0e\x19", b"\x1c\x15\x04\x19"
"""How the description of a chunk begins: a struct, its first field a type, its second a list.

The library makes sure that the type of each chunk is that of its column, so that none is overlooked.
"""
_SAME_BYTES = frozenset({"PLAIN", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "RLE", "BIT_PACKED"})
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
    rest = footer[behind:]
    if all(element[_LENGTH][1] == 8 for element in elements if _TYPE in element and element[_TYPE][1] == _FIXED_LENGTH):
        chunks = _chunks(path, types)
        if chunks and rest.count(_CHUNK_OF_BYTES) == chunks:  # then each is the start of a chunk's description
            rest = rest.replace(_CHUNK_OF_BYTES, _CHUNK_OF_NUMBERS)
            for element in elements:
                if element.get(_TYPE, (0, None))[1] == _FIXED_LENGTH:
                    element[_TYPE] = (element[_TYPE][0], _WHOLE)
                    element.pop(_LENGTH)
    plain = write_struct(start)[:-1] + rest  # without the zero that ends a struct
    file_of_footer = _MAGIC + plain + len(plain).to_bytes(4, "little") + _MAGIC
    return RawDecimals(pyarrow.parquet.read_metadata(pyarrow.BufferReader(file_of_footer)), types)


def _chunks(path: Path, names: Container[str]) -> int:
    """How many chunks some columns have in all row groups; 0 if one is encoded in a way that depends on the type."""
    found = 0
    metadata = pyarrow.parquet.read_metadata(path)
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            if column.path_in_schema in names:
                if not _SAME_BYTES.issuperset(column.encodings):
                    return 0
                found += 1
    return found


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
    rows = array.offset + len(array)
    validity, data = array.buffers()
    length = 8 if pyarrow.types.is_int64(array.type) else array.type.byte_width
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
