"""Profiles from Python: a rulebook and an event, what varies, and how far."""

from rulelang.check.events.amounts import amount_in
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.profiles.profile import Profile, make_profile
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import make_plan


def profile(rulebook: CheckedProgram, event: Event, vary: str = "loss", to: int | str | None = None) -> Profile:
    """What every step and payer pays for every loss: exact breakpoints, values and slopes.

    ``vary`` says what moves while all else stays as the event has it: ``loss`` (all default losses in proportion), the
    id of a defaulter (its losses), or the name of a given amount; ``NAME.SEGMENT`` for one segment.  The profile goes
    from 0 to ``to`` (minor units, or an amount such as ``"EUR 5 billion"``), or to where nothing more can change.

    The profile answers with ``curves()``, ``exact(t)``, ``units(t)``, ``exactness`` and ``to_dict()``; see
    :class:`rulelang.profiles.profile.Profile`.

    Raises:
        RunError: a run in this range meets what the rules do not allow; the diagnostic says from where on.
        RulelangError: the event has nothing of that name, or some construct has no straight lines.
    """
    plan = make_plan(rulebook, event)
    stop = None if to is None else amount_in(to, rulebook.currency)
    return make_profile(plan, find_variable(plan, vary), stop=stop)
