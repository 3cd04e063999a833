"""Sweeps from Python: tables of scenarios in, an Arrow table of results, an allocation or a size out."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rulelang.base.extras import require
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.result_columns import UNCOVERED
from rulelang.run.interpret import interpret
from rulelang.sweeps.options import SAMPLE, Rounding, SweepOptions, Table, Unit

if TYPE_CHECKING:
    import pyarrow

    from rulelang.sweeps.sizing.sizing import Sized


def sweep(  # noqa: PLR0913 - a parameter for each option
    rulebook: CheckedProgram,
    event: Event,
    table: Table,
    *,
    unit: Unit = "major",
    floats: Rounding | None = None,
    by_step: Sequence[str] = (),
    cover: int | None = None,
    cover_by: str = UNCOVERED,
    by: str | None = None,
    against: CheckedProgram | tuple[CheckedProgram, Event] | None = None,
    sample: int = SAMPLE,
) -> "pyarrow.Table":
    """Run a rulebook and an event for every row of a table of scenarios.

    ``table`` is an Arrow table, a pandas or polars data frame, or anything else that gives Arrow data; its columns are
    those of ``rulelang sweep``: ``scenario``, ``loss.MEMBER``, ``FIELD.MEMBER``, ``given.NAME``.  Amounts are in major
    units, or minor ones with ``unit="minor"``; ``floats`` says how floating numbers are rounded (``half-even``,
    ``half-up``, ``down``, ``up``), which are refused otherwise.  The result is an Arrow table with ``scenario``,
    ``uncovered``, ``outcome``, ``drawn.STEP``, ``paid.PAYER``, and ``paid.STEP.PAYER`` for the steps in ``by_step``;
    amounts are decimals in major units.  At least ``sample`` scenarios are checked against the interpreter.

    With ``cover``, every set of up to so many members that have a column ``stress.MEMBER`` defaults in turn; the row of
    a scenario is that of the worst set, by what is uncovered or (``cover_by``) by the draw of a step, and
    ``defaulting.1`` and so on say who is in it; members with the same value of a field ``by`` default together, and
    ``cover`` counts these groups.  With ``against``, an old version of the rulebook (or it and the event
    read under it), the result is what the new version gives less what the old one gives.

    Raises:
        ReadError: the packages of the extra ``rulelang[sweep]`` are not installed, or ``table`` is no table.
        CheckError: a column does not fit the rulebook and event.
        RunError: a scenario is rejected; the diagnostic names it.
        InternalError: the sweep and the interpreter differ; the fault is the program's.
    """
    require("sweep")
    import pyarrow

    from rulelang.base.processors import processors
    from rulelang.sweeps.results.metadata import about
    from rulelang.sweeps.runs.piece import Piece, Setup
    from rulelang.sweeps.runs.runners import runner_for
    from rulelang.sweeps.runs.sample import Picker
    from rulelang.sweeps.scenarios.tables import from_memory

    if against is not None and (cover is not None or by_step):
        raise ValueError("versions are compared by single runs in all: leave out cover and by_step")
    if by is not None and cover is None:
        raise ValueError("groups of members default where cover says how many")
    scenarios = from_memory(table)
    options = SweepOptions(unit, floats, tuple(by_step), sample=sample, cover=cover, cover_by=cover_by, cover_groups=by)
    old = None if against is None else _version(against, event)
    pair = None if old is None else (old[0].source, old[1])
    setup = Setup(rulebook.source, event, scenarios.schema, options, pair, threads=processors())
    runner = runner_for(setup, rulebook)
    picker, found = Picker(sample, scenarios.num_rows), []
    for number, start in enumerate(range(0, scenarios.num_rows, runner.rows)):
        part = scenarios.slice(start, runner.rows)
        found.append(runner.run(Piece(number, start, tuple(picker.pick(part.num_rows)), part)).results)
    results = pyarrow.concat_tables([runner.schemas["results"].empty_table(), *found])
    of = {"number": scenarios.num_rows, "rejected": 0}
    metadata = about(rulebook, event, options, of, None if old is None else old[0])
    return results.replace_schema_metadata({"rulelang": json.dumps(metadata, sort_keys=True, ensure_ascii=False)})


def _version(against: CheckedProgram | tuple[CheckedProgram, Event], event: Event) -> tuple[CheckedProgram, Event]:
    """An old version and the event as it reads it."""
    if isinstance(against, tuple):
        return against
    if event.source is None or event.source.path is None:
        raise TypeError("an event made in memory fits one rulebook only: give the old rulebook and its event as a pair")
    return against, check_event(event.source, against)


def event_of_scenario(  # noqa: PLR0913 - a parameter for each option
    rulebook: CheckedProgram,
    event: Event,
    table: Table,
    scenario: str | int,
    *,
    unit: Unit = "major",
    floats: Rounding | None = None,
    defaulting: Sequence[str] = (),
    givens: Mapping[str, str] | None = None,
) -> Event:
    """The event that a sweep runs for one row of a table of scenarios.

    ``table`` is the path of a file or folder of scenarios, a list of such, or a table as for :func:`sweep`;
    ``scenario`` the id (without ids, the number of the row, from 1).  Of columns ``stress.MEMBER`` those of the members
    in ``defaulting`` are losses, the others nothing.  ``givens`` sets further values of the event, as text in the
    unit of amounts, by ``NAME`` or ``NAME.SEGMENT``.

    Raises:
        ReadError: the packages of the extra ``rulelang[sweep]`` are not installed, or a file cannot be read.
        CheckError: there is no such scenario, there are two, a column does not fit, or its data do not.
    """
    require("sweep")
    from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event

    options = SweepOptions(unit=unit, floats=floats)
    texts = tuple((givens or {}).items())
    return scenario_event(rulebook, event, Wanted(table, str(scenario), options, tuple(defaulting), texts))


def replay(  # noqa: PLR0913 - a parameter for each option
    rulebook: CheckedProgram,
    event: Event,
    table: Table,
    scenario: str | int,
    *,
    unit: Unit = "major",
    floats: Rounding | None = None,
    defaulting: Sequence[str] = (),
    givens: Mapping[str, str] | None = None,
) -> Allocation:
    """Run one row of a table of scenarios through the interpreter; parameters are those of :func:`event_of_scenario`.

    Raises:
        ReadError, CheckError: as :func:`event_of_scenario`.
        RunError: the rules allow no result in this scenario.
    """
    found = event_of_scenario(
        rulebook, event, table, scenario, unit=unit, floats=floats, defaulting=defaulting, givens=givens
    )
    return interpret(rulebook, found)


def size(  # noqa: PLR0913 - a parameter for each option
    rulebook: CheckedProgram,
    event: Event,
    table: Table,
    given: str,
    *,
    start: int | str = 0,
    to: int | str | None = None,
    cover: int | None = None,
    by: str | None = None,
    unit: Unit = "major",
    floats: Rounding | None = None,
) -> "Sized":
    """The smallest value of a given with which nothing is uncovered in any scenario, exact to the minor unit.

    ``table`` is the path of a file or folder of scenarios, a list of such, or a table as for :func:`sweep`; ``given`` a
    name, or ``NAME.SEGMENT``.  Values are tried from ``start`` to ``to``, in minor units or as an amount such as
    ``"EUR 5 billion"``, in the currency of the given.  With ``cover``, all holds whichever up to so many members with a
    stress default, or groups of members with the same value of a field ``by``.  ``value`` of the answer is in minor
    units of that currency, ``None`` if there is none; ``at`` and ``below`` are the sweeps that confirm it.

    Raises:
        ReadError: the packages of the extra ``rulelang[sweep]`` are not installed, or there are no scenarios to read.
        CheckError: the given does not exist or is no money, or a column does not fit.
        RunError: a scenario is rejected at a value that is tried.
        InternalError: the sweep and the interpreter differ; the fault is the program's.
    """
    require("sweep")
    from rulelang.sweeps.scenarios.integers import LARGEST
    from rulelang.sweeps.sizing.sizing import find_given
    from rulelang.sweeps.sizing.sizing import size as found
    from rulelang.sweeps.sizing.value_sweep import SizeJob

    variable = find_given(rulebook, event, given)
    low, high = (LARGEST if bound is None else variable.units(bound) for bound in (start, to))
    if not 0 <= low <= high:
        raise ValueError("values are tried from 0 on, and from the smaller bound to the larger")
    options = SweepOptions(unit=unit, floats=floats, cover=cover, cover_groups=by)
    return found(SizeJob(variable, table, options, min(high, LARGEST), low))
