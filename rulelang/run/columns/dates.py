"""Days, periods, and values as of a day (sections 6.7, 6.9 and 7.11 of the specification)."""

import datetime
from collections.abc import Sequence
from typing import assert_never

from rulelang.check.types import Kind
from rulelang.model.calendar import DurationUnit
from rulelang.run.data import Data
from rulelang.run.domain import beyond_the_calendar
from rulelang.run.moment import RowSite, Standpoint, positions
from rulelang.run.over_time import standing
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.values import Row, Value, Who
from rulelang.syntax import nodes


def value_of_today(at: Standpoint, node: nodes.Reference, who: Who) -> Row:
    """The values of today."""
    return _value_in(at.data, at, node, who)


def _value_in(data: Data, at: Standpoint, node: nodes.Reference, who: Who) -> Row:
    name, program = node.name, at.plan.program
    if name in program.fields:
        column = data.fields[name, at.segment if program.fields[name].per_segment else None]
        return [column[member] for member in positions(who)]
    return [data.givens[name, at.segment if program.givens[name].per_segment else None]] * len(who)


def as_of(at: Standpoint, node: nodes.AsOf, who: Who) -> Row:
    """The values of a datum as of a day that is an expression itself (section 6.9)."""
    days = at.domain.settled(at.column(node.day, who), f"the day as of which `{node.datum.name}` is read", node.day)
    return dated_values(at, node.datum, who, days)


def dated_values(at: Standpoint, node: nodes.Reference, who: Who, days: Sequence[datetime.date]) -> Row:
    """The values as of a day for each of ``who`` (section 6.9): the latest dated on or before it.

    As of today a pot holds what it held when the run began, also when that is over.
    """
    event, name, declared = at.plan.event, node.name, at.plan.event.declared
    per_member = name in at.plan.program.fields
    datum = (at.plan.program.fields if per_member else at.plan.program.givens)[name]
    key = (name, at.segment if datum.per_segment else None)
    today = _value_in(at.data.began or at.data, at, node, who)
    result: Row = []
    for index, (position, day) in enumerate(zip(who, days, strict=True)):
        member = at.member(position) if per_member else None
        asked = day if member is None else max(day, event.past.since.get(member, day))
        dated_on, value = None, today[index]
        if asked < declared:
            dated = event.past.givens.get(key, ()) if member is None else event.past.fields.get(key, {}).get(member, ())
            before = [each for each in dated if each[0] <= asked]
            if before:
                dated_on, value = before[-1]
            else:
                where = "" if key[1] is None else f" in {key[1]}"
                message = f"`{name}`{where} has no value dated on or before {asked}"
                violation = RuleViolation("no-value-as-of", message, node, member)
                at.refuse(position, True, violation)  # noqa: FBT003 - it holds
        if at.readings is not None:
            at.readings[name, member, key[1], day] = dated_on, value
        result.append(value)
    return result


def moved(at: Standpoint, node: nodes.Arithmetic, left: Row, right: Row, who: Who) -> Row:
    """Dates so many days, business days or months later or earlier; the number may stand on either side of a sum."""
    domain, site = at.domain, RowSite(at, node, who)
    of_days = at.plan.program.types[id(node.left)].type.kind is not Kind.DATE
    dates, days = (right, left) if of_days else (left, right)
    unit = at.plan.program.types[id(node.left if of_days else node.right)].type.kind
    number = domain.negated(days) if node.operator == "-" else days
    if unit is Kind.DAYS:
        return domain.shifted(dates, number, site)
    days_known = domain.settled(dates, f"a date moved by {unit.value}", node)
    return [
        _shifted(site, index, unit, day, count)
        for index, (day, count) in enumerate(zip(days_known, number, strict=True))
    ]


def _shifted(site: RowSite, index: int, unit: Kind, day: datetime.date, number: int) -> datetime.date:
    """A day so many business days or months later."""
    word: DurationUnit = "months" if unit is Kind.MONTHS else "business days"
    try:
        return site.at.plan.program.calendar.shifted(day, number, word)
    except OverflowError:
        site.refuse(index, True, beyond_the_calendar(day, number, site.node, word))  # noqa: FBT003 - it holds
        return day


def period_value(at: Standpoint, node: nodes.PeriodValue, who: Who) -> Row:
    """See section 7.11: whether a period is open, its first day, how many have defaulted since."""
    event, name = at.plan.event, node.period.text
    instance = standing(event, name)
    first = event.declared if instance is None else instance[0]
    match node.what:
        case "open":
            return [instance is not None or at.state.opened.get(name, False)] * len(who)
        case "start":
            return [first] * len(who)
        case "defaults":
            more = at.data.earlier_defaults.get(name)
            since = _defaulted_since(at, first)
            return [since if more is None else at.domain.total([since, more])] * len(who)
        case _:
            assert_never(node.what)


def _defaulted_since(at: Standpoint, first: datetime.date) -> Value:
    """How many members have defaulted from a day on, those of this run up to this pass included."""
    event = at.plan.event
    earlier = {member: day for day, member in event.past.defaulted if day <= event.declared}
    counted = {member for member, day in earlier.items() if day >= first}
    if at.data.populations is None:
        passes = at.plan.passes[: at.passing.number + 1]
        here = sorted({place for one in passes for place in one.populations["defaulters"]})
        also = [place for place in here if event.members[place] not in earlier]
        return at.domain.total([len(counted), at.domain.how_many(also, None)])
    who, present = (at.data.whole or at.data.populations)["defaulters"]
    reached = {passing.defaulter for passing in at.plan.passes[: at.passing.number + 1]}
    new = [
        place
        for place, member in enumerate(at.ids(who))
        if member not in earlier and (at.data.whole is None or member in reached)
    ]
    return at.domain.total(
        [len(counted), len(new) if present is None else at.domain.counted([present[p] for p in new])]
    )
