"""All scenarios of some files at one value of a given: in which of them something stays uncovered."""

from collections.abc import Iterator, Sequence

import numpy
import pyarrow
from attrs import evolve, field, frozen

from rulelang.base.diagnostic import CheckError, ReadError, RunError, finding
from rulelang.base.processors import processors
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.profiles.variable import Variable
from rulelang.sweeps.options import Progress, SweepOptions, Table
from rulelang.sweeps.runs.piece import Piece, Prepared, Runner, Setup
from rulelang.sweeps.runs.runners import runner_for
from rulelang.sweeps.runs.sample import rejected
from rulelang.sweeps.scenarios.conversion import Fault
from rulelang.sweeps.scenarios.integers import LARGEST
from rulelang.sweeps.scenarios.tables import Scenarios, scenarios_in
from rulelang.sweeps.tape.arrays import Integers

FOLLOWED = 4
"""So many scenarios of a sweep are kept: those with the most uncovered."""
_HELD = 1 << 25
"""So many integers of scenarios are held from sweep to sweep; more are read anew each time."""


@frozen
class SizeJob:
    """What is to be sized: a given (:func:`rulelang.sweeps.sizing.sizing.find_given`), tried from ``start`` to ``to``.

    Both are in minor units of the given's currency.  ``table`` is a path of a file or folder of scenarios, several of
    them, or a table in memory.
    """

    variable: Variable
    table: Table
    options: SweepOptions = field(factory=SweepOptions)
    to: int = LARGEST
    start: int = 0

    @property
    def program(self) -> CheckedProgram:
        """The rulebook that the given is of."""
        return self.variable.plan.program

    @property
    def event(self) -> Event:
        """The event that the scenarios change."""
        return self.variable.plan.event

    @property
    def given(self) -> str:
        """The given as people write it: ``NAME``, or ``NAME.SEGMENT``."""
        one = self.variable
        return one.name if one.segment is None else f"{one.name}.{one.segment}"


@frozen
class Lacking:
    """A scenario with something uncovered: how much, in minor units, its row, id, defaulters tried, and the event."""

    uncovered: int
    row: int
    scenario: str
    defaulting: tuple[str, ...]
    event: Event


@frozen
class Swept:
    """All scenarios at one value: how many there are, in how many something is uncovered, and those with the most."""

    value: int
    scenarios: int
    lacking: int
    most: tuple[Lacking, ...]


class ValueSweep:
    """Runs all scenarios at one value of a given after the other."""

    def __init__(self, job: SizeJob, progress: Progress | None) -> None:
        """Open the files.

        Raises:
            ReadError: a file cannot be read.
            CheckError: a column does not fit, or is the given itself.
        """
        self.job, self.progress = job, progress
        self.scenarios: Scenarios = scenarios_in(job.table)
        title = f"given.{job.given}"
        schema = self.scenarios.schema
        if title in schema.names:
            message = f"the scenarios have a column `{title}`, which is what is to be sized"
            raise CheckError([finding("duplicate-value", message, help="leave the column out")])
        options = evolve(job.options, keep_going=True)  # what is rejected is refused here, in the words of a size
        schema = schema.append(pyarrow.field(title, pyarrow.int64()))
        setup = Setup(job.program.source, job.event, schema, options, threads=processors())
        self.runner: Runner = runner_for(setup, job.program)
        self.title = title
        self.place = [column.title for column in self.runner.columns.overrides].index(title)
        self.held: list[tuple[int, Prepared]] | None = None
        self.sweeps = self.done = 0

    def run(self, value: int) -> Swept:
        """Run all scenarios at a value.

        Raises:
            ReadError: a file turns out to be damaged, or there are no scenarios.
            RunError: a scenario is rejected.
        """
        self.sweeps += 1
        scenarios = lacking = 0
        most: list[Lacking] = []
        for start, ready in self._pieces():
            integers = list(ready.integers)
            integers[self.place] = numpy.full(len(ready.rows), value, numpy.int64)
            found, kept = self._lacking(value, start, ready, integers)
            lacking += found
            most = sorted([*most, *kept], key=lambda each: (-each.uncovered, each.row))[:FOLLOWED]
            scenarios += len(ready.rows)
            self.done += len(ready.rows)
            if self.progress is not None:
                self.progress(self.done, None)
        if not scenarios:
            message = "the files hold no scenarios, so nothing says how much is enough"
            raise ReadError([finding("unreadable-table", message)])
        return Swept(value, scenarios, lacking, tuple(most))

    def _pieces(self) -> Iterator[tuple[int, Prepared]]:
        """The scenarios as integers, piece by piece; those that were held before, if they are few enough."""
        if self.held is not None:
            yield from self.held
            return
        start = size = 0
        held: list[tuple[int, Prepared]] = []
        for number, table in enumerate(self.scenarios.pieces(self.runner.rows)):
            nothing = pyarrow.array(numpy.zeros(table.num_rows, numpy.int64))
            ready = self.runner.prepared(Piece(number, start, (), table.append_column(self.title, nothing)))
            if ready.faults:
                row = min(ready.faults)
                raise self._refused(ready.ids[row].as_py(), ready.faults[row])
            size += table.num_rows * len(ready.integers)
            if size <= _HELD:
                held.append((start, ready))
            yield start, ready
            start += table.num_rows
        if size <= _HELD:
            self.held = held

    def _lacking(
        self, value: int, start: int, ready: Prepared, integers: Sequence[Integers]
    ) -> tuple[int, list[Lacking]]:
        """In how many scenarios of a piece something is uncovered, and those with the most."""
        amounts, integers, refused = self.runner.uncovered(integers)
        if refused:
            row = min(refused)
            raise self._refused(ready.ids[row], refused[row], value)
        rows = numpy.flatnonzero(amounts > 0)
        if len(rows) > FOLLOWED:
            bound = numpy.sort(amounts[rows])[-FOLLOWED]
            kept = rows[amounts[rows] >= bound]
            kept = kept[numpy.argsort(-amounts[kept], kind="stable")][:FOLLOWED]
        else:
            kept = rows
        found = [
            Lacking(
                int(amounts[row]),
                start + row,
                str(ready.ids[row]),
                self._defaulting(integers, row),
                self.runner.plan.event_at(integers, row),
            )
            for row in kept.tolist()
        ]
        return len(rows), found

    def _defaulting(self, integers: Sequence[Integers], row: int) -> tuple[str, ...]:
        """Who has a stress above zero in a run of a set, in the order of columns."""
        columns = zip(self.runner.columns.overrides, integers, strict=True)
        losing = (column.override.name for column, values in columns if column.stressed and values[row] > 0)
        return tuple(dict.fromkeys(losing))

    def _refused(self, scenario: object, fault: Fault, value: int | None = None) -> RunError:
        where = "" if value is None else f" where `{self.job.given}` is {self.job.variable.currency.show(value)}"
        advice = fault.helped(f"`rulelang explain {fault.code}` says more")
        if value is not None:
            advice += "; `--from` and `--to` bound the values that are tried"
        return rejected(scenario, f"{where}: {fault.message}", advice)
