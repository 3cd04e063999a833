"""The command line, end to end: what a person types, what comes out, with which exit code."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from click.testing import CliRunner

from rulelang.base.files import data_folder
from rulelang.document.cells import safe_cell
from rulelang.tools import cli as shell

BOOKS = data_folder("rulebooks")
NASDAQ = str(BOOKS / "nasdaq-commodities-2018/rulebook.rules")
AAS = str(BOOKS / "nasdaq-commodities-2018/events/aas-2018.event")

RULES = """\
rulebook "A small book" version "1"
currency EUR
members have
    fund : money
waterfall
    tranche own "Own" cite "1" paid by defaulters from fund
    tranche junior cite "2" paid by ccp up to EUR 3
    tranche pool "Pool" cite "3" paid by survivors from fund shared pro rata to fund
    haircut gains cite "4"
        at the discretion of "Board"
        paid by survivors
        up to EUR 1 each
        shared equally
    finally open
ensure "nobody pays more than EUR 6" for survivors: total_paid <= EUR 6
test "small"
    event "a.event"
    expect A pays EUR 4.50 under pool
    expect outcome covered
"""
EVENT = """\
event "A default"
under "a.rules"
declared 2024-01-01
members from "m.csv"
default of D loss EUR 10
"""
MEMBERS = "member,name,fund\nA,Alpha,6\nB,Bravo,2\nD,Delta,1\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "a.rules").write_text(RULES, encoding="utf-8")
    (tmp_path / "a.event").write_text(EVENT, encoding="utf-8")
    (tmp_path / "m.csv").write_text(MEMBERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def run(folder, in_process):
    return in_process


def test_a_process_of_its_own_gives_the_exit_code(folder):
    command = [sys.executable, "-m", "rulelang"]
    done = subprocess.run([*command, "run", "a.rules", "a.event"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "A small book" in done.stdout
    assert subprocess.run([*command, "run", "no", "a.event"], capture_output=True, check=False).returncode == 3
    assert subprocess.run([*command, "walk"], capture_output=True, check=False).returncode == 2


@pytest.mark.parametrize("name", list(shell.COMMANDS))
def test_every_command_has_help_with_an_example(name, run):
    code, out, _ = run(name, "--help")
    assert "\\b" not in out
    assert f"\n    rulelang {name}" in out, "examples stand on lines of their own"
    assert code == 0


def test_help_lists_every_command(run):
    code, out, _ = run("--help")
    assert code == 0
    for name, words in shell.COMMANDS.items():
        assert name in out
        assert words in out
    assert run("--version")[1].startswith("rulelang ")


def test_a_slip_in_a_command_is_answered(run):
    code, _, err = run("chek", "a.rules")
    assert code == 2
    assert "did you mean `check`?" in err


# ------------------------------------------------------------------------------------------------------------------ run


def test_run_prints_tables_that_fit(run, monkeypatch):
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        code, out, err = run("run", "a.rules", "a.event")
        assert (code, err) == (0, "")
        assert max(map(len, out.splitlines())) <= width
        assert "4.50" in out
        assert "covered EUR 10.00, uncovered EUR 0.00" in out
        assert "\x1b" not in out


def test_run_json_is_the_allocation(run):
    code, out, _ = run("run", "a.rules", "a.event", "--format", "json")
    data = json.loads(out)
    assert code == 0
    assert list(data) == [
        *("rulebook", "event", "currency", "loss", "losses", "tranches", "allocations", "ensures", "uncovered"),
        "outcome",
    ]
    row = {"tranche": "pool", "payer": "B", "segment": None, "round": None, "defaulter": None, "amount": "1.50"}
    assert row in data["allocations"]
    assert data["losses"] == [{"member": "D", "segment": None, "amount": data["loss"], "uncovered": data["uncovered"]}]


def test_run_csv_and_markdown(run):
    _, out, _ = run("run", "a.rules", "a.event", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["amount"] for row in rows] == ["1.00", "3.00", "4.50", "1.50"]
    _, out, _ = run("run", "a.rules", "a.event", "--format", "markdown")
    assert "| A | Alpha | pool | 4.50 |" in out


def test_run_xlsx_opens_and_holds_no_formula(run, folder):
    (folder / "m.csv").write_text('member,name,fund\nA,=1+1,6\n"=cmd",@x,2\nD,Delta,1\n', encoding="utf-8")
    code, _, err = run("run", "a.rules", "a.event", "--format", "xlsx", "--out", "a.xlsx")
    assert code == 0, err
    book = openpyxl.load_workbook("a.xlsx")
    assert book.sheetnames == ["Waterfall", "Allocations", "Payers", "Invariants", "About"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=cmd" in [cell.value for cell in cells]
    assert any(cell.value == 4.5 for cell in cells)
    first = Path("a.xlsx").read_bytes()
    run("run", "a.rules", "a.event", "--format", "xlsx", "--out", "b.xlsx")
    assert Path("b.xlsx").read_bytes() == first


def test_csv_cells_are_escaped(run, folder):
    (folder / "m.csv").write_text('member,name,fund\nA,"=HYPERLINK(1)",6\n"-B",+1,2\nD,Delta,1\n', encoding="utf-8")
    _, out, _ = run("run", "a.rules", "a.event", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["payer"] for row in rows} == {"D", "ccp", "A", "'-B"}
    assert "'=HYPERLINK(1)" in {row["name"] for row in rows}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  ="])
def test_what_a_spreadsheet_would_run_is_escaped(start):
    assert safe_cell(f"{start}1") == f"'{start}1"
    assert safe_cell(f"1{start}") == f"1{start}"


def test_names_are_never_markup(run, folder):
    (folder / "m.csv").write_text("member,name,fund\nA,[bold]x[/bold] | <b>,6\nB,\x1b[31m,2\nD,D,1\n", encoding="utf-8")
    for form in ("table", "markdown"):
        os.environ["COLUMNS"] = "120"
        _, out, _ = run("run", "a.rules", "a.event", "--format", form)
        assert "\x1b" not in out
    assert r"\[bold\]x\[/bold\] \| \<b\>" in out


def test_a_broken_invariant_gives_one_and_the_allocation_stands(run, folder):
    (folder / "a.event").write_text(EVENT.replace("EUR 10", "EUR 12.50") + "decide gains: invoke\n", encoding="utf-8")
    code, out, _ = run("run", "a.rules", "a.event", "--format", "json")
    data = json.loads(out)
    assert code == 1
    assert data["ensures"] == [{"text": "nobody pays more than EUR 6", "holds": False, "breaches": ["A"]}]
    assert data["uncovered"] == "0.00"


def test_run_a_test_of_the_rulebook(run):
    assert run("run", "a.rules", "--test", "small")[0] == 0
    code, _, err = run("run", "a.rules", "--test", "smal")
    assert code == 3
    assert "did you mean `small`?" in err
    assert run("run", "a.rules")[0] == 2
    assert run("run", "a.rules", "a.event", "--format", "xlsx")[0] == 2


def test_a_run_that_is_refused_tells_how_far_it_came(run, folder):
    (folder / "a.event").write_text(EVENT.replace("EUR 10", "EUR 13"), encoding="utf-8")
    code, out, err = run("run", "a.rules", "a.event", "--audit", "r.json", "--out", "o.txt")
    assert (code, out) == (3, "")
    assert "error[missing-decision]" in err
    assert "EUR 12.00 of EUR 13.00" in err
    assert "decide gains: invoke" in err
    assert sorted(p.name for p in folder.iterdir()) == ["a.event", "a.rules", "m.csv"]


# --------------------------------------------------------------------------------------------------------------- verify


def test_an_audit_record_verifies_in_another_folder(run, folder, tmp_path_factory):
    code, _, _ = run("run", "a.rules", "a.event", "--audit", "r.json")
    assert code == 0
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "r.json"
    elsewhere.write_bytes((folder / "r.json").read_bytes())
    for name in ("a.rules", "a.event", "m.csv"):
        (folder / name).unlink()
    code, out, _ = run("verify", str(elsewhere))
    assert code == 0
    assert out.endswith("r.json: stands\n")
    text = elsewhere.read_text(encoding="utf-8")
    elsewhere.write_text(text.replace("up to EUR 3", "up to EUR 2"), encoding="utf-8")
    code, out, _ = run("verify", str(elsewhere))
    assert code == 1
    assert "step junior: " in out
    code, out, _ = run("verify", str(elsewhere), "--format", "json")
    assert json.loads(out)[0]["stands"] is False
    assert run("verify", "nothing.json")[0] == 3


def test_the_same_run_gives_the_same_record(run, folder):
    run("run", "a.rules", "a.event", "--audit", "r.json")
    run("run", str(folder / "a.rules"), str(folder / "a.event"), "--audit", "s.json")
    assert Path("r.json").read_bytes() == Path("s.json").read_bytes()


@pytest.mark.parametrize("target", ["no/such/folder/r.json", ".", "/dev/full"])
def test_a_record_that_cannot_be_written_leaves_nothing(run, folder, target):
    code, out, err = run("run", "a.rules", "a.event", "--audit", target)
    assert code == 3
    assert out == ""
    assert "error[unwritable-file]" in err
    assert sorted(p.name for p in folder.iterdir()) == ["a.event", "a.rules", "m.csv"]


# --------------------------------------------------------------------------------------------------------- check, fmt


def test_check_gives_zero_one_or_three(run, folder):
    assert run("check", ".")[:2] == (0, "")
    (folder / "a.rules").write_text(
        RULES.replace("    finally open\n", "").replace(" covered", " covered"), encoding="utf-8"
    )
    code, out, _ = run("check", "a.rules")
    assert code == 1
    assert "warning[missing-finally]" in out
    (folder / "a.rules").write_text(RULES.replace("up to EUR 3", "up to USD 3"), encoding="utf-8")
    code, out, _ = run("check", "a.rules", "a.event")
    assert code == 3
    assert out.count("error[currency-mismatch]") == 1
    assert "a.rules:7:" in out


def test_check_in_other_formats(run, folder):
    (folder / "a.rules").write_text(RULES.replace("up to EUR 3", "up to USD 3"), encoding="utf-8")
    _, out, _ = run("check", "a.rules", "--format", "json")
    assert [d["code"] for d in json.loads(out)["diagnostics"]] == ["currency-mismatch"]
    code, _, _ = run("check", "a.rules", "--format", "sarif", "--out", "f.sarif")
    assert code == 3
    assert json.loads(Path("f.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_check_holds_events_against_their_rulebook(run, folder):
    (folder / "a.event").write_text(EVENT.replace("of D", "of E"), encoding="utf-8")
    code, out, _ = run("check", ".")
    assert code == 3
    assert "error[unknown-member]" in out
    (folder / "b.event").write_text(EVENT.replace('under "a.rules"\n', ""), encoding="utf-8")
    code, out, _ = run("check", "b.event")
    assert (code, "note[no-rulebook]" in out) == (0, True)
    assert run("check", "b.event", "--rulebook", "a.rules")[:2] == (0, "")


def test_fmt_checks_shows_and_writes(run, folder):
    before = (folder / "a.rules").read_bytes()
    code, out, _ = run("fmt", "--check", ".")
    assert (code, "would change" in out) == (1, True)
    code, out, _ = run("fmt", "--diff", ".")
    assert (code, "+++" in out) == (1, True)
    assert (folder / "a.rules").read_bytes() == before
    assert run("fmt", ".")[0] == 0
    assert (folder / "a.rules").read_bytes() != before
    assert run("fmt", "--check", ".")[0] == 0
    assert run("test", "a.rules")[0] == 0
    (folder / "a.rules").write_text("rulebook", encoding="utf-8")
    code, _, err = run("fmt", ".")
    assert (code, "error[" in err) == (3, True)
    assert (folder / "a.rules").read_text(encoding="utf-8") == "rulebook"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_fmt_keeps_the_way_lines_end(run, folder, end):
    """So that a file of another system is not changed in every line."""
    path = folder / "a.rules"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("\n", end).encode())
    assert run("fmt", "a.rules")[0] == 0
    written = path.read_bytes().decode()
    assert written.replace(end, "") == written.replace("\r", "").replace("\n", "")
    assert written.count(end) > text.count("\n") / 2
    assert run("fmt", "--check", "a.rules")[0] == 0


def test_fmt_ends_mixed_lines_as_most_of_them_end(run, folder):
    path = folder / "a.rules"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").replace(b"\r\n", b"\n", 1))
    assert run("fmt", "a.rules")[0] == 0
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


# --------------------------------------------------------------------------------------------------- test, new, inputs


def test_test_tells_what_failed_by_how_much(run, folder):
    assert run("test", ".")[0] == 0
    (folder / "a.rules").write_text(RULES.replace("EUR 4.50 under", "EUR 4.52 under"), encoding="utf-8")
    code, out, _ = run("test", ".", "--junit", "j.xml")
    assert code == 1
    assert "EUR 4.52" in out
    assert "EUR 0.02 less" in out
    assert "0 passed, 1 failed" in out
    suite = ElementTree.parse("j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    code, out, _ = run("test", ".", "--format", "json")
    assert json.loads(out)[0]["tests"][0]["failures"][0]["code"] == "unmet-expectation"


def test_test_tells_what_no_test_reaches(run):
    _, out, _ = run("test", "a.rules")
    assert "in no test does `gains` pay anything" in out
    assert "in no test is loss left for `open`" in out
    assert "in no test" not in run("test", "a.rules", "--no-reach")[1]


def test_a_test_whose_event_is_missing_fails(run, folder):
    (folder / "a.event").unlink()
    code, out, _ = run("test", "a.rules")
    assert code == 1
    assert "error[unreadable-file]" in out


@pytest.mark.parametrize("path", ["../a.event", "/etc/hostname", "x/../../a.event"])
def test_a_test_reads_nothing_outside_its_folder(run, folder, path):
    inner = folder / "inner"
    inner.mkdir()
    (inner / "a.rules").write_text(RULES.replace('event "a.event"', f'event "{path}"'), encoding="utf-8")
    code, out, _ = run("test", "inner")
    assert code == 1
    assert "error[path-outside]" in out


def test_a_link_out_of_the_folder_is_refused(run, folder):
    inner = folder / "inner"
    inner.mkdir()
    (inner / "a.rules").write_text(RULES, encoding="utf-8")
    (inner / "a.event").symlink_to(folder / "a.event")
    assert "error[path-outside]" in run("test", "inner")[1]


def test_new_makes_a_rulebook_that_checks_tests_and_is_laid_out(run, folder):
    assert run("new", "my-ccp")[0] == 0
    assert run("check", "my-ccp") == (0, "", "2 files, no error, no warning\n")
    code, out, _ = run("test", "my-ccp")
    assert code == 0
    assert "in no test" not in out
    assert run("fmt", "--check", "my-ccp")[0] == 0
    assert run("run", "my-ccp/rulebook.rules", "my-ccp/events/first.event")[0] == 0
    code, _, err = run("new", "my-ccp")
    assert (code, "nothing is overwritten" in err) == (3, True)
    assert run("new", "other", "--title", 'a "b"')[0] == 2


def test_inputs_names_all_that_is_needed(run, folder):
    code, out, _ = run("inputs", str(BOOKS / "segmented-ccp/rulebook.rules"), "--format", "json")
    assert code == 0
    assert {field["name"] for field in json.loads(out)["fields"]} >= {"contribution", "vm_gain"}
    code, out, _ = run("inputs", NASDAQ)
    assert "member,name," in out
    assert "given " in out
    assert run("inputs", "a.rules", "--out", "fill")[0] == 0
    text = (folder / "fill/new.event").read_text(encoding="utf-8")
    filled = text.replace('"…"', '"x"').replace("default of …", "default of D").replace("EUR …", "EUR 2")
    (folder / "fill/new.event").write_text(filled, encoding="utf-8")
    (folder / "fill/members.csv").write_text(MEMBERS, encoding="utf-8")
    assert run("run", "a.rules", "fill/new.event")[0] == 0
    assert run("inputs", "a.rules", "--out", "fill")[0] == 3


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_completion_scripts(run, name):
    code, out, _ = run("completion", name)
    assert code == 0
    assert "_RULELANG_COMPLETE" in out


def test_completion_completes_commands():
    result = CliRunner().invoke(
        shell.cli,
        [],
        env={"_RULELANG_COMPLETE": "bash_complete", "COMP_WORDS": "rulelang ch", "COMP_CWORD": "1"},
        prog_name="rulelang",
    )
    assert "check" in result.output


# ------------------------------------------------------------------------------------------------------------- explain


def test_explain_a_code(run):
    code, out, _ = run("explain", "uncapped-assessment")
    assert code == 0
    assert "What it does" in out
    code, _, err = run("explain", "uncapped-asessment")
    assert code == 3
    assert "did you mean `uncapped-assessment`?" in err


def test_explain_a_run(run):
    code, out, _ = run("explain", NASDAQ, AAS, "--payer", "FORTUM")
    assert code == 0
    assert "19,337,349.40" in out
    code, out, _ = run("explain", NASDAQ, AAS, "--step", "junior", "--format", "markdown")
    assert "7,000,000.00" in out
    code, out, _ = run("explain", NASDAQ, AAS, "--format", "json")
    assert json.loads(out)
    assert run("explain", NASDAQ, AAS, "--payer", "FORTUN")[0] == 3


# ---------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01", "rulebook".encode("utf-16"), b"\xff\xff\xff", b"a" * 1_000_000, b"(" * 50_000, b"x\xc3"],
    ids=["empty", "binary", "utf16", "latin", "long", "brackets", "cut"],
)
@pytest.mark.parametrize("name", ["a.rules", "a.event", "m.csv", "e.json"])
def test_no_wrong_file_gives_a_traceback_or_a_file(run, folder, name, data):
    (folder / name).write_bytes(data)
    before = sorted(p.name for p in folder.iterdir())
    event = "e.json" if name == "e.json" else "a.event"
    code, out, err = run("run", "a.rules", event, "--audit", "r.json")
    assert (code, out) == (3, "")
    assert err.startswith("error[")
    assert "Traceback" not in err
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_closed_pipe_is_no_error(folder):
    script = f"{sys.executable} -m rulelang run {NASDAQ} {AAS} --format json | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", script], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_a_table_of_thousands_shows_those_that_pay_most(run, folder):
    rows = "".join(f"M{number:04},,{number + 1}\n" for number in range(1000))
    (folder / "m.csv").write_text(f"member,name,fund\n{rows}D,Delta,1\n", encoding="utf-8")
    (folder / "a.event").write_text(EVENT.replace("EUR 10", "EUR 500_000"), encoding="utf-8")
    code, out, _ = run("run", "a.rules", "a.event")
    assert code in (0, 1)
    assert "M0999" in out
    assert "M0799" not in out
    assert "and 802 others" in out


def test_a_folder_that_is_gone_is_no_fault_of_the_output(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = (
        f"cd {gone} && rmdir {gone} && {sys.executable} -c 'from rulelang.tools.cli import main; main()' check x.rules"
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "the folder in which the command runs is not there any more" in done.stderr
    assert "output" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_output_to_a_full_disk_is_said_plainly():
    book = data_folder("rulebooks") / "krx-derivatives"
    command = [sys.executable, "-m", "rulelang", "run", book / "before-2014.rules", book / "events/hanmag-2013.event"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == "error[unwritable-file]: cannot write the output: no space left on device\n"


@pytest.mark.parametrize(
    ("asked", "width"),
    [
        ("100", 100),
        ("3", 40),
        ("7000", 200),
        ("9" * 5000, 80),
        ("0", 80),
        ("-5", 80),
        ("wide", 80),
        ("", 80),
        ("²", 80),
    ],
)
def test_the_width_is_what_is_asked_for_where_that_is_a_number(monkeypatch, asked, width):
    monkeypatch.setenv("COLUMNS", asked)
    monkeypatch.setattr(sys, "__stdout__", None)  # no terminal says how wide it is
    assert shell.terminal_width() == width
