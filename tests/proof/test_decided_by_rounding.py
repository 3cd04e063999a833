"""Where a result of a run decides, rounding may decide it too: each place at which a rule can ask for one is found."""

import pytest

import rulelang
from rulelang.proof.claims.results_read import decided_by_rounding

RULEBOOK = """rulebook "Small" version "1"
currency EUR
segments one, two
members have
    k : money
    w : money per segment
given g : money
period failing opens at a default lasts 30 days
period called opens at a payment under first lasts 30 days
waterfall "w"{in_turn}
    tranche first paid by survivors up to k each shared pro rata to k
    tranche later {step}
    finally z
"""
EACH = "up to k each"
KEY = "shared pro rata to k"
DECIDED = {
    "whether a step is done": (f"paid by survivors {EACH} {KEY} when used(first) > EUR 5", "used(first) > EUR 5"),
    "whether it is done, by a period": (f"paid by survivors {EACH} {KEY} when open(called)", "open(called)"),
    "who pays": (f"paid by survivors where paid(first) > EUR 5 {EACH} {KEY}", "paid(first) > EUR 5"),
    "in what order": (f"paid by survivors {EACH} in order of paid(first), highest first {KEY}", "paid(first)"),
    "in what shares": (f"paid by survivors {EACH} shared pro rata to paid(first)", "paid(first)"),
    "how a pot is split": (
        f"per segment paid by survivors from k split by (w + paid(first)) {KEY}",
        "(w + paid(first))",
    ),
    "how much, by a jump": (
        f"paid by survivors up to if used(first) > EUR 5 then k else EUR 0 each {KEY}",
        "if used(first) > EUR 5 then k else EUR 0",
    ),
    "how much, by many times as much": (f"paid by survivors up to 900 * paid(first) each {KEY}", "900 * paid(first)"),
    "since when it counts": (f"paid by survivors up to k each during called {KEY}", "k"),
    "whether it has paid once": (f"paid by survivors {EACH} {KEY} once during called", "once during called"),
}
NOT_DECIDED = {
    "data alone": f"paid by survivors where k > EUR 5 {EACH} in order of k, highest first {KEY} when g > EUR 5",
    "an amount less what was paid": f"paid by survivors up to max(k - paid(first), EUR 0) each {KEY}",
    "a split by data": f"per segment paid by survivors from k split by w {KEY}",
    "a period that a default opens": f"paid by survivors up to k each during failing {KEY} once during failing",
}


def words(step: str, in_turn: str = "") -> str | None:
    """The words by which rounding may decide something in a rulebook with such a step."""
    program = rulelang.parse_rulebook(RULEBOOK.format(step=step, in_turn=in_turn))
    span = decided_by_rounding(program)
    return None if span is None else program.source.phrase(span)


@pytest.mark.parametrize("what", DECIDED)
def test_what_a_result_decides_is_found(what: str) -> None:
    step, found = DECIDED[what]
    assert words(step) == found


@pytest.mark.parametrize("what", NOT_DECIDED)
def test_nothing_else_is(what: str) -> None:
    assert words(NOT_DECIDED[what]) is None


def test_with_defaults_in_turn_an_earlier_pass_may_have_paid() -> None:
    step = NOT_DECIDED["a period that a default opens"]
    assert words(step, " for each default in turn") == "once during failing"
