"""Sharing in the compiled machine: water-filling and largest remainder, one scenario after the other.

It gives what :func:`rulelang.base.apportion.share` gives.
"""

import numpy

from rulelang.sweeps.machine import opcodes
from rulelang.sweeps.machine.elementwise import operand
from rulelang.sweeps.machine.int64 import (
    LINE,
    NONE,
    ONE,
    TWO,
    Place,
    Whole,
    at_least,
    compiled,
    fetch,
    inlined,
    left_over,
    length,
    product_shifted,
    reciprocal,
)
from rulelang.sweeps.tape.arrays import Array

HALF, LOWER = 32, numpy.int64(0xFFFF_FFFF)
"""Bits of half a number, and its lower half."""


@inlined
def longest(memory: Array, values: Place, size: Place) -> Whole:
    """How many bits the largest of some numbers has, none of which is negative."""
    most = 0
    for place in range(size):
        most = max(most, memory[values + place])
    return length(most)


@inlined
def threshold(memory: Array, parts: Place, size: Place, most: Whole, left: Whole, weight: Whole) -> tuple[Whole, Whole]:
    """From which part on a unit is added, and how many units go to parts that are just below it (by their places).

    No more than ``most`` parts are above zero.  They are about evenly spread, so a straight line through what is known
    of how many are how large soon finds the place; where it does not, the middle is taken.
    """
    low, high = 1, weight
    above_low, above_high = most, 0
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
            count += memory[parts + place] >= middle
        if count == left:
            return middle, 0
        more = count > left
        low, above_low = middle if more else low, count if more else above_low
        high, above_high = high if more else middle, above_high if more else count
    return high, left - above_high


@inlined
def round_up(memory: Array, paid: Place, parts: Place, size: Place, most: Whole, left: Whole, weight: Whole) -> None:
    """Give the units left over to the largest parts; equal ones to the smaller place."""
    if left <= 0:
        return
    least, tied = threshold(memory, parts, size, most, left, weight)
    for place in range(size):
        memory[paid + place] += memory[parts + place] >= least
    if tied:
        for place in range(size):
            if memory[parts + place] == least - 1:
                memory[paid + place] += 1
                tied -= 1
                if not tied:
                    break


@inlined
def divide(
    memory: Array, rest: Whole, keys: Place, bits: Whole, weight: Whole, paid: Place, parts: Place, size: Place
) -> Whole:
    """Add ``rest * key // weight`` to what each pays, keep the remainders, and give the sum of the quotients.

    No key has more than ``bits``, and these are no more than those of ``weight``, the sum of the keys.
    """
    factor = reciprocal(rest, weight, bits)
    total = 0
    if bits <= HALF and length(factor) < HALF:  # products of halves, which the processor has for several at once
        for place in range(size):
            key = memory[keys + place] & LOWER
            quotient = (key * (factor & LOWER)) >> bits
            part = left_over(rest, key, quotient & LOWER, weight)
            more = numpy.int64(part >= weight)
            memory[parts + place] = part - more * weight
            memory[paid + place] += quotient + more
            total += quotient + more
        return total
    if bits + length(factor) <= 63:
        for place in range(size):
            key = memory[keys + place]
            quotient = (key * factor) >> bits
            part = left_over(rest, key, quotient, weight)
            more = numpy.int64(part >= weight)
            quotient += more
            memory[parts + place] = part - more * weight
            memory[paid + place] += quotient
            total += quotient
        return total
    for place in range(size):
        key = memory[keys + place]
        quotient = product_shifted(key, factor, bits)
        part = left_over(rest, key, quotient, weight)
        if part >= weight:
            quotient += 1
            part -= weight
        memory[parts + place] = part
        memory[paid + place] += quotient
        total += quotient
    return total


@inlined
def fill(
    memory: Array, rest: Whole, weight: Whole, keys: Place, limits: Place, paid: Place, size: Place, rounds: bool
) -> tuple[Whole, Whole]:
    """Whoever would reach its limit pays it and is closed; what is left, and the keys of the others.

    That is water-filling if it is done in ``rounds`` until nobody reaches a limit.
    """
    while weight:
        gone, closed = 0, 0
        for place in range(size):
            key, limit = memory[keys + place], memory[limits + place]
            if key and at_least(rest, key, limit, weight):
                memory[paid + place] += limit
                memory[keys + place] = 0
                gone += limit
                closed += key
        rest -= gone
        weight -= closed
        if not closed or not rounds:
            break
    return rest, weight


@inlined
def fill_anew(
    memory: Array, amount: Whole, work: Place, size: Place, paid: Place, reallocates: bool, by_limits: bool
) -> tuple[Whole, Whole]:
    """Whoever would reach its limit pays it: what is left to be divided, and the keys to divide it by.

    Keys and limits (none above the amount) stand one behind the other in ``work``.
    """
    keys, limits = work, work + size
    weight, lent = 0, 0
    for place in range(size):
        key = memory[keys + place]
        weight += key
        lent += memory[limits + place] if key else 0
    if reallocates and amount == lent:
        for place in range(size):
            memory[paid + place] += memory[limits + place] if memory[keys + place] else 0
        return 0, weight
    if not reallocates:  # what those pay who are full is not passed on
        fill(memory, amount, weight, keys, limits, paid, size, reallocates)
        return amount, weight
    if by_limits:  # all are full at the same level, that is at once
        return amount, weight
    return fill(memory, amount, weight, keys, limits, paid, size, reallocates)


@inlined
def whole_parts(memory: Array, parts: Place, size: Place, weight: Whole) -> Whole:
    """How many units some parts of one make together, rounded down."""
    units, part = 0, 0
    for place in range(size):
        part += memory[parts + place]
        if part >= weight:
            part -= weight
            units += 1
    return units


@inlined
def fetch_row(ahead: Array, which: Whole, row: Place) -> None:
    """Ask for a row of what is soon needed: where it begins, how far rows are apart, and of how many bytes they are."""
    begin = ahead[which] + row * ahead[which + 1]
    for number in range((ahead[which + 2] + LINE - ONE) // LINE):
        fetch(begin + number * LINE)


@inlined
def clear(memory: Array, paid: Place, size: Place) -> None:
    """Nobody has paid anything yet."""
    for place in range(size):
        memory[paid + place] = 0


@inlined
def note_absent(
    memory: Array, code: Array, line: Place, places: Place, row: Place, noted: Place, first: Place, last: Place
) -> Place:
    """Note the places of those who are not there, and give how many they are.

    Of a sparse block, whose ``places`` begin there, those in this row are numbered from ``first`` to before ``last``.
    """
    count = NONE
    kind, there = code[line, opcodes.EXTRA + 2], code[line, opcodes.EXTRA + 3]
    if kind == numpy.uint64(opcodes.TRUTHS):
        begin, step = there + row * code[line, opcodes.EXTRA + 4], code[line, opcodes.EXTRA + 5]
        for place in range(code[line, opcodes.WIDTH]):
            memory[noted + count] = numpy.int64(place)
            count += numpy.uint64(memory[begin + place * step] == 0)
    elif kind == numpy.uint64(opcodes.PLACES):
        for number in range(first, last):
            memory[noted + count] = memory[places + number]
            count += numpy.uint64(memory[there + number] == 0)
    return count


@inlined
def first_open(
    memory: Array, known: Place, size: Place, amount: Whole, one: Place, other: Place, gone: Place
) -> tuple[Whole, Whole, Whole]:
    """How many are full when the payers without two pay an amount, the rest, and the keys of the others.

    Whoever is not there is at some level too, and the water has reached it or not.  If those gone paid nothing at all
    or all that they can, ``reached`` would tell; what lies between is halved.
    """
    keys, limits, order, rank = known, known + size, known + TWO * size, known + numpy.uint64(3) * size
    reached, full = known + numpy.uint64(4) * size, known + numpy.uint64(5) * size
    still_open = full + size + ONE
    lent = (memory[limits + one] if gone > NONE else 0) + (memory[limits + other] if gone > ONE else 0)
    least, most = 0, 0
    for number in range(size):
        level = memory[reached + number]
        least += level <= amount
        most += level <= amount + lent
    low, high = numpy.uint64(least), numpy.uint64(most)
    while True:
        middle = (low + high) // TWO
        rest, weight = amount - memory[full + middle], memory[still_open + middle]
        if gone > NONE:
            if numpy.uint64(memory[rank + one]) < middle:
                rest += memory[limits + one]
            else:
                weight -= memory[keys + one]
        if gone > ONE:
            if numpy.uint64(memory[rank + other]) < middle:
                rest += memory[limits + other]
            else:
                weight -= memory[keys + other]
        if low == high:
            return numpy.int64(low), rest, weight
        place = numpy.uint64(memory[order + middle])
        if rest >= 0 and at_least(rest, memory[keys + place], memory[limits + place], weight):
            low = middle + ONE
        else:
            high = middle


@inlined
def fill_known(
    memory: Array,
    known: Place,
    size: Place,
    amount: Whole,
    noted: Place,
    gone: Place,
    work: Place,
    paid: Place,
    by_limits: bool,
    fresh: bool,
) -> tuple[Whole, Whole, Whole]:
    """Whoever would reach its limit pays it: what is left, the keys of the others together, and how many these are.

    What is known beforehand is put right for one or two payers who are not there.  The keys of the others are written
    to ``work``; what was paid so far counts, unless the row is ``fresh``.
    """
    keys, limits, rank = known, known + size, known + numpy.uint64(3) * size
    together, weight_of_all = memory[known + numpy.uint64(6) * size], memory[known + numpy.uint64(6) * size + ONE]
    one = numpy.uint64(memory[noted]) if gone > NONE else size
    other = numpy.uint64(memory[noted + ONE]) if gone > ONE else size
    full, rest, weight = numpy.int64(size), amount - together, weight_of_all
    if gone > NONE:
        rest += memory[limits + one]
        weight -= memory[keys + one]
    if gone > ONE:
        rest += memory[limits + other]
        weight -= memory[keys + other]
    if not weight:
        full = rest = 0
    elif rest:  # not all are full
        full, rest = 0, amount
        if not by_limits:  # else all are full at the same level, that is at once
            full, rest, weight = first_open(memory, known, size, amount, one, other, gone)
    if fresh:
        for place in range(size):
            limit = memory[limits + place] if memory[rank + place] < full else 0
            memory[paid + place] = limit if place != one and place != other else 0
    elif full:
        for place in range(size):
            limit = memory[limits + place] if memory[rank + place] < full else 0
            memory[paid + place] += limit if place != one and place != other else 0
    if rest:
        for place in range(size):
            key = memory[keys + place] if memory[rank + place] >= full else 0
            memory[work + place] = key if place != one and place != other else 0
    return rest, weight, numpy.int64(size) - full


@compiled
def share(memory: Array, code: Array, line: Place, patterns: Array, count: Place, height: Place, ahead: Array) -> None:
    """Share each draw.

    Where neither keys nor limits vary, what is known beforehand is put right for one or two payers who are not there.
    """
    into, size, work = code[line, opcodes.INTO], code[line, opcodes.WIDTH], code[line, opcodes.EXTRA]
    mode, kind = code[line, opcodes.EXTRA + 1], code[line, opcodes.EXTRA + 2]
    draw, _, draw_step = operand(code, line, opcodes.FIRST)
    keys, keys_apart, keys_step = operand(code, line, opcodes.SECOND)
    limits, limits_apart, limits_step = operand(code, line, opcodes.THIRD)
    reallocates, by_limits = mode & opcodes.REALLOCATES > NONE, mode & opcodes.BY_LIMITS > NONE
    known, fresh = mode & opcodes.KNOWN > NONE, mode & opcodes.ADDS == NONE
    rows, places = patterns[code[line, opcodes.GROUP], 0], patterns[code[line, opcodes.GROUP], 1]
    own_limits, parts, noted = work + size, work + size + size, work + size + size + size
    bits = longest(memory, keys, size) if known else 0
    first = last = NONE
    for row in range(height):
        first = last
        if kind == numpy.uint64(opcodes.PLACES):
            while last < count and numpy.uint64(memory[rows + last]) == row:
                last += ONE
        if mode & opcodes.FETCHES_INPUTS > NONE:
            fetch_row(ahead, 0, row)
        if mode & opcodes.FETCHES_RESULTS > NONE:
            fetch_row(ahead, 3, row)
        amount, paid = memory[draw + row * draw_step], into + row * size
        if not amount:
            if fresh:
                clear(memory, paid, size)
            continue
        gone = note_absent(memory, code, line, places, row, noted, first, last)
        if known and gone <= TWO:
            rest, weight, most = fill_known(memory, keys, size, amount, noted, gone, work, paid, by_limits, fresh)
        else:
            if fresh:
                clear(memory, paid, size)
            for place in range(size):
                limit = memory[limits + row * limits_apart + place * limits_step]
                memory[work + place] = memory[keys + row * keys_apart + place * keys_step]
                memory[own_limits + place] = limit if by_limits else min(limit, amount)
            for number in range(gone):
                memory[work + numpy.uint64(memory[noted + number])] = 0
            rest, weight = fill_anew(memory, amount, work, size, paid, reallocates, by_limits)
            most = numpy.int64(size)
        if not rest or not weight:
            continue
        # no open key has more bits than the largest of all, nor than the sum of the open ones
        own_bits = min(bits if known else longest(memory, work, size), length(weight))
        left = rest - divide(memory, rest, work, own_bits, weight, paid, parts, size)
        if not reallocates:
            left = whole_parts(memory, parts, size, weight)
        round_up(memory, paid, parts, size, most, left, weight)
