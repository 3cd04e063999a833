"""Histories from the command line: what runs one, what takes a day of one, and what is refused."""

import csv
import json
import re
from pathlib import Path

import click
import openpyxl
import pytest
from click.testing import CliRunner

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.tools.cli import COMMANDS, cli
from tests.schemas import validator

RULES = """rulebook "Refilled" version "1"
currency EUR
members have
    fund     : money
    required : money
given own : money
period cooling_off opens at a default lasts 5 business days
limit aggregate as 200% of required each during cooling_off
waterfall
    tranche junior paid by ccp from own
    tranche fund_draw paid by survivors from fund shared pro rata to required
    assessment calls paid by survivors up to aggregate shared pro rata to required
    finally closure
replenish fund "Refill" paid by survivors to required each up to aggregate within 2 business days
recoveries repay calls, fund_draw then repay junior rest to defaulters
test "a fortnight" history "h.history"
    expect on 2024-03-07 fund_draw pays EUR 50
    expect on 2024-03-07 ALPHA owes EUR 30 to fund
    expect on 2024-03-07 uncovered EUR 0
    expect on 2024-03-07 period cooling_off open
    expect on 2024-03-12 ALPHA holds EUR 30 in fund
    expect on 2024-06-03 period cooling_off closed
    expect on 2024-03-19 outcome closure
    expect on 2024-06-03 ALPHA repaid EUR 21.43 under fund_draw
"""
HISTORY = """history "A fortnight"
under "a.rules"
dues paid when payable
opening 2024-03-01
    given own = EUR 5
    member ALPHA fund = EUR 30 required = EUR 30
    member BRAVO fund = EUR 20 required = EUR 20
    member ZULU fund = EUR 10 required = EUR 10
on 2024-03-07 default of ZULU loss EUR 75
on 2024-03-12 departure of BRAVO
on 2024-03-19
    member CHARLIE fund = EUR 5 required = EUR 5
    default of ALPHA loss EUR 200
on 2024-06-03 recovered from ZULU EUR 50
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    (tmp_path / "b.rules").write_text(RULES.replace("200% of required", "150% of required"), "utf-8")
    (tmp_path / "h.history").write_text(HISTORY, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*words, code=0):
    done = CliRunner().invoke(cli, words, standalone_mode=False, env={"COLUMNS": "120", "NO_COLOR": "1"})
    if isinstance(done.exception, click.ClickException):
        assert code == 2, done.exception
        return done.exception.format_message()
    if isinstance(done.exception, RulelangError):
        assert code == 3, done.exception
        return "; ".join(f"{found.code}: {found.message}" for found in done.exception.diagnostics)
    assert done.exception is None, done.exc_info
    assert (done.return_value or 0) == code, done.output
    return done.output


def test_a_history_is_run_with_the_rulebook_in_its_head_or_with_another(folder):
    own = json.loads(told("run", "h.history", "--format", "json"))
    assert own == json.loads(told("run", "a.rules", "h.history", "--format", "json"))
    other = json.loads(told("run", "b.rules", "h.history", "--format", "json"))
    assert [day["date"] for day in own["days"]] == [day["date"] for day in other["days"]]
    assert own["days"] != other["days"]


def test_one_day_is_that_day_of_all(folder):
    whole = json.loads(told("run", "h.history", "--format", "json"))
    one = json.loads(told("run", "h.history", "--on", "2024-03-12", "--format", "json"))
    assert one == {**whole, "days": [day for day in whole["days"] if day["date"] == "2024-03-12"]}
    validator("history").validate(whole)


def test_the_tests_of_a_rulebook_run_histories(folder):
    assert "1 passed, 0 failed" in told("test", "a.rules", "--no-reach")
    wrong = RULES.replace("ALPHA owes EUR 30", "ALPHA owes EUR 31").replace("cooling_off closed", "cooling_off open")
    (folder / "a.rules").write_text(wrong, "utf-8")
    said = told("test", "a.rules", "--no-reach", code=1)
    assert "what `ALPHA` owes to `fund` on 2024-03-07 should be EUR 31.00, but it is EUR 30.00" in said
    assert "`cooling_off` should be open when 2024-06-03 ends, but it is closed" in said


@pytest.mark.parametrize(
    "expectation",
    [
        "on 2024-03-07 BRAVO holds EUR 1 in fund",
        "on 2024-03-08 uncovered EUR 0",
        "on 2024-03-12 uncovered EUR 0",
        "on 2024-06-03 BRAVO repaid EUR 1",
        "on 2024-06-03 NOBODY holds EUR 1 in fund",
        "on 2024-03-01 period cooling_off open",
    ],
)
def test_an_expectation_that_is_not_met_fails(folder, expectation):
    (folder / "a.rules").write_text(RULES + f"    expect {expectation}\n", "utf-8")
    assert "0 passed, 1 failed" in told("test", "a.rules", "--no-reach", code=1)


TAKING_A_DAY = {
    "run": ("run", "a.rules", "h.history", "--format", "json"),
    "profile": ("profile", "a.rules", "h.history", "--format", "json"),
    "when": ("when", "a.rules", "h.history", "--step", "calls", "--starts", "--format", "json"),
    "diff": ("diff", "a.rules", "a.rules", "--event", "h.history", "--format", "json"),
    "explain": ("explain", "a.rules", "h.history", "--format", "json"),
    "sweep": ("sweep", "a.rules", "h.history", "s.csv", "--out", "r.parquet", "--quiet"),
    "size": ("size", "a.rules", "h.history", "s.csv", "--given", "own", "--quiet", "--format", "json"),
    "replay": ("replay", "a.rules", "h.history", "s.csv", "one", "--format", "json"),
    "report": ("report", "a.rules", "h.history", "--fixed", "--out", "r.html"),
}


@pytest.mark.parametrize("command", TAKING_A_DAY)
def test_a_command_that_takes_an_event_takes_a_day_of_a_history(folder, command):
    (folder / "s.csv").write_text("scenario,loss.ALPHA\none,20\ntwo,40\n", "utf-8")
    told("event", "h.history", "--on", "2024-03-19", "--out", "day.json")
    words = list(TAKING_A_DAY[command])
    day = told(*words, "--on", "2024-03-19")
    names = {"h.history": "day.json", "r.html": "q.html", "r.parquet": "q.parquet"}
    alone = [names.get(word, word) for word in words]
    same = told(*alone)
    if command == "report":
        assert "A fortnight, 2024-03-19" in (folder / "r.html").read_text("utf-8")
    elif command == "run":
        run = json.loads(day)["days"][0]["run"]
        alone_run = json.loads(same)
        assert {**run, "event": None} == {**alone_run, "event": None}
    elif command == "explain":  # it tells beside the run what else there is to say of the day
        whole, run = json.loads(day), json.loads(same)
        told_of = [one for one in whole["paragraphs"] if one in run["paragraphs"]]
        assert [one for one in run["paragraphs"] if one["heading"] != "Remarks"] == told_of
    elif command in ("sweep", "size"):
        assert day.replace("r.parquet", "") == same.replace("q.parquet", "") or command == "size"
    else:
        plain = re.compile(r'"(sha256|file|new_file|title)": "[^"]*"')
        assert plain.sub("", day) == plain.sub("", same)


STANDING = {
    **{command: words for command, words in TAKING_A_DAY.items() if command != "diff"},
    "statement": ("statement", "a.rules", "h.history", "--out", "letters"),
    "event": ("event", "a.rules", "h.history"),
}


@pytest.mark.parametrize("command", STANDING)
def test_a_history_stands_alone_or_before_its_rulebook(folder, command):
    (folder / "s.csv").write_text("scenario,loss.ALPHA\none,20\ntwo,40\n", "utf-8")
    words = STANDING[command]
    alone = [word for word in words if word != "a.rules"]
    behind = [alone[0], "h.history", "a.rules", *alone[2:]]
    said = told(*alone, "--on", "2024-03-19")
    for order, number in ((words, "1"), (behind, "2")):
        others = {name: f"{number}{name}" for name in ("r.html", "letters", "r.parquet")}
        again = told(*(others.get(word, word) for word in order), "--on", "2024-03-19")
        for mine, other in others.items():
            again = again.replace(other, mine)
        assert again.replace("a.rules h.history", "h.history") == said
        for mine in ("r.html", "letters/CHARLIE.md"):
            if (folder / mine).exists():
                assert (folder / mine).read_text("utf-8") == (folder / f"{number}{mine}").read_text("utf-8")
    if command not in ("run", "report", "statement", "event"):  # which take a whole history, or no event
        assert "say of which day" in told(*alone, code=2)
    if command in ("profile", "when", "report"):
        assert "stand alone" in told(*("a.rules" if word == "h.history" else word for word in alone), code=2)


def test_what_stands_behind_a_history_is_a_rulebook_or_scenarios(folder):
    assert "x.event is no rulebook" in told("profile", "h.history", "x.event", "--on", "2024-03-19", code=2)
    assert "Missing argument 'SCENARIOS...'" in told("sweep", "a.rules", "h.history", "--out", "r.parquet", code=2)
    assert "Missing argument 'SCENARIOS...'" in told("sweep", "h.history", "a.rules", "--out", "r.parquet", code=2)


def test_every_command_that_takes_an_event_says_so(folder):
    for command in COMMANDS:
        text = told(command, "--help")
        if command in TAKING_A_DAY or re.search(r"Usage:[^\n]*\bEVENT\b", text):
            assert "--on DATE" in text, command


def test_options_that_mean_nothing_where_they_stand_are_wrong_use(folder):
    (folder / "e.event").write_text('event "E"\n', "utf-8")
    assert "--on goes with a history" in told("profile", "a.rules", "e.event", "--on", "2024-03-07", code=2)
    for words in (["--codes"], ["uncapped-assessment"], ["a.rules", "--test", "the fund is refilled"]):
        assert "--on goes with a history" in told("explain", *words, "--on", "2024-03-07", code=2)
    for more in (["--payer", "A"], ["--step", "calls"], ["--rejected"]):
        assert "are about a run" in told("explain", "uncapped-assessment", *more, code=2)
        assert "are about a run" in told("explain", "--codes", *more, code=2)
    assert "say of which day" in told("profile", "a.rules", "h.history", code=2)
    assert "there is no day `soon`" in told("profile", "a.rules", "h.history", "--on", "soon", code=2)
    assert "unknown-day" in told("profile", "a.rules", "h.history", "--on", "2024-03-08", code=3)


def test_the_event_of_a_day_is_a_file_that_runs_alone(folder):
    told("event", "h.history", "--on", "2024-03-19", "--out", "day.event")
    alone = json.loads(told("run", "a.rules", "day.event", "--format", "json"))
    day = json.loads(told("run", "h.history", "--on", "2024-03-19", "--format", "json"))["days"][0]["run"]
    assert {**alone, "event": None} == {**day, "event": None}
    assert told("check", "day.event", "--rulebook", "a.rules", "--no-notes") == "1 file, no error, no warning\n"


def test_two_rulebooks_over_the_same_history(folder):
    found = json.loads(told("diff", "a.rules", "b.rules", "--event", "h.history", "--format", "json", code=1))
    (history,) = found["histories"]
    assert history["first"] == "2024-03-19"
    kinds = {(change["date"], change["kind"]) for change in history["changes"]}
    assert ("2024-03-07", "paid") not in kinds  # the calls stay below both limits
    assert ("2024-03-19", "paid") in kinds
    by_payer = {(one["kind"], one["payer"]): one for one in history["in_all"]}
    assert by_payer["paid", "CHARLIE"]["difference"].startswith("-")
    validator("diff").validate(found)
    same = json.loads(told("diff", "a.rules", "a.rules", "--event", "h.history", "--format", "json"))
    assert same["histories"][0]["first"] is None
    (folder / "c.rules").write_text(
        RULES.replace("recoveries repay", "# repay").replace("given own", "given own"), "utf-8"
    )
    gone = json.loads(told("diff", "a.rules", "c.rules", "--event", "h.history", "--format", "json", code=1))
    assert gone["verdict"] == "does not run any more"
    for form in ("table", "markdown", "csv", "html"):
        assert told("diff", "a.rules", "b.rules", "--event", "h.history", "--format", form, code=1)


def test_a_history_is_checked_by_running_it(folder):
    assert told("check", "h.history", "--no-notes") == "1 file, no error, no warning\n"
    (folder / "h.history").write_text(HISTORY + "on 2024-07-01 member CHARLIE fund = EUR 7\n", "utf-8")
    said = told("check", "h.history", code=3)
    assert "`fund` of `CHARLIE` is stated as EUR 7.00, but its balance is EUR 0.00" in said
    assert "fmt" in COMMANDS
    told("fmt", "h.history")
    assert "\non 2024-03-12 departure of BRAVO\n" in (folder / "h.history").read_text("utf-8")


def test_the_python_door(folder):
    history = rulelang.load_history(folder / "h.history")
    result = rulelang.evaluate_history(history)
    assert [str(day.date) for day in result.days][1] == "2024-03-07"
    assert json.loads(told("run", "h.history", "--format", "json"))["days"] == [day.to_dict() for day in result.days]
    assert Path(history.source.name).name == "h.history"


def test_what_a_sweep_of_a_day_says_can_be_replayed_is_replayed(folder):
    (folder / "s.csv").write_text("scenario,loss.ALPHA\none,20\ntwo,40\n", "utf-8")
    swept = ("sweep", "a.rules", "h.history", "s.csv", "--on", "2024-03-19")
    summed = ("--rulebook", "a.rules", "--old", "b.rules", "--event", "h.history", "--on", "2024-03-19")
    lines = told(*swept, "--out", "r.parquet").splitlines()
    lines += told("summary", "r.parquet", *summed).splitlines()
    alone = {line.strip() for line in lines if "rulelang replay" in line}
    lines = told(*swept, "--against", "b.rules", "--out", "d.parquet").splitlines()
    lines += told("summary", "d.parquet", *summed).splitlines()
    both = {line.strip() for line in lines if "rulelang replay" in line}
    assert {"--on 2024-03-19" in line for line in alone | both} == {True}
    old = {line for line in both if "&&" in line}
    assert old
    assert both - old <= alone
    for line in sorted(alone | both):
        for command in line.split(" && "):
            told(*command.split()[1:])


def test_a_day_under_another_rulebook_than_those_that_are_compared_is_refused(folder):
    text = HISTORY.replace("on 2024-03-19\n", 'on 2024-03-19\n    under "b.rules"\n')
    (folder / "h.history").write_text(text, "utf-8")
    (folder / "s.csv").write_text("scenario,loss.ALPHA\none,20\n", "utf-8")
    day = ("--on", "2024-03-19", "--against", "a.rules")
    for words in (
        ("report", "a.rules", "h.history", "--out", "r.html"),
        ("sweep", "a.rules", "h.history", "s.csv", "--out", "r.parquet"),
    ):
        assert "not-comparable" in told(*words, *day, code=3)


EXPLAINED = {
    "2024-03-07": (
        "What is due: Refill (fund)",
        "The 2 surviving members owe EUR 50.00 to fund, payable on 2024-03-11, 2 business days after 2024-03-07",
        "ALPHA owes EUR 30.00: its fund is to hold EUR 30.00 and holds EUR 0.00",
        "The limit “aggregate” is “200% of required” each during cooling_off",
    ),
    "2024-03-12": (
        "Nothing is lost on 2024-03-12",
        "ALPHA pays the EUR 30.00 that it owed to fund, on 2024-03-11, when it was payable",
    ),
    "2024-06-03": (
        "What comes back from the estate of ZULU: calls and fund_draw",
        "EUR 50.00 of the EUR 50.00 recovered from the estate of ZULU goes to those who paid under calls and fund_draw",
        "ALPHA is repaid EUR 21.43 of what it paid under fund_draw: it can claim EUR 30.00",
    ),
    "2024-03-01": ("Nothing is lost on 2024-03-01",),
}


@pytest.mark.parametrize("day", EXPLAINED)
def test_a_day_is_explained_with_what_it_makes_due_and_what_comes_back(folder, day):
    for form in ("text", "markdown", "html", "json"):
        made = told("explain", "h.history", "--on", day, "--format", form)
        said = " ".join(made.replace("\\", "").replace("&quot;", '"').split()).replace("- ", "")
        for part in EXPLAINED[day]:
            assert part.replace("- ", "") in said, form
    validator("explain").validate(json.loads(made))


def test_a_day_is_explained_for_one_payer_even_if_it_left(folder):
    said = told("explain", "h.history", "--on", "2024-06-03", "--payer", "BRAVO")
    assert "BRAVO is repaid EUR 14.29" in said
    assert "ALPHA" not in said
    assert "unknown-member" in told("explain", "h.history", "--on", "2024-06-03", "--payer", "NOBODY", code=3)
    alpha = told("explain", "h.history", "--on", "2024-03-07", "--payer", "ALPHA")
    assert "BRAVO" not in alpha
    assert "which leaves EUR 48.00" in " ".join(alpha.split())


def test_invariants_and_assumptions_of_every_day_stand_in_csv_and_in_sheets(folder):
    (folder / "a.rules").write_text(
        RULES.partition("test ")[0]
        + 'ensure "nobody pays much" for survivors: total_paid <= EUR 41\nensure "covered" : remaining = EUR 0\n'
        + 'assume "there is a fund" for members: fund + required >= EUR 0\n',
        "utf-8",
    )
    rows = list(csv.DictReader(told("run", "h.history", "--format", "csv", code=1).splitlines()))
    judged = [
        (row["date"], row["what"], row["step or pot"], row["payer"], row["amount"])
        for row in rows
        if row["what"].startswith(("invariant", "assumption"))
    ]
    assert judged == [
        ("2024-03-07", "invariant broken", "nobody pays much", "ALPHA", ""),
        ("2024-03-07", "invariant holds", "covered", "", ""),
        ("2024-03-07", "assumption holds", "there is a fund", "", ""),
        ("2024-03-19", "invariant holds", "nobody pays much", "", ""),
        ("2024-03-19", "invariant broken", "covered", "", ""),
        ("2024-03-19", "assumption holds", "there is a fund", "", ""),
    ]
    told("run", "h.history", "--format", "xlsx", "--out", "h.xlsx", code=1)
    book = openpyxl.load_workbook(folder / "h.xlsx")
    rows = [[cell.value for cell in row] for row in book["Invariants"].iter_rows()]
    assert [row[1:] for row in rows[1:]] == [
        ["nobody pays much", "broken", "ALPHA"],
        ["covered", "holds", None],
        ["nobody pays much", "holds", None],
        ["covered", "broken", None],
    ]
    assert "Assumptions" in book.sheetnames
