"""An event held against a rulebook: every value of its type, none missing."""

import csv
import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.evaluate import Eval
from tests.oracle.parts import Decl, Expression, Rulebook
from tests.oracle.read import Parser
from tests.oracle.shapes import show
from tests.oracle.tokens import to_date
from tests.oracle.words import DECIMALS, bad_event

Files = Mapping[str, str] | None
Table = dict[str, dict[tuple[str, str | None], Any]]


@dataclass
class Event:
    declared: object
    givens: dict                  # name -> value, or name -> {segment: value}
    data: dict                    # member -> field -> value, or {segment: value}
    losses: list                  # [(member, segment, amount)]
    payments: list                # [(date, payer, step name today, segment, amount)]
    decisions: dict               # step -> 'invoke' | 'decline'

    def __post_init__(self) -> None:
        self.order_of_default = []
        for m, _, _ in self.losses:
            if m not in self.order_of_default:
                self.order_of_default.append(m)

    def people(self, who: str) -> list[str]:
        down = set(self.order_of_default)
        return [m for m in sorted(self.data)
                if who == "members" or (m in down) == (who == "defaulters")]


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
    if d.type in ("money", "number", "ratio") and not d.signed and v < 0:
        bad_event(f"{where}: negative")


CSV_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\Z")


def csv_value(d: Decl, cell: str, rb: Rulebook, where: str) -> Any:
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


def read_csv(path: str, rb: Rulebook, data: Table, files: Files) -> None:
    if files is not None and os.path.basename(path) in files:
        text = files[os.path.basename(path)]
    else:
        try:
            with open(path, encoding="utf-8", newline="") as f:
                text = f.read()
        except OSError as e:
            bad_event(f"{path}: {e}")
    if text.startswith("\ufeff"):
        text = text[1:]
    rows = [r for r in csv.reader(io.StringIO(text)) if r]
    if not rows:
        bad_event(f"{path}: no header row")
    header = [h.strip() for h in rows[0]]
    if len(set(header)) != len(header):
        bad_event(f"{path}: a column stands twice")
    if "member" not in header:
        bad_event(f"{path}: no column `member`")
    columns = []
    for h in header:
        if h == "member" or (h == "name" and "name" not in rb.fields):
            columns.append((h, None, None))
            continue
        name, _, seg = h.partition(".")
        d = rb.fields.get(name)
        if d is None:
            bad_event(f"{path}: unknown column {h}")
        if d.per_segment and seg not in rb.segments or (not d.per_segment and "." in h):
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
        for (h, d, seg), cell in zip(columns, cells):
            if d is not None and cell != "":
                data[ident][(d.name, seg)] = csv_value(d, cell, rb, f"{path}, row {n}, column {h}")


def load_event(text: str, rb: Rulebook, base: str = '.', files: Files = None) -> Event:
    raw = Parser(text).event()
    if raw.declared is None:
        bad_event("`declared` is missing")
    segs = rb.segments

    def segment_for(per_segment: bool, seg: str | None, where: str) -> None:
        if per_segment and seg is None:
            bad_event(f"{where}: the segment is missing")
        if not per_segment and seg is not None:
            bad_event(f"{where}: not per segment")
        if seg is not None and seg not in segs:
            bad_event(f"{where}: unknown segment {seg}")

    # --- data as written
    written = {}                               # (given, segment) -> value
    for name, seg, v, t in raw.givens:
        where = f"{t}, given {name}"
        d = rb.givens.get(name)
        if d is None:
            bad_event(f"{where}: unknown")
        segment_for(d.per_segment, seg, where)
        if (name, seg) in written:
            bad_event(f"{where}: given twice")
        written[name, seg] = plain_value(d, v, rb, where)
    table = {}                                 # member -> {(field, segment): value}
    for path in raw.csvs:
        read_csv(os.path.join(base, path), rb, table, files)
    in_file = set()
    for ident, rows in raw.members:
        table.setdefault(ident, {})
        for name, seg, v, t in rows:
            where = f"{t}, member {ident}, {name}"
            d = rb.fields.get(name)
            if d is None:
                bad_event(f"{where}: unknown field")
            segment_for(d.per_segment, seg, where)
            if (ident, name, seg) in in_file:
                bad_event(f"{where}: given twice")
            in_file.add((ident, name, seg))
            table[ident][name, seg] = plain_value(d, v, rb, where)

    for ident in table:
        if ident == "ccp" or ident in rb.parties:
            bad_event(f"the member {ident} has the name of another payer")

    # --- what is missing
    ev = Event(raw.declared, {}, {}, [], [], {})
    evaluate_missing(rb, ev, written, table)

    # --- defaults
    for ident, seg, v, t in raw.defaults:
        where = f"{t}, default of {ident}"
        if ident not in ev.data:
            bad_event(f"{where}: not a member")
        segment_for(bool(segs), seg, where)
        amount = amount_of(v, rb, where)
        if amount <= 0:
            bad_event(f"{where}: a loss is more than zero")
        ev.losses.append((ident, seg, int(amount)))
    ev.__post_init__()

    # --- earlier payments
    for d, who, step, seg, v, t in raw.payments:
        where = f"{t}, paid"
        if d > ev.declared:
            bad_event(f"{where}: after the declaration")
        if who != "ccp" and who not in rb.parties and who not in ev.data:
            bad_event(f"{where}: unknown payer {who}")
        step = rb.former.get(step, step)
        if step not in rb.steps:
            bad_event(f"{where}: unknown step {step}")
        segment_for(rb.steps[step].by_segment, seg, where)
        amount = amount_of(v, rb, where)
        if amount < 0:
            bad_event(f"{where}: negative")
        ev.payments.append((d, who, step, seg, int(amount)))

    # --- decisions
    for step, what, t in raw.decisions:
        where = f"{t}, decide {step}"
        if step not in rb.steps:
            bad_event(f"{where}: unknown step")
        if rb.steps[step].body is None:
            bad_event(f"{where}: this step leaves no decision")
        if step in ev.decisions:
            bad_event(f"{where}: decided twice")
        ev.decisions[step] = what
    return ev


def amount_of(v: Expression, rb: Rulebook, where: str) -> Fraction:
    if v[0] != "money":
        bad_event(f"{where}: money is due")
    if v[2] != rb.currency:
        bad_event(f"{where}: {v[2]} in a rulebook of {rb.currency}")
    return v[1]


def evaluate_missing(rb: Rulebook, ev: Event, written: dict[Any, Any], table: Table) -> None:
    """Fill ev.givens and ev.data, using `if missing` where nothing is written."""
    lookup_env = MissingEnv(rb, ev, written, table)
    for d in rb.givens.values():
        if d.per_segment:
            ev.givens[d.name] = {s: lookup_env.value(d, None, s) for s in rb.segments}
        else:
            ev.givens[d.name] = lookup_env.value(d, None, None)
    for m in table:
        ev.data[m] = {}
        for d in rb.fields.values():
            if d.per_segment:
                ev.data[m][d.name] = {s: lookup_env.value(d, m, s) for s in rb.segments}
            else:
                ev.data[m][d.name] = lookup_env.value(d, m, None)


class MissingEnv(Eval):
    def __init__(self, rb: Rulebook, event: Event, written: dict[Any, Any], table: Table) -> None:
        self.rb, self.written, self.table = rb, written, table
        self.declared = event.declared

    def value(self, d: Decl, member: str | None, seg: str | None) -> Any:
        store = self.table[member] if d.is_field else self.written
        if (d.name, seg) in store:
            return store[d.name, seg]
        where = f"{'member ' + member + ', ' if member is not None else ''}{d.name}{' in ' + seg if seg else ''}"
        if d.missing is None:
            bad_event(f"{where} is missing")
        v = self.ev(d.missing, member, seg)
        check_sign(d, v, where + " (if missing)")
        return v

    def name(self, name: str, member: str | None, seg: str | None) -> Any:
        d = self.rb.fields.get(name) or self.rb.givens.get(name)
        if d is None:
            return name                                    # a choice value
        return self.value(d, member if d.is_field else None, seg if d.per_segment else None)
