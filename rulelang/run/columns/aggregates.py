"""Aggregates over members and over segments (section 6.5 of the specification)."""

from collections.abc import Sequence
from typing import assert_never

from rulelang.base.gather import collected
from rulelang.run.domain import Domain
from rulelang.run.moment import RowSite, Standpoint, open_places
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.values import ONE, Row, Truth, Value, Who
from rulelang.syntax import nodes


def aggregate(at: Standpoint, node: nodes.Aggregate, who: Who) -> Row:
    """What some members, or the segments, come to: worked out once for each moment and segment."""
    if node.over == "segments":
        return _over_segments(at, node, who)
    inside = at.for_all(who)
    key = id(node), at.segment, id(inside.path)
    if key not in at.known:
        at.known[key] = at.domain.ranged([_over_members(inside, node)], RowSite(inside, node, ONE))[0]
    return [at.known[key]] * len(who)


def _over_segments(at: Standpoint, node: nodes.Aggregate, who: Who) -> Row:
    assert node.operand is not None
    totals: Row = [0] * len(who)
    for segment in at.plan.program.segments:
        inside = at.within(segment)
        truths = [True] * len(who) if node.where is None else inside.column(node.where, who)
        places = [index for index, truth in enumerate(truths) if truth is not False]
        some, holds = [who[index] for index in places], [truths[index] for index in places]
        values = inside.where(some, holds).column(node.operand, some)
        if open_places(holds):
            values = at.domain.chosen(holds, values, [0] * len(some))
        sums = at.domain.plus([totals[index] for index in places], values)
        for index, value in zip(places, sums, strict=True):
            totals[index] = value
    return at.domain.ranged(totals, RowSite(at, node, who))


def _over_members(at: Standpoint, node: nodes.Aggregate) -> Value:
    who, present, inside = at.those(node.over, node.where)
    domain = at.domain
    values = domain.of_members([1] * len(who) if node.operand is None else inside.column(node.operand, who), who)
    if node.by is not None:
        groups = domain.settled(inside.column(node.by, who), f"`{node.by.name}`, by which is added up,", node.by)
        values, present = _by_group(domain, groups, values, present)
    number = domain.how_many((None,) * len(values) if node.by is not None else who, present)
    match node.function:
        case "count":
            return number
        case "sum":
            return domain.total(values, present)
        case "largest":
            most = at.plan.program.constants.get(id(node), 1)
            assert isinstance(most, int)
            return domain.largest(most, values, present)
        case "smallest":
            _refuse_nobody(at, node, number)
            return domain.smallest(values, present) if values else 0
        case "average":
            _refuse_nobody(at, node, number)
            total = domain.total(values, present)
            return domain.quotients([total], [number], RowSite(at, node, ONE))[0] if values else 0
        case _:
            assert_never(node.function)


def _refuse_nobody(at: Standpoint, node: nodes.Aggregate, number: Value) -> None:
    nobody = at.domain.denied(at.domain.nonzero([number]))[0]
    if nobody is not False:
        violation = RuleViolation("nobody-to-average", f"the {node.function} of nobody is asked for", node)
        at.refuse(None, nobody, violation)


def _by_group(
    domain: Domain, groups: Row, values: Row, present: Sequence[Truth] | None
) -> tuple[Row, Sequence[Truth] | None]:
    """The sums of the values that belong to one group, and whether each group is there (``None``: all are)."""
    places = collected((group, place) for place, group in enumerate(groups))
    there = None if present is None else [[present[place] for place in some] for some in places.values()]
    sums = [
        domain.total([values[place] for place in some], None if there is None else there[number])
        for number, some in enumerate(places.values())
    ]
    return sums, None if there is None else [domain.anyone(truths) for truths in there]
