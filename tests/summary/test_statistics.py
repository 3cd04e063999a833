"""Figures of one column: exact, the same however a stream is cut up, and by plain definitions."""

import tracemalloc
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.summary.levels import Level, read_levels
from rulelang.summary.selection import exact_sum
from rulelang.summary.statistics import Gathering
from tests.examples import examples

AMOUNTS = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.integers(0, 5), st.sampled_from([0, 7_000_000_00, 2**62, 2**63 - 1])
)
LEVELS = read_levels("0, 5, 50, 95%, 99.9, 100")


def gathered(amounts, levels, *, parts=3, keep=2, whole=0):
    """The distribution of amounts that come in parts, with next to no memory allowed."""
    column = numpy.array(amounts, numpy.int64)
    gathering = Gathering(levels, len(column), keep, whole)
    while gathering.waits:
        for part in numpy.array_split(column, parts):
            gathering.add(part)
        gathering.close()
    return gathering.result()


def plain_quantile(ordered, level: Level):
    """The smallest amount that is not exceeded in at least this share of the scenarios."""
    count = len(ordered)
    return next(a for a in ordered if Fraction(sum(b <= a for b in ordered), count) >= level.share)


def plain_shortfall(ordered, level: Level):
    """The mean of the largest amounts, as few of them as make up at least the rest of the scenarios."""
    size = next(n for n in range(1, len(ordered) + 1) if Fraction(n, len(ordered)) >= 1 - level.share)
    return Fraction(sum(ordered[-size:]), size)


@given(st.lists(AMOUNTS, min_size=1, max_size=40), st.integers(1, 5), st.integers(1, 50), st.sampled_from([0, 100]))
@examples(150)
def test_figures_are_those_of_the_plain_definitions(amounts, parts, keep, whole):
    found = gathered(amounts, LEVELS, parts=parts, keep=keep, whole=whole)
    ordered = sorted(amounts)
    assert (found.count, found.total, found.reached) == (len(amounts), sum(amounts), sum(a != 0 for a in amounts))
    assert (found.least, found.most) == (ordered[0], ordered[-1])
    assert found.worst == amounts.index(ordered[-1])
    assert found.best == amounts.index(ordered[0])
    assert found.mean == Fraction(sum(amounts), len(amounts))
    for level in LEVELS:
        assert found.quantiles[level] == plain_quantile(ordered, level)
        assert found.shortfalls[level] == plain_shortfall(ordered, level)


def test_the_first_of_equal_amounts_is_the_worst():
    found = gathered([1, 9, 3, 9, 9], LEVELS, parts=5)
    assert (found.worst, found.best) == (1, 0)


def test_ranks_at_whole_shares_are_not_one_too_high():
    found = gathered(range(1, 1001), read_levels("99.9,99.95"), keep=1)
    assert list(found.quantiles.values()) == [999, 1000]
    assert list(found.shortfalls.values()) == [1000, 1000]
    assert gathered(range(1, 1001), read_levels("99.8")).shortfalls[read_levels("99.8")[0]] == Fraction(1999, 2)


def test_sums_pass_the_words_they_are_made_of():
    assert exact_sum(numpy.full(1000, 2**63 - 1)) == 1000 * (2**63 - 1)
    assert exact_sum(numpy.full(1000, -(2**63))) == -1000 * 2**63


def test_nothing_at_all_has_no_figures():
    found = gathered([], LEVELS)
    assert (found.count, found.mean, found.quantiles) == (0, 0, {})


@pytest.mark.parametrize("shape", ["spread", "capped", "all the same"])
def test_memory_does_not_grow_with_the_scenarios(shape):
    """Two million amounts would be 16 MB; what is held is a few ranges of at most 4,096."""
    random = numpy.random.default_rng(1)
    amounts = random.integers(0, 2**50, 2_000_000)
    if shape == "capped":
        amounts = numpy.minimum(amounts, 2**48)
    elif shape == "all the same":
        amounts[:] = 5_000_000_00
    gathering = Gathering(read_levels("50,95,99"), len(amounts), keep=4096, whole=0)
    parts = [amounts[start : start + 65536] for start in range(0, len(amounts), 65536)]
    tracemalloc.start()
    passes = 0
    while gathering.waits:
        passes += 1
        for part in parts:
            gathering.add(part)
        gathering.close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6_000_000
    assert passes <= 6
    found, ordered = gathering.result(), numpy.sort(amounts)
    for level in found.quantiles:
        assert found.quantiles[level] == ordered[level.rank(len(amounts)) - 1]
        size = level.worst(len(amounts))
        assert found.shortfalls[level] == Fraction(exact_sum(ordered[-size:]), size)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("50,x", "`x` is no percentage"),
        ("101", "101% is not from 0% to 100%"),
        ("50,50.0", "50.0% stands twice"),
        ("-1", "`-1` is no percentage"),
        ("", "`` is no percentage"),
        ("1e2", "`1e2` is no percentage"),
    ],
)
def test_levels_that_are_none(text, message):
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        read_levels(text)
