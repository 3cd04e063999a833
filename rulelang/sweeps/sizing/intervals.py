"""Whole values of an amount that are still open: those of which it is not sure that something stays uncovered."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import frozen

from rulelang.base.apportion import round_down
from rulelang.base.money import Exact
from rulelang.profiles.lines import base_of, slack_of, slope_of
from rulelang.profiles.profile import Profile
from rulelang.profiles.walk import Piece

Span = tuple[int, int | None]
"""Whole values from one to another, both included; ``None``: without end."""


@frozen
class OpenIntervals:
    """Spans in order that do not touch."""

    spans: tuple[Span, ...]

    @property
    def first(self) -> int | None:
        """The smallest open value."""
        return self.spans[0][0] if self.spans else None

    def without(self, closed: Iterable[Span]) -> "OpenIntervals":
        """What is left when some spans are closed."""
        spans = list(self.spans)
        for start, end in closed:
            spans = [left for span in spans for left in _less(span, start, end)]
        return OpenIntervals(tuple(spans))


def _less(span: Span, start: int, end: int | None) -> Iterator[Span]:
    low, high = span
    if low < start:
        yield low, start - 1 if high is None else min(high, start - 1)
    if end is not None and (high is None or end < high):
        yield max(low, end + 1), high


def surely_uncovered(profile: Profile) -> Iterator[Span]:
    """The whole values at which a run leaves something uncovered, whatever it rounds.

    A run differs from the line of a piece by its slack at most, and where it may take another branch, nothing is sure.
    """
    spots = {round_down(at): spot for at, spot in profile.spots.items() if at == round_down(at)}
    doubts = [(round_down(d.start), None if d.end is None else -round_down(-d.end)) for d in profile.exactness.doubts]
    for piece in profile.pieces:
        high = None if piece.end is None else _last_below(piece.end)
        sure = OpenIntervals(tuple(_sure(piece, -round_down(-piece.start), high)))
        yield from sure.without([*((at, at) for at in spots), *doubts]).spans  # a piece goes on behind a spot inside it
    for at, spot in spots.items():
        yield from OpenIntervals(tuple(_sure(spot, at, at))).without(doubts).spans


def _sure(piece: Piece, low: int, high: int | None) -> Iterator[Span]:
    """Where, from ``low`` to ``high``, the line of what is uncovered is above zero by more than its slack."""
    base, slope = base_of(piece.uncovered) - slack_of(piece.uncovered), slope_of(piece.uncovered)
    if not slope:
        if base <= 0:
            return
    elif slope > 0:
        low = max(low, round_down(Fraction(-base) / slope) + 1)
    else:
        last = _last_below(Fraction(base) / -slope)
        high = last if high is None else min(high, last)
    if high is None or low <= high:
        yield low, high


def _last_below(value: Exact) -> int:
    """The largest whole number below a value."""
    return -round_down(-value) - 1
