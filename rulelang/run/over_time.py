"""Limits over time and limits with a name (section 7.9 of the specification): what they count beside a turn itself.

What the event says of earlier payments is counted once, when the plan is made; what the run itself has paid before is
added at the moment of a turn (:mod:`rulelang.run.resources`).
"""

import datetime
import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from attrs import define, field, frozen

from rulelang.check.program import CalendarWindow, CheckedProgram, During, LimitProgram, OverTime, StepProgram, Window
from rulelang.model.event import EarlierPayment, Event


class Counts(enum.Enum):
    """What of this run a limit counts, before the turn that asks."""

    NOTHING = "nothing: the limit is for this turn alone"
    HERE = "what its steps paid in this pass"
    ALL = "what its steps paid in all passes so far"
    IF_OPEN = "what its steps paid in this pass, and all that counts on this day if its period is open"


@frozen
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
    already: Mapping[str, int] = field(factory=dict)
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


@define
class Payers:
    """The earlier payments under one step; those dated after the event's day count nowhere."""

    payments: list[EarlierPayment] = field(factory=list)

    def since(self, first: datetime.date, segments: Sequence[str | None]) -> Mapping[str, int]:
        """What each payer paid from a day on, in some segments (``None`` for a step that is not per segment)."""
        return summed(one for one in self.payments if one.date >= first and one.segment in segments)

    def of_defaults(self, defaulters: frozenset[str], segments: Sequence[str | None]) -> Mapping[str, int]:
        """What each payer paid for the default of any of some members."""
        return summed(
            one for one in self.payments if one.segment in segments and not defaulters.isdisjoint(one.defaulters or ())
        )

    def any_since(self, program: CheckedProgram, event: Event, period: str) -> bool:
        """Whether anything was paid since a period opened; if it is not open when the run begins, on its own day."""
        first = first_day(program, event, During(period)) or event.declared
        return any(one.amount and one.date >= first for one in self.payments)


def summed(payments: Iterable[EarlierPayment]) -> dict[str, int]:
    """What each payer paid in all."""
    found: dict[str, int] = {}
    for one in payments:
        found[one.payer] = found.get(one.payer, 0) + one.amount
    return found


def earlier_payments(program: CheckedProgram, event: Event) -> Mapping[str, Payers]:
    """The earlier payments of an event by step; those under a former name have the present one since it was checked."""
    found: defaultdict[str, Payers] = defaultdict(Payers)
    for payment in event.payments:
        if payment.date <= event.declared and payment.step in program.steps:
            found[payment.step].payments.append(payment)
    return found


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
    program: CheckedProgram,
    event: Event,
    payments: Mapping[str, Payers],
    step: StepProgram,
    limit: LimitProgram,
    segment: str | None,
    further: frozenset[str],
) -> LimitPlan:
    """What a limit of a step counts beside a turn; ``further`` are the members with further losses in the pass."""
    named, sharing = limit.named, [step]
    if named is None and limit.over_time is None and not further:
        return LimitPlan(limit, Counts.NOTHING)
    if named is not None:
        sharing = [one for one in program.steps.values() if any(each.named == named for each in one.limits)]
    segments = {
        one.name: (segment,) if named is None else program.segments if one.per_segment else (None,) for one in sharing
    }
    keys = tuple((name, each) for name, several in segments.items() for each in several)

    def since(first: datetime.date) -> dict[str, int]:
        return _together(payments[name].since(first, several) for name, several in segments.items())

    if limit.over_time is None:
        counts = Counts.NOTHING if named is None else Counts.HERE
        if not further or (named is None and step.rounds is not None):
            return LimitPlan(limit, counts, keys)
        paid = _together(payments[name].of_defaults(further, several) for name, several in segments.items())
        return LimitPlan(limit, counts, keys, paid)
    first = first_day(program, event, limit.over_time)
    if first is None:
        return LimitPlan(limit, Counts.IF_OPEN, keys, since(event.declared))
    days: Sequence[tuple[datetime.date, Mapping[str, int]]] = ()
    if limit.at_every_resizing:
        changed = [day for day in days_of_resizing(event) if first < day <= event.declared]
        days = [(day, since(day)) for day in (first, *changed)]
    return LimitPlan(limit, Counts.ALL, keys, since(first), first, days)


def _together(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in several:
        for payer, amount in one.items():
            found[payer] = found.get(payer, 0) + amount
    return found
