"""Sweeps that try who defaults: in every scenario every set of up to N of the members with a stress.

Nothing is left out: each set is run by the engine, and the worst of a scenario is what its row of results shows.
Worst is the set that leaves most uncovered; among those equal in that, the one that draws most from steps paid by
survivors; among those, the first in the order of sets (fewest members first, then the order of columns).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy
import pyarrow
from attrs import define

from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.model.result_columns import DEFAULTING, UNCOVERED
from rulelang.sweeps.results.results import no_step, total
from rulelang.sweeps.runs.piece import Outcome, Piece, Prepared, Runner, Setup, make_runner, piece_rows, set_aside
from rulelang.sweeps.runs.sample import rejected
from rulelang.sweeps.runs.sets import DefaultSets
from rulelang.sweeps.scenarios.conversion import Fault
from rulelang.sweeps.tape.arrays import Integers
from rulelang.sweeps.tape.batch import Batch

_RUNS = 1 << 24
"""About so many runs are made of a piece of scenarios."""
_MOST_SETS = 1 << 40
"""More sets than this no machine tries."""
_OUTCOME = 2
"""The place of the outcome among the columns of results; who defaults stands behind it."""


class Worst(NamedTuple):
    """The worst set of each of some scenarios: its members, and by what it is the worst."""

    members: Integers
    first: Integers
    second: Integers


@define(eq=False)
class CoverRunner(Runner):
    """Runs pieces of scenarios, every set of defaulters in each."""

    sets: DefaultSets
    block: int

    @property
    def rows(self) -> int:
        """How many scenarios make a piece."""
        return self.setup.options.rows or max(1, min(self.block, _RUNS // len(self.sets)))

    def plans(self, scenarios: int | None) -> str:
        """What will be run, said beforehand."""
        sets, count = len(self.sets), len(self.sets.members)
        what = f"{count:,} members"
        if self.sets.together is not None:
            what = f"{len(self.sets.sizes):,} groups by `{self.setup.options.cover_groups}` ({what})"
        text = f"every set of up to {self.sets.width} of {what}: {sets:,} runs in each scenario"
        return text if scenarios is None else f"{text}, {scenarios * sets:,} in all"

    def run(self, piece: Piece) -> Outcome:
        """Run a piece.

        Raises:
            RunError: a scenario is rejected, with whatever set of defaulters, and they are not to be set aside.
            InternalError: a scenario that was checked comes out otherwise in the interpreter.
        """
        ready = self.prepared(piece)
        if not len(ready.rows):
            return self._outcome(piece, ready.ids, ready.faults)
        refused: dict[int, Fault] = {}
        members = self.worst(ready.integers, refused, ready).members
        faults = ready.faults | {int(ready.rows[place]): fault for place, fault in refused.items()}
        fine = numpy.ones(len(ready.rows), bool)
        fine[list(refused)] = False
        if not fine.any():
            return self._outcome(piece, ready.ids, faults)
        integers = [column[fine] for column in self.chosen(ready.integers, members)]
        batch = self.plan.run(integers)
        names = ready.names.filter(pyarrow.array(fine))
        checked = self._check(piece, ready.rows[fine], batch, names)
        results = self._table(names, batch, members[fine], integers)
        return self._outcome(piece, ready.ids, faults, results, checked)

    def uncovered(self, integers: Sequence[Integers]) -> tuple[Integers, Sequence[Integers], dict[int, Fault]]:
        """As of single runs, in that with the worst set of each scenario."""
        refused: dict[int, Fault] = {}
        worst = self.worst(integers, refused)
        return worst.first, self.chosen(integers, worst.members), refused

    def worst(self, integers: Sequence[Integers], refused: dict[int, Fault], ready: Prepared | None = None) -> Worst:
        """The worst set of each scenario; ``refused`` takes those in which some set is rejected.

        Raises:
            RunError: some set is rejected, and such scenarios are not to be set aside.
        """
        count = len(integers[0])
        size = min(len(self.sets), self.block)
        step = max(1, self.block // size)
        found = [
            self._worst_of([c[start : start + step] for c in integers], size, start, refused, ready)
            for start in range(0, count, step)
        ]
        return Worst(*map(numpy.concatenate, zip(*found, strict=True)))

    def _worst_of(
        self, integers: Sequence[Integers], size: int, start: int, refused: dict[int, Fault], ready: Prepared | None
    ) -> Worst:
        """The worst sets of a few scenarios, of which the first is number ``start`` of the piece."""
        found: Worst | None = None
        batch: Batch | None = None
        for sets in self.sets.blocks(size):
            batch = self.plan.run(self._crossed(integers, sets), room=batch)
            for index, told in batch.rejected:
                scenario, place = divmod(index, len(sets))
                fault = Fault(told.code, f"where {self._who(sets[place])}: {told.message}")
                if not self.setup.options.keep_going:
                    name = None if ready is None else ready.names[start + scenario]
                    raise rejected(name, f" {fault.message}", set_aside(told.code), told)
                refused.setdefault(start + scenario, fault)
            found = _worse(found, self._best(batch, sets, len(integers[0])))
        assert found is not None
        return found

    def _crossed(self, integers: Sequence[Integers], sets: Integers) -> list[Integers]:
        """The columns of every scenario with every set: scenario by scenario, set by set."""
        columns = []
        for known, column in zip(self.columns.overrides, integers, strict=True):
            if known.stressed:
                inside = self.sets.inside(known.override.name, sets).astype(numpy.int64)
                columns.append(numpy.outer(column, inside).ravel())  # times 0 or 1: it stays within 64 bits
            else:
                columns.append(numpy.repeat(column, len(sets)))
        return columns

    def chosen(self, integers: Sequence[Integers], members: Integers) -> list[Integers]:
        """The columns with one set for each scenario."""
        return [
            numpy.where(self.sets.inside(known.override.name, members), column, 0) if known.stressed else column
            for known, column in zip(self.columns.overrides, integers, strict=True)
        ]

    def _best(self, batch: Batch, sets: Integers, count: int) -> Worst:
        """The first worst set of each scenario in a batch."""
        first, second = (values.reshape(count, len(sets)) for values in self._criteria(batch))
        top = first.max(axis=1)
        among = numpy.where(first == top[:, None], second, -1)
        places = among.argmax(axis=1)
        rows = numpy.arange(count)
        return Worst(sets[places], top, among[rows, places])

    def _criteria(self, batch: Batch) -> tuple[Integers, Integers]:
        """By what sets are compared, and by what those that are equal in it."""
        by = self.setup.options.cover_by
        if by != UNCOVERED:
            return _drawn(batch, {by}), batch.uncovered
        mutualised = {step.name for step in self.program.each_step() if step.payers == "survivors"}
        return batch.uncovered, _drawn(batch, mutualised)

    def _table(
        self, names: pyarrow.Array, batch: Batch, members: Integers, integers: Sequence[Integers]
    ) -> pyarrow.Table:
        """The results of the worst sets, with the members that default in them."""
        losing = numpy.zeros((len(members), len(self.sets.members)), bool)
        for known, column in zip(self.columns.overrides, integers, strict=True):
            if known.stressed:
                losing[:, self.sets.members.index(known.override.name)] |= column > 0
        rows = [[self.sets.members[place] for place in numpy.flatnonzero(row)] for row in losing]
        width = self.sets.most_members
        texts = [
            pyarrow.array([row[n] if n < len(row) else None for row in rows], pyarrow.string()) for n in range(width)
        ]
        single = self.results.table(names, batch)
        columns = single.columns
        return pyarrow.Table.from_arrays(
            [*columns[: _OUTCOME + 1], *texts, *columns[_OUTCOME + 1 :]], schema=self.schemas["results"]
        )

    def _who(self, members: Integers) -> str:
        names = self.sets.of(members)
        return f"{listed(names, 'and')} {'defaults' if len(names) == 1 else 'default'}"


def _drawn(batch: Batch, steps: set[str]) -> Integers:
    """What some steps draw together."""
    return total(batch, [amounts for (step, _), amounts in batch.drawn.items() if step in steps])


def _worse(one: Worst | None, other: Worst) -> Worst:
    """For each scenario the worse of two sets, the earlier if they are alike."""
    if one is None:
        return other
    later = (other.first > one.first) | ((other.first == one.first) & (other.second > one.second))
    return Worst(
        numpy.where(later[:, None], other.members, one.members),
        numpy.where(later, other.first, one.first),
        numpy.where(later, other.second, one.second),
    )


def make_cover_runner(program: CheckedProgram, setup: Setup) -> CoverRunner:
    """A runner that tries every set of defaulters.

    Raises:
        CheckError: there is no stress, the step to judge by does not exist, or what :func:`make_runner` refuses.
    """
    options = setup.options
    runner = make_runner(program, setup)
    members = tuple(dict.fromkeys(column.override.name for column in runner.columns.overrides if column.stressed))
    if not members:
        message = "the scenarios have no stress of any member"
        raise CheckError([finding("unknown-column", message, help="add columns such as `stress.MEMBER`")])
    if options.cover_by != UNCOVERED and options.cover_by not in program.steps:
        raise no_step(program, options.cover_by)
    together = None if options.cover_groups is None else _groups(program, setup.event, options.cover_groups, runner)
    sets = DefaultSets(members, options.cover or 1, together)
    if sets.count > _MOST_SETS:
        what = f"{len(sets.sizes):,} {'members' if together is None else 'groups'}"
        message = f"sets of up to {sets.width} of {what} are {sets.count:,} runs in each scenario"
        raise CheckError([finding("number-too-large", message, help="let fewer members default at once")])
    fields = list(runner.results.schema)
    who = [pyarrow.field(f"{DEFAULTING}{number}", pyarrow.string()) for number in range(1, sets.most_members + 1)]
    schema = pyarrow.schema([*fields[: _OUTCOME + 1], *who, *fields[_OUTCOME + 1 :]])
    schemas = {**runner.schemas, "results": schema}
    block = piece_rows(len(setup.schema) + len(runner.results.schema))
    return CoverRunner(program, setup, runner.columns, runner.plan, runner.results, schemas, sets, block)


def _groups(program: CheckedProgram, event: Event, name: str, runner: Runner) -> Mapping[str, object]:
    """The group of each member: the value of a field that is text or a choice, and the same in all scenarios.

    Raises:
        CheckError: there is no such field, or it is no text or choice that each member has once.
    """
    name = program.data_by_any_name.get(name, name)
    datum = program.fields.get(name)
    texts = [field.name for field in program.fields.values() if _may_group(field)]
    known = f"the fields that group members are {listed(texts, 'and')}" if texts else "no field is text or a choice"
    if datum is None:
        advice = did_you_mean(name, texts) or known
        raise CheckError([finding("unknown-name", f"the rulebook has no field `{name}`", help=advice)])
    if not _may_group(datum):
        what = f"{datum.type} per segment" if datum.per_segment else str(datum.type)
        message = f"`{name}` is {what}, and members are grouped by a text or a choice that each has once"
        raise CheckError([finding("not-a-group", message, help=known)])
    varied = next((each for each in runner.columns.overrides if each.override.name == name), None)
    if varied is not None and varied.override.kind == "field":
        message = f"the column `{varied.title}` changes the groups, which are the same in all scenarios"
        raise CheckError([finding("nothing-to-vary", message, help="leave the column out")])
    missing = [member for member, value in event.fields[name, None].items() if value is None]
    if missing:
        message = f"`{name}` of `{missing[0]}` is missing, so nothing says with whom it defaults"
        raise CheckError([finding("missing-value", message, help="give it in the event")])
    return event.fields[name, None]


def _may_group(datum: DatumProgram) -> bool:
    return datum.type.kind in (Kind.TEXT, Kind.CHOICE) and not datum.per_segment
