"""What is known beforehand of a sharing in which neither keys nor limits vary."""

from fractions import Fraction
from itertools import accumulate
from math import ceil

from rulelang.sweeps.tape.nodes import Node, Operand

ROOM = 1 << 61
"""Sums of keys, of limits and of draws stay below this."""


def precomputed(keys: Operand, limits: Operand, size: int) -> tuple[int, ...] | None:
    """Seven rows, one behind the other; ``None`` where keys or limits vary, or are too large.

    The payers are ordered by the level, ``limit / key``, at which they are full.  The rows are: keys; limits; the
    places in that order; the place in the order of each; the least amount with which the water reaches the level of
    each in the order; what none, the first, the first two … pay together when they are full; and the keys of all
    others together.  A payer whose key is 0 pays nothing: its limit is 0, it comes last, and is never reached.
    """
    if isinstance(keys, Node) or isinstance(limits, Node):
        return None
    key_row = keys if isinstance(keys, tuple) else (keys,) * size
    limit_row = limits if isinstance(limits, tuple) else (limits,) * size
    limit_row = tuple(limit if key else 0 for key, limit in zip(key_row, limit_row, strict=True))
    if sum(limit_row) >= ROOM:
        return None
    levels = [(not key, Fraction(limit, key or 1)) for key, limit in zip(key_row, limit_row, strict=True)]
    order = sorted(range(size), key=levels.__getitem__)
    rank = sorted(range(size), key=order.__getitem__)
    full = list(accumulate((limit_row[place] for place in order), initial=0))
    still_open = list(accumulate((-key_row[place] for place in order), initial=sum(key_row)))
    reached = (
        full[number] + ceil(levels[place][1] * still_open[number]) if key_row[place] else 2 * ROOM
        for number, place in enumerate(order)
    )
    return (*key_row, *limit_row, *order, *rank, *reached, *full, *still_open)
