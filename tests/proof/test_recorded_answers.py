"""What may be asked of any rulebook, and of two versions, on those that ship: as recorded in ``questions.json``.

``--rewrite`` records anew.  What is recorded as unknown may become known.
"""

import json
from pathlib import Path

import pytest

import rulelang
from rulelang.base.files import data_folder
from rulelang.proof.proof import prove_all, word_of
from rulelang.proof.questions import questions_of_pair
from tests.examples import mostly_slow
from tests.proof.test_shipped import told

pytest.importorskip("z3")

BOOKS = data_folder("rulebooks")
ANSWERS = Path(__file__).with_name("questions.json")
RECORDED = json.loads(ANSWERS.read_text("utf-8")) if ANSWERS.exists() else {}
SINGLE = [
    "major-ccp/rulebook",
    "nasdaq-commodities-2018/rulebook",
    "nasdaq-commodities-2018/interim",
    "krx-derivatives/before-2014",
    "krx-derivatives/after-2014",
    "eurex-pari-passu/rulebook",
    "otc-rates/rulebook",
    "segmented-ccp/rulebook",
]
CHANGES = sorted(path.parent.name for path in (BOOKS / "changes").glob("*/before.rules"))
TABLE_D = [
    "renumbering-icc",
    "cme-base-2024",
    "eurex-second-sitg",
    "icc-insurance-2020",
    "ice-clear-europe-2020",
    "jscc-2020",
    "lch-equityclear-2020",
    "nscc-2018",
    "occ-2021",
    "sebi-2020",
    "sgx-cdp-2023",
]
"""The changes whose versions the table D of claims with known verdicts is about."""
VERSIONS = [*SINGLE, *(f"changes/{name}/{side}" for name in TABLE_D for side in ("before", "after"))]
PAIRS = [(f"changes/{name}/before", f"changes/{name}/after") for name in CHANGES]
PAIRS.append(("krx-derivatives/before-2014", "krx-derivatives/after-2014"))


def asked(names, questions=None):
    programs = [rulelang.load_rulebook(BOOKS / f"{name}.rules") for name in names]
    only = questions or [one.name for one in questions_of_pair(*programs)]
    return {one.question.name: one for one in prove_all(programs, programs, only=only).settled}


def held_against_the_record(key, found, rewrite):
    if rewrite:
        RECORDED[key] = {name: told(one) for name, one in found.items()}
        ANSWERS.write_text(json.dumps(dict(sorted(RECORDED.items())), indent=1) + "\n", "utf-8")
    for name, one in found.items():
        expected = RECORDED.get(key, {}).get(name, "unknown").partition(":")[0]
        assert expected == "unknown" or word_of(one) == expected, name


@pytest.mark.parametrize("name", mostly_slow(VERSIONS))
def test_whether_a_run_can_refuse_and_whether_a_larger_loss_lowers_a_payer(name, rewrite):
    held_against_the_record(name, asked([name], ["never-refuses", "larger-loss"]), rewrite)


@pytest.mark.parametrize("pair", mostly_slow(PAIRS), ids=lambda pair: pair[0].split("/")[-2])
def test_how_two_versions_compare(pair, rewrite):
    held_against_the_record(" against ".join(pair), asked(pair), rewrite)


def test_every_question_about_two_versions_has_an_answer_but_where_the_rules_are_outside():
    open_ones = [
        (key, name)
        for key, found in RECORDED.items()
        if " against " in key
        for name, verdict in found.items()
        if verdict.startswith("unknown")
    ]
    assert {key.split("/")[1] for key, _ in open_ones} <= {"krx-fund-days"}
