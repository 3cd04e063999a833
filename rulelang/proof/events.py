"""The event that values of a world's variables stand for, as a text of the language."""

import datetime
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor

from rulelang.base.money import Exact
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Dated, Event, Past
from rulelang.proof.earlier import EVERYBODY, CountedFrom
from rulelang.proof.terms import Number, value_of
from rulelang.proof.values import Choice, Symbolic, Unread
from rulelang.proof.worlds import World, paid_before
from rulelang.run.over_time import first_day

Values = Mapping[str, Exact | bool]
More = Mapping[tuple[str | None, str | None], Number]
"""What losses have beside those of a world, by owner and segment."""
_MOST_DIGITS = 9
_MOST_EARLIER_DEFAULTS = 9


def event_text(title: str, version: int, program: CheckedProgram, world: World, values: Values, more: More) -> str:
    """The event of one version; ``more`` is what its losses have beside those of the world."""
    return "".join(f"{line}\n" for line in _lines(title, version, program, world, values, more))


def _lines(
    title: str, version: int, program: CheckedProgram, world: World, values: Values, more: More
) -> Iterator[str]:
    names = world.names[version]
    declared = world.day.declared
    yield f'event "{title}"'
    yield f"declared {declared}"
    yield from _periods(program, world, values)
    for datum in program.givens.values():
        for segment in program.segments if datum.per_segment else (None,):
            for line in _datum(program, world, values, datum, names.get(datum.name, datum.name), segment, None):
                yield f"given {line}"
    for member in world.members:
        yield f"member {_id(member)}{_since(world, member)}"
        yield from _fields(version, program, world, values, member)
    if world.given is not None:
        yield from _past(world.given)
    else:
        yield from (f"notice by {member} dated {declared}" for member in world.leaving)
    for one in world.withdrawals:
        if one.step in program.steps:
            yield f"withdraw {_id(one.member)} after round {one.after_round} under {one.step}"
    yield from _losses(program, world, values, more)
    yield from _payments(program, world, values)
    yield from _paid_once(version, program, world, values)
    for step in program.each_step():
        name = names.get(step.name, step.name)
        if name in world.decisions:
            bound = world.bounds.get(name)
            up_to = "" if bound is None else f" up to {_money(program, value_of(bound, values))}"
            invoked = value_of(world.decisions[name], values)
            yield f"decide {step.name}: {f'invoke{up_to}' if invoked else 'decline'}"


def _periods(program: CheckedProgram, world: World, values: Values) -> Iterator[str]:
    declared = world.day.declared
    for period in sorted(world.day.standing & program.periods.keys()):
        first, last = (world.day.start, declared) if world.given is None else world.given.past.open_periods[period]
        yield f"period {period} open from {first} to {last}"
    for period in program.periods if world.given is None else ():
        for number in range(min(_MOST_EARLIER_DEFAULTS, floor(value_of(world.defaulted(period), values)))):
            yield f"former member FORMER_{period}_{number + 1}"
            first = world.day.start if period in world.day.standing else declared
            yield f"defaulted {first} FORMER_{period}_{number + 1}"


def _fields(version: int, program: CheckedProgram, world: World, values: Values, member: str) -> Iterator[str]:
    names = world.names[version]
    for datum in program.fields.values():
        common = names.get(datum.name, datum.name)
        if datum.per_defaulter:
            for defaulter in world.defaulters:
                dealt = world.dealt.get((common, defaulter, member))
                if dealt is not None:
                    yield f"    {datum.name} with {_id(defaulter)} = {_shown(program, world, datum, dealt, values)}"
            continue
        for segment in program.segments if datum.per_segment else (None,):
            for line in _datum(program, world, values, datum, common, segment, member):
                yield f"    {line}"


def _datum(
    program: CheckedProgram,
    world: World,
    values: Values,
    datum: DatumProgram,
    common: str,
    segment: str | None,
    member: str | None,
) -> Iterator[str]:
    place = datum.name if segment is None else f"{datum.name} in {segment}"
    for name, whose, where, day in sorted(world.day.asked, key=str):
        if (name, whose, where) == (common, member, segment):
            dated = world.values[f"{common} as of {day}", segment, member]
            yield f"{place} as of {day} = {_shown(program, world, datum, dated, values)}"
    if world.given is not None:
        for day, dated in _dated(world.given, datum.name, segment, member):
            yield f"{place} as of {day} = {_shown(program, world, datum, dated, values)}"
    value = world.values.get((common, segment, member))
    if value is not None:
        yield f"{place} = {_shown(program, world, datum, value, values)}"


def _dated(event: Event, name: str, segment: str | None, member: str | None) -> Dated:
    if member is None:
        return event.past.givens.get((name, segment), ())
    return event.past.fields.get((name, segment), {}).get(member, ())


def _losses(program: CheckedProgram, world: World, values: Values, more: More) -> Iterator[str]:
    for (owner, segment), amount in world.losses.items():
        loss = floor(value_of(amount, values)) + floor(value_of(more.get((owner, segment), 0), values))
        if loss <= 0:
            continue
        where = "" if segment is None else f" in {segment}"
        if owner is None:
            yield f"non-default loss{where} {_money(program, loss)}"
        elif world.day.further:
            yield f"further loss of {_id(owner)}{where} {_money(program, loss)}"
        else:
            yield f"default of {_id(owner)}{where} loss {_money(program, loss)}"


def _id(name: str) -> str:
    """An id as it is written."""
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else '"' + name.replace('"', "'") + '"'


def _since(world: World, member: str) -> str:
    since = {} if world.given is None else world.given.past.since
    return f" since {since[member]}" if member in since else ""


def _past(event: Event) -> Iterator[str]:
    """What the event whose members these are says of the time before it, dated values left out."""
    for member in event.past.former_members:
        yield f"former member {_id(member)}"
    for member, day in event.past.notices.items():
        yield f"notice by {_id(member)} dated {day}"
    for day, member in event.past.defaulted:
        yield f"defaulted {day} {_id(member)}"


def _payments(program: CheckedProgram, world: World, values: Values) -> Iterator[str]:
    """Earlier payments that count as much in each window, the narrower windows first."""
    entries: list[tuple[CountedFrom, str, int]] = []
    paid = sorted(world.earlier.paid.items(), key=lambda one: (len(one[0][0].steps), str(one[0][0]), one[0][1]))
    waiting = list(paid)
    while waiting:
        (window, payer), amount = next(
            one for one in waiting if not any(o[0][0].within(one[0][0]) and o[0][0] != one[0][0] for o in waiting)
        )
        waiting = [one for one in waiting if one[0] != (window, payer)]
        counted = sum(e[2] for e in entries if e[0].within(window) and payer in (EVERYBODY, e[1]))
        rest = floor(value_of(amount, values)) - counted
        if rest > 0:
            entries.append((window, payer, rest))
    event = _day_of(world, program)
    for window, payer, amount in entries:
        owed = f" for {_id(world.defaulters[0])}" if isinstance(window.since, str) else ""
        day: datetime.date | None = world.day.declared
        if isinstance(window.since, str):
            day = world.day.start - datetime.timedelta(1)  # so early that it counts in no window
        elif window.since is not None:
            day = first_day(program, event, window.since)
        name, segment = min(window.steps, key=str)
        step = program.step_named(name)
        if step is None or day is None:
            continue
        payers = {"survivors": world.survivors, "defaulters": world.defaulters}.get(step.payers, (step.payers,))
        who = payer if payer != EVERYBODY else next(iter(payers), None)
        if who is not None:
            where = "" if segment is None else f" in {segment}"
            yield f"paid {day} by {_id(who)} under {step.name}{where}{owed} {_money(program, amount)}"


def _paid_once(version: int, program: CheckedProgram, world: World, values: Values) -> Iterator[str]:
    """A payment of the same day under each step that was paid under in the period that it is done once during."""
    for step in program.each_step():
        if step.once_during is None or not values.get(paid_before(world.names[version], step)):
            continue
        payers = {"survivors": world.survivors, "defaulters": world.defaulters}.get(step.payers, (step.payers,))
        if payers:
            where = f" in {program.segments[0]}" if step.per_segment else ""
            yield f"paid {world.day.declared} by {_id(payers[0])} under {step.name}{where} {_money(program, 1)}"


def _day_of(world: World, program: CheckedProgram) -> Event:
    day = world.day.declared
    past = Past(open_periods={name: (world.day.start, day) for name in world.day.standing if name in program.periods})
    return Event("", day, (), {}, {}, {}, (), past=past)


def _shown(program: CheckedProgram, world: World, datum: DatumProgram, value: Symbolic, values: Values) -> str:
    if isinstance(value, Unread):
        return f"{world.day.declared}" if datum.type.kind is Kind.DATE else '"X"'
    if isinstance(value, Choice):
        return next(
            (name for name, truth in value.options.items() if value_of(truth, values)), next(iter(value.options))
        )
    if isinstance(value, str):
        return f'"{value}"' if datum.type.kind is Kind.TEXT else value
    if isinstance(value, datetime.date):
        return f"{value}"
    plain = value_of(value, values)
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    if datum.type.kind is Kind.MONEY:
        return _money(program, plain, datum)
    return _decimal(plain)


def _money(program: CheckedProgram, amount: Exact, datum: DatumProgram | None = None) -> str:
    currency = program.currency if datum is None else program.currency_of(datum.type)
    units = floor(amount)
    return f"{'-' * (units < 0)}{currency.code} {currency.plain(abs(units))}"


def _decimal(number: Exact) -> str:
    """A number in decimals; one without an end is cut off."""
    size = abs(Fraction(number))
    digits = next((count for count in range(_MOST_DIGITS) if (size * 10**count).denominator == 1), _MOST_DIGITS)
    text = f"{floor(size * 10**digits):0{digits + 1}d}"
    whole, rest = (text[:-digits], text[-digits:]) if digits else (text, "")
    return f"{'-' * (number < 0)}{whole}{f'.{rest}' if rest else ''}"
