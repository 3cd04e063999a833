"""Sharing as a function of the draw: who is full from which draw on, and what everybody pays on the way.

With keys and limits that do not move, a payer pays ``min(level * key, limit)``, and the level rises with the draw: the
payers fill up one after the other, in the order of ``limit / key``.  So the whole function needs one sort, however many
draws are asked for.  Without reallocation the order is the same; only the level does not rise faster as payers fill up.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from attrs import frozen

from rulelang.base.money import Exact, whole_if_possible


@frozen(slots=False, eq=False)
class Levels:
    """Whole keys and limits (``None``: unlimited); payers whose key is 0 take no part.

    When the first ``j`` payers of ``order`` are full they pay ``paid[j]`` together, and the keys of the others add up
    to ``weight[j]``.  All amounts are minor units.
    """

    keys: tuple[int, ...]
    limits: tuple[int | None, ...]
    reallocates: bool = True

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The places of the limited payers, by the level at which each is full."""
        bounded = [place for place, key in enumerate(self.keys) if key and self.limits[place] is not None]
        # two different quotients differ by at least the reciprocal of the product of their divisors, so cut off behind
        # twice the bits of the largest key they are in the same order, and equal only if they are equal
        bits = 2 * max((self.keys[place].bit_length() for place in bounded), default=0) + 1
        levels = {place: ((self.limits[place] or 0) << bits) // self.keys[place] for place in bounded}
        return tuple(sorted(bounded, key=lambda place: levels[place]))

    @cached_property
    def paid(self) -> list[int]:
        """What the first ``j`` payers pay together when they are full."""
        return list(accumulate((self.limits[place] or 0 for place in self.order), initial=0))

    @cached_property
    def weight(self) -> list[int]:
        """The keys of all payers but the first ``j``."""
        return list(accumulate((-self.keys[place] for place in self.order), initial=sum(self.keys)))

    @cached_property
    def knots(self) -> list[Exact]:
        """The draw at which each payer of ``order`` is full."""
        return [self._knot(number, place) for number, place in enumerate(self.order)]

    def _knot(self, number: int, place: int) -> Exact:
        limit = self.limits[place] or 0
        if not self.reallocates:
            return whole_if_possible(Fraction(limit * self.weight[0], self.keys[place]))
        return whole_if_possible(self.paid[number] + Fraction(limit * self.weight[number], self.keys[place]))

    @cached_property
    def rank(self) -> dict[int, int]:
        """How many payers are full before each limited one."""
        return {place: number for number, place in enumerate(self.order)}

    def full_at(self, draw: Exact, *, rising: bool = True) -> int:
        """How many payers are full at a draw, or just above it (``rising``), or just below."""
        return (bisect_right if rising else bisect_left)(self.knots, draw)

    def full_along(self, draws: Sequence[Exact], *, rising: bool) -> list[int]:
        """As :meth:`full_at`, of draws that rise (``rising``) or fall."""
        knots, found, full = self.knots, [], 0
        for draw in draws if rising else reversed(draws):
            while full < len(knots) and (knots[full] <= draw if rising else knots[full] < draw):
                full += 1
            found.append(full)
        return found if rising else found[::-1]

    def others(self, full: int) -> tuple[int, int]:
        """Those who are not full while so many are: what is paid ahead of them, and the keys that share the rest."""
        if not self.reallocates:
            return 0, self.weight[0] or 1
        return self.paid[full], self.weight[full] or 1  # nobody is left to pay where all keys are used up

    def level(self, full: int, draw: Exact) -> Fraction:
        """What a payer of key 1 pays at a draw while so many are full and it is not."""
        ahead, weight = self.others(full)
        return Fraction(draw - ahead, weight)

    def share(self, place: int, full: int) -> tuple[Exact, Exact]:
        """What a payer pays while so many are full: a constant, and a factor of the draw."""
        if self.rank.get(place, full) < full:
            return self.limits[place] or 0, 0
        (ahead, weight), key = self.others(full), self.keys[place]
        return Fraction(-ahead * key, weight), Fraction(key, weight)

    def placed(self, full: int) -> tuple[Exact, Exact]:
        """What all pay together while so many are full: a constant, and a factor of the draw."""
        if self.reallocates:
            return 0, 1
        return self.paid[full], Fraction(self.weight[full], self.weight[0] or 1)


_KEPT: dict[tuple[tuple[int, ...], tuple[int | None, ...], bool], Levels] = {}


def levels_of(keys: Sequence[int], limits: Sequence[int | None], *, reallocates: bool) -> Levels:
    """The levels of some keys and limits; the last few are kept, since a walk meets the same ones again and again."""
    wanted = (tuple(keys), tuple(limits), reallocates)
    found = _KEPT.get(wanted)
    if found is None:
        if len(_KEPT) >= 64:
            _KEPT.clear()
        found = _KEPT[wanted] = Levels(*wanted)
    return found
