"""The values of an event: as stated, today and as of earlier days, or filled in by `if missing`."""

import datetime
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from tests.oracle.evaluate import Eval, grouped
from tests.oracle.parts import Decl, Expression, RawEvent, Rulebook, Segment, Stated
from tests.oracle.share import floor
from tests.oracle.tables import Dates, Tables, Values
from tests.oracle.values import check_sign, csv_value, plain_value
from tests.oracle.words import bad_event, run_error

if TYPE_CHECKING:
    from tests.oracle.event import Event

Withs = dict[str, dict[tuple[str, str], Any]]
"""Of each member what is stated with which defaulter."""


def enter_values(rb: Rulebook, event: "Event", raw: RawEvent, tables: Tables) -> Callable[[], None]:
    """Enter what is stated; what comes back fills in today's values, when the defaulters are known."""
    givens, data, withs = stated_values(rb, event, raw, tables)
    for ident in data:
        event.data[ident] = {}
    know_each_other(withs, data)
    return lambda: fill_in(MissingEnv(rb, event, givens, data, withs))


def stated_values(
    rb: Rulebook, event: "Event", raw: RawEvent, tables: Tables
) -> tuple[Values, dict[str, Values], Withs]:
    """What is stated of givens, of members and of members with defaulters; `since` goes into the event."""
    givens: Values = {}
    data: dict[str, Values] = {}
    withs: Withs = {}
    in_file: set[tuple[str | None, str, Segment, str | None, datetime.date]] = set()
    for what, path in raw.tables:
        if what == "members":
            tables.members(path, data, withs)
        elif what == "givens":
            _givens_table(rb, event, path, tables, givens)
    for row in raw.givens:
        d, seg, _, day, value, where = _stated(rb, event, row, rb.givens)
        if (None, d.name, seg, None, day) in in_file:
            bad_event(f"{where}: given twice")
        in_file.add((None, d.name, seg, None, day))
        givens.setdefault((d.name, seg), {})[day] = value
    for ident, since, rows, place in raw.members:
        stated = data.setdefault(ident, {})
        withs.setdefault(ident, {})
        if since is not None:
            if ident in event.since or since > event.declared:
                bad_event(f"{place}, member {ident}: `since` twice, or after the declaration")
            event.since[ident] = since
        for row in rows:
            d, seg, other, day, value, where = _stated(rb, event, row, rb.fields)
            key = (ident, d.name, seg, other, day)
            if key in in_file:
                bad_event(f"{where}: given twice")
            in_file.add(key)
            if other is not None:
                withs[ident][d.name, other] = value
            else:
                stated.setdefault((d.name, seg), {})[day] = value
    return givens, data, withs


def know_each_other(withs: Withs, members: Collection[str]) -> None:
    """Refuse data about a defaulter who is no member."""
    for ident, values in withs.items():
        for _, other in values:
            if other not in members:
                bad_event(f"member {ident}: with {other}, who is no member")


def fill_in(env: "MissingEnv") -> None:
    """Enter today's values into the event, and those of earlier days."""
    rb, event = env.rb, env.event
    for d in rb.givens.values():
        event.givens[d.name] = env.whole(d, None)
    for member in env.data:
        event.data[member] = {d.name: env.whole(d, member) for d in rb.fields.values()}
    for (name, seg), dates in env.givens.items():
        event.dated[None, name, seg] = dates
    for member, values in env.data.items():
        for (name, seg), dates in values.items():
            event.dated[member, name, seg] = dates


def _stated(
    rb: Rulebook, event: "Event", row: Stated, decls: dict[str, Decl]
) -> tuple[Decl, Segment, str | None, datetime.date, Any, str]:
    """A value as stated, held against its declaration."""
    name, seg, other, day, raw, place = row
    where = f"{place}, {name}"
    d = decls.get(rb.former_data.get(name, name))
    if d is None:
        bad_event(f"{where}: unknown")
    if d.per_segment is (seg is None) or (seg is not None and seg not in rb.segments):
        bad_event(f"{where}: the segment")
    if d.per_defaulter is (other is None) or (d.per_defaulter and day is not None):
        bad_event(f"{where}: `with` a defaulter, and no day, where it is per defaulter, else not")
    if day is not None and day > event.declared:
        bad_event(f"{where}: as of a day after the declaration")
    return d, seg, other, day or event.declared, plain_value(d, raw, rb, where), where


def _givens_table(rb: Rulebook, event: "Event", path: str, tables: Tables, givens: Values) -> None:
    for where, row in tables.records(path, ("name", "value"), ("segment",)):
        d = rb.givens.get(rb.former_data.get(row["name"], row["name"]))
        seg = row["segment"] or None
        if d is None or d.per_segment is (seg is None) or (seg is not None and seg not in rb.segments):
            bad_event(f"{where}: unknown, or the segment")
        if row["value"] == "":
            continue
        dates = givens.setdefault((d.name, seg), {})
        if event.declared in dates:
            bad_event(f"{where}: given twice")
        dates[event.declared] = csv_value(d, row["value"], rb, where)


class MissingEnv(Eval):
    """Evaluates `if missing` expressions."""

    def __init__(self, rb: Rulebook, event: "Event", givens: Values, data: dict[str, Values], withs: Withs) -> None:
        """Look into what is stated for givens and for members."""
        super().__init__(rb, event.declared)
        self.event, self.givens, self.data, self.withs = event, givens, data, withs

    def whole(self, d: Decl, member: str | None) -> Any:
        """The value, or the values by segment or by defaulter."""
        if d.per_segment:
            return {s: self.value(d, member, s) for s in self.rb.segments}
        if d.per_defaulter:
            assert member is not None
            return {x: self.with_defaulter(d, member, x) for x in self.event.order_of_default}
        return self.value(d, member, None)

    def dates(self, d: Decl, member: str | None, seg: Segment) -> Dates:
        """What is stated of one thing, by days."""
        return (self.givens if member is None else self.data[member]).get((d.name, seg), {})

    def value(self, d: Decl, member: str | None, seg: Segment) -> Any:
        """Today's value: the latest that is stated, or as `if missing` has it."""
        dates = self.dates(d, member, seg)
        if dates:
            return dates[max(dates)]
        where = f"{'member ' + member + ', ' if member is not None else ''}{d.name}{' in ' + seg if seg else ''}"
        return self.filled(d, member, seg, where)

    def filled(self, d: Decl, member: str | None, seg: Segment, where: str) -> Any:
        """What `if missing` gives; a pot holds whole minor units."""
        if d.missing is None:
            bad_event(f"{where} is missing")
        value = self.ev(d.missing, member, seg)
        check_sign(d, value, where + " (if missing)")
        return floor(value) if d.name in self.rb.pots else value

    def with_defaulter(self, d: Decl, member: str, other: str) -> Any:
        """One value with one defaulter."""
        stated = self.withs[member]
        if (d.name, other) in stated:
            return stated[d.name, other]
        return self.filled(d, member, None, f"member {member}, {d.name} with {other}")

    def name(self, name: str, member: str | None, seg: Segment) -> Any:
        """The value of a name; a choice value stands for itself."""
        if name in self.rb.defines:
            return self.ev(self.rb.defines[name], member, seg)
        d = self.rb.fields.get(name) or self.rb.givens.get(name)
        if d is None:
            return name
        return self.value(d, member if d.is_field else None, seg if d.per_segment else None)

    def as_of(self, name: str, member: str | None, seg: Segment, day: datetime.date) -> Any:
        """A value of an earlier day."""
        d = self.rb.fields.get(name) or self.rb.givens[name]
        who, where = (member if d.is_field else None), (seg if d.per_segment else None)
        since = None if who is None else self.event.since.get(who)
        day = min(day if since is None else max(day, since), self.declared)
        if day == self.declared:
            return self.value(d, who, where)
        return value_on(self.dates(d, who, where), day, f"{who or ''} {name}")

    def result(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """Of all results only what an event says itself: who is leaving."""
        assert e[0] == "leaving", e
        return is_leaving(self.event, member)

    def aggregate(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """An aggregate over all members of the event, or over segments."""
        return grouped(self, e, sorted(self.data), seg, member)


def is_leaving(event: "Event", member: str | None) -> bool:
    """Whether a member's notice is dated on or before the declaration."""
    return member in event.notices and event.notices[member] <= event.declared


def value_on(dates: Dates, day: datetime.date, what: str) -> Any:
    """The value dated latest on or before a day."""
    known = [x for x in dates if x <= day]
    if not known:
        run_error(f"{what}: no value as of {day}")
    return dates[max(known)]
