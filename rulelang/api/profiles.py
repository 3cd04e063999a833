"""Profiles from Python: a rulebook and an event, what varies, and how far."""

from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.profiles.profile import Profile, make_profile
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import make_plan


def profile(rulebook: CheckedProgram, event: Event, vary: str = "loss", to: int | str | None = None) -> Profile:
    """What every step and payer pays for every loss: exact breakpoints, values and slopes.

    ``vary`` says what varies while all else stays as the event has it: ``loss`` (all default losses in proportion), the
    id of a defaulter (its losses), or the name of a given amount; ``NAME.SEGMENT`` for one segment.  The profile goes
    from 0 to ``to`` (minor units, or an amount such as ``"EUR 5 billion"``), or to where nothing more can change.

    A given in another currency than the rulebook's varies in its own, and ``to`` is an amount in that; slopes of
    ``curves()`` are minor units of what is paid for each minor unit of it.

    The profile answers with ``curves()``, ``exact(t)``, ``units(t)``, ``exactness`` and ``to_dict()``; see
    :class:`rulelang.profiles.profile.Profile`.

    Raises:
        RunError: a run in this range meets what the rules do not allow; the diagnostic says from where on.
        RulelangError: the event has nothing of that name, or some construct has no straight lines.
    """
    plan = make_plan(rulebook, event)
    variable = find_variable(plan, vary)
    stop = None if to is None else variable.units(to)
    return make_profile(plan, variable, stop=stop)
