"""The laws of every run, checked after it from the trail alone (section 10 of the specification).

They are checked with sums and comparisons only, not with the code that shared the draws, so that a fault there shows.
"""

from collections.abc import Iterable

from rulelang.base.diagnostic import InternalError, finding
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.model.event import Event
from rulelang.model.trail import Status, Trail, Turn


def verify_run(program: CheckedProgram, event: Event, trail: Trail) -> None:
    """Check the laws of a run.

    Raises:
        InternalError: one is broken.
    """
    steps = program.steps
    broken = [*_conservation(event, trail)]
    for turn in trail.turns:
        if turn.status is Status.PAID:
            broken.extend(_within_limits(turn))
            if turn.group is None:
                broken.extend(_exhausts(turn, steps[turn.step], event))
    broken.extend(_groups_exhaust(trail, steps))
    if broken:
        message = f"a law of every run is broken: {broken[0]}"
        raise InternalError([finding("broken-invariant", message, notes=broken[1:])])


def _conservation(event: Event, trail: Trail) -> Iterable[str]:
    """Every turn takes from the losses what its payers pay, and never more than is there."""
    remaining = [loss.amount for loss in event.losses]
    group: tuple[int | None, str | None, tuple[int, ...]] | None = None
    paid_in_group = 0
    for turn in trail.turns:
        if sum(turn.paid) != turn.drawn:
            yield f"the payers of `{turn.step}` pay {sum(turn.paid)}, but it draws {turn.drawn}"
        if turn.status is not Status.PAID:
            continue
        if turn.group is not None:
            same = group == (turn.group, turn.segment, turn.reduced)
            paid_in_group = turn.drawn + (paid_in_group if same else 0)
            if same:
                if sum(turn.reduced) < paid_in_group:
                    yield f"the group of `{turn.step}` pays more than it takes from the losses"
                continue
            group = (turn.group, turn.segment, turn.reduced)
        elif sum(turn.reduced) != turn.drawn:
            yield f"`{turn.step}` draws {turn.drawn}, but takes {sum(turn.reduced)} from the losses"
        for place, amount in enumerate(turn.reduced):
            remaining[place] -= amount
    if any(amount < 0 for amount in remaining):
        yield "more was paid than was lost"


def _within_limits(turn: Turn) -> Iterable[str]:
    if any(amount < 0 for amount in turn.paid):
        yield f"somebody pays less than nothing under `{turn.step}`"
    for payer, amount, limit in zip(turn.payers, turn.paid, turn.limits, strict=True):
        if limit is not None and amount > limit:
            yield f"`{payer}` pays {amount} under `{turn.step}`, above its limit {limit}"
    if turn.capacity is not None and turn.drawn > turn.capacity:
        yield f"`{turn.step}` pays {turn.drawn}, above its capacity {turn.capacity}"
    if turn.pot is not None:
        for payer, amount, left in zip(turn.payers, turn.paid, turn.pot.left, strict=True):
            if amount > left:
                yield f"`{payer}` pays {amount} from `{turn.pot.name}`, which holds {left}"


def _exhausts(turn: Turn, step: StepProgram, event: Event) -> Iterable[str]:
    """A step leaves loss to later ones only when it can pay no more."""
    if step.payers == "defaulters":
        yield from _defaulters_exhaust(turn, event)
    elif step.reallocates and turn.after and turn.drawn != turn.capacity:
        yield f"`{step.name}` leaves loss though it could pay more"


def _defaulters_exhaust(turn: Turn, event: Event) -> Iterable[str]:
    totals = [trail.left[0] for trail in turn.limit_trails if not trail.each]
    if totals and turn.drawn >= int(min(totals)):
        return
    for payer, amount, limit in zip(turn.payers, turn.paid, turn.limits, strict=True):
        met = sum(cut for cut, loss in zip(turn.reduced, event.losses, strict=True) if loss.member == payer)
        if met != amount:
            yield f"`{payer}` pays {amount} under `{turn.step}`, but {met} of its own losses"
        if limit is not None and amount > limit:
            yield f"`{payer}` pays above its limit under `{turn.step}`"


def _groups_exhaust(trail: Trail, steps: dict[str, StepProgram]) -> Iterable[str]:
    """A group leaves loss only when all its steps together can pay no more."""
    groups: dict[tuple[int, str | None], list[Turn]] = {}
    for turn in trail.turns:
        if turn.group is not None and turn.status is Status.PAID:
            groups.setdefault((turn.group, turn.segment), []).append(turn)
    for turns in groups.values():
        drawn = sum(turn.drawn for turn in turns)
        strict = all(steps[turn.step].reallocates for turn in turns)
        bounded = [turn.capacity for turn in turns if turn.capacity is not None]
        full = len(bounded) == len(turns) and drawn == sum(bounded)
        if drawn > turns[0].before:
            yield f"the group of `{turns[0].step}` pays more than the loss it meets"
        if strict and turns[0].after and not full:
            yield f"the group of `{turns[0].step}` leaves loss though it could pay more"
