"""What else is asked of a rulebook, on shipped ones: whether a run can stop, what reads no result, what can pay."""

from pathlib import Path

import pytest

import rulelang
from rulelang.proof.claims.questions import questions_of
from rulelang.proof.claims.verdict import AboutData, Proved, Refuted
from rulelang.proof.settle import settle

ROOT = Path(__file__).resolve().parents[2] / "rulebooks"


def rulebook(path, claim=""):
    text = (ROOT / path).read_text(encoding="utf-8").split("\ntest ")[0]
    return rulelang.parse_rulebook(f"{text}\n{claim}", path)


def settled(program, name, **options):
    (question,) = [one for one in questions_of(program) if one.name == name]
    return settle(question, [program], **options).verdict


def test_an_invariant_that_reads_no_result_of_a_run_is_about_the_data():
    assert isinstance(settled(rulebook("nasdaq-commodities-2018/rulebook.rules"), "ensure.0"), AboutData)


def test_a_division_by_what_may_be_zero_is_found():
    verdict = settled(rulebook("changes/lch-equityclear-2020/after.rules"), "never-refuses")
    assert isinstance(verdict, Refuted)
    assert "division by zero" in verdict.shown


def test_a_step_that_can_pay_has_an_event_in_which_it_does():
    program = rulebook("krx-derivatives/after-2014.rules")
    for step in program.each_step():
        verdict = settled(program, f"reaches.{step.name}")
        assert isinstance(verdict, Proved)
        assert verdict.event


OF_MANY = {
    "no more than the largest": ("contribution <= largest 1 of contribution over survivors", Proved),
    "two are no more than twice one": (
        "largest 2 of contribution over survivors <= 2 * (largest 1 of contribution over survivors)",
        Proved,
    ),
    "the largest is not all": (
        "largest 1 of contribution over survivors = sum of contribution over survivors",
        AboutData,
    ),
    "no less than the smallest": ("smallest of contribution over survivors <= contribution", Proved),
    "some have nothing": ("smallest of contribution over survivors = USD 0", AboutData),
}


@pytest.mark.parametrize("case", OF_MANY)
def test_the_largest_and_the_smallest_of_any_number_are_between_bounds(case):
    claim, answer = OF_MANY[case]
    program = rulebook("major-ccp/rulebook.rules", f'ensure "a claim" for survivors: {claim}')
    assert isinstance(settled(program, f"ensure.{len(program.ensures) - 1}"), answer)


def proved(text, claims):
    """What is said of each claim about a rulebook that a text makes whole."""
    program = rulelang.parse_rulebook(text + "".join(f'ensure "c" {claim}\n' for claim in claims), "rulebook.rules")
    return [type(settle(one, [program]).verdict) for one in questions_of(program)[: len(claims)]]


A_POT = """
rulebook "t" version "1"
currency EUR
members have
    margin : money
    fund   : money  if missing 10% of margin
waterfall
    tranche fund_draw paid by survivors from fund shared pro rata to fund
    tranche rest paid by ccp
    finally z
"""


def test_what_fills_in_a_pot_is_whole_so_that_all_of_it_can_be_drawn():
    assert proved(A_POT, ["for survivors: used(rest) = EUR 0 or paid(fund_draw) = fund"]) == [Proved]


WRITTEN = """
rulebook "t" version "1"
currency EUR
holidays 2024-07-01
members have
define cutoff as 2024-06-28
waterfall
    tranche a paid by ccp up to EUR 5 when declared > cutoff + 1 day + 1 business day
    finally z
"""


def test_a_day_that_is_worked_out_of_a_written_one_is_as_good_as_written():
    claims = [f": used(a) = EUR 0 or declared > {day}" for day in ("2024-07-02", "cutoff + 4 days", "2024-07-03")]
    assert proved(WRITTEN, claims) == [Proved, Proved, Refuted]


BY_PRICE = """
rulebook "t" version "1"
currency EUR
members have
    fund  : money
    price : signed money
waterfall
    tranche offers paid by survivors up to fund each in order of price, lowest first shared pro rata to fund
    tranche rest paid by survivors shared equally
    finally z
"""


def test_in_an_order_by_amounts_nobody_is_above_its_limit_and_all_pay_before_the_next_step():
    claims = ["for survivors: paid(offers) <= fund", ": used(rest) = EUR 0 or unused(offers) = EUR 0"]
    claims += ["for survivors: price > EUR 0 or paid(offers) = min(fund, loss)"]
    assert proved(BY_PRICE, claims) == [Proved, Proved, Refuted]
    program = rulelang.parse_rulebook(BY_PRICE, "rulebook.rules")
    assert isinstance(settled(program, "larger-loss"), Proved)


OF_THREE_PERIODS = """
rulebook "t" version "1"
currency EUR
period p opens at a default lasts 5 days
period q opens at a payment under a lasts 10 days
period s opens at exhaustion of b lasts 1 business day
given g : money
members have
waterfall
    tranche a paid by ccp up to g during p
    tranche b paid by ccp up to g during q
    tranche c paid by ccp up to g during s
    tranche d paid by ccp
    finally z
"""


def test_three_periods_may_stand_open_or_not():
    claims = [": used(c) = EUR 0 or unused(b) = EUR 0", ": used(c) = EUR 0 or used(b) > EUR 0"]
    assert proved(OF_THREE_PERIODS, claims) == [Proved, Refuted]


WEIGHTED = """
rulebook "t" version "1"
currency EUR
members have
    value   : money
    weight  : ratio
    years   : number
waterfall
    tranche a paid by survivors up to weight * value each shared pro rata to value
    tranche b paid by survivors up to value / years each shared pro rata to weight * value
    tranche c paid by ccp
    finally z
"""


def test_products_and_quotients_of_two_data_of_each_are_the_same_wherever_they_stand():
    claims = ["for survivors: paid(a) <= weight * value", ": used(a) <= sum of weight * value over survivors"]
    claims += ["for survivors where weight = 0%: total_paid = EUR 0", "for survivors: paid(b) <= value / years"]
    claims += [": used(c) = EUR 0 or unused(b) = EUR 0", "for survivors: paid(a) <= value"]
    assert proved(WEIGHTED, claims) == [Proved] * 5 + [Refuted]
