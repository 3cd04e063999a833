"""The givens of an event, from its text and from tables of givens together."""

from collections.abc import Iterator

from attrs import define, field, frozen

from rulelang.base.source import Place
from rulelang.check.events.datum_values import called, column_of, columns_of, dated, in_table, name_meant, read_value
from rulelang.check.events.event_draft import Column, EventDraft
from rulelang.check.events.raw import RawValue
from rulelang.model.event import Dated, Value


@frozen
class Givens:
    """The value of each given, ``None`` where the rulebook says what holds if it is missing; and the dated values.

    ``stated`` tells of each value of the day itself where it is written.
    """

    values: dict[Column, Value | None]
    dated: dict[Column, Dated]
    stated: dict[Column, RawValue]


def givens(against: EventDraft) -> Givens:
    """The givens of an event, or of a day of a history."""
    table = _Givens(against)
    standing = against.standing.givens
    table.found.update({key: standing[key] for key in _columns(against) if key in standing})
    table.given.update(table.found)
    for value in sorted(against.raw.givens, key=lambda each: in_table(against, each)):
        table.enter(value)
    old = table.settle_dated()
    table.require_values()
    return Givens(table.found, old, table.today)


def _columns(against: EventDraft) -> Iterator[Column]:
    for datum in against.program.givens.values():
        yield from columns_of(against.program, datum)


@define
class _Givens:
    """The values of givens as they are entered: those of the text first, which stand instead of those of tables.

    ``given`` holds where each has a value, ``empty`` the cells of tables without one; ``misnamed`` are the givens that
    a value of no given was probably meant for: these are not called missing as well.
    """

    against: EventDraft
    found: dict[Column, Value | None] = field(factory=dict)
    given: set[Column] = field(factory=set)
    today: dict[Column, RawValue] = field(factory=dict)
    earlier: dict[Column, list[tuple[RawValue, Value]]] = field(factory=dict)
    empty: dict[Column, Place] = field(factory=dict)
    misnamed: set[str | None] = field(factory=set)

    def enter(self, value: RawValue) -> None:
        """Enter a value."""
        against, table = self.against, self.against.program.givens
        key = column_of(against, value, table, "given")
        if key is None:
            self.misnamed.add(name_meant(against, value, table, "given"))
        elif value.written is None:
            if value.as_of is None and in_table(against, value):
                self.empty[key] = value.place
        elif value.as_of is not None:
            if (was := read_value(against, value, table[key[0]])) is not None:
                self.earlier.setdefault(key, []).append((value, was))
        elif key not in self.today:
            self.given.add(key)
            self.today[key] = value
            if (read := read_value(against, value, table[key[0]])) is not None:
                self.found[key] = read
        elif not in_table(against, value) or in_table(against, self.today[key]):
            message = f"`{value.name.text}` is given twice"
            against.report_second("duplicate-value", message, value.name.place, self.today[key].name.place)

    def settle_dated(self) -> dict[Column, Dated]:
        """The dated values from before the day; of what is dated alone, the latest is today's."""
        old = {}
        for key, rows in self.earlier.items():
            old[key], now = dated(self.against, rows, self.today.get(key), f"`{called(key)}`")
            if now is not None:
                self.today[key], self.found[key] = now
                self.given.add(key)
            elif old[key] and key not in self.given:
                self.found[key] = old[key][-1][1]
                self.given.add(key)
        return {key: rows for key, rows in old.items() if rows}

    def require_values(self) -> None:
        """Every given has a value, or the rulebook says what holds if it is missing."""
        against = self.against
        for datum in against.program.givens.values():
            for key in columns_of(against.program, datum):
                if key not in self.given and datum.name not in self.misnamed and datum.if_missing is None:
                    shown = called(key)
                    advice = f"add a line such as `given {shown} = …`"
                    if against.raw.place.span is None:
                        advice = 'give it under "givens"'
                    place = self.empty.get(key, against.raw.place)
                    against.report("missing-value", f"the event does not give `{shown}`", place, advice)
                self.found.setdefault(key, None)
