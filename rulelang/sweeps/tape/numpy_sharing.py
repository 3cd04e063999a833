"""Sharing in blocks with NumPy: water-filling and largest remainder for many scenarios side by side.

It gives what :func:`rulelang.base.apportion.share` gives, which shares where ranks vary; numbers that could pass 64
bits are Python's whole numbers.
"""

import numpy
from attrs import frozen

from rulelang.base.apportion import share
from rulelang.base.gather import collected
from rulelang.sweeps.tape.arrays import Array, Present, dtype_of
from rulelang.sweeps.tape.nodes import MOST, Node


@frozen
class Sharing:
    """How a block is shared: among how many payers, whether the rest is passed on, and how ranks are ordered."""

    width: int
    reallocates: bool = True
    highest: bool = False


def spread(draw: Array, *others: Present) -> Array:
    """The draw of each scenario; a draw that does not vary is the same in all scenarios of the other operands."""
    if getattr(draw, "ndim", 0):
        return draw
    rows = next(len(array) for array in others if isinstance(array, numpy.ndarray) and array.ndim == 2)
    return numpy.full(rows, draw, dtype=object if not -MOST <= int(draw) <= MOST else numpy.int64)


def share_block(node: Node, draw: Array, keys: Array, limits: Array, present: Present) -> Array:
    """What each payer pays of each draw, the scenarios side by side."""
    sharing: Sharing = node.detail
    draw = spread(draw, keys, limits, present)
    result = numpy.zeros((len(draw), sharing.width), dtype=dtype_of(node))
    some = numpy.flatnonzero(draw)
    if len(some):
        shape = (len(some), sharing.width)
        weights = _chosen(keys, some, shape)
        if present is not True:
            weights = numpy.where(_chosen(present, some, shape), weights, 0)
        rest = draw[some]
        bounds = numpy.where(weights > 0, numpy.minimum(_chosen(limits, some, shape), rest[:, None]), 0)
        if not _fit(rest, weights, bounds):
            weights, rest, bounds = (array.astype(object) for array in (weights, rest, bounds))
        result[some] = _shared(rest, weights.copy(), bounds, reallocates=sharing.reallocates)
    return result


def _chosen(operand: Array, rows: Array, shape: tuple[int, int]) -> Array:
    """Some scenarios of an operand, as a block."""
    if getattr(operand, "ndim", 0) == 2:
        operand = operand[rows]
    return numpy.broadcast_to(operand, shape)


def _fit(rest: Array, weights: Array, bounds: Array) -> bool:
    """Whether all products and sums of a sharing fit into 64 bits."""
    if any(array.dtype == object for array in (rest, weights, bounds)):
        return False
    heaviest = int(weights.max()) * weights.shape[1]
    most: int = max(int(rest.max()), int(bounds.max()))
    return bool(most * max(heaviest, bounds.shape[1]) <= MOST)


def _shared(rest: Array, weights: Array, bounds: Array, *, reallocates: bool) -> Array:
    """Water-filling round by round, then largest remainder; ties to the smaller place."""
    paid = weights * 0
    while True:
        weight = weights.sum(axis=1)
        full = (weights > 0) & (rest[:, None] * weights >= bounds * weight[:, None])
        paid[full] = bounds[full]
        weights[full] = 0
        if not reallocates or not full.any():
            break
        rest = rest - numpy.where(full, bounds, 0).sum(axis=1)
    divisor = numpy.maximum(weight, 1)[:, None]
    quotients = rest[:, None] * weights // divisor
    parts = rest[:, None] * weights - quotients * divisor
    left = parts.sum(axis=1) // divisor[:, 0]
    order = numpy.argsort(-parts, axis=1, kind="stable")
    more = numpy.arange(weights.shape[1])[None, :] < left[:, None]
    quotients[numpy.arange(len(rest))[:, None], order] += more
    found: Array = paid + quotients
    return found


def _row(operand: Present, row: int, width: int) -> list[int]:
    """One scenario of an operand: a block, a column ``(scenarios, 1)``, or values that do not vary."""
    values = operand[row] if isinstance(operand, numpy.ndarray) and operand.ndim == 2 else operand
    found: list[int] = numpy.broadcast_to(values, width).tolist()
    return found


def rank_block(node: Node, draw: Array, keys: Array, limits: Array, present: Present, ranks: Array) -> Array:
    """What each payer pays of each draw rank by rank, where the ranks vary between scenarios."""
    sharing: Sharing = node.detail
    draw = spread(draw, keys, limits, present, ranks)
    result = numpy.zeros((len(draw), sharing.width), dtype=dtype_of(node))
    for row in numpy.flatnonzero(draw).tolist():
        weights, bounds, there = (_row(operand, row, sharing.width) for operand in (keys, limits, present))
        weights = [weight * here for weight, here in zip(weights, there, strict=True)]
        order = collected((rank, place) for place, rank in enumerate(_row(ranks, row, sharing.width)))
        left = int(draw[row])
        for rank in sorted(order, reverse=sharing.highest):
            places = order[rank]
            lent = sum(bounds[place] for place in places if weights[place])
            part = min(left, lent)
            chosen = [weights[place] for place in places], [bounds[place] for place in places]
            for place, units in zip(places, share(part, *chosen, places).units, strict=True):
                result[row, place] = units
            left -= part
    return result
