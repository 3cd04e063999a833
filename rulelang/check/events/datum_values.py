"""The values of fields and givens: the column each belongs to, what is written in it, and the givens as a whole."""

import datetime
import re
from collections.abc import Iterable, Mapping

from rulelang.base.suggest import asked, listed
from rulelang.check.events import values
from rulelang.check.events.event_draft import Column, EventDraft
from rulelang.check.events.raw import RawValue
from rulelang.check.exact import Refusal
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.model.event import Dated, Value

_UNIT = re.compile(r"\s*[(\[]\s*(?:in\s+)?[A-Z]{3}\s*[)\]]$")
"""A currency behind the head of a column; other words there may say that amounts are in thousands or millions."""


def columns_of(program: CheckedProgram, datum: DatumProgram) -> list[Column]:
    """The columns of a field or given: one, or one for each segment."""
    return [(datum.name, segment) for segment in (program.segments if datum.per_segment else (None,))]


def called(column: Column) -> str:
    """A column as messages call it: ``margin in energy``."""
    return column[0] if column[1] is None else f"{column[0]} in {column[1]}"


def column_of(against: EventDraft, value: RawValue, table: Mapping[str, DatumProgram], what: str) -> Column | None:
    """The column that a value belongs to; ``None`` with a finding if there is none."""
    name = value.name.text
    datum = table.get(against.program.data_by_any_name.get(name, name))
    if datum is None:
        bare = _UNIT.sub("", name)  # `margin (EUR)`
        near = asked(name, bare) if bare in table else against.suggestions.did_you_mean(name, table, what)
        advice = near or f"the {what}s of the rulebook are {listed(table, 'and')}"
        against.report(
            "unknown-name", f"the rulebook has no {what} `{name}`", value.name.place, advice if table else None
        )
        return None
    segment = None if value.segment is None else value.segment.text
    if datum.per_defaulter:
        return _column_of_defaulter(against, value, datum)
    if value.defaulter is not None:
        message = f"`{name}` is not per defaulter"
        against.report("not-per-defaulter", message, value.defaulter.place, "leave out `with` and the member")
        return None
    if not against.fits_segment(value.segment, per_segment=datum.per_segment, what=f"`{name}`", place=value.name.place):
        return None
    return (datum.name, segment)


def _column_of_defaulter(against: EventDraft, value: RawValue, datum: DatumProgram) -> Column | None:
    """The column of a field per defaulter: its second part is the defaulter."""
    name, defaulter = datum.name, value.defaulter or value.segment
    if value.as_of is not None:
        message = f"`{name}` has a value for each defaulter, and none of them is dated"
        against.report("not-dated", message, value.as_of.place, "leave the day out")
    elif defaulter is None:
        advice = f"say with which member, as in `{name} with AAS`"
        message = f"`{name}` is per defaulter, but no defaulter is named"
        against.report("not-per-defaulter", message, value.name.place, advice)
    else:
        against.defaulters_named.append(defaulter)
        return (name, defaulter.text)
    return None


def in_table(against: EventDraft, value: RawValue) -> bool:
    """Whether a table gives a value, not the text of the event."""
    return value.name.place.source is not against.raw.source


_NOT_YET = "check the day, or leave the value out: an event says what was known on its day"


def dated(
    against: EventDraft, values: Iterable[tuple[RawValue, Value]], today: RawValue | None, shown: str
) -> tuple[Dated, tuple[RawValue, Value] | None]:
    """The dated values of something from before the event's day in rising order, and the one that is dated by it.

    That one is today's, as if it had no date; ``today`` is the one without a date, if there is one.  What the text says
    of a day stands instead of what a table says of it.
    """
    declared, found = against.raw.declared, dict[datetime.date, tuple[RawValue, Value]]()
    for value, read in sorted(values, key=lambda each: in_table(against, each[0])):
        assert value.as_of is not None
        day = value.as_of.date
        first = found[day][0] if day in found else today if day == declared else None
        if declared is not None and day > declared:
            message = f"the value of {shown} is dated {day}, after the event's own day {declared}"
            against.report("dated-after-declared", message, value.as_of.place, _NOT_YET)
        elif first is None or (in_table(against, first) and not in_table(against, value)):
            found[day] = (value, read)
        elif in_table(against, first) or not in_table(against, value):
            message = f"{shown} has two values for {day}"
            against.report_second("duplicate-value", message, value.name.place, first.name.place)
    now = None if declared is None else found.pop(declared, None)
    return tuple((day, found[day][1]) for day in sorted(found)), now


def name_meant(against: EventDraft, value: RawValue, table: Mapping[str, DatumProgram], what: str) -> str | None:
    """The field or given that a value without a column was probably meant for: it is not called missing as well."""
    name = _UNIT.sub("", value.name.text)
    return name if name in table else against.suggestions.nearest(name, table, what)


def read_value(against: EventDraft, value: RawValue, datum: DatumProgram, member: str | None = None) -> Value | None:
    """The value, in the terms of its field or given; ``None`` with a finding if it does not fit."""
    assert value.written is not None
    currency = against.program.currency_of(datum.type)
    whose = f"`{datum.name}`" if member is None else f"`{datum.name}` of `{member}`"
    try:
        if isinstance(value.written, str):
            doubts: list[Refusal] = []
            read = values.from_cell(value.written, datum, currency, whose, doubts)
            against.doubt(doubts, value.place)
            return read
        return values.from_words(value.written, datum, currency, whose)
    except Refusal as refusal:
        against.report(refusal.code, refusal.message, value.place, refusal.help)
        return None
