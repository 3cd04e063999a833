"""Inverse questions: the exact place by the lines, the whole one by runs, and why there is none."""

import random
from fractions import Fraction

import pytest
from hypothesis import given

import rulelang
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.model.trail import Status
from rulelang.profiles.crossings import Crossing, Peak, first_crossing, peak
from rulelang.profiles.curves import Knot, value_on
from rulelang.profiles.questions import Question, ask, exhaustion
from rulelang.run.interpret import interpret
from tests.examples import examples
from tests.profiles.measures import profiles_of, whole, world_of
from tests.properties.worlds import SEEDS

NASDAQ = data_folder("rulebooks") / "nasdaq-commodities-2018"
STEEP = (Knot(0, 0, 0, 0, 0), Knot(10, 0, 0, 5, 2), Knot(20, 25, 30, 28, 0))
"""Nothing, then from 5 up by two for each unit behind 10, at 20 once 30, then 28."""


@pytest.mark.parametrize(
    ("amount", "above", "found"),
    [
        (0, False, Crossing(0, attained=True)),
        (0, True, Crossing(10, attained=False)),
        (5, False, Crossing(10, attained=False)),
        (5, True, Crossing(10, attained=False)),
        (6, False, Crossing(Fraction(21, 2), attained=True)),
        (6, True, Crossing(Fraction(21, 2), attained=False)),
        (25, False, Crossing(20, attained=True)),
        (30, False, Crossing(20, attained=True)),
        (30, True, None),
        (31, False, None),
    ],
)
def test_where_a_curve_first_comes_to_an_amount(amount, above, found):
    assert first_crossing(STEEP, amount, above=above) == found


def test_a_crossing_behind_the_end_of_the_range_is_none():
    rising = (Knot(0, 0, 0, 0, 1),)
    assert first_crossing(rising, 10) == Crossing(10, attained=True)
    assert first_crossing(rising, 10, stop=10) == Crossing(10, attained=True)
    assert first_crossing(rising, 10, above=True, stop=10) is None
    assert first_crossing(rising, 10, stop=9) is None
    assert first_crossing((Knot(0, 0, 0, 0, 0), Knot(9, 0, 3, 3, 0)), 3, stop=8) is None


def test_whole_places():
    assert Crossing(7, attained=True).whole == 7
    assert Crossing(7, attained=False).whole == 8
    assert Crossing(Fraction(15, 2), attained=True).whole == Crossing(Fraction(15, 2), attained=False).whole == 8


def test_the_most_there_ever_is():
    assert peak(STEEP) == Peak(30, 20)
    assert peak((Knot(0, 0, 0, 0, 1),)) == Peak(None, 0)
    assert peak((Knot(0, 0, 0, 0, 1),), stop=12) == Peak(12, 12)
    assert peak((Knot(0, 9, 9, 9, -1), Knot(5, 4, 4, 4, 0))) == Peak(9, 0)


# --------------------------------------------------------------------------------------------------- a real default


@pytest.fixture(scope="module")
def nasdaq():
    program = rulelang.load_rulebook(NASDAQ / "rulebook.rules")
    event = rulelang.load_event(NASDAQ / "events/aas-2018.event", program)
    return {vary: rulelang.profile(program, event, vary) for vary in ("loss", "junior_capital")}


MILLION = 10**8


@pytest.mark.parametrize(
    ("question", "exact", "value"),
    [
        # 43 million are gone before; FORTUM bears 30/166 of the rest: 10 million at 43 + 10 * 166/30
        (Question("FORTUM", amount=10 * MILLION), Fraction(9_833_333_333_33333, 10**5), 9_833_333_331),
        (Question(step="fund_draw"), 43 * MILLION, 43 * MILLION + 1),
        (Question(step="fund_draw", amount=MILLION), 44 * MILLION, 44 * MILLION),
        (Question(step="fund_draw", exhausted=True), 209 * MILLION, 209 * MILLION),
        (Question("AAS", amount=36 * MILLION), 36 * MILLION, 36 * MILLION),
        (Question(), 406 * MILLION, 406 * MILLION + 1),
        (Question(amount=MILLION), 407 * MILLION, 407 * MILLION),
    ],
)
def test_the_default_of_2018(nasdaq, question, exact, value):
    answer = ask(nasdaq["loss"], question, interpret)
    assert abs(answer.crossing.at - exact) < 1
    assert answer.value == value
    needed = question.amount or (166 * MILLION if question.exhausted else 1)
    assert answer.there >= needed > answer.below


def test_what_never_happens_comes_with_the_most_there_is(nasdaq):
    answer = ask(nasdaq["loss"], Question("FORTUM", amount=100 * MILLION), interpret)
    assert (answer.crossing, answer.value) == (None, None)
    assert answer.peak == Peak(6_450_000_000, 406 * MILLION)
    assert ask(nasdaq["loss"], Question(step="residual_capital"), interpret).crossing is None
    assert ask(nasdaq["loss"], Question(step="residual_capital", exhausted=True), interpret).crossing is None


def test_another_amount_varies(nasdaq):
    """The more junior capital, the less the fund pays: of EUR 114 million it pays all without any."""
    answer = ask(nasdaq["junior_capital"], Question(step="fund_draw", amount=114 * MILLION), interpret)
    assert (answer.crossing, answer.value, answer.below) == (Crossing(0, attained=True), 0, None)
    answer = ask(nasdaq["junior_capital"], Question(step="junior", amount=114 * MILLION), interpret)
    assert (answer.value, answer.there, answer.below) == (114 * MILLION, 114 * MILLION, 114 * MILLION - 1)


# --------------------------------------------------------------------------------------------------------- random cases


def questions(profile, rng):
    """A few questions: of payers and steps, for amounts that they reach and that they do not."""
    totals, steps = profile.curves(), profile.curves("step")
    for payer in list(totals)[:3]:
        most = peak(totals[payer], profile.stop).amount
        yield Question(payer)
        yield Question(payer, amount=rng.randint(1, max(1, whole(most or 5000))))
        yield Question(payer, amount=whole(most or 5000) + 2)
    for step in list(steps)[:3]:
        most = peak(steps[step], profile.stop).amount
        yield Question(step=step, amount=rng.randint(1, max(1, whole(most or 5000))))
        yield Question(step=step, exhausted=True)
    yield Question()


@examples(60)
@given(SEEDS)
def test_answers_hold_in_runs_and_the_lines_agree(seed):
    world = world_of(seed)
    rng = random.Random(seed)
    for word, profile, error in profiles_of(*world) if world is not None else ():
        answered(seed, word, profile, error, rng)


def answered(seed, word, profile, error, rng):
    """Hold some answers against runs, where the lines say what these give."""
    if error is not None or not profile.exactness.to_the_last_unit:
        return
    for question in questions(profile, rng):
        answer = ask(profile, question, interpret)
        if answer.crossing is None:
            never(profile, question, rng)
            continue
        where = f"seed {seed}, {word}: {question} {answer}"
        if answer.value is None:
            continue
        turns = {turn.key for turn in profile.plan.turns() if turn.step.name == question.step and turn.within}
        runs = [interpret(profile.plan.program, profile.variable.event_at(t)) for t in near(answer.value)]
        assert [question.holds(run, turns) for run in runs] == [False, True][-len(runs) :], where
        if not question.exhausted:
            curve = question.curve(profile)
            amount = question.amount or 0
            # under each step a share may be rounded up
            assert value_on(curve, answer.value) > amount - len(profile.curves("turn")), where
            if answer.crossing.attained:
                assert value_on(curve, answer.crossing.at) >= amount
            for t in (rng.randint(0, whole(answer.crossing.at)) for _ in range(3)):
                assert t == answer.crossing.at or value_on(curve, t) < amount or not amount, where


def near(value):
    return [value - 1, value] if value else [value]


def never(profile, question, rng):
    """Runs do not do what the lines say never happens, but for the unit that rounding adds."""
    last = max((knot.at for curve in profile.curves().values() for knot in curve), default=0)
    for t in (rng.randint(0, 2 * whole(last) + 100) for _ in range(3)):
        run = interpret(profile.plan.program, profile.variable.event_at(t))
        if not question.exhausted:
            assert question.paid(run) < (question.amount or 1) + len(profile.curves("turn"))
        elif question.step is not None:
            keys = {turn.key for turn in profile.plan.turns() if turn.step.name == question.step and turn.within}
            for defaulter in {line.defaulter for line in run.lines}:
                mine = [line for line in run.lines if (line.step, line.defaulter) == (question.step, defaulter)]
                lines = [line for line in mine if line.status is Status.PAID]
                less = any(line.drawn != line.capacity for line in lines)
                assert len(lines) < len(keys) or less or not any(line.drawn for line in lines)


def test_a_step_that_can_pay_nothing_is_not_exhausted():
    """At no loss at all it pays all it can, which is nothing."""
    program = rulelang.parse_rulebook(
        'rulebook "H" currency EUR members have x : money waterfall tranche half paid by ccp up to 50% of loss'
    )
    text = 'event "e" declared 2024-01-01 member A x = EUR 0 default of A loss EUR 4'
    profile = rulelang.profile(program, check_event(SourceText.from_text(text, "e.event"), program))
    assert exhaustion(profile, "half") == Crossing(0, attained=False)
