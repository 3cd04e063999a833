"""Amounts written as text, as most are: a sign or none, some digits, and a point and decimals or none.

Whatever else a cell may hold is left to the reader of cells.
"""

import numpy
import pyarrow
import pyarrow.compute

from rulelang.sweeps.scenarios.integers import Scaled, Truths, from_decimals

_MOST_DIGITS = 15
_ZERO, _NINE, _POINT, _MINUS = 48, 57, 46, 45
_TAKEN = numpy.zeros(256, bool)
_TAKEN[_ZERO : _NINE + 1] = True
_TAKEN[[_POINT, _MINUS]] = True


def plain_decimals(array: pyarrow.Array, digits: int) -> tuple[Scaled, Truths]:
    """The integers of short plain decimals with up to ``digits`` decimals, and which texts are such."""
    if _all_plain(array, digits):
        try:
            found = from_decimals(array.cast(pyarrow.decimal128(38, digits)), digits)
        except pyarrow.ArrowInvalid:  # a sign or a second point inside
            pass
        else:
            return found, numpy.ones(len(array), bool)
    decimals = rf"(\.[0-9]{{1,{digits}}})?" if digits else ""
    pattern = rf"^-?[0-9]{{1,{_MOST_DIGITS}}}{decimals}$"
    matches = pyarrow.compute.match_substring_regex(array, pattern)
    quick = numpy.asarray(matches, dtype=bool)
    if not quick.all():
        array = pyarrow.compute.if_else(matches, array, pyarrow.scalar("0", array.type))
    return from_decimals(array.cast(pyarrow.decimal128(38, digits)), digits), quick


def _all_plain(array: pyarrow.Array, digits: int) -> bool:
    """Whether all texts are short plain decimals, or no numbers at all.

    This looks at the bytes of all cells together, which takes a fifth of the time of an expression for each.
    """
    wide = pyarrow.types.is_large_string(array.type)
    _, offsets, data = array.buffers()
    ends = numpy.frombuffer(offsets, numpy.int64 if wide else numpy.int32)
    ends = ends[array.offset : array.offset + len(array) + 1]
    if not len(array) or int(ends[0]) == int(ends[-1]):
        return False
    letters = numpy.frombuffer(data, numpy.uint8)[ends[0] : ends[-1]]
    starts, ends = ends[:-1] - ends[0], ends[1:] - ends[0]
    lengths = ends - starts
    if int(lengths.min()) < 1 or int(lengths.max()) > _MOST_DIGITS or not _TAKEN[letters].all():
        return False
    first, last = letters[starts], letters[ends - 1]
    second = letters[numpy.minimum(starts + 1, ends - 1)]
    whole = (first != _POINT) & ((first != _MINUS) | ((second >= _ZERO) & (lengths > 1))) & (last >= _ZERO)
    points = sum(
        int(((letters[numpy.maximum(ends - 1 - place, 0)] == _POINT) & (lengths > place)).sum())
        for place in range(1, digits + 1)
    )
    return bool(whole.all()) and points == int((letters == _POINT).sum())
