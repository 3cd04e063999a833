"""The difference of two curves: where it is not zero, how large it gets, and where."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, zip_longest
from typing import Literal

from attrs import frozen

from rulelang.base.money import Exact, size_of, whole_if_possible

Side = Literal["at", "above", "below"]


@frozen
class Band:
    """A stretch of the variable, ends apart, in which a difference has one sign; ``end`` is ``None`` if it never ends.

    A band whose ends are equal is that single value of the variable.
    """

    start: Exact
    end: Exact | None
    sign: int


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
    signs = [(amount > 0) - (amount < 0) for amount in amounts]
    return Stretch(places, signs, amounts.__getitem__, range(len(places)), endless)


def difference_of(stretches: Iterable[Stretch], spots: Iterable[tuple[Exact, Exact]] = ()) -> Difference:
    """Put stretches and single values together."""
    bands: list[Band] = []
    extreme = Extreme()
    known, single = list(stretches), dict(spots)
    for stretch, following in zip_longest(known, known[1:]):
        bands.extend(_bands(stretch))
        extreme = _larger(extreme, _extreme(stretch, following, single))
    for at, amount in single.items():
        if amount:
            bands.append(Band(at, at, 1 if amount > 0 else -1))
            extreme = _larger(extreme, Extreme(amount, at))
    return Difference(tuple(_joined(sorted(bands, key=lambda band: (band.start, band.end is None)))), extreme)


def _bands(stretch: Stretch) -> Iterable[Band]:
    """The bands of a stretch, breakpoint by breakpoint."""
    places, signs = stretch.places, stretch.signs
    start, sign = places[0], 0  # of the band that goes on
    for number, (here, there) in enumerate(pairwise(signs)):
        if here == there == sign:
            continue
        if sign and sign not in (here, there):
            yield Band(start, places[number], sign)
            sign = 0
        if here * there < 0:
            crossing = _crossing(stretch, number)
            yield Band(start if sign else places[number], crossing, here)
            start, sign = crossing, there
        elif not sign and (here or there):
            start, sign = places[number], here or there
    if sign:
        yield Band(start, places[-1], sign)
    if stretch.endless:
        yield from _tail(stretch)


def _crossing(stretch: Stretch, number: int) -> Exact:
    """Where a difference passes zero between one place and the next."""
    start, end = stretch.places[number], stretch.places[number + 1]
    before, after = stretch.exact(number), stretch.exact(number + 1)
    return whole_if_possible(start + Fraction(-before) / (after - before) * (end - start))


def _tail(stretch: Stretch) -> Iterable[Band]:
    """What a difference does behind its last breakpoint, for ever."""
    before, after = stretch.exact(len(stretch.places) - 2), stretch.exact(len(stretch.places) - 1)
    start, slope = stretch.places[-1], after - before
    if after * slope < 0:
        step = stretch.places[-1] - stretch.places[-2]
        crossing = whole_if_possible(start + Fraction(-after) * step / slope)
        yield Band(start, crossing, 1 if after > 0 else -1)
        yield Band(crossing, None, 1 if slope > 0 else -1)
    elif after or slope:
        yield Band(start, None, 1 if (after or slope) > 0 else -1)


def _joined(bands: Iterable[Band]) -> Iterable[Band]:
    """Bands that go on from one to the next, as one."""
    last: Band | None = None
    for band in bands:
        if last is not None and last.sign == band.sign and (last.end is None or band.start <= last.end):
            longer = last.end is None or (band.end is not None and band.end <= last.end)
            last = last if longer else Band(last.start, band.end, last.sign)
            continue
        if last is not None:
            yield last
        last = band
    if last is not None:
        yield last


def _extreme(stretch: Stretch, following: Stretch | None, single: Mapping[Exact, Exact]) -> Extreme:
    """The largest difference of a stretch; at its ends it may be one that is only come near to."""
    found = Extreme()
    final = len(stretch.places) - 1
    for number in stretch.candidates:
        amount, place = stretch.exact(number), stretch.places[number]
        side: Side = "at"
        if number == 0 and single.get(place, amount) != amount:
            side = "above"
        elif number == final and not stretch.endless and amount != _value_behind(stretch, following, single):
            side = "below"
        found = _larger(found, Extreme(amount, place, side))
    if stretch.endless and stretch.exact(final) != stretch.exact(final - 1):
        return Extreme(stretch.exact(final - 1), stretch.places[final - 1], "at", unbounded=True)
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
