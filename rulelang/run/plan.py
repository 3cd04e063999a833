"""The plan: the checked program flattened, for one event, into turns over payers, keys and limits.

A *turn* is one step, or one segment of a step per segment.  All that does not depend on amounts is settled here, once:
which losses a turn meets, whether it is in force, what was decided, what its limits over time have counted already.
What is left for an engine is arithmetic.
"""

from collections.abc import Iterator, Mapping

from attrs import frozen

from rulelang.check.program import CheckedProgram, GroupProgram, StepProgram, steps_of
from rulelang.model.event import Event
from rulelang.run.windows import counted

Key = tuple[str, str | None]
"""A step (or a pot, a field, a given) and a segment, which is ``None`` for what is not per segment."""


@frozen
class TurnPlan:
    """One step, or one segment of it.

    ``met`` are the places of the losses it meets, in the order of the ``default`` lines; ``within`` is false for a
    segment whose losses the step never meets; ``decision`` is what the event says of a step left to somebody's
    discretion, ``None`` if it says nothing or nothing is to be decided; ``already`` is for each limit of the step what
    each payer paid in its window before, in minor units (``None``: it has no window).
    """

    step: StepProgram
    segment: str | None
    met: tuple[int, ...]
    within: bool
    in_force: bool
    decision: bool | None
    already: tuple[Mapping[str, int] | None, ...]

    @property
    def key(self) -> Key:
        """The step and the segment."""
        return self.step.name, self.segment


@frozen
class StagePlan:
    """A step or group in its place in the waterfall; ``rounds`` holds the turns done side by side, for each segment."""

    group: GroupProgram | None
    steps: tuple[StepProgram, ...]
    rounds: tuple[tuple[TurnPlan, ...], ...]


@frozen
class Plan:
    """A rulebook flattened for an event.

    Members are known by their position in ``event.members``, which is the order of their ids, so that ties to the
    smaller id are ties to the smaller position.
    """

    program: CheckedProgram
    event: Event
    stages: tuple[StagePlan, ...]
    position: Mapping[str, int]
    populations: Mapping[str, tuple[int, ...]]
    steps: Mapping[str, StepProgram]

    def turns(self) -> Iterator[TurnPlan]:
        """All turns in the order of the run."""
        for stage in self.stages:
            for turns in stage.rounds:
                yield from turns


def make_plan(program: CheckedProgram, event: Event) -> Plan:
    """Flatten a checked program for an event that fits it."""
    position = {member: place for place, member in enumerate(event.members)}
    populations = {name: tuple([position[member] for member in ids]) for name, ids in event.populations.items()}
    stages = tuple([_stage(program, event, stage) for stage in program.stages])
    return Plan(program, event, stages, position, populations, program.steps)


def _stage(program: CheckedProgram, event: Event, stage: StepProgram | GroupProgram) -> StagePlan:
    steps = steps_of(stage)
    segments = program.segments if stage.per_segment else (None,)
    rounds = tuple([tuple([_turn(event, step, segment) for step in steps]) for segment in segments])
    return StagePlan(stage if isinstance(stage, GroupProgram) else None, steps, rounds)


def _turn(event: Event, step: StepProgram, segment: str | None) -> TurnPlan:
    """What is settled of a turn: the losses it meets and whether it is in force (section 7.3, points 1 and 3)."""
    met = event.losses_met(segment, step.scope)
    within = segment is None or step.scope is None or segment in step.scope
    in_force = step.force is None or (
        step.force[0] <= event.declared and (step.force[1] is None or event.declared <= step.force[1])
    )
    decision = None
    if step.discretion is not None and step.name in event.decisions:
        decision = event.decisions[step.name].invoke
    already = tuple([counted(limit, event.payments, event.declared, step.name, segment) for limit in step.limits])
    return TurnPlan(step, segment, met, within, in_force, decision, already)
