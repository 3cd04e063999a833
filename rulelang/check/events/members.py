"""The members of an event with their values, from its text and from the files of members together."""

import datetime
from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from rulelang.base.diagnostic import Label
from rulelang.base.source import Place
from rulelang.check.events.datum_values import called, column_of, columns_of, dated, name_meant, read_value
from rulelang.check.events.event_draft import Column, EventDraft
from rulelang.check.events.look_alikes import refuse_alike_ids, refuse_alike_texts
from rulelang.check.events.raw import Day, RawMember, RawValue
from rulelang.check.types import Kind
from rulelang.model.event import Dated, Value

Cell = tuple[str, Column]
"""A member's place in a column."""


@frozen
class Members:
    """The titles of members that have one, the value of each in every column, and what is known of earlier days.

    A value is ``None`` where the rulebook says what holds if it is missing.  ``with_defaulters`` has the columns of
    fields per defaulter, ``dated`` the dated values, ``since`` the days from which members have been such; ``stated``
    tells of each value of the day itself where it is written.
    """

    names: dict[str, str]
    columns: dict[Column, dict[str, Value | None]]
    with_defaulters: dict[str, dict[str, dict[str, Value | None]]]
    dated: dict[Column, dict[str, Dated]]
    since: dict[str, datetime.date]
    stated: dict[Cell, RawValue]


def members(against: EventDraft, defaulters: Sequence[str]) -> Members:
    """The members of an event; each has a value with each of the defaulters in every field per defaulter."""
    names: dict[str, str] = {}
    named: dict[str, Place] = {}
    rows: dict[str, Place] = {}
    for member in against.raw.members:
        _enter_member(against, member, rows)
        named.setdefault(member.member.text, member.member.place)
        if member.title is not None:
            names[member.member.text] = member.title
    against.members.update(named)
    if not against.told_apart or not against.told_apart.issuperset(against.members):
        refuse_alike_ids(against)
    table = _Table(against, defaulters)
    for member in sorted(against.raw.members, key=lambda m: not m.from_table):
        for value in member.values:
            table.enter(member, value)
    old = table.settle_dated()
    table.refuse_alike_texts()
    table.require_values()
    for word in against.defaulters_named:
        against.is_member(word, "the defaulter")
    return Members(names, table.columns, table.with_defaulters(), old, _since(against), table.today)


def _since(against: EventDraft) -> dict[str, datetime.date]:
    """The day from which each member has been one, where the event says so."""
    found: dict[str, Day] = {}
    for member in against.raw.members:
        ident, day = member.member.text, member.since
        if day is None:
            continue
        if against.raw.declared is not None and day.date > against.raw.declared:
            message = f"`{ident}` is a member since {day.date}, after the event's own day {against.raw.declared}"
            against.report("dated-after-declared", message, day.place, "leave it out, or check the day")
        elif ident in found:
            message = f"the event says twice since when `{ident}` has been a member"
            against.report_second("duplicate-value", message, day.place, found[ident].place)
        found.setdefault(ident, day)
    return {ident: day.date for ident, day in found.items()}


def _enter_member(against: EventDraft, member: RawMember, rows: dict[str, Place]) -> None:
    ident = member.member.text
    if ident == "ccp" or ident in against.program.parties:
        message = f"`{ident}` is a payer of the rulebook, not a member"
        against.report("duplicate-name", message, member.member.place, "give the member another id")
    if not ident.strip():
        against.report("wrong-value", "the id of a member is empty", member.member.place, "give the member an id")
    if any(not character.isprintable() for character in ident):
        message = "the id of a member holds a character that cannot be printed"
        against.report("wrong-value", message, member.member.place, "write the id anew")
    in_csv = member.from_table and member.member.place.span is not None  # JSON keeps names and fields apart
    if in_csv and member.title is not None and "name" in against.program.fields:
        message = f"the column `name` holds the name of the member `{ident}`, but the rulebook has a field `name`"
        against.report(
            "duplicate-name", message, member.member.place, "give the field in `member` blocks, or rename it"
        )
    if member.from_table:
        if ident in rows:
            label = Label(rows[ident], "the first row is here")
            against.report(
                "duplicate-member",
                f"the member `{ident}` has two rows",
                member.member.place,
                "keep one of the two",
                labels=[label],
            )
        rows.setdefault(ident, member.member.place)


@define
class _Table:
    """The values of the members as they are entered.

    ``given`` holds where the text gives a value; ``empty`` the cells of files without one; ``refused`` those whose
    value does not fit, and ``misnamed`` the fields that a value in no column was probably meant for: these are not
    called missing as well.  ``named_twice`` are the headings that name a field which another one names already.
    """

    against: EventDraft
    defaulters: Sequence[str]
    columns: dict[Column, dict[str, Value | None]] = field(factory=dict)
    dated: dict[Cell, list[tuple[RawValue, Value]]] = field(factory=dict)
    today: dict[Cell, RawValue] = field(factory=dict)
    given: dict[Cell, Place] = field(factory=dict)
    empty: dict[Cell, Place] = field(factory=dict)
    refused: set[Cell] = field(factory=set)
    misnamed: set[tuple[str, str | None]] = field(factory=set)
    named_twice: list[Place] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        program = self.against.program
        for datum in program.fields.values():
            for key in columns_of(program, datum) if not datum.per_defaulter else ():
                self._column(key)
        for name in self._per_defaulter():
            for defaulter in self.defaulters:
                self._column((name, defaulter))

    def _column(self, key: Column) -> dict[str, Value | None]:
        if key not in self.columns:
            self.columns[key] = dict(self.against.standing.fields.get(key, ()))
        return self.columns[key]

    def _per_defaulter(self) -> Iterator[str]:
        return (datum.name for datum in self.against.program.fields.values() if datum.per_defaulter)

    def with_defaulters(self) -> dict[str, dict[str, dict[str, Value | None]]]:
        """The columns of fields per defaulter, taken out of the others."""
        found: dict[str, dict[str, dict[str, Value | None]]] = {name: {} for name in self._per_defaulter()}
        for name, defaulter in [key for key in self.columns if key[0] in found]:
            found[name][defaulter or ""] = self.columns.pop((name, defaulter))
        return found

    def settle_dated(self) -> dict[Column, dict[str, Dated]]:
        """The dated values of every member from before the day; of what is dated alone, the latest is today's."""
        found: dict[Column, dict[str, Dated]] = {}
        for (ident, key), rows in self.dated.items():
            known, now = dated(self.against, rows, self.today.get((ident, key)), f"`{called(key)}` of `{ident}`")
            if now is not None:
                self.today[ident, key], self.columns[key][ident] = now
            if not known:
                continue
            found.setdefault(key, {})[ident] = known
            if (ident, key) not in self.refused and ident not in self.columns[key]:
                self.columns[key][ident] = known[-1][1]
        return found

    def enter(self, member: RawMember, value: RawValue) -> None:
        """Enter a value; one in the text stands instead of one in a file."""
        against, ident, fields = self.against, member.member.text, self.against.program.fields
        key = column_of(against, value, fields, "field")
        if key is None:
            self.misnamed.add((ident, name_meant(against, value, fields, "field")))
            return
        if value.as_of is None and not member.from_table:
            first = self.given.setdefault((ident, key), value.name.place)
            if first is not value.name.place:
                message = f"`{value.name.text}` of `{ident}` is given twice"
                against.report_second("duplicate-value", message, value.name.place, first)
                return
        if value.written is None:
            if value.as_of is None:
                self.empty[ident, key] = value.place
            return
        if value.as_of is None and member.from_table and self._has_another_name(ident, key, value):
            return
        read = read_value(against, value, fields[key[0]], ident)
        if read is None:
            self.refused.add((ident, key))
        elif value.as_of is not None:
            self.dated.setdefault((ident, key), []).append((value, read))
        else:
            self._column(key)[ident] = read
            self.today[ident, key] = value

    def _has_another_name(self, ident: str, key: Column, value: RawValue) -> bool:
        """Whether the row gives the field by a former name too, which is told once for two columns of a table."""
        first = self.today.get((ident, key))
        if first is None or first.name.text == value.name.text:
            return False  # the same name again is another row, which is refused as one
        if not any(told is value.name.place for told in self.named_twice):
            self.named_twice.append(value.name.place)
            message = f"`{value.name.text}` and `{first.name.text}` of `{ident}` are one field, given twice"
            self.against.report_second("duplicate-value", message, value.name.place, first.name.place)
        return True

    def refuse_alike_texts(self) -> None:
        """Texts of a field that differ are told apart by whoever reads them."""
        fields = self.against.program.fields
        places: dict[str, dict[str, Place]] = {
            datum.name: {} for datum in fields.values() if datum.type.kind is Kind.TEXT
        }
        for (ident, key), value in self.today.items():
            text = self.columns[key][ident] if key[0] in places else None
            if isinstance(text, str):
                places[key[0]].setdefault(text, value.place)
        for name, texts in places.items():
            refuse_alike_texts(self.against, name, texts)

    def require_values(self) -> None:
        """Every member has every field, or the rulebook says what holds if it is missing."""
        against = self.against
        for key, column in self.columns.items():
            if against.members.keys() <= column.keys():
                continue
            datum = against.program.fields[key[0]]
            shown = f"{key[0]} with {key[1]}" if datum.per_defaulter else called(key)
            if datum.per_defaulter and key[1] not in self.defaulters:
                column.update(dict.fromkeys(ident for ident in against.members if ident not in column))
                continue
            missing = [ident for ident in against.members if ident not in column]
            column.update(dict.fromkeys(missing))
            if datum.if_missing is not None:
                continue
            payers = ("ccp", *against.program.parties)  # taken for members by mistake
            missing = [
                ident
                for ident in missing
                if (ident, key) not in self.refused and (ident, key[0]) not in self.misnamed and ident not in payers
            ]
            places = [self.empty.get((ident, key)) for ident in missing]
            if len(missing) == len(against.members) > 1 and not any(places):
                message = f"`{shown}` is missing for all {len(missing)} members"
                against.report("missing-value", message, against.members[missing[0]], "give it for each member")
                continue
            for ident, place in zip(missing, places, strict=True):
                against.report(
                    "missing-value",
                    f"`{shown}` of member `{ident}` is missing",
                    place or against.members[ident],
                    "give the value; nothing is ever assumed",
                )
