"""Rows worked out value by value, for domains in which every truth is settled: exact numbers and straight lines.

What is asked for one value at a time (a comparison, a product) is left to the domain.  There is one scenario, so there
are no paths, and what the rules do not allow ends the run.
"""

import datetime
from abc import abstractmethod
from collections.abc import Mapping, Sequence

from rulelang.run.domain import Domain, Sharers, Site
from rulelang.run.payments import Payments
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.values import Path, Row, Truth, Value, Who
from rulelang.syntax import nodes


class OneByOne(Domain):
    """See :class:`rulelang.run.domain.Domain` for what each operation means."""

    @abstractmethod
    def holds(self, operator: str, left: Value, right: Value) -> bool:
        """Whether a comparison of two values of one type holds."""

    @abstractmethod
    def sign(self, value: Value) -> int:
        """-1, 0 or 1."""

    @abstractmethod
    def greatest(self, values: Sequence[Value]) -> Value:
        """The largest of some numbers."""

    @abstractmethod
    def in_range(self, value: Value, node: nodes.Expression) -> Value:
        """The value, refused where it is beyond the range of exact arithmetic."""

    @abstractmethod
    def times(self, left: Value, right: Value, node: nodes.Expression) -> Value:
        """A product."""

    @abstractmethod
    def over(self, dividend: Value, divisor: Value, node: nodes.Expression) -> Value:
        """A quotient; the divisor is not zero."""

    # ------------------------------------------------------------------------------------------- amounts and sharing

    def total(self, values: Sequence[Value], present: Sequence[Truth] | None = None, *, floored: bool = False) -> Value:
        """The sum."""
        del present, floored
        return sum(values)

    def smallest(self, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The smallest value."""
        del present
        return self.least(values)

    def rest(self, amount: Value, part: Value) -> Value:
        """What is left of an amount."""
        return amount - part

    def share_ranked(self, draw: Value, sharers: Sharers, ranks: Sequence[Value], *, highest: bool) -> Payments:
        """Ranks do not vary here."""
        raise AssertionError(draw, sharers, ranks, highest)

    def own_losses(self, members: Who, owed: Row, limits: Sequence[Value | None], left: Value, *, bounded: bool) -> Row:
        """What each defaulter pays of its own losses, one after the other."""
        del members, bounded
        amounts = []
        for own, limit in zip(owed, limits, strict=True):
            amounts.append(self.least([own, left] if limit is None else [own, limit, left]))
            left = left - amounts[-1]
        return amounts

    # ---------------------------------------------------------------------------------------- a row of values at once

    def plus(self, left: Row, right: Row) -> Row:
        """Sums."""
        return [a + b for a, b in zip(left, right, strict=True)]

    def minus(self, left: Row, right: Row) -> Row:
        """Differences."""
        return [a - b for a, b in zip(left, right, strict=True)]

    def negated(self, values: Row) -> Row:
        """The values with the other sign."""
        return [-value for value in values]

    def ranged(self, values: Row, site: Site) -> Row:
        """The values, refused where they are beyond the range of exact arithmetic."""
        return [self.in_range(value, site.node) for value in values]

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products."""
        return [self.in_range(self.times(a, b, site.node), site.node) for a, b in zip(left, right, strict=True)]

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients."""
        return [self.in_range(self.over(a, b, site.node), site.node) for a, b in zip(left, right, strict=True)]

    def shifted(self, dates: Row, days: Row, site: Site) -> Row:
        """Dates so many days later; one beyond the calendar is refused."""
        result = []
        for index, (day, count) in enumerate(zip(dates, days, strict=True)):
            try:
                result.append(day + datetime.timedelta(count))
            except OverflowError:
                site.refuse(index, True, beyond_the_calendar(day, count, site.node))  # noqa: FBT003 - it holds
        return result

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""
        return [self.least(values) for values in zip(*columns, strict=True)]

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""
        return [self.greatest(values) for values in zip(*columns, strict=True)]

    def whole_each(self, amounts: Row) -> Row:
        """Amounts rounded down to the minor unit."""
        return [self.whole(amount) for amount in amounts]

    def looked_up(self, table: Mapping[str | bool, int], values: Row) -> Row:
        """What a table says of each value of a choice."""
        return [table[value] for value in values]

    # --------------------------------------------------------------------------------------------- truths, and paths

    def comparisons(self, operator: str, left: Row, right: Row) -> list[bool]:
        """Whether each comparison holds."""
        return [self.holds(operator, a, b) for a, b in zip(left, right, strict=True)]

    def nonzero(self, values: Row) -> list[bool]:
        """Whether each number is other than zero."""
        return [self.sign(value) != 0 for value in values]

    def below_zero(self, values: Row) -> list[tuple[int, bool]]:
        """The places of the numbers that are below zero."""
        return [(place, True) for place, value in enumerate(values) if self.sign(value) < 0]

    def both(self, some: Sequence[Truth], others: Sequence[Truth]) -> list[bool]:
        """Whether two truths hold."""
        return [one and other for one, other in zip(some, others, strict=True)]

    def denied(self, truths: Sequence[Truth]) -> list[bool]:
        """Whether a truth does not hold."""
        return [not truth for truth in truths]

    def counted(self, truths: Sequence[Truth]) -> int:
        """How many of the truths hold."""
        return sum(truths)

    def anyone(self, truths: Sequence[Truth]) -> bool:
        """Whether one of the truths holds."""
        return any(truths)

    def chosen(self, truths: Sequence[Truth], then: Row, otherwise: Row) -> Row:
        """The first value where a truth holds, else the second."""
        return [a if truth else b for truth, a, b in zip(truths, then, otherwise, strict=True)]

    def present_only(self, values: Row, present: Sequence[Truth]) -> Row:
        """The values as they are."""
        del present
        return values

    def refuse(self, path: Path, who: int | None, truth: Truth, violation: RuleViolation) -> bool:
        """The run ends here."""
        del path, who
        if truth:
            raise violation
        return False

    def narrowed(self, path: Path, who: Who, truths: Sequence[Truth]) -> Path:
        """There are no paths."""
        del who, truths
        return path

    def joined(self, path: Path, who: Who) -> Path:
        """There are no paths."""
        del who
        return path


def beyond_the_calendar(day: datetime.date, days: int, node: nodes.Expression) -> RuleViolation:
    """What a date is refused with that no calendar has."""
    operator = "-" if days < 0 else "+"
    return RuleViolation("impossible-date", f"{day} {operator} {abs(days)} days is beyond the calendar", node)
