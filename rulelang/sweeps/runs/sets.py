"""The sets of members that default in turn: all with one member, then all with two, and so on, in a fixed order."""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations, islice
from math import comb

import numpy
from attrs import define, field, frozen

from rulelang.sweeps.tape.arrays import Array, Integers

NOBODY = -1
"""Fills the place of a member in a set that has fewer."""


@frozen
class SetBlock:
    """Some sets in a row: the number of the first, and a row for each with the places of its members."""

    start: int
    members: Integers

    def __len__(self) -> int:
        return len(self.members)

    def holding(self, member: int) -> Array:
        """Which of the sets hold a member, by its place."""
        found: Array = (self.members == member).any(axis=1)
        return found


@define
class DefaultSets:
    """All sets of one up to ``most`` of ``members``; a set is known by its number in the order of :meth:`blocks`."""

    members: tuple[str, ...]
    most: int
    kept: dict[int, list[SetBlock]] = field(factory=dict)

    @property
    def width(self) -> int:
        """How many members the largest sets have."""
        return min(self.most, len(self.members))

    @property
    def count(self) -> int:
        """How many sets there are, however many."""
        return sum(comb(len(self.members), size) for size in range(1, self.width + 1))

    def __len__(self) -> int:
        return self.count

    def blocks(self, size: int) -> Iterator[SetBlock]:
        """The sets, ``size`` at a time; those of a single block are kept for the next time."""
        if len(self) > size:
            yield from self._made(size)
        else:
            if size not in self.kept:
                self.kept[size] = list(self._made(size))
            yield from self.kept[size]

    def _made(self, size: int) -> Iterator[SetBlock]:
        places = range(len(self.members))
        every = chain.from_iterable(combinations(places, count) for count in range(1, self.width + 1))
        start = 0
        while found := list(islice(every, size)):
            yield SetBlock(start, self.array(found))
            start += len(found)

    def array(self, sets: Sequence[Sequence[int]]) -> Array:
        """Sets as rows of equal length."""
        rows = [(*each, *[NOBODY] * (self.width - len(each))) for each in sets]
        return numpy.array(rows, numpy.int64).reshape(len(rows), self.width)
