"""The losses at which the answer changes, in words."""

from fractions import Fraction

import pytest

from rulelang.report.breakpoints import breakpoints
from rulelang.report.data import report_data
from tests.report.conftest import shipped, written


def told(report):
    return {int(row["loss"]): row["what"] for row in breakpoints(report.new.profile, report.new.places)}


def test_steps_begin_and_are_used_up():
    found = told(
        shipped("nasdaq-commodities-2018/rulebook.rules", "nasdaq-commodities-2018/events/assessments-reached.event")
    )
    assert found[3890000000] == ["Junior capital: used up", "Commodities default fund: begins to pay"]
    assert found[35000000000][-1] == "from here on loss stays uncovered"
    assert len(found) == 9


def test_ranks_are_reached_one_after_another():
    found = told(shipped("otc-rates/rulebook.rules", "otc-rates/events/poor-auction.event"))
    assert found[62000000000] == ["Fund contributions of the others: the next payers in its order are reached"]


RULES = """
rulebook "Jumps"
currency EUR
members have
    fund : money
waterfall
    tranche half "Half" cite "1"
        paid by ccp
        up to 50% of loss
    tranche bonus "Bonus" cite "2"
        when loss > EUR 3
        paid by ccp
        up to EUR 1
    tranche board "Board" cite "3"
        at the discretion of "Board"
        paid by survivors from fund
        shared pro rata to fund
    tranche rest "Rest" cite "4"
        paid by survivors from fund
        shared pro rata to fund
    finally left_over
"""

EVENT = """
event "E"
declared 2025-01-01
member ALFA
    fund = EUR 1
member BETA
    fund = EUR 5
default of ALFA loss EUR 9
decide board: decline
"""


@pytest.fixture
def jumps():
    return written(RULES, EVENT)


def test_a_condition_makes_amounts_jump(jumps):
    found = told(jumps)
    assert found[300] == ["Bonus: pays more at a stroke", "Rest: pays less at a stroke"]
    assert all(loss > 0 for loss in found)


def test_a_loss_that_is_no_whole_amount_is_the_next_whole_one():
    report = written(RULES.replace("50% of loss", "1/3 * loss"), EVENT.replace("EUR 5", "EUR 5.01"))
    found = told(report)
    assert Fraction(1803, 2) in [piece.start for piece in report.new.profile.pieces]
    assert found[902] == ["Rest: used up", "from here on loss stays uncovered"]


def test_the_page_goes_to_where_the_profile_ends(jumps):
    assert report_data(jumps)["new"]["profile"]["top"] is None
    assert report_data(written(RULES, EVENT, to=1200))["new"]["profile"]["top"] == "1200"


def test_a_step_that_pays_less_and_less_and_then_more_does_not_begin_anew():
    rules = RULES.replace("up to 50% of loss", "up to max(EUR 2 - loss, loss - EUR 2)", 1)
    assert told(written(rules, EVENT))[200][0] == "Half: pays a larger part of what is added"
