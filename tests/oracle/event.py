"""An event held against a rulebook: every value of its type, none missing."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.oracle.evaluate import Eval
from tests.oracle.parts import Decl, Expression, RawEvent, Rulebook, Segment
from tests.oracle.read import Parser
from tests.oracle.values import Files, Table, check_sign, plain_value, read_csv
from tests.oracle.words import bad_event


@dataclass
class Event:
    """An event; data per segment are a dictionary by segment."""

    declared: datetime.date
    givens: dict[str, Any] = field(default_factory=dict)
    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    losses: list[tuple[str, Segment, int]] = field(default_factory=list)
    payments: list[tuple[datetime.date, str, str, Segment, int]] = field(default_factory=list)
    decisions: dict[str, str] = field(default_factory=dict)

    @property
    def order_of_default(self) -> list[str]:
        """The defaulters, in the order of their first loss."""
        return list(dict.fromkeys(member for member, _, _ in self.losses))

    def people(self, who: str) -> list[str]:
        """The members, survivors or defaulters in the order of their ids."""
        down = set(self.order_of_default)
        return [m for m in sorted(self.data) if who == "members" or (m in down) == (who == "defaulters")]


def load_event(text: str, rb: Rulebook, base: Path | None = None, files: Files = None) -> Event:
    """Read an event; ``files`` holds its CSV files by name, otherwise they lie in the folder ``base``."""
    raw = Parser(text).event()
    if raw.declared is None:
        bad_event("`declared` is missing")
    event = Event(raw.declared)
    written = _givens(raw, rb)
    table: Table = {}
    for path in raw.csvs:
        read_csv((base or Path()) / path, rb, table, files)
    _members(raw, rb, table)
    for ident in table:
        if ident == "ccp" or ident in rb.parties:
            bad_event(f"the member {ident} has the name of another payer")
    _fill(rb, event, written, table)
    _losses(raw, rb, event)
    _payments(raw, rb, event)
    _decisions(raw, rb, event)
    return event


def _segment_for(rb: Rulebook, per_segment: bool, seg: Segment, where: str) -> None:
    if per_segment and seg is None:
        bad_event(f"{where}: the segment is missing")
    if not per_segment and seg is not None:
        bad_event(f"{where}: not per segment")
    if seg is not None and seg not in rb.segments:
        bad_event(f"{where}: unknown segment {seg}")


def _givens(raw: RawEvent, rb: Rulebook) -> dict[tuple[str, Segment], Any]:
    written: dict[tuple[str, Segment], Any] = {}
    for name, seg, value, place in raw.givens:
        where = f"{place}, given {name}"
        d = rb.givens.get(name)
        if d is None:
            bad_event(f"{where}: unknown")
        _segment_for(rb, d.per_segment, seg, where)
        if (name, seg) in written:
            bad_event(f"{where}: given twice")
        written[name, seg] = plain_value(d, value, rb, where)
    return written


def _members(raw: RawEvent, rb: Rulebook, table: Table) -> None:
    in_file = set()
    for ident, rows in raw.members:
        table.setdefault(ident, {})
        for name, seg, value, place in rows:
            where = f"{place}, member {ident}, {name}"
            d = rb.fields.get(name)
            if d is None:
                bad_event(f"{where}: unknown field")
            _segment_for(rb, d.per_segment, seg, where)
            if (ident, name, seg) in in_file:
                bad_event(f"{where}: given twice")
            in_file.add((ident, name, seg))
            table[ident][name, seg] = plain_value(d, value, rb, where)


def _losses(raw: RawEvent, rb: Rulebook, event: Event) -> None:
    for ident, seg, value, place in raw.defaults:
        where = f"{place}, default of {ident}"
        if ident not in event.data:
            bad_event(f"{where}: not a member")
        _segment_for(rb, bool(rb.segments), seg, where)
        amount = _amount(value, rb, where)
        if amount <= 0:
            bad_event(f"{where}: a loss is more than zero")
        event.losses.append((ident, seg, amount))


def _payments(raw: RawEvent, rb: Rulebook, event: Event) -> None:
    for day, who, step, seg, value, place in raw.payments:
        where = f"{place}, paid"
        if day > event.declared:
            bad_event(f"{where}: after the declaration")
        if who != "ccp" and who not in rb.parties and who not in event.data:
            bad_event(f"{where}: unknown payer {who}")
        today = rb.former.get(step, step)
        if today not in rb.steps:
            bad_event(f"{where}: unknown step {step}")
        _segment_for(rb, rb.steps[today].by_segment, seg, where)
        amount = _amount(value, rb, where)
        if amount < 0:
            bad_event(f"{where}: negative")
        event.payments.append((day, who, today, seg, amount))


def _decisions(raw: RawEvent, rb: Rulebook, event: Event) -> None:
    for step, what, place in raw.decisions:
        where = f"{place}, decide {step}"
        if step not in rb.steps:
            bad_event(f"{where}: unknown step")
        if rb.steps[step].body is None:
            bad_event(f"{where}: this step leaves no decision")
        if step in event.decisions:
            bad_event(f"{where}: decided twice")
        event.decisions[step] = what


def _amount(value: Expression, rb: Rulebook, where: str) -> int:
    if value[0] != "money":
        bad_event(f"{where}: money is due")
    if value[2] != rb.currency:
        bad_event(f"{where}: {value[2]} in a rulebook of {rb.currency}")
    return int(value[1])


def _fill(rb: Rulebook, event: Event, written: dict[tuple[str, Segment], Any], table: Table) -> None:
    """Every value, with `if missing` where nothing is written."""
    env = MissingEnv(rb, event, written, table)
    for d in rb.givens.values():
        event.givens[d.name] = env.whole(d, None)
    for member in table:
        event.data[member] = {d.name: env.whole(d, member) for d in rb.fields.values()}


class MissingEnv(Eval):
    """Evaluates `if missing` expressions."""

    def __init__(self, rb: Rulebook, event: Event, written: dict[tuple[str, Segment], Any], table: Table) -> None:
        """Look into what is written for givens and for members."""
        self.rb, self.written, self.table = rb, written, table
        self.declared = event.declared

    def whole(self, d: Decl, member: str | None) -> Any:
        """The value, or the values by segment."""
        if d.per_segment:
            return {s: self.value(d, member, s) for s in self.rb.segments}
        return self.value(d, member, None)

    def value(self, d: Decl, member: str | None, seg: Segment) -> Any:
        """One value, as written or as `if missing` has it."""
        store = self.written if member is None else self.table[member]
        if (d.name, seg) in store:
            return store[d.name, seg]
        where = f"{'member ' + member + ', ' if member is not None else ''}{d.name}{' in ' + seg if seg else ''}"
        if d.missing is None:
            bad_event(f"{where} is missing")
        value = self.ev(d.missing, member, seg)
        check_sign(d, value, where + " (if missing)")
        return value

    def name(self, name: str, member: str | None, seg: Segment) -> Any:
        """The value of a name; a choice value stands for itself."""
        d = self.rb.fields.get(name) or self.rb.givens.get(name)
        if d is None:
            return name
        return self.value(d, member if d.is_field else None, seg if d.per_segment else None)
