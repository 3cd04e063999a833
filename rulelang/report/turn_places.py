"""The places of turns on a page: a row for each pass, segment and round that some loss of the page comes to.

How many rounds of a step are done differs from loss to loss.  A page has a place for each that is done at any of them;
where one is not done, it says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from attrs import field, frozen

from rulelang.base.gather import collected
from rulelang.check.program import GroupProgram
from rulelang.explain.sentences.words import within
from rulelang.model.allocation import Allocation
from rulelang.model.trail import Turn
from rulelang.profiles.profile import Profile
from rulelang.run.plan import Plan, StagePlan, TurnPlan
from rulelang.run.run_state import TurnResult

T = TypeVar("T")
NO_ROUND = "no further round"
"""The state of a round that is not done at a loss."""
_Place = tuple[int, str, str | None, int | None]


@frozen
class Side:
    """Turns that are done side by side, by their places.

    ``again`` if they are a further round of the turn before, ``more`` if there may be rounds that have no place here.
    """

    turns: tuple[int, ...]
    group: GroupProgram | None
    again: bool = False
    more: bool = False


@frozen(slots=False)
class TurnPlaces:
    """The turns of a page in the order of the run, those side by side told together."""

    in_turn: bool
    turns: tuple[TurnPlan, ...]
    sides: tuple[Side, ...] = field(repr=False)

    @classmethod
    def of(cls, plan: Plan, allocation: Allocation, profile: Profile | None) -> "TurnPlaces":
        """The places for the run of an event and (if there is one) its profile."""
        done = _rounds_done(allocation, profile)
        turns: list[TurnPlan] = []
        sides: list[Side] = []
        for passing in plan.passes:
            for stage in passing.stages:
                for abreast, again, more in _abreast(stage, done.get((passing.number, stage.steps[0].name), 1)):
                    sides.append(Side(tuple(range(len(turns), len(turns) + len(abreast))), stage.group, again, more))
                    turns += abreast
        return cls(plan.program.in_turn, tuple(turns), tuple(sides))

    @cached_property
    def _places(self) -> dict[_Place, int]:
        return {_place_of(turn): place for place, turn in enumerate(self.turns)}

    def results(self, results: Iterable[TurnResult]) -> list[TurnResult | None]:
        """The results of a piece of a profile in their places; ``None`` where a round is not done."""
        return self._placed((_place_of(result.turn), result) for result in results)

    def told(self, turns: Sequence[Turn]) -> list[int | None]:
        """For each place the turn of a trail that it shows, by its number there; ``None`` where there is none."""
        # a trail does not number the first round if the step was not done
        in_rounds = {turn.step.name for turn in self.turns if turn.round is not None}
        rounds = (turn.round or (1 if turn.step in in_rounds else None) for turn in turns)
        keys = [(turn.passing, turn.step, turn.segment, each) for turn, each in zip(turns, rounds, strict=True)]
        return self._placed(zip(keys, range(len(turns)), strict=True))

    def _placed(self, pairs: Iterable[tuple[_Place, T]]) -> list[T | None]:
        found: list[T | None] = [None] * len(self.turns)
        for place, value in pairs:
            found[self._places[place]] = value
        return found

    def words(self, turn: TurnPlan) -> str:
        """In which segment, and which of several rounds and passes, to stand behind the name of a step."""
        return within(turn.segment) + "".join(f", {each}" for each in self.which(turn))

    def which(self, turn: TurnPlan) -> list[str]:
        """Which of several rounds and passes a turn is, in words."""
        words = [] if turn.round is None else [f"round {turn.round}"]
        if self.in_turn:
            words.append("losses of no default" if turn.defaulter is None else f"default of {turn.defaulter}")
        return words


def _place_of(turn: TurnPlan) -> _Place:
    return turn.passing, turn.step.name, turn.segment, turn.round


def _abreast(stage: StagePlan, rounds: int) -> Iterable[tuple[tuple[TurnPlan, ...], bool, bool]]:
    """The turns of a stage that are done side by side, whether again, and whether there may be more rounds."""
    most = stage.steps[0].rounds
    if most is None:
        for turns in stage.sides:
            yield turns, False, False
        return
    for number in range(1, rounds + 1):
        yield (stage.round(number),), number > 1, number == rounds < most


def _rounds_done(allocation: Allocation, profile: Profile | None) -> Mapping[tuple[int, str], int]:
    """How many rounds of each step are done in each pass, at most."""
    done = [((turn.passing, turn.step), turn.round or 1) for turn in allocation.trail.turns]
    for piece in () if profile is None else (*profile.pieces, *profile.spots.values()):
        turns = (result.turn for result in piece.turns)
        done += (((turn.passing, turn.step.name), turn.round or 1) for turn in turns)
    return {step: max(rounds) for step, rounds in collected(done).items()}
