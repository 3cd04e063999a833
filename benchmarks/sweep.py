"""A sweep over scenarios against the same waterfall written by hand with NumPy in floating point, and the interpreter.

One hundred members and six steps: own margin, own contribution, skin in the game, mutual fund, assessments, gains
haircut.  In each scenario one member defaults; its loss, who it is, and the gains of all vary.  Both sides work in
memory, on arrays that are there, and are compared first.  The sweep gives whole minor units, every one the
interpreter's; the other side is off by parts of a unit.
"""

import random
import statistics
import time

import numpy

import rulelang
from benchmarks.interpreter import RULEBOOK
from benchmarks.measure import Goal, Report, main, ratio
from benchmarks.plain_columns import PlainColumns
from rulelang.base.source import SourceText
from rulelang.check.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.plan.sweep import Override, SweepPlan, make_sweep

MEMBERS, SITG = 100, 7 * 10**8
SCENARIOS = {True: 100_000, False: 1_000_000}
AT_A_TIME = 100_000
"""Scenarios in one batch, as the command has it."""
MOST, LEAST = 0.5, 200
"""The goals: at most so much of the time of the one written by hand; so many times the interpreter at least."""


def members() -> tuple[rulelang.CheckedProgram, Event, PlainColumns]:
    """The rulebook, an event with the members' data, and the waterfall written by hand for the same members."""
    chance = random.Random(2018)  # noqa: S311 - the same data in every run
    program = rulelang.parse_rulebook(RULEBOOK)
    table: dict[str, list[int]] = {name: [] for name in ("initial_margin", "contribution", "stress")}
    lines = ['event "Sweep"', "declared 2018-09-11", "given sitg_capital = EUR 7 million"]
    for number in range(MEMBERS):
        lines.append(f"member M{number:03} vm_gain = EUR 0")
        for name, most in (("initial_margin", 10**9), ("contribution", 10**9), ("stress", 10**9)):
            table[name].append(chance.randrange(10**7, most))
            lines.append(f"    {name} = EUR {table[name][-1] // 100}.{table[name][-1] % 100:02}")
    lines.append("default of M000 loss EUR 1")
    event = check_event(SourceText.from_text("\n".join(lines)), program)
    plain = PlainColumns(SITG, *(numpy.array(column) for column in table.values()))
    return program, event, plain


def scenarios(count: int) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Losses, defaulters and gains, and the same as one table: a loss and a gain for each member."""
    chance = numpy.random.default_rng(2018)
    losses = chance.integers(10**8, 12 * 10**10, count)
    who = chance.integers(0, MEMBERS, count)
    table = numpy.zeros((count, 2 * MEMBERS), dtype=numpy.int64)
    table[numpy.arange(count), who] = losses
    table[:, MEMBERS:] = chance.integers(-(10**8), 10**8, (count, MEMBERS))
    return losses, who, table[:, MEMBERS:], table


def sweep_of(program: CheckedProgram, event: Event) -> SweepPlan:
    """The sweep that takes the table."""
    losses = [Override("loss", member, None, None) for member in event.members]
    return make_sweep(program, event, [*losses, *(Override("field", "vm_gain", m, None) for m in event.members)])


def swept(sweep: SweepPlan, table: numpy.ndarray) -> list[numpy.ndarray]:
    """What every scenario leaves uncovered, batch by batch."""
    batch, found = None, []
    for start in range(0, len(table), AT_A_TIME):
        part = table[start : start + AT_A_TIME]
        batch = sweep.run([part[:, place] for place in range(part.shape[1])], batch)
        found.append(numpy.array(batch.uncovered))
    return found


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure both sides turn about."""
    count = SCENARIOS[quick]
    program, event, plain = members()
    losses, who, gains, table = scenarios(count)
    floats = (losses.astype(numpy.float64), who, gains.astype(numpy.float64))
    paid, drawn = numpy.empty((count, MEMBERS)), numpy.empty((7, count))
    start = time.perf_counter()
    sweep = sweep_of(program, event)
    uncovered = numpy.concatenate(swept(sweep, table))
    first = time.perf_counter() - start
    plain.run(*floats, paid, drawn)
    assert numpy.abs(drawn[6] - uncovered).max() < 1, "both sides leave the same uncovered"
    spent: dict[str, list[float]] = {"sweep": [], "plain": []}
    for _ in range(2 if quick else 3):
        for name, side in (("sweep", lambda: swept(sweep, table)), ("plain", lambda: plain.run(*floats, paid, drawn))):
            start = time.process_time()
            side()
            spent[name].append(time.process_time() - start)
    against = statistics.median(a / b for a, b in zip(spent["sweep"], spent["plain"], strict=True))
    each = statistics.median(spent["sweep"]) / count
    some = [sweep.event_at([table[:, place] for place in range(table.shape[1])], index) for index in range(100)]
    start = time.process_time()
    for one in some:
        rulelang.evaluate(program, one)
    interpreted = (time.process_time() - start) / len(some)
    rows = (
        ("sweep, exact", f"{against:.2f}"),
        ("NumPy by hand, floating point", "1.00"),
        ("interpreter, with its audit trail", f"{interpreted / each * against:.0f}"),
    )
    goals = (
        Goal(f"at most {MOST}x the time of the waterfall written by hand", ratio(against), against <= MOST),
        Goal(f"at least {LEAST} times the interpreter", ratio(interpreted / each), interpreted / each >= LEAST),
    )
    note = f"{count:,} scenarios, {MEMBERS} members; first use, compilation included where needed: {first:.1f} s"
    return Report("Sweeps over scenarios", ("time, against NumPy by hand", "ratio"), rows, goals, (note,))


if __name__ == "__main__":
    main([run], __doc__ or "")
