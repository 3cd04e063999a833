"""The walk from one breakpoint to the next: the pieces of a profile, and what stops it.

With everything else fixed, an amount is a piecewise straight line of the variable.  A run over lines just above a
breakpoint holds up to the next (:mod:`rulelang.profiles.line_domain`), where the next run is made.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from time import monotonic
from typing import TypeVar

from attrs import evolve, frozen

from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.money import Currency, Exact
from rulelang.check.breakpoints import MOST_BREAKPOINTS
from rulelang.profiles.diagnostics import refused, too_many
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.line_domain import LineDomain
from rulelang.profiles.line_sharing import LineSharing
from rulelang.profiles.lines import Moving, NotStraight, value_at
from rulelang.profiles.variable import Variable
from rulelang.run.plan import Key, Plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import TurnResult
from rulelang.run.waterfall import Evaluation

_Amount = TypeVar("_Amount", Exact, int)


@frozen
class Budget:
    """How far a walk goes: past so many breakpoints, and (``None``: without end) for so many seconds.

    The seconds are off unless somebody asks for them, since with them the same question may get another answer.
    """

    breakpoints: int = MOST_BREAKPOINTS
    seconds: int | None = None

    def spent(self, passed: int, began: float) -> bool:
        """Whether a walk that began then and has passed so many breakpoints goes no further."""
        return passed > self.breakpoints or (self.seconds is not None and monotonic() - began > self.seconds)


USUAL_BUDGET = Budget()


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
        """What each payer pays in each turn at ``t``, exactly; the passes and rounds of a turn are added up."""
        return self._paid(lambda sharing: sharing.exact(t))

    def units(self, t: int) -> dict[Key, dict[str, int]]:
        """As :meth:`exact`, in whole minor units: what a run at ``t`` gives, which rounds in each pass and round."""
        return self._paid(lambda sharing: sharing.units(t))

    def _paid(self, told: Callable[[LineSharing], Sequence[_Amount]]) -> dict[Key, dict[str, _Amount]]:
        found: dict[Key, dict[str, _Amount]] = {}
        for turn in self.turns:
            if turn.payments is not None:
                paid = found.setdefault(turn.turn.key, {})
                for payer, amount in zip(turn.payers, turn.payments.gathered(told), strict=True):
                    paid[payer] = paid.get(payer, 0) + amount
        return found

    def doubted_at(self, t: Exact) -> bool:
        """Whether a run at ``t`` may decide otherwise."""
        return any(doubt.holds_at(t) for doubt in self.doubts)


@frozen(slots=False)
class Walk:
    """All pieces from ``start`` on, in order, and the breakpoints at which the run differs from both sides.

    ``spots`` holds, for such a breakpoint, the turns at that very value of the variable.  ``stop`` is where the walk
    ends (``None``: it holds for ever), and ``ended`` why, if it was stopped.  All amounts are minor units.
    """

    plan: Plan
    variable: Variable
    start: int
    stop: Exact | None
    pieces: tuple[Piece, ...]
    spots: dict[Exact, Piece]
    ended: tuple[Diagnostic, ...] = ()

    @property
    def currency(self) -> Currency:
        """The currency of all amounts."""
        return self.plan.program.currency

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


def walk(
    plan: Plan,
    variable: Variable,
    start: int = 0,
    stop: int | None = None,
    progress: Callable[[Exact], None] | None = None,
    budget: Budget = USUAL_BUDGET,
) -> tuple[Walk | None, RulelangError | None]:
    """Walk from ``start`` to ``stop``, or to where nothing more can change; what stopped the walk is given beside it.

    A walk that was stopped ends there, and holds below that value; it is ``None`` if there is none at all.
    """
    pieces: list[Piece] = []
    spots: dict[Exact, Piece] = {}
    at: Exact = start
    passed, began = 0, monotonic()
    domain = LineDomain(at)
    try:
        while True:
            piece, tied = _run(plan, variable, domain)
            if tied:
                spots[at], _ = _run(plan, variable, LineDomain(at, above=False))
            if pieces and _continues(pieces[-1], piece):
                pieces[-1] = evolve(pieces[-1], end=piece.end, doubts=(*pieces[-1].doubts, *piece.doubts))
            else:
                pieces.append(piece)
            if piece.end is None or (stop is not None and piece.end > stop):
                break
            at = piece.end
            domain = LineDomain(at)
            if at == stop:
                spots[at], _ = _run(plan, variable, LineDomain(at, above=False))
                break
            passed += 1
            if budget.spent(passed, began):
                raise too_many(plan, variable, at, passed, budget.seconds if passed <= budget.breakpoints else None)
            if progress is not None:
                progress(at)
    except RulelangError as error:
        if not pieces or at == start:
            return None, error
        before = (doubt for doubt in _doubts(domain) if doubt.start < at)
        pieces[-1] = evolve(pieces[-1], doubts=(*pieces[-1].doubts, *before))
        return Walk(plan, variable, start, at, tuple(pieces), _apart(pieces, spots), error.diagnostics), error
    return Walk(plan, variable, start, stop, tuple(pieces), _apart(pieces, spots)), None


def _run(plan: Plan, variable: Variable, domain: LineDomain) -> tuple[Piece, bool]:
    """The run at a place of the variable, and whether the run at that very value may be another one."""
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
    return Piece(domain.at, domain.until, turns, uncovered, _doubts(domain)), domain.tied


def _doubts(domain: LineDomain) -> tuple[Doubt, ...]:
    end = domain.until if domain.above else domain.at
    doubts = (doubt.of_piece(domain.at, end) for doubt in dict.fromkeys(domain.doubts))
    return tuple(doubt for doubt in doubts if doubt is not None)


def _continues(one: Piece, other: Piece) -> bool:
    """Whether a piece only goes on as the one before it."""
    return one.uncovered == other.uncovered and one.turns == other.turns


def _apart(pieces: list[Piece], spots: dict[Exact, Piece]) -> dict[Exact, Piece]:
    """The spots at which the run is not where the piece above it begins, or may decide otherwise unlike there."""
    starts = [piece.start for piece in pieces]
    found = {}
    for t, spot in spots.items():
        piece = pieces[bisect_right(starts, t) - 1]
        doubted = spot.doubted_at(t) and not piece.doubted_at(t)
        if doubted or spot.exact(t) != piece.exact(t) or value_at(spot.uncovered, t) != value_at(piece.uncovered, t):
            found[t] = spot
    return found
