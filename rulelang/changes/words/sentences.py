"""The one sentence of a verdict, and what it was found for."""

from collections.abc import Iterable, Sequence

from rulelang.base.money import Currency, Exact, size_of
from rulelang.changes.amounts import UNCOVERED, Change, EventComparison
from rulelang.changes.edits.structure import StructureChanges
from rulelang.changes.verdict import Level
from rulelang.document.cells import cut_off
from rulelang.profiles.difference import Difference, Extreme

SPOKEN = {
    "ccp": "the CCP",
    "survivors": "the surviving members",
    "defaulters": "the defaulters",
    UNCOVERED: "what stays uncovered",
}
"""Classes of payers as a person would say them; parties go by their names."""

_MANY = ("survivors", "defaulters")
_LOSS = "the loss"


def spoken(name: str) -> str:
    """A class of payers in words."""
    return SPOKEN.get(name, f"`{name}`")


def shown(amount: Exact, currency: Currency) -> str:
    """An amount for people, in whole minor units (cut off); exact ones are in the JSON."""
    return currency.show(cut_off(amount))


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, thing: str) -> str:
    """``1 edit``, ``2 edits``."""
    return f"{number:,} {thing}" + ("s" if number != 1 else "")


# ------------------------------------------------------------------------------------------------------- the sentence


def sentence_of(
    level: Level, structure: StructureChanges, events: Sequence[EventComparison], currency: Currency
) -> str:
    """Why the verdict is what it is."""
    edits = counted(len(structure.edits), "edit")
    worst = _telling(level, events)
    rounded = any(event.rounding_only for event in events)
    match level:
        case Level.IDENTICAL:
            return "both versions say the same" + ("; what payers pay differs by rounding only" * rounded)
        case Level.TEXT:
            return _text_only(len(structure.edits)) + ("; what payers pay differs by rounding only" * rounded)
        case Level.STRUCTURE if not events:
            return f"{edits}; no event was given, so nothing is said of what payers pay"
        case Level.STRUCTURE:
            return f"{edits}, but nobody pays more or less" + (" than rounding makes of it" * rounded)
        case Level.DOES_NOT_RUN:
            assert worst is not None
            return f"in {_named(worst)} the new version does not run: {worst.refusal[0].message}"
    assert worst is not None
    if level is Level.MEMBERS:
        return f"every class of payers pays the same in all, but {_members_sentence(worst, currency)}"
    if level is Level.TOTALS:
        return _classes_sentence(worst, currency)
    assert worst.reordered is not None
    one, other = worst.reordered
    return f"a growing loss now reaches {spoken(other)} before {spoken(one)}; {_classes_sentence(worst, currency)}"


def _telling(level: Level, events: Sequence[EventComparison]) -> EventComparison | None:
    """Of the events with this level, the one in which a class of payers (or a payer) differs most."""

    def weight(event: EventComparison) -> tuple[bool, Exact]:
        changes = [*event.classes.values(), *(each.amount for each in event.payers)]
        return max((_size(change) for change in changes if change.matters), default=(False, 0))

    return max((event for event in events if event.level is level), key=weight, default=None)


def _text_only(count: int) -> str:
    return (
        "the one edit can change no allocation"
        if count == 1
        else f"none of the {count:,} edits can change an allocation"
    )


def _named(event: EventComparison) -> str:
    return f'"{event.event.title}"'


def _classes_sentence(event: EventComparison, currency: Currency) -> str:
    """Which class of payers gains or loses most."""
    changed = [(name, change) for name, change in event.classes.items() if change.matters]
    name, change = max(changed, key=lambda row: (row[0] != UNCOVERED, *_size(row[1])))
    return f"{told(name, change, event, currency)} (in {_named(event)})"


def _members_sentence(event: EventComparison, currency: Currency) -> str:
    """How many payers differ, and who most."""
    changed = [each for each in event.payers if each.amount.matters]
    most = max(changed, key=lambda each: _size(each.amount))
    count = "one payer differs" if len(changed) == 1 else f"{len(changed):,} payers differ, most of them `{most.payer}`"
    return f"{count}: {told(most.payer, most.amount, event, currency)} (in {_named(event)})"


def _size(change: Change) -> tuple[bool, Exact]:
    if change.over is None:
        return False, abs(change.difference)
    return change.over.extreme.unbounded, size_of(change.over.extreme.amount)


def told(name: str, change: Change, event: EventComparison, currency: Currency) -> str:
    """Who pays how much more or less, where most, and from where on."""
    if change.over is None:
        more = "more" if change.difference > 0 else "less"
        return f"{_pays(name, f'{currency.show(abs(change.difference))} {more}')} at the event's own loss"
    variable = event.varied or _LOSS
    return f"{_pays(name, extent(change.over, currency))}{reach(change.over, variable, currency)}"


def _pays(name: str, amount: str) -> str:
    if name == UNCOVERED:
        return f"{amount} stays uncovered"
    return f"{spoken(name)} {'pay' if name in _MANY else 'pays'} {amount}"


def extent(over: Difference, currency: Currency) -> str:
    """By how much an amount differs at most."""
    more = _more(over)
    return more if over.extreme.unbounded else f"up to {shown(size_of(over.extreme.amount), currency)} {more}"


def _more(over: Difference) -> str:
    extreme = over.extreme
    sign = over.bands[-1].sign if extreme.unbounded else extreme.amount
    return "more" if sign > 0 else "less"


def reach(over: Difference, variable: str, currency: Currency) -> str:
    """Where an amount begins to differ, where it differs most, and whether it turns round."""
    other = f", elsewhere {'less' if _more(over) == 'more' else 'more'}" if over.direction == "crosses" else ""
    extreme, first = over.extreme, over.first or 0
    if extreme.unbounded:
        growing = shown(over.bands[-1].start, currency)
        return f" from where {variable} is {growing} on, by a difference that grows with {variable} without end{other}"
    if over.bands[-1].end == first:
        return f", but only where {variable} is exactly {shown(first, currency)}"
    if first == extreme.at:
        return f" from where {variable} is {shown(first, currency)} on{other}"
    begins = f"{other}; the difference begins where {variable} is {shown(first, currency)}"
    return f"{begins} and is largest where it is {where(extreme, currency)}"


def where(extreme: Extreme, currency: Currency) -> str:
    """Where the largest difference is."""
    return f"{'just above ' if extreme.side == 'above' else ''}{shown(extreme.at, currency)}"


# ------------------------------------------------------------------------------------------------- what was compared


def compared_words(events: Sequence[EventComparison], currency: Currency) -> str:
    """For which events and losses a verdict was found."""
    if not events:
        return "the texts alone, under no event"
    ran = [event for event in events if not event.refusal]
    parts = [f"{counted(len(ran), 'event')}, {_values(ran)}"] if ran else []
    parts.extend(_stops(ran, currency))
    doubted = [_named(event) for event in ran if event.doubts]
    if doubted:
        parts.append(f"where rounding may decide otherwise in {listed(doubted)}, nothing is said")
    refused = [_named(event) for event in events if event.refusal]
    if refused:
        parts.append(f"the new version does not run in {listed(refused)}, so nothing was compared there")
    return "; ".join(parts)


def _values(events: Sequence[EventComparison]) -> str:
    varied = next((event.varied for event in events if event.varied is not None), None)
    if varied is None:
        return "at its own loss only" if len(events) == 1 else "each at its own loss only"
    return range_words(varied)


def range_words(varied: str) -> str:
    """The values for which amounts were compared."""
    return "for every loss from 0 on" if varied == _LOSS else f"for every value of {varied} from 0 on"


def _stops(events: Sequence[EventComparison], currency: Currency) -> Iterable[str]:
    """Where the comparison of events stopped, and why; events that stopped alike are told together."""
    alike: dict[str, list[EventComparison]] = {}
    for event in events:
        if event.until is not None:
            alike.setdefault(stop_words(event, currency), []).append(event)
    for words, stopped in alike.items():
        named = "" if len(stopped) == len(events) else f"in {listed(map(_named, stopped))} "
        yield f"{named}{words}"


def stop_words(event: EventComparison, currency: Currency) -> str:
    """How far an event was compared, and why no further."""
    until = f"only up to {shown(event.until or 0, currency)}"
    return f"{until}, where the rules end: {why_ended(event)}" if event.ended else until


def why_ended(event: EventComparison) -> str:
    """What the rules do not allow above the place where a comparison stopped, without saying again where that is."""
    message, comma, place = event.ended[0].message.rpartition(", where ")
    told = message if comma else place
    told, comma, step = told.rpartition(", in step ")
    return f"{told}, in step {step}" if comma and step not in told else told or step
