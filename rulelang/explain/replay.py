"""The turns of a run, with what they saw, so that sentences can put values beside the rulebook's words.

An allocation holds the trail alone, in plain values that a record can keep; the moments at which expressions were
evaluated are not among them.  So the run is evaluated again, once, and every scene takes its turn from that.
"""

from copy import copy
from itertools import groupby

from attrs import define, evolve, field

from rulelang.check.program import CheckedProgram
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Turn
from rulelang.run.exact import ExactNumbers
from rulelang.run.expressions import Moment
from rulelang.run.inputs import make_data
from rulelang.run.plan import make_plan
from rulelang.run.waterfall import Evaluation, TurnDetails


@define
class Replay:
    """A scene for each turn of the ``evaluation``, in its order; ``end`` evaluates expressions after the last.

    ``passes`` names whose default each pass meets; ``broken_in`` has for each invariant, then for each
    assumption, the passes that break it.
    ``detailed`` asks for what was looked at and not taken, too.
    """

    program: CheckedProgram
    event: Event
    allocation: Allocation
    words: Words
    detailed: bool
    scenes: list[Scene] = field(init=False, factory=list)
    evaluation: Evaluation = field(init=False)
    end: Moment = field(init=False)
    passes: tuple[str | None, ...] = field(init=False)
    broken_in: tuple[frozenset[int], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        plan, domain = make_plan(self.program, self.event), ExactNumbers()
        evaluation = Evaluation(plan, domain, make_data(plan, domain))
        evaluation.run(judging=True)
        self.evaluation, self.end = evaluation, evaluation.end
        self.passes = tuple(passing.defaulter for passing in plan.passes)
        self.broken_in = tuple(
            frozenset(number for number, judged in enumerate(evaluation.judged) if False in judged[place][2])
            for place in range(len(self.program.statements))
        )
        called = {
            step.name: (number, place, stage.group)
            for number, stage in enumerate(plan.passes[0].stages, start=1)
            for place, step in enumerate(stage.steps, start=1)
        }

        def beside(pair: tuple[Turn, TurnDetails]) -> tuple[object, ...]:
            """What the turns of a stage in one segment have in common, and no others."""
            turn, _ = pair
            return turn.passing, turn.segment, turn.round, called[turn.step][0]

        turns = zip(self.allocation.trail.turns, evaluation.details, strict=True)
        for _, side in groupby(turns, key=beside):
            told = list(side)
            mates = tuple(turn for turn, _ in told)
            for turn, details in told:
                number, place, group = called[turn.step]
                told_as = str(number) if group is None else f"{number}.{place}"
                self.scenes.append(Scene(turn, told_as, group, mates, details, self.words, self.detailed))

    def read_by(self, payer: str) -> "Replay":
        """The same run in words for a payer, who reads nothing of other members but totals."""
        other = copy(self)
        other.words = evolve(self.words, reader=payer)
        other.scenes = [evolve(scene, words=other.words) for scene in self.scenes]
        return other
