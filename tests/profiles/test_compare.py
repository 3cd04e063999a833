"""Two profiles compared: what is said of every loss is held against the exact amounts at many losses."""

from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from rulelang.base.diagnostic import RulelangError
from rulelang.base.money import Exact, size_of
from rulelang.profiles.compare import compare_lines, compare_payers
from rulelang.profiles.difference import Band, Difference
from rulelang.profiles.lines import Moving
from rulelang.profiles.profile import Profile, make_profile
from rulelang.profiles.variable import find_variable
from rulelang.profiles.walk import Piece
from rulelang.run.plan import make_plan
from tests.oracle.generate import Case
from tests.properties.worlds import World, load, worlds


def profile_of(world: World) -> Profile:
    program, event = load(Case(world.rulebook(), world.event(), {}))
    plan = make_plan(program, event)
    return make_profile(plan, find_variable(plan))


def totals(piece: Piece, t: Exact) -> dict[str, Exact]:
    found: dict[str, Exact] = {}
    for paid in piece.exact(t).values():
        for payer, amount in paid.items():
            found[payer] = found.get(payer, 0) + amount
    return found


def gaps(old: Profile, new: Profile, t: Exact) -> dict[str, Exact]:
    """New less old for each payer, exactly, at one loss."""
    one, other = totals(old.piece_at(t), t), totals(new.piece_at(t), t)
    return {payer: other.get(payer, 0) - one.get(payer, 0) for payer in {*one, *other}}


def losses(draw: st.DrawFn, old: Profile, new: Profile) -> list[Exact]:
    """Losses at and around the breakpoints of both profiles, and between them."""
    starts = sorted({piece.start for profile in (old, new) for piece in profile.pieces})
    far = int(starts[-1]) + 10**6
    between = [Fraction(one + other, 2) for one, other in zip(starts, [*starts[1:], far], strict=True)]
    some = draw(st.lists(st.fractions(0, far, max_denominator=7), max_size=20))
    return sorted({*starts, *between, *some, far})


def sign_at(difference: Difference, t: Exact) -> int | None:
    """The sign that the bands give at a loss, ``None`` at the end of a band, where the sign may be either or 0."""
    for band in difference.bands:
        if band.start == band.end == t:
            return band.sign
        if band.start < t and (band.end is None or t < band.end):
            return band.sign
    return None if any(t in (band.start, band.end) for band in difference.bands) else 0


@st.composite
def pairs(draw: st.DrawFn) -> tuple[World, World]:
    """Two waterfalls for the same members and the same default."""
    one, other = draw(worlds()), draw(worlds())
    return one, evolve(one, stages=other.stages, heads=other.heads)


@given(st.data(), pairs())
@settings(max_examples=150, deadline=None)
def test_bands_and_extremes_are_those_of_the_exact_amounts(data, pair):
    old, new = map(profile_of, pair)
    found = compare_payers(old, new)
    for t in data.draw(st.composite(losses)(old, new)):
        for payer, gap in gaps(old, new, t).items():
            expected = sign_at(found[payer], t)
            sign = (gap > 0) - (gap < 0)
            assert expected is None or expected == sign, f"{payer} at {t}: {gap}, bands {found[payer].bands}"
            extreme = found[payer].extreme
            assert extreme.unbounded or size_of(gap) <= size_of(extreme.amount), f"{payer} at {t}: {gap}, {extreme}"


@given(pairs())
@settings(max_examples=100, deadline=None)
def test_the_largest_difference_is_where_it_is_said_to_be(pair):
    old, new = map(profile_of, pair)
    for payer, difference in compare_payers(old, new).items():
        extreme = difference.extreme
        if not difference.bands or extreme.unbounded:
            continue
        if extreme.side == "at":
            assert gaps(old, new, extreme.at)[payer] == extreme.amount
        else:  # the limit from one side: nearer and nearer
            step = 1 if extreme.side == "above" else -1
            near = [gaps(old, new, extreme.at + Fraction(step, 10**k)).get(payer, 0) for k in (6, 9)]
            assert size_of(near[1] - extreme.amount) < Fraction(1, 10**3)


@given(pairs())
@settings(max_examples=100, deadline=None)
def test_the_other_way_round_is_the_mirror(pair):
    old, new = map(profile_of, pair)
    there, back = compare_payers(old, new), compare_payers(new, old)
    assert {**there} == {payer: mirrored(difference) for payer, difference in back.items()}


def mirrored(difference: Difference) -> Difference:
    bands = tuple(Band(band.start, band.end, -band.sign) for band in difference.bands)
    return Difference(bands, evolve(difference.extreme, amount=-difference.extreme.amount))


@given(worlds())
@settings(max_examples=50, deadline=None)
def test_a_rulebook_does_not_differ_from_itself(world):
    found = compare_payers(profile_of(world), profile_of(world))
    assert not [payer for payer, difference in found.items() if difference.bands]


@given(pairs())
@settings(max_examples=100, deadline=None)
def test_what_payers_pay_more_and_what_stays_uncovered_cancel_out(pair):
    """The draws of all steps and the uncovered are the loss under both versions, so their differences add up to 0."""
    old, new = map(profile_of, pair)

    def covered(piece: Piece) -> dict[str, Moving]:
        return {"covered": sum(turn.drawn for turn in piece.turns), "uncovered": piece.uncovered}

    found = compare_lines(old, new, covered)
    assert mirrored(found["uncovered"]) == found["covered"]


def test_a_difference_at_a_single_loss_is_a_band_of_one_point():
    text = """rulebook "A" currency EUR
    members have x : money
    waterfall
        tranche one paid by ccp up to EUR 1 {}
        tranche two paid by survivors up to x each shared equally
    """
    event = 'event "e" declared 2024-01-01 member A x = EUR 9 member Z x = EUR 0 default of Z loss EUR 5'
    plans = []
    for condition in ("", "when loss != EUR 3"):
        program, found = load(Case(text.format(condition), event, {}))
        plans.append(make_plan(program, found))
    old, new = (make_profile(plan, find_variable(plan)) for plan in plans)
    found = compare_payers(old, new)
    assert found["A"].bands == (Band(300, 300, 1),)
    assert (found["A"].extreme.amount, found["A"].extreme.at, found["A"].extreme.side) == (100, 300, "at")
    assert found["ccp"].bands == (Band(300, 300, -1),)


def test_a_difference_that_grows_for_ever_has_no_largest():
    text = """rulebook "A" currency EUR
    members have x : money
    waterfall
        tranche one paid by ccp {}
        tranche two paid by survivors shared equally
    """
    event = 'event "e" declared 2024-01-01 member A x = EUR 9 member Z x = EUR 0 default of Z loss EUR 5'
    plans = []
    for limit in ("up to EUR 1", "up to 50% of loss"):
        program, found = load(Case(text.format(limit), event, {}))
        plans.append(make_plan(program, found))
    old, new = (make_profile(plan, find_variable(plan)) for plan in plans)
    found = compare_payers(old, new)
    assert found["ccp"].direction == "crosses"  # half the loss is less than a euro up to a loss of two
    assert [(band.start, band.end, band.sign) for band in found["ccp"].bands] == [(0, 200, -1), (200, None, 1)]
    assert found["ccp"].extreme.unbounded


def test_a_profile_that_cannot_be_made_is_refused():
    text = """rulebook "A" currency EUR
    members have x : money
    waterfall
        tranche one paid by survivors from x shared pro rata to x
        tranche two paid by survivors up to loss / EUR 1 * loss each shared equally
    """
    event = 'event "e" declared 2024-01-01 member A x = EUR 9 member Z x = EUR 0 default of Z loss EUR 5'
    program, found = load(Case(text, event, {}))
    plan = make_plan(program, found)
    with pytest.raises(RulelangError) as refused:
        make_profile(plan, find_variable(plan))
    assert refused.value.diagnostics[0].code == "not-straight"
