"""Laws of histories, on random ones: as the independent evaluator, each day as its event alone, no money lost."""

import tempfile
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.base.files import data_folder
from rulelang.tools.cli import cli
from tests.examples import share_of
from tests.oracle import evaluate_texts
from tests.oracle.check import parse_rulebook
from tests.oracle.compare import (
    Result,
    compared_day,
    differences,
    history_by_oracle,
    history_by_package,
    history_differences,
)
from tests.oracle.generate import generate_history
from tests.oracle.history import events_of
from tests.oracle.parts import Rulebook
from tests.oracle.random_history import HistoryCase, shuffled

SHIPPED = sorted(data_folder("rulebooks").rglob("*.history"))
FIRST_SEED = 300_000
BLOCKS = 6
BOOKS = ("book.rules", "later.rules", "last.rules", "back.rules")
"""The rulebooks of a random history, in the order in which they come into force; the last is the first one again."""
USUAL = 60
Pot = tuple[str, str]
Day = dict[str, Any]


@cache
def case(seed: int) -> HistoryCase:
    """The random history of a seed."""
    return generate_history(seed)


def cases(block: int) -> list[tuple[int, HistoryCase]]:
    """The random histories of a block, each with its seed; a longer run: ``python -m tests.oracle --histories``."""
    each = share_of(USUAL) // BLOCKS or 1
    start = FIRST_SEED + block * each
    return [(seed, case(seed)) for seed in range(start, start + each)]


def right(block: int) -> list[tuple[int, HistoryCase]]:
    """Those that are no errors."""
    return [(seed, found) for seed, found in cases(block) if found.error is None]


def given(found: HistoryCase, text: str | None = None) -> Result:
    """What the package gives of a history, perhaps with another text."""
    with tempfile.TemporaryDirectory() as name:
        found.write(Path(name))
        if text is not None:
            (Path(name) / "x.history").write_text(text, "utf-8")
        return history_by_package(Path(name))


def days(found: HistoryCase) -> list[Day]:
    """The days that the package gives."""
    result = given(found)
    assert not isinstance(result, str), result
    return list(result["days"])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_history_that_ships_gives_what_the_independent_evaluator_gives(path):
    found = history_by_package(path.parent, None, path.name)
    assert not isinstance(found, str), found
    assert history_differences(history_by_oracle(path.parent, None, path.name), found) == []


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_history_gives_what_the_independent_evaluator_gives(block):
    for seed, found in cases(block):
        with tempfile.TemporaryDirectory() as name:
            found.write(Path(name))
            assert history_differences(history_by_oracle(Path(name)), given(found)) == [], f"seed {seed}"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_day_gives_what_its_event_gives_alone(block, tmp_path):
    """Here the event is what the independent evaluator writes of the day."""
    for seed, found in right(block):
        given_days = {day["date"]: day for day in days(found)}
        for rules, event, day in events_of(found.text, found.files):
            (tmp_path / "x.rules").write_text(rules, "utf-8")
            (tmp_path / "x.event").write_text(event, "utf-8")
            program = rulelang.load_rulebook(tmp_path / "x.rules")
            alone = rulelang.evaluate(program, rulelang.load_event(tmp_path / "x.event", program)).to_dict()
            assert differences(given_days[day["date"]]["run"], alone) == [], f"seed {seed}, {day['date']}"


def of_pots(rows: list[Day]) -> Counter[Pot]:
    """The amounts of each payer's pot, its segments together."""
    total: Counter[Pot] = Counter()
    for row in rows:
        total[row["payer"], row["pot"]] += Decimal(row["amount"])
    return total


def drawn(day: Day, rules: Rulebook) -> Counter[Pot]:
    """What the run of a day drew from each pot."""
    total: Counter[Pot] = Counter()
    for row in (day["run"] or {"allocations": []})["allocations"]:
        pot = rules.steps[row["tranche"]].pot
        if pot is not None:
            total[row["payer"], pot] += Decimal(row["amount"])
    return total


def repaid_into_pots(day: Day, rules: Rulebook) -> Counter[Pot]:
    """What came back into each pot: of those who are members when the day ends, of the CCP and of parties."""
    total: Counter[Pot] = Counter()
    groups = [] if rules.recoveries is None else rules.recoveries.groups
    into = {step: pot for steps, pot in groups for step in steps}
    present = {row["payer"] for row in day["balances"]}
    down = {row["member"] for row in (day["run"] or {"losses": []})["losses"]}
    for row in day["repaid"]:
        pot = into[row["step"]]
        if pot is not None and row["payer"] in present - down:
            total[row["payer"], pot] += Decimal(row["amount"])
    return total


def switched(found: HistoryCase, day: Day) -> str | None:
    """The rulebook that a day puts in force."""
    lines = found.text.partition(f"\non {day['date']}\n")[2].partition("\non ")[0]
    return next((name for name in BOOKS[1:] if f'under "{name}"' in lines), None)


def follow(found: HistoryCase) -> int:
    """Hold each pot of each day against the day before; what comes back is how many draws and refunds were followed."""
    books = {name: parse_rulebook(text) for name, text in found.files.items() if name in BOOKS}
    held: dict[Pot, Decimal] = {}
    rules, followed = books["book.rules"], 0
    for day in days(found):
        if (new := switched(found, day)) is not None:
            rules = books[new]
            held = {(payer, rules.former_data.get(pot, pot)): amount for (payer, pot), amount in held.items()}
        paid_in, taken, back, now = of_pots(day["paid_in"]), drawn(day, rules), repaid_into_pots(day, rules), {}
        for key in held:
            now[key] = held[key] + paid_in[key] - taken[key] + back[key]
        for key, amount in of_pots(day["balances"]).items():
            assert now.get(key, amount) == amount, (day["date"], key)
            followed += key in held and (taken[key] != 0 or back[key] != 0)
        held = now | of_pots(day["balances"])
    return followed


def test_no_money_is_lost_and_none_comes_from_nowhere():
    """Opening balance and paid in are balance and drawn less repaid into the pot; what is paid out is below zero."""
    followed = 0
    for block in range(BLOCKS):
        for _, found in right(block):
            followed += follow(found)
    assert followed > share_of(USUAL)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_order_of_the_lines_of_a_day_changes_nothing(block):
    for seed, found in right(block):
        other = given(found, shuffled(found.text, seed))
        assert not isinstance(other, str), f"seed {seed}: {other}"
        assert list(map(compared_day, other["days"])) == list(map(compared_day, days(found))), f"seed {seed}"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_event_of_a_day_is_a_file_that_gives_the_same_run(block, tmp_path):
    """``rulelang event X.history --on DATE`` of the days of one history of a block."""
    for seed, found in right(block)[:1]:
        found.write(tmp_path)
        books = {name: text for name, text in found.files.items() if name.endswith(".rules")}
        in_force = "book.rules"
        for day in days(found):
            in_force = switched(found, day) or in_force
            if day["run"] is None:
                continue
            made = tmp_path / f"{seed}-{day['date']}.event"
            words = ["event", str(tmp_path / "x.history"), "--on", day["date"], "--out", str(made)]
            said = CliRunner().invoke(cli, words)
            assert said.exit_code == 0, f"seed {seed}, {day['date']}: {said.output}"
            (tmp_path / "alone.rules").write_text(books[in_force], "utf-8")
            program = rulelang.load_rulebook(tmp_path / "alone.rules")
            alone = rulelang.evaluate(program, rulelang.load_event(made, program)).to_dict()
            assert differences(day["run"], alone) == [], f"seed {seed}, {day['date']}"
            with_oracle = evaluate_texts(books[in_force], made.read_text("utf-8"), found.files)
            assert differences(with_oracle, alone) == [], f"seed {seed}, {day['date']}"
