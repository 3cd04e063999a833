"""The operations of a domain on rows, in which a place may hold the sum over many members.

What is the same for everybody and meets a sum counts once for each member (``max(GBP 100 million, contribution)``
over a slot is the sum of as many hundred millions as there are members, or more).  A comparison of sums is a truth of
each member; of it nothing is known but how it was asked.
"""

import datetime
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from operator import itemgetter
from typing import Literal

from attrs import define

from rulelang.base.gather import collected
from rulelang.proof.domain.loosened import Loosened
from rulelang.proof.domain.terms import (
    Form,
    Formula,
    Number,
    Truth,
    added,
    conjunction,
    disjunction,
    equivalent,
    negation,
    scaled,
)
from rulelang.proof.domain.values import (
    Choice,
    Each,
    Outside,
    Slot,
    Sum,
    Symbolic,
    Unread,
    denied,
    number_in,
    of_each,
    slot_of,
    summed,
)
from rulelang.run.domain import Site, beyond_the_calendar
from rulelang.run.exact import COMPARE
from rulelang.run.values import Row

_NUMBERS = (int, Fraction, Form, Sum)


@define
class Rows(Loosened):
    """Rows of values; see :class:`rulelang.run.domain.Domain` for what each operation means.

    An operation raises :class:`Outside` for values of which it is not encoded.
    """

    def sum_of_each(self, value: Symbolic, slot: Slot) -> Number:
        """A value as the sum over the members of a slot: one that is the same for all counts once for each."""
        return value.form if isinstance(value, Sum) else self.once_for_each(value, slot.number)

    def forms(self, values: Sequence[Symbolic], slot: Slot | None) -> list[Number]:
        """The values of one place in a row as numbers, sums where it is the place of a slot."""
        return list(values) if slot is None else [self.sum_of_each(value, slot) for value in values]

    def _combined(
        self, one: Callable[[list[Number]], Number], each: Callable[[list[Number]], Number], values: Sequence[Symbolic]
    ) -> Symbolic:
        slot = slot_of(*values)
        forms = self.forms(values, slot)
        return one(forms) if slot is None else summed(each(forms), slot)

    # ------------------------------------------------------------------------------------------------------- amounts

    def plus(self, left: Row, right: Row) -> Row:
        """Sums."""
        return [self._combined(added, added, pair) for pair in zip(left, right, strict=True)]

    def minus(self, left: Row, right: Row) -> Row:
        """Differences."""
        return [self._combined(_difference, _difference, pair) for pair in zip(left, right, strict=True)]

    def negated(self, values: Row) -> Row:
        """The values with the other sign."""
        return self.minus([0] * len(values), values)

    def ranged(self, values: Row, site: Site) -> Row:
        """The values: that exact arithmetic has a range is not encoded."""
        del site
        for value in values:
            slot_of(value)  # what is outside says so
        return values

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products; of a sum and a value that is the same for everybody the sum of the products."""
        del site
        result: Row = []
        for one, other in zip(left, right, strict=True):
            slot = slot_of(one, other)
            if isinstance(one, Sum) and isinstance(other, Sum):
                result.append(summed(self.product_of_each(one.form, other.form), slot))
                continue
            forms = [
                value.form if isinstance(value, Sum) else value if slot is None else self.in_all(value)
                for value in (one, other)
            ]
            result.append(summed(self.multiplied(*forms), slot))
        return result

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients; anything where the divisor is zero."""
        del site
        result: Row = []
        for number, divisor in zip(left, right, strict=True):
            slot = slot_of(number, divisor)
            if isinstance(divisor, Sum):
                dividend = self.sum_of_each(number, divisor.slot)
                result.append(summed(self.quotient_of_each(dividend, divisor.form), slot))
                continue
            by = divisor if slot is None else self.in_all(divisor)
            result.append(summed(self.divided_by(number_in(number), by), slot))
        return result

    def rounded(self, values: Row, units: Row, direction: Literal["up", "down", "nearest"], site: Site) -> Row:
        """Values rounded to multiples of units."""
        result: Row = []
        for value, unit in zip(values, units, strict=True):
            if isinstance(unit, Sum):
                raise Outside("a unit that differs from member to member, for any number of members", site.node)
            slot = slot_of(value)
            if slot is None:
                result.append(self.to_multiple(value, unit, direction))
            else:
                result.append(summed(self.to_multiple(value.form, self.in_all(unit), direction, slot.number), slot))
        return result

    def shifted(self, dates: Row, days: Row, site: Site) -> Row:
        """Dates so many days later; they do not vary."""
        for value in (*dates, *days):
            slot_of(value)
        moved: Row = []
        for index, (day, count) in enumerate(zip(dates, days, strict=True)):
            try:
                moved.append(day + datetime.timedelta(count))
            except OverflowError:
                site.refuse(index, True, beyond_the_calendar(day, count, site.node))  # noqa: FBT003 - it holds
                moved.append(day)
        return moved

    def least(self, values: Sequence[Symbolic]) -> Symbolic:
        """The smallest of some numbers."""
        return self._combined(self.least_of, self.least_of_each, values)

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""
        return [self.least(values) for values in zip(*columns, strict=True)]

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""
        rows = zip(*columns, strict=True)
        return [self._combined(self.greatest_of, self.greatest_of_each, values) for values in rows]

    def rest(self, amount: Symbolic, part: Symbolic) -> Symbolic:
        """What is left of an amount when a part of it is taken: never below zero."""
        return self._combined(self._floored_difference, self._floored_difference, (amount, part))

    def rest_each(self, amounts: Row, parts: Row) -> Row:
        """The same for each member."""
        return list(map(self.rest, amounts, parts))

    def _floored_difference(self, pair: Sequence[Number]) -> Number:
        return self.floored(_difference(pair))

    def whole(self, amount: Symbolic) -> Symbolic:
        """An amount rounded down to the minor unit."""
        return self.whole_each([amount])[0]

    def whole_each(self, amounts: Row) -> Row:
        """Amounts rounded down to the minor unit."""
        result: Row = []
        for amount in amounts:
            slot = slot_of(amount)
            result.append(self.down(amount) if slot is None else summed(self.down(amount.form, slot.number), slot))
        return result

    def of_members(self, values: Row, who: Sequence[int | None]) -> Row:
        """The values, each of its member alone: what is the same for all is then one value for each of them."""
        result: Row = []
        for value, member in zip(values, who, strict=True):
            slot = self.slot_at(member)
            plain = slot is None or isinstance(value, (Sum, Each, bool, Formula, str, Choice, Unread)) or value is None
            result.append(value if plain or slot is None else summed(self.once_for_each(value, slot.number), slot))
        return result

    @abstractmethod
    def slot_at(self, member: int | None) -> Slot | None:
        """The slot that a position in the event is; the domain knows them."""

    # ---------------------------------------------------------------------------------------------------- aggregates

    def total(
        self, values: Sequence[Symbolic], present: Sequence[Symbolic] | None = None, *, floored: bool = False
    ) -> Number:
        """The sum of the values of those present, the same for everybody."""
        del floored
        if present is not None:
            values = self.chosen(present, list(values), [0] * len(values))
        return added(map(number_in, values))

    def how_many(self, who: Sequence[int | None], present: Sequence[Symbolic] | None) -> Number:
        """How many members there are, of those present."""
        return self.total(self.of_members([1] * len(who), who), present)

    def counted(self, truths: Sequence[Symbolic]) -> Number:
        """How many of the truths hold."""
        return self.total(self.chosen(truths, [1] * len(truths), [0] * len(truths)))

    def largest(self, number: int, values: Sequence[Symbolic], present: Sequence[Symbolic] | None = None) -> Number:
        """The sum of the ``number`` largest of those present; of many it is between any one and all together."""
        many = slot_of(*values) is not None or self.slots_there
        if (present is not None or many) and not all(map(self.never_negative, map(number_in, values))):
            raise Outside("`largest` of values that may be below zero, over members that may not count,")
        if present is not None:
            values = self.chosen(present, list(values), [0] * len(values))  # who is not there counts as nothing
        if many:
            return self._largest_of_many(number, values)
        if not values:
            return 0
        sums = [added(list(some)) for some in combinations(values, min(number, len(values)))]
        return self.greatest_of(sums)

    def _largest_of_many(self, number: int, values: Sequence[Symbolic]) -> Form:
        result = self._of_many(("largest", number), values, lambda one, of: self.at_most(of, one))
        others: dict[int, Form] = self.known.setdefault(("largest", tuple(values)), {})
        if number not in others:
            self.defines(result, self.at_most(result, added(map(number_in, values))))
            for other, found in others.items():  # the more there are the less each adds
                (few, less), (many, more) = sorted(((number, result), (other, found)), key=itemgetter(0))
                self.defines(result, self.at_most(less, more), self.at_most(more, scaled(less, Fraction(many, few))))
            others[number] = result
        return result

    def smallest(self, values: Sequence[Symbolic], present: Sequence[Symbolic] | None = None) -> Number:
        """The smallest value of those present; of many no more than any one."""
        if slot_of(*values) is not None or self.slots_there:
            if present is not None or not all(map(self.never_negative, map(number_in, values))):
                raise Outside("`smallest` over any number of members that may not count, or below zero,")
            return self._of_many(("smallest",), values, self.at_most)
        if present is not None and any(truth is not True for truth in present):
            raise Outside("`smallest` over members that may not count")
        return self.least_of(list(values))

    def _of_many(
        self,
        what: tuple[object, ...],
        values: Sequence[Symbolic],
        compared: Callable[[Number, Number], Truth],
    ) -> Form:
        """A value of many, not below zero: how it compares with that of each who stands alone."""
        key = (*what, tuple(values))
        if key not in self.known:
            self.known[key] = result = self.fresh(str(what[0]), 0)
            self.is_shared(result)
            self.defines(result, *[compared(result, value) for value in values if isinstance(value, Form)])
        return self.known[key]  # type: ignore[no-any-return]

    @property
    @abstractmethod
    def slots_there(self) -> bool:
        """Whether some members are taken as one; the domain knows."""

    def ranked(self, values: Sequence[Symbolic], *, highest: bool) -> list[list[int]] | None:
        """The places of the values in the order of their size, equal ones together; ``None`` if that varies."""
        if any(isinstance(value, (Form, Formula, Choice, Sum, Each, Unread)) for value in values):
            return None
        places = collected((value, place) for place, value in enumerate(values))
        return [places[value] for value in sorted(places, reverse=highest)]

    def looked_up(self, table: Mapping[str | bool, int], values: Row) -> Row:
        """What a table says of each value of a choice."""
        result: Row = []
        for value in values:
            if isinstance(value, Choice):
                found: Number = 0
                for option, truth in value.options.items():
                    found = self.either(truth, table[option], found)
                result.append(found)
            elif isinstance(value, Formula):
                result.append(self.either(value, table[True], table[False]))
            elif isinstance(value, Each):
                raise Outside("an order by a condition that differs among any number of members")
            else:
                slot_of(value)
                result.append(table[value])
        return result

    # -------------------------------------------------------------------------------------------------------- truths

    def comparisons(self, operator: str, left: Row, right: Row) -> list[Symbolic]:
        """Whether each comparison of two values of one type holds."""
        return [self._comparison(operator, one, other) for one, other in zip(left, right, strict=True)]

    def _comparison(self, operator: str, one: Symbolic, other: Symbolic) -> Symbolic:
        slot = slot_of(one, other)
        if isinstance(one, (Choice, str)) or isinstance(other, (Choice, str)):
            if not isinstance(one, Choice):
                one, other = other, one
            same = one.is_(other) if isinstance(one, Choice) else one == other
            return same if operator == "=" else negation(same)
        if isinstance(one, (bool, Formula, Each)) and isinstance(other, (bool, Formula, Each)):
            same = of_each(equivalent(self.formula_at(slot, one), self.formula_at(slot, other)), slot)
            return same if operator == "=" else denied(same)
        if not isinstance(one, _NUMBERS):
            return COMPARE[operator](one, other)  # days, which do not vary
        forms = self.forms((one, other), slot)
        if slot is not None and isinstance(difference := forms[0] - forms[1], Form):
            self.of_many[difference] = None
        return of_each(self.compared(operator, *forms), slot)

    def nonzero(self, values: Row) -> list[Symbolic]:
        """Whether each number is other than zero."""
        return self.comparisons("!=", values, [0] * len(values))

    def below_zero(self, values: Row) -> list[tuple[int, Symbolic]]:
        """The places of the numbers that may be below zero, each with whether it is."""
        truths = enumerate(self.comparisons("<", values, [0] * len(values)))
        return [(place, truth) for place, truth in truths if truth is not False]

    def both(self, some: Sequence[Symbolic], others: Sequence[Symbolic]) -> list[Symbolic]:
        """Whether two truths hold, for each member."""
        return [self.jointly(one, other) for one, other in zip(some, others, strict=True)]

    def jointly(self, *truths: Symbolic) -> Symbolic:
        """That truths of one place in a row hold together."""
        slot = slot_of(*truths)
        return of_each(conjunction(*[self.formula_at(slot, truth) for truth in truths]), slot)

    def formula_at(self, slot: Slot | None, truth: Symbolic) -> Truth:
        """The formula of a truth at the place of some members: all of it is read for each of them."""
        if isinstance(truth, Each):
            return truth.formula
        return truth if slot is None else self.holds_in_all(truth)

    def denied(self, truths: Sequence[Symbolic]) -> list[Symbolic]:
        """Whether a truth does not hold, for each member."""
        return [denied(truth) for truth in truths]

    def anyone(self, truths: Sequence[Symbolic]) -> Truth:
        """Whether one of the truths holds, of many members for somebody."""
        return disjunction(*[self.of_somebody(truth) for truth in truths])

    def of_somebody(self, truth: Symbolic) -> Truth:
        """A truth of each of many members as whether it holds for somebody."""
        if isinstance(truth, Each):
            return self.somebody(truth.formula, truth.slot.name, truth.slot.number)
        return truth  # type: ignore[no-any-return]

    def chosen(self, truths: Sequence[Symbolic], then: Row, otherwise: Row) -> Row:
        """The first value where a truth holds, else the second, for each member."""
        return [self._choice(*one) for one in zip(truths, then, otherwise, strict=True)]

    def _choice(self, truth: Symbolic, then: Symbolic, otherwise: Symbolic) -> Symbolic:
        slot = slot_of(truth, then, otherwise)
        if isinstance(truth, bool):
            return then if truth else otherwise
        if isinstance(then, (bool, Formula, Each)) and isinstance(otherwise, (bool, Formula, Each)):
            holds, one, other = (self.formula_at(slot, each) for each in (truth, then, otherwise))
            return of_each(disjunction(conjunction(holds, one), conjunction(negation(holds), other)), slot)
        if isinstance(then, (Choice, str)) and isinstance(otherwise, (Choice, str)):
            if isinstance(truth, Each):
                raise Outside("a condition of each member that gives no amount, for any number of members")
            return _either_option(truth, then, otherwise)
        if not isinstance(then, _NUMBERS) or not isinstance(otherwise, _NUMBERS):
            if then == otherwise:
                return then
            raise Outside("a day or a bound that hangs on a condition which varies")
        forms = self.forms((then, otherwise), slot)
        if slot is None:
            return self.either(truth, *forms)
        if isinstance(truth, Each):
            return summed(self.either_of_each(truth.formula, *forms), slot)
        # one truth for all: the sums choose as each member does
        result = self.either(self.holds_in_all(truth), *forms)
        self.settles_where(result, (truth, forms[0]), (negation(truth), forms[1]))
        return summed(result, slot)


def _difference(pair: Sequence[Number]) -> Number:
    return pair[0] - pair[1]


def _either_option(truth: Truth, then: Choice | str, otherwise: Choice | str) -> Choice:
    options: dict[str, Truth] = {}
    for side, holds in ((then, truth), (otherwise, negation(truth))):
        for option, is_it in (side.options if isinstance(side, Choice) else {side: True}).items():
            options[option] = disjunction(options.get(option, False), conjunction(holds, is_it))
    return Choice(options)
