"""Sizing a given in another currency: its values are told in its own, what is uncovered in that of the rulebook."""

import csv
import io
import json
import shlex
from decimal import Decimal
from pathlib import Path

import jsonschema
import openpyxl
import pytest

import rulelang
from tests.currencies import BOOK, EVENT, VARIED, decimals, load, run_with

pytestmark = pytest.mark.usefixtures("plain")  # what is told is the same, whoever plays the tape

SCHEMA = Path(rulelang.__file__).with_name("schemas") / "size.schema.json"
LOSSES = "scenario,loss.A\nsmall,20.00\nlarge,80.00\nlargest,90.50\n"


@pytest.fixture
def run(monkeypatch, in_process, tmp_path):
    """Runs a command beside the rulebook, the event and the scenarios."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    for name, text in (("a.rules", BOOK), ("a.event", EVENT), ("losses.csv", LOSSES)):
        (tmp_path / name).write_text(text, "utf-8")
    return in_process


def sized(run, given, *options):
    code, out, err = run("size", "a.rules", "a.event", "losses.csv", "--given", given, "--quiet", *options)
    assert (code, err) == (0, "")
    return out


@pytest.mark.parametrize("given", sorted(VARIED))
def test_the_value_is_enough_and_a_minor_unit_less_is_not(run, given):
    code, unit = VARIED[given]
    found = json.loads(sized(run, given, "--format", "json"))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(found)
    assert (found["currency"], found["given_currency"], found["proven"]) == ("EUR", code, True)
    value, less = found["value"], found["below"]["value"]
    assert Decimal(value) - Decimal(less) == Decimal(1).scaleb(-unit)
    assert {decimals(found[key]) for key in ("from", "to", "value")} == {unit}
    event = EVENT.replace("loss EUR 40", "loss EUR 90.50")
    assert run_with(given, f"{code} {value}", event=event).uncovered == 0
    uncovered = run_with(given, f"{code} {less}", event=event).uncovered
    (worst,) = found["below"]["worst"]
    assert (worst["uncovered"], uncovered) == (f"0.{uncovered:02}", uncovered)
    assert uncovered
    _, *replay = shlex.split(worst["command"])
    assert f"{given}={less}" in replay
    assert f"uncovered EUR 0.{uncovered:02}" in run(*replay)[1]
    out = sized(run, given)
    shown, smaller = (f"{code} {Decimal(each):,.{unit}f}" for each in (value, less))
    assert out.startswith(f"{shown} is the smallest `{given}` with which nothing is uncovered in any scenario\n")
    assert f"with {smaller}, something is uncovered in 1 scenario\nmost in largest: EUR 0.{uncovered:02}\n" in out


def test_tables_say_the_currency_of_values(run):
    rows = list(csv.DictReader(io.StringIO(sized(run, "dinar", "--format", "csv"))))
    assert [row["run with"] for row in rows] == ["the value", "less"]
    assert {decimals(row["value (KWD)"]) for row in rows} == {3}
    assert r"| value \(KWD\) |" in sized(run, "dinar", "--format", "markdown")
    assert "value (KWD)</th>" in sized(run, "dinar", "--format", "html")
    assert "value" in next(csv.reader(io.StringIO(sized(run, "plain", "--format", "csv"))))
    assert "given_currency" not in json.loads(sized(run, "plain", "--format", "json"))
    assert sized(run, "yen", "--format", "xlsx", "--out", "s.xlsx") == ""
    book = openpyxl.load_workbook("s.xlsx")
    row = next(book["Scenarios"].iter_rows(min_row=2))
    assert (row[1].value, row[1].number_format) == (1684, "#,##0")
    facts = {row[0].value: row[1] for row in book["Verdict"].iter_rows()}
    assert (facts["Value (JPY)"].value, facts["Value (JPY)"].number_format) == (1684, "#,##0")


def test_the_bounds_are_in_the_currency_of_the_given(run):
    found = json.loads(sized(run, "yen", "--from", "JPY 1800", "--to", "2 thousand", "--format", "json"))
    assert (found["from"], found["to"], found["value"]) == ("1800", "2000", "1800")
    code, out, _ = run("size", "a.rules", "a.event", "losses.csv", "--given", "yen", "--to", "JPY 5", "--quiet")
    assert code == 1
    assert out.startswith("never: whatever `yen` is, from JPY 0 to JPY 5, something is uncovered in some scenario\n")
    code, _, err = run("size", "a.rules", "a.event", "losses.csv", "--given", "yen", "--from", "EUR 5", "--quiet")
    assert code == 3
    assert "`EUR 5` is in EUR, where JPY is due" in err
    assert "note: `yen` is in JPY, and so is every value of it" in err
    program, event = load()
    assert rulelang.size(program, event, "losses.csv", "dinar", to="KWD 99.999").to == 99_999


def test_a_scenario_that_is_rejected_says_the_value_in_the_currency_of_the_given(run, tmp_path):
    (tmp_path / "a.rules").write_text(BOOK.replace("up to plain", "up to EUR 6 - (yen at yen_fix)"), "utf-8")
    words = ("size", "a.rules", "a.event", "losses.csv", "--given", "yen", "--from", "JPY 2000", "--quiet")
    code, _, err = run(*words)
    assert code == 3
    assert "where `yen` is JPY 2,000" in " ".join(err.split())


def test_more_that_is_not_enough_is_told_in_both_currencies(run, tmp_path):
    book = BOOK.replace("in_yen paid", "in_yen when yen < JPY 2100 paid")
    (tmp_path / "a.rules").write_text(book, "utf-8")
    out = sized(run, "yen")
    assert "more is not always enough: with JPY 2,100, something is uncovered again, as in\nlargest: EUR 10.10\n" in out
    found = json.loads(sized(run, "yen", "--format", "json"))
    assert (found["again"]["value"], found["again"]["uncovered"]) == ("2100", "10.10")


def test_what_is_found_by_halving_says_from_where_in_the_currency_of_the_given(run, tmp_path):
    rounded = "up to (if yen > JPY 1300 then EUR 40 else EUR 1) * ((yen + JPY 1) / (yen + JPY 2))"
    (tmp_path / "a.rules").write_text(BOOK.replace("up to yen at yen_fix", rounded), "utf-8")
    found = json.loads(sized(run, "yen", "--format", "json"))
    assert (found["value"], found["proven"]) == ("1301", False)
    assert "where `yen` is above JPY 0" in found["assumed"]
