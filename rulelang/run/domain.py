"""What a kind of number must be able to do, so that the one evaluator of the plan can run over it.

Exact numbers that do not vary are plain Python values in every domain; a domain adds its own kind of value beside
them, with ``+``, ``-`` and unary ``-`` of its own.  Whatever decides how the run goes on (a comparison, a least value,
an order) is asked of the domain, and so is whatever rounds or shares.

Truth values are plain ``bool`` in a domain that settles each of them, as points and straight lines do.  A domain of
many scenarios has truths of its own beside them; then both branches of an ``if`` are worked out, each under the *path*
on which it counts, and what the rules do not allow is noted for the scenarios on that path.
"""

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from attrs import frozen

from rulelang.run.exact_range import checked
from rulelang.run.rule_violation import RuleViolation
from rulelang.syntax import nodes

Value = Any
"""An amount (minor units), a number, or a value of the domain's own kind; also yes/no, text and dates."""
Truth = Any
"""``True``, ``False``, or a truth of the domain's own kind."""
Path = Any
"""On which scenarios something counts: ``None`` (all there are), or what a domain with truths of its own makes."""
Row = list[Value]
"""One value for each of some members."""


class Site(Protocol):
    """Where in a rulebook a row is worked out, and how what the rules do not allow there is refused."""

    @property
    def node(self) -> nodes.Expression:
        """The expression that is worked out."""

    def refuse(self, index: int, truth: Truth, violation: RuleViolation) -> None:
        """Refuse a value of the row where ``truth`` holds: raise ``violation``, or note it for those scenarios."""


class Payments(Protocol):
    """What each payer of a turn pays; amounts are in minor units."""

    @property
    def total(self) -> Value:
        """What all pay together."""

    def of(self, index: int) -> Value:
        """What one payer pays, by its place among the payers of the turn."""


@frozen
class Sharers:
    """Who shares a draw: ids (they settle ties), keys, limits (``None``: none), and whether the rest is passed on.

    ``present`` says whether each is there at all (``None``: all are); who is not there is as one whose key is 0.
    """

    ids: Sequence[Any]
    keys: Sequence[Value]
    limits: Sequence[Value | None]
    reallocates: bool = True
    present: Sequence[Truth] | None = None


class Losses(Protocol):
    """What is left of every loss."""

    def total(self, places: Sequence[int]) -> Value:
        """The sum of what is left of some losses."""

    def met(self, places: Sequence[int]) -> Value:
        """The same for a step that meets these losses; it may be an amount of which no more is known than its sign."""

    def reduced(self, places: Sequence[int], amount: Value) -> "Losses":
        """The losses after ``amount`` was taken from some of them, in proportion to what is left of each."""


class Domain(Protocol):
    """A kind of number."""

    def holds(self, operator: str, left: Value, right: Value) -> Truth:
        """Whether a comparison (``=``, ``<`` and so on) of two values of one type holds."""

    def sign(self, value: Value) -> int:
        """-1, 0 or 1; only in a domain that settles every truth."""

    def nonzero(self, value: Value) -> Truth:
        """Whether a number is not zero."""

    def below_zero(self, value: Value) -> Truth:
        """Whether a number is below zero."""

    def least(self, values: Sequence[Value]) -> Value:
        """The smallest of some numbers."""

    def greatest(self, values: Sequence[Value]) -> Value:
        """The largest of some numbers."""

    def largest(self, number: int, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The sum of the ``number`` largest of those present."""

    def ranked(self, values: Sequence[Value], *, highest: bool) -> list[list[int]] | None:
        """The places of the values in the order of their size, equal ones together; ``None`` if that varies."""

    def times(self, left: Value, right: Value, node: nodes.Expression) -> Value:
        """A product."""

    def over(self, dividend: Value, divisor: Value, node: nodes.Expression) -> Value:
        """A quotient; the divisor is not zero."""

    def whole(self, amount: Value) -> Value:
        """An amount rounded down to the minor unit."""

    def share(self, draw: Value, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """A draw shared in proportion to keys, nobody above its limit (section 7.5 of the specification).

        ``origin`` says of which sharing the draw is a part, if it is one.
        """

    def share_ranked(self, draw: Value, sharers: Sharers, ranks: Sequence[Value], *, highest: bool) -> Payments:
        """A draw shared rank by rank, where the ranks vary (:meth:`ranked` gave ``None``)."""

    def divide(self, amount: Value, weights: Sequence[Value], limits: Sequence[Value | None]) -> Payments:
        """An amount shared among the steps of a group or the segments of a pot, ties to the one written first."""

    def own_losses(
        self, members: Sequence[Any], owed: Row, limits: Sequence[Value | None], left: Value, *, bounded: bool
    ) -> Row:
        """What each defaulter pays of its own losses, one after the other, and all together at most ``left``.

        ``bounded`` is false where ``left`` is no less than all losses owed; ``members`` are their positions.
        """

    def losses(self, amounts: Sequence[Value]) -> Losses:
        """The losses at the start of a run."""

    def listed(self, amounts: Sequence[Value]) -> Payments:
        """Payments that are known one by one."""

    # ---------------------------------------------------------------------------------------- a row of values at once

    def plus(self, left: Row, right: Row) -> Row:
        """Sums."""

    def minus(self, left: Row, right: Row) -> Row:
        """Differences."""

    def negated(self, values: Row) -> Row:
        """The values with the other sign."""

    def ranged(self, values: Row, site: Site) -> Row:
        """The values, refused where they are beyond the range of exact arithmetic."""

    def rest(self, amount: Value, part: Value) -> Value:
        """What is left of an amount when a part of it, at least nothing and at most all, is taken."""

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products."""

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients; where the divisor is zero, anything."""

    def shifted(self, dates: Row, days: Row, site: Site) -> Row:
        """Dates so many days later; one beyond the calendar is refused."""

    def comparisons(self, operator: str, left: Row, right: Row) -> list[Truth]:
        """Whether each comparison holds."""

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""

    def whole_each(self, amounts: Row) -> Row:
        """Amounts rounded down to the minor unit."""

    def looked_up(self, table: Mapping[Any, int], values: Row) -> Row:
        """What a table says of each value of a choice."""

    def total(self, values: Sequence[Value], present: Sequence[Truth] | None = None, *, floored: bool = False) -> Value:
        """The sum of the values of those present; ``floored`` says that none of these is below zero."""

    def smallest(self, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The smallest value of those present; anything if nobody is."""

    # --------------------------------------------------------------------------------------------- truths, and paths

    def both(self, some: Sequence[Truth], others: Sequence[Truth]) -> list[Truth]:
        """Whether two truths hold, for each member."""

    def denied(self, truths: Sequence[Truth]) -> list[Truth]:
        """Whether a truth does not hold, for each member."""

    def counted(self, truths: Sequence[Truth]) -> Value:
        """How many of the truths hold."""

    def chosen(self, truths: Sequence[Truth], then: Row, otherwise: Row) -> Row:
        """The first value where a truth holds, else the second, for each member."""

    def present_only(self, values: Row, present: Sequence[Truth]) -> Row:
        """The values, which may be put more simply because they count only where their owner is present."""

    def anyone(self, truths: Sequence[Truth]) -> Truth:
        """Whether one of the truths holds."""

    def refuse(self, path: Path, who: Any, truth: Truth, violation: RuleViolation) -> bool:
        """Refuse what the rules do not allow, where ``truth`` holds for one of ``who`` on a path.

        It gives whether there may be such a scenario.
        """

    def narrowed(self, path: Path, who: Sequence[Any], truths: Sequence[Truth]) -> Path:
        """The path on which each of ``who`` counts only where its truth holds."""

    def joined(self, path: Path, who: Sequence[Any]) -> Path:
        """The path of what is the same for all of ``who``."""


class OneByOne:
    """Rows worked out value by value, for domains in which every truth is settled."""

    def nonzero(self: Any, value: Value) -> bool:
        """Whether a number is not zero."""
        return bool(self.sign(value))

    def below_zero(self: Any, value: Value) -> bool:
        """Whether a number is below zero."""
        return bool(self.sign(value) < 0)

    def share_ranked(self, draw: Value, sharers: Sharers, ranks: Sequence[Value], *, highest: bool) -> Payments:
        """Ranks do not vary here."""
        raise AssertionError(draw, sharers, ranks, highest)

    def own_losses(
        self: Any, members: Sequence[Any], owed: Row, limits: Sequence[Value | None], left: Value, *, bounded: bool
    ) -> Row:
        """What each defaulter pays of its own losses, one after the other."""
        del members, bounded
        amounts = []
        for own, limit in zip(owed, limits, strict=True):
            amounts.append(self.least([own, left] if limit is None else [own, limit, left]))
            left = left - amounts[-1]
        return amounts

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
        return [checked(value, site.node) if isinstance(value, int | Fraction) else value for value in values]

    def rest(self, amount: Value, part: Value) -> Value:
        """What is left of an amount."""
        return amount - part

    def products(self: Any, left: Row, right: Row, site: Site) -> Row:
        """Products."""
        return [self.times(a, b, site.node) for a, b in zip(left, right, strict=True)]

    def quotients(self: Any, left: Row, right: Row, site: Site) -> Row:
        """Quotients; where the divisor is zero, anything."""
        return [self.over(a, b, site.node) for a, b in zip(left, right, strict=True)]

    def shifted(self, dates: Row, days: Row, site: Site) -> Row:
        """Dates so many days later; one beyond the calendar is refused."""
        result = []
        for index, (day, count) in enumerate(zip(dates, days, strict=True)):
            try:
                result.append(day + datetime.timedelta(count))
            except OverflowError:
                site.refuse(index, True, beyond_the_calendar(day, count, site.node))  # noqa: FBT003 - it holds
        return result

    def comparisons(self: Any, operator: str, left: Row, right: Row) -> list[bool]:
        """Whether each comparison holds."""
        holds = self.holds
        return [holds(operator, a, b) for a, b in zip(left, right, strict=True)]

    def any_below_zero(self: Any, values: Row) -> bool:
        """Whether a value may be below zero."""
        return any(truth is not False for truth in self.comparisons("<", values, [0] * len(values)))

    def least_each(self: Any, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""
        return [self.least(values) for values in zip(*columns, strict=True)]

    def greatest_each(self: Any, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""
        return [self.greatest(values) for values in zip(*columns, strict=True)]

    def whole_each(self: Any, amounts: Row) -> Row:
        """Amounts rounded down to the minor unit."""
        return [self.whole(amount) for amount in amounts]

    def looked_up(self, table: Mapping[Any, int], values: Row) -> Row:
        """What a table says of each value of a choice."""
        return [table[value] for value in values]

    def total(self, values: Sequence[Value], present: Sequence[Truth] | None = None, *, floored: bool = False) -> Value:
        """The sum."""
        del present, floored
        return sum(values)

    def smallest(self: Any, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The smallest value."""
        del present
        return self.least(values)

    def both(self, some: Sequence[Truth], others: Sequence[Truth]) -> list[bool]:
        """Whether two truths hold."""
        return [one and other for one, other in zip(some, others, strict=True)]

    def denied(self, truths: Sequence[Truth]) -> list[bool]:
        """Whether a truth does not hold."""
        return [not truth for truth in truths]

    def counted(self, truths: Sequence[Truth]) -> int:
        """How many of the truths hold."""
        return sum(truths)

    def chosen(self, truths: Sequence[Truth], then: Row, otherwise: Row) -> Row:
        """The first value where a truth holds, else the second."""
        return [a if truth else b for truth, a, b in zip(truths, then, otherwise, strict=True)]

    def present_only(self, values: Row, present: Sequence[Truth]) -> Row:
        """The values as they are."""
        del present
        return values

    def anyone(self, truths: Sequence[Truth]) -> bool:
        """Whether one of the truths holds."""
        return any(truths)

    def refuse(self, path: Path, who: Any, truth: Truth, violation: RuleViolation) -> bool:
        """The run ends here."""
        del path, who
        if truth:
            raise violation
        return False

    def narrowed(self, path: Path, who: Sequence[Any], truths: Sequence[Truth]) -> Path:
        """There is one scenario, so there are no paths."""
        del who, truths
        return path

    def joined(self, path: Path, who: Sequence[Any]) -> Path:
        """There is one scenario, so there are no paths."""
        del who
        return path


def beyond_the_calendar(day: datetime.date, days: int, node: nodes.Expression) -> RuleViolation:
    """What a date is refused with that no calendar has."""
    operator = "-" if days < 0 else "+"
    return RuleViolation("impossible-date", f"{day} {operator} {abs(days)} days is beyond the calendar", node)
