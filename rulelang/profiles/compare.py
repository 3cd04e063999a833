"""Two profiles compared for every value of the variable: who pays more or less, where, and by how much at most."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from rulelang.base.gather import collected, totals
from rulelang.base.money import Exact
from rulelang.profiles.difference import Difference, Stretch, difference_of, stretch_of
from rulelang.profiles.lines import Moving, value_at
from rulelang.profiles.payer_stretch import Term, payer_stretch
from rulelang.profiles.profile import Profile
from rulelang.profiles.seats import breaks_of, seats_at
from rulelang.profiles.walk import Piece
from rulelang.run.run_state import TurnResult

Span = tuple[Exact, Exact | None, Piece, Piece]
"""A stretch of the variable over which both profiles have one piece: from, to, the old piece, the new one."""


def spans(old: Profile, new: Profile) -> Iterator[Span]:
    """The stretches over which both profiles have one piece, in order."""
    stop = common_stop(old, new)
    mine, theirs = list(old.pieces), list(new.pieces)
    at: Exact = old.start
    while mine and theirs and (stop is None or at < stop):
        ends = [piece.end for piece in (mine[0], theirs[0]) if piece.end is not None]
        end = min([*ends, *([] if stop is None else [stop])], default=None)
        yield at, end, mine[0], theirs[0]
        if end is None:
            return
        for pieces in (mine, theirs):
            if pieces[0].end == end:
                pieces.pop(0)
        at = end


def common_stop(old: Profile, new: Profile) -> Exact | None:
    """Where the first of two profiles ends; ``None`` if neither does."""
    return min((profile.stop for profile in (old, new) if profile.stop is not None), default=None)


Name = TypeVar("Name", bound=Hashable)
Lines = Callable[[Piece], Mapping[Name, Moving]]
"""What is read from a piece: a line for each of some names; what is left out is 0."""


def compare_lines(
    old: Profile, new: Profile, read_old: Lines[Name], read_new: Lines[Name] | None = None
) -> dict[Name, Difference]:
    """The differences of amounts that are one line in each piece: draws, totals of classes of payers, the uncovered."""
    read_new = read_new or read_old

    def amounts(before: Piece, after: Piece, places: Sequence[Exact]) -> Iterator[tuple[Name, list[Exact]]]:
        one, other = read_old(before), read_new(after)
        for name in dict.fromkeys((*one, *other)):
            yield name, [value_at(other.get(name, 0), t) - value_at(one.get(name, 0), t) for t in places]

    def stretches(start: Exact, end: Exact | None, before: Piece, after: Piece) -> Iterator[tuple[Name, Stretch]]:
        places = [start, start + 1 if end is None else end]
        for name, found in amounts(before, after, places):
            yield name, stretch_of(places, found, endless=end is None)

    def spots(t: Exact, before: Piece, after: Piece) -> Iterator[tuple[Name, Exact]]:
        return ((name, amount) for name, (amount,) in amounts(before, after, [t]))

    return _compared(old, new, stretches, spots)


def _compared(
    old: Profile,
    new: Profile,
    stretches: Callable[[Exact, Exact | None, Piece, Piece], Iterable[tuple[Name, Stretch]]],
    spots: Callable[[Exact, Piece, Piece], Iterable[tuple[Name, Exact]]],
) -> dict[Name, Difference]:
    """The difference under each name, from what is told of the pieces of both along a stretch, and at one value."""
    along = collected(each for span in spans(old, new) for each in stretches(*span))
    single = collected(
        (name, (t, amount)) for t in _spots(old, new) for name, amount in spots(t, old.piece_at(t), new.piece_at(t))
    )
    return {name: difference_of(along.get(name, ()), single.get(name, ())) for name in (along | single)}


def _spots(old: Profile, new: Profile) -> list[Exact]:
    """The values of the variable at which a run is not what it is on either side, and the last one compared.

    Where the rules end there is no run, so nothing is said of that value itself.
    """
    stop = common_stop(old, new)
    if stop is None:
        return sorted({*old.spots, *new.spots})
    last = set() if any(profile.ended and profile.stop == stop for profile in (old, new)) else {stop}
    return sorted({*(t for t in (*old.spots, *new.spots) if t < stop), *last})


def compare_payers(old: Profile, new: Profile) -> dict[str, Difference]:
    """What each payer pays in all under the new rulebook, less what it pays under the old one."""
    found = _compared(old, new, _payer_stretches, _payer_spots)
    return {payer: found.get(payer, Difference()) for payer in sorted({*found, *_payers(old), *_payers(new)})}


def _payer_spots(t: Exact, before: Piece, after: Piece) -> Iterable[tuple[str, Exact]]:
    """By how much each payer pays more at one value of the variable."""
    return totals(
        (payer, sign * amount)
        for piece, sign in ((before, -1), (after, 1))
        for paid in piece.exact(t).values()
        for payer, amount in paid.items()
    ).items()


def _payers(profile: Profile) -> Iterable[str]:
    """Everybody who may be charged somewhere."""
    for piece in profile.pieces:
        for turn in piece.turns:
            yield from turn.payers


def _payer_stretches(start: Exact, end: Exact | None, before: Piece, after: Piece) -> Iterator[tuple[str, Stretch]]:
    """The difference of each payer that is charged by turns of two pieces that differ; those alike cancel out."""
    mine, theirs = list(before.turns), list(after.turns)
    _cancel(mine, theirs)
    signed = [(turn.payments, turn.payers, sign) for turns, sign in ((mine, -1), (theirs, 1)) for turn in turns]
    shared = [(payments, payers, sign) for payments, payers, sign in signed if payments is not None]
    places = [start, *sorted({t for payments, _, _ in shared for t in breaks_of(payments, start, end)})]
    places.append(end if end is not None else places[-1] + 1)
    terms = collected(
        (payer, Term(*seat, sign))
        for payments, payers, sign in shared
        for payer, seat in zip(payers, seats_at(payments, places), strict=True)
    )
    for payer, own in terms.items():
        yield payer, payer_stretch(places, own, endless=end is None)


def _cancel(mine: list[TurnResult], theirs: list[TurnResult]) -> None:
    """Take out the turns that charge the same payers in the same way under both rulebooks."""
    for turn in list(mine):
        same = (other for other in theirs if (other.payers, other.payments) == (turn.payers, turn.payments))
        twin = next(same, None)
        if twin is not None:
            mine.remove(turn)
            theirs.remove(twin)
