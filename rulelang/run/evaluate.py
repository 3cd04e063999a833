"""Expressions: exact values, column by column.

An expression is evaluated for several members at once and gives a list of values, one for each; an expression that is
the same for all members is evaluated once.  ``if``, ``and`` and ``or`` evaluate each branch only for the members that
need it, so a division by zero in a branch that nobody takes does no harm.

Money is minor units, numbers and ratios are exact; nothing here rounds.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from heapq import nlargest
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from attrs import define, evolve, field

from rulelang.base.money import Exact
from rulelang.check.exactness import checked
from rulelang.check.program import CheckedProgram
from rulelang.check.trouble import Trouble
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.run.state import RunState
from rulelang.syntax import nodes

_ONE = (None,)
Who = Sequence[Any]


@define
class Evaluation:
    """Evaluates expressions at one moment of a run.

    ``segment`` is the segment whose turn it is; ``scope`` the segments whose losses the step meets (``None``: all).
    ``fields`` and ``givens`` are the event's data with missing values filled in.  ``memo`` keeps what is the same for
    all members, and each definition per member, until the state changes; ``branches`` collects which branches of
    each ``if`` were taken.
    """

    program: CheckedProgram
    event: Event
    fields: Mapping[tuple[str, str | None], Mapping[str, Any]]
    givens: Mapping[tuple[str, str | None], Any]
    state: RunState
    segment: str | None = None
    scope: frozenset[str] | None = None
    memo: dict[Any, Any] = field(factory=dict)
    branches: set[tuple[int, bool]] = field(factory=set)

    def one(self, node: nodes.Expression) -> Any:
        """The value of an expression that is the same for all members."""
        constant = self.program.constants.get(id(node))
        if constant is not None:
            return constant if type(node) is not nodes.Aggregate else _aggregate(self, node, _ONE)[0]
        return _COLUMNS[type(node)](self, node, _ONE)[0]

    def column(self, node: nodes.Expression, who: Who) -> list[Any]:
        """The value of an expression for each of ``who``."""
        if not who:
            return []
        if self.program.facts[id(node)].per_member:
            return _COLUMNS[type(node)](self, node, who)
        return [self.one(node)] * len(who)

    def within(self, segment: str) -> "Evaluation":
        """The same moment, in a segment."""
        return evolve(self, segment=segment)


# ---------------------------------------------------------------------------------------------------------- names


def _reference(ev: Evaluation, node: nodes.Reference, who: Who) -> list[Any]:
    name, program = node.name, ev.program
    if name in program.fields:
        column = ev.fields[name, ev.segment if program.fields[name].per_segment else None]
        return [column[member] for member in who]
    if name in program.givens:
        return [ev.givens[name, ev.segment if program.givens[name].per_segment else None]] * len(who)
    return _definition(ev, program.definitions[name].value, who)


def _definition(ev: Evaluation, value: nodes.Expression, who: Who) -> list[Any]:
    """A definition is worked out once for each member and moment, however often it is named."""
    key = ("definition", id(value), ev.segment)
    known = ev.memo.setdefault(key, {})
    if not ev.program.facts[id(value)].per_member:
        if None not in known:
            known[None] = ev.one(value)
        return [known[None]] * len(who)
    missing = [member for member in who if member not in known]
    if missing:
        known.update(zip(missing, ev.column(value, missing), strict=True))
    return [known[member] for member in who]


def _run_value(ev: Evaluation, node: nodes.RunValue, who: Who) -> list[Any]:
    match node.what:
        case "declared":
            return [ev.event.declared] * len(who)
        case "total_paid":
            return [ev.state.total_paid.get(member, 0) for member in who]
        case "loss":
            return [_losses(ev, [loss.amount for loss in ev.event.losses], None)] * len(who)
        case _:
            return [_losses(ev, ev.state.remaining, ev.scope)] * len(who)


def _losses(ev: Evaluation, amounts: Sequence[int], scope: frozenset[str] | None) -> int:
    """The sum of the losses of the segment whose turn it is (of all, outside segments), as far as they are in scope."""
    return sum(
        amount
        for amount, loss in zip(amounts, ev.event.losses, strict=True)
        if (ev.segment is None or loss.segment == ev.segment) and (scope is None or loss.segment in scope)
    )


def _step_result(ev: Evaluation, node: nodes.StepResult, who: Who) -> list[Any]:
    step = ev.program.steps[node.step.text]
    if not step.per_segment:
        keys: list[tuple[str, str | None]] = [(step.name, None)]
    elif ev.segment is not None:
        keys = [(step.name, ev.segment)]
    else:
        keys = [(step.name, segment) for segment in ev.program.segments]
    state = ev.state
    if node.what == "paid":
        columns = [state.paid.get(key, {}) for key in keys]
        return [sum(column.get(member, 0) for column in columns) for member in who]
    used = sum(state.used.get(key, 0) for key in keys)
    if node.what == "used":
        return [used] * len(who)
    capacities = [state.capacity(key) for key in keys]
    assert None not in capacities, "the checker refuses `unused` of a step that may be unlimited"
    return [sum(capacity or 0 for capacity in capacities) - used] * len(who)


# ------------------------------------------------------------------------------------------------------- operators


def _negative(ev: Evaluation, node: nodes.Negative, who: Who) -> list[Any]:
    return [-value for value in ev.column(node.operand, who)]


def _negated(ev: Evaluation, node: nodes.Negated, who: Who) -> list[Any]:
    return [not value for value in ev.column(node.operand, who)]


def _arithmetic(ev: Evaluation, node: nodes.Arithmetic, who: Who) -> list[Any]:
    left, right = ev.column(node.left, who), ev.column(node.right, who)
    operator = node.operator
    if operator in "+-":
        if isinstance(left[0], datetime.date) or isinstance(right[0], datetime.date):
            return [_shifted(node, a, b) for a, b in zip(left, right, strict=True)]
        if operator == "+":
            return [checked(a + b, node) for a, b in zip(left, right, strict=True)]
        return [checked(a - b, node) for a, b in zip(left, right, strict=True)]
    if operator == "/":
        return [_divided(ev, node, a, b, m) for a, b, m in zip(left, right, who, strict=True)]
    return [checked(a * b, node) for a, b in zip(left, right, strict=True)]


def _divided(ev: Evaluation, node: nodes.Arithmetic, dividend: Exact, divisor: Exact, member: str | None) -> Exact:
    if not divisor:
        zero = ev.program.source.phrase(node.right.span)
        raise Trouble("division-by-zero", f"a division by zero: `{zero}` is 0", node, member)
    return checked(Fraction(dividend) / divisor, node)


def _shifted(node: nodes.Arithmetic, left: Any, right: Any) -> datetime.date:
    """A date so many days later or earlier."""
    day, days = (left, right) if isinstance(left, datetime.date) else (right, left)
    try:
        return day + datetime.timedelta(days if node.operator == "+" else -days)
    except OverflowError:
        raise Trouble("impossible-date", f"{day} {node.operator} {days} days is beyond the calendar", node) from None


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def _comparison(ev: Evaluation, node: nodes.Comparison, who: Who) -> list[Any]:
    compare = _COMPARE[node.operator]
    left, right = ev.column(node.left, who), ev.column(node.right, who)
    return [compare(a, b) for a, b in zip(left, right, strict=True)]


def _connective(ev: Evaluation, node: nodes.Connective, who: Who) -> list[Any]:
    """The right side is evaluated only where the left side does not settle it."""
    settled = node.operator == "or"
    left = ev.column(node.left, who)
    open_ = [index for index, value in enumerate(left) if value is not settled]
    right = ev.column(node.right, [who[index] for index in open_])
    result = list(left)
    for index, value in zip(open_, right, strict=True):
        result[index] = value
    return result


def _conditional(ev: Evaluation, node: nodes.Conditional, who: Who) -> list[Any]:
    condition = ev.column(node.condition, who)
    result: list[Any] = [None] * len(who)
    for branch, taken in ((node.then, True), (node.otherwise, False)):
        places = [index for index, value in enumerate(condition) if value is taken]
        if places:
            ev.branches.add((id(node), taken))
        values = ev.column(branch, [who[index] for index in places])
        for index, value in zip(places, values, strict=True):
            result[index] = value
    return result


def _call(ev: Evaluation, node: nodes.Call, who: Who) -> list[Any]:
    columns = [ev.column(argument, who) for argument in node.arguments]
    if node.function != "clamp":
        choose = min if node.function == "min" else max
        return [choose(values) for values in zip(*columns, strict=True)]
    result = []
    for value, low, high, member in zip(*columns, who, strict=True):
        if low > high:
            lower, upper = (_shown(ev, node, bound) for bound in (low, high))
            message = f"the lower bound of a clamp is {lower}, above its upper bound {upper}"
            raise Trouble("clamp-bounds", message, node, member)
        result.append(min(max(value, low), high))
    return result


def _shown(ev: Evaluation, node: nodes.Expression, value: Any) -> str:
    """A value of an expression as a person would write it."""
    money = ev.program.facts[id(node)].type.kind is Kind.MONEY
    return ev.program.currency.show(value) if money else str(value)


# ------------------------------------------------------------------------------------------------------ aggregates


def _aggregate(ev: Evaluation, node: nodes.Aggregate, who: Who) -> list[Any]:
    if node.over == "segments":
        return _over_segments(ev, node, who)
    key = (id(node), ev.segment)
    if key not in ev.memo:
        ev.memo[key] = checked(_over_members(ev, node), node)
    return [ev.memo[key]] * len(who)


def _over_segments(ev: Evaluation, node: nodes.Aggregate, who: Who) -> list[Any]:
    assert node.operand is not None
    totals: list[Exact] = [0] * len(who)
    for segment in ev.program.segments:
        inside = ev.within(segment)
        places = list(range(len(who)))
        if node.where is not None:
            places = [index for index, holds in enumerate(inside.column(node.where, who)) if holds]
        values = inside.column(node.operand, [who[index] for index in places])
        for index, value in zip(places, values, strict=True):
            totals[index] += value
    return [checked(total, node) for total in totals]


def _over_members(ev: Evaluation, node: nodes.Aggregate) -> Exact:
    population: Who = getattr(ev.event, node.over)
    if node.where is not None:
        holds = ev.column(node.where, population)
        population = [member for member, counted in zip(population, holds, strict=True) if counted]
    if node.operand is None:
        return len(population)
    values: list[Exact] = ev.column(node.operand, population)
    match node.function:
        case "sum":
            return sum(values)
        case "largest":
            number = ev.program.constants.get(id(node), 1)
            assert isinstance(number, int)
            return sum(nlargest(number, values))
        case "average" if values:
            return Fraction(sum(values)) / len(values)
        case "smallest" if values:
            return min(values)
    raise Trouble("nobody-to-average", f"the {node.function} of nobody is asked for", node)


_COLUMNS: dict[type, Callable[[Evaluation, Any, Who], list[Any]]] = {
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
