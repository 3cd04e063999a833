"""The histories that came with the contract, held against the package, to the cent.

``tests/conformance_2/README.md`` says what the files are.
"""

import json
from pathlib import Path
from typing import Any

import pytest

import rulelang
from tests.oracle.compare import compared
from tests.test_conformance_2 import label

FOLDER = Path(__file__).resolve().parents[1] / "conformance_2"
CASES = sorted(FOLDER.glob("*/*.history"))


def result_of(case: Path) -> dict[str, Any]:
    """What the package says of a history under the rulebook beside it."""
    rulebook = rulelang.load_rulebook(case.with_name("book.rules"))
    return rulelang.evaluate_history(rulelang.load_history(case, rulebook)).to_dict()


def by_payer(rows: list[dict[str, Any]], key: Any) -> dict[str, dict[str, str]]:
    """Amounts by what a row belongs to, and by payer."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(key(row), {})[row["payer"]] = row["amount"]
    return found


def check_figures(day: dict[str, Any], due: dict[str, Any]) -> None:
    """Hold a day against the figures that were worked out on paper."""
    run = day["run"] or {"allocations": [], "uncovered": None, "outcome": None}
    found = {
        "pays": by_payer(run["allocations"], label),
        "uncovered": run["uncovered"],
        "outcome": run["outcome"],
        "repaid": by_payer(day["repaid"], lambda row: row["step"]),
        "rest": day["rest"],
        "periods": {one["period"]: f"{one['first']} to {one['last']}" for one in day["periods"]},
    }
    assert {part: found[part] for part in due if part != "balances"} == {
        part: value for part, value in due.items() if part != "balances"
    }
    balances = {f"{one['payer']} {one['pot']}": one["amount"] for one in day["balances"]}
    for whose, amount in due.get("balances", {}).items():
        if amount is None:
            assert not [name for name in balances if name.startswith(f"{whose} ")], whose
        else:
            assert balances[whose] == amount, whose


def test_all_cases_are_here():
    names = [case.parent.name for case in CASES]
    assert len([name for name in names if name.startswith("random-history-")]) == 14
    assert {name for name in names if name.startswith("hand-")} == {
        "hand-cme", "hand-exhaustion", "hand-nasdaq", "hand-recoveries", "hand-sgx"
    }  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.name)
def test_a_history_gives_what_is_due(case):
    due = json.loads(case.with_name("expected.json").read_text("utf-8"))
    if due.get("refused"):
        with pytest.raises(rulelang.RulelangError):
            result_of(case)
        return
    found = result_of(case)
    if "days" not in due:
        for day in found["days"]:
            check_figures(day, due[case.name].get(day["date"], {}))
        return
    for day, expected in zip(found["days"], due["days"], strict=True):
        for part, value in expected.items():
            if part == "run" and value is not None:
                assert compared(day["run"]) == compared(value), day["date"]
            else:
                assert day[part] == value, (day["date"], part)


def test_from_python_a_history_is_run_to_a_day():
    case = CASES[0]
    history = rulelang.load_history(case, rulelang.load_rulebook(case.with_name("book.rules")))
    whole = rulelang.evaluate_history(history)
    until = rulelang.evaluate_history(history, until=whole.days[-2].date)
    assert [day.to_dict() for day in until.days] == [day.to_dict() for day in whole.days[:-1]]
