"""The package held against an evaluator that shares no code with it (see :mod:`tests.oracle`)."""

from pathlib import Path

import pytest

from tests.examples import share_of
from tests.oracle import OracleError, evaluate_texts
from tests.oracle.compare import by_package, compare_case, compare_folder, differences
from tests.oracle.generate import generate

CASES = Path(__file__).with_name("cases")
FOLDERS = [folder for kind in ("conformance", "valid", "invalid") for folder in sorted((CASES / kind).iterdir())]
FIRST_SEED = 100_000
BLOCKS = 20
IN_A_BLOCK = share_of(20, least=2)


@pytest.mark.parametrize(
    "folder", [pytest.param(folder, id=f"{folder.parent.name}/{folder.name}") for folder in FOLDERS]
)
def test_agrees_on_the_cases(folder):
    assert compare_folder(folder) == []


@pytest.mark.parametrize("block", range(BLOCKS))
def test_agrees_on_random_cases(block):
    """A longer run: ``python -m tests.oracle --random 20000 --seed 1``."""
    start = FIRST_SEED + block * IN_A_BLOCK
    for seed in range(start, start + IN_A_BLOCK):
        assert compare_case(generate(seed)) == [], f"seed {seed}"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_agrees_on_random_cases_over_time(block):
    """A longer run: ``python -m tests.oracle --random 20000 --over-time``."""
    start = FIRST_SEED + block * IN_A_BLOCK // 2
    for seed in range(start, start + IN_A_BLOCK // 2):
        assert compare_case(generate(seed, over_time=True)) == [], f"seed {seed}"


@pytest.mark.slow  # about the generator alone
def test_random_cases_over_time_are_the_same_for_the_same_seed_and_reach_the_second_edition():
    cases = [generate(seed, over_time=True) for seed in range(FIRST_SEED, FIRST_SEED + 120)]
    assert cases[:5] == [generate(seed, over_time=True) for seed in range(FIRST_SEED, FIRST_SEED + 5)]
    texts = "\n".join(case.rulebook + case.event + "\n".join(case.files.values()) for case in cases)
    for words in (
        *("limit ", "period ", "opens at a default", "a payment under", "exhaustion of", "extended by each further"),
        *(
            "to at most",
            "holidays",
            "in the calendar year",
            "in the calendar month",
            " during ",
            "months",
            "once during",
        ),
        *("at every resizing", " as of ", " since ", "for each default in turn", " rounds", "withdraw ", "start("),
        *("non-default loss", "for all losses", "for non-default losses", "over members by", "count of survivors by"),
        *(" per defaulter", " with ", " also ", " decimals", " at sek_fix", "rounded up", "rounded down", "rounded to"),
        *("lower of", "higher of", "in other segments", "invoke up to", "notice by", "leaving", "further loss of"),
        *(
            "former member",
            "defaulted 20",
            "open(",
            "defaults(",
            " open from",
            "paid from",
            "givens from",
            "defaults from",
            "@20",
        ),
        *("traded.", "without reallocation"),
    ):
        assert words in texts, words
    assert any(case.error for case in cases)


@pytest.mark.slow  # about the generator alone
def test_random_cases_are_the_same_for_the_same_seed_and_reach_the_whole_language():
    cases = [generate(seed) for seed in range(FIRST_SEED, FIRST_SEED + 120)]
    assert cases[:5] == [generate(seed) for seed in range(FIRST_SEED, FIRST_SEED + 5)]
    texts = "\n".join(case.rulebook + case.event for case in cases)
    for words in (
        *("paid by ccp", "paid by defaulters", "paid by survivors", "party ", " where ", " from ", "split by"),
        *(" each", " in total", "in any ", "business days", "in each segment", "per segment", "for losses in"),
        *("for losses outside", "pro rata to limits", "shared equally", "without reallocation", "lowest first"),
        *("highest first", " then ", "when ", "in force from", "at the discretion of", "together", "as one pool"),
        *(
            "in ratio",
            "finally",
            "ensure",
            "assume",
            "define",
            "if missing",
            "signed",
            "one of",
            "yes/no",
            "loss",
            "remaining",
        ),
        *(
            "used(",
            "unused(",
            "paid(",
            "total_paid",
            "sum of",
            "average of",
            "largest of",
            "largest 2 of",
            "smallest of",
        ),
        *("count of", "over segments", "over members", "over defaulters", "min(", "max(", "clamp(", "else if", " of "),
        *("formerly", "members from", "decide ", ": decline", "paid 20", "million", "%", "declared"),
    ):
        assert words in texts, words
    assert any(case.error for case in cases)
    assert any(case.files for case in cases)


def test_a_difference_is_seen(tmp_path):
    """The comparison notices another amount, another payer, another capacity and an error on one side only."""
    case = generate(FIRST_SEED)
    case.write(tmp_path)
    ours, oracle = by_package(tmp_path), evaluate_texts(case.rulebook, case.event, case.files)
    assert differences(oracle, ours) == []
    for part, change in (
        ("loss", lambda r: r | {"loss": "0.01"}),
        ("allocations", lambda r: r | {"allocations": [a | {"payer": a["payer"] + "x"} for a in r["allocations"]]}),
        ("draws", lambda r: r | {"tranches": [t | {"drawn": "7.77"} for t in r["tranches"]]}),
        ("rows", lambda r: r | {"tranches": [t | {"capacity": "7.77"} for t in r["tranches"]]}),
        ("losses", lambda r: r | {"losses": [x | {"uncovered": "7.77"} for x in r["losses"]]}),
        ("allocations", lambda r: r | {"allocations": [a | {"round": 7} for a in r["allocations"]]}),
        ("draws", lambda r: r | {"tranches": [t | {"round": 7} for t in r["tranches"]]}),
        ("passes", lambda r: r | {"tranches": [t | {"defaulter": "nobody"} for t in r["tranches"]]}),
        ("static", lambda r: "static: an error"),
    ):
        assert part in "".join(differences(oracle, change(ours)))


def test_the_oracle_refuses_what_the_contract_refuses():
    with pytest.raises(OracleError, match="must stand exactly once"):
        evaluate_texts('rulebook "x"', 'event "y" declared 2024-01-01')
