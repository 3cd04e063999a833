"""What the payers of a turn pay: known at once, or put together from the sharings of ranks or of a pool."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeVar

from attrs import define, field

from rulelang.base.values import unchanging
from rulelang.run.values import Row, Value

T = TypeVar("T")
Sharing = Any  # every domain has its own, and whoever asks knows of which domain the payments are
"""How one draw was shared: the payments of a domain that are not put together from others."""


class Payments(Protocol):
    """What each payer of a turn pays; amounts are in minor units.

    A domain has payments of its own, one for each way in which it shares a draw.  :class:`Ranked` and :class:`PartOf`
    are put together from such *sharings*; whoever needs to know more of them asks for :meth:`sharings`, or has
    :meth:`gathered` find for each payer what its own sharing says.  What stands here is that of one sharing.
    """

    __slots__ = ()

    @property
    def total(self) -> Value:
        """What all pay together."""

    def of(self, index: int) -> Value:
        """What one payer pays, by its place among the payers of the turn."""

    def sum_of(self, places: Iterable[int]) -> Value:
        """What some payers pay together."""
        return sum(self.of(place) for place in places)

    def sharings(self) -> Iterator[Sharing]:
        """The sharings that these payments are put together from."""
        yield self

    def gathered(self, told: Callable[[Sharing], Sequence[T]]) -> list[T]:
        """What is told of the payers of each sharing, for the payers of the turn in their order."""
        return list(told(self))


@unchanging
class Rank:
    """The payers of one rank, by their places among the payers of the turn, and what they pay, in that order."""

    places: tuple[int, ...]
    payments: Payments


@unchanging(slots=False)
class Ranked(Payments):
    """What the payers of a step in ranks pay; ``order`` has the value that ranked each of them."""

    ranks: tuple[Rank, ...]
    order: Row = field(factory=list, eq=False, repr=False)

    @cached_property
    def _seats(self) -> dict[int, tuple[Payments, int]]:
        return {place: (rank.payments, index) for rank in self.ranks for index, place in enumerate(rank.places)}

    @property
    def total(self) -> Value:
        """What all pay together."""
        return sum(rank.payments.total for rank in self.ranks)

    def of(self, index: int) -> Value:
        """What one payer pays."""
        payments, place = self._seats[index]
        return payments.of(place)

    def sharings(self) -> Iterator[Sharing]:
        """Those of the ranks."""
        for rank in self.ranks:
            yield from rank.payments.sharings()

    def gathered(self, told: Callable[[Sharing], Sequence[T]]) -> list[T]:
        """What is told of each rank, in the order of the payers."""
        rows = [(rank.places, rank.payments.gathered(told)) for rank in self.ranks]
        found = {place: one for places, row in rows for place, one in zip(places, row, strict=True)}
        return [found[place] for place in range(len(found))]


@unchanging
class PartOf(Payments):
    """What the payers of one step pay of what a whole pool pays: ``count`` places from ``start`` on."""

    pool: Payments
    start: int
    count: int

    @property
    def total(self) -> Value:
        """What all payers of the step pay together."""
        return self.pool.sum_of(range(self.start, self.start + self.count))

    def of(self, index: int) -> Value:
        """What one payer pays."""
        return self.pool.of(self.start + index)

    def sharings(self) -> Iterator[Sharing]:
        """Those of the whole pool, because all its payers share."""
        return self.pool.sharings()

    def gathered(self, told: Callable[[Sharing], Sequence[T]]) -> list[T]:
        """What is told of this step's payers in the pool."""
        return self.pool.gathered(told)[self.start : self.start + self.count]


@define(slots=False, eq=False)
class Taken:
    """What a step that draws on other ``segments`` takes there of each payer's pot, worked out when somebody asks."""

    segments: tuple[str, ...]
    work_out: Callable[[], Sequence[Payments]]

    @cached_property
    def _parts(self) -> Sequence[Payments]:
        return self.work_out()

    def of(self, segment: str, index: int) -> Value:
        """What is taken in a segment of the pot of one payer, by its place among the payers of the turn."""
        return self._parts[index].of(self.segments.index(segment))

    def row(self, segment: str) -> Row:
        """The same for all payers."""
        return [self.of(segment, index) for index in range(len(self._parts))]
