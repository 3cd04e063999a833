"""Aggregates of the domain of columns: over members of whom it varies whether they count."""

from collections.abc import Sequence
from functools import partial, reduce
from math import lcm

from attrs import define

from rulelang.run.exact import ExactNumbers
from rulelang.sweeps.tape.arithmetic import Arithmetic
from rulelang.sweeps.tape.nodes import Elem, Operand, Ref, high_of, low_of, span_of, widest
from rulelang.sweeps.tape.values import Column, Truth, Value, settled, truth_refs, varies

_EXACT = ExactNumbers()


@define
class Aggregates(Arithmetic):
    """Sums, counts, and the least and largest of some."""

    # ----------------------------------------------------------------------------------------------------- aggregates

    def total(self, values: Sequence[Value], present: Sequence[Truth] | None = None, *, floored: bool = False) -> Value:
        """The sum of the values of those present."""
        if len(values) == 1 and (present is None or present[0] is True):
            return values[0]
        numerators, common = self.over_one(values)
        if numerators is None:
            return sum(values if present is None else self.chosen(present, list(values), [0] * len(values)))
        there: list[Ref] = [True] * len(values) if present is None else truth_refs(present)
        return self.value(self._sum(numerators, there, floored=floored), common)

    def over_one(self, values: Sequence[Value]) -> tuple[list[Ref] | None, Ref]:
        """Numerators over one denominator for all values; ``None`` where there is none that does not vary too."""
        numerators, denominators = self.numbers(list(values))
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
                constant += settled(ref)
        parts: list[Ref] = [constant]
        if whole:
            parts.append(self._sum_of(whole, [True] * len(whole), floored=floored))
        if partly:
            parts.append(self._sum_of([row[0] for row in partly], [row[1] for row in partly], floored=floored))
        return reduce(partial(self.tape.one, "add"), parts)

    def _sum_of(self, refs: Sequence[Ref], there: Sequence[Ref], *, floored: bool) -> Ref:
        """The sum of several columns, or of numbers that are there in some scenarios."""
        tape = self.tape
        values, present = tape.packed(refs), tape.packed(there)
        each = widest((present,)) is not None
        if widest((values,)) is None:
            number = self._count(there)
            return tape.one("mul", tape.unpacked(values, 1)[0], number)
        if not each and isinstance(values, tuple):
            total: Ref = sum(values)
        else:
            low, high = _sum_bounds(values, len(refs))
            bounds = (max(low, 0), max(high, 0)) if floored else (low, high)
            total = Elem(tape.make("sum", values, present if each else True, bounds=bounds))
        if each or present is True:
            return total
        return tape.one("select", tape.unpacked(present, 1)[0], total, 0)

    def _count(self, there: Sequence[Ref]) -> Ref:
        constant = sum(1 for truth in there if truth is True)
        varying = [truth for truth in there if isinstance(truth, Elem)]
        if not varying:
            return constant
        present = self.tape.packed(varying)
        if present.width is None:
            number = self.tape.one("select", Elem(present), len(varying), 0)
        else:
            number = Elem(self.tape.make("count", present, bounds=(0, len(varying))))
        return self.tape.one("add", number, constant)

    def counted(self, truths: Sequence[Truth]) -> Value:
        """How many of the truths hold."""
        return self.value(self._count(truth_refs(truths)), 1)

    def smallest(self, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The smallest value of those present; anything if nobody is."""
        return self._fold(values, present, "<")

    def largest(self, number: int, values: Sequence[Value], present: Sequence[Truth] | None = None) -> Value:
        """The sum of the largest of those present; 0 if nobody is."""
        if not values:
            return 0
        if number == 1:
            best = self._fold(values, present, ">")
            if present is None:
                return best
            return self.chosen([self.anyone(present)], [best], [0])[0]
        numerators, common = self.over_one(values)
        varying = any(isinstance(value, Column) for value in values)
        if not varying and (present is None or not varies(*present)):
            there = [True] * len(values) if present is None else present
            return _EXACT.largest(number, [value for value, truth in zip(values, there, strict=True) if truth])
        if numerators is None:
            return self._by_rounds(number, values, present)
        return self.value(self._highest(number, numerators, present), common)

    def _highest(self, number: int, refs: Sequence[Ref], present: Sequence[Truth] | None) -> Ref:
        tape, (low, high) = self.tape, span_of(refs)
        there: Operand = True if present is None else tape.stacked(truth_refs(present))
        count = min(number, len(refs))
        bounds = (count * min(low, 0), count * max(high, 0))
        return Elem(tape.make("highest", tape.stacked(refs), there, detail=(number, low), bounds=bounds))

    def _by_rounds(self, number: int, values: Sequence[Value], present: Sequence[Truth] | None) -> Value:
        """The largest, one after the other: each round takes one and leaves it out of the next."""
        there: list[Truth] = [True] * len(values) if present is None else list(present)
        result: Value = 0
        for _ in range(min(number, len(values))):
            best = self.largest(1, values, there)
            result = result + best
            taken: Truth = False
            for index, value in enumerate(values):
                this = self.both(
                    self.both([there[index]], self.comparisons("=", [value], [best])), self.denied([taken])
                )[0]
                taken = self._either([taken], [this])[0]
                there[index] = self.both([there[index]], self.denied([this]))[0]
        return result

    def _fold(self, values: Sequence[Value], present: Sequence[Truth] | None, nearer: str) -> Value:
        """The value that is nearer than all others to the least or the greatest, of those present."""
        there = [True] * len(values) if present is None else list(present)
        best, found = values[0], there[0]
        for value, truth in zip(values[1:], there[1:], strict=True):
            better = self.comparisons(nearer, [value], [best])
            taken = self.both([truth], self._either(self.denied([found]), better))
            best = self.chosen(taken, [value], [best])[0]
            found = self._either([found], [truth])[0]
        return best


def _sum_bounds(values: Operand, count: int) -> tuple[int, int]:
    if isinstance(values, tuple):
        return sum(min(value, 0) for value in values), sum(max(value, 0) for value in values)
    return count * min(low_of(values), 0), count * max(high_of(values), 0)
