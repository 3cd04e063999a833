"""A run gone through again along its trail, so that expressions can be evaluated as each turn met them."""

from collections.abc import Callable, Sequence
from itertools import groupby

from attrs import define, field

from rulelang.check.program import CheckedProgram, GroupProgram, StepProgram
from rulelang.check.trouble import Trouble
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Status, Turn
from rulelang.run.evaluate import Evaluation
from rulelang.run.missing import Fields, Givens, fill_missing
from rulelang.run.purse import PotSplits, Purse, make_purse
from rulelang.run.state import Capacity, RunState
from rulelang.views.sentences.scene import Scene
from rulelang.views.sentences.words import Words


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
    end: Evaluation = field(init=False)
    fields: Fields = field(init=False)
    givens: Givens = field(init=False)
    splits: dict[str, PotSplits] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.fields, self.givens, _ = fill_missing(self.program, self.event)
        state = RunState([loss.amount for loss in self.event.losses])
        places = self._places()
        turns = self.allocation.trail.turns
        for _, batch in groupby(
            turns, key=lambda turn: (turn.step if turn.group is None else turn.group, turn.segment)
        ):
            mates = tuple(batch)
            now = state.snapshot()
            for turn in mates:
                number, step, group = places[turn.step]
                ev = self._evaluation(now, turn.segment, step)
                self._split(step, now)
                scene = Scene(turn, step, number, group, mates, ev, self.words, self.detailed)
                self.scenes.append(scene)
                state.capacities[turn.step, turn.segment] = self._capacity(scene)
            self._pay(state, mates)
        self.end = Evaluation(self.program, self.event, self.fields, self.givens, state)

    def _evaluation(self, now: RunState, segment: str | None, step: StepProgram) -> Evaluation:
        return Evaluation(self.program, self.event, self.fields, self.givens, now, segment, step.scope)

    def _places(self) -> dict[str, tuple[str, StepProgram, GroupProgram | None]]:
        places: dict[str, tuple[str, StepProgram, GroupProgram | None]] = {}
        for number, stage in enumerate(self.program.stages, start=1):
            if isinstance(stage, GroupProgram):
                for place, step in enumerate(stage.steps, start=1):
                    places[step.name] = (f"{number}.{place}", step, stage)
            else:
                places[stage.name] = (str(number), stage, None)
        return places

    def _split(self, step: StepProgram, now: RunState) -> None:
        if step.pot is not None and step.pot.split_by is not None and step.name not in self.splits:
            self.splits[step.name] = PotSplits(self._evaluation(now, None, step), {})

    def _capacity(self, scene: Scene) -> Capacity | Callable[[], Capacity]:
        if scene.turn.status is Status.NOT_REACHED:
            return lambda: getattr(self.purse(scene), "capacity", 0) if self.gate(scene) is Status.PAID else 0
        return scene.turn.capacity if scene.done else 0

    def _pay(self, state: RunState, mates: Sequence[Turn]) -> None:
        for turn in mates:
            pot = self.program.steps[turn.step].pot
            for payer, amount in zip(turn.payers, turn.paid, strict=True):
                if amount:
                    state.pay((turn.step, turn.segment), payer, amount)
                    if pot is not None:
                        state.draw((pot.name, turn.segment if pot.per_segment else None), payer, amount)
        for place, amount in enumerate(next((turn.reduced for turn in mates if turn.reduced), ())):
            state.remaining[place] -= amount

    def gate(self, scene: Scene) -> Status:
        """What would have become of a step that no loss reached."""
        step, event = scene.step, self.event
        if step.force is not None and not step.force[0] <= event.declared <= (step.force[1] or event.declared):
            return Status.NOT_IN_FORCE
        try:
            if step.condition is not None and not scene.ev.one(step.condition):
                return Status.CONDITION
        except Trouble:
            return Status.CONDITION
        decision = event.decisions.get(step.name)
        return Status.DECLINED if decision is not None and not decision.invoke else Status.PAID

    def purse(self, scene: Scene) -> Purse | None:
        """What a step could have drawn on, where that can be worked out."""
        try:
            return make_purse(scene.step, scene.ev, self.splits.get(scene.step.name))
        except Trouble:
            return None
