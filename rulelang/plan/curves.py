"""Curves: what one payer or step pays for every value of the variable, as breakpoints with values and slopes.

A profile's pieces hold what follows from lines by water-filling; here the points are found at which a payer becomes
full and the slopes of the others change.  All values are exact minor units.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any

from attrs import evolve, frozen

from rulelang.base.money import Exact, whole_if_possible
from rulelang.plan.lines import Line, value_at
from rulelang.plan.parts import PartOf, Ranked
from rulelang.plan.profile import Piece, Profile
from rulelang.plan.straight import Filling, Lines


@frozen
class Knot:
    """A breakpoint of a curve, at ``at``.

    ``before`` and ``after`` are where the curve comes from and goes on, ``value`` is what a run at this very point
    gives (the three are equal unless the curve jumps), and ``slope`` is by how much it grows with the variable behind
    it.  At the start of a curve ``before`` is ``value``.
    """

    at: Exact
    before: Exact
    value: Exact
    after: Exact
    slope: Exact

    @property
    def jumps(self) -> bool:
        """Whether the curve is not continuous here."""
        return not self.before == self.value == self.after


Curve = tuple[Knot, ...]


def value_on(curve: Curve, t: Exact) -> Exact:
    """The value of a curve where the variable is ``t``, not below its first knot."""
    knot = next(knot for knot in reversed(curve) if knot.at <= t)
    return knot.value if knot.at == t else whole_if_possible(knot.after + knot.slope * (t - knot.at))


def breaks_of(payments: Any, start: Exact, end: Exact | None) -> set[Exact]:
    """Where, between two values of the variable, a payer becomes full or is so no more."""
    if isinstance(payments, Ranked):
        return {t for _, paid in payments.ranks for t in breaks_of(paid, start, end)}
    if isinstance(payments, PartOf):
        return breaks_of(payments.pool, start, end)
    if not isinstance(payments, Filling) or not isinstance(payments.draw, Line):
        return set()
    if not payments.fixed:
        return set(_walked(payments, start, end))
    base, slope = payments.draw.base, payments.draw.slope
    if not slope:
        return set()
    found = {whole_if_possible(Fraction(knot - base) / slope) for knot in payments.levels.knots}
    return {t for t in found if start < t and (end is None or t < end)}


def _walked(filling: Filling, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """As :func:`breaks_of`, for limits that move: from one to the next."""
    at: Exact | None = start
    while at is not None:
        domain = Lines(at)
        domain.spread(filling)
        at = domain.until
        if at is None or (end is not None and at >= end):
            return
        yield at


def breaks(piece: Piece, stop: Exact | None = None) -> list[Exact]:
    """Where inside a piece the slope of any payer changes, in order."""
    end = stop if piece.end is None else piece.end if stop is None else min(piece.end, stop)
    found: set[Exact] = set()
    for turn in piece.turns:
        if turn.payments is not None:
            found |= breaks_of(turn.payments, piece.start, end)
    return sorted(found)


Reading = Callable[[Piece, Exact], dict[Any, Exact]]
"""What is read from a piece at a value of the variable: an amount for each of some names; what is left out is 0."""


def by_turn_and_payer(piece: Piece, t: Exact) -> dict[Any, Exact]:
    """What each payer pays in each turn: ``(step, segment, payer)``."""
    return {(*key, payer): amount for key, paid in piece.exact(t).items() for payer, amount in paid.items()}


def by_payer(piece: Piece, t: Exact) -> dict[Any, Exact]:
    """What each payer pays in all."""
    totals: dict[Any, Exact] = {}
    for paid in piece.exact(t).values():
        for payer, amount in paid.items():
            totals[payer] = totals.get(payer, 0) + amount
    return totals


def by_turn(piece: Piece, t: Exact) -> dict[Any, Exact]:
    """What each turn draws: ``(step, segment)``."""
    return {turn.turn.key: value_at(turn.drawn, t) for turn in piece.turns}


def uncovered(piece: Piece, t: Exact) -> dict[Any, Exact]:
    """What no step pays, under the name ``uncovered``."""
    return {"uncovered": value_at(piece.uncovered, t)}


@frozen
class _Section:
    """A piece read at its start, at every breakpoint inside, and at its end (or one further on)."""

    places: Sequence[Exact]
    readings: Sequence[dict[Any, Exact]]
    at_start: dict[Any, Exact] | None

    @classmethod
    def of(cls, piece: Piece, spot: Piece | None, reading: Reading, stop: Exact | None) -> "_Section":
        """A piece and the run at its very start, if that differs."""
        inside = [piece.start, *breaks(piece, stop)]
        places = [*inside, piece.end if piece.end is not None else inside[-1] + 1]
        at_start = None if spot is None else reading(spot, piece.start)
        return cls(places, [reading(piece, t) for t in places], at_start)

    def names(self) -> Iterator[Any]:
        """The names that occur."""
        for one in (*self.readings, self.at_start or {}):
            yield from one

    def knots(self, name: Any) -> Iterator[Knot]:
        """The breakpoints of one name; ``before`` of the first is where it goes on."""
        amounts = [one.get(name, 0) for one in self.readings]
        for number, (at, to) in enumerate(pairwise(self.places)):
            here, there = amounts[number], amounts[number + 1]
            value = here if number or self.at_start is None else self.at_start.get(name, 0)
            yield Knot(at, here, value, here, whole_if_possible(Fraction(there - here) / (to - at)))


def curves(profile: Profile, reading: Reading) -> dict[Any, Curve]:
    """The curve of each name that a reading gives, with the breakpoints of its own only."""
    sections = [_Section.of(piece, profile.spots.get(piece.start), reading, profile.stop) for piece in profile.pieces]
    names = dict.fromkeys(name for section in sections for name in section.names())
    return {name: tuple(_joined(section.knots(name) for section in sections)) for name in names}


def _joined(sections: Iterable[Iterable[Knot]]) -> Iterator[Knot]:
    """The knots of a curve, one section after the other, without those at which nothing changes."""
    last: Knot | None = None
    for knot in chain.from_iterable(sections):
        before = knot.value if last is None else whole_if_possible(last.after + last.slope * (knot.at - last.at))
        found = evolve(knot, before=before)
        if last is None or found.jumps or found.slope != last.slope:
            yield found
            last = found
