"""The sets of members that default in turn: all with one member, then all with two, and so on, in a fixed order."""

from collections.abc import Iterator
from itertools import chain, combinations, islice
from math import comb

import numpy
from attrs import define, field

from rulelang.sweeps.tape.arrays import Integers

NOBODY = -1
"""Fills the place of a member in a set that has fewer."""


@define
class DefaultSets:
    """All sets of one up to ``most`` of ``members``."""

    members: tuple[str, ...]
    most: int
    kept: dict[int, list[Integers]] = field(factory=dict)

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

    def blocks(self, size: int) -> Iterator[Integers]:
        """The sets, ``size`` at a time, a row for each with the places of its members; a single block is kept."""
        if len(self) > size:
            yield from self._made(size)
        else:
            if size not in self.kept:
                self.kept[size] = list(self._made(size))
            yield from self.kept[size]

    def _made(self, size: int) -> Iterator[Integers]:
        places = range(len(self.members))
        every = chain.from_iterable(combinations(places, count) for count in range(1, self.width + 1))
        while found := list(islice(every, size)):
            yield numpy.array([(*each, *[NOBODY] * (self.width - len(each))) for each in found], numpy.int64)
