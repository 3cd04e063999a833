"""Sentences about one payer of a step that was done: what it pays and how that came about, or why it pays nothing."""

from collections.abc import Iterator

from rulelang.explain.sentences.limits import limits_in_total, limits_of, lowest, lowest_told
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.shares import (
    above,
    formula,
    key_of,
    key_words,
    rank_of,
    rounding,
    share_of,
    sharing_around,
)
from rulelang.explain.sentences.words import sentence
from rulelang.syntax import nodes


def line_of(scene: Scene, place: int) -> str:
    """What one payer pays and how that came about, as one line of a list."""
    words, turn = scene.words, scene.turn
    name, seat = words.payer(turn.payers[place]), scene.seat(place)
    if not turn.paid[place]:
        return sentence(f"{name} pays nothing: {nothing(scene, place)}")
    pays = f"{name} pays {words.money(turn.paid[place])}"
    if scene.step.payers == "defaulters":
        return sentence(f"{pays} {own_losses(scene, place)}")
    if seat is None or (seat[0].with_key < 2 and not seat[0].full):
        return sentence(pays)
    sharing, index = seat
    if index in sharing.full:
        return sentence(f"{pays}, its limit{lowest(scene, place)}{above(scene, sharing, index)}")
    limit = turn.limits[place]
    below = (
        f"; its limit is {words.money(limit)}" if limit is not None and (scene.detailed or words.most is None) else ""
    )
    return sentence(f"{pays}: {formula(scene, sharing, index)}{rounding(words, sharing, index)}{below}")


def briefly(scene: Scene, place: int) -> str:
    """What one payer pays and how that came about, in a few sentences that stand alone: its share, or its limit."""
    turn = scene.turn
    limit = f"{lowest_told(scene, place)}." if turn.paid[place] == turn.limits[place] and scene.bounds(place) else ""
    return " ".join(filter(None, [*_amount_told(scene, place), *rank_of(scene, place), limit]))


def _amount_told(scene: Scene, place: int) -> Iterator[str]:
    turn, words, seat = scene.turn, scene.words, scene.seat(place)
    pays = f"{words.payer(turn.payers[place])} pays {words.money(turn.paid[place])}"
    if scene.step.payers == "defaulters":
        yield line_of(scene, place)
    elif seat is None or (seat[0].with_key < 2 and not seat[0].full):
        yield sentence(f"{pays}, {_alone(scene)}")
        yield from limits_in_total(scene)
    elif seat[1] in seat[0].full:
        yield sentence(f"{pays}, its limit{above(scene, *seat)}")
    else:
        yield sentence(f"{pays}, {key_words(scene)}: {formula(scene, *seat)}{rounding(words, *seat)}")


def _alone(scene: Scene) -> str:
    """What a payer pays that shares a step with nobody."""
    turn = scene.turn
    if turn.drawn == turn.before:
        return f"all of the loss{scene.kind} that remains{scene.where}"
    if turn.drawn == turn.capacity:
        return "all that it can be charged"
    return f"the step's part of the {scene.words.money(sum(mate.drawn for mate in scene.mates))} that its group pays"


def own_losses(scene: Scene, place: int) -> str:
    """Of which losses of its own a defaulter pays, and what held it back."""
    turn, words = scene.turn, scene.words
    own = scene.own_loss(turn.payers[place])
    limit, paid = turn.limits[place], turn.paid[place]
    if paid == own:
        return "and so all that remains of its own losses"
    text = f"towards its own losses of {words.money(own)}"
    if limit is not None and paid == limit:
        return f"{text}, all that it can be charged{lowest(scene, place)}"
    return f"{text}, all that the limit in total leaves"


def nothing(scene: Scene, place: int) -> str:
    """Why a payer that may be charged pays nothing."""
    turn, seat, words = scene.turn, scene.seat(place), scene.words
    if turn.keys is not None and not turn.keys[place] and scene.step.key != "limits":
        words_of = f", {words.quoted(scene.step.key.span)}," if isinstance(scene.step.key, nodes.Expression) else ""
        return f"its key{words_of} is 0"
    if turn.limits[place] == 0:
        if turn.pot is not None and not scene.pots[place]:
            return f"nothing is left in its {turn.pot.name}"
        return f"its limit is 0{lowest(scene, place)}"
    if seat is None:
        own = scene.own_loss(turn.payers[place])
        return "no loss of its own remains" if not own else "the limit in total is used up"
    sharing, index = seat
    if sharing.draw and sharing.keys[index]:
        return f"{formula(scene, sharing, index)}{rounding(words, sharing, index)}"
    if sharing.rank is None:
        return "the step draws nothing"
    return f"its rank, {sharing.rank}, is not reached"


def about_payer(scene: Scene, place: int) -> Iterator[str]:
    """Everything about one payer of a step that was done: key, limits, exact share, rounding."""
    turn, seat = scene.turn, scene.seat(place)
    yield from key_of(scene, place)
    yield from limits_of(scene, place)
    yield from rank_of(scene, place)
    if scene.step.payers == "defaulters":
        if turn.paid[place]:
            yield f"It pays {scene.words.money(turn.paid[place])} {own_losses(scene, place)}."
    elif seat is not None and seat[0].with_key > 1 and seat[0].draw and seat[0].keys[seat[1]]:
        yield from sharing_around(scene, seat[0])
        yield from share_of(scene, *seat)
