"""The domain of exact numbers: whole minor units and fractions, rounded where the language rounds.

The evaluator over it is the interpreter.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from heapq import nlargest
from operator import eq, ge, gt, le, lt, mul, ne, truth
from typing import Any

from rulelang.base.apportion import Shares, round_down, share, split
from rulelang.base.gather import collected
from rulelang.base.money import Exact
from rulelang.base.values import unchanging
from rulelang.run.domain import Cut, Domain, Sharers, Site
from rulelang.run.exact_range import MAXIMUM_BITS, checked
from rulelang.run.payments import Payments
from rulelang.run.values import Row, Truth, Value

_FAR = 1 << MAXIMUM_BITS
"""The first whole number beyond the range."""

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@unchanging
class ExactPayments(Payments):
    """Whole minor units, one amount for each payer; ``shares`` tells how they were shared, if they were."""

    units: tuple[int, ...]
    shares: Shares | None = None

    @property
    def total(self) -> int:
        """What all pay together."""
        return sum(self.units)

    def of(self, index: int) -> int:
        """What one payer pays."""
        return self.units[index]


def amounts_of(payments: Payments) -> Sequence[int]:
    """What each payer of a turn pays."""
    return payments.units if isinstance(payments, ExactPayments) else payments.gathered(lambda sharing: sharing.units)


@unchanging
class ExactLosses:
    """What is left of every loss, in whole minor units."""

    amounts: tuple[int, ...]

    def total(self, places: Sequence[int]) -> int:
        """The sum of what is left of some losses."""
        return sum([self.amounts[place] for place in places])

    met = total

    def reduced(self, cuts: Sequence[Cut]) -> "ExactLosses":
        """The losses less each cut, by largest remainder, ties to the loss declared first (section 7.6)."""
        left = list(self.amounts)
        for places, amount in cuts:
            if len(places) == 1:
                left[places[0]] -= amount
                continue
            weights = [left[place] for place in places]
            for place, part in zip(places, split(amount, weights, weights), strict=True):
                left[place] -= part
        return ExactLosses(tuple(left))


def _are_small(values: Row) -> bool:
    """Whether all are whole and well inside the range."""
    return set(map(type, values)) == {int} and min(values) > -_FAR and max(values) < _FAR


def ranks_of(values: Sequence[Value], *, highest: bool) -> list[list[int]]:
    """The places of the values in the order of their size, equal ones together."""
    places = collected((value, place) for place, value in enumerate(values))
    return [places[value] for value in sorted(places, reverse=highest)]


class ExactNumbers(Domain):
    """See :class:`rulelang.run.domain.Domain` for what each operation means."""

    def least(self, values: Sequence[Exact]) -> Exact:
        """The smallest."""
        return min(values)

    def largest(self, number: int, values: Sequence[Exact], present: Sequence[Truth] | None = None) -> Exact:
        """The sum of the largest."""
        del present
        return sum(nlargest(number, values))

    def whole(self, amount: Exact) -> int:
        """Rounded down."""
        return round_down(amount)

    def ranked(self, values: Sequence[Value], *, highest: bool) -> list[list[int]]:
        """The places in the order of the values, equal ones together."""
        return ranks_of(values, highest=highest)

    # ------------------------------------------------------------------------------------------------------- sharing

    def share(self, draw: int, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> ExactPayments:
        """Water-filling and largest remainder."""
        del origin  # the draw is whole already
        shares = share(draw, sharers.keys, sharers.limits, sharers.ids, reallocate=sharers.reallocates)
        return ExactPayments(shares.units, shares)

    def divide(self, amount: int, weights: Sequence[Exact], limits: Sequence[int | None]) -> ExactPayments:
        """Water-filling and largest remainder, ties to the one written first."""
        return ExactPayments(split(amount, weights, limits))

    def listed(self, amounts: Sequence[int]) -> ExactPayments:
        """Payments known one by one."""
        return ExactPayments(tuple(amounts))

    def losses(self, amounts: Sequence[int]) -> ExactLosses:
        """The losses at the start."""
        return ExactLosses(tuple(amounts))

    # ---------------------------------------------------------------------------------------- a row of values at once

    def ranged(self, values: Row, site: Site) -> Row:
        """The values, refused beyond the range."""
        if _are_small(values):
            return values
        return [checked(value, site.node) for value in values]

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products."""
        scale, amounts = (left, right) if left and type(left[0]) is Fraction else (right, left)
        if scale and type(scale[0]) is Fraction and scale == [scale[0]] * len(scale) and _are_small(amounts):
            over, under = scale[0].as_integer_ratio()  # one factor for all: fractions are made only of what is one
            parts = [over * amount for amount in amounts]
            if _are_small([*parts, under]):
                return [part // under if part % under == 0 else Fraction(part, under) for part in parts]
        return self.ranged(list(map(mul, left, right)), site)

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients."""
        return self.ranged([Fraction(a) / b for a, b in zip(left, right, strict=True)], site)

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values."""
        return list(map(min, *columns)) if len(columns) > 1 else columns[0]

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values."""
        return list(map(max, *columns)) if len(columns) > 1 else columns[0]

    def whole_each(self, amounts: Row) -> Row:
        """Rounded down."""
        return amounts if set(map(type, amounts)) == {int} else list(map(round_down, amounts))

    def comparisons(self, operator: str, left: Row, right: Row) -> list[bool]:
        """Whether each comparison holds."""
        return list(map(COMPARE[operator], left, right))

    def nonzero(self, values: Row) -> list[bool]:
        """Whether each number is other than zero."""
        return list(map(truth, values))

    def below_zero(self, values: Row) -> list[tuple[int, bool]]:
        """The places of the numbers below zero."""
        if not values or min(values) >= 0:
            return []
        return [(place, True) for place, value in enumerate(values) if value < 0]
