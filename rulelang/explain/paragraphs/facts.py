"""What a paragraph says as plain values, for programs: amounts are strings in major units."""

from typing import Any

from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.turn import citation_of
from rulelang.explain.sentences.words import Words, fraction
from rulelang.model.event import Event
from rulelang.run.turn_facts import facts_of_turn


def loss_fact(words: Words, event: Event, place: int, amount: int) -> dict[str, Any]:
    """A loss, or a part of one."""
    loss = event.losses[place]
    return {"member": loss.member, "segment": loss.segment, "amount": words.program.currency.plain(amount)}


def step_facts(scene: Scene, only: str | None = None) -> dict[str, Any]:
    """A turn of a step, with all of its payers or with one of them."""
    turn = scene.turn
    reduced = [(place, amount) for place, amount in enumerate(turn.reduced) if amount]
    return {
        **facts_of_turn(scene.program, turn),
        "citation": citation_of(scene),
        "reduced": [loss_fact(scene.words, scene.event, place, amount) for place, amount in reduced],
        "left_out": [payer for payer in turn.left_out if only in (None, payer)],
        "payers": [_payer_fact(scene, at) for at, payer in enumerate(turn.payers) if only in (None, payer)],
    }


def _payer_fact(scene: Scene, place: int) -> dict[str, Any]:
    turn, currency = scene.turn, scene.program.currency
    limit, seat = turn.limits[place], scene.seat(place)
    row: dict[str, Any] = {
        "payer": turn.payers[place],
        "name": scene.words.names.get(turn.payers[place]),
        "key": None if turn.keys is None else scene.key_text(turn.keys[place]).replace(",", ""),
        "limit": None if limit is None else currency.plain(limit),
        "pays": currency.plain(turn.paid[place]),
        "at_limit": limit is not None and turn.paid[place] == limit,
        "exact_share": None,
        "rounding_units": 0,
    }
    if seat is not None:
        sharing, index = seat
        row["exact_share"] = fraction(sharing.shares.exact(index), currency.decimals)
        row["rounding_units"] = sharing.shares.units[index] - sharing.shares.whole[index]
        row["rank"] = sharing.rank
    return row
