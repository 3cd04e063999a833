"""The domain of points: whole minor units and exact numbers, rounded where the language rounds.

The plan run over it gives what the interpreter gives, to the last unit.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from heapq import nlargest
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from attrs import frozen

from rulelang.base.apportion import Shares, round_down, share, split
from rulelang.base.money import Exact
from rulelang.run.domain import OneByOne, Payments, Sharers, Truth
from rulelang.run.exact_range import checked
from rulelang.syntax import nodes

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@frozen
class ExactPayments:
    """Whole minor units, one amount for each payer."""

    units: tuple[int, ...]
    shares: Shares | None = None

    @property
    def total(self) -> int:
        """What all pay together."""
        return sum(self.units)

    def of(self, index: int) -> int:
        """What one payer pays."""
        return self.units[index]


@frozen
class ExactLosses:
    """What is left of every loss, in whole minor units."""

    amounts: tuple[int, ...]

    def total(self, places: Sequence[int]) -> int:
        """The sum of what is left of some losses."""
        return sum(self.amounts[place] for place in places)

    met = total

    def reduced(self, places: Sequence[int], amount: int) -> "ExactLosses":
        """The losses less ``amount``, by largest remainder, ties to the loss declared first."""
        weights = [self.amounts[place] for place in places]
        left = list(self.amounts)
        for place, cut in zip(places, split(amount, weights, weights), strict=True):
            left[place] -= cut
        return ExactLosses(tuple(left))


class ExactNumbers(OneByOne):
    """Exact numbers; see :class:`rulelang.run.domain.Domain` for what each operation means."""

    def holds(self, operator: str, left: Any, right: Any) -> bool:
        """Whether a comparison holds."""
        return COMPARE[operator](left, right)

    def comparisons(self, operator: str, left: Any, right: Any) -> list[bool]:
        """Whether each comparison holds."""
        return list(map(COMPARE[operator], left, right))

    def sign(self, value: Exact) -> int:
        """-1, 0 or 1."""
        return (value > 0) - (value < 0)

    def least(self, values: Sequence[Exact]) -> Exact:
        """The smallest."""
        return min(values)

    def greatest(self, values: Sequence[Exact]) -> Exact:
        """The largest."""
        return max(values)

    def largest(self, number: int, values: Sequence[Exact], present: Sequence[Truth] | None = None) -> Exact:
        """The sum of the largest."""
        del present
        return sum(nlargest(number, values))

    def ranked(self, values: Sequence[Any], *, highest: bool) -> list[list[int]]:
        """The places in the order of the values, equal ones together."""
        places: dict[Any, list[int]] = {}
        for place, value in enumerate(values):
            places.setdefault(value, []).append(place)
        return [places[value] for value in sorted(places, reverse=highest)]

    def times(self, left: Exact, right: Exact, node: nodes.Expression) -> Exact:
        """A product."""
        return checked(left * right, node)

    def over(self, dividend: Exact, divisor: Exact, node: nodes.Expression) -> Exact:
        """A quotient."""
        return checked(Fraction(dividend) / divisor, node)

    def whole(self, amount: Exact) -> int:
        """Rounded down."""
        return round_down(amount)

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
