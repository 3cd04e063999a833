"""Arithmetic of the compiled machine, exact in 64 bits.

No number here is rounded and none wraps: whoever writes the instructions proves from the bounds of the tape that sums
fit, products of two numbers are compared by their upper and lower halves, and a quotient is first estimated from below
by a reciprocal in fixed point, off by one at most, and then put right by its remainder.  That remainder is taken modulo
``2 ** 64``, which leaves it unchanged, because it is known to lie between 0 and twice the divisor; in unsigned numbers,
because the compiler takes it that sums and products of signed ones fit.
"""

from typing import Any, TypeAlias

import numba
import numpy
from llvmlite import ir
from numba import extending, types

Numba: TypeAlias = Any
"""What the compiler hands over while it compiles; its packages say no types."""
Whole: TypeAlias = Any
"""A signed number of 64 bits."""
Place: TypeAlias = Any
"""A place in the memory, or a count: an unsigned number, which may not be added to a signed one."""
compiled = numba.njit(nogil=True, error_model="numpy")
inlined = numba.njit(nogil=True, error_model="numpy", inline="always")
NONE, ONE, TWO, LINE = numpy.uint64(0), numpy.uint64(1), numpy.uint64(2), numpy.uint64(64)


@extending.intrinsic
def upper_half(_context: Numba, a: Numba, b: Numba) -> Numba:
    """The upper 64 bits of a product of two numbers that are not negative."""
    signature = types.int64(a, b)

    def generate(_generation: Numba, builder: Numba, _signature: Numba, arguments: Numba) -> Numba:
        double = ir.IntType(128)
        product = builder.mul(*(builder.zext(argument, double) for argument in arguments))
        upper = builder.lshr(product, ir.Constant(double, 64))
        return builder.trunc(upper, ir.IntType(64))

    return signature, generate


@extending.intrinsic
def fetch(_context: Numba, address: Numba) -> Numba:
    """Ask for what lies at an address to be brought near the processor, and go on."""
    signature = types.void(address)

    def generate(_generation: Numba, builder: Numba, _signature: Numba, arguments: Numba) -> Numba:
        pointer = builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())
        whole = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, whole, whole, whole])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", (pointer.type,), kind)
        builder.call(fetch, [pointer, ir.Constant(whole, 0), ir.Constant(whole, 2), ir.Constant(whole, 1)])

    return signature, generate


@inlined
def at_least(a: Whole, b: Whole, c: Whole, d: Whole) -> bool:
    """Whether ``a * b >= c * d``, of numbers that are not negative."""
    one: Whole = upper_half(a, b)
    other: Whole = upper_half(c, d)
    if one != other:
        return one > other
    return numpy.uint64(a) * numpy.uint64(b) >= numpy.uint64(c) * numpy.uint64(d)


@inlined
def left_over(rest: Whole, key: Whole, quotient: Whole, weight: Whole) -> Whole:
    """``rest * key - quotient * weight``, which fits though the products may not."""
    due = numpy.uint64(rest) * numpy.uint64(key)
    return numpy.int64(due - numpy.uint64(quotient) * numpy.uint64(weight))


@inlined
def length(value: Whole) -> Whole:
    """How many bits a number has that is not negative."""
    count = 0
    while value >= 65536:
        value >>= 16
        count += 16
    while value:
        value >>= 1
        count += 1
    return count


@inlined
def reciprocal(rest: Whole, weight: Whole, bits: Whole) -> Whole:
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


@inlined
def product_shifted(key: Whole, factor: Whole, bits: Whole) -> Whole:
    """``key * factor >> bits`` where the product may pass 64 bits, but the result does not."""
    lower = numpy.uint64(key) * numpy.uint64(factor)
    upper = numpy.uint64(upper_half(key, factor))
    shift = numpy.uint64(bits)
    return numpy.int64((upper << (numpy.uint64(64) - shift)) | (lower >> shift)) if bits else numpy.int64(lower)
