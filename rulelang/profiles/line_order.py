"""The order of lines at a place of the variable: every comparison is settled there, and noted where it ends.

Just above the place (``above``) a comparison holds up to the nearest value at which it would turn out differently.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

from attrs import define

from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.lines import Crooked, Line, Moving, NotStraight, any_moves, slope_of, value_at
from rulelang.run.exact import COMPARE
from rulelang.run.values import Row, Truth


@define(eq=False)
class LineOrder:
    """Comparisons of lines at the value ``at`` of the variable and, if ``above``, just above.

    ``until`` is the nearest value above at which a comparison would turn out differently (``None``: none would);
    ``tied`` is set where a comparison that may make amounts jump is undecided at ``at`` itself.
    """

    at: Exact
    above: bool = True
    until: Exact | None = None
    tied: bool = False

    def size_here(self, value: Moving) -> tuple[Exact, Exact]:
        """What orders values at this place: the value, then (just above it) the slope."""
        return (value_at(value, self.at), slope_of(value) if self.above else 0)

    def side(self, difference: Moving) -> int:
        """The sign of an amount here; where the line crosses zero further on, the run has to be made anew."""
        if not isinstance(difference, Line):
            return (difference > 0) - (difference < 0)
        value = difference.base + difference.slope * self.at
        if not self.above:
            return (value > 0) - (value < 0)
        if value:
            if difference.slope and (value > 0) == (difference.slope < 0):
                self.turns_at(self.at - Fraction(value) / difference.slope)
            return 1 if value > 0 else -1
        return (difference.slope > 0) - (difference.slope < 0)

    def turns_at(self, place: Exact) -> None:
        """Note a value of the variable at which the run would go on differently."""
        if self.until is None or place < self.until:
            self.until = whole_if_possible(place)

    def sign(self, value: Moving) -> int:
        """-1, 0 or 1."""
        if isinstance(value, Line):
            self.tied = self.tied or not value.at(self.at)
            return self.side(value)
        return 1 if isinstance(value, Crooked) else (value > 0) - (value < 0)

    def holds(self, operator: str, left: Any, right: Any) -> bool:
        """Whether a comparison holds."""
        if isinstance(left, Line) or isinstance(right, Line):
            return COMPARE[operator](self.sign(left - right), 0)
        return COMPARE[operator](left, right)

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
        choose: Callable[..., Any] = max if highest else min
        if any(isinstance(value, Crooked) for value in values):
            return self._beside_crooked(values, highest=highest)
        if not any_moves(values):
            return cast("Moving", choose(values))
        found: Moving = choose(values, key=self.size_here)
        for value in values:
            if value is not found:
                self.side(value - found)
        return found

    def _beside_crooked(self, values: Sequence[Any], *, highest: bool) -> Moving:
        """Nothing is less than an amount above zero that is no line; beyond that its size would have to be known."""
        crooked = next(value for value in values if isinstance(value, Crooked))
        others = [value for value in values if not isinstance(value, Crooked)]
        if not highest and any(not isinstance(value, Line) and value <= 0 for value in others):
            return self.least(others)
        if all(value == crooked for value in values):
            return cast("Moving", crooked)
        raise NotStraight(crooked.construct, None)

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
            ranks: dict[Any, list[int]] = {}
            for place, value in enumerate(values):
                ranks.setdefault(value, []).append(place)
            return [ranks[value] for value in sorted(ranks, reverse=highest)]
        germs: dict[tuple[Exact, Exact], list[int]] = {}
        for place, value in enumerate(values):
            germs.setdefault(self.size_here(value), []).append(place)
        order = sorted(germs, reverse=highest)
        for one, other in pairwise(order):
            self.sign(values[germs[one][0]] - values[germs[other][0]])
        return [germs[germ] for germ in order]
