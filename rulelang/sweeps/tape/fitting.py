"""Whether what is to vary is there, and may vary: the sources of a sweep, or the findings against its overrides."""

from collections.abc import Iterable, Iterator, Sequence

from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.base.suggest import did_you_mean
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.sweeps.tape.overrides import Override, Source
from rulelang.syntax import nodes


def find_sources(program: CheckedProgram, event: Event, overrides: Sequence[Override]) -> tuple[Source, ...]:
    """The sources of some overrides.

    Raises:
        RulelangError: an override names what is not there, or what cannot vary; all such findings together.
    """
    found: list[Diagnostic] = []
    sources = []
    seen: set[Override] = set()
    further = {loss.member for loss in event.losses if loss.further}
    for override in overrides:
        datum = _datum(program, override)
        complaints = list(_complaints(program, event, override, datum))
        if override in seen:
            complaints = [finding("duplicate-value", f"{override} is varied twice", help="keep one of the two")]
        if override.kind == "loss" and override.name:
            complaints += _defaulted_before(program, event, override, further)
        seen.add(override)
        found += complaints
        sources.append(Source(override, datum))
    if not found:
        found += _without_data(program, event, overrides)
    if found:
        raise RulelangError(found)
    return tuple(sources)


def _datum(program: CheckedProgram, override: Override) -> DatumProgram | None:
    if override.kind == "loss":
        return None
    return (program.fields if override.kind == "field" else program.givens).get(override.name)


def _complaints(
    program: CheckedProgram, event: Event, override: Override, datum: DatumProgram | None
) -> Iterable[Diagnostic]:
    if override.kind != "loss":
        table = program.fields if override.kind == "field" else program.givens
        if datum is None:
            message = f"the rulebook has no {override.kind} `{override.name}`"
            yield finding("unknown-name", message, help=did_you_mean(override.name, table))
            return
        if datum.type.kind is Kind.TEXT:
            message = f"{override} is text, and text cannot vary"
            yield finding("nothing-to-vary", message, help="a choice can: declare it as `one of …`")
        if datum.per_defaulter and override.defaulter is None:
            yield finding("unknown-member", f"{override} is per defaulter, but no defaulter is named")
        elif override.defaulter is not None and not datum.per_defaulter:
            yield finding("unknown-member", f"{override} is not per defaulter", help="leave the defaulter out")
    named = {"loss": (override.name or None,), "field": (override.member, override.defaulter), "given": ()}
    for member in named[override.kind]:
        if member is not None and member not in event.members:
            message = f"`{member}` is not a member in this event, so {override} cannot vary"
            yield finding("unknown-member", message, help=did_you_mean(member, event.members))
    per_segment = bool(program.segments) if datum is None else datum.per_segment
    yield from _segment(program, override, per_segment=per_segment)


def _segment(program: CheckedProgram, override: Override, *, per_segment: bool) -> Iterable[Diagnostic]:
    if per_segment and override.segment is None:
        yield finding("missing-segment", f"{override} is per segment, but no segment is named")
    elif override.segment is not None and not per_segment:
        yield finding("unknown-segment", f"{override} is not per segment", help="leave the segment out")
    elif override.segment is not None and override.segment not in program.segments:
        near = did_you_mean(override.segment, program.segments)
        yield finding("unknown-segment", f"no segment is called `{override.segment}`", help=near)


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
