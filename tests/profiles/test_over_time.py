"""Profiles of the second edition: passes, rounds, periods, limits with a name, kinds of loss, a loss that is shared.

Every rulebook here is run at and beside each of its breakpoints; what a run pays is what the lines say.
"""

import random
from pathlib import Path

import pytest
from hypothesis import example, given

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.profiles.answer import Told
from rulelang.profiles.crossings import Crossing
from rulelang.profiles.questions import Question, ask, exhaustion
from rulelang.run.interpret import interpret
from tests.examples import examples, mostly_slow, share_of
from tests.profiles.measures import differences, places, profiles_of, world_of
from tests.profiles.test_questions import answered
from tests.properties.worlds import SEEDS

PAIRS = sorted((Path(__file__).parents[1] / "conformance_2").glob("*/*.event"))


@examples(40, least=3)
@given(SEEDS)
@example(6927)  # a key above zero in a run a few units before its line is
def test_runs_give_what_the_profile_says_on_random_cases(seed):
    world = world_of(seed, over_time=True)
    for word, profile, _ in profiles_of(*world) if world is not None else ():
        if profile is not None:
            found, _ = differences(profile, places(profile, seed, 8, every=12))
            assert found == [], f"seed {seed}, {word} varies"


@examples(20, least=3)
@given(SEEDS)
def test_answers_hold_in_runs_and_the_lines_agree(seed):
    world = world_of(seed, over_time=True)
    rng = random.Random(seed)
    for word, profile, error in profiles_of(*world) if world is not None else ():
        answered(seed, word, profile, error, rng)


@pytest.mark.parametrize("path", mostly_slow(PAIRS, every=4), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_runs_give_what_the_profile_says_on_the_cases_of_the_contract(path):
    try:
        program = rulelang.load_rulebook(path.parent / "book.rules")
        event = rulelang.load_event(path, program)
    except RulelangError:
        assert "refused" in path.parent.name
        return
    for word, profile, error in profiles_of(program, event):
        if profile is None:
            assert error.diagnostics[0].code in ("not-straight", "missing-decision"), word
            continue
        assert differences(profile, places(profile, word, share_of(20), every=share_of(25)))[0] == [], word


# ----------------------------------------------------------------------------------------------- construct by construct

RULES = """
rulebook "X"
currency EUR
members have
    fund : money
    margin : money
limit aggregate as 50% of fund each
limit whole as EUR 9 in total
period cooling opens at a payment under own lasts 5 days
period ended opens at exhaustion of own lasts 1 month
waterfall "w" {turn}
    tranche own paid by ccp up to EUR 5
    {step}
    finally open
"""
EVENT = """
event "e"
declared 2024-01-01
member A fund = EUR 10 margin = EUR 2
member B fund = EUR 20 margin = EUR 1
member C fund = EUR 30 margin = EUR 0
member D fund = EUR 7 margin = EUR 3
"""
ONE = "default of A loss EUR 60"
TWO = "default of A loss EUR 40 default of B loss EUR 30"
THREE = f'{TWO} non-default loss EUR 10 "fraud"'
LOSSES = {"another loss too": THREE, "two defaults": TWO, "one default": ONE}
STEPS = {
    "a limit with a name": "tranche x paid by survivors up to aggregate shared pro rata to fund",
    "a limit that two steps share": """
        tranche x paid by survivors up to whole shared pro rata to fund
        tranche y paid by survivors up to whole shared equally""",
    "rounds": "tranche x paid by survivors up to 10% of fund each in at most 3 rounds shared pro rata to fund",
    "rounds that use up a pot": """
        tranche x paid by survivors from fund up to 40% of fund each in at most 3 rounds shared pro rata to fund""",
    "a limit during a period": "tranche x paid by survivors up to EUR 3 each during cooling shared equally",
    "a period that a payment opens": """
        tranche x paid by survivors up to (if open(cooling) then EUR 3 else EUR 1) each shared equally""",
    "a period that exhaustion opens": "tranche x when open(ended) paid by survivors up to EUR 3 each shared equally",
    "once during a period": "tranche x once during cooling paid by survivors up to EUR 3 each shared equally",
    "the loss shared": """
        tranche x paid by survivors up to 10% of fund each shared equally without reallocation""",
    "the loss shared, in total": """
        tranche x paid by survivors up to 10% of fund each up to EUR 8 in total shared equally without reallocation""",
    "all losses": "tranche x for all losses paid by survivors up to 10% of fund each shared equally",
    "losses of no default": "tranche x for non-default losses paid by survivors up to 10% of fund each shared equally",
    "what was paid before": "tranche x paid by survivors up to (total_paid + EUR 1) each shared equally",
    "rounding of what stands still": """
        tranche x paid by ccp up to (10% of (sum of fund over survivors) rounded up to EUR 7)""",
    "decided up to an amount": """
        tranche x at the discretion of "B" paid by survivors up to 30% of fund each shared equally""",
}


def loaded(step, losses, turn=""):
    decision = " decide x: invoke up to EUR 6" if "discretion" in step else ""
    program = rulelang.parse_rulebook(RULES.format(turn=turn, step=step))
    return program, check_event(SourceText.from_text(EVENT + losses + decision, "e.event"), program)


@pytest.mark.parametrize("turn", ["", "for each default in turn"], ids=["together", "in turn"])
@pytest.mark.parametrize("losses", mostly_slow(LOSSES))
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_construct_has_lines_that_runs_follow(step, losses, turn):
    program, event = loaded(step, LOSSES[losses], turn)
    for vary in ("loss", *event.defaulters):
        found = rulelang.profile(program, event, vary)
        assert differences(found, places(found, 1, share_of(20), every=share_of(50)))[0] == [], vary


def test_what_several_passes_pay_is_added_up():
    found = rulelang.profile(*loaded("tranche x paid by survivors from fund shared equally", TWO, IN_TURN))
    paid = found.units(7000)  # EUR 40 and EUR 30: the CCP pays EUR 5 in each pass
    assert paid["own", None] == {"ccp": 1000}
    assert paid["x", None] == {"C": 3000, "D": 700}
    assert sum(knot.slope for knot in (curve[-1] for curve in found.curves("turn").values())) == 0


IN_TURN = "for each default in turn"


def test_the_loss_of_one_of_two_defaulters_varies_in_its_own_pass():
    program, event = loaded("tranche x paid by survivors from fund shared pro rata to fund", TWO, IN_TURN)
    found = rulelang.profile(program, event, "B")
    assert {key: sum(paid.values()) for key, paid in found.units(0).items()} == {("own", None): 500, ("x", None): 3500}
    assert differences(found, places(found, 1, 40))[0] == []


def test_a_further_round_begins_where_the_one_before_is_used_up():
    step = "tranche x paid by survivors up to EUR 2 each in at most 3 rounds shared equally"
    found = rulelang.profile(*loaded(step, ONE))
    # three survivors: EUR 6 a round, behind EUR 5 of the CCP
    assert [piece.start for piece in found.pieces] == [0, 500, 1100, 1700, 2300]
    assert [len(piece.turns) for piece in found.pieces] == [2, 2, 3, 4, 4]
    assert found.curves("step")["x"][-1].value == 1800


def test_a_period_that_a_payment_opens_is_open_from_the_first_unit_on():
    """What the step may pay jumps where the one before it begins to pay."""
    step = "tranche x paid by survivors up to (if open(late) then EUR 3 else EUR 1) each shared equally"
    rules = RULES.replace("waterfall", "period late opens at a payment under second lasts 5 days waterfall")
    rules = rules.replace("{step}", "tranche second paid by ccp up to max(EUR 0, loss - EUR 10) {step}")
    program = rulelang.parse_rulebook(rules.format(turn="", step=step))
    event = check_event(SourceText.from_text(EVENT + ONE, "e.event"), program)
    found = rulelang.profile(program, event)
    most = {t: sum(found.units(t).get(("x", None), {}).values()) for t in (1000, 1001)}
    assert most == {1000: 300, 1001: 500}
    assert differences(found, [999, 1000, 1001, 1002, *places(found, 1, 40)])[0] == []


def test_a_step_without_reallocation_shares_the_loss_however_large():
    step = "tranche x paid by survivors up to 10% of fund each shared equally without reallocation"
    found = rulelang.profile(*loaded(step, ONE))
    # a third of the loss each, so C (EUR 3) is full at a loss of EUR 9 behind EUR 5 of the CCP
    curve = found.curves()["C"]
    assert (curve[-1].at, curve[-1].value) == (1400, 300)
    assert found.curves("step")["x"][-1].value == 570


def test_one_payer_whose_key_moves_and_who_shares_the_loss_stops_at_its_limit():
    """Its limit is not passed, though nobody is there to share with."""
    step = """tranche x paid by survivors up to EUR 2 each
        shared pro rata to (if fund > EUR 25 then loss + EUR 1 else EUR 0) without reallocation"""
    found = rulelang.profile(*loaded(step, ONE))
    assert found.units(6000)["x", None] == {"B": 0, "C": 200, "D": 0}
    assert differences(found, places(found, 1, 30))[0] == []


def test_a_step_is_exhausted_where_it_is_in_one_of_the_passes():
    program, event = loaded("tranche x paid by survivors up to EUR 2 each shared equally", TWO, IN_TURN)
    found = rulelang.profile(program, event)
    # of a loss of 7 parts the pass of A has 4: EUR 5 there are EUR 8.75
    assert exhaustion(found, "own") == Crossing(875, attained=True)
    answer = ask(found, Question(step="own", exhausted=True), interpret)
    assert (answer.value, answer.there, answer.below) == (875, 875, 874)


def test_a_limit_with_a_name_counts_in_its_pass_what_its_steps_paid():
    program, event = loaded(STEPS["a limit that two steps share"], TWO, IN_TURN)
    found = rulelang.profile(program, event)
    total = sum(sum(found.units(7000)[step, None].values()) for step in ("x", "y") if (step, None) in found.units(7000))
    assert total == 2 * 900


@pytest.mark.parametrize(
    ("step", "losses", "vary", "words"),
    [
        ("tranche x paid by ccp up to (10% of loss rounded up to EUR 1)", ONE, "loss", "rounds an amount that moves"),
        (
            "tranche x paid by ccp up to (EUR 50 rounded down to (loss + EUR 1))",
            ONE,
            "loss",
            "rounds an amount that moves",
        ),
        (
            "tranche x paid by defaulters from margin",
            TWO,
            "A",
            "takes from several losses in proportion to what is left of each",
        ),
        (
            "tranche x for all losses paid by ccp up to EUR 4 tranche y paid by ccp up to EUR 4",
            THREE,
            "A",
            "takes from several losses in proportion to what is left of each",
        ),
    ],
)
def test_what_has_no_lines_is_refused_in_words(step, losses, vary, words):
    program, event = loaded(step, losses)
    with pytest.raises(RulelangError) as refused:
        rulelang.profile(program, event, vary)
    (found,) = refused.value.diagnostics
    assert found.code == "not-straight"
    assert found.message.startswith(f"the rulebook {words}, in step `")


SEGMENTS = """
rulebook "S"
currency EUR
segments rates, equity, credit
members have
    fund : money per segment
waterfall
    tranche own per segment paid by survivors from fund shared pro rata to fund
    tranche others per segment paid by survivors from fund in other segments shared equally
"""
SEGMENTED = """
event "e"
declared 2024-01-01
member A fund in rates = EUR 2 fund in equity = EUR 4 fund in credit = EUR 6
member B fund in rates = EUR 2 fund in equity = EUR 4 fund in credit = EUR 6
member C fund in rates = EUR 3 fund in equity = EUR 5 fund in credit = EUR 7
default of A in rates loss EUR 20
default of A in equity loss EUR 19
"""


@pytest.mark.parametrize("vary", ["loss", "A.rates", "A.equity"])
def test_pots_in_other_segments_are_followed_where_nobody_asks_for_them_again(vary):
    program = rulelang.parse_rulebook(SEGMENTS)
    found = rulelang.profile(program, check_event(SourceText.from_text(SEGMENTED, "e.event"), program), vary)
    assert differences(found, places(found, 1, 40))[0] == []


def test_pots_in_other_segments_that_move_against_each_other_are_refused_when_they_are_asked_for_again():
    """What is left of the pots for equity hangs on what was drawn from each of them for rates."""
    rules = SEGMENTS.replace("from fund shared pro rata", "from fund up to 50% of fund each shared pro rata")
    program = rulelang.parse_rulebook(rules)
    event = check_event(SourceText.from_text(f"{SEGMENTED} default of A in credit loss EUR 3", "e.event"), program)
    for _, profile, error in profiles_of(program, event, ["loss"]):
        (found,) = error.diagnostics
        assert "shares by keys that move against each other, in step `others` in equity" in found.message
        assert differences(profile, places(profile, 1, 40))[0] == []


SHARED_LIMIT = """
rulebook "S"
currency EUR
segments rates, equity
members have
    fund : money
limit cap as 50% of fund each
waterfall
    tranche calls per segment paid by survivors up to cap shared pro rata to fund
    tranche last paid by survivors up to cap shared equally
"""
SHARING = """
event "e"
declared 2024-01-01
member A fund = EUR 1
member B fund = EUR 10.01
member C fund = EUR 20.03
member D fund = EUR 7.07
default of A in rates loss EUR 20
default of A in equity loss EUR 19
"""


def test_a_step_that_never_pays_is_never_exhausted_though_what_it_could_pay_was_rounded_to_nothing():
    program = rulelang.parse_rulebook(SHARED_LIMIT)
    found = rulelang.profile(program, check_event(SourceText.from_text(SHARING, "e.event"), program))
    assert exhaustion(found, "calls") is not None
    assert exhaustion(found, "last") is None


def test_it_is_said_why_a_step_that_pays_as_much_below_is_not_exhausted_there():
    """Both segments take from one limit: what the second one pays of it the first one could have paid."""
    program = rulelang.parse_rulebook(SHARED_LIMIT)
    found = rulelang.profile(program, check_event(SourceText.from_text(SHARING, "e.event"), program))
    answer = ask(found, Question(step="calls", exhausted=True), interpret)
    assert answer.there == answer.below
    assert Told(found, answer).to_text().endswith(", and could pay more\n")
