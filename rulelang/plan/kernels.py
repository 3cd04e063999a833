"""The compiled kernels of the domain of columns, where numba is installed and the bounds prove that they are exact.

Without numba, and where numbers may be too large for them, the same operations are done with NumPy and by the one
module that rounds; the numbers are the same.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy

from rulelang.plan.columns_tape import MOST, Node, high_of, low_of

Array = Any
Compute = Callable[..., Array]
ROOM = 1 << 61
"""Sums of keys, of limits and of draws stay below this."""


@cache
def compiled() -> Any:
    """The module of compiled kernels; ``None`` where numba is not installed."""
    try:
        from rulelang.plan import kernels_compiled
    except ImportError:
        return None
    return kernels_compiled


def kernel_of(node: Node) -> Compute | None:
    """The compiled kernel of a node, if there is one and its numbers are small enough."""
    maker = _MAKERS.get(node.operation)
    if maker is None or compiled() is None:
        return None
    return maker(node)


def _share(node: Node) -> Compute | None:
    draw, keys, limits, _ = node.operands
    size = node.detail.width
    most = max(high_of(draw), high_of(keys)) * size
    if most >= ROOM or low_of(draw) < 0 or _is_wide(limits):
        return None
    order = _order(keys, limits, size)
    by_limits = keys is limits or (isinstance(keys, tuple) and keys == limits)
    reallocates, module = node.detail.reallocates, compiled()

    def compute(_node: Node, amounts: Array, *blocks: Array, out: Array | None = None, add: bool = False) -> Array:
        keys, limits, present = blocks
        rows = _rows_of(amounts, *blocks)
        paid = numpy.empty((rows, size), dtype=numpy.int64) if out is None else out
        module.share_rows(
            _column(amounts, rows),
            _block(keys, size),
            _block(limits, size),
            _truths(present, size),
            order,
            module.Mode(reallocates, by_limits, add),
            paid,
        )
        return paid

    return compute


def _order(keys: Any, limits: Any, size: int) -> Array:
    """The places in the order of ``limit / key``, if neither varies; else none."""
    if isinstance(keys, Node) or isinstance(limits, Node):
        return numpy.empty(0, dtype=numpy.int64)
    key_row = keys if isinstance(keys, tuple) else (keys,) * size
    limit_row = limits if isinstance(limits, tuple) else (limits,) * size
    places = [place for place in range(size) if key_row[place]]
    places.sort(key=lambda place: Fraction(limit_row[place], key_row[place]))
    return numpy.array(places, dtype=numpy.int64)


def _is_wide(operand: Any) -> bool:
    return high_of(operand) > MOST


def bounds_of(block: Array) -> tuple[int, int]:
    """The least and the most in a block that is not empty."""
    module = compiled()
    if module is None or not block.flags.c_contiguous:
        return int(block.min()), int(block.max())
    least, most = module.extremes(block.reshape(-1))
    return int(least), int(most)


def scan(block: Array, most: int) -> tuple[tuple[Array, Array, Array] | None, tuple[int, int]]:
    """Where the numbers of a block stand that are not 0 (``None``: there are more than ``most``), and its bounds."""
    module, (step, apart) = compiled(), block.strides
    if module is not None and block.size and apart == block.itemsize and step > 0 and not step % apart:
        # read as one run of numbers, of which a block that is part of a wider table skips some
        step //= apart
        run = numpy.lib.stride_tricks.as_strided(block, ((len(block) - 1) * step + block.shape[1],), (apart,))
        room = (numpy.empty(most, numpy.intp), numpy.empty(most, numpy.intp), numpy.empty(most, numpy.int64))
        count, least, highest = module.scattered(run, step, *block.shape, *room)
        if count <= most:
            rows, places, values = room
            return (rows[:count], places[:count], values[:count]), (int(least), int(highest))
        return None, bounds_of(block)
    rows, places = numpy.nonzero(block)
    found = (rows, places, block[rows, places]) if len(rows) <= most else None
    return found, bounds_of(block)


def _sum(_node: Node) -> Compute | None:
    module = compiled()

    def compute(_node: Node, values: Array, present: Array) -> Array:
        rows = _rows_of(values, present)
        total = numpy.empty(rows, dtype=numpy.int64)
        size = values.shape[-1]
        module.sum_rows(_block(values, size), _truths(present, size), total)
        return total

    return compute


def _rows_of(*arrays: Array) -> int:
    """How many scenarios some operands have; a column beside blocks has one dimension and comes first."""
    blocks = [array for array in arrays if getattr(array, "ndim", 0) == 2]
    return len(blocks[0]) if blocks else len(arrays[0])


def _column(array: Array, rows: int) -> Array:
    if getattr(array, "ndim", 0):
        return numpy.ascontiguousarray(array)
    return numpy.full(rows, array, dtype=numpy.int64)


def _block(array: Array, size: int) -> Array:
    """An operand as rows that lie behind each other: one for each scenario, or one for all."""
    if not getattr(array, "ndim", 0):
        return numpy.full((1, size), array, dtype=numpy.int64)
    if array.ndim == 1:
        return array.reshape(1, size)
    if array.shape[1] != size:
        array = numpy.broadcast_to(array, (len(array), size))
    return numpy.ascontiguousarray(array)


def _truths(present: Array, size: int) -> Array:
    if not getattr(present, "ndim", 0):
        return numpy.full((1, size), present, dtype=bool)
    return _block(present, size)


_MAKERS: dict[str, Callable[[Node], Compute | None]] = {"share": _share, "sum": _sum}
