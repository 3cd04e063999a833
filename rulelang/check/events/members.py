"""The members of an event with their values, from its text and from the files of members together."""

from attrs import define, field

from rulelang.base.diagnostic import Label
from rulelang.base.source import Place
from rulelang.check.events.datum_values import Column, called, column_of, columns_of, name_meant, read_value
from rulelang.check.events.event_draft import EventDraft
from rulelang.check.events.raw import RawMember, RawValue
from rulelang.model.event import Value

Cell = tuple[str, Column]
"""A member's place in a column."""


def members(against: EventDraft) -> tuple[dict[str, str], dict[Column, dict[str, Value | None]]]:
    """The titles of members that have one, and the value of every member in each column.

    A value is ``None`` where the rulebook says what holds if it is missing.
    """
    names: dict[str, str] = {}
    tabled: set[str] = set()
    for member in against.raw.members:
        _enter_member(against, member, tabled)
        if member.title is not None:
            names[member.member.text] = member.title
    table = _Table(against)
    for member in sorted(against.raw.members, key=lambda m: not m.from_table):
        for value in member.values:
            table.enter(member, value)
    table.require_values()
    return names, table.columns


def _enter_member(against: EventDraft, member: RawMember, tabled: set[str]) -> None:
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
        if ident in tabled:
            label = Label(against.members[ident], "the first row is here")
            against.report(
                "duplicate-member",
                f"the member `{ident}` has two rows",
                member.member.place,
                "keep one of the two",
                labels=[label],
            )
        tabled.add(ident)
    against.members.setdefault(ident, member.member.place)


@define
class _Table:
    """The values of the members as they are entered.

    ``given`` holds where the text gives a value; ``empty`` the cells of files without one; ``refused`` those whose
    value does not fit, and ``misnamed`` the fields that a value in no column was probably meant for: these are not
    called missing as well.
    """

    against: EventDraft
    columns: dict[Column, dict[str, Value | None]] = field(init=False)
    given: dict[Cell, Place] = field(factory=dict)
    empty: dict[Cell, Place] = field(factory=dict)
    refused: set[Cell] = field(factory=set)
    misnamed: set[tuple[str, str | None]] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        program = self.against.program
        self.columns = {key: {} for datum in program.fields.values() for key in columns_of(program, datum)}

    def enter(self, member: RawMember, value: RawValue) -> None:
        """Enter a value; one in the text stands instead of one in a file."""
        against, ident, fields = self.against, member.member.text, self.against.program.fields
        key = column_of(against, value, fields, "field")
        if key is None:
            self.misnamed.add((ident, name_meant(against, value, fields, "field")))
            return
        if not member.from_table:
            first = self.given.setdefault((ident, key), value.name.place)
            if first is not value.name.place:
                label = Label(first, "the first is here")
                message = f"`{value.name.text}` of `{ident}` is given twice"
                against.report("duplicate-value", message, value.name.place, "keep one of the two", labels=[label])
                return
        if value.written is None:
            self.empty[ident, key] = value.place
            return
        read = read_value(against, value, fields[key[0]], ident)
        if read is None:
            self.refused.add((ident, key))
        else:
            self.columns[key][ident] = read

    def require_values(self) -> None:
        """Every member has every field, or the rulebook says what holds if it is missing."""
        against = self.against
        for key, column in self.columns.items():
            datum = against.program.fields[key[0]]
            shown = called(key)
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
