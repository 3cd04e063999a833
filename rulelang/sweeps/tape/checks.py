"""Overrides held against a rulebook and an event: whether there is what they vary, and whether it can vary."""

from collections.abc import Iterable, Sequence

from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.base.suggest import did_you_mean
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.sweeps.tape.overrides import Override, Source


def find_sources(program: CheckedProgram, event: Event, overrides: Sequence[Override]) -> tuple[Source, ...]:
    """The sources of some overrides.

    Raises:
        RulelangError: an override names what is not there, or what cannot vary; all such findings together.
    """
    found: list[Diagnostic] = []
    sources = []
    seen: set[Override] = set()
    for override in overrides:
        datum = _datum(program, override)
        complaints = list(_complaints(program, event, override, datum))
        if override in seen:
            complaints = [finding("duplicate-value", f"{override} is varied twice", help="keep one of the two")]
        seen.add(override)
        found += complaints
        sources.append(Source(override, datum))
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
    member = override.name if override.kind == "loss" else override.member
    if override.kind != "given" and member not in event.members:
        message = f"`{member}` is not a member in this event, so {override} cannot vary"
        yield finding("unknown-member", message, help=did_you_mean(member or "", event.members))
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
