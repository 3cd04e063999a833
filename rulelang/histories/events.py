"""The event of a day: what stands on it, made into an event that is run like any other."""

import datetime
from collections.abc import Iterable

from rulelang.check.events.datum_values import columns_of
from rulelang.check.events.event_draft import Column
from rulelang.histories.happening import Happening
from rulelang.histories.standing import Standing
from rulelang.model.event import DatedBefore, Event, Past, Value, before_day

_NOTHING = Happening()


def event_of(
    standing: Standing, title: str, day: datetime.date, members: Iterable[str], happening: Happening = _NOTHING
) -> Event:
    """The event of a day on which these are members, before its run."""
    program, members = standing.program, tuple(sorted(members))
    present, defaulters = frozenset(members), tuple(dict.fromkeys((*happening.new_defaulters, *happening.further)))
    fields: dict[Column, dict[str, Value | None]] = {}
    with_defaulters: dict[str, dict[str, dict[str, Value | None]]] = {}
    for datum in program.fields.values():
        if datum.per_defaulter:
            with_defaulters[datum.name] = {one: _column(standing, (datum.name, one), members) for one in defaulters}
            continue
        for key in columns_of(program, datum):
            fields[key] = _column(standing, key, members)
    former = sorted((standing.defaulted.keys() | standing.departed.keys() | standing.gone) - present)
    return Event(
        title,
        day,
        members,
        {one: standing.names[one] for one in (*former, *members) if one in standing.names},
        fields,
        {key: standing.givens.get(key) for datum in program.givens.values() for key in columns_of(program, datum)},
        happening.losses,
        standing.payments,
        happening.decisions,
        with_defaulters,
        Past(
            DatedBefore({key: dict(standing.dated_fields.get(key, ())) for key in fields}, present, day),
            {
                key: before
                for datum in program.givens.values()
                for key in columns_of(program, datum)
                if (before := before_day(standing.dated_givens.get(key, ()), day))
            },
            {member: since for member in members if (since := standing.since.get(member)) is not None},
            tuple(former),
            tuple((since, one) for one, since in standing.defaulted.items()),
            {member: notice for member, notice in standing.notices.items() if member in present},
            {
                name: instance
                for name, instance in standing.periods.items()
                if name in program.periods and instance[0] <= day <= instance[1]
            },
        ),
        happening.withdrawals,
    )


def _column(standing: Standing, key: Column, members: tuple[str, ...]) -> dict[str, Value | None]:
    return dict(zip(members, map(standing.fields.get(key, {}).get, members), strict=True))
