"""Order statistics of a stream, exactly and in bounded memory: the amount of some rank, and the sum of all above it.

A stream is read in passes.  A *range* of amounts holds the ranks that are still looked for; a pass either keeps the
amounts inside it (if they are few enough), or counts them in buckets, and the bucket that holds a rank is the range of
the next pass.  A range is a sixty-five thousandth as wide from pass to pass, so there are at most four counts.

Amounts are 64-bit integers.  Differences are taken modulo 2^64 as unsigned integers, where they cannot overflow, and
sums are taken of both halves of the words, so that they are exact whatever the amounts are.
"""

import numpy
from attrs import define, field, frozen
from numpy.typing import NDArray

Integers = NDArray[numpy.int64]

KEEP = 1 << 18
"""So many amounts of a range may be held at once; more are counted first."""
_BITS = 16
_WORD = 2**64
_HALF, _LOW = 32, 2**32 - 1


def exact_sum(values: Integers) -> int:
    """The sum of up to 2^31 64-bit integers: each half is below 2^32, so the sum of the halves is below 2^63."""
    high, low = (values >> _HALF).sum(dtype=numpy.int64), (values & _LOW).sum(dtype=numpy.int64)
    return (int(high) << _HALF) + int(low)


@frozen
class Ranked:
    """The amount of a rank: its ``value``, how many amounts are above it, and their sum."""

    value: int
    above: int
    sum_above: int


@define
class _Range:
    """Amounts from ``low`` to ``high``, ``count`` of them, with ``below`` smaller ones; ``ranks`` are looked for in it.

    ``sum_above`` is the sum of all amounts above ``ceiling``; those from there down to ``high`` are added in the pass.
    """

    low: int
    high: int
    ceiling: int
    ranks: list[int]
    below: int
    count: int
    sum_above: int
    kept: list[Integers] | None
    buckets: Integers = field(factory=lambda: numpy.zeros(0, numpy.int64))
    least: int | None = None
    most: int | None = None

    @property
    def shift(self) -> int:
        """By how many bits a difference is shifted to give its bucket."""
        return max(0, (self.high - self.low).bit_length() - _BITS)

    def add(self, values: Integers) -> None:
        """Take in the next amounts of the stream."""
        if self.ceiling > self.high:
            self.sum_above += exact_sum(values[(values > self.high) & (values <= self.ceiling)])
        inside = values[(values >= self.low) & (values <= self.high)]
        if not len(inside):
            return
        if self.kept is not None:
            self.kept.append(inside)
            return
        least, most = int(inside.min()), int(inside.max())
        self.least = least if self.least is None else min(least, self.least)
        self.most = most if self.most is None else max(most, self.most)
        distance = inside.astype(numpy.uint64) - numpy.uint64(self.low % _WORD)
        place = (distance >> numpy.uint64(self.shift)).astype(numpy.int64)
        size = ((self.high - self.low) >> self.shift) + 1
        counted = numpy.bincount(place, minlength=size)
        self.buckets = self.buckets + counted if len(self.buckets) else counted

    def narrower(self, keep: int) -> "list[_Range]":
        """The buckets that hold the ranks, after the pass."""
        upto = numpy.cumsum(self.buckets)
        found: dict[int, _Range] = {}
        for rank in self.ranks:
            bucket = int(numpy.searchsorted(upto, rank - self.below))
            if bucket not in found:
                low = self.low + (bucket << self.shift)
                high = min(self.high, low + (1 << self.shift) - 1)
                count = int(self.buckets[bucket])
                below = self.below + int(upto[bucket]) - count
                kept: list[Integers] | None = [] if count <= keep else None
                found[bucket] = _Range(low, high, self.high, [], below, count, self.sum_above, kept)
            found[bucket].ranks.append(rank)
        return list(found.values())


@define
class Selection:
    """Looks for the amounts of some ranks (1 is the smallest) among ``count`` amounts from ``low`` to ``high``.

    :meth:`add` takes the amounts of a pass, :meth:`close` ends the pass; as long as :attr:`open` holds ranges, another
    pass over the same amounts is due.
    """

    count: int
    found: dict[int, Ranked] = field(factory=dict)
    open: list[_Range] = field(factory=list)
    keep: int = KEEP

    @classmethod
    def of(cls, count: int, low: int, high: int, ranks: set[int], keep: int = KEEP) -> "Selection":
        """A selection before its first pass."""
        kept: list[Integers] | None = [] if count <= keep else None
        start = _Range(low, high, high, sorted(ranks), 0, count, 0, kept)
        return cls(count, {}, [start] if count and ranks else [], keep)

    def add(self, values: Integers) -> None:
        """Take in the next amounts of a pass."""
        for each in self.open:
            each.add(values)

    def close(self) -> None:
        """End a pass."""
        left: list[_Range] = []
        for each in self.open:
            if each.kept is not None:
                self._settle(each, numpy.sort(numpy.concatenate(each.kept)))
            elif each.least == each.most:
                assert each.least is not None
                above = self.count - each.below - each.count
                self.found.update(dict.fromkeys(each.ranks, Ranked(each.least, above, each.sum_above)))
            else:
                left += each.narrower(self.keep)
        self.open = left

    def _settle(self, each: _Range, ordered: Integers) -> None:
        beyond = self.count - each.below - each.count
        for rank in each.ranks:
            value = int(ordered[rank - each.below - 1])
            tail = ordered[numpy.searchsorted(ordered, value, side="right") :]
            self.found[rank] = Ranked(value, beyond + len(tail), each.sum_above + exact_sum(tail))
