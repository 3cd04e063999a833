"""Warnings about the data of an event are allowed in its text: in its own lines, and for a table where it is named."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.tools.cli import cli
from tests.check.test_totals import RULES

TABLE = "member,fund\nA,1\nB,2\nTotal,3\n"
SAME = "member,loss\nA,5\nA,5\n"


def read(folder: Path, lines: str) -> tuple[CheckedProgram, Event]:
    (folder / "a.rules").write_text(RULES, "utf-8")
    (folder / "m.csv").write_text(TABLE, "utf-8")
    (folder / "d.csv").write_text(SAME, "utf-8")
    (folder / "e.event").write_text(f'event "e"\nunder "a.rules"\ndeclared 2024-01-01\n{lines}', "utf-8")
    rulebook = rulelang.load_rulebook(folder / "a.rules")
    return rulebook, rulelang.load_event(folder / "e.event", rulebook)


MEMBERS, DEFAULTS = 'members from "m.csv"', 'defaults from "d.csv"'
WHY = "# allow total-as-member: a company of this name"
TWICE = "# allow repeated-row: two losses"


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (f"{MEMBERS}\n{DEFAULTS}\n", ["repeated-row", "total-as-member"]),
        (f"{MEMBERS} {WHY}\n{DEFAULTS}\n", ["repeated-row"]),
        (f"{WHY}\n{MEMBERS}\n{TWICE}\n{DEFAULTS}\n", []),
        (f"{MEMBERS}\n{DEFAULTS} {WHY}\n", ["repeated-row", "total-as-member", "useless-allowance"]),
        (f"{MEMBERS} # allow total-as-member:\n{DEFAULTS} {TWICE}\n", ["total-as-member", "allowance-without-reason"]),
        (f"{MEMBERS} # allow totals-as-member: x\n{DEFAULTS} {TWICE}\n", ["total-as-member", "unknown-code"]),
        (
            f"member A fund = EUR 1\nmember B fund = EUR 2\nmember Total fund = EUR 3 {WHY}\n{DEFAULTS} {TWICE}\n",
            [],
        ),
    ],
)
def test_what_is_allowed_is_not_told_and_all_else_is(lines, codes, tmp_path):
    rulebook, event = read(tmp_path, lines)
    assert sorted(one.code for one in event.warnings) == sorted(codes)
    remarks = rulelang.evaluate(rulebook, event).trail.remarks
    about_data = {"repeated-row", "total-as-member"} & set(codes)
    assert len([remark for remark in remarks if "sum of" in remark or "repeats" in remark]) == len(about_data)
    assert not [remark for remark in remarks if "allow" in remark or "code" in remark]


def test_the_advice_on_an_allowance_elsewhere_names_the_line_of_the_table(tmp_path):
    _, event = read(tmp_path, f"{MEMBERS}\n{DEFAULTS} {WHY} {TWICE}\n")
    (useless,) = [one for one in event.warnings if one.code == "useless-allowance"]
    assert useless.helps == ("it is found on line 4; write the comment there",)


def test_a_table_of_a_history_is_allowed_where_a_day_names_it(tmp_path):
    read(tmp_path, f"{MEMBERS}\n{DEFAULTS}\n")
    text = f'history "h"\nunder "a.rules"\nopening 2024-01-01\n{MEMBERS} {{}}\non 2024-01-02\n{DEFAULTS} {{}}\n'
    for first, second, code in [("", "", 1), (WHY, "", 1), (WHY, TWICE, 0)]:
        (tmp_path / "h.history").write_text(text.format(first, second), "utf-8")
        done = CliRunner().invoke(cli, ["check", str(tmp_path / "h.history")], standalone_mode=False)
        assert done.return_value == code, done.output
        assert ("total-as-member" in done.output, "repeated-row" in done.output) == (not first, not second)
