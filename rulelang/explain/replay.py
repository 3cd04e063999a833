"""The turns of a run, with what they saw, so that sentences can put values beside the rulebook's words.

An allocation holds the trail alone, in plain values that a record can keep; the moments at which expressions were
evaluated are not among them.  So the run is evaluated again, once, and every scene takes its turn from that.
"""

from itertools import islice

from attrs import define, field

from rulelang.check.program import CheckedProgram
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
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
        self.end = evaluation.end
        turns = zip(self.allocation.trail.turns, evaluation.details, strict=True)
        for number, stage in enumerate(plan.stages, start=1):
            for beside in stage.rounds:
                told = list(islice(turns, len(beside)))
                mates = tuple(turn for turn, _ in told)
                for place, (turn, details) in enumerate(told, start=1):
                    called = str(number) if stage.group is None else f"{number}.{place}"
                    self.scenes.append(Scene(turn, called, stage.group, mates, details, self.words, self.detailed))
