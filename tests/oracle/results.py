"""The state of a run, and expressions that read it."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.oracle.evaluate import Eval, grouped
from tests.oracle.event import Event, Loss, Payment
from tests.oracle.parts import Expression, Rulebook, Segment, Step
from tests.oracle.stated import is_leaving, value_on

Instance = tuple[datetime.date, datetime.date]
"""The first and the last day of an open period."""


@dataclass
class Pass:
    """All losses met together, or those of one defaulter in turn.

    ``down`` are its defaulters, ``so_far`` also those of earlier passes, ``again`` those of them with further losses;
    ``earlier`` are the payments of earlier runs and passes.
    """

    name: str | None
    losses: list[int]
    down: list[str]
    so_far: list[str]
    again: set[str]
    earlier: list[Payment]


@dataclass
class State:
    """What is left of each loss, and what was paid, drawn from pots and could have been paid, by segment.

    A capacity may be a function that works it out when it is asked for; None is unlimited.
    """

    left: list[int]
    paid: dict[tuple[str, str, Segment], int] = field(default_factory=dict)
    drawn: dict[tuple[str, str | None, Segment], int] = field(default_factory=dict)
    caps: dict[tuple[str, Segment], Any] = field(default_factory=dict)
    periods: dict[str, Instance] = field(default_factory=dict)

    def copy(self) -> "State":
        """The state as it stands."""
        return State(list(self.left), dict(self.paid), dict(self.drawn), dict(self.caps), dict(self.periods))

    def capacity(self, step: str, seg: Segment) -> int | None:
        """What a step could pay."""
        v = self.caps[step, seg]
        return v() if callable(v) else v

    def used(self, step: str, segs: Iterable[Segment]) -> int:
        """What a step paid in some segments."""
        return sum(a for (n, _, s), a in self.paid.items() if n == step and s in segs)


def segments_met(rb: Rulebook, step: Step | None) -> list[Segment]:
    """The segments whose losses a step meets; None alone where there are no segments."""
    if step is None or step.losses is None:
        return list(rb.segments) or [None]
    how, names = step.losses
    return [s for s in rb.segments if (s in names) == (how == "in")]


def of_kind(step: Step | None, loss: Loss) -> bool:
    """Whether a step (None: a group) meets losses of this kind."""
    kind = "default" if step is None else step.kind_met
    return kind == "all" or (loss.member is None) == (kind == "non-default")


def losses_met(rb: Rulebook, event: Event, p: Pass, step: Step | None, seg: Segment) -> list[int]:
    """The positions of the losses that a step (None: a group) meets in a pass, in one segment or in all."""
    met = segments_met(rb, step)
    places = []
    for i in p.losses:
        loss = event.losses[i]
        if of_kind(step, loss) and loss.segment in met and (seg is None or loss.segment == seg):
            places.append(i)
    return places


class RunEnv(Eval):
    """Reads one state of a pass, for one step (or for an `ensure`: step None).

    ``withdrawn`` are no survivors; with ``day`` every field and given is read as of that day.
    """

    def __init__(
        self,
        rb: Rulebook,
        event: Event,
        p: Pass,
        state: State,
        step: Step | None,
        withdrawn: Collection[str] = (),
    ) -> None:
        """Look at the state, for the step."""
        super().__init__(rb, event.declared)
        self.event, self.turn, self.state, self.step, self.withdrawn = event, p, state, step, withdrawn
        self.day: datetime.date | None = None
        self.began = event

    def name(self, name: str, member: str | None, seg: Segment) -> Any:
        """The value of a name; a choice value stands for itself."""
        rb = self.rb
        if name in rb.defines:
            return self.ev(rb.defines[name], member, seg)
        d = rb.fields.get(name) or rb.givens.get(name)
        if d is None:
            return name
        if self.day is not None:
            return self.as_of(name, member, seg, self.day)
        if d.is_field:
            assert member is not None
            v = self.event.data[member][name]
        else:
            v = self.event.givens[name]
        if d.per_defaulter:
            return sum((v[x] for x in self.turn.down), Fraction(0))
        return v[seg] if d.per_segment else v

    def as_of(self, name: str, member: str | None, seg: Segment, day: datetime.date) -> Any:
        """A value of an earlier day; members since later days count as on their first."""
        d = self.rb.fields.get(name) or self.rb.givens[name]
        who, where = (member if d.is_field else None), (seg if d.per_segment else None)
        if who in self.event.since:
            day = max(day, self.event.since[who])
        if day < self.declared:
            return value_on(self.event.dated.get((who, name, where), {}), day, f"{who or ''} {name}")
        day_now, now = self.day, self.event
        self.day, self.event = None, self.began  # what a pot held when the run began
        try:
            return self.name(name, member, seg)
        finally:
            self.day, self.event = day_now, now

    def result(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """What the run has given so far."""
        op, st, event = e[0], self.state, self.event
        if op == "leaving":
            return is_leaving(event, member)
        if op in ("open", "start", "defaults"):
            return self.period_value(op, e[1])
        if op == "loss":
            places = [i for i in self.turn.losses if self.step is None or of_kind(self.step, event.losses[i])]
            return Fraction(sum(x.amount for x in map(event.losses.__getitem__, places) if seg in (None, x.segment)))
        if op == "remaining":
            return Fraction(sum(st.left[i] for i in losses_met(self.rb, event, self.turn, self.step, seg)))
        if op == "total_paid":
            return Fraction(sum(a for (_, p, _), a in st.paid.items() if p == member))
        step = self.rb.steps[e[1]]
        segs: list[Segment] = [None]
        if step.by_segment:
            segs = [seg] if seg is not None else list(self.rb.segments)
        if op == "paid":
            assert member is not None
            return Fraction(sum(st.paid.get((step.name, member, s), 0) for s in segs))
        used = st.used(step.name, segs)
        if op == "used":
            return Fraction(used)
        return Fraction(sum(st.capacity(step.name, s) or 0 for s in segs) - used)

    def period_value(self, op: str, name: str) -> Any:
        """Whether a period is open, since when, and how many members have defaulted from that day on."""
        instance = open_instance(self.state, name, self.declared)
        if op == "open":
            return instance is not None
        start = self.declared if instance is None else instance[0]
        if op == "start":
            return start
        earlier = self.event.defaulted
        now = {m for m in self.turn.so_far if m not in earlier}
        return Fraction(len(now | {m for m, day in earlier.items() if day >= start}))

    def aggregate(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """A sum, average, largest, smallest or count."""
        who = e[3]
        people = [] if who == "segments" else self.event.people(who, self.turn.down, self.withdrawn)
        return grouped(self, e, people, seg, member)


def open_instance(state: State, name: str, declared: datetime.date) -> Instance | None:
    """The instance of a period that is open, if one is."""
    instance = state.periods.get(name)
    return instance if instance is not None and instance[1] >= declared else None
