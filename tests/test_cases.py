"""Every case of ``tests/cases``: what a run gives, or which findings stand on which lines.

``conformance`` and ``valid`` hold a rulebook, an event and the parts of the result that the contract settles;
``invalid`` holds a rulebook or event with a fault, marked on the line where it is due (see :mod:`tests.marks`).
That the independent evaluator says the same of all of them is for ``tests/test_oracle.py``.
After a change that was meant, ``pytest tests/test_cases.py --rewrite`` writes what is found as what is expected.
"""

import json
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.base.diagnostic import RulelangError
from tests.marks import found_marks, read_marks, unlike, write_marks

CASES = Path(__file__).with_name("cases")


def folders(*kinds: str) -> list[Any]:
    found = [folder for kind in kinds for folder in sorted((CASES / kind).iterdir())]
    return [pytest.param(folder, id=f"{folder.parent.name}/{folder.name}") for folder in found]


def outcome(folder: Path) -> rulelang.Allocation:
    rulebook = rulelang.load_rulebook(folder / "rulebook.rules")
    return rulelang.evaluate(rulebook, rulelang.load_event(folder / "event.event", rulebook))


def settled(result: dict[str, Any]) -> dict[str, Any]:
    """The parts of a result that the contract settles."""
    return {
        **{word: result[word] for word in ("currency", "loss", "uncovered", "outcome")},
        "tranches": [
            {word: line[word] for word in ("tranche", "segment", "round", "defaulter", "drawn")}
            for line in result["tranches"]
        ],
        "allocations": result["allocations"],
        **{
            key: [{word: line[word] for word in ("text", "holds")} for line in result[key]]
            for key in ("ensures", "assumes")
            if key in result
        },
    }


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    """The same with the draws by turn, those of nothing left out, and allocations in any order.

    A case written for the first edition knows neither rounds nor passes.
    """
    kept = {line["tranche"] for line in result["tranches"]}
    return {
        **result,
        "steps": kept,
        "tranches": {
            (line["tranche"], line["segment"], line.get("round"), line.get("defaulter")): line["drawn"]
            for line in result["tranches"]
            if line["drawn"].strip("0.")
        },
        "allocations": sorted(
            ({"round": None, "defaulter": None} | allocation for allocation in result["allocations"]),
            key=lambda a: (a["tranche"], a["segment"] or "", a["round"] or 0, a["defaulter"] or "", a["payer"]),
        ),
    }


@pytest.mark.parametrize("folder", folders("conformance", "valid"))
def test_a_valid_case_gives_what_is_expected(folder: Path, rewrite) -> None:
    found = settled(outcome(folder).to_dict())
    expected = folder / "expected.json"
    if rewrite and comparable(found) != comparable(json.loads(expected.read_text("utf-8"))):
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert comparable(found) == comparable(json.loads(expected.read_text("utf-8")))


@pytest.mark.parametrize("folder", folders("invalid"))
def test_an_invalid_case_gives_the_findings_that_are_marked(folder: Path, rewrite) -> None:
    with pytest.raises(RulelangError) as refused:
        outcome(folder)
    found = found_marks(refused.value.diagnostics)
    if rewrite:
        write_marks(folder, found)
        with pytest.raises(RulelangError) as refused:
            outcome(folder)
        found = found_marks(refused.value.diagnostics)
    assert unlike(read_marks(folder), found) == []


def test_every_case_is_run() -> None:
    assert len(folders("conformance")) >= 9
    assert len(folders("valid")) >= 240
    assert len(folders("invalid")) >= 265
    for folder in (param.values[0] for param in folders("invalid")):
        assert read_marks(folder), f"{folder.name} marks nothing"
