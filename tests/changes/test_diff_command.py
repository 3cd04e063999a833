"""`rulelang diff`, end to end: where versions come from, what is compared, every format, every refusal."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise

import openpyxl
import pytest
from markdown_it import MarkdownIt

import rulelang
from rulelang.base.files import data_folder
from rulelang.changes.words.document import make_document
from rulelang.document.terminal import render_terminal
from rulelang.tools.commands.diff import LEVELS
from tests.changes.pairs import STRAIGHT
from tests.examples import mostly_slow

BOOKS = data_folder("rulebooks")
KRX = BOOKS / "krx-derivatives"

OLD = """\
rulebook "A small book" version "1"
currency EUR
members have
    fund : money
waterfall
    tranche own cite "1" paid by defaulters from fund
    tranche junior cite "2" paid by ccp up to EUR 3
    tranche pool cite "3" paid by survivors from fund shared pro rata to fund
    finally open
"""
EVENT = """\
event "A default"
declared 2024-01-01
member A
    fund = EUR 60
member B
    fund = EUR 20
member D
    fund = EUR 1
default of D loss EUR 10
"""
CHANGED = OLD.replace("EUR 3", "EUR 5")
EQUALLY = OLD.replace("shared pro rata to fund", "shared equally")
RETITLED = OLD.replace("A small book", "The small book")
NEEDS_MORE = CHANGED.replace("    fund : money", "    fund : money\n    stake : money")
BROKEN = OLD.replace("paid by ccp", "paid by nobody")
CROOKED = CHANGED.replace("up to EUR 5", "up to EUR 1 * (loss / EUR 1) * (loss / EUR 1)")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    texts = {
        "old.rules": OLD,
        "new.rules": CHANGED,
        "equally.rules": EQUALLY,
        "retitled.rules": RETITLED,
        "more.rules": NEEDS_MORE,
        "broken.rules": BROKEN,
        "crooked.rules": CROOKED,
        "dollars.rules": CHANGED.replace("EUR", "USD"),
        "a.event": EVENT,
        "more.event": EVENT.replace("    fund", "    stake = EUR 1\n    fund"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(folder, in_process):
    return in_process


def asked(run, *arguments):
    """What the JSON says."""
    code, out, err = run("diff", *arguments, "--format", "json")
    assert (code, err) == (int(json.loads(out)["verdict"] != "identical"), "")
    return json.loads(out)


# ------------------------------------------------------------------------------------------------------------ verdicts


@pytest.mark.parametrize("path", mostly_slow(STRAIGHT), ids=lambda path: path.parent.name)
def test_a_shipped_pair_gives_its_verdict(path, run):
    verdict = json.loads(path.read_text("utf-8"))
    sides = [path.parent / verdict[side] for side in ("old", "new")]
    events = [part for name in verdict["events"] for part in ("--event", path.parent / name)]
    found = asked(run, *sides, *events)
    assert found["verdict"] == verdict["verdict"]
    assert [event["title"] for event in found["events"]]
    for name, event in zip(verdict["events"], found["events"], strict=True):
        payers = any(row["difference"].strip("-0.") for row in event["payers"])
        assert payers == (verdict["by_event"][name]["at_the_loss"] != "identical")
    code, out, _ = run("diff", *sides, "--event", path.parent / "events")
    assert code == 1
    assert f"\n{verdict['verdict']}: " in out


@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        ("old.rules", "identical"),
        ("retitled.rules", "text"),
        ("new.rules", "totals differ"),
        ("equally.rules", "members differ"),
        ("broken.rules", "does not run any more"),
    ],
)
def test_verdicts_and_exit_codes(new, verdict, run):
    arguments = ("diff", "old.rules", new, "--event", "a.event")
    assert asked(run, *arguments[1:])["verdict"] == verdict
    reached = verdict.replace(" ", "-")
    levels = [*LEVELS]
    for number, level in enumerate(levels):
        due = reached in levels and levels.index(reached) >= number
        assert run(*arguments, "--fail-at", level)[0] == (1 if due else 0), level


def test_without_an_event_only_the_texts_are_compared(run):
    found = asked(run, "old.rules", "new.rules")
    assert found["verdict"] == "structure without effect"
    assert found["compared"] == "the texts alone, under no event"
    assert "nothing is said of what payers pay" in found["sentence"]
    assert run("diff", "old.rules", "retitled.rules", "--fail-at", "text")[0] == 1
    assert run("diff", "old.rules", "old.rules", "--fail-at", "text")[0] == 0
    assert run("diff", "old.rules", "retitled.rules")[0] == 1
    assert run("diff", "old.rules", "retitled.rules", "--fail-at", "never")[0] == 0
    for level in [*LEVELS][1:]:
        code, out, err = run("diff", "old.rules", "new.rules", "--fail-at", level)
        assert (code, out) == (2, "")
        assert "needs an --event" in err


@pytest.mark.parametrize(
    ("options", "left_out"),
    [
        (("--vary", "los"), "--vary"),
        (("--to", "EUR x"), "--to"),
        (("--on", "2024-05-06"), "--on"),
        (("--vary", "loss", "--to", "EUR 5"), "--vary and --to"),
    ],
)
def test_what_is_said_of_events_needs_one(run, options, left_out):
    """Nothing would be done with it, not even seen that it is wrong."""
    code, out, err = run("diff", "old.rules", "new.rules", *options)
    assert (code, out) == (2, "")
    assert f"leave out {left_out}\n" in err


def test_amounts_before_and_after(run):
    (event,) = asked(run, "old.rules", "new.rules", "--event", "a.event")["events"]
    rows = {row["payer"]: row for row in event["payers"]}
    assert [rows["A"][key] for key in ("before", "after", "difference")] == ["4.50", "3.00", "-1.50"]
    assert rows["A"]["over"]["from"] == "4.00"
    assert rows["A"]["over"]["largest"] == {"amount": "-1.50", "at": "6.00", "side": "at", "unbounded": False}
    assert rows["ccp"]["over"]["direction"] == "more"
    assert event["bands"] == [{"from": "4.00", "to": None}]
    assert [(row["class"], row["differs"]) for row in event["classes"]] == [
        ("defaulters", "no"),
        ("ccp", "yes"),
        ("survivors", "yes"),
        ("uncovered", "yes"),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_a_step_that_is_no_longer_done_in_each_segment_is_told_of_in_each(turned, run, folder):
    once = OLD.replace("members have", "segments rates, equity\nmembers have")
    anew = once.replace("paid by ccp up to EUR 3", "paid by ccp per segment up to EUR 3 in each segment")
    event = EVENT.replace("D loss EUR 10", "D in rates loss EUR 5\ndefault of D in equity loss EUR 5")
    for name, text in (("once.rules", once), ("anew.rules", anew), ("two.event", event)):
        (folder / name).write_text(text, encoding="utf-8")
    files = ("once.rules", "anew.rules") if turned else ("anew.rules", "once.rules")
    found = asked(run, *files, "--event", "two.event")["events"][0]["steps"]
    juniors = {(step["old"], step["new"], step["segment"]): step for step in found if "junior" in step.values()}
    each, whole = ("junior", None) if turned else (None, "junior")
    assert set(juniors) == {("junior", each, "rates"), ("junior", each, "equity"), ("junior", whole, None)}
    for step in juniors.values():
        assert step["over"]["largest"]["amount"] == step["difference"] != "0.00"


def test_members_that_differ_while_totals_do_not(run):
    code, out, _ = run("diff", "old.rules", "equally.rules", "--event", "a.event")
    assert code == 1
    assert "every class of payers pays the same in all, but 2 payers differ" in out.replace("\n", " ")
    assert "the surviving members pay the same in all, but share it otherwise" in out


def test_vary_and_to(run):
    (event,) = asked(run, "old.rules", "new.rules", "--event", "a.event", "--to", "EUR 12")["events"]
    assert event["until"] == "12.00"
    assert event["bands"] == [{"from": "4.00", "to": "12.00"}]
    code, out, err = run("diff", "old.rules", "new.rules", "--event", "a.event", "--to", "EUR 5")
    assert (code, out) == (3, "")
    assert "not-comparable" in err
    assert "below the event's own EUR 10.00" in err
    found = asked(run, "old.rules", "new.rules", "--event", "a.event", "--vary", "D", "--to", "0.01 thousand")
    assert "for every value of the loss of D from 0 on; only up to EUR 10.00" in found["compared"]
    for wrong in ("USD 5", "much", "EUR 5.001", "-1", "5 furlong", ""):
        code, _, err = run("diff", "old.rules", "new.rules", "--event", "a.event", "--to", wrong)
        assert code == 3, wrong
        assert "--> " not in err
    code, _, err = run("diff", "old.rules", "new.rules", "--event", "a.event", "--vary", "junk")
    assert code == 3
    assert "nothing-to-vary" in err


def test_fixed_compares_the_events_own_loss_alone(run):
    found = asked(run, "old.rules", "new.rules", "--event", "a.event", "--fixed")
    assert found["compared"] == "1 event, at its own loss only"
    assert found["sentence"].startswith("the CCP pays EUR 2.00 more at the event's own loss")
    assert run("diff", "old.rules", "new.rules", "--fixed", "--vary", "loss")[0] == 2


def test_what_has_no_straight_lines_is_refused_and_fixed_is_offered(run):
    code, out, err = run("diff", "old.rules", "crooked.rules", "--event", "a.event")
    assert (code, out) == (3, "")
    assert "not-straight" in err
    assert "--fixed" in err
    assert "multiplies two amounts that both move" in err
    assert run("diff", "old.rules", "crooked.rules", "--event", "a.event", "--fixed")[0] == 1


# ----------------------------------------------------------------------------------------------------- two kinds of no


def test_a_new_version_that_does_not_check_is_a_verdict(run):
    code, out, err = run("diff", "old.rules", "broken.rules", "--event", "a.event")
    assert (code, err) == (1, "")
    assert "does not run any more: the new version does not check:" in out
    assert "broken.rules, line 7" in out
    found = asked(run, "old.rules", "broken.rules")
    assert (found["structure"], found["events"], found["new"]["title"]) == (None, [], None)
    assert found["refusal"][0]["line"] == 7


def test_an_old_version_that_does_not_check_or_run_is_bad_input(run, folder):
    assert run("diff", "broken.rules", "old.rules")[0] == 3
    code, out, err = run("diff", "more.rules", "old.rules", "--event", "a.event")
    assert (code, out) == (3, "")
    assert "missing-value" in err


def test_data_that_only_the_new_version_needs(run, folder):
    found = asked(run, "old.rules", "more.rules", "--event", "a.event")
    assert found["verdict"] == "does not run any more"
    assert found["events"][0]["refusal"][0]["code"] == "missing-value"
    assert "--new-event" in run("diff", "old.rules", "more.rules", "--event", "a.event")[1]
    found = asked(run, "old.rules", "more.rules", "--event", "a.event", "--new-event", "more.event")
    assert found["verdict"] == "totals differ"


def test_new_events_go_with_events(run, folder):
    (folder / "events").mkdir()
    shutil.copy("a.event", "events")
    assert run("diff", "old.rules", "more.rules", "--new-event", "more.event")[0] == 2
    assert run("diff", "old.rules", "more.rules", "--event", "events", "--new-event", "more.event")[0] == 2
    code, _, err = run("diff", "old.rules", "more.rules", "--event", "a.event", "--new-event", "a.event")
    assert code == 3
    assert "missing-value" in err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("member B\n    stake = EUR 1\n    fund = EUR 20\n", ""), "has no member `B`"),
        (("loss EUR 10", "loss EUR 11"), "have different losses"),
        (("2024-01-01", "2024-01-02"), "have different days"),
    ],
)
def test_two_defaults_are_not_compared(change, words, run, folder):
    text = (folder / "more.event").read_text("utf-8").replace(*change)
    (folder / "other.event").write_text(text, encoding="utf-8")
    code, out, err = run("diff", "old.rules", "more.rules", "--event", "a.event", "--new-event", "other.event")
    assert (code, out) == (3, "")
    assert "not-comparable" in err
    assert words in err


def test_two_currencies_are_not_compared(run):
    code, out, err = run("diff", "old.rules", "dollars.rules", "--event", "a.event")
    assert (code, out) == (3, "")
    assert "the old version settles in EUR, the new one in USD" in err


def test_one_currency_with_other_decimals_is_not_compared(run, folder):
    for name, decimals in (("two", 2), ("three", 3), ("both", 3)):
        text = OLD.replace("currency EUR", f"currency XBT with {decimals} decimals").replace("EUR 3", "XBT 3")
        (folder / f"{name}.rules").write_text(text, encoding="utf-8")
    (folder / "x.event").write_text(EVENT.replace("EUR", "XBT"), encoding="utf-8")
    for command in (("diff", "two.rules", "three.rules", "--event", "x.event"), ("prove", "two.rules", "three.rules")):
        code, out, err = run(*command)
        assert (code, out) == (3, ""), command
        said = " ".join(err.split())
        assert "XBT has 2 decimals in the old version and 3 in the new one" in said, command
        assert "declare it with 3 decimals in both versions" in said, command
    assert run("diff", "both.rules", "three.rules", "--event", "x.event")[0] == 0


def test_an_event_that_names_a_step_whose_name_was_given_to_another(run, folder):
    old = OLD.replace("finally", 'assessment levy cite "4" paid by survivors up to fund each shared equally\nfinally')
    new = OLD.replace(
        "finally",
        'haircut levy cite "5" paid by ccp up to EUR 1\n'
        'assessment calls formerly levy cite "4" paid by survivors up to fund each shared equally\nfinally',
    )
    (folder / "one.rules").write_text(old, encoding="utf-8")
    (folder / "two.rules").write_text(new.replace("formerly levy ", ""), encoding="utf-8")
    (folder / "paid.event").write_text(EVENT + "paid 2023-12-01 by ccp under levy EUR 1\n", encoding="utf-8")
    assert {edit["kind"] for edit in asked(run, "one.rules", "two.rules")["structure"]["edits"]} >= {"name-reused"}
    code, _, err = run("diff", "one.rules", "two.rules", "--event", "paid.event")
    assert code == 3
    assert "names `levy`, which is another step in the new version" in err
    assert run("diff", "one.rules", "two.rules", "--event", "a.event")[0] == 1


def test_rounding_alone_is_mentioned_and_is_no_difference(run, folder):
    """One draw shared once, or in two parts that are rounded each: a unit may go to another member."""
    head = OLD[: OLD.index("    tranche pool")]
    pool = 'cite "3" paid by survivors from fund shared pro rata to fund\n'
    first = 'tranche first cite "3" paid by survivors from fund up to EUR 0.02 in total shared pro rata to fund\n'
    (folder / "one.rules").write_text(f"{head}    tranche pool {pool}    finally open\n", encoding="utf-8")
    (folder / "two.rules").write_text(f"{head}    {first}    tranche pool {pool}    finally open\n", encoding="utf-8")
    event = EVENT.replace("EUR 60", "EUR 50").replace("loss EUR 10", "loss EUR 6.01")
    (folder / "odd.event").write_text(event, encoding="utf-8")
    for extra in ((), ("--fixed",)):
        found = asked(run, "one.rules", "two.rules", "--event", "odd.event", *extra)
        assert found["verdict"] == "structure without effect", extra
        assert found["sentence"].endswith("but nobody pays more or less than rounding makes of it")
        (event,) = found["events"]
        assert event["rounding_only"]
        rows = {row["payer"]: (row["difference"], row["differs"]) for row in event["payers"]}
        assert rows["A"] == ("-0.01", "rounding")
        out = run("diff", "one.rules", "two.rules", "--event", "odd.event", *extra)[1]
        assert "2 payers differ by rounding only: `A` and `B`".replace("`", "") in out


def test_wrong_use(run, folder):
    assert run("diff")[0] == 2
    assert run("diff", "old.rules")[0] == 2
    assert run("diff", "old.rules", "new.rules", "old.rules")[0] == 2
    assert run("diff", "old.rules", "new.rules", "--format", "xlsx")[0] == 2
    assert run("diff", "old.rules", "new.rules", "--fail-at", "identical")[0] == 2
    assert run("diff", "old.rules", "nothing.rules")[0] == 3
    assert run("diff", "old.rules", "new.rules", "--event", "nothing.event")[0] == 3


@pytest.mark.parametrize("form", ["table", "json", "markdown", "csv", "xlsx", "html"])
def test_nothing_is_half_written(form, run, folder):
    out = folder / "missing" / f"d.{form}"
    code, told, err = run("diff", "old.rules", "new.rules", "--event", "a.event", "--format", form, "--out", out)
    assert (code, told) == (3, "")
    assert "unwritable-file" in err
    assert not out.parent.exists()
    (folder / "kept").write_text("kept", encoding="utf-8")
    assert run("diff", "old.rules", "dollars.rules", "--format", form, "--out", "kept")[0] == 3
    assert (folder / "kept").read_text("utf-8") == "kept"


# ------------------------------------------------------------------------------------------------------------- formats


@pytest.mark.parametrize("path", mostly_slow(STRAIGHT), ids=lambda path: path.parent.name)
def test_tables_fit(path):
    verdict = json.loads(path.read_text("utf-8"))
    sides = [path.parent / verdict[side] for side in ("old", "new")]
    found = rulelang.diff(*sides, [path.parent / name for name in verdict["events"]])
    for full in (False, True):
        document = make_document(found, full=full)
        for width in (60, 80, 120):
            lines = render_terminal(document, width=width, colour=False, full=full).splitlines()
            assert max(map(len, lines)) <= width
            assert not [one for one, other in pairwise(lines) if not one and not other]


def test_colour_only_if_asked_for(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("diff", "old.rules", "new.rules", "--event", "a.event")[1]


def test_changed_rows_come_first_and_full_shows_the_others(run):
    concise = run("diff", "old.rules", "new.rules", "--event", "a.event")[1]
    full = run("diff", "old.rules", "new.rules", "--event", "a.event", "--full")[1]
    assert "the defaulters" not in concise
    table = full[full.index("At the event's loss: who") :]
    assert table.index(" B ") < table.index("the defaulters") < table.index("Over all losses")


def test_a_concise_table_counts_the_payers_it_leaves_out(run, folder):
    many = "".join(f"member M{number:02}\n    fund = EUR {number + 10}\n" for number in range(30))
    event = EVENT.replace("member D", f"{many}member D").replace("loss EUR 10", "loss EUR 50")
    (folder / "many.event").write_text(event, encoding="utf-8")
    concise = run("diff", "old.rules", "new.rules", "--event", "many.event")[1]
    assert "and 17 more (all with --full)" in concise
    full = run("diff", "old.rules", "new.rules", "--event", "many.event", "--full")[1]
    assert "\n M00 " in full
    assert "\n M00 " not in concise
    out = run("diff", "old.rules", "new.rules", "--event", "many.event", "--format", "csv")[1]
    assert "M00" in out


def test_csv_has_one_head_and_plain_amounts(run):
    out = run("diff", "old.rules", "new.rules", "--event", "a.event", "--format", "csv")[1]
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0]["table"] == "Verdict"
    assert rows[0]["change"] == "totals differ"
    payers = {row["payer"]: row for row in rows if row["table"] == "Payers"}
    assert (payers["A"]["before"], payers["A"]["after"], payers["A"]["difference"]) == ("4.50", "3.00", "-1.50")
    (path,) = [path for path in STRAIGHT if path.parent.name == "eurex-second-sitg"]
    sides = [path.parent / name for name in ("before.rules", "after.rules")]
    large = csv.DictReader(
        io.StringIO(run("diff", *sides, "--event", path.parent / "events/in-the-fund.event", "--format", "csv")[1])
    )
    assert ["200000000.00", "145000000.00"] in [[row["before"], row["after"]] for row in large]
    edits = [row for row in rows if row["table"] == "Edits"]
    assert {(row["before"], row["after"]) for row in edits} == {("up to EUR 3", "up to EUR 5")}


def test_a_spreadsheet_opens_with_numbers(run, folder):
    done = run("diff", "old.rules", "new.rules", "--event", "a.event", "--format", "xlsx", "--out", "d.xlsx")
    assert done == (1, "", "")
    book = openpyxl.load_workbook("d.xlsx")
    assert book.sheetnames[:2] == ["Verdict", "Edits"]
    assert book["Verdict"]["B2"].value == "totals differ"
    rows = list(book["Payers"].iter_rows(values_only=True))
    assert rows[0] == ("Event", "Payer", "Before", "After", "Difference")
    assert ("A default", "A", 4.5, 3, -1.5) in rows


HOSTILE = '"=cmd() <script>alert(1)</script> | @team [x](y) #7 `a|b`"'


def test_texts_of_others_stay_texts(run, folder):
    rules = OLD.replace('"A small book"', HOSTILE).replace("EUR 3", "EUR 5").replace('"3"', '"`<i>` | @all"')
    (folder / "hostile.rules").write_text(rules, encoding="utf-8")
    event = EVENT.replace('"A default"', '"<b>bold</b> | `code` @all"').replace("member A", 'member A "<u>a|b</u>"')
    (folder / "hostile.event").write_text(event, encoding="utf-8")
    arguments = ("diff", "old.rules", "hostile.rules", "--event", "hostile.event", "--full")
    page = run(*arguments, "--format", "html")[1]
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(run(*arguments, "--format", "markdown")[1])
    for text in (page, shown):
        for tag in ("<script", "<b>bold", "<i>", "<u>", 'href="'):
            assert tag not in text
    outside = re.sub(r"<code>.*?</code>", "", shown)
    assert not re.search(r"@(?!<!-- -->)|#\d", outside)
    for table in re.findall(r"<table>.*?</table>", shown, re.DOTALL):
        rows = [len(re.findall("<t[hd]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)]
        assert len(set(rows)) == 1
    assert "&lt;u&gt;a|b&lt;/u&gt;" in shown
    for row in csv.reader(io.StringIO(run(*arguments, "--format", "csv")[1])):
        assert not [cell for cell in row if cell.startswith(("=", "@"))]


@pytest.mark.slow
def test_markdown_is_short_enough_and_says_what_is_left_out(run, folder):
    steps = "".join(
        f'    tranche s{number} "{"x" * 200}" cite "9" paid by ccp up to EUR {number + 1}\n' for number in range(900)
    )
    (folder / "long.rules").write_text(OLD.replace("    finally", f"{steps}    finally"), encoding="utf-8")
    out = run("diff", "old.rules", "long.rules", "--format", "markdown")[1]
    assert len(out) < 65_000
    assert "and 800 more" in out
    events = [part for number in range(80) for part in ("--event", f"{number}.event")]
    for number in range(80):
        text = EVENT.replace("A default", f"Default {number}").replace("fund = EUR 60", f"fund = EUR {60 + number}")
        (folder / f"{number}.event").write_text(text, encoding="utf-8")
    out = run("diff", "old.rules", "new.rules", *events, "--format", "markdown")[1]
    assert len(out) < 65_000
    assert "_Left out, for the text would be too long:" in out
    assert "Default 79" in out or "more." in out


def test_a_page_needs_nothing_else(run):
    page = run("diff", "old.rules", "new.rules", "--event", "a.event", "--format", "html")[1]
    assert page.startswith("<!doctype html>")
    assert "src=" not in page
    assert "href=" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


# ----------------------------------------------------------------------------------------------------------- revisions

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="Git is not there")


def git(*arguments, **more):
    identity = {
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "core.pager=cat", *arguments]
    environment = {**os.environ, **identity, **alone, **more}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def repository(folder):
    (folder / "books").mkdir()
    (folder / "books/ccp.rules").write_text(OLD, encoding="utf-8")
    git("init", "-q", ".")
    git("add", "books")
    git("commit", "-q", "-m", "one")
    (folder / "books/ccp.rules").write_text(CHANGED, encoding="utf-8")
    return folder


@needs_git
def test_a_revision_against_the_working_tree(repository, run, monkeypatch):
    found = asked(run, "HEAD:books/ccp.rules", "books/ccp.rules", "--event", "a.event")
    assert found["verdict"] == "totals differ"
    assert found["old"]["file"] == "HEAD:books/ccp.rules"
    assert asked(run, "main:books/ccp.rules", "HEAD:books/ccp.rules")["verdict"] == "identical"
    assert asked(run, ":books/ccp.rules", "HEAD:books/ccp.rules")["verdict"] == "identical"
    git("add", "books")
    assert asked(run, ":books/ccp.rules", "HEAD:books/ccp.rules")["verdict"] == "structure without effect"
    monkeypatch.chdir("books")
    assert asked(run, "HEAD:./ccp.rules", "ccp.rules")["verdict"] == "structure without effect"
    assert asked(run, "HEAD:books/ccp.rules", "ccp.rules")["verdict"] == "structure without effect"


@needs_git
def test_what_a_revision_names_is_read_from_the_working_tree(repository, run):
    test = 'test "t"\n    event "t.event"\n    expect junior pays EUR 3\n'
    (repository / "books/ccp.rules").write_text(OLD + test, encoding="utf-8")
    (repository / "books/t.event").write_text(EVENT, encoding="utf-8")
    git("add", "books/ccp.rules")
    git("commit", "-q", "-m", "two")
    assert asked(run, "HEAD:books/ccp.rules", "new.rules", "--event", "books/t.event")["verdict"] == "totals differ"


@needs_git
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing:books/ccp.rules", "has no revision `nothing`"),
        ("HEAD~7:books/ccp.rules", "has no revision `HEAD~7`"),
        ("HEAD:books/none.rules", "no file `books/none.rules` in the revision `HEAD`"),
        ("HEAD:books", "no file `books` in the revision `HEAD`"),
        (":none.rules", "no file `none.rules` among what is staged"),
    ],
)
def test_revisions_and_paths_that_are_not_there(name, words, repository, run):
    code, out, err = run("diff", name, "new.rules")
    assert (code, out) == (3, "")
    assert "unknown-revision" in err
    assert words in err


def test_no_repository_and_no_git(folder, run, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    if shutil.which("git") is not None:
        code, _, err = run("diff", "HEAD:old.rules", "new.rules")
        assert code == 3
        assert "no folder of a Git repository" in err
    monkeypatch.setenv("PATH", str(folder))
    code, _, err = run("diff", "HEAD:old.rules", "new.rules")
    assert code == 3
    assert "Git is not installed" in err


def test_a_file_whose_name_has_a_colon_is_a_file(folder, run):
    shutil.copy("old.rules", "HEAD:old.rules")
    assert asked(run, "HEAD:old.rules", "new.rules")["old"]["file"] == "HEAD:old.rules"
    assert run("diff", "-x:old.rules", "new.rules")[0] == 2


@pytest.mark.slow
@needs_git
def test_the_driver_of_git_diff(repository):
    """As documented: an attribute, and the command in the configuration."""
    (repository / ".gitattributes").write_text("*.rules diff=rulelang\n", encoding="utf-8")
    git("config", "diff.rulelang.command", f"{sys.executable} -m rulelang diff --git-driver")
    out = git("diff")
    assert "- up to EUR 3" in out
    assert "+ up to EUR 5" in out
    assert "limit changed" in out
    assert "a/books/ccp.rules" in out
    (repository / "books/ccp.rules").write_text(BROKEN, encoding="utf-8")
    out = git("diff")
    assert "-    tranche junior" in out
    assert "+    tranche junior" in out
    (repository / "books/new.rules").write_text(OLD, encoding="utf-8")
    git("add", "books/new.rules")
    assert "books/new.rules: new rulebook" in git("diff", "--cached")
    git("rm", "-q", "-f", "books/ccp.rules")
    assert "books/ccp.rules: deleted rulebook" in git("diff", "--cached", "--no-renames")
    assert "limit changed" in git("log", "-p", "--ext-diff", "-1") or "new rulebook" in git(
        "log", "-p", "--ext-diff", "-1"
    )


def test_the_driver_takes_what_git_gives(run):
    assert run("diff", "--git-driver", "a.rules")[:2] == (0, "a.rules: not merged\n")
    assert run("diff", "--git-driver", "a", "b")[0] == 2


# ------------------------------------------------------------------------------------------------------------- records


@pytest.fixture
def records(folder, run):
    for name in ("old", "new"):
        assert run("run", f"{name}.rules", "a.event", "--audit", f"{name}.audit.json")[0] == 0
    return folder


def test_two_records_bring_their_event(records, run):
    for name in ("old.rules", "new.rules", "a.event"):
        (records / name).unlink()
    found = asked(run, "old.audit.json", "new.audit.json")
    assert found["verdict"] == "totals differ"
    assert [event["title"] for event in found["events"]] == ["A default"]
    assert run("diff", "old.audit.json", "new.audit.json", "--fail-at", "totals-differ")[0] == 1


@pytest.mark.parametrize("sides", [("old.audit.json", "new.rules"), ("old.rules", "new.audit.json")])
def test_a_record_against_a_rulebook(sides, records, run):
    found = asked(run, *sides, "--event", "a.event")
    assert found["verdict"] == "totals differ"
    assert len(found["events"]) == 2


def test_a_record_with_files_of_members_and_one_of_a_test(records, run):
    members = "member,fund\nA,60\nB,20\nD,1\n"
    (records / "m.csv").write_text(members, encoding="utf-8")
    text = 'event "From a table"\ndeclared 2024-01-01\nmembers from "m.csv"\ndefault of D loss EUR 10\n'
    (records / "table.event").write_text(text, encoding="utf-8")
    inline = EVENT.split("\n", 1)[1]
    (records / "tested.rules").write_text(
        f'{OLD}test "inside"\n{inline}    expect junior pays EUR 3\n', encoding="utf-8"
    )
    assert run("run", "old.rules", "table.event", "--audit", "table.json")[0] == 0
    assert run("run", "tested.rules", "--test", "inside", "--audit", "tested.json")[0] == 0
    (records / "m.csv").unlink()
    assert asked(run, "table.json", "new.rules")["verdict"] == "totals differ"
    assert asked(run, "tested.json", "new.rules")["verdict"] == "totals differ"
    assert asked(run, "new.rules", "tested.json")["verdict"] == "totals differ"
    (event,) = asked(run, "tested.json", "more.rules")["events"]
    assert {(found["code"], found["file"]) for found in event["refusal"]} == {("missing-value", "tested.rules")}


def test_a_record_that_does_not_stand_is_refused(records, run):
    text = (records / "old.audit.json").read_text("utf-8")
    (records / "changed.json").write_text(text.replace("EUR 3", "EUR 4"), encoding="utf-8")
    (records / "other.json").write_text('{"format": "other"}', encoding="utf-8")
    for name in ("changed.json", "other.json"):
        code, out, err = run("diff", name, "new.rules")
        assert (code, out) == (3, "")
        assert "not-a-record" in err


# ------------------------------------------------------------------------------------------ what is shown is what is so

THIRDS = """\
rulebook "Thirds"
currency EUR
members have
    fund : money
waterfall
    tranche one cite "1" paid by ccp up to EUR 1
    tranche two cite "2" paid by survivors up to EUR 1_009 in total shared equally
    finally open
"""
THREE = """\
event "Three"
declared 2024-01-01
member A
    fund = EUR 60
member B
    fund = EUR 20
member C
    fund = EUR 20
member D
    fund = EUR 1
default of D loss EUR 2.01
"""


def test_a_largest_difference_that_is_cut_off_says_so_in_every_format(run, folder):
    """A run may round it up, so that a difference at the event's loss is larger than the largest that is shown."""
    (folder / "one.rules").write_text(THIRDS, "utf-8")
    (folder / "other.rules").write_text(THIRDS.replace("up to EUR 1\n", "up to EUR 2\n"), "utf-8")
    (folder / "three.event").write_text(THREE, "utf-8")
    arguments = ("one.rules", "other.rules", "--event", "three.event")
    payers = {row["payer"]: row for row in asked(run, *arguments)["events"][0]["payers"]}
    assert payers["B"]["difference"] == "-0.34"
    assert payers["B"]["over"]["largest"]["amount"] == "-1/3"
    for form in ("table", "markdown", "html"):
        _, out, _ = run("diff", *arguments, "--format", form)
        assert "-0.33…" in out, form
        assert "… stands where digits go on" in " ".join(out.split())
        assert not re.search(r"-0\.33(?!…)", out.split("Over all losses")[1]), form
    rows = list(csv.DictReader(io.StringIO(run("diff", *arguments, "--format", "csv")[1])))
    (row,) = (row for row in rows if row["table"] == "Payers over the range" and row["payer"] == "B")
    assert (row["largest difference"], row["at"]) == ("-0.33…", "2.00")
    run("diff", *arguments, "--format", "xlsx", "--out", "d.xlsx")
    sheet = openpyxl.load_workbook("d.xlsx")["Payers over the range"]
    assert {row[4].value for row in sheet.iter_rows(min_row=2)} == {1, -1, "-0.33…"}
    run("report", "other.rules", "three.event", "--against", "one.rules", "--out", "r.html")
    assert "0.33… less, at 2.00" in (folder / "r.html").read_text("utf-8")


def test_a_sentence_and_a_place_that_are_cut_off_say_so(run, folder):
    (folder / "one.rules").write_text(THIRDS, "utf-8")
    (folder / "other.rules").write_text(THIRDS.replace("up to EUR 1\n", "up to loss / 3\n"), "utf-8")
    (folder / "three.event").write_text(THREE, "utf-8")
    _, out, _ = run("diff", "one.rules", "other.rules", "--event", "three.event", "--to", "EUR 2.01")
    assert "the CCP pays up to EUR 0.66… less" in " ".join(out.split())


def test_a_largest_difference_at_a_jump_is_just_above_or_below_it(run, folder):
    for word, sign in (("above", ">"), ("below", "<")):
        limit = f"up to if loss {sign} EUR 4 then EUR 3 else EUR 1\n"
        (folder / "one.rules").write_text(THIRDS, "utf-8")
        (folder / "other.rules").write_text(THIRDS.replace("up to EUR 1\n", limit), "utf-8")
        (folder / "three.event").write_text(THREE, "utf-8")
        arguments = ("one.rules", "other.rules", "--event", "three.event")
        (largest,) = (
            row["over"]["largest"] for row in asked(run, *arguments)["events"][0]["payers"] if row["payer"] == "ccp"
        )
        assert (largest["amount"], largest["side"]) == ("2.00", word if word == "above" else "at")
        out = " ".join(run("diff", *arguments)[1].split())
        assert ("just above 4.00" in out) == (word == "above")


def test_a_loss_at_which_nobody_pays_differently_is_left_out(run, folder):
    limit = "up to if loss = EUR 4 then EUR 1 else EUR 2\n"
    (folder / "one.rules").write_text(THIRDS, "utf-8")
    (folder / "other.rules").write_text(THIRDS.replace("up to EUR 1\n", limit), "utf-8")
    (folder / "three.event").write_text(THREE, "utf-8")
    found = asked(run, "one.rules", "other.rules", "--event", "three.event")["events"][0]
    parted = [{"from": "1.00", "to": "4.00"}, {"from": "4.00", "to": None}]
    assert found["bands"] == parted
    for row in (*found["payers"], *found["classes"], *found["steps"]):
        bands = [{"from": band["from"], "to": band["to"]} for band in (row["over"] or {"bands": []})["bands"]]
        if bands and bands[0]["from"] == "1.00":
            assert (bands[0], bands[1]["from"]) == (parted[0], "4.00"), row
    run("report", "other.rules", "three.event", "--against", "one.rules", "--out", "r.html")
    assert "more from 1.00 to 4.00; more above 4.00" in (folder / "r.html").read_text("utf-8")


def test_a_page_says_whether_a_payer_pays_ever_more_or_ever_less(run, folder):
    (folder / "one.rules").write_text(THIRDS.replace("up to EUR 1\n", "up to loss / 2\n"), "utf-8")
    (folder / "other.rules").write_text(THIRDS, "utf-8")
    (folder / "three.event").write_text(THREE, "utf-8")
    for new, old, word in (("other", "one", "less"), ("one", "other", "more")):
        run("report", f"{new}.rules", "three.event", "--against", f"{old}.rules", "--out", f"{new}.html")
        assert f"ever {word} the larger the loss" in (folder / f"{new}.html").read_text("utf-8")


def test_steps_that_are_gone_stand_behind_what_they_stood_behind(run, folder):
    gone = OLD.replace('    tranche junior cite "2" paid by ccp up to EUR 3\n', "")
    (folder / "gone.rules").write_text(gone, "utf-8")
    steps = asked(run, "old.rules", "gone.rules", "--event", "a.event")["events"][0]["steps"]
    assert [(row["old"], row["new"]) for row in steps] == [("own", "own"), ("junior", None), ("pool", "pool")]


def test_what_stays_uncovered_is_that_of_the_runs(run, folder):
    (folder / "large.event").write_text(EVENT.replace("loss EUR 10", "loss EUR 100"), "utf-8")
    (event,) = asked(run, "old.rules", "new.rules", "--event", "large.event")["events"]
    (row,) = (row for row in event["classes"] if row["class"] == "uncovered")
    assert (row["before"], row["after"], row["difference"]) == ("16.00", "14.00", "-2.00")


def test_a_class_that_pays_less_is_not_said_to_share_otherwise(run, folder):
    assert "share it otherwise" not in run("diff", "old.rules", "new.rules", "--event", "a.event")[1]
    assert "share it otherwise" in run("diff", "old.rules", "equally.rules", "--event", "a.event")[1]
