"""What comes out the same whatever the data are: `capital >= EUR 0` holds always, as capital is never negative."""

from fractions import Fraction

from rulelang.check.draft import Draft
from rulelang.check.expressions.walk import walk
from rulelang.check.program import CheckedProgram
from rulelang.check.proportion import meant
from rulelang.check.types import Kind
from rulelang.syntax import nodes

_MEASURES = frozenset({Kind.MONEY, Kind.NUMBER, Kind.RATIO})
_NEVER_NEGATIVE = frozenset({"loss", "remaining", "total_paid"})


def settled_comparison(draft: Draft, program: CheckedProgram) -> None:
    """A comparison of sizes that always or never holds asks nothing; what is claimed is to hold always, and is left."""
    sizes = Sizes(program)
    statements = [each for each in draft.rulebook.sections if isinstance(each, nodes.Statement)]
    claimed = {id(node) for each in statements for node in walk(each.condition)}
    for node in draft.expressions:
        outcome = sizes.holds(node) if isinstance(node, nodes.Comparison) and id(node) not in claimed else None
        if outcome is not None:
            draft.report(
                "settled-comparison",
                f"`{draft.source.phrase(node.span)}` {'always' if outcome else 'never'} holds, whatever the data are",
                node.span,
                help="compare it with another value; data that may be negative are declared as `signed`",
            )


class Sizes:
    """What is known of the sizes of values, each asked once, for definitions may name each other many times over."""

    def __init__(self, program: CheckedProgram) -> None:
        self._program = program
        self._leasts: dict[int, Fraction | None] = {}
        self._reached: dict[tuple[int, int], bool] = {}

    def holds(self, node: nodes.Expression) -> bool | None:
        """Whether a condition always holds, or never; ``None`` if that hangs on the data."""
        node = meant(self._program, node)
        match node:
            case nodes.YesNoLiteral(value=value):
                return value
            case nodes.Negated(operand=operand):
                inner = self.holds(operand)
                return None if inner is None else not inner
            case nodes.Comparison(operator=">=" | ">", left=greater, right=less):
                return self._compared(greater, less, strictly=node.operator == ">")
            case nodes.Comparison(operator="<=" | "<", left=less, right=greater):
                return self._compared(greater, less, strictly=node.operator == "<")
        return None

    def _compared(self, greater: nodes.Expression, less: nodes.Expression, *, strictly: bool) -> bool | None:
        """Whether one value is always greater than another (or equal, unless ``strictly``), or never."""
        if meant(self._program, greater) == meant(self._program, less):
            return None  # that is said of it already
        least, most = self.least(greater), self._most(less)
        if least is not None and most is not None and (least > most or (least == most and not strictly)):
            return True
        least, most = self.least(less), self._most(greater)
        if least is not None and most is not None and (most < least or (least == most and strictly)):
            return False
        return None

    def least(self, node: nodes.Expression) -> Fraction | None:
        """What a value is at least, as far as that is known."""
        node = meant(self._program, node)
        if id(node) not in self._leasts:
            constant = self._constant(node)
            self._leasts[id(node)] = self._least(node) if constant is None else constant
        return self._leasts[id(node)]

    def _least(self, node: nodes.Expression) -> Fraction | None:
        match node:
            case nodes.Reference(name=name):
                datum = self._program.fields.get(name) or self._program.givens.get(name)
                return Fraction(0) if datum is not None and datum.type.kind in _MEASURES and not datum.signed else None
            case nodes.RunValue(what=what):
                return Fraction(0) if what in _NEVER_NEGATIVE else None
            case nodes.StepResult() | nodes.Aggregate(function="count"):
                return Fraction(0)
            case nodes.Aggregate(operand=operand) if operand is not None:
                return Fraction(0) if self.never_negative(operand) else None
            case nodes.Arithmetic(operator="+", left=left, right=right):
                one, other = self.least(left), self.least(right)
                return None if one is None or other is None else one + other
            case nodes.Arithmetic(operator="*" | "of", left=left, right=right):
                return Fraction(0) if self.never_negative(left) and self.never_negative(right) else None
            case nodes.Call(function="max", arguments=arguments):
                known = [each for part in arguments if (each := self.least(part)) is not None]
                return max(known, default=None)
        return None

    def _most(self, node: nodes.Expression) -> Fraction | None:
        """What a value is at most, as far as that is known."""
        node = meant(self._program, node)
        if isinstance(node, nodes.Call) and node.function == "min":
            known = [each for part in node.arguments if (each := self._constant(part)) is not None]
            return min(known, default=None)
        return self._constant(node)

    def _constant(self, node: nodes.Expression) -> Fraction | None:
        node = meant(self._program, node)
        if isinstance(node, nodes.Negative):
            known = self._constant(node.operand)
            return None if known is None else -known
        value = self._program.constants.get(id(node))
        return Fraction(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None

    def never_negative(self, node: nodes.Expression) -> bool:
        """Whether a value is known to be zero or more."""
        least = self.least(node)
        return least is not None and least >= 0

    def reaches(self, value: nodes.Expression, other: nodes.Expression) -> bool:
        """Whether a value is never below another, which cannot be negative: a multiple, a sum or the higher of both."""
        value, other = meant(self._program, value), meant(self._program, other)
        pair = id(value), id(other)
        if pair not in self._reached:
            self._reached[pair] = False  # until it is known
            self._reached[pair] = value == other or self._reaches(value, other)
        return self._reached[pair]

    def _reaches(self, value: nodes.Expression, other: nodes.Expression) -> bool:
        match value:
            case nodes.Arithmetic(operator="*" | "of", left=left, right=right):
                times, per, less = self._constant(left), Fraction(1), other
                if isinstance(other, nodes.Arithmetic) and other.operator in ("*", "of"):
                    per, less = self._constant(other.left) or Fraction(1), other.right
                return times is not None and times >= per and self.reaches(right, less if per != 1 else other)
            case nodes.Arithmetic(operator="+", left=left, right=right):
                sides = ((left, right), (right, left))
                return any(self.never_negative(rest) and self.reaches(one, other) for one, rest in sides)
            case nodes.Call(function="max", arguments=arguments):
                return any(self.reaches(argument, other) for argument in arguments)
            case _:
                return False
