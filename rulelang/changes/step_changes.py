"""What each step draws under both versions: at the event's own loss, and for every value of what varies."""

from collections.abc import Mapping

from rulelang.changes.event_comparison import Change, StepChange
from rulelang.changes.versions import Allocations, Profiles
from rulelang.check.program import CheckedProgram
from rulelang.profiles.compare import compare_lines
from rulelang.profiles.difference import Difference
from rulelang.profiles.lines import Moving
from rulelang.profiles.walk import Piece
from rulelang.run.plan import Key

Line = tuple[str, str, str | None]
"""A line of either waterfall: the version it is told of (``new`` where the new one has it), the step, the segment."""


def step_changes(
    old: CheckedProgram, new: CheckedProgram, names: Mapping[str, str], allocations: Allocations, profiles: Profiles
) -> list[StepChange]:
    """The steps in the order of the new waterfall; those that are gone stand behind what they stood behind."""
    former = {after: before for before, after in names.items()}
    before = {(line.step, line.segment): line.drawn for line in allocations[0].lines}
    after = {(line.step, line.segment): line.drawn for line in allocations[1].lines}
    over = _compared_draws(names, profiles)
    found = []
    for side, step, segment in _in_order(allocations, names):
        was, now = (former.get(step), step) if side == "new" else (step, None)
        title = (new if side == "new" else old).steps[step].title
        amount = Change(
            before.get((was or "", segment), 0),
            after.get((now or "", segment), 0),
            None if over is None else over.get((side, step, segment), Difference()),
        )
        found.append(StepChange(was, now, segment, title, amount))
    return found


def _in_order(allocations: Allocations, names: Mapping[str, str]) -> list[Line]:
    """Every line of either waterfall once: the version it is told of, step, segment."""
    order: list[Line] = [("new", line.step, line.segment) for line in allocations[1].lines]
    known = set(order)
    place = 0
    for line in allocations[0].lines:
        kept = ("new", names[line.step], line.segment) if line.step in names else None
        if kept in known:
            place = order.index(kept) + 1
        else:
            order.insert(place, ("old", line.step, line.segment))
            place += 1
    return order


def _compared_draws(names: Mapping[str, str], profiles: Profiles) -> dict[Line, Difference] | None:
    if profiles is None:
        return None

    def read_old(piece: Piece) -> dict[Line, Moving]:
        return {_identity(turn.turn.key, names): turn.drawn for turn in piece.turns}

    def read_new(piece: Piece) -> dict[Line, Moving]:
        return {("new", *turn.turn.key): turn.drawn for turn in piece.turns}

    return compare_lines(*profiles, read_old, read_new)


def _identity(key: Key, names: Mapping[str, str]) -> Line:
    step, segment = key
    return ("new", names[step], segment) if step in names else ("old", step, segment)
