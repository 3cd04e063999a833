"""A sweep over scenarios against the same waterfall written by hand with NumPy in floating point, and the interpreter.

One hundred members and six steps: own margin, own contribution, skin in the game, mutual fund, assessments, gains
haircut.  In each scenario one member defaults; its loss, who it is, and the gains of all vary.  Both sides work in
memory, on the same table of two hundred columns (a loss and a gain for each member), and write into room made before.
They are compared first.  The sweep gives whole minor units, every one the interpreter's; the other side is off by
parts of a unit.  The sweep takes two threads, as it does from Python on two processors; the time is time on the clock,
so that nothing else should run beside it.  Below stand the sweep in one thread, and the other side where it is spared
to look for the defaulter, because losses and defaulters are handed over as arrays of their own.
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
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.sweeps.tape.engine import Batch, Override, SweepPlan, make_sweep

MEMBERS, SITG = 100, 7 * 10**8
SCENARIOS = {True: 100_000, False: 1_000_000}
THREADS = 2
MOST, LEAST, GAIN = 0.5, 200, 1.7
"""The goals: at most so much of the time of the one by hand; so many times the interpreter at least; two threads
so many times as fast as one."""


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


def swept(sweep: SweepPlan, table: numpy.ndarray, room: Batch | None, threads: int) -> Batch:
    """All amounts of all scenarios, written over those in ``room``."""
    return sweep.run([table[:, place] for place in range(table.shape[1])], room, threads)


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure all sides turn about."""
    count = SCENARIOS[quick]
    program, event, plain = members()
    losses, who, gains, table = scenarios(count)
    floats = (losses.astype(numpy.float64), who, gains.astype(numpy.float64))
    same = table.astype(numpy.float64)
    paid, drawn = numpy.empty((count, MEMBERS)), numpy.empty((7, count))
    start = time.perf_counter()
    sweep = sweep_of(program, event)
    batch = swept(sweep, table, None, THREADS)
    first = time.perf_counter() - start
    batch = swept(sweep, table, batch, THREADS)  # the first may have been played with NumPy, for want of a machine
    plain.run_table(same, paid, drawn)
    assert numpy.abs(drawn[6] - batch.uncovered).max() < 1, "both sides leave the same uncovered"
    sides = {
        "sweep": lambda: swept(sweep, table, batch, THREADS),
        "table": lambda: plain.run_table(same, paid, drawn),
        "alone": lambda: swept(sweep, table, batch, 1),
        "arrays": lambda: plain.run(*floats, paid, drawn),
    }
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(3 if quick else 5):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            spent[name].append(time.perf_counter() - start)
    against = {
        name: statistics.median(a / b for a, b in zip(times, spent["table"], strict=True))
        for name, times in spent.items()
    }
    gain = statistics.median(one / two for one, two in zip(spent["alone"], spent["sweep"], strict=True))
    each = statistics.median(spent["alone"]) / count
    some = [sweep.event_at([table[:, place] for place in range(table.shape[1])], index) for index in range(100)]
    start = time.perf_counter()
    for one in some:
        rulelang.evaluate(program, one)
    interpreted = (time.perf_counter() - start) / len(some)
    rows = (
        (f"sweep, exact, {THREADS} threads", f"{against['sweep']:.2f}"),
        ("sweep, exact, 1 thread", f"{against['alone']:.2f}"),
        ("NumPy by hand, floating point", "1.00"),
        ("NumPy by hand, told who defaults", f"{against['arrays']:.2f}"),
        ("interpreter, with its audit trail", f"{interpreted / each * against['alone']:.0f}"),
    )
    goals = (
        Goal(
            f"at most {MOST}x the time of the waterfall written by hand",
            ratio(against["sweep"]),
            against["sweep"] <= MOST,
        ),
        Goal(f"at least {LEAST} times the interpreter", ratio(interpreted / each), interpreted / each >= LEAST),
        Goal(f"{THREADS} threads at least {GAIN} times as fast as one", ratio(gain), gain >= GAIN),
    )
    note = f"{count:,} scenarios, {MEMBERS} members; first use, compilation included where needed: {first:.1f} s"
    return Report("Sweeps over scenarios", ("time, against NumPy by hand", "ratio"), rows, goals, (note,))


if __name__ == "__main__":
    main([run], __doc__ or "")
