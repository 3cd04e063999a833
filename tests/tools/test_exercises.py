"""Whatever is told of an exercise says that it is one: every command, every format, every file and every record."""

import csv
import io
import json

import openpyxl
import pyarrow.parquet
import pytest
from click.testing import CliRunner

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.check.events.written import written_event
from rulelang.tools.cli import COMMANDS, cli
from rulelang.tools.formats import FORMATS
from tests.examples import every_other
from tests.tools.test_formats import told

DRILL = "Fire drill 2026"
RULES = """rulebook "Drilled" version "1"
currency EUR
given capital : money
members have
    fund : money
waterfall
    tranche own paid by ccp up to capital
    tranche pool paid by survivors from fund shared pro rata to fund
    finally open
"""
EVENT = f"""event "Default of D"
exercise "{DRILL}"
declared 2024-01-01
given capital = EUR 3
member A fund = EUR 5
member D fund = EUR 1
default of D loss EUR 40
"""
CASES = {
    "run": ("run", "a.rules", "e.event"),
    "diff": ("diff", "b.rules", "a.rules", "--event", "e.event"),
    "profile": ("profile", "a.rules", "e.event"),
    "when": ("when", "a.rules", "e.event", "--payer", "A", "--starts"),
    "explain": ("explain", "a.rules", "e.event"),
    "size": ("size", "a.rules", "e.event", "s.csv", "--given", "capital"),
    "replay": ("replay", "a.rules", "e.event", "s.csv", "two"),
    "sweep": ("sweep", "a.rules", "e.event", "s.csv", "--restart", "--out", "again.parquet"),
    "summary": ("summary", "results.parquet"),
    "summary of two": ("summary", "differences.parquet"),
    "verify": ("verify", "record.json"),
    "report": ("report", "a.rules", "e.event"),
}
OF_NO_EVENT = set("check test inputs fmt new completion library prove event statement studio lsp".split())
"""Commands about rulebooks alone; ``test`` tells of the tests of rulebooks, which are no events that happened."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("drill")
    (root / "a.rules").write_text(RULES, "utf-8")
    (root / "b.rules").write_text(RULES.replace("up to capital", "up to 50% of capital"), "utf-8")
    (root / "e.event").write_text(EVENT, "utf-8")
    (root / "s.csv").write_text("scenario,loss.D\none,0\ntwo,40\nthree,90\n", "utf-8")
    told(root, "run", "a.rules", "e.event", "--audit", "record.json")
    told(root, "sweep", "a.rules", "e.event", "s.csv", "--out", "results.parquet", "--quiet")
    told(
        root, "sweep", "a.rules", "e.event", "s.csv", "--out", "differences.parquet", "--quiet", "--against", "b.rules"
    )
    return root


def test_every_command_is_tried():
    assert {words[0] for words in CASES.values()} | OF_NO_EVENT >= set(COMMANDS)


REFUSED = {("explain", "csv"), ("explain", "xlsx"), ("sweep", "xlsx")}
"""The formats that a command does not write (``tests/tools/test_formats.py`` tries that it says so)."""
WRITTEN = [
    each
    for each in every_other([case for case in CASES if case != "report"], FORMATS, always="json")
    if each.values not in REFUSED
]


@pytest.mark.parametrize(("case", "form"), WRITTEN)
def test_every_format_says_so(folder, case, form):
    out = folder / f"{case}.{form}"
    writes = case != "sweep"
    done = told(folder, *CASES[case], "--format", form, *(["--out", str(out)] if writes else []))
    content = out.read_bytes() if writes else done.stdout.encode()
    says = {"csv": in_csv, "xlsx": in_sheets, "json": in_json}.get(form, lambda data: DRILL in data.decode())
    assert says(content), content[:2000]


def in_csv(data):
    head, *rows = csv.reader(io.StringIO(data.decode()))
    if "exercise" not in head:  # of records that were verified: a row each, and one that says so
        return any(DRILL in cell for row in rows for cell in row)
    return bool(rows) and all(row[head.index("exercise")] == DRILL for row in rows)


def in_sheets(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    if any(DRILL in str(cell.value) for sheet in book for row in sheet for cell in row if cell.column == 1):
        return all(
            sheet.oddHeader.center.text == f"EXERCISE: {DRILL}" and {row[0].value for row in list(sheet)[1:]} == {DRILL}
            for sheet in book
        )
    return any(DRILL in str(cell.value) for sheet in book for row in sheet for cell in row)


def in_json(data):
    found = json.loads(data)
    found = found.get("event", found) if isinstance(found, dict) else found
    return (
        found.get("exercise", DRILL) == DRILL and DRILL in json.dumps(found)
        if isinstance(found, dict)
        else DRILL in str(found)
    )


def test_a_page_has_a_banner(folder):
    told(folder, *CASES["report"], "--out", "page.html")
    assert f'class="exercise">Exercise: {DRILL}<' in (folder / "page.html").read_text("utf-8")


def test_files_and_records_say_so(folder):
    for name in ("results.parquet", "differences.parquet"):
        said = json.loads(pyarrow.parquet.read_metadata(folder / name).metadata[b"rulelang"])
        assert said["event"]["exercise"] == DRILL
    record = json.loads((folder / "record.json").read_text("utf-8"))
    assert record["result"]["event"]["exercise"] == DRILL


def test_an_event_in_json_keeps_it(folder):
    program = rulelang.load_rulebook(folder / "a.rules")
    event = rulelang.load_event(folder / "e.event", program)
    content = written_event(program, event, "e.json").source.text
    assert json.loads(content)["exercise"] == DRILL


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ('exercise "A" exercise "B"', "duplicate-section"),
        ('exercise ""', "missing-value"),
        ("exercise", "missing-part"),
    ],
)
def test_it_is_said_once_and_has_a_name(folder, lines, code):
    (folder / "wrong.event").write_text(EVENT.replace(f'exercise "{DRILL}"', lines), "utf-8")
    with pytest.raises(RulelangError) as caught:
        CliRunner().invoke(cli, ["run", str(folder / "a.rules"), str(folder / "wrong.event")], catch_exceptions=False)
    assert [each.code for each in caught.value.diagnostics] == [code]


HISTORY = f"""history "A year"
exercise "{DRILL}"
under "a.rules"
opening 2024-01-01
given capital = EUR 3
member A fund = EUR 5
member D fund = EUR 1
on 2024-02-01
default of D loss EUR 40
"""


def test_a_history_says_so_and_so_does_each_of_its_days(folder):
    (folder / "year.history").write_text(HISTORY, "utf-8")
    result = rulelang.evaluate_history(rulelang.load_history(folder / "year.history"))
    assert result.to_dict()["history"]["exercise"] == DRILL
    assert result.days[1].run.exercise == result.days[1].event.exercise == DRILL


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('under "a.rules"', f'exercise "{DRILL}" under "a.rules"', "duplicate-section"),
        ("on 2024-02-01", f'on 2024-02-01 exercise "{DRILL}"', "not-on-this-day"),
        ("opening 2024-01-01", f'opening 2024-01-01 exercise "{DRILL}"', "not-on-this-day"),
    ],
)
def test_all_of_a_history_is_an_exercise_or_nothing_of_it(folder, old, new, code):
    (folder / "wrong.history").write_text(HISTORY.replace(old, new), "utf-8")
    with pytest.raises(RulelangError) as caught:
        rulelang.load_history(folder / "wrong.history")
    assert [each.code for each in caught.value.diagnostics] == [code]
