"""Operations of the compiled machine on blocks: number by number, on sparse blocks, and sums of rows.

Functions get the memory, the code and the line of the instruction.  No view of a part of the memory is made: counting
who refers to it takes as long as the operation, and a place that is known to be unsigned lets the compiler work on
eight numbers at once.
"""

from collections.abc import Callable

import numpy

from rulelang.sweeps.machine import opcodes
from rulelang.sweeps.machine.int64 import NONE, ONE, Place, Whole, compiled, inlined
from rulelang.sweeps.tape.arrays import Array


@inlined
def operand(code: Array, line: Place, which: Place) -> tuple[Place, Place, Place]:
    """Where an operand begins, how far its rows are apart, and how far the numbers of a row are apart."""
    return code[line, which], code[line, which + 1], code[line, which + 2]


# ------------------------------------------------------------------------------------------------- number by number


def _binary(function: Callable[[Whole, Whole], Whole]) -> Callable[..., None]:
    """An operation on two operands, of which one may be the same for a whole row."""
    one = inlined(function)

    @compiled
    def run(memory: Array, code: Array, line: Place, height: Place, width: Place) -> None:
        into = code[line, opcodes.INTO]
        first, first_apart, first_step = operand(code, line, opcodes.FIRST)
        second, second_apart, second_step = operand(code, line, opcodes.SECOND)
        first_varies, second_varies = first_step > NONE, second_step > NONE
        for row in range(height):
            to, left, right = into + row * width, first + row * first_apart, second + row * second_apart
            if first_varies and second_varies:
                for place in range(width):
                    memory[to + place] = one(memory[left + place], memory[right + place])
            elif first_varies:
                other = memory[right]
                for place in range(width):
                    memory[to + place] = one(memory[left + place], other)
            else:
                own = memory[left]
                for place in range(width):
                    memory[to + place] = one(own, memory[right + place * second_step])

    return run


_add = _binary(lambda a, b: a + b)
_sub = _binary(lambda a, b: a - b)
_mul = _binary(lambda a, b: a * b)
_floordiv = _binary(lambda a, b: a // b)
_min = _binary(lambda a, b: min(a, b))  # noqa: PLW0108 - what is built in cannot be compiled by itself
_max = _binary(lambda a, b: max(a, b))  # noqa: PLW0108 - as above
_eq = _binary(lambda a, b: numpy.int64(a == b))
_lt = _binary(lambda a, b: numpy.int64(a < b))


@compiled
def _copy(memory: Array, code: Array, line: Place, height: Place, width: Place) -> None:
    into = code[line, opcodes.INTO]
    source, apart, step = operand(code, line, opcodes.FIRST)
    for row in range(height):
        for place in range(width):
            memory[into + row * width + place] = memory[source + row * apart + place * step]


@compiled
def _select(memory: Array, code: Array, line: Place, height: Place, width: Place) -> None:
    into = code[line, opcodes.INTO]
    truth, apart, step = operand(code, line, opcodes.FIRST)
    one, one_apart, one_step = operand(code, line, opcodes.SECOND)
    other, other_apart, other_step = operand(code, line, opcodes.THIRD)
    for row in range(height):
        for place in range(width):
            yes = memory[one + row * one_apart + place * one_step]
            no = memory[other + row * other_apart + place * other_step]
            holds = memory[truth + row * apart + place * step]
            memory[into + row * width + place] = yes if holds else no


@compiled
def _stack(memory: Array, code: Array, line: Place, height: Place, width: Place) -> None:
    """Each place from somewhere else: a list says where from, and another how far its rows are apart."""
    into, sources, steps = code[line, opcodes.INTO], code[line, opcodes.EXTRA], code[line, opcodes.EXTRA + 1]
    for row in range(height):
        for place in range(width):
            source = numpy.uint64(memory[sources + place]) + row * numpy.uint64(memory[steps + place])
            memory[into + row * width + place] = memory[source]


@compiled
def _lookup(memory: Array, code: Array, line: Place, height: Place, width: Place) -> None:
    into = code[line, opcodes.INTO]
    source, apart, step = operand(code, line, opcodes.FIRST)
    values = code[line, opcodes.EXTRA]
    for row in range(height):
        for place in range(width):
            number = numpy.uint64(memory[source + row * apart + place * step])
            memory[into + row * width + place] = memory[values + number]


@inlined
def one_by_one(operation: Place, memory: Array, code: Array, line: Place, height: Place, width: Place) -> None:
    """An operation number by number."""
    if operation == numpy.uint64(opcodes.ADD):
        _add(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.SUB):
        _sub(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.MUL):
        _mul(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.FLOORDIV):
        _floordiv(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.MIN):
        _min(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.MAX):
        _max(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.EQ):
        _eq(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.LT):
        _lt(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.SELECT):
        _select(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.COPY):
        _copy(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.STACK):
        _stack(memory, code, line, height, width)
    elif operation == numpy.uint64(opcodes.LOOKUP):
        _lookup(memory, code, line, height, width)


# ------------------------------------------------------------------------------------------------------------- sparse


@compiled
def at_places(memory: Array, code: Array, line: Place, patterns: Array, count: Place) -> None:
    """Read an operand where a sparse block has numbers."""
    into = code[line, opcodes.INTO]
    source, apart, step = operand(code, line, opcodes.FIRST)
    rows, places = patterns[code[line, opcodes.GROUP], 0], patterns[code[line, opcodes.GROUP], 1]
    for number in range(count):
        row, place = numpy.uint64(memory[rows + number]), numpy.uint64(memory[places + number])
        memory[into + number] = memory[source + row * apart + place * step]


def _into_places(function: Callable[[Whole, Whole], Whole]) -> Callable[..., None]:
    """What makes the number of a block, where a sparse block has one, of both."""
    one = inlined(function)

    @compiled
    def run(memory: Array, code: Array, line: Place, patterns: Array, count: Place) -> None:
        into, width, source = code[line, opcodes.INTO], code[line, opcodes.WIDTH], code[line, opcodes.FIRST]
        rows, places = patterns[code[line, opcodes.GROUP], 0], patterns[code[line, opcodes.GROUP], 1]
        for number in range(count):
            to = into + numpy.uint64(memory[rows + number]) * width + numpy.uint64(memory[places + number])
            memory[to] = one(memory[to], memory[source + number])

    return run


put = _into_places(lambda own, other: own + other)
shut = _into_places(lambda own, other: own & other)
_replace = _into_places(lambda _own, other: other)


@compiled
def spread_out(memory: Array, code: Array, line: Place, patterns: Array, count: Place, height: Place) -> None:
    """Write a sparse block out."""
    into, rest = code[line, opcodes.INTO], numpy.int64(code[line, opcodes.EXTRA])
    for place in range(height * code[line, opcodes.WIDTH]):
        memory[into + place] = rest
    _replace(memory, code, line, patterns, count)


@compiled
def sum_places(memory: Array, code: Array, line: Place, patterns: Array, count: Place, height: Place) -> None:
    """The sum of each row of a sparse block."""
    into, source, rows = code[line, opcodes.INTO], code[line, opcodes.FIRST], patterns[code[line, opcodes.GROUP], 0]
    for row in range(height):
        memory[into + row] = 0
    for number in range(count):
        memory[into + numpy.uint64(memory[rows + number])] += memory[source + number]


# --------------------------------------------------------------------------------------------------------- aggregates


@compiled
def sum_rows(memory: Array, code: Array, line: Place, height: Place) -> None:
    """The sum of the numbers present in each row."""
    into, width = code[line, opcodes.INTO], code[line, opcodes.WIDTH]
    values, apart, step = operand(code, line, opcodes.FIRST)
    there, there_apart, there_step = operand(code, line, opcodes.SECOND)
    for row in range(height):
        total = 0
        own, truth = values + row * apart, there + row * there_apart
        if step > NONE and there_step > NONE:
            for place in range(width):
                total += memory[own + place] if memory[truth + place] else 0
        elif step > NONE:
            for place in range(width):
                total += memory[own + place]
            total = total if memory[truth] else 0
        else:
            for place in range(width):
                total += memory[own + place * step] if memory[truth + place * there_step] else 0
        memory[into + row] = total


@compiled
def highest_of_rows(memory: Array, code: Array, line: Place, height: Place) -> None:
    """The sum of the largest numbers present: one after the other is found, and no longer counted."""
    into, width = code[line, opcodes.INTO], code[line, opcodes.WIDTH]
    first, work, most = operand(code, line, opcodes.EXTRA)
    values, apart, step = operand(code, line, opcodes.FIRST)
    there, there_apart, there_step = operand(code, line, opcodes.SECOND)
    lowest = memory[first]
    for row in range(height):
        count = NONE
        for place in range(width):
            if memory[there + row * there_apart + place * there_step]:
                memory[work + count] = memory[values + row * apart + place * step]
                count += ONE
        total = 0
        for _ in range(min(most, count)):
            largest, where = lowest - 1, NONE
            for place in range(count):
                if memory[work + place] > largest:
                    largest, where = memory[work + place], place
            total += largest
            memory[work + where] = lowest - 1
        memory[into + row] = total
