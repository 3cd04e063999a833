"""What each payer of a turn pays along a stretch of the variable, quickly: piece by piece, or read at many places.

Along a piece of a profile a payer's amount is continuous, so it is told by the places at which its slope changes.  When
a draw is shared by water-filling these places, and the level there, are the same for all payers: they are worked out
once, and a payer costs one product for each place that somebody looks at, up to where it is full.

A profile of a thousand members has millions of breakpoints when it is written out payer by payer.  To compare two of
them nobody needs the exact value at each: most can be told apart by a *mark*, the value in fixed point (a whole
number of ``2 ** -BITS`` minor units), which is wrong by less than one such part for each unit of a key.  What marks
cannot settle is asked for exactly.  And most need not be looked at one by one: over a *block* of places a payer's
amount keeps so near to a straight line that its ends tell what is between them.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil, isqrt

from attrs import define, field

from rulelang.base.money import Exact, size_of, whole_if_possible
from rulelang.profiles.line_sharing import WaterFilling
from rulelang.profiles.linear_pieces import LinearPiece
from rulelang.profiles.lines import Moving, slope_of, value_at

BITS = 96
"""The bits behind the point of a mark."""


def mark(value: Exact) -> int:
    """A value in fixed point, cut off."""
    return (value.numerator << BITS) // value.denominator


def block_of(places: Sequence[Exact]) -> int:
    """How many places on a block ends: as many as there are blocks, but not so few that its ends are half of it."""
    return max(8, isqrt(len(places)))


@define(slots=False)
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
    def exact(self, index: int, number: int) -> Exact:
        """What a payer pays at one of the places, exactly."""

    def settled(self, index: int) -> int:
        """The number of the first place from which on a payer pays the same at all further ones."""
        return len(self.places) - 1 if self.fixed(index) is None else 0

    def marks(self, index: int, numbers: Sequence[int]) -> list[int]:
        """What a payer pays at some of the places, as marks."""
        return [mark(self.exact(index, number)) for number in numbers]

    def blocks(self, index: int, count: int) -> tuple[list[int], list[int]]:
        """The ends of the first blocks of places, as marks, and each block's *bow*.

        That is by how much the payer's amount leaves the straight line between the ends of the block, at most.  That
        line is drawn over the marks of the places, so that the bows of what is added up add up as well.
        """
        block = block_of(self.places)
        ends = self.marks(index, range(0, count * block + 1, block))
        return ends, self._bows(index, ends, block)

    @abstractmethod
    def _bows(self, index: int, ends: Sequence[int], block: int) -> list[int]:
        """The bows of the blocks with these ends."""


@define(slots=False)
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

    def exact(self, index: int, number: int) -> Exact:
        """What a payer pays at one of the places, exactly."""
        return value_at(self.amounts[index], self.places[number])

    def _bows(self, index: int, ends: Sequence[int], block: int) -> list[int]:  # noqa: ARG002 - it is the same for all
        """A line leaves the one over the marks by as much as they are off, of the place and of both ends."""
        return [4 * ceil(size_of(slope_of(self.amounts[index])))] * (len(ends) - 1)


def _level_mark(draw: Exact, ahead: int, weight: int) -> int:
    """What a payer of key 1 pays of a draw, as a mark: a part of what is left behind those who are full."""
    return ((draw.numerator - ahead * draw.denominator) << BITS) // (draw.denominator * weight)


@define(slots=False)
class FilledCurves(PaymentCurves):
    """Payers that share a draw that moves, at limits that do not.

    ``full[j]`` payers are full just behind ``places[j]``; the others pay their key times the level there, which grows
    by ``growth[j]`` with the variable.  A draw that grows leaves who is full full (``rising``).
    """

    filling: WaterFilling
    rising: bool = field(init=False)
    draws: list[Exact] = field(init=False)
    full: list[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Find who is full behind each place."""
        filling = self.filling
        self.error, self.rising = max(filling.keys, default=0) + 1, slope_of(filling.draw) >= 0
        self.draws = [value_at(filling.draw, t) for t in self.places]
        self.full = filling.levels.full_along(self.draws, rising=self.rising)

    @cached_property
    def growth(self) -> list[Fraction]:
        """By how much the level grows with the variable behind each place."""
        slope, others = slope_of(self.filling.draw), self.filling.levels.others
        return [Fraction(slope, others(full)[1]) for full in self.full]

    @cached_property
    def level(self) -> list[Fraction]:
        """What a payer of key 1 pays at each place, if it is not full."""
        return list(map(self.filling.levels.level, self.full, self.draws))

    @cached_property
    def level_marks(self) -> list[int]:
        """The same as marks."""
        rests = map(self.filling.levels.others, self.full)
        return [_level_mark(draw, *rest) for draw, rest in zip(self.draws, rests, strict=True)]

    @cached_property
    def level_bows(self) -> list[int]:
        """The bow of the level over each block, and what marks are off: that of the place, the line, and its ends."""
        marks, at, block = self.level_marks, [mark(place) for place in self.places], block_of(self.places)
        found = []
        for start in range(0, len(at) - block, block):
            end, left, level = start + block, at[start], marks[start]
            rise, run = marks[end] - level, at[end] - left or 1
            line = (level + rise * (place - left) // run for place in at[start:end])
            found.append(max(abs(here - there) for here, there in zip(marks[start:end], line, strict=True)) + 3)
        return found

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
        if not self.filling.keys[index]:
            return 0
        if not self._open(index, len(self.places) - 1):
            return self._limit(index)  # only limited payers are ever full
        return None

    def pieces(self, index: int, plus: Exact = 0) -> list[LinearPiece]:
        """What a payer pays, with an amount added to it."""
        key, places = self.filling.keys[index], self.places
        if not key:
            return [LinearPiece(places[0], plus, 0)]
        open_ = self._open(index, len(places) - 1)
        found: list[LinearPiece] = []
        above, below = Fraction(plus).as_integer_ratio()
        for number in open_:
            level, growth = self.level[number], self.growth[number]
            part = level.denominator
            value = Fraction(above * part + key * level.numerator * below, below * part)
            slope = Fraction(key * growth.numerator, growth.denominator)
            found.append(LinearPiece(places[number], whole_if_possible(value), whole_if_possible(slope)))
        if open_.start:
            found.insert(0, LinearPiece(places[0], whole_if_possible(plus + self._limit(index)), 0))
        elif len(open_) < len(places) - 1:
            found.append(LinearPiece(places[len(open_)], whole_if_possible(plus + self._limit(index)), 0))
        return found

    def exact(self, index: int, number: int) -> Exact:
        """What a payer pays at one of the places, exactly."""
        rank = self.filling.levels.rank.get(index)
        if rank is not None and rank < self.full[number]:
            return self._limit(index)
        return whole_if_possible(self.filling.keys[index] * self.level[number])

    def settled(self, index: int) -> int:
        """The number of the first place from which on a payer pays the same at all further ones."""
        last = len(self.places) - 1
        return self._open(index, last).stop if self.rising else last

    def marks(self, index: int, numbers: Sequence[int]) -> list[int]:
        """What a payer pays at some of the places, as marks."""
        key, levels, limit = self.filling.keys[index], self.level_marks, mark(self._limit(index))
        open_ = self._open(index, len(self.places))
        first, end = open_.start, open_.stop
        return [key * levels[number] if first <= number < end else limit for number in numbers]

    def _bows(self, index: int, ends: Sequence[int], block: int) -> list[int]:
        """Its part of the level's bow; where it becomes full, all by which its amount changes."""
        key, open_ = self.filling.keys[index], self._open(index, len(self.places))
        whole = range(-(-open_.start // block), (open_.stop - 1) // block)  # the blocks at whose ends it is not full
        return [
            key * bow if number in whole else abs(there - here) + self.error
            for number, (bow, (here, there)) in enumerate(zip(self.level_bows, pairwise(ends), strict=False))
        ]

    def _limit(self, index: int) -> Exact:
        return self.filling.levels.limits[index] or 0


@define(slots=False)
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

    def exact(self, index: int, number: int) -> Exact:
        """What a payer pays at one of the places, exactly."""
        return self.rows[number][index]

    def _bows(self, index: int, ends: Sequence[int], block: int) -> list[int]:
        """No more than from the least amount of the block to its largest."""
        marks = self.marks(index, range((len(ends) - 1) * block + 1))
        blocks = (marks[start : start + block + 1] for start in range(0, len(marks) - 1, block))
        return [max(some) - min(some) + self.error for some in blocks]
