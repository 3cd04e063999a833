"""A profile says what runs give: at every breakpoint and between, on all rulebooks that ship and on random ones."""

from fractions import Fraction

import pytest
from hypothesis import given

import rulelang
from rulelang.base.diagnostic import RulelangError, RunError
from rulelang.base.files import data_folder
from rulelang.profiles.profile import make_profile
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import make_plan
from tests.examples import examples, share_of
from tests.profiles.measures import charged, differences, places, profiles_of, whole, world_of
from tests.properties.worlds import SEEDS

BOOKS = data_folder("rulebooks")
EVENTS = [
    pytest.param(rules, event, id=f"{rules.parent.name}-{rules.stem}-{event.stem}")
    for rules in sorted(BOOKS.rglob("*.rules"))
    for event in sorted((rules.parent / "events").glob("*.event"))
]
NASDAQ = BOOKS / "nasdaq-commodities-2018"


def loaded(rules, path):
    program = rulelang.load_rulebook(rules)
    try:
        return program, rulelang.load_event(path, program)
    except RulelangError:
        others = [other for other in rules.parent.glob("*.rules") if other != rules]
        if not any(_is_of(path, other) for other in others):
            raise  # of whatever it is, it is broken
        pytest.skip("the event is of another rulebook in the folder")


def _is_of(path, rules):
    try:
        return rulelang.load_event(path, rulelang.load_rulebook(rules)) is not None
    except RulelangError:
        return False


def test_there_are_events():
    assert len(EVENTS) >= 80


@pytest.mark.slow
@pytest.mark.parametrize(("rules", "path"), EVENTS)
def test_runs_give_what_the_profile_of_the_loss_says(rules, path):
    """At and beside 25 of the breakpoints, and 30 random losses."""
    program, event = loaded(rules, path)
    for word, profile, error in profiles_of(program, event, ["loss"]):
        if profile is None:
            assert error.diagnostics[0].code == "not-straight", word
            continue
        found, checked = differences(profile, places(profile, path.stem, share_of(30), every=share_of(25)))
        assert found == []
        assert sum(checked.values()) - checked["in doubt"] >= share_of(20)
        if isinstance(error, RunError):
            assert charged(profile, whole(profile.stop) + 1) == error.diagnostics[0].code


@pytest.mark.slow
@pytest.mark.parametrize(("rules", "path"), EVENTS)
def test_runs_give_what_the_profile_of_another_amount_says(rules, path):
    program, event = loaded(rules, path)
    for word, profile, error in profiles_of(program, event):
        if word == "loss" or profile is None:
            assert profile is not None or error.diagnostics[0].code in ("not-straight", "missing-decision")
            continue
        found, _ = differences(profile, places(profile, word, 8, every=10))
        assert found == [], word


@examples(70)
@given(SEEDS)
def test_runs_give_what_the_profile_says_on_random_cases(seed):
    world = world_of(seed)
    for word, profile, _ in profiles_of(*world) if world is not None else ():
        if profile is not None:
            found, _ = differences(profile, places(profile, seed, 8, every=12))
            assert found == [], f"seed {seed}, {word} varies"


@examples(80)
@given(SEEDS)
def test_everything_paid_and_uncovered_adds_up_to_the_loss(seed):
    world = world_of(seed)
    for _, profile, _ in profiles_of(*world, ["loss"]) if world is not None and world[1].losses else ():
        if profile is None:
            continue
        curves = [*profile.curves().values(), *profile.curves("uncovered").values()]
        for at in sorted({knot.at for curve in curves for knot in curve}):
            last = [next(knot for knot in reversed(curve) if knot.at <= at) for curve in curves]
            if at != profile.stop:
                assert sum(knot.slope for knot in last) == 1
                # a share that a step without reallocation does not pass on is rounded before the next step
                assert abs(sum(knot.on(at) for knot in last) - at) < len(curves)


@pytest.mark.slow
def test_random_cases_are_mostly_profiled_and_to_the_last_unit():
    """Refusals and doubts are the exception: a profile that refused everything would pass all tests above."""
    profiled = exact = refused = 0
    for seed in range(120):
        world = world_of(seed)
        for _, profile, error in profiles_of(*world) if world is not None else ():
            refused += error is not None and error.diagnostics[0].code == "not-straight"
            profiled += error is None
            exact += error is None and profile.exactness.to_the_last_unit
    assert profiled > 4 * refused
    assert exact > profiled / 2


# ------------------------------------------------------------------------------------------------------------ ranges


def nasdaq():
    program = rulelang.load_rulebook(NASDAQ / "rulebook.rules")
    return program, rulelang.load_event(NASDAQ / "events/aas-2018.event", program)


def test_a_profile_of_a_real_default():
    profile = rulelang.profile(*nasdaq())
    assert profile.stop is None
    assert profile.exactness.to_the_last_unit
    assert profile.exact(15_000_000_000)["fund_draw", None]["FORTUM"] == Fraction(10_700_000_000 * 15, 83)
    assert profile.units(15_000_000_000)["fund_draw", None]["FORTUM"] == 1_933_734_940
    assert [knot.at for knot in profile.curves(only=["FORTUM"])["FORTUM"]] == [
        *(0, 4_300_000_000, 20_900_000_000, 21_510_000_000, 40_600_000_000)
    ]


def test_a_range_ends_where_it_is_told_to():
    profile = rulelang.profile(*nasdaq(), to="EUR 100 million")
    assert profile.stop == 10_000_000_000
    assert rulelang.profile(*nasdaq(), to=10_000_000_000).stop == profile.stop
    whole_profile = rulelang.profile(*nasdaq())
    for t in (0, 4_300_000_000, 4_300_000_001, 10_000_000_000):
        assert profile.exact(t) == whole_profile.exact(t)
    with pytest.raises(ValueError, match="does not hold at 10000000001"):
        profile.exact(10_000_000_001)
    with pytest.raises(ValueError, match="does not hold at -1"):
        profile.units(-1)
    slopes = [knot.slope for knot in profile.curves(only=["FORTUM"])["FORTUM"]]
    assert slopes == [0, Fraction(15, 83)]


def test_a_range_that_ends_in_a_jump_shows_the_run_at_its_end():
    program = rulelang.parse_rulebook(
        'rulebook "J" currency EUR members have x : money waterfall '
        "tranche one when loss >= EUR 5 paid by ccp up to EUR 3 finally open"
    )
    plan = make_plan(program, _small_event(program))
    profile = make_profile(plan, find_variable(plan), stop=500)
    assert profile.exact(500)["one", None] == {"ccp": 300}
    assert profile.exact(499) == {}
    last = profile.curves("step")["one"][-1]
    assert (last.at, last.before, last.value, last.jumps) == (500, 0, 300, True)
    assert profile.curves("payer")["ccp"][-1].value == 300


def _small_event(program):
    from rulelang.base.source import SourceText
    from rulelang.check.events.event import check_event

    text = 'event "e" declared 2024-01-01 member A x = EUR 0 default of A loss EUR 4'
    return check_event(SourceText.from_text(text, "e.event"), program)


def test_what_stops_a_walk_leaves_the_part_below():
    rules = BOOKS / "otc-rates"
    program, event = loaded(rules / "rulebook.rules", rules / "events/poor-auction.event")
    ((_, profile, error),) = profiles_of(program, event, ["loss"])
    assert error.diagnostics[0].code == "missing-decision"
    assert profile.stop == 162_000_000_000
    assert differences(profile, places(profile, 1, 30))[0] == []
    with pytest.raises(RunError):
        rulelang.profile(program, event)
    assert rulelang.profile(program, event, to=162_000_000_000).exact(162_000_000_000)
