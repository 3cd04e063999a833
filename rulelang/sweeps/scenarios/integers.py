"""Whole numbers, decimals and floating numbers of a column as exact 64-bit integers of a smaller unit.

``v`` becomes ``v * 10**digits``; what is no whole number then, or does not fit 64 bits, is told by its row and never
rounded or wrapped.  Only floating numbers are rounded, by the rule that was asked for, from their exact binary value.
"""

from collections.abc import Iterable
from decimal import Context
from typing import Any, TypeAlias, assert_never

import numpy
import pyarrow
import pyarrow.compute
from attrs import define, field
from numpy.typing import NDArray
from pyarrow import types

from rulelang.sweeps.options import Rounding
from rulelang.sweeps.tape.arrays import Integers

Truths = NDArray[numpy.bool_]
Number: TypeAlias = Any
"""A whole number, or many in an array: what is said of them by operators is the same."""
LARGEST = 2**63 - 1
"""The largest integer, and the negative of the smallest, that a scenario may hold."""

_MANTISSA = 53
_WIDE = Context(prec=80)

TOO_FINE, TOO_LARGE, NOT_A_NUMBER = "too fine", "too large", "no number"


@define
class Scaled:
    """The integers of a column; ``problems`` says for some rows why there is none (the integer there is 0).

    Where all is well, they may be those of the column itself, which are not to be written.
    """

    values: Integers
    problems: dict[int, str] = field(factory=dict)

    def refuse(self, rows: Truths, problem: str) -> None:
        """Note a problem for the rows where a mask holds."""
        for row in numpy.flatnonzero(rows).tolist():
            self.problems.setdefault(row, problem)
            self.values[row] = 0

    def settle(self, rows: Iterable[int], integers: Iterable[int], denominator: int = 1) -> None:
        """Enter exact quotients of Python integers for some rows."""
        for row, integer in zip(rows, integers, strict=True):
            quotient, rest = divmod(integer, denominator)
            fits = -LARGEST <= quotient <= LARGEST
            self.values[row] = quotient if fits and not rest else 0
            if rest or not fits:
                self.problems[row] = TOO_FINE if rest else TOO_LARGE


def from_whole(array: pyarrow.Array, digits: int) -> Scaled:
    """Whole numbers without nulls, of any width, times ten to the power of ``digits``."""
    numbers = numpy.asarray(array)
    bound = LARGEST // 10**digits
    if numbers.dtype == numpy.int64 and _within(numbers, bound):
        return Scaled(numbers * numpy.int64(10**digits) if digits else numbers)
    if numbers.dtype == numpy.uint64:
        fits = numbers <= numpy.uint64(bound)
    else:
        numbers = numbers.astype(numpy.int64)
        fits = (numbers >= -bound) & (numbers <= bound)
    found = Scaled(numpy.where(fits, numbers, 0).astype(numpy.int64) * numpy.int64(10**digits))
    found.refuse(~fits, TOO_LARGE)
    return found


def _within(numbers: Integers, bound: int) -> bool:
    """Whether whole numbers of 64 bits lie from ``-bound`` to ``bound``."""
    return not len(numbers) or (-bound <= int(numbers.min()) and int(numbers.max()) <= bound)


def from_decimals(array: pyarrow.Array, digits: int) -> Scaled:
    """Decimals without nulls, of any width, times ten to the power of ``digits``."""
    if types.is_decimal256(array.type):
        return _from_wide(array, digits)
    if array.type.bit_width < 64:
        array = array.cast(pyarrow.decimal128(38, array.type.scale))
    words = numpy.frombuffer(array.buffers()[1], numpy.int64)
    up = digits - array.type.scale
    if 0 <= up <= 18 and array.type.bit_width == 64:
        low = words[array.offset : array.offset + len(array)]
        if _within(low, LARGEST // 10**up):
            return Scaled(low * numpy.int64(10**up) if up else low)
    if not types.is_decimal128(array.type):
        array = array.cast(pyarrow.decimal128(38, array.type.scale))
        words = numpy.frombuffer(array.buffers()[1], numpy.int64)
    words = words[2 * array.offset : 2 * (array.offset + len(array))].reshape(-1, 2)
    low, high = words[:, 0], words[:, 1]
    narrow = high == low >> 63
    if up >= 0:
        bound = LARGEST // 10**up
        quick = narrow & (low >= -bound) & (low <= bound)
        found = Scaled(numpy.where(quick, low, 0) * numpy.int64(10 ** min(up, 18)))
    elif up >= -18:
        quick = narrow & (low != -LARGEST - 1)
        quotient, rest = numpy.divmod(numpy.where(quick, low, 0), numpy.int64(10**-up))
        found = Scaled(quotient)
        found.refuse(rest != 0, TOO_FINE)
    else:
        quick = narrow & (low == 0)
        found = Scaled(numpy.zeros(len(array), numpy.int64))
    wide = numpy.flatnonzero(~quick)
    whole = [(int(h) << 64) + int(w) for h, w in zip(high[wide], low[wide].view(numpy.uint64), strict=True)]
    found.settle(wide.tolist(), [number * 10 ** max(up, 0) for number in whole], 10 ** max(-up, 0))
    return found


def _from_wide(array: pyarrow.Array, digits: int) -> Scaled:
    """Decimals of 256 bits, one by one: hardly anybody stores amounts so."""
    found = Scaled(numpy.zeros(len(array), numpy.int64))
    scale = array.type.scale
    whole = [int(value.scaleb(scale, context=_WIDE)) for value in array.to_pylist()]
    up = digits - scale
    found.settle(range(len(array)), [n * 10 ** max(up, 0) for n in whole], 10 ** max(-up, 0))
    return found


def from_floats(array: pyarrow.Array, digits: int, rounding: Rounding) -> Scaled:
    """Floating numbers without nulls, times ten to the power of ``digits``, rounded from their exact binary value."""
    numbers = numpy.asarray(array).astype(numpy.float64)
    finite = numpy.isfinite(numbers)
    fraction, exponent = numpy.frexp(numpy.where(finite, numbers, 0))
    mantissa = numpy.ldexp(fraction, _MANTISSA).astype(numpy.int64)  # exact: so many bits a floating number has
    shift = exponent.astype(numpy.int64) - _MANTISSA
    factor = 10**digits
    quick = (shift < 0) & (shift > -63) & (factor <= 1000)  # then nothing below passes 63 bits
    found = Scaled(_rounded_all(numpy.where(quick, mantissa, 0), numpy.where(quick, -shift, 1), factor, rounding))
    slow = numpy.flatnonzero(~quick)
    pairs = zip(mantissa[slow].tolist(), shift[slow].tolist(), strict=True)
    found.settle(slow.tolist(), [_rounded(m * factor, by, rounding) for m, by in pairs])
    found.refuse(~finite, NOT_A_NUMBER)
    return found


def _rounded_all(mantissa: Integers, down: Integers, factor: int, rounding: Rounding) -> Integers:
    """``mantissa * factor / 2**down`` as whole numbers, within 63 bits all the way."""
    size = numpy.abs(mantissa) * numpy.int64(min(factor, 1000))
    whole = size >> down
    rest, half = size - (whole << down), numpy.int64(1) << (down - 1)
    whole += _goes_up(whole, rest, half, rounding)
    return numpy.where(mantissa < 0, -whole, whole)


def _rounded(mantissa: int, shift: int, rounding: Rounding) -> int:
    """``mantissa * 2**shift`` as a whole number, whatever its length."""
    if shift >= 0:
        return mantissa << shift
    size, half = abs(mantissa), 1 << (-shift - 1)
    whole, rest = size >> -shift, size & ((1 << -shift) - 1)
    whole += int(_goes_up(whole, rest, half, rounding))
    return -whole if mantissa < 0 else whole


def _goes_up(whole: Number, rest: Number, half: Number, rounding: Rounding) -> Number:
    """Whether a size is rounded up, by what is left of it behind the point: for one number, or for many."""
    match rounding:
        case "up":
            return rest > 0
        case "half-up":
            return rest >= half
        case "half-even":
            return (rest > half) | ((rest == half) & (whole & 1 == 1))
        case "down":
            return False
        case _:
            assert_never(rounding)
