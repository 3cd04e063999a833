"""The domain of columns: whole minor units of many scenarios at once, each equal to what the interpreter gives.

The one evaluator runs over it a single time and thereby writes a tape (:mod:`rulelang.plan.columns_tape`).  A
:class:`Column` is a fraction of two references into the tape; what does not vary stays a plain number.  What the rules
do not allow is noted with the truth that says in which scenarios.
"""

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from attrs import define, field, frozen

from rulelang.base.apportion import round_down, share
from rulelang.base.money import Exact, whole_if_possible
from rulelang.check.exactness import checked
from rulelang.check.trouble import Trouble
from rulelang.plan.columns_losses import ColumnLosses
from rulelang.plan.columns_paths import Paths
from rulelang.plan.columns_share import Sharing
from rulelang.plan.columns_tape import Elem, Node, Ref, Tape, excludes, high_of, low_of
from rulelang.plan.columns_values import Column, Mask, Row, Truth, Value, ref_of, truth_of
from rulelang.plan.domain import Payments, Sharers, Site, beyond_the_calendar
from rulelang.plan.points import COMPARE, Points

WIDEST = 4096
"""Numbers of more bits are not computed in columns: such scenarios are set aside for the interpreter."""
LAST_DAY = datetime.date.max.toordinal()

_POINTS = Points()


@frozen
class ColumnPayments:
    """What each payer of a turn pays."""

    amounts: Sequence[Value]
    total: Value

    def of(self, index: int) -> Value:
        """What one payer pays."""
        return self.amounts[index]


@define
class Columns(Paths):
    """Numbers over many scenarios; see :class:`rulelang.plan.domain.Domain` for what each operation means.

    ``codes`` numbers the texts and choice values that vary; ``owners`` says of a column in which scenarios it may be
    other than 0, if that is known; ``firsts`` has, for each loss in order, whose it is and in which scenarios it is
    that member's first.
    """

    tape: Tape = field(factory=Tape)
    codes: dict[str, int] = field(factory=dict)
    owners: dict[Elem, Ref] = field(factory=dict)
    firsts: list[tuple[int, Truth]] = field(factory=list)

    # ---------------------------------------------------------------------------------------------------- references

    def _numbers(self, values: Row) -> tuple[list[Ref], list[Ref]]:
        """Numerators and denominators."""
        pairs = [_fraction(value) for value in values]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _values(self, numerators: Sequence[Ref], denominators: Sequence[Ref], kind: str = "number") -> Row:
        return [self._value(*pair, kind) for pair in zip(numerators, denominators, strict=True)]

    def _value(self, numerator: Ref, denominator: Ref, kind: str = "number") -> Value:
        if isinstance(numerator, Elem) or isinstance(denominator, Elem):
            return Column(self, numerator, denominator, kind)
        return numerator if denominator == 1 else whole_if_possible(Fraction(numerator, denominator))

    def _brought(
        self, one: tuple[list[Ref], list[Ref]], other: tuple[list[Ref], list[Ref]]
    ) -> tuple[list[Ref], list[Ref], list[Ref]]:
        """Numerators of two rows over common denominators, and these."""
        (an, ad), (bn, bd) = one, other
        left: list[Ref] = []
        right: list[Ref] = []
        common: list[Ref] = []
        crossed: list[int] = []
        for index, (a, b) in enumerate(zip(ad, bd, strict=True)):
            if a == b:
                row: tuple[Ref, Ref, Ref] = (1, 1, a)
            elif not isinstance(a, Elem) and not isinstance(b, Elem):
                whole = lcm(a, b)
                row = (whole // a, whole // b, whole)
            else:
                row = (b, a, 0)
                crossed.append(index)
            left.append(row[0])
            right.append(row[1])
            common.append(row[2])
        if crossed:
            made = self.tape.each("mul", [ad[i] for i in crossed], [bd[i] for i in crossed])
            for index, ref in zip(crossed, made, strict=True):
                common[index] = ref
        return self.tape.each("mul", an, left), self.tape.each("mul", bn, right), common

    # ------------------------------------------------------------------------------------------------ rows of numbers

    def plus(self, left: Row, right: Row) -> Row:
        """Sums."""
        a, b, common = self._brought(self._numbers(left), self._numbers(right))
        return self._values(self.tape.each("add", a, b), common)

    def minus(self, left: Row, right: Row) -> Row:
        """Differences."""
        a, b, common = self._brought(self._numbers(left), self._numbers(right))
        return self._values(self.tape.each("sub", a, b), common)

    def negated(self, values: Row) -> Row:
        """The values with the other sign."""
        return self.minus([0] * len(values), values)

    def rest(self, amount: Value, part: Value) -> Value:
        """What is left of an amount; never below zero."""
        return self.rests([amount], [part])[0]

    def rests(self, amounts: Row, parts: Row) -> Row:
        """What is left of each amount; never below zero."""
        whole, taken = [ref_of(amount) for amount in amounts], [ref_of(part) for part in parts]
        bounds = (0, max(_span(whole)[1], 0)) if whole else None
        return self._values(self.tape.each("sub", whole, taken, bounds=bounds), [1] * len(whole))

    def products(self, left: Row, right: Row, site: Site) -> Row:
        """Products."""
        (an, ad), (bn, bd) = self._numbers(left), self._numbers(right)
        for one, other in ((an, bd), (bn, ad)):  # what cancels out keeps the numbers small
            for index, (numerator, denominator) in enumerate(zip(one, other, strict=True)):
                if not isinstance(numerator, Elem) and not isinstance(denominator, Elem):
                    divisor = gcd(numerator, denominator) or 1
                    one[index], other[index] = numerator // divisor, denominator // divisor
        made = self._values(self.tape.each("mul", an, bn), self.tape.each("mul", ad, bd))
        return self._in_range(made, site)

    def quotients(self, left: Row, right: Row, site: Site) -> Row:
        """Quotients; where the divisor is zero, anything."""
        tape = self.tape
        numerators, denominators = self._numbers(right)
        count = len(right)
        zero = tape.each("eq", numerators, [0] * count)
        numerators = tape.each("select", zero, [1] * count, numerators)
        below = tape.each("lt", numerators, [0] * count)
        sizes = tape.each("select", below, tape.each("sub", [0] * count, numerators), numerators)
        sizes = tape.each("max", sizes, [1] * count)
        signed = tape.each("select", below, tape.each("sub", [0] * count, denominators), denominators)
        return self.products(left, self._values(signed, sizes), site)

    def _in_range(self, values: Row, site: Site) -> Row:
        """The values, as far as they are not beyond the range of exact arithmetic."""
        result = list(values)
        for index, value in enumerate(values):
            if isinstance(value, Column):
                refs = (value.numerator, value.denominator)
                if max(_bits(ref) for ref in refs) > WIDEST:
                    site.refuse(index, True, Trouble("number-too-large", "", site.node))  # noqa: FBT003 - it may be
                    result[index] = 1
                continue
            try:
                result[index] = checked(value, site.node)
            except Trouble as trouble:
                site.refuse(index, True, trouble)  # noqa: FBT003 - it does not vary
                result[index] = 1
        return result

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
            refs = self.tape.each("add", [_day(dates[i]) for i in varying], [ref_of(days[i]) for i in varying])
            early = self.tape.each("lt", refs, [1] * size)
            late = self.tape.each("lt", [LAST_DAY] * size, refs)
            for index, ref, truth in zip(varying, refs, self.tape.each("or", early, late), strict=True):
                if truth is not False:
                    site.refuse(index, truth_of(self, truth), Trouble("impossible-date", "", site.node))
                result[index] = self._dated(ref)
        return result

    def _dated(self, ref: Ref) -> Value:
        return Column(self, ref, 1, "date") if isinstance(ref, Elem) else datetime.date.fromordinal(ref)

    def whole_each(self, amounts: Row) -> Row:
        """Amounts rounded down to the minor unit."""
        numerators, denominators = self._numbers(amounts)
        return self._values(self.tape.each("floordiv", numerators, denominators), [1] * len(amounts))

    def whole(self, amount: Value) -> Value:
        """An amount rounded down."""
        return self.whole_each([amount])[0] if isinstance(amount, Column) else round_down(amount)

    # --------------------------------------------------------------------------------------------------- comparisons

    def comparisons(self, operator: str, left: Row, right: Row) -> list[Truth]:
        """Whether each comparison holds."""
        if not any(isinstance(value, Column | Mask) for value in (*left, *right)):
            return [COMPARE[operator](a, b) for a, b in zip(left, right, strict=True)]
        if any(isinstance(value, bool | Mask) for value in (*left, *right)):
            alike = self.chosen(left, right, self.denied(right))
            return alike if operator == "=" else self.denied(alike)
        a, b = self._comparable(left, right)
        tape = self.tape
        match operator:
            case "=":
                refs = tape.each("eq", a, b)
            case "!=":
                refs = tape.each("not", tape.each("eq", a, b))
            case "<":
                refs = tape.each("lt", a, b)
            case "<=":
                refs = tape.each("le", a, b)
            case ">":
                refs = tape.each("lt", b, a)
            case _:
                refs = tape.each("le", b, a)
        return [truth_of(self, ref) for ref in refs]

    def _comparable(self, left: Row, right: Row) -> tuple[list[Ref], list[Ref]]:
        kind = _kind((*left, *right))
        if kind == "number":
            a, b, _ = self._brought(self._numbers(left), self._numbers(right))
            return a, b
        return self._marks(left, kind), self._marks(right, kind)

    def _marks(self, values: Row, kind: str) -> list[Ref]:
        """Dates as days, texts and choice values as their numbers."""
        if kind == "date":
            return [_day(value) for value in values]
        return [self.code(value) if isinstance(value, str) else value.numerator for value in values]

    def code(self, text: str) -> int:
        """The number of a text or choice value."""
        return self.codes.setdefault(text, len(self.codes))

    def holds(self, operator: str, left: Value, right: Value) -> Truth:
        """Whether a comparison holds."""
        return self.comparisons(operator, [left], [right])[0]

    def nonzero(self, value: Value) -> Truth:
        """Whether a number is not zero."""
        return self.holds("!=", value, 0)

    def below_zero(self, value: Value) -> Truth:
        """Whether a number is below zero."""
        return self.holds("<", value, 0)

    def sign(self, value: Value) -> int:
        """The sign of a number that does not vary."""
        return _POINTS.sign(value)

    def least_each(self, columns: Sequence[Row]) -> Row:
        """The smallest of several values, for each member."""
        return self._extremes(columns, "min")

    def greatest_each(self, columns: Sequence[Row]) -> Row:
        """The largest of several values, for each member."""
        return self._extremes(columns, "max")

    def _extremes(self, columns: Sequence[Row], operation: str) -> Row:
        best = list(columns[0])
        for column in columns[1:]:
            (an, ad), (bn, bd) = self._numbers(best), self._numbers(column)
            if any(isinstance(a, Elem) or isinstance(b, Elem) for a, b in zip(ad, bd, strict=True) if a != b):
                nearer = self.comparisons("<" if operation == "min" else ">", column, best)
                best = self.chosen(nearer, column, best)
            else:
                a, b, common = self._brought((an, ad), (bn, bd))
                best = self._values(self.tape.each(operation, a, b), common)
        return best

    def least(self, values: Sequence[Value]) -> Value:
        """The smallest."""
        return self.least_each([[value] for value in values])[0]

    def greatest(self, values: Sequence[Value]) -> Value:
        """The largest."""
        return self.greatest_each([[value] for value in values])[0]

    def ranked(self, values: Sequence[Value], *, highest: bool) -> list[list[int]] | None:
        """The places in the order of the values, unless that varies."""
        if any(isinstance(value, Column | Mask) for value in values):
            return None
        return _POINTS.ranked(values, highest=highest)

    def times(self, left: Exact, right: Exact, node: Any) -> Exact:
        """A product of numbers that do not vary."""
        return checked(left * right, node)

    def over(self, dividend: Exact, divisor: Exact, node: Any) -> Exact:
        """A quotient of numbers that do not vary."""
        return checked(Fraction(dividend) / divisor, node)

    # ----------------------------------------------------------------------------------------------------- aggregates

    def total(
        self, values: Sequence[Value], present: Sequence[Truth] | None = None, *, floored: bool = False
    ) -> Value:
        """The sum of the values of those present."""
        if len(values) == 1 and (present is None or present[0] is True):
            return values[0]
        numerators, common = self._over_one(values)
        if numerators is None:
            chosen = list(values) if present is None else self.chosen(present, list(values), [0] * len(values))
            result: Value = 0
            for value in chosen:
                result = self.plus([result], [value])[0]
            return result
        there = [True] * len(values) if present is None else [truth.ref if isinstance(truth, Mask) else truth
                                                              for truth in present]
        return self._value(self._sum(numerators, there, floored=floored), common)

    def _over_one(self, values: Sequence[Value]) -> tuple[list[Ref] | None, Ref]:
        """Numerators over one denominator for all values; ``None`` where there is none that does not vary too."""
        numerators, denominators = self._numbers(list(values))
        varying = [ref for ref in denominators if isinstance(ref, Elem)]
        if not varying:
            common = lcm(*(ref for ref in denominators if not isinstance(ref, Elem)))
            factors: list[Ref] = [common // ref for ref in denominators if not isinstance(ref, Elem)]
            return self.tape.each("mul", numerators, factors), common
        if all(ref == varying[0] for ref in denominators):
            return numerators, varying[0]
        return None, 1

    def _sum(self, refs: Sequence[Ref], there: Sequence[Ref], *, floored: bool) -> Ref:
        constant = 0
        whole: list[Ref] = []
        partly: list[tuple[Ref, Ref]] = []
        for ref, truth in zip(refs, there, strict=True):
            if isinstance(truth, Elem):
                partly.append((ref, truth))
            elif truth and isinstance(ref, Elem):
                whole.append(ref)
            elif truth:
                constant += int(ref)
        parts: list[Ref] = [constant]
        if whole:
            parts.append(self._sum_of(whole, [True] * len(whole), floored=floored))
        if partly:
            parts.append(self._sum_of([row[0] for row in partly], [row[1] for row in partly], floored=floored))
        total = parts[0]
        for part in parts[1:]:
            total = self.tape.each("add", [total], [part])[0]
        return total

    def _sum_of(self, refs: Sequence[Ref], there: Sequence[Ref], *, floored: bool) -> Ref:
        """The sum of several columns, or of numbers that are there in some scenarios."""
        tape = self.tape
        values, present = tape.packed(refs), tape.packed(there)
        several = isinstance(values, tuple) or getattr(values, "width", None) is not None
        each = getattr(present, "width", None) is not None
        if not several:
            number = self._count(there)
            return tape.each("mul", [tape.unpacked(values, 1)[0]], [number])[0]
        if not each and isinstance(values, tuple):
            total: Ref = sum(values)
        else:
            low, high = _sum_bounds(values, len(refs))
            bounds = (max(low, 0), max(high, 0)) if floored else (low, high)
            total = Elem(tape.make("sum", values, present if each else True, bounds=bounds))
        if each or present is True:
            return total
        return tape.each("select", [tape.unpacked(present, 1)[0]], [total], [0])[0]

    def _count(self, there: Sequence[Ref]) -> Ref:
        constant = sum(1 for truth in there if truth is True)
        varying = [truth for truth in there if isinstance(truth, Elem)]
        if not varying:
            return constant
        present = self.tape.packed(varying)
        if present.width is None:
            number = self.tape.each("select", [Elem(present)], [len(varying)], [0])[0]
        else:
            number = Elem(self.tape.make("count", present, bounds=(0, len(varying))))
        return self.tape.each("add", [number], [constant])[0]

    def counted(self, truths: Sequence[Truth]) -> Value:
        """How many of the truths hold."""
        return self._value(self._count([truth.ref if isinstance(truth, Mask) else truth for truth in truths]), 1)

    def smallest(self, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The smallest value of those present; anything if nobody is."""
        return self._fold(values, present, "min")

    def largest(self, number: int, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The sum of the largest of those present; 0 if nobody is."""
        if not values:
            return 0
        if number == 1:
            best = self._fold(values, present, "max")
            if present is None:
                return best
            return self.chosen([self.anyone(present)], [best], [0])[0]
        numerators, common = self._over_one(values)
        varying = any(isinstance(value, Column) for value in values)
        if not varying and (present is None or not _varies(*present)):
            there = [True] * len(values) if present is None else present
            return _POINTS.largest(number, [value for value, truth in zip(values, there, strict=True) if truth])
        if numerators is None:
            return self._by_rounds(number, values, present)
        return self._value(self._highest(number, numerators, present), common)

    def _highest(self, number: int, refs: Sequence[Ref], present: Sequence[Truth] | None) -> Ref:
        tape, (low, high) = self.tape, _span(refs)
        there: Any = True
        if present is not None and _nodes(present):
            there = tape.make("stack", *_nodes(present), detail=_plan(present), bounds=(0, 1))
        block: Any = tuple(refs)
        if _nodes(refs):
            block = tape.make("stack", *_nodes(refs), detail=_plan(refs), bounds=(low, high))
        count = min(number, len(refs))
        bounds = (count * min(low, 0), count * max(high, 0))
        return Elem(tape.make("highest", block, there, detail=(number, low), bounds=bounds))

    def _by_rounds(self, number: int, values: Sequence[Value], present: Sequence[Truth] | None) -> Value:
        """The largest, one after the other: each round takes one and leaves it out of the next."""
        there = [True] * len(values) if present is None else list(present)
        result: Value = 0
        for _ in range(min(number, len(values))):
            best = self.largest(1, values, there)
            result = self.plus([result], [best])[0]
            taken: Truth = False
            for index, value in enumerate(values):
                this = self.both(self.both([there[index]], self.comparisons("=", [value], [best])),
                                 self.denied([taken]))[0]
                taken = self._either([taken], [this])[0]
                there[index] = self.both([there[index]], self.denied([this]))[0]
        return result

    def _fold(self, values: Sequence[Value], present: Sequence[Truth] | None, operation: str) -> Value:
        there = [True] * len(values) if present is None else list(present)
        best, found = values[0], there[0]
        for value, truth in zip(values[1:], there[1:], strict=True):
            better = self.comparisons("<" if operation == "min" else ">", [value], [best])
            taken = self.both([truth], self._either(self.denied([found]), better))
            best = self.chosen(taken, [value], [best])[0]
            found = self._either([found], [truth])[0]
        return best

    # --------------------------------------------------------------------------------------------------- choosing

    def chosen(self, truths: Sequence[Truth], then: Row, otherwise: Row) -> Row:
        """The first value where a truth holds, else the second, for each member."""
        tape = self.tape
        refs = [truth.ref if isinstance(truth, Mask) else truth for truth in truths]
        if any(isinstance(value, bool | Mask) for value in (*then, *otherwise)):
            yes = tape.each("and", refs, [_truth_ref(value) for value in then])
            no = tape.each("and", tape.each("not", refs), [_truth_ref(value) for value in otherwise])
            return [truth_of(self, ref) for ref in tape.each("or", yes, no)]
        kind = _kind((*then, *otherwise))
        if kind != "number":
            marks = tape.each("select", refs, self._marks(then, kind), self._marks(otherwise, kind))
            return [self._marked(mark, kind) for mark in marks]
        (an, ad), (bn, bd) = self._numbers(then), self._numbers(otherwise)
        if any(isinstance(a, Elem) or isinstance(b, Elem) for a, b in zip(ad, bd, strict=True)):
            return self._values(tape.each("select", refs, an, bn), tape.each("select", refs, ad, bd))
        a, b, common = self._brought((an, ad), (bn, bd))
        return self._values(tape.each("select", refs, a, b), common)

    def _marked(self, mark: Ref, kind: str) -> Value:
        if kind == "date":
            return self._dated(mark)
        if isinstance(mark, Elem):
            return Column(self, mark, 1, kind)
        return next(text for text, code in self.codes.items() if code == mark)

    def looked_up(self, table: Mapping[Any, int], values: Row) -> Row:
        """What a table says of each value of a choice."""
        result: Row = []
        for value in values:
            if isinstance(value, Mask):
                result += self.chosen([value], [table[True]], [table[False]])
            elif isinstance(value, Column):
                known = {self.code(str(text)): rank for text, rank in table.items()}
                row = tuple(known.get(code, 0) for code in range(len(self.codes)))
                result.append(Column(self, self.mapped(value.numerator, row), 1))
            else:
                result.append(table[value])
        return result

    def mapped(self, ref: Ref, row: tuple[int, ...]) -> Ref:
        """What stands in a table at the place that a column says."""
        return Elem(self.tape.make("lookup", self.tape.scalar(ref), detail=row, bounds=(min(row), max(row))))

    def present_only(self, values: Row, present: Sequence[Truth]) -> Row:
        """The values; 0 for those that are 0 wherever their owner is present."""
        result = list(values)
        for index, (value, truth) in enumerate(zip(values, present, strict=True)):
            if isinstance(value, Column) and isinstance(truth, Mask) and isinstance(value.numerator, Elem):
                owner = self.owners.get(value.numerator)
                if isinstance(owner, Elem) and _excluded(truth.ref, owner):
                    result[index] = 0
        return result

    # -------------------------------------------------------------------------------------------------------- sharing

    def piled(self, rows: Sequence[Row]) -> Row:
        """The sums of several payments of the same payers, in whole numbers."""
        count = len(rows[0])
        operands = [self.tape.packed([ref_of(value) for value in row]) for row in rows]
        operands = [operand for operand in operands if isinstance(operand, (Node, tuple)) or operand]
        if count == 1 or not any(isinstance(operand, Node) and operand.width for operand in operands):
            result: Row = [0] * count
            for row in rows:
                result = self.plus(result, list(row))
            return result
        bounds = (sum(map(low_of, operands)), sum(map(high_of, operands)))
        node = self.tape.make("pile", *operands, bounds=bounds)
        return [Column(self, Elem(node, place), 1) for place in range(count)]

    def listed(self, amounts: Sequence[Value]) -> Payments:
        """Payments known one by one."""
        return ColumnPayments(amounts, self.total(amounts))

    def losses(self, amounts: Sequence[Value]) -> ColumnLosses:
        """The losses at the start."""
        return ColumnLosses.at_start(self, amounts)

    def own_losses(
        self, members: Sequence[Any], owed: Row, limits: Sequence[Value | None], left: Value, *, bounded: bool
    ) -> Row:
        """What each defaulter pays of its own losses, in the order of the first losses of each scenario."""
        bounds = [left if limit is None else limit for limit in limits]
        amounts = self.least_each([owed, bounds])
        if bounded:
            paid: Row = [0] * len(members)
            places = {member: place for place, member in enumerate(members)}
            for member, first in self.firsts:
                if member not in places:
                    continue
                place = places[member]
                amount = self.chosen([first], [self.least([amounts[place], left])], [0])[0]
                left = self.rest(left, amount)
                paid[place] = self.plus([paid[place]], [amount])[0]
            amounts = paid
        for owing, amount in zip(owed, amounts, strict=True):
            if isinstance(amount, Column) and isinstance(owing, Column):
                self.owned_as(amount, owing)
        return amounts

    def owned_as(self, value: Value, other: Value) -> None:
        """Note that a column is other than 0 only where another may be."""
        if isinstance(value, Column) and isinstance(other, Column):
            owner = self.owners.get(other.numerator)  # type: ignore[arg-type]
            if owner is not None and isinstance(value.numerator, Elem):
                self.owners[value.numerator] = owner

    def share(self, draw: Value, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """Water-filling and largest remainder."""
        del origin  # the draw is whole already
        if len(sharers.ids) == 1 and sharers.present is None and sharers.keys[0] == 1:
            return ColumnPayments([draw], draw)  # the draw is no more than the one payer can pay
        order, operands = self._sharers(draw, sharers)
        if order is None:
            return ColumnPayments([0] * len(sharers.keys), 0)
        if not any(isinstance(operand, Node) for operand in operands):
            return self._settled(draw, order, operands, sharers)
        sharing = Sharing(len(order), sharers.reallocates)
        most = max(min(high_of(operands[0]), high_of(operands[2])), 0)
        node = self.tape.make("share", *operands, detail=sharing, bounds=(0, most))
        return self._shared(draw, node, order, whole=sharers.reallocates)

    def _settled(self, draw: int, order: Sequence[int], operands: Sequence[Any], sharers: Sharers) -> Payments:
        """A sharing in which nothing varies; ``operands`` are in the order of the payers' ids."""
        size = len(order)
        keys, limits, there = (self.tape.unpacked(operand, size) for operand in operands[1:4])
        weights = [int(key) if truth else 0 for key, truth in zip(keys, there, strict=True)]
        shared = share(draw, weights, [int(limit) for limit in limits], range(size), reallocate=sharers.reallocates)
        amounts: Row = [0] * size
        for place, index in enumerate(order):
            amounts[index] = shared.units[place]
        return ColumnPayments(amounts, shared.total)

    def _shared(self, draw: Value, node: Any, order: Sequence[int], *, whole: bool) -> ColumnPayments:
        amounts: Row = [0] * len(order)
        for place, index in enumerate(order):
            amounts[index] = Column(self, Elem(node, place), 1)
        if whole:
            return ColumnPayments(amounts, draw)
        refs: list[Ref] = [Elem(node, place) for place in range(len(order))]
        bounds = (0, max(high_of(self.tape.scalar(ref_of(draw))), 0))
        return ColumnPayments(amounts, self._value(Elem(self.tape.make("sum", self.tape.packed(refs), True, bounds=bounds)) if len(refs) > 1 else refs[0], 1))

    def _sharers(self, draw: Value, sharers: Sharers) -> tuple[list[int] | None, tuple[Any, ...]]:
        """The payers in the order of their ids, and what a sharing node takes: draw, keys, limits, who is there."""
        order = sorted(range(len(sharers.ids)), key=lambda place: sharers.ids[place])
        if not order or draw == 0:
            return None, ()
        keys = self._whole_keys([sharers.keys[place] for place in order])
        limits: list[Ref] = [ref_of(draw if sharers.limits[p] is None else sharers.limits[p]) for p in order]
        there: list[Ref] = [True] * len(order)
        if sharers.present is not None:
            there = [_truth_ref(sharers.present[place]) for place in order]
        tape = self.tape
        return order, (tape.scalar(ref_of(draw)), tape.packed(keys), tape.packed(limits), tape.packed(there))

    def _whole_keys(self, keys: Row) -> list[Ref]:
        """Whole numbers in the same proportions as the keys."""
        numerators, _ = self._over_one(keys)
        if numerators is None:  # each key times the denominators of all others
            numerators, denominators = self._numbers(keys)
            for index in range(len(keys)):
                for place, denominator in enumerate(denominators):
                    if place != index:
                        numerators[index] = self.tape.each("mul", [numerators[index]], [denominator])[0]
        if not any(isinstance(ref, Elem) for ref in numerators):
            divisor = gcd(*(int(ref) for ref in numerators)) or 1
            return [int(ref) // divisor for ref in numerators]
        return numerators

    def share_ranked(self, draw: Value, sharers: Sharers, ranks: Sequence[Value], *, highest: bool) -> Payments:
        """A draw shared rank by rank, where the ranks vary."""
        order, operands = self._sharers(draw, sharers)
        if order is None:
            return ColumnPayments([0] * len(sharers.keys), 0)
        values = [ranks[place] for place in order]
        kind = _kind(values)
        marks = self._marks(values, kind) if kind != "number" else self._over_one(values)[0]
        if marks is None:
            marks = self._whole_keys(list(values))
        sharing = Sharing(len(order), reallocates=True, highest=highest)
        most = max(min(high_of(operands[0]), high_of(operands[2])), 0)
        node = self.tape.make("ranks", *operands, self.tape.packed(marks), detail=sharing, bounds=(0, most))
        return self._shared(draw, node, order, whole=True)

    def divide(self, amount: Value, weights: Sequence[Value], limits: Sequence[Value | None]) -> Payments:
        """An amount shared, ties to the one written first."""
        ids = range(len(weights))
        shared = self.share(amount, Sharers(ids, weights, limits))
        if all(limit is None for limit in limits):  # all weights may be zero, and then nothing is shared
            amounts = [shared.of(place) for place in ids]
            return ColumnPayments(amounts, self.total(amounts))
        return shared


def _fraction(value: Value) -> tuple[Ref, Ref]:
    if isinstance(value, Column):
        return value.numerator, value.denominator
    return (value, 1) if isinstance(value, int) else (value.numerator, value.denominator)


def _varies(*values: Value) -> bool:
    return any(isinstance(value, Column | Mask) for value in values)


def _bits(ref: Ref) -> int:
    if isinstance(ref, Elem):
        return max(ref.node.low.bit_length(), ref.node.high.bit_length())
    return int(ref).bit_length()


def _day(value: Value) -> Ref:
    return value.numerator if isinstance(value, Column) else value.toordinal()


def _kind(values: Sequence[Value]) -> str:
    """Whether values are numbers, dates, or texts and choice values."""
    for value in values:
        if isinstance(value, Column):
            return value.kind
        if isinstance(value, str):
            return "code"
        if isinstance(value, datetime.date):
            return "date"
    return "number"


def _truth_ref(value: Truth) -> Ref:
    return value.ref if isinstance(value, Mask) else bool(value)


def _nodes(values: Sequence[Any]) -> list[Any]:
    refs = [value.ref if isinstance(value, Mask) else value for value in values]
    return list(dict.fromkeys(ref.node for ref in refs if isinstance(ref, Elem)))


def _plan(values: Sequence[Any]) -> tuple[Any, ...]:
    refs = [value.ref if isinstance(value, Mask) else value for value in values]
    where = {node: place for place, node in enumerate(_nodes(values))}
    return tuple((where[ref.node], ref.index) if isinstance(ref, Elem) else (None, ref) for ref in refs)


def _span(refs: Sequence[Ref]) -> tuple[int, int]:
    pairs = [(ref.node.low, ref.node.high) if isinstance(ref, Elem) else (int(ref), int(ref)) for ref in refs]
    return min(low for low, _ in pairs), max(high for _, high in pairs)


def _sum_bounds(values: Any, count: int) -> tuple[int, int]:
    if isinstance(values, tuple):
        return sum(min(value, 0) for value in values), sum(max(value, 0) for value in values)
    return count * min(low_of(values), 0), count * max(high_of(values), 0)


def _excluded(truth: Ref, owner: Elem) -> bool:
    """Whether a truth cannot hold where a payer is the owner of something."""
    if not isinstance(truth, Elem) or truth.node.width != owner.node.width or truth.index != owner.index:
        return False
    return excludes(truth.node, owner.node)
