"""Comparing two rulebooks for every loss, against running the interpreter, and how that grows with members and steps.

Both versions have six steps, four of them paid by members with a limit of their own each, so that what one cannot bear
is passed on to the others and the amounts of all have a breakpoint wherever one is full.  The new version has more
capital and larger assessments, so that every payer differs over long stretches.  The yardstick is one run of the
interpreter at one loss, with the same members: what people compare with today.
"""

import random
import statistics
import time
from pathlib import Path

import rulelang
from benchmarks.measure import Goal, Report, main, ratio
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.profiles.compare import compare_payers
from rulelang.profiles.profile import Profile, make_profile
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import make_plan

SIZES = (10, 30, 100, 300, 1_000)
STEPS = (3, 6, 12)
GOALS = {100: (0.3, 250.0), 1_000: (6.0, 700.0)}
"""For so many members: seconds of processor time, or else so many runs of the interpreter."""

_HEAD = """rulebook "Comparison" version "{version}"
currency EUR
members have
    margin       : money
    contribution : money
    stress       : money
    gain         : money
given capital : money
waterfall
    tranche own_margin
        paid by defaulters from margin
    tranche junior
        paid by ccp from capital
        up to EUR {junior}
    tranche fund
        paid by survivors from contribution
        shared pro rata to stress
"""
_CALLS = """
    assessment calls_{number}
        paid by survivors
        up to {percent}% of contribution each
        shared pro rata to stress
"""
_TAIL = """
    haircut gains
        paid by survivors where gain > EUR 0
        up to gain each
        shared pro rata to contribution
    finally closure
"""


def rulebook(steps: int, *, new: bool) -> CheckedProgram:
    """A version with so many steps, at least three."""
    text = _HEAD.format(version="new" if new else "old", junior=75_000_000 if new else 25_000_000)
    for number in range(steps - 4):
        text += _CALLS.format(number=number, percent=(150 if new else 100) + 10 * number)
    return rulelang.parse_rulebook(text + (_TAIL if steps > 3 else "\n    finally closure\n"))


def event(program: CheckedProgram, members: int) -> Event:
    """A default with so many members; the data are the same in every run."""
    chance = random.Random(members)  # noqa: S311
    lines = ['event "Comparison"', "declared 2024-03-15", "given capital = EUR 500 million"]
    for number in range(members):
        lines.append(f"member M{number:05}")
        for name, low, high in (("margin", 1, 10**7), ("contribution", 10**5, 10**8), ("stress", 10**5, 10**8)):
            lines.append(f"    {name} = EUR {chance.randrange(low, high)}.{chance.randrange(100):02}")
        lines.append(f"    gain = EUR {chance.randrange(10**7)}")
    lines.append("default of M00000 loss EUR 1 billion")
    return check_event(SourceText.from_text("\n".join(lines)), program)


def profile(program: CheckedProgram, found: Event) -> Profile:
    """What a version makes everybody pay for every loss."""
    plan = make_plan(program, found)
    return make_profile(plan, find_variable(plan))


def measured(steps: int, members: int, rounds: int) -> tuple[float, float]:
    """The seconds of a comparison, and how many runs of the interpreter take as long."""
    old, new = rulebook(steps, new=False), rulebook(steps, new=True)
    events = event(old, members), event(new, members)
    spent, ratios = [], []
    for _ in range(rounds):
        start = time.process_time()
        found = compare_payers(profile(old, events[0]), profile(new, events[1]))
        seconds = time.process_time() - start
        assert any(difference.bands for difference in found.values())
        start = time.process_time()
        repeats = max(1, 300 // members)
        for _ in range(repeats):
            rulelang.evaluate(old, events[0])
        spent.append(seconds)
        ratios.append(seconds / ((time.process_time() - start) / repeats))
    return statistics.median(spent), statistics.median(ratios)


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure every size with every number of steps."""
    rows, goals = [], []
    for members in SIZES:
        row = []
        for steps in STEPS:
            seconds, runs = measured(steps, members, 1 if quick or members >= 300 else 5)
            row.append(f"{runs:.0f}")
            if steps == 6 and members in GOALS:
                most, furthest = GOALS[members]
                text = f"{members:,} members, 6 steps: at most {most} s, or {ratio(furthest)} a run of the interpreter"
                reached = seconds <= most or runs <= furthest
                goals.append(Goal(text, f"{seconds:.2f} s, {ratio(runs)}", reached))
        rows.append((f"{members:,}", *row))
    columns = ("members (columns: steps), in runs of the interpreter", *(str(steps) for steps in STEPS))
    return Report("Comparison of two rulebooks for every loss", columns, tuple(rows), tuple(goals))


def chart(path: Path) -> None:
    """Draw the cost over members and steps; needs matplotlib (the extra ``chart``)."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    base = measured(STEPS[0], SIZES[0], 3)[0]
    for steps, style in zip(STEPS, ("o:", "s-", "^--"), strict=True):
        costs = [measured(steps, members, 1 if members >= 300 else 3)[0] for members in SIZES]
        axes.loglog(SIZES, [cost / base for cost in costs], style, color="#1f4e79", label=f"{steps} steps")
    axes.set_xlabel("members")
    axes.set_ylabel("time, against 10 members and 3 steps")
    axes.set_title("Comparing two rulebooks for every loss", loc="left")
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.legend(frameon=False)
    with mpl.rc_context({"svg.hashsalt": "comparison"}):  # the same bytes for the same figures
        figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    import sys

    if sys.argv[1:2] == ["--chart"]:
        chart(Path(sys.argv[2]))
    else:
        main([run], __doc__ or "")
