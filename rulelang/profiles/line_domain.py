"""The domain of straight lines: one run of the plan for all values of a variable up to the next breakpoint.

The run is made at one value of the variable and just above it.  Every comparison is settled there, and the domain notes
the nearest value at which one of them would turn out differently; up to there (``until``) all results hold as lines.
At a breakpoint itself amounts may jump; ``LineDomain(at, above=False)`` gives the run at that very value.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Literal

from attrs import define

from rulelang.base.apportion import round_down
from rulelang.profiles.line_losses import LineLosses
from rulelang.profiles.line_order import LineOrder
from rulelang.profiles.line_sharing import Listed, WaterFilling, proportional_keys
from rulelang.profiles.lines import Crooked, Line, Moving, NotStraight, loosened, proportion, slack_of
from rulelang.run.domain import Domain, Sharers, Site
from rulelang.run.exact_range import MAXIMUM_BITS, checked, too_large
from rulelang.run.payments import Payments
from rulelang.run.values import Row
from rulelang.syntax import nodes

_FAR_FROM_THE_RANGE = MAXIMUM_BITS - 512
"""Lines of numbers with no more bits stay within the range of exact arithmetic for every loss that can be written."""


@define(eq=False)
class LineDomain(LineOrder, Domain):
    """Numbers that are lines in a variable: they are compared as :class:`LineOrder` does, and reckoned with here."""

    def in_range(self, value: Moving | Crooked, node: nodes.Expression) -> Moving | Crooked:
        """The value; where it grows beyond the range of exact arithmetic further on, the run has to be made anew."""
        match value:
            case Line():
                self._line_in_range(value, node)
                return value
            case Crooked():
                return value
            case _:
                return checked(value, node)

    def _line_in_range(self, line: Line, node: nodes.Expression) -> None:
        numbers = (line.base.numerator, line.base.denominator, line.slope.numerator, line.slope.denominator)
        if max(map(int.bit_length, numbers)) <= _FAR_FROM_THE_RANGE:
            return
        scale = lcm(line.base.denominator, line.slope.denominator)
        end = Fraction(1 << MAXIMUM_BITS, scale)
        if scale.bit_length() > MAXIMUM_BITS or not -end < line.at(self.at) < end:
            raise too_large(node)
        for bound in (end, -end):
            place = (bound - line.base) / line.slope if line.slope else self.at
            if self.above and place > self.at:
                self.turns_at(place)

    def ranged(self, values: Row, site: Site) -> Row:
        """The values, each in range."""
        return [self.in_range(value, site.node) for value in values]

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products."""
        return [self.in_range(self.times(a, b, site.node), site.node) for a, b in zip(left, right, strict=True)]

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients."""
        return [self.in_range(self.over(a, b, site.node), site.node) for a, b in zip(left, right, strict=True)]

    def rounded(self, values: Row, units: Row, direction: Literal["up", "down", "nearest"], site: Site) -> Row:
        """Multiples of units, of what does not move: what moves would be a stair with a breakpoint for each step."""
        if any(isinstance(value, Line) for value in (*values, *units)):
            raise NotStraight("rounds an amount that moves", site.node)
        return super().rounded(values, units, direction, site)

    def times(self, left: Moving, right: Moving, node: nodes.Expression) -> Moving:
        """A product; of two lines only where one does not move."""
        if isinstance(left, Line):
            if isinstance(right, Line):
                raise NotStraight("multiplies two amounts that both move", node)
            return left.scaled(right)
        return right.scaled(left) if isinstance(right, Line) else checked(left * right, node)

    def over(self, dividend: Moving, divisor: Moving, node: nodes.Expression) -> Moving:
        """A quotient; a line as divisor only where the quotient does not move, and nothing that a run has rounded."""
        if slack_of(divisor):
            raise NotStraight("divides by an amount that was rounded", node)
        if not isinstance(divisor, Line):
            return self.times(dividend, Fraction(1) / divisor, node)
        quotient = proportion(dividend, divisor)
        if quotient is None:
            raise NotStraight("divides by an amount that moves", node)
        return quotient

    def whole(self, amount: Moving) -> Moving:
        """What does not move is rounded down; a line stays one, and a run may have up to one unit less."""
        if isinstance(amount, Line):
            return amount if amount.integral else loosened(amount, 1)
        return round_down(amount)

    def listed(self, amounts: Sequence[Moving]) -> Payments:
        """Payments known one by one."""
        return Listed(tuple(amounts))

    def losses(self, amounts: Sequence[Moving]) -> LineLosses:
        """The losses at the start."""
        return LineLosses.at_start(amounts)

    def share(self, draw: Moving, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """A draw shared in proportion to keys that do not move against each other.

        Keys that a run has rounded are refused, unless they are the limits, which bound the slack.  Without
        reallocation the loss itself is shared, which may be more than all limits together, or no line at all.
        """
        pairs = zip(sharers.keys, sharers.limits, strict=True)
        if len(sharers.keys) > 1 and any(slack_of(key) and key != limit for key, limit in pairs):
            raise NotStraight("shares by keys that depend on rounded amounts", None)
        limits = tuple(sharers.limits)
        open_ = [place for place, key in enumerate(sharers.keys) if self.side(key)]
        if not open_ or not draw or (isinstance(draw, Crooked) and not any(limits[place] != 0 for place in open_)):
            return Listed((0,) * len(limits))
        if isinstance(draw, Crooked):
            raise NotStraight(draw.construct, None)
        keys = proportional_keys(sharers.keys)
        if keys is not None:
            return WaterFilling(self, draw, tuple(sharers.ids), keys, limits, sharers.reallocates, origin)
        if len(open_) == 1 and not sharers.reallocates:
            alone = tuple(int(place in open_) for place in range(len(limits)))
            return WaterFilling(self, draw, tuple(sharers.ids), alone, limits, sharers.reallocates, origin)
        if len(open_) == 1:
            return Listed(tuple(draw if place in open_ else 0 for place in range(len(limits))))
        lent = [limits[place] for place in open_]
        if sharers.reallocates and None not in lent and draw == sum(lent):  # type: ignore[arg-type]
            return Listed(tuple(limits[place] or 0 if place in open_ else 0 for place in range(len(limits))))
        raise NotStraight("shares by keys that move against each other", None)

    def divide(self, amount: Moving, weights: Sequence[Moving], limits: Sequence[Moving | None]) -> Payments:
        """An amount shared among steps or segments, ties to the one written first."""
        return self.share(amount, Sharers(range(len(weights)), weights, limits))
