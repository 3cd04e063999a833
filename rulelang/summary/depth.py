"""How far down the waterfall the loss goes, and how large it is there: counts for tables and charts."""

from collections.abc import Sequence

import numpy
from attrs import field, frozen

from rulelang.model.result_columns import DRAWN, UNCOVERED
from rulelang.summary.selection import Integers, exact_sum
from rulelang.summary.table import ResultsTable

BINS = 40
"""So many classes are counted of the loss: of equal width, but for the last, which holds all larger losses."""
POINTS = 200
"""So many amounts are tried of the uncovered loss."""

NO_LOSS = ""


@frozen
class Depth:
    """The scenarios in which ``step`` is the last that pays (:data:`NO_LOSS`: none does; ``uncovered``: all were used).

    ``loss`` is their whole loss, in minor units; ``bins`` how many fall into each class of the loss.
    """

    step: str
    scenarios: int
    loss: int
    bins: tuple[int, ...]


@frozen
class Depths:
    """The depths in the order of the waterfall, and how often the uncovered loss exceeds some amounts.

    A class of the loss is ``width`` minor units wide, the first starts at 0; ``open`` says whether the last holds
    larger losses too.  ``exceeding`` has a pair for each amount that was tried: the amount, and in how many scenarios
    more than it is uncovered.
    """

    depths: tuple[Depth, ...] = ()
    width: int = 1
    open: bool = False
    exceeding: tuple[tuple[int, int], ...] = field(factory=tuple)


def find_depths(table: ResultsTable, usual_loss: int, most_loss: int, most_uncovered: int) -> Depths:
    """Count in one pass over the draws; losses above the usual ones, which are few, share a class."""
    beyond = usual_loss < most_loss
    width = max(1, -(-(usual_loss + 1) // (BINS - beyond)))
    grid = sorted({most_uncovered * number // POINTS for number in range(POINTS + 1)} if most_uncovered > 0 else {0})
    edges = numpy.array(grid, numpy.int64)
    names = (NO_LOSS, *table.steps, UNCOVERED)
    counts, losses = [0] * len(names), [0] * len(names)
    bins = numpy.zeros((len(names), BINS), numpy.int64)
    above = numpy.zeros(len(grid), numpy.int64)
    titles = [f"{DRAWN}{step}" for step in table.steps]
    for loss, uncovered, *draws in table.amounts([(UNCOVERED, *titles), (UNCOVERED,), *((each,) for each in titles)]):
        last = _last([*draws, uncovered])
        place = numpy.clip(loss // width, 0, BINS - 1)
        bins += numpy.bincount(last * BINS + place, minlength=bins.size).reshape(bins.shape)
        for number in range(len(names)):
            chosen = loss[last == number]
            counts[number] += len(chosen)
            losses[number] += exact_sum(chosen)
        above += len(uncovered) - numpy.searchsorted(numpy.sort(uncovered), edges, side="right")
    rows = zip(names, counts, losses, bins.tolist(), strict=True)
    depths = tuple(Depth(name, count, loss, tuple(row)) for name, count, loss, row in rows)
    return Depths(depths, width, beyond, tuple(zip(grid, above.tolist(), strict=True)))


def _last(amounts: Sequence[Integers]) -> Integers:
    """For each scenario the number, from 1, of the last amount that is not zero; 0 if all are."""
    found: Integers = numpy.zeros(len(amounts[0]), numpy.int64)
    for number, values in enumerate(amounts, start=1):
        found[values > 0] = number
    return found
