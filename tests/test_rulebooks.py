"""The rulebooks that ship: they check, their tests pass and reach everything, and the real figures come out."""

from pathlib import Path

import pytest

from rulelang import evaluate, load_event, load_rulebook
from rulelang.api.histories import evaluate_history, load_history
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.histories.testing import run_tests
from rulelang.syntax.format.printer import format_text

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


@pytest.mark.parametrize("path", [*RULEBOOKS, *EVENTS, *HISTORIES], ids=named)
def test_a_shipped_file_is_in_the_standard_layout(path):
    text = path.read_text(encoding="utf-8")
    assert format_text(SourceText.from_text(text, path.name)) == text


@pytest.mark.parametrize("path", RULEBOOKS, ids=named)
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


def days_of(history: str):
    return {
        str(day["date"]): day for day in (d.to_dict() for d in evaluate_history(load_history(FOLDER / history)).days)
    }


def told(day, what: str, payer: str) -> list[str]:
    rows = day["run"]["allocations"] if what == "pays" else day[what]
    return [row["amount"] for row in rows if row["payer"] == payer]


def test_nasdaq_in_autumn_2018_pays_in_pays_again_and_gets_back():
    days = days_of("nasdaq-autumn-2018/autumn-2018.history")
    assert told(days["2018-09-11"], "pays", "FORTUM") == ["19337349.40"]
    assert told(days["2018-09-11"], "due", "FORTUM") == ["19337349.40"]
    assert told(days["2018-09-17"], "paid_in", "OTHERS") == ["82662656.63"]
    assert told(days["2018-11-05"], "pays", "ccp") == ["19460000.00"]
    assert told(days["2018-11-05"], "pays", "FORTUM") == ["10662650.60", "3500222.74"]
    assert told(days["2018-11-05"], "pays", "NEWCOMER") == ["2172100.84"]
    assert told(days["2018-11-05"], "due", "FORTUM") == ["14162873.34"]
    assert told(days["2018-11-15"], "balances", "NEWCOMER")[-1:] == ["12000000.00"]
    assert told(days["2018-11-15"], "repaid", "FORTUM") == ["9668674.70"]
    assert not any(day["overdue"] for day in days.values())


def test_hanmag_is_replenished_in_march_and_recovered_years_later():
    days = days_of("krx-hanmag/hanmag.history")
    assert told(days["2013-12-12"], "pays", "SAMSUNG") == ["3848927125"]
    assert [row["payable"] for row in days["2013-12-12"]["due"]] == ["2014-01-20"] * 4
    assert told(days["2014-01-21"], "overdue", "OTHERS") == ["34135566802"]
    assert not days["2014-03-31"]["overdue"]
    assert days["2014-07-01"]["rulebook"]["version"] == "2014"
    assert told(days["2025-10-23"], "repaid", "SAMSUNG") == ["324139676"]
    assert days["2025-10-23"]["rest"] == "0"


def test_icc_in_spring_2026_opens_its_period_by_exhaustion_and_counts_what_fills_the_fund_again():
    days = days_of("icc/spring-2026.history")
    assert not days["2026-04-01"]["periods"]
    assert days["2026-04-08"]["periods"] == [{"period": "cooling_off", "first": "2026-04-08", "last": "2026-05-07"}]
    assert told(days["2026-04-08"], "pays", "ASH") == ["30000000.00", "16771428.57"]
    assert told(days["2026-04-20"], "due", "BIRCH") == ["20000000.00"]
    assert told(days["2026-05-05"], "pays", "BIRCH") == ["20000000.00", "819047.62"]
    assert days["2026-05-05"]["run"]["uncovered"] == "7952380.95"


def test_cme_base_in_spring_2026_leaves_what_550_percent_do_not_reach():
    days = days_of("cme-base/spring-2026.history")
    assert told(days["2026-03-06"], "pays", "AURORA") == ["82500000.00"]
    assert days["2026-03-06"]["run"]["uncovered"] == "35000000.00"
    assert told(days["2026-03-10"], "pays", "AURORA") == ["44999999.99"]
    assert days["2026-03-10"]["run"]["uncovered"] == "10000000.01"


def test_sgx_dc_in_spring_2026_gives_back_in_the_reverse_order():
    days = days_of("sgx-dc/spring-2026.history")
    assert told(days["2026-06-01"], "repaid", "CEMPAKA") == ["1000000.00", "1000000.00"]
    assert told(days["2026-09-01"], "repaid", "ccp") == ["5000000.00"]
    assert told(days["2026-09-01"], "repaid", "BAKAU") == ["7200000.00"]
