"""One scenario of a table as an event for the interpreter."""

from collections.abc import Iterator, Sequence

import numpy
import pyarrow
import pyarrow.compute
from attrs import evolve, field, frozen

from rulelang.base.diagnostic import CheckError, Diagnostic, finding
from rulelang.base.suggest import did_you_mean
from rulelang.check.events.written import written_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.model.result_columns import SCENARIO
from rulelang.sweeps.options import SweepOptions, Table
from rulelang.sweeps.runs.piece import Setup, make_runner
from rulelang.sweeps.scenarios.conversion import Converter, Fault
from rulelang.sweeps.scenarios.formats import DAMAGE, ScenarioFile, unreadable
from rulelang.sweeps.scenarios.integers import Truths
from rulelang.sweeps.scenarios.tables import Scenarios, scenarios_in

_NAME = "scenario.json"
_MANY = 1000


@frozen
class Wanted:
    """A scenario that is looked for: where, its id, how tables are read, and who defaults where sets are tried.

    ``table`` is a path of a file or folder of scenarios, several of them, or a table in memory.
    ``givens`` are further givens by ``NAME`` or ``NAME.SEGMENT``, as text, as in a table of scenarios.
    """

    table: Table
    scenario: str
    options: SweepOptions = field(factory=SweepOptions)
    defaulting: tuple[str, ...] = ()
    givens: tuple[tuple[str, str], ...] = ()


def scenario_event(program: CheckedProgram, event: Event, wanted: Wanted) -> Event:
    """The event as a scenario makes it, with a text of its own, so that an audit record of it stands alone.

    Raises:
        ReadError: a file cannot be read.
        CheckError: there is no such scenario, there are two, a column does not fit, or its data do not.
    """
    scenarios = scenarios_in(wanted.table)
    options = evolve(wanted.options, cover=1)  # columns of stresses may be there
    schema = scenarios.schema
    for name, _ in wanted.givens:
        schema = schema.append(pyarrow.field(f"given.{name}", pyarrow.string()))
    runner = make_runner(program, Setup(program.source, event, schema, options))
    row = _row(scenarios, wanted.scenario)
    table = next(scenarios.pieces(1, row))
    for name, text in wanted.givens:
        table = table.append_column(f"given.{name}", pyarrow.array([text]))
    faults: dict[int, Fault] = {}
    converter = Converter(program, wanted.options, faults)
    integers = [converter.integers(column, table.column(column.place)) for column in runner.columns.overrides]
    if faults:
        message = f"scenario `{wanted.scenario}`: {faults[0].message}"
        raise CheckError([finding(faults[0].code, message, help=faults[0].help)])
    known = {place: column.override.name for place, column in enumerate(runner.columns.overrides) if column.stressed}
    unknown = [member for member in wanted.defaulting if member not in known.values()]
    if unknown:
        message = f"the scenarios have no column `stress.{unknown[0]}`"
        raise CheckError([finding("unknown-member", message, help=did_you_mean(unknown[0], known.values()))])
    for place, member in known.items():
        if member not in wanted.defaulting:
            integers[place] = numpy.zeros_like(integers[place])
    found = runner.plan.event_at(integers, 0)
    return written_event(program, evolve(found, title=f"{event.title}, scenario {wanted.scenario}"), _NAME)


def _row(scenarios: Scenarios, wanted: str) -> int:
    """The row of an id, over all files; ids that are not given count from 1."""
    if SCENARIO not in scenarios.schema.names:
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 20 else 0
        if number and any(True for _ in scenarios.pieces(1, number - 1)):
            return number - 1
        message = f"there is no scenario `{wanted}`: the scenarios have no ids and are counted from 1"
        raise CheckError([finding("unknown-scenario", message)])
    rows: list[int] = []
    near: list[str] = []
    start = 0
    for ids in _ids(scenarios.files):
        texts = ids.cast(pyarrow.string())
        rows += [start + int(row) for row in numpy.flatnonzero(_equal(texts, wanted))]
        if len(near) < _MANY:
            near += [text for text in texts.to_pylist() if text]
        start += len(ids)
    if len(rows) == 1:
        return rows[0]
    raise CheckError([_not_one(wanted, rows, near)])


def _ids(files: Sequence[ScenarioFile]) -> Iterator[pyarrow.Array]:
    for file in files:
        try:
            for array in file.column(SCENARIO):
                yield array.cast(array.type.value_type) if pyarrow.types.is_dictionary(array.type) else array
        except DAMAGE as error:
            raise unreadable(file.path, error) from None


def _equal(texts: pyarrow.Array, wanted: str) -> Truths:
    return numpy.asarray(pyarrow.compute.fill_null(pyarrow.compute.equal(texts, wanted), fill_value=False), dtype=bool)


def _not_one(wanted: str, rows: Sequence[int], near: Sequence[str]) -> Diagnostic:
    if not rows:
        return finding("unknown-scenario", f"there is no scenario `{wanted}`", help=did_you_mean(wanted, near))
    message = f"the id `{wanted}` stands in rows {rows[0] + 1:,} and {rows[1] + 1:,}"
    return finding("duplicate-value", message, help="give every scenario an id of its own")
