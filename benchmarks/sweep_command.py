"""``rulelang sweep`` from file to file: how cost grows with scenarios and members, what workers gain, and the start.

The rulebook has six steps: own margin, own contribution, skin in the game, mutual fund, assessments, gains haircut.  In
each scenario one member defaults; its loss, who it is, and the gains of all vary: two columns for each member, whole
minor units in Parquet.  Cost is processor time of all processes of the command; what workers gain is time on the clock,
in rounds in which nothing else ran.
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy
import pyarrow
import pyarrow.parquet

from benchmarks.interpreter import RULEBOOK
from benchmarks.measure import Goal, Report, main, ratio
from rulelang.base.processors import processors

SCENARIOS = {True: (1_000, 300_000, 1_000_000), False: (1_000, 10_000, 100_000, 1_000_000, 10_000_000)}
MEMBERS = {True: (10, 100), False: (10, 30, 100, 300, 1_000)}
FEW = 10
"""Members while scenarios grow."""
CELLS = {True: 2_000_000, False: 40_000_000}
"""Scenarios times members while members grow, so that the start has little part in it."""
TOGETHER = {True: 400_000, False: 3_000_000}
"""Scenarios of 100 members for two workers: so many that their starts have little part in it."""
LINEAR, GAIN, FIRST, CACHED = 1.5, 1.7, 15.0, 2.0
"""The goals: cost for each scenario and member at most so many times; two workers; seconds of the start."""
MORE_THAN_PATIENCE = 1_000_000
"""Scenarios of 100 members with which a process does not do without the machine."""
QUIET = 0.05
"""In a quiet round other programs take at most this part of the processors."""
_ROWS = 1 << 17


def inputs(folder: Path, members: int, scenarios: int) -> Path:
    """Write a rulebook, an event and a table of scenarios; the same in every run."""
    chance = random.Random(2018)  # noqa: S311 - the same data in every run
    ids = [f"M{number:04}" for number in range(members)]
    lines = ['event "Sweep"', "declared 2018-09-11", "given sitg_capital = EUR 7 million"]
    for member in ids:
        lines.append(f"member {member} vm_gain = EUR 0")
        lines += [f"    {name} = EUR {chance.randrange(10**5, 10**7)}" for name in _FIELDS]
    lines.append(f"default of {ids[0]} loss EUR 1")
    (folder / "a.rules").write_text(RULEBOOK, encoding="utf-8")
    (folder / "a.event").write_text("\n".join(lines), encoding="utf-8")
    names = [f"{what}.{member}" for what in ("loss", "vm_gain") for member in ids]
    schema = pyarrow.schema([(name, pyarrow.int64()) for name in names])
    with pyarrow.parquet.ParquetWriter(folder / "a.parquet", schema, compression="zstd") as file:
        numbers = numpy.random.default_rng(2018)
        rows = max(16_384, _ROWS * 10 // max(members, 10))
        for start in range(0, scenarios, rows):
            count = min(rows, scenarios - start)
            table = numpy.zeros((2 * members, count), numpy.int64)
            who = numbers.integers(0, members, count)
            table[who, numpy.arange(count)] = numbers.integers(10**8, members * 12 * 10**8, count)
            table[members:] = numbers.integers(-1000, 1000, (members, count)) * 10**5
            file.write_table(pyarrow.Table.from_arrays(list(table), schema=schema), row_group_size=rows)
    return folder


_FIELDS = ("initial_margin", "contribution", "stress")


def swept(folder: Path, workers: int = 1, cache: Path | None = None) -> tuple[float, float]:
    """The seconds on the clock and of processors that the command needs."""
    command = [sys.executable, "-m", "rulelang", "sweep", "a.rules", "a.event", "a.parquet", "--out", "r.parquet"]
    command += ["--unit", "minor", "--quiet", "--workers", str(workers)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = str(cache)
    before, start = _spent(), time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603 - our own command
    return time.perf_counter() - start, _spent() - before


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def costs(sizes: Iterable[tuple[int, int]]) -> list[float]:
    """The processor time of sweeps with so many members and scenarios."""
    found = []
    for members, scenarios in sizes:
        with TemporaryDirectory() as name:
            found.append(swept(inputs(Path(name), members, scenarios))[1])
    return found


@cache
def grown(quick: bool) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:  # noqa: FBT001 - as everywhere
    """What sweeps of more and more scenarios cost, and what a scenario costs with more and more members."""
    counts = SCENARIOS[quick]
    costs([(FEW, counts[0])])  # the first run leaves compiled code
    scenarios = list(zip(counts, costs((FEW, count) for count in counts), strict=True))
    members = []
    for size in MEMBERS[quick]:
        count = CELLS[quick] // size
        few, many = costs([(size, count // 10), (size, count)])
        members.append((size, (many - few) / (count - count // 10)))
    return scenarios, members


def _all_spent() -> float:
    """The seconds that all programs of the machine have run on its processors; 0 where the system does not tell."""
    path = Path("/proc/stat")
    if not path.exists():
        return 0.0
    user, nice, system, _, _, interrupts, soft = map(int, path.read_text("utf-8").split()[1:8])
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def watched(folder: Path, workers: int) -> tuple[float, float, float]:
    """The seconds on the clock and of processors, and the part of the processors that other programs took."""
    before = _all_spent()
    clock, spent = swept(folder, workers)
    others = (_all_spent() - before - spent) / clock / processors()
    return clock, spent, max(0.0, others)


def gained(quick: bool) -> tuple[list[float], float, int]:  # noqa: FBT001 - as everywhere
    """How many times two workers are as fast as one, in each quiet round; their processor time; how many rounds.

    A round in which other programs ran says nothing: of a busy machine two workers get a larger part than one, and of a
    machine with one processor left they gain nothing.
    """
    gains, spent = [], []
    rounds = 2 if quick else 4
    with TemporaryDirectory() as name:
        folder = inputs(Path(name), 100, TOGETHER[quick])
        for _ in range(rounds):
            one, two = watched(folder, 1), watched(folder, 2)
            spent.append(two[1] / one[1])
            if max(one[2], two[2]) <= QUIET:
                gains.append(one[0] / two[0])
    return gains, statistics.median(spent), rounds


def started() -> tuple[float, float, float]:
    """The seconds of a small sweep with nothing compiled; of one after it; and what it takes to compile the machine.

    The last is what a longer sweep takes more with nothing compiled than after that.
    """
    with TemporaryDirectory() as name, TemporaryDirectory() as cache:
        small, large = Path(name) / "small", Path(name) / "large"
        for folder, count in ((small, 1_000), (large, MORE_THAN_PATIENCE)):
            folder.mkdir()
            inputs(folder, 100, count)
        first = swept(small, cache=Path(cache))[0]
        compiling = swept(large, cache=Path(cache))[0] - swept(large, cache=Path(cache))[0]
        return first, min(swept(small, cache=Path(cache))[0] for _ in range(3)), compiling


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure growth, workers and starts."""
    scenarios, members = grown(quick)
    gains, more, rounds = gained(quick)
    gain = statistics.median(gains) if gains else 0.0
    first, cached, compiling = started()
    more_of = [
        (count, (cost - fewer_cost) / (count - fewer)) for (fewer, fewer_cost), (count, cost) in pairwise(scenarios)
    ]
    per_member = [(size, cost / size) for size, cost in members]
    each = more_of[-1][1]
    rows = [(f"each scenario more, up to {count:,}", ratio(one / each)) for count, one in more_of[-2:]]
    rows += [
        (f"a scenario with {size:,} members, for each", ratio(one / per_member[-1][1])) for size, one in per_member
    ]
    rows.append(("two workers, processor time", ratio(more)))
    text = f"at most {LINEAR} times the time for each scenario with ten times as many, and for each member"
    widest = max(each / more_of[-2][1], per_member[-1][1] / min(one for _, one in per_member))
    goals = (
        Goal(text, ratio(widest), widest <= LINEAR),
        Goal(
            f"two workers at least {GAIN} times as fast as one",
            f"{ratio(gain)} in {len(gains)} quiet of {rounds} rounds"
            if gains
            else f"none of {rounds} rounds was quiet",
            gain >= GAIN,
        ),
        Goal(f"first use in {FIRST:.0f} s", f"{first:.1f} s", first <= FIRST),
        Goal(f"a start in {CACHED:.0f} s", f"{cached:.1f} s", cached <= CACHED),
    )
    note = (
        f"{processors()} processors; {each * 1e6:.1f} microseconds for a scenario with {FEW} members; a sweep in which "
        f"the machine is compiled takes {compiling:.0f} s more"
    )
    return Report("Sweeps from file to file", ("processor time", "ratio"), tuple(rows), goals, (note,))


def chart(path: Path) -> None:
    """Draw the cost over scenarios and members; needs matplotlib (the extra ``chart``)."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    scenarios, members = grown(quick=False)
    figure, sides = pyplot.subplots(1, 2, figsize=(8.4, 3.8), layout="constrained")
    for axes, points, label in zip(sides, (scenarios, members), ("scenarios", "members"), strict=True):
        sizes, most = [size for size, _ in points], points[-1]
        axes.loglog(sizes, [cost / most[1] for _, cost in points], "o", color="#1f4e79", label="measured")
        axes.loglog(sizes, [size / most[0] for size in sizes], ":", color="#888888", label="in proportion")
        axes.set_xlabel(label)
        axes.grid(visible=True, which="major", color="#dddddd")
        axes.legend(frameon=False)
    sides[0].set_ylabel("processor time, against the most")
    sides[0].set_title(f"A sweep, {FEW} members, with its start", loc="left")
    sides[1].set_title("A scenario more", loc="left")
    with mpl.rc_context({"svg.hashsalt": "sweep"}):  # the same bytes for the same figures
        figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--chart"]:
        chart(Path(sys.argv[2]))
    else:
        main([run], __doc__ or "")
