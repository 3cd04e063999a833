"""An assumption goes everywhere an invariant goes, and is told apart from it."""

import json
from pathlib import Path
from typing import NamedTuple

import jsonschema
import openpyxl
import pytest

import rulelang


class Ran(NamedTuple):
    """How a command ended."""

    exit_code: int
    output: str


SCHEMA = Path(rulelang.__file__).parent / "schemas" / "run.schema.json"
RULES = """\
rulebook "A small book" version "1"
currency EUR
members have
    fund : money
waterfall
    tranche own "Own" cite "1" paid by defaulters from fund
    tranche pool "Pool" cite "3" paid by survivors from fund shared pro rata to fund
    finally open
ensure "the pool pays last": used(pool) = EUR 0 or unused(own) = EUR 0
assume "every member has five" for members: fund >= EUR 5 cite "R 9"
assume "no loss above twenty": loss <= EUR 20
test "small"
    declared 2024-01-01
    member A fund = EUR 6
    member D fund = EUR {fund}
    default of D loss EUR 10
    expect "no loss above twenty" holds
"""
EVENT = """\
event "A default"
declared 2024-01-01
member A fund = EUR 6
member B fund = EUR 2
member D fund = EUR 5
default of D loss EUR 10
"""


@pytest.fixture
def run(tmp_path, monkeypatch, in_process):
    (tmp_path / "a.rules").write_text(RULES.format(fund=5), encoding="utf-8")
    (tmp_path / "a.event").write_text(EVENT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return lambda *words: Ran(*in_process(*words)[:2])


def test_the_result_tells_it_apart_from_the_invariants_and_the_exit_code_is_one(run):
    result = run("run", "a.rules", "a.event", "--format", "json")
    data = json.loads(result.output)
    jsonschema.validate(data, json.loads(SCHEMA.read_text("utf-8")))
    assert result.exit_code == 1
    assert data["ensures"] == [{"text": "the pool pays last", "holds": True, "breaches": []}]
    assert data["assumes"] == [
        {"text": "every member has five", "holds": False, "breaches": ["B"]},
        {"text": "no loss above twenty", "holds": True, "breaches": []},
    ]


def test_a_rulebook_without_assumptions_has_no_word_of_them(run, tmp_path):
    lines = [line for line in RULES.splitlines(keepends=True) if "assume" not in line and "twenty" not in line]
    (tmp_path / "b.rules").write_text("".join(lines).replace("{fund}", "5").split("test ")[0], encoding="utf-8")
    result = run("run", "b.rules", "a.event", "--format", "json")
    assert (result.exit_code, "assumes" in json.loads(result.output)) == (0, False)


def test_tables_and_explanations_say_which_is_broken_and_by_whom(run):
    for words in (("run", "a.rules", "a.event"), ("run", "a.rules", "a.event", "--format", "markdown")):
        told = run(*words).output
        assert "every member has five" in told.split("What is taken for granted")[1]
        assert "every member has five" not in told.split("What is taken for granted")[0]
    told = " ".join(run("explain", "a.rules", "a.event").output.split())
    assert "“every member has five” (R 9) is broken by B (fund is EUR 2.00)" in told
    assert "“no loss above twenty” holds" in told
    told = " ".join(run("explain", "a.rules", "a.event", "--payer", "B").output.split())
    assert "“every member has five” (R 9) is broken by B" in told


def test_a_workbook_has_a_sheet_of_them(run, tmp_path):
    run("run", "a.rules", "a.event", "--format", "xlsx", "--out", "a.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["Assumptions"].iter_rows(values_only=True))
    assert ("every member has five", "broken", "B") in rows


def test_a_record_holds_them_and_verifies(run, tmp_path):
    run("run", "a.rules", "a.event", "--audit", "a.json")
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["result"]["assumes"][0]["holds"] is False
    assert run("verify", "a.json").exit_code == 0


def test_a_test_whose_data_break_one_fails_unless_it_expects_that(run, tmp_path):
    assert run("test", "a.rules", "--no-reach").exit_code == 0
    (tmp_path / "a.rules").write_text(RULES.format(fund=4), encoding="utf-8")
    failed = run("test", "a.rules", "--no-reach")
    assert failed.exit_code == 1
    assert "error[broken-assume]" in failed.output
    expecting = RULES.format(fund=4) + '    expect "every member has five" broken\n'
    (tmp_path / "a.rules").write_text(expecting, encoding="utf-8")
    assert run("test", "a.rules", "--no-reach").exit_code == 0


def test_a_word_of_another_language_is_told_the_right_one(run, tmp_path):
    (tmp_path / "a.rules").write_text(RULES.format(fund=5).replace("assume", "assumption"), encoding="utf-8")
    assert "write `assume`" in run("check", "a.rules").output
