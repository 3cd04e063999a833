"""The trail of a run over exact numbers, told from what its turns left behind; nothing is worked out a second time."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from operator import sub
from typing import assert_never

from rulelang.base.apportion import Shares
from rulelang.base.source import SourceText
from rulelang.check.program import CalendarWindow, During, LimitProgram, OrderProgram, Window
from rulelang.model.calendar import Calendar, Duration
from rulelang.model.trail import LimitTrail, PeriodTrail, PotTrail, RankTrail, ResizingTrail, Status, Turn
from rulelang.run.exact import ExactLosses, ExactPayments
from rulelang.run.expressions import Moment
from rulelang.run.over_time import LimitPlan, standing
from rulelang.run.payments import PartOf, Payments, Ranked
from rulelang.run.plan import Plan
from rulelang.run.resources import LimitValues, Resources
from rulelang.run.waterfall import Evaluation, TurnDetails

_ONE_DAY = datetime.timedelta(1)


def periods_of(evaluation: Evaluation) -> Iterator[PeriodTrail]:
    """Every period as it stood when the run ended (section 7.11)."""
    event, program = evaluation.plan.event, evaluation.plan.program
    for period in program.periods.values():
        before, triggered = standing(event, period.name), bool(evaluation.state.opened.get(period.name, False))
        first, last = before or (None, None)
        if triggered and before is None:
            first, last = event.declared, _last_day(program.calendar, event.declared, period.length)
        elif triggered and before is not None and period.extended:
            longest = _last_day(program.calendar, event.declared, period.length)
            if period.most is not None:
                longest = min(longest, _last_day(program.calendar, before[0], period.most))
            last = max(before[1], longest)
        said = None if before is None else (before[0].isoformat(), before[1].isoformat())
        yield PeriodTrail(
            period.name,
            None if first is None else first.isoformat(),
            None if last is None else last.isoformat(),
            said,
            triggered,
        )


def _last_day(calendar: Calendar, first: datetime.date, length: Duration) -> datetime.date:
    try:
        return calendar.last_of_period(first, length)
    except OverflowError:
        return datetime.date.max


def turns_of(evaluation: Evaluation) -> Iterator[Turn]:
    """Every turn of a run over exact numbers, as it ran."""
    groups = {
        step.name: number
        for number, stage in enumerate(evaluation.plan.passes[0].stages)
        if stage.group is not None
        for step in stage.steps
    }
    for details in evaluation.details:
        yield _told(evaluation.plan, details, groups.get(details.result.turn.step.name))


def _told(plan: Plan, details: TurnDetails, group: int | None) -> Turn:
    result, resources, step = details.result, details.resources, details.result.turn.step
    payments, passing, defaulter = result.payments, result.turn.passing, result.turn.defaulter
    facts = *result.turn.key, result.status, result.before, result.after, result.drawn
    if resources is None or payments is None:
        decided = False if result.status is Status.DECLINED else None
        return Turn(*facts, decided=decided, group=group, defaulter=defaulter, passing=passing)
    return Turn(
        *facts,
        capacity=result.capacity,
        part=details.part,
        payers=resources.payers,
        left_out=resources.left_out,
        keys=None if step.key is None else resources.keys,
        limit_trails=tuple(map(limit_trail, repeat(plan.program.source), result.turn.limits, resources.limit_values)),
        pot=None if step.pot is None else _pot(step.pot.name, resources),
        limits=resources.limits,
        shares=_shares(payments),
        ranks=tuple(_ranks(resources.at, step.order, payments)) if step.order is not None else (),
        paid=tuple(payments.gathered(_units)),
        reduced=_reduced(details),
        decided=None if step.discretion is None else True,
        group=group,
        round=result.turn.round,
        defaulter=defaulter,
        passing=passing,
        decided_most=resources.decided_most,
    )


def limit_trail(source: SourceText, limit: LimitPlan, values: LimitValues) -> LimitTrail:
    """What a limit said, counted and left, with its words in a rulebook."""
    rule, before = limit.limit, None
    if limit.first is not None:  # the record has always named the last day that does not count
        before = limit.first.isoformat() if limit.first == datetime.date.min else (limit.first - _ONE_DAY).isoformat()
    return LimitTrail(
        source.phrase(rule.span),
        source.position(rule.span.start).line,
        rule.citation,
        rule.each,
        tuple(values.values),
        None if values.already is None else tuple(values.already),
        before,
        tuple(values.left),
        rule.named,
        tuple(dict.fromkeys(name for name, _ in limit.keys)) if limit.counts_anything else (),
        basis_of(rule),
        limit.first,
        tuple(ResizingTrail(day, tuple(row), tuple(paid)) for day, row, paid in values.resizings),
    )


def basis_of(rule: LimitProgram) -> str | None:
    """The words of a limit about time, as the language has them."""
    match rule.over_time:
        case None:
            return None
        case Window():
            return f"in any {rule.over_time.length}"
        case CalendarWindow():
            return f"in the calendar {rule.over_time.unit}"
        case During():
            return f"during {rule.over_time.period}"
        case _:
            assert_never(rule.over_time)


def _pot(name: str, resources: Resources) -> PotTrail:
    assert resources.pots is not None
    return PotTrail(name, tuple(resources.pots), None if resources.pot_parts is None else tuple(resources.pot_parts))


def _reduced(details: TurnDetails) -> tuple[int, ...]:
    """By how much each loss was reduced."""
    before, after = details.at.state.losses, details.losses
    assert isinstance(before, ExactLosses)
    assert isinstance(after, ExactLosses)
    return tuple(map(sub, before.amounts, after.amounts))


def _units(sharing: ExactPayments) -> Sequence[int]:
    return sharing.units


def _shares(payments: Payments) -> Shares | None:
    """How a draw was shared; ``None`` where it was not, or rank by rank."""
    match payments:
        case ExactPayments():
            return payments.shares
        case PartOf():
            pool = _shares(payments.pool)
            assert pool is not None
            part = slice(payments.start, payments.start + payments.count)
            return Shares(pool.whole[part], pool.part[part], pool.denominator, pool.units[part])
        case Ranked():
            return None
        case _:
            raise TypeError(payments)  # a run over exact numbers has no other


def _ranks(at: Moment, order: OrderProgram, payments: Payments) -> Iterable[RankTrail]:
    assert isinstance(payments, Ranked)
    said = [at.shown(order.value, value) for value in payments.order]
    for rank in payments.ranks:
        words = " or ".join(sorted({said[place] for place in rank.places}))
        shares = _shares(rank.payments)
        assert shares is not None
        yield RankTrail(words, rank.places, rank.payments.total, shares)
