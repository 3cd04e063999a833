"""The cases of the second edition that came with the contract, of one run each, held against both evaluators.

``tests/conformance_2/README.md`` says what the files are.  Histories are not in here: they need the part of the
language that runs days one after another, which stands in section 7 of the contract and is not built yet.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.compare import Result, by_oracle, by_package, compared

FOLDER = Path(__file__).with_name("conformance_2")
CASES = sorted(f"{event.parent.name}/{event.stem}" for event in FOLDER.glob("*/*.event"))


def expected(case: str) -> dict[str, Any]:
    """What is due of a case: a whole result, its figures, or ``refused``."""
    folder, event = case.split("/")
    answer = json.loads((FOLDER / folder / "expected.json").read_text("utf-8"))
    return answer.get(f"{event}.event", answer)


def label(row: dict[str, Any]) -> str:
    """How the answers that were worked out on paper call a turn of a step."""
    parts = {"segment": "/{}", "round": " round {}", "defaulter": " for {}"}
    return row["tranche"] + "".join(form.format(row[part]) for part, form in parts.items() if row[part] is not None)


def check(case: str, result: Result) -> None:
    """Fail if a result is not what is due."""
    due = expected(case)
    if due.get("refused"):
        assert isinstance(result, str), f"an error is due, not the outcome {result['outcome']}"
        return
    assert not isinstance(result, str), result
    if "pays" in due:
        pays: dict[str, dict[str, str]] = {}
        for row in result["allocations"]:
            pays.setdefault(label(row), {})[row["payer"]] = row["amount"]
        assert {"pays": pays, **{part: result[part] for part in due if part in result}} == due
    else:
        assert compared(result) == compared(due)


def by(evaluator: Any, case: str) -> Result:
    """What an evaluator says of a case."""
    folder, event = case.split("/")
    return evaluator(FOLDER / folder, "book.rules", f"{event}.event")


def test_every_case_of_one_run_is_here():
    names = {case.partition("/")[0] for case in CASES}
    assert len([name for name in names if name.startswith("random-pair-")]) == 15
    assert names >= {"hand-groups", "hand-nscc", "hand-sgx", "hand-strict", "hand-traded"}


@pytest.mark.parametrize("case", CASES)
def test_the_oracle_gives_what_is_due(case):
    check(case, by(by_oracle, case))


@pytest.mark.parametrize("case", CASES)
def test_the_package_gives_what_is_due(case):
    check(case, by(by_package, case))
