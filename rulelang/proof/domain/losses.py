"""What is left of every loss, as forms: most rulebooks ask only for sums, so parts are made when somebody asks."""

from collections.abc import Sequence

from attrs import define, field

from rulelang.proof.domain.sharing import Sharings
from rulelang.proof.domain.terms import Number, added, fixed
from rulelang.proof.domain.values import Slot, Symbolic, summed
from rulelang.run.domain import Cut


@define(eq=False)
class SymbolicLosses:
    """The losses at the start less the cuts, each taken from some of them in proportion to what is left of each.

    ``owners`` has for each loss the slot of members whose it is (``None``: it is one member's, or nobody's).
    """

    domain: Sharings = field(repr=False)
    start: tuple[Number, ...]
    owners: tuple[Slot | None, ...]
    cuts: tuple[Cut, ...] = ()
    known: tuple[Number, ...] | None = field(default=None, repr=False)

    def total(self, places: Sequence[int]) -> Number:
        """The sum of what is left of some losses; of losses that were only cut together no part is asked for."""
        wanted = frozenset(places)
        taken: list[Number] = []
        for where, amount in self.cuts:
            inside = [place in wanted for place in where]
            if all(inside):
                taken.append(amount)
            elif any(inside):
                parts = self.parts()
                return added([parts[place] for place in places])
        whole = added([self.start[place] for place in places])
        return self.domain.floored(whole - added(taken)) if taken else whole

    met = total

    def parts(self) -> tuple[Number, ...]:
        """What is left of each loss."""
        if self.known is None:
            left = list(self.start)
            for where, amount in self.cuts:
                if len(where) == 1:
                    left[where[0]] = self.domain.floored(left[where[0]] - amount)
                    continue
                weights = [self._of_lines(place, left[place]) for place in where]
                cut = self.domain.divide(amount, weights, weights)
                for index, place in enumerate(where):
                    left[place] = self.domain.floored(left[place] - self.domain.total([cut.of(index)]))
            self.known = tuple(left)
        return self.known

    def _of_lines(self, place: int, left: Number) -> Symbolic:
        """A loss as the sum of several lines of an event, which are rounded one by one."""
        if not self.domain.rounding:
            return summed(left, self.owners[place])
        key = ("lines", place)
        if key not in self.domain.known:
            self.domain.known[key] = Slot(f"lines {place}", self.domain.fresh("lines", 1))
        return summed(left, self.domain.known[key])

    def reduced(self, cuts: Sequence[Cut]) -> "SymbolicLosses":
        """The losses after each of some amounts was taken from some of them."""
        new = tuple(
            (tuple(where), self.domain.total([amount])) for where, amount in cuts if where and not _nothing(amount)
        )
        return SymbolicLosses(self.domain, self.start, self.owners, (*self.cuts, *new)) if new else self


def _nothing(amount: object) -> bool:
    return fixed(amount) and amount == 0  # type: ignore[arg-type]
