"""The run: the waterfall from top to bottom."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.evaluate import Eval
from tests.oracle.event import Event
from tests.oracle.parts import Exact, Expression, Group, Limit, Rulebook, Step
from tests.oracle.share import capacity_sum, floor, largest_remainder, lowest, water_fill
from tests.oracle.words import DECIMALS, run_error


class State:
    def __init__(self, losses: Iterable[int]) -> None:
        self.left = list(losses)  # what remains of each loss
        self.paid: dict[tuple[str, str, Segment], int] = {}                 # (step, payer, segment) -> units
        self.drawn: dict[tuple[str, str | None, Segment], int] = {}                # (pot, payer or None, segment or None) -> units
        self.caps: dict[tuple[str, Segment], Any] = {}                 # (step, segment) -> units, or a function that gives them

    def copy(self) -> State:
        s = State(self.left)
        s.paid, s.drawn, s.caps = dict(self.paid), dict(self.drawn), dict(self.caps)
        return s

    def capacity(self, step: str, seg: str | None) -> int:
        v = self.caps[step, seg]
        return v() if callable(v) else v


@dataclass
class Payer:
    id: str
    key: Fraction
    limit: object                      # units or None
    rank: object = None


@dataclass
class Terms:
    payers: list
    total: object                      # the lowest `in total` limit, or None
    capacity: object                   # units or None (unlimited)


class Run:
    def __init__(self, rb: Rulebook, event: Event) -> None:
        self.rb, self.event = rb, event
        self.state = State([a for _, _, a in event.losses])
        self.rows = []                 # (step, segment, drawn)

    # --- scope
    def segments_of(self, step: Step | None) -> list[str | None]:
        """The segments whose losses a step meets; None where there are no segments."""
        if step is None or step.losses is None:
            return list(self.rb.segments) or [None]
        how, names = step.losses
        return [s for s in self.rb.segments if (s in names) == (how == "in")]

    def scope(self, step: Step | None, seg: str | None) -> list[int]:
        segs = self.segments_of(step)
        return [i for i, (_, s, _) in enumerate(self.event.losses)
                if s in segs and (seg is None or s == seg)]

    # --- applicability: 'run', or why not
    def status(self, step: Step, seg: str | None, st: State, reached: bool) -> str:
        if step.force is not None:
            first, last = step.force
            if self.event.declared < first or (last is not None and self.event.declared > last):
                return "out of force"
        if step.when is not None and not RunEnv(self, st, step).ev(step.when, None, seg):
            return "when"
        if step.body is not None:
            d = self.event.decisions.get(step.name)
            if d is None and reached:
                run_error(f"{step.name}: the event does not say whether {step.body} invokes it")
            if d == "decline":
                return "declined"
        return "run"

    # --- payers, keys, limits
    def window(self, step: Step, lim: Limit, payer: str | None, seg: str | None) -> int:
        """What was already paid under this step inside the window of this limit."""
        start = self.event.declared
        n = lim.days
        while n > 0:
            try:
                start -= datetime.timedelta(days=1)
            except OverflowError:
                break
            if not lim.business or start.weekday() < 5:
                n -= 1
        return sum(a for d, who, s, sg, a in self.event.payments
                   if s == step.name and sg == seg and start < d <= self.event.declared
                   and (payer is None or who == payer))

    def limit_value(
        self, env: RunEnv, step: Step, lim: Limit, member: str | None, payer: str | None, seg: str | None
    ) -> int:
        v = env.ev(lim.expr, member, seg)
        if v < 0:
            run_error(f"{step.name}: {payer or 'the step'}: a negative limit, {v}")
        if lim.days is not None:
            v = max(Fraction(0), v - self.window(step, lim, payer, seg))
        return floor(Fraction(v))

    def pot_left(self, step: Step, payer: str, st: State, seg: str | None) -> Exact:
        """What is left of the payer's pot, unrounded; seg is None for a pot that is not per segment."""
        if step.single:
            value, key = self.event.givens[step.pot], (step.pot, None, seg)
        else:
            value, key = self.event.data[payer][step.pot], (step.pot, payer, seg)
        if seg is not None:
            value = value[seg]
        return value - st.drawn.get(key, 0)

    def pot_limit(self, step: Step, payer: str, st: State, start: State, seg: str | None) -> int:
        if step.split is None:
            return floor(Fraction(self.pot_left(step, payer, st, seg)))
        amount = floor(Fraction(self.pot_left(step, payer, start, None)))
        env = RunEnv(self, start, step)
        keys = []
        for s in self.rb.segments:
            k = env.ev(step.split, None if step.single else payer, s)
            if k < 0:
                run_error(f"{step.name}: {payer}: a negative value in `split by`, {k}")
            keys.append(Fraction(k))
        if sum(keys) == 0:
            return 0
        parts = largest_remainder([amount * k / sum(keys) for k in keys], amount)
        return parts[self.rb.segments.index(seg)]

    def terms(self, step: Step, seg: str | None, st: State, start: State) -> Terms:
        env = RunEnv(self, st, step)
        if step.single:
            people = [(step.payer, None)]
        elif step.payer == "survivors":
            people = [(m, m) for m in self.event.people("survivors")]
        else:
            people = [(m, m) for m in self.event.order_of_default]
        payers = []
        for ident, member in people:
            if step.where is not None and not env.ev(step.where, member, seg):
                continue
            limit = None
            for lim in step.limits:
                if lim.mode != "total":
                    limit = lowest(limit, self.limit_value(env, step, lim, member, ident, seg))
            if step.pot is not None:
                limit = lowest(limit, self.pot_limit(step, ident, st, start, seg))
            key = Fraction(1)
            if step.sharing is not None and step.sharing[0] == "limits":
                key = Fraction(limit)
            elif step.sharing is not None and step.sharing[0] == "key":
                key = Fraction(env.ev(step.sharing[1], member, seg))
                if key < 0:
                    run_error(f"{step.name}: {ident}: a negative key, {key}")
            rank = 0
            if step.order is not None:
                v = env.ev(step.order[1], member, seg)
                if step.order[0] == "choice":
                    rank = next(i for i, r in enumerate(step.order[2]) if v in r)
                else:
                    rank = v
            payers.append(Payer(ident, key, limit, rank))
        total = None
        for lim in step.limits:
            if lim.mode == "total":
                total = lowest(total, self.limit_value(env, step, lim, None, None, seg))
        capacity = lowest(total, capacity_sum([p.key for p in payers], [p.limit for p in payers]))
        return Terms(payers, total, capacity)

    # --- sharing one step's draw
    def share(self, step: Step, payers: Sequence[Payer], draw: int) -> dict[str, int]:
        """{payer: units} for a draw that is not above the capacity."""
        payers = sorted((p for p in payers if p.key > 0), key=lambda p: p.id)
        if draw == 0 or not payers:
            return {}
        if step.order is not None:
            out, left = {}, draw
            for rank in sorted({p.rank for p in payers}, reverse=step.order[0] == "high"):
                group = [p for p in payers if p.rank == rank]
                part = lowest(left, capacity_sum([p.key for p in group], [p.limit for p in group]))
                out.update(self.share_flat(group, part))
                left -= part
            assert left == 0
            return out
        if step.no_realloc:
            total = sum(p.key for p in payers)
            shares = [draw * p.key / total for p in payers]
            shares = [x if p.limit is None else min(x, Fraction(p.limit)) for x, p in zip(shares, payers)]
            units = largest_remainder(shares, floor(sum(shares)))
            return {p.id: u for p, u in zip(payers, units)}
        return self.share_flat(payers, draw)

    @staticmethod
    def share_flat(payers: Sequence[Payer], draw: int) -> dict[str, int]:
        shares = water_fill(draw, [p.key for p in payers], [p.limit for p in payers])
        return {p.id: u for p, u in zip(payers, largest_remainder(shares, draw))}

    # --- booking
    def book(self, step: Step, seg: str | None, payer: str, units: int) -> None:
        if units == 0:
            return
        assert units > 0
        st = self.state
        key = (step.name, payer, seg)
        st.paid[key] = st.paid.get(key, 0) + units
        if step.pot is not None:
            d = (self.rb.givens if step.single else self.rb.fields)[step.pot]
            pk = (step.pot, None if step.single else payer, seg if d.per_segment else None)
            st.drawn[pk] = st.drawn.get(pk, 0) + units
            assert self.pot_left(step, payer, st, pk[2]) >= 0, "a pot below zero"

    def reduce(self, losses: Sequence[int], units: int) -> None:
        if units == 0:
            return
        left = self.state.left
        total = sum(left[i] for i in losses)
        assert units <= total
        parts = largest_remainder([Fraction(units * left[i], total) for i in losses], units)
        for i, u in zip(losses, parts):
            left[i] -= u
            assert left[i] >= 0

    # --- one step, one turn
    def unreached(self, step: Step, seg: str | None, start: State) -> Any:
        """Remember what the capacity was when the run passed the step."""
        snap = self.state.copy()
        if seg is not None and seg not in self.segments_of(step):
            self.state.caps[step.name, seg] = 0            # not one of its segments
            return

        def capacity() -> Any:
            if self.status(step, seg, snap, reached=False) != "run":
                return 0
            return self.terms(step, seg, snap, start).capacity

        self.state.caps[step.name, seg] = capacity

    def one(self, step: Step, seg: str | None, start: State) -> None:
        scope = self.scope(step, seg)
        remaining = sum(self.state.left[i] for i in scope)
        if remaining == 0:
            self.unreached(step, seg, start)
            self.rows.append((step, seg, 0))
            return
        snap = self.state.copy()
        if self.status(step, seg, snap, reached=True) != "run":
            self.state.caps[step.name, seg] = 0
            self.rows.append((step, seg, 0))
            return
        t = self.terms(step, seg, snap, start)
        self.state.caps[step.name, seg] = t.capacity
        drawn = 0
        if step.payer == "defaulters":
            left_in_total = t.total
            for p in t.payers:                             # in the order of their first default line
                own = [i for i in scope if self.event.losses[i][0] == p.id]
                units = lowest(sum(self.state.left[i] for i in own), p.limit, left_in_total)
                if left_in_total is not None:
                    left_in_total -= units
                self.book(step, seg, p.id, units)
                self.reduce(own, units)
                drawn += units
        else:
            for payer, units in self.share(step, t.payers, lowest(remaining, t.capacity)).items():
                self.book(step, seg, payer, units)
                drawn += units
            self.reduce(scope, drawn)
        self.rows.append((step, seg, drawn))

    def group(self, g: Group, seg: str | None, start: State) -> None:
        scope = [i for i, (_, s, _) in enumerate(self.event.losses) if seg is None or s == seg]
        remaining = sum(self.state.left[i] for i in scope)
        if remaining == 0:
            for s in g.steps:
                self.unreached(s, seg, start)
                self.rows.append((s, seg, 0))
            return
        snap = self.state.copy()
        terms = []
        for s in g.steps:
            if self.status(s, seg, snap, reached=True) == "run":
                terms.append(self.terms(s, seg, snap, start))
            else:
                terms.append(Terms([], None, 0))
            self.state.caps[s.name, seg] = terms[-1].capacity
        caps = [t.capacity for t in terms]
        drawn = [0] * len(g.steps)
        allocations = []
        if g.pool:
            pairs = sorted(((p.id, n, p.key, p.limit) for n, t in enumerate(terms) for p in t.payers if p.key > 0),
                           key=lambda x: (x[0], x[1]))
            keys, limits = [x[2] for x in pairs], [x[3] for x in pairs]
            draw = lowest(remaining, capacity_sum(keys, limits))
            units = largest_remainder(water_fill(draw, keys, limits), draw)
            allocations = [(n, ident, u) for (ident, n, _, _), u in zip(pairs, units)]
        else:
            weights = g.ratio if g.ratio is not None else [Fraction(c) for c in caps]
            draw = lowest(remaining, None if None in caps else sum(caps))
            parts = largest_remainder(water_fill(draw, weights, caps), draw)
            for n, (s, t, part) in enumerate(zip(g.steps, terms, parts)):
                for ident, u in self.share(s, t.payers, part).items():
                    allocations.append((n, ident, u))
        for n, ident, u in allocations:
            self.book(g.steps[n], seg, ident, u)
            drawn[n] += u
        self.reduce(scope, sum(drawn))
        for s, d in zip(g.steps, drawn):
            self.rows.append((s, seg, d))

    # --- the whole
    def run(self) -> dict[str, Any]:
        for item in self.rb.waterfall:
            start = self.state.copy()
            segs = self.rb.segments if item.per_segment else [None]
            for seg in segs:
                if isinstance(item, Group):
                    self.group(item, seg, start)
                else:
                    self.one(item, seg, start)
        loss = sum(a for _, _, a in self.event.losses)
        uncovered = sum(self.state.left)
        assert sum(self.state.paid.values()) + uncovered == loss
        outcome = "covered" if uncovered == 0 else (self.rb.finally_name or "uncovered")
        env = RunEnv(self, self.state, None)
        ensures = []
        for text, who, where, cond in self.rb.ensures:
            people = [None] if who is None else self.event.people(who)
            holds = True
            for m in people:
                if where is not None and not env.ev(where, m, None):
                    continue
                if not env.ev(cond, m, None):
                    holds = False
            ensures.append({"text": text, "holds": holds})
        places = DECIMALS[self.rb.currency]

        def show_amount(units: int) -> str:
            s = str(units).rjust(places + 1, "0")
            return s if places == 0 else s[:-places] + "." + s[-places:]

        position = {name: i for i, name in enumerate(self.rb.steps)}
        order = {s: i for i, s in enumerate([None] + self.rb.segments)}
        rows = sorted(self.rows, key=lambda r: (position[r[0].name], order[r[1]]))
        paid = sorted(self.state.paid.items(), key=lambda x: (position[x[0][0]], order[x[0][2]], x[0][1]))
        return {
            "currency": self.rb.currency,
            "loss": show_amount(loss),
            "uncovered": show_amount(uncovered),
            "outcome": outcome,
            "tranches": [{"tranche": s.name, "segment": seg, "drawn": show_amount(d)} for s, seg, d in rows],
            "allocations": [{"tranche": n, "payer": p, "segment": s, "amount": show_amount(a)}
                            for (n, p, s), a in paid],
            "ensures": ensures,
        }
