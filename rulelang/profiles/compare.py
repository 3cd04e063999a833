"""Two profiles compared for every value of the variable: who pays more or less, where, and by how much at most."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from attrs import define, field, frozen

from rulelang.base.money import Exact
from rulelang.profiles.difference import Difference, Stretch, difference_of, sign_of, stretch_of
from rulelang.profiles.lines import Moving, value_at
from rulelang.profiles.payment_curves import PaymentCurves, breaks_of, mark, seats_at
from rulelang.profiles.profile import Profile
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
    stretches: dict[Name, list[Stretch]] = {}
    for start, end, before, after in spans(old, new):
        one, other = read_old(before), read_new(after)
        places = [start, start + 1 if end is None else end]
        for name in dict.fromkeys((*one, *other)):
            amounts = [value_at(other.get(name, 0), t) - value_at(one.get(name, 0), t) for t in places]
            stretches.setdefault(name, []).append(stretch_of(places, amounts, endless=end is None))
    spots: dict[Name, list[tuple[Exact, Exact]]] = {}
    for t in _spots(old, new):
        one, other = read_old(old.piece_at(t)), read_new(new.piece_at(t))
        for name in dict.fromkeys((*one, *other)):
            amount = value_at(other.get(name, 0), t) - value_at(one.get(name, 0), t)
            spots.setdefault(name, []).append((t, amount))
    names = dict.fromkeys((*stretches, *spots))
    return {name: difference_of(stretches.get(name, ()), spots.get(name, ())) for name in names}


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
    stretches: dict[str, list[Stretch]] = {}
    for start, end, before, after in spans(old, new):
        for payer, stretch in _Contrast.of(start, end, before, after).stretches():
            stretches.setdefault(payer, []).append(stretch)
    spots: dict[str, list[tuple[Exact, Exact]]] = {}
    for t in _spots(old, new):
        one, other = _totals(old.piece_at(t), t), _totals(new.piece_at(t), t)
        for payer in dict.fromkeys((*one, *other)):
            spots.setdefault(payer, []).append((t, other.get(payer, 0) - one.get(payer, 0)))
    payers = sorted({*stretches, *spots, *_payers(old), *_payers(new)})
    return {payer: difference_of(stretches.get(payer, ()), spots.get(payer, ())) for payer in payers}


def _totals(piece: Piece, t: Exact) -> dict[str, Exact]:
    totals: dict[str, Exact] = {}
    for paid in piece.exact(t).values():
        for payer, amount in paid.items():
            totals[payer] = totals.get(payer, 0) + amount
    return totals


def _payers(profile: Profile) -> Iterable[str]:
    """Everybody who may be charged somewhere."""
    for piece in profile.pieces:
        for turn in piece.turns:
            yield from turn.payers


@frozen
class _Term:
    """What one turn adds to the difference of a payer: its curve there, and the sign."""

    curves: PaymentCurves
    index: int
    sign: int


@define
class _Contrast:
    """The turns of a stretch that differ between two rulebooks; those that are alike cancel out."""

    places: list[Exact]
    endless: bool
    by_payer: dict[str, list[_Term]] = field(factory=dict)

    @classmethod
    def of(cls, start: Exact, end: Exact | None, before: Piece, after: Piece) -> "_Contrast":
        """Two pieces along a stretch."""
        mine, theirs = list(before.turns), list(after.turns)
        _cancel(mine, theirs)
        signed = [(turn.payments, turn.payers, -1) for turn in mine]
        signed += [(turn.payments, turn.payers, 1) for turn in theirs]
        shared = [(payments, payers, sign) for payments, payers, sign in signed if payments is not None]
        places = [start, *sorted({t for payments, _, _ in shared for t in breaks_of(payments, start, end)})]
        places.append(end if end is not None else places[-1] + 1)
        found = cls(places, end is None)
        for payments, payers, sign in shared:
            for payer, (curves, index) in zip(payers, seats_at(payments, places), strict=True):
                found.by_payer.setdefault(payer, []).append(_Term(curves, index, sign))
        return found

    def stretches(self) -> Iterator[tuple[str, Stretch]]:
        """The difference of each payer that these turns charge."""
        for payer, terms in self.by_payer.items():
            yield payer, self._stretch(terms)

    def _stretch(self, terms: Sequence[_Term]) -> Stretch:
        last = len(self.places) - 1
        settled = min(max(term.curves.settled(term.index) for term in terms), last - 1)
        places = [*self.places[: settled + 1], self.places[last]]  # in between nothing changes any more
        known: dict[int, Exact] = {}

        def exact(number: int) -> Exact:
            if number not in known:
                place = number if number <= settled else last
                known[number] = sum(term.sign * term.curves.exact(term.index, place) for term in terms)
            return known[number]

        error = sum(term.curves.error for term in terms)
        marks = _added([(term.sign, term.curves.marks(term.index, settled + 1)) for term in terms])
        marks.append(mark(exact(settled + 1)))
        signs = [
            1 if value > error else -1 if value < -error else sign_of(exact(place)) for place, value in enumerate(marks)
        ]
        top = max(map(abs, marks), default=0) - 2 * error
        candidates = [place for place, value in enumerate(marks) if value >= top or value <= -top]
        return Stretch(places, signs, exact, _few(candidates, signs), self.endless)


def _added(rows: Sequence[tuple[int, Sequence[int]]]) -> list[int]:
    """The sum of rows of marks, each with its sign."""
    total: list[int] = [0] * len(rows[0][1])
    for sign, row in rows:
        total = (
            [a + b for a, b in zip(total, row, strict=True)]
            if sign > 0
            else [a - b for a, b in zip(total, row, strict=True)]
        )
    return total


def _few(candidates: Sequence[int], signs: Sequence[int]) -> Sequence[int]:
    """The places at which a difference may be largest; none where it is nowhere."""
    return candidates if any(signs) else ()


def _cancel(mine: list[TurnResult], theirs: list[TurnResult]) -> None:
    """Take out the turns that charge the same payers in the same way under both rulebooks."""
    for turn in list(mine):
        same = (other for other in theirs if (other.payers, other.payments) == (turn.payers, turn.payments))
        twin = next(same, None)
        if twin is not None:
            mine.remove(turn)
            theirs.remove(twin)
