"""A history: its days one after another, each run as an event of what stands on it."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tests.oracle.check import parse_rulebook
from tests.oracle.day_event import event_text
from tests.oracle.due import Raiser
from tests.oracle.event import Event, Payment, enter_decisions, enter_losses, whole_amount
from tests.oracle.history_money import dues_payable, pay
from tests.oracle.history_rows import day_row
from tests.oracle.history_stated import open_history, state, switch
from tests.oracle.parts import RawDay, Rulebook
from tests.oracle.past import enter_withdrawals, further_losses_fit
from tests.oracle.read_history import HistoryReader, rulebooks_named
from tests.oracle.recover import claims_of, recover
from tests.oracle.results import losses_met
from tests.oracle.run import Run
from tests.oracle.standing import Movement, Row, Standing, Today
from tests.oracle.stated import fill_in
from tests.oracle.tables import Files, Tables
from tests.oracle.words import DECIMALS, bad_event

DAY = datetime.timedelta(days=1)


def days_of(stands: Standing) -> list[Row]:
    """The days."""
    opening, *blocks = stands.raw.days
    found = [_day(stands, opening, first=True)]
    before = opening.day
    for block in blocks:
        if block.day <= before:
            bad_event(f"{block.place}: the days do not rise")
        before = block.day
        found.append(_day(stands, block))
    return found


def _day(stands: Standing, block: RawDay, first: bool = False) -> Row:
    """One day, in the order in which a day is worked."""
    now = Today(block.day, set(), Event(block.day))
    if block.under is not None:
        switch(stands, stands.books[block.under])
    if stands.raw.by_themselves:
        dues_payable(stands, now)
    for ident, place in block.departures:
        if ident not in stands.members:
            bad_event(f"{place}: departure of {ident}, who is no member")
        stands.members.remove(ident)
        stands.departed.add(ident)
    tables = Tables(stands.rb, block.day, stands.base, stands.files)
    if first:
        open_history(stands, block, now.event, tables)
    statements = state(stands, block, now, tables)
    pay(stands, block, now, tables)
    for key, value, where in statements:
        if stands.balances[key] != value:
            bad_event(f"{where}: stated as {value}, but {stands.balances[key]} is there")
    stands.known_by(now.day)
    _loss_day(stands, block, now, tables)
    whole: dict[str, int] = {}
    for ident, amount, place in block.recovered:
        if ident not in stands.own_defaults:
            bad_event(f"{place}: recovered from {ident}, who did not default in this history")
        whole[ident] = whole.get(ident, 0) + whole_amount(amount, stands.rb, place)
    for ident, sum_of_day in whole.items():
        _recovered(stands, now, ident, sum_of_day)
    row = day_row(stands, now)
    for ident in now.new_defaulters:
        stands.members.discard(ident)
    stands.known_by(now.day + DAY)
    return row


def _loss_day(stands: Standing, block: RawDay, now: Today, tables: Tables) -> None:
    """The run, and what it makes due."""
    raw, rb, event = block.event, stands.rb, now.event
    enter_losses(raw, rb, event, tables)
    if not event.losses:
        if raw.decisions or raw.withdrawals:
            bad_event(f"{block.place}: a decision or a withdrawal on a day without losses")
        return
    for loss in event.losses:
        if loss.member is not None and loss.further is not (loss.member in stands.fallen):
            bad_event(f"{block.place}: {loss.member}: a further loss is of a member that defaulted earlier")
    for ident in now.new_defaulters:
        _cancel(stands, ident, now)
    now.event = event = replace(stands.event(now), losses=event.losses)
    enter_decisions(raw, rb, event)
    enter_withdrawals(rb, event, raw)
    further_losses_fit(rb, event)
    fill_in(stands.env(now))
    stands.events[now.day] = replace(event, dated={key: dict(dates) for key, dates in event.dated.items()})
    now.run = run = Run(rb, event)
    now.result = run.run()
    for (pot, who, seg), amount in run.done[-1].state.drawn.items():
        stands.balances[who, pot, seg] -= amount
    for p in run.done:
        for (step, payer, seg), amount in p.state.paid.items():
            meets = rb.steps[step] if rb.steps[step].group is None else None
            met = [event.losses[i].member for i in losses_met(rb, event, p.turn, meets, seg)]
            whose = tuple(dict.fromkeys(m for m in met if m is not None))
            if amount:
                stands.payments.append(Payment(now.day, payer, step, seg, amount, whose, (step,)))
    stands.periods |= run.done[-1].state.periods
    stands.claims += claims_of(run)
    for ident in now.new_defaulters:
        stands.fallen[ident] = now.day
        stands.own_defaults.add(ident)
    now.due = Raiser(run, stands.balances, stands.dues).all()
    stands.dues += now.due
    stands.payments += [x.payment for x in now.due]


def _cancel(stands: Standing, ident: str, now: Today) -> None:
    """What a member owes when it defaults is cancelled, and counts in no limit."""
    for due in stands.dues:
        if due.payer == ident and due.left:
            now.cancelled.append(Movement(ident, due.pot, due.segment, due.left))
            due.payment.amount -= due.left
            due.left = 0


def _recovered(stands: Standing, now: Today, ident: str, amount: int) -> None:
    """Money comes from an estate."""
    found, rest = recover(stands.rb, stands.claims, ident, amount)
    now.rest += rest
    now.repaid += found
    for x in found:
        key = None if x.pot is None else stands.key(x.payer, x.pot, None)
        mine = x.payer in stands.members and x.payer not in now.new_defaulters
        draws = any(step.pot == x.pot and step.payer == x.payer for step in stands.rb.steps.values())
        if key is not None and (draws if key[0] is None else mine):
            stands.balances[key] += x.amount


def run_history(
    text: str, book: Callable[[str], str], head: str | None = None, base: Path | None = None, files: Files = None
) -> Row:
    """What a history gives; ``book`` is the text of a rulebook by its file's name, ``head`` that of the first one."""
    books = {name: parse_rulebook(book(name)) for name in rulebooks_named(text)}
    first = None if head is None else parse_rulebook(head)
    run = opened(text, books, first, base, files)
    return {"history": {"title": run.raw.title}, "currency": run.rb.currency, "days": days_of(run)}


def events_of(text: str, files: Mapping[str, str]) -> list[tuple[str, str, Row]]:
    """Of each run of a history the text of its rulebook, that of its event, and what the day gives."""
    texts = {name: files[name] for name in rulebooks_named(text)}
    run = opened(text, {name: parse_rulebook(x) for name, x in texts.items()}, None, None, files)
    name = run.raw.under or ""
    found = []
    for block, row in zip(run.raw.days, days_of(run), strict=True):
        name = block.under or name
        if row["run"] is not None:
            found.append((texts[name], event_text(run.books[name], run.events[block.day]), row))
    return found


def opened(
    text: str, books: Mapping[str, Rulebook], first: Rulebook | None, base: Path | None, files: Files
) -> Standing:
    """A history that is read, before its first day."""
    units = dict(DECIMALS)
    for rb in (*books.values(), *([] if first is None else [first])):
        units |= rb.units
    return Standing(HistoryReader(text, units).history(), books, first, base, files)
