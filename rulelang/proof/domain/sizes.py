"""How long the numbers of a run can become: whether any event takes one beyond the range of exact arithmetic.

A size bounds the bits of a numerator and of a denominator alike, for all events that can be written: what they state
has so many digits at most, and what a run pays is no more than the losses of all members.
"""

from collections.abc import Iterator

from attrs import define, field

from rulelang.base.money import MAXIMUM_DIGITS
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.run.exact_range import MAXIMUM_BITS
from rulelang.syntax import nodes

_MEMBERS = 40
"""Bits of the number of members, of losses or of payments: no event has 2^40."""
_STATED = 4 * (MAXIMUM_DIGITS + 30) + _MEMBERS
"""Bits of what an event states, trillions of the finest minor units included, or of a sum of such amounts."""
_TOO_LONG = MAXIMUM_BITS + 1


def beyond_range(program: CheckedProgram) -> nodes.Expression | None:
    """The first expression that may grow beyond the range in some event."""
    sizes = _Sizes(program)
    return next((node for node in program.expressions if sizes.of(node) > MAXIMUM_BITS), None)


@define
class _Sizes:
    program: CheckedProgram
    known: dict[str, int] = field(factory=dict)
    known_of_any: dict[str, int] = field(factory=dict)

    def of(self, node: nodes.Expression) -> int:
        """The size of a value, of a condition the largest size inside it."""
        program = self.program
        match node:
            case nodes.Reference(name=name):
                meant = self._meant(name)
                if name not in self.known:
                    self.known[name] = max(_STATED, 0 if meant is None else self.of(meant))
                return self.known[name]
            case nodes.Arithmetic() | nodes.Converted():
                size = 1 + sum(map(self.of, children(node)))
            case nodes.Rounded():
                size = 1 + self.of(node.operand) + 2 * self.of(node.unit)
            case nodes.Aggregate(over="segments"):
                size = len(program.segments) * (1 + max(map(self.of, children(node))))
            case nodes.Aggregate() if any(map(self._differs, children(node))):
                return _TOO_LONG  # a denominator of each member: their product has no bound
            case nodes.Aggregate():
                size = 2 * (max([0, *map(self._of_any, children(node))]) + _MEMBERS)
            case nodes.StepResult(what="unused"):
                size = max(_STATED, self._of_limits(program.steps[node.step.text]))
            case _:
                size = max([_STATED, *map(self.of, children(node))])
        return min(size, _TOO_LONG)

    def _of_limits(self, step: StepProgram) -> int:
        """The size of what a step can pay: no more than the limits of all its payers, which are rounded down."""
        return _MEMBERS + max([0, *(self.of(limit.value) for limit in step.limits)])

    def _of_any(self, node: nodes.Expression) -> int:
        """The size of a sum over members, each of whom may have taken a branch, and a denominator, of its own."""
        if not self._divides(node):
            return self.of(node)
        match node:
            case nodes.Reference(name=name):
                meant = self._meant(name)
                if name not in self.known_of_any:
                    self.known_of_any[name] = _STATED + (0 if meant is None else self._of_any(meant))
                return min(self.known_of_any[name], _TOO_LONG)
            case nodes.Rounded():
                size = 1 + self._of_any(node.operand) + 2 * self._of_any(node.unit)
            case nodes.Aggregate():
                size = self.of(node)
            case _:
                size = 1 + sum(map(self._of_any, children(node)))
        return min(size, _TOO_LONG)

    def _meant(self, name: str) -> nodes.Expression | None:
        """What a definition says, or what is put in the place of a datum that is missing."""
        program = self.program
        if name in program.definitions:
            return program.definitions[name].value
        datum = program.fields.get(name) or program.givens.get(name)
        return None if datum is None else datum.if_missing

    def _reached(self, node: nodes.Expression) -> Iterator[nodes.Expression]:
        """All inside an expression, in what its names mean too, each of which is walked once."""
        waiting, seen = [node], set[str]()
        while waiting:
            for inner in walk(waiting.pop()):
                yield inner
                if isinstance(inner, nodes.Reference) and inner.name not in seen:
                    seen.add(inner.name)
                    meant = self._meant(inner.name)
                    waiting += [] if meant is None else [meant]

    def _divides(self, node: nodes.Expression) -> bool:
        """Whether a value may have a denominator that no datum has."""
        return any(
            isinstance(inner, nodes.Rounded | nodes.Converted)
            or (isinstance(inner, nodes.Arithmetic) and inner.operator == "/")
            for inner in self._reached(node)
        )

    def _differs(self, node: nodes.Expression) -> bool:
        """Whether something is divided by a value of each member, so that each has a denominator of its own."""
        for inner in self._reached(node):
            match inner:
                case nodes.Arithmetic(operator="/", right=by) | nodes.Rounded(unit=by) | nodes.Converted(rate=by):
                    if self._is_of_members(by):
                        return True
        return False

    def _is_of_members(self, node: nodes.Expression) -> bool:
        return any(
            isinstance(inner, nodes.StepResult | nodes.RunValue)
            or (isinstance(inner, nodes.Reference) and inner.name in self.program.fields)
            for inner in self._reached(node)
        )
