"""Claims with known answers behind shipped rulebooks: proved if they are true, refuted by a run if they are false."""

from pathlib import Path

import pytest

import rulelang
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.proof.claims.verdict import Proved
from rulelang.proof.claims.written import assumption_source, claim_source, with_statements
from rulelang.proof.proof import prove_all, word_of
from tests.examples import mostly_slow

pytest.importorskip("z3")

BOOKS = data_folder("rulebooks")
LINES = Path(__file__).with_name("planted.txt").read_text("utf-8").splitlines()
PLANTED = [line.split(maxsplit=3) for line in LINES if not line.startswith("#")]


def loaded(name):
    return rulelang.load_rulebook(BOOKS / f"{name}.rules")


@pytest.mark.parametrize("planted", mostly_slow(PLANTED), ids=lambda planted: planted[0])
def test_a_true_claim_is_proved_and_a_false_one_refuted_by_an_event_that_runs(planted):
    _, holds, name, claim = planted
    program = with_statements(loaded(name), [claim_source(claim, 1)])
    last = len(program.ensures) - 1
    (settled,) = prove_all([program], [program], only=[f"ensure.{last}"]).settled
    if holds == "true":
        assert isinstance(settled.verdict, Proved)
        scope = settled.verdict.scope
        assert (scope.survivors, scope.defaulters, scope.to_the_unit) == (None, None, True)
        return
    assert word_of(settled) == "refuted"
    event = check_event(SourceText.from_text(settled.verdict.event, "x.event", Path("x.event").absolute()), program)
    assert not rulelang.evaluate(program, event).ensures[last].holds


ASSUMED = {
    "no tranche holds anything": (
        "cme-base-2024",
        "for members: commodity_deposit = USD 0 and financial_deposit = USD 0",
        "proved",
    ),
    "no insurance before a fund": ("icc-insurance-2020", "insurance_cover = USD 0", "proved"),
    "no insurance": ("ice-clear-europe-2020", "insurance_cover = USD 0", "proved"),
    "the stress loss is below both caps": ("lch-equityclear-2020", "stress_loss <= GBP 225 million", "proved"),
    "the stress loss is above one cap": ("lch-equityclear-2020", "stress_loss <= GBP 226 million", "refuted"),
    "the target capital is nothing": ("occ-2021", "target_capital = USD 0", "proved"),
}


@pytest.mark.parametrize("case", ASSUMED)
def test_two_versions_pay_the_same_under_an_assumption(case):
    name, assumed, expected = ASSUMED[case]
    originals = [loaded(f"changes/{name}/{side}") for side in ("before", "after")]
    source = assumption_source(assumed, 1, originals)
    programs = [with_statements(one, [source]) for one in originals]
    (settled,) = prove_all(originals, programs, only=["same-payments"]).settled
    assert word_of(settled) == expected
