"""What a walk over the values of a variable finds: the pieces of a profile, from one breakpoint to the next.

With everything else fixed, an amount is a piecewise straight line of the variable.  A run over lines just above a
breakpoint holds up to the next (:mod:`rulelang.profiles.line_domain`), where the next run is made
(:func:`rulelang.profiles.profile.reach`).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from attrs import frozen

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Currency, Exact, whole_if_possible
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.line_sharing import LineSharing
from rulelang.profiles.lines import Moving
from rulelang.profiles.variable import Variable
from rulelang.run.plan import Key, Plan
from rulelang.run.run_state import TurnResult

_Amount = TypeVar("_Amount", Exact, int)


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
    ends (``None``: it holds for ever), and ``ended`` why, if it was stopped.  All amounts are minor units: those that
    are paid of the rulebook's currency, values of the variable of its own.
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
        """The currency of what is paid."""
        return self.plan.program.currency

    def told_slope(self, slope: Exact) -> Exact:
        """A slope, which is minor units for each minor unit, as what is paid for each major unit of the variable."""
        more = self.variable.currency.decimals - self.currency.decimals
        return whole_if_possible(slope * Fraction(10) ** more) if more else slope

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
