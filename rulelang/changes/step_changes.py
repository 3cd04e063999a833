"""What each step draws under both versions: at the event's own loss, and for every value of what varies."""

from collections.abc import Iterable, Mapping
from functools import partial

from rulelang.base.gather import totals
from rulelang.changes.event_comparison import Change, Profiles, StepChange, Version
from rulelang.profiles.compare import compare_lines
from rulelang.profiles.curves import draws
from rulelang.profiles.lines import Moving
from rulelang.profiles.walk import Piece
from rulelang.run.plan import Key

Line = tuple[str, str, str | None]
"""A line of either waterfall: the version it is told of (``new`` where the new one has it), the step, the segment."""


def step_changes(old: Version, new: Version, names: Mapping[str, str], profiles: Profiles) -> list[StepChange]:
    """The steps in the order of the new waterfall; those that are gone stand behind what they stood behind.

    The passes and rounds of a step are one line.
    """
    former = {after: before for before, after in names.items()}
    before, after = (
        totals(((line.step, line.segment), line.drawn) for line in version.allocation.lines) for version in (old, new)
    )
    order, known = _in_order(before, after, names)
    over = None if profiles is None else compare_lines(*profiles, partial(_draws, known), partial(_draws, {}))
    found = []
    for side, step, segment in order:
        was, now = (former.get(step), step) if side == "new" else (step, None)
        title = (new if side == "new" else old).program.steps[step].title
        drawn = before.get((was or "", segment), 0), after.get((now or "", segment), 0)
        amount = Change.of(*drawn, over, (side, step, segment))
        found.append(StepChange(was, now, segment, title, amount))
    return found


def _in_order(old: Iterable[Key], new: Iterable[Key], names: Mapping[str, str]) -> tuple[list[Line], dict[Key, Line]]:
    """Every line of either waterfall once, and which of these each line of the old one is.

    A line that the new waterfall has no more is told of the old version, also where its step goes on without segments
    (or with them).
    """
    order: list[Line] = [("new", *key) for key in new]
    known = set(order)
    lines: dict[Key, Line] = {}
    place = 0
    for step, segment in old:
        kept: Line = ("new", names.get(step, ""), segment)
        if kept in known:
            place = order.index(kept) + 1
        else:
            kept = ("old", step, segment)
            order.insert(place, kept)
            place += 1
        lines[step, segment] = kept
    return order, lines


def _draws(lines: Mapping[Key, Line], piece: Piece) -> dict[Line, Moving]:
    """What each line draws; ``lines`` has those that are none of the new waterfall under their own name."""
    return draws(piece, lambda turn: lines.get(turn.key, ("new", *turn.key)))
