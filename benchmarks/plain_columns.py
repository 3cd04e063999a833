"""The waterfall of six steps written by hand with NumPy, over chunks of scenarios, in floating point.

It is the yardstick of :mod:`benchmarks.sweep`: what somebody would write who needs speed and does not mind cents.
One member defaults in each scenario; loss, defaulter and gains vary, everything else is known beforehand, so the
water-filling of the mutual fund is looked up in tables made once, one for each defaulter.  Who defaults with what loss
is found in a table of scenarios by one product of matrices, which is faster than looking for the largest number.
"""

from typing import Any

import numpy

Array = Any
CHUNK = 2_048
"""Scenarios worked on at a time: the work space then stays near the processor (tried from 512 to 32,768)."""


class PlainColumns:
    """The members' data, and the tables of the mutual fund."""

    def __init__(self, sitg: int, margins: Array, contributions: Array, stresses: Array) -> None:
        """Keep the data as floating point, and make the tables."""
        self.sitg = sitg * 1.0
        self.margins, self.contributions, self.stresses = (
            numpy.asarray(column, dtype=numpy.float64) for column in (margins, contributions, stresses)
        )
        count = len(self.margins)
        order = numpy.argsort(self.contributions / self.stresses)
        limits = numpy.tile(self.contributions[order], (count, 1))
        keys = numpy.tile(self.stresses[order], (count, 1))
        gone = order[None, :] == numpy.arange(count)[:, None]
        limits[gone] = keys[gone] = 0.0
        none = numpy.zeros((count, 1))
        self.full = numpy.hstack([none, numpy.cumsum(limits, axis=1)])
        self.open = numpy.maximum(keys.sum(axis=1)[:, None] - numpy.hstack([none, numpy.cumsum(keys, axis=1)]), 0.5)
        levels = (self.contributions / self.stresses)[order][None, :]
        knots = self.full[:, :-1] + levels * self.open[:, :-1]
        self.span = knots.max() * 2
        self.flat = (numpy.maximum.accumulate(knots, axis=1) + self.span * numpy.arange(count)[:, None]).ravel()
        self.capacity = self.contributions.sum() - self.contributions
        self.finder = numpy.stack([numpy.ones(count), numpy.arange(count, dtype=numpy.float64)], axis=1)

    def run_table(self, table: Array, paid: Array, drawn: Array) -> None:
        """As :meth:`run`, for a table with a row for each scenario: a loss for each member, then a gain for each."""
        count = len(self.margins)
        for start in range(0, len(table), CHUNK):
            part = table[start : start + CHUNK]
            found = part[:, :count] @ self.finder
            losses = found[:, 0].copy()
            defaulters = (found[:, 1] / losses + 0.5).astype(numpy.int64)
            stop = start + len(part)
            self.run(losses, defaulters, part[:, count:], paid[start:stop], drawn[:, start:stop])

    def run(self, losses: Array, defaulters: Array, gains: Array, paid: Array, drawn: Array) -> None:
        """Fill ``paid`` (scenarios, members) and ``drawn`` (six steps and what is uncovered, scenarios)."""
        work = numpy.empty((CHUNK, len(self.margins)))
        rows = numpy.arange(CHUNK)
        for start in range(0, len(losses), CHUNK):
            stop = min(start + CHUNK, len(losses))
            size = stop - start
            self._chunk(
                losses[start:stop],
                defaulters[start:stop],
                gains[start:stop],
                paid[start:stop],
                drawn[:, start:stop],
                work[:size],
                rows[:size],
            )

    def _chunk(
        self, left: Array, who: Array, gains: Array, paid: Array, drawn: Array, work: Array, rows: Array
    ) -> None:
        for step, limits in enumerate((self.margins[who], self.contributions[who], self.sitg)):
            numpy.minimum(left, limits, out=drawn[step])
            left = left - drawn[step]
        capacity = self.capacity[who]
        numpy.minimum(left, capacity, out=drawn[3])
        count = len(self.margins)
        full = numpy.searchsorted(self.flat, drawn[3] + self.span * who, "right") - who * count
        full = numpy.minimum(full, count)
        level = (drawn[3] - self.full[who, full]) / self.open[who, full]
        level[drawn[3] >= capacity] = numpy.inf
        numpy.multiply(level[:, None], self.stresses, out=work)
        numpy.minimum(work, self.contributions, out=paid)
        left = left - drawn[3]
        numpy.minimum(left, capacity, out=drawn[4])
        if drawn[4].any():
            numpy.multiply((drawn[4] / capacity)[:, None], self.contributions, out=work)
            numpy.add(paid, work, out=paid)
        left = left - drawn[4]
        drawn[5] = 0.0
        some = numpy.flatnonzero(left > 0)
        if len(some):  # only scenarios that get so far
            cut = numpy.maximum(gains[some], 0.0)
            cut[rows[: len(some)], who[some]] = 0.0
            most = cut.sum(axis=1)
            drawn[5, some] = numpy.minimum(left[some], most)
            cut *= (drawn[5, some] / most)[:, None]
            paid[some] += cut
        numpy.subtract(left, drawn[5], out=drawn[6])
        paid[rows, who] = drawn[0] + drawn[1]
