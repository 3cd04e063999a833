"""Expressions of the plan: evaluated column by column, as the interpreter does, over the numbers of a domain.

An expression is evaluated for several members at once (``who``, by their positions) and gives a list; what is the same
for all members is evaluated once.  ``if``, ``and`` and ``or`` evaluate each branch only for the members that need it.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import define, evolve, field, frozen

from rulelang.check.trouble import Trouble
from rulelang.check.types import Kind
from rulelang.plan.domain import Domain, Losses, Value
from rulelang.plan.plan import Key, Plan
from rulelang.plan.standing import Standing
from rulelang.syntax import nodes

Who = Sequence[Any]
_ONE = (None,)


@frozen
class Data:
    """The data of an event in the numbers of a domain: fields by member position, givens, the losses at the start."""

    fields: Mapping[Key, Sequence[Value]]
    givens: Mapping[Key, Value]
    losses: Losses


@define
class Moment:
    """Evaluates expressions at one moment of a run.

    ``segment`` is the segment whose turn it is; ``scope`` the segments whose losses the step meets (``None``: all);
    ``memo`` keeps what is the same for all members, and each definition per member, until the run goes on.
    """

    plan: Plan
    domain: Domain
    data: Data
    standing: Standing
    segment: str | None = None
    scope: frozenset[str] | None = None
    memo: dict[Any, Any] = field(factory=dict)

    def one(self, node: nodes.Expression) -> Value:
        """The value of an expression that is the same for all members."""
        if type(node) is not nodes.Aggregate:
            constant = self.plan.program.constants.get(id(node))
            if constant is not None:
                return constant
        return _COLUMNS[type(node)](self, node, _ONE)[0]

    def column(self, node: nodes.Expression, who: Who) -> list[Value]:
        """The value of an expression for each of ``who``."""
        if not who:
            return []
        if self.plan.program.facts[id(node)].per_member:
            return _COLUMNS[type(node)](self, node, who)
        return [self.one(node)] * len(who)

    def within(self, segment: str) -> "Moment":
        """The same moment, in a segment."""
        return evolve(self, segment=segment)

    def member(self, position: int | None) -> str | None:
        """The id of a member, for a diagnostic."""
        return None if position is None else self.plan.event.members[position]


# ---------------------------------------------------------------------------------------------------------- names


def _reference(at: Moment, node: nodes.Reference, who: Who) -> list[Value]:
    name, program = node.name, at.plan.program
    if name in program.fields:
        column = at.data.fields[name, at.segment if program.fields[name].per_segment else None]
        return [column[member] for member in who]
    if name in program.givens:
        return [at.data.givens[name, at.segment if program.givens[name].per_segment else None]] * len(who)
    return _definition(at, program.definitions[name].value, who)


def _definition(at: Moment, value: nodes.Expression, who: Who) -> list[Value]:
    known = at.memo.setdefault(("definition", id(value), at.segment), {})
    if not at.plan.program.facts[id(value)].per_member:
        if None not in known:
            known[None] = at.one(value)
        return [known[None]] * len(who)
    missing = [member for member in who if member not in known]
    if missing:
        known.update(zip(missing, at.column(value, missing), strict=True))
    return [known[member] for member in who]


def _run_value(at: Moment, node: nodes.RunValue, who: Who) -> list[Value]:
    match node.what:
        case "declared":
            return [at.plan.event.declared] * len(who)
        case "total_paid":
            return [at.standing.total_paid(at.plan.event.members[member]) for member in who]
        case "loss":
            return [at.data.losses.total(_places(at, None))] * len(who)
        case _:
            return [at.standing.losses.total(_places(at, at.scope))] * len(who)


def _places(at: Moment, scope: frozenset[str] | None) -> list[int]:
    """The losses of the segment whose turn it is (all, outside segments), as far as they are in scope."""
    return [
        place
        for place, loss in enumerate(at.plan.event.losses)
        if at.segment in (None, loss.segment) and (scope is None or loss.segment in scope)
    ]


def _step_result(at: Moment, node: nodes.StepResult, who: Who) -> list[Value]:
    step = at.plan.steps[node.step.text]
    if not step.per_segment:
        keys: list[Key] = [(step.name, None)]
    elif at.segment is not None:
        keys = [(step.name, at.segment)]
    else:
        keys = [(step.name, segment) for segment in at.plan.program.segments]
    standing = at.standing
    if node.what == "paid":
        ids = at.plan.event.members
        return [sum(standing.paid(key, ids[member]) for key in keys) for member in who]
    used = sum(standing.used(key) for key in keys)
    if node.what == "used":
        return [used] * len(who)
    capacities = [standing.capacity(key) for key in keys]
    assert None not in capacities, "the checker refuses `unused` of a step that may be unlimited"
    return [sum(capacity or 0 for capacity in capacities) - used] * len(who)


# ------------------------------------------------------------------------------------------------------- operators


def _negative(at: Moment, node: nodes.Negative, who: Who) -> list[Value]:
    return [-value for value in at.column(node.operand, who)]


def _negated(at: Moment, node: nodes.Negated, who: Who) -> list[Value]:
    return [not value for value in at.column(node.operand, who)]


def _arithmetic(at: Moment, node: nodes.Arithmetic, who: Who) -> list[Value]:
    left, right = at.column(node.left, who), at.column(node.right, who)
    match node.operator:
        case "+" | "-" if isinstance(left[0], datetime.date) or isinstance(right[0], datetime.date):
            return [_shifted(node, a, b) for a, b in zip(left, right, strict=True)]
        case "+":
            return [a + b for a, b in zip(left, right, strict=True)]
        case "-":
            return [a - b for a, b in zip(left, right, strict=True)]
        case "/":
            return [_divided(at, node, a, b, m) for a, b, m in zip(left, right, who, strict=True)]
        case _:
            return [at.domain.times(a, b, node) for a, b in zip(left, right, strict=True)]


def _divided(at: Moment, node: nodes.Arithmetic, dividend: Value, divisor: Value, member: int | None) -> Value:
    if not at.domain.sign(divisor):
        zero = at.plan.program.source.phrase(node.right.span)
        raise Trouble("division-by-zero", f"a division by zero: `{zero}` is 0", node, at.member(member))
    return at.domain.over(dividend, divisor, node)


def _shifted(node: nodes.Arithmetic, left: Any, right: Any) -> datetime.date:
    day, days = (left, right) if isinstance(left, datetime.date) else (right, left)
    try:
        return day + datetime.timedelta(days if node.operator == "+" else -days)
    except OverflowError:
        raise Trouble("impossible-date", f"{day} {node.operator} {days} days is beyond the calendar", node) from None


def _comparison(at: Moment, node: nodes.Comparison, who: Who) -> list[Value]:
    left, right = at.column(node.left, who), at.column(node.right, who)
    holds, operator = at.domain.holds, node.operator
    return [holds(operator, a, b) for a, b in zip(left, right, strict=True)]


def _connective(at: Moment, node: nodes.Connective, who: Who) -> list[Value]:
    """The right side is evaluated only where the left side does not settle it."""
    settled = node.operator == "or"
    result = at.column(node.left, who)
    open_ = [index for index, value in enumerate(result) if value is not settled]
    right = at.column(node.right, [who[index] for index in open_])
    for index, value in zip(open_, right, strict=True):
        result[index] = value
    return result


def _conditional(at: Moment, node: nodes.Conditional, who: Who) -> list[Value]:
    condition = at.column(node.condition, who)
    result: list[Value] = [None] * len(who)
    for branch, taken in ((node.then, True), (node.otherwise, False)):
        places = [index for index, value in enumerate(condition) if value is taken]
        values = at.column(branch, [who[index] for index in places])
        for index, value in zip(places, values, strict=True):
            result[index] = value
    return result


def _call(at: Moment, node: nodes.Call, who: Who) -> list[Value]:
    columns = [at.column(argument, who) for argument in node.arguments]
    domain = at.domain
    if node.function == "min":
        return [domain.least(values) for values in zip(*columns, strict=True)]
    if node.function == "max":
        return [domain.greatest(values) for values in zip(*columns, strict=True)]
    result = []
    for value, low, high, member in zip(*columns, who, strict=True):
        if domain.holds(">", low, high):
            message = f"the lower bound of a clamp is {_shown(at, node, low)}, above its upper bound"
            raise Trouble("clamp-bounds", f"{message} {_shown(at, node, high)}", node, at.member(member))
        result.append(domain.least((domain.greatest((value, low)), high)))
    return result


def _shown(at: Moment, node: nodes.Expression, value: Value) -> str:
    """A value as a person would write it."""
    money = at.plan.program.facts[id(node)].type.kind is Kind.MONEY
    return at.plan.program.currency.show(value) if money and isinstance(value, int | Fraction) else str(value)


# ------------------------------------------------------------------------------------------------------ aggregates


def _aggregate(at: Moment, node: nodes.Aggregate, who: Who) -> list[Value]:
    if node.over == "segments":
        return _over_segments(at, node, who)
    key = (id(node), at.segment)
    if key not in at.memo:
        at.memo[key] = _over_members(at, node)
    return [at.memo[key]] * len(who)


def _over_segments(at: Moment, node: nodes.Aggregate, who: Who) -> list[Value]:
    assert node.operand is not None
    totals: list[Value] = [0] * len(who)
    for segment in at.plan.program.segments:
        inside = at.within(segment)
        places = list(range(len(who)))
        if node.where is not None:
            places = [index for index, holds in enumerate(inside.column(node.where, who)) if holds]
        values = inside.column(node.operand, [who[index] for index in places])
        for index, value in zip(places, values, strict=True):
            totals[index] += value
    return totals


def _over_members(at: Moment, node: nodes.Aggregate) -> Value:
    population: Who = at.plan.populations[node.over]
    if node.where is not None:
        holds = at.column(node.where, population)
        population = [member for member, counted in zip(population, holds, strict=True) if counted]
    if node.operand is None:
        return len(population)
    values = at.column(node.operand, population)
    match node.function:
        case "sum":
            return sum(values)
        case "largest":
            number = at.plan.program.constants.get(id(node), 1)
            assert isinstance(number, int)
            return at.domain.largest(number, values)
        case "average" if values:
            return at.domain.over(sum(values), len(values), node)
        case "smallest" if values:
            return at.domain.least(values)
    raise Trouble("nobody-to-average", f"the {node.function} of nobody is asked for", node)


_COLUMNS: dict[type, Callable[[Moment, Any, Who], list[Value]]] = {
    nodes.Reference: _reference,
    nodes.RunValue: _run_value,
    nodes.StepResult: _step_result,
    nodes.Negative: _negative,
    nodes.Negated: _negated,
    nodes.Arithmetic: _arithmetic,
    nodes.Comparison: _comparison,
    nodes.Connective: _connective,
    nodes.Conditional: _conditional,
    nodes.Call: _call,
    nodes.Aggregate: _aggregate,
}
