"""Payers, limits, pots, keys and capacity of a turn (section 7.4 of the specification)."""

from collections.abc import Sequence

from attrs import evolve, frozen

from rulelang.check.program import StepProgram
from rulelang.run.domain import Domain, Sharers
from rulelang.run.expressions import Moment
from rulelang.run.plan import LimitPlan, TurnPlan
from rulelang.run.pots import PotSplits, pot_left
from rulelang.run.refusals import refuse_below_zero
from rulelang.run.run_state import Capacity
from rulelang.run.values import ONE, Row, Truth, Value, Who
from rulelang.syntax import nodes


@frozen
class LimitValues:
    """One ``up to`` for each payer (one value alone if it is in total), before rounding.

    ``values`` is what it says, ``already`` what its window has counted (``None``: no window), ``left`` the rest.
    """

    values: Row
    already: Sequence[int] | None
    left: Row


@frozen
class Resources:
    """What a turn can draw on: ids of the payers, their positions (``None`` for the CCP or a party), keys and limits.

    ``able`` are the places of the payers that are there and whose key is not zero; the others pay nothing and lend no
    capacity.  ``present`` says in which scenarios each payer is there, and ``lending`` in which it is able (both
    ``None``: in all).
    """

    payers: tuple[str, ...]
    left_out: tuple[str, ...]
    members: tuple[int | None, ...]
    present: tuple[Truth, ...] | None
    limit_values: tuple[LimitValues, ...]
    pots: Row | None
    pot_parts: Row | None
    limits: tuple[Capacity, ...]
    total_limit: Capacity
    keys: tuple[Value, ...]
    able: tuple[int, ...]
    lending: tuple[Truth, ...] | None
    capacity: Capacity

    def sharers(self, *, reallocates: bool) -> Sharers:
        """Those who share what the turn draws."""
        return Sharers(self.payers, self.keys, self.limits, reallocates, self.present)

    def lent(self, domain: Domain, places: Sequence[int], before: Value) -> Capacity:
        """The sum of the limits of some of the able payers; ``None`` if that is unlimited.

        Where it varies whether anybody is able, ``before``, the loss there is, stands for no limit.
        """
        lending = None if self.lending is None else [self.lending[place] for place in places]
        return _lent(domain, [self.limits[place] for place in places], lending, before)

    def only_where(self, domain: Domain, gate: Truth, before: Value) -> "Resources":
        """The same, but nobody is there and nothing is lent where the condition of the turn does not hold."""
        if gate is True:
            return self
        present = self.present or (True,) * len(self.payers)
        lending = self.lending or tuple(place in self.able for place in range(len(self.payers)))
        return evolve(
            self,
            present=tuple(domain.both([gate] * len(present), present)),
            lending=tuple(domain.both([gate] * len(lending), lending)),
            capacity=domain.chosen([gate], [before if self.capacity is None else self.capacity], [0])[0],
        )


def make_resources(turn: TurnPlan, at: Moment, splits: PotSplits | None, before: Value = 0) -> Resources:
    """The resources of a turn at the moment it is reached, with so much loss; the comments number section 7.4.

    Raises:
        RuleViolation: a limit or a key is below zero, or an expression cannot be evaluated.
    """
    step, domain = turn.step, at.domain
    # 1. the payers
    members, present, at, left_out = _chosen(step, at)
    payers = _ids(step, at, members)
    # 2. each limit, and 3. the pot
    values = tuple(_limit_values(limit, at, members, payers) for limit in turn.limits)
    pots, pot_parts = _pots(step, at, members, splits)
    # 4. the limit of each payer, and 5. the total limit
    each = [one.left for one, limit in zip(values, turn.limits, strict=True) if limit.limit.each]
    limits = _lowest(domain, [*each, *(row for row in (pot_parts or pots,) if row is not None)], len(payers))
    totals = [one.left[0] for one, limit in zip(values, turn.limits, strict=True) if not limit.limit.each]
    total_limit = domain.least([domain.whole(total) for total in totals]) if totals else None
    # 6. the keys, and 7. who pays nothing because its key is zero
    keys = _keys(step, at, members, limits)
    lending = domain.nonzero(list(keys))
    if present is not None:
        lending = domain.both(present, lending)
    able = tuple([place for place, truth in enumerate(lending) if truth is not False])
    # 8. the capacity
    varying = None if {bool}.issuperset(map(type, lending)) else tuple(lending)
    capacity = _capacity(domain, total_limit, [limits[p] for p in able], varying and [varying[p] for p in able], before)
    return Resources(
        payers, _ids(step, at, left_out), members, present, values, pots, pot_parts, limits, total_limit, keys, able,
        varying, capacity,
    )  # fmt: skip


def _ids(step: StepProgram, at: Moment, members: Who) -> tuple[str, ...]:
    """The ids of payers; the CCP and parties are called by their names."""
    return (step.payers,) * len(members) if step.single_payer else tuple(at.ids(members))


def _chosen(
    step: StepProgram, at: Moment
) -> tuple[tuple[int | None, ...], tuple[Truth, ...] | None, Moment, tuple[int | None, ...]]:
    """The payers for whom ``where`` holds, whether each is there (``None``: all are), the moment there, the others."""
    who, present = (ONE, None) if step.single_payer else at.population(step.payers)
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


def _limit_values(plan: LimitPlan, at: Moment, members: Who, payers: Sequence[str]) -> LimitValues:
    """The value of a limit for each payer, or for all, less what its window has counted (section 7.9)."""
    limit = plan.limit
    who = members if limit.each else ONE
    values = at.column(limit.value, who)
    values = refuse_below_zero(at, limit.value, values, who, "negative-limit", "the limit")
    if plan.already is None:
        return LimitValues(values, None, values)
    already = [plan.already.get(payer, 0) for payer in payers] if limit.each else [sum(plan.already.values())]
    left = at.domain.greatest_each([at.domain.minus(values, already), [0] * len(values)])
    return LimitValues(values, already, left)


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


def _keys(step: StepProgram, at: Moment, members: Who, limits: Sequence[Capacity]) -> tuple[Value, ...]:
    """The key of each payer; one that has none counts as one whose key is not zero."""
    if isinstance(step.key, nodes.Expression):
        keys = at.column(step.key, members)
        return tuple(refuse_below_zero(at, step.key, keys, members, "negative-key", "the key"))
    return tuple(limits) if step.key == "limits" else (1,) * len(members)


def _lent(domain: Domain, limits: Row, lending: Sequence[Truth] | None, before: Value) -> Capacity:
    """The sum of the limits of payers that are able, where it is settled or as ``lending`` says."""
    if any(limit is None for limit in limits):
        return None if lending is None else domain.chosen([domain.anyone(lending)], [before], [0])[0]
    return domain.total(limits, lending, floored=True)


def _capacity(
    domain: Domain, total_limit: Capacity, limits: Row, lending: Sequence[Truth] | None, before: Value
) -> Capacity:
    """The lowest of the total limit and of what all able payers lend together."""
    lent = _lent(domain, limits, lending, before)
    if total_limit is None:
        return lent
    if not any(limit is None for limit in limits):
        return domain.least((total_limit, lent))
    return total_limit if lending is None else domain.chosen([domain.anyone(lending)], [total_limit], [0])[0]
