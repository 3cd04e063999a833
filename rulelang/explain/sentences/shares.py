"""Sentences about how a draw was shared: by what key, rank after rank, who reached a limit, how it was rounded."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from rulelang.base.money import Exact
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.sharing import Sharing
from rulelang.explain.sentences.values import leaves
from rulelang.explain.sentences.words import Words, bracketed, decimal, fraction, plural, sentence
from rulelang.syntax import nodes


def shared(scene: Scene) -> Iterator[str]:
    """How the draw was shared: by what key, rank after rank, who reached a limit, and how it was rounded."""
    step = scene.step
    if (step.single_payer and scene.group is None) or not scene.turn.drawn:
        return
    if step.order is not None:
        cite = bracketed(step.order.citation)
        order = f"{scene.words.quoted(step.order.value.span)}{cite}"
        yield f"Payers stand in order of {order}; a rank pays only when those before it are exhausted."
    for number, (sharing, places) in enumerate(scene.sharings, start=1):
        payers = {index: scene.turn.payers[place] for place, index in places.items()}
        if sharing.rank is not None:
            yield _rank(scene, number, sharing, list(payers.values()))
        if sharing.draw and sharing.with_key > 1:
            yield from _formula(scene, sharing, payers)


def _rank(scene: Scene, number: int, sharing: Sharing, payers: Sequence[str]) -> str:
    words = scene.words
    lead = f"Rank {number}, {sharing.rank} ({words.payers(payers)}),"
    if not sharing.draw:
        spent = sum(each.draw for each, _ in scene.sharings[: number - 1]) == scene.draw
        return f"{lead} is not reached." if spent else f"{lead} can pay nothing."
    limits = [limit for limit, key in zip(sharing.limits, sharing.keys, strict=True) if key]
    exhausted = None not in limits and sum(limit or 0 for limit in limits) == sharing.draw
    return f"{lead} bears {words.money(sharing.draw)}{', all it can' if exhausted else ''}."


def key_words(scene: Scene) -> str:
    """How the draw is shared, in words."""
    key = scene.step.key
    cite = bracketed(scene.step.citations.get("shared"))
    if isinstance(key, nodes.Expression):
        return f"pro rata to {scene.words.quoted(key.span)}{cite}"
    return f"equally{cite}" if key == "equally" else f"pro rata to the payers' limits{cite}"


def _formula(scene: Scene, sharing: Sharing, payers: Mapping[int, str]) -> Iterator[str]:
    words = scene.words
    draw, weight = words.money(sharing.draw), scene.key_text(sharing.weight)
    pooled = scene.group is not None and scene.group.one_pool
    if scene.step.single_payer and not pooled:
        return
    lead = "The draw is" if sharing.rank is None else "This is"
    if not sharing.reallocates and scene.turn.part is None:
        lead = "Without reallocation the loss itself is"
        if sharing.draw < scene.turn.before:
            lead = "Without reallocation the loss, as far as a limit in total lets the step bear it, is"
    if sharing.exhausted:
        if sharing.rank is None:
            yield f"{lead} shared {key_words(scene)} and takes all that can be charged: everybody pays its limit."
        return
    if scene.equal:
        yield f"{lead} shared {key_words(scene)}: {draw} / {sharing.with_key} each."
    else:
        whole = f"{draw}, the draw of the pool," if pooled else draw
        keys = "all keys" if sharing.rank is None else "the keys of the rank"
        yield f"{lead} shared {key_words(scene)}: {whole} × key / {weight}, the sum of {keys}."
    yield from _at_limit(scene, sharing, payers)
    if not pooled:
        yield from rounded(words, sharing, lambda index: words.payer(payers[index]))


def _at_limit(scene: Scene, sharing: Sharing, payers: Mapping[int, str]) -> Iterator[str]:
    words = scene.words
    full = [index for index in sorted(sharing.full) if index in payers]
    if not full:
        return
    names, many = words.payers(payers[index] for index in full), len(full) > 1
    units = sum(sharing.limits[index] or 0 for index in full)
    limits = words.money(units)
    reach = f"{names} {'reach their limits' if many else 'reaches its limit'} and {'pay' if many else 'pays'} {limits}"
    if not units:
        reach = f"{names} can pay nothing more, for {'their limits are' if many else 'its limit is'} 0"
    if sharing.reallocates:
        others = f"× key / {scene.key_text(sharing.rest_weight)}, the sum of the keys of the others"
        if scene.equal:
            others = f"/ {decimal(sharing.rest_weight)} each"
        rest = words.money(sharing.rest)
        yield f"{sentence(reach)[:-1]}; what is left is shared among the others: {rest} {others}."
        return
    unpaid = sum(sharing.fair(index) - (sharing.limits[index] or 0) for index in full)
    if unpaid:
        kept = f"“without reallocation” the {words.money(unpaid)} above is not passed on and stays unpaid"
        yield f"{sentence(reach)[:-1]}; {kept}."
    else:
        yield sentence(reach)


def rounded(words: Words, sharing: Sharing, name: Callable[[int], str]) -> Iterator[str]:
    """Who received the minor units that rounding down left over."""
    if not any(sharing.shares.part):
        return
    unit = words.program.currency.minor_unit
    lost = sum(sharing.shares.part) % sharing.shares.denominator
    if not sharing.lifted:
        yield f"Shares are rounded down to {unit}; no whole unit is left over."
        return
    names = words.list([name(index) for index in sharing.lifted])
    number = len(sharing.lifted)
    which = "one unit left over goes to the largest fractional part, that of"
    if number > 1:
        which = f"{number:,} units left over go to the largest fractional parts, those of"
    tie = "; equal parts are settled by the smaller id" if sharing.tied else ""
    unpaid = ", and less than a unit stays unpaid" if lost else ""
    yield f"Shares are rounded down to {unit}; the {which} {names}{unpaid}{tie}."


def formula(scene: Scene, sharing: Sharing, index: int) -> str:
    """The formula for one payer's exact share, with its numbers: ``100.00 × 3 / 9 = 33.333333…``."""
    words = scene.words
    exact = words.amount(sharing.shares.exact(index))
    return f"{_product(scene, sharing.rest, sharing.keys[index], sharing.rest_weight)} = {exact}"


def _product(scene: Scene, draw: int, key: Exact, weight: Exact) -> str:
    if scene.equal:
        return f"{scene.words.amount(draw)} / {decimal(weight)}"
    return f"{scene.words.amount(draw)} × {scene.key_text(key)} / {scene.key_text(weight)}"


def rounding(words: Words, sharing: Sharing, index: int) -> str:
    """How one exact share became minor units; nothing where it is whole."""
    shares = sharing.shares
    if not shares.part[index]:
        return ""
    text = f", rounded down to {words.amount(shares.whole[index])}"
    if shares.units[index] == shares.whole[index]:
        return text
    tied = sharing.tied and shares.part[index] == sharing.last_part
    tie = " (equal parts settled by the smaller id)" if tied else ""
    return f"{text}, plus {words.amount(1)} for one of the largest fractional parts{tie}"


def above(scene: Scene, sharing: Sharing, index: int) -> str:
    """The share that a limit cut, if it was above the limit at once."""
    limit, fair, words = sharing.limits[index], sharing.fair(index), scene.words
    if limit is None or sharing.exhausted:
        return ""
    if fair < limit:
        return ", which it reaches as others drop out"
    if fair == limit:
        return ", which is exactly its share"
    numbers = _product(scene, sharing.draw, sharing.keys[index], sharing.weight)
    return f"; its share would be {numbers} = {words.amount(fair)}"


def rank_of(scene: Scene, place: int) -> Iterator[str]:
    """Where a payer stands in the order, and what its rank had to bear."""
    for number, (sharing, places) in enumerate(scene.sharings, start=1):
        if place in places and sharing.rank is not None and sharing.draw:
            alone = ", and alone has to bear it" if sharing.with_key == 1 and sharing.keys[places[place]] else ""
            rank = f"It stands in rank {number}, {sharing.rank}"
            yield f"{rank}, to which {scene.words.money(sharing.draw)} of the draw falls{alone}."


def key_of(scene: Scene, place: int) -> Iterator[str]:
    """The key of one payer, with the values behind it."""
    turn, step = scene.turn, scene.step
    if turn.keys is None or not turn.keys[place] or not isinstance(step.key, nodes.Expression):
        return
    values = leaves(scene, step.key, scene.member(turn.payers[place]))
    beside = f" ({values})" if values and not isinstance(step.key, nodes.Reference) else ""
    yield f"Its key, {scene.words.quoted(step.key.span)}{beside}, is {scene.key_text(turn.keys[place], code=True)}."


def sharing_around(scene: Scene, sharing: Sharing) -> Iterator[str]:
    """How the draw was shared, as far as it matters for one of the payers."""
    words, number = scene.words, len(sharing.full)
    if sharing.exhausted:
        return
    rank = "" if sharing.rank is None else ", in that rank"
    keys = plural(sharing.with_key, "payer")
    if scene.step.key != "equally":
        keys += f"; their keys add up to {scene.key_text(sharing.weight, code=True)}"
    yield f"{words.money(sharing.draw)} is shared {key_words(scene)}{rank}, among {keys}."
    if sharing.full and sharing.reallocates:
        verb = "reaches its limit and bears" if number == 1 else "reach their limits and bear"
        yield (
            f"{plural(number, 'payer')} {verb} {words.money(sharing.draw - sharing.rest)}; the others share "
            f"{words.money(sharing.rest)} by keys that add up to {scene.key_text(sharing.rest_weight, code=True)}."
        )


def share_of(scene: Scene, sharing: Sharing, index: int) -> Iterator[str]:
    """What one payer's share comes to, exactly and rounded, or that its limit cuts it."""
    words = scene.words
    if index in sharing.full:
        if sharing.exhausted:
            yield "The draw takes all that can be charged, so that everybody pays its limit."
        else:
            yield f"It reaches its limit and pays it{above(scene, sharing, index)}."
        return
    exact = sharing.shares.exact(index)
    as_fraction = fraction(exact, words.program.currency.decimals)
    text = f"Its exact share is {formula(scene, sharing, index)}"
    if sharing.shares.part[index] and as_fraction is not None:
        text += f", as a fraction {as_fraction}"
    yield f"{text}{rounding(words, sharing, index)}."
