"""What an event says of the time before it: notices, earlier defaults, open periods; and who withdraws."""

from typing import TYPE_CHECKING

from tests.oracle.parts import RawEvent, Rulebook
from tests.oracle.words import bad_event

if TYPE_CHECKING:
    from tests.oracle.event import Event


def enter_past(rb: Rulebook, event: "Event", raw: RawEvent) -> None:
    """Enter it into the event."""
    for ident, day, place in raw.notices:
        where = f"{place}, notice by {ident}"
        if ident not in event.data:
            bad_event(f"{where}: not a member")
        if ident in event.notices:
            bad_event(f"{where}: a second notice")
        event.notices[ident] = day
    _defaulted(rb, event, raw)
    for name, first, last, place in raw.open_periods:
        where = f"{place}, period {name}"
        if name not in rb.periods:
            bad_event(f"{where}: unknown")
        if name in event.open_periods:
            bad_event(f"{where}: stands twice")
        if first > event.declared or last < first:
            bad_event(f"{where}: opens after the declaration, or ends before it opens")
        event.open_periods[name] = first, last
    enter_withdrawals(rb, event, raw)


def enter_withdrawals(rb: Rulebook, event: "Event", raw: RawEvent) -> None:
    """Enter who withdraws after which round."""
    for ident, n, step, place in raw.withdrawals:
        where = f"{place}, withdraw {ident}"
        if ident not in event.data:
            bad_event(f"{where}: not a member")
        if step not in rb.steps or rb.steps[step].rounds is None:
            bad_event(f"{where}: {step} is no step in rounds")
        if any(x[0] == ident and x[2] == step for x in event.withdrawals):
            bad_event(f"{where}: it withdraws twice")
        event.withdrawals.append((ident, n, step))


def _defaulted(rb: Rulebook, event: "Event", raw: RawEvent) -> None:
    new = {x.member for x in event.losses if x.member is not None and not x.further}
    for day, ident, place in raw.defaulted:
        where = f"{place}, defaulted {ident}"
        if ident not in event.data and ident not in event.former_members:
            bad_event(f"{where}: neither a member nor a former one")
        if day > event.declared or ident in event.defaulted or ident in new:
            bad_event(f"{where}: after the declaration, or a second default")
        event.defaulted[ident] = day
    further_losses_fit(rb, event)


def further_losses_fit(rb: Rulebook, event: "Event") -> None:
    """Refuse further losses of those that have not defaulted, or (if not in turn) on different days."""
    again = {x.member for x in event.losses if x.member is not None and x.further}
    if again and event.defaulted:
        if not again <= event.defaulted.keys():
            bad_event("a further loss of a member that has not defaulted earlier")
        if not rb.in_turn and len({event.defaulted[m] for m in again}) > 1:
            bad_event("further losses of members that defaulted on different days")
