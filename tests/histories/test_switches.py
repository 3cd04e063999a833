"""Rulebooks that change: names that become one or come back, pots that change hands; nothing is lost silently."""

from pathlib import Path

import pytest

import rulelang
from rulelang.base.diagnostic import CheckError

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
