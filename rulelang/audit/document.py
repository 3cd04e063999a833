"""What a verification found, as a document."""

from collections.abc import Sequence

from rulelang.audit.verify import NOT_PROVEN, PROVEN, Verification
from rulelang.document.document import Document, Headline, Section
from rulelang.document.table import Cell, Column, Reader, Table, name, rows_of

_COLUMNS = tuple(map(Column, ("record", "stands", "part", "text")))


def verification_document(found: Sequence[Verification], reader: Reader) -> Document:
    """A row for each record, with one for each part that differs, and what standing means."""
    table = Table("Records", _COLUMNS, rows_of(*(row for each in found for row in _rows(each))))
    stand = sum(each.stands for each in found)
    calm = stand == len(found)
    words = "stands" if calm else "does not stand"
    told = f"{stand} of {len(found)} records stand"
    headline = Headline(words, calm, told, "each record with the one that its texts give")
    meaning = (f"A record that stands proves: {PROVEN}.", f"It does not prove: {NOT_PROVEN}.")
    sections = (
        Section("Records", table=table.filled(reader)),
        Section("What this means", intro=meaning),
    )
    return Document(
        ("Audit records run again",), sections, headline=headline, records=table if reader.form == "csv" else None
    )


def _rows(found: Verification) -> list[tuple[Cell, ...]]:
    head = (name(found.title), Cell("name", "yes" if found.stands else "no", tone="good" if found.stands else "bad"))
    parts = [(difference.part, difference.text) for difference in found.differences]
    parts += [("note", note) for note in found.notes]
    return [(*head, name(part), name(text)) for part, text in parts or [("", "")]]
