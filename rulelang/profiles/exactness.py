"""How exact a profile is: by how many minor units a run may differ from it, and where it may decide otherwise."""

from collections.abc import Iterable

from attrs import frozen

from rulelang.base.gather import totals
from rulelang.base.money import Exact
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.lines import slack_of
from rulelang.profiles.walk import Walk
from rulelang.run.plan import Key
from rulelang.run.run_state import TurnResult


@frozen
class Exactness:
    """What a run may differ by.

    ``slack`` has, for each turn whose lines depend on what was rounded before, so many minor units; a turn that is not
    there draws exactly its line, and its payers pay their exact shares, rounded to whole minor units by largest
    remainder, in each pass and round.  In the ``doubts`` a run may take another branch of the rules, and nothing is
    said of it.
    """

    slack: dict[Key, Exact]
    doubts: tuple[Doubt, ...]

    @property
    def to_the_last_unit(self) -> bool:
        """Whether what runs give follows from the lines to the last minor unit."""
        return not self.slack and not self.doubts


def exactness_of(walk: Walk) -> Exactness:
    """How exact the pieces and spots of a walk are."""
    slack: dict[Key, Exact] = {}
    doubts: dict[Doubt, None] = {}
    for piece in (*walk.pieces, *walk.spots.values()):
        doubts.update(dict.fromkeys(piece.doubts))
        # that of all passes and rounds of a turn together
        for key, units in totals((turn.turn.key, _slack(turn)) for turn in piece.turns).items():
            if units:
                slack[key] = max(units, slack.get(key, 0))
    return Exactness(slack, tuple(_joined(doubts)))


def _slack(turn: TurnResult) -> Exact:
    """By how much what a turn met, drew or shared may differ; that a share is rounded to a unit is not counted."""
    sharings = () if turn.payments is None else turn.payments.sharings()
    slacks: list[Exact] = [slack_of(turn.before), slack_of(turn.drawn), *(sharing.slack for sharing in sharings)]
    return max(slacks)


def _joined(doubts: Iterable[Doubt]) -> Iterable[Doubt]:
    """Doubts of one turn that touch, as one."""
    last: Doubt | None = None
    for doubt in sorted(doubts, key=lambda doubt: (doubt.turn is not None, str(doubt.turn), doubt.start)):
        if last is not None and last.turn == doubt.turn and (last.end is None or doubt.start <= last.end):
            ends = (last.end, doubt.end)
            last = Doubt(last.turn, last.start, None if None in ends else max(end for end in ends if end is not None))
            continue
        if last is not None:
            yield last
        last = doubt
    if last is not None:
        yield last
