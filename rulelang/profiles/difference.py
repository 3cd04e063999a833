"""The difference of two curves: where it is not zero, how large it gets, and where."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, zip_longest
from typing import Literal

from attrs import field, frozen

from rulelang.base.money import Exact, size_of, whole_if_possible

Side = Literal["at", "above", "below"]


@frozen
class Band:
    """A stretch of the variable in which a difference has one sign; ``end`` is ``None`` if it never ends.

    A band whose ends are equal is that single value of the variable.  Else it is what lies between its ends, and
    ``with_start`` and ``with_end`` say of each end whether it belongs to it, which no comparison of bands looks at.
    Two bands of one sign with a common end do not hold there: at that very value the difference is another.
    """

    start: Exact
    end: Exact | None
    sign: int
    with_start: bool = field(default=False, eq=False, repr=False)
    with_end: bool = field(default=False, eq=False, repr=False)

    @classmethod
    def single(cls, at: Exact, sign: int) -> "Band":
        """The band of one value."""
        return cls(at, at, sign, with_start=True, with_end=True)

    def reaches(self, other: "Band") -> bool:
        """Whether nothing lies between this band and one that begins no sooner."""
        if self.end is None or other.start < self.end:
            return True
        return other.start == self.end and (self.with_end or other.with_start)

    def joined(self, other: "Band") -> "Band":
        """One band of two, of which the first reaches the second."""
        with_start = self.with_start or (other.with_start and other.start == self.start)
        if self.end is None or (other.end is not None and other.end < self.end):
            return Band(self.start, self.end, self.sign, with_start, self.with_end)
        with_end = other.with_end or (self.with_end and self.end == other.end)
        return Band(self.start, other.end, self.sign, with_start, with_end)


@frozen
class Extreme:
    """The largest difference, in minor units (new less old), and where it is: at a value, or just above or below it.

    ``unbounded`` if the difference grows for ever; then ``amount`` is what it is where growth begins.
    """

    amount: Exact = 0
    at: Exact = 0
    side: Side = "at"
    unbounded: bool = False


@frozen
class Difference:
    """How an amount under a new rulebook differs from that under an old one, for every value of the variable."""

    bands: tuple[Band, ...] = ()
    extreme: Extreme = Extreme()

    @property
    def direction(self) -> Literal["same", "more", "less", "crosses"]:
        """Whether the new amount is never another, only larger, only smaller, or now this and now that."""
        signs = {band.sign for band in self.bands}
        if not signs:
            return "same"
        return "crosses" if len(signs) == 2 else "more" if 1 in signs else "less"

    @property
    def rounding_only(self) -> bool:
        """Whether there is a difference, but nowhere one of a whole minor unit."""
        return bool(self.bands) and not self.extreme.unbounded and size_of(self.extreme.amount) < 1

    @property
    def first(self) -> Exact | None:
        """From which value of the variable on there is a difference."""
        return self.bands[0].start if self.bands else None


@frozen
class Stretch:
    """A difference along a stretch of the variable without a jump inside: its sign at every breakpoint, ends included.

    ``exact(j)`` is the difference at ``places[j]``; at the ends it is that just inside.  ``candidates`` are the places
    at which it may be largest.  ``endless`` if it goes on as from the last place but one to the last, for ever.
    """

    places: Sequence[Exact]
    signs: Sequence[int]
    exact: Callable[[int], Exact]
    candidates: Sequence[int]
    endless: bool = False


def stretch_of(places: Sequence[Exact], amounts: Sequence[Exact], *, endless: bool) -> Stretch:
    """A stretch whose amounts are all known."""
    return Stretch(places, [*map(sign_of, amounts)], amounts.__getitem__, range(len(places)), endless)


def difference_of(stretches: Iterable[Stretch], spots: Iterable[tuple[Exact, Exact]]) -> Difference:
    """Put stretches, in order, and single values together; elsewhere the difference is zero.

    A stretch holds at its start, not at its end; at a single value neither side holds.
    """
    known, single = list(stretches), dict(spots)
    bands = [band for stretch in known for band in _bands(stretch)]
    extreme = Extreme()
    for stretch, following in zip_longest(known, known[1:]):
        extreme = _largest(extreme, stretch, following, single)
    for at, amount in single.items():
        extreme = _larger(extreme, Extreme(amount, at))
    if single:
        points = [Band.single(at, sign_of(amount)) for at, amount in single.items() if amount]
        bands = _in_order([*_parted(bands, single), *points])
    return Difference(tuple(_joined(bands)), extreme)


def _parted(bands: Iterable[Band], single: Mapping[Exact, Exact]) -> Iterator[Band]:
    """The bands, each cut at the single values in it that have another sign."""
    places = sorted(single)
    for band in bands:
        start, with_start = band.start, band.with_start
        last = len(places) if band.end is None else bisect_left(places, band.end)
        for at in places[bisect_left(places, start) : last]:
            if sign_of(single[at]) != band.sign:
                if at != start:
                    yield Band(start, at, band.sign, with_start)
                start, with_start = at, False
        yield Band(start, band.end, band.sign, with_start)


def joined(bands: Iterable[Band]) -> Iterator[Band]:
    """Bands of one sign between which nothing lies, as one; in order."""
    return _joined(_in_order(bands))


def _in_order(bands: Iterable[Band]) -> list[Band]:
    return sorted(bands, key=lambda band: (band.start, band.end is None, band.end))


def _joined(bands: Iterable[Band]) -> Iterator[Band]:
    last: Band | None = None
    for band in bands:
        if last is not None and last.sign == band.sign and last.reaches(band):
            last = last.joined(band)
            continue
        if last is not None:
            yield last
        last = band
    if last is not None:
        yield last


def sign_of(value: Exact) -> int:
    """1 above zero, -1 below it, else 0."""
    return (value > 0) - (value < 0)


def _bands(stretch: Stretch) -> Iterator[Band]:
    """The bands of a stretch, breakpoint by breakpoint; at a zero one ends and the next begins."""
    places, signs = stretch.places, stretch.signs
    start, sign = places[0], signs[0]  # of the band that goes on
    with_start = bool(sign)  # only the first one may have its start
    # most places lie within a band, where there is nothing to do
    for number in [number for number, (here, there) in enumerate(pairwise(signs)) if here != there or not here]:
        here, there = signs[number], signs[number + 1]
        if sign and not here:  # it came to zero at this place
            yield Band(start, places[number], sign, with_start)
            sign, with_start = 0, False
        if not sign:
            start, sign = places[number], here or there
        if here * there < 0:
            crossing = _crossing(stretch, number)
            yield Band(start, crossing, here, with_start)
            start, sign, with_start = crossing, there, False
    if stretch.endless:
        yield from _tail(stretch, start, sign, with_start=with_start)
    elif sign:
        yield Band(start, places[-1], sign, with_start)


def _tail(stretch: Stretch, start: Exact, sign: int, *, with_start: bool) -> Iterator[Band]:
    """The last bands of a stretch that never ends, with the one that goes on from ``start``, if its sign is not 0."""
    last = len(stretch.places) - 1
    place, value = stretch.places[last], stretch.exact(last)
    slope = sign_of(value - stretch.exact(last - 1))
    if value and sign_of(value) != -slope:
        yield Band(start, None, sign, with_start)
        return
    zero = _crossing(stretch, last - 1) if slope else place
    if sign:
        yield Band(start, zero, sign, with_start)
    if slope:
        yield Band(zero, None, slope)


def _crossing(stretch: Stretch, number: int) -> Exact:
    """Where the line from one place to the next passes zero, between them or behind them."""
    start, end = stretch.places[number], stretch.places[number + 1]
    before, after = stretch.exact(number), stretch.exact(number + 1)
    return whole_if_possible(start + Fraction(-before) / (after - before) * (end - start))


def _largest(known: Extreme, stretch: Stretch, following: Stretch | None, single: Mapping[Exact, Exact]) -> Extreme:
    """The largest difference so far and of a stretch; at its ends it may be one that is only come near to."""
    found = known
    final = len(stretch.places) - 1
    if stretch.endless and stretch.exact(final) != stretch.exact(final - 1):
        amount, place = stretch.exact(final - 1), stretch.places[final - 1]
        side: Side = "at" if single.get(place, amount) == amount else "above"
        return Extreme(amount, place, side, unbounded=True)
    for number in stretch.candidates:
        amount, place = stretch.exact(number), stretch.places[number]
        if size_of(amount) <= size_of(found.amount):
            continue
        side = "at"
        if number != final and single.get(place, amount) != amount:
            side = "above"
        elif number == final and not stretch.endless and amount != _value_behind(stretch, following, single):
            side = "below"
        found = Extreme(amount, place, side)
    return found


def _value_behind(stretch: Stretch, following: Stretch | None, single: Mapping[Exact, Exact]) -> Exact:
    """The difference at the very end of a stretch; where no stretch follows at once there is none."""
    place = stretch.places[-1]
    goes_on = following is not None and following.places[0] == place
    return single.get(place, following.exact(0) if following is not None and goes_on else 0)


def _larger(one: Extreme, other: Extreme) -> Extreme:
    if one.unbounded or other.unbounded:
        return one if one.unbounded else other
    return other if size_of(other.amount) > size_of(one.amount) else one
