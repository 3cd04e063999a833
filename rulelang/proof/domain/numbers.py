"""Least and greatest values, choices between values, quotients and roundings, exactly as the language has them.

Each is a variable with a definition.  Where bounds settle a question no variable is made at all.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial, reduce
from math import ceil, floor
from typing import Literal

from attrs import define

from rulelang.base.money import Exact
from rulelang.proof.domain.terms import (
    Form,
    Formula,
    Number,
    Truth,
    conjunction,
    disjunction,
    fixed,
    implies,
    negation,
    scaled,
)
from rulelang.proof.domain.variables import Variables


@define
class Numbers(Variables):
    """Numbers that are one member's, or the same for everybody.

    ``rounding``: every rounding of the language is a variable within the bounds that the language guarantees, so that
    what is proved holds for what the interpreter does; without it shares are exact fractions.
    """

    rounding: bool = True

    def least_of(self, values: Iterable[Number]) -> Number:
        """The least of some numbers."""
        return reduce(partial(self._extreme, least=True), dict.fromkeys(values))

    def greatest_of(self, values: Iterable[Number]) -> Number:
        """The greatest of some numbers."""
        return reduce(partial(self._extreme, least=False), dict.fromkeys(values))

    def _extreme(self, one: Number, other: Number, *, least: bool) -> Number:
        """The least or the greatest of two numbers."""
        for lower, higher in ((one, other), (other, one)):
            if self.at_most(lower, higher) is True:
                return lower if least else higher
        key = ("least" if least else "greatest", frozenset((one, other)))
        if key not in self.known:
            (low, high), (below, above) = self.bounds(one), self.bounds(other)
            if least:
                low, high = _of_both(min, low, below), _of_any(min, high, above)
            else:
                low, high = _of_any(max, low, below), _of_both(max, high, above)
            result = self.fresh(key[0], low, high, whole=self.whole_number(one) and self.whole_number(other))
            if least:  # of the greatest it is not needed
                self.is_shared(result)
            is_one = disjunction(self.equal(result, one), self.equal(result, other))
            sides = [self.at_most(result, side) if least else self.at_most(side, result) for side in (one, other)]
            self.defines(result, *sides, is_one)
            self.known[key] = result
        return self.known[key]  # type: ignore[no-any-return]

    def either(self, truth: Truth, then: Number, otherwise: Number) -> Number:
        """One number where a truth holds, another where it does not."""
        plain = self.plainly_either(truth, then, otherwise)
        if plain is not None:
            return plain
        if _is_positive(truth, then) and fixed(otherwise) and not otherwise:
            return self.greatest_of([then, 0])
        key = ("if", truth, then, otherwise)
        if key not in self.known:
            low, high = self.bounds_where(truth, then)
            least, most = self.bounds_where(negation(truth), otherwise)
            low, high = _of_both(min, low, least), _of_both(max, high, most)
            result = self.fresh("if", low, high, whole=self.whole_number(then) and self.whole_number(otherwise))
            self.defines(result, implies(truth, self.equal(result, then)))
            self.defines(result, implies(negation(truth), self.equal(result, otherwise)))
            self.known[key] = result
        return self.known[key]  # type: ignore[no-any-return]

    def plainly_either(self, truth: Truth, then: Number, otherwise: Number) -> Number | None:
        """A choice that needs no case: a settled truth, equal branches, or ``if k > 0 then ratio * k else 0``."""
        if isinstance(truth, bool):
            return then if truth else otherwise
        if then == otherwise:
            return then
        if fixed(then) or not fixed(otherwise) or otherwise:
            return None
        key: Number | None = None
        if truth.operation == "not" and truth.parts[0].operation == "zero":
            key = truth.parts[0].form
        elif truth.operation == "below" and truth.form is not None and self.never_negative(-truth.form):
            key = -truth.form
        return then if key is not None and self.ratio(then, key) is not None else None

    def bounds_where(self, truth: Truth, number: Number) -> tuple[Exact | None, Exact | None]:
        """The bounds of a number where a truth holds."""
        low, high = self.bounds(number)
        if isinstance(truth, bool) or fixed(number):
            return low, high
        for atom in truth.parts if truth.operation == "and" else (truth,):
            if atom.form is None or atom.operation not in ("below", "at most"):
                continue
            above, beneath = atom.form + number, atom.form - number
            if fixed(above):  # the atom says: above - number <= 0
                low = above if low is None else max(low, above)
            if fixed(beneath):  # the atom says: number + beneath <= 0
                high = -beneath if high is None else min(high, -beneath)
        return low, high

    def divided_by(self, number: Number, divisor: Number) -> Number:
        """A quotient; anything where the divisor is zero."""
        if fixed(divisor):
            return scaled(number, Fraction(1) / divisor) if divisor else 0
        if fixed(number) and not number:
            return 0
        key = ("quotient", number, divisor)
        if key not in self.known:
            positive = self.never_negative(number) and self.never_negative(divisor)
            result = self.fresh("quotient", 0 if positive else None)
            divides = negation(self.equal(divisor, 0))
            self.defines(result, implies(divides, self.equal(self.multiplied(result, divisor), number)))
            if positive:
                at_most_one = conjunction(divides, self.at_most(number, divisor))
                at_least_one = conjunction(divides, self.at_most(divisor, number))
                self.defines(result, implies(at_most_one, self.at_most(result, 1)))
                self.defines(result, implies(at_least_one, self.at_most(1, result)))
            self.known[key] = result
        return self.known[key]  # type: ignore[no-any-return]

    def down(self, number: Number, members: Number = 1) -> Number:
        """An amount rounded down to the minor unit: less than one unit for each of some members is lost."""
        if not self.rounding or self.whole_number(number):
            return number
        if fixed(number):
            return floor(number) if members == 1 else number
        key = ("down", number, members)
        if key not in self.known:
            low, high = self.bounds(number)
            one = fixed(members) and members == 1
            if low is not None and not one:  # the sum of what is rounded down is known for its sign alone
                low = 0 if low >= 0 else None
            low, high = None if low is None else floor(low), None if high is None else floor(high)
            result = self.fresh("down", low, high, whole=True)
            lost = number - result
            self.defines(result, self.at_most(0, lost), self.less(lost, 1) if one else self.at_most(lost, members))
            if one:
                self.defines(result, implies(self.at_most(0, number), self.at_most(0, result)))
            self.known[key] = result
        return self.known[key]  # type: ignore[no-any-return]

    def to_multiple(
        self, number: Number, unit: Number, direction: Literal["up", "down", "nearest"], members: Number = 1
    ) -> Number:
        """A value rounded to a multiple of a unit above zero; that it is a multiple is let go unless all is fixed.

        The rounded value stands in the written order of the language's own bounds: down loses less than a unit, up
        adds less than one, and nearest is at most half a unit away.
        """
        if fixed(number) and fixed(unit) and fixed(members) and unit > 0:
            quotient = Fraction(number) / unit
            whole = {"down": floor(quotient), "up": ceil(quotient), "nearest": floor(quotient + Fraction(1, 2))}
            return whole[direction] * unit if members == 1 else number
        key = ("to a multiple", number, unit, direction, members)
        if key not in self.known:
            low, high = self.bounds(number)
            low = 0 if low is not None and low >= 0 else None
            high = 0 if high is not None and high <= 0 else None
            result = self.fresh("rounded", low, high, whole=fixed(unit) and Fraction(unit).denominator == 1)
            room = self.multiplied(unit, members)
            lowered = {"down": room, "up": 0, "nearest": scaled(room, Fraction(1, 2))}[direction]
            raised = {"down": 0, "up": room, "nearest": scaled(room, Fraction(1, 2))}[direction]
            positive = self.less(0, unit)
            self.defines(result, implies(positive, self.at_most(number - lowered, result)))
            self.defines(result, implies(positive, self.at_most(result, number + raised)))
            self.known[key] = result
        return self.known[key]  # type: ignore[no-any-return]


def _is_positive(truth: Truth, number: Number) -> bool:
    """Whether a truth says that a number is above zero."""
    return (
        isinstance(truth, Formula)
        and truth.operation == "below"
        and isinstance(number, Form)
        and (truth.form == -number)
    )


def _of_both(pick: Callable[[Exact, Exact], Exact], one: Exact | None, other: Exact | None) -> Exact | None:
    """One of two bounds; there is none where one of them is missing."""
    return None if one is None or other is None else pick(one, other)


def _of_any(pick: Callable[[Exact, Exact], Exact], one: Exact | None, other: Exact | None) -> Exact | None:
    """One of two bounds, that which is there where one of them is missing."""
    return other if one is None else one if other is None else pick(one, other)
