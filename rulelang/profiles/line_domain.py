"""The domain of straight lines: one run of the plan for all values of a variable up to the next breakpoint.

The run is made at one value of the variable and just above it.  Every comparison is settled there, and the domain notes
the nearest value at which one of them would turn out differently; up to there (``until``) all results hold as lines.
At a breakpoint itself amounts may jump; ``LineDomain(at, above=False)`` gives the run at that very value.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import lcm
from typing import Any, cast

from attrs import define, field, frozen

from rulelang.base.apportion import round_down, share
from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.line_losses import LineLosses, whole_weights
from rulelang.profiles.lines import (
    Crooked,
    Line,
    Moving,
    NotStraight,
    is_whole,
    line,
    proportion,
    slack_of,
    slope_of,
    value_at,
)
from rulelang.profiles.water_filling import Levels, levels_of
from rulelang.run.domain import Sharers
from rulelang.run.exact import COMPARE
from rulelang.run.exact_range import MAXIMUM_BITS, checked, too_large
from rulelang.run.one_by_one import OneByOne
from rulelang.run.payments import OneSharing, Payments
from rulelang.run.values import Truth
from rulelang.syntax import nodes

_FAR_FROM_THE_RANGE = MAXIMUM_BITS - 512
"""Lines of numbers with no more bits stay within the range of exact arithmetic for every loss that can be written."""


@frozen
class Listed(OneSharing):
    """Payments known one by one."""

    amounts: tuple[Moving, ...]

    @property
    def total(self) -> Moving:
        """What all pay together."""
        return sum(self.amounts)

    def of(self, index: int) -> Moving:
        """What one payer pays."""
        return self.amounts[index]

    def exact(self, t: Exact) -> list[Exact]:
        """What each payer pays where the variable is ``t``."""
        return [value_at(amount, t) for amount in self.amounts]

    def units(self, t: int) -> list[int]:
        """What each payer pays in a run at ``t``, in whole minor units."""
        return [round_down(value_at(amount, t)) for amount in self.amounts]

    @property
    def slack(self) -> Exact:
        """By how much a run may differ from one of the amounts."""
        return max((slack_of(amount) for amount in self.amounts), default=0)


@frozen(slots=False)
class WaterFilling(OneSharing):
    """A draw shared by water-filling.

    Nothing is worked out before somebody asks: what a payer pays has a breakpoint wherever another payer becomes full,
    and most runs never look at it.  ``origin`` is the sharing that the draw is a part of, if any.
    """

    domain: "LineDomain" = field(eq=False, repr=False)
    draw: Moving
    ids: tuple[Any, ...] = field(eq=False, repr=False)
    keys: tuple[int, ...]
    limits: tuple[Moving | None, ...]
    reallocates: bool
    origin: tuple[Any, int] | None = field(default=None, eq=False, repr=False)

    @cached_property
    def fixed(self) -> bool:
        """Whether no limit moves."""
        return not any(isinstance(limit, Line) for limit in self.limits)

    @cached_property
    def levels(self) -> Levels:
        """Who is full from which draw on, where no limit moves."""
        return levels_of(self.keys, self.limits, reallocates=self.reallocates)  # type: ignore[arg-type]

    @property
    def settled(self) -> bool:
        """Whether nothing moves, so that a run's whole units are known."""
        return self.fixed and type(self.draw) is int

    def exact(self, t: Exact) -> list[Exact]:
        """What each payer pays where the variable is ``t``, in minor units, before rounding."""
        draw = value_at(self.draw, t)
        if self.fixed:
            full = self.levels.full_at(draw)
            fixed, factor = self.levels.level(full)
            level, rank = fixed + factor * draw, self.levels.rank
            return [
                self.limits[place] or 0 if rank.get(place, full) < full else whole_if_possible(level * key)  # type: ignore[misc]
                for place, key in enumerate(self.keys)
            ]
        limits = [None if limit is None else value_at(limit, t) for limit in self.limits]
        shared = share(draw, self.keys, limits, range(len(limits)), reallocate=self.reallocates)  # type: ignore[arg-type]
        return [whole_if_possible(shared.exact(place)) for place in range(len(limits))]

    def units(self, t: int) -> list[int]:
        """What each payer pays in a run at ``t``, in whole minor units, by largest remainder."""
        if self.origin is None or type(self.draw) is int:
            draw = round_down(value_at(self.draw, t))
        else:
            origin, place = self.origin
            draw = origin.units(t)[place]
        limits = [None if limit is None else round_down(value_at(limit, t)) for limit in self.limits]
        return list(share(draw, self.keys, limits, self.ids, reallocate=self.reallocates).units)

    @cached_property
    def settled_units(self) -> tuple[int, ...]:
        """The whole units of a filling in which nothing moves."""
        return tuple(self.units(0))

    @cached_property
    def slack(self) -> Exact:
        """By how much a run's draw and limits together may differ from the lines."""
        return slack_of(self.draw) + sum(slack_of(limit) for limit in self.limits if limit is not None)

    @cached_property
    def total(self) -> Moving:
        """What all pay together."""
        return self.draw if self.reallocates else self.domain.placed(self)

    def of(self, index: int) -> Moving:
        """What one payer pays; from where on another payer is full, the run has to be made anew."""
        return self.amounts[index]

    @cached_property
    def amounts(self) -> tuple[Moving, ...]:
        """What each payer pays, as lines; whole minor units where nothing moves."""
        return self.domain.spread(self)


def _rounded(amount: Moving, slack: Exact) -> Moving:
    """A share: a run may pay one unit more or less, because it pays whole units."""
    if not slack and (is_whole(amount) or not amount):
        return amount
    base, slope = (amount.base, amount.slope) if isinstance(amount, Line) else (amount, 0)
    return Line(base, slope, slack + 1)


def _proportional_keys(keys: Sequence[Moving]) -> tuple[int, ...] | None:
    """Whole numbers in the same proportions as the keys, if these are fixed."""
    if any(isinstance(key, Line) for key in keys):
        unit = next(key for key in keys if isinstance(key, Line))
        found = [proportion(key, unit) for key in keys]
        if None in found:
            return None
        keys = [factor for factor in found if factor is not None]
    return whole_weights([key for key in keys if not isinstance(key, Line)])


@define(eq=False)
class LineDomain(OneByOne):
    """Numbers that are lines in a variable, at the value ``at`` of it and, if ``above``, just above.

    ``until`` is the nearest value above at which a comparison would turn out differently (``None``: none would);
    ``tied`` is set where a comparison that may make amounts jump is undecided at ``at`` itself.
    """

    at: Exact
    above: bool = True
    until: Exact | None = None
    tied: bool = False

    # --------------------------------------------------------------------------------------------------- comparisons

    def _germ(self, value: Moving) -> tuple[Exact, Exact]:
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
                self._turns_at(self.at - Fraction(value) / difference.slope)
            return 1 if value > 0 else -1
        return (difference.slope > 0) - (difference.slope < 0)

    def _turns_at(self, place: Exact) -> None:
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

    def least(self, values: Sequence[Moving]) -> Moving:
        """The smallest."""
        return self._extreme(values, highest=False)

    def greatest(self, values: Sequence[Moving]) -> Moving:
        """The largest."""
        return self._extreme(values, highest=True)

    def _extreme(self, values: Sequence[Moving], *, highest: bool) -> Moving:
        choose: Callable[..., Any] = max if highest else min
        if any(isinstance(value, Crooked) for value in values):
            return self._beside_crooked(values, highest=highest)
        if not any(isinstance(value, Line) for value in values):
            return cast("Moving", choose(values))
        found: Moving = choose(values, key=self._germ)
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
        order = sorted(values, key=self._germ, reverse=True)
        chosen, others = order[:number], order[number:]
        if chosen and others:
            for value in others:
                self.side(value - chosen[-1])
            for value in chosen[:-1]:
                self.side(value - chosen[-1])
        return sum(chosen)

    def ranked(self, values: Sequence[Any], *, highest: bool) -> list[list[int]]:
        """The places in the order of the values, equal ones together."""
        if not any(isinstance(value, Line) for value in values):
            ranks: dict[Any, list[int]] = {}
            for place, value in enumerate(values):
                ranks.setdefault(value, []).append(place)
            return [ranks[value] for value in sorted(ranks, reverse=highest)]
        germs: dict[tuple[Exact, Exact], list[int]] = {}
        for place, value in enumerate(values):
            germs.setdefault(self._germ(value), []).append(place)
        order = sorted(germs, reverse=highest)
        for one, other in pairwise(order):
            self.sign(values[germs[one][0]] - values[germs[other][0]])
        return [germs[germ] for germ in order]

    # ---------------------------------------------------------------------------------------------------- arithmetic

    def in_range(self, value: Moving, node: nodes.Expression) -> Moving:
        """The value; where it grows beyond the range of exact arithmetic further on, the run has to be made anew."""
        if not isinstance(value, Line):
            return value if isinstance(value, Crooked) else checked(value, node)
        numbers = (value.base.numerator, value.base.denominator, value.slope.numerator, value.slope.denominator)
        if max(map(int.bit_length, numbers)) <= _FAR_FROM_THE_RANGE:
            return value
        scale = lcm(value.base.denominator, value.slope.denominator)
        end = Fraction(1 << MAXIMUM_BITS, scale)
        if scale.bit_length() > MAXIMUM_BITS or not -end < value.at(self.at) < end:
            raise too_large(node)
        places = [(bound - value.base) / value.slope for bound in (end, -end) if value.slope]
        for place in places:
            if self.above and place > self.at:
                self._turns_at(place)
        return value

    def times(self, left: Moving, right: Moving, node: nodes.Expression) -> Moving:
        """A product; of two lines only where one does not move."""
        if isinstance(left, Line):
            if isinstance(right, Line):
                raise NotStraight("multiplies two amounts that both move", node)
            return left.scaled(right)
        return right.scaled(left) if isinstance(right, Line) else checked(left * right, node)

    def over(self, dividend: Moving, divisor: Moving, node: nodes.Expression) -> Moving:
        """A quotient; a line as divisor only where the quotient does not move."""
        if not isinstance(divisor, Line):
            return self.times(dividend, Fraction(1) / divisor, node)
        quotient = proportion(dividend, divisor)
        if quotient is None:
            raise NotStraight("divides by an amount that moves", node)
        return quotient

    def whole(self, amount: Moving) -> Moving:
        """What does not move is rounded down; a line stays one, and a run may have up to one unit less."""
        if isinstance(amount, Line):
            return amount if amount.integral else amount.loosened(1)
        return round_down(amount)

    # ------------------------------------------------------------------------------------------------------- sharing

    def listed(self, amounts: Sequence[Moving]) -> Payments:
        """Payments known one by one."""
        return Listed(tuple(amounts))

    def losses(self, amounts: Sequence[Moving]) -> LineLosses:
        """The losses at the start."""
        return LineLosses.at_start(amounts)

    def share(self, draw: Moving, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """A draw shared in proportion to keys that do not move against each other."""
        limits = tuple(sharers.limits)
        open_ = [place for place, key in enumerate(sharers.keys) if self.side(key)]
        if not open_ or (not isinstance(draw, Line) and not draw):
            return Listed((0,) * len(limits))
        keys = _proportional_keys(sharers.keys)
        if keys is None:
            lent = [limits[place] for place in open_]
            if len(open_) == 1:
                return Listed(tuple(draw if place in open_ else 0 for place in range(len(limits))))
            if sharers.reallocates and None not in lent and draw == sum(lent):  # type: ignore[arg-type]
                return Listed(tuple(limits[place] or 0 if place in open_ else 0 for place in range(len(limits))))
            raise NotStraight("shares by keys that move against each other", None)
        return WaterFilling(self, draw, tuple(sharers.ids), keys, limits, sharers.reallocates, origin)

    def divide(self, amount: Moving, weights: Sequence[Moving], limits: Sequence[Moving | None]) -> Payments:
        """An amount shared among steps or segments, ties to the one written first."""
        return self.share(amount, Sharers(range(len(weights)), weights, limits))

    def spread(self, filling: WaterFilling) -> tuple[Moving, ...]:
        """What each payer of a filling pays here, as lines."""
        if filling.settled:
            return filling.settled_units
        slack = filling.slack
        return tuple(_rounded(amount, slack) for amount in self._exact(filling))

    def placed(self, filling: WaterFilling) -> Moving:
        """What a filling without reallocation can place of its draw."""
        if filling.settled:
            return sum(filling.settled_units)
        if not filling.fixed:
            return _rounded(sum(self._exact(filling)), filling.slack)
        fixed, factor = filling.levels.placed(self._full(filling))
        return _rounded(self._scaled(filling.draw, factor) + fixed, filling.slack)

    def _exact(self, filling: WaterFilling) -> list[Moving]:
        """The shares before rounding."""
        if filling.fixed:
            return self._by_levels(filling)
        return self._by_lines(filling) if filling.reallocates else self._without_reallocation(filling)

    def _full(self, filling: WaterFilling) -> int:
        """How many payers are full here, where no limit moves; where the next one is, the run has to be made anew."""
        knots = filling.levels.knots
        draw, slope = value_at(filling.draw, self.at), slope_of(filling.draw)
        full = filling.levels.full_at(draw, rising=slope >= 0)
        ahead = full if slope > 0 else full - 1
        if self.above and slope and 0 <= ahead < len(knots):
            self._turns_at(self.at + Fraction(knots[ahead] - draw) / slope)
        return full

    def _by_levels(self, filling: WaterFilling) -> list[Moving]:
        """Limits that do not move: who is full at the draw follows from the levels alone."""
        full = self._full(filling)
        shares = (filling.levels.share(place, full) for place in range(len(filling.keys)))
        return [self._scaled(filling.draw, factor) + fixed for fixed, factor in shares]

    def _by_lines(self, filling: WaterFilling) -> list[Moving]:
        """Limits that move: payers are taken in the order in which they are full here, and each is compared."""
        keys, limits = filling.keys, filling.limits
        bounded = [(place, limit) for place, limit in enumerate(limits) if keys[place] and limit is not None]
        bounded.sort(key=lambda row: tuple(Fraction(part) / keys[row[0]] for part in self._germ(row[1])))
        rest, weight = filling.draw, sum(keys)
        full: set[int] = set()
        for place, limit in bounded:
            excess = self._excess(rest, keys[place], limit, weight)
            if self._germ(excess) <= (0, 0):
                break
            full.add(place)
            rest, weight = rest - limit, weight - keys[place]
        for place, limit in bounded:
            self.side(self._excess(rest, keys[place], limit, weight))
        amounts: list[Moving] = []
        for place, key in enumerate(keys):
            amounts.append(limits[place] or 0 if place in full else self._scaled(rest, Fraction(key, weight or 1)))
        return amounts

    def _without_reallocation(self, filling: WaterFilling) -> list[Moving]:
        weight = sum(filling.keys)
        amounts: list[Moving] = []
        for key, limit in zip(filling.keys, filling.limits, strict=True):
            exact = self._scaled(filling.draw, Fraction(key, weight))
            amounts.append(exact if limit is None or not key else self.least((exact, limit)))
        return amounts

    def _excess(self, rest: Moving, key: int, limit: Moving, weight: int) -> Moving:
        """Above zero where a payer would be given more than its limit."""
        return self._scaled(rest, key) - self._scaled(limit, weight)

    @staticmethod
    def _scaled(amount: Moving, factor: Exact) -> Moving:
        return amount.scaled(factor) if isinstance(amount, Line) else line(amount * factor, 0)
