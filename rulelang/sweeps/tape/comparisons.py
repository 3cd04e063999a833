"""Values of the domain of columns compared, and chosen by truths that vary."""

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from attrs import define, field

from rulelang.base.money import whole_if_possible
from rulelang.run.exact import COMPARE
from rulelang.sweeps.tape.masks import Masks
from rulelang.sweeps.tape.nodes import ByNumber, Elem, Ref
from rulelang.sweeps.tape.values import (
    Column,
    Mask,
    Row,
    Truth,
    Value,
    day_of,
    fraction_of,
    kind_of,
    truth_of,
    truth_ref,
    truth_refs,
    varies,
)

_COMPARED: Mapping[str, ByNumber] = {"=": "eq", "!=": "eq", "<": "lt", "<=": "le", ">": "lt", ">=": "le"}
"""The operation of each comparison; of those that ask for more, with its operands the other way round."""
LAST_DAY = datetime.date.max.toordinal()


@define
class Comparisons(Masks):
    """Comparisons and choices; ``codes`` numbers the texts and choice values that vary."""

    codes: dict[str, int] = field(factory=dict)

    # ---------------------------------------------------------------------------------------------------- references

    def numbers(self, values: Row) -> tuple[list[Ref], list[Ref]]:
        """Numerators and denominators."""
        pairs = [fraction_of(value) for value in values]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def values(self, numerators: Sequence[Ref], denominators: Sequence[Ref]) -> Row:
        """Values of numerators and denominators."""
        return [self.value(*pair) for pair in zip(numerators, denominators, strict=True)]

    def value(self, numerator: Ref, denominator: Ref) -> Value:
        """The value of a numerator and a denominator; a plain number where neither varies."""
        if isinstance(numerator, Elem) or isinstance(denominator, Elem):
            return Column(self, numerator, denominator)
        return numerator if denominator == 1 else whole_if_possible(Fraction(numerator, denominator))

    def brought(
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

    # --------------------------------------------------------------------------------------------------- comparisons

    def comparisons(self, operator: str, left: Row, right: Row) -> list[Truth]:
        """Whether each comparison holds."""
        if not varies(*left, *right):
            return [COMPARE[operator](a, b) for a, b in zip(left, right, strict=True)]
        if any(isinstance(value, bool | Mask) for value in (*left, *right)):
            alike = self.chosen(left, right, self.denied(right))
            return alike if operator == "=" else self.denied(alike)
        a, b = self._comparable(left, right)
        tape = self.tape
        if operator in (">", ">="):
            a, b = b, a
        refs = tape.each(_COMPARED[operator], a, b)
        if operator == "!=":
            refs = tape.each("not", refs)
        return [truth_of(self, ref) for ref in refs]

    def _comparable(self, left: Row, right: Row) -> tuple[list[Ref], list[Ref]]:
        kind = kind_of((*left, *right))
        if kind == "number":
            a, b, _ = self.brought(self.numbers(left), self.numbers(right))
            return a, b
        return self.marks(left, kind), self.marks(right, kind)

    def marks(self, values: Row, kind: str) -> list[Ref]:
        """Dates as days, texts and choice values as their numbers."""
        if kind == "date":
            return [day_of(value) for value in values]
        return [self.code(value) if isinstance(value, str) else value.numerator for value in values]

    def code(self, text: str) -> int:
        """The number of a text or choice value."""
        return self.codes.setdefault(text, len(self.codes))

    def nonzero(self, values: Row) -> list[Truth]:
        """Whether each number is other than zero."""
        return self.comparisons("!=", values, [0] * len(values))

    def below_zero(self, values: Row) -> list[tuple[int, Truth]]:
        """The places of the numbers that may be below zero, each with whether it is."""
        truths = self.comparisons("<", values, [0] * len(values))
        return [(place, truth) for place, truth in enumerate(truths) if truth is not False]

    # --------------------------------------------------------------------------------------------------- choosing

    def chosen(self, truths: Sequence[Truth], then: Row, otherwise: Row) -> Row:
        """The first value where a truth holds, else the second, for each member."""
        tape = self.tape
        refs = truth_refs(truths)
        if any(isinstance(value, bool | Mask) for value in (*then, *otherwise)):
            yes = tape.each("and", refs, [truth_ref(value) for value in then])
            no = tape.each("and", tape.each("not", refs), [truth_ref(value) for value in otherwise])
            return [truth_of(self, ref) for ref in tape.each("or", yes, no)]
        kind = kind_of((*then, *otherwise))
        if kind != "number":
            marks = tape.each("select", refs, self.marks(then, kind), self.marks(otherwise, kind))
            return [self.marked(mark, kind) for mark in marks]
        (an, ad), (bn, bd) = self.numbers(then), self.numbers(otherwise)
        if any(isinstance(a, Elem) or isinstance(b, Elem) for a, b in zip(ad, bd, strict=True)):
            return self.values(tape.each("select", refs, an, bn), tape.each("select", refs, ad, bd))
        a, b, common = self.brought((an, ad), (bn, bd))
        return self.values(tape.each("select", refs, a, b), common)

    def dated(self, ref: Ref) -> Value:
        """The date of a day of the calendar."""
        return Column(self, ref, 1, "date") if isinstance(ref, Elem) else datetime.date.fromordinal(ref)

    def marked(self, mark: Ref, kind: str) -> Value:
        """The date, text or choice value that a number stands for."""
        if kind == "date":
            return self.dated(mark)
        if isinstance(mark, Elem):
            return Column(self, mark, 1, kind)
        return next(text for text, code in self.codes.items() if code == mark)

    def looked_up(self, table: Mapping[Value, int], values: Row) -> Row:
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
