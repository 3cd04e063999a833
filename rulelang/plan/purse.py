"""Payers, keys, limits and capacity of a turn of the plan (section 7.4 of the specification)."""

from collections.abc import Sequence
from typing import Any

from attrs import define, frozen

from rulelang.check.program import PotProgram, StepProgram
from rulelang.check.trouble import Trouble
from rulelang.plan.domain import Domain, Payments, Sharers, Value
from rulelang.plan.expressions import Moment
from rulelang.plan.plan import LimitPlan, TurnPlan
from rulelang.plan.standing import Capacity
from rulelang.syntax import nodes


@frozen
class Purse:
    """What a turn can draw on: ids of the payers, their positions (``None`` for the CCP or a party), keys and limits.

    ``able`` are the places of the payers whose key is not zero; the others pay nothing and lend no capacity.
    """

    payers: tuple[str, ...]
    members: tuple[int | None, ...]
    keys: tuple[Value, ...]
    limits: tuple[Capacity, ...]
    able: tuple[int, ...]
    total_limit: Capacity
    capacity: Capacity

    def sharers(self, *, reallocates: bool) -> Sharers:
        """Those who share what the turn draws."""
        return Sharers(self.payers, self.keys, self.limits, reallocates)


@define
class PotSplits:
    """How pots that serve all segments are split, once for each payer, by the run as it stood when the step started."""

    start: Moment
    parts: dict[Any, Payments]

    def of(self, pot: PotProgram, who: Sequence[Any]) -> list[Payments]:
        """The parts of each payer's pot, in the order of the segments."""
        new = [member for member in who if member not in self.parts]
        if new:
            self._split(pot, new)
        return [self.parts[member] for member in who]

    def _split(self, pot: PotProgram, who: Sequence[Any]) -> None:
        assert pot.split_by is not None
        columns = []
        for segment in self.start.plan.program.segments:
            column = self.start.within(segment).column(pot.split_by, who)
            what = f"what the pot is split by in {segment}"
            refuse_negative(self.start, pot.split_by, column, who, "negative-key", what)
            columns.append(column)
        left = pot_left(self.start, pot, who)
        domain = self.start.domain
        for index, member in enumerate(who):
            weights = [column[index] for column in columns]
            self.parts[member] = domain.divide(domain.whole(left[index]), weights, (None,) * len(weights))


def make_purse(turn: TurnPlan, at: Moment, splits: PotSplits | None) -> Purse:
    """The purse of a turn at the moment it is reached.

    Raises:
        Trouble: a limit or a key is below zero, or an expression cannot be evaluated.
    """
    step, domain = turn.step, at.domain
    members = _chosen(step, at)
    ids = at.plan.event.members
    payers = tuple(step.payers if member is None else ids[member] for member in members)
    each = [_limit(limit, at, members, payers) for limit in turn.limits if limit.limit.each]
    totals = [_limit(limit, at, members, payers)[0] for limit in turn.limits if not limit.limit.each]
    if step.pot is not None:
        each.append(_pot(step.pot, at, members, splits))
    limits = _lowest(domain, each, len(payers))
    total_limit = domain.least([domain.whole(total) for total in totals]) if totals else None
    keys = _keys(step, at, members, limits)
    able = tuple(place for place, key in enumerate(keys) if domain.sign(key))
    lent = [limits[place] for place in able]
    bounds = [] if total_limit is None else [total_limit]
    if None not in lent:
        bounds.append(sum(lent))
    capacity = domain.least(bounds) if bounds else None
    return Purse(payers, members, keys, limits, able, total_limit, capacity)


def _chosen(step: StepProgram, at: Moment) -> tuple[int | None, ...]:
    """The payers whose condition holds."""
    who: tuple[int | None, ...] = (None,) if step.single_payer else at.plan.populations[step.payers]
    if step.where is None:
        return who
    return tuple(member for member, able in zip(who, at.column(step.where, who), strict=True) if able)


def _limit(plan: LimitPlan, at: Moment, members: Sequence[int | None], payers: Sequence[str]) -> list[Value]:
    """The value of a limit for each payer (one alone for a limit in total), less what its window has counted."""
    limit = plan.limit
    values = at.column(limit.value, members) if limit.each else [at.one(limit.value)]
    refuse_negative(at, limit.value, values, members if limit.each else (None,), "negative-limit", "the limit")
    if plan.already is None:
        return values
    already = [plan.already.get(payer, 0) for payer in payers] if limit.each else [sum(plan.already.values())]
    return [at.domain.greatest((value - before, 0)) for value, before in zip(values, already, strict=True)]


def refuse_negative(
    at: Moment, node: nodes.Expression, values: Sequence[Value], who: Sequence[int | None], code: str, what: str
) -> None:
    """Raise ``Trouble`` if one of the values is below zero."""
    for index, value in enumerate(values):
        if at.domain.sign(value) < 0:
            program = at.plan.program
            money = code == "negative-limit" or program.facts[id(node)].type.kind.value == "money"
            shown = program.currency.show(value) if money and not hasattr(value, "slope") else str(value)
            raise Trouble(code, f"{what} is {shown}, below zero", node, at.member(who[index]))


def _pot(pot: PotProgram, at: Moment, members: Sequence[int | None], splits: PotSplits | None) -> list[Value]:
    """What each payer's pot lets it pay."""
    if splits is None:
        return pot_left(at, pot, members) if members else []
    place = at.plan.program.segments.index(at.segment or "")
    return [parts.of(place) for parts in splits.of(pot, members)]


def pot_left(at: Moment, pot: PotProgram, who: Sequence[int | None]) -> list[Value]:
    """What is left of each payer's pot."""
    key = (pot.name, at.segment if pot.per_segment else None)
    turns = at.standing.drawing_on(key)
    if not pot.per_member:
        return [at.data.givens[key] - sum(turn.drawn for turn in turns)]
    column, ids = at.data.fields[key], at.plan.event.members
    positions = [member for member in who if member is not None]
    if not turns:
        return [column[member] for member in positions]
    return [column[member] - sum(turn.paid(ids[member]) for turn in turns) for member in positions]


def _lowest(domain: Domain, columns: Sequence[Sequence[Value]], count: int) -> tuple[Capacity, ...]:
    """The lowest limit of each payer, rounded down; ``None`` where there is no limit at all."""
    if not columns:
        return (None,) * count
    if len(columns) == 1:
        return tuple(domain.whole(value) for value in columns[0])
    return tuple(domain.whole(domain.least(row)) for row in zip(*columns, strict=True))


def _keys(
    step: StepProgram, at: Moment, members: Sequence[int | None], limits: Sequence[Capacity]
) -> tuple[Value, ...]:
    if step.key is None or step.key == "equally":
        return (1,) * len(members)
    if step.key == "limits":
        return tuple(limits)
    assert isinstance(step.key, nodes.Expression)
    keys = at.column(step.key, members)
    refuse_negative(at, step.key, keys, members, "negative-key", "the key")
    return tuple(keys)
