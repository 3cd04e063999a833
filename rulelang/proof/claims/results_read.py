"""What hangs on the expressions of a claim: which results of a run they read, and whether they may stop the run."""

from fractions import Fraction

from rulelang.base.source import Span
from rulelang.check.expressions.walk import reached, walk
from rulelang.check.program import CheckedProgram, During
from rulelang.check.types import Kind
from rulelang.syntax import nodes

_MOST = 2
"""By how much a result may be multiplied so that what rounding does to it is still about as much."""


def is_result(node: nodes.Expression) -> bool:
    """Whether an expression is a result of a run by itself."""
    return isinstance(node, nodes.StepResult) or (
        isinstance(node, nodes.RunValue) and node.what in ("remaining", "total_paid")
    )


def first_result(program: CheckedProgram, node: nodes.Expression) -> nodes.Expression | None:
    """A result that an expression reads, or the definition by which it does."""
    for each in walk(node):
        if is_result(each):
            return each
        definition = program.definitions.get(each.name) if isinstance(each, nodes.Reference) else None
        if definition is not None and first_result(program, definition.value) is not None:
            return each
    return None


def asks_results(program: CheckedProgram, node: nodes.Expression) -> bool:
    """Whether a condition hangs on a result, or on whether a payment or an exhaustion has opened a period."""
    opened = {name for name, period in program.periods.items() if period.opener != "default"}
    return first_result(program, node) is not None or any(
        isinstance(each, nodes.PeriodValue) and each.period.text in opened
        for each in reached(program.definitions, node)
    )


def steady(program: CheckedProgram, node: nodes.Expression, factor: Fraction = Fraction(1)) -> bool:
    """Whether what rounding does to results makes no jump of an expression, and not many times as much."""
    if not asks_results(program, node):
        return True
    parts: tuple[nodes.Expression | None, ...]
    match node:
        case nodes.RunValue() | nodes.StepResult():
            return abs(factor) <= _MOST
        case nodes.Reference():
            parts = (program.definitions[node.name].value,)
        case nodes.Negative():
            parts = (node.operand,)
        case nodes.Arithmetic(operator="+" | "-"):
            parts = (node.left, node.right)
        case nodes.Arithmetic():
            return _scaled(program, node, factor)
        case nodes.Call():
            parts = node.arguments
        case nodes.Conditional() if not asks_results(program, node.condition):
            parts = (node.then, node.otherwise)
        case nodes.Aggregate() if node.where is None or not asks_results(program, node.where):
            parts = (node.operand,)
        case _:
            return False
    return all(part is not None and steady(program, part, factor) for part in parts)


def _scaled(program: CheckedProgram, node: nodes.Arithmetic, factor: Fraction) -> bool:
    """Whether a product or quotient is steady: of results and a number that is written."""
    scaled, other = node.left, node.right
    if node.operator != "/" and first_result(program, scaled) is None:
        scaled, other = other, scaled
    by = program.constants.get(id(other))
    if not isinstance(by, int | Fraction) or not by:
        return False
    return steady(program, scaled, factor / by if node.operator == "/" else factor * by)


def decided_by_rounding(program: CheckedProgram) -> Span | None:
    """The words by which rounding may decide more than some minor units, because a result of the run decides.

    Where a step is done, who pays in it and in what order and shares may hang on a result; so may a limit that jumps.
    A period that a payment or an exhaustion opens is such a result, and so is, with defaults in turn, whether a step
    that pays once has paid in an earlier pass.
    """
    opened = {name for name, period in program.periods.items() if period.opener != "default"}
    for step in program.each_step():
        if step.once_during is not None and (program.in_turn or step.once_during in opened):
            return next(clause.span for clause in step.syntax.clauses if isinstance(clause, nodes.OnceDuring))
        order = None if step.order is None else step.order.value
        split = None if step.pot is None else step.pot.split_by
        key = step.key if isinstance(step.key, nodes.Expression) else None
        for node in (step.condition, step.where, order, split, key):
            if node is not None and asks_results(program, node):
                return node.span
        for limit in step.limits:
            during = isinstance(limit.over_time, During) and limit.over_time.period in opened
            if during or not steady(program, limit.value):
                return limit.value.span
    return None


def may_stop(program: CheckedProgram, node: nodes.Expression) -> bool:
    """Whether there is anything in an expression that cannot be worked out in every run: a quotient, a day, a unit."""
    for each in reached(program.definitions, node):
        match each:
            case nodes.Arithmetic(operator="/"):
                return True
            case nodes.Arithmetic() if program.types[id(each)].type.kind is Kind.DATE:
                return True
            case nodes.StepResult(what="unused") | nodes.Call(function="clamp"):
                return True
            case nodes.Aggregate(function="average" | "smallest"):
                return True
            case (
                nodes.Reference()
                | nodes.Arithmetic()
                | nodes.StepResult()
                | nodes.Call()
                | nodes.Aggregate()
                | nodes.RunValue()
                | nodes.PeriodValue()
                | nodes.Negative()
                | nodes.Negated()
                | nodes.Comparison()
                | nodes.Connective()
                | nodes.Conditional()
            ):
                continue
            case _ if id(each) not in program.constants:
                return True
    return False
