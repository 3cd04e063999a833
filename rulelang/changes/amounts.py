"""What two versions of a rulebook make everybody pay in one event: at the event's own loss, and for every loss.

At the event's own loss both versions were run by the interpreter.  For every other loss their profiles are compared
(:mod:`rulelang.profiles.compare`), which needs amounts that are straight lines of the loss.
"""

from collections.abc import Mapping

from rulelang.base.apportion import round_down
from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.base.two_currencies import currencies_apart
from rulelang.changes.event_comparison import EventComparison, Profiles, Version
from rulelang.changes.match.renames import knowing
from rulelang.changes.payer_changes import class_changes, order_of_classes, payer_changes
from rulelang.changes.step_changes import step_changes
from rulelang.profiles.compare import common_stop
from rulelang.profiles.profile import Profile, follow
from rulelang.profiles.variable import Variable, find_variable
from rulelang.run.plan import make_plan


def compare_event(
    old: Version, new: Version, steps: Mapping[str, str], vary: str | None = "loss", to: int | str | None = None
) -> EventComparison:
    """Compare two versions in one event.

    ``steps`` gives the new name of each step that both have; ``vary`` is the word for what varies (see
    :func:`rulelang.profiles.variable.find_variable`), ``None`` to compare the event's own loss alone; ``to`` is where
    to stop, in minor units or as an amount, in the currency of what varies.

    Raises:
        RunError: a version does not run on the way from nothing to the event's loss.
        RulelangError: what is to vary is not there or in two currencies, or what is paid is no straight line of it.
    """
    profiles = None if vary is None else _profiles(old, new, vary, to)
    before, after = profiles or (None, None)
    return EventComparison(
        old.event,
        None if before is None else before.variable.words,
        None if before is None else before.variable.foreign,
        None if profiles is None else common_stop(*profiles),
        tuple(step_changes(old, new, steps, profiles)),
        tuple(payer_changes(old, new, profiles)),
        class_changes(old, new, profiles),
        order_of_classes(old, before),
        order_of_classes(new, after),
        ended=_ended(profiles),
        runs=(old.allocation, new.allocation),
        profiles=profiles,
    )


def _profiles(old: Version, new: Version, vary: str, to: int | str | None) -> tuple[Profile, Profile]:
    """The profiles of both versions, up to where the rules of each end.

    Raises:
        RulelangError: what varies is in another currency, or in other minor units of it, in each version.
    """
    before, after = (
        find_variable(make_plan(version.program, version.event), _called(vary, version, other))
        for version, other in ((old, new), (new, old))
    )
    if before.currency != after.currency:
        message = currencies_apart(before.currency, after.currency, before.words)
        advice = "let something else vary, or compare at the events' own losses only, with `--fixed`"
        raise RulelangError([finding("not-comparable", message, help=advice)])
    stop = None if to is None else before.units(to)
    return _profile(before, stop), _profile(after, stop)


def _called(vary: str, version: Version, other: Version) -> str:
    """The word for what varies as a version says it: a given may be called otherwise in the other one."""
    name, dot, segment = vary.partition(".")
    if name in version.event.members:
        return vary
    return knowing(version.program, other.program).data_by_any_name.get(name, name) + dot + segment


def _profile(variable: Variable, to: int | None) -> Profile:
    """The profile of a version over what varies in it, up to where its rules end.

    Raises:
        RulelangError: it ends below what the event itself has, so a difference there would be left out.
    """
    found = follow(variable.plan, variable, to)
    own = variable.value
    if found.stop is None or own is None or own <= found.stop:
        return found
    show = variable.currency.show
    stop = show(round_down(found.stop))
    message = f"the comparison ends where {variable.words} is {stop}, below the event's own {show(own)}"
    why = [] if not found.ended else [found.ended[0].message]
    advice = "go at least that far with `--to`, or compare at the events' own losses only, with `--fixed`"
    raise RulelangError([finding("not-comparable", message, help=advice, notes=why)])


def _ended(profiles: Profiles) -> tuple[Diagnostic, ...]:
    """Why the first of two profiles ends, if its rules do."""
    if profiles is None:
        return ()
    stop = common_stop(*profiles)
    return next((profile.ended for profile in profiles if profile.ended and profile.stop == stop), ())
