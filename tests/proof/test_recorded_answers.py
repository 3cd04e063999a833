"""What may be asked of any rulebook, and of two versions, on those that ship: as recorded in ``questions.json``.

``--rewrite`` records anew; what is recorded as unknown is asked only then.
"""

import json
from pathlib import Path

import pytest

import rulelang
from rulelang.base.files import data_folder
from rulelang.proof.claims.questions import QUESTIONS_OF_PAIR
from rulelang.proof.proof import prove_all, word_of
from tests.examples import is_long, mostly_slow
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
SIDES = ("before", "after")
QUESTIONS = ("never-refuses", "larger-loss")
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
VERSIONS = [(name,) for name in (*SINGLE, *(f"changes/{name}/{side}" for name in TABLE_D for side in SIDES))]
PAIRS = [tuple(f"changes/{name}/{side}" for side in SIDES) for name in CHANGES]
PAIRS.append(("krx-derivatives/before-2014", "krx-derivatives/after-2014"))
LONGEST = {("changes/cme-base-2024/before", "larger-loss"), ("changes/nscc-2018/after", "larger-loss")}
"""A solver needs half a minute for each of these: the long run asks them."""


def known(versions):
    """The questions about these versions of which an answer is recorded, each with its verdict."""
    key = " against ".join(versions)
    verdicts = {name: verdict.partition(":")[0] for name, verdict in RECORDED.get(key, {}).items()}
    later = set() if is_long() else {name for asked, name in LONGEST if asked == key}
    return {name: verdict for name, verdict in verdicts.items() if verdict != "unknown" and name not in later}


def pytest_generate_tests(metafunc):
    """What has no answer is left out: not to find one takes longest."""
    if "versions" in metafunc.fixturenames:
        rewrite = metafunc.config.getoption("--rewrite")
        cases = [versions for versions in (*VERSIONS, *PAIRS) if rewrite or known(versions)]
        metafunc.parametrize("versions", mostly_slow(cases), ids=" against ".join)


def test_every_answer_is_the_recorded_one(versions, rewrite):
    """Of each version whether a run can refuse and whether a larger loss lowers a payer; of two how they compare."""
    programs = [rulelang.load_rulebook(BOOKS / f"{name}.rules") for name in versions]
    expected = known(versions)
    asked = expected
    if rewrite:
        asked = QUESTIONS if len(programs) == 1 else [one.name for one in QUESTIONS_OF_PAIR]
    found = {one.question.name: one for one in prove_all(programs, programs, only=asked).settled}
    if rewrite:
        RECORDED[" against ".join(versions)] = {name: told(one) for name, one in found.items()}
        ANSWERS.write_text(json.dumps(dict(sorted(RECORDED.items())), indent=1) + "\n", "utf-8")
    assert {name: word_of(found[name]) for name in expected} == expected


def test_every_question_that_is_recorded_has_an_answer():
    open_ones = [(key, name) for key, found in RECORDED.items() for name, told in found.items() if "unknown" in told]
    assert not open_ones
    assert {" against ".join(versions) for versions in (*VERSIONS, *PAIRS)} <= set(RECORDED)
