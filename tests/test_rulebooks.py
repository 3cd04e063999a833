"""The rulebooks that ship: they check, their tests pass and reach everything, and the real figures come out."""

from pathlib import Path

import pytest

from rulelang import evaluate, load_event, load_rulebook
from rulelang.api.histories import evaluate_history, load_history
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.histories.testing import run_tests
from rulelang.syntax.format.printer import format_text
from tests.every import every

FOLDER = data_folder("rulebooks")
RULEBOOKS = sorted(FOLDER.rglob("*.rules"))
EVENTS = sorted(FOLDER.rglob("*.event"))
HISTORIES = sorted(FOLDER.rglob("*.history"))


def named(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", RULEBOOKS, ids=named)
def test_a_rulebook_checks_without_warnings_and_its_tests_pass(path):
    program = load_rulebook(path)
    assert [found for found in program.warnings if found.severity.value == "warning"] == []
    report = run_tests(program)
    assert len(report.results) >= 3
    assert [result.title for result in report.results if not result.passed] == []
    assert [found.message for found in report.unreached if found.code == "untested-step"] == []


@every([*RULEBOOKS, *EVENTS, *HISTORIES], named, parts=6)
def test_a_shipped_file_is_in_the_standard_layout(path):
    text = path.read_text(encoding="utf-8")
    assert format_text(SourceText.from_text(text, path.name)) == text


@every(RULEBOOKS, named)
def test_a_folder_tells_its_sources(path):
    notes = (path.parent / "README.md").read_text(encoding="utf-8")
    assert "ource" in notes
    assert path.name in notes or len(list(path.parent.glob("*.rules"))) == 1


def run(rules: str, event: str):
    program = load_rulebook(FOLDER / rules)
    return evaluate(program, load_event(FOLDER / event, program))


def test_nasdaq_2018_replays_to_the_cent():
    allocation = run("nasdaq-commodities-2018/rulebook.rules", "nasdaq-commodities-2018/events/aas-2018.event")
    plain = allocation.currency.plain
    assert plain(allocation.drawn("junior")) == "7000000.00"
    assert plain(allocation.drawn("fund_draw")) == "107000000.00"
    assert plain(allocation.paid_by("FORTUM", "fund_draw")) == "19337349.40"
    assert allocation.uncovered == 0


def test_hanmag_2013_replays_to_the_won():
    allocation = run("krx-derivatives/before-2014.rules", "krx-derivatives/events/hanmag-2013.event")
    assert allocation.drawn("fund_draw") == 41_560_000_000
    assert allocation.drawn("reserve_draw") == 0


def test_the_reform_of_krx_spares_the_members_the_junior_slice():
    before = run("krx-derivatives/before-2014.rules", "krx-derivatives/events/hanmag-2013.event")
    after = run("krx-derivatives/after-2014.rules", "krx-derivatives/events/hanmag-2013.event")
    assert before.drawn("fund_draw") - after.drawn("fund_draw") == after.drawn("reserve_junior") > 0


def test_the_pro_rata_illustration():
    allocation = run("major-ccp/rulebook.rules", "major-ccp/events/pro-rata.event")
    million = 100_000_000
    fund = [amount // million for amount in sorted(a.amount for a in allocation.allotments if a.step == "fund_draw")]
    assert fund == [30, 40, 50, 380]


def test_hanmag_is_late_from_the_day_after_its_replenishment_was_payable():
    history = load_history(FOLDER / "krx-hanmag/hanmag.history")
    days = {str(day["date"]): day for day in (found.to_dict() for found in evaluate_history(history).days)}
    assert [row["payable"] for row in days["2013-12-12"]["due"]] == ["2014-01-20"] * 4
    assert [row["amount"] for row in days["2014-01-21"]["overdue"] if row["payer"] == "OTHERS"] == ["34135566802"]
    assert not days["2014-03-31"]["overdue"]
    assert days["2014-07-01"]["rulebook"]["version"] == "2014"
    assert days["2025-10-23"]["rest"] == "0"


@pytest.mark.parametrize("path", HISTORIES, ids=named)
def test_a_history_is_what_a_test_of_its_rulebook_runs(path):
    texts = [book.read_text(encoding="utf-8") for book in path.parent.glob("*.rules")]
    assert any(f'history "{path.name}"' in text for text in texts)
