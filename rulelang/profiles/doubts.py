"""Where a run may decide otherwise than the lines, because it compares amounts that it has rounded.

A run pays whole minor units; where the rules go on from what was paid, its amounts may differ from the lines by the
slack of these.  That stays small as long as amounts only follow amounts.  Two things would make it large:

- a comparison that is closer than the slack: the run may take the other branch.  The stretch of the variable in which
  that can be is kept as a :class:`Doubt`, and a profile says so;
- keys or quotients made of rounded amounts: a unit more or less changes every share.  These are refused.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from attrs import define, field, frozen

from rulelang.base.money import Exact, size_of, whole_if_possible
from rulelang.profiles.line_domain import LineDomain
from rulelang.profiles.lines import Line, Moving, NotStraight, slack_of
from rulelang.run.domain import Sharers
from rulelang.run.payments import Payments
from rulelang.run.plan import Key, TurnPlan
from rulelang.syntax import nodes


@frozen
class Doubt:
    """Between two values of the variable (``end`` ``None``: for ever) a comparison in a turn may turn out otherwise."""

    turn: Key | None
    start: Exact
    end: Exact | None

    def within(self, start: Exact, end: Exact | None) -> "Doubt | None":
        """The part of it between two values of the variable, if there is one."""
        first = max(self.start, start)
        ends = [bound for bound in (self.end, end) if bound is not None]
        last = min(ends, default=None)
        return Doubt(self.turn, first, last) if last is None or first <= last else None

    def holds_at(self, t: Exact) -> bool:
        """Whether the doubt is there at ``t``."""
        return self.start <= t and (self.end is None or t <= self.end)


@define(eq=False)
class CarefulLineDomain(LineDomain):
    """The lines of a walk, which keep their doubts; ``turn`` says which turn is being done."""

    turn: Callable[[], TurnPlan | None] = field(default=lambda: None)
    doubts: list[Doubt] = field(factory=list)

    def sign(self, value: Moving) -> int:
        """-1, 0 or 1."""
        if isinstance(value, Line) and value.slack and (value.base or value.slope):
            self._doubt(value)
        return LineDomain.sign(self, value)

    def holds(self, operator: str, left: Any, right: Any) -> bool:
        """Whether a comparison holds."""
        if slack_of(left) or slack_of(right):
            difference = left - right
            if isinstance(difference, Line):
                self._doubt(difference)
        return LineDomain.holds(self, operator, left, right)

    def ranked(self, values: Sequence[Any], *, highest: bool) -> list[list[int]]:
        """The places in the order of the values, equal ones together."""
        ranks = LineDomain.ranked(self, values, highest=highest)
        if any(slack_of(value) for value in values):
            order = [values[place] for places in ranks for place in places]
            for one, other in pairwise(order):
                difference = one - other
                if isinstance(difference, Line):
                    self._doubt(difference)
        return ranks

    def share(self, draw: Moving, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """A draw shared; keys that a run has rounded are refused, unless they are the limits, which bound the slack."""
        pairs = zip(sharers.keys, sharers.limits, strict=True)
        if len(sharers.keys) > 1 and any(slack_of(key) and key != limit for key, limit in pairs):
            raise NotStraight("shares by keys that depend on rounded amounts", None)
        return LineDomain.share(self, draw, sharers, origin)

    def over(self, dividend: Moving, divisor: Moving, node: nodes.Expression) -> Moving:
        """A quotient; what a run has rounded divides nothing."""
        if slack_of(divisor):
            raise NotStraight("divides by an amount that was rounded", node)
        return LineDomain.over(self, dividend, divisor, node)

    def _doubt(self, difference: Line) -> None:
        """Keep where a difference is no further from zero than its slack."""
        if not difference.slope:
            if size_of(difference.base) <= difference.slack:
                self._keep(0, None)
            return
        middle = Fraction(-difference.base) / difference.slope
        width = size_of(Fraction(difference.slack) / difference.slope)
        self._keep(whole_if_possible(middle - width), whole_if_possible(middle + width))

    def _keep(self, start: Exact, end: Exact | None) -> None:
        turn = self.turn()
        self.doubts.append(Doubt(None if turn is None else turn.key, start, end))
