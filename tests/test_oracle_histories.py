"""The independent evaluator of histories: the cases that came with the contract, and laws on random histories.

``tests/conformance_2/README.md`` says what the files of the contract are.
"""

import json
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.examples import mostly_slow
from tests.histories.small import BOOK, DEFAULT
from tests.oracle import OracleError, evaluate_history_texts, evaluate_texts
from tests.oracle.compare import compared_day, history_by_oracle, history_by_package
from tests.oracle.generate import generate_history
from tests.oracle.history import events_of
from tests.oracle.random_history import HistoryCase, shuffled
from tests.test_conformance_2 import label

FOLDER = Path(__file__).with_name("conformance_2")
CASES = sorted(f"{history.parent.name}/{history.stem}" for history in FOLDER.glob("*/*.history"))
Day = dict[str, Any]


def pays(day: Day) -> dict[str, dict[str, str]]:
    """Who pays what under which step."""
    found: dict[str, dict[str, str]] = {}
    for row in day["run"]["allocations"]:
        found.setdefault(label(row), {})[row["payer"]] = row["amount"]
    return found


def repaid(day: Day) -> dict[str, dict[str, str]]:
    """Who is repaid what under which step."""
    found: dict[str, dict[str, str]] = {}
    for row in day["repaid"]:
        found.setdefault(row["step"], {})[row["payer"]] = row["amount"]
    return found


def figure(day: Day, part: str, due: Any) -> Any:
    """What a day has where an answer that was worked out on paper has ``due``."""
    if part == "pays":
        return pays(day)
    if part in ("uncovered", "outcome"):
        return day["run"][part]
    if part == "periods":
        return {row["period"]: f"{row['first']} to {row['last']}" for row in day["periods"]}
    if part == "repaid":
        return repaid(day)
    if part == "due":
        return {
            " ".join(filter(None, [row["payer"], row["pot"], row["segment"]])): f"{row['amount']} on {row['payable']}"
            for row in day["due"]
        }
    if part == "balances":
        has = {" ".join(filter(None, [row["payer"], row["pot"], row["segment"]])): row["amount"] for row in day[part]}
        has |= dict.fromkeys(due.keys() - has.keys() - {row["payer"] for row in day[part]})
        return {name: has.get(name, "a balance") for name in due}
    return day[part]


def check(case: str, result: Any) -> None:
    """Fail if a history does not give what is due."""
    folder, name = case.split("/")
    answer = json.loads((FOLDER / folder / "expected.json").read_text("utf-8"))
    if answer.get("refused"):
        assert isinstance(result, str), "an error is due"
        return
    assert not isinstance(result, str), result
    if "days" in answer:
        assert list(map(compared_day, result["days"])) == list(map(compared_day, answer["days"]))
        return
    days = {day["date"]: day for day in result["days"]}
    for date, due in answer[f"{name}.history"].items():
        assert {part: figure(days[date], part, due[part]) for part in due} == due, date


EXAMPLES = Path(__file__).with_name("worked_examples")
WORKED = json.loads((EXAMPLES / "expected.json").read_text("utf-8"))


def check_figures(name: str, result: Any) -> None:
    """Fail if a history does not give the figures that were worked out on paper."""
    assert not isinstance(result, str), result
    days = {day["date"]: day for day in result["days"]}
    for date, due in WORKED[name].items():
        assert {part: figure(days[date], part, due[part]) for part in due} == due, date


def test_every_worked_example_has_its_figures():
    assert {path.stem for path in EXAMPLES.glob("*.history")} == WORKED.keys()


@pytest.mark.parametrize("name", WORKED)
def test_the_oracle_gives_what_was_worked_out(name):
    check_figures(name, history_by_oracle(EXAMPLES, None, f"{name}.history"))


@pytest.mark.parametrize("name", WORKED)
def test_the_package_gives_what_was_worked_out(name):
    check_figures(name, history_by_package(EXAMPLES, None, f"{name}.history"))


def test_every_history_is_here():
    names = {case.partition("/")[0] for case in CASES}
    assert len([name for name in names if name.startswith("random-history-")]) == 14
    assert names >= {"hand-cme", "hand-exhaustion", "hand-nasdaq", "hand-recoveries", "hand-sgx"}


@pytest.mark.parametrize("case", CASES)
def test_the_oracle_gives_what_is_due(case):
    folder, name = case.split("/")
    check(case, history_by_oracle(FOLDER / folder, "book.rules", f"{name}.history"))


def days(text: str, book: str = BOOK, **files: str) -> list[Day]:
    """What the oracle gives of a history."""
    return evaluate_history_texts(text, {"book.rules": book, **files})["days"]


def test_what_is_drawn_is_due_and_what_is_overdue_is_settled_first():
    found = days(
        DEFAULT
        + """
on 2024-01-16 paid in by A to fund EUR 5
    default of C loss EUR 1
on 2024-01-17 paid in by A to fund EUR 8 paid out to A from fund EUR 1
"""
    )
    assert pays(found[1]) == {"own": {"ccp": "10.00"}, "mutual": {"A": "10.00", "B": "3.33", "C": "1.67"}}
    assert [(x["payer"], x["amount"], x["payable"]) for x in found[1]["due"]] == [
        ("A", "10.00", "2024-01-15"),
        ("B", "3.33", "2024-01-15"),
        ("C", "1.67", "2024-01-15"),
    ]
    assert [(x["payer"], x["amount"]) for x in found[2]["cancelled"]] == [("C", "1.67")]
    assert [(x["payer"], x["amount"]) for x in found[2]["overdue"]] == [("A", "5.00"), ("B", "3.33")]
    assert [(x["payer"], x["amount"]) for x in found[2]["due"]] == [("A", "0.79"), ("B", "0.21")]
    assert [(x["payer"], x["amount"]) for x in found[3]["overdue"]] == [("B", "3.33")]
    assert [(x["payer"], x["amount"]) for x in found[3]["paid_in"]] == [("A", "8.00"), ("A", "-1.00")]


WRONG = {
    "days that do not rise": "on 2024-01-08 given capital = EUR 0",
    "a balance that is not there": "on 2024-01-09 given capital = EUR 1",
    "more paid out than there is": "on 2024-01-09 paid out to A from fund EUR 20.01",
    "a second default": "on 2024-01-09 default of D loss EUR 1",
    "a further loss of a member in good standing": "on 2024-01-09 further loss of A EUR 1",
    "new and further losses on one day": "on 2024-01-09 default of C loss EUR 1 further loss of D EUR 1",
    "a departure of a defaulter": "on 2024-01-09 departure of D",
    "a notice of a member that left": "on 2024-01-09 departure of C on 2024-01-10 notice by C",
    "two notices": "on 2024-01-09 notice by C on 2024-01-10 notice by C",
    "values of a member that left": "on 2024-01-09 departure of C on 2024-01-10 member C size = EUR 1",
    "a decision without a loss": "on 2024-01-09 decide calls: invoke",
    "money for another's pot": "on 2024-01-09 paid in by insurer to capital EUR 1",
    "money for no pot": "on 2024-01-09 paid in by A to size EUR 1",
    "more from a member that left than it owes": "on 2024-01-09 departure of A paid in by A to fund EUR 10.01",
    "a recovery from no defaulter": "on 2024-01-09 recovered from A EUR 1",
    "an earlier payment in a block": "on 2024-01-09 paid 2024-01-09 by A under calls EUR 1",
    "a file that is not there": 'on 2024-01-09 under "none.rules"',
    "a new member without a pot": "on 2024-01-09 member E size = EUR 1",
}


@pytest.mark.parametrize("what", WRONG)
def test_the_oracle_refuses(what):
    days(DEFAULT)
    with pytest.raises(OracleError):
        days(DEFAULT + WRONG[what] + "\n")


WRONG_RULES = {
    "another owner": ("replenish fund paid by survivors", "replenish capital paid by insurer"),
    "without each": ("to size each within", "to size within"),
    "no pot": ("replenish fund paid", "replenish size paid"),
    "draws on a pot of others": ("replenish fund paid", "replenish fund for draws on capital paid"),
    "an unknown step": ("repay calls then", "repay bills then"),
    "a step twice": ("repay calls then", "repay calls, mutual then"),
    "into another pot": ("repay own rest", "repay own into fund rest"),
    "the rest to nobody": ("rest to insurer", "rest to survivors"),
}


@pytest.mark.parametrize("what", WRONG_RULES)
def test_the_oracle_refuses_rules(what):
    old, new = WRONG_RULES[what]
    assert old in BOOK
    with pytest.raises(OracleError) as caught:
        days(DEFAULT, BOOK.replace(old, new))
    assert caught.value.kind in ("static", "syntax")


FIRST_SEED = 206_000
BLOCKS = 8
IN_A_BLOCK = 5


@cache
def case(seed: int) -> HistoryCase:
    """The random history of a seed."""
    return generate_history(seed)


def block_of_seeds(block: int) -> list[HistoryCase]:
    """Some random histories."""
    return [case(seed) for seed in range(FIRST_SEED + block * IN_A_BLOCK, FIRST_SEED + (block + 1) * IN_A_BLOCK)]


def result(found: HistoryCase) -> list[Day]:
    """What the oracle gives of a random history."""
    days: list[Day] = evaluate_history_texts(found.text, found.files)["days"]
    return days


@pytest.mark.slow  # of what is generated: tests/histories holds the package against it in the quick run
def test_random_histories_are_the_same_for_the_same_seed_and_reach_all_that_a_history_says():
    cases = [found for block in range(BLOCKS) for found in block_of_seeds(block)]
    assert cases[:3] == [generate_history(seed) for seed in range(FIRST_SEED, FIRST_SEED + 3)]
    texts = "\n".join(text for found in cases for text in found.files.values())
    for words in (
        *(
            "dues paid when payable",
            "opening ",
            "former member",
            " open from ",
            "members from",
            "paid 20",
            "default of",
        ),
        *("further loss of", "non-default loss", "decide ", "withdraw ", "departure of", "notice by", "dated 20"),
        *("paid in by", "paid out to", "paid in from", "recovered from", 'under "later.rules"', "formerly", "given "),
        *("replenish ", " for draws on ", " within ", "once during", "recoveries repay", "then repay", " into "),
        *("rest to ccp", "rest to insurer", "rest to defaulters", "for each default in turn", "rounds", "per segment"),
        *("limit ", "period ", " in total", "if missing", "together", "as one pool", " as of ", "in other segments"),
        *("in ratio", "split by", "for losses ", "in order of", "traded with", "givens from", 'members from "members-'),
    ):
        assert words in texts, words
    done = [day for found in cases if found.error is None for day in result(found)]
    for part in ("due", "overdue", "cancelled", "repaid", "paid_in", "periods"):
        assert sum(bool(day[part]) for day in done) > 3, part
    assert len({found.wrong for found in cases if found.error is not None}) > 2


@pytest.mark.parametrize("block", mostly_slow(range(BLOCKS), every=BLOCKS))
def test_a_day_gives_what_its_event_gives_alone(block):
    for found in block_of_seeds(block):
        if found.error is None:
            for rules, event, day in events_of(found.text, found.files):
                assert evaluate_texts(rules, event) == day["run"], event


def amounts(rows: list[Day]) -> Counter[Any]:
    """The sum of the amounts of each payer's pot."""
    total: Counter[Any] = Counter()
    for row in rows:
        total[row["payer"], row["pot"], row["segment"]] += Decimal(row["amount"])
    return total


def follow(found: HistoryCase) -> int:
    """Each pot has what it had, and what was paid in, less what was drawn: so for the pots that all steps name alone.

    What comes back is how many balances were followed.
    """
    text = found.files["book.rules"]
    steps = dict(re.findall(r"    \w+ (\w+)\n        paid by .* from (\w+)$", text, re.MULTILINE))
    refilled = set(re.findall(r" into (\w+)", text))
    before: Counter[Any] = Counter()
    followed = 0
    for day in result(found):
        now, paid_in = amounts(day["balances"]), amounts(day["paid_in"])
        drawn: Counter[Any] = Counter()
        for row in (day["run"] or {"allocations": []})["allocations"]:
            drawn[row["payer"], steps.get(row["tranche"]), row["segment"]] += Decimal(row["amount"])
        for key in now.keys() & before.keys():
            if key[1] not in refilled:
                assert now[key] == before[key] + paid_in[key] - drawn[key], (day["date"], key)
                followed += drawn[key] != 0
        before = now
    return followed


@pytest.mark.slow  # tests/histories has the law for the package in the quick run
def test_no_money_comes_from_nowhere():
    followed = 0
    for block in range(BLOCKS):
        for found in block_of_seeds(block):
            book = found.files["book.rules"]
            plain = "later.rules" not in found.files and "other segments" not in book and "split by" not in book
            if found.error is None and plain:
                followed += follow(found)
    assert followed > 40


@pytest.mark.parametrize("block", mostly_slow(range(BLOCKS), every=BLOCKS))
def test_the_order_of_lines_changes_nothing(block):
    for n, found in enumerate(block_of_seeds(block)):
        if found.error is None:
            days = evaluate_history_texts(shuffled(found.text, n), found.files)["days"]
            assert list(map(compared_day, days)) == list(map(compared_day, result(found)))
