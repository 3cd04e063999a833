"""A row of totals is told from the members: by its name and its money together."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.tools.cli import cli

RULES = """rulebook "Fund"
currency EUR
members have
    fund : money
    margin : money
        if missing EUR 0
waterfall
    tranche draw paid by survivors from fund shared pro rata to fund
    finally closure
"""


def read(folder: Path, table: str) -> tuple:
    """A rulebook and the event of a table."""
    (folder / "a.rules").write_text(RULES, "utf-8")
    (folder / "m.csv").write_text(table, "utf-8")
    text = 'event "e"\nunder "a.rules"\ndeclared 2024-01-01\nmembers from "m.csv"\ndefault of A loss EUR 5\n'
    (folder / "e.event").write_text(text, "utf-8")
    rulebook = rulelang.load_rulebook(folder / "a.rules")
    return rulebook, rulelang.load_event(folder / "e.event", rulebook)


@pytest.mark.parametrize("name", ["Total", "TOTAL", "Sum", "Summe", "Grand total", "Gesamt:", "Итого", "合計"])
def test_a_row_of_totals_is_a_warning_and_a_remark_on_the_run(name, tmp_path):
    rulebook, event = read(tmp_path, f"member,fund,margin\nA,1,2\nB,2.50,3\n{name},3.50,5\n")
    assert [(one.code, one.severity.value, one.place.position.line) for one in event.warnings] == [
        ("total-as-member", "warning", 4)
    ]
    assert (
        rulelang.evaluate(rulebook, event).trail.remarks[0].endswith("has the sum of all others in `fund` and `margin`")
    )


@pytest.mark.parametrize("name", ["Total (2)", "Total EUR", "Total members", "Sum of all", "Somme des membres"])
def test_a_total_may_be_called_so_among_other_words(name, tmp_path):
    assert [one.code for one in read(tmp_path, f"member,fund\nA,1\nB,2\n{name},3\n")[1].warnings] == ["total-as-member"]


def test_totals_of_what_stands_above_and_of_all_are_both_told(tmp_path):
    table = "member,fund,margin\nA,1,3\nB,2,4\nSubtotal,3,7\nC,5,1\nTotal,8,8\n"
    messages = [one.message for one in read(tmp_path, table)[1].warnings]
    assert messages == [
        "the member `Subtotal` has the sum of all above it in `fund` and `margin`",
        "the member `Total` has the sum of all others in `fund` and `margin`",
    ]


def test_a_total_of_amounts_that_were_rounded_later_is_nearly_their_sum(tmp_path):
    (one,) = read(tmp_path, "member,fund\nA,100.40\nB,200.40\nTotal,301\n")[1].warnings
    assert one.message == "the member `Total` has nearly the sum of all others in `fund`"


def test_a_total_may_be_of_those_since_the_one_before(tmp_path):
    table = "member,fund\nA,1\nB,2\nSubtotal,3\nC,5\nD,6\nSubtotal 2,11\n"
    messages = [one.message for one in read(tmp_path, table)[1].warnings]
    assert messages[-1] == "the member `Subtotal 2` has the sum of those since the total before it in `fund`"


def test_a_single_row_above_makes_no_total(tmp_path):
    assert read(tmp_path, "member,fund\nA,1\nTotal,1\nB,5\n")[1].warnings == ()


def test_it_may_be_called_so_by_its_name(tmp_path):
    _, event = read(tmp_path, "member,name,fund\nA,a,1\nB,b,2\nZ,Total,3\n")
    assert [one.code for one in event.warnings] == ["total-as-member"]


@pytest.mark.parametrize(
    "table",
    [
        "member,fund\nA,1\nB,2\nTotal,4\n",  # another amount
        "member,fund,margin\nA,1,1\nB,2,1\nTotal,3,1\n",  # in one column only
        "member,fund\nA,1\nB,2\nC,3\n",  # another name
        "member,fund\nA,0\nTotal,0\n",  # nothing at all
        "member,fund\nA,1\nB,2\nTotalEnergies,3\n",
    ],
)
def test_a_member_is_no_total(table, tmp_path):
    assert read(tmp_path, table)[1].warnings == ()


def test_check_tells_it(tmp_path):
    read(tmp_path, "member,fund\nA,1\nB,2\nTotal,3\n")
    done = CliRunner().invoke(cli, ["check", str(tmp_path / "e.event")], standalone_mode=False)
    assert done.return_value == 1
    assert "warning[total-as-member]: the member `Total`" in done.output
