"""What the benchmarks share: measuring sides turn about, and reporting goals as a table or as JSON.

Time is processor time of this process, so that other programs on the machine disturb little; the sides are measured
turn about and the median of all rounds counts, so that a slow moment meets all sides alike.
"""

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from attrs import asdict, field, frozen


@frozen
class Goal:
    """What is promised, and what was measured; ``reached`` says whether that is good enough."""

    text: str
    measured: str
    reached: bool


@frozen
class Report:
    """The outcome of a benchmark: a table of figures, and its goals."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    goals: tuple[Goal, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def text(self) -> str:
        """The report for people."""
        table = [self.columns, *self.rows]
        widths = [max(len(row[place]) for row in table) for place in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in table
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        marks = {True: "reached", False: "MISSED"}
        goals = [f"goal {marks[goal.reached]}: {goal.text}; measured: {goal.measured}" for goal in self.goals]
        return "\n".join([self.title, "", *lines, "", *goals, *self.notes]).rstrip() + "\n"


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Meanwhile garbage is collected as seldom as in a command (``rulelang/__main__.py``)."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def rounds_of(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """The time of each side in each round, measured turn about after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            gc.collect()
            start = time.process_time()
            side()
            spent = time.process_time() - start
            if number:
                times[name].append(spent)
    return times


def seconds_each(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each side."""
    return {name: statistics.median(spent) for name, spent in rounds_of(sides, rounds).items()}


def times_of(these: Sequence[float], those: Sequence[float]) -> float:
    """How many times longer one side takes than another: the median over the rounds of the ratio in each."""
    return statistics.median(this / that for this, that in zip(these, those, strict=True))


def ratio(value: float) -> str:
    """A ratio as it is shown."""
    return f"{value:.2f}x"


Benchmark = Callable[[bool], Report]
"""Runs a benchmark; ``True`` asks for a quick run with fewer rounds."""


def main(benchmarks: Sequence[Benchmark], description: str) -> None:
    """Run benchmarks as the command line asks, and leave with 1 if ``--check`` finds a goal missed."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a goal is missed")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: faster, and less certain")
    options = parser.parse_args()
    reports = []
    for benchmark in benchmarks:
        report = benchmark(options.quick)
        reports.append(report)
        if not options.json:
            print(report.text())
    if options.json:
        print(json.dumps([asdict(report) for report in reports], indent=2))
    missed = any(not goal.reached for report in reports for goal in report.goals)
    sys.exit(1 if options.check and missed else 0)
