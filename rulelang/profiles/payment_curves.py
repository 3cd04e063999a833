"""Strokes: what each payer of a turn pays along one piece of a profile, stretch by stretch, quickly.

Along a piece a payer's amount is continuous, so it is told by the places at which its slope changes.  When a draw is
shared by water-filling these places, and the level there, are the same for all payers: they are worked out once, and a
payer costs one product for each place up to where it is full.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from heapq import merge
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from attrs import define, field

from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.line_domain import LineDomain, Listed, WaterFilling
from rulelang.profiles.lines import Moving, slope_of, value_at
from rulelang.profiles.water_filling import Levels
from rulelang.run.payments import PartOf, Payments, Ranked


class Stroke(NamedTuple):
    """From ``at`` on an amount is ``value`` and grows by ``slope`` with the variable, up to the next stroke."""

    at: Exact
    value: Exact
    slope: Exact


class Trace(Protocol):
    """What each payer of a turn pays along a piece; amounts are exact minor units."""

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the piece, else ``None``."""

    def strokes(self, index: int, plus: Exact = 0) -> list[Stroke]:
        """What a payer pays, with an amount added to it."""


@define
class LineTrace:
    """Payers that each follow one line."""

    start: Exact
    amounts: Sequence[Moving]

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the piece, else ``None``."""
        amount = self.amounts[index]
        return None if slope_of(amount) else value_at(amount, 0)

    def strokes(self, index: int, plus: Exact = 0) -> list[Stroke]:
        """What a payer pays, with an amount added to it."""
        amount = self.amounts[index]
        return [Stroke(self.start, whole_if_possible(plus + value_at(amount, self.start)), slope_of(amount))]


@define
class FillTrace:
    """Payers that share a draw at limits that do not move.

    ``full[j]`` payers are full just behind ``places[j]``; the others pay their key times ``level[j]`` there, which
    grows by ``growth[j]``.
    """

    filling: WaterFilling
    places: Sequence[Exact]
    levels: Levels = field(init=False)
    full: list[int] = field(init=False)
    level: list[Fraction] = field(init=False)
    growth: list[Fraction] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Find who is full behind each place, and the level of the others."""
        filling, slope = self.filling, slope_of(self.filling.draw)
        levels = self.levels = filling.levels
        draws = [value_at(filling.draw, t) for t in self.places]
        self.full = [levels.full_at(draw, rising=slope >= 0) for draw in draws]
        shares = [levels.level(full) for full in self.full]
        self.level = [Fraction(fixed + factor * draw) for draw, (fixed, factor) in zip(draws, shares, strict=True)]
        self.growth = [Fraction(factor * slope) for _, factor in shares]

    def _open(self, index: int) -> range:
        """The places behind which a payer is not full."""
        rank, count = self.levels.rank.get(index), len(self.places)
        if rank is None:
            return range(count)
        if slope_of(self.filling.draw) >= 0:
            return range(bisect_right(self.full, rank))
        return range(bisect_left(self.full, -rank, key=lambda full: -full), count)

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the piece, else ``None``."""
        key, open_ = self.filling.keys[index], self._open(index)
        if not key:
            return 0
        if not open_:
            return self._limit(index, 0)  # only limited payers are ever full
        return None if slope_of(self.filling.draw) else whole_if_possible(key * self.level[0])

    def strokes(self, index: int, plus: Exact = 0) -> list[Stroke]:
        """What a payer pays, with an amount added to it."""
        key, open_, places = self.filling.keys[index], self._open(index), self.places
        if not key:
            return [Stroke(places[0], plus, 0)]
        found: list[Stroke] = []
        above, below = Fraction(plus).as_integer_ratio()
        for place in open_:
            level, growth = self.level[place], self.growth[place]
            part = level.denominator
            value = Fraction(above * part + key * level.numerator * below, below * part)
            slope = Fraction(key * growth.numerator, growth.denominator)
            found.append(Stroke(places[place], whole_if_possible(value), whole_if_possible(slope)))
        if open_.start:
            found.insert(0, Stroke(places[0], self._limit(index, plus), 0))
        elif len(open_) < len(places):
            found.append(Stroke(places[len(open_)], self._limit(index, plus), 0))
        return found

    def _limit(self, index: int, plus: Exact) -> Exact:
        return whole_if_possible(plus + value_at(self.filling.limits[index] or 0, 0))


@define
class ReadTrace:
    """Payers whose amounts are worked out at every place, because their limits move.

    ``rows`` has the amounts at each place; the last place only shows where the piece leads.
    """

    places: Sequence[Exact]
    rows: Sequence[Sequence[Exact]]

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the piece, else ``None``."""
        first = self.rows[0][index]
        return first if all(row[index] == first for row in self.rows) else None

    def strokes(self, index: int, plus: Exact = 0) -> list[Stroke]:
        """What a payer pays, with an amount added to it."""
        found = []
        ends = zip(pairwise(self.places), pairwise(self.rows), strict=True)
        for (at, to), (here, there) in ends:
            slope = Fraction(there[index] - here[index]) / (to - at)
            found.append(Stroke(at, whole_if_possible(plus + here[index]), whole_if_possible(slope)))
        return found


@define
class PartsTrace:
    """Payers put together from other traces: ``where`` says for each which trace, and its place there."""

    where: dict[int, tuple[Trace, int]]

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the piece, else ``None``."""
        trace, place = self.where[index]
        return trace.fixed(place)

    def strokes(self, index: int, plus: Exact = 0) -> list[Stroke]:
        """What a payer pays, with an amount added to it."""
        trace, place = self.where[index]
        return trace.strokes(place, plus)


def trace_of(payments: Any, start: Exact, end: Exact | None) -> Trace:
    """The trace of some payments from ``start`` to ``end`` (``None``: for ever), both inside one piece."""
    if isinstance(payments, Ranked):
        ranks = [(rank.places, trace_of(rank.payments, start, end)) for rank in payments.ranks]
        return PartsTrace({index: (trace, at) for indices, trace in ranks for at, index in enumerate(indices)})
    if isinstance(payments, PartOf):
        pool = trace_of(payments.pool, start, end)
        return PartsTrace({place: (pool, payments.start + place) for place in range(payments.count)})
    if not isinstance(payments, WaterFilling):
        return LineTrace(start, payments.amounts)
    places = [start, *sorted(breaks_of(payments, start, end))]
    if payments.fixed:
        return FillTrace(payments, places)
    places.append(end if end is not None and end > places[-1] else places[-1] + 1)
    return ReadTrace(places, [payments.exact(t) for t in places])


def breaks_of(payments: Payments | None, start: Exact, end: Exact | None) -> set[Exact]:
    """Where, between two values of the variable, a payer becomes full or is so no more."""
    sharings = () if payments is None else payments.sharings()
    return {t for sharing in sharings for t in _breaks_of(sharing, start, end)}


def _breaks_of(sharing: WaterFilling | Listed, start: Exact, end: Exact | None) -> set[Exact]:
    if isinstance(sharing, Listed):
        return set()
    if not sharing.fixed:
        return set(_walked(sharing, start, end))
    if not slope_of(sharing.draw):
        return set()
    base, slope = value_at(sharing.draw, 0), slope_of(sharing.draw)
    found = {whole_if_possible(Fraction(knot - base) / slope) for knot in sharing.levels.knots}
    return {t for t in found if start < t and (end is None or t < end)}


def _walked(filling: WaterFilling, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """As :func:`breaks_of`, for limits that move: from one to the next."""
    at: Exact | None = start
    while at is not None:
        domain = LineDomain(at)
        domain.spread(filling)
        at = domain.until
        if at is None or (end is not None and at >= end):
            return
        yield at


def added(terms: Iterable[tuple[Trace, int]], start: Exact) -> list[Stroke]:
    """The sum of what several traces give, each at an index."""
    fixed: Exact = 0
    moving: list[tuple[Trace, int]] = []
    for trace, index in terms:
        amount = trace.fixed(index)
        if amount is None:
            moving.append((trace, index))
        else:
            fixed += amount
    if not moving:
        return [Stroke(start, whole_if_possible(fixed), 0)]
    trace, index = moving[0]
    total = trace.strokes(index, fixed)
    for trace, index in moving[1:]:
        total = list(_merged(total, trace.strokes(index)))
    return total


def _merged(one: Sequence[Stroke], other: Sequence[Stroke]) -> Iterator[Stroke]:
    """The sum of two amounts told by strokes that begin at one place."""
    places = list(dict.fromkeys(merge((stroke.at for stroke in one), (stroke.at for stroke in other))))
    mine = theirs = 0
    for at in places:
        mine += mine + 1 < len(one) and one[mine + 1].at <= at
        theirs += theirs + 1 < len(other) and other[theirs + 1].at <= at
        here, there = one[mine], other[theirs]
        value = here.value + here.slope * (at - here.at) + there.value + there.slope * (at - there.at)
        yield Stroke(at, whole_if_possible(value), whole_if_possible(here.slope + there.slope))
