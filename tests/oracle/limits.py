"""What counts against a limit: payments of this pass, of earlier passes, and of earlier runs."""

import datetime
from collections.abc import Callable
from fractions import Fraction

from tests.oracle.days import days_between, first_day
from tests.oracle.event import Payment
from tests.oracle.parts import Limit, Segment, Step
from tests.oracle.results import RunEnv, open_instance
from tests.oracle.share import floor
from tests.oracle.words import run_error


class LimitReader:
    """Works out what is left of the limits of one step in one turn, by the state that ``env`` reads."""

    def __init__(self, env: RunEnv, step: Step, seg: Segment) -> None:
        """Look at the state."""
        self.env, self.step, self.seg = env, step, seg

    def left(self, lim: Limit, member: str | None, payer: str | None) -> int:
        """What is left of a limit for a payer (None: for all together), rounded down."""
        env = self.env
        if not lim.resizing:
            value = self.value(lim, member, payer)
            return max(0, floor(value - self.already(lim, payer)))
        assert lim.basis is not None
        left = []
        first = first_day(lim.basis, env.declared, env.rb.holidays)
        for day in days_between(first, env.declared):
            env.day = day
            value = self.value(lim, member, payer)
            left.append(value - self.now(lim, payer) - self.earlier(payer, self.counts, since=day))
        env.day = None
        return max(0, floor(min(left)))

    def value(self, lim: Limit, member: str | None, payer: str | None) -> Fraction:
        """The limit itself; one with a name has no segment."""
        value = Fraction(self.env.ev(lim.expr, member, None if lim.name is not None else self.seg))
        if value < 0:
            run_error(f"{self.step.name}: {payer or 'the step'}: a negative limit, {value}")
        return value

    def already(self, lim: Limit, payer: str | None) -> int:
        """What was paid that counts."""
        env = self.env
        counts = self.counts if lim.name is None else self.counts_by_name(lim.name)
        if lim.basis is None:
            anew = lim.name is None and self.step.rounds is not None
            again = env.turn.again
            same = self.earlier(payer, lambda x: counts(x) and bool(again & set(x.defaulters)))
            return (0 if anew else same) + (0 if lim.name is None else self.now(lim, payer))
        if lim.basis.kind == "during":
            instance = open_instance(env.state, lim.basis.period, env.declared)
            since = None if instance is None else instance[0]
        else:
            since = first_day(lim.basis, env.declared, env.rb.holidays)
        return self.now(lim, payer) + (0 if since is None else self.earlier(payer, counts, since))

    def now(self, lim: Limit, payer: str | None) -> int:
        """What was paid in this pass: under the step in this segment, or under all that name the limit."""
        names = {self.step.name} if lim.name is None else {s.name for s in self.env.rb.naming(lim.name)}
        return sum(
            amount
            for (step, who, seg), amount in self.env.state.paid.items()
            if step in names and payer in (None, who) and (lim.name is not None or seg == self.seg)
        )

    def earlier(
        self, payer: str | None, counts: Callable[[Payment], bool], since: datetime.date = datetime.date.min
    ) -> int:
        """What was paid before this pass, by one payer or by all, from a day on."""
        return sum(x.amount for x in self.env.turn.earlier if payer in (None, x.payer) and x.day >= since and counts(x))

    def counts(self, payment: Payment) -> bool:
        """Whether an earlier payment was made under this step, in this segment."""
        return payment.step == self.step.name and payment.segment == self.seg

    def counts_by_name(self, name: str) -> Callable[[Payment], bool]:
        """Whether an earlier payment was made under one of the steps that take a limit."""
        steps = {s.name for s in self.env.rb.naming(name)}
        return lambda payment: payment.step in steps
