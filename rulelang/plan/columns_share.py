"""Sharing in blocks: water-filling and largest remainder for each scenario, by the one module that rounds."""

from collections.abc import Sequence
from typing import Any

import numpy
from attrs import frozen

from rulelang.base.apportion import share
from rulelang.plan.columns_tape import Node

Array = Any


@frozen
class Sharing:
    """How a block is shared: among how many payers, whether the rest is passed on, and how ranks are ordered."""

    width: int
    reallocates: bool = True
    highest: bool = False


def spread(draw: Array, *others: Array) -> Array:
    """The draw of each scenario; a draw that does not vary is the same in all scenarios of the other operands."""
    if getattr(draw, "ndim", 0):
        return draw
    rows = next(len(array) for array in others if getattr(array, "ndim", 0) == 2)  # noqa: PLR2004 - a block
    return numpy.full(rows, draw, dtype=object)


def share_block(node: Node, draw: Array, keys: Array, limits: Array, present: Array) -> Array:
    """What each payer pays of each draw, exactly and one scenario at a time."""
    sharing: Sharing = node.detail
    draw = spread(draw, keys, limits, present)
    result = numpy.zeros((len(draw), sharing.width), dtype=object if node.wide else numpy.int64)
    ids = range(sharing.width)
    for row in numpy.flatnonzero(draw):
        weights, bounds = keys_and_limits(keys, limits, present, row, sharing.width)
        shared = share(int(draw[row]), weights, bounds, ids, reallocate=sharing.reallocates)
        result[row] = shared.units
    return result


def keys_and_limits(
    keys: Array, limits: Array, present: Array, row: int, width: int
) -> tuple[list[int], list[int]]:
    """The keys (0 for those who are not there) and the limits of one scenario, as Python's whole numbers."""
    weights = _row(keys, row, width)
    if present is not True:
        there = _row(present, row, width)
        weights = [weight if here else 0 for weight, here in zip(weights, there, strict=True)]
    return weights, _row(limits, row, width)


def _row(operand: Array, row: int, width: int) -> list[int]:
    """One scenario of an operand: a block, a column ``(scenarios, 1)``, or values that do not vary."""
    if not hasattr(operand, "ndim") or operand.ndim == 0:
        return [int(operand)] * width
    if operand.ndim == 1:
        return [int(value) for value in operand]
    values: Sequence[Any] = operand[row].tolist()
    return list(values) if len(values) == width else list(values) * width


def rank_block(node: Node, draw: Array, keys: Array, limits: Array, present: Array, ranks: Array) -> Array:
    """What each payer pays of each draw rank by rank, where the ranks vary between scenarios."""
    sharing: Sharing = node.detail
    draw = spread(draw, keys, limits, present, ranks)
    result = numpy.zeros((len(draw), sharing.width), dtype=object if node.wide else numpy.int64)
    for row in numpy.flatnonzero(draw):
        weights, bounds = keys_and_limits(keys, limits, present, row, sharing.width)
        order: dict[int, list[int]] = {}
        for place, rank in enumerate(_row(ranks, row, sharing.width)):
            order.setdefault(rank, []).append(place)
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
