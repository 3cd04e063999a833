"""Comparisons over the values of a given in another currency: every value is told in its own, differences are not."""

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import jsonschema
import openpyxl
import pytest

import rulelang
from tests.currencies import BOOK, EVENT, VARIED, decimals, run_with

SCHEMA = Path(rulelang.__file__).with_name("schemas") / "diff.schema.json"
LIMITS = {"yen": "JPY 333", "dinar": "KWD 1.234", "gold": "GLD 0.01234"}


def changed(given):
    """The rulebook with another limit where a given is large."""
    return BOOK.replace("up to plain", f"up to if {given} > {LIMITS[given]} then plain else EUR 1.50")


@pytest.fixture
def run(monkeypatch, in_process, tmp_path):
    """Compares the rulebook with another one in the event."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)

    def call(new, *arguments, old=BOOK, event=EVENT):
        for name, text in (("old.rules", old), ("new.rules", new), ("a.event", event)):
            (tmp_path / name).write_text(text, "utf-8")
        return in_process("diff", "old.rules", "new.rules", "--event", "a.event", *arguments)

    return call


@pytest.mark.parametrize("given", sorted(VARIED))
def test_values_are_told_in_the_currency_of_what_varies_and_runs_confirm_them(run, given):
    code, unit = VARIED[given]
    found = json.loads(run(changed(given), "--vary", given, "--format", "json")[1])
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(found)
    assert f"pays up to EUR 1.50 less where `{given}` is between {code} {Decimal(0):.{unit}f} and" in found["sentence"]
    assert f"and {LIMITS[given]} (in" in found["sentence"]
    (event,) = found["events"]
    assert (found["currency"], event["varied_currency"]) == ("EUR", code)
    (band,) = event["bands"]
    assert f"{code} {band['to']}" == LIMITS[given]
    over = next(each["over"] for each in event["payers"] if each["payer"] == "ccp")
    assert (over["from"], over["largest"]["at"]) == (band["from"], band["from"])
    assert over["largest"]["amount"] == "-1.50"
    ends = [end for doubt in event["doubts"] for end in (doubt["from"], doubt["to"])]
    assert ends
    assert all("/" in end or decimals(end) >= unit for end in ends)
    more = f"{Decimal(band['to']) + Decimal(1).scaleb(-unit):.{unit}f}"
    for value, differs in ((band["to"], 150), (more, 0)):
        before, after = (run_with(given, f"{code} {value}", book) for book in (BOOK, changed(given)))
        assert before.paid_by("ccp", "own") - after.paid_by("ccp", "own") == differs
    own = json.loads(run(BOOK.replace("up to plain", "up to 2 * plain"), "--vary", "plain", "--format", "json")[1])
    assert "varied_currency" not in own["events"][0]


def test_tables_have_the_currency_in_the_titles_and_the_decimals_of_each(run):
    code, out, _ = run(changed("yen"), "--vary", "yen", "--full", "--to", "JPY 20000")
    assert code == 1
    assert max(map(len, out.splitlines())) <= 80
    assert "only up to JPY 20,000;" in " ".join(out.split())
    assert re.search(r"nothing is said from JPY [\d,]+…? to JPY [\d,]+", " ".join(out.split()))
    assert re.search(r"\n +from +at\n payer +pays +\(JPY\) +largest difference +\(JPY\)\n", out)
    assert re.search(r"\n the CCP +less +0 +-1\.50 +0\n", out)
    assert re.search(r"\n +0 +333 +the CCP, B, C\n", out)
    assert re.search(r"\n ccp +less +0 +333\n", out)
    rows = list(csv.DictReader(io.StringIO(run(changed("dinar"), "--vary", "dinar", "--format", "csv")[1])))
    (band,) = (row for row in rows if row["table"] == "Bands")
    assert (band["from (KWD)"], band["to (KWD)"]) == ("0.000", "1.234")
    (ccp,) = (row for row in rows if row["payer"] == "the CCP")
    assert (ccp["largest difference"], ccp["at (KWD)"], ccp["currency"]) == ("-1.50", "0.000", "EUR")
    for form, title in (("html", "from (KWD)</th>"), ("markdown", r"| from \(KWD\) | to \(KWD\) |")):
        page = run(changed("dinar"), "--vary", "dinar", "--format", form)[1]
        assert title in page
        assert "1.234" in page


def test_a_spreadsheet_has_values_with_their_decimals(run):
    run(changed("dinar"), "--vary", "dinar", "--format", "xlsx", "--out", "d.xlsx")
    bands = list(openpyxl.load_workbook("d.xlsx")["Bands"].iter_rows())
    assert [cell.value for cell in bands[0]][1:3] == ["From (KWD)", "To (KWD)"]
    assert (bands[1][2].value, bands[1][2].number_format) == (1.234, "#,##0.000")


def test_how_far_to_go_is_in_the_currency_of_what_varies(run):
    code, out, err = run(changed("yen"), "--vary", "yen", "--to", "EUR 7")
    assert (code, out) == (3, "")
    assert "`EUR 7` is in EUR, where JPY is due" in err
    assert "note: `yen` is in JPY, and so is every value of it" in err
    code, _, err = run(changed("yen"), "--vary", "yen", "--to", "100")
    assert code == 3
    said = " ".join(err.split())
    assert "the comparison ends where `yen` is JPY 100, below the event's own JPY 700" in said
    assert run(changed("yen"), "--vary", "loss", "--to", "EUR 70")[0] == 1
    program, event = rulelang.parse_rulebook(BOOK), Path("a.event")
    found = rulelang.diff(program, "new.rules", [event], vary="yen", to="JPY 900")
    assert found.events[0].until == 900


@pytest.mark.parametrize(
    ("new", "event", "message"),
    [
        (
            BOOK.replace("money JPY", "money KWD").replace("EUR per JPY", "EUR per KWD"),
            EVENT.replace("yen = JPY 700", "yen = KWD 7"),
            "`yen` is in JPY in the old version, and in KWD in the new one",
        ),
        (
            BOOK.replace("given yen : money JPY", "given yen : money").replace("yen at yen_fix", "yen"),
            EVENT.replace("yen = JPY 700", "yen = EUR 7"),
            "`yen` is in JPY in the old version, and in EUR in the new one",
        ),
    ],
)
def test_what_is_in_two_currencies_cannot_be_compared(run, tmp_path, new, event, message):
    (tmp_path / "b.event").write_text(event, "utf-8")
    code, out, err = run(new, "--new-event", "b.event", "--vary", "yen")
    assert (code, out) == (3, "")
    assert f"error[not-comparable]: {message}" in " ".join(err.split())
    assert run(new, "--new-event", "b.event", "--fixed")[0] == 1


def test_what_has_other_decimals_cannot_be_compared(run):
    code, _, err = run(BOOK.replace("with 5 decimals", "with 6 decimals"), "--vary", "gold")
    assert code == 3
    said = " ".join(err.split())
    assert "GLD, in which `gold` is, has 5 decimals in the old version and 6 in the new one" in said
