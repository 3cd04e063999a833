"""A cold start of the program: ``rulelang check`` on sixty lines against ``import lark``, each in a fresh process.

The processes run turn about, with the tables of the grammar made before.  What counts is the processor time of
each process, which other programs on the machine disturb little; the time on the clock is shown beside it.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.measure import Goal, Report, main, ratio

MOST = 1.8
"""The goal: a check takes at most so many times what `import lark` takes."""

RULEBOOK = """\
# A rulebook of sixty lines, of the size people begin with.
rulebook "Start" version 2018-09-01
    cite "Clearing Rules, ch. 6"

currency EUR

members have
    initial_margin : money   "read only if the member defaults"  if missing EUR 0
    contribution   : money   "paid-in default fund contribution"
    vm_gain        : signed money   "cumulative variation margin since the default"  if missing EUR 0
    bid            : one of absent, poor, good  if missing good

given junior_capital : money  "CCP capital set aside for this service"

define fund as sum of contribution over survivors
    "what the other members have paid in"

waterfall "Default of a clearing member"

    tranche margin "Defaulter's margin" cite "CR 6.3(a)"
        paid by defaulters from initial_margin

    tranche own_contribution "Defaulter's contribution" cite "CR 6.3(b)"
        paid by defaulters from contribution

    tranche junior "Junior capital" cite "CR 6.3(c)"
        paid by ccp from junior_capital
        up to max(EUR 7 million, 25% of fund)

    tranche fund_draw "Default fund" cite "CR 6.3(d)"
        paid by survivors from contribution
        in order of bid: absent then poor then good
        shared pro rata to contribution

    assessment calls "Assessments" cite "CR 6.3(e)"
        paid by survivors
        up to 100% of contribution each
        up to 200% of contribution each in any 90 days
        shared pro rata to contribution

    haircut vmgh "Variation margin gains haircutting" cite "CR 6.3(f)"
        at the discretion of "Default Management Committee"
        paid by survivors where vm_gain > EUR 0
        up to vm_gain each
        shared pro rata to limits

    finally service_closure "Service closure"

ensure "nobody pays more than three times its contribution and its gain" for survivors:
    total_paid <= 300% of contribution + max(vm_gain, EUR 0)

test "a small default"
    declared 2018-09-11
    given junior_capital = EUR 7 million
    member ALFA  contribution = EUR 5 million
    member BETA  contribution = EUR 15 million
    default of ALFA loss EUR 10 million
    expect junior pays EUR 5 million
    expect uncovered EUR 0
    expect outcome covered
"""

_EVENT = """\
event "Start"
declared 2018-09-11
given junior_capital = EUR 7 million
member ALFA  contribution = EUR 5 million
member BETA  contribution = EUR 15 million
member GAMMA  contribution = EUR 25 million  bid = poor
default of ALFA loss EUR 31 million
"""

_PARTS = """
import json, sys, time
marks = [("Python", time.process_time())]
def mark(name):
    marks.append((name, time.process_time()))
import click
mark("import click")
import rulelang.base.diagnostic, rulelang.base.money, rulelang.base.render
mark("rulelang.base")
import rulelang.syntax.nodes
mark("classes of the abstract syntax")
import rulelang.syntax.read
mark("rest of rulelang.syntax")
import rulelang.check.rulebook
mark("rulelang.check")
import rulelang.tools.commands.check
mark("rulelang.tools")
from rulelang.syntax.grammar import tables
tables()
mark("load the tables of the grammar")
from pathlib import Path
source = rulelang.syntax.read.read_source(Path(sys.argv[1]))
tree = rulelang.syntax.read.parse_rulebook(source)
mark("read the first time, with the lexer's expressions")
tree = rulelang.syntax.read.parse_rulebook(source)
mark("read the second time")
rulelang.check.rulebook.checked_program(source, tree)
mark("check")
print(json.dumps([(name, end - start) for (_, start), (name, end) in zip(marks, marks[1:])]))
"""


def _spent(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """The processor time and the time on the clock of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - our own command
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, clock


def _parts(file: str, environment: Mapping[str, str], rounds: int) -> list[tuple[str, float]]:
    """Where the time of a check goes: the median processor time of each part."""
    runs: list[list[tuple[str, float]]] = []
    for _ in range(rounds):
        command = [sys.executable, "-c", _PARTS, file]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603
        runs.append(json.loads(done.stdout))
    return [(name, statistics.median(each[place][1] for each in runs)) for place, (name, _) in enumerate(runs[0])]


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure the processes turn about, then the parts of a check."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    rounds = 7 if quick else 21
    with tempfile.TemporaryDirectory() as folder:
        rules, event = Path(folder, "start.rules"), Path(folder, "start.event")
        rules.write_text(RULEBOOK, encoding="utf-8")
        event.write_text(_EVENT, encoding="utf-8")
        python, program = [sys.executable, "-c"], [sys.executable, "-m", "rulelang"]
        commands = {
            "import lark": [*python, "import lark"],
            "rulelang check": [*program, "check", str(rules)],
            "rulelang run --format json": [*program, "run", str(rules), str(event), "--format", "json"],
            "import rulelang": [*python, "import rulelang"],
            "Python alone": [*python, "pass"],
        }
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for number in range(rounds + 2):
            for name, command in commands.items():
                each = _spent(command, environment)
                if number >= 2:  # the first rounds write byte code and, in a checkout, the tables
                    spent[name].append(each)
        parts = _parts(str(rules), environment, rounds)
    medians = {name: [statistics.median(row[side] for row in rows) for side in (0, 1)] for name, rows in spent.items()}
    yardstick = medians["import lark"]
    rows = [
        (name, *(ratio(value / unit) for value, unit in zip(medians[name], yardstick, strict=True)))
        for name in commands
    ]
    rows += [(f"  part of a check: {name}", ratio(value / yardstick[0]), "") for name, value in parts]
    times = medians["rulelang check"][0] / yardstick[0]
    goal = Goal(f"a check of 60 lines takes at most {MOST}x `import lark`", ratio(times), times <= MOST)
    return Report("Cold start, each in a fresh process", ("process", "processor", "clock"), tuple(rows), (goal,))


if __name__ == "__main__":
    main([run], __doc__ or "")
