"""Random cases: a rulebook, an event (or a history) and perhaps CSV files; the same seed gives the same case.

Only what the contract settles is made; what ``NOTES.md`` lists as open is avoided.  A case whose run is an error is
kept now and then.
"""

import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tests.oracle import OracleError, evaluate_texts
from tests.oracle.random_event import Generator
from tests.oracle.random_history import HistoryCase, HistoryGenerator
from tests.oracle.random_over_time_event import OverTimeGenerator
from tests.oracle.random_parts import GiveUp

ENOUGH = 10**16
"""More minor units than the payers of a random case can pay."""


@dataclass(frozen=True)
class Case:
    """The texts of a case; ``files`` are its CSV files by name, ``error`` is what ends its run."""

    rulebook: str
    event: str
    files: dict[str, str]
    error: str | None = None

    def write(self, folder: Path) -> None:
        """Write it as files into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        texts = {"rulebook.rules": self.rulebook, "event.event": self.event, **self.files}
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")


def generate(seed: int, over_time: bool = False) -> Case:
    """The case of a seed; ``over_time`` with the forms of the second edition."""
    for n in range(1000):
        rng = random.Random(f"{seed}/{n}")
        try:
            case = _attempt((OverTimeGenerator if over_time else Generator)(rng))
            result = evaluate_texts(case.rulebook, case.event, case.files)
        except GiveUp:
            continue
        except OracleError as error:
            if error.kind == "run" and rng.random() < 0.4:
                return Case(case.rulebook, case.event, case.files, str(error))
            continue
        depth = len({a["tranche"] for a in result["allocations"]})
        if depth < 2 and rng.random() < (0.8, 0.6)[depth]:
            continue  # runs in which several steps pay are preferred
        return case
    raise RuntimeError(f"no case for seed {seed}")


def generate_history(seed: int) -> HistoryCase:
    """The history of a seed; some have a day that is wrong."""
    for n in range(1000):
        rng = random.Random(f"history {seed}/{n}")
        try:
            return HistoryGenerator(rng).case(wrong=rng.random() < 0.12)
        except OracleError:
            continue
    raise RuntimeError(f"no history for seed {seed}")


def _attempt(g: Generator) -> Case:
    rulebook = g.rulebook()
    build = g.event()
    total = g.r.choice([g.units(), g.units() * 3, g.units() * 10, sum(g.palette) * 4])
    if g.r.random() < 0.65:
        total = _about_what_can_be_paid(g, rulebook, build(g.losses(ENOUGH)), total)
    return Case(rulebook, build(g.losses(max(total, 1))), g.files)


def _about_what_can_be_paid(g: Generator, rulebook: str, event: str, otherwise: int) -> int:
    """A loss near the sum of all that the payers can bear, so that limits and rounding matter."""
    try:
        result = evaluate_texts(rulebook, event, g.files)
    except OracleError as error:
        if error.kind in ("syntax", "static"):
            raise
        return otherwise
    paid = int(sum(Fraction(a["amount"]) for a in result["allocations"]) * 10**g.dec)
    if not 0 < paid < ENOUGH / 2:
        return otherwise
    total = int(paid * Fraction(g.r.randint(5, 125), 100)) + g.r.choice([0, 0, 1, -1])
    if g.r.random() < 0.1:
        total = paid + g.r.choice([0, 1, -1])
    return total
