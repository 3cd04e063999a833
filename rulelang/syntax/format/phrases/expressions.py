"""Expressions, with the parentheses that they need."""

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Break, Doc, Group, Nest, flat, hanging
from rulelang.syntax.format.phrases.words import name, quoted

_SHORT = 20
"""A left side up to this width stays with the operator behind it, if the right side can be broken."""
_ANY, _OR, _AND, _NOT, _COMPARED, _ADDED, _MULTIPLIED, _UNARY, _CONVERTED, _ATOM = range(10)


def _rank(node: nodes.Expression) -> int:
    """How tightly an expression binds without brackets."""
    match node:
        case nodes.Conditional():
            return _ANY
        case nodes.Aggregate():
            return _ATOM if node.where is None else _ANY
        case nodes.Connective():
            return _OR if node.operator == "or" else _AND
        case nodes.Negated():
            return _NOT
        case nodes.Comparison():
            return _COMPARED
        case nodes.Arithmetic():
            return _ADDED if node.operator in {"+", "-"} else _MULTIPLIED
        case nodes.Negative():
            return _UNARY
        case nodes.Converted() | nodes.Rounded():
            return _CONVERTED
        case nodes.Call():
            return _ANY if node.in_words else _ATOM
    return _ATOM


def _in_brackets(node: nodes.Expression, least: int) -> bool:
    return node.bracketed or _rank(node) < least


def expression(node: nodes.Expression, least: int = _ANY, *, opens_line: bool = False) -> Doc:
    """An expression, in brackets if it had them or if its place asks for something that binds more tightly.

    ``opens_line`` says that it begins a line of its own, so that the branches of a condition can stand below it.
    """
    if _in_brackets(node, least):
        return ("(", _bare(node), ")")
    return _bare(node, opens_line=opens_line)


def _bare(node: nodes.Expression, *, opens_line: bool = False) -> Doc:  # noqa: C901 - a case for each kind
    match node:
        case nodes.Connective() | nodes.Arithmetic():
            return _chain(node)
        case nodes.Comparison():
            return _comparison(node)
        case nodes.Negated():
            return ("not ", expression(node.operand, _NOT))
        case nodes.Negative():
            return ("-", expression(node.operand, _UNARY))
        case nodes.Conditional():
            return _conditional(node, 0 if opens_line else 4)
        case nodes.Aggregate():
            return _aggregate(node)
        case nodes.Converted():
            return (expression(node.operand, _CONVERTED), f" at {node.rate.name}")
        case nodes.Rounded():
            way = "" if node.direction == "nearest" else f" {node.direction}"
            return (expression(node.operand, _CONVERTED), hanging((f"rounded{way} to ", expression(node.unit, _ATOM))))
        case nodes.AsOf():
            return (f"{node.datum.name} as of ", expression(node.day, _ADDED))
        case nodes.Call() if node.in_words:
            word = "lower" if node.function == "min" else "higher"
            left, right = (expression(argument, _MULTIPLIED) for argument in node.arguments)
            return Group((f"{word} of ", left, Nest((Break(), "and ", right))))
        case nodes.Call():
            first, *rest = ((expression(each, opens_line=True), each.span.start) for each in node.arguments)
            separated = (first[0], *((",", Break(at=at), argument) for argument, at in rest))
            return Group((f"{node.function}(", Nest((Break("", first[1]), separated)), Break(""), ")"))
    return atom(node)


def atom(node: nodes.Expression) -> str:
    """A value that needs no parentheses anywhere: a name, a result of the run, a literal."""
    match node:
        case nodes.Reference():
            return node.name
        case nodes.RunValue():
            return node.what
        case nodes.StepResult():
            return f"{node.what}({name(node.step)})"
        case nodes.PeriodValue():
            return f"{node.what}({name(node.period)})"
    return _literal(node)


def _literal(node: nodes.Expression) -> str:
    match node:
        case nodes.MoneyLiteral():
            return " ".join(filter(None, (node.currency, node.digits, node.scale)))
        case nodes.NumberLiteral():
            return node.digits
        case nodes.PercentageLiteral():
            return f"{node.digits}%"
        case nodes.DaysLiteral():
            return duration(node)
        case nodes.DateLiteral():
            return node.text
        case nodes.TextLiteral():
            return quoted(node.text)
        case nodes.YesNoLiteral():
            return "yes" if node.value else "no"
    raise TypeError(node)


def duration(node: nodes.DaysLiteral | nodes.Duration | nodes.Window) -> str:
    """``1 day``, ``5 business days`` or ``3 months``."""
    return f"{node.digits} {node.unit.removesuffix('s') if node.digits == '1' else node.unit}"


def _chain(node: nodes.Connective | nodes.Arithmetic) -> Doc:
    """Operands of one rank behind each other, without growing deeper for each: ``a + b - c``."""
    rank = _rank(node)
    tail: list[Doc] = []
    left: nodes.Expression = node
    days_follow = False
    while isinstance(left, nodes.Connective | nodes.Arithmetic) and _rank(left) == rank:
        if left.bracketed and left is not node:
            break
        # `25% of x` is one thought: it is broken inside x rather than in its middle.
        is_part = left.operator == "of" and isinstance(left.left, nodes.PercentageLiteral)
        before: Doc = " " if is_part else Break()
        tail.append((before, f"{left.operator} ", _operand(left.right, rank + 1, days_follow=days_follow)))
        days_follow = left.operator in {"+", "-"} and _begins_with_days(left.right)
        left = left.left
    return Group((_operand(left, rank, days_follow=days_follow), Nest(tuple(reversed(tail)))))


def _operand(node: nodes.Expression, least: int, *, days_follow: bool) -> Doc:
    """An operand; `x as of declared` stands in brackets before `+ 1 day`, which would be read as part of its day."""
    return ("(", _bare(node), ")") if days_follow and _ends_with_a_day(node) else expression(node, least)


def _begins_with_days(node: nodes.Expression) -> bool:
    match node:
        case nodes.Expression(bracketed=True):
            return False
        case nodes.Arithmetic(left=first) | nodes.Converted(operand=first) | nodes.Rounded(operand=first):
            return _begins_with_days(first)
    return isinstance(node, nodes.DaysLiteral)


def _ends_with_a_day(node: nodes.Expression) -> bool:
    """Whether an expression ends with a day to which days may still be added."""
    match node:
        case nodes.Expression(bracketed=True):
            return False
        case nodes.Arithmetic(right=last) | nodes.Negative(operand=last) | nodes.Rounded(unit=last):
            return _ends_with_a_day(last)
    return isinstance(node, nodes.AsOf) and not isinstance(node.day, nodes.Arithmetic)


def _comparison(node: nodes.Comparison) -> Doc:
    left, right = expression(node.left, _ADDED), expression(node.right, _ADDED)
    can_break = _in_brackets(node.right, _ADDED) or isinstance(node.right, nodes.Arithmetic | nodes.Call)
    if can_break and len(flat(left)) <= _SHORT:
        return (left, f" {node.operator} ", right)
    return Group((left, Nest((Break(), f"{node.operator} ", right))))


def _conditional(node: nodes.Conditional, indent: int) -> Doc:
    """``if c then a else b``, one branch on each line if they do not fit on one."""
    branches: list[Doc] = []
    word = "if "
    last: nodes.Expression = node
    while isinstance(last, nodes.Conditional) and (last is node or not last.bracketed):
        then: Doc = ("then ", expression(last.then, _OR))
        branches.append((word, expression(last.condition, _OR), Group(Nest((Break(), then), indent + 4))))
        word = "else if "
        last = last.otherwise
    branches.append(("else ", expression(last, _OR)))
    return Group((branches[0], Nest(tuple((Break(), branch) for branch in branches[1:]), indent)))


def _aggregate(node: nodes.Aggregate) -> Doc:
    function = f"{node.function} {node.number}" if node.number else node.function
    over = node.over if node.by is None else f"{node.over} by {node.by.name}"
    if node.operand is None:
        head: Doc = f"{function} of {over}"
    else:
        head = (f"{function} of ", expression(node.operand, _MULTIPLIED), hanging(f"over {over}"))
    return head if node.where is None else (head, hanging(("where ", expression(node.where))))
