"""The profile: what every step and payer pays for every value of one variable, exactly.

The data are those of the walk (:mod:`rulelang.profiles.walk`); here is what is asked of them.
"""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any

from attrs import frozen

from rulelang.base.diagnostic import RulelangError, RunError
from rulelang.base.money import Exact
from rulelang.profiles.curves import READINGS, Curve, curves
from rulelang.profiles.exactness import Exactness, exactness_of
from rulelang.profiles.selection import Selection
from rulelang.profiles.to_dict import to_dict
from rulelang.profiles.variable import Variable
from rulelang.profiles.walk import USUAL_BUDGET, Budget, Walk, walk
from rulelang.run.plan import Plan


@frozen(slots=False)
class Profile(Walk):
    """A walk over the values of a variable, with its curves; all amounts are minor units."""

    @classmethod
    def of(cls, found: Walk) -> "Profile":
        """The profile that a walk has found."""
        return cls(found.plan, found.variable, found.start, found.stop, found.pieces, found.spots, found.ended)

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
    found, error = walk(plan, variable, start, stop, progress, budget)
    return None if found is None else Profile.of(found), error
