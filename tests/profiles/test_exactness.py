"""What a profile says of its own exactness: slack where runs round, doubts where they may decide otherwise."""

from pathlib import Path

import pytest

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.line_domain import LineDomain
from rulelang.profiles.lines import Line
from rulelang.profiles.profile import reach
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import make_plan
from tests.profiles.measures import differences, places

HEAD = 'rulebook "X" currency EUR members have big : yes/no fund : money given cap : money waterfall '
EVENT = """event "e" declared 2024-01-01 given cap = EUR 3
member A big = yes fund = EUR 7 member B big = no fund = EUR 5 member C big = no fund = EUR 3
member D big = no fund = EUR 0 default of D loss EUR 60"""


def profile(waterfall, vary="loss", to=None):
    program = rulelang.parse_rulebook(f"{HEAD}{waterfall} finally open")
    event = check_event(SourceText.from_text(EVENT, "e.event"), program)
    return rulelang.profile(program, event, vary, to)


def test_draws_that_are_exact_with_limits_that_were_rounded_have_slack():
    """What `two` draws is whole, but who of its payers is full depends on thirds of a cent that a run has rounded."""
    found = profile(
        """tranche one paid by survivors up to cap in total shared equally
        tranche two paid by survivors up to if big then EUR 1000 else paid(one) each shared equally""",
        "cap",
    )
    two = [turn for piece in found.pieces for turn in piece.turns if turn.turn.step.name == "two"]
    assert not any(getattr(turn.drawn, "slack", 0) for turn in two)
    assert found.exactness.slack["two", None] >= 1
    assert differences(found, places(found, 1, 100))[0] == []


def test_a_draw_that_is_rounded_leaves_slack_for_the_steps_behind_it():
    found = profile("tranche one paid by ccp up to 1% of loss tranche two paid by survivors from fund shared equally")
    assert set(found.exactness.slack) == {("one", None), ("two", None)}
    assert differences(found, places(found, 1, 100))[0] == []


def test_a_rulebook_that_goes_on_from_whole_amounts_is_exact():
    found = profile("tranche one paid by ccp from cap tranche two paid by survivors from fund shared pro rata to fund")
    assert found.exactness.to_the_last_unit
    assert found.exactness.slack == {}
    assert found.exactness.doubts == ()


def test_a_comparison_of_rounded_amounts_is_in_doubt_where_it_is_close():
    found = profile(
        """tranche one paid by ccp up to 1% of loss
        tranche two when used(one) >= EUR 0.10 paid by ccp up to EUR 5
        tranche three paid by survivors from fund shared equally"""
    )
    assert Doubt(("two", None), 900, 1100) in found.exactness.doubts
    assert not found.exactness.to_the_last_unit
    assert differences(found, places(found, 1, 100))[0] == []


@pytest.mark.parametrize(
    ("waterfall", "words", "step"),
    [
        (
            (
                "tranche one paid by survivors up to 10% of loss in total shared pro rata to fund "
                "tranche two paid by survivors shared pro rata to paid(one)"
            ),
            "shares by keys that depend on rounded amounts",
            "two",
        ),
        (
            "tranche one paid by ccp up to 1% of loss tranche two paid by ccp up to loss / used(one) * EUR 1",
            "divides by an amount that was rounded",
            "two",
        ),
        ("tranche one paid by ccp up to loss / EUR 5 * loss", "multiplies two amounts that both move", "one"),
        ("tranche one paid by ccp up to cap / (loss + EUR 1) * EUR 5", "divides by an amount that moves", "one"),
        (
            "tranche one paid by survivors up to EUR 9 each shared pro rata to if big then loss else fund",
            "shares by keys that move against each other",
            "one",
        ),
    ],
)
def test_what_cannot_be_exact_is_refused_with_the_construct_and_the_step(waterfall, words, step):
    with pytest.raises(RulelangError) as refused:
        profile(waterfall)
    (found,) = refused.value.diagnostics
    assert found.code == "not-straight"
    assert found.message.startswith(f"the rulebook {words}, in step `{step}`, so no straight line follows")
    assert found.message.endswith("where the loss is above EUR 0.00")
    assert found.place.span is not None


@pytest.mark.parametrize(
    ("waterfall", "code", "message", "stop"),
    [
        (
            "tranche one paid by ccp up to EUR 70 - loss",
            "negative-limit",
            "the limit falls below zero, in step `one`, where the loss is above EUR 70.00",
            "EUR 70.00",
        ),
        (
            'tranche one paid by ccp from cap tranche two at the discretion of "Board" paid by ccp up to EUR 1',
            "missing-decision",
            "the event does not say whether `two` is invoked, in step `two`, where the loss is above EUR 3.00",
            "EUR 3.00",
        ),
    ],
)
def test_where_the_rules_end_the_run(waterfall, code, message, stop):
    with pytest.raises(rulelang.RunError) as refused:
        profile(waterfall)
    (found,) = refused.value.diagnostics
    assert (found.code, found.message) == (code, message)
    assert f'--to "{stop}"' in found.helps[0]
    assert profile(waterfall, to=stop).stop is not None


def test_slack_at_a_single_value_counts():
    """At one value of the capital alone a step is done, and what it cannot place is rounded."""
    found = profile(
        """tranche one when cap = EUR 10 paid by survivors up to cap * 2 each
            shared pro rata to fund + EUR 1 without reallocation
        tranche two paid by survivors shared equally""",
        "cap",
    )
    assert list(found.spots) == [1000]
    assert ("one", None) in found.exactness.slack
    assert differences(found, [999, 1000, 1001])[0] == []


def test_a_doubt_at_a_breakpoint_alone_is_kept():
    """What the run decides there may hang on rounding, although both sides of the breakpoint are certain."""
    case = Path(__file__).parent / "cases" / "doubt-at-a-breakpoint.rules"  # made at random
    program = rulelang.load_rulebook(case)
    found = rulelang.profile(program, rulelang.load_event(case.with_suffix(".event"), program))
    alone = [
        at
        for at, spot in found.spots.items()
        if any(doubt.holds_at(at) for doubt in spot.doubts)
        and not any(doubt.holds_at(at) for doubt in found.piece_at(at, after=True).doubts)
        and spot.exact(at) == found.piece_at(at, after=True).exact(at)
    ]
    assert alone


@pytest.mark.parametrize(
    ("difference", "doubted"), [(Line(1, 0, 2), True), (Line(2, 0, 2), True), (Line(3, 0, 2), False)]
)
def test_a_difference_that_stays_within_its_slack_is_in_doubt_for_ever(difference, doubted):
    domain = LineDomain(0)
    assert domain.sign(difference) == 1
    assert domain.doubts == ([Doubt(None, 0, None)] if doubted else [])


BENT = """rulebook "X"
currency EUR
members have
    fund : money
waterfall
    assessment a paid by survivors up to fund each shared equally without reallocation
    {}
    finally open
"""
REST = "remaining - paid(a)"
FIRST = 'event "e"\ndeclared 2024-01-01\nmember A fund = EUR 0.06\nmember B fund = EUR 1.15\nmember C fund = EUR 9\n'
ANOTHER, DEFAULT = "member E fund = EUR 9\n", "member D fund = EUR 1\ndefault of D loss EUR 5\n"


@pytest.mark.parametrize(
    "clause",
    [
        f"paid by survivors where max({REST}, EUR 0) > EUR 0 up to EUR 0.30 each shared equally",
        f"paid by survivors where clamp({REST}, EUR 0, EUR 5) > EUR 0 up to EUR 0.30 each shared equally",
        f"paid by survivors where min({REST}, EUR 0) < EUR 0 up to EUR 0.30 each shared equally",
        f"paid by survivors where (if {REST} > EUR 0 then {REST} else EUR 0) > EUR 0 up to EUR 3 each shared equally",
        f"paid by ccp up to EUR 3 when (largest of max({REST}, EUR 0) over survivors where fund > EUR 5) > EUR 0",
    ],
)
def test_a_doubt_reaches_over_the_place_where_an_amount_bends(clause):
    """At EUR 3.62 the line is below zero by a third of a cent, but a run rounds down what C pays and is above it."""
    program = rulelang.parse_rulebook(BENT.format(f"assessment d {clause}"))
    found = rulelang.profile(program, check_event(SourceText.from_text(FIRST + DEFAULT, "e.event"), program))
    assert any(doubt.holds_at(362) for doubt in found.exactness.doubts)
    assert differences(found, range(300, 420))[0] == []


def test_a_profile_that_ends_where_an_amount_bends_is_in_doubt_before():
    clause = f"assessment d paid by survivors where fund > EUR 5 up to EUR 1 each shared pro rata to max({REST}, EUR 0)"
    program = rulelang.parse_rulebook(BENT.format(clause))
    event = check_event(SourceText.from_text(FIRST + ANOTHER + DEFAULT, "e.event"), program)
    found, _ = reach(make_plan(program, event), find_variable(make_plan(program, event), "loss"))
    assert found.stop == 484
    assert found.exactness.doubts[-1].end > 484
    assert differences(found, range(400, 484))[0] == []
