"""Two versions of a rulebook compared: what changed in the text, who pays differently, and the verdict."""

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from rulelang.base.diagnostic import RulelangError, RunError, finding
from rulelang.base.money import Currency, Exact
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.run.interpret import interpret
from rulelang.views.changes.allocations import EventComparison, Version, compare_event
from rulelang.views.changes.sentences import compared_words, sentence_of
from rulelang.views.changes.structure import StructureChanges, compare_structure
from rulelang.views.changes.verdict import Level, Verdict


@frozen
class Comparison:
    """A rulebook and its new version: the edits, the events compared, and the verdict over all."""

    old: CheckedProgram
    new: CheckedProgram
    structure: StructureChanges
    events: tuple[EventComparison, ...]
    verdict: Verdict

    @property
    def currency(self) -> Currency:
        """The currency that both versions settle in."""
        return self.old.currency


@frozen
class EventPair:
    """One default, as an event for the old version and one for the new; or why the new version cannot take it."""

    old: Event
    new: Event | RulelangError


def compare_versions(
    old: CheckedProgram,
    new: CheckedProgram,
    events: Sequence[EventPair],
    vary: str | None = "loss",
    to: int | None = None,
) -> Comparison:
    """Compare two versions over some events; see :func:`rulelang.views.changes.allocations.compare_event`.

    Raises:
        RulelangError: the versions or the two sides of an event cannot be compared, the old version does not run, or
            what is paid is no straight line of what varies.
    """
    structure = compare_structure(old, new)
    if old.currency != new.currency:
        raise RulelangError([_other_currency(old, new)])
    for pair in events:
        if isinstance(pair.new, Event):
            _same_default(pair.old, pair.new)
    found = tuple(_compare(old, new, structure, pair, vary, to) for pair in events)
    return Comparison(old, new, structure, found, _verdict(structure, found, old.currency))


def _compare(
    old: CheckedProgram, new: CheckedProgram, structure: StructureChanges, pair: EventPair, vary: str | None, to: Any
) -> EventComparison:
    """One event; a new version that cannot take it or run it is a result, not an error."""
    interpret(old, pair.old)
    refusal: RulelangError | None = pair.new if isinstance(pair.new, RulelangError) else None
    if isinstance(pair.new, Event):
        try:
            interpret(new, pair.new)
        except RunError as error:
            refusal = error
        else:
            return compare_event(Version(old, pair.old), Version(new, pair.new), structure.steps, vary, to)
    assert refusal is not None
    return EventComparison(pair.old, Level.DOES_NOT_RUN, refusal=refusal.diagnostics)


def _verdict(structure: StructureChanges, events: Sequence[EventComparison], currency: Currency) -> Verdict:
    text = Level.IDENTICAL if structure.identical else Level.TEXT if structure.text_only else Level.STRUCTURE
    level = max((text, *(event.level for event in events)))
    return Verdict(level, sentence_of(level, structure, events, currency), compared_words(events, currency))


def _other_currency(old: CheckedProgram, new: CheckedProgram) -> Any:
    message = f"the old version settles in {old.currency.code}, the new one in {new.currency.code}"
    return finding("not-comparable", message, help="compare versions of one currency")


def _same_default(old: Event, new: Event) -> None:
    """Refuse two events that are not the same default: other members, other losses."""
    missing = sorted({*old.members} ^ {*new.members})
    if missing:
        shown = ", ".join(f"`{member}`" for member in missing[:5]) + (" …" if len(missing) > 5 else "")
        there, lacking = ("new", "old") if missing[0] in new.members else ("old", "new")
        message = f"the {lacking} version's event has no member {shown}, which the {there} one has"
        raise RulelangError([finding("not-comparable", message, help="give both versions the same members")])
    if _losses(old) != _losses(new):
        message = f'the events "{old.title}" and "{new.title}" have different losses'
        raise RulelangError([finding("not-comparable", message, help="compare both versions under the same default")])


def _losses(event: Event) -> dict[str, int]:
    totals: dict[str, int] = {}
    for loss in event.losses:
        totals[loss.member] = totals.get(loss.member, 0) + loss.amount
    return totals


def largest_differences(event: EventComparison) -> Iterable[tuple[str, Exact]]:
    """The largest difference of each payer that differs, for a summary."""
    for each in event.payers:
        if each.amount.matters and each.amount.over is not None:
            yield each.payer, each.amount.over.extreme.amount
