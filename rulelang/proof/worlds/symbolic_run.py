"""A run of one version of a rulebook over a world: its event, its plan and its data are the world's variables."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from attrs import define, evolve

from rulelang.check.events.datum_values import columns_of
from rulelang.check.events.event_draft import Column
from rulelang.check.program import CheckedProgram, DatumProgram, StepProgram
from rulelang.model.event import Event, Loss, Past
from rulelang.proof.domain.terms import Number, added, fixed
from rulelang.proof.domain.values import Outside, Slot, Symbolic
from rulelang.proof.worlds.kinds import NO_DATED_VALUES, Reading
from rulelang.proof.worlds.worlds import World, decision_on
from rulelang.run.inputs import make_data
from rulelang.run.plan import Plan, TurnPlan, make_plan
from rulelang.run.waterfall import Evaluation

LossPlace = tuple[str | None, str | None]
"""Whose loss it is (``None``: one without a defaulter), and in which segment."""


class AskedAsOf(Exception):
    """Values as of earlier days are asked for, which the event did not have."""

    def __init__(self, asked: frozenset[Reading]) -> None:
        super().__init__()
        self.asked = asked


@define
class SymbolicRun:
    """One version over a world, by its place among the versions; it judges the invariants of its program."""

    world: World
    version: int
    program: CheckedProgram

    def evaluate(self, more: Mapping[LossPlace, Number] | None = None) -> Evaluation:
        """The run; ``more`` is added to the losses.

        Raises:
            Outside: the run meets what is not encoded.
            AskedAsOf: it reads values as of days on which the event dates none.
        """
        world, domain, program = self.world, self.world.domain, self.program
        owners = (*world.defaulters, *(() if world.kinds.only_defaults else (None,)))
        places: list[LossPlace] = [(owner, each) for owner in owners for each in self._segments]
        amounts = [world.loss(*place) for place in places]
        for owner in world.kinds.defaulters:
            own = added([world.loss(owner, segment) for segment in self._segments])
            world.facts.append(domain.less(0, own))
        if more is not None:
            amounts = [amount + more[place] for place, amount in zip(places, amounts, strict=True)]
        event = self._event(places)
        position = {member: place for place, member in enumerate(event.members)}
        domain.begin(
            {position[name]: slot for name, slot in world.slots.items()},
            tuple(None if owner is None else position[owner] for owner, _ in places),
        )
        if program.in_turn and not all(fixed(world.slots[name].number) for name in world.other_defaulters):
            raise Outside("defaults in turn, for any number of defaulters")
        plan = self._planned(make_plan(program, event))
        dealt = {
            (name, defaulter, position[member]): world.dealt_with(self.version, datum, defaulter, member)
            for name, datum in program.fields.items()
            if datum.per_defaulter
            for defaulter in event.defaulters
            for member in event.members
        }
        data = make_data(plan, domain, losses=amounts, dealt=dealt)
        if world.given is None:
            data = evolve(data, earlier_defaults={name: world.defaulted(name) for name in program.periods})
        evaluation = Evaluation(plan, domain, data, None, {})
        evaluation.run(judging=True)
        self._check_readings(evaluation)
        return evaluation

    @property
    def _segments(self) -> Sequence[str | None]:
        return self.program.segments or (None,)

    def _check_readings(self, evaluation: Evaluation) -> None:
        """Values that were read as of earlier days must be those of the event, which dates one on each such day.

        Values of other days may then be anything, so nothing is lost: the latest value dated on or before a day is
        free.  An event that has none of that day is refused by the run.
        """
        world, names = self.world, self.world.names[self.version]
        asked = {
            (names.get(name, name), member, segment, day)
            for name, member, segment, day in evaluation.readings or ()
            if day < world.day.declared
        }
        if world.given is None and world.missing != NO_DATED_VALUES and not asked <= world.day.asked:
            raise AskedAsOf(frozenset(asked))

    # --------------------------------------------------------------------------------------------------- the event

    def _event(self, places: Sequence[LossPlace]) -> Event:
        world, program = self.world, self.program
        fields = {
            column: {member: world.datum(self.version, datum, column[1], member) for member in world.members}
            for datum in program.fields.values()
            if not datum.per_defaulter
            for column in columns_of(program, datum)
        }
        givens = {
            column: world.datum(self.version, datum, column[1], None)
            for datum in program.givens.values()
            for column in columns_of(program, datum)
        }
        columns: dict[str, dict[str, dict[str, Symbolic]]] = {
            name: {defaulter: dict.fromkeys(world.members, 0) for defaulter in world.defaulters}
            for name, datum in program.fields.items()
            if datum.per_defaulter
        }
        day, further = world.day.declared, world.day.further
        losses = tuple(Loss(owner, segment, 1, further=further and owner is not None) for owner, segment in places)
        withdrawals = tuple(one for one in world.withdrawals if one.step in program.steps)
        event = Event("symbolic", day, world.members, {}, fields, givens, losses, with_defaulters=columns)
        return evolve(event, past=self._past(), withdrawals=withdrawals)

    def _past(self) -> Past:
        world, program, day = self.world, self.program, self.world.day
        if world.given is not None:
            return self._called(world.given.past)
        return Past(
            defaulted=(),
            notices=dict.fromkeys(world.leaving, day.declared),
            fields=self._dated(program.fields, world.members),
            givens={key: rows[None] for key, rows in self._dated(program.givens, (None,)).items()},
            open_periods={name: (day.start, day.declared) for name in day.standing if name in program.periods},
        )

    def _called(self, past: Past) -> Past:
        """The past of an event, by the names that the version has for its data."""
        own = {common: name for name, common in self.world.names[self.version].items()}
        fields = {(own.get(name, name), segment): rows for (name, segment), rows in past.fields.items()}
        givens = {(own.get(name, name), segment): rows for (name, segment), rows in past.givens.items()}
        return evolve(past, fields=fields, givens=givens)

    def _dated(
        self, data: Mapping[str, DatumProgram], members: Sequence[str | None]
    ) -> dict[Column, dict[Any, Any]]:  # by member, or one row for `None`
        """The values as of earlier days that runs ask for, in rising order of the days."""
        world, names = self.world, self.world.names[self.version]
        found: dict[Column, dict[Any, Any]] = {}
        for name, datum in data.items():
            common = names.get(name, name)
            for column in columns_of(self.program, datum):
                for member in members:
                    days = sorted(day for *what, day in world.day.asked if what == [common, member, column[1]])
                    dated = tuple((day, world.as_of(common, datum, column[1], member, day)) for day in days)
                    found.setdefault(column, {})[member] = dated
        return found

    # ---------------------------------------------------------------------------------------------------- the plan

    def _planned(self, plan: Plan) -> Plan:
        passes = tuple(
            evolve(
                passing,
                stages=tuple(
                    evolve(stage, sides=tuple(tuple(map(self._turn, side)) for side in stage.sides))
                    for stage in passing.stages
                ),
            )
            for passing in plan.passes
        )
        return evolve(plan, passes=passes)

    def _turn(self, turn: TurnPlan) -> TurnPlan:
        """A turn whose decisions and earlier payments are those of the world."""
        world, step = self.world, turn.step
        changes: dict[str, Any] = {}  # the parts of a turn, each of its own type
        if step.discretion is not None:
            decision = decision_on(world.names[self.version], step)
            decided = world.decided(decision)
            changes |= {"decision": decided, "most": world.most_invoked(decision) if decided is not False else None}
        if step.once_during is not None:
            changes["paid_before"] = world.paid_before(self.version, step)
        payers = self._payers(step)
        further = world.day.further
        names = world.names[self.version]
        shared = partial(world.is_shared, self.version)
        limits = tuple(
            world.earlier.plan(self.program, step, limit, payers, names, shared, further=further)
            for limit in turn.limits
        )
        return evolve(turn, limits=limits, **changes)

    def _payers(self, step: StepProgram) -> Mapping[str, Slot | None]:
        world = self.world
        return {member: world.slots.get(member) for member in world.payers(step)}
