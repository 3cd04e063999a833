"""Payers, limits, pots, keys and capacity of a turn (section 7.4 of the specification)."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from rulelang.check.program import LimitProgram, StepProgram
from rulelang.run.domain import Domain, Sharers
from rulelang.run.expressions import Moment
from rulelang.run.plan import TurnPlan
from rulelang.run.pots import PotSplits, pot_left
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
    # 1. the payers
    who, present, inside = at.those(step.payers, step.where)
    members = tuple(who)
    payers = _ids(step, at, members)
    # 2. each limit, and 3. the pot
    limited = list(zip(step.limits, turn.already, strict=True))
    values = tuple([_limit_values(limit, already, inside, members, payers) for limit, already in limited])
    pots, pot_parts = _pots(step, inside, members, splits)
    # 4. the limit of each payer, and 5. the total limit
    each = [one.left for one, limit in zip(values, step.limits, strict=True) if limit.each]
    money = pot_parts or pots
    limits = _lowest(domain, each if money is None else [*each, money], len(payers))
    totals = [one.left[0] for one, limit in zip(values, step.limits, strict=True) if not limit.each]
    total_limit = domain.least(domain.whole_each(totals)) if totals else None
    # 6. the keys, and 7. who pays nothing because its key is zero
    keys = _keys(step, inside, members, limits)
    lending = domain.nonzero(list(keys))
    if present is not None:
        lending = domain.both(present, lending)
    able = tuple([place for place, truth in enumerate(lending) if truth is not False])
    # 8. the capacity: the lowest of the total limit and of what all able payers lend together
    varying = None if {bool}.issuperset(map(type, lending)) else lending
    capacity = _lent(domain, limits, varying, able, before if total_limit is None else total_limit)
    if total_limit is not None:
        capacity = total_limit if capacity is None else domain.least((total_limit, capacity))
    if gate is not True:  # nobody is there and nothing is lent where the condition does not hold
        gates = [gate] * len(payers)
        present = domain.both(gates, present or [True] * len(payers))
        varying = domain.both(gates, lending)
        capacity = domain.chosen([gate], [before if capacity is None else capacity], [0])[0]
    return Resources(
        turn, at, payers, members, present, values, pots, pot_parts, limits, total_limit, keys, able, varying, capacity
    )


def _ids(step: StepProgram, at: Moment, members: Who) -> tuple[str, ...]:
    """The ids of payers; the CCP and parties are called by their names."""
    return (step.payers,) * len(members) if step.single_payer else tuple(at.ids(members))


def _limit_values(
    limit: LimitProgram, counted: Mapping[str, int] | None, at: Moment, members: Who, payers: Sequence[str]
) -> LimitValues:
    """The value of a limit for each payer, or for all, less what its window has counted (section 7.9)."""
    values = at.not_below_zero(limit.value, members if limit.each else ONE, "negative-limit", "the limit")
    if counted is None:
        return LimitValues(values, None, values)
    already = [counted.get(payer, 0) for payer in payers] if limit.each else [sum(counted.values())]
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
        return tuple(at.not_below_zero(step.key, members, "negative-key", "the key"))
    return tuple(limits) if step.key == "limits" else (1,) * len(members)


def _lent(
    domain: Domain, limits: Sequence[Capacity], lending: Sequence[Truth] | None, places: Sequence[int], before: Value
) -> Capacity:
    """See :meth:`Resources.lent`."""
    lent = [limits[place] for place in places]
    truths = None if lending is None else [lending[place] for place in places]
    if None not in lent:
        return domain.total(lent, truths, floored=True)
    return None if truths is None else domain.chosen([domain.anyone(truths)], [before], [0])[0]
