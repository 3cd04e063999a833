"""Arithmetic of the domain of columns: exact, with denominators that may vary."""

import datetime
from collections.abc import Sequence
from math import gcd
from typing import Literal, assert_never

from attrs import define

from rulelang.base.apportion import round_down
from rulelang.run.domain import Site, beyond_the_calendar
from rulelang.run.exact import ExactNumbers
from rulelang.run.exact_range import checked
from rulelang.run.rule_violation import RuleViolation
from rulelang.sweeps.tape.comparisons import LAST_DAY, Comparisons
from rulelang.sweeps.tape.nodes import ByNumber, Elem, span_of
from rulelang.sweeps.tape.values import Column, Row, Value, bits_of, day_of, ref_of, truth_of, varies
from rulelang.syntax import nodes

WIDEST = 4096
"""Numbers of more bits are not computed in columns: such scenarios are set aside for the interpreter."""
_EXACT = ExactNumbers()


class VariesError(Exception):
    """Something varies from scenario to scenario (``what`` says it) that a tape can only take as it is."""

    def __init__(self, what: str, node: nodes.Expression) -> None:
        """Keep what varies, and where it stands."""
        super().__init__(what)
        self.what, self.node = what, node


@define
class Arithmetic(Comparisons):
    """Sums, products, quotients, dates, and what is least or greatest, a row of values at once."""

    # ------------------------------------------------------------------------------------------------ rows of numbers

    def plus(self, left: Row, right: Row) -> Row:
        """Sums."""
        return self._over_common("add", left, right)

    def minus(self, left: Row, right: Row) -> Row:
        """Differences."""
        return self._over_common("sub", left, right)

    def _over_common(self, operation: ByNumber, left: Row, right: Row) -> Row:
        """What an operation gives of values brought to common denominators, which it leaves as they are."""
        a, b, common = self.brought(self.numbers(left), self.numbers(right))
        return self.values(self.tape.each(operation, a, b), common)

    def negated(self, values: Row) -> Row:
        """The values with the other sign."""
        return self.minus([0] * len(values), values)

    def rest(self, amount: Value, part: Value) -> Value:
        """What is left of an amount; never below zero."""
        return self.rests([amount], [part])[0]

    def rests(self, amounts: Row, parts: Row) -> Row:
        """What is left of each amount; never below zero."""
        whole, taken = [ref_of(amount) for amount in amounts], [ref_of(part) for part in parts]
        bounds = (0, max(span_of(whole)[1], 0)) if whole else None
        return self.values(self.tape.each("sub", whole, taken, bounds=bounds), [1] * len(whole))

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products."""
        (an, ad), (bn, bd) = self.numbers(left), self.numbers(right)
        for one, other in ((an, bd), (bn, ad)):  # what cancels out keeps the numbers small
            for index, (numerator, denominator) in enumerate(zip(one, other, strict=True)):
                if not isinstance(numerator, Elem) and not isinstance(denominator, Elem):
                    divisor = gcd(numerator, denominator) or 1
                    one[index], other[index] = numerator // divisor, denominator // divisor
        made = self.values(self.tape.each("mul", an, bn), self.tape.each("mul", ad, bd))
        return self.ranged(made, site)

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients; where the divisor is zero, anything."""
        tape = self.tape
        numerators, denominators = self.numbers(right)
        count = len(right)
        zero = tape.each("eq", numerators, [0] * count)
        numerators = tape.each("select", zero, [1] * count, numerators)
        below = tape.each("lt", numerators, [0] * count)
        sizes = tape.each("select", below, tape.each("sub", [0] * count, numerators), numerators)
        sizes = tape.each("max", sizes, [1] * count)
        signed = tape.each("select", below, tape.each("sub", [0] * count, denominators), denominators)
        return self.products(left, self.values(signed, sizes), site)

    def ranged(self, values: Row, site: Site) -> Row:
        """The values, as far as they are not beyond the range of exact arithmetic."""
        result = list(values)
        for index, value in enumerate(values):
            if isinstance(value, Column):
                refs = (value.numerator, value.denominator)
                if max(bits_of(ref) for ref in refs) > WIDEST:
                    site.refuse(index, True, RuleViolation("number-too-large", "", site.node))  # noqa: FBT003 - it may be
                    result[index] = 1
                continue
            try:
                result[index] = checked(value, site.node)
            except RuleViolation as violation:
                site.refuse(index, True, violation)  # noqa: FBT003 - it does not vary
                result[index] = 1
        return result

    def rounded(self, values: Row, units: Row, direction: Literal["up", "down", "nearest"], site: Site) -> Row:
        """Values rounded to multiples of units, halves up; where the unit is not above zero, anything."""
        tape, count = self.tape, len(values)
        (vn, vd), (un, ud) = self.numbers(values), self.numbers(units)
        un = tape.each("max", un, [1] * count)
        over, under = tape.each("mul", vn, ud), tape.each("mul", vd, un)
        match direction:
            case "down":
                whole = tape.each("floordiv", over, under)
            case "up":
                below = tape.each("floordiv", tape.each("sub", [0] * count, over), under)
                whole = tape.each("sub", [0] * count, below)
            case "nearest":
                twice = tape.each("mul", over, [2] * count)
                whole = tape.each("floordiv", tape.each("add", twice, under), tape.each("mul", under, [2] * count))
            case _:
                assert_never(direction)
        return self.ranged(self.values(tape.each("mul", whole, un), ud), site)

    def shifted(self, dates: Row, days: Row, site: Site) -> Row:
        """Dates so many days later; one beyond the calendar is refused."""
        result: Row = [None] * len(dates)
        varying = []
        for index, (day, count) in enumerate(zip(dates, days, strict=True)):
            if isinstance(day, Column) or isinstance(count, Column):
                varying.append(index)
                continue
            try:
                result[index] = day + datetime.timedelta(count)
            except OverflowError:
                site.refuse(index, True, beyond_the_calendar(day, count, site.node))  # noqa: FBT003 - it holds
                result[index] = day
        if varying:
            size = len(varying)
            refs = self.tape.each("add", [day_of(dates[i]) for i in varying], [ref_of(days[i]) for i in varying])
            early = self.tape.each("lt", refs, [1] * size)
            late = self.tape.each("lt", [LAST_DAY] * size, refs)
            for index, ref, truth in zip(varying, refs, self.tape.each("or", early, late), strict=True):
                if truth is not False:
                    site.refuse(index, truth_of(self, truth), RuleViolation("impossible-date", "", site.node))
                result[index] = self.dated(ref)
        return result

    def whole_each(self, amounts: Row) -> Row:
        """Amounts rounded down to the minor unit."""
        numerators, denominators = self.numbers(amounts)
        return self.values(self.tape.each("floordiv", numerators, denominators), [1] * len(amounts))

    def whole(self, amount: Value) -> Value:
        """An amount rounded down."""
        return self.whole_each([amount])[0] if isinstance(amount, Column) else round_down(amount)

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""
        return self._extremes(columns, "min")

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""
        return self._extremes(columns, "max")

    def _extremes(self, columns: Sequence[Row], operation: Literal["min", "max"]) -> Row:
        best = list(columns[0])
        for column in columns[1:]:
            denominators = zip(self.numbers(best)[1], self.numbers(column)[1], strict=True)
            if any(isinstance(a, Elem) or isinstance(b, Elem) for a, b in denominators if a != b):
                nearer = self.comparisons("<" if operation == "min" else ">", column, best)
                best = self.chosen(nearer, column, best)
            else:
                best = self._over_common(operation, best, column)
        return best

    def settled(self, values: Row, what: str, node: nodes.Expression) -> Row:
        """The values, if none of them varies.

        Raises:
            VariesError: one does.
        """
        if varies(*values):
            raise VariesError(what, node)
        return values

    def least(self, values: Sequence[Value]) -> Value:
        """The smallest."""
        return self.least_each([[value] for value in values])[0]

    def ranked(self, values: Sequence[Value], *, highest: bool) -> list[list[int]] | None:
        """The places in the order of the values, unless that varies."""
        if varies(*values):
            return None
        return _EXACT.ranked(values, highest=highest)
