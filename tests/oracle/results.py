"""The state of a run, and expressions that read it."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from tests.oracle.evaluate import Eval
from tests.oracle.event import Event
from tests.oracle.parts import Expression, Rulebook, Segment, Step
from tests.oracle.words import run_error


class State:
    """What is left of each loss, and what was paid, drawn from pots and could have been paid, by segment.

    A capacity may be a function that works it out when it is asked for.
    """

    def __init__(self, losses: Iterable[int]) -> None:
        """Start with the whole losses."""
        self.left = list(losses)
        self.paid: dict[tuple[str, str, Segment], int] = {}
        self.drawn: dict[tuple[str, str | None, Segment], int] = {}
        self.caps: dict[tuple[str, Segment], Any] = {}

    def copy(self) -> "State":
        """The state as it stands."""
        s = State(self.left)
        s.paid, s.drawn, s.caps = dict(self.paid), dict(self.drawn), dict(self.caps)
        return s

    def capacity(self, step: str, seg: Segment) -> int:
        """What a step could pay."""
        v = self.caps[step, seg]
        return int(v() if callable(v) else v)


def segments_met(rb: Rulebook, step: Step | None) -> list[Segment]:
    """The segments whose losses a step meets; None alone where there are no segments."""
    if step is None or step.losses is None:
        return list(rb.segments) or [None]
    how, names = step.losses
    return [s for s in rb.segments if (s in names) == (how == "in")]


def losses_met(rb: Rulebook, event: Event, step: Step | None, seg: Segment) -> list[int]:
    """The positions of the losses that a step meets, in one segment or in all."""
    met = segments_met(rb, step)
    return [i for i, (_, s, _) in enumerate(event.losses) if s in met and (seg is None or s == seg)]


class RunEnv(Eval):
    """Reads one state of the run, for one step (or for an `ensure`: step None)."""

    def __init__(self, rb: Rulebook, event: Event, state: State, step: Step | None) -> None:
        """Look at the state, for the step."""
        self.rb, self.event, self.state, self.step = rb, event, state, step
        self.declared = event.declared

    def name(self, name: str, member: str | None, seg: Segment) -> Any:
        """The value of a name; a choice value stands for itself."""
        rb = self.rb
        if name in rb.fields:
            assert member is not None
            v = self.event.data[member][name]
            return v[seg] if rb.fields[name].per_segment else v
        if name in rb.givens:
            v = self.event.givens[name]
            return v[seg] if rb.givens[name].per_segment else v
        if name in rb.defines:
            return self.ev(rb.defines[name], member, seg)
        return name

    def result(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """What the run has given so far."""
        op, st = e[0], self.state
        if op == "loss":
            return Fraction(sum(a for _, s, a in self.event.losses if seg is None or s == seg))
        if op == "remaining":
            return Fraction(sum(st.left[i] for i in losses_met(self.rb, self.event, self.step, seg)))
        if op == "total_paid":
            return Fraction(sum(a for (_, p, _), a in st.paid.items() if p == member))
        step = self.rb.steps[e[1]]
        segs: list[Segment] = [None]
        if step.by_segment:
            segs = [seg] if seg is not None else list(self.rb.segments)
        if op == "paid":
            assert member is not None
            return Fraction(sum(st.paid.get((step.name, member, s), 0) for s in segs))
        used = sum(a for (n, _, s), a in st.paid.items() if n == step.name and s in segs)
        if op == "used":
            return Fraction(used)
        return Fraction(sum(st.capacity(step.name, s) for s in segs) - used)

    def aggregate(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """A sum, average, largest, smallest or count."""
        _, fn, x, who, where = e
        if who == "segments":
            return sum((self.ev(x, member, s) for s in self.rb.segments), Fraction(0))
        chosen = [m for m in self.event.people(who) if where is None or self.ev(where, m, seg)]
        if fn == "count":
            return Fraction(len(chosen))
        values = [self.ev(x, m, seg) for m in chosen]
        if fn == "sum":
            return sum(values, Fraction(0))
        if fn == "largest":
            return max(values) if values else Fraction(0)
        if isinstance(fn, tuple):
            return sum(sorted(values, reverse=True)[: fn[1]], Fraction(0))
        if not values:
            run_error(f"the {fn} of nobody")
        return sum(values, Fraction(0)) / len(values) if fn == "average" else min(values)
