"""A piece of a sweep: some thousand scenarios converted, run, checked by sample and made into results and rejects."""

from collections.abc import Callable, Sequence

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.ipc
from attrs import define, frozen

from rulelang.base.source import SourceText
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.model.result_columns import SCENARIO
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.results.results import Results, make_results
from rulelang.sweeps.runs.sample import compare, rejected
from rulelang.sweeps.scenarios.columns import ScenarioColumns, read_columns
from rulelang.sweeps.scenarios.conversion import Converter, Fault
from rulelang.sweeps.tape.arrays import Integers
from rulelang.sweeps.tape.batch import Batch
from rulelang.sweeps.tape.engine import SweepPlan, make_sweep

_CELLS, _MOST_CELLS = 1 << 23, 1 << 25
"""About so many numbers make a piece; where it would have few rows, and as many columns to set up, so many at most."""
_MOST_ROWS, _FEW_ROWS = 1 << 16, 1 << 13
_REJECT = ("code", "column", "message")


@frozen
class Piece:
    """Scenarios in a row: the number of the piece, how many came before it, the rows to check, and the table."""

    number: int
    start: int
    picks: tuple[int, ...]
    table: pyarrow.Table

    def __reduce__(self) -> tuple[Callable[..., "Piece"], tuple[object, ...]]:
        """To another process the table goes as an Arrow stream, which of a slice holds no more than its rows."""
        sink = pyarrow.BufferOutputStream()
        with pyarrow.ipc.new_stream(sink, self.table.schema) as stream:
            stream.write_table(self.table)
        return _received, (self.number, self.start, self.picks, sink.getvalue())


def _received(number: int, start: int, picks: tuple[int, ...], data: pyarrow.Buffer) -> Piece:
    return Piece(number, start, picks, pyarrow.ipc.open_stream(data).read_all())


@frozen
class Outcome:
    """What a piece gives: results, the scenarios rejected (``None``: none), and how many the interpreter checked."""

    results: pyarrow.Table
    rejects: pyarrow.Table | None
    checked: int


@frozen
class Setup:
    """All that another process needs to run pieces; the rulebook travels as its text and is checked there again.

    ``against`` is the old version of the rulebook and the event read under it, if versions are compared; ``threads``
    is how many the engine may take.
    """

    rulebook: SourceText
    event: Event
    schema: pyarrow.Schema
    options: SweepOptions
    against: tuple[SourceText, Event] | None = None
    threads: int = 1


@frozen
class Prepared:
    """A piece ready to run: ids, faults by row, the rows without one, and the integers of these."""

    ids: pyarrow.Array
    faults: dict[int, Fault]
    rows: Integers
    integers: Sequence[Integers]

    @property
    def names(self) -> pyarrow.Array:
        """The ids of the rows without a fault."""
        return self.ids.take(pyarrow.array(self.rows))


@define(eq=False)
class Runner:
    """Runs pieces of scenarios with one rulebook, event and set of columns.

    ``results`` are the columns that a run of a scenario gives; ``schemas`` has those that are written, as ``results``
    and as ``rejects``.
    """

    program: CheckedProgram
    setup: Setup
    columns: ScenarioColumns
    plan: SweepPlan
    results: Results
    schemas: dict[str, pyarrow.Schema]

    @property
    def rows(self) -> int:
        """How many scenarios make a piece: so many that its memory is bounded whatever the number of columns."""
        if self.setup.options.rows is not None:
            return self.setup.options.rows
        return piece_rows(len(self.setup.schema) + len(self.schemas["results"]))

    def plans(self, scenarios: int | None) -> str:
        """What is to be said before anything is run; ``scenarios`` is how many there are, as far as is known."""
        del scenarios
        return ""

    def run(self, piece: Piece) -> Outcome:
        """Run a piece.

        Raises:
            RunError: a scenario is rejected, and they are not to be set aside.
            InternalError: a scenario that was checked comes out otherwise in the interpreter.
        """
        ready = self.prepared(piece)
        ids, faults, rows = ready.ids, ready.faults, ready.rows
        if not len(rows):
            return self._outcome(piece, ids, faults)
        batch = self.plan.run(ready.integers)
        names = ready.names
        checked = self._check(piece, rows, batch, names)
        refused = {int(rows[index]): Fault(told.code, told.message, told=told) for index, told in batch.rejected}
        self._stop(refused, ids)
        results = self.results.table(names, batch)
        if refused:
            fine = numpy.ones(len(rows), bool)
            fine[[index for index, _ in batch.rejected]] = False
            results = results.filter(pyarrow.array(fine)).combine_chunks()
        return self._outcome(piece, ids, faults | refused, results, checked)

    def uncovered(self, integers: Sequence[Integers]) -> tuple[Integers, Sequence[Integers], dict[int, Fault]]:
        """What scenarios leave uncovered, with the integers of the runs that do, and those rejected, by their place."""
        batch = self.plan.run(integers)
        return batch.uncovered, integers, {index: Fault(told.code, told.message) for index, told in batch.rejected}

    def prepared(self, piece: Piece) -> Prepared:
        """The integers of a piece.

        Raises:
            RunError: the data of a scenario do not fit, and such are not to be set aside.
        """
        faults: dict[int, Fault] = {}
        ids = self._ids(piece, faults)
        converter = Converter(self.program, self.setup.options, faults)
        integers = [converter.integers(column, piece.table.column(column.place)) for column in self.columns.overrides]
        self._stop(faults, ids)
        if not faults:
            return Prepared(ids, faults, numpy.arange(piece.table.num_rows), integers)
        kept = numpy.ones(piece.table.num_rows, bool)
        kept[list(faults)] = False
        return Prepared(ids, faults, numpy.flatnonzero(kept), [column[kept] for column in integers])

    def _ids(self, piece: Piece, faults: dict[int, Fault]) -> pyarrow.Array:
        """The ids of the scenarios; without a column of them, they are counted from 1."""
        place = self.columns.scenario
        if place is None:
            return pyarrow.array(numpy.arange(piece.start + 1, piece.start + piece.table.num_rows + 1))
        ids = piece.table.column(place).combine_chunks()
        empty = numpy.asarray(ids.is_null(), dtype=bool)
        if pyarrow.types.is_string(ids.type) or pyarrow.types.is_large_string(ids.type):
            empty |= numpy.asarray(
                pyarrow.compute.fill_null(pyarrow.compute.equal(ids, ""), fill_value=True), dtype=bool
            )
        for row in numpy.flatnonzero(empty).tolist():
            message = f"the id of row {piece.start + row + 1} is empty"
            faults[row] = Fault("missing-value", message, SCENARIO)
        return ids

    def _check(self, piece: Piece, rows: Integers, batch: Batch, names: pyarrow.Array) -> int:
        """Compare the rows that were picked with the interpreter; those whose data do not fit cannot be."""
        picked = numpy.flatnonzero(numpy.isin(rows, piece.picks)).tolist() if piece.picks else []
        for place in picked:
            compare(self.program, self.results, batch, place, str(names[place]))
        return len(picked)

    def _stop(self, faults: dict[int, Fault], ids: pyarrow.Array) -> None:
        """Stop at the first scenario that is rejected, if there is one and they are not set aside."""
        if not faults or self.setup.options.keep_going:
            return
        row = min(faults)
        fault = faults[row]
        raise rejected(ids[row].as_py(), f": {fault.message}", fault.helped(set_aside(fault.code)), fault.told)

    def _outcome(
        self,
        piece: Piece,
        ids: pyarrow.Array,
        faults: dict[int, Fault],
        results: pyarrow.Table | None = None,
        checked: int = 0,
    ) -> Outcome:
        """What a piece gives: results, if any scenario has some, and those that were rejected."""
        found = self.schemas["results"].empty_table() if results is None else results
        return Outcome(found, self._rejects(piece.table, ids, faults), checked)

    def _rejects(self, table: pyarrow.Table, ids: pyarrow.Array, faults: dict[int, Fault]) -> pyarrow.Table | None:
        """The scenarios rejected, as they were given, with the reason."""
        if not faults:
            return None
        rows = sorted(faults)
        reasons = [[getattr(faults[row], what) for row in rows] for what in _REJECT]
        schema = self.schemas["rejects"]
        types = [field.type for field in schema][1 + len(_REJECT) :]
        given = [
            table.column(column.place).take(rows).combine_chunks().cast(type_)
            for column, type_ in zip(self.columns.overrides, types, strict=True)
        ]
        columns = [ids.take(pyarrow.array(rows)), *(pyarrow.array(r, pyarrow.string()) for r in reasons), *given]
        return pyarrow.Table.from_arrays(columns, schema=schema)


def set_aside(code: str) -> str:
    """What to do about scenarios that are rejected."""
    return f"`rulelang explain {code}` says more; `--keep-going` sets such scenarios aside"


def piece_rows(width: int) -> int:
    """How many scenarios make a piece with so many columns, of scenarios and results together."""
    rows = min(_MOST_ROWS, max(_CELLS // width, min(_FEW_ROWS, _MOST_CELLS // width)))
    return 1 << max(rows, 1).bit_length() - 1


def make_runner(program: CheckedProgram, setup: Setup) -> Runner:
    """A runner for a rulebook, an event and the columns of a table.

    Raises:
        CheckError: a column does not fit, or the rulebook or event cannot be swept.
    """
    columns = read_columns(program, setup.event, setup.schema, setup.options)
    ids = pyarrow.int64() if columns.scenario is None else setup.schema.field(columns.scenario).type
    results = make_results(program, setup.event, columns, ids, setup.options.by_step)
    plan = make_sweep(program, setup.event, [column.override for column in columns.overrides])
    plan.threads = setup.threads
    reasons = [pyarrow.field(what, pyarrow.string()) for what in _REJECT]
    given = [setup.schema.field(column.place).with_nullable(nullable=True) for column in columns.overrides]
    rejects = pyarrow.schema([pyarrow.field(SCENARIO, ids), *reasons, *given])
    return Runner(program, setup, columns, plan, results, {"results": results.schema, "rejects": rejects})
