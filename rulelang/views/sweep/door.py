"""The Python door of sweeps: a table of scenarios in memory in, an Arrow table of results out."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.views.sweep.extras import require
from rulelang.views.sweep.options import SAMPLE, Rounding, SweepOptions


def sweep(
    rulebook: CheckedProgram,
    event: Event,
    table: Any,
    *,
    unit: Literal["major", "minor"] = "major",
    floats: Rounding | None = None,
    by_step: Sequence[str] = (),
    sample: int = SAMPLE,
) -> Any:
    """Run a rulebook and an event for every row of a table of scenarios.

    ``table`` is an Arrow table, a pandas or polars data frame, or anything else that gives Arrow data; its columns are
    those of ``rulelang sweep``: ``scenario``, ``loss.MEMBER``, ``FIELD.MEMBER``, ``given.NAME``.  Amounts are in major
    units, or minor ones with ``unit="minor"``; ``floats`` says how floating numbers are rounded (``half-even``,
    ``half-up``, ``down``, ``up``), which are refused otherwise.  The result is an Arrow table with ``scenario``,
    ``uncovered``, ``outcome``, ``drawn.STEP``, ``paid.PAYER``, and ``paid.STEP.PAYER`` for the steps in ``by_step``;
    amounts are decimals in major units.  At least ``sample`` scenarios are checked against the interpreter.

    Raises:
        ReadError: the packages of the extra ``rulelang[sweep]`` are not installed, or ``table`` is no table.
        CheckError: a column does not fit the rulebook and event.
        RunError: a scenario is rejected; the diagnostic names it.
        InternalError: the sweep and the interpreter differ; the fault is the program's.
    """
    require("sweep")
    import pyarrow

    from rulelang.views.sweep.piece import Piece, Setup, make_runner
    from rulelang.views.sweep.sample import Picker
    from rulelang.views.sweep.tables import from_memory

    scenarios = from_memory(table)
    options = SweepOptions(unit=unit, floats=floats, by_step=tuple(by_step), sample=sample)
    runner = make_runner(rulebook, Setup(rulebook.source, event, scenarios.schema, options))
    picker, found = Picker(sample), []
    for number, start in enumerate(range(0, scenarios.num_rows, runner.rows)):
        part = scenarios.slice(start, runner.rows)
        found.append(runner.run(Piece(number, start, tuple(picker.pick(part.num_rows)), part)).results)
    results = pyarrow.concat_tables([runner.results.schema.empty_table(), *found])
    about = {"rulebook": rulebook.source.sha256, "event": event.sha256}
    return results.replace_schema_metadata({"rulelang": json.dumps(about, sort_keys=True)})
