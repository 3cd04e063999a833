"""Curves: what one payer or step pays for every value of the variable, as breakpoints with values and slopes.

A profile's pieces hold what follows from lines by water-filling; here the points are found at which a payer becomes
full and the slopes of the others change.  All values are exact minor units.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import define, field, frozen

from rulelang.base.gather import totals
from rulelang.base.money import Exact, whole_if_possible
from rulelang.model.result_columns import UNCOVERED
from rulelang.profiles.linear_pieces import LinearPiece
from rulelang.profiles.lines import Moving
from rulelang.profiles.payment_curves import LineCurves
from rulelang.profiles.seats import Seat, added, seats_along
from rulelang.profiles.walk import Piece, Walk
from rulelang.run.plan import Key, TurnPlan


class Knot(NamedTuple):
    """A breakpoint of a curve, at ``at``.

    ``before`` and ``after`` are where the curve comes from and goes on, ``value`` is what a run at this very point
    gives (the three are equal unless the curve jumps), and ``slope`` is by how much it grows with the variable behind
    it.  At the start of a curve ``before`` is ``value``; at the end of a range that ends in a jump ``after`` is
    ``value`` and ``slope`` is 0.
    """

    at: Exact
    before: Exact
    value: Exact
    after: Exact
    slope: Exact

    @property
    def jumps(self) -> bool:
        """Whether the curve is not continuous here."""
        if self.before is self.value is self.after:
            return False  # the usual case, and quicker than to compare fractions
        return not self.before == self.value == self.after

    def on(self, t: Exact) -> Exact:
        """Where the curve is at ``t``, from here up to the next knot."""
        return whole_if_possible(self.after + self.slope * (t - self.at))


Curve = tuple[Knot, ...]


def value_on(curve: Curve, t: Exact) -> Exact:
    """The value of a curve where the variable is ``t``, not below its first knot."""
    knot = curve[bisect_right(curve, t, key=lambda knot: knot.at) - 1]
    return knot.value if knot.at == t else knot.on(t)


Name = TypeVar("Name", bound=Hashable)


@frozen
class Reading(Generic[Name]):
    """What is read from the pieces of a profile: amounts under names.

    ``payer`` gives the name under which what a payer pays in a turn is counted, from the turn's key and the payer's
    id; ``lines`` gives amounts that are one line in each piece.  One of the two is set.
    """

    payer: Callable[[Key, str], Name] | None = None
    lines: Callable[[Piece], Mapping[Name, Moving]] | None = None


def draws(piece: Piece, name: Callable[[TurnPlan], Name]) -> dict[Name, Moving]:
    """What the turns of each name draw together: its passes and rounds, and its segments if they have one name."""
    return totals((name(turn.turn), turn.drawn) for turn in piece.turns)


by_turn_and_payer: Reading[tuple[str, str | None, str]] = Reading(payer=lambda key, payer: (*key, payer))
"""What each payer pays in each turn: ``(step, segment, payer)``."""

by_step_and_payer: Reading[tuple[str, str]] = Reading(payer=lambda key, payer: (key[0], payer))
"""What each payer pays in each step, over all segments: ``(step, payer)``."""

by_payer: Reading[str] = Reading(payer=lambda _, payer: payer)
"""What each payer pays in all."""

by_turn: Reading[Key] = Reading(lines=lambda piece: draws(piece, lambda turn: turn.key))
"""What each turn draws in all its passes and rounds: ``(step, segment)``."""

by_step: Reading[str] = Reading(lines=lambda piece: draws(piece, lambda turn: turn.step.name))
"""What each step draws, over all segments, passes and rounds."""

uncovered: Reading[str] = Reading(lines=lambda piece: {UNCOVERED: piece.uncovered})
"""What no step pays, under the name ``uncovered``."""


def uncovered_curve(profile: Walk) -> Curve:
    """What no step pays."""
    return curves(profile, uncovered)[UNCOVERED]


READINGS: dict[str, Reading[Any]] = {  # each has names of its own
    "payer": by_payer,
    "step": by_step,
    "turn": by_turn,
    "payer in turn": by_turn_and_payer,
    "payer in step": by_step_and_payer,
    UNCOVERED: uncovered,
}
"""The readings by the words of :meth:`rulelang.profiles.profile.Profile.curves`."""


_Terms = dict[Name, list[Seat]]


def curves(profile: Walk, reading: Reading[Name], wanted: Collection[Name] | None = None) -> dict[Name, Curve]:
    """The curve of each name that a reading gives, with the breakpoints of its own only.

    With ``wanted`` only these names; one payer of a thousand costs about a thousandth of all.
    """
    stop = profile.stop
    sections = []
    for piece in profile.pieces:
        end = stop if piece.end is None or (stop is not None and stop < piece.end) else piece.end
        spot = profile.spots.get(piece.start)
        terms = _terms(piece, reading, wanted, piece.start, end)
        at_start = None if spot is None else _terms(spot, reading, wanted, piece.start, piece.start)
        sections.append((piece.start, terms, at_start))
    last = None if stop is None or stop == profile.pieces[-1].start else profile.spots.get(stop)
    names = dict.fromkeys(name for _, terms, spots in sections for name in (*terms, *(spots or ())))
    at_stop = None if last is None or stop is None else _terms(last, reading, wanted, stop, stop)
    found: dict[Name, Curve] = {}
    for name in dict.fromkeys((*names, *(at_stop or ()))):
        drawn = _Drawn()
        for start, terms, spots in sections:
            drawn.go_on(added(terms.get(name, ()), start), None if spots is None else _value(spots, name, start))
        if at_stop is not None and stop is not None:
            drawn.end(stop, _value(at_stop, name, stop))
        found[name] = tuple(drawn.knots)
    return found


def _value(terms: _Terms[Name], name: Name, t: Exact) -> Exact:
    return added(terms.get(name, ()), t)[0].value


def _terms(
    piece: Piece, reading: Reading[Name], wanted: Collection[Name] | None, start: Exact, end: Exact | None
) -> _Terms[Name]:
    """What adds up to the amount under each name, along a piece."""
    found: _Terms[Name] = {}
    if reading.lines is not None:
        amounts = {name: line for name, line in reading.lines(piece).items() if wanted is None or name in wanted}
        lines = LineCurves([start], list(amounts.values()))
        return {name: [(lines, index)] for index, name in enumerate(amounts)}
    assert reading.payer is not None
    for turn in piece.turns:
        if turn.payments is None:
            continue
        named = [(index, reading.payer(turn.turn.key, payer)) for index, payer in enumerate(turn.payers)]
        chosen = named if wanted is None else [(index, name) for index, name in named if name in wanted]
        if chosen:
            seats = seats_along(turn.payments, start, end)
            for index, name in chosen:
                found.setdefault(name, []).append(seats[index])
    return found


@define
class _Drawn:
    """A curve as it grows, from one piece to the next; breakpoints at which nothing changes are left out."""

    knots: list[Knot] = field(factory=list)

    def go_on(self, pieces: Iterable[LinearPiece], spot: Exact | None) -> None:
        """Add a piece; ``spot`` is the amount at its very start, where that differs."""
        knots = self.knots
        ahead = iter(pieces)
        at, after, slope = next(ahead)
        value = after if spot is None else spot
        before = knots[-1].on(at) if knots else value
        if not knots or slope != knots[-1].slope or not before == value == after:
            knots.append(Knot(at, before, value, after, slope))
        slope = knots[-1].slope
        for at, value, growth in ahead:
            if growth != slope:
                knots.append(Knot(at, value, value, value, growth))
                slope = growth

    def end(self, at: Exact, value: Exact) -> None:
        """Add the very end of the range, if the curve jumps there."""
        before = self.knots[-1].on(at)
        if before != value:
            self.knots.append(Knot(at, before, value, value, 0))
