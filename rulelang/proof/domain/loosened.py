"""What carries over to sums of many members' values where the value of each is no linear form.

*The rule.*  Let every member m of a slot have values x_m and a result r_m.  Of R = sum r_m only that is kept which
follows, term by term, from what holds for each r_m: signs, r_m <= x_m, r_m >= x_m.  Disjunctions ("r_m is one of the
two") are let go, for one member may take one side and another the other.  So the sums of every run solve what is kept;
the converse does not hold, and nothing here refutes a claim.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence

from attrs import define, field

from rulelang.proof.domain.numbers import Numbers
from rulelang.proof.domain.terms import (
    Form,
    Formula,
    Number,
    Truth,
    added,
    conjunction,
    disjunction,
    fixed,
    form,
    implies,
    negation,
    scaled,
    terms_of,
    variable,
)

_MOST_SETTLING = 1
"""Settled values are put in each other's place no deeper: where each of two steps settles the other there is no end."""


@define
class Loosened(Numbers):
    """Numbers that are sums over many members.

    ``positive_parts`` has, by the variable of a ``max(x, 0)``, the sum of the x; ``of_many`` are the forms over sums
    about which something was asked of each member.  ``where_settled`` has, by a variable of many members, what the
    value of each of them is where a truth holds: a payment that is at its limit for all is at it for each.
    ``no_more_than`` has for a variable that is never negative what it does not exceed for each member.  ``rising`` is
    what was worked out of values and rises with each of them: by the kind and all values but one, that one and what
    came out.
    """

    positive_parts: dict[str, Number] = field(factory=dict)
    of_many: dict[Form, None] = field(factory=dict)
    where_settled: dict[str, list[tuple[Truth, Number]]] = field(factory=dict)
    no_more_than: dict[str, list[Number]] = field(factory=dict)
    rising: dict[tuple[Hashable, frozenset[Number]], list[tuple[Number, Number]]] = field(factory=dict)
    _settling: int = 0

    def settles_at(self, value: Form, *bounds: Number) -> None:
        """Note that no member's value is beyond these bounds: where the sums are equal, so are all members' values."""
        self.settles_where(value, *[(self.equal(value, bound), bound) for bound in dict.fromkeys(bounds)])

    def settles_where(self, value: Number, *cases: tuple[Truth, Number]) -> None:
        """Note what each member's value is where a truth holds, if the value is a variable of its own."""
        name = next(iter(terms_of(value)[0]), None)
        if name is not None and value == variable(name) and name not in self.where_settled:
            self.where_settled[name] = list(cases)

    def _rises(self, kind: Hashable, values: Iterable[Number], result: Number) -> None:
        """Of two results of the same kind whose values agree but for one, the higher value gives no less.

        What is only worked out in case a value is settled is not compared: it would be too much.
        """
        if self._settling:
            return
        distinct = tuple(dict.fromkeys(values))
        for one in distinct:
            alike = self.rising.setdefault((kind, frozenset(distinct) - {one}), [])
            for other, before in alike:
                for low, high, less, more in ((one, other, result, before), (other, one, before, result)):
                    self.defines_both(less, more, implies(self._never_above(low, high), self.at_most(less, more)))
            alike.append((one, result))

    def defines_both(self, one: Number, other: Number, constraint: Truth) -> None:
        """A constraint that comes with the one and with the other of two variables."""
        for each in (one, other):
            if isinstance(each, Form):
                self.defines(each, constraint)

    def _never_above(self, low: Number, high: Number) -> Truth:
        """Where it is known that no member's value is above another: the same data times what is the same for all."""
        ours, theirs = terms_of(low)[0], terms_of(high)[0]
        if len(ours) != 1 or len(theirs) != 1 or terms_of(low)[1] or terms_of(high)[1]:
            return self.at_most(low, high) is True
        ((mine, factor),), ((yours, other),) = ours.items(), theirs.items()
        rest, left = list(self.factors(mine)), list(self.factors(yours))
        for name in list(rest):
            if name in left and self.never_negative(variable(name)):
                rest.remove(name)
                left.remove(name)
        if not all(self.variables[name].shared for name in (*rest, *left)):
            return False
        one, another = (self.monomial(tuple(names)) if names else 1 for names in (rest, left))
        return self.at_most(scaled(one, factor), scaled(another, other))

    def same_for_each(self, one: Number, other: Number) -> Truth:
        """Where it is known that a value of each of many members is another: equal sums are not equal members."""
        return disjunction(
            *[
                conjunction(truth, also)
                for truth, settled in self._for_each(one)
                for also, like in self._for_each(other)
                if settled == like
            ]
        )

    def _for_each(self, number: Number) -> list[tuple[Truth, Number]]:
        terms = terms_of(number)[0]
        name = next(iter(terms), None)
        known = self.where_settled.get(name, []) if name is not None and number == variable(name) else []
        return [(True, number), *known]

    def _settled_like(
        self, result: Number, values: Sequence[Number], again: Callable[[Sequence[Number]], Number]
    ) -> None:
        """What was worked out of some values is, where one of them is settled for each member, what comes of that."""
        if not isinstance(result, Form) or self._settling == _MOST_SETTLING:
            return
        ((mine, _),) = result.terms.items()
        self._settling += 1
        for name in dict.fromkeys(name for value in values for name in terms_of(value)[0]):
            for truth, settled in tuple(self.where_settled.get(name, ())):
                like = again([self._instead(value, name, settled) for value in values])
                self.defines(result, implies(truth, self.equal(result, like)))
                self.where_settled.setdefault(mine, []).append((truth, like))
        self._settling -= 1

    def down(self, number: Number, members: Number = 1) -> Number:
        """An amount rounded down to the minor unit, as :meth:`Numbers.down`; of many it is so for each member."""
        worked_out = len(self.known)
        result = super().down(number, members)
        if members != 1 and len(self.known) > worked_out:  # else nothing is rounded, or it was before
            self._exceeds_none(result, number)
            self._settled_like(result, [number], lambda values: self.down(values[0], members))
            self._rises(("down", members), [number], result)
        return result

    def _exceeds_none(self, result: Number, *values: Number) -> None:
        """Note that each member's result is not above its values."""
        if isinstance(result, Form) and self.never_negative(result):
            ((name, _),) = result.terms.items()
            alone = [(one, value) for value in values for one in terms_of(value)[0]]
            further = [top for one, value in alone if value == variable(one) for top in self.no_more_than.get(one, ())]
            self.no_more_than[name] = [*values, *further]

    def _nothing_without(self, number: Number, key: Form) -> bool:
        """Whether a number is nothing for each member for whom a key is."""
        if self.ratio(number, key) is not None:
            return True
        terms, constant = terms_of(number)
        tops = self.no_more_than.get(next(iter(terms)), ()) if len(terms) == 1 and not constant else ()
        return any(self.ratio(top, key) is not None for top in tops)

    @staticmethod
    def _instead(value: Number, name: str, settled: Number) -> Number:
        factor = terms_of(value)[0].get(name, 0)
        return added([value, scaled(variable(name), -factor), scaled(settled, factor)]) if factor else value

    def product_of_each(self, one: Number, other: Number) -> Number:
        """The sum of the products of two values of each member: its sign is known, and that nothing makes nothing."""
        return self._worked_out_of_each("product each", frozenset((one, other)), (one, other), (one, other))

    def quotient_of_each(self, number: Number, divisor: Number) -> Number:
        """The sum of the quotients of two values of each member; nothing, say, for whom the divisor is zero."""
        return self._worked_out_of_each("quotient each", (number, divisor), (number, divisor), (number,))

    def _worked_out_of_each(
        self, what: str, of: Hashable, values: tuple[Number, ...], vanishing: tuple[Number, ...]
    ) -> Number:
        """What is not below zero where no value is, and then is nothing where one of some is nothing for all."""
        key = (what, of)
        if key not in self.known:
            positive = all(map(self.never_negative, values))
            self.known[key] = result = self.fresh(what, 0 if positive else None)
            if positive:
                self.defines(result, *[implies(self.equal(each, 0), self.equal(result, 0)) for each in vanishing])
        return self.known[key]  # type: ignore[no-any-return]

    def least_of_each(self, values: Sequence[Number]) -> Number:
        """The sum of each member's least value: no more than the sum of any."""
        kept = self._undominated(list(dict.fromkeys(values)), least=True)
        if len(kept) == 1:
            return kept[0]
        key = ("least of each", frozenset(kept))
        if key not in self.known:
            low = 0 if all(self.never_negative(value) for value in kept) else None
            high = 0 if any(self.never_positive(value) for value in kept) else None
            result = self.fresh("least each", low, high, whole=all(map(self.whole_number, kept)))
            self.defines(result, *[self.at_most(result, value) for value in kept])
            # min(a, b) >= min(a, 0) + min(b, 0), and min(a, 0) is no less than the part of a that may be negative
            lows = self._positive_parts([scaled(value, -1) for value in kept])
            if lows is not None:
                self.defines(result, self.at_most(scaled(lows, -1), result))
            self.known[key] = result
            self._exceeds_none(result, *kept)
            self._settled_like(result, kept, self.least_of_each)
            self._rises("least", kept, result)
        return self.known[key]  # type: ignore[no-any-return]

    def greatest_of_each(self, values: Sequence[Number]) -> Number:
        """The sum of each member's greatest value: no less than the sum of any."""
        kept = self._undominated(list(dict.fromkeys(values)), least=False)
        if len(kept) == 1:
            return kept[0]
        key = ("greatest of each", frozenset(kept))
        if key not in self.known:
            low = 0 if any(self.never_negative(value) for value in kept) else None
            high = 0 if all(self.never_positive(value) for value in kept) else None
            result = self.fresh("greatest each", low, high, whole=all(map(self.whole_number, kept)))
            self.defines(result, *[self.at_most(value, result) for value in kept])
            tops = self._positive_parts(kept)
            if tops is not None:  # max(a, b) <= max(a, 0) + max(b, 0)
                self.defines(result, self.at_most(result, tops))
                self._exceeds_none(result, tops)
            others = [value for value in kept if not fixed(value)]
            if len(kept) == 2 and len(others) == 1:
                self.positive_parts[next(iter(result.terms))] = others[0]
            self.known[key] = result
            self._settled_like(result, kept, self.greatest_of_each)
        return self.known[key]  # type: ignore[no-any-return]

    def _undominated(self, values: list[Number], *, least: bool) -> list[Number]:
        """The values without those that another is never above (or below): then it is so for each member."""
        kept: list[Number] = []
        for place, value in enumerate(values):
            for other_place, other in enumerate(values):
                beats = self.at_most(other, value) if least else self.at_most(value, other)
                back = self.at_most(value, other) if least else self.at_most(other, value)
                if other_place != place and beats is True and (back is not True or other_place < place):
                    break
            else:
                kept.append(value)
        return kept

    def _positive_parts(self, numbers: Sequence[Number]) -> Number | None:
        """The sum of the positive parts of some numbers (``None``: one of them is not known)."""
        parts = [self._positive_part(number) for number in numbers]
        return None if None in parts else added(part for part in parts if part is not None)

    def _positive_part(self, number: Number) -> Number | None:
        """A form no less than max(x, 0) for each member: x without what only lowers it (``None``: not known)."""
        terms, constant = terms_of(number)
        kept = {}
        for name, factor in terms.items():
            one = self.variables[name]
            if one.low is not None and one.low >= 0:
                if factor > 0:
                    kept[name] = factor
            elif one.high is not None and one.high <= 0:
                if factor < 0:
                    kept[name] = factor
            else:
                return None
        return form(kept, max(constant, 0))

    def either_of_each(self, truth: Truth, then: Number, otherwise: Number) -> Number:
        """The sum of a choice that each member makes by a truth of its own."""
        if fixed(otherwise) and not otherwise:
            truth = self._needed(truth, then)
        plain = self.plainly_either(truth, then, otherwise)
        if plain is not None:
            return plain
        if fixed(otherwise) and not otherwise and isinstance(then, Form):
            assert isinstance(truth, Formula)
            if truth.operation == "below" and truth.form == -then:
                return self.greatest_of_each([then, 0])
        key = ("choice of each", truth, then, otherwise)
        if key not in self.known:
            low, high = self.bounds_where(truth, then)
            least, most = self.bounds_where(negation(truth), otherwise)
            never_below = low is not None and low >= 0 and least is not None and least >= 0
            never_above = high is not None and high <= 0 and most is not None and most <= 0
            whole = self.whole_number(then) and self.whole_number(otherwise)
            result = self.fresh("choice each", 0 if never_below else None, 0 if never_above else None, whole=whole)
            if self.never_negative(then) and self.never_negative(otherwise):
                self.defines(result, self.at_most(result, then + otherwise))
            if self.never_positive(then) and self.never_positive(otherwise):
                self.defines(result, self.at_most(then + otherwise, result))
            self.known[key] = result
        return self.known[key]  # type: ignore[no-any-return]

    def _needed(self, truth: Truth, number: Number) -> Truth:
        """What is left of a condition when all is taken away that holds wherever the number is not zero.

        ``if c and d then x else 0`` is ``if d then x else 0`` where x is 0 for everybody for whom c does not hold.
        """
        if isinstance(truth, bool):
            return truth
        left: list[Truth] = []
        for atom in truth.parts if truth.operation == "and" else (truth,):
            inner = atom.parts[0] if atom.operation == "not" else atom
            if inner is not atom and inner.operation == "zero" and inner.form is not None:
                if self._nothing_without(number, inner.form):
                    continue
            elif atom.operation == "below" and atom.form is not None and isinstance(number, Form):
                names = list(number.terms)
                positive = self.positive_parts.get(names[0]) if len(names) == 1 and not number.constant else None
                if positive is not None and positive == -atom.form:
                    continue
            left.append(atom)
        return conjunction(*left)

    def somebody(self, truth: Formula, slot: str, number: Number) -> Truth:
        """Whether there is a member of a slot, of so many, for whom a truth holds.

        A value of one sign is other than 0 for somebody exactly where its sum is; of any other truth nothing is known
        but what follows from its parts, so that it has a variable of its own.
        """
        inner = truth.parts[0] if truth.operation == "not" else truth
        of_one_sign = inner.form is not None and (self.never_negative(inner.form) or self.never_positive(inner.form))
        if of_one_sign and ((inner is not truth and inner.operation == "zero") or truth.operation == "below"):
            assert inner.form is not None
            if inner.form in self.of_many or -inner.form in self.of_many:
                return truth
            return conjunction(truth, self.at_most(1, number))  # the same for everybody, so there must be somebody
        key = ("somebody", truth, slot)
        if key not in self.known:
            self.known[key] = result = self.fresh_truth("somebody")
            self.defines(result, implies(result, self.at_most(1, number)))
            if truth.operation == "and":
                for part in truth.parts:
                    self.defines(result, implies(result, self.somebody(part, slot, number)))
        return self.known[key]  # type: ignore[no-any-return]
