"""Two profiles compared: what is said of every loss is held against the exact amounts at many losses."""

from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.diagnostic import RulelangError
from rulelang.base.money import Exact, size_of
from rulelang.profiles.compare import compare_lines, compare_payers
from rulelang.profiles.difference import Band, Difference, Stretch, difference_of, joined, stretch_of
from rulelang.profiles.lines import Moving, value_at
from rulelang.profiles.profile import Profile, follow, make_profile
from rulelang.profiles.variable import find_variable
from rulelang.profiles.walk import Piece
from rulelang.run.plan import make_plan
from tests.examples import examples
from tests.oracle.generate import Case
from tests.properties.worlds import World, load, worlds

pytestmark = pytest.mark.slow  # the language is covered without it


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


def sign_at(difference: Difference, t: Exact) -> int:
    """The sign that the bands give at a loss."""
    signs = [
        band.sign
        for band in difference.bands
        if (band.start < t or (band.start == t and band.with_start))
        and (band.end is None or t < band.end or (band.end == t and band.with_end))
    ]
    assert len(signs) <= 1, f"bands that overlap at {t}: {difference.bands}"
    return signs[0] if signs else 0


@st.composite
def pairs(draw: st.DrawFn) -> tuple[World, World]:
    """Two waterfalls for the same members and the same default."""
    one, other = draw(worlds()), draw(worlds())
    return one, evolve(one, stages=other.stages, heads=other.heads)


@given(st.data(), pairs())
@examples(80)
def test_bands_and_extremes_are_those_of_the_exact_amounts(data, pair):
    old, new = map(profile_of, pair)
    found = compare_payers(old, new)
    for t in data.draw(st.composite(losses)(old, new)):
        for payer, gap in gaps(old, new, t).items():
            sign = (gap > 0) - (gap < 0)
            assert sign_at(found[payer], t) == sign, f"{payer} at {t}: {gap}, bands {found[payer].bands}"
            extreme = found[payer].extreme
            assert extreme.unbounded or size_of(gap) <= size_of(extreme.amount), f"{payer} at {t}: {gap}, {extreme}"


def by_class(piece: Piece) -> dict[str, Moving]:
    """What each class of payers pays and what no step pays, as lines."""
    found: dict[str, Moving] = {"uncovered": piece.uncovered}
    for turn in piece.turns:
        found[turn.turn.step.payers] = found.get(turn.turn.step.payers, 0) + turn.drawn
    return found


@given(st.data(), pairs())
@examples(40)
def test_bands_of_classes_are_those_of_the_exact_amounts(data, pair):
    old, new = map(profile_of, pair)
    found = compare_lines(old, new, by_class)
    for t in data.draw(st.composite(losses)(old, new)):
        before, after = by_class(old.piece_at(t)), by_class(new.piece_at(t))
        for name, difference in found.items():
            gap = value_at(after.get(name, 0), t) - value_at(before.get(name, 0), t)
            assert sign_at(difference, t) == (gap > 0) - (gap < 0), f"{name} at {t}: {gap}, bands {difference.bands}"
            assert difference.extreme.unbounded or size_of(gap) <= size_of(difference.extreme.amount)


@given(pairs())
@examples(60)
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
@examples(60)
def test_the_other_way_round_is_the_mirror(pair):
    old, new = map(profile_of, pair)
    there, back = compare_payers(old, new), compare_payers(new, old)
    assert {**there} == {payer: mirrored(difference) for payer, difference in back.items()}


def mirrored(difference: Difference) -> Difference:
    bands = tuple(Band(band.start, band.end, -band.sign) for band in difference.bands)
    return Difference(bands, evolve(difference.extreme, amount=-difference.extreme.amount))


@given(worlds())
@examples(40)
def test_a_rulebook_does_not_differ_from_itself(world):
    found = compare_payers(profile_of(world), profile_of(world))
    assert not [payer for payer, difference in found.items() if difference.bands]


@given(pairs())
@examples(60)
def test_what_payers_pay_more_and_what_stays_uncovered_cancel_out(pair):
    """The draws of all steps and the uncovered are the loss under both versions, so their differences add up to 0."""
    old, new = map(profile_of, pair)

    def covered(piece: Piece) -> dict[str, Moving]:
        return {"covered": sum(turn.drawn for turn in piece.turns), "uncovered": piece.uncovered}

    found = compare_lines(old, new, covered)
    assert mirrored(found["uncovered"]) == found["covered"]


# ---------------------------------------------------------------------------------------- stretches and single values


@st.composite
def amounts_over_a_variable(draw: st.DrawFn) -> tuple[list[Stretch], dict[Exact, Exact], Callable[[Exact], Exact]]:
    """Stretches of lines with gaps between them, single values, and what the amount is at any value."""
    few = st.integers(-2, 2)
    cuts = sorted(draw(st.sets(st.integers(0, 8), min_size=2, max_size=5)))
    stretches, known = [], []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        if draw(st.booleans()) and draw(st.booleans()):
            continue
        inner = sorted(
            draw(st.sets(st.integers(start + 1, (end or start + 5) - 1), max_size=3)) if end != start + 1 else ()
        )
        places = [start, *inner, end if end is not None else (inner or [start])[-1] + 1]
        amounts = [draw(few) for _ in places]
        stretches.append(stretch_of(places, amounts, endless=end is None))
        known.append((places, amounts, end is None))
    spots: dict[Exact, Exact] = {at: draw(st.integers(-4, 4)) for at in range(10) if draw(st.integers(0, 2)) == 0}

    def value(t: Exact) -> Exact:
        if t in spots:
            return spots[t]
        for places, amounts, endless in known:
            if places[0] <= t < places[-1] or (endless and places[0] <= t):
                j = min(bisect_right(places, t) - 1, len(places) - 2)
                slope = Fraction(amounts[j + 1] - amounts[j]) / (places[j + 1] - places[j])
                return amounts[j] + slope * (t - places[j])
        return 0

    return stretches, spots, value


@given(amounts_over_a_variable())
@examples(200)
def test_bands_say_of_every_single_value_what_is_so_there(world):
    """At zeros inside, at common ends, at jumps (both sides and the value itself), and behind the last breakpoint."""
    stretches, spots, value = world
    found = difference_of(stretches, spots.items())
    for t in sorted({Fraction(k, q) for q in (1, 2, 3) for k in range(15 * q)}):
        assert sign_at(found, t) == (value(t) > 0) - (value(t) < 0), f"at {t}: {value(t)}, bands {found.bands}"
        assert found.extreme.unbounded or size_of(value(t)) <= size_of(found.extreme.amount)
    if found.bands and found.extreme.side == "at" and not found.extreme.unbounded:
        assert value(found.extreme.at) == found.extreme.amount
    for one, other in pairwise(found.bands):
        assert one.end is not None
        assert one.end <= other.start
        if one.sign == other.sign and one.end == other.start:  # else they would be one
            assert value(one.end) * one.sign <= 0


@given(st.lists(amounts_over_a_variable(), min_size=1, max_size=3))
@examples(60)
def test_the_bands_of_several_amounts_hold_where_any_of_them_does(worlds_of_payers):
    found = [difference_of(stretches, spots.items()) for stretches, spots, _ in worlds_of_payers]
    union = Difference(tuple(joined([evolve(band, sign=1) for each in found for band in each.bands])))
    for t in sorted({Fraction(k, q) for q in (1, 2, 3) for k in range(15 * q)}):
        assert sign_at(union, t) == any(value(t) for *_, value in worlds_of_payers), f"at {t}: {union.bands}"


# ----------------------------------------------------------------------------------------------------------- examples

BOOK = """rulebook "A" currency EUR
members have x : money
waterfall
    tranche one paid by ccp {}
    tranche two paid by survivors shared equally
"""
EVENT = 'event "e" declared 2024-01-01 member A x = EUR 9 member Z x = EUR 0 default of Z loss EUR 5'


def compared(*limits: str) -> dict[str, Difference]:
    """The differences of two rulebooks that differ in a limit of the CCP."""
    plans = [make_plan(*load(Case(BOOK.format(limit), EVENT, {}))) for limit in limits]
    return compare_payers(*(make_profile(plan, find_variable(plan)) for plan in plans))


def test_a_loss_at_which_a_difference_is_zero_parts_two_bands():
    """Once above, at EUR 4 the same, then above again: it may touch zero, or jump there from both sides."""
    touching = compared("up to EUR 4", "up to max(loss, EUR 8 - loss)")
    assert touching["ccp"].bands == (Band(400, None, 1),)
    assert touching["A"].bands == (Band(400, None, -1),)
    touching = compared("up to loss / 2", "up to max(EUR 4 - loss / 2, loss - EUR 2)")
    assert touching["ccp"].bands == (Band(0, 400, 1), Band(400, None, 1))
    assert touching["A"].bands == (Band(0, 400, -1), Band(400, None, -1))
    jumping = compared("up to EUR 1", "up to if loss = EUR 4 then EUR 1 else EUR 2")
    assert jumping["ccp"].bands == (Band(100, 400, 1), Band(400, None, 1))
    assert jumping["A"].bands == (Band(100, 400, -1), Band(400, None, -1))


def test_a_loss_at_which_a_difference_turns_round_is_a_band_of_its_own():
    found = compared("up to EUR 1", "up to if loss = EUR 4 then EUR 0 else EUR 2")
    assert found["ccp"].bands == (Band(100, 400, 1), Band(400, 400, -1), Band(400, None, 1))
    assert found["ccp"].direction == "crosses"


def test_a_difference_is_largest_above_below_or_at_a_jump():
    below = compared("up to EUR 1", "up to if loss < EUR 4 then loss else EUR 1")["ccp"].extreme
    assert (below.amount, below.at, below.side) == (300, 400, "below")
    above = compared("up to EUR 1", "up to if loss > EUR 4 then EUR 3 else EUR 1")["ccp"].extreme
    assert (above.amount, above.at, above.side) == (200, 400, "above")
    at = compared("up to EUR 1", "up to if loss >= EUR 4 then EUR 3 else EUR 1")["ccp"].extreme
    assert (at.amount, at.at, at.side) == (200, 400, "at")


def test_a_largest_difference_that_a_single_value_takes_away_is_only_come_near_to():
    stretch = stretch_of([0, 4, 8, 12], [0, 4, 0, 0], endless=False)
    found = difference_of([stretch], [(4, 1)]).extreme
    assert (found.amount, found.at, found.side) == (4, 4, "above")
    assert difference_of([stretch], [(4, 4)]).extreme.side == "at"
    assert difference_of([stretch], [(4, -5)]).extreme.amount == -5


def test_what_is_so_at_the_last_loss_compared_counts():
    plans = [make_plan(*load(Case(BOOK.format(limit), EVENT, {}))) for limit in ("up to EUR 1", "up to EUR 9")]
    profiles = [make_profile(plan, find_variable(plan), 400) for plan in plans]
    (band,) = compare_payers(*profiles)["ccp"].bands
    assert (band, band.with_end) == (Band(100, 400, 1), True)
    assert compare_payers(*profiles)["ccp"].extreme.side == "at"
    assert compare_lines(*profiles, lambda piece: {"uncovered": piece.uncovered})["uncovered"].bands == ()


def test_nothing_is_said_of_the_loss_at_which_the_rules_end():
    """Nobody decides on the second step, so there is no run above EUR 1."""
    text = """rulebook "A" currency EUR
    members have x : money
    waterfall
        tranche one paid by {}
        tranche two at the discretion of "Board" paid by ccp
    """
    plans = [
        make_plan(*load(Case(text.format(payers), EVENT, {})))
        for payers in ("ccp up to EUR 1", "survivors up to EUR 1 in total shared equally")
    ]
    old, new = (follow(plan, find_variable(plan)) for plan in plans)
    assert (old.stop, new.stop) == (100, 100)
    found = compare_payers(old, new)["ccp"]
    assert found.bands == (Band(0, 100, -1),)
    assert not found.bands[0].with_end
    assert (found.extreme.amount, found.extreme.side) == (-100, "below")


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
