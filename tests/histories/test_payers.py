"""Payers of a history: nobody who is not there passes a test, who left has what it has, losses stand apart."""

import pytest

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.histories.testing import run_tests
from tests.histories.test_bad_input import DEFAULT, HEAD
from tests.histories.test_commands import RULES


def test_an_expectation_about_nobody_does_not_pass(tmp_path):
    """Nobody owes nothing and is repaid nothing: a misspelt payer would pass for ever."""
    tested = RULES + 'test "nobody" history "h.history"\n'
    for line in ("TYPO owes EUR 0 to fund", "TYPO repaid EUR 0"):
        (tmp_path / "a.rules").write_text(f"{tested}    expect on 2024-03-07 {line}\n", "utf-8")
        (tmp_path / "h.history").write_text(HEAD + DEFAULT, "utf-8")
        program = rulelang.load_rulebook(tmp_path / "a.rules")
        failed = next(one for one in run_tests(program).results if one.title == "nobody")
        assert [each.code for each in failed.failures] == ["unknown-member"], line


def test_who_left_is_told_what_it_still_has(tmp_path):
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    (tmp_path / "h.history").write_text(HEAD + "on 2024-03-08 departure of ALPHA\n", "utf-8")
    told = rulelang.history_statement(rulelang.load_history(tmp_path / "h.history"), "ALPHA")
    assert [(one.pot, one.amount) for one in told.balances] == [("fund", 30_00)]


def test_the_losses_of_one_day_of_a_history_are_parted_by_days(tmp_path):
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    day = "on 2024-03-08 further loss of ZULU EUR 5 default of ALPHA loss EUR 5\n"
    (tmp_path / "h.history").write_text(HEAD + DEFAULT + day, "utf-8")
    with pytest.raises(RulelangError) as caught:
        rulelang.evaluate_history(rulelang.load_history(tmp_path / "h.history"))
    (found,) = caught.value.diagnostics
    assert found.code == "losses-apart"
    assert "a day of its own" in " ".join(found.helps)
