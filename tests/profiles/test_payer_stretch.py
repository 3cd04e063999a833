"""The difference of a payer, looked at here and there only: what is said of it is what all its places say."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.money import Exact
from rulelang.profiles import payment_curves
from rulelang.profiles.difference import difference_of, stretch_of
from rulelang.profiles.line_order import LineOrder
from rulelang.profiles.line_sharing import LineSharing, Listed, WaterFilling
from rulelang.profiles.lines import Line, Moving
from rulelang.profiles.payer_stretch import Term, payer_stretch
from rulelang.profiles.payment_curves import PaymentCurves, block_of, mark
from rulelang.profiles.seats import breaks_of, seats_at
from tests.examples import examples

START, END = 0, 6_000

lines = st.builds(Line, st.integers(0, 9_000), st.sampled_from([-1, 1, Fraction(1, 3), Fraction(-2, 7), 2]))


@st.composite
def draws_of(draw: st.DrawFn) -> Moving:
    """A draw that rises or falls from one end to the other and is nowhere below zero, or one that stays."""
    slope = draw(st.sampled_from([1, -1, Fraction(2, 3), Fraction(-1, 7), 0]))
    base = draw(st.integers(0, 3_000)) + (-slope * END if slope < 0 else 0)
    return Line(base, slope) if slope else base


@st.composite
def fillings(draw: st.DrawFn) -> WaterFilling:
    """A draw shared among some dozens, mostly with limits that stay."""
    count = draw(st.integers(20, 60))
    chance = draw(st.randoms(use_true_random=False))
    keys = tuple(chance.choice((0, 1, chance.randrange(1, 50))) for _ in range(count))
    limits: list[Moving | None] = [chance.randrange(0, 300) for _ in range(count)]
    if not any(keys) or draw(st.booleans()):
        keys, limits[0] = (7, *keys[1:]), None
    if draw(st.integers(0, 4)) == 0:
        limits[1] = Line(10, Fraction(1, 5))
    return WaterFilling(
        LineOrder(START), draw(draws_of()), tuple(range(count)), keys, tuple(limits), draw(st.booleans())
    )


def listed(draw: st.DrawFn) -> Listed:
    return Listed(tuple(draw(st.lists(lines | st.integers(0, 5_000), min_size=60, max_size=60))))


@st.composite
def sums(draw: st.DrawFn) -> tuple[list[Exact], list[Term]]:
    """What a payer pays by some sharings, at all places at which any of them has a breakpoint."""
    shared: list[LineSharing] = draw(st.lists(fillings(), min_size=1, max_size=3))
    if draw(st.booleans()):
        shared.append(listed(draw))
    if draw(st.booleans()):  # nearly the same under both versions, as versions mostly are
        first = shared[0]
        assert isinstance(first, WaterFilling)
        later = first.draw + draw(st.integers(1, 40))
        shared.append(WaterFilling(first.order, later, first.ids, first.keys, first.limits, first.reallocates))
    found = {t for sharing in shared for t in breaks_of(sharing, START, END)}
    places = [START, *sorted(found | {END // 3 + n for n in range(draw(st.sampled_from([0, 90])))}), END]
    payer = draw(st.integers(0, 19))
    signs = draw(st.lists(st.sampled_from([1, -1]), min_size=len(shared), max_size=len(shared)))
    seats = [seats_at(sharing, places)[payer] for sharing in shared]
    return places, [Term(*seat, sign) for seat, sign in zip(seats, signs, strict=True)]


def exact(terms: Sequence[Term], number: int) -> Exact:
    return sum(term.sign * term.curves.exact(term.index, number) for term in terms)


@given(sums())
@examples(60)
def test_bands_and_the_largest_difference_are_those_of_all_places(world):
    places, terms = world
    told = difference_of([payer_stretch(places, terms, endless=False)], ())
    amounts = [exact(terms, number) for number in range(len(places))]
    assert told == difference_of([stretch_of(places, amounts, endless=False)], ())


@given(sums())
@examples(30)
def test_an_amount_leaves_the_line_between_the_ends_of_a_block_by_its_bow_at_most(world):
    places, terms = world
    block = block_of(places)
    count = (len(places) - 2) // block
    for term in terms:
        curves, index = term.curves, term.index
        ends, bows = curves.blocks(index, count)
        assert ends == curves.marks(index, range(0, count * block + 1, block))
        for number, bow in enumerate(bows):
            _within(curves, index, number * block, (number + 1) * block, bow)


def _within(curves: PaymentCurves, index: int, start: int, end: int, bow: int) -> None:
    here, there = curves.exact(index, start), curves.exact(index, end)
    at = [mark(place) for place in curves.places[start : end + 1]]
    for number, place in enumerate(at):
        line = here + (there - here) * Fraction(place - at[0], at[-1] - at[0])
        off = abs(curves.exact(index, start + number) - line)
        assert off * 2**payment_curves.BITS <= bow + 2 * curves.error


@pytest.mark.parametrize("later", [500, 5_000, 50_000])
def test_few_of_many_places_are_looked_at(monkeypatch, later):
    """What makes comparing versions with a thousand members quick, counted instead of timed."""
    asked = []
    marks = payment_curves.FilledCurves.marks

    def counted(self, index, numbers):
        asked.extend(numbers)
        return marks(self, index, numbers)

    count = 900
    keys = tuple(1 + number * 37 % 101 for number in range(count))
    limits = tuple(1 + number * 53 % 997 for number in range(count))
    rises = [
        WaterFilling(LineOrder(0), Line(-base, 1), tuple(range(count)), keys, limits, reallocates=True)
        for base in (0, -later)
    ]
    most = sum(limits) - later
    places = [0, *sorted({t for one in rises for t in breaks_of(one, 0, most)}), most]
    old, new = (seats_at(one, places) for one in rises)
    monkeypatch.setattr(payment_curves.FilledCurves, "marks", counted)
    for payer in range(0, count, 30):
        del asked[:]
        payer_stretch(places, [Term(*old[payer], -1), Term(*new[payer], 1)], endless=False)
        assert len(asked) < 0.25 * len(rises) * len(places)
