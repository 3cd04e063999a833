"""Sentences about time: which payments a limit counted and why, what resizings leave, what pays once in a period."""

import datetime
from collections.abc import Iterator, Sequence

from rulelang.base.apportion import round_down
from rulelang.base.money import Exact
from rulelang.check.program import During, LimitProgram, OverTime
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words, bracketed, listing, titled
from rulelang.model.trail import LimitTrail, ResizingTrail
from rulelang.run.expressions import Moment
from rulelang.run.over_time import standing


def rest_of_all(scene: Scene, limit: LimitProgram, trail: LimitTrail, places: Sequence[int]) -> str:
    """What a limit has counted for its payers together, and what is left of it."""
    words, alone = scene.words, len(scene.turn.payers) == 1
    left, text = sum(trail.left[place] for place in places), ""
    if trail.resizings and len(places) == 1:
        text = least_of_days(words, trail, places[0])
    elif trail.already_paid is not None:
        since = _counted(scene, limit, trail)
        paid = sum(trail.already_paid[place] for place in places)
        if not paid and left == sum(trail.values[place] for place in places):
            return f", of which nothing was paid{since}"
        who = "" if alone or not trail.each else _payers_before(scene, trail.already_paid)
        counted = f"{words.money(paid)} was already paid{since}{who}" if paid else f"nothing was paid{since}"
        text = f"; {counted}, which leaves {words.money(left)}"
        text += ", each payer's least over all days of the window" if trail.resizings else ""
    if (alone or not trail.each) and round_down(left) != left:
        text += f", rounded down to {words.money(round_down(left))}"
    return text


def _payers_before(scene: Scene, already_paid: Sequence[int]) -> str:
    words, rows = scene.words, zip(scene.turn.payers, already_paid, strict=True)
    return f" ({words.list([f'{words.payer(payer)} {words.money(paid)}' for payer, paid in rows if paid])})"


def rest_of(scene: Scene, limit: LimitProgram, trail: LimitTrail, place: int) -> str:
    """What a limit has counted for one payer, and what is left of it."""
    words = scene.words
    if trail.resizings:
        return least_of_days(words, trail, place)
    if trail.already_paid is None:
        return ""
    since = _counted(scene, limit, trail)
    if not trail.already_paid[place]:
        return f", of which it paid nothing{since}"
    paid, left = words.money(trail.already_paid[place]), words.money(trail.left[place])
    return f"; it already paid {paid}{since}, which leaves {left}"


def less_counted(scene: Scene, trail: LimitTrail, place: int) -> str:
    """By how much less than its value a limit allows a payer."""
    paid = 0 if trail.deducted is None else trail.deducted[place]
    return f", less {scene.words.money(paid)} already paid" if paid else ""


def _counted(scene: Scene, limit: LimitProgram, trail: LimitTrail) -> str:
    """Where and since when a limit counts payments: `` under calls and charges since 2018-09-11, when … opened``."""
    steps = f" under {listing(trail.counts)}" if trail.name is not None and len(trail.counts) > 1 else ""
    return f"{steps}{_since(scene, limit, trail)}"


def _since(scene: Scene, limit: LimitProgram, trail: LimitTrail) -> str:
    if limit.over_time is not None:
        declared = scene.event.declared
        not_open = f" in this run ({{}} is not open, so that nothing before {declared} counts)"
        return counted_since(scene.words, limit.over_time, trail.first_day, scene.at, not_open)
    losses = [loss for place, loss in enumerate(scene.event.losses) if loss.further and place in scene.met]
    members = dict.fromkeys(loss.member for loss in losses if loss.member is not None)
    further = [scene.words.payer(member) for member in members]
    if further:
        return f" for the default of {scene.words.list(further)}, that of earlier runs included"
    return (
        " in this run"
        if scene.turn.defaulter is None
        else f" for the default of {scene.words.ids((scene.turn.defaulter,))}"
    )


def counted_since(words: Words, over_time: OverTime, first: datetime.date | None, at: Moment, not_open: str) -> str:
    """Since when a limit over time counts; ``not_open`` is said, with the period in it, where none is open."""
    if not isinstance(over_time, During):
        return f" since {first}"
    period = words.period(over_time.period)
    if first is not None:
        return f" since {first}, when {period} opened"
    if at.state.opened.get(over_time.period, False):
        return f" on {at.plan.event.declared}, when {period} opened"
    return not_open.format(period)


def least_of_days(words: Words, trail: LimitTrail, place: int, counts: str = "paid") -> str:
    """Which day of a limit at every resizing leaves the least to a payer; nothing of any other limit.

    ``counts`` is what counts towards it, in words.
    """
    if not trail.resizings:
        return ""
    day = min(trail.resizings, key=lambda one: _rest(one, place))
    value, paid, left = words.money(day.values[place]), day.already_paid[place], max(_rest(day, place), 0)
    less = f", and nothing was {counts} from that day on"
    if paid:
        less = f" less the {words.money(paid)} {counts} from that day on"
    rest = f"it is {value}{less}"
    if len(trail.resizings) == 1:
        return f"; as of {day.day} {rest}, which leaves {words.money(left)}"
    since = f"; of all days since {trail.first_day} the least is left by {day.day}"
    return f"{since}, when {rest}: that leaves {words.money(left)}"


def _rest(one: ResizingTrail, place: int) -> Exact:
    return one.values[place] - one.already_paid[place]


def named_limits(scene: Scene) -> Iterator[str]:
    """What the limits with a name say, and which steps share them."""
    for limit, trail in zip(scene.step.limits, scene.turn.limit_trails, strict=True):
        if limit.named is None or not (scene.detailed or scene.binds(trail)):
            continue
        yield limit_by_name(
            scene.words, limit.named, trail.basis, [name for name in trail.counts if name != scene.step.name]
        )


def limit_by_name(words: Words, name: str, basis: str | None, others: Sequence[str] = ()) -> str:
    """What a limit with a name says, for what time it counts, and which other steps count towards it."""
    named = words.program.limits[name]
    said = f"{words.quoted(named.value.span)} {'each' if named.each else 'in total'}"
    counts = "" if basis is None else f" {basis}"
    shared = f"; {listing(others)} {'counts' if len(others) == 1 else 'count'} towards it too" if others else ""
    return f"The limit {titled(named.name, named.title)} is {said}{counts}{bracketed(named.citation)}{shared}."


def decided_bound(scene: Scene) -> Iterator[str]:
    """What is left of the bound that was decided, where it holds the step back."""
    turn, decision = scene.turn, scene.event.decisions.get(scene.step.name)
    if turn.decided_most is None or decision is None or decision.most is None:
        return
    if turn.decided_most == turn.capacity or scene.detailed:
        most, left = scene.words.money(decision.most), scene.words.money(turn.decided_most)
        yield f"Of the {most} that it was invoked up to, {left} is left."


def round_told(scene: Scene) -> Iterator[str]:
    """Why a round is done, and who has withdrawn before it."""
    number, words = scene.turn.round, scene.words
    if number is None or scene.step.rounds is None:
        return
    if number > 1:
        yield f"This is round {number} of at most {scene.step.rounds}: loss remains, and the last round paid something."
    members = scene.event.members
    gone = [members[place] for place in sorted(scene.details.result.turn.withdrawn)]
    if gone:
        have, pay = ("has", "does") if len(gone) == 1 else ("have", "do")
        yield f"{words.payers(gone)} {have} withdrawn before this round and {pay} not pay in it."


def withdrawn(scene: Scene, payer: str) -> bool:
    """Whether a member has withdrawn before this round."""
    return scene.at.plan.position.get(payer, -1) in scene.details.result.turn.withdrawn


def may_pay_once(scene: Scene) -> Iterator[str]:
    """Why a step that pays once in a period may pay."""
    period = scene.step.once_during
    if period is None or (scene.turn.round or 1) > 1:
        return
    why = "in which nothing was paid under it before"
    if standing(scene.event, period) is None and not scene.at.state.opened.get(period, False):
        why = "which is not open"
    yield f"It pays once during {scene.words.period(period)}, {why}."


def once_told(scene: Scene) -> str:
    """In which open period a step has paid already, and when."""
    period = scene.step.once_during
    assert period is not None
    words, instance = scene.words, standing(scene.event, period)
    first = scene.event.declared if instance is None else instance[0]
    before = [
        f"{words.money(each.amount)} by {words.payer(each.payer)} on {each.date}"
        for each in scene.event.payments
        if each.step == scene.step.name and each.amount and first <= each.date <= scene.event.declared
    ]
    paid = [turn for turn in scene.at.state.before() if turn.turn.step is scene.step and turn.drawn]
    before += [f"{words.money(turn.drawn)} earlier in this run" for turn in paid]
    return f"it pays once during {words.period(period)}, open since {first}, and has paid: {words.list(before)}"
