"""Courses: what each payer of a turn pays along a stretch of the variable, read quickly at many places.

A profile of a thousand members has millions of breakpoints when it is written out payer by payer.  To compare two of
them nobody needs the exact value at each: most can be told apart by a *mark*, the value in fixed point (a whole
number of ``2 ** -BITS`` minor units), which is wrong by less than one such part for each unit of a key.  What marks
cannot settle is asked for exactly.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Protocol

from attrs import define, field

from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.line_domain import WaterFilling
from rulelang.profiles.lines import Line, Moving, slope_of, value_at
from rulelang.profiles.water_filling import Levels
from rulelang.run.payments import PartOf, Ranked

BITS = 96
"""The bits behind the point of a mark."""


def mark(value: Exact) -> int:
    """A value in fixed point, cut off."""
    if isinstance(value, int):
        return value << BITS
    return (value.numerator << BITS) // value.denominator


class Course(Protocol):
    """What each payer of a turn pays at some places of the variable; ``error`` bounds how far a mark is off."""

    error: int

    def settled(self, index: int) -> int:
        """The first place from which on a payer pays the same at all further ones."""

    def marks(self, index: int, count: int) -> Sequence[int]:
        """What a payer pays at each of the first places, as marks."""

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""


@define
class LineCourse:
    """Payers that each follow one line."""

    places: Sequence[Exact]
    amounts: Sequence[Moving]
    error: int = 1

    def settled(self, index: int) -> int:
        """The first place from which on a payer pays the same at all further ones."""
        return len(self.places) - 1 if isinstance(self.amounts[index], Line) else 0

    def marks(self, index: int, count: int) -> Sequence[int]:
        """What a payer pays at each of the first places, as marks."""
        amount = self.amounts[index]
        if not isinstance(amount, Line):
            return [mark(amount)] * count
        return [mark(amount.at(t)) for t in self.places[:count]]

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""
        return value_at(self.amounts[index], self.places[place])


@define
class FillCourse:
    """Payers that share a draw at limits that do not move."""

    filling: WaterFilling
    places: Sequence[Exact]
    error: int = 1
    levels: Levels = field(init=False)
    full: list[int] = field(init=False)
    level: list[Exact] = field(init=False)
    level_marks: list[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Find who is full at each place, and the level of the others."""
        filling = self.filling
        self.levels = filling.levels
        draws = [value_at(filling.draw, t) for t in self.places]
        self.full = [self.levels.full_at(draw) for draw in draws]
        factors = [self.levels.level(full) for full in self.full]
        self.level = [fixed + factor * draw for draw, (fixed, factor) in zip(draws, factors, strict=True)]
        self.level_marks = [mark(level) for level in self.level]
        self.error = max(filling.keys, default=0) + 1

    def marks(self, index: int, count: int) -> Sequence[int]:
        """What a payer pays at each of the first places, as marks."""
        key = self.filling.keys[index]
        rank = self.levels.rank.get(index)
        if rank is None:
            return [key * level for level in self.level_marks[:count]]
        limit = mark(self.filling.limits[index])  # type: ignore[arg-type]
        if self.rising:
            open_ = min(bisect_right(self.full, rank), count)
            return [key * level for level in self.level_marks[:open_]] + [limit] * (count - open_)
        states = zip(self.full[:count], self.level_marks, strict=False)
        return [limit if rank < full else key * level for full, level in states]

    @property
    def rising(self) -> bool:
        """Whether the draw grows with the variable, so that who is full stays full."""
        return slope_of(self.filling.draw) >= 0

    def settled(self, index: int) -> int:
        """The first place from which on a payer pays the same at all further ones."""
        last = len(self.places) - 1
        rank = self.levels.rank.get(index)
        if not slope_of(self.filling.draw) or not self.filling.keys[index]:
            return 0
        return last if rank is None or not self.rising else min(bisect_right(self.full, rank), last)

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""
        rank = self.levels.rank.get(index)
        if rank is not None and rank < self.full[place]:
            return self.filling.limits[index] or 0  # type: ignore[return-value]
        return whole_if_possible(self.filling.keys[index] * self.level[place])


@define
class ReadCourse:
    """Payers whose amounts are worked out at every place: where limits move, or are not passed on."""

    rows: Sequence[Sequence[Exact]]
    error: int = 1

    def marks(self, index: int, count: int) -> Sequence[int]:
        """What a payer pays at each of the first places, as marks."""
        return [mark(row[index]) for row in self.rows[:count]]

    def settled(self, index: int) -> int:
        """The first place from which on a payer pays the same at all further ones."""
        del index
        return len(self.rows) - 1

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""
        return self.rows[place][index]


@define
class RankCourse:
    """Payers in ranks, each rank with a course of its own."""

    where: dict[int, tuple[Course, int]]
    error: int

    def marks(self, index: int, count: int) -> Sequence[int]:
        """What a payer pays at each of the first places, as marks."""
        course, place = self.where[index]
        return course.marks(place, count)

    def settled(self, index: int) -> int:
        """The first place from which on a payer pays the same at all further ones."""
        course, place = self.where[index]
        return course.settled(place)

    def exact(self, index: int, place: int) -> Exact:
        """What a payer pays at one place, exactly."""
        course, within = self.where[index]
        return course.exact(within, place)


def course_of(payments: Any, places: Sequence[Exact]) -> Course:
    """The course of some payments at these places of the variable, all inside one piece of a profile or at its ends."""
    if isinstance(payments, Ranked):
        where: dict[int, tuple[Course, int]] = {}
        error = 1
        for rank in payments.ranks:
            course = course_of(rank.payments, places)
            error = max(error, course.error)
            where.update({index: (course, place) for place, index in enumerate(rank.places)})
        return RankCourse(where, error)
    if isinstance(payments, PartOf):
        pool = course_of(payments.pool, places)
        return RankCourse({place: (pool, payments.start + place) for place in range(payments.count)}, pool.error)
    if isinstance(payments, WaterFilling):
        if payments.fixed:
            return FillCourse(payments, places)
        return ReadCourse([payments.exact(t) for t in places])
    return LineCourse(places, payments.amounts)
