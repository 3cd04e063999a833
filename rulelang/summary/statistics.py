"""What is said of one column of amounts over all scenarios, exactly."""

from collections.abc import Sequence
from fractions import Fraction

import numpy
from attrs import define, field, frozen

from rulelang.base.money import Exact, whole_if_possible
from rulelang.summary.levels import Level
from rulelang.summary.selection import KEEP, Integers, Selection, exact_sum

WHOLE = 1 << 24
"""A column of so many amounts is held as a whole, so that one pass is enough."""


@frozen
class Distribution:
    """An amount over all scenarios, in minor units.

    ``count`` scenarios, ``reached`` of them with an amount other than zero, ``above`` of them above zero;
    ``worst`` is the place in the file, from 0, of the first scenario with the largest amount, ``most``, and ``best``
    that of the first with the smallest.
    ``quantiles`` are by nearest rank; ``shortfalls`` are the means of the largest amounts (:mod:`levels`).
    """

    count: int
    reached: int
    above: int
    total: int
    least: int
    most: int
    best: int
    worst: int
    quantiles: dict[Level, int]
    shortfalls: dict[Level, Exact]

    @property
    def mean(self) -> Exact:
        """The mean over all scenarios, those with nothing too."""
        return whole_if_possible(Fraction(self.total, self.count)) if self.count else 0

    @property
    def mean_reached(self) -> Exact | None:
        """The mean over the scenarios with an amount other than zero; ``None`` if there are none."""
        return whole_if_possible(Fraction(self.total, self.reached)) if self.reached else None


@define
class Gathering:
    """Works a distribution out: one pass for what needs no order, further passes for what does.

    :meth:`add` takes amounts in the order of the file; as long as :attr:`waits` after :meth:`close`, another pass over
    the same amounts is due.
    """

    levels: Sequence[Level]
    expected: int
    keep: int = KEEP
    whole: int = WHOLE
    count: int = 0
    reached: int = 0
    above: int = 0
    total: int = 0
    least: int = 0
    most: int = 0
    best: int = 0
    worst: int = 0
    selection: Selection | None = None
    held: list[Integers] = field(factory=list)

    def add(self, values: Integers) -> None:
        """Take in the next amounts of a pass."""
        if self.selection is not None:
            self.selection.add(values)
        elif len(values):
            self._count(values)
            if self.expected <= self.whole:
                self.held.append(numpy.ascontiguousarray(values))

    def _count(self, values: Integers) -> None:
        low, high = int(values.min()), int(values.max())
        if not self.count or high > self.most:
            self.most, self.worst = high, self.count + int(values.argmax())
        if not self.count or low < self.least:
            self.least, self.best = low, self.count + int(values.argmin())
        self.count += len(values)
        self.reached += int((values != 0).sum())
        self.above += int((values > 0).sum())
        self.total += exact_sum(values)

    def close(self) -> None:
        """End a pass."""
        if self.selection is None:
            ranks = {rank for level in self.levels for rank in self._ranks(level)}
            keep = max(self.keep, self.count) if self.held else self.keep
            self.selection = Selection.of(self.count, self.least, self.most, ranks, keep)
            if not self.held:
                return
            for values in self.held:
                self.selection.add(values)
            self.held.clear()
        self.selection.close()

    @property
    def waits(self) -> bool:
        """Whether another pass is due."""
        return self.selection is None or bool(self.selection.open)

    def _ranks(self, level: Level) -> tuple[int, int]:
        """The rank of the quantile, and that of the smallest amount in the expected shortfall."""
        return level.rank(self.count), self.count - level.worst(self.count) + 1

    def result(self) -> Distribution:
        """The distribution, when no pass is due any more."""
        assert self.selection is not None
        quantiles: dict[Level, int] = {}
        shortfalls: dict[Level, Exact] = {}
        for level in self.levels if self.count else ():
            rank, start = self._ranks(level)
            quantiles[level] = self.selection.found[rank].value
            tail, size = self.selection.found[start], level.worst(self.count)
            total = tail.sum_above + (size - tail.above) * tail.value
            shortfalls[level] = whole_if_possible(Fraction(total, size))
        return Distribution(
            self.count,
            self.reached,
            self.above,
            self.total,
            self.least,
            self.most,
            self.best,
            self.worst,
            quantiles,
            shortfalls,
        )
