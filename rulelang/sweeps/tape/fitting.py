"""Whether what is to vary may vary: the sources of a sweep, or the findings against its overrides."""

from collections.abc import Iterator, Sequence

from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import CheckedProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.sweeps.tape.overrides import Override, Source, scale_of
from rulelang.syntax import nodes


def find_sources(program: CheckedProgram, event: Event, overrides: Sequence[Override]) -> tuple[Source, ...]:
    """The sources of some overrides, which name data of the rulebook, members and segments.

    Raises:
        RulelangError: an override stands twice, is of a default that cannot be, or something is missing of one that may
            be; all such findings together.
    """
    found: list[Diagnostic] = []
    seen: set[Override] = set()
    further = {loss.member for loss in event.losses if loss.further}
    for override in overrides:
        if override in seen:
            found.append(finding("duplicate-value", f"{override} is varied twice", help="keep one of the two"))
        if override.kind == "loss" and override.name:
            found += _defaulted_before(program, event, override, further)
        seen.add(override)
    if not found:
        found += _without_data(program, event, overrides)
    if found:
        raise RulelangError(found)
    return tuple(Source(override, scale_of(override.datum(program))) for override in overrides)


def _defaulted_before(
    program: CheckedProgram, event: Event, override: Override, further: set[str | None]
) -> Iterator[Diagnostic]:
    """What is said of a member that has defaulted before, and of one beside such members."""
    defaulted = {member: day for day, member in event.past.defaulted}
    if override.name in further:
        return
    if override.name in defaulted:
        message = f"`{override.name}` has defaulted on {defaulted[override.name]} already, so {override} cannot vary"
        advice = f"give the event a line such as `further loss of {override.name}`, which then varies"
        yield finding("defaults-again", message, help=advice)
    elif further and not program.in_turn:
        message = f"{override} would be of a new default, beside the further loss of an earlier one"
        yield finding("losses-apart", message, help="run them as two events")


def _without_data(program: CheckedProgram, event: Event, overrides: Sequence[Override]) -> Iterator[Diagnostic]:
    """What there is per defaulter and not given for somebody who may default."""
    failing = dict.fromkeys(
        (*(each.name for each in overrides if each.kind == "loss" and each.name), *event.defaulters)
    )
    varied = {(each.name, each.defaulter, each.member) for each in overrides if each.defaulter is not None}
    for datum in program.fields.values():
        for defaulter in failing if datum.per_defaulter and datum.if_missing is None else ():
            known = event.with_defaulters.get(datum.name, {}).get(defaulter, {})
            missing = [
                member
                for member in event.members
                if known.get(member) is None and (datum.name, defaulter, member) not in varied
            ]
            if missing:
                what = f"`{datum.name} with {defaulter}` of member `{missing[0]}`"
                message = f"{what} is missing, and `{defaulter}` may default"
                advice = f"give it in the event, or add a column `{datum.name}.{missing[0]}.{defaulter}`"
                yield finding("missing-value", message, help=advice)


def takes_days_or_groups(program: CheckedProgram) -> bool:
    """Whether something hangs on a day or on groups of members that a sweep can only take as the event has it."""
    moves = (Kind.BUSINESS_DAYS, Kind.MONTHS)
    return any(
        isinstance(node, nodes.AsOf)
        or (isinstance(node, nodes.Aggregate) and node.by is not None)
        or (id(node) in program.types and program.types[id(node)].type.kind in moves)
        for each in children(program.rulebook)
        for node in walk(each)
    )
