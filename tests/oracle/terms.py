"""The terms of one step at one moment: its payers with their keys, limits and ranks, and its capacity."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.event import Event
from tests.oracle.limits import LimitReader
from tests.oracle.parts import Exact, Rulebook, Segment, Step
from tests.oracle.results import Pass, RunEnv, State
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


def pot_left(event: Event, step: Step, payer: str, st: State, seg: Segment) -> Exact:
    """What is left of the payer's pot, unrounded; `seg` is None for a pot that is not per segment."""
    assert step.pot is not None
    value = event.givens[step.pot] if step.single else event.data[payer][step.pot]
    whole: Exact = value if seg is None else value[seg]
    return whole - st.drawn.get((step.pot, None if step.single else payer, seg), 0)


def other_pots(rb: Rulebook, event: Event, step: Step, payer: str, st: State, seg: Segment) -> dict[Segment, Exact]:
    """What is left of the payer's pots in all segments but this one."""
    return {s: pot_left(event, step, payer, st, s) for s in rb.segments if s != seg}


class TermsReader:
    """Works out the terms of a step in a segment.

    ``now`` is the state as the turn began, ``start`` the state as the step began, before its first segment.
    """

    def __init__(
        self,
        rb: Rulebook,
        event: Event,
        p: Pass,
        step: Step,
        seg: Segment,
        now: State,
        start: State,
        withdrawn: Collection[str] = (),
    ) -> None:
        """Look at the two states; ``withdrawn`` do not pay in this round."""
        self.rb, self.event, self.turn, self.step, self.seg = rb, event, p, step, seg
        self.now, self.start, self.withdrawn = now, start, withdrawn
        self.env = RunEnv(rb, event, p, now, step, withdrawn)
        self.limits = LimitReader(self.env, step, seg)

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
                total = lowest(total, self.limits.left(lim, None, None))
        if step.name in self.event.ceilings:
            segs: list[Segment] = list(self.rb.segments) if step.by_segment else [None]
            total = lowest(total, max(0, self.event.ceilings[step.name] - self.now.used(step.name, segs)))
        return Terms(payers, total, lowest(total, capacity_sum([p.key for p in payers], [p.limit for p in payers])))

    def people(self) -> list[tuple[str, str | None]]:
        """Who may be charged: the id, and the member (None for the CCP or a party)."""
        if self.step.single:
            return [(self.step.payer, None)]
        if self.step.payer == "survivors":
            return [(m, m) for m in self.event.people("survivors", self.turn.down, self.withdrawn)]
        return [(m, m) for m in self.turn.down]

    def payer_limit(self, ident: str, member: str | None) -> int | None:
        """The lowest limit of one payer."""
        limit = None
        for lim in self.step.limits:
            if lim.mode != "total":
                limit = lowest(limit, self.limits.left(lim, member, ident))
        return limit if self.step.pot is None else lowest(limit, self.pot_limit(ident))

    def pot_limit(self, payer: str) -> int:
        """What is left in the payer's pot for this segment, rounded down."""
        if self.step.other_segments:
            pots = other_pots(self.rb, self.event, self.step, payer, self.now, self.seg)
            return floor(Fraction(sum(pots.values())))
        if self.step.split is None:
            return floor(Fraction(pot_left(self.event, self.step, payer, self.now, self.seg)))
        amount = floor(Fraction(pot_left(self.event, self.step, payer, self.start, None)))
        env = RunEnv(self.rb, self.event, self.turn, self.start, self.step)
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
