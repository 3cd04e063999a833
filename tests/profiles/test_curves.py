"""The quick curves are those of their definition: what a profile gives exactly at each place."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given

import rulelang
from rulelang.profiles import payment_curves
from rulelang.profiles.curves import value_on
from rulelang.profiles.water_filling import Levels
from tests.examples import examples
from tests.oracle.generate import Case
from tests.profiles.measures import flat, profiles_of, world_of
from tests.properties.worlds import SEEDS, load

pytestmark = pytest.mark.slow  # the language is covered without it


def read(profile, t):
    """What each payer pays in each turn at a value, by the definition."""
    return flat(profile.exact(t))


def midpoints(curve, profile):
    """A place on each stretch of a curve, beside its breakpoints."""
    ends = [*(knot.at for knot in curve), curve[-1].at + 1000 if profile.stop is None else profile.stop]
    for start, end in itertools.pairwise(ends):
        yield start
        yield start + Fraction(end - start) / 3


@examples(80)
@given(SEEDS)
def test_curves_are_what_the_profile_gives_at_each_place(seed):
    world = world_of(seed)
    for word, profile, _ in profiles_of(*world) if world is not None else ():
        if profile is None:
            continue
        curves = profile.curves("payer in turn")
        totals = profile.curves()
        every = sorted({t for curve in curves.values() for t in midpoints(curve, profile)})
        for t in every[:: 1 + len(every) // 40]:
            if profile.stop is not None and t >= profile.stop:
                continue
            expected = read(profile, t)
            found = {name: value for name, curve in curves.items() if (value := value_on(curve, t))}
            assert found == expected, f"seed {seed}, {word} = {t}"
            for payer, curve in totals.items():
                assert value_on(curve, t) == sum(expected[name] for name in expected if name[2] == payer)


@examples(60)
@given(SEEDS)
def test_breakpoints_are_those_at_which_something_changes(seed):
    world = world_of(seed)
    for _, profile, _ in profiles_of(*world) if world is not None else ():
        for curve in () if profile is None else profile.curves().values():
            for one, other in itertools.pairwise(curve):
                assert one.at < other.at
                assert other.before == one.on(other.at)
                assert other.jumps or other.slope != one.slope


@examples(60)
@given(SEEDS)
def test_a_part_of_the_curves_is_the_same(seed):
    world = world_of(seed)
    for _, profile, _ in profiles_of(*world, ["loss"]) if world is not None and world[1].losses else ():
        if profile is None:
            continue
        for by in ("payer", "payer in turn", "step", "turn", "payer in step"):
            everything = profile.curves(by)
            for name in list(everything)[:3]:
                assert profile.curves(by, [name]) == {name: everything[name]}


BOOK = """rulebook "Many" currency EUR
members have
    fund : money
    weight : number
waterfall
    tranche pool paid by survivors from fund shared pro rata to weight
    tranche more paid by survivors up to fund each shared equally
    finally open
"""


def many(count):
    members = "".join(
        f"member M{n:03} fund = EUR {1 + n * 37 % 101}.{n % 100:02} weight = {1 + n * 53 % 97}\n" for n in range(count)
    )
    event = f'event "e" declared 2024-01-01\n{members}member Z fund = EUR 0 weight = 0\ndefault of Z loss EUR 5\n'
    return load(Case(BOOK, event, {}))


def test_the_level_is_worked_out_once_for_a_break_and_not_once_for_a_payer(monkeypatch):
    """What makes all curves of a thousand members quick, counted instead of timed."""
    asked = []
    level = Levels.level

    def counted(self, full, draw):
        asked.append(draw)
        return level(self, full, draw)

    program, event = many(60)
    ((_, profile, _),) = profiles_of(program, event, ["loss"])
    monkeypatch.setattr(Levels, "level", counted)
    curves = profile.curves()
    knots = sum(map(len, curves.values()))
    assert knots > 60 * 60 / 2
    assert 60 < len(asked) < 60 * 6


def test_one_payer_of_many_makes_only_its_own_pieces(monkeypatch):
    made = []
    pieces_of = payment_curves.FilledCurves.pieces

    def counted(self, index, plus=0):
        made.append(index)
        return pieces_of(self, index, plus)

    program, event = many(60)
    ((_, profile, _),) = profiles_of(program, event, ["loss"])
    monkeypatch.setattr(payment_curves.FilledCurves, "pieces", counted)
    assert profile.curves(only=["M007"]) == {"M007": profile.curves()["M007"]}
    del made[:]
    profile.curves(only=["M007"])
    assert 0 < len(made) <= 4


def test_limits_that_move_while_the_draw_stays_have_their_breakpoints():
    """The first payer's limit is the amount that varies: the others pay less, until it bears its whole share."""
    program = rulelang.parse_rulebook(
        'rulebook "L" currency EUR members have first : yes/no given cap : money waterfall '
        "tranche one paid by survivors up to if first then cap else EUR 90 each shared equally finally open"
    )
    from rulelang.base.source import SourceText
    from rulelang.check.events.event import check_event

    text = (
        'event "e" declared 2024-01-01 given cap = EUR 1 member A first = yes member B first = no '
        "member D first = no default of D loss EUR 60"
    )
    event = check_event(SourceText.from_text(text, "e.event"), program)
    profile = rulelang.profile(program, event, vary="cap")
    assert [(knot.at, knot.value, knot.slope) for knot in profile.curves()["B"]] == [(0, 6000, -1), (3000, 3000, 0)]
    assert [(knot.at, knot.value, knot.slope) for knot in profile.curves()["A"]] == [(0, 0, 1), (3000, 3000, 0)]
