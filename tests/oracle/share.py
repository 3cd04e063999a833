"""Exact shares with water-filling, and their rounding by largest remainder."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.parts import Exact


def floor(x: Exact) -> int:
    """The whole part of a number that is not negative."""
    return x.numerator // x.denominator


def largest_remainder(shares: Sequence[Fraction], total: int) -> list[int]:
    """Whole units out of exact shares; `shares` stand in the order in which ties are decided."""
    units = [floor(x) for x in shares]
    over = total - sum(units)
    rest = sorted(range(len(shares)), key=lambda i: (-(shares[i] - units[i]), i))
    assert 0 <= over <= len(shares)
    for i in rest[:over]:
        assert shares[i] > units[i]
        units[i] += 1
    return units


def water_fill(amount: int, keys: Sequence[Exact], limits: Sequence[int | None]) -> list[Fraction]:
    """Exact shares of `amount` in proportion to the keys, nobody above its limit (None: no limit)."""
    shares = [Fraction(0)] * len(keys)
    open_ = [i for i in range(len(keys)) if keys[i] > 0]
    left = Fraction(amount)
    while open_:
        total = sum(keys[i] for i in open_)
        full = {i: lim for i in open_ if (lim := limits[i]) is not None and left * keys[i] / total >= lim}
        if not full:
            for i in open_:
                shares[i] = left * keys[i] / total
            return shares
        for i, lim in full.items():
            shares[i] = Fraction(lim)
        left -= sum(full.values())
        open_ = [i for i in open_ if i not in full]
    assert left == 0
    return shares


def capacity_sum(keys: Sequence[Exact], limits: Sequence[int | None]) -> int | None:
    """Sum of the limits of those with a key above 0; None is unlimited."""
    total = 0
    for k, lim in zip(keys, limits, strict=True):
        if k > 0:
            if lim is None:
                return None
            total += lim
    return total


def lowest(*values: int | None) -> Any:
    """The lowest of some limits; None is no limit."""
    known = [v for v in values if v is not None]
    return min(known) if known else None
