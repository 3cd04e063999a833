"""The profile: what every step and payer pays for every value of one variable, exactly.

With everything else fixed, an amount is a piecewise straight line of the variable.  The profile walks from one
breakpoint to the next: a run over lines just above a breakpoint holds up to the next
(:mod:`rulelang.profiles.line_domain`).
"""

from bisect import bisect_right
from collections.abc import Callable, Collection
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rulelang.base.diagnostic import Diagnostic, RulelangError, RunError
from rulelang.base.money import Exact
from rulelang.profiles.diagnostics import refused
from rulelang.profiles.doubts import CarefulLines, Doubt
from rulelang.profiles.lines import Moving, value_at
from rulelang.profiles.unstraight import NotStraight
from rulelang.profiles.variable import Variable
from rulelang.run.plan import Key, Plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import TurnResult
from rulelang.run.waterfall import Evaluation

if TYPE_CHECKING:
    from rulelang.profiles.curves import Curve
    from rulelang.profiles.exactness import Exactness


@frozen
class Piece:
    """The turns of the waterfall between two breakpoints: all amounts are lines, or follow from lines by water-filling.

    It holds for ``start < t < end`` (``end`` ``None``: for ever).  ``uncovered`` is what no step pays; in ``doubts`` a
    run may decide otherwise, because it rounds.
    """

    start: Exact
    end: Exact | None
    turns: tuple[TurnResult, ...]
    uncovered: Moving
    doubts: tuple[Doubt, ...] = ()

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
    ends (``None``: it holds for ever), and ``ended`` why, if the walk was stopped.  All amounts are minor units.
    """

    plan: Plan
    variable: Variable
    start: int
    stop: Exact | None
    pieces: tuple[Piece, ...]
    spots: dict[Exact, Piece]
    ended: tuple[Diagnostic, ...] = ()

    @cached_property
    def _starts(self) -> list[Exact]:
        return [piece.start for piece in self.pieces]

    def piece_at(self, t: Exact, *, after: bool = False) -> Piece:
        """The piece that holds at ``t`` (``after``: just above it); at a breakpoint the run at that very value.

        Raises:
            ValueError: the profile does not go that far.
        """
        if t < self.start or (self.stop is not None and t > self.stop):
            raise ValueError(f"the profile does not hold at {t}: it goes from {self.start} to {self.stop}")
        if not after and t in self.spots:
            return self.spots[t]
        return self.pieces[bisect_right(self._starts, t) - 1]

    def exact(self, t: Exact) -> dict[Key, dict[str, Exact]]:
        """What each payer pays in each turn, ``(step, segment)``, at ``t``, exactly; all in minor units.

        Raises:
            ValueError: the profile does not go that far.
        """
        return self.piece_at(t).exact(t)

    def units(self, t: int) -> dict[Key, dict[str, int]]:
        """What each payer pays in each turn, ``(step, segment)``, in a run at ``t``, in whole minor units.

        Raises:
            ValueError: the profile does not go that far.
        """
        return self.piece_at(t).units(t)

    def curves(self, by: str = "payer", only: Collection[Any] | None = None) -> "dict[Any, Curve]":
        """The breakpoints of each payer, with values and slopes: a tuple of knots under its id.

        ``by`` may also be ``step`` (under its name), ``turn`` (``(step, segment)``), ``payer in turn`` (``(step,
        segment, payer)``) or ``uncovered``.  With ``only``, these names alone.

        Raises:
            KeyError: ``by`` is none of these.
        """
        from rulelang.profiles.curves import READINGS, curves

        return curves(self, READINGS[by], only)

    @cached_property
    def exactness(self) -> "Exactness":
        """By how much a run may differ from the lines, and where it may decide otherwise."""
        from rulelang.profiles.exactness import exactness_of

        return exactness_of((*self.pieces, *self.spots.values()))

    def to_dict(self, payers: Collection[str] | None = None, steps: Collection[str] | None = None) -> dict[str, Any]:
        """The profile as plain values: what ``rulelang profile --format json`` prints; or a part of it."""
        from rulelang.profiles.selection import Choice
        from rulelang.profiles.to_dict import to_dict

        return to_dict(self, Choice(payers, steps))


def make_profile(
    plan: Plan,
    variable: Variable,
    start: int = 0,
    stop: int | None = None,
    progress: Callable[[Exact], None] | None = None,
) -> Profile:
    """Walk from ``start`` to ``stop``, or to where nothing more can change.

    Raises:
        RunError: a run in this range meets what the rules do not allow; the diagnostic says from where on.
        RulelangError: some construct has no straight lines.
    """
    profile, error = reach(plan, variable, start, stop, progress)
    if error is not None:
        raise error
    assert profile is not None
    return profile


def follow(plan: Plan, variable: Variable, start: int = 0, stop: int | None = None) -> Profile:
    """As :func:`make_profile`, but where a run meets what the rules do not allow, the profile ends and says why.

    Raises:
        RunError: that is so at the very start.
        RulelangError: some construct has no straight lines.
    """
    profile, error = reach(plan, variable, start, stop)
    if profile is None or (error is not None and not isinstance(error, RunError)):
        assert error is not None
        raise error
    return profile


def reach(
    plan: Plan,
    variable: Variable,
    start: int = 0,
    stop: int | None = None,
    progress: Callable[[Exact], None] | None = None,
) -> tuple[Profile | None, RulelangError | None]:
    """As :func:`make_profile`, but what stops the walk is given back beside the profile up to there.

    Such a profile ends where the walk stopped, and holds below that value; it is ``None`` if there is none at all.
    """
    pieces: list[Piece] = []
    spots: dict[Exact, Piece] = {}
    at: Exact = start
    try:
        while True:
            piece, tied = _run(plan, variable, CarefulLines(at))
            if tied:
                spots[at], _ = _run(plan, variable, CarefulLines(at, above=False))
            if pieces and _continues(pieces[-1], piece):
                pieces[-1] = evolve(pieces[-1], end=piece.end, doubts=(*pieces[-1].doubts, *piece.doubts))
            else:
                pieces.append(piece)
            if piece.end is None or (stop is not None and piece.end > stop):
                break
            at = piece.end
            if at == stop:
                spots[at], _ = _run(plan, variable, CarefulLines(at, above=False))
                break
            if progress is not None:
                progress(at)
    except RulelangError as error:
        if not pieces or at == start:
            return None, error
        return Profile(plan, variable, start, at, tuple(pieces), _apart(pieces, spots), error.diagnostics), error
    return Profile(plan, variable, start, stop, tuple(pieces), _apart(pieces, spots)), None


def _run(plan: Plan, variable: Variable, domain: CarefulLines) -> tuple[Piece, bool]:
    evaluation: Evaluation | None = None
    try:
        data = variable.data(domain)
        evaluation = Evaluation(plan, domain, data)
        domain.turn = partial(getattr, evaluation, "turn")
        turns = evaluation.run()
        uncovered = evaluation.state.losses.total(range(len(plan.event.losses)))
    except (RuleViolation, NotStraight) as violation:
        turn = None if evaluation is None else evaluation.turn
        raise refused(plan, variable, domain, violation, turn) from None
    doubts = (doubt.within(domain.at, domain.until) for doubt in dict.fromkeys(domain.doubts))
    found = tuple(doubt for doubt in doubts if doubt is not None)
    return Piece(domain.at, domain.until, turns, uncovered, found), domain.tied


def _continues(one: Piece, other: Piece) -> bool:
    """Whether a piece only goes on as the one before it."""
    return one.uncovered == other.uncovered and one.turns == other.turns


def _apart(pieces: list[Piece], spots: dict[Exact, Piece]) -> dict[Exact, Piece]:
    """The spots at which the run is not where the piece above it begins, or may decide otherwise unlike there."""
    found = {}
    above = {piece.start: piece for piece in pieces}
    for t, spot in spots.items():
        piece = above.get(t) or next(piece for piece in reversed(pieces) if piece.start <= t)
        doubted = _doubted(spot, t) and not _doubted(piece, t)
        if doubted or spot.exact(t) != piece.exact(t) or value_at(spot.uncovered, t) != value_at(piece.uncovered, t):
            found[t] = spot
    return found


def _doubted(piece: Piece, t: Exact) -> bool:
    return any(doubt.holds_at(t) for doubt in piece.doubts)
