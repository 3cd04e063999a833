"""What a kind of number must be able to do, so that the one evaluator of the plan can run over it.

Exact numbers that do not vary are plain Python values in every domain; a domain adds its own kind of value beside
them, with ``+``, ``-`` and unary ``-`` of its own.  Whatever decides how the run goes on (a comparison, a least value,
an order) is asked of the domain, and so is whatever rounds or shares.

Truth values are plain ``bool`` in a domain that settles each of them, as exact numbers and straight lines do: such a
domain inherits what stands here.  A domain of many scenarios has operations and truths of its own; then both branches
of an ``if`` are worked out, each under the *path* on which it counts, and what the rules do not allow is noted for the
scenarios on that path.
"""

import datetime
from collections.abc import Mapping, Sequence
from operator import add, and_, neg, not_, sub
from typing import Literal, Protocol

from rulelang.base.apportion import rounded_to
from rulelang.base.values import unchanging
from rulelang.run.payments import Payments
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.values import Path, Row, Tie, Truth, Value, Who
from rulelang.syntax import nodes


class Site(Protocol):
    """Where in a rulebook a row is worked out, and how what the rules do not allow there is refused."""

    @property
    def node(self) -> nodes.Expression:
        """The expression that is worked out."""

    def refuse(self, index: int, truth: Truth, violation: RuleViolation) -> None:
        """Refuse a value of the row where ``truth`` holds: raise ``violation``, or note it for those scenarios."""


@unchanging
class Sharers:
    """Who shares a draw: ids (they settle ties), keys, limits (``None``: none), and whether the rest is passed on.

    ``present`` says whether each is there at all (``None``: all are); who is not there is as one whose key is 0.
    """

    ids: Sequence[Tie]
    keys: Sequence[Value]
    limits: Sequence[Value | None]
    reallocates: bool = True
    present: Sequence[Truth] | None = None


Cut = tuple[Sequence[int], Value]
"""The places of losses from which something is taken together, and how much."""


class Losses(Protocol):
    """What is left of every loss."""

    def total(self, places: Sequence[int]) -> Value:
        """The sum of what is left of some losses."""

    def met(self, places: Sequence[int]) -> Value:
        """The same for a step that meets these losses; it may be an amount of which no more is known than its sign."""

    def reduced(self, cuts: Sequence[Cut]) -> "Losses":
        """The losses after each of some amounts was taken from some of them, in proportion to what is left of each."""


class Domain(Protocol):
    """A kind of number."""

    # ------------------------------------------------------------------------------------------------------- amounts

    def least(self, values: Sequence[Value]) -> Value:
        """The smallest of some numbers."""

    def largest(self, number: int, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The sum of the ``number`` largest of those present."""

    def smallest(self, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The smallest value of those present; anything if nobody is."""
        del present
        return self.least(values)

    def total(self, values: Sequence[Value], present: Sequence[Truth] | None = None, *, floored: bool = False) -> Value:
        """The sum of the values of those present; ``floored`` says that none of these is below zero."""
        del present, floored
        return sum(values)

    def rest(self, amount: Value, part: Value) -> Value:
        """What is left of an amount when a part of it, at least nothing and at most all, is taken."""
        return amount - part

    def rest_each(self, amounts: Row, parts: Row) -> Row:
        """The same for each member."""
        return self.minus(amounts, parts)

    def whole(self, amount: Value) -> Value:
        """An amount rounded down to the minor unit."""

    def ranked(self, values: Sequence[Value], *, highest: bool) -> list[list[int]] | None:
        """The places of the values in the order of their size, equal ones together; ``None`` if that varies."""

    # ------------------------------------------------------------------------------------------------------- sharing

    def share(self, draw: Value, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """A draw shared in proportion to keys, nobody above its limit (section 7.5 of the specification).

        ``origin`` says of which sharing the draw is a part, if it is one.
        """

    def share_ranked(self, draw: Value, sharers: Sharers, ranks: Sequence[Value], *, highest: bool) -> Payments:
        """A draw shared rank by rank, where the ranks vary (:meth:`ranked` gave ``None``)."""
        raise AssertionError(draw, sharers, ranks, highest)

    def divide(self, amount: Value, weights: Sequence[Value], limits: Sequence[Value | None]) -> Payments:
        """An amount shared among the steps of a group or the segments of a pot, ties to the one written first."""

    def own_losses(self, members: Who, owed: Row, limits: Sequence[Value | None], left: Value, *, bounded: bool) -> Row:
        """What each defaulter pays of its own losses, one after the other, and all together at most ``left``.

        ``bounded`` is false where ``left`` is no less than all losses owed; ``members`` are their positions.
        """
        del members, bounded
        amounts = []
        for own, limit in zip(owed, limits, strict=True):
            amounts.append(self.least([own, left] if limit is None else [own, limit, left]))
            left = left - amounts[-1]
        return amounts

    def losses(self, amounts: Sequence[Value]) -> Losses:
        """The losses at the start of a run."""

    def listed(self, amounts: Sequence[Value]) -> Payments:
        """Payments that are known one by one."""

    # ---------------------------------------------------------------------------------------- a row of values at once

    def plus(self, left: Row, right: Row) -> Row:
        """Sums."""
        return list(map(add, left, right))

    def minus(self, left: Row, right: Row) -> Row:
        """Differences."""
        return list(map(sub, left, right))

    def negated(self, values: Row) -> Row:
        """The values with the other sign."""
        return list(map(neg, values))

    def ranged(self, values: Row, site: Site) -> Row:
        """The values, refused where they are beyond the range of exact arithmetic."""

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products, refused where they are beyond the range of exact arithmetic."""

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients, refused as products are; where the divisor is zero, anything."""

    def rounded(self, values: Row, units: Row, direction: Literal["up", "down", "nearest"], site: Site) -> Row:
        """Values rounded to multiples of units above zero, halves up, and refused where they leave the range."""
        pairs = zip(values, units, strict=True)
        return self.ranged([rounded_to(value, unit, direction) for value, unit in pairs], site)

    def shifted(self, dates: Row, days: Row, site: Site) -> Row:
        """Dates so many days later; one beyond the calendar is refused."""
        result = []
        for index, (day, count) in enumerate(zip(dates, days, strict=True)):
            try:
                result.append(day + datetime.timedelta(count))
            except OverflowError:
                site.refuse(index, True, beyond_the_calendar(day, count, site.node))  # noqa: FBT003 - it holds
        return result

    def settled(self, values: Row, what: str, node: nodes.Expression) -> Row:
        """Values (``what`` says of what) on which something hangs that is settled once: a day, a group.

        A domain of many scenarios refuses them by name if they vary.
        """
        del what, node
        return values

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""

    def whole_each(self, amounts: Row) -> Row:
        """Amounts rounded down to the minor unit."""
        return list(map(self.whole, amounts))

    def looked_up(self, table: Mapping[str | bool, int], values: Row) -> Row:
        """What a table says of each value of a choice."""
        return [table[value] for value in values]

    # --------------------------------------------------------------------------------------------- truths, and paths

    def comparisons(self, operator: str, left: Row, right: Row) -> list[Truth]:
        """Whether each comparison (``=``, ``<`` and so on) of two values of one type holds."""

    def nonzero(self, values: Row) -> list[Truth]:
        """Whether each number is other than zero."""

    def below_zero(self, values: Row) -> list[tuple[int, Truth]]:
        """The places of the numbers that may be below zero, each with whether it is."""

    def both(self, some: Sequence[Truth], others: Sequence[Truth]) -> list[Truth]:
        """Whether two truths hold, for each member."""
        return list(map(and_, some, others))

    def denied(self, truths: Sequence[Truth]) -> list[Truth]:
        """Whether a truth does not hold, for each member."""
        return list(map(not_, truths))

    def of_members(self, values: Row, who: Who) -> Row:
        """The values, said to be those of ``who``, each of its member alone.

        In a domain in which a place may stand for several members, what is the same for all counts for each of them.
        """
        del who
        return values

    def how_many(self, who: Who, present: Sequence[Truth] | None) -> Value:
        """How many there are of ``who``, or of those present."""
        return len(who) if present is None else self.counted(present)

    def counted(self, truths: Sequence[Truth]) -> Value:
        """How many of the truths hold."""
        return sum(truths)

    def anyone(self, truths: Sequence[Truth]) -> Truth:
        """Whether one of the truths holds."""
        return any(truths)

    def chosen(self, truths: Sequence[Truth], then: Row, otherwise: Row) -> Row:
        """The first value where a truth holds, else the second, for each member."""
        return [a if truth else b for truth, a, b in zip(truths, then, otherwise, strict=True)]

    def present_only(self, values: Row, present: Sequence[Truth]) -> Row:
        """The values, which may be put more simply because they count only where their owner is present."""
        del present
        return values

    def refuse(self, path: Path, who: int | None, truth: Truth, violation: RuleViolation) -> bool:
        """Refuse what the rules do not allow, where ``truth`` holds for a member (``None``: for all) on a path.

        It gives whether there may be such a scenario.
        """
        del path, who
        if truth:
            raise violation
        return False

    def narrowed(self, path: Path, who: Who, truths: Sequence[Truth]) -> Path:
        """The path on which each of ``who`` counts only where its truth holds."""
        del who, truths
        return path

    def joined(self, path: Path, who: Who) -> Path:
        """The path of what is the same for all of ``who``."""
        del who
        return path


def beyond_the_calendar(day: datetime.date, number: int, node: nodes.Expression, unit: str = "days") -> RuleViolation:
    """What a date is refused with that no calendar has."""
    operator = "-" if number < 0 else "+"
    return RuleViolation("impossible-date", f"{day} {operator} {abs(number)} {unit} is beyond the calendar", node)
