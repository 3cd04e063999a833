"""The laws of every run, checked after it from the trail alone (section 10 of the specification).

They are checked with sums and comparisons only, not with the code that shared the draws, so that a fault there shows.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter, gt

from rulelang.base.diagnostic import InternalError, finding
from rulelang.base.money import Exact
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.model.event import Event
from rulelang.model.trail import LimitTrail, Status, Trail, Turn
from rulelang.run.plan import losses_met, passes_of


def verify_run(program: CheckedProgram, event: Event, trail: Trail) -> None:
    """Check the laws of a run.

    Raises:
        InternalError: one is broken.
    """
    steps = program.steps
    remaining = [loss.amount for loss in event.losses]
    passes = [losses for _, losses in passes_of(program, event)]
    broken: list[str] = []
    for turns in _stages(trail):
        step = steps[turns[0].step]
        met = set(losses_met(event, passes[turns[0].passing], turns[0].segment, step.scope, step.losses_met))
        broken.extend(_conserves(turns, met, remaining))
        for turn in turns:
            if turn.status is Status.PAID:
                broken.extend(_within_limits(turn))
                if turn.group is None:
                    broken.extend(_exhausts(turn, steps[turn.step], event, met, remaining))
    broken.extend(_groups_exhaust(trail, steps))
    broken.extend(_pots_hold(program, event, trail))
    if program.limits:
        broken.extend(_named_limits_hold(trail))
    broken.extend(_rounds_follow(trail, steps))
    if broken:
        message = f"a law of every run is broken: {broken[0]}"
        raise InternalError([finding("broken-invariant", message, notes=broken[1:])])


def _stages(trail: Trail) -> Iterable[list[Turn]]:
    """The turns in their order, those of a group (in one segment) together."""
    for (group, _, _), turns in groupby(trail.turns, attrgetter("group", "passing", "segment")):
        if group is None:
            yield from ([turn] for turn in turns)
        else:
            yield list(turns)


def _conserves(turns: Sequence[Turn], met: set[int], remaining: list[int]) -> Iterable[str]:
    """A turn takes from the losses it meets what its payers pay, and never more than is there; a group does so once.

    ``remaining`` is what is left of every loss; what the turns take is taken off.
    """
    before, drawn = sum([remaining[place] for place in met]), sum([turn.drawn for turn in turns])
    for turn in turns:
        if sum(turn.paid) != turn.drawn:
            yield f"the payers of `{turn.step}` pay {sum(turn.paid)}, but it draws {turn.drawn}"
        if (turn.before, turn.after) != (before, before - drawn):
            said, found = f"{turn.after} of {turn.before}", f"{before - drawn} of {before}"
            yield f"`{turn.step}` is said to leave {said}, but it leaves {found}"
    cuts = {turn.reduced for turn in turns if turn.status is Status.PAID}
    if len(cuts) > 1 or sum(map(sum, cuts)) != drawn:
        yield f"`{turns[0].step}` draws {drawn}, but takes {[sum(cut) for cut in cuts]} from the losses"
    for cut in cuts:
        for place, amount in enumerate(cut):
            remaining[place] -= amount
            if amount < 0 or remaining[place] < 0 or (amount and place not in met):
                yield f"`{turns[0].step}` takes {amount} from a loss that it does not meet or that is not there"


def _within_limits(turn: Turn) -> Iterable[str]:
    if min(turn.paid, default=0) < 0:
        yield f"somebody pays less than nothing under `{turn.step}`"
    for payer, amount, limit in _above(turn, turn.limits):
        yield f"`{payer}` pays {amount} under `{turn.step}`, above its limit {limit}"
    if turn.capacity is not None and turn.drawn > turn.capacity:
        yield f"`{turn.step}` pays {turn.drawn}, above its capacity {turn.capacity}"
    if turn.pot is not None:
        for payer, amount, left in _above(turn, turn.pot.left):
            yield f"`{payer}` pays {amount} from `{turn.pot.name}`, which holds {left}"


def _above(turn: Turn, bounds: Sequence[Exact | None]) -> Sequence[tuple[str, int, Exact]]:
    """Who pays more than it may, with that and what it pays; each payer has a bound of its own, or ``None``."""
    if None not in bounds and True not in map(gt, turn.paid, bounds):  # type: ignore[arg-type]  # none is None
        return ()
    rows = zip(turn.payers, turn.paid, bounds, strict=True)
    return [(payer, paid, bound) for payer, paid, bound in rows if bound is not None and paid > bound]


def _exhausts(turn: Turn, step: StepProgram, event: Event, met: set[int], remaining: Sequence[int]) -> Iterable[str]:
    """A step leaves loss to later ones only when it can pay no more."""
    if step.payers == "defaulters":
        return _defaulters_exhaust(turn, event, met, remaining)
    if step.reallocates and turn.after and turn.drawn != turn.capacity:
        return (f"`{step.name}` leaves loss though it could pay more",)
    return ()


def _defaulters_exhaust(turn: Turn, event: Event, met: set[int], remaining: Sequence[int]) -> Iterable[str]:
    """Each defaulter pays its own losses only, and leaves some only at its limit or at the limit in total."""
    totals = [trail.left[0] for trail in turn.limit_trails if not trail.each]
    totals += [] if turn.decided_most is None else [turn.decided_most]
    full = bool(totals) and turn.drawn >= int(min(totals))
    losses: dict[str, set[int]] = {}
    for place, loss in enumerate(event.losses):
        losses.setdefault(loss.member or "", set()).add(place)
    for payer, amount, limit in zip(turn.payers, turn.paid, turn.limits, strict=True):
        own = losses[payer]
        cut = sum(turn.reduced[place] for place in own)
        if cut != amount:
            yield f"`{payer}` pays {amount} under `{turn.step}`, but {cut} of its own losses"
        if amount != limit and not full and any(remaining[place] for place in own & met):
            yield f"`{payer}` leaves loss of its own under `{turn.step}` though it could pay more"


def _groups_exhaust(trail: Trail, steps: Mapping[str, StepProgram]) -> Iterable[str]:
    """A group leaves loss only when all its steps together can pay no more."""
    groups: dict[tuple[int, int, str | None], list[Turn]] = {}
    for turn in trail.turns:
        if turn.group is not None and turn.status is Status.PAID:
            groups.setdefault((turn.passing, turn.group, turn.segment), []).append(turn)
    for turns in groups.values():
        drawn = sum(turn.drawn for turn in turns)
        strict = all(steps[turn.step].reallocates for turn in turns)
        bounded = [turn.capacity for turn in turns if turn.capacity is not None]
        full = len(bounded) == len(turns) and drawn == sum(bounded)
        if strict and turns[0].after and not full:
            yield f"the group of `{turns[0].step}` leaves loss though it could pay more"


def _pots_hold(program: CheckedProgram, event: Event, trail: Trail) -> Iterable[str]:
    """All passes and rounds together draw no more from a pot than the event says it holds.

    A value that was filled in is not the event's, and what is drawn in other segments stands with these: both are held
    against what was left when each turn began (:func:`_within_limits`).
    """
    drawing: dict[tuple[str, str | None], list[Turn]] = {}
    for turn in trail.turns:
        pot = program.steps[turn.step].pot
        if pot is not None and turn.drawn and not pot.other_segments:
            drawing.setdefault((pot.name, turn.segment if pot.per_segment else None), []).append(turn)
    for key, turns in drawing.items():
        if len(turns) == 1:
            continue  # one turn alone is held against what was left when it began
        held = event.fields.get(key)  # what is given is one pot, whoever draws from it
        drawn: dict[str | None, int] = {}
        for turn in turns:
            for payer, amount in zip(turn.payers, turn.paid, strict=True):
                if amount:
                    whose = None if held is None else payer
                    drawn[whose] = drawn.get(whose, 0) + amount
        for whose, amount in drawn.items():
            value = event.givens[key] if held is None or whose is None else held[whose]
            if isinstance(value, int) and amount > value:
                yield f"{amount} was drawn from `{key[0]}`, which holds {value}"


def _named_limits_hold(trail: Trail) -> Iterable[str]:
    """In a pass nobody (in total: all together) pays more under a limit with a name than the most that it allowed."""
    held: dict[tuple[int, str], list[tuple[Turn, LimitTrail]]] = {}
    for turn in trail.turns:
        by_name = {limit.name: limit for limit in turn.limit_trails}  # a step may take a limit twice, and pays once
        for name, limit in by_name.items():
            if name is not None:
                held.setdefault((turn.passing, name), []).append((turn, limit))
    for (_, name), turns in held.items():
        paid: dict[str, int] = {}
        most: dict[str, Exact] = {}
        for turn, limit in turns:
            payers, amounts = (turn.payers, turn.paid) if limit.each else (("all",), (turn.drawn,))
            if len(turns) == 1 and True not in map(gt, amounts, limit.values):
                continue  # one turn alone, and nobody pays more
            for payer, amount, value in zip(payers, amounts, limit.values, strict=True):
                paid[payer] = paid.get(payer, 0) + amount
                most[payer] = max(most.get(payer, value), value)
        for payer, amount in paid.items():
            if amount > most[payer]:
                yield f"{amount} was paid by {payer} under the limit `{name}`, which allows {most[payer]}"


def _rounds_follow(trail: Trail, steps: Mapping[str, StepProgram]) -> Iterable[str]:
    """The rounds of a step follow each other, no more than it may have, each behind one that drew something."""
    before: Turn | None = None
    for turn in trail.turns:
        if turn.round is not None:
            again = before is not None and (before.step, before.passing) == (turn.step, turn.passing)
            last = before.round if before is not None and again else 0
            most = steps[turn.step].rounds
            if turn.round != (last or 0) + 1 or most is None or turn.round > most:
                yield f"round {turn.round} of `{turn.step}` does not follow round {last}"
            elif before is not None and again and not (before.drawn and before.after):
                yield f"round {turn.round} of `{turn.step}` was done though the one before left nothing to do"
        before = turn
