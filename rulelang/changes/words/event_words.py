"""The sentences that stand above the tables of an event."""

from collections.abc import Iterator, Sequence

from rulelang.base.gather import collected
from rulelang.base.money import Currency
from rulelang.changes.event_comparison import EventComparison, PayerChange
from rulelang.changes.words.compared import range_words, stop_words
from rulelang.changes.words.phrases import shown, spoken, with_helps
from rulelang.explain.sentences.words import listing, plural

_SHOWN_NAMES = 5
_SHOWN_DOUBTS = 3
_ANEW = "an event written anew for the new version can be given with --new-event"


def event_lines(found: EventComparison, currency: Currency, like: EventComparison | None = None) -> Iterator[str]:
    """What happened, how far it was compared, and what the tables do not say by themselves.

    ``like`` is another event with the same differences over the whole range.
    """
    event = found.event
    yield f"declared {event.declared.isoformat()}, loss {currency.show(event.loss)}"
    if found.refusal:
        yield from (f"the new version does not run: {with_helps(each)}" for each in found.refusal)
        yield _ANEW
        return
    yield _compared(found, currency)
    yield from _uncertain(found, currency)
    yield from _outcome_and_order(found)
    yield from _directions(found)
    yield from _shared_otherwise(found)
    yield from _rounded(found.payers)
    at_the_loss = any(each.amount.matters and each.amount.difference for each in found.payers)
    if found.varied is not None and found.bands and not at_the_loss:
        yield "at the event's own loss nobody pays more or less"
    if like is not None and found.varied is not None:
        yield f'the differences {range_words(found.varied)} are those of "{like.event.heading}"'


def _compared(found: EventComparison, currency: Currency) -> str:
    if found.varied is None:
        return "compared at the event's own loss only"
    words = f"compared {range_words(found.varied)}"
    return words if found.until is None else f"{words}, {stop_words(found, currency)}"


def _uncertain(found: EventComparison, currency: Currency) -> Iterator[str]:
    """Where runs may come out otherwise than compared, because they go on from rounded amounts."""
    if found.slack:
        units = plural(found.slack, "minor unit")
        yield f"runs may differ from this by up to {units}, beside the rounding of shares"
    for version, doubt in found.doubts[:_SHOWN_DOUBTS]:
        step = "the data" if doubt.turn is None else f"`{doubt.turn[0]}`"
        end = "on" if doubt.end is None else f"to {shown(doubt.end, found.varied_in or currency)}"
        where = f"from {shown(doubt.start, found.varied_in or currency)} {end}"
        yield f"nothing is said {where}, where a run of the {version} version may decide otherwise in {step}"
    if len(found.doubts) > _SHOWN_DOUBTS:
        yield f"nor in {plural(len(found.doubts) - _SHOWN_DOUBTS, 'other place')} (all with --format json)"


def _outcome_and_order(found: EventComparison) -> Iterator[str]:
    before, after = found.outcomes
    if before != after:
        yield f"the outcome at the event's loss was `{before}` and is `{after}`"
    if found.reordered is not None:
        before, after = (", ".join(map(spoken, order)) for order in (found.order_before, found.order_after))
        yield f"a growing loss reached {before}, in this order; now {after}"


def _directions(found: EventComparison) -> Iterator[str]:
    """How many members gain, lose, or do both."""
    differing = [each for each in found.payers if each.amount.matters]
    if not differing:
        together = any(change.matters for change in found.classes.values())
        who = "no payer alone" if together else "nobody"
        yield f"{who} pays more or less" + (" than rounding makes of it" if found.rounding_only else "")
        return
    groups = collected((_direction(each), each) for each in differing)
    always = "" if found.varied is None else " always"
    words = {
        "less": (f"{always} gains (pays less)", f"{always} gain (pay less)"),
        "more": (f"{always} loses (pays more)", f"{always} lose (pay more)"),
        "crosses": (" gains at some losses and loses at others", " gain at some losses and lose at others"),
    }
    for direction, (of_one, of_many) in words.items():
        if those := groups.get(direction):
            yield f"{plural(len(those), 'payer')}{of_one if len(those) == 1 else of_many}: {_names(those)}"


def _direction(each: PayerChange) -> str:
    if each.amount.over is not None:
        return each.amount.over.direction
    return "more" if each.amount.difference > 0 else "less"


def _names(payers: Sequence[PayerChange]) -> str:
    names = [spoken(each.payer) for each in payers[:_SHOWN_NAMES]]
    if len(payers) > _SHOWN_NAMES:
        names.append(f"{len(payers) - _SHOWN_NAMES:,} more")
    return listing(names)


def _shared_otherwise(found: EventComparison) -> Iterator[str]:
    """Classes that pay the same together while their members do not."""
    for name in ("defaulters", "survivors"):
        change = found.classes.get(name)
        members = [each for each in found.payers if each.group == name and each.amount.matters]
        if members and (change is None or not change.matters):
            yield f"{spoken(name)} pay the same in all, but share it otherwise"


def _rounded(payers: Sequence[PayerChange]) -> Iterator[str]:
    rounded = [each for each in payers if each.amount.rounding_only]
    if rounded:
        yield f"{plural(len(rounded), 'payer')} differ{'s' * (len(rounded) == 1)} by rounding only: {_names(rounded)}"
