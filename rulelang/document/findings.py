"""Diagnostics as a document: a table of findings, and each with the lines that it is about."""

from collections.abc import Iterable, Iterator, Sequence

from rulelang.base.diagnostic import Diagnostic, Severity, in_order
from rulelang.base.render import render_text, summary
from rulelang.document.document import Document, Headline, Section
from rulelang.document.table import Cell, Column, Reader, Table, name, rows_of

COLUMNS = tuple(map(Column, ("severity", "code", "file", "line", "column", "message", "help")))


def findings_document(found: Sequence[Diagnostic], reader: Reader) -> Document:
    """The document of some findings; a page shows the lines of the rulebook too."""
    table = Table("Findings", COLUMNS, rows_of(*finding_cells(found)))
    sections = [Section("Findings", table=table.filled(reader))] if found else []
    if found and reader.form in ("html", "markdown"):
        sections.append(Section("Where they are", code=lines_of(found)))
    told = "each is below with its place" if found else "nothing was found"
    calm = all(each.severity is Severity.NOTE for each in found)
    headline = Headline(summary(found) or "clean", calm, told)
    records = table if reader.form == "csv" else None
    return Document(("Findings about rulebooks and events",), tuple(sections), headline=headline, records=records)


def finding_cells(found: Iterable[Diagnostic]) -> Iterator[tuple[Cell, ...]]:
    """A row for each finding, by file and place."""
    for each in in_order(found):
        place = each.place
        position = None if place is None else place.position
        where = ("", "") if position is None else (str(position.line), str(position.column))
        texts = (each.severity.value, each.code, "" if place is None else place.source.name, *where)
        yield *map(name, texts), Cell("text", each.message), Cell("text", "; ".join(each.helps))


def lines_of(found: Sequence[Diagnostic]) -> tuple[str, ...]:
    """The findings as a terminal shows them, all of them."""
    return tuple(render_text(found, colour=False, most=len(found)).splitlines())
