"""Who pays before whom: for each step whether it can pay while one before it has money left, with an event if so."""

from pathlib import Path

import pytest

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.proof.claims.questions import questions_of
from rulelang.proof.proof import answer_of, prove_all

pytest.importorskip("z3")

HEAD = """\
rulebook "Order" version "1"
currency EUR
segments energy, metals
given own : money
members have
    margin : money
    fund   : money
    gain   : money
waterfall
"""
MARGINS = "tranche margins paid by defaulters from margin\n"
OWN = "tranche own_money paid by ccp from own\n"
FUND = "tranche fund_draw paid by survivors from fund shared pro rata to fund\n"
GAINS = "haircut gains paid by survivors up to gain each shared pro rata to limits\n"
END = "finally closure\n"


def answers(*steps):
    program = rulelang.parse_rulebook("".join([HEAD, *steps, END]), "a.rules")
    asked = [one.name for one in questions_of(program) if one.name.startswith("order.")]
    proof = prove_all([program], [program], only=asked)
    found = {one.question.name.removeprefix("order."): answer_of(one) for one in proof.settled}
    shown = {name.removeprefix("order."): witness for name, witness in proof.witnesses.items()}
    for witness in shown.values():  # what is shown was run
        event = check_event(SourceText.from_text(witness.texts[0], "x.event", Path("x.event").absolute()), program)
        rulelang.evaluate(program, event)
    return found, {name: witness.shown for name, witness in shown.items()}


def test_in_a_plain_waterfall_nobody_pays_before_its_turn_however_many_defaulters_keep_money_of_their_own():
    assert answers(MARGINS, OWN, FUND) == ({"own_money": "never", "fund_draw": "never"}, {})


def test_a_step_that_shares_without_reallocation_leaves_money_with_which_a_later_one_pays():
    found, shown = answers(GAINS.replace("to limits\n", "to fund without reallocation\n"), OWN)
    assert found == {"own_money": "yes"}
    assert "while `gains` has EUR" in shown["own_money"]


def test_a_step_that_is_not_for_all_losses_may_have_money_left():
    found, shown = answers(OWN.replace("\n", " for losses in energy\n"), FUND)
    assert found == {"fund_draw": "yes"}
    assert "`own_money`, which these losses do not reach, has money left" in shown["fund_draw"]


def test_steps_side_by_side_are_not_in_order_but_both_come_before_what_follows():
    found, _ = answers("together\n", OWN, FUND, "end\n", GAINS)
    assert found == {"gains": "never"}


def test_behind_a_step_without_limits_there_is_nothing_to_ask():
    found, _ = answers("tranche all_of_it paid by ccp\n", FUND)
    assert found == {}
