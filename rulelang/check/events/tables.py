"""What the tables of an event hold: members, givens, earlier payments and defaults, one row for each."""

import csv
from collections.abc import Iterable
from typing import assert_never

from rulelang.base.diagnostic import CheckError, Label, finding
from rulelang.base.source import Place, SourceText
from rulelang.check.events.csv_table import Cell, CsvTable, Shape
from rulelang.check.events.raw import (
    Day,
    RawAmount,
    RawEvent,
    RawLoss,
    RawMember,
    RawMovement,
    RawPayment,
    RawValue,
    Word,
)
from rulelang.check.exact import date_help
from rulelang.syntax import nodes

Cells = dict[str, Cell]
"""The cells of a row by their columns."""

SHAPES: dict[nodes.TableContents, Shape] = {
    "members": Shape("members", ("member",), ("contribution",), open=True),
    "givens": Shape("givens", ("name", "value"), ("segment",)),
    "paid": Shape("earlier payments", ("date", "payer", "step", "amount"), ("segment", "for")),
    "defaults": Shape("defaults", ("member", "loss"), ("segment",)),
    "paid in": Shape("money paid in", ("payer", "pot", "amount"), ("segment",)),
}
"""The columns of each kind of table; the columns of members are fields of the rulebook."""


def read_table(event: RawEvent, contents: nodes.TableContents, source: SourceText) -> None:
    """Enter what a table of an event holds: members, givens, earlier payments or defaults.

    Blank rows are skipped.  An empty cell of a field or of a given is a missing value.

    Raises:
        CheckError: as :meth:`CsvTable.rows`, or a date is none.
    """
    table = CsvTable(source, SHAPES[contents])
    fields = _fields(table) if contents == "members" else ()
    seen: dict[tuple[str, ...], Place] = {}
    for cells in table.rows():
        try:
            match contents:
                case "members":
                    event.members.append(_member(fields, cells))
                case "givens":
                    event.givens.append(_given(cells))
                case "paid":
                    event.payments.append(_payment(cells))
                    _warn_if_repeated(event, cells, tuple([cell.text for cell in cells.values()]), seen)
                case "defaults":
                    event.losses.append(_default(cells))
                    _warn_if_repeated(event, cells, tuple([cells[each].text for each in _WHOSE if each in cells]), seen)
                case "paid in":
                    event.movements.append(_movement(cells))
                    _warn_if_repeated(event, cells, tuple([cell.text for cell in cells.values()]), seen)
                case _:
                    assert_never(contents)
        except CheckError as error:
            table.findings += error.diagnostics


_WHOSE = ("member", "segment")


def _warn_if_repeated(event: RawEvent, cells: Cells, key: tuple[str, ...], seen: dict[tuple[str, ...], Place]) -> None:
    """Payments of one payer may be several, and so may losses; but rows that say the same are often one, read twice."""
    place = next(iter(cells.values())).place
    first = seen.setdefault(key, place)
    if first is not place:
        message = f"this row repeats {first.pointer.partition(',')[0] if first.pointer else 'another'}, and both count"
        advice = "remove one of the two if they are the same"
        event.warnings.append(finding("repeated-row", message, place, help=advice, labels=[Label(first, "the first")]))


Heading = tuple[str, Word, Word | None, Day | None]
"""A column of a field as it is headed, its field, its segment or defaulter, and the day of which its values are."""


def _fields(table: CsvTable) -> list[Heading]:
    """The columns of fields of a table of members.

    A column of a field per segment is called ``field.segment``, of one per defaulter ``field.defaulter``, and of values
    of an earlier day ``field@day``.

    Raises:
        CheckError: such a day is none.
    """
    found: list[Heading] = []
    for column, place in zip(table.columns, table.headings, strict=True):
        if column in ("member", "name"):
            continue
        whole, at, date = column.partition("@")
        name, dot, part = whole.partition(".")
        day = _day(date, place) if at else None
        found.append((column, Word(name, place), Word(part, place) if dot else None, day))
    return found


def _member(fields: Iterable[Heading], cells: Cells) -> RawMember:
    name = cells["name"].text if "name" in cells else ""
    values = tuple(
        RawValue(field, part, cells[column].text or None, cells[column].place, day)
        for column, field, part, day in fields
    )
    return RawMember(_word(cells["member"]), name or None, values, from_table=True)


def _given(cells: Cells) -> RawValue:
    """A given, of an earlier day if its name is followed by ``@`` and the day."""
    named = cells["name"]
    name, at, date = named.text.partition("@")
    value = cells["value"]
    as_of = _day(date, named.place) if at else None
    return RawValue(Word(name, named.place), _segment(cells), value.text or None, value.place, as_of)


def _payment(cells: Cells) -> RawPayment:
    return RawPayment(
        _day(cells["date"].text, cells["date"].place),
        _word(cells["payer"]),
        _word(cells["step"]),
        _segment(cells),
        _amount(cells["amount"]),
        _several(cells["for"]) if "for" in cells else (),
    )


def _default(cells: Cells) -> RawLoss:
    member = _word(cells["member"])
    return RawLoss(member, _segment(cells), _amount(cells["loss"]), member.place)


def _movement(cells: Cells) -> RawMovement:
    return RawMovement(_word(cells["payer"]), _word(cells["pot"]), _segment(cells), _amount(cells["amount"]))


def _several(cell: Cell) -> tuple[Word, ...]:
    """The ids of a cell, with commas between; one that holds a comma stands in quotes."""
    try:
        ids = [ident.strip() for ident in next(csv.reader([cell.text], skipinitialspace=True, strict=True), [])]
    except csv.Error:
        ids = [""]
    if cell.text and not all(ids):
        message = "between two commas, or in quotes, no member is named"
        raise CheckError([finding("malformed-table", message, cell.place, help="write ids as in `A, B`")])
    return tuple(Word(ident, cell.place) for ident in ids)


def _word(cell: Cell) -> Word:
    return Word(cell.text, cell.place)


def _segment(cells: Cells) -> Word | None:
    return _word(cells["segment"]) if "segment" in cells and cells["segment"].text else None


def _amount(cell: Cell) -> RawAmount:
    return RawAmount(cell.text, cell.place)


def _day(text: str, place: Place) -> Day:
    """The day that is written, as year-month-day.

    Raises:
        CheckError: it is none.
    """
    found = nodes.instant(text.strip())
    if found is None:
        message = f"there is no day `{text.strip()[:40]}`"
        raise CheckError([finding("malformed-date", message, place, help=date_help(text.strip()))])
    return Day(found, place)
