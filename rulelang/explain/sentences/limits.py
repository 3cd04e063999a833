"""Sentences about who could be charged and up to what: all payers of a step together, and one of them."""

from collections.abc import Iterator, Sequence

from rulelang.base.money import Exact
from rulelang.check.program import LimitProgram
from rulelang.explain.sentences.over_time import decided_bound, less_counted, rest_of, rest_of_all
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.values import leaves
from rulelang.explain.sentences.words import Words, bracketed
from rulelang.model.trail import LimitTrail


def left_out(scene: Scene) -> Iterator[str]:
    """Who was not charged because the condition on payers does not hold, or because its key is 0."""
    turn, step, words = scene.turn, scene.step, scene.words
    if step.where is not None:
        if turn.left_out:
            names = [_with_reason(scene, payer) for payer in turn.left_out]
            kept = f"{len(turn.payers)} of {len(turn.payers) + len(turn.left_out)} may be charged"
            holds = f"the condition {words.quoted(step.where.span)} does not hold"
            yield f"{kept}; {holds} for {words.list(names)}."
        elif turn.payers:
            whom = " for every one of them" if len(turn.payers) > 1 else ""
            yield f"The condition {words.quoted(step.where.span)} holds{whom}."
    if turn.keys is not None and step.key != "limits":
        without = [payer for payer, key in zip(turn.payers, turn.keys, strict=True) if not key]
        if without and len(without) < len(turn.payers):
            them = "it" if len(without) == 1 else "them"
            yield f"The key is 0 for {words.payers(without)}, so that nothing falls to {them}."


def _with_reason(scene: Scene, payer: str) -> str:
    assert scene.step.where is not None
    values = leaves(scene, scene.step.where, scene.member(payer)) if scene.detailed else ""
    return f"{scene.words.payer(payer)}{bracketed(values)}"


def capacity(scene: Scene) -> Iterator[str]:
    """How the capacity came about: what was left of the money, each ``up to``, and the lowest of them."""
    turn, step, words = scene.turn, scene.step, scene.words
    sources = len(turn.limit_trails) + (turn.pot is not None) + (turn.decided_most is not None)
    if not turn.payers or (scene.pots_empty and not scene.detailed):
        return
    if turn.pot is not None:
        yield from pot_told(scene)
    for limit, trail in zip(step.limits, turn.limit_trails, strict=True):
        if scene.binds(trail):
            yield limit_told(scene, limit, trail)
        elif scene.detailed:
            whose = " of anybody" if limit.each else ""
            yield f"{limit_told(scene, limit, trail)[:-1]}; it is not the lowest limit{whose}."
    yield from decided_bound(scene)
    if turn.capacity is None:
        yield "Nothing limits what it can pay." if step.single_payer else "Nothing limits what they can pay."
    elif sources > 1:
        yield f"The most the step can pay is therefore {words.money(turn.capacity)}."


def pot_told(scene: Scene) -> Iterator[str]:
    """What the money holds from which the step draws."""
    turn, words, pot = scene.turn, scene.words, scene.step.pot
    assert turn.pot is not None
    assert pot is not None
    able = scene.able
    left = sum(turn.pot.left[place] for place in able)
    drawn = sum(scene.pot_drawn(turn.payers[place]) for place in able)
    many = len(turn.payers) > 1
    whose, together = ("The payers'", " in all") if many else (_whose(scene, *turn.payers), "")
    others = " in the other segments" if pot.other_segments else ""
    text = f"{whose} {pot.name}{others} {_holds(words, left, drawn, together)}"
    if turn.pot.parts is not None and pot.split_by is not None:
        part = words.money(sum(turn.pot.parts[place] for place in able))
        text += f"; {part} of what it held when the step began is the part of {turn.segment}"
        text += f", split by {words.quoted(pot.split_by.span)}"
    yield f"{text}."


def _whose(scene: Scene, payer: str = "") -> str:
    """How a payer's pot is called in front of its name, or one that it draws from beside its owner."""
    pot = scene.step.pot
    return "Its" if pot is None or not payer or scene.words.owns(payer, pot.name) else "The"


def _holds(words: Words, left: Exact, drawn: int, together: str = "") -> str:
    if drawn:
        return f"still holds {words.money(left)}{together}, after {words.money(drawn)} drawn from it earlier"
    return f"holds {words.money(left)}{together}"


def limit_told(scene: Scene, limit: LimitProgram, trail: LimitTrail) -> str:
    """One ``up to`` for all payers: what it allows, and what the window of time has left of that."""
    payers = scene.turn.payers
    places = scene.able if trail.each else [0]
    single = len(payers) == 1
    varies = scene.program.types[id(limit.value)].per_member
    values = leaves(scene, limit.value, payers[0] if varies else None) if single or not varies else ""
    allowed = f"{scene.limit_words(limit)} {_allows(scene, trail, places)}{bracketed(values)}"
    return f"{allowed}{rest_of_all(scene, limit, trail, places)}."


def _allows(scene: Scene, trail: LimitTrail, places: Sequence[int]) -> str:
    words, values = scene.words, [trail.values[place] for place in places]
    if not trail.each:
        return f"limits the step to {words.money(values[0])}"
    if len(scene.turn.payers) == 1:
        return f"allows {words.money(sum(values))}"
    if not values:
        return "allows nothing"
    least, most = min(values), max(values)
    each = words.money(least) if least == most else f"between {words.money(least)} and {words.money(most)}"
    return f"allows {each} each, {words.money(sum(values))} together"


def limits_in_total(scene: Scene) -> Iterator[str]:
    """The limits in total that bound a step, for one of its payers."""
    for limit, trail in zip(scene.step.limits, scene.turn.limit_trails, strict=True):
        if not trail.each and scene.binds(trail):
            yield limit_told(scene, limit, trail)
    yield from decided_bound(scene)


def limits_of(scene: Scene, place: int) -> Iterator[str]:
    """What each ``up to … each`` and its pot allow one payer, and the lowest of them."""
    turn, step, words = scene.turn, scene.step, scene.words
    texts = []
    if turn.pot is not None and step.pot is not None:
        texts.append(_pot_of(scene, place))
    for limit, trail in zip(step.limits, turn.limit_trails, strict=True):
        if trail.each:
            texts.append(_limit_of(scene, limit, trail, place))
    if len(texts) > 1 or turn.limits[place] not in scene.bounds(place):
        limit_of = turn.limits[place]
        texts.append("It has no limit of its own" if limit_of is None else f"Its limit is {words.money(limit_of)}")
        if limit_of is not None and limit_of not in scene.bounds(place):
            texts[-1] += f", rounded down from {words.money(min(scene.bounds(place)))}"
    yield from (f"{text}." for text in texts)


def _pot_of(scene: Scene, place: int) -> str:
    turn, words, pot = scene.turn, scene.words, scene.step.pot
    assert turn.pot is not None
    assert pot is not None
    drawn = scene.pot_drawn(turn.payers[place])
    others = " in the other segments" if pot.other_segments else ""
    text = f"{_whose(scene, turn.payers[place])} {pot.name}{others} {_holds(words, turn.pot.left[place], drawn)}"
    if turn.pot.parts is None or pot.split_by is None:
        return text
    part = words.money(turn.pot.parts[place])
    return f"{text}; the part of {turn.segment}, split by {words.quoted(pot.split_by.span)}, is {part}"


def _limit_of(scene: Scene, limit: LimitProgram, trail: LimitTrail, place: int) -> str:
    words = scene.words
    values = leaves(scene, limit.value, scene.member(scene.turn.payers[place]))
    allowed = f"{scene.limit_words(limit)} allows it {words.money(trail.values[place])}{bracketed(values)}"
    return f"{allowed}{rest_of(scene, limit, trail, place)}"


def lowest(scene: Scene, place: int) -> str:
    """Which of several limits is the lowest of a payer."""
    turn = scene.turn
    if len(scene.bounds(place)) < 2:
        return ""
    found = _lowest(scene, place)
    if found is None:
        assert turn.pot is not None
        return f" (what its {turn.pot.name} holds)"
    limit, trail = found
    return f" ({scene.uncited_words(limit)}{less_counted(scene, trail, place)})"


def lowest_told(scene: Scene, place: int) -> str:
    """What the lowest limit of a payer allows, with the values behind it; nothing where it has no limit of its own."""
    if not scene.bounds(place):
        return ""
    found = _lowest(scene, place)
    return _pot_of(scene, place) if found is None else _limit_of(scene, *found, place)


def _lowest(scene: Scene, place: int) -> tuple[LimitProgram, LimitTrail] | None:
    """The lowest limit of a payer; ``None`` if that is what its pot holds."""
    bounds = scene.bounds(place)
    each = [trail for trail in scene.turn.limit_trails if trail.each]
    at = bounds.index(min(bounds))
    return None if at == len(each) else (scene.step.each_limits[at], each[at])
