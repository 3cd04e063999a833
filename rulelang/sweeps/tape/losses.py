"""What is left of every loss, in columns.

Most rulebooks ask only for the sum of the losses that a step meets, so the parts are worked out when somebody asks
for them: a reduction keeps what was taken, and from which losses together.
"""

from collections.abc import Sequence
from typing import Any

from attrs import define, field

from rulelang.run.domain import Cut
from rulelang.sweeps.tape.values import Row, Value


@define(eq=False)
class ColumnLosses:
    """What is left of every loss, in whole minor units: ``base`` less the cuts, each from losses of its own."""

    domain: Any = field(repr=False)  # the domain itself makes these losses, and would import this module in a circle
    start: Row
    base: "ColumnLosses | None" = None
    cuts: list[Cut] = field(factory=list)
    number: int = 0
    touched: set[int] = field(factory=set, repr=False)
    known: Row | None = field(default=None, repr=False)

    def total(self, places: Sequence[int]) -> Value:
        """The sum of what is left of some losses."""
        if self.base is None:
            return self.domain.total([self.start[place] for place in places])
        if len(places) == 1:
            return self.parts()[places[0]]
        wanted = set(places)
        taken = []
        for where, amount in self.cuts[: self.number]:
            inside = [place in wanted for place in where]
            if all(inside):
                taken.append(amount)
            elif any(inside):
                parts = self.parts()
                return self.domain.total([parts[place] for place in places])
        return self.domain.rest(self.base.total(places), self.domain.total(taken))

    met = total

    def parts(self) -> Row:
        """What is left of each loss."""
        if self.base is None:
            return self.start
        if self.known is None:
            self.known = self._parts(list(self.base.parts()))
        return self.known

    def _parts(self, parts: Row) -> Row:
        domain = self.domain
        alone = [(where[0], amount) for where, amount in self.cuts[: self.number] if len(where) == 1]
        before = [parts[place] for place, _ in alone]
        for (place, _), old, left in zip(alone, before, domain.rests(before, [a for _, a in alone]), strict=True):
            domain.owned_as(left, old)
            parts[place] = left
        for where, amount in self.cuts[: self.number]:
            if len(where) > 1:
                weights = [parts[place] for place in where]
                shared = domain.divide(amount, weights, weights)
                left = domain.rests(weights, [shared.of(index) for index in range(len(where))])
                for place, value in zip(where, left, strict=True):
                    parts[place] = value
        return parts

    def reduced(self, cuts: Sequence[Cut]) -> "ColumnLosses":
        """The losses after each of some amounts was taken from some of them, in proportion to what is left of each."""
        left = self
        for places, amount in cuts:
            left = left._less(places, amount)
        return left

    def _less(self, places: Sequence[int], amount: Value) -> "ColumnLosses":
        if not places or (isinstance(amount, int) and not amount):
            return self
        newest = self.base is not None and len(self.cuts) == self.number
        if newest and self.touched.isdisjoint(places):
            self.cuts.append((tuple(places), amount))
            self.touched.update(places)
            return ColumnLosses(self.domain, self.start, self.base, self.cuts, self.number + 1, self.touched)
        return ColumnLosses(self.domain, self.start, self, [(tuple(places), amount)], 1, set(places))
