"""An event held against a rulebook: every value of its type, none missing."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.oracle.parts import Expression, RawEvent, RawLoss, RawPayment, Rulebook, Segment
from tests.oracle.past import enter_past
from tests.oracle.read import Parser
from tests.oracle.stated import enter_values
from tests.oracle.tables import Dates, Files, Tables
from tests.oracle.tokens import to_date
from tests.oracle.values import csv_amount
from tests.oracle.words import bad_event


@dataclass
class Loss:
    """One loss: of a member or of nobody's default; ``further`` if the member defaulted on an earlier day."""

    member: str | None
    segment: Segment
    amount: int
    further: bool = False


@dataclass
class Payment:
    """An earlier payment; ``defaulters`` are those for whose default it was made, as far as that is said.

    In a history ``names`` are those that its step had since, the newest last.
    """

    day: datetime.date
    payer: str
    step: str
    segment: Segment
    amount: int
    defaulters: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass
class Event:
    """An event; data per segment are a dictionary by segment, data per defaulter one by defaulter.

    ``dated`` holds what was stated as of days, by member (None: a given), name and segment.
    """

    declared: datetime.date
    givens: dict[str, Any] = field(default_factory=dict)
    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    dated: dict[tuple[str | None, str, Segment], Dates] = field(default_factory=dict)
    since: dict[str, datetime.date] = field(default_factory=dict)
    former_members: set[str] = field(default_factory=set)
    losses: list[Loss] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    decisions: dict[str, str] = field(default_factory=dict)
    ceilings: dict[str, int] = field(default_factory=dict)
    notices: dict[str, datetime.date] = field(default_factory=dict)
    defaulted: dict[str, datetime.date] = field(default_factory=dict)
    open_periods: dict[str, tuple[datetime.date, datetime.date]] = field(default_factory=dict)
    withdrawals: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def order_of_default(self) -> list[str]:
        """The defaulters, in the order of their first loss."""
        return list(dict.fromkeys(x.member for x in self.losses if x.member is not None))

    def people(self, who: str, down: Collection[str], withdrawn: Collection[str] = ()) -> list[str]:
        """The members, survivors or defaulters in the order of their ids, where ``down`` are those of the pass."""
        fallen = self.order_of_default
        chosen = {
            "survivors": [m for m in self.data if m not in fallen and m not in withdrawn],
            "defaulters": list(down),
            "members": [m for m in self.data if m not in fallen or m in down],
        }
        return sorted(chosen[who])


def load_event(text: str, rb: Rulebook, base: Path | None = None, files: Files = None) -> Event:
    """Read an event; ``files`` holds its CSV files by name, otherwise they lie in the folder ``base``."""
    raw = Parser(text, rb.units).event()
    if raw.declared is None:
        bad_event("`declared` is missing")
    event = Event(raw.declared)
    tables = Tables(rb, raw.declared, base, files)
    for ident, place in raw.former_members:
        if ident in event.former_members or ident == "ccp" or ident in rb.parties:
            bad_event(f"{place}: former member {ident} twice")
        event.former_members.add(ident)
    fill = enter_values(rb, event, raw, tables)
    for ident in event.data:
        if ident == "ccp" or ident in rb.parties:
            bad_event(f"the member {ident} has the name of another payer")
        if ident in event.former_members:
            bad_event(f"{ident} is a member and a former member")
    enter_losses(raw, rb, event, tables)
    enter_payments(raw, rb, event, tables)
    enter_decisions(raw, rb, event)
    enter_past(rb, event, raw)
    fill()
    return event


def known(event: Event, ident: str) -> bool:
    """Whether somebody is or was a member."""
    return ident in event.data or ident in event.former_members


def segment_for(rb: Rulebook, per_segment: bool, seg: Segment, where: str) -> None:
    """Refuse a segment too many, too few or unknown."""
    if per_segment and seg is None:
        bad_event(f"{where}: the segment is missing")
    if not per_segment and seg is not None:
        bad_event(f"{where}: not per segment")
    if seg is not None and seg not in rb.segments:
        bad_event(f"{where}: unknown segment {seg}")


def enter_losses(raw: RawEvent, rb: Rulebook, event: Event, tables: Tables) -> None:
    """Enter the losses, each of a member."""
    lines: list[RawLoss] = []
    for line in raw.losses:
        if line.kind != "table":
            lines.append(line)
            continue
        for where, row in tables.records(str(line.member), ("member", "loss"), ("segment",)):
            amount = ("money", csv_amount(row["loss"], rb.currency, rb, where), rb.currency)
            lines.append(RawLoss("default", row["member"], row["segment"] or None, amount, where))
    for line in lines:
        where = f"{line.place}, {line.kind} loss of {line.member}"
        if line.member is not None and line.member not in event.data:
            bad_event(f"{where}: not a member")
        segment_for(rb, bool(rb.segments), line.segment, where)
        amount = whole_amount(line.amount, rb, where)
        if amount <= 0:
            bad_event(f"{where}: a loss is more than zero")
        event.losses.append(Loss(line.member, line.segment, amount, line.kind == "further"))
    new = {x.member for x in event.losses if x.member is not None and not x.further}
    again = {x.member for x in event.losses if x.further}
    if new & again:
        bad_event("a member defaults and has a further loss of an earlier default")
    if new and again and not rb.in_turn:
        bad_event("further losses stand on a day without new defaults")


def enter_payments(raw: RawEvent, rb: Rulebook, event: Event, tables: Tables) -> None:
    """Enter earlier payments, under the names of today; also under pots, which says what was due to them."""
    lines = list(raw.payments)
    for what, path in raw.tables:
        if what != "paid":
            continue
        for where, row in tables.records(path, ("date", "payer", "step", "amount"), ("segment", "for")):
            amount = ("money", csv_amount(row["amount"], rb.currency, rb, where), rb.currency)
            owed = [x.strip() for x in row["for"].split(",")] if row["for"] else []
            day = to_date(row["date"])
            lines.append(RawPayment(day, row["payer"], row["step"], row["segment"] or None, owed, amount, where))
    for line in lines:
        where = f"{line.place}, paid"
        if line.day > event.declared:
            bad_event(f"{where}: after the declaration")
        if line.payer != "ccp" and line.payer not in rb.parties and not known(event, line.payer):
            bad_event(f"{where}: unknown payer {line.payer}")
        today = rb.former.get(line.step, line.step)
        pot = rb.former_data.get(line.step, line.step)
        if pot in rb.replenish:
            today, per_segment = pot, (rb.fields.get(pot) or rb.givens[pot]).per_segment
        elif today in rb.steps:
            per_segment = rb.steps[today].by_segment
        else:
            bad_event(f"{where}: unknown step {line.step}")
        segment_for(rb, per_segment, line.segment, where)
        for ident in line.defaulters:
            if not known(event, ident):
                bad_event(f"{where}: for the unknown member {ident}")
        amount = whole_amount(line.amount, rb, where)
        event.payments.append(Payment(line.day, line.payer, today, line.segment, amount, tuple(line.defaulters)))


def enter_decisions(raw: RawEvent, rb: Rulebook, event: Event) -> None:
    """Enter the decisions."""
    for line in raw.decisions:
        where = f"{line.place}, decide {line.step}"
        if line.step not in rb.steps:
            bad_event(f"{where}: unknown step")
        step = rb.steps[line.step]
        if step.body is None:
            bad_event(f"{where}: this step leaves no decision")
        if line.step in event.decisions:
            bad_event(f"{where}: decided twice")
        event.decisions[line.step] = line.what
        if line.most is not None:
            if step.group is not None and step.group.pool:
                bad_event(f"{where}: a step of one pool has no limit in total")
            event.ceilings[line.step] = whole_amount(line.most, rb, where)


def whole_amount(value: Expression, rb: Rulebook, where: str) -> int:
    """An amount of the first currency, in minor units."""
    if value[2] != rb.currency:
        bad_event(f"{where}: {value[2]} in a rulebook of {rb.currency}")
    if value[1] < 0:
        bad_event(f"{where}: negative")
    return int(value[1])
