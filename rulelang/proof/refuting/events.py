"""The event that values of a world's variables stand for, as a text of the language."""

import datetime
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor

from attrs import frozen

from rulelang.base.money import Exact
from rulelang.check.events.datum_values import called, columns_of
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.explain.sentences.words import within
from rulelang.model.event import Dated, Event, Past
from rulelang.proof.domain.terms import Number, Truth, value_of
from rulelang.proof.domain.values import Choice, Symbolic, Unread
from rulelang.proof.worlds.earlier import EVERYBODY, CountedFrom
from rulelang.proof.worlds.worlds import World, decision_on, paid_before
from rulelang.run.over_time import first_day

Values = Mapping[str, Exact | bool]
More = Mapping[tuple[str | None, str | None], Number]
"""What losses have beside those of a world, by owner and segment."""
_MOST_DIGITS = 9
_MOST_EARLIER_DEFAULTS = 9
_SECOND_DAY = datetime.date.min + datetime.timedelta(1)


def event_text(title: str, version: int, program: CheckedProgram, world: World, values: Values, more: More) -> str:
    """The event of one version; ``more`` is what its losses have beside those of the world."""
    writing = _Writing(program, world, values, more, world.names[version])
    return "".join(f"{line}\n" for line in writing.lines(title))


@frozen
class _Writing:
    """The event of one version while it is written; ``names`` are those that its data and steps have in the world."""

    program: CheckedProgram
    world: World
    values: Values
    more: More
    names: Mapping[str, str]

    def lines(self, title: str) -> Iterator[str]:
        program, world = self.program, self.world
        yield f'event "{title}"'
        yield f"declared {world.day.declared}"
        yield from self._periods()
        for datum in program.givens.values():
            yield from (f"given {line}" for line in self._datum(datum, None))
        for member in world.members:
            yield f"member {_id(member)}{_since(world, member)}"
            for datum in program.fields.values():
                lines = self._dealt(datum, member) if datum.per_defaulter else self._datum(datum, member)
                yield from (f"    {line}" for line in lines)
        if world.given is not None:
            yield from _past(world.given)
        else:
            yield from (f"notice by {member} dated {world.day.declared}" for member in world.leaving)
        for one in world.withdrawals:
            if one.step in program.steps:
                yield f"withdraw {_id(one.member)} after round {one.after_round} under {one.step}"
        yield from self._losses()
        yield from self._payments()
        yield from self._paid_once()
        for step in program.each_step():
            name = decision_on(self.names, step)
            if name in world.decisions and step.discretion is not None:
                bound = world.bounds.get(name)
                up_to = "" if bound is None else f" up to {self._money(self._value(bound))}"
                invoked = self._value(world.decisions[name])
                yield f"decide {step.name}: {f'invoke{up_to}' if invoked else 'decline'}"

    def _value(self, what: Number | Truth) -> Exact | bool:
        return value_of(what, self.values)

    def _periods(self) -> Iterator[str]:
        program, world, day = self.program, self.world, self.world.day
        for period in sorted(day.standing & program.periods.keys()):
            first, last = (day.start, day.declared) if world.given is None else world.given.past.open_periods[period]
            yield f"period {period} open from {first} to {last}"
        for period in program.periods if world.given is None else ():
            for number in range(min(_MOST_EARLIER_DEFAULTS, floor(self._value(world.defaulted(period))))):
                yield f"former member FORMER_{period}_{number + 1}"
                first = day.start if period in day.standing else day.declared
                yield f"defaulted {first} FORMER_{period}_{number + 1}"

    def _dealt(self, datum: DatumProgram, member: str) -> Iterator[str]:
        """What a field says of a member with each defaulter."""
        for defaulter in self.world.defaulters:
            dealt = self.world.dealt.get((self.names.get(datum.name, datum.name), defaulter, member))
            if dealt is not None:
                yield f"{datum.name} with {_id(defaulter)} = {self._shown(datum, dealt)}"

    def _datum(self, datum: DatumProgram, member: str | None) -> Iterator[str]:
        """The values of a datum: for a member, or (``None``) of the event; those of earlier days before today's."""
        world, common = self.world, self.names.get(datum.name, datum.name)
        for column in columns_of(self.program, datum):
            place, segment = called(column), column[1]
            for name, whose, where, day in sorted(world.day.asked, key=str):
                if (name, whose, where) == (common, member, segment):
                    asked = world.values[f"{common} as of {day}", segment, member]
                    yield f"{place} as of {day} = {self._shown(datum, asked)}"
            for day, dated in () if world.given is None else _dated(world.given, common, segment, member):
                yield f"{place} as of {day} = {self._shown(datum, dated)}"
            value = world.values.get((common, segment, member))
            if value is not None:
                yield f"{place} = {self._shown(datum, value)}"

    def _losses(self) -> Iterator[str]:
        for (owner, segment), amount in self.world.losses.items():
            loss = floor(self._value(amount)) + floor(self._value(self.more.get((owner, segment), 0)))
            if loss <= 0:
                continue
            if owner is None:
                yield f"non-default loss{within(segment)} {self._money(loss)}"
            elif self.world.day.further:
                yield f"further loss of {_id(owner)}{within(segment)} {self._money(loss)}"
            else:
                yield f"default of {_id(owner)}{within(segment)} loss {self._money(loss)}"

    def _payments(self) -> Iterator[str]:
        """Earlier payments that count as much in each window, the narrower windows first."""
        world, program, day = self.world, self.program, self.world.day
        entries: list[tuple[CountedFrom, str, int]] = []
        waiting = sorted(world.earlier.paid.items(), key=lambda one: (len(one[0][0].steps), str(one[0][0]), one[0][1]))
        while waiting:
            (window, payer), amount = next(
                one for one in waiting if not any(o[0][0].within(one[0][0]) and o[0][0] != one[0][0] for o in waiting)
            )
            waiting = [one for one in waiting if one[0] != (window, payer)]
            counted = sum(e[2] for e in entries if e[0].within(window) and payer in (EVERYBODY, e[1]))
            rest = floor(self._value(amount)) - counted
            if rest > 0:
                entries.append((window, payer, rest))
        periods = {name: (day.start, day.declared) for name in day.standing if name in program.periods}
        present = {common: name for name, common in self.names.items()}
        event = Event("", day.declared, (), {}, {}, {}, (), past=Past(open_periods=periods))
        for window, payer, amount in entries:
            owed = f" for {_id(world.defaulters[0])}" if isinstance(window.since, str) else ""
            paid_on: datetime.date | None = day.declared
            if isinstance(window.since, str):
                # so early that it counts in no window, if the calendar goes so far back
                paid_on = max(day.start, _SECOND_DAY) - datetime.timedelta(1)
            elif window.since is not None:
                paid_on = first_day(program, event, window.since)
            name, segment = min(window.steps, key=str)
            step = program.steps.get(present.get(name, name))
            if step is None or paid_on is None:
                continue
            who = payer if payer != EVERYBODY else next(iter(world.payers(step)), None)
            if who is not None:
                yield f"paid {paid_on} by {_id(who)} under {step.name}{within(segment)}{owed} {self._money(amount)}"

    def _paid_once(self) -> Iterator[str]:
        """A payment of the same day under each step that was paid under in the period that it is done once during."""
        for step in self.program.each_step():
            if step.once_during is None or not self.values.get(paid_before(self.names, step)):
                continue
            for payer in self.world.payers(step)[:1]:
                where = within(self.program.segments[0] if step.per_segment else None)
                yield f"paid {self.world.day.declared} by {_id(payer)} under {step.name}{where} {self._money(1)}"

    def _shown(self, datum: DatumProgram, value: Symbolic) -> str:
        if isinstance(value, Unread):
            return f"{self.world.day.declared}" if datum.type.kind is Kind.DATE else '"X"'
        if isinstance(value, Choice):
            return next(
                (name for name, truth in value.options.items() if self._value(truth)), next(iter(value.options))
            )
        if isinstance(value, str):
            return f'"{value}"' if datum.type.kind is Kind.TEXT else value
        if isinstance(value, datetime.date):
            return f"{value}"
        plain = self._value(value)
        if isinstance(plain, bool):
            return "yes" if plain else "no"
        if datum.type.kind is Kind.MONEY:
            return self._money(plain, datum)
        return _decimal(plain)

    def _money(self, amount: Exact, datum: DatumProgram | None = None) -> str:
        currency = self.program.currency if datum is None else self.program.currency_of(datum.type)
        units = floor(amount)
        return f"{'-' * (units < 0)}{currency.code} {currency.plain(abs(units))}"


def _dated(event: Event, name: str, segment: str | None, member: str | None) -> Dated:
    if member is None:
        return event.past.givens.get((name, segment), ())
    return event.past.fields.get((name, segment), {}).get(member, ())


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


def _decimal(number: Exact) -> str:
    """A number in decimals; one without an end is cut off."""
    size = abs(Fraction(number))
    digits = next((count for count in range(_MOST_DIGITS) if (size * 10**count).denominator == 1), _MOST_DIGITS)
    text = f"{floor(size * 10**digits):0{digits + 1}d}"
    whole, rest = (text[:-digits], text[-digits:]) if digits else (text, "")
    return f"{'-' * (number < 0)}{whole}{f'.{rest}' if rest else ''}"
