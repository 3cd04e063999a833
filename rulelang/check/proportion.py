"""Facts behind the form of a rule: whether two amounts are in proportion, and whether one payer may pay twice."""

from itertools import product

from rulelang.check.expressions.walk import is_result, reached
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.syntax import nodes


def meant(program: CheckedProgram, node: nodes.Expression) -> nodes.Expression:
    """An expression without the definitions that only give it a name."""
    while isinstance(node, nodes.Reference) and node.name in program.definitions:
        node = program.definitions[node.name].value
    return node


def is_common(program: CheckedProgram, node: nodes.Expression) -> bool:
    """Whether an expression has one value for all members; `False` where that is not known."""
    typed = program.types.get(id(node))
    return typed is not None and not typed.per_member


def in_proportion(program: CheckedProgram, one: nodes.Expression, other: nodes.Expression) -> bool:
    """Whether one amount is the same multiple of another for all members, as far as they can be taken apart."""
    return _Proportions(program).hold(one, other)


class _Proportions:
    """Asks of each pair of expressions once, for definitions may name each other many times over."""

    def __init__(self, program: CheckedProgram) -> None:
        self._program = program
        self._known: dict[tuple[int, int], bool] = {}

    def hold(self, one: nodes.Expression, other: nodes.Expression) -> bool:
        """Whether one is a multiple of the other."""
        one, other = meant(self._program, one), meant(self._program, other)
        pair = id(one), id(other)
        if pair not in self._known:
            common = is_common(self._program, one) and is_common(self._program, other)
            self._known[pair] = (
                common
                or one == other
                or any(
                    bool(parts) and all(self.hold(part, rest) for part in parts)
                    for parts, rest in ((self._parts(one), other), (self._parts(other), one))
                )
            )
        return self._known[pair]

    def _parts(self, node: nodes.Expression) -> tuple[nodes.Expression, ...]:
        """The parts that must each be a multiple for an expression to be one, if it can be taken apart so."""
        match node:
            case nodes.Arithmetic(operator="*" | "of", left=left, right=right) if is_common(self._program, left):
                return (right,)
            case nodes.Arithmetic(operator="*" | "of" | "/", left=left, right=right) if is_common(self._program, right):
                return (left,)
            case nodes.Arithmetic(operator="+" | "-", left=left, right=right):
                return left, right
            case nodes.Call(function="min" | "max", arguments=arguments):
                return arguments
            case nodes.Conditional(condition=condition) if is_common(self._program, condition):
                return node.then, node.otherwise
            case _:
                return ()


def may_overlap(program: CheckedProgram, one: StepProgram, other: StepProgram) -> bool:
    """Whether one payer may pay under both steps in one run."""
    if one.payers != other.payers or _never_both(program, one.where, other.where):
        return False
    if one.force is not None and other.force is not None:
        (first, last), (first_other, last_other) = one.force, other.force
        if (last is not None and last < first_other) or (last_other is not None and last_other < first):
            return False
    return not _never_both(program, one.condition, other.condition)


def _never_both(program: CheckedProgram, one: nodes.Expression | None, other: nodes.Expression | None) -> bool:
    """Whether two conditions cannot both hold, as their parts joined by `and` show."""
    if one is None or other is None or _may_change(program, one) or _may_change(program, other):
        return False
    pairs = product(_conjuncts(program, one), _conjuncts(program, other))
    return any(_opposite(program, *pair) or _opposite(program, *reversed(pair)) for pair in pairs)


def _may_change(program: CheckedProgram, node: nodes.Expression) -> bool:
    """Whether a value may be another one when a later step asks for it."""
    return any(map(is_result, reached(program.definitions, node)))


def _conjuncts(program: CheckedProgram, node: nodes.Expression) -> list[nodes.Expression]:
    """The conditions that must all hold for one to hold, each once."""
    found: dict[int, nodes.Expression] = {}
    waiting = [node]
    while waiting:
        each = meant(program, waiting.pop())
        if id(each) not in found:
            found[id(each)] = each
            if isinstance(each, nodes.Connective) and each.operator == "and":
                waiting += [each.left, each.right]
    return list(found.values())


_REVERSED = {"=": "!=", "<": ">=", "<=": ">"}


def _opposite(program: CheckedProgram, one: nodes.Expression, other: nodes.Expression) -> bool:
    match one, other:
        case nodes.Negated(operand=inner), _:
            return meant(program, inner) == other
        case nodes.Comparison(operator=first), nodes.Comparison(operator=second):
            same = meant(program, one.left) == meant(program, other.left)
            if same and meant(program, one.right) == meant(program, other.right):
                return second == _REVERSED.get(first) or {first, second} in ({"<", ">"}, {"=", "<"}, {"=", ">"})
            known = [program.constants.get(id(side)) for side in (one.right, other.right)]
            if not same or None in known:
                return False
            low, high = known
            if first in {">", ">=", "="} and second in {"<", "<=", "="} and low != high:
                return first == second == "=" or low > high  # type: ignore[operator]
            return low == high and {first, second} in ({">", "<="}, {">=", "<"})
    return False
