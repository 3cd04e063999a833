"""Walking through expressions: what stands directly inside one, all that stands inside, the names among that."""

from rulelang.syntax import nodes

LITERALS = (
    nodes.MoneyLiteral,
    nodes.NumberLiteral,
    nodes.PercentageLiteral,
    nodes.DaysLiteral,
    nodes.DateLiteral,
    nodes.TextLiteral,
    nodes.YesNoLiteral,
)
"""What stands for itself, whatever the run."""

_LEAVES = (*LITERALS, nodes.Reference, nodes.RunValue, nodes.StepResult)
"""What holds no expression: a kind that is neither here nor in :func:`children` is not passed over in silence."""


def walk(node: nodes.Expression) -> "list[nodes.Expression]":
    """An expression and all expressions inside it."""
    found, waiting = [], [node]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(children(current))
    return found


def references(node: nodes.Expression) -> "list[nodes.Reference]":
    """The names inside an expression."""
    return [inner for inner in walk(node) if isinstance(inner, nodes.Reference)]


def children(node: nodes.Expression) -> tuple[nodes.Expression, ...]:
    """The expressions directly inside an expression."""
    match node:
        case nodes.Negative(operand=operand) | nodes.Negated(operand=operand):
            return (operand,)
        case (
            nodes.Arithmetic(left=left, right=right)
            | nodes.Comparison(left=left, right=right)
            | nodes.Connective(left=left, right=right)
        ):
            return (left, right)
        case nodes.Conditional():
            return (node.condition, node.then, node.otherwise)
        case nodes.Call():
            return node.arguments
        case nodes.Aggregate():
            return tuple(part for part in (node.operand, node.where) if part is not None)
        case _:
            assert isinstance(node, _LEAVES), node
            return ()
