"""The names in a CSV file of an event: in its header, and in the cells that hold names."""

import csv
from collections.abc import Iterator

from rulelang.analysis.uses import Role
from rulelang.analysis.written import Written
from rulelang.base.diagnostic import CheckError
from rulelang.base.source import Place, SourceText, Span
from rulelang.check.draft import Draft
from rulelang.check.events.csv_table import Cell, CsvTable
from rulelang.check.events.tables import SHAPES
from rulelang.check.types import Kind
from rulelang.syntax import nodes

_OF_COLUMNS = {
    "member": Role.MEMBER,
    "payer": Role.MEMBER,
    "for": Role.MEMBER,
    "step": Role.STEP,
    "segment": Role.SEGMENT,
    "pot": Role.POT,
}


def in_table(source: SourceText, contents: nodes.TableContents, draft: Draft | None) -> Iterator[Written]:
    """The names of a table, as far as it can be read."""
    try:
        table = CsvTable(source, SHAPES[contents])
    except CheckError:
        return
    roles = _roles(table, contents, draft)
    if contents == "members":
        for column, place in _fields(table):
            yield from _heading(column, place, draft)
    try:
        for cells in table.rows():
            for column in roles.keys() & cells.keys():
                yield from _cell(column, cells[column], roles[column])
    except CheckError:
        return


def _fields(table: CsvTable) -> Iterator[tuple[str, Place]]:
    """The columns of fields in a table of members."""
    columns = zip(table.columns, table.headings, strict=True)
    return ((column, place) for column, place in columns if column not in ("member", "name"))


def _roles(table: CsvTable, contents: nodes.TableContents, draft: Draft | None) -> dict[str, Role]:
    """The columns whose cells hold names, and the role of these."""
    if contents == "members":
        choices = dict.fromkeys((column for column, _ in _fields(table) if _is_choice(column, draft)), Role.CHOICE)
        return {"member": Role.JOINING, **choices}
    return {"name": Role.DATUM, "segment": Role.SEGMENT} if contents == "givens" else _OF_COLUMNS


def _heading(column: str, place: Place, draft: Draft | None) -> Iterator[Written]:
    """The names of a heading such as ``contribution.energy@2018-09-01``."""
    whole, _, _ = column.partition("@")
    name, _, part = whole.partition(".")
    if '"' in column:  # written twice in the text
        return
    start = _start(place, column)
    yield name, Span(start, start + len(name)), Role.DATUM
    if part:
        of_member = draft is not None and name in draft.fields and draft.fields[name].per_defaulter
        at = start + len(name) + 1
        yield part, Span(at, at + len(part)), Role.MEMBER if of_member else Role.SEGMENT


def _is_choice(column: str, draft: Draft | None) -> bool:
    name = column.partition("@")[0].partition(".")[0]
    return draft is not None and name in draft.fields and draft.fields[name].type.kind is Kind.CHOICE


def _cell(column: str, cell: Cell, role: Role) -> Iterator[Written]:
    text = cell.text
    if not text or (column == "payer" and text == "ccp"):
        return
    raw = cell.place.source.slice(cell.place.span or Span(0, 0))
    if column == "name":
        text = text.partition("@")[0]
    elif column != "for" and raw.startswith('"') and cell.place.span is not None:
        yield text, cell.place.span, role
        return
    start = _start(cell.place, text)
    if column == "for" and ("," in text or '"' in text):
        source = cell.place.source
        for ident in next(csv.reader([text], skipinitialspace=True), []):
            at = cell.place.source.text.find(ident, start)
            if ident and at >= 0:
                quoted = 2 if source.text[at - 2 : at] == '""' == source.text[at + len(ident) :][:2] else 0
                yield ident, Span(at - quoted, at + len(ident) + quoted), role
                start = at + len(ident)
        return
    yield text, Span(start, start + len(text)), role


def _start(place: Place, text: str) -> int:
    """Where a text begins in its cell, behind blanks and a quotation mark."""
    assert place.span is not None
    found = place.source.text.find(text, *place.span)
    return place.span.start if found < 0 else found
