"""Who pays how much of a draw: one step (section 7.5 of the specification), and the steps of a group (section 7.7)."""

from collections.abc import Sequence
from itertools import accumulate

from rulelang.check.program import GroupProgram, OrderProgram
from rulelang.run.domain import Domain, Sharers
from rulelang.run.payments import PartOf, Payments, Rank, Ranked
from rulelang.run.resources import Resources
from rulelang.run.run_state import Capacity
from rulelang.run.values import Truth, Value


def at_most(domain: Domain, amount: Value, capacity: Capacity) -> Value:
    """The draw: the lower of a loss and a capacity (``None``: unlimited)."""
    return amount if capacity is None else domain.least((amount, capacity))


# ------------------------------------------------------------------------------------------------- section 7.5: a step


def shared(resources: Resources, draw: Value, origin: tuple[Payments, int] | None = None) -> Payments:
    """A draw shared among the payers of a turn; ``origin`` says of which sharing the draw is a part, if it is one."""
    step = resources.turn.step
    if step.order is not None:
        return _by_rank(step.order, resources, draw)
    return resources.at.domain.share(draw, resources.sharers(reallocates=step.reallocates), origin)


def _by_rank(order: OrderProgram, resources: Resources, draw: Value) -> Payments:
    """The payers of the first rank are exhausted before the next; inside a rank the sharing clause applies."""
    at, domain = resources.at, resources.at.domain
    if resources.present is not None:
        at = at.where(resources.members, resources.present)
    said = at.column(order.value, resources.members)
    values = said if order.ranks is None else domain.looked_up(order.ranks, said)
    ranks = domain.ranked(values, highest=order.highest)
    if ranks is None:
        return domain.share_ranked(draw, resources.sharers(reallocates=True), values, highest=order.highest)
    able = frozenset(resources.able)
    rest = draw
    found = []
    for places in ranks:
        lent = resources.lent([place for place in places if place in able], rest)
        part = at_most(domain, rest, lent)
        found.append(Rank(tuple(places), domain.share(part, _rank_sharers(resources, places))))
        rest = domain.rest(rest, part)
    return Ranked(tuple(found), said)


def _rank_sharers(resources: Resources, places: Sequence[int]) -> Sharers:
    keys, limits = ([row[place] for place in places] for row in (resources.keys, resources.limits))
    ids = [resources.payers[place] for place in places]
    present = None if resources.present is None else [resources.present[place] for place in places]
    return Sharers(ids, keys, limits, present=present)


# ------------------------------------------------------------------------------------------------- section 7.7: a group


def divided(group: GroupProgram, turns: Sequence[Resources], before: Value, domain: Domain) -> Payments:
    """The draw of a group divided among its steps, by capacity or in a ratio."""
    capacities = [one.capacity for one in turns]
    draw = at_most(domain, before, None if None in capacities else domain.total(capacities))
    if not group.ratio:
        return domain.divide(draw, capacities, capacities)
    ratio = dict(zip((step.name for step in group.steps), group.ratio, strict=True))
    return domain.divide(draw, [ratio[one.turn.step.name] for one in turns], capacities)


def pooled(turns: Sequence[Resources], before: Value, domain: Domain) -> Payments:
    """All pairs of step and payer share the draw at once, each with its own step's key and limit."""
    pairs = [(payer, number) for number, one in enumerate(turns) for payer in one.payers]
    keys = [key for one in turns for key in one.keys]
    limits = [limit for one in turns for limit in one.limits]
    lent = [one.lent(one.able, before) for one in turns]
    draw = at_most(domain, before, None if None in lent else domain.total(lent))
    present: list[Truth] | None = None
    if any(one.present is not None for one in turns):
        present = [there for one in turns for there in one.present or (True,) * len(one.payers)]
    return domain.share(draw, Sharers(pairs, keys, limits, present=present))


def parts_of(pool: Payments, turns: Sequence[Resources]) -> list[Payments]:
    """What the payers of each step pay of what a whole pool pays."""
    sizes = [len(one.payers) for one in turns]
    starts = accumulate(sizes, initial=0)
    return [PartOf(pool, start, size) for start, size in zip(starts, sizes, strict=False)]
