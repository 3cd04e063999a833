"""What a run makes due: pots that are made good again."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from tests.oracle.days import shifted
from tests.oracle.event import Payment
from tests.oracle.limits import LimitReader
from tests.oracle.parts import Limit, Replenish, Segment
from tests.oracle.results import Pass, RunEnv, open_instance
from tests.oracle.run import Run
from tests.oracle.share import floor, largest_remainder, lowest

Pot = tuple[str | None, str, Segment]
"""Whose pot (None: a given), its name, and its segment."""


@dataclass
class Due:
    """What a payer owes to a pot since a day; ``left`` is what is not settled, ``payment`` what limits count."""

    payer: str
    pot: str
    segment: Segment
    amount: int
    left: int
    payable: datetime.date
    payment: Payment


class DueLimits(LimitReader):
    """The limits of a clause after a run: all passes of the day count, and what was raised on it."""

    paid: Mapping[tuple[str, str, Segment], int]

    def now(self, lim: Limit, payer: str | None) -> int:
        """What was paid today."""
        names = {self.step.name} if lim.name is None else {s.name for s in self.env.rb.naming(lim.name)}
        return sum(a for (step, who, _), a in self.paid.items() if step in names and payer in (None, who))


class Raiser:
    """Raises what one run makes due; ``balances`` are those after it, ``owed`` all dues so far."""

    def __init__(self, run: Run, balances: Mapping[Pot, int], owed: list[Due]) -> None:
        """Look at the run as it ended."""
        self.run, self.rb, self.event, self.balances = run, run.rb, run.event, balances
        self.owed = owed
        self.raised: list[Due] = []
        last = run.done[-1]
        again = {m for p in run.done for m in p.turn.again}
        turn: Pass = replace(last.turn, again=again, earlier=list(self.event.payments))
        self.env = RunEnv(self.rb, replace(self.event, **self._after()), turn, last.state, None)
        self.env.began = self.event
        self.drawn = last.state.drawn
        self.paid: dict[tuple[str, str, Segment], int] = {}
        for p in run.done:
            for key, amount in p.state.paid.items():
                self.paid[key] = self.paid.get(key, 0) + amount

    def _after(self) -> dict[str, dict]:  # type: ignore[type-arg]
        """The data of the event, with what is in the pots now."""
        givens = dict(self.event.givens)
        data = {m: dict(values) for m, values in self.event.data.items()}
        for (who, pot, seg), balance in self.balances.items():
            values = givens if who is None else data.get(who)
            if values is None or pot not in values:
                continue
            if seg is None:
                values[pot] = balance
            else:
                values[pot] = values[pot] | {seg: balance}
        return {"givens": givens, "data": data}

    def all(self) -> list[Due]:
        """Each clause after the other: what one raises counts for the next."""
        for clause in self.rb.replenish.values():
            pots = {clause.pot, clause.instead}
            if any(amount > 0 for (pot, _, _), amount in self.drawn.items() if pot in pots):
                self.clause(clause)
        return self.raised

    def clause(self, clause: Replenish) -> None:
        """One clause."""
        rb, step, day = self.rb, clause.step, self.event.declared
        if step.once is not None:
            instance = open_instance(self.env.state, step.once, day)
            earlier = [x.payment.day for x in self.owed if x.pot == clause.pot]
            if instance is not None and any(d >= instance[0] for d in earlier):
                return
        d = rb.fields.get(clause.pot) or rb.givens[clause.pot]
        segs: list[Segment] = list(rb.segments) if d.per_segment else [None]
        payable = shifted(day, *clause.within, rb.holidays)
        for seg in segs:
            limits = DueLimits(self.env, step, seg)
            limits.paid = self.paid
            for payer, amount in self.owing(clause, seg, limits.left):
                defaulters = tuple(self.event.order_of_default)
                payment = Payment(day, payer, clause.pot, seg, amount, defaulters, (clause.pot,))
                self.raised.append(Due(payer, clause.pot, seg, amount, amount, payable, payment))
        for due in self.raised:
            if due.pot == clause.pot:
                self.paid[due.pot, due.payer, due.segment] = due.amount

    def owing(
        self, clause: Replenish, seg: Segment, left: Callable[[Limit, str | None, str | None], int]
    ) -> list[tuple[str, int]]:
        """What each payer owes more to a pot."""
        step = clause.step
        people: list[tuple[str, str | None]] = [(step.payer, None)]
        if step.payer == "survivors":
            people = [(m, m) for m in self.event.people("survivors", self.env.turn.down)]
        owing = []
        for payer, member in people:
            if step.where is not None and not self.env.ev(step.where, member, seg):
                continue
            already = sum(x.left for x in self.owed if (x.payer, x.pot, x.segment) == (payer, clause.pot, seg))
            target = Fraction(self.env.ev(clause.target, member, seg))
            gap = target - self.balances[member, clause.pot, seg] - already
            each = [left(lim, member, payer) for lim in step.limits if lim.mode != "total"]
            if gap > 0:
                owing.append((payer, min([floor(gap), *each])))
        total = lowest(*(left(lim, None, None) for lim in step.limits if lim.mode == "total"))
        whole = sum(amount for _, amount in owing)
        if total is not None and total < whole:
            parts = largest_remainder([Fraction(total * amount, whole) for _, amount in owing], total)
            owing = [(payer, part) for (payer, _), part in zip(owing, parts, strict=True)]
        return [(payer, amount) for payer, amount in owing if amount > 0]
