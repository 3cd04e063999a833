"""The one place that rounds: exact shares become minor units here and nowhere else.

Shares are computed as exact rationals, with water-filling at the limits, and turned into minor units by the method of
*largest remainder* (Hamilton's method; Balinski and Young, *Fair Representation*, 1982): every share is rounded down,
and the units left over go one each to the largest fractional parts.  The method keeps the sum exact and never lifts a
share above a whole limit; it can lower one payer by one unit when the sum grows by one.

Amounts are whole minor units; keys are exact numbers that are not negative; a limit of ``None`` means unlimited.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from operator import neg
from typing import Literal, assert_never

from rulelang.base.money import Exact
from rulelang.base.values import ComparedByValue


def round_down(amount: Exact) -> int:
    """The largest whole minor unit that is not above ``amount``."""
    return amount if isinstance(amount, int) else amount.numerator // amount.denominator


def rounded_to(value: Exact, unit: Exact, direction: Literal["up", "down", "nearest"]) -> Exact:
    """The multiple of a unit (above zero) that is next to a value: above it, below it, or the nearer, halves up."""
    count = Fraction(value) / unit
    match direction:
        case "up":
            whole = -(-count.numerator // count.denominator)
        case "down":
            whole = count.numerator // count.denominator
        case "nearest":
            whole = (2 * count.numerator + count.denominator) // (2 * count.denominator)
        case _:
            assert_never(direction)
    return whole * unit


class Shares(ComparedByValue):
    """How an amount was shared, in the order of the keys given.

    The exact share of payer ``i`` is ``whole[i] + part[i] / denominator`` minor units, ``0 <= part[i] < denominator``;
    ``units[i]`` is what it pays, that is ``whole[i]`` or one more.
    """

    whole: tuple[int, ...]
    part: tuple[int, ...]
    denominator: int
    units: tuple[int, ...]

    def exact(self, index: int) -> Exact:
        """The exact share of one payer before rounding, in minor units."""
        part = self.part[index]
        return self.whole[index] + Fraction(part, self.denominator) if part else self.whole[index]

    @property
    def total(self) -> int:
        """What all pay together."""
        return sum(self.units)


NOTHING = Shares((), (), 1, ())


def _integer_keys(keys: Sequence[Exact]) -> list[int]:
    """Whole numbers in the same proportions as ``keys``."""
    if {int}.issuperset(map(type, keys)):
        return list(keys)  # type: ignore[arg-type]
    scale = lcm(*(key.denominator for key in keys))
    return [key.numerator * (scale // key.denominator) for key in keys]


def _saturated(amount: int, keys: Sequence[int], limits: Sequence[int | None]) -> tuple[set[int], int, int]:
    """Who reaches its limit when ``amount`` is shared by water-filling; the amount and the keys left for the others.

    Payers are taken in the order of ``limit / key``, the level at which each is full: a payer is full at the end if
    and only if its level is reached when all payers of lower levels are full.
    """
    rest, weight = amount, sum(keys)
    full: set[int] = set()
    pairs = zip(keys, limits, strict=True)
    if True not in [limit is not None and rest * key > limit * weight for key, limit in pairs]:
        return full, rest, weight
    bounds = [(index, limit) for index, limit in enumerate(limits) if limit is not None and keys[index]]
    for place in _by_level(bounds, keys):
        index, limit = bounds[place]
        if rest * keys[index] <= limit * weight:
            break
        full.add(index)
        rest -= limit
        weight -= keys[index]
    return full, rest, weight


def _by_level(bounds: Sequence[tuple[int, Exact]], keys: Sequence[int]) -> list[int]:
    """The places in ``bounds`` (whose they are, and how much) in the order of ``limit / key``.

    Two such levels that differ are at least ``1 / (key x other key)`` apart, so whole numbers with as many bits behind
    the point as two keys have together stand in the same order; comparing these takes a tenth of the time of fractions.
    """
    scale = lcm(*[limit.denominator for _, limit in bounds]) << 2 * max(keys).bit_length()
    levels = [(limit * scale // keys[index], place) for place, (index, limit) in enumerate(bounds)]
    return [place for _, place in sorted(levels)]


def share(
    amount: int, keys: Sequence[Exact], limits: Sequence[int | None], ids: Sequence[object], *, reallocate: bool = True
) -> Shares:
    """Share ``amount`` in proportion to ``keys``, nobody above its limit, and round by largest remainder.

    ``ids`` settle equal fractional parts: the smaller one first.  With ``reallocate`` what a full payer cannot bear
    is shared among the others, and ``amount`` must not exceed the sum of the limits of payers whose key is not zero.
    Without it the exact shares are ``min(amount x key / sum of keys, limit)`` and what is left over stays unpaid.
    """
    if not amount or not any(keys):
        zeros = (0,) * len(keys)
        return Shares(zeros, zeros, 1, zeros)
    weights = _integer_keys(keys)
    divisor = gcd(*weights)
    if divisor > 1:
        weights = [weight // divisor for weight in weights]
    if reallocate:
        full, rest, weight = _saturated(amount, weights, limits)
    else:
        rest, weight = amount, sum(weights)
        full = {
            index
            for index, limit in enumerate(limits)
            if limit is not None and amount * weights[index] >= limit * weight
        }
    denominator = weight or 1
    pairs = [divmod(rest * key, denominator) for key in weights]
    for index in full:
        pairs[index] = (limits[index] or 0) if weights[index] else 0, 0
    whole, part = zip(*pairs, strict=True)
    return Shares(whole, part, denominator, _largest_remainder(whole, part, denominator, ids))


def _largest_remainder(
    whole: Sequence[int], part: Sequence[int], denominator: int, ids: Sequence[object]
) -> tuple[int, ...]:
    """Whole units: the sum of all shares, rounded down, with the units left over at the largest fractional parts."""
    units = list(whole)
    left = sum(part) // denominator
    if left:
        for _, _, index in sorted(zip(map(neg, part), ids, range(len(part)), strict=True))[:left]:
            units[index] += 1
    return tuple(units)


def split(amount: int, keys: Sequence[Exact], limits: Sequence[int | None] | None = None) -> tuple[int, ...]:
    """Share ``amount`` in proportion to ``keys``, ties to the one written first; nothing where all keys are zero."""
    return share(amount, keys, limits or (None,) * len(keys), range(len(keys))).units
