"""What a run makes due (section 7.16 of the specification): who owes how much to which pot after a draw on it.

It is worked out over exact numbers alone, from the run as it ended and the balances after it.
"""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from attrs import define, evolve, field, frozen

from rulelang.base.apportion import round_down, share
from rulelang.base.gather import totals
from rulelang.base.money import Exact
from rulelang.check.program import During, LimitProgram, ReplenishProgram
from rulelang.model.event import Value
from rulelang.model.history import Account
from rulelang.model.ledger import Key
from rulelang.run.exact import amounts_of
from rulelang.run.expressions import Moment
from rulelang.run.over_time import Counts, Earlier, LimitPlan, counted_by, counting, standing
from rulelang.run.resources import LimitValues, limit_values
from rulelang.run.run_state import settled
from rulelang.run.values import Row
from rulelang.run.waterfall import Evaluation


@frozen
class Worked:
    """How a clause came to what it raises, in one segment if its pot is per segment; a value for each payer.

    ``at`` is the moment after the run, ``aims`` what each is to have, ``balances`` and ``owed`` what it has and owes by
    then, ``limits`` what each ``up to`` leaves, ``wanted`` what each would owe if no limit were in total, and
    ``amounts`` what it owes; all in minor units.
    """

    clause: ReplenishProgram
    segment: str | None
    at: Moment
    payers: Sequence[str]
    aims: Row
    balances: Sequence[int]
    owed: Sequence[int]
    limits: Sequence[tuple[LimitPlan, LimitValues]]
    wanted: Sequence[int]
    amounts: Sequence[int]


def drawn_by(evaluation: Evaluation) -> dict[Account, int]:
    """What a run drew from which account, in minor units: a given that several draw from is its owner's."""
    owners = evaluation.plan.program.owners
    return totals(
        ((owners.get(pot, payer), pot, segment), amount)
        for pot, segment, payers, amounts in _draws(evaluation)
        for payer, amount in zip(payers, amounts, strict=True)
        if amount
    )


def _draws(evaluation: Evaluation) -> Iterator[tuple[str, str | None, Sequence[str], Sequence[int]]]:
    """What each turn drew from the accounts of a pot in a segment: the payers, and an amount for each."""
    for result in evaluation.state.results:
        pot = result.turn.step.pot
        if pot is None or result.payments is None or not result.drawn:
            continue
        if result.taken is None:
            segment = result.turn.segment if pot.per_segment else None
            yield pot.name, segment, result.payers, amounts_of(result.payments)
        else:
            for other in result.taken.segments:
                yield pot.name, other, result.payers, result.taken.row(other)


def worked_again(evaluation: Evaluation, owed: Mapping[Account, int], pots: Collection[str]) -> tuple[Worked, ...]:
    """How the run of an event made due what it did, told again.

    ``owed`` is what was owed before that, ``pots`` are those to which it made something due.

    Raises:
        RuleViolation: as :func:`raised`.
    """
    program, event, drawn = evaluation.plan.program, evaluation.plan.event, drawn_by(evaluation)
    balances: dict[Key, dict[str, int]] = {}
    for (pot, segment), column in event.fields.items():
        if pot in program.pots:
            balances[pot, segment] = {member: _units(value) for member, value in column.items()}
    for (pot, segment), value in event.givens.items():
        if pot in program.pots:
            balances[pot, segment] = {program.owners[pot]: _units(value)}
    for (payer, pot, segment), amount in drawn.items():
        balances[pot, segment][payer] -= amount
    spent = frozenset(one.pot for one in program.replenishments if one.once_during is not None and one.pot not in pots)
    return raised(evaluation, frozenset(pot for _, pot, _ in drawn), balances, owed, spent)


def _units(value: Value | None) -> int:
    return value if isinstance(value, int) else 0


def spent_by(evaluation: Evaluation, last_raised: Mapping[str, datetime.date]) -> frozenset[str]:
    """The pots whose clause raises ``once during`` a period and has raised something in its open instance.

    ``last_raised`` has the day on which something was last raised for a pot, whether or not it was cancelled later:
    cancelled dues are no earlier payments any more, but they were raised.
    """
    plan = evaluation.plan
    earlier = Earlier(plan.program, plan.event)
    found = set()
    for clause in plan.program.replenishments:
        period = clause.once_during
        if period is None:
            continue
        if standing(plan.event, period) is None and not evaluation.state.opened.get(period, False):
            continue
        day = last_raised.get(clause.pot)
        if earlier.any_since(clause.pot, period) or (day is not None and day >= earlier.opened_on(period)):
            found.add(clause.pot)
    return frozenset(found)


def raised(
    evaluation: Evaluation,
    drawn: frozenset[str],
    balances: Mapping[Key, Mapping[str, int]],
    owed: Mapping[Account, int],
    spent: frozenset[str],
) -> tuple[Worked, ...]:
    """What a run makes due, clause by clause.

    ``drawn`` are the pots from which the run drew anything, ``balances`` those of all pots after it by pot (and
    segment) and payer, ``owed`` what is owed already, ``spent`` the pots whose clause raises nothing again.

    Raises:
        RuleViolation: a limit is below zero, or an expression cannot be evaluated.
    """
    program, members = evaluation.plan.program, evaluation.plan.event.members
    fields: dict[Key, Row] = {}
    givens: dict[Key, Exact] = {}
    for (pot, segment), column in balances.items():
        if pot in program.fields:
            fields[pot, segment] = [column[member] for member in members]
        else:
            givens[pot, segment] = column[program.owners[pot]]
    raising = _Raising(evaluation, evaluation.after(fields, givens), balances, owed)
    for clause in program.replenishments:
        if {clause.pot, clause.draws_on} & drawn and clause.pot not in spent:
            raising.work(clause)
    return tuple(raising.worked)


@define
class _Raising:
    """The clauses as they are worked one after another: what one raises counts in the limits of the next."""

    evaluation: Evaluation
    end: Moment
    balances: Mapping[Key, Mapping[str, int]]
    owed: Mapping[Account, int]
    worked: list[Worked] = field(factory=list)

    def work(self, clause: ReplenishProgram) -> None:
        """Raise what a clause makes due, in each segment if its pot is per segment."""
        segments = self.evaluation.plan.program.segments if clause.per_segment else (None,)
        for segment in segments:
            self.worked.append(settled(partial(self._work, clause, segment)))

    def _work(self, clause: ReplenishProgram, segment: str | None) -> Worked:
        at = self.end if segment is None else self.end.within(segment)
        who, _, at = at.those(clause.payers, clause.where)
        payers = at.ids(who) if clause.per_member else [clause.payers]
        balances = self.balances[clause.pot, segment]
        has = [balances[payer] for payer in payers]
        owed = [self.owed.get((payer, clause.pot, segment), 0) for payer in payers]
        aims = at.column(clause.value, who)
        gaps = [aim - held - due for aim, held, due in zip(aims, has, owed, strict=True)]
        plans = [self._plan(clause, limit) for limit in clause.limits]
        limits = [(plan, limit_values(plan, at, tuple(who), payers)) for plan in plans]
        wanted, amounts = _bounded(gaps, limits, payers)
        return Worked(clause, segment, at, payers, aims, has, owed, limits, wanted, amounts)

    def _plan(self, clause: ReplenishProgram, limit: LimitProgram) -> LimitPlan:
        """What a limit counts after the run: all its passes, what was raised today, and earlier payments as ever."""
        plan = self.evaluation.plan
        keys = counted_by(plan.program, (clause.pot, None), limit.named)
        further = frozenset([one.member for one in plan.event.losses if one.member is not None and one.further])
        before = counting(Earlier(plan.program, plan.event), limit, keys, further)
        already = before.already
        if before.counts is Counts.IF_OPEN:
            assert isinstance(limit.over_time, During)
            already = already if self.evaluation.state.opened.get(limit.over_time.period, False) else {}
        days = [(day, self._with_today(keys, paid)) for day, paid in before.days]
        return evolve(before, counts=Counts.ALL, already=self._with_today(keys, already), days=days)

    def _with_today(self, keys: Sequence[Key], already: Mapping[str, int]) -> Mapping[str, int]:
        today = (one for one in self.worked if (one.clause.pot, one.segment) in keys)
        raised = ((payer, amount) for one in today for payer, amount in zip(one.payers, one.amounts, strict=True))
        return totals(chain(already.items(), raised))


def _bounded(
    gaps: Row, limits: Sequence[tuple[LimitPlan, LimitValues]], payers: Sequence[str]
) -> tuple[Sequence[int], Sequence[int]]:
    """What each is to pay in, no more than its own limits leave, and then than one in total does, which is shared."""
    totals = []
    for plan, values in limits:
        if plan.limit.each:
            gaps = [min(one, most) for one, most in zip(gaps, values.left, strict=True)]
        else:
            totals.append(round_down(values.left[0]))
    wanted = [max(0, round_down(one)) for one in gaps]
    if totals and sum(wanted) > min(totals):
        return wanted, share(min(totals), wanted, (None,) * len(wanted), payers).units
    return wanted, wanted
