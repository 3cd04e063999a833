"""The trail of a run over exact numbers, told from what its turns left behind; nothing is worked out a second time."""

from collections.abc import Iterable, Iterator, Sequence

from rulelang.base.apportion import Shares
from rulelang.check.program import LimitProgram, OrderProgram
from rulelang.model.trail import LimitTrail, PotTrail, RankTrail, Status, Turn
from rulelang.run.exact import ExactLosses, ExactPayments
from rulelang.run.expressions import Moment
from rulelang.run.payments import PartOf, Payments, Ranked
from rulelang.run.plan import Plan
from rulelang.run.resources import LimitValues, Resources
from rulelang.run.waterfall import Evaluation, TurnDetails
from rulelang.run.windows import window_start


def turns_of(evaluation: Evaluation) -> Iterator[Turn]:
    """Every turn of a run over exact numbers, as it ran."""
    details = iter(evaluation.details)
    for number, stage in enumerate(evaluation.plan.stages):
        group = None if stage.group is None else number
        for turns in stage.rounds:
            for _ in turns:
                yield _told(evaluation.plan, next(details), group)


def _told(plan: Plan, details: TurnDetails, group: int | None) -> Turn:
    result, resources, step = details.result, details.resources, details.result.turn.step
    payments = result.payments
    if resources is None or payments is None:
        decided = False if result.status is Status.DECLINED else None
        ends = result.before, result.after
        return Turn(*result.turn.key, result.status, *ends, drawn=0, decided=decided, group=group)
    return Turn(
        *result.turn.key,
        result.status,
        result.before,
        result.after,
        drawn=result.drawn,
        capacity=result.capacity,
        part=details.part,
        payers=resources.payers,
        left_out=resources.left_out,
        keys=None if step.key is None else resources.keys,
        limit_trails=tuple(map(_limit, (plan,) * len(step.limits), step.limits, resources.limit_values)),
        pot=None if step.pot is None else _pot(step.pot.name, resources),
        limits=resources.limits,
        shares=_shares(payments),
        ranks=tuple(_ranks(resources.at, step.order, payments)) if step.order is not None else (),
        paid=tuple(payments.gathered(_units)),
        reduced=_reduced(details),
        decided=None if step.discretion is None else True,
        group=group,
    )


def _limit(plan: Plan, rule: LimitProgram, values: LimitValues) -> LimitTrail:
    source = plan.program.source
    start = None
    if rule.window_days is not None:
        start = window_start(plan.event.declared, rule.window_days, business=rule.business_days).isoformat()
    return LimitTrail(
        source.phrase(rule.span),
        source.position(rule.span.start).line,
        rule.citation,
        rule.each,
        tuple(values.values),
        None if values.already is None else tuple(values.already),
        start,
        tuple(values.left),
    )


def _pot(name: str, resources: Resources) -> PotTrail:
    assert resources.pots is not None
    return PotTrail(name, tuple(resources.pots), None if resources.pot_parts is None else tuple(resources.pot_parts))


def _reduced(details: TurnDetails) -> tuple[int, ...]:
    """By how much each loss was reduced."""
    before, after = details.at.state.losses, details.losses
    assert isinstance(before, ExactLosses)
    assert isinstance(after, ExactLosses)
    return tuple(a - b for a, b in zip(before.amounts, after.amounts, strict=True))


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
