"""The variables of a run over symbolic data: bounds, definitions, and products as variables of their own.

A *definition* is a constraint that comes with a variable; a formula that reads the variable needs it, and nothing else
does.  So the solver is given the cone of a goal, not the run.  All definitions are satisfiable together with any data
that an event may have: a formula without a solution is therefore a contradiction of the goal, not of the run.
"""

from collections.abc import Hashable
from fractions import Fraction
from typing import Any

from attrs import define, field

from rulelang.base.money import Exact
from rulelang.proof.domain.terms import (
    Form,
    Formula,
    Number,
    Truth,
    added,
    conjunction,
    disjunction,
    fixed,
    implies,
    named,
    negation,
    scaled,
    terms_of,
    variable,
)


@define
class Variable:
    """A variable with what is known of it.

    ``low`` and ``high`` are bounds (``None``: there is none); ``is_data`` if the event has it, so that it is not worked
    out in the run; ``whole`` if it is a whole number in every run;
    ``product`` are the two variables whose product it is, and ``factors`` all of these, products taken apart.
    ``shared`` if it is known to be the same for everybody, or one member's; else it may be a sum over many.
    """

    name: str
    is_truth: bool = False
    low: Exact | None = None
    high: Exact | None = None
    is_data: bool = False
    whole: bool = False
    factors: tuple[str, ...] = ()
    product: tuple[str, str] | None = None
    definitions: list[Truth] = field(factory=list)
    shared: bool = False


@define
class Variables:
    """The variables of one run (or of two that share their data), by name.

    ``known`` keeps what was worked out before, so that the same question has the same variable for its answer;
    ``totals`` has the sums that stand as one number, by their variables.
    """

    variables: dict[str, Variable] = field(factory=dict)
    known: dict[Hashable, Any] = field(factory=dict)  # each kind of question has a type of answer of its own
    totals: dict[str, Number] = field(factory=dict)
    _count: int = 0

    def fresh(self, stem: str, low: Exact | None = None, high: Exact | None = None, *, whole: bool = False) -> Form:
        """A new number that is worked out in the run."""
        self._count += 1
        name = f"{stem}#{self._count}"
        self.variables[name] = Variable(name, low=low, high=high, whole=whole)
        return variable(name)

    def fresh_truth(self, stem: str) -> Formula:
        """A new truth of which nothing is known but what is defined of it."""
        self._count += 1
        name = f"{stem}#{self._count}"
        self.variables[name] = Variable(name, is_truth=True)
        return named(name)

    def datum(self, name: str, low: Exact | None = 0, high: Exact | None = None, *, whole: bool = False) -> Form:
        """A number of the event."""
        if name not in self.variables:
            self.variables[name] = Variable(name, low=low, high=high, is_data=True, whole=whole)
        return variable(name)

    def datum_truth(self, name: str) -> Formula:
        """A yes or no of the event."""
        if name not in self.variables:
            self.variables[name] = Variable(name, is_truth=True, is_data=True)
        return named(name)

    def is_shared(self, value: Form) -> None:
        """Note that a variable is no sum over many members."""
        ((name, _),) = value.terms.items()
        self.variables[name].shared = True

    def defines(self, of: Form | Formula, *constraints: Truth) -> None:
        """Constraints that come with a variable, given as a form or a truth of its own."""
        name = of.name if isinstance(of, Formula) else next(iter(of.terms))
        for constraint in constraints:
            if constraint is not True:
                self.variables[name].definitions.append(constraint)

    def in_all(self, number: Number) -> Number:
        """A value that is the same for everybody, where many members stand: a variable of its own if it is of sums.

        A form over sums is read for each member, term by term, wherever it stands in the place of many.  There a sum
        that is meant as one number must not look like what each member adds to it.
        """
        terms, constant = terms_of(number)
        if self._is_of_nobody(number):
            return number
        if constant:
            return self.in_all(number - constant) + constant
        if terms[min(terms)] < 0:
            return scaled(self.in_all(scaled(number, -1)), -1)
        key = ("in all", number)
        if key not in self.known:
            low, high = self.bounds(number)
            self.known[key] = result = self.fresh("in all", low, high, whole=self.whole_number(number))
            self.is_shared(result)
            self.defines(result, self.equal(result, number))
            self.totals[next(iter(result.terms))] = number
        return self.known[key]  # type: ignore[no-any-return]

    def _is_of_nobody(self, number: Number) -> bool:
        """Whether a number is made of what is known to be no sum over many members."""
        return all(self.variables[one].shared for name in terms_of(number)[0] for one in self.factors(name))

    def of_each(self, number: Number, how: Hashable) -> Number:
        """What many members come to together as the sum of what each of them adds to it: the converse of the above.

        A draw that one slot alone pays is the same for everybody, and what each pays of it is not; ``how`` is that on
        which it hangs what each pays.
        """
        if fixed(number) or not self._is_of_nobody(number):
            return number
        key = ("of each", number, how)
        if key not in self.known:
            low, _ = self.bounds(number)
            sign = 0 if low is not None and low >= 0 else None
            self.known[key] = result = self.fresh("of each", sign, whole=self.whole_number(number))
            self.defines(result, self.equal(result, number))
        return self.known[key]  # type: ignore[no-any-return]

    def holds_in_all(self, truth: Truth) -> Truth:
        """A truth of the run where many members stand, as :meth:`in_all` says of a number."""
        if isinstance(truth, bool) or truth.operation == "name":
            return truth
        if truth.form is not None:
            ask = {"below": self.less, "at most": self.at_most, "zero": self.equal}[truth.operation]
            return ask(self.in_all(truth.form), 0)
        parts = [self.holds_in_all(part) for part in truth.parts]
        if truth.operation == "not":
            return negation(parts[0])
        return conjunction(*parts) if truth.operation == "and" else disjunction(*parts)

    def once_for_each(self, number: Number, members: Number) -> Number:
        """The sum over so many members of a value that is the same for all of them."""
        return self.multiplied(self.in_all(number), members)

    # -------------------------------------------------------------------------------------------------------- bounds

    def bounds(self, number: Number) -> tuple[Exact | None, Exact | None]:
        """The lowest and the highest that a number can be by the bounds of its variables."""
        terms, constant = terms_of(number)
        low: Exact | None = constant
        high: Exact | None = constant
        for name, factor in terms.items():
            one = self.variables[name]
            least, most = (one.low, one.high) if factor > 0 else (one.high, one.low)
            low = None if low is None or least is None else low + factor * least
            high = None if high is None or most is None else high + factor * most
        return low, high

    def never_negative(self, number: Number) -> bool:
        """Whether a number is known not to be below zero."""
        low = self.bounds(number)[0]
        return low is not None and low >= 0

    def never_positive(self, number: Number) -> bool:
        """Whether a number is known not to be above zero."""
        high = self.bounds(number)[1]
        return high is not None and high <= 0

    def whole_number(self, number: Number) -> bool:
        """Whether a number is known to be whole."""
        terms, constant = terms_of(number)
        return Fraction(constant).denominator == 1 and all(
            self.variables[name].whole and Fraction(factor).denominator == 1 for name, factor in terms.items()
        )

    def floored(self, number: Number) -> Number:
        """A number that the laws of a run keep from falling below zero: named, so that its bound is known."""
        if fixed(number) or self.never_negative(number):
            return number
        key = ("floored", number)
        if key not in self.known:
            self.known[key] = result = self.fresh("rest", 0, whole=self.whole_number(number))
            self.defines(result, self.equal(result, number))
        return self.known[key]  # type: ignore[no-any-return]

    # --------------------------------------------------------------------------------------------------- comparisons

    def less(self, left: Number, right: Number) -> Truth:
        """``left < right``."""
        difference = left - right
        if not isinstance(difference, Form):
            return difference < 0
        low, high = self.bounds(difference)
        if high is not None and high < 0:
            return True
        return False if low is not None and low >= 0 else Formula("below", form=difference)

    def at_most(self, left: Number, right: Number) -> Truth:
        """``left <= right``; an equation where the bounds leave no more."""
        difference = left - right
        if not isinstance(difference, Form):
            return difference <= 0
        low, high = self.bounds(difference)
        if high is not None and high <= 0:
            return True
        if low is not None and low >= 0:
            return False if low > 0 else self.equal(left, right)
        return Formula("at most", form=difference)

    def equal(self, left: Number, right: Number) -> Truth:
        """``left = right``; the same equation whichever way round it was asked."""
        difference = left - right
        if not isinstance(difference, Form):
            return difference == 0
        low, high = self.bounds(difference)
        if (low is not None and low > 0) or (high is not None and high < 0):
            return False
        return Formula("zero", form=-difference if difference.terms[min(difference.terms)] < 0 else difference)

    def compared(self, operator: str, left: Number, right: Number) -> Truth:
        """A comparison of the language."""
        match operator:
            case "=":
                return self.equal(left, right)
            case "!=":
                return negation(self.equal(left, right))
            case "<":
                return self.less(left, right)
            case "<=":
                return self.at_most(left, right)
            case ">":
                return self.less(right, left)
            case _:
                return self.at_most(right, left)

    # ------------------------------------------------------------------------------------------------------ products

    def multiplied(self, left: Number, right: Number) -> Number:
        """A product, each product of variables a variable of its own."""
        if not isinstance(left, Form):
            return scaled(right, left)
        if not isinstance(right, Form):
            return scaled(left, right)
        parts = [scaled(left, right.constant), scaled(right, left.constant), -left.constant * right.constant]
        for one, factor in left.terms.items():
            for other, more in right.terms.items():
                parts.append(scaled(self.monomial(self.factors(one) + self.factors(other)), factor * more))
        return added(parts)

    def factors(self, name: str) -> tuple[str, ...]:
        """The variables whose product a variable is."""
        return self.variables[name].factors or (name,)

    def monomial(self, names: tuple[str, ...]) -> Form:
        """The product of some variables, with what linear arithmetic may know of it."""
        names = tuple(sorted(names))
        if len(names) == 1:
            return variable(names[0])
        name = " * ".join(names)
        if name not in self.variables:
            first, rest = names[0], next(iter(self.monomial(names[1:]).terms))
            one, other = self.variables[first], self.variables[rest]
            low = high = None
            if one.low is not None and other.low is not None and one.low >= 0 and other.low >= 0:
                low = one.low * other.low
                high = None if one.high is None or other.high is None else one.high * other.high
            whole, product = one.whole and other.whole, (first, rest)
            self.variables[name] = Variable(name, low=low, high=high, whole=whole, factors=names, product=product)
            self._know_product(name, one, other)
            for place, factor in enumerate(names):
                if factor in self.totals:  # as numbers, the product of a sum is the sum of the products
                    others: Number = self.monomial(names[:place] + names[place + 1 :])
                    self.defines(
                        variable(name), self.equal(variable(name), self.multiplied(others, self.totals[factor]))
                    )
                    break
        return variable(name)

    def _know_product(self, name: str, one: Variable, other: Variable) -> None:
        """Signs and zeros of a product, and that a factor of at most h makes at most h times the other."""
        product, left, right = variable(name), variable(one.name), variable(other.name)
        if self.never_negative(left) and self.never_negative(right):
            self.defines(product, implies(self.equal(left, 0), self.equal(product, 0)))
            self.defines(product, implies(self.equal(right, 0), self.equal(product, 0)))
            both = conjunction(self.less(0, left), self.less(0, right))
            self.defines(product, implies(both, self.less(0, product)))
            for bounded, factor, free in ((one, left, right), (other, right, left)):
                if bounded.high is not None:
                    most = scaled(free, bounded.high)
                    self.defines(product, self.at_most(product, most))
                    self.defines(product, implies(self.equal(factor, bounded.high), self.equal(product, most)))
                if bounded.low:
                    self.defines(product, self.at_most(scaled(free, bounded.low), product))
            return
        for sign in (1, -1):
            for another in (1, -1):
                signs = conjunction(self.at_most(0, scaled(left, sign)), self.at_most(0, scaled(right, another)))
                self.defines(product, implies(signs, self.at_most(0, scaled(product, sign * another))))

    def ratio(self, number: Number, key: Number) -> Number | None:
        """What a key is to be multiplied with to give a number, if that can be read off the two (``None``: it cannot).

        ``number = ratio * key`` then holds for all values, so it holds for each member where both are of members.
        """
        if not isinstance(key, Form):
            if key:
                return scaled(number, Fraction(1) / key)
            return 0 if fixed(number) and not number else None
        if not isinstance(number, Form):
            return None if number else 0
        if number.terms.keys() == key.terms.keys():
            some = next(iter(key.terms))
            quotient = Fraction(number.terms[some]) / key.terms[some]
            if scaled(key, quotient) == number:
                return quotient
        name, coefficient = next(iter(key.terms.items()))
        if len(key.terms) > 1 or key.constant or number.constant:
            return self._common_factor(number, key, name, coefficient)
        parts: list[Number] = []
        for term, factor in number.terms.items():
            left = list(self.factors(term))
            for each in self.factors(name):
                if each not in left:
                    return None
                left.remove(each)
            quotient = Fraction(factor) / coefficient
            parts.append(scaled(self.monomial(tuple(left)), quotient) if left else quotient)
        return added(parts)

    def _common_factor(self, number: Form, key: Form, name: str, coefficient: Exact) -> Number | None:
        """What every term of a key, of which one is given, has to be multiplied with to give a number."""
        if len(key.terms) != len(number.terms) or key.constant or number.constant:
            return None
        mine = self.factors(name)
        for term, factor in number.terms.items():
            left = list(self.factors(term))
            if all(each in left for each in mine) and len(left) > len(mine):
                for each in mine:
                    left.remove(each)
                ratio = scaled(self.monomial(tuple(left)), Fraction(factor) / coefficient)
                if self.multiplied(key, ratio) == number:
                    return ratio
        return None
