"""Amounts that are lines from one place to the next, and their sums."""

from collections.abc import Iterator, Sequence
from heapq import merge
from typing import NamedTuple

from rulelang.base.money import Exact, whole_if_possible


class LinearPiece(NamedTuple):
    """From ``at`` on an amount is ``value`` and grows by ``slope`` with the variable, up to the next piece."""

    at: Exact
    value: Exact
    slope: Exact


def summed(one: Sequence[LinearPiece], other: Sequence[LinearPiece]) -> Iterator[LinearPiece]:
    """The sum of two amounts told by pieces that begin at one place."""
    places = list(dict.fromkeys(merge((piece.at for piece in one), (piece.at for piece in other))))
    mine = theirs = 0
    for at in places:
        mine += mine + 1 < len(one) and one[mine + 1].at <= at
        theirs += theirs + 1 < len(other) and other[theirs + 1].at <= at
        here, there = one[mine], other[theirs]
        value = here.value + here.slope * (at - here.at) + there.value + there.slope * (at - there.at)
        yield LinearPiece(at, whole_if_possible(value), whole_if_possible(here.slope + there.slope))
