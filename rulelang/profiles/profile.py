"""The profile: what every step and payer pays for every value of one variable, exactly.

It is what a walk from one breakpoint to the next finds (:mod:`rulelang.profiles.walk`), and what is asked of that.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection
from functools import cached_property, partial
from time import monotonic
from typing import Any

from attrs import evolve, frozen

from rulelang.base.diagnostic import RulelangError, RunError
from rulelang.base.money import Exact
from rulelang.check.breakpoints import MOST_BREAKPOINTS
from rulelang.profiles.curves import READINGS, Curve, curves
from rulelang.profiles.diagnostics import refused, too_many
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.exactness import Exactness, exactness_of
from rulelang.profiles.line_domain import LineDomain
from rulelang.profiles.lines import NotStraight, value_at
from rulelang.profiles.selection import Selection
from rulelang.profiles.to_dict import to_dict
from rulelang.profiles.variable import Variable
from rulelang.profiles.walk import Piece, Walk
from rulelang.run.plan import Plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.waterfall import Evaluation


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


@frozen(slots=False)
class Profile(Walk):
    """A walk over the values of a variable, with its curves; all amounts are minor units, each of its own currency."""

    def curves(self, by: str = "payer", only: Collection[Any] | None = None) -> dict[Any, Curve]:
        """The breakpoints of each payer, with values and slopes: a tuple of knots under its id.

        ``by`` may also be ``step`` (under its name), ``turn`` (``(step, segment)``), ``payer in turn`` (``(step,
        segment, payer)``) or ``uncovered``.  With ``only``, these names alone.

        Raises:
            KeyError: ``by`` is none of these.
        """
        return curves(self, READINGS[by], only)

    @cached_property
    def exactness(self) -> Exactness:
        """By how much a run may differ from the lines, and where it may decide otherwise."""
        return exactness_of(self)

    def to_dict(self, payers: Collection[str] | None = None, steps: Collection[str] | None = None) -> dict[str, Any]:
        """The profile as plain values: what ``rulelang profile --format json`` prints; or a part of it."""
        return to_dict(self, Selection(payers, steps))


def make_profile(
    plan: Plan,
    variable: Variable,
    stop: int | None = None,
    progress: Callable[[Exact], None] | None = None,
    budget: Budget = USUAL_BUDGET,
) -> Profile:
    """Walk from 0 to ``stop``, or to where nothing more can change.

    Raises:
        RunError: a run in this range meets what the rules do not allow; the diagnostic says from where on.
        RulelangError: some construct has no straight lines, or there are more breakpoints than the budget has.
    """
    profile, error = reach(plan, variable, 0, stop, progress, budget)
    if profile is None or error is not None:
        assert error is not None
        raise error
    return profile


def follow(plan: Plan, variable: Variable, stop: int | None = None) -> Profile:
    """As :func:`make_profile`, but where a run meets what the rules do not allow, the profile ends and says why.

    Raises:
        RunError: that is so at the very start.
        RulelangError: some construct has no straight lines, or there are more breakpoints than the budget has.
    """
    profile, error = reach(plan, variable, stop=stop)
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
    budget: Budget = USUAL_BUDGET,
) -> tuple[Profile | None, RulelangError | None]:
    """As :func:`make_profile`, but from ``start`` on; what stops the walk is given back beside the profile up to there.

    Such a profile ends where the walk stopped, and holds below that value; it is ``None`` if there is none at all.
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
            if pieces and pieces[-1].uncovered == piece.uncovered and pieces[-1].turns == piece.turns:  # it goes on
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
        return Profile(plan, variable, start, at, tuple(pieces), _apart(pieces, spots), error.diagnostics), error
    return Profile(plan, variable, start, stop, tuple(pieces), _apart(pieces, spots)), None


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
