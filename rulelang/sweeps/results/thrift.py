"""The compact protocol of Thrift, in which the footer of a Parquet file is written: read to plain values and back.

A struct is a dictionary from field number to a pair of wire type and value.  Only what footers hold is here: no maps.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

from attrs import frozen

Thrift: TypeAlias = Any
"""What stands in a footer: whole numbers, bytes, lists, structs; the wire type beside it says which."""
Struct: TypeAlias = dict[int, tuple[int, Thrift]]
"""The fields of a struct: wire type and value by field number."""
Reader = Callable[[bytes, int], tuple[Thrift, int]]
"""What reads a value is given the bytes and the place where it stands, and gives the value and the place behind it."""

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12
_INTEGERS = (I16, I32, I64)
_LONG_LIST = 15


@frozen
class Items:
    """A list: the wire type of its items, and the items."""

    wire: int
    items: list[Thrift]


@frozen
class Raw:
    """A struct that is already written."""

    data: bytes


@frozen
class Place:
    """A whole number that is filled in later: in a struct that is written as a :class:`Template`."""

    value: int


@frozen
class Template:
    """A struct as bytes with gaps for places: ``texts`` stand before, between and behind them."""

    texts: tuple[bytes, ...]
    places: tuple[int, ...]

    def filled(self, by: int) -> bytes:
        """The struct, its places moved by so much."""
        out = bytearray(self.texts[0])
        for place, text in zip(self.places, self.texts[1:], strict=True):
            _put_zigzag(out, place + by)
            out += text
        return bytes(out)


class _Gapped(bytearray):
    """Bytes that note where places belong."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[tuple[int, int]] = []


def read_struct(data: bytes) -> Struct:
    """The struct that stands at the start of ``data``.

    Raises:
        ValueError: it holds something that no footer holds.
        EOFError: it is cut short.
    """
    try:
        return _read_struct(data, 0)[0]
    except IndexError:
        raise EOFError("a Thrift struct is cut short") from None


def write_struct(struct: Struct) -> bytes:
    """A struct as bytes; reading them gives the same struct."""
    out = bytearray()
    _write_struct(out, struct)
    return bytes(out)


def write_template(struct: Struct) -> Template:
    """A struct with a :class:`Place` here and there as bytes with gaps."""
    out = _Gapped()
    _write_struct(out, struct)
    ends = [0, *(end for end, _ in out.gaps), len(out)]
    texts = tuple(bytes(out[start:end]) for start, end in pairwise(ends))
    return Template(texts, tuple(place for _, place in out.gaps))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = data[at]
    if value < 0x80:
        return value, at + 1
    value &= 0x7F
    shift = 7
    while True:
        at += 1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at + 1
        shift += 7


def _zigzag(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return value >> 1 ^ -(value & 1), at


def _read_struct(data: bytes, at: int) -> tuple[Struct, int]:
    struct: Struct = {}
    number = 0
    while head := data[at]:
        wire, step = head & 0x0F, head >> 4
        if step:
            number, at = number + step, at + 1
        else:
            number, at = _zigzag(data, at + 1)
        value = None
        if wire not in (TRUE, FALSE):
            value, at = _reader(wire)(data, at)
        struct[number] = (wire, value)
    return struct, at + 1


def _read_list(data: bytes, at: int) -> tuple[Items, int]:
    head, at = data[at], at + 1
    wire, size = head & 0x0F, head >> 4
    if size == _LONG_LIST:
        size, at = _varint(data, at)
    # in a list, a truth value is a byte of its own
    read = _reader(BYTE if wire in (TRUE, FALSE) else wire)
    items = []
    for _ in range(size):
        item, at = read(data, at)
        items.append(item)
    return Items(wire, items), at


def _read_binary(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = _varint(data, at)
    return _piece(data, at, size)


def _piece(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(data):
        raise EOFError("a Thrift struct is cut short")
    return data[at : at + size], at + size


def _reader(wire: int) -> Reader:
    if wire not in _READERS:
        raise ValueError(f"the Thrift type {wire} has no place in a footer")
    return _READERS[wire]


_READERS: dict[int, Reader] = {
    BYTE: partial(_piece, size=1),
    I16: _zigzag,
    I32: _zigzag,
    I64: _zigzag,
    DOUBLE: partial(_piece, size=8),
    BINARY: _read_binary,
    LIST: _read_list,
    SET: _read_list,
    STRUCT: _read_struct,
}


def _put_varint(out: bytearray, value: int) -> None:
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _put_zigzag(out: bytearray, value: int) -> None:
    _put_varint(out, value << 1 if value >= 0 else -value * 2 - 1)


def _write_struct(out: bytearray, struct: Struct | Raw) -> None:
    if isinstance(struct, Raw):
        out += struct.data
        return
    last = 0
    for number, (wire, value) in sorted(struct.items()):
        step = number - last
        out.append((step << 4 | wire) if 0 < step < 16 else wire)
        if not 0 < step < 16:
            _put_zigzag(out, number)
        last = number
        if wire not in (TRUE, FALSE):
            _write_value(out, wire, value)
    out.append(0)


def _write_value(out: bytearray, wire: int, value: Thrift) -> None:
    if isinstance(value, Place):
        assert isinstance(out, _Gapped), "a place is written in a template only"
        out.gaps.append((len(out), value.value))
    elif wire in _INTEGERS:
        _put_zigzag(out, value)
    elif wire in (LIST, SET):
        size = len(value.items)
        out.append(min(size, _LONG_LIST) << 4 | value.wire)
        if size >= _LONG_LIST:
            _put_varint(out, size)
        for item in value.items:
            if value.wire in (TRUE, FALSE):
                out += item
            else:
                _write_value(out, value.wire, item)
    elif wire == STRUCT:
        _write_struct(out, value)
    else:
        if wire == BINARY:
            _put_varint(out, len(value))
        out += value
