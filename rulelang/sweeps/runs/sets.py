"""The sets of members that default in turn: all with one member, then all with two, and so on, in a fixed order.

Members of one group default together; then the sets are made of groups.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain, combinations, islice
from math import comb

import numpy
from attrs import define, field

from rulelang.sweeps.scenarios.integers import Truths
from rulelang.sweeps.tape.arrays import Integers

NOBODY = -1
"""Fills the place of a member in a set that has fewer."""


@define
class DefaultSets:
    """All sets of one up to ``most`` of ``members``, or of their groups: ``together`` says in which each member is."""

    members: tuple[str, ...]
    most: int
    together: Mapping[str, object] | None = None
    kept: dict[int, list[Integers]] = field(factory=dict)
    place: Mapping[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Number the groups in the order in which their first members stand."""
        numbers: dict[object, int] = {}
        whose = {member: member if self.together is None else self.together[member] for member in self.members}
        self.place = {member: numbers.setdefault(group, len(numbers)) for member, group in whose.items()}

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many members each group has."""
        return tuple(Counter(self.place.values()).values())

    @property
    def width(self) -> int:
        """How many groups the largest sets have."""
        return min(self.most, len(self.sizes))

    @property
    def most_members(self) -> int:
        """How many members a set may have."""
        return sum(sorted(self.sizes, reverse=True)[: self.width])

    @property
    def count(self) -> int:
        """How many sets there are, however many."""
        return sum(comb(len(self.sizes), size) for size in range(1, self.width + 1))

    def inside(self, member: str, sets: Integers) -> Truths:
        """In which of some sets a member is."""
        return numpy.asarray((sets == self.place[member]).any(axis=1), dtype=bool)

    def of(self, chosen: Integers) -> list[str]:
        """The members of a set."""
        groups = set(chosen.tolist())
        return [member for member in self.members if self.place[member] in groups]

    def __len__(self) -> int:
        return self.count

    def blocks(self, size: int) -> Iterator[Integers]:
        """The sets, ``size`` at a time, a row for each with the places of its groups; a single block is kept."""
        if len(self) > size:
            yield from self._made(size)
        else:
            if size not in self.kept:
                self.kept[size] = list(self._made(size))
            yield from self.kept[size]

    def _made(self, size: int) -> Iterator[Integers]:
        places = range(len(self.sizes))
        every = chain.from_iterable(combinations(places, count) for count in range(1, self.width + 1))
        while found := list(islice(every, size)):
            yield numpy.array([(*each, *[NOBODY] * (self.width - len(each))) for each in found], numpy.int64)
