"""Where a run may decide otherwise than the lines, because it compares amounts that it has rounded.

A run pays whole minor units; where the rules go on from what was paid, its amounts may differ from the lines by the
slack of these.  That stays small as long as amounts only follow amounts.  Two things would make it large:

- a comparison that is closer than the slack: the run may take the other branch.  The stretch of the variable in which
  that can be is kept as a :class:`Doubt`, and a profile says so;
- keys or quotients made of rounded amounts: a unit more or less changes every share.  These are refused.
"""

from fractions import Fraction

from attrs import frozen

from rulelang.base.decimals import exact_amount, exact_or_none
from rulelang.base.money import Currency, Exact, size_of, whole_if_possible
from rulelang.document.write import Plain
from rulelang.profiles.lines import Line
from rulelang.run.plan import Key


@frozen
class Doubt:
    """Between two values of the variable (``end`` ``None``: for ever) a comparison in a turn may turn out otherwise."""

    turn: Key | None
    start: Exact
    end: Exact | None

    @classmethod
    def of(cls, turn: Key | None, difference: Line) -> "Doubt | None":
        """Where a difference is no further from zero than its slack, if that is anywhere."""
        if not difference.slope:
            return cls(turn, 0, None) if size_of(difference.base) <= difference.slack else None
        middle = Fraction(-difference.base) / difference.slope
        width = size_of(Fraction(difference.slack) / difference.slope)
        start = max(middle - width, Fraction(0))
        return cls(turn, whole_if_possible(start), whole_if_possible(middle + width))

    def of_piece(self, start: Exact, end: Exact | None) -> "Doubt | None":
        """The doubt of a piece between two values of the variable; ``None`` if it is nowhere in it.

        It may reach beyond both: where an amount bends, a run goes over to the other piece earlier or later by what it
        has rounded.  That of a difference that does not move is one of all places, and ends with the piece.
        """
        if self.end is None:
            return Doubt(self.turn, start, end)
        return self if self.end >= start and (end is None or self.start <= end) else None

    def to_dict(self, currency: Currency) -> Plain:
        """The doubt as plain values; ``currency`` is that of the variable."""
        step, segment = self.turn or (None, None)
        ends = {"from": exact_amount(self.start, currency), "to": exact_or_none(self.end, currency)}
        return {"step": step, "segment": segment, **ends}

    def holds_at(self, t: Exact) -> bool:
        """Whether the doubt is there at ``t``."""
        return self.start <= t and (self.end is None or t <= self.end)
