"""The terms of one step at one moment: its payers with their keys, limits and ranks, and its capacity."""

import datetime
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.event import Event
from tests.oracle.parts import Exact, Limit, Rulebook, Segment, Step
from tests.oracle.results import RunEnv, State
from tests.oracle.share import capacity_sum, floor, largest_remainder, lowest
from tests.oracle.words import run_error


@dataclass
class Payer:
    """One payer; a limit of None means unlimited, the smallest rank pays first."""

    id: str
    key: Fraction
    limit: int | None
    rank: Any


@dataclass
class Terms:
    """The payers, the lowest `in total` limit (None: none) and the capacity (None: unlimited)."""

    payers: list[Payer]
    total: int | None
    capacity: int | None


def window_total(event: Event, step: Step, lim: Limit, payer: str | None, seg: Segment) -> int:
    """What was already paid under this step inside the window of this limit, by one payer or by all."""
    assert lim.days is not None
    start, n = event.declared, lim.days
    while n > 0:
        try:
            start -= datetime.timedelta(days=1)
        except OverflowError:
            break
        if not lim.business or start.weekday() < 5:
            n -= 1
    return sum(
        amount
        for day, who, under, where, amount in event.payments
        if under == step.name and where == seg and start < day <= event.declared and payer in (None, who)
    )


def pot_left(rb: Rulebook, event: Event, step: Step, payer: str, st: State, seg: Segment) -> Exact:
    """What is left of the payer's pot, unrounded; `seg` is None for a pot that is not per segment."""
    assert step.pot is not None
    value = event.givens[step.pot] if step.single else event.data[payer][step.pot]
    whole: Exact = value if seg is None else value[seg]
    return whole - st.drawn.get((step.pot, None if step.single else payer, seg), 0)


class TermsReader:
    """Works out the terms of a step in a segment.

    ``now`` is the state as the turn began, ``start`` the state as the step began, before its first segment.
    """

    def __init__(self, rb: Rulebook, event: Event, step: Step, seg: Segment, now: State, start: State) -> None:
        """Look at the two states."""
        self.rb, self.event, self.step, self.seg, self.now, self.start = rb, event, step, seg, now, start
        self.env = RunEnv(rb, event, now, step)

    def terms(self) -> Terms:
        """Whom the step charges, by what key and up to which limit."""
        step = self.step
        payers = []
        for ident, member in self.people():
            if step.where is None or self.env.ev(step.where, member, self.seg):
                limit = self.payer_limit(ident, member)
                payers.append(Payer(ident, self.key(ident, member, limit), limit, self.rank(member)))
        total = None
        for lim in step.limits:
            if lim.mode == "total":
                total = lowest(total, self.limit_value(lim, None, None))
        return Terms(payers, total, lowest(total, capacity_sum([p.key for p in payers], [p.limit for p in payers])))

    def people(self) -> list[tuple[str, str | None]]:
        """Who may be charged: the id, and the member (None for the CCP or a party)."""
        if self.step.single:
            return [(self.step.payer, None)]
        if self.step.payer == "survivors":
            return [(m, m) for m in self.event.people("survivors")]
        return [(m, m) for m in self.event.order_of_default]

    def payer_limit(self, ident: str, member: str | None) -> int | None:
        """The lowest limit of one payer."""
        limit = None
        for lim in self.step.limits:
            if lim.mode != "total":
                limit = lowest(limit, self.limit_value(lim, member, ident))
        return limit if self.step.pot is None else lowest(limit, self.pot_limit(ident))

    def limit_value(self, lim: Limit, member: str | None, payer: str | None) -> int:
        """One limit, less what was paid in its window, rounded down."""
        v = Fraction(self.env.ev(lim.expr, member, self.seg))
        if v < 0:
            run_error(f"{self.step.name}: {payer or 'the step'}: a negative limit, {v}")
        if lim.days is not None:
            v = max(Fraction(0), v - window_total(self.event, self.step, lim, payer, self.seg))
        return floor(v)

    def pot_limit(self, payer: str) -> int:
        """What is left in the payer's pot for this segment, rounded down."""
        if self.step.split is None:
            return floor(Fraction(pot_left(self.rb, self.event, self.step, payer, self.now, self.seg)))
        amount = floor(Fraction(pot_left(self.rb, self.event, self.step, payer, self.start, None)))
        env = RunEnv(self.rb, self.event, self.start, self.step)
        keys = []
        for s in self.rb.segments:
            k = Fraction(env.ev(self.step.split, None if self.step.single else payer, s))
            if k < 0:
                run_error(f"{self.step.name}: {payer}: a negative value in `split by`, {k}")
            keys.append(k)
        if sum(keys) == 0:
            return 0
        assert self.seg is not None
        parts = largest_remainder([amount * k / sum(keys) for k in keys], amount)
        return parts[self.rb.segments.index(self.seg)]

    def key(self, ident: str, member: str | None, limit: int | None) -> Fraction:
        """The key of one payer."""
        sharing = self.step.sharing
        if sharing is None or sharing[0] == "equally":
            return Fraction(1)
        if sharing[0] == "limits":
            assert limit is not None
            return Fraction(limit)
        key = Fraction(self.env.ev(sharing[1], member, self.seg))
        if key < 0:
            run_error(f"{self.step.name}: {ident}: a negative key, {key}")
        return key

    def rank(self, member: str | None) -> Any:
        """What the order goes by, or the position of the choice."""
        order = self.step.order
        if order is None:
            return 0
        v = self.env.ev(order[1], member, self.seg)
        return next(i for i, values in enumerate(order[2]) if v in values) if order[0] == "choice" else v
