"""The profile: what every step and payer pays for every value of one variable, exactly.

With everything else fixed, an amount is a piecewise straight line of the variable.  The profile walks from one
breakpoint to the next: a run over lines just above a breakpoint holds up to the next (:mod:`rulelang.plan.straight`).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator

from attrs import evolve, frozen

from rulelang.base.diagnostic import Diagnostic, RunError
from rulelang.base.money import Exact
from rulelang.check.trouble import Trouble
from rulelang.model.trail import Status
from rulelang.plan.evaluate import Evaluation
from rulelang.plan.lines import Moving, value_at
from rulelang.plan.plan import Key, Plan
from rulelang.plan.refusal import refused
from rulelang.plan.standing import TurnResult
from rulelang.plan.straight import Lines
from rulelang.plan.unstraight import NotStraight
from rulelang.plan.variable import Variable


@frozen
class Piece:
    """The turns of the waterfall between two breakpoints: all amounts are lines, or follow from lines by water-filling.

    It holds for ``start < t < end`` (``end`` ``None``: for ever).  ``uncovered`` is what no step pays.
    """

    start: Exact
    end: Exact | None
    turns: tuple[TurnResult, ...]
    uncovered: Moving

    def exact(self, t: Exact) -> dict[Key, dict[str, Exact]]:
        """What each payer pays in each turn at ``t``, exactly."""
        return {
            turn.turn.key: dict(zip(turn.payers, turn.payments.exact(t), strict=True))
            for turn in self.turns
            if turn.payments is not None
        }

    def units(self, t: int) -> dict[Key, dict[str, int]]:
        """What each payer pays in each turn in a run at ``t``, in whole minor units."""
        return {
            turn.turn.key: dict(zip(turn.payers, turn.payments.units(t), strict=True))
            for turn in self.turns
            if turn.payments is not None
        }


@frozen(slots=False)
class Profile:
    """All pieces from ``start`` on, in order, and the breakpoints at which the run differs from both sides.

    ``spots`` holds, for such a breakpoint, the turns at that very value of the variable.  ``stop`` is where the profile
    ends (``None``: it never does); ``ended`` says why, if a run above it meets what the rules do not allow.
    """

    plan: Plan
    variable: Variable
    start: int
    stop: Exact | None
    pieces: tuple[Piece, ...]
    spots: dict[Exact, Piece]
    ended: tuple[Diagnostic, ...] = ()

    def piece_at(self, t: Exact, *, after: bool = False) -> Piece:
        """The piece that holds at ``t`` (``after``: just above it); at a breakpoint the run at that very value."""
        if not after and t in self.spots:
            return self.spots[t]
        starts = [piece.start for piece in self.pieces]
        return self.pieces[max(bisect_right(starts, t) - 1, 0)]

    def exact(self, t: Exact) -> dict[Key, dict[str, Exact]]:
        """What each payer pays in each turn at ``t``, exactly."""
        return self.piece_at(t).exact(t)

    def units(self, t: int) -> dict[Key, dict[str, int]]:
        """What each payer pays in each turn in a run at ``t``, in whole minor units."""
        return self.piece_at(t).units(t)


def make_profile(
    plan: Plan,
    variable: Variable,
    start: int = 0,
    stop: int | None = None,
    progress: Callable[[Exact], None] | None = None,
) -> Profile:
    """Walk from ``start`` to ``stop``, or to where nothing more can change.

    Raises:
        RunError: a run at the very start meets what the rules do not allow; further on the profile ends there.
        RulelangError: some construct has no straight lines.
    """
    pieces: list[Piece] = []
    spots: dict[Exact, Piece] = {}
    at: Exact = start
    while True:
        try:
            piece, tied = _run(plan, variable, Lines(at))
        except RunError as error:
            if not pieces:
                raise
            return Profile(plan, variable, start, at, tuple(pieces), _apart(pieces, spots), error.diagnostics)
        if tied:
            spot, _ = _run(plan, variable, Lines(at, above=False))
            spots[at] = spot
        if pieces and _continues(pieces[-1], piece):
            pieces[-1] = evolve(pieces[-1], end=piece.end)
        else:
            pieces.append(piece)
        if piece.end is None or (stop is not None and piece.end >= stop):
            break
        at = piece.end
        if progress is not None:
            progress(at)
    return Profile(plan, variable, start, stop, tuple(pieces), _apart(pieces, spots))


def _run(plan: Plan, variable: Variable, domain: Lines) -> tuple[Piece, bool]:
    evaluation: Evaluation | None = None
    try:
        data = variable.data(domain)
        evaluation = Evaluation(plan, domain, data)
        turns = evaluation.run()
        uncovered = evaluation.standing.losses.total(range(len(plan.event.losses)))
    except (Trouble, NotStraight) as trouble:
        turn = None if evaluation is None else evaluation.turn
        raise refused(plan, variable, domain.at, trouble, turn) from None
    return Piece(domain.at, domain.until, turns, uncovered), domain.tied


def _continues(one: Piece, other: Piece) -> bool:
    """Whether a piece only goes on as the one before it."""
    return one.uncovered == other.uncovered and one.turns == other.turns


def _apart(pieces: list[Piece], spots: dict[Exact, Piece]) -> dict[Exact, Piece]:
    """The spots at which the run is not where the piece above it begins."""
    found = {}
    above = {piece.start: piece for piece in pieces}
    for t, spot in spots.items():
        piece = above.get(t) or next(piece for piece in reversed(pieces) if piece.start <= t)
        if spot.exact(t) != piece.exact(t) or value_at(spot.uncovered, t) != value_at(piece.uncovered, t):
            found[t] = spot
    return found


def reached(turn: TurnResult) -> bool:
    """Whether a turn was done."""
    return turn.status is Status.PAID


def keys_of(profile: Profile) -> Iterator[Key]:
    """The turns of a profile in the order of the waterfall."""
    for turn in profile.plan.turns():
        yield turn.key
