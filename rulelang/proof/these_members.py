"""Claims about the members, data and givens of one event, whose losses, decisions and earlier payments are free.

Keys are numbers then, so that nearly all is linear and nothing is loosened: what has no solution is proved, and what
has one is run.
"""

from collections.abc import Iterator

from attrs import evolve

from rulelang.check.events.datum_values import columns_of
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.model.event import Event
from rulelang.proof.claims.claims import Claim
from rulelang.proof.domain.values import Outside, Symbolic
from rulelang.proof.solving.ladder import Setting
from rulelang.proof.worlds.kinds import Day
from rulelang.proof.worlds.labels import dealt_label, label
from rulelang.run.over_time import standing


def day_of(event: Event) -> Day:
    """The day of an event, with the periods that stand open on it."""
    is_open = frozenset(name for name in event.past.open_periods if standing(event, name) is not None)
    return Day(event.declared, is_open, further=any(loss.further for loss in event.losses))


def setting_of(claim: Claim, event: Event, setting: Setting) -> Setting:
    """The setting in which the data of an event that fits the first version are as it says.

    Raises:
        Outside: it leaves out what one version needs.
    """
    data = _data_of(event)
    for program, names in zip(claim.programs, setting.names, strict=True):
        for datum in (*program.fields.values(), *program.givens.values()):
            for place in _places(program, datum, names.get(datum.name, datum.name), event):
                if data.setdefault(place, None) is None and datum.if_missing is None:
                    what = f"`{datum.name}`, which the event leaves out and one version does not fill in,"
                    raise Outside(what, None, datum.name, datum.span)
    return evolve(setting, fixed=data, given=event)


def _places(program: CheckedProgram, datum: DatumProgram, name: str, event: Event) -> Iterator[str]:
    """The labels of the values of a datum in an event, by its name in all versions."""
    if datum.per_defaulter:
        yield from (dealt_label(name, member, other) for other in event.defaulters for member in event.members)
        return
    for _, segment in columns_of(program, datum):
        for member in event.members if datum.name in program.fields else (None,):
            yield label(name, segment, member)


def _data_of(event: Event) -> dict[str, Symbolic]:
    data: dict[str, Symbolic] = {}
    for (name, segment), value in event.givens.items():
        data[label(name, segment, None)] = value
    for (name, segment), column in event.fields.items():
        for member, value in column.items():
            data[label(name, segment, member)] = value
    for name, columns in event.with_defaulters.items():
        for defaulter, column in columns.items():
            for member, value in column.items():
                data[dealt_label(name, member, defaulter)] = value
    return data
