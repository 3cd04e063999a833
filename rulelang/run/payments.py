"""Payments put together from other payments: rank by rank, or a stretch of what a whole pool pays."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from rulelang.base.money import Exact
from rulelang.run.domain import Value


@frozen(slots=False)
class Ranked:
    """What the payers of a step in ranks pay; each rank has the places of its payers and their payments."""

    ranks: tuple[tuple[tuple[int, ...], Any], ...]

    @cached_property
    def _where(self) -> dict[int, tuple[Any, int]]:
        return {place: (paid, index) for places, paid in self.ranks for index, place in enumerate(places)}

    @property
    def total(self) -> Value:
        """What all pay together."""
        return sum(paid.total for _, paid in self.ranks)

    def of(self, index: int) -> Value:
        """What one payer pays."""
        paid, place = self._where[index]
        return paid.of(place)

    def exact(self, t: Exact) -> list[Exact]:
        """What each payer pays where the variable is ``t``; see :class:`rulelang.profiles.line_domain.WaterFilling`."""
        return self._in_order([paid.exact(t) for _, paid in self.ranks])

    def units(self, t: int) -> list[int]:
        """What each payer pays in a run at ``t``; see :class:`rulelang.profiles.line_domain.WaterFilling`."""
        return self._in_order([paid.units(t) for _, paid in self.ranks])

    def _in_order(self, amounts: Sequence[Sequence[Any]]) -> list[Any]:
        """Amounts rank by rank, put in the order of the payers."""
        rows = zip(self.ranks, amounts, strict=True)
        found = {place: amount for (places, _), row in rows for place, amount in zip(places, row, strict=True)}
        return [found[place] for place in range(len(found))]


@frozen
class PartOf:
    """What the payers of one step pay of what a whole pool pays: ``count`` places from ``start`` on."""

    pool: Any
    start: int
    count: int

    @property
    def total(self) -> Value:
        """What all payers of the step pay together."""
        return sum(self.pool.of(place) for place in range(self.start, self.start + self.count))

    def of(self, index: int) -> Value:
        """What one payer pays."""
        return self.pool.of(self.start + index)

    def exact(self, t: Exact) -> list[Exact]:
        """What each payer pays where the variable is ``t``; see :class:`rulelang.profiles.line_domain.WaterFilling`."""
        return list(self.pool.exact(t)[self.start : self.start + self.count])

    def units(self, t: int) -> list[int]:
        """What each payer pays in a run at ``t``; see :class:`rulelang.profiles.line_domain.WaterFilling`."""
        return list(self.pool.units(t)[self.start : self.start + self.count])
