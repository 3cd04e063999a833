"""The values of fields and givens: the column each belongs to, what is written in it, and the givens as a whole."""

from collections.abc import Mapping

from rulelang.base.diagnostic import Label
from rulelang.base.source import Place
from rulelang.base.suggest import listed
from rulelang.check.events import values
from rulelang.check.events.event_draft import EventDraft
from rulelang.check.events.raw import RawValue
from rulelang.check.exact import Refusal
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.model.event import Value

Column = tuple[str, str | None]
"""A field or given, and a segment if it is per segment."""


def columns_of(program: CheckedProgram, datum: DatumProgram) -> list[Column]:
    """The columns of a field or given: one, or one for each segment."""
    return [(datum.name, segment) for segment in (program.segments if datum.per_segment else (None,))]


def called(column: Column) -> str:
    """A column as messages call it: ``margin in energy``."""
    return column[0] if column[1] is None else f"{column[0]} in {column[1]}"


def column_of(against: EventDraft, value: RawValue, table: Mapping[str, DatumProgram], what: str) -> Column | None:
    """The column that a value belongs to; ``None`` with a finding if there is none."""
    name = value.name.text
    datum = table.get(name)
    if datum is None:
        near = against.suggestions.did_you_mean(name, table, what)
        advice = near or f"the {what}s of the rulebook are {listed(table, 'and')}"
        against.report(
            "unknown-name", f"the rulebook has no {what} `{name}`", value.name.place, advice if table else None
        )
        return None
    segment = None if value.segment is None else value.segment.text
    if not against.fits_segment(value.segment, per_segment=datum.per_segment, what=f"`{name}`", place=value.name.place):
        return None
    return (name, segment)


def name_meant(against: EventDraft, value: RawValue, table: Mapping[str, DatumProgram], what: str) -> str | None:
    """The field or given that a value without a column was probably meant for: it is not called missing as well."""
    name = value.name.text
    return name if name in table else against.suggestions.nearest(name, table, what)


def read_value(against: EventDraft, value: RawValue, datum: DatumProgram, member: str | None = None) -> Value | None:
    """The value, in the terms of its field or given; ``None`` with a finding if it does not fit."""
    assert value.written is not None
    whose = f"`{datum.name}`" if member is None else f"`{datum.name}` of `{member}`"
    try:
        if isinstance(value.written, str):
            return values.from_cell(value.written, datum, against.program.currency, whose)
        return values.from_words(value.written, datum, against.program.currency, whose)
    except Refusal as refusal:
        against.report(refusal.code, refusal.message, value.place, refusal.help)
        return None


def givens(against: EventDraft) -> dict[Column, Value | None]:
    """The value of each given; ``None`` where the rulebook says what holds if it is missing."""
    table = against.program.givens
    found: dict[Column, Value | None] = {}
    places: dict[Column, Place] = {}
    misnamed: set[str | None] = set()
    for value in against.raw.givens:
        key = column_of(against, value, table, "given")
        if key is None:
            misnamed.add(name_meant(against, value, table, "given"))
            continue
        if key in places:
            label = Label(places[key], "the first is here")
            message = f"`{value.name.text}` is given twice"
            against.report("duplicate-value", message, value.name.place, "keep one of the two", labels=[label])
            continue
        if value.written is None:
            continue
        places[key] = value.name.place
        read = read_value(against, value, table[key[0]])
        if read is not None:
            found[key] = read
    for datum in table.values():
        for key in columns_of(against.program, datum):
            if key not in places and datum.name not in misnamed and datum.if_missing is None:
                shown = called(key)
                advice = f"add a line such as `given {shown} = …`"
                if against.raw.place.span is None:
                    advice = 'give it under "givens"'
                against.report("missing-value", f"the event does not give `{shown}`", against.raw.place, advice)
            found.setdefault(key, None)
    return found
