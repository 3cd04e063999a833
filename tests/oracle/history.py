"""A history: its days one after another, each run as an event of what stands on it."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.oracle.check import parse_rulebook
from tests.oracle.day_event import event_text
from tests.oracle.due import Due, Pot, Raiser
from tests.oracle.event import (
    Event,
    Payment,
    enter_decisions,
    enter_losses,
    enter_payments,
    segment_for,
    whole_amount,
)
from tests.oracle.parts import Decl, Move, RawDay, RawHistory, Rulebook, Segment
from tests.oracle.past import enter_past, enter_withdrawals, further_losses_fit
from tests.oracle.read_history import HistoryReader, rulebooks_named
from tests.oracle.recover import Claim, Repaid, claims_of, recover, today
from tests.oracle.results import Instance, losses_met
from tests.oracle.run import Run, shown
from tests.oracle.stated import MissingEnv, Withs, fill_in, know_each_other, stated_values
from tests.oracle.tables import Files, Tables, Values
from tests.oracle.values import csv_amount
from tests.oracle.words import DECIMALS, bad_event

DAY = datetime.timedelta(days=1)
Row = dict[str, Any]


@dataclass
class Movement:
    """Money that came into a pot of a payer, or went out of it (below zero), or is owed no more."""

    payer: str
    pot: str
    segment: Segment
    amount: int


@dataclass
class Today:
    """What one day gives."""

    day: datetime.date
    present: set[str]
    event: Event
    run: Run | None = None
    result: Row | None = None
    paid_in: list[Movement] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    cancelled: list[Movement] = field(default_factory=list)
    repaid: list[Repaid] = field(default_factory=list)
    rest: int = 0

    @property
    def new_defaulters(self) -> list[str]:
        """Who defaults today."""
        return list(dict.fromkeys(x.member for x in self.event.losses if x.member is not None and not x.further))


class HistoryRun:
    """What stands from day to day.

    ``values`` of a member (None: the givens) hold what was stated, by days, and of pots the balance of each day on
    which it changed; ``balances`` hold what is in the pots now.
    """

    def __init__(
        self, raw: RawHistory, books: Mapping[str, Rulebook], head: Rulebook | None, base: Path | None, files: Files
    ) -> None:
        """Start with nothing; ``head`` takes the place of the rulebook that the history's head names."""
        self.raw, self.books, self.base, self.files = raw, books, base, files
        if head is None:
            if raw.under is None:
                bad_event("no rulebook")
            head = books[raw.under]
        self.rb = head
        self.values: dict[str | None, Values] = {None: {}}
        self.withs: Withs = {}
        self.balances: dict[Pot, int] = {}
        self.members: set[str] = set()
        self.since: dict[str, datetime.date] = {}
        self.departed: set[str] = set()
        self.fallen: dict[str, datetime.date] = {}
        self.own_defaults: set[str] = set()
        self.former: set[str] = set()
        self.notices: dict[str, datetime.date] = {}
        self.payments: list[Payment] = []
        self.periods: dict[str, Instance] = {}
        self.dues: list[Due] = []
        self.claims: list[Claim] = []
        self.events: dict[datetime.date, Event] = {}

    def days(self) -> list[Row]:
        """The days."""
        opening, *blocks = self.raw.days
        found = [self.day(opening, first=True)]
        before = opening.day
        for block in blocks:
            if block.day <= before:
                bad_event(f"{block.place}: the days do not rise")
            before = block.day
            found.append(self.day(block))
        return found

    def day(self, block: RawDay, first: bool = False) -> Row:
        """One day, in the order in which a day is worked."""
        now = Today(block.day, set(), Event(block.day))
        if block.under is not None:
            self.switch(self.books[block.under])
        if self.raw.by_themselves:
            self.dues_payable(now)
        for ident, place in block.departures:
            if ident not in self.members:
                bad_event(f"{place}: departure of {ident}, who is no member")
            self.members.remove(ident)
            self.departed.add(ident)
        tables = Tables(self.rb, block.day, self.base, self.files)
        if first:
            self.opening(block, now.event, tables)
        statements = self.state(block, now, tables)
        self.money(block, now, tables)
        for key, value, where in statements:
            if self.balances[key] != value:
                bad_event(f"{where}: stated as {value}, but {self.balances[key]} is there")
        self.known_by(now.day)
        self.loss_day(block, now, tables)
        whole: dict[str, int] = {}
        for ident, amount, place in block.recovered:
            if ident not in self.own_defaults:
                bad_event(f"{place}: recovered from {ident}, who did not default in this history")
            whole[ident] = whole.get(ident, 0) + whole_amount(amount, self.rb, place)
        for ident, sum_of_day in whole.items():
            self.recovered(now, ident, sum_of_day)
        row = self.row(now)
        for ident in now.new_defaulters:
            self.members.discard(ident)
        self.known_by(now.day + DAY)
        return row

    # --- the rulebook
    def switch(self, new: Rulebook) -> None:
        """Another rulebook comes into force: what stands goes on by name."""
        old, self.rb = self.rb, new
        for name, d in {**old.fields, **old.givens}.items():
            other = new.decl(name)
            if other is not None and _kind(d, old) != _kind(other, new):
                bad_event(f"the type of {name} changes")

        def name_of(name: str) -> str:
            return new.former_data.get(name, name)

        stated = {name for values in self.values.values() for name, _ in values}
        if len({name_of(name) for name in stated}) < len(stated):
            bad_event("two names become one")
        self.values = {
            who: {(name_of(n), seg): dates for (n, seg), dates in values.items()} for who, values in self.values.items()
        }
        self.withs = {m: {(name_of(n), x): v for (n, x), v in values.items()} for m, values in self.withs.items()}
        balances, self.balances = self.balances, {}
        for (who, old_name, seg), amount in balances.items():
            pot, d = name_of(old_name), new.decl(old_name)
            if amount > 0 and (d is None or (seg is not None and seg not in new.segments)):
                bad_event(f"{pot}: a balance of {amount} in a pot that the rulebook does not know")
            if pot in new.pots:
                self.balances[who, pot, seg] = amount
        for due in self.dues:
            due.pot = name_of(due.pot)
            if due.left and new.decl(due.pot) is None:
                bad_event(f"{due.pot}: dues to a pot that the rulebook does not know")
        for holder in (*self.payments, *self.claims):
            name = today(new, holder.names)
            if name is not None and name != holder.names[-1]:
                holder.names = (*holder.names, name)

    # --- money
    def dues_payable(self, now: Today) -> None:
        """What is due by now is paid in by itself, each on its day."""
        for due in sorted(self.dues, key=lambda x: x.payable):
            if due.left and due.payable <= now.day:
                key = self.key(due.payer, due.pot, due.segment)
                now.paid_in.append(Movement(due.payer, due.pot, due.segment, due.left))
                dates = self.values[key[0]].setdefault((due.pot, due.segment), {})
                dates[due.payable] = self.balances.get(key, dates[max(dates)]) + due.left
                if key in self.balances:
                    self.balances[key] = dates[due.payable]
                due.left = 0

    def key(self, payer: str, pot: str, seg: Segment) -> Pot:
        """The pot of a payer."""
        return (payer if pot in self.rb.fields else None), pot, seg

    def money(self, block: RawDay, now: Today, tables: Tables) -> None:
        """What is paid in, then what is paid out."""
        moves = []
        for move in block.moves:
            if move.table is None:
                moves.append((move, whole_amount(move.amount, self.rb, move.place)))
                continue
            for where, row in tables.records(move.table, ("payer", "pot", "amount"), ("segment",)):
                amount = csv_amount(row["amount"], self.rb.currency, self.rb, where)
                if amount < 0:
                    bad_event(f"{where}: negative")
                line = Move(False, row["payer"], row["pot"], row["segment"] or None, (), where)
                moves.append((line, int(amount)))
        for move, amount in sorted(moves, key=lambda x: x[0].out):
            self.move(move, amount, now)

    def move(self, move: Move, amount: int, now: Today) -> None:
        """Money in or out."""
        rb, payer, seg = self.rb, move.payer, move.segment
        where = f"{move.place}, {payer}, {move.pot}"
        d = rb.decl(move.pot)
        if d is None:
            bad_event(f"{where}: no such name")
        segment_for(rb, d.per_segment, seg, where)
        owed = [x for x in self.dues if (x.payer, x.pot, x.segment) == (payer, d.name, seg)]
        left = 0 if move.out else sum(x.left for x in owed)
        if not left:
            if d.name not in rb.pots:
                bad_event(f"{where}: no pot")
            if d.is_field:
                if payer not in now.present and payer not in self.departed:
                    bad_event(f"{where}: neither a member nor one that departed")
            elif payer != rb.owner(d.name):
                bad_event(f"{where}: it is a pot of {rb.owner(d.name)}")
        key = self.key(payer, d.name, seg)
        if move.out:
            if amount > self.balances.get(key, 0):
                bad_event(f"{where}: more is paid out than there is")
            self.balances[key] = self.balances.get(key, 0) - amount
            now.paid_in.append(Movement(payer, d.name, seg, -amount))
            return
        theirs = payer not in self.departed if d.is_field else payer == rb.owner(d.name)
        if not (theirs and d.name in rb.pots) and amount > left:
            bad_event(f"{where}: it departed, or the pot is another's or none, and it pays in more than it owes")
        if key in self.balances:
            self.balances[key] += amount
        else:
            dates = self.values[key[0]][key[1:]]
            dates[now.day] = dates[max(dates)] + amount
        now.paid_in.append(Movement(payer, d.name, seg, amount))
        for due in owed:
            part = min(amount, due.left)
            due.left -= part
            amount -= part

    def known_by(self, day: datetime.date) -> None:
        """Enter the balances as the values of a day."""
        for (who, pot, seg), amount in self.balances.items():
            self.values[who].setdefault((pot, seg), {})[day] = amount

    # --- values
    def opening(self, block: RawDay, event: Event, tables: Tables) -> None:
        """What the opening says of the time before it."""
        raw = block.event
        for ident, place in raw.former_members:
            if ident in self.former:
                bad_event(f"{place}: former member {ident} twice")
            self.former.add(ident)
        stated = Event(block.day)
        _, data, _ = stated_values(self.rb, stated, raw, tables)
        event.former_members = set(self.former)
        event.data = {ident: {} for ident in data}
        enter_payments(raw, self.rb, event, tables)
        enter_past(self.rb, event, replace(raw, notices=[]))
        self.payments = [replace(x, names=(x.step,)) for x in event.payments]
        self.periods = dict(event.open_periods)
        self.fallen = dict(event.defaulted)

    def state(self, block: RawDay, now: Today, tables: Tables) -> list[tuple[Pot, int, str]]:
        """Enter values and notices; what comes back are statements of pots that have a balance already."""
        rb, stated = self.rb, Event(block.day)
        givens, data, withs = stated_values(rb, stated, block.event, tables)
        further = {x.member for x in block.event.losses if x.kind == "further" and x.member is not None}
        statements = []
        for ident in data:
            where = f"member {ident} on {block.day}"
            if ident == "ccp" or ident in rb.parties:
                bad_event(f"{where}: the name of another payer")
            if ident in self.departed or (ident in self.former and ident not in self.fallen):
                bad_event(f"{where}: it is a member no more")
            if ident in stated.since and ident in self.since:
                bad_event(f"{where}: since when is known")
            opening = block is self.raw.days[0]
            if ident in stated.since or (not opening and ident not in self.values):
                self.since[ident] = stated.since.get(ident, block.day)
            if ident not in self.fallen:
                self.members.add(ident)
            self.values.setdefault(ident, {})
            self.withs.setdefault(ident, {}).update(withs[ident])
        for who, values in [(None, givens), *data.items()]:
            for (name, seg), dates in values.items():
                for day, value in dates.items():
                    where = f"{who or 'given'} {name} as of {day}"
                    if day == block.day and (who, name, seg) in self.balances:
                        statements.append(((who, name, seg), value, where))
                        continue
                    known = self.values[who].setdefault((name, seg), {})
                    if day < block.day and known.get(day, value) != value:
                        bad_event(f"{where}: two values")
                    before = [x for x in known if x <= day]
                    if (who, name, seg) in self.balances and before and known[max(before)] != value:
                        bad_event(f"{where}: what was in this pot is known")
                    known[day] = value
        know_each_other(withs, self.members | self.fallen.keys())
        for ident, day, place in block.event.notices:
            if ident not in self.members or ident in self.notices:
                bad_event(f"{place}: notice by {ident}, who is no member or gave notice")
            self.notices[ident] = day
        now.present = self.members | {m for m in further if m in self.fallen and m in self.values}
        now.event = self.event(now)
        self.pots_appear(now)
        return statements

    def event(self, now: Today) -> Event:
        """The event of a day, without its losses and values."""
        event = Event(now.day)
        everybody = {*self.values, *self.former, *self.departed} - {None}
        event.former_members = {m for m in everybody if m is not None} - now.present
        event.since = {m: day for m, day in self.since.items() if m in now.present}
        event.notices = {m: day for m, day in self.notices.items() if m in now.present}
        event.defaulted = dict(self.fallen)
        event.open_periods = {n: x for n, x in self.periods.items() if n in self.rb.periods}
        for x in self.payments:
            step = today(self.rb, x.names)
            if step in self.rb.steps or step in self.rb.replenish:
                event.payments.append(replace(x, step=step))
        event.data = {m: {} for m in sorted(now.present)}
        return event

    def env(self, now: Today) -> MissingEnv:
        """Reads the values of a day."""
        data = {m: self.values[m] for m in sorted(now.present)}
        return MissingEnv(self.rb, now.event, self.values[None], data, {m: self.withs.get(m, {}) for m in data})

    def pots_appear(self, now: Today) -> None:
        """Every pot of today has a balance: what is stated, or what `if missing` gives."""
        rb, env = self.rb, self.env(now)
        for who in (None, *sorted(now.present)):
            for d in (rb.givens if who is None else rb.fields).values():
                for seg in _segments(d, rb) if d.name in rb.pots else []:
                    if (who, d.name, seg) not in self.balances:
                        value = int(env.value(d, who, seg))
                        self.balances[who, d.name, seg] = value
                        self.values[who].setdefault((d.name, seg), {})[now.day] = value

    # --- the run
    def loss_day(self, block: RawDay, now: Today, tables: Tables) -> None:
        """The run, and what it makes due."""
        raw, rb, event = block.event, self.rb, now.event
        enter_losses(raw, rb, event, tables)
        if not event.losses:
            if raw.decisions or raw.withdrawals:
                bad_event(f"{block.place}: a decision or a withdrawal on a day without losses")
            return
        for loss in event.losses:
            if loss.member is not None and loss.further is not (loss.member in self.fallen):
                bad_event(f"{block.place}: {loss.member}: a further loss is of a member that defaulted earlier")
        for ident in now.new_defaulters:
            self.cancel(ident, now)
        now.event = event = replace(self.event(now), losses=event.losses)
        enter_decisions(raw, rb, event)
        enter_withdrawals(rb, event, raw)
        further_losses_fit(rb, event)
        fill_in(self.env(now))
        self.events[now.day] = replace(event, dated={key: dict(dates) for key, dates in event.dated.items()})
        now.run = run = Run(rb, event)
        now.result = run.run()
        for (pot, who, seg), amount in run.done[-1].state.drawn.items():
            self.balances[who, pot, seg] -= amount
        for p in run.done:
            for (step, payer, seg), amount in p.state.paid.items():
                meets = rb.steps[step] if rb.steps[step].group is None else None
                met = [event.losses[i].member for i in losses_met(rb, event, p.turn, meets, seg)]
                whose = tuple(dict.fromkeys(m for m in met if m is not None))
                if amount:
                    self.payments.append(Payment(now.day, payer, step, seg, amount, whose, (step,)))
        self.periods |= run.done[-1].state.periods
        self.claims += claims_of(run)
        for ident in now.new_defaulters:
            self.fallen[ident] = now.day
            self.own_defaults.add(ident)
        now.due = Raiser(run, self.balances, self.dues).all()
        self.dues += now.due
        self.payments += [x.payment for x in now.due]

    def cancel(self, ident: str, now: Today) -> None:
        """What a member owes when it defaults is cancelled, and counts in no limit."""
        for due in self.dues:
            if due.payer == ident and due.left:
                now.cancelled.append(Movement(ident, due.pot, due.segment, due.left))
                due.payment.amount -= due.left
                due.left = 0

    def recovered(self, now: Today, ident: str, amount: int) -> None:
        """Money comes from an estate."""
        found, rest = recover(self.rb, self.claims, ident, amount)
        now.rest += rest
        now.repaid += found
        for x in found:
            key = None if x.pot is None else self.key(x.payer, x.pot, None)
            mine = x.payer in self.members and x.payer not in now.new_defaulters
            if key is not None and (key[0] is None or mine):
                self.balances[key] += x.amount

    # --- what a day gives
    def row(self, now: Today) -> Row:
        """The day as a history shows it."""
        rb = self.rb
        position = {seg: i for i, seg in enumerate([None, *rb.segments])}
        step = {name: i for i, name in enumerate(rb.steps)}

        def rows(found: list[Any], amount: Callable[[Any], int] = lambda x: x.amount) -> list[Row]:
            shown_rows = []
            for x in sorted(found, key=lambda x: (x.payer, x.pot, position.get(x.segment, -1))):
                row = {"payer": x.payer, "pot": x.pot, "segment": x.segment, "amount": shown(rb, amount(x))}
                shown_rows.append(row | ({"payable": str(x.payable)} if isinstance(x, Due) else {}))
            return shown_rows

        balances = []
        for (who, pot, seg), amount in self.balances.items():
            if who is None or who in now.present:
                balances.append(Movement(rb.owner(pot) if who is None else who, pot, seg, amount))
        overdue = [x for x in self.dues if x.left and x.payable < now.day]
        repaid = sorted(now.repaid, key=lambda x: (x.payer, step[x.step]))
        periods = [(name, *self.periods[name]) for name in rb.periods if name in self.periods]
        return {
            "date": str(now.day),
            "rulebook": {"title": rb.title},
            "run": now.result,
            "paid_in": rows(now.paid_in),
            "due": rows(now.due),
            "cancelled": rows(now.cancelled),
            "overdue": rows(overdue, lambda x: x.left),
            "repaid": [
                {"from": x.defaulter, "step": x.step, "payer": x.payer, "amount": shown(rb, x.amount)} for x in repaid
            ],
            "rest": shown(rb, now.rest),
            "balances": rows(balances),
            "periods": [
                {"period": name, "first": str(first), "last": str(last)}
                for name, first, last in periods
                if first <= now.day <= last
            ],
        }


def _segments(d: Decl, rb: Rulebook) -> list[Segment]:
    return list(rb.segments) if d.per_segment else [None]


def _kind(d: Decl, rb: Rulebook) -> tuple[Any, ...]:
    """What must stay when the rulebook changes."""
    currency = rb.currency if d.type == "money" else ""
    values = frozenset(d.type[1]) if isinstance(d.type, tuple) else d.type
    return d.is_field, values, currency, d.signed, d.per_segment, d.per_defaulter


def run_history(
    text: str, book: Callable[[str], str], head: str | None = None, base: Path | None = None, files: Files = None
) -> Row:
    """What a history gives; ``book`` is the text of a rulebook by its file's name, ``head`` that of the first one."""
    books = {name: parse_rulebook(book(name)) for name in rulebooks_named(text)}
    first = None if head is None else parse_rulebook(head)
    run = opened(text, books, first, base, files)
    return {"history": {"title": run.raw.title}, "currency": run.rb.currency, "days": run.days()}


def events_of(text: str, files: Mapping[str, str]) -> list[tuple[str, str, Row]]:
    """Of each run of a history the text of its rulebook, that of its event, and what the day gives."""
    texts = {name: files[name] for name in rulebooks_named(text)}
    run = opened(text, {name: parse_rulebook(x) for name, x in texts.items()}, None, None, files)
    name = run.raw.under or ""
    found = []
    for block, row in zip(run.raw.days, run.days(), strict=True):
        name = block.under or name
        if row["run"] is not None:
            found.append((texts[name], event_text(run.books[name], run.events[block.day]), row))
    return found


def opened(
    text: str, books: Mapping[str, Rulebook], first: Rulebook | None, base: Path | None, files: Files
) -> HistoryRun:
    """A history that is read, before its first day."""
    units = dict(DECIMALS)
    for rb in (*books.values(), *([] if first is None else [first])):
        units |= rb.units
    return HistoryRun(HistoryReader(text, units).history(), books, first, base, files)
