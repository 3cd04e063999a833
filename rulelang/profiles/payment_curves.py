"""What each payer of a turn pays along a stretch of the variable, quickly: piece by piece, or read at many places.

Along a piece of a profile a payer's amount is continuous, so it is told by the places at which its slope changes.  When
a draw is shared by water-filling these places, and the level there, are the same for all payers: they are worked out
once, and a payer costs one product for each place up to where it is full.

A profile of a thousand members has millions of breakpoints when it is written out payer by payer.  To compare two of
them nobody needs the exact value at each: most can be told apart by a *mark*, the value in fixed point (a whole
number of ``2 ** -BITS`` minor units), which is wrong by less than one such part for each unit of a key.  What marks
cannot settle is asked for exactly.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

from attrs import define, field

from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.line_order import LineOrder
from rulelang.profiles.line_sharing import LineSharing, Listed, WaterFilling
from rulelang.profiles.linear_pieces import LinearPiece, summed
from rulelang.profiles.lines import Moving, slope_of, value_at
from rulelang.run.payments import Payments

BITS = 96
"""The bits behind the point of a mark."""


def mark(value: Exact) -> int:
    """A value in fixed point, cut off."""
    if isinstance(value, int):
        return value << BITS
    return (value.numerator << BITS) // value.denominator


@define
class PaymentCurves(ABC):
    """What each payer of a turn pays along a stretch, whose ``places`` go from its start to its end.

    Amounts are exact minor units; ``error`` bounds how far a mark is off.
    """

    places: Sequence[Exact]
    error: int = field(default=1, init=False)

    @abstractmethod
    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the stretch, else ``None``."""

    @abstractmethod
    def pieces(self, index: int, plus: Exact = 0) -> list[LinearPiece]:
        """What a payer pays, with an amount added to it; every place at which its slope changes is known."""

    @abstractmethod
    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""

    def settled(self, index: int) -> int:
        """The first place from which on a payer pays the same at all further ones."""
        return len(self.places) - 1 if self.fixed(index) is None else 0

    def marks(self, index: int, count: int) -> Sequence[int]:
        """What a payer pays at each of the first places, as marks."""
        amount = self.fixed(index)
        if amount is not None:
            return [mark(amount)] * count
        return [mark(self.exact(index, place)) for place in range(count)]


@define
class LineCurves(PaymentCurves):
    """Payers that each follow one line."""

    amounts: Sequence[Moving]

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the stretch, else ``None``."""
        amount = self.amounts[index]
        return None if slope_of(amount) else value_at(amount, 0)

    def pieces(self, index: int, plus: Exact = 0) -> list[LinearPiece]:
        """What a payer pays, with an amount added to it."""
        amount, start = self.amounts[index], self.places[0]
        return [LinearPiece(start, whole_if_possible(plus + value_at(amount, start)), slope_of(amount))]

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""
        return value_at(self.amounts[index], self.places[place])


@define
class FilledCurves(PaymentCurves):
    """Payers that share a draw at limits that do not move.

    ``full[j]`` payers are full just behind ``places[j]``; the others pay their key times ``level[j]`` there, which
    grows by ``growth[j]`` with the variable.  A draw that grows leaves who is full full (``rising``).
    """

    filling: WaterFilling
    rising: bool = field(init=False)
    full: list[int] = field(init=False)
    level: list[Fraction] = field(init=False)
    growth: list[Fraction] = field(factory=list)
    level_marks: list[int] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Find who is full behind each place, and the level of the others."""
        filling, levels = self.filling, self.filling.levels
        self.error, self.rising = max(filling.keys, default=0) + 1, slope_of(filling.draw) >= 0
        draws = [value_at(filling.draw, t) for t in self.places]
        self.full = levels.full_along(draws, rising=self.rising)
        self.level = [levels.level(full, draw) for full, draw in zip(self.full, draws, strict=True)]

    def _open(self, index: int, count: int) -> range:
        """Those of the first places behind which a payer is not full."""
        rank = self.filling.levels.rank.get(index)
        if rank is None:
            return range(count)
        if self.rising:
            return range(min(bisect_right(self.full, rank), count))
        return range(min(bisect_left(self.full, -rank, key=lambda full: -full), count), count)

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the stretch, else ``None``."""
        key, open_ = self.filling.keys[index], self._open(index, len(self.places) - 1)
        if not key:
            return 0
        if not open_:
            return self._limit(index)  # only limited payers are ever full
        return None if slope_of(self.filling.draw) else whole_if_possible(key * self.level[0])

    def pieces(self, index: int, plus: Exact = 0) -> list[LinearPiece]:
        """What a payer pays, with an amount added to it."""
        key, places = self.filling.keys[index], self.places
        if not key:
            return [LinearPiece(places[0], plus, 0)]
        if not self.growth:
            slope, others = slope_of(self.filling.draw), self.filling.levels.others
            self.growth = [Fraction(slope, others(full)[1]) for full in self.full]
        open_ = self._open(index, len(places) - 1)
        found: list[LinearPiece] = []
        above, below = Fraction(plus).as_integer_ratio()
        for place in open_:
            level, growth = self.level[place], self.growth[place]
            part = level.denominator
            value = Fraction(above * part + key * level.numerator * below, below * part)
            slope = Fraction(key * growth.numerator, growth.denominator)
            found.append(LinearPiece(places[place], whole_if_possible(value), whole_if_possible(slope)))
        if open_.start:
            found.insert(0, LinearPiece(places[0], whole_if_possible(plus + self._limit(index)), 0))
        elif len(open_) < len(places) - 1:
            found.append(LinearPiece(places[len(open_)], whole_if_possible(plus + self._limit(index)), 0))
        return found

    def settled(self, index: int) -> int:
        """The first place from which on a payer pays the same at all further ones."""
        last = len(self.places) - 1
        if not slope_of(self.filling.draw) or not self.filling.keys[index]:
            return 0
        return self._open(index, last).stop if self.rising else last

    def marks(self, index: int, count: int) -> Sequence[int]:
        """What a payer pays at each of the first places, as marks."""
        if not self.level_marks:
            self.level_marks = [mark(level) for level in self.level]
        key, open_ = self.filling.keys[index], self._open(index, count)
        found = [key * level for level in self.level_marks[open_.start : open_.stop]]
        if len(open_) == count:
            return found
        limit = mark(self._limit(index))
        return [limit] * open_.start + found + [limit] * (count - open_.stop)

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""
        rank = self.filling.levels.rank.get(index)
        if rank is not None and rank < self.full[place]:
            return self._limit(index)
        return whole_if_possible(self.filling.keys[index] * self.level[place])

    def _limit(self, index: int) -> Exact:
        return self.filling.levels.limits[index] or 0


@define
class ReadCurves(PaymentCurves):
    """Payers whose amounts are worked out at every place (``rows``), because their limits move."""

    rows: Sequence[Sequence[Exact]]

    def fixed(self, index: int) -> Exact | None:
        """What a payer pays if it is the same all along the stretch, else ``None``."""
        first = self.rows[0][index]
        return first if all(row[index] == first for row in self.rows) else None

    def pieces(self, index: int, plus: Exact = 0) -> list[LinearPiece]:
        """What a payer pays, with an amount added to it."""
        found = []
        ends = zip(pairwise(self.places), pairwise(self.rows), strict=True)
        for (at, to), (here, there) in ends:
            slope = Fraction(there[index] - here[index]) / (to - at)
            found.append(LinearPiece(at, whole_if_possible(plus + here[index]), whole_if_possible(slope)))
        return found

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""
        return self.rows[place][index]


Seat = tuple[PaymentCurves, int]
"""A payer's curve: the curves of those who share with it, and its place among them."""


def seats_along(payments: Payments, start: Exact, end: Exact | None) -> list[Seat]:
    """The curves of the payers from ``start`` to ``end`` (``None``: for ever), both inside one piece of a profile."""

    def seats(sharing: LineSharing) -> list[Seat]:
        places = [start, *sorted(set(_breaks(sharing, start, end)))]
        places.append(end if end is not None and end > places[-1] else places[-1] + 1)
        return _seats(sharing, places)

    return payments.gathered(seats)


def seats_at(payments: Payments, places: Sequence[Exact]) -> list[Seat]:
    """The curves of the payers, to be read at these places alone, all inside one piece of a profile or at its ends."""
    return payments.gathered(lambda sharing: _seats(sharing, places))


def _seats(sharing: LineSharing, places: Sequence[Exact]) -> list[Seat]:
    """The curves of those who share a draw."""
    curves: PaymentCurves
    match sharing:
        case Listed():
            curves = LineCurves(places, sharing.amounts)
            count = len(sharing.amounts)
        case WaterFilling():
            exact = sharing.exact
            curves = FilledCurves(places, sharing) if sharing.fixed else ReadCurves(places, [exact(t) for t in places])
            count = len(sharing.keys)
        case _:
            assert_never(sharing)
    return [(curves, index) for index in range(count)]


def breaks_of(payments: Payments, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """Where, between two values of the variable, a payer becomes full or is so no more; some may come twice."""
    return (t for sharing in payments.sharings() for t in _breaks(sharing, start, end))


def _breaks(sharing: LineSharing, start: Exact, end: Exact | None) -> Iterable[Exact]:
    match sharing:
        case Listed():
            return ()
        case WaterFilling(fixed=False):
            return _walked(sharing, start, end)
        case WaterFilling():
            base, slope = value_at(sharing.draw, 0), slope_of(sharing.draw)
            found = (Fraction(knot - base, slope) for knot in (sharing.levels.knots if slope else ()))
            return [whole_if_possible(t) for t in found if start < t and (end is None or t < end)]
        case _:
            assert_never(sharing)


def _walked(filling: WaterFilling, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """As :func:`breaks_of`, for limits that move: from one to the next."""
    at: Exact | None = start
    while at is not None:
        order = LineOrder(at)
        filling.lines(order)
        at = order.until
        if at is None or (end is not None and at >= end):
            return
        yield at


def added(seats: Iterable[Seat], start: Exact) -> list[LinearPiece]:
    """The sum of what several payers pay."""
    fixed: Exact = 0
    moving: list[Seat] = []
    for curves, index in seats:
        amount = curves.fixed(index)
        if amount is None:
            moving.append((curves, index))
        else:
            fixed += amount
    if not moving:
        return [LinearPiece(start, whole_if_possible(fixed), 0)]
    curves, index = moving[0]
    total = curves.pieces(index, fixed)
    for curves, index in moving[1:]:
        total = list(summed(total, curves.pieces(index)))
    return total
