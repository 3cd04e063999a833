"""The turns of a run, with what they saw, so that sentences can put values beside the rulebook's words.

An allocation holds the trail alone, in plain values that a record can keep; the moments at which expressions were
evaluated are not among them.  So the run is evaluated again, once, and every scene takes its turn from that.
"""

from attrs import define, field, frozen

from rulelang.check.program import CheckedProgram, GroupProgram, StepProgram
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Turn
from rulelang.run.exact import ExactNumbers
from rulelang.run.expressions import Moment
from rulelang.run.inputs import make_data
from rulelang.run.plan import make_plan
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

    def __attrs_post_init__(self) -> None:
        plan, domain = make_plan(self.program, self.event), ExactNumbers()
        evaluation = Evaluation(plan, domain, make_data(plan, domain))
        evaluation.run()
        places, turns = self._places(), self.allocation.trail.turns
        mates: dict[tuple[str, str | None], list[Turn]] = {}
        for turn in turns:
            mates.setdefault((places[turn.step].stage, turn.segment), []).append(turn)
        for turn, details in zip(turns, evaluation.details, strict=True):
            place = places[turn.step]
            beside = tuple(mates[place.stage, turn.segment])
            scene = Scene(turn, place.step, place.number, place.group, beside, details, self.words, self.detailed)
            self.scenes.append(scene)
        self.end = evaluation.end

    def _places(self) -> dict[str, "_Place"]:
        places: dict[str, _Place] = {}
        for number, stage in enumerate(self.program.stages, start=1):
            if isinstance(stage, GroupProgram):
                for place, step in enumerate(stage.steps, start=1):
                    places[step.name] = _Place(str(number), f"{number}.{place}", step, stage)
            else:
                places[stage.name] = _Place(str(number), str(number), stage, None)
        return places


@frozen
class _Place:
    """Where a step stands in the waterfall: the number of its stage, its own, and its group."""

    stage: str
    number: str
    step: StepProgram
    group: GroupProgram | None
