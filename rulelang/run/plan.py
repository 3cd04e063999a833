"""The plan: the checked program flattened, for one event, into passes of turns over payers, keys and limits.

A *turn* is one step, or one segment or one round of it.  A *pass* is one way down the waterfall: one for all losses
together, or one for each default in turn.  All that does not depend on amounts is settled here, once: which losses a
turn meets, whether it is in force, what was decided, which earlier payments its limits over time count.  What is left
for an engine is arithmetic.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from attrs import evolve, field

from rulelang.base.values import unchanging
from rulelang.check.program import CheckedProgram, GroupProgram, LossesMet, StepProgram, steps_of
from rulelang.model.event import Event
from rulelang.run.over_time import Earlier, LimitPlan, limit_plan
from rulelang.run.values import Truth, Value

_MOST_KEPT = 100
"""For how many kinds of event a rulebook keeps the stages of a pass."""
Key = tuple[str, str | None]
"""A step (or a pot, a field, a given) and a segment, which is ``None`` for what is not per segment."""


@unchanging
class TurnPlan:
    """One step, or one segment or one round of it.

    ``met`` are the places of the losses it meets, in the order of the event's lines; ``within`` is false for a
    segment whose losses the step never meets; ``decision`` is what the event says of a step left to somebody's
    discretion, ``None`` if it says nothing or nothing is to be decided, and ``most`` what it may then pay at most.
    ``round`` counts from 1 (``None``: the step has no rounds); ``withdrawn`` are the positions of the members that
    have withdrawn before it.  ``paid_before`` is for a step that pays ``once during`` a period whether anything was
    paid under it since that opened or, if it is not open when the run begins, on the day of the event.  ``key`` is the
    step and the segment.
    """

    step: StepProgram
    segment: str | None
    met: tuple[int, ...]
    within: bool
    in_force: bool
    decision: Truth | None
    most: Value | None
    limits: tuple[LimitPlan, ...]
    passing: int = 0
    defaulter: str | None = None
    round: int | None = None
    withdrawn: frozenset[int] = frozenset()
    paid_before: Truth = False
    key: Key = field(init=False)

    @key.default
    def _key(self) -> Key:
        return self.step.name, self.segment


@unchanging
class StagePlan:
    """A step or group in its place in the waterfall; ``sides`` holds the turns done side by side, for each segment.

    ``withdrawals`` are the members (by position) that withdraw from a step in rounds, each with the round after which;
    ``splitting`` are the steps that draw on a split pot.
    """

    group: GroupProgram | None
    steps: tuple[StepProgram, ...]
    sides: tuple[tuple[TurnPlan, ...], ...]
    withdrawals: Mapping[int, int]
    splitting: tuple[StepProgram, ...]

    def round(self, number: int) -> TurnPlan:
        """The turn of a step in rounds in one of them."""
        withdrawn = frozenset(member for member, after in self.withdrawals.items() if after < number)
        return evolve(self.sides[0][0], round=number, withdrawn=withdrawn)


@unchanging
class PassPlan:
    """One way down the waterfall.

    ``losses`` are the places of the losses that are met in it; ``defaulter`` is the member whose they are, if the
    defaults are taken in turn; ``opens`` if somebody defaults in it that had not defaulted before.
    """

    number: int
    defaulter: str | None
    losses: tuple[int, ...]
    opens: bool
    populations: Mapping[str, tuple[int, ...]]
    stages: tuple[StagePlan, ...]

    def turns(self) -> Iterator[TurnPlan]:
        """All turns in the order of the run, of steps in rounds the first."""
        for stage in self.stages:
            for turns in stage.sides:
                yield from turns


@unchanging
class Plan:
    """A rulebook flattened for an event.

    Members are known by their position in ``event.members``, which is the order of their ids, so that ties to the
    smaller id are ties to the smaller position.  ``populations`` are those of the whole event, whatever the passes.
    """

    program: CheckedProgram
    event: Event
    passes: tuple[PassPlan, ...]
    position: Mapping[str, int]
    populations: Mapping[str, tuple[int, ...]]
    steps: Mapping[str, StepProgram]

    def turns(self) -> Iterator[TurnPlan]:
        """All turns in the order of the run, of steps in rounds the first."""
        for passing in self.passes:
            yield from passing.turns()


def make_plan(program: CheckedProgram, event: Event) -> Plan:
    """Flatten a checked program for an event that fits it."""
    everybody = tuple(range(len(event.members)))
    position = dict(zip(event.members, everybody, strict=True))
    populations = {
        "members": everybody,
        "survivors": tuple(map(position.__getitem__, event.survivors)),
        "defaulters": tuple(map(position.__getitem__, event.defaulters)),
    }
    planning = _Planning(program, event, position, populations, Earlier(program, event))
    passes = tuple(planning.passes())
    return Plan(program, event, passes, position, populations, program.steps)


def with_pass_of_nobody(plan: Plan) -> Plan:
    """The plan with a last pass that is made where none of those defaults whose default is only possible."""
    last = plan.passes[-1]
    if last.defaulter is None:
        return plan
    number, position = len(plan.passes), plan.position[last.defaulter]
    stages = tuple(
        evolve(
            stage,
            sides=tuple(
                tuple(evolve(turn, met=(), passing=number, defaulter=None) for turn in turns) for turns in stage.sides
            ),
        )
        for stage in last.stages
    )
    members = tuple(member for member in last.populations["members"] if member != position)
    populations = {**last.populations, "members": members, "defaulters": ()}
    nobody = PassPlan(number, None, (), opens=False, populations=populations, stages=stages)
    return evolve(plan, passes=(*plan.passes, nobody))


def passes_of(program: CheckedProgram, event: Event) -> Iterator[tuple[str | None, tuple[int, ...]]]:
    """Whose losses are met in each pass (``None``: those of all, or of nobody's default)."""
    if not program.in_turn:
        yield None, tuple(range(len(event.losses)))
        return
    places: dict[str | None, list[int]] = {member: [] for member in event.defaulters}
    for place, loss in enumerate(event.losses):
        places.setdefault(loss.member, []).append(place)
    others = places.pop(None, None)
    for member, own in places.items():
        yield member, tuple(own)
    if others is not None or not places:
        yield None, tuple(others or ())


def losses_met(
    event: Event, places: tuple[int, ...], segment: str | None, scope: frozenset[str] | None, kind: LossesMet
) -> tuple[int, ...]:
    """The places of those losses among some that lie in a segment, in the scope of a step, and are of its kind.

    ``segment`` ``None`` stands for any, ``scope`` ``None`` for all segments.
    """
    if segment is None and scope is None and (kind == "all" or (kind == "defaults" and event.only_defaults)):
        return places
    wanted = {"defaults": (True,), "non-default": (False,), "all": (True, False)}[kind]
    losses = event.losses
    return tuple(
        [
            place
            for place in places
            if segment in (None, losses[place].segment)
            and (scope is None or losses[place].segment in scope)
            and (losses[place].member is not None) in wanted
        ]
    )


@unchanging
class _Planning:
    """What the passes of a plan are made from; ``whole`` are the populations of the event."""

    program: CheckedProgram
    event: Event
    position: Mapping[str, int]
    whole: Mapping[str, tuple[int, ...]]
    earlier: Earlier

    def passes(self) -> Iterator[PassPlan]:
        """The passes in their order."""
        for number, (defaulter, places) in enumerate(passes_of(self.program, self.event)):
            met = [self.event.losses[place] for place in places]
            opens = any(loss.member is not None and not loss.further for loss in met)
            further = frozenset([loss.member for loss in met if loss.member is not None and loss.further])
            way = _Way(number, defaulter, places, further)
            yield PassPlan(number, defaulter, places, opens, self._populations(defaulter), self._stages(way))

    def _populations(self, defaulter: str | None) -> Mapping[str, tuple[int, ...]]:
        """Who belongs to each population in a pass: if defaults are taken in turn, no other defaulter is a member."""
        if not self.program.in_turn:
            return self.whole
        here, survivors = () if defaulter is None else (self.position[defaulter],), self.whole["survivors"]
        return {"members": tuple(sorted((*survivors, *here))), "survivors": survivors, "defaulters": here}

    def _stages(self, way: "_Way") -> tuple[StagePlan, ...]:
        """The stages of a pass; where they rest on the losses alone, they are made once for all events with such."""
        program, losses = self.program, self.event.losses
        if way.further or not program.settled_by_losses:
            return tuple([self._stage(stage, way) for stage in program.stages])
        met = tuple([(place, losses[place].segment, losses[place].member is None) for place in way.places])
        such = "stages", way.number, way.defaulter, met
        found = program.kept.get(such)
        if found is None:
            if len(program.kept) >= _MOST_KEPT:
                program.kept.clear()
            found = program.kept[such] = tuple([self._stage(stage, way) for stage in program.stages])
        return cast("tuple[StagePlan, ...]", found)

    def _stage(self, stage: StepProgram | GroupProgram, way: "_Way") -> StagePlan:
        steps = steps_of(stage)
        segments = self.program.segments if stage.per_segment else (None,)
        sides = tuple([tuple([self._turn(step, segment, way) for step in steps]) for segment in segments])
        leaving = {}
        if steps[0].rounds is not None:
            own = (one for one in self.event.withdrawals if one.step == steps[0].name)
            leaving = {self.position[one.member]: one.after_round for one in own}
        splitting = tuple([step for step in steps if step.pot is not None and step.pot.split_by is not None])
        return StagePlan(stage if isinstance(stage, GroupProgram) else None, steps, sides, leaving, splitting)

    def _turn(self, step: StepProgram, segment: str | None, way: "_Way") -> TurnPlan:
        """What is settled of a turn: the losses it meets and whether it is in force (section 7.3, points 1 and 3)."""
        event = self.event
        met = losses_met(event, way.places, segment, step.scope, step.losses_met)
        within = segment is None or step.scope is None or segment in step.scope
        in_force = step.force is None or (
            step.force[0] <= event.declared and (step.force[1] is None or event.declared <= step.force[1])
        )
        decided = None if step.discretion is None else event.decisions.get(step.name)
        invoke, most = (None, None) if decided is None else (decided.invoke, decided.most)
        limits = tuple([limit_plan(self.earlier, step, limit, segment, way.further) for limit in step.limits])
        paid = step.once_during is not None and self.earlier.any_since(step.name, step.once_during)
        return TurnPlan(
            step,
            segment,
            met,
            within,
            in_force,
            invoke,
            most,
            limits,
            way.number,
            way.defaulter,
            paid_before=paid,
        )


@unchanging
class _Way:
    """What the turns of a pass have in common; ``further`` are the members with further losses in it."""

    number: int
    defaulter: str | None
    places: tuple[int, ...]
    further: frozenset[str]
