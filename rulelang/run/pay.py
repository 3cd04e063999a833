"""How a draw is shared among the payers of a step: by key, by rank, or by each defaulter's own losses."""

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from rulelang.base.apportion import Shares, share
from rulelang.check.program import OrderProgram, StepProgram
from rulelang.model.trail import RankTrail
from rulelang.run.evaluate import Evaluation
from rulelang.run.purse import Purse


@frozen
class Payments:
    """What each payer of a purse pays, with the shares or ranks that led to it."""

    paid: tuple[int, ...]
    shares: Shares | None = None
    ranks: tuple[RankTrail, ...] = ()

    @property
    def total(self) -> int:
        """What all pay together."""
        return sum(self.paid)


def share_draw(step: StepProgram, ev: Evaluation, purse: Purse, draw: int) -> Payments:
    """Share ``draw``, at most the capacity of the purse, among its payers."""
    if step.order is not None:
        return _by_rank(step.order, ev, purse, draw)
    keys = purse.keys if purse.keys is not None else (1,) * len(purse.payers)
    shares = share(draw, keys, purse.limits, purse.payers, reallocate=step.reallocates)
    return Payments(shares.units, shares)


def _by_rank(order: OrderProgram, ev: Evaluation, purse: Purse, draw: int) -> Payments:
    """The payers of the first rank are exhausted before the next; inside a rank the sharing clause applies."""
    assert purse.keys is not None
    paid = [0] * len(purse.payers)
    trails = []
    left = draw
    for value, places in _ranks(order, ev, purse):
        keys = [purse.keys[place] for place in places]
        limits = [purse.limits[place] for place in places]
        able = [limit for limit, key in zip(limits, keys, strict=True) if key]
        part = left if None in able else min(left, sum(limit or 0 for limit in able))
        shares = share(part, keys, limits, [purse.payers[place] for place in places])
        for place, units in zip(places, shares.units, strict=True):
            paid[place] = units
        left -= part
        trails.append(RankTrail(value, tuple(places), part, shares))
    return Payments(tuple(paid), None, tuple(trails))


def _ranks(order: OrderProgram, ev: Evaluation, purse: Purse) -> list[tuple[str, list[int]]]:
    """The places of the payers, rank by rank, with the words for the rank."""
    values = ev.column(order.value, purse.members)
    ranked: dict[Any, list[int]] = {}
    for place, value in enumerate(values):
        ranked.setdefault(value if order.ranks is None else order.ranks[value], []).append(place)
    spoken = _spoken(values, order, ev)
    rows = sorted(ranked.items(), key=lambda row: row[0], reverse=order.highest)
    return [(" or ".join(sorted({spoken[place] for place in places})), places) for _, places in rows]


def _spoken(values: Sequence[Any], order: OrderProgram, ev: Evaluation) -> list[str]:
    money = ev.program.facts[id(order.value)].type.kind.value == "money"
    words = {True: "yes", False: "no"}
    return [
        ev.program.currency.show(v) if money else words.get(v, str(v)) if isinstance(v, bool) else str(v)
        for v in values
    ]


def pay_own_losses(purse: Purse, own: Sequence[int], available: int) -> Payments:
    """Each defaulter pays its own losses, in the order of the first defaults, up to its limit and the total limit."""
    left = available if purse.total_limit is None else min(available, purse.total_limit)
    paid = []
    for loss, limit in zip(own, purse.limits, strict=True):
        amount = min(loss, left) if limit is None else min(loss, limit, left)
        paid.append(amount)
        left -= amount
    return Payments(tuple(paid))
