"""The one sentence of a verdict, and what it was found for."""

from collections.abc import Sequence

from rulelang.base.apportion import round_down
from rulelang.base.money import Currency, Exact, size_of
from rulelang.plan.difference import Difference, Extreme
from rulelang.views.changes.allocations import UNCOVERED, Change, EventComparison
from rulelang.views.changes.structure import StructureChanges
from rulelang.views.changes.verdict import Level

SPOKEN = {
    "ccp": "the CCP",
    "survivors": "the surviving members",
    "defaulters": "the defaulters",
    UNCOVERED: "what stays uncovered",
}
"""Classes of payers as a person would say them; parties go by their names."""


def spoken(name: str) -> str:
    """A class of payers in words."""
    return SPOKEN.get(name, f"`{name}`")


def shown(amount: Exact, currency: Currency) -> str:
    """An amount for people, in whole minor units (cut off); exact ones are in the JSON."""
    return currency.show(round_down(amount))


def sentence_of(
    level: Level, structure: StructureChanges, events: Sequence[EventComparison], currency: Currency
) -> str:
    """Why the verdict is what it is."""
    count = len(structure.edits)
    edits = f"{count} edit{'s' * (count != 1)}"
    worst = next((event for event in events if event.level is level), None)
    rounded = any(event.rounding_only for event in events)
    match level:
        case Level.IDENTICAL:
            return "both versions say the same" + ("; payers differ by rounding only" * rounded)
        case Level.TEXT:
            return f"{edits}, none of which can change an allocation"
        case Level.STRUCTURE if not events:
            return f"{edits}; no event was compared, so nothing is said of their effect"
        case Level.STRUCTURE:
            return f"{edits}, but nobody pays differently" + (" beyond rounding" * rounded)
        case Level.DOES_NOT_RUN:
            assert worst is not None
            return f'in "{worst.event.title}" the new version does not run: {worst.refusal[0].message}'
        case Level.ORDER:
            assert worst is not None
            assert worst.reordered is not None
            one, other = worst.reordered
            turned = f"a growing loss reaches {spoken(other)} before {spoken(one)} now"
            return f"{turned}; {_classes_sentence(worst, currency)}"
        case Level.TOTALS:
            assert worst is not None
            return _classes_sentence(worst, currency)
        case _:
            assert worst is not None
            return f"every class of payers pays the same in all, but {_members_sentence(worst, currency)}"


def _classes_sentence(event: EventComparison, currency: Currency) -> str:
    """Which class of payers gains or loses most."""
    changed = [(name, change) for name, change in event.classes.items() if change.matters]
    name, change = max(changed, key=lambda row: (row[0] != UNCOVERED, *_size(row[1])))
    return f'{_told(spoken(name), change, event, currency)} ("{event.event.title}")'


def _members_sentence(event: EventComparison, currency: Currency) -> str:
    """How many payers differ, and who most."""
    changed = [each for each in event.payers if each.amount.matters]
    most = max(changed, key=lambda each: _size(each.amount))
    told = _told(f"`{most.payer}`", most.amount, event, currency)
    count = "one payer differs" if len(changed) == 1 else f"{len(changed)} payers differ, most"
    return f'{count}: {told} ("{event.event.title}")'


def _size(change: Change) -> tuple[bool, Exact]:
    if change.over is None:
        return False, abs(change.difference)
    return change.over.extreme.unbounded, size_of(change.over.extreme.amount)


def _told(who: str, change: Change, event: EventComparison, currency: Currency) -> str:
    """Who pays how much more or less, where most, and from where on."""
    if change.over is None:
        more = "more" if change.difference > 0 else "less"
        return (
            f"{who} pays {currency.show(abs(change.difference))} {more} at the event's own loss".replace(
                "members pays", "members pay"
            )
            .replace("defaulters pays", "defaulters pay")
            .replace("what stays uncovered pays", "what stays uncovered is")
        )
    told = f"{_verb(who)} {extent(change.over, currency)}"
    variable = event.varied or "the loss"
    return f"{told}, from {shown(change.over.first or 0, currency)} of {variable} on"


def _verb(who: str) -> str:
    if who == SPOKEN[UNCOVERED]:
        return f"{who} is"
    return f"{who} pay" if who in (SPOKEN["survivors"], SPOKEN["defaulters"]) else f"{who} pays"


def extent(over: Difference, currency: Currency) -> str:
    """By how much an amount differs at most, and where."""
    extreme = over.extreme
    more = "more" if extreme.amount > 0 or (extreme.unbounded and over.bands[-1].sign > 0) else "less"
    if extreme.unbounded:
        return f"ever {more} the larger it grows"
    return f"up to {shown(size_of(extreme.amount), currency)} {more} ({where(extreme, currency)})"


def where(extreme: Extreme, currency: Currency) -> str:
    """Where the largest difference is."""
    side = {"at": "at", "above": "just above", "below": "at"}[extreme.side]
    return f"most {side} {shown(extreme.at, currency)}"


def compared_words(events: Sequence[EventComparison], currency: Currency) -> str:
    """For which events and losses a verdict was found."""
    if not events:
        return "the texts alone; no event"
    count = f"{len(events)} event{'s' * (len(events) != 1)}"
    varied = next((event.varied for event in events if event.varied is not None), None)
    if varied is None:
        return f"{count}, at the event's own loss only"
    words = f"{count}, for every value of {varied} from 0 on"
    short = [_short(event, currency) for event in events if event.until is not None]
    return "; ".join([words, *short])


def _short(event: EventComparison, currency: Currency) -> str:
    """Where the comparison of an event stopped, and why."""
    why = f" ({event.ended[0].message})" if event.ended else ""
    return f'"{event.event.title}" only up to {shown(event.until or 0, currency)}{why}'
