"""The values of an event, as its text and its CSV files write them."""

import csv
import io
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.oracle.parts import Decl, Expression, Rulebook, Segment
from tests.oracle.shapes import show
from tests.oracle.tokens import to_date
from tests.oracle.words import DECIMALS, bad_event

Files = Mapping[str, str] | None
Table = dict[str, dict[tuple[str, Segment], Any]]
"""The values of each member, by field and segment."""


def plain_value(d: Decl, raw: Expression, rb: Rulebook, where: str) -> Any:
    """A value written in the event file, checked against its declaration."""
    kind, v = raw[0], raw[1]
    t = d.type
    if t == "money":
        if kind != "money":
            bad_event(f"{where}: money is due")
        if raw[2] != rb.currency:
            bad_event(f"{where}: {raw[2]} in a rulebook of {rb.currency}")
    elif t == "number":
        if kind != "number":
            bad_event(f"{where}: a number is due")
    elif t == "ratio":
        if kind not in ("number", "percent"):
            bad_event(f"{where}: a ratio is due")
    elif isinstance(t, tuple):
        if kind != "choice" or v not in t[1]:
            bad_event(f"{where}: not one of {', '.join(t[1])}")
    elif kind != t:
        bad_event(f"{where}: {show(t)} is due")
    check_sign(d, v, where)
    return v


def check_sign(d: Decl, v: Any, where: str) -> None:
    """Refuse a negative value where the type is not signed."""
    if d.type in ("money", "number", "ratio") and not d.signed and v < 0:
        bad_event(f"{where}: negative")


CSV_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\Z")


def csv_value(d: Decl, cell: str, rb: Rulebook, where: str) -> Any:
    """A value of a cell."""
    t = d.type
    if t in ("money", "number", "ratio"):
        text = cell
        percent = t == "ratio" and text.endswith("%")
        if percent:
            text = text[:-1]
        if not CSV_NUMBER.match(text):
            bad_event(f"{where}: {cell!r} is not a plain decimal")
        v = Fraction(text.replace(",", ""))
        if percent:
            v /= 100
        if t == "money":
            v *= 10 ** DECIMALS[rb.currency]
            if v.denominator != 1:
                bad_event(f"{where}: more decimals than {rb.currency} has")
        check_sign(d, v, where)
        return v
    if t == "bool":
        if cell not in ("yes", "no"):
            bad_event(f"{where}: yes or no is due")
        return cell == "yes"
    if t == "date":
        if not re.match(r"\d{4}-\d{2}-\d{2}\Z", cell):
            bad_event(f"{where}: {cell!r} is not a date")
        return to_date(cell)
    if t == "text":
        return cell
    if cell not in t[1]:
        bad_event(f"{where}: {cell!r} is not one of {', '.join(t[1])}")
    return cell


def read_csv(path: Path, rb: Rulebook, data: Table, files: Files) -> None:
    """Enter the rows of a CSV file into the table."""
    if files is not None and path.name in files:
        text = files[path.name]
    else:
        try:
            text = path.read_bytes().decode("utf-8")
        except OSError as e:
            bad_event(f"{path}: {e}")
    text = text.removeprefix("\ufeff")
    rows = [r for r in csv.reader(io.StringIO(text)) if r]
    if not rows:
        bad_event(f"{path}: no header row")
    header = [h.strip() for h in rows[0]]
    if len(set(header)) != len(header):
        bad_event(f"{path}: a column stands twice")
    if "member" not in header:
        bad_event(f"{path}: no column `member`")
    columns: list[tuple[str, Decl | None, Segment]] = []
    for h in header:
        if h == "member" or (h == "name" and "name" not in rb.fields):
            columns.append((h, None, None))
            continue
        name, _, seg = h.partition(".")
        d = rb.fields.get(name)
        if d is None:
            bad_event(f"{path}: unknown column {h}")
        if (d.per_segment and seg not in rb.segments) or (not d.per_segment and "." in h):
            bad_event(f"{path}: column {h}: segment")
        columns.append((h, d, seg or None))
    for n, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            bad_event(f"{path}, row {n}: {len(row)} cells, {len(header)} columns")
        cells = [x.strip() for x in row]
        ident = cells[header.index("member")]
        if not ident:
            bad_event(f"{path}, row {n}: no member")
        if ident in data:
            bad_event(f"{path}, row {n}: {ident} stands twice")
        data[ident] = {}
        for (heading, decl, where), cell in zip(columns, cells, strict=True):
            if decl is not None and cell != "":
                data[ident][decl.name, where] = csv_value(decl, cell, rb, f"{path}, row {n}, column {heading}")
