"""The run: the waterfall from top to bottom."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.event import Event
from tests.oracle.parts import Group, Rulebook, Segment, Step
from tests.oracle.results import RunEnv, State, losses_met, segments_met
from tests.oracle.share import capacity_sum, floor, largest_remainder, lowest, water_fill
from tests.oracle.terms import Payer, Terms, TermsReader, pot_left
from tests.oracle.words import DECIMALS, run_error


def share_flat(payers: Sequence[Payer], draw: int) -> dict[str, int]:
    """The units of each payer, by water-filling and largest remainder."""
    shares = water_fill(draw, [p.key for p in payers], [p.limit for p in payers])
    return {p.id: u for p, u in zip(payers, largest_remainder(shares, draw), strict=True)}


def share(step: Step, all_payers: Sequence[Payer], draw: int) -> dict[str, int]:
    """The units of each payer for a draw that is not above the capacity."""
    payers = sorted((p for p in all_payers if p.key > 0), key=lambda p: p.id)
    if draw == 0 or not payers:
        return {}
    if step.order is not None:
        out: dict[str, int] = {}
        left = draw
        for rank in sorted({p.rank for p in payers}, reverse=step.order[0] == "high"):
            group = [p for p in payers if p.rank == rank]
            part = lowest(left, capacity_sum([p.key for p in group], [p.limit for p in group])) or 0
            out.update(share_flat(group, part))
            left -= part
        assert left == 0
        return out
    if step.no_realloc:
        total = sum(p.key for p in payers)
        shares = [draw * p.key / total for p in payers]
        shares = [x if p.limit is None else min(x, Fraction(p.limit)) for x, p in zip(shares, payers, strict=True)]
        units = largest_remainder(shares, floor(Fraction(sum(shares))))
        return {p.id: u for p, u in zip(payers, units, strict=True)}
    return share_flat(payers, draw)


class Run:
    """One run; ``rows`` are step, segment, draw, and the capacity where the step was done."""

    def __init__(self, rb: Rulebook, event: Event) -> None:
        """Start with all losses open."""
        self.rb, self.event = rb, event
        self.state = State(a for _, _, a in event.losses)
        self.rows: list[tuple[Step, Segment, int, str, int | None]] = []

    def status(self, step: Step, seg: Segment, st: State, reached: bool) -> str:
        """`run`, or why the step is skipped."""
        if step.force is not None:
            first, last = step.force
            if self.event.declared < first or (last is not None and self.event.declared > last):
                return "out of force"
        if step.when is not None and not RunEnv(self.rb, self.event, st, step).ev(step.when, None, seg):
            return "when"
        if step.body is not None:
            decision = self.event.decisions.get(step.name)
            if decision is None and reached:
                run_error(f"{step.name}: the event does not say whether {step.body} invokes it")
            if decision == "decline":
                return "declined"
        return "run"

    def terms(self, step: Step, seg: Segment, now: State, start: State) -> Terms:
        """The payers, keys and limits of a step."""
        return TermsReader(self.rb, self.event, step, seg, now, start).terms()

    def book(self, step: Step, seg: Segment, payer: str, units: int) -> None:
        """Enter what a payer pays, also against its pot."""
        if units == 0:
            return
        assert units > 0
        st = self.state
        key = (step.name, payer, seg)
        st.paid[key] = st.paid.get(key, 0) + units
        if step.pot is not None:
            d = (self.rb.givens if step.single else self.rb.fields)[step.pot]
            pot_segment = seg if d.per_segment else None
            pot_key = (step.pot, None if step.single else payer, pot_segment)
            st.drawn[pot_key] = st.drawn.get(pot_key, 0) + units
            assert pot_left(self.rb, self.event, step, payer, st, pot_segment) >= 0, "a pot below zero"

    def reduce(self, losses: Sequence[int], units: int) -> None:
        """Reduce losses in proportion to what remains of each."""
        if units == 0:
            return
        left = self.state.left
        total = sum(left[i] for i in losses)
        assert units <= total
        parts = largest_remainder([Fraction(units * left[i], total) for i in losses], units)
        for i, u in zip(losses, parts, strict=True):
            left[i] -= u
            assert left[i] >= 0

    def unreached(self, step: Step, seg: Segment, start: State) -> None:
        """Remember what the capacity was when the run passed the step; a segment out of scope has none."""
        snap = self.state.copy()
        self.rows.append((step, seg, 0, "not reached", None))
        if seg is not None and seg not in segments_met(self.rb, step):
            self.state.caps[step.name, seg] = 0
            return

        def capacity() -> int | None:
            if self.status(step, seg, snap, reached=False) != "run":
                return 0
            return self.terms(step, seg, snap, start).capacity

        self.state.caps[step.name, seg] = capacity

    def one(self, step: Step, seg: Segment, start: State) -> None:
        """A step by itself."""
        met = losses_met(self.rb, self.event, step, seg)
        remaining = sum(self.state.left[i] for i in met)
        if remaining == 0:
            self.unreached(step, seg, start)
            return
        snap = self.state.copy()
        status = self.status(step, seg, snap, reached=True)
        if status != "run":
            self.state.caps[step.name, seg] = 0
            self.rows.append((step, seg, 0, status, 0))
            return
        t = self.terms(step, seg, snap, start)
        self.state.caps[step.name, seg] = t.capacity
        if step.payer == "defaulters":
            drawn = self.defaulters(step, seg, t, met)
        else:
            drawn = 0
            for payer, units in share(step, t.payers, lowest(remaining, t.capacity) or 0).items():
                self.book(step, seg, payer, units)
                drawn += units
            self.reduce(met, drawn)
        self.rows.append((step, seg, drawn, status, t.capacity))

    def defaulters(self, step: Step, seg: Segment, t: Terms, met: Sequence[int]) -> int:
        """Each defaulter's money meets its own losses, in the order of their first default line."""
        drawn, left_in_total = 0, t.total
        for p in t.payers:
            own = [i for i in met if self.event.losses[i][0] == p.id]
            units = lowest(sum(self.state.left[i] for i in own), p.limit, left_in_total) or 0
            if left_in_total is not None:
                left_in_total -= units
            self.book(step, seg, p.id, units)
            self.reduce(own, units)
            drawn += units
        return drawn

    def group(self, g: Group, seg: Segment, start: State) -> None:
        """Steps side by side, all by the state before the group."""
        met = losses_met(self.rb, self.event, None, seg)
        remaining = sum(self.state.left[i] for i in met)
        if remaining == 0:
            for s in g.steps:
                self.unreached(s, seg, start)
            return
        snap = self.state.copy()
        terms, statuses = [], []
        for s in g.steps:
            statuses.append(self.status(s, seg, snap, reached=True))
            terms.append(self.terms(s, seg, snap, start) if statuses[-1] == "run" else Terms([], None, 0))
            self.state.caps[s.name, seg] = terms[-1].capacity
        allocations = (self.pool if g.pool else self.parts)(g, terms, remaining)
        drawn = [0] * len(g.steps)
        for n, ident, u in allocations:
            self.book(g.steps[n], seg, ident, u)
            drawn[n] += u
        self.reduce(met, sum(drawn))
        for s, units, status, t in zip(g.steps, drawn, statuses, terms, strict=True):
            self.rows.append((s, seg, units, status, t.capacity))

    @staticmethod
    def pool(_: Group, terms: Sequence[Terms], remaining: int) -> list[tuple[int, str, int]]:
        """All pairs of step and payer at once."""
        pairs = [(p, n) for n, t in enumerate(terms) for p in t.payers if p.key > 0]
        pairs.sort(key=lambda pair: (pair[0].id, pair[1]))
        keys, limits = [p.key for p, _ in pairs], [p.limit for p, _ in pairs]
        draw = lowest(remaining, capacity_sum(keys, limits)) or 0
        units = largest_remainder(water_fill(draw, keys, limits), draw)
        return [(n, p.id, u) for (p, n), u in zip(pairs, units, strict=True)]

    @staticmethod
    def parts(g: Group, terms: Sequence[Terms], remaining: int) -> list[tuple[int, str, int]]:
        """Each step a part by capacity or in the ratio, which its payers share."""
        caps = [t.capacity for t in terms]
        weights = g.ratio if g.ratio is not None else [Fraction(c or 0) for c in caps]
        known = [c for c in caps if c is not None]
        draw = lowest(remaining, sum(known) if len(known) == len(caps) else None) or 0
        parts = largest_remainder(water_fill(draw, weights, caps), draw)
        return [
            (n, ident, u)
            for n, (s, t, part) in enumerate(zip(g.steps, terms, parts, strict=True))
            for ident, u in share(s, t.payers, part).items()
        ]

    def run(self) -> dict[str, Any]:
        """The whole waterfall; the parts of the output that are compared."""
        for item in self.rb.waterfall:
            start = self.state.copy()
            segs: list[Segment] = list(self.rb.segments) if item.per_segment else [None]
            for seg in segs:
                if isinstance(item, Group):
                    self.group(item, seg, start)
                else:
                    self.one(item, seg, start)
        loss = sum(a for _, _, a in self.event.losses)
        uncovered = sum(self.state.left)
        assert sum(self.state.paid.values()) + uncovered == loss
        ensures = [self.ensure(*ensure) for ensure in self.rb.ensures]
        position = {name: i for i, name in enumerate(self.rb.steps)}
        order: dict[Segment, int] = {s: i for i, s in enumerate([None, *self.rb.segments])}
        rows = sorted(self.rows, key=lambda r: (position[r[0].name], order[r[1]]))
        paid = sorted(self.state.paid.items(), key=lambda x: (position[x[0][0]], order[x[0][2]], x[0][1]))
        return {
            "currency": self.rb.currency,
            "loss": self.show(loss),
            "uncovered": self.show(uncovered),
            "outcome": "covered" if uncovered == 0 else (self.rb.finally_name or "uncovered"),
            "tranches": [
                {
                    "tranche": s.name,
                    "segment": seg,
                    "drawn": self.show(d),
                    "done": status == "run",
                    "capacity": None if capacity is None else self.show(capacity),
                }
                for s, seg, d, status, capacity in rows
            ],
            "allocations": [{"tranche": n, "payer": p, "segment": s, "amount": self.show(a)} for (n, p, s), a in paid],
            "ensures": ensures,
        }

    def ensure(self, text: str, who: str | None, where: Any, condition: Any) -> dict[str, Any]:
        """Whether an invariant holds; every condition is evaluated."""
        env = RunEnv(self.rb, self.event, self.state, None)
        judged = [
            bool(env.ev(condition, m, None))
            for m in ([None] if who is None else self.event.people(who))
            if where is None or env.ev(where, m, None)
        ]
        return {"text": text, "holds": all(judged)}

    def show(self, units: int) -> str:
        """An amount in major units."""
        places = DECIMALS[self.rb.currency]
        s = str(units).rjust(places + 1, "0")
        return s if places == 0 else s[:-places] + "." + s[-places:]
