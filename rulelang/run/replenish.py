"""What a run makes due (section 7.16 of the specification): who owes how much to which pot after a draw on it.

It is worked out over exact numbers alone, from the run as it ended and the balances after it.
"""

from collections.abc import Mapping, Sequence

from attrs import define, evolve, field, frozen

from rulelang.base.apportion import round_down, share
from rulelang.base.money import Exact
from rulelang.check.program import During, LimitProgram, ReplenishProgram
from rulelang.model.ledger import Key
from rulelang.run.expressions import Moment
from rulelang.run.over_time import Counts, Earlier, LimitPlan, counted_by, days_of_resizing, first_day, standing
from rulelang.run.resources import limit_values
from rulelang.run.values import Row
from rulelang.run.waterfall import Evaluation

Account = tuple[str, str, str | None]
"""A payer, a pot, and a segment if the pot is per segment."""


@frozen
class Raised:
    """What a payer owes to a pot (in a segment) after a run, in minor units, more than zero."""

    account: Account
    amount: int


def raised(
    evaluation: Evaluation,
    drawn: frozenset[str],
    balances: Mapping[Key, Mapping[str, int]],
    owed: Mapping[Account, int],
) -> tuple[Raised, ...]:
    """What a run makes due, clause by clause.

    ``drawn`` are the pots from which the run drew anything, ``balances`` those of all pots after it by pot (and
    segment) and payer, ``owed`` what is owed already.

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
        if {clause.pot, clause.draws_on} & drawn and not raising.has_paid_once(clause):
            raising.work(clause)
    return tuple(raising.found)


@define
class _Raising:
    """The clauses as they are worked one after another: what one raises counts in the limits of the next."""

    evaluation: Evaluation
    end: Moment
    balances: Mapping[Key, Mapping[str, int]]
    owed: Mapping[Account, int]
    found: list[Raised] = field(factory=list)

    def has_paid_once(self, clause: ReplenishProgram) -> bool:
        """Whether a clause that raises ``once during`` a period has raised something in its open instance."""
        period, plan = clause.once_during, self.evaluation.plan
        if period is None:
            return False
        if standing(plan.event, period) is None and not self.evaluation.state.opened.get(period, False):
            return False
        return Earlier(plan.program, plan.event).any_since(clause.pot, period)

    def work(self, clause: ReplenishProgram) -> None:
        """Raise what a clause makes due, in each segment if its pot is per segment."""
        segments = self.evaluation.plan.program.segments if clause.per_segment else (None,)
        for segment in segments:
            at = self.end if segment is None else self.end.within(segment)
            who, _, at = at.those(clause.payers, clause.where)
            payers = at.ids(who) if clause.per_member else [clause.payers]
            balances = self.balances[clause.pot, segment]
            accounts: list[Account] = [(payer, clause.pot, segment) for payer in payers]
            held = [balances[account[0]] + self.owed.get(account, 0) for account in accounts]
            wanted = [aim - has for aim, has in zip(at.column(clause.value, who), held, strict=True)]
            amounts = self._bounded(clause, at, who, payers, wanted)
            self.found += [Raised(account, one) for account, one in zip(accounts, amounts, strict=True) if one]

    def _bounded(
        self, clause: ReplenishProgram, at: Moment, who: Sequence[int | None], payers: Sequence[str], wanted: Row
    ) -> Sequence[int]:
        """What each is to pay in, no more than its limits leave; one in total that is too small is shared."""
        totals = []
        for limit in clause.limits:
            left = limit_values(self._plan(clause, limit), at, tuple(who), payers).left
            if limit.each:
                wanted = [min(one, most) for one, most in zip(wanted, left, strict=True)]
            else:
                totals.append(round_down(left[0]))
        amounts = [max(0, round_down(one)) for one in wanted]
        if totals and sum(amounts) > min(totals):
            return share(min(totals), amounts, (None,) * len(amounts), payers).units
        return amounts

    def _plan(self, clause: ReplenishProgram, limit: LimitProgram) -> LimitPlan:
        """What a limit counts after the run: all its passes, what was raised today, and earlier payments as ever."""
        plan = self.evaluation.plan
        program, event = plan.program, plan.event
        earlier = Earlier(program, event)
        keys = counted_by(program, (clause.pot, None), limit.named)
        whole = LimitPlan(limit, Counts.ALL, keys, {})
        if limit.over_time is None:
            further = frozenset([one.member for one in event.losses if one.member is not None and one.further])
            if further:
                whole = evolve(whole, already=earlier.of_defaults(keys, further))
        elif (first := first_day(program, event, limit.over_time)) is not None:
            whole = evolve(whole, already=earlier.since(keys, first), first=first)
            if limit.at_every_resizing:
                days = (first, *(day for day in days_of_resizing(event) if first < day <= event.declared))
                whole = evolve(whole, days=[(day, self._with_today(keys, earlier.since(keys, day))) for day in days])
        elif isinstance(limit.over_time, During) and self.evaluation.state.opened.get(limit.over_time.period, False):
            whole = evolve(whole, already=earlier.since(keys, event.declared))
        return evolve(whole, already=self._with_today(keys, whole.already))

    def _with_today(self, keys: Sequence[Key], already: Mapping[str, int]) -> Mapping[str, int]:
        found = dict(already)
        for one in self.found:
            payer, pot, segment = one.account
            if (pot, segment) in keys:
                found[payer] = found.get(payer, 0) + one.amount
        return found
