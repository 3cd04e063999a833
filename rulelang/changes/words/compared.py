"""For which events and values a verdict was found, and where a comparison stopped."""

from collections.abc import Iterator, Sequence

from rulelang.base.gather import collected
from rulelang.base.money import Currency
from rulelang.changes.event_comparison import EventComparison
from rulelang.changes.words.phrases import THE_LOSS, event_named, shown
from rulelang.explain.sentences.words import listing, plural


def compared_words(events: Sequence[EventComparison], currency: Currency) -> str:
    """For which events and losses a verdict was found."""
    if not events:
        return "the texts alone, under no event"
    ran = [event for event in events if not event.refusal]
    parts = [f"{plural(len(ran), 'event')}, {_values(ran)}"] if ran else []
    parts.extend(_stops(ran, currency))
    doubted = [event_named(event) for event in ran if event.doubts]
    if doubted:
        parts.append(f"where rounding may decide otherwise in {listing(doubted)}, nothing is said")
    refused = [event_named(event) for event in events if event.refusal]
    if refused:
        parts.append(f"the new version does not run in {listing(refused)}, so nothing was compared there")
    return "; ".join(parts)


def _values(events: Sequence[EventComparison]) -> str:
    varied = next((event.varied for event in events if event.varied is not None), None)
    if varied is None:
        return "at its own loss only" if len(events) == 1 else "each at its own loss only"
    return range_words(varied)


def range_words(varied: str) -> str:
    """The values for which amounts were compared."""
    return "for every loss from 0 on" if varied == THE_LOSS else f"for every value of {varied} from 0 on"


def _stops(events: Sequence[EventComparison], currency: Currency) -> Iterator[str]:
    """Where the comparison of events stopped, and why; events that stopped alike are told together."""
    alike = collected((stop_words(event, currency), event) for event in events if event.until is not None)
    for words, stopped in alike.items():
        named = "" if len(stopped) == len(events) else f"in {listing([*map(event_named, stopped)])} "
        yield f"{named}{words}"


def stop_words(event: EventComparison, currency: Currency) -> str:
    """How far an event was compared, and why no further."""
    until = f"only up to {shown(event.until or 0, event.varied_in or currency)}"
    return f"{until}, where the rules end: {_why_ended(event)}" if event.ended else until


def _why_ended(event: EventComparison) -> str:
    """What the rules do not allow above the place where a comparison stopped, without saying again where that is."""
    message, comma, place = event.ended[0].message.rpartition(", where ")
    told = message if comma else place
    told, comma, step = told.rpartition(", in step ")
    return f"{told}, in step {step}" if comma and step not in told else told or step
