"""Claims with known verdicts, on shipped rulebooks and on small ones."""

from pathlib import Path

import pytest

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.proof.questions import questions_of
from rulelang.proof.settle import settle
from rulelang.proof.verdict import AboutData, Proved, Refuted

ROOT = Path(__file__).resolve().parents[2] / "rulebooks"


def rulebook(path, claim=""):
    text = (ROOT / path).read_text(encoding="utf-8").split("\ntest ")[0]
    return rulelang.parse_rulebook(f"{text}\n{claim}", path)


def settled(program, name, **options):
    (question,) = [one for one in questions_of(program) if one.name == name]
    return settle(question, [program], **options).verdict


def of_claim(path, claim):
    """The verdict on a claim that is written behind a rulebook as its last invariant."""
    program = rulebook(path, f'ensure "a claim"{claim}')
    return program, settled(program, f"ensure.{len(program.ensures) - 1}")


SOME = [
    ("major-ccp/rulebook.rules", ": used(calls) = USD 0 or unused(fund_draw) = USD 0", True),
    ("major-ccp/rulebook.rules", "for survivors: paid(calls) <= contribution", True),
    ("major-ccp/rulebook.rules", "for survivors: total_paid <= 200% of contribution", False),
    ("major-ccp/rulebook.rules", ": used(sitg) >= 5% of used(fund_draw)", False),
    ("krx-derivatives/before-2014.rules", ": used(fund_draw) = KRW 0 or unused(reserve_draw) = KRW 0", False),
    ("krx-derivatives/after-2014.rules", ": used(reserve_junior) + used(reserve_senior) <= settlement_reserve", True),
    ("changes/sgx-cdp-2023/after.rules", ": used(collateralised) = SGD 0 or unused(cdp_second) = SGD 0", False),
]


@pytest.mark.parametrize(("path", "claim", "holds"), SOME)
def test_a_planted_claim_is_proved_if_true_and_refuted_by_an_event_that_runs_if_false(path, claim, holds):
    program, verdict = of_claim(path, f" {claim}")
    if holds:
        assert isinstance(verdict, Proved)
        assert (verdict.scope.survivors, verdict.scope.defaulters, verdict.scope.to_the_unit) == (None, None, True)
        return
    assert isinstance(verdict, Refuted)
    event = check_event(SourceText.from_text(verdict.event, "x.event", Path("x.event").absolute()), program)
    assert not rulelang.evaluate(program, event).ensures[-1].holds


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
