"""Payers, keys, limits and capacity of a turn of the plan (section 7.4 of the specification)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from attrs import define, evolve, frozen

from rulelang.check.program import PotProgram, StepProgram
from rulelang.run.domain import Domain, Payments, Row, Sharers, Truth, Value
from rulelang.run.expressions import Moment
from rulelang.run.plan import LimitPlan, TurnPlan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import Capacity
from rulelang.syntax import nodes


@frozen
class Said:
    """What one `up to` allows each payer, what its window has counted already (``None``: no window), and the rest."""

    values: Row
    already: list[int] | None
    left: Row


@frozen
class Resources:
    """What a turn can draw on: ids of the payers, their positions (``None`` for the CCP or a party), keys and limits.

    ``able`` are the places of the payers that are there and whose key is not zero; the others pay nothing and lend no
    capacity.  ``present`` says in which scenarios each payer is there, and ``lending`` in which it is able (both
    ``None``: in all).
    """

    payers: tuple[str, ...]
    members: tuple[int | None, ...]
    keys: tuple[Value, ...]
    limits: tuple[Capacity, ...]
    able: tuple[int, ...]
    total_limit: Capacity
    capacity: Capacity
    present: tuple[Truth, ...] | None = None
    lending: tuple[Truth, ...] | None = None
    said: tuple["Said", ...] = ()
    left_out: tuple[str, ...] = ()
    pots: Row | None = None
    parts: Row | None = None

    def sharers(self, *, reallocates: bool) -> Sharers:
        """Those who share what the turn draws."""
        return Sharers(self.payers, self.keys, self.limits, reallocates, self.present)

    def lent(self, domain: Domain, places: Sequence[int], before: Value) -> Value | None:
        """The sum of the limits of some of the able payers; ``None`` if they have none.

        Where it varies whether anybody is able, ``before``, the loss there is, stands for no limit.
        """
        limits = [self.limits[place] for place in places]
        lending = None if self.lending is None else [self.lending[place] for place in places]
        if any(limit is None for limit in limits):
            return None if lending is None else domain.chosen([domain.anyone(lending)], [before], [0])[0]
        return domain.total(limits, lending, floored=True)


@define
class PotSplits:
    """How pots that serve all segments are split, once for each payer, by the run as it stood when the step started."""

    start: Moment
    parts: dict[Any, Payments]

    def of(self, pot: PotProgram, who: Sequence[Any], asking: Moment) -> list[Payments]:
        """The parts of each payer's pot, in the order of the segments."""
        start = self.start.on(asking.path)
        # what is refused is refused where somebody asks, so on a path of its own it is worked out anew
        new = [member for member in who if member not in self.parts or start.path is not None]
        if new:
            self._split(pot, new, start)
        return [self.parts[member] for member in who]

    def _split(self, pot: PotProgram, who: Sequence[Any], start: Moment) -> None:
        assert pot.split_by is not None
        columns = []
        for segment in start.plan.program.segments:
            column = start.within(segment).column(pot.split_by, who)
            what = f"what the pot is split by in {segment}"
            columns.append(refuse_negative(start, pot.split_by, column, who, "negative-key", what))
        domain = start.domain
        left = domain.whole_each(pot_left(start, pot, who))
        for index, member in enumerate(who):
            weights = [column[index] for column in columns]
            self.parts[member] = domain.divide(left[index], weights, (None,) * len(weights))


def make_resources(turn: TurnPlan, at: Moment, splits: PotSplits | None, before: Value = 0) -> Resources:
    """The resources of a turn at the moment it is reached, with so much loss.

    Raises:
        RuleViolation: a limit or a key is below zero, or an expression cannot be evaluated.
    """
    step, domain = turn.step, at.domain
    members, present, at, left_out = _chosen(step, at)
    ids = at.plan.event.members
    payers = tuple(step.payers if member is None else ids[member] for member in members)
    said = tuple(_limit(limit, at, members, payers) for limit in turn.limits)
    each = [one.left for one, limit in zip(said, turn.limits, strict=True) if limit.limit.each]
    totals = [one.left[0] for one, limit in zip(said, turn.limits, strict=True) if not limit.limit.each]
    pots, parts = (None, None) if step.pot is None else _pot(step.pot, at, members, splits)
    if pots is not None:
        each.append(pots if parts is None else parts)
    limits = _lowest(domain, each, len(payers))
    total_limit = domain.least([domain.whole(total) for total in totals]) if totals else None
    keys = _keys(step, at, members, limits)
    lending = domain.comparisons("!=", list(keys), [0] * len(keys))
    if present is not None:
        lending = domain.both(present, lending)
    able = tuple(place for place, truth in enumerate(lending) if truth is not False)
    settled = all(lending[place] is True for place in able)
    if settled and type(domain).__name__ == "ExactNumbers":
        lent = None if any(limits[place] is None for place in able) else sum(limits[place] for place in able)  # type: ignore[misc]
        capacity = min((bound for bound in (total_limit, lent) if bound is not None), default=None)
        out = tuple(step.payers if member is None else ids[member] for member in left_out)
        return Resources(
            payers, members, keys, limits, able, total_limit, capacity, present, None, said, out, pots, parts
        )
    resources = Resources(
        payers, members, keys, limits, able, total_limit, None, present, None if settled else tuple(lending),
        said, tuple(step.payers if member is None else ids[member] for member in left_out), pots, parts,
    )  # fmt: skip
    return evolve(resources, capacity=_capacity(domain, resources, before))


def _capacity(domain: Domain, resources: Resources, before: Value) -> Capacity:
    """The lowest of the total limit and of what all payers lend together."""
    lent = resources.lent(domain, resources.able, before)
    if resources.total_limit is None:
        return lent
    if not any(resources.limits[place] is None for place in resources.able):
        return domain.least((resources.total_limit, lent))
    if resources.lending is None:
        return resources.total_limit
    lending = [resources.lending[place] for place in resources.able]
    return domain.chosen([domain.anyone(lending)], [resources.total_limit], [0])[0]


def _chosen(
    step: StepProgram, at: Moment
) -> tuple[tuple[int | None, ...], tuple[Truth, ...] | None, Moment, tuple[int | None, ...]]:
    """The payers that may be charged, whether each is there (``None``: all are), the moment where they are, others."""
    who: Sequence[int | None] = (None,)
    present: Sequence[Truth] | None = None
    if not step.single_payer:
        who, present = at.population(step.payers)
        if present is not None:
            at = at.where(who, present)
    if step.where is None:
        return tuple(who), None if present is None else tuple(present), at, ()
    holds = at.column(step.where, who)
    if present is not None:
        holds = at.domain.both(present, holds)
    places = [index for index, truth in enumerate(holds) if truth is not False]
    some, truths = tuple(who[index] for index in places), tuple(holds[index] for index in places)
    if all(truth is True for truth in truths):
        return some, None, at, tuple(who[index] for index, truth in enumerate(holds) if truth is False)
    return some, truths, at.where(some, truths), ()


def _limit(plan: LimitPlan, at: Moment, members: Sequence[int | None], payers: Sequence[str]) -> Said:
    """The value of a limit for each payer (one alone for a limit in total), less what its window has counted."""
    limit = plan.limit
    values = at.column(limit.value, members) if limit.each else [at.one(limit.value)]
    who = members if limit.each else (None,)
    values = refuse_negative(at, limit.value, values, who, "negative-limit", "the limit")
    if plan.already is None:
        return Said(values, None, values)
    already = [plan.already.get(payer, 0) for payer in payers] if limit.each else [sum(plan.already.values())]
    left = at.domain.greatest_each([at.domain.minus(values, already), [0] * len(values)])
    return Said(values, already, left)


def refuse_negative(
    at: Moment, node: nodes.Expression, values: Row, who: Sequence[int | None], code: str, what: str
) -> Row:
    """The values, which are refused below zero.

    Raises:
        RuleViolation: one of them is, in a domain that settles every truth.
    """
    refused = False
    if type(at.domain).__name__ == "ExactNumbers" and (not values or min(values) >= 0):
        return values
    for index, truth in enumerate(at.domain.comparisons("<", values, [0] * len(values))):
        if truth is not False:
            program, value = at.plan.program, values[index]
            money = code == "negative-limit" or program.types[id(node)].type.kind.value == "money"
            shown = program.currency.show(value) if money and isinstance(value, int | Fraction) else str(value)
            violation = RuleViolation(code, f"{what} is {shown}, below zero", node, at.member(who[index]))
            refused |= at.refuse(who[index], truth, violation)
    return at.domain.greatest_each([values, [0] * len(values)]) if refused else values


def _pot(
    pot: PotProgram, at: Moment, members: Sequence[int | None], splits: PotSplits | None
) -> tuple[Row, Row | None]:
    """What is left of each payer's pot, and the part of it that it may use here, if that is another."""
    left = pot_left(at, pot, members) if members else []
    if splits is None:
        return left, None
    place = at.plan.program.segments.index(at.segment or "")
    return left, [parts.of(place) for parts in splits.of(pot, members, at)]


def pot_left(at: Moment, pot: PotProgram, who: Sequence[int | None]) -> list[Value]:
    """What is left of each payer's pot."""
    key, domain = (pot.name, at.segment if pot.per_segment else None), at.domain
    turns = at.state.drawing_on(key)
    if not pot.per_member:
        return domain.minus([at.data.givens[key]], [domain.total([turn.drawn for turn in turns])])
    column, ids = at.data.fields[key], at.plan.event.members
    positions = [member for member in who if member is not None]
    left = [column[member] for member in positions]
    if not turns:
        return left
    paid = at.state.paid_by(domain, [turn.turn.key for turn in turns], [ids[member] for member in positions])
    if at.path is not None:
        paid = domain.present_only(paid, at.path.of(positions))
    return domain.minus(left, paid)


def _lowest(domain: Domain, columns: Sequence[Row], count: int) -> tuple[Capacity, ...]:
    """The lowest limit of each payer, rounded down; ``None`` where there is no limit at all."""
    if not columns:
        return (None,) * count
    return tuple(domain.whole_each(columns[0] if len(columns) == 1 else domain.least_each(columns)))


def _keys(
    step: StepProgram, at: Moment, members: Sequence[int | None], limits: Sequence[Capacity]
) -> tuple[Value, ...]:
    if step.key is None or step.key == "equally":
        return (1,) * len(members)
    if step.key == "limits":
        return tuple(limits)
    assert isinstance(step.key, nodes.Expression)
    keys = at.column(step.key, members)
    return tuple(refuse_negative(at, step.key, keys, members, "negative-key", "the key"))
