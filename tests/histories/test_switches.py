"""Rulebooks that change: names that become one or come back, pots that change hands; nothing is lost silently."""

import datetime
from fractions import Fraction
from pathlib import Path

import pytest

import rulelang
from rulelang.base.diagnostic import CheckError
from rulelang.check.events.as_text import event_as_text
from rulelang.histories.claims import Borne, Claims
from rulelang.histories.fold import event_on
from rulelang.histories.names import names_today
from tests.histories.small import BOOK
from tests.oracle.compare import history_by_oracle, history_by_package, history_differences

FOLDER = Path(__file__).with_name("switches")


def days_of(name):
    return rulelang.evaluate_history(rulelang.load_history(FOLDER / f"{name}.history")).days


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("two-pots-one-name", "lost-pot"),
        ("stale-name-of-a-pot", "lost-pot"),
        ("other-type-later", "changed-type"),
        ("other-decimals", "changed-type"),
        ("other-decimals-of-another", "changed-type"),
        ("rate-of-another-currency", "changed-type"),
        ("member-that-becomes-a-party", "duplicate-name"),
        ("party-that-becomes-a-member", "duplicate-name"),
    ],
)
def test_money_and_types_do_not_change_behind_a_name(name, code):
    with pytest.raises(CheckError) as caught:
        days_of(name)
    assert {each.code for each in caught.value.diagnostics} == {code}


def test_what_two_steps_paid_back_counts_for_the_step_that_they_became():
    """Of two recoveries of 20 the first repays the calls; the second goes on with what is behind them."""
    first, second = [day for day in days_of("two-steps-one-name") if day.repaid]
    assert {one.step for one in first.repaid} == {"calls1", "calls2"}
    assert sum(one.amount for one in first.repaid) == sum(one.amount for one in second.repaid) == 20_00
    assert {one.step for one in second.repaid} == {"fund_draw"}


def test_what_is_repaid_goes_into_nobodys_pot_but_the_payers():
    (day,) = [day for day in days_of("repaid-into-anothers-pot") if day.repaid]
    into = {one.payer: one.into for one in day.repaid if one.step == "junior"}
    assert into == {"ccp": None}


def test_a_due_is_cancelled_under_rules_that_do_not_know_its_clause():
    last = days_of("cancelled-under-other-rules")[-1]
    assert {one.payer for one in last.cancelled} == {"ALPHA"}
    assert last.run is not None


def test_the_calendar_ends_and_so_may_a_history():
    assert days_of("last-day")[-1].paid_in


PAID = {
    # EUR 10 in all, less the 4 that the insurance paid while it was a payer
    "party-that-is-gone": {"ccp": "6.00"},
    # 30 and 20 less what each paid in the segment that is gone, 3 of the loss of 9: a limit with a name counts all
    "segment-that-is-gone": {"ALPHA": "27.00", "BRAVO": "17.00"},
    # the limit of the segment, EUR 29, counts what was paid in it before there were none: 26, and 17
    "segments-that-come-back": {"ALPHA": "26.00", "BRAVO": "17.00"},
    # the limit with a name counts what was paid before there were segments, that of the segment does not
    "segments-that-are-new": {"ALPHA": "27.00", "BRAVO": "17.00"},
    # what was paid once in the period was paid, also in a segment that is gone
    "once-in-a-segment-that-is-gone": {},
    # the values of a choice have no order: those that are bad pay first, equally, ZULU up to its 10
    "choices-in-another-order": {"BRAVO": "11.00", "ZULU": "10.00"},
}


@pytest.mark.parametrize("name", PAID)
def test_what_was_paid_counts_under_the_rules_of_the_day(name):
    run = days_of(name)[-1].run
    assert {each["payer"]: each["amount"] for each in run.to_dict()["allocations"]} == PAID[name]
    assert (
        history_differences(
            history_by_oracle(FOLDER, None, f"{name}.history"), history_by_package(FOLDER, None, f"{name}.history")
        )
        == []
    )


def test_the_event_of_a_day_names_a_party_that_is_gone_as_one_that_was_a_payer():
    program, event = event_on(rulelang.load_history(FOLDER / "party-that-is-gone.history"), datetime.date(2024, 3, 12))
    text = event_as_text(program, event)
    assert 'former member "insurer"' in text
    assert 'by "insurer" under cover for ZULU EUR 4.00' in text


def test_what_was_paid_in_a_segment_that_is_gone_can_be_said_in_no_event():
    program, event = event_on(
        rulelang.load_history(FOLDER / "segment-that-is-gone.history"), datetime.date(2024, 3, 12)
    )
    with pytest.raises(rulelang.RulelangError) as caught:
        event_as_text(program, event)
    (found,) = caught.value.diagnostics
    assert found.code == "missing-segment"


def test_what_is_repaid_of_two_steps_that_are_one_today_is_repaid_in_proportion_when_they_are_two_again():
    program = rulelang.parse_rulebook(BOOK)
    claims = Claims(
        [
            Borne(("first", "calls"), {"A": 30, "B": 8}, {"D": 38}, 38),
            Borne(("second", "calls"), {"A": 10}, {"D": 5, "E": 5}, 10),
        ]
    )
    assert claims.of("D") == {("calls", "A"): 35, ("calls", "B"): 8}
    assert claims.repay("D", 43, program.recoveries, program.steps)[1] == 0
    assert claims.of("D") == {("calls", "A"): 0, ("calls", "B"): 0}
    assert claims.of("E") == {("calls", "A"): 5}
    claims.repaid.clear()
    found, _ = claims.repay("D", 25, program.recoveries, program.steps)
    assert [(one.payer, one.amount) for one in found] == [("A", 20), ("B", 5)]
    claims.renamed({"first": "first", "second": "second"})
    assert claims.of("D") == {
        ("first", "A"): 30 - Fraction(20 * 30, 35),
        ("first", "B"): 3,
        ("second", "A"): 5 - Fraction(20 * 5, 35),
    }


def test_the_newest_name_that_a_rulebook_knows_is_todays():
    assert names_today(("a", "b"), {"a": "c", "b": "d"}) == ("a", "b", "d")
    assert names_today(("a", "b"), {"a": "a"}) == ("a", "b", "a")
    assert names_today(("a", "b"), {"b": "b"}) == ("a", "b")
    assert names_today(("a", "b"), {}) == ("a", "b")
