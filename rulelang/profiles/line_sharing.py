"""Shares of a draw that moves with the variable: known one by one, or by water-filling.

Nothing of a water-filling is worked out before somebody asks: what a payer pays has a breakpoint wherever another payer
becomes full, and most runs never look at it.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import field, frozen

from rulelang.base.apportion import round_down, share
from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.line_losses import whole_weights
from rulelang.profiles.line_order import LineOrder
from rulelang.profiles.lines import (
    Line,
    Moving,
    any_moves,
    base_of,
    is_whole,
    proportion,
    scaled,
    slack_of,
    slope_of,
    value_at,
)
from rulelang.profiles.water_filling import Levels, levels_of
from rulelang.run.payments import Payments
from rulelang.run.values import Tie


@frozen
class Listed(Payments):
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
class WaterFilling(Payments):
    """A draw shared by water-filling.

    Nothing is worked out before somebody asks: what a payer pays has a breakpoint wherever another payer becomes full,
    and most runs never look at it.  ``origin`` is the sharing that the draw is a part of, if any.
    """

    order: LineOrder = field(eq=False, repr=False)
    draw: Moving
    ids: tuple[Tie, ...] = field(eq=False, repr=False)
    keys: tuple[int, ...]
    limits: tuple[Moving | None, ...]
    reallocates: bool
    origin: tuple[Payments, int] | None = field(default=None, eq=False, repr=False)

    @cached_property
    def fixed(self) -> bool:
        """Whether no limit moves."""
        return not any_moves(self.limits)

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
            level, rank = self.levels.level(full, draw), self.levels.rank
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
            draw = origin.gathered(lambda sharing: sharing.units(t))[place]
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
        return self.draw if self.reallocates else self.placed(self.order)

    def of(self, index: int) -> Moving:
        """What one payer pays; from where on another payer is full, the run has to be made anew."""
        return self.amounts[index]

    @cached_property
    def amounts(self) -> tuple[Moving, ...]:
        """What each payer pays, as lines; whole minor units where nothing moves."""
        return self.lines(self.order)

    def lines(self, order: LineOrder) -> tuple[Moving, ...]:
        """What each payer pays at a place, as lines; whole minor units where nothing moves."""
        if self.settled:
            return self.settled_units
        slack = self.slack
        return tuple(_rounded(amount, slack) for amount in self._exact(order))

    def placed(self, order: LineOrder) -> Moving:
        """What can be placed of the draw at a place, without reallocation."""
        if self.settled:
            return sum(self.settled_units)
        if not self.fixed:
            return _rounded(sum(self._exact(order)), self.slack)
        fixed, factor = self.levels.placed(self._full(order))
        return _rounded(scaled(self.draw, factor) + fixed, self.slack)

    def _exact(self, order: LineOrder) -> list[Moving]:
        """The shares before rounding."""
        if self.fixed:
            return self._by_levels(order)
        return self._by_lines(order) if self.reallocates else self._without_reallocation(order)

    def _full(self, order: LineOrder) -> int:
        """How many payers are full here, where no limit moves; where the next one is, the run has to be made anew."""
        knots = self.levels.knots
        draw, slope = value_at(self.draw, order.at), slope_of(self.draw)
        full = self.levels.full_at(draw, rising=slope >= 0)
        ahead = full if slope > 0 else full - 1
        if order.above and slope and 0 <= ahead < len(knots):
            order.turns_at(order.at + Fraction(knots[ahead] - draw) / slope)
        return full

    def _by_levels(self, order: LineOrder) -> list[Moving]:
        """Limits that do not move: who is full at the draw follows from the levels alone."""
        full = self._full(order)
        shares = (self.levels.share(place, full) for place in range(len(self.keys)))
        return [scaled(self.draw, factor) + fixed for fixed, factor in shares]

    def _by_lines(self, order: LineOrder) -> list[Moving]:
        """Limits that move: payers are taken in the order in which they are full here, and each is compared."""
        keys, limits = self.keys, self.limits
        bounded = [(place, limit) for place, limit in enumerate(limits) if keys[place] and limit is not None]
        bounded.sort(key=lambda row: tuple(Fraction(part) / keys[row[0]] for part in order.size_here(row[1])))
        rest, weight = self.draw, sum(keys)
        full: set[int] = set()
        for place, limit in bounded:
            excess = _excess(rest, keys[place], limit, weight)
            if order.size_here(excess) <= (0, 0):
                break
            full.add(place)
            rest, weight = rest - limit, weight - keys[place]
        for place, limit in bounded:
            order.side(_excess(rest, keys[place], limit, weight))
        amounts: list[Moving] = []
        for place, key in enumerate(keys):
            amounts.append(limits[place] or 0 if place in full else scaled(rest, Fraction(key, weight or 1)))
        return amounts

    def _without_reallocation(self, order: LineOrder) -> list[Moving]:
        weight = sum(self.keys)
        amounts: list[Moving] = []
        for key, limit in zip(self.keys, self.limits, strict=True):
            exact = scaled(self.draw, Fraction(key, weight))
            amounts.append(exact if limit is None or not key else order.least((exact, limit)))
        return amounts


LineSharing = Listed | WaterFilling
"""How one draw was shared."""


def _excess(rest: Moving, key: int, limit: Moving, weight: int) -> Moving:
    """Above zero where a payer would be given more than its limit."""
    return scaled(rest, key) - scaled(limit, weight)


def _rounded(amount: Moving, slack: Exact) -> Moving:
    """A share: a run may pay one unit more or less, because it pays whole units."""
    if not slack and (is_whole(amount) or not amount):
        return amount
    return Line(base_of(amount), slope_of(amount), slack + 1)


def proportional_keys(keys: Sequence[Moving]) -> tuple[int, ...] | None:
    """Whole numbers in the same proportions as the keys, if these are fixed."""
    unit = next((key for key in keys if isinstance(key, Line)), None)
    found = list(keys) if unit is None else [proportion(key, unit) for key in keys]
    return None if None in found else whole_weights(cast("list[Exact]", found))
