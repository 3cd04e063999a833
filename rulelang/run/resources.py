"""Payers, limits, pots, keys and capacity of a turn (section 7.4 of the specification)."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import assert_never

from rulelang.base.values import unchanging
from rulelang.check.program import During, StepProgram
from rulelang.run.domain import Domain, Sharers
from rulelang.run.expressions import Moment
from rulelang.run.over_time import Counts, LimitPlan
from rulelang.run.plan import TurnPlan
from rulelang.run.pots import PotSplits, pot_left
from rulelang.run.run_state import Capacity, TurnResult, paid_by
from rulelang.run.values import ONE, Row, Truth, Value, Who
from rulelang.syntax import nodes


@unchanging
class LimitValues:
    """One ``up to`` for each payer (one value alone if it is in total), before rounding.

    ``values`` is what it says, ``already`` what it has counted (``None``: nothing), ``left`` the rest; ``resizings``
    are the days of a limit at every resizing, each with the value as of it and what was paid from it on.
    """

    values: Row
    already: Sequence[int] | None
    left: Row
    resizings: Sequence[tuple[datetime.date, Row, Row]] = ()


@unchanging
class Resources:
    """What a turn can draw on at a moment: ids of the payers, their positions (``None``: no member), keys and limits.

    ``able`` are the places of the payers that are there and whose key is not zero; the others pay nothing and lend no
    capacity.  ``present`` says in which scenarios each payer is there, and ``lending`` in which it is able (both
    ``None``: in all).
    """

    turn: TurnPlan
    at: Moment
    payers: tuple[str, ...]
    members: tuple[int | None, ...]
    present: Sequence[Truth] | None
    limit_values: tuple[LimitValues, ...]
    pots: Row | None
    pot_parts: Row | None
    limits: tuple[Capacity, ...]
    total_limit: Capacity
    keys: tuple[Value, ...]
    able: tuple[int, ...]
    lending: Sequence[Truth] | None
    capacity: Capacity
    gate: Truth
    decided_most: Value | None = None

    @property
    def left_out(self) -> tuple[str, ...]:
        """Those for whom ``where`` does not hold."""
        step, charged = self.turn.step, frozenset(self.payers)
        everybody = () if step.where is None else _ids(step, self.at, self.at.population(step.payers)[0])
        return tuple(payer for payer in everybody if payer not in charged)

    def sharers(self, *, reallocates: bool) -> Sharers:
        """Those who share what the turn draws."""
        return Sharers(self.payers, self.keys, self.limits, reallocates, self.present)

    def lent(self, places: Sequence[int], before: Value) -> Capacity:
        """The sum of the limits of some of the able payers; ``None`` if that is unlimited.

        Where it varies whether anybody is able, ``before``, the loss there is, stands for no limit.
        """
        return _lent(self.at.domain, self.limits, self.lending, places, before)


def make_resources(turn: TurnPlan, at: Moment, splits: PotSplits | None, gate: Truth, before: Value = 0) -> Resources:
    """The resources of a turn at the moment it is reached, with so much loss, where its condition (``gate``) holds.

    The comments number the points of section 7.4.

    Raises:
        RuleViolation: a limit or a key is below zero, or an expression cannot be evaluated.
    """
    step, domain = turn.step, at.domain
    at = at.where(ONE, (gate,))
    # 1. the payers; who has withdrawn is none, whatever the population
    who, present, inside = at.those(step.payers, step.where)
    members = tuple(who)
    payers = _ids(step, at, members)
    # 2. each limit, and 3. the pot
    values: list[LimitValues] = []
    each: list[Row] = []
    totals: list[Value] = []
    for plan in turn.limits:
        values.append(limit_values(plan, inside, members, payers))
        if plan.limit.each:
            each.append(values[-1].left)
        else:
            totals.append(values[-1].left[0])
    pots, pot_parts = _pots(step, inside, members, splits)
    # 4. the limit of each payer, and 5. the total limit
    money = pot_parts or pots
    limits = _lowest(domain, each if money is None else [*each, money], len(payers))
    most = None
    if turn.most is not None:  # what was decided is one more, for all turns of the step together
        paid = [result.drawn for result in at.state.so_far() if result.turn.step is step]
        most = domain.greatest_each([domain.minus([turn.most], [domain.total(paid)]), [0]])[0]
        totals.append(most)
    total_limit = domain.least(domain.whole_each(totals)) if totals else None
    # 6. the keys, and 7. who pays nothing because its key is zero
    keys = _keys(step, inside, members, limits)
    lending = domain.nonzero(keys)
    if present is not None:
        lending = domain.both(present, lending)
    varying = None if {bool}.issuperset(map(type, lending)) else lending
    able = tuple(compress(range(len(keys)), lending if varying is None else [truth is not False for truth in lending]))
    # 8. the capacity: the lowest of the total limit and of what all able payers lend together
    capacity = _lent(domain, limits, varying, able, before if total_limit is None else total_limit)
    if total_limit is not None:
        capacity = total_limit if capacity is None else domain.least((total_limit, capacity))
    if gate is not True:  # nobody is there and nothing is lent where the condition does not hold
        gates = [gate] * len(payers)
        present = domain.both(gates, present or [True] * len(payers))
        varying = domain.both(gates, lending)
        capacity = domain.chosen([gate], [before if capacity is None else capacity], [0])[0]
    return Resources(
        turn,
        at,
        payers,
        members,
        present,
        tuple(values),
        pots,
        pot_parts,
        limits,
        total_limit,
        tuple(keys),
        able,
        varying,
        capacity,
        gate,
        most,
    )


def _ids(step: StepProgram, at: Moment, members: Who) -> tuple[str, ...]:
    """The ids of payers; the CCP and parties are called by their names."""
    return (step.payers,) * len(members) if step.single_payer else tuple(at.ids(members))


def limit_values(plan: LimitPlan, at: Moment, members: Who, payers: Sequence[str]) -> LimitValues:
    """The value of a limit for each payer, or for all, less what it has counted already (section 7.9)."""
    limit, domain = plan.limit, at.domain
    who = members if limit.each else ONE
    if plan.days:
        return _at_every_resizing(plan, at, who, payers)
    values = domain.of_members(at.not_below_zero(limit.value, who, "negative-limit", "the limit"), who)
    already = _already(plan, at, payers)
    if already is None:
        return LimitValues(values, None, values)
    left = domain.greatest_each([domain.minus(values, already), [0] * len(values)])
    return LimitValues(values, already, left)


def _at_every_resizing(plan: LimitPlan, at: Moment, who: Who, payers: Sequence[str]) -> LimitValues:
    """The lowest, over the days of the window, of the value as of that day less what was paid from that day on.

    The value is the same from one of the plan's days to the next, and less was paid from a later day on than from an
    earlier one; so those days are enough.
    """
    domain, limit = at.domain, plan.limit
    run = _paid_in_run(plan, at, payers)
    resizings: list[tuple[datetime.date, Row, Row]] = []
    for day, paid in plan.days:
        values = at.as_of(day).not_below_zero(limit.value, who, "negative-limit", "the limit")
        before = _before(plan, paid, domain, payers)
        resizings.append((day, values, before if run is None else domain.plus(before, run)))
    lefts = [domain.minus(values, before) for _, values, before in resizings]
    left = domain.greatest_each([domain.least_each(lefts), [0] * len(who)])
    values = at.not_below_zero(limit.value, who, "negative-limit", "the limit")
    already = _before(plan, plan.already, domain, payers)
    return LimitValues(values, already if run is None else domain.plus(already, run), left, resizings)


def _already(plan: LimitPlan, at: Moment, payers: Sequence[str]) -> Row | None:
    """What a limit has counted for each payer, or for all, before this turn (``None``: it counts nothing)."""
    if not plan.counts_anything:
        return None
    domain = at.domain
    before = _before(plan, plan.already, domain, payers)
    if plan.counts is Counts.IF_OPEN:
        assert isinstance(plan.limit.over_time, During)
        is_open = at.state.opened.get(plan.limit.over_time.period, False)
        earlier = _sums(at, plan, at.state.before(), payers)
        before = domain.chosen([is_open] * len(before), domain.plus(before, earlier), [0] * len(before))
    run = _paid_in_run(plan, at, payers)
    return before if run is None else domain.plus(before, run)


def _before(plan: LimitPlan, paid: Mapping[str, Value], domain: Domain, payers: Sequence[str]) -> Row:
    """Of what was paid before the event, what each payer (or all, for a limit in total) paid."""
    return [paid.get(payer, 0) for payer in payers] if plan.limit.each else [domain.total(list(paid.values()))]


def _paid_in_run(plan: LimitPlan, at: Moment, payers: Sequence[str]) -> Row | None:
    """What was paid in this run under the steps of a limit, as far as it counts for certain."""
    match plan.counts:
        case Counts.NOTHING:
            return None
        case Counts.HERE | Counts.IF_OPEN:
            return _sums(at, plan, at.state.so_far(), payers)
        case Counts.ALL:
            return _sums(at, plan, (*at.state.before(), *at.state.so_far()), payers)
        case _:
            assert_never(plan.counts)


def _sums(at: Moment, plan: LimitPlan, results: Iterable[TurnResult], payers: Sequence[str]) -> Row:
    """What each payer (or all, for a limit in total) paid in those of some turns that a limit counts."""
    counted = [result for result in results if result.turn.key in plan.keys]
    if not plan.limit.each:
        return [at.domain.total([result.drawn for result in counted])]
    return paid_by(at.domain, counted, payers)


def _pots(step: StepProgram, at: Moment, members: Who, splits: PotSplits | None) -> tuple[Row | None, Row | None]:
    """What is left of each payer's pot, and the part of it that it may use in this segment if the pot is split."""
    if step.pot is None:
        return None, None
    left = pot_left(at, step.pot, members) if members else []
    if splits is None:
        return left, None
    place = at.plan.program.segments.index(at.segment or "")
    return left, [parts.of(place) for parts in splits.of(step.pot, members, at)]


def _lowest(domain: Domain, columns: Sequence[Row], count: int) -> tuple[Capacity, ...]:
    """The lowest limit of each payer, rounded down; ``None`` where there is no limit at all."""
    if not columns:
        return (None,) * count
    return tuple(domain.whole_each(columns[0] if len(columns) == 1 else domain.least_each(columns)))


def _keys(step: StepProgram, at: Moment, members: Who, limits: Sequence[Capacity]) -> Row:
    """The key of each payer; one that has none counts as one whose key is not zero."""
    if step.key == "limits":
        return list(limits)
    keys: Row = [1] * len(members)
    if isinstance(step.key, nodes.Expression):
        keys = at.not_below_zero(step.key, members, "negative-key", "the key")
    return at.domain.of_members(keys, members)


def _lent(
    domain: Domain, limits: Sequence[Capacity], lending: Sequence[Truth] | None, places: Sequence[int], before: Value
) -> Capacity:
    """See :meth:`Resources.lent`."""
    lent = limits if len(places) == len(limits) else [limits[place] for place in places]
    truths = None if lending is None else [lending[place] for place in places]
    if None not in lent:
        return domain.total(lent, truths, floored=True)
    return None if truths is None else domain.chosen([domain.anyone(truths)], [before], [0])[0]
