"""The difference of one payer along a stretch, looked at where it may have something to tell.

Where a thousand members become full at a thousand places, the difference of a payer is needed at most of these only to
see that it is not zero there and not the largest.  So the ends of blocks of places are looked at first: in between it
is no further from a straight line than all that is added up in it (:meth:`PaymentCurves.blocks`), and that settles most
blocks.  The places of the others are looked at one by one, as marks, and what marks cannot settle exactly.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import add, sub

from attrs import define, frozen

from rulelang.base.money import Exact
from rulelang.profiles.difference import Stretch, sign_of
from rulelang.profiles.payment_curves import PaymentCurves, block_of, mark


@frozen
class Term:
    """What one turn adds to the difference of a payer: its curve there, and the sign."""

    curves: PaymentCurves
    index: int
    sign: int


@define
class _Sum:
    """What several turns add up to: the same all along (``fixed``), and the terms that move.

    ``error`` bounds how far a mark of the sum is off.
    """

    fixed: Exact
    terms: Sequence[Term]
    error: int

    @classmethod
    def of(cls, terms: Iterable[Term]) -> "_Sum":
        fixed: Exact = 0
        moving = []
        for term in terms:
            amount = term.curves.fixed(term.index)
            if amount is None:
                moving.append(term)
            else:
                fixed = fixed + amount if term.sign > 0 else fixed - amount
        return cls(fixed, moving, 1 + sum(term.curves.error for term in moving))

    def settled(self) -> int:
        """The number of the first place from which on nothing moves any more."""
        return max((term.curves.settled(term.index) for term in self.terms), default=0)

    def exact(self, number: int) -> Exact:
        """The sum at one of the places, exactly."""
        found = self.fixed
        for term in self.terms:
            amount = term.curves.exact(term.index, number)
            found = found + amount if term.sign > 0 else found - amount
        return found

    def marks(self, numbers: Sequence[int]) -> list[int]:
        """The sum at some of the places, as marks."""
        found = [mark(self.fixed)] * len(numbers)
        for term in self.terms:
            found = [*map(add if term.sign > 0 else sub, found, term.curves.marks(term.index, numbers))]
        return found

    def blocks(self, count: int) -> tuple[list[int], list[int]]:
        """The ends of the first blocks of places, as marks, and the bow of each (:meth:`PaymentCurves.blocks`)."""
        ends, bows = [mark(self.fixed)] * (count + 1), [0] * count
        for term in self.terms:
            found, more = term.curves.blocks(term.index, count)
            ends = [*map(add if term.sign > 0 else sub, ends, found)]
            bows = [*map(add, bows, more)]
        return ends, bows


def payer_stretch(places: Sequence[Exact], terms: Iterable[Term], *, endless: bool) -> Stretch:
    """The difference of a payer along the places, which is the sum of what its turns add."""
    difference, last = _Sum.of(terms), len(places) - 1
    settled = min(difference.settled(), last - 1)  # behind it nothing changes any more up to the last place
    numbers = [*_telling(difference, settled, block_of(places)), last]
    marks, error = difference.marks(numbers), difference.error
    known: dict[int, Exact] = {}

    def exact(kept: int) -> Exact:
        """The difference at one of the places that are looked at: ``kept`` counts these alone."""
        if kept not in known:
            known[kept] = difference.exact(numbers[kept])
        return known[kept]

    lowest, highest = min(marks), max(marks)
    if lowest > error or highest < -error:  # mostly one version charges a payer more all along a stretch
        signs = [1 if lowest > error else -1] * len(marks)
    else:
        signs = [
            1 if value > error else -1 if value < -error else sign_of(exact(kept)) for kept, value in enumerate(marks)
        ]
    top = max(highest, -lowest) - 2 * error
    candidates = [kept for kept, value in enumerate(marks) if not -top < value < top]
    return Stretch([places[number] for number in numbers], signs, exact, candidates if any(signs) else (), endless)


def _telling(difference: _Sum, settled: int, block: int) -> list[int]:
    """The numbers of the places up to where nothing changes any more, but those that have nothing to tell.

    They are those inside a block in which the difference has one sign and is nowhere as large as somewhere else.
    """
    ends, bows = difference.blocks(settled // block)
    error, found = difference.error, [0]
    top = max(*map(abs, ends), 0) - 2 * error
    for (here, there), bow in zip(pairwise(ends), bows, strict=True):
        low, high = min(here, there) - bow, max(here, there) + bow
        end = found[-1] + block
        quiet = (low > error or high < -error) and -top < low and high < top
        found.extend((end,) if quiet else range(found[-1] + 1, end + 1))
    found.extend(range(found[-1] + 1, settled + 1))
    return found
