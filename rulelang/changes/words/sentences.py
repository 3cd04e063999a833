"""The one sentence of a verdict."""

from collections.abc import Sequence
from typing import assert_never

from rulelang.base.money import Currency, Exact
from rulelang.changes.edits.structure import StructureChanges
from rulelang.changes.event_comparison import EventComparison
from rulelang.changes.verdict import Level
from rulelang.changes.words.extent import told
from rulelang.changes.words.phrases import event_named, spoken
from rulelang.explain.sentences.words import plural
from rulelang.model.result_columns import UNCOVERED


def sentence_of(
    level: Level, structure: StructureChanges, events: Sequence[EventComparison], currency: Currency
) -> str:
    """Why the verdict is what it is."""
    count = len(structure.edits)
    rounded = any(event.rounding_only for event in events)
    match level:
        case Level.IDENTICAL:
            return "both versions say the same" + ("; what payers pay differs by rounding only" * rounded)
        case Level.TEXT:
            none = f"none of the {count:,} edits can change an allocation"
            text = "the one edit can change no allocation" if count == 1 else none
            return text + ("; what payers pay differs by rounding only" * rounded)
        case Level.STRUCTURE if not events:
            return f"{plural(count, 'edit')}; no event was given, so nothing is said of what payers pay"
        case Level.STRUCTURE:
            return f"{plural(count, 'edit')}, but nobody pays more or less" + (" than rounding makes of it" * rounded)
        case Level.MEMBERS:
            members = _members_sentence(_telling(level, events), currency)
            return f"every class of payers pays the same in all, but {members}"
        case Level.TOTALS:
            return _classes_sentence(_telling(level, events), currency)
        case Level.ORDER:
            return _order_sentence(_telling(level, events), currency)
        case Level.DOES_NOT_RUN:
            refused = _telling(level, events)
            return f"in {event_named(refused)} the new version does not run: {refused.refusal[0].message}"
    assert_never(level)


def _telling(level: Level, events: Sequence[EventComparison]) -> EventComparison:
    """Of the events with this level, the one in which a class of payers (or a payer) differs most."""

    def weight(event: EventComparison) -> tuple[bool, Exact]:
        changes = [*event.classes.values(), *(each.amount for each in event.payers)]
        return max((change.size for change in changes if change.matters), default=(False, 0))

    return max((event for event in events if event.level is level), key=weight)


def _classes_sentence(event: EventComparison, currency: Currency) -> str:
    """Which class of payers gains or loses most."""
    changed = [(name, change) for name, change in event.classes.items() if change.matters]
    name, change = max(changed, key=lambda row: (row[0] != UNCOVERED, *row[1].size))
    return f"{told(name, change, event, currency)} (in {event_named(event)})"


def _order_sentence(event: EventComparison, currency: Currency) -> str:
    """Which classes of payers a growing loss reaches in another order, and which of them gains or loses most."""
    assert event.reordered is not None
    one, other = event.reordered
    return f"a growing loss now reaches {spoken(other)} before {spoken(one)}; {_classes_sentence(event, currency)}"


def _members_sentence(event: EventComparison, currency: Currency) -> str:
    """How many payers differ, and who most."""
    changed = [each for each in event.payers if each.amount.matters]
    most = max(changed, key=lambda each: each.amount.size)
    count = "one payer differs" if len(changed) == 1 else f"{len(changed):,} payers differ, most of them `{most.payer}`"
    return f"{count}: {told(most.payer, most.amount, event, currency)} (in {event_named(event)})"
