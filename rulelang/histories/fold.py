"""A history is run: the opening, then day after day, each in the order of section 7.15 of the specification."""

import datetime
from collections.abc import Iterable, Iterator
from typing import TypeVar

from attrs import define, evolve, field

from rulelang.base.diagnostic import RulelangError, RunError, each_once, finding
from rulelang.base.gather import collected
from rulelang.base.suggest import listed
from rulelang.check.events.event_draft import Column
from rulelang.check.events.resolve import resolve
from rulelang.check.program import CheckedProgram
from rulelang.histories.events import event_of
from rulelang.histories.happening import Happening
from rulelang.histories.history import Block, History
from rulelang.histories.laws import verify_day
from rulelang.histories.lines import enter_day
from rulelang.histories.standing import Owed, Standing, order_of
from rulelang.histories.switch import switch
from rulelang.histories.values import fill_pots
from rulelang.model.allocation import Allocation, Identity
from rulelang.model.calendar import Calendar, Duration
from rulelang.model.event import EarlierPayment, Event
from rulelang.model.history import Account, Due, HistoryDay, HistoryResult, Movement, OpenPeriod, Repayment
from rulelang.run.exact import amounts_of
from rulelang.run.interpret import diagnostic, interpreted
from rulelang.run.replenish import drawn_by, raised, spent_by
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.waterfall import Evaluation

_ONE_DAY = datetime.timedelta(1)
_Row = TypeVar("_Row", Movement, Due)


def run_history(history: History, until: datetime.date | None = None) -> HistoryResult:
    """Run a history, up to a day if only that far is asked for.

    Raises:
        CheckError: a day does not fit what stands; with every finding about that day.
        RunError: a run met what the rules do not allow.
        InternalError: a law of every run or of every day is broken; the fault is the program's.
    """
    days = tuple(days_of(history, until))
    return HistoryResult(history.title, history.source.sha256, history.program.currency, days, history.exercise)


def days_of(history: History, until: datetime.date | None = None) -> Iterator[HistoryDay]:
    """The days of a history, one after another; see :func:`run_history`."""
    standing = opened(history)
    yield _day_end(standing, history.opening.date)
    for block in history.days:
        if until is not None and block.date > until:
            return
        yield _Working(history, standing, block).work()


def event_on(history: History, date: datetime.date) -> tuple[CheckedProgram, Event]:
    """The event of a day, and the rulebook that is in force on it; without a loss there is nothing to allocate in it.

    Raises:
        CheckError, RunError: as :func:`run_history`, for the days up to that one.
        RulelangError: the history has no such day.
    """
    require_day(history, date)
    standing = opened(history)
    for block in history.days:
        if block.date < date:
            _Working(history, standing, block).work()
        elif block.date == date:
            event = _Working(history, standing, block).event()
            return standing.program, event
    return standing.program, _event_of(history, standing, date, standing.members, Happening())


def one_day(history: History, result: HistoryResult, date: datetime.date) -> HistoryResult:
    """The result with one day of it alone.

    Raises:
        RulelangError: the history has no such day.
    """
    require_day(history, date)
    return evolve(result, days=tuple(day for day in result.days if day.date == date))


def require_day(history: History, date: datetime.date) -> None:
    """Refuse a day that the history does not have.

    Raises:
        RulelangError: the history has no such day.
    """
    shown = [str(day.date) for day in (history.opening, *history.days)]
    if str(date) not in shown:
        advice = f"its days are {listed(shown, 'and')}" if len(shown) <= _MOST_DAYS_TOLD else None
        message = f'the history "{history.title}" has no day {date}'
        raise RulelangError([finding("unknown-day", message, help=advice)])


_MOST_DAYS_TOLD = 20


def _event_of(
    history: History, standing: Standing, day: datetime.date, members: Iterable[str], happening: Happening
) -> Event:
    """The event of a day, which is an exercise if the history is one."""
    event = event_of(standing, f"{history.title}, {day}", day, members, happening)
    return event if history.exercise is None else evolve(event, exercise=history.exercise)


def opened(history: History) -> Standing:
    """What stands when a history has been opened.

    Raises:
        CheckError: the opening does not fit the rulebook.
    """
    day, program = history.opening.date, history.program
    event = resolve(history.opening.raw, program)
    history.opening.raw.warnings = list(each_once(event.warnings))
    past, standing = event.past, Standing(program)
    standing.under(program)
    standing.defaulted = {member: since for since, member in past.defaulted}
    standing.before = frozenset(standing.defaulted)
    standing.departed = {member: None for member in past.former_members if member not in standing.defaulted}
    place = history.opening.raw.place
    standing.members = {member: place for member in event.members if member not in standing.defaulted}
    standing.fields = {key: dict(column) for key, column in event.fields.items()}
    for name, columns in event.with_defaulters.items():
        standing.fields |= {(name, defaulter): dict(column) for defaulter, column in columns.items()}
    standing.givens = dict(event.givens)
    standing.dated_fields = {key: dict(rows) for key, rows in past.fields.items()}
    standing.dated_givens = dict(past.givens)
    standing.names, standing.since = dict(event.names), dict(past.since)
    standing.notices, standing.periods = dict(past.notices), dict(past.open_periods)
    standing.payments = list(event.payments)
    for key, column in event.fields.items():
        for member, value in column.items():
            standing.remember(key, member, day, value)
    for key, given in event.givens.items():
        standing.remember(key, None, day, given)
    fill_pots(standing, day, standing.members)
    return standing


def _day_end(standing: Standing, day: datetime.date) -> HistoryDay:
    """A day as it ends: what stands then."""
    program, owed = standing.program, standing.dues()
    periods = [
        OpenPeriod(name, *standing.periods[name])
        for name in program.periods
        if name in standing.periods and standing.periods[name][0] <= day <= standing.periods[name][1]
    ]
    return HistoryDay(
        day,
        Identity(program.title, program.version, program.source.sha256),
        program.currency,
        overdue=tuple(due for due in owed if due.payable < day),
        names=standing.names,
        owed=owed,
        standing=standing.snapshot(),
        periods=tuple(periods),
    )


def _in_order(program: CheckedProgram, rows: Iterable[_Row]) -> tuple[_Row, ...]:
    """By payer, then pot, then segment as declared."""
    return tuple(sorted(rows, key=lambda one: order_of(program, one.account)))


@define
class _Working:
    """One day while it is worked."""

    history: History
    standing: Standing
    block: Block
    drawn: dict[Account, int] = field(factory=dict)

    def _begin(self) -> tuple[Happening, list[Movement], list[Movement]]:
        """Work the day up to its run; what happens, what was paid in by itself, and what is cancelled."""
        standing, block = self.standing, self.block
        if block.program is not None:
            switch(standing, block, block.program)
        paid = self._dues_paid() if self.history.dues_paid else []
        happening = enter_day(standing, block)
        standing.remember_balances(block.date)
        cancelled = [Movement(*account, left) for account, left in standing.cancel(happening.new_defaulters)]
        return happening, paid, cancelled

    def event(self) -> Event:
        """The event of the day, which is not run."""
        happening, _, _ = self._begin()
        return self._event(happening)

    def _event(self, happening: Happening) -> Event:
        members = {*self.standing.members, *happening.further}
        return _event_of(self.history, self.standing, self.block.date, members, happening)

    def work(self) -> HistoryDay:
        """Work the day: rulebook, dues that are paid, departures, values, money, the run, dues, recoveries."""
        standing, block, day = self.standing, self.block, self.block.date
        happening, paid, cancelled = self._begin()
        before, program = standing.snapshot(), standing.program
        event, allocation = None, None
        due: list[Owed] = []
        if happening.losses:
            event = self._event(happening)
            allocation, due = self._run(event)
        standing.defaulted.update(dict.fromkeys(happening.new_defaulters, day))
        repaid, rest = self._recover(happening)
        verify_day(standing, before, self.drawn, repaid, happening.recovered, rest)
        if day < datetime.date.max:  # there is no later day on which it would be asked for
            standing.remember_balances(day + _ONE_DAY)
        standing.close_settled()
        standing.members.update(dict.fromkeys(happening.further, block.raw.place))
        found = evolve(
            _day_end(standing, day),
            event=event,
            run=allocation,
            paid_in=_in_order(program, [*paid, *happening.paid]),
            due=_in_order(program, [one.due for one in due]),
            cancelled=_in_order(program, cancelled),
            repaid=tuple(repaid),
            rest=rest,
        )
        for member in (*happening.new_defaulters, *happening.further):
            del standing.members[member]
        return found

    def _dues_paid(self) -> list[Movement]:
        """Dues that have become payable since the day before are paid in by themselves, each on its day."""
        standing, found = self.standing, []
        payable = collected((one.payable, one) for one in standing.owed if one.left and one.payable <= self.block.date)
        for day, dues in sorted(payable.items()):
            for one in dues:
                standing.change(one.account, one.left)
                found.append(Movement(*one.account, one.left, day))
                one.left = 0
            standing.remember_balances(day)
        return found

    # -------------------------------------------------------------------------------------------------------- the run

    def _run(self, event: Event) -> tuple[Allocation, list[Owed]]:
        """Run the day's event; what it draws is taken from the pots, and what it makes due is owed."""
        standing = self.standing
        with event.payments.lent(standing.ledger()):
            allocation, evaluation = interpreted(standing.program, event, own_past=True)
            self.drawn = drawn_by(evaluation)
            for account, amount in self.drawn.items():
                standing.change(account, -amount)
            try:
                due = self._raise(evaluation)
            except RuleViolation as violation:
                raise RunError([diagnostic(evaluation.plan, evaluation, violation)]) from None
        for period in allocation.trail.periods:
            if period.triggered and period.first is not None and period.last is not None:
                instance = datetime.date.fromisoformat(period.first), datetime.date.fromisoformat(period.last)
                standing.periods[period.name] = instance
        standing.claims.enter(event, evaluation.details)
        standing.enter(_payments(event, evaluation), due)
        return allocation, due

    def _raise(self, evaluation: Evaluation) -> list[Owed]:
        standing, program = self.standing, self.standing.program
        drawn = frozenset(pot for _, pot, _ in self.drawn)
        if all(drawn.isdisjoint((clause.pot, clause.draws_on)) for clause in program.replenishments):
            return []
        event = evaluation.plan.event
        day, found = event.declared, []
        columns, spent = standing.columns(event.members), spent_by(evaluation, standing.last_raised)
        for one in raised(evaluation, drawn, columns, standing.owed_by_account(), spent):
            payable = _later(program.calendar, day, one.clause.within)
            for payer, amount in zip(one.payers, one.amounts, strict=True):
                if amount:
                    account = payer, one.clause.pot, one.segment
                    found.append(Owed.raised(account, amount, day, payable, event.defaulters))
        return found

    # ----------------------------------------------------------------------------------------------------- recoveries

    def _recover(self, happening: Happening) -> tuple[list[Repayment], int]:
        """What comes back is repaid; into a pot, where the rulebook says so, for those who are still members."""
        standing, rules = self.standing, self.standing.program.recoveries
        repaid: list[Repayment] = []
        rest = 0
        for defaulter, amount in happening.recovered.items():
            assert rules is not None, "refused when the lines were entered"
            some, left = standing.claims.repay(defaulter, amount, rules, standing.program.steps)
            repaid += some
            rest += left
        found = []
        for one in repaid:
            account = self._account_of(one)
            if account is None:
                found.append(evolve(one, into=None))
            else:
                standing.change(account, one.amount)
                found.append(one)
        order = {name: place for place, name in enumerate(standing.program.steps)}
        return sorted(found, key=lambda one: (one.payer, order[one.step], one.defaulter)), rest

    def _account_of(self, one: Repayment) -> Account | None:
        """Where what is repaid goes: the pot of a member that is one still, or a given from which the payer draws."""
        standing, pot = self.standing, one.into
        if pot is None or one.payer in standing.defaulted:
            return None
        owner = standing.program.owners.get(pot)
        if owner is None:
            return (one.payer, pot, None) if one.payer in standing.members else None
        drawing = {
            step.payers for step in standing.program.each_step() if step.pot is not None and step.pot.name == pot
        }
        return (owner, pot, None) if one.payer in drawing else None


def _later(calendar: Calendar, day: datetime.date, within: Duration) -> datetime.date:
    try:
        return calendar.shifted(day, within.number, within.unit)
    except OverflowError:
        return datetime.date.max


def _payments(event: Event, evaluation: Evaluation) -> Iterator[EarlierPayment]:
    """What the run paid, as later limits count it: by step, segment and payer, and for whose defaults."""
    sums: dict[tuple[Column, tuple[str, ...], str], int] = {}
    for result in evaluation.state.results:
        if result.payments is None or not result.drawn:
            continue
        met = (event.losses[place].member for place in result.turn.met)
        whose = tuple(dict.fromkeys(member for member in met if member is not None))
        for payer, amount in zip(result.payers, amounts_of(result.payments), strict=True):
            if amount:
                key = result.turn.key, whose, payer
                sums[key] = sums.get(key, 0) + amount
    for ((step, segment), whose, payer), amount in sums.items():
        yield EarlierPayment(event.declared, payer, step, segment, amount, defaulters=whose or None)
