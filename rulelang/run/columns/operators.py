"""Operators, conditions and functions (sections 6.1, 6.5 and 6.6 of the specification)."""

from collections.abc import Sequence
from typing import assert_never

from rulelang.check.types import Kind
from rulelang.run.columns.dates import moved
from rulelang.run.moment import RowSite, Standpoint, open_places
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import CapacityAsked, PassedTurn
from rulelang.run.values import Path, Row, Truth, Who
from rulelang.syntax import nodes


def columns_of(at: Standpoint, operands: Sequence[nodes.Expression], who: Who) -> list[Row]:
    """The values of several operands.

    Capacities that they ask for are asked for together, so that a wide expression does not start again for each.
    """
    asked: list[tuple[PassedTurn, Path]] = []
    found = []
    for operand in operands:
        try:
            found.append(at.column(operand, who))
        except CapacityAsked as one:
            asked += one.turns
        except RuleViolation:
            if not asked:
                raise
            break  # what was asked for before may be refused itself, and comes first
    if asked:
        raise CapacityAsked(asked)
    return found


def negative(at: Standpoint, node: nodes.Negative, who: Who) -> Row:
    """The values with the other sign."""
    return at.domain.negated(at.column(node.operand, who))


def negated(at: Standpoint, node: nodes.Negated, who: Who) -> list[Truth]:
    """``not``."""
    return at.domain.denied(at.column(node.operand, who))


def arithmetic(at: Standpoint, node: nodes.Arithmetic, who: Who) -> Row:
    """Sums, differences, products and quotients; a day moved by a number of days is a day."""
    left, right = columns_of(at, (node.left, node.right), who)
    domain, site = at.domain, RowSite(at, node, who)
    match node.operator:
        case "+" | "-" if at.plan.program.types[id(node)].type.kind is Kind.DATE:
            return moved(at, node, left, right, who)
        case "+":
            return domain.ranged(domain.plus(left, right), site)
        case "-":
            return domain.ranged(domain.minus(left, right), site)
        case "*" | "of":
            return domain.products(left, right, site)
        case "/":
            message = f"a division by zero: `{at.plan.program.source.phrase(node.right.span)}` is 0"
            for index, truth in enumerate(domain.comparisons("=", right, [0] * len(who))):
                if truth is not False:
                    site.refuse(index, truth, RuleViolation("division-by-zero", message, node, at.member(who[index])))
            return domain.quotients(left, right, site)
        case _:
            assert_never(node.operator)


def comparison(at: Standpoint, node: nodes.Comparison, who: Who) -> list[Truth]:
    """Whether each comparison holds."""
    return at.domain.comparisons(node.operator, *columns_of(at, (node.left, node.right), who))


def connective(at: Standpoint, node: nodes.Connective, who: Who) -> list[Truth]:
    """The right side is evaluated only where the left side does not settle it."""
    left = at.column(node.left, who)
    then, otherwise = (True, node.right) if node.operator == "or" else (node.right, False)
    return _either(at, left, then, otherwise, who)


def conditional(at: Standpoint, node: nodes.Conditional, who: Who) -> Row:
    """``if``: each branch is evaluated only where it is taken; which ones were is kept for the reach of tests."""
    condition = at.column(node.condition, who)
    if at.branches is not None:
        at.branches.update((id(node), truth) for truth in set(condition))
    return _either(at, condition, node.then, node.otherwise, who)


Branch = nodes.Expression | bool


def _either(at: Standpoint, truths: Sequence[Truth], then: Branch, otherwise: Branch, who: Who) -> Row:
    """One branch where a truth holds and the other where it does not, each evaluated for those who need it only."""
    result: Row = [None] * len(who)
    for branch, taken in ((then, True), (otherwise, False)):
        places = [index for index, truth in enumerate(truths) if truth is taken]
        if len(places) == len(who):
            return _branch(at, branch, who)
        for index, value in zip(places, _branch(at, branch, [who[index] for index in places]), strict=True):
            result[index] = value
    varying = open_places(truths)
    if varying:
        some, holds = [who[index] for index in varying], [truths[index] for index in varying]
        chosen = at.domain.chosen(
            holds,
            _branch(at, then, some, holds),
            _branch(at, otherwise, some, at.domain.denied(holds)),
        )
        for index, value in zip(varying, chosen, strict=True):
            result[index] = value
    return result


def _branch(at: Standpoint, branch: Branch, who: Who, holds: Sequence[Truth] = ()) -> Row:
    if isinstance(branch, bool):
        return [branch] * len(who)
    return (at.where(who, holds) if holds else at).column(branch, who)


def call(at: Standpoint, node: nodes.Call, who: Who) -> Row:
    """``min``, ``max`` and ``clamp``."""
    columns = columns_of(at, node.arguments, who)
    match node.function:
        case "min":
            return at.domain.least_each(columns)
        case "max":
            return at.domain.greatest_each(columns)
        case "clamp":
            return _clamp(at, node, who, *columns)
        case _:
            assert_never(node.function)


def _clamp(at: Standpoint, node: nodes.Call, who: Who, value: Row, low: Row, high: Row) -> Row:
    domain = at.domain
    for index, crossed in enumerate(domain.comparisons(">", low, high)):
        if crossed is not False:
            lower, upper = (at.shown(node, bounds[index]) for bounds in (low, high))
            message = f"the lower bound of a clamp is {lower}, above its upper bound {upper}"
            at.refuse(who[index], crossed, RuleViolation("clamp-bounds", message, node, at.member(who[index])))
    return domain.least_each([domain.greatest_each([value, low]), high])
