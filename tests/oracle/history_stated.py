"""What a history states: the rulebook in force, what was before its opening, values and notices of a day."""

from dataclasses import replace
from typing import Any

from tests.oracle.due import Pot
from tests.oracle.event import Event, enter_payments
from tests.oracle.parts import Decl, RawDay, Rulebook
from tests.oracle.past import enter_past
from tests.oracle.recover import today
from tests.oracle.shapes import is_money
from tests.oracle.standing import Standing, Today
from tests.oracle.stated import know_each_other, stated_values
from tests.oracle.tables import Tables
from tests.oracle.words import bad_event


def switch(stands: Standing, new: Rulebook) -> None:
    """Another rulebook comes into force: what stands goes on by name."""
    old, stands.rb = stands.rb, new
    stands.parties |= set(old.parties)
    if any(who in new.parties for who in (*stands.values, *stands.former)):
        bad_event("a member is called as a party of the new rulebook")
    if old.currency == new.currency and old.units[old.currency] != new.units[new.currency]:
        bad_event(f"the decimals of {new.currency} change")
    for name, d in {**old.fields, **old.givens}.items():
        other = new.decl(name)
        if other is not None and _kind(d, old) != _kind(other, new):
            bad_event(f"the type of {name} changes")

    def name_of(name: str) -> str:
        return new.former_data.get(name, name)

    stated = {name for values in stands.values.values() for name, _ in values}
    if len({name_of(name) for name in stated}) < len(stated):
        bad_event("two names become one")
    stands.values = {
        who: {(name_of(n), seg): dates for (n, seg), dates in values.items()} for who, values in stands.values.items()
    }
    stands.withs = {m: {(name_of(n), x): v for (n, x), v in values.items()} for m, values in stands.withs.items()}
    balances, stands.balances = stands.balances, {}
    for (who, old_name, seg), amount in balances.items():
        pot, d = name_of(old_name), new.decl(old_name)
        if amount > 0 and (d is None or (seg is not None and seg not in new.segments)):
            bad_event(f"{pot}: a balance of {amount} in a pot that the rulebook does not know")
        if pot in new.pots:
            stands.balances[who, pot, seg] = amount
    for who, values in stands.values.items():  # what becomes a pot holds what stood
        for (name, seg), dates in values.items():
            if name in new.pots and dates and (seg is None or seg in new.segments):
                stands.balances.setdefault((who, name, seg), dates[max(dates)])
    for due in stands.dues:
        due.pot = name_of(due.pot)
        if due.left and new.decl(due.pot) is None:
            bad_event(f"{due.pot}: dues to a pot that the rulebook does not know")
    for holder in (*stands.payments, *stands.claims):
        name = today(new, holder.names)
        if name is not None and name != holder.names[-1]:
            holder.names = (*holder.names, name)


def _kind(d: Decl, rb: Rulebook) -> tuple[Any, ...]:
    """What must stay when the rulebook changes."""
    currency = rb.currency if d.type == "money" else str(d.type).removeprefix("money ") if is_money(d.type) else ""
    decimals = rb.units.get(currency)
    values = frozenset(d.type[1]) if isinstance(d.type, tuple) else d.type
    return d.is_field, values, currency, decimals, d.signed, d.per_segment, d.per_defaulter


def open_history(stands: Standing, block: RawDay, event: Event, tables: Tables) -> None:
    """What the opening says of the time before it."""
    raw = block.event
    for ident, place in raw.former_members:
        if ident in stands.former or ident == "ccp" or ident in stands.rb.parties:
            bad_event(f"{place}: former member {ident} twice")
        stands.former.add(ident)
    stated = Event(block.day)
    _, data, _ = stated_values(stands.rb, stated, raw, tables)
    event.former_members = set(stands.former)
    event.data = {ident: {} for ident in data}
    enter_payments(raw, stands.rb, event, tables)
    enter_past(stands.rb, event, replace(raw, notices=[]))
    stands.payments = [replace(x, names=(x.step,)) for x in event.payments]
    stands.periods = dict(event.open_periods)
    stands.fallen = dict(event.defaulted)


def state(stands: Standing, block: RawDay, now: Today, tables: Tables) -> list[tuple[Pot, int, str]]:
    """Enter values and notices; what comes back are statements of pots that have a balance already."""
    rb, stated = stands.rb, Event(block.day)
    givens, data, withs = stated_values(rb, stated, block.event, tables)
    further = {x.member for x in block.event.losses if x.kind == "further" and x.member is not None}
    statements = []
    for ident in data:
        where = f"member {ident} on {block.day}"
        if ident == "ccp" or ident in rb.parties or ident in stands.parties:
            bad_event(f"{where}: the name of another payer")
        if ident in stands.departed or (ident in stands.former and ident not in stands.fallen):
            bad_event(f"{where}: it is a member no more")
        if ident in stated.since and ident in stands.values and stated.since[ident] != stands.since.get(ident):
            bad_event(f"{where}: since when is known")
        opening = block is stands.raw.days[0]
        fallen = ident in stands.fallen
        if ident in stated.since or (not opening and not fallen and ident not in stands.values):
            stands.since[ident] = stated.since.get(ident, block.day)
        if ident not in stands.fallen:
            stands.members.add(ident)
        stands.values.setdefault(ident, {})
        stands.withs.setdefault(ident, {}).update(withs[ident])
    for who, values in [(None, givens), *data.items()]:
        for (name, seg), dates in values.items():
            for day, value in dates.items():
                where = f"{who or 'given'} {name} as of {day}"
                if day == block.day and (who, name, seg) in stands.balances:
                    statements.append(((who, name, seg), value, where))
                    continue
                known = stands.values[who].setdefault((name, seg), {})
                if day < block.day and known.get(day, value) != value:
                    bad_event(f"{where}: two values")
                before = [x for x in known if x <= day]
                if (who, name, seg) in stands.balances and before and known[max(before)] != value:
                    bad_event(f"{where}: what was in this pot is known")
                known[day] = value
    know_each_other(withs, stands.members | stands.fallen.keys())
    for ident, day, place in block.event.notices:
        if ident not in stands.members or ident in stands.notices:
            bad_event(f"{place}: notice by {ident}, who is no member or gave notice")
        stands.notices[ident] = day
    now.present = stands.members | {m for m in further if m in stands.fallen and m in stands.values}
    now.event = stands.event(now)
    stands.pots_appear(now)
    return statements
