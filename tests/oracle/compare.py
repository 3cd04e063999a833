"""The package held against the oracle, case by case."""

import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import rulelang
from tests.oracle import OracleError, evaluate_files, evaluate_history_files
from tests.oracle.generate import Case
from tests.oracle.random_history import HistoryCase

Result = dict[str, Any] | str
"""What a run gives, or the reason why it is an error."""
Turn = tuple[str, str | None, int | None, str | None]
"""A step, its segment, round and defaulter."""


def by_oracle(folder: Path, rulebook: str = "rulebook.rules", event: str = "event.event") -> Result:
    """What the oracle says of the case in a folder."""
    try:
        return evaluate_files(folder / rulebook, folder / event)
    except OracleError as error:
        return f"{error.kind}: {error}"


def by_package(folder: Path, rulebook: str = "rulebook.rules", event: str = "event.event") -> Result:
    """What the package says of it; any exception but one with diagnostics is passed on."""
    try:
        rules = rulelang.load_rulebook(folder / rulebook)
        return rulelang.evaluate(rules, rulelang.load_event(folder / event, rules)).to_dict()
    except rulelang.InternalError:
        raise
    except rulelang.RulelangError as error:
        return str(error)


def history_by_oracle(folder: Path, rulebook: str | None = None, history: str = "x.history") -> Result:
    """What the oracle says of a history; without a rulebook the one that its head names."""
    try:
        return evaluate_history_files(folder / history, None if rulebook is None else folder / rulebook)
    except OracleError as error:
        return f"{error.kind}: {error}"


def history_by_package(folder: Path, rulebook: str | None = None, history: str = "x.history") -> Result:
    """What the package says of it; any exception but one with diagnostics is passed on."""
    try:
        rules = None if rulebook is None else rulelang.load_rulebook(folder / rulebook)
        result = rulelang.evaluate_history(rulelang.load_history(folder / history, rules))
        return {"days": [day.to_dict() for day in result.days]}
    except rulelang.InternalError:
        raise
    except rulelang.RulelangError as error:
        return str(error)


LOSS = ("member", "segment", "amount", "uncovered")


def turn(row: dict[str, Any]) -> Turn:
    """Of a row of a result: step, segment, round and defaulter."""
    return row["tranche"], row["segment"], row.get("round"), row.get("defaulter")


def compared(result: dict[str, Any]) -> dict[str, Any]:
    """The parts of a result that the contract settles: steps that draw nothing may be left out."""
    return {
        **{word: result[word] for word in ("currency", "loss", "uncovered", "outcome")},
        "losses": [tuple(x.get(part) for part in LOSS) for x in result.get("losses", [])],
        "draws": {turn(t): t["drawn"] for t in result["tranches"] if Fraction(t["drawn"])},
        "steps": sorted({t["tranche"] for t in result["tranches"]}),
        "passes": list(dict.fromkeys(t.get("defaulter") for t in result["tranches"])),
        "allocations": {(*turn(a), a["payer"]): a["amount"] for a in result["allocations"]},
        "lines": len(result["allocations"]),
        "ensures": [(e["text"], e["holds"]) for e in result["ensures"]],
        "assumes": [(e["text"], e["holds"]) for e in result.get("assumes", ())],
    }


OF_A_DAY = ("date", "paid_in", "due", "cancelled", "overdue", "repaid", "rest", "balances", "periods")


def compared_day(day: dict[str, Any]) -> dict[str, Any]:
    """The parts of a day of a history that the contract settles: not the order of the movements of one pot."""
    parts: dict[str, Any] = {part: day[part] for part in OF_A_DAY}
    parts["paid_in"] = [x | {"amount": ""} for x in day["paid_in"]], sorted(map(str, day["paid_in"]))
    return parts | {"run": None if day["run"] is None else compared(day["run"])}


def history_differences(one: Result, other: Result) -> list[str]:
    """What differs between two histories, in words; two errors agree."""
    if isinstance(one, str) or isinstance(other, str):
        if isinstance(one, str) and isinstance(other, str):
            return []
        return [" | ".join(x if isinstance(x, str) else "no error" for x in (one, other))]
    if len(one["days"]) != len(other["days"]):
        return ["days"]
    found = []
    for a, b in zip(one["days"], other["days"], strict=True):
        left, right = compared_day(a), compared_day(b)
        for part in left:
            if left[part] == right[part]:
                continue
            if part == "run" and None not in (a["run"], b["run"]):
                found += [f"{a['date']}, run: {x}" for x in differences(a["run"], b["run"])]
            else:
                found.append(f"{a['date']}, {part}: {left[part]} | {right[part]}")
    return found


def rows(result: dict[str, Any]) -> dict[Turn, tuple[bool, str | None]]:
    """Of each turn whether the step was done, and its capacity if it was; both sides' words for it.

    A step in rounds that was not done may have a row of its first round or one without a round.
    """
    found = {}
    for row in result["tranches"]:
        done = row["done"] if "done" in row else row["skipped"] is None
        key = turn(row) if done else (*turn(row)[:2], None, turn(row)[3])
        found[key] = (done, row["capacity"] if done else None)
    return found


def differences(one: Result, other: Result) -> list[str]:
    """What differs, in words; two errors agree."""
    if isinstance(one, str) or isinstance(other, str):
        if isinstance(one, str) and isinstance(other, str):
            return []
        shown = [x if isinstance(x, str) else f"no error, outcome {x['outcome']}" for x in (one, other)]
        return [f"{shown[0]} | {shown[1]}"]
    left, right = compared(one), compared(other)
    found = [f"{part}: {left[part]} | {right[part]}" for part in left if left[part] != right[part]]
    if all("capacity" in row for row in (*one["tranches"], *other["tranches"])) and rows(one) != rows(other):
        found.append(f"rows: {rows(one)} | {rows(other)}")
    return found


def compare_folder(folder: Path) -> list[str]:
    """What the oracle and the package say differently of a case."""
    return differences(by_oracle(folder), by_package(folder))


def compare_case(case: Case) -> list[str]:
    """The same of a case in memory, and whether the oracle says of its files what it said of its texts."""
    with tempfile.TemporaryDirectory() as name:
        case.write(Path(name))
        by_files = by_oracle(Path(name))
        found = differences(by_files, by_package(Path(name)))
    if isinstance(by_files, str) is not (case.error is not None):
        found.append(f"the oracle itself: {case.error} | {by_files}")
    return found


def compare_history(case: HistoryCase) -> list[str]:
    """What the oracle and the package say differently of a history."""
    with tempfile.TemporaryDirectory() as name:
        case.write(Path(name))
        return history_differences(history_by_oracle(Path(name)), history_by_package(Path(name)))


def cases_below(folder: Path) -> Iterator[Path]:
    """The folders of cases below a folder."""
    yield from (
        path.parent for path in sorted(folder.rglob("rulebook.rules")) if path.with_name("event.event").exists()
    )
