"""The tables of an event: CSV files of members, givens, payments and defaults."""

import csv
import datetime
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.oracle.parts import Decl, Rulebook, Segment
from tests.oracle.tokens import to_date
from tests.oracle.values import csv_value
from tests.oracle.words import bad_event

Files = Mapping[str, str] | None
Dates = dict[datetime.date, Any]
"""Values by the day as of which they were stated."""
Values = dict[tuple[str, Segment], Dates]
"""What is stated of one member, or of the givens, by name and segment."""


class Tables:
    """Reads CSV files, which lie in a folder or are at hand by name."""

    def __init__(self, rb: Rulebook, declared: datetime.date, base: Path | None, files: Files) -> None:
        """Remember where the files are."""
        self.rb, self.declared, self.base, self.files = rb, declared, base or Path(), files

    def rows(self, name: str) -> tuple[list[str], list[list[str]]]:
        """The header and the rows of a file; blank rows are left out."""
        if self.files is not None and name in self.files:
            text = self.files[name]
        else:
            try:
                text = (self.base / name).read_bytes().decode("utf-8")
            except OSError as e:
                bad_event(f"{name}: {e}")
        rows = [r for r in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if r]
        if not rows:
            bad_event(f"{name}: no header row")
        header = [h.strip() for h in rows[0]]
        if len(set(header)) != len(header):
            bad_event(f"{name}: a column stands twice")
        for n, row in enumerate(rows[1:], start=2):
            if len(row) != len(header):
                bad_event(f"{name}, row {n}: {len(row)} cells, {len(header)} columns")
        return header, [[x.strip() for x in row] for row in rows[1:]]

    def records(self, name: str, due: tuple[str, ...], may: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
        """The rows of a table with fixed columns, each with its place."""
        header, rows = self.rows(name)
        if not set(due) <= set(header) or not set(header) <= {*due, *may}:
            bad_event(f"{name}: the columns are {', '.join((*due, *may))}")
        found = []
        for n, row in enumerate(rows, start=2):
            cells = dict.fromkeys((*due, *may), "") | dict(zip(header, row, strict=True))
            found.append((f"{name}, row {n}", cells))
        return found

    def members(self, name: str, data: dict[str, Values], withs: dict[str, dict[tuple[str, str], Any]]) -> None:
        """Enter a table of members."""
        header, rows = self.rows(name)
        if "member" not in header:
            bad_event(f"{name}: no column `member`")
        columns = [self.column(name, h) for h in header]
        keys = [c[1:] if c[0] is None else (c[0].name, *c[1:]) for c in columns if c is not None]
        if len(set(keys)) < len(keys):
            bad_event(f"{name}: two columns say the same")
        for n, row in enumerate(rows, start=2):
            ident = row[header.index("member")]
            if not ident:
                bad_event(f"{name}, row {n}: no member")
            if ident in data:
                bad_event(f"{name}, row {n}: {ident} stands twice")
            data[ident], withs[ident] = {}, {}
            for heading, column, cell in zip(header, columns, row, strict=True):
                if column is None or cell == "":
                    continue
                d, seg, other, day = column
                value = csv_value(d, cell, self.rb, f"{name}, row {n}, column {heading}")
                if other is not None:
                    withs[ident][d.name, other] = value
                else:
                    data[ident].setdefault((d.name, seg), {})[day] = value

    def column(self, path: str, h: str) -> tuple[Decl, Segment, str | None, datetime.date] | None:
        """What a column of members is: field, segment, defaulter and day."""
        rb = self.rb
        if h == "member" or (h == "name" and "name" not in rb.fields and "name" not in rb.former_data):
            return None
        heading, _, dated = h.partition("@")
        if "@" in h and not dated:
            bad_event(f"{path}: column {h}: a day is missing")
        day = to_date(dated) if dated else self.declared
        if day > self.declared:
            bad_event(f"{path}: column {h}: after the declaration")
        name, dot, part = heading.partition(".")
        d = rb.fields.get(rb.former_data.get(name, name))
        if d is None:
            bad_event(f"{path}: unknown column {h}")
        if d.per_defaulter:
            if not part or dated:
                bad_event(f"{path}: column {h}: {name} is per defaulter")
            return d, None, part, day
        if (d.per_segment and part not in rb.segments) or (not d.per_segment and dot):
            bad_event(f"{path}: column {h}: segment")
        return d, part or None, None, day
