"""A run made again, so that expressions can be evaluated as each turn met them."""

from attrs import define, field

from rulelang.check.program import CheckedProgram, GroupProgram, StepProgram
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Status
from rulelang.run.exact import ExactNumbers
from rulelang.run.expressions import Moment
from rulelang.run.inputs import make_data
from rulelang.run.plan import make_plan
from rulelang.run.resources import Resources, make_resources
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import TurnResult
from rulelang.run.waterfall import Evaluation


@define
class Replay:
    """A scene for each turn, in the order of the run, and ``end``, which evaluates expressions after the last.

    ``detailed`` asks for what was looked at and not taken, too.
    """

    program: CheckedProgram
    event: Event
    allocation: Allocation
    words: Words
    detailed: bool
    scenes: list[Scene] = field(init=False, factory=list)
    end: Moment = field(init=False)
    evaluation: Evaluation = field(init=False)
    results: dict[int, TurnResult] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        plan, domain = make_plan(self.program, self.event), ExactNumbers()
        self.evaluation = Evaluation(plan, domain, make_data(plan, domain))
        results = self.evaluation.run()
        places, turns = self._places(), self.allocation.trail.turns
        for turn, result in zip(turns, results, strict=True):
            number, step, group = places[turn.step]
            mates = tuple(
                other for other in turns
                if (other.group, other.segment) == (turn.group, turn.segment)
                and (turn.group is not None or other.step == turn.step)
            )  # fmt: skip
            scene = Scene(turn, step, number, group, mates, result.at, self.words, self.detailed)
            self.scenes.append(scene)
            self.results[id(scene)] = result
        self.end = Moment(plan, domain, self.evaluation.data, self.evaluation.state)

    def _places(self) -> dict[str, tuple[str, StepProgram, GroupProgram | None]]:
        places: dict[str, tuple[str, StepProgram, GroupProgram | None]] = {}
        for number, stage in enumerate(self.program.stages, start=1):
            if isinstance(stage, GroupProgram):
                for place, step in enumerate(stage.steps, start=1):
                    places[step.name] = (f"{number}.{place}", step, stage)
            else:
                places[stage.name] = (str(number), stage, None)
        return places

    def gate(self, scene: Scene) -> Status:
        """What would have become of a step that no loss reached."""
        result = self.results[id(scene)]
        try:
            status = Evaluation._gate(result.turn, result.at)[0]  # noqa: SLF001
        except RuleViolation:
            return Status.CONDITION
        return Status.DECLINED if status is Status.PAID and result.turn.decision is False else status

    def resources(self, scene: Scene) -> Resources | None:
        """What a step could have drawn on, where that can be worked out."""
        result = self.results[id(scene)]
        try:
            return make_resources(result.turn, result.at, self.evaluation.splits.get(scene.step.name))
        except RuleViolation:
            return None
