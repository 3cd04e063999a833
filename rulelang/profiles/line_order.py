"""The order of lines at a place of the variable: every comparison is settled there, and noted where it ends.

Just above the place (``above``) a comparison holds up to the nearest value at which it would turn out differently.
Where an amount that a run has rounded is compared, the run may find otherwise; these doubts are kept.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any, cast

from attrs import define, field

from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.lines import Crooked, Line, Moving, NotStraight, any_moves, slack_of, slope_of, value_at
from rulelang.run.exact import COMPARE, ranks_of
from rulelang.run.plan import TurnPlan
from rulelang.run.values import Row, Truth


@define(eq=False)
class LineOrder:
    """Comparisons of lines at the value ``at`` of the variable and, if ``above``, just above.

    ``until`` is the nearest value above at which a comparison would turn out differently (``None``: none would);
    ``tied`` is set where a comparison that may make amounts jump is undecided at ``at`` itself.  ``turn`` says which
    turn is being done, for the ``doubts``.
    """

    at: Exact
    above: bool = True
    until: Exact | None = None
    tied: bool = False
    turn: Callable[[], TurnPlan | None] = field(default=lambda: None)
    doubts: list[Doubt] = field(factory=list)

    def size_here(self, value: Moving) -> tuple[Exact, Exact]:
        """What orders values at this place: the value, then (just above it) the slope."""
        return (value_at(value, self.at), slope_of(value) if self.above else 0)

    def side(self, difference: Moving) -> int:
        """The sign of an amount here; where the line crosses zero further on, the run has to be made anew."""
        value, slope = self.size_here(difference)
        if value and slope and (value > 0) == (slope < 0):
            self.turns_at(self.at - Fraction(value) / slope)
        leading = value or slope
        return (leading > 0) - (leading < 0)

    def turns_at(self, place: Exact) -> None:
        """Note a value of the variable at which the run would go on differently."""
        if self.until is None or place < self.until:
            self.until = whole_if_possible(place)

    def sign(self, value: Moving | Crooked) -> int:
        """-1, 0 or 1."""
        match value:
            case Line():
                self.tied = self.tied or not value.at(self.at)
                if value.base or value.slope:
                    self._doubt(value)
                return self.side(value)
            case Crooked():
                return 1
            case _:
                return (value > 0) - (value < 0)

    def _doubt(self, difference: Moving) -> None:
        """Keep where a run may find another sign than the line has."""
        if slack_of(difference):
            turn = self.turn()
            doubt = Doubt.of(None if turn is None else turn.key, cast("Line", difference))
            if doubt is not None:
                self.doubts.append(doubt)

    def holds(self, operator: str, left: Any, right: Any) -> bool:
        """Whether a comparison holds."""
        if not any_moves((left, right)):
            return COMPARE[operator](left, right)
        difference = left - right
        self._doubt(difference)
        return COMPARE[operator](self.sign(difference), 0)

    def comparisons(self, operator: str, left: Row, right: Row) -> list[bool]:
        """Whether each comparison holds."""
        return [self.holds(operator, a, b) for a, b in zip(left, right, strict=True)]

    def nonzero(self, values: Row) -> list[bool]:
        """Whether each number is other than zero."""
        return [self.sign(value) != 0 for value in values]

    def below_zero(self, values: Row) -> list[tuple[int, bool]]:
        """The places of the numbers that are below zero."""
        return [(place, True) for place, value in enumerate(values) if self.sign(value) < 0]

    def least(self, values: Sequence[Moving]) -> Moving:
        """The smallest."""
        return self._extreme(values, highest=False)

    def greatest(self, values: Sequence[Moving]) -> Moving:
        """The largest."""
        return self._extreme(values, highest=True)

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""
        return list(map(self.least, zip(*columns, strict=True)))

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""
        return list(map(self.greatest, zip(*columns, strict=True)))

    def _extreme(self, values: Sequence[Moving], *, highest: bool) -> Moving:
        crooked = [value for value in cast("Sequence[Moving | Crooked]", values) if isinstance(value, Crooked)]
        if crooked:
            return self._beside(crooked[0], values, highest=highest)
        choose: Callable[..., Any] = max if highest else min
        if not any_moves(values):
            return cast("Moving", choose(values))
        found: Moving = choose(values, key=self.size_here)
        for value in values:
            if value is not found:
                self.side(value - found)
        return found

    def _beside(self, crooked: Crooked, values: Sequence[Any], *, highest: bool) -> Moving:
        """Nothing is less than an amount above zero that is no line; beyond that its size would have to be known."""
        if all(value == crooked for value in values):
            return cast("Moving", crooked)
        others = [value for value in values if not isinstance(value, Crooked)]
        if highest or all(isinstance(value, Line) or value > 0 for value in others):
            raise NotStraight(crooked.construct, None)
        return self.least(others)

    def largest(self, number: int, values: Sequence[Moving], present: Sequence[Truth] | None = None) -> Moving:
        """The sum of the largest."""
        del present
        order = sorted(values, key=self.size_here, reverse=True)
        chosen, others = order[:number], order[number:]
        if chosen and others:
            for value in others:
                self.side(value - chosen[-1])
            for value in chosen[:-1]:
                self.side(value - chosen[-1])
        return sum(chosen)

    def ranked(self, values: Sequence[Any], *, highest: bool) -> list[list[int]]:
        """The places in the order of the values, equal ones together."""
        if not any_moves(values):
            return ranks_of(values, highest=highest)
        ranks = ranks_of([self.size_here(value) for value in values], highest=highest)
        for one, other in pairwise(ranks):
            self.sign(values[one[0]] - values[other[0]])
        for before, after in pairwise(chain.from_iterable(ranks)):
            self._doubt(values[before] - values[after])
        return ranks
