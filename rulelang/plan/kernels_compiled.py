"""Compiled kernels: water-filling and largest remainder in whole numbers of 64 bits, one scenario after the other.

They give what :func:`rulelang.base.apportion.share` gives.  No number here is rounded and none wraps: the callers prove
from the bounds of the tape that sums fit (:mod:`rulelang.plan.kernels`), products of two numbers are compared by their
upper and lower halves, and a quotient is first estimated from below by a reciprocal in fixed point, off by one at
most, and then put right by its remainder.  That remainder is taken modulo ``2 ** 64``, which leaves it unchanged,
because it is known to lie between 0 and twice the divisor.
"""

from typing import Any, NamedTuple

import numba
import numpy
from llvmlite import ir
from numba import extending, types

Array = Any
_compiled = numba.njit(cache=True, nogil=True, error_model="numpy")
_inlined = numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")


@extending.intrinsic
def upper_half(_context: Any, a: Any, b: Any) -> Any:
    """The upper 64 bits of a product of two numbers that are not negative."""
    signature = types.int64(a, b)

    def generate(_generation: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        double = ir.IntType(128)
        product = builder.mul(*(builder.zext(argument, double) for argument in arguments))
        upper = builder.lshr(product, ir.Constant(double, 64))
        return builder.trunc(upper, ir.IntType(64))

    return signature, generate


@_inlined
def at_least(a: int, b: int, c: int, d: int) -> bool:
    """Whether ``a * b >= c * d``, of numbers that are not negative."""
    one: int = upper_half(a, b)
    other: int = upper_half(c, d)
    if one != other:
        return one > other
    return numpy.uint64(a) * numpy.uint64(b) >= numpy.uint64(c) * numpy.uint64(d)


@_inlined
def length(value: int) -> int:
    """How many bits a number has that is not negative."""
    count = 0
    while value >= 65536:
        value >>= 16
        count += 16
    while value:
        value >>= 1
        count += 1
    return count


@_inlined
def reciprocal(rest: int, weight: int, bits: int) -> int:
    """``rest * 2 ** bits // weight``; it fits where no key has more bits than ``bits`` and ``weight`` is their sum."""
    quotient, remainder = rest // weight, rest % weight
    room = 62 - length(weight)
    while bits > 0:
        step = min(bits, max(room, 1))
        remainder <<= step
        quotient = (quotient << step) | (remainder // weight)
        remainder %= weight
        bits -= step
    return quotient


@_inlined
def threshold(parts: Array, left: int, weight: int) -> tuple[int, int]:
    """From which part on a unit is added, and how many units go to parts that are just below it (by their places)."""
    size = len(parts)
    low, high = 1, weight
    above_low, above_high = size, 0
    steps = 0
    while high - low > 1:
        gap = high - low
        if steps < 12:
            middle = low + gap // (above_low - above_high) * (above_low - left)
            middle = min(max(middle, low + 1), high - 1)
        else:
            middle = low + gap // 2
        steps += 1
        count = 0
        for place in range(size):
            count += parts[place] >= middle
        if count == left:
            return middle, 0
        if count > left:
            low, above_low = middle, count
        else:
            high, above_high = middle, count
    return high, left - above_high


@_inlined
def round_up(paid: Array, parts: Array, left: int, weight: int) -> None:
    """Give the units left over to the largest parts; equal ones to the smaller place."""
    if left <= 0:
        return
    least, tied = threshold(parts, left, weight)
    for place in range(len(parts)):
        paid[place] += parts[place] >= least
    if tied:
        for place in range(len(parts)):
            if parts[place] == least - 1:
                paid[place] += 1
                tied -= 1
                if not tied:
                    break


@_inlined
def divide(rest: int, keys: Array, weight: int, paid: Array, parts: Array) -> int:
    """Add ``rest * key // weight`` to what each pays, keep the remainders, and give the sum of the quotients."""
    most = 0
    for place in range(len(keys)):
        most = max(most, keys[place])
    bits = length(most)
    factor = reciprocal(rest, weight, bits)
    total = 0
    if bits + length(factor) <= 63:
        for place in range(len(keys)):
            key = keys[place]
            quotient = (key * factor) >> bits
            part = rest * key - quotient * weight
            more = numpy.int64(part >= weight)
            quotient += more
            parts[place] = part - more * weight
            paid[place] += quotient
            total += quotient
        return total
    for place in range(len(keys)):
        key = keys[place]
        lower = numpy.uint64(key) * numpy.uint64(factor)
        upper = numpy.uint64(upper_half(key, factor))
        shifted = numpy.uint64(bits)
        quotient = numpy.int64((upper << (numpy.uint64(64) - shifted)) | (lower >> shifted))
        part = rest * key - quotient * weight
        if part >= weight:
            quotient += 1
            part -= weight
        parts[place] = part
        paid[place] += quotient
        total += quotient
    return total


@_inlined
def fill_in_order(rest: int, weight: int, keys: Array, limits: Array, order: Array, paid: Array) -> tuple[int, int]:
    """Water-filling, the payers in the order in which they are full: the rest and the keys of the others."""
    for number in range(len(order)):
        place = order[number]
        key = keys[place]
        if key:
            limit = limits[place]
            if not at_least(rest, key, limit, weight):
                break
            paid[place] += limit
            keys[place] = 0
            rest -= limit
            weight -= key
    return rest, weight


@_inlined
def fill_by_rounds(rest: int, weight: int, keys: Array, limits: Array, paid: Array) -> tuple[int, int]:
    """Water-filling, round by round: in each, whoever would reach its limit pays it and is closed."""
    while weight:
        gone, closed = 0, 0
        for place in range(len(keys)):
            key = keys[place]
            if key and at_least(rest, key, limits[place], weight):
                paid[place] += limits[place]
                keys[place] = 0
                gone += limits[place]
                closed += key
        if not closed:
            break
        rest -= gone
        weight -= closed
    return rest, weight


class Mode(NamedTuple):
    """Whether the rest is passed on, whether keys and limits are the same, and whether to add to what is there."""

    reallocates: bool
    by_limits: bool
    add: bool


@_inlined
def share_one(amount: int, keys: Array, limits: Array, order: Array, parts: Array, paid: Array, mode: Any) -> None:
    """Share one amount, added to ``paid``; ``keys`` and ``limits`` are used up, and no limit is above the amount."""
    weight, lent = 0, 0
    for place in range(len(keys)):
        weight += keys[place]
        lent += limits[place] if keys[place] else 0
    if not weight:
        return
    if not mode.reallocates:
        _without_reallocation(amount, weight, keys, limits, parts, paid)
        return
    if amount == lent:
        for place in range(len(keys)):
            paid[place] += limits[place] if keys[place] else 0
        return
    rest = amount
    if mode.by_limits:  # all are full at the same level, that is at once
        pass
    elif len(order):
        rest, weight = fill_in_order(amount, weight, keys, limits, order, paid)
    else:
        rest, weight = fill_by_rounds(amount, weight, keys, limits, paid)
    if weight:
        round_up(paid, parts, rest - divide(rest, keys, weight, paid, parts), weight)


@_inlined
def _without_reallocation(amount: int, weight: int, keys: Array, limits: Array, parts: Array, paid: Array) -> None:
    for place in range(len(keys)):
        if keys[place] and at_least(amount, keys[place], limits[place], weight):
            paid[place] += limits[place]
            keys[place] = 0
    divide(amount, keys, weight, paid, parts)
    left, part = 0, 0
    for place in range(len(keys)):
        part += parts[place]
        if part >= weight:
            part -= weight
            left += 1
    round_up(paid, parts, left, weight)


@_compiled
def share_rows(draw: Array, keys: Array, limits: Array, present: Array, order: Array, mode: Any, paid: Array) -> None:
    """Share each draw; operands with one row are the same for all scenarios."""
    rows, size = paid.shape
    own_keys, own_limits = numpy.empty(size, numpy.int64), numpy.empty(size, numpy.int64)
    parts = numpy.empty(size, numpy.int64)
    several_keys, several_limits, several = keys.shape[0] > 1, limits.shape[0] > 1, present.shape[0] > 1
    for row in range(rows):
        amount = draw[row]
        if not mode.add:
            paid[row, :] = 0
        if not amount:
            continue
        key_row, limit_row = keys[row if several_keys else 0], limits[row if several_limits else 0]
        there = present[row if several else 0]
        for place in range(size):
            own_keys[place] = key_row[place] if there[place] else 0
            own_limits[place] = limit_row[place]
        if not mode.by_limits:
            for place in range(size):
                own_limits[place] = min(own_limits[place], amount)
        share_one(amount, own_keys, own_limits, order, parts, paid[row], mode)


@_compiled
def sum_rows(values: Array, present: Array, total: Array) -> None:
    """The sum of the values present in each scenario; operands with one row are the same for all scenarios."""
    several_values, several = values.shape[0] > 1, present.shape[0] > 1
    for row in range(len(total)):
        value_row, there = values[row if several_values else 0], present[row if several else 0]
        amount = 0
        for place in range(values.shape[1]):
            amount += value_row[place] if there[place] else 0
        total[row] = amount


@_compiled
def extremes(values: Array) -> tuple[int, int]:
    """The least and the most of some numbers."""
    least, most = values[0], values[0]
    for place in range(len(values)):
        least = min(least, values[place])
        most = max(most, values[place])
    return least, most


@_compiled
def scattered(
    run: Array, step: int, height: int, size: int, rows: Array, places: Array, values: Array
) -> tuple[int, int, int]:
    """Note the numbers of a block that are not zero, and give how many there are, the least and the most.

    Each row of the block begins ``step`` behind the one before.  It stops where there is no more room to note them,
    with one more than there is room for.
    """
    count, least, most = 0, run[0], run[0]
    for row in range(height):
        numbers = run[row * step : row * step + size]
        number, where, low, high = 0, 0, numbers[0], numbers[0]
        for place in range(size):
            value = numbers[place]
            there = numpy.int64(value != 0)
            number += there
            where += there * place  # the place, if there is one alone
            low = min(low, value)
            high = max(high, value)
        least, most = min(least, low), max(most, high)
        if count + number > len(rows):
            return len(rows) + 1, least, most
        if number == 1:
            rows[count], places[count], values[count] = row, where, numbers[where]
            count += 1
        elif number:
            for place in range(size):
                if numbers[place]:
                    rows[count], places[count], values[count] = row, place, numbers[place]
                    count += 1
    return count, least, most
