"""Values of earlier days: of limits at every resizing, and as of days that are given."""

import pytest

import rulelang
from rulelang.proof.claims.questions import questions_of
from rulelang.proof.claims.verdict import Proved, Refuted
from rulelang.proof.settle import settle

pytest.importorskip("z3")

RULEBOOK = """rulebook "Small" version "1"
currency EUR
members have
    contribution : money
given last_quarter : date
given last_month : date
waterfall
    tranche fund_draw
        paid by survivors
        up to {}
        shared pro rata to contribution
    finally closure
ensure "a claim" {}
"""
RESIZED = "contribution each in any 30 days at every resizing"
QUARTER = "(contribution as of last_quarter) each"
NO_MORE = "for survivors: total_paid <= contribution"
ALL_IS_DRAWN = ": used(fund_draw) = min(loss, sum of contribution over survivors)"


def verdict_of(limit, claim, name="ensure.0"):
    program = rulelang.parse_rulebook(RULEBOOK.format(limit, claim), "small.rules")
    (question,) = [one for one in questions_of(program) if one.name == name]
    return settle(question, [program], timeout=5).verdict


TRUE = {
    "a limit at every resizing is no more than its value of today": (RESIZED, NO_MORE),
    "as of a given day": (QUARTER, "for survivors: total_paid <= contribution as of last_quarter"),
    "as of the lower of two given days": (
        "(lower of contribution as of last_quarter and contribution as of last_month) each",
        "for survivors: total_paid <= contribution as of last_month",
    ),
}


@pytest.mark.parametrize("case", TRUE)
def test_what_holds_is_proved(case):
    assert isinstance(verdict_of(*TRUE[case]), Proved)


FALSE = {
    "earlier days may leave less": (RESIZED, ALL_IS_DRAWN, "contribution as of"),
    "an earlier value may be higher": (QUARTER, NO_MORE, "given last_quarter ="),
    "two given days may have two values": (
        QUARTER,
        "for survivors: total_paid <= contribution as of last_month",
        "given last_month =",
    ),
}


@pytest.mark.parametrize("case", FALSE)
def test_what_does_not_is_refuted_by_an_event_that_says_what_it_was_then(case):
    limit, claim, said = FALSE[case]
    verdict = verdict_of(limit, claim)
    assert isinstance(verdict, Refuted)
    assert said in verdict.event


@pytest.mark.parametrize("limit", [RESIZED, QUARTER], ids=["resizing", "as of a day"])
def test_a_value_of_an_earlier_day_may_be_missing(limit):
    verdict = verdict_of(limit, NO_MORE, "never-refuses")
    assert isinstance(verdict, Refuted)
    assert "no value dated" in verdict.shown
