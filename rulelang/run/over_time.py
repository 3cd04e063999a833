"""Limits over time and limits with a name (section 7.9 of the specification): what they count beside a turn itself.

What the event says of earlier payments is counted once, when the plan is made; what the run itself has paid before is
added at the moment of a turn (:mod:`rulelang.run.resources`).
"""

import datetime
import enum
from collections.abc import Mapping, Sequence
from typing import assert_never

from attrs import field

from rulelang.base.values import unchanging
from rulelang.check.program import CalendarWindow, CheckedProgram, During, LimitProgram, OverTime, StepProgram, Window
from rulelang.model.event import Event
from rulelang.model.ledger import Key
from rulelang.run.values import Value


class Counts(enum.Enum):
    """What of this run a limit counts, before the turn that asks."""

    NOTHING = "nothing: the limit is for this turn alone"
    HERE = "what its steps paid in this pass"
    ALL = "what its steps paid in all passes so far"
    IF_OPEN = "what its steps paid in this pass, and all that counts on this day if its period is open"


@unchanging
class LimitPlan:
    """One ``up to``.

    ``keys`` are the steps (and segments) whose payments it counts, ``already`` what each payer paid under them before
    the event, in minor units, and ``first`` the first day that counts (``None``: there is none, or the period on which
    that depends is not open when the run begins).  ``days`` are those of a limit at every resizing on which its value
    may have changed, each with what was paid from that day on.
    """

    limit: LimitProgram
    counts: Counts
    keys: tuple[tuple[str, str | None], ...] = ()
    already: Mapping[str, Value] = field(factory=dict)
    first: datetime.date | None = None
    days: Sequence[tuple[datetime.date, Mapping[str, int]]] = ()

    @property
    def counts_anything(self) -> bool:
        """Whether anything beside the turn itself may count."""
        return self.counts is not Counts.NOTHING or bool(self.already)


def standing(event: Event, period: str) -> tuple[datetime.date, datetime.date] | None:
    """The instance of a period that is open when the run begins."""
    instance = event.past.open_periods.get(period)
    return instance if instance is not None and instance[0] <= event.declared <= instance[1] else None


def first_day(program: CheckedProgram, event: Event, over_time: OverTime) -> datetime.date | None:
    """The first day that a limit over time counts (``None``: its period is not open when the run begins)."""
    declared = event.declared
    match over_time:
        case Window():
            try:
                return program.calendar.first_of_window(declared, over_time.length)
            except OverflowError:
                return datetime.date.min
        case CalendarWindow():
            return declared.replace(day=1) if over_time.unit == "month" else declared.replace(month=1, day=1)
        case During():
            instance = standing(event, over_time.period)
            return None if instance is None else instance[0]
        case _:
            assert_never(over_time)


@unchanging
class Earlier:
    """The earlier payments that a plan counts; those dated after the event's day count nowhere."""

    program: CheckedProgram
    event: Event

    def since(self, keys: tuple[Key, ...], first: datetime.date) -> Mapping[str, int]:
        """What each payer paid under some steps from a day on."""
        return self.event.payments.ledger.paid(keys, first, self.event.declared)

    def of_defaults(self, keys: tuple[Key, ...], defaulters: frozenset[str]) -> Mapping[str, int]:
        """What each payer paid under some steps for the default of any of some members."""
        return self.event.payments.ledger.paid_for(keys, defaulters, self.event.declared)

    def any_since(self, step: str, period: str) -> bool:
        """Whether anything was paid since a period opened; if it is not open when the run begins, on its own day."""
        return self.event.payments.ledger.paid_under(step, self.opened_on(period), self.event.declared) > 0

    def opened_on(self, period: str) -> datetime.date:
        """The first day of a period; if it is not open when the run begins, the event's own."""
        return first_day(self.program, self.event, During(period)) or self.event.declared


def days_of_resizing(event: Event) -> tuple[datetime.date, ...]:
    """The days on which some value of the event may have changed."""
    days = {event.declared, *event.past.since.values()}
    for dated in event.past.givens.values():
        days.update(day for day, _ in dated)
    for members in event.past.fields.values():
        for dated in members.values():
            days.update(day for day, _ in dated)
    return tuple(sorted(days))


def limit_plan(
    earlier: Earlier, step: StepProgram, limit: LimitProgram, segment: str | None, further: frozenset[str]
) -> LimitPlan:
    """What a limit of a step counts beside a turn; ``further`` are the members with further losses in the pass."""
    if limit.named is None and limit.over_time is None and (not further or step.rounds is not None):
        return LimitPlan(limit, Counts.NOTHING)
    return counting(earlier, limit, counted_by(earlier.program, (step.name, segment), limit.named), further)


def counting(earlier: Earlier, limit: LimitProgram, keys: tuple[Key, ...], further: frozenset[str]) -> LimitPlan:
    """What a limit counts that is paid under some steps, as :func:`limit_plan`."""
    event = earlier.event
    if limit.over_time is None:
        counts = Counts.NOTHING if limit.named is None else Counts.HERE
        return LimitPlan(limit, counts, keys, earlier.of_defaults(keys, further) if further else {})
    first = first_day(earlier.program, event, limit.over_time)
    if first is None:
        return LimitPlan(limit, Counts.IF_OPEN, keys, earlier.since(keys, event.declared))
    days: Sequence[tuple[datetime.date, Mapping[str, int]]] = ()
    if limit.at_every_resizing:
        changed = [day for day in days_of_resizing(event) if first < day <= event.declared]
        days = [(day, earlier.since(keys, day)) for day in (first, *changed)]
    return LimitPlan(limit, Counts.ALL, keys, earlier.since(keys, first), first, days)


def counted_by(program: CheckedProgram, own: Key, named: str | None) -> tuple[Key, ...]:
    """Under what a limit counts payments: its own step, or all that take it by its name, in all their segments."""
    if named is None:
        return (own,)
    steps = [one for one in program.steps.values() if any(each.named == named for each in one.limits)]
    pots = [each.pot for each in program.replenishments if any(limit.named == named for limit in each.limits)]
    return (*((one.name, each) for one in steps for each in _segments(program, one)), *((pot, None) for pot in pots))


def _segments(program: CheckedProgram, step: StepProgram) -> Sequence[str | None]:
    """The segments in which something was paid under a step: ``None`` is that of earlier rules without segments."""
    return (*program.segments, None) if step.per_segment else (None,)
