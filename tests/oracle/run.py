"""The run: the waterfall from top to bottom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.event import Event, Payment
from tests.oracle.parts import Group, Rulebook, Segment, Step
from tests.oracle.periods import open_after, open_at_default
from tests.oracle.results import Pass, RunEnv, State, losses_met, open_instance, segments_met
from tests.oracle.share import capacity_sum, floor, largest_remainder, lowest, water_fill
from tests.oracle.terms import Payer, Terms, TermsReader, other_pots, pot_left
from tests.oracle.words import run_error


def share_flat(payers: Sequence[Payer], draw: int) -> dict[str, int]:
    """The units of each payer, by water-filling and largest remainder."""
    shares = water_fill(draw, [p.key for p in payers], [p.limit for p in payers])
    return {p.id: u for p, u in zip(payers, largest_remainder(shares, draw), strict=True)}


def share(step: Step, all_payers: Sequence[Payer], draw: int, borne: int) -> dict[str, int]:
    """The units of each payer for a draw that is not above the capacity.

    Without reallocation shares are of ``borne``, the loss or the lowest limit in total.
    """
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
        shares = [borne * p.key / total for p in payers]
        shares = [x if p.limit is None else min(x, Fraction(p.limit)) for x, p in zip(shares, payers, strict=True)]
        units = largest_remainder(shares, floor(Fraction(sum(shares))))
        return {p.id: u for p, u in zip(payers, units, strict=True)}
    return share_flat(payers, draw)


@dataclass
class Turned:
    """What one turn or round of a step or group paid, by step and payer, and by how much it reduced whose losses."""

    paid: dict[tuple[str, str], int]
    reduced: dict[str | None, int]


@dataclass
class Row:
    """One turn or round of a step: its draw, and its capacity where it was done."""

    step: Step
    seg: Segment
    number: int | None
    drawn: int
    status: str
    capacity: int | None
    defaulter: str | None


class PassRun:
    """The waterfall from top to bottom, for the losses of one pass; ``paid`` is what was paid, with the round."""

    def __init__(self, rb: Rulebook, event: Event, p: Pass, state: State) -> None:
        """Go on from the state that earlier passes left."""
        self.rb, self.event, self.turn, self.state = rb, event, p, state
        self.rows: list[Row] = []
        self.paid: dict[tuple[str, str, Segment, int | None], int] = {}
        self.turned: list[Turned] = []

    def env(self, state: State, step: Step | None) -> RunEnv:
        """Read a state."""
        return RunEnv(self.rb, self.event, self.turn, state, step)

    def run(self) -> None:
        """All steps."""
        if any(not x.further for x in self.event.losses if x.member in self.turn.down):
            open_at_default(self.rb, self.state, self.event.declared)
        for item in self.rb.waterfall:
            start = self.state.copy()
            segs: list[Segment] = list(self.rb.segments) if item.per_segment else [None]
            for seg in segs:
                if isinstance(item, Group):
                    self.group(item, seg, start)
                else:
                    self.one(item, seg, start)
            steps = item.steps if isinstance(item, Group) else [item]
            open_after(self.rb, self.state, steps, self.event.declared)

    def status(self, step: Step, seg: Segment, st: State, reached: bool) -> str:
        """`run`, or why the step is skipped."""
        if step.force is not None:
            first, last = step.force
            if self.event.declared < first or (last is not None and self.event.declared > last):
                return "out of force"
        if step.when is not None and not self.env(st, step).ev(step.when, None, seg):
            return "when"
        if step.once is not None:
            instance = open_instance(st, step.once, self.event.declared)
            earlier = [x for x in self.turn.earlier if x.step == step.name and x.amount > 0]
            if instance is not None and any(x.day >= instance[0] for x in earlier):
                return "once"
        if step.body is not None:
            decision = self.event.decisions.get(step.name)
            if decision is None and reached:
                run_error(f"{step.name}: the event does not say whether {step.body} invokes it")
            if decision == "decline":
                return "declined"
        return "run"

    def terms(self, step: Step, seg: Segment, now: State, start: State, withdrawn: Collection[str] = ()) -> Terms:
        """The payers, keys and limits of a step."""
        return TermsReader(self.rb, self.event, self.turn, step, seg, now, start, withdrawn).terms()

    def book(self, step: Step, seg: Segment, payer: str, units: int, number: int | None = None) -> None:
        """Enter what a payer pays, also against its pot."""
        if units == 0:
            return
        assert units > 0
        st = self.state
        key = (step.name, payer, seg)
        st.paid[key] = st.paid.get(key, 0) + units
        self.paid[*key, number] = self.paid.get((*key, number), 0) + units
        if step.pot is None:
            return
        d = (self.rb.givens if step.single else self.rb.fields)[step.pot]
        taken: dict[Segment, int] = {seg if d.per_segment else None: units}
        if step.other_segments:
            pots = other_pots(self.rb, self.event, step, payer, st, seg)
            parts = [Fraction(units * left) / sum(pots.values()) for left in pots.values()]
            taken = dict(zip(pots, largest_remainder(parts, units), strict=True))
        for pot_segment, amount in taken.items():
            pot_key = (step.pot, None if step.single else payer, pot_segment)
            st.drawn[pot_key] = st.drawn.get(pot_key, 0) + amount
            assert pot_left(self.event, step, payer, st, pot_segment) >= 0, "a pot below zero"

    def row(
        self, step: Step, seg: Segment, drawn: int, status: str, capacity: int | None, number: int | None = None
    ) -> None:
        """Enter a row; a step in rounds that no loss reached has one of its first round."""
        if step.rounds is not None and status == "not reached":
            number = 1
        self.rows.append(Row(step, seg, number, drawn, status, capacity, self.turn.name))

    def reduce(self, losses: Sequence[int], units: int, paid: dict[tuple[str, str], int]) -> None:
        """Reduce losses in proportion to what remains of each."""
        if units == 0:
            return
        left = self.state.left
        total = sum(left[i] for i in losses)
        assert units <= total
        parts = largest_remainder([Fraction(units * left[i], total) for i in losses], units)
        turned = Turned(paid, {})
        for i, u in zip(losses, parts, strict=True):
            left[i] -= u
            assert left[i] >= 0
            owner = self.event.losses[i].member
            turned.reduced[owner] = turned.reduced.get(owner, 0) + u
        self.turned.append(turned)

    def unreached(self, step: Step, seg: Segment, start: State) -> None:
        """Remember what the capacity was when the run passed the step; a segment out of scope has none."""
        snap = self.state.copy()
        self.row(step, seg, 0, "not reached", None)
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
        met = losses_met(self.rb, self.event, self.turn, step, seg)
        if sum(self.state.left[i] for i in met) == 0:
            self.unreached(step, seg, start)
            return
        status = self.status(step, seg, self.state.copy(), reached=True)
        if status != "run":
            self.state.caps[step.name, seg] = 0
            self.row(step, seg, 0, status, 0)
            return
        capacity: int | None = 0
        for number in range(1, (step.rounds or 1) + 1):
            remaining = sum(self.state.left[i] for i in met)
            withdrawn = {m for m, after, name in self.event.withdrawals if name == step.name and after < number}
            t = self.terms(step, seg, self.state.copy(), start, withdrawn)
            capacity = None if capacity is None or t.capacity is None else capacity + t.capacity
            if step.payer == "defaulters":
                drawn = self.defaulters(step, seg, t, met)
            else:
                drawn = 0
                draw, borne = lowest(remaining, t.capacity) or 0, lowest(remaining, t.total) or 0
                shares = share(step, t.payers, draw, borne)
                for payer, units in shares.items():
                    self.book(step, seg, payer, units, None if step.rounds is None else number)
                    drawn += units
                self.reduce(met, drawn, {(step.name, payer): units for payer, units in shares.items()})
            self.row(step, seg, drawn, status, t.capacity, None if step.rounds is None else number)
            if drawn in (0, remaining):
                break
        self.state.caps[step.name, seg] = capacity

    def defaulters(self, step: Step, seg: Segment, t: Terms, met: Sequence[int]) -> int:
        """Each defaulter's money meets its own losses, in the order of their first default line."""
        drawn, left_in_total = 0, t.total
        for p in t.payers:
            own = [i for i in met if self.event.losses[i].member == p.id]
            units = lowest(sum(self.state.left[i] for i in own), p.limit, left_in_total) or 0
            if left_in_total is not None:
                left_in_total -= units
            self.book(step, seg, p.id, units)
            self.reduce(own, units, {(step.name, p.id): units})
            drawn += units
        return drawn

    def group(self, g: Group, seg: Segment, start: State) -> None:
        """Steps side by side, all by the state before the group."""
        met = losses_met(self.rb, self.event, self.turn, None, seg)
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
        self.reduce(met, sum(drawn), {(g.steps[n].name, ident): u for n, ident, u in allocations})
        for s, units, status, t in zip(g.steps, drawn, statuses, terms, strict=True):
            self.row(s, seg, units, status, t.capacity)

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
            for ident, u in share(s, t.payers, part, part).items()
        ]

    def ensure(self, who: str | None, where: Any, condition: Any) -> bool:
        """Whether an invariant or assumption holds after this pass; every condition is evaluated."""
        env = self.env(self.state, None)
        judged = [
            bool(env.ev(condition, m, None))
            for m in ([None] if who is None else self.event.people(who, self.turn.down))
            if where is None or env.ev(where, m, None)
        ]
        return all(judged)


class Run:
    """One run: all its passes."""

    def __init__(self, rb: Rulebook, event: Event) -> None:
        """Start with all losses open."""
        self.rb, self.event = rb, event
        self.done: list[PassRun] = []

    def passes(self) -> list[list[int]]:
        """The places of the losses of each pass: all, or in turn by defaulter and then those of no default."""
        losses = self.event.losses
        if not self.rb.in_turn or not losses:
            return [list(range(len(losses)))]
        owners: list[str | None] = list(self.event.order_of_default)
        if any(x.member is None for x in losses):
            owners.append(None)
        return [[i for i, x in enumerate(losses) if x.member == owner] for owner in owners]

    def run(self) -> dict[str, Any]:
        """The whole result; the parts of the output that are compared."""
        event, rb = self.event, self.rb
        state = State([x.amount for x in event.losses], periods=dict(event.open_periods))
        earlier, so_far = list(event.payments), list[str]()
        stated = [*rb.ensures, *rb.assumes]
        found = [(text, True) for text, *_ in stated]
        for places in self.passes():
            losses = [event.losses[i] for i in places]
            down = list(dict.fromkeys(x.member for x in losses if x.member is not None))
            again = {x.member for x in losses if x.member is not None and x.further}
            so_far = so_far + down
            name = down[0] if rb.in_turn and down else None
            run = PassRun(rb, event, Pass(name, places, down, so_far, again, list(earlier)), state)
            run.run()
            self.done.append(run)
            judged = [run.ensure(*each[1:]) for each in stated]
            found = [(text, held and holds) for (text, held), holds in zip(found, judged, strict=True)]
            paid = [(key, a) for key, a in state.paid.items() if a]
            earlier += [Payment(event.declared, who, step, seg, a, tuple(down)) for (step, who, seg), a in paid]
            state = State(state.left, drawn=state.drawn, periods=state.periods)
        return self.result(self.done, state, found)

    def result(self, done: Sequence[PassRun], state: State, found: Sequence[tuple[str, bool]]) -> dict[str, Any]:
        """What the run gives, as the package has it."""
        rb, losses = self.rb, self.event.losses
        uncovered = sum(state.left)
        paid = sum(a for run in done for a in run.paid.values())
        assert paid + uncovered == sum(x.amount for x in losses)
        position = {name: i for i, name in enumerate(rb.steps)}
        order: dict[Segment, int] = {s: i for i, s in enumerate([None, *rb.segments])}
        rows: list[dict[str, Any]] = []
        allocations: list[dict[str, Any]] = []
        for run in done:
            for row in sorted(run.rows, key=lambda r: (position[r.step.name], order[r.seg], r.number or 0)):
                rows.append(
                    {
                        "tranche": row.step.name,
                        "segment": row.seg,
                        "round": row.number,
                        "defaulter": row.defaulter,
                        "drawn": self.show(row.drawn),
                        "done": row.status == "run",
                        "capacity": None if row.capacity is None else self.show(row.capacity),
                    }
                )
            lines = sorted(run.paid.items(), key=lambda x: (position[x[0][0]], order[x[0][2]], x[0][3] or 0, x[0][1]))
            for (step, payer, seg, number), amount in lines:
                line = {"tranche": step, "payer": payer, "segment": seg, "round": number}
                allocations.append({**line, "defaulter": run.turn.name, "amount": self.show(amount)})
        return {
            "currency": rb.currency,
            "loss": self.show(sum(x.amount for x in losses)),
            "uncovered": self.show(uncovered),
            "outcome": "covered" if uncovered == 0 else (rb.finally_name or "uncovered"),
            "losses": [
                {"member": x.member, "segment": x.segment, "amount": self.show(x.amount), "uncovered": self.show(left)}
                for x, left in zip(losses, state.left, strict=True)
            ],
            "tranches": rows,
            "allocations": allocations,
            "ensures": [{"text": text, "holds": holds} for text, holds in found[: len(rb.ensures)]],
            "assumes": [{"text": text, "holds": holds} for text, holds in found[len(rb.ensures) :]],
        }

    def show(self, units: int) -> str:
        """An amount in major units."""
        return shown(self.rb, units)


def shown(rb: Rulebook, units: int) -> str:
    """An amount in major units of the first currency."""
    places = rb.units[rb.currency]
    s = str(abs(units)).rjust(places + 1, "0")
    return "-" * (units < 0) + (s if places == 0 else s[:-places] + "." + s[-places:])
