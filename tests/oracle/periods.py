"""How periods open and are extended."""

import datetime
from collections.abc import Sequence

from tests.oracle.days import last_day
from tests.oracle.parts import Rulebook, Segment, Step
from tests.oracle.results import State, open_instance


def trigger(rb: Rulebook, state: State, name: str, day: datetime.date) -> None:
    """Open a period on a day, or extend the instance that is open."""
    p = rb.periods[name]
    last = last_day(day, p.lasts, rb.holidays)
    instance = open_instance(state, name, day)
    if instance is None:
        state.periods[name] = day, last
    elif p.extended:
        if p.most is not None:
            last = min(last, last_day(instance[0], p.most, rb.holidays))
        state.periods[name] = instance[0], max(instance[1], last)


def open_at_default(rb: Rulebook, state: State, day: datetime.date) -> None:
    """The pass of a new defaulter begins."""
    for p in rb.periods.values():
        if p.opener == "default":
            trigger(rb, state, p.name, day)


def open_after(rb: Rulebook, state: State, steps: Sequence[Step], day: datetime.date) -> None:
    """A step, or a group of them, is done in all its turns and rounds."""
    for p in rb.periods.values():
        for step in steps:
            segs: list[Segment] = list(rb.segments) if step.by_segment else [None]
            used = state.used(step.name, segs)
            if step.name not in p.steps or used == 0:
                continue
            if p.opener == "payment":
                trigger(rb, state, p.name, day)
            else:
                capacities = [state.capacity(step.name, s) for s in segs]
                if None not in capacities and sum(c or 0 for c in capacities) == used:
                    trigger(rb, state, p.name, day)
