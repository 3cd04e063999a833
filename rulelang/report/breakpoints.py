"""The losses at which the answer changes, and what happens there: the stations of the slider."""

from collections.abc import Iterator

from rulelang.base.apportion import round_down
from rulelang.base.money import Exact
from rulelang.document.write import Plain
from rulelang.model.trail import Status
from rulelang.profiles.lines import slope_of, value_at
from rulelang.profiles.profile import Profile
from rulelang.profiles.walk import Piece
from rulelang.report.turn_places import TurnPlaces
from rulelang.run.payments import Ranked
from rulelang.run.run_state import TurnResult


def breakpoints(profile: Profile, places: TurnPlaces) -> list[Plain]:
    """Every loss above zero at which a step begins, ends or changes how it pays, with what happens in words.

    ``loss`` is the first whole loss that is not below the breakpoint, in minor units.
    """
    found: dict[int, list[str]] = {}
    before = profile.pieces[0]
    for piece in profile.pieces[1:]:
        spot = profile.spots.get(piece.start)
        texts = [*_happenings(places, before, piece), *([] if spot is None else _apart(places, spot, before, piece))]
        if texts:
            found.setdefault(-round_down(-piece.start), []).extend(texts)
        before = piece
    return [{"loss": str(loss), "what": list(dict.fromkeys(found[loss]))} for loss in sorted(found)]


def _happenings(places: TurnPlaces, before: Piece, after: Piece) -> Iterator[str]:
    """What changes from one piece to the next."""
    for one, other in zip(_turns(places, before), _turns(places, after), strict=True):
        yield from _happening(_name(places, other), one, other, after.start)
    if slope_of(after.uncovered) and not slope_of(before.uncovered):
        yield "from here on loss stays uncovered"


def _turns(places: TurnPlaces, piece: Piece) -> Iterator[TurnResult]:
    """The turns in their places; a round that is not done is one that no loss reaches."""
    for turn, result in zip(places.turns, places.results(piece.turns), strict=True):
        yield result or TurnResult(turn, Status.NOT_REACHED, 0, 0, 0)


def _happening(name: str, one: TurnResult, other: TurnResult, t: Exact) -> Iterator[str]:
    """What becomes of one turn."""
    was, now = value_at(one.drawn, t), value_at(other.drawn, t)
    if was != now:
        yield f"{name}: pays {'more' if now > was else 'less'} at a stroke"
    grew, grows = slope_of(one.drawn), slope_of(other.drawn)
    if not was and not grew and grows > 0:
        yield f"{name}: begins to pay"
    elif grew > 0 and not grows:
        used_up = other.capacity is not None and now == value_at(other.capacity, t)
        yield f"{name}: used up" if used_up else f"{name}: pays no more than this"
    elif grew != grows:
        yield f"{name}: pays {'a larger' if grows > grew else 'a smaller'} part of what is added"
    elif grows and isinstance(other.payments, Ranked) and one.payments != other.payments:
        yield f"{name}: the next payers in its order are reached"
    if other.status is not one.status and other.status in (Status.DECLINED, Status.CONDITION):
        yield f"{name}: reached, but {other.status.value}"


def _apart(places: TurnPlaces, spot: Piece, before: Piece, after: Piece) -> Iterator[str]:
    """What is otherwise at this very loss than on both sides of it."""
    t = after.start
    for below, at, above in zip(*(_turns(places, piece) for piece in (before, spot, after)), strict=True):
        if value_at(at.drawn, t) not in (value_at(below.drawn, t), value_at(above.drawn, t)):
            yield f"{_name(places, at)}: pays otherwise at this very loss than on either side"


def _name(places: TurnPlaces, result: TurnResult) -> str:
    step, segment = result.turn.step, result.turn.segment
    where = ", ".join([*([] if segment is None else [segment]), *places.which(result.turn)])
    return f"{step.title or step.name} ({where})" if where else step.title or step.name
