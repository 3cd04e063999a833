"""The operations of a tape, one table of what is known of each before anything is computed.

Which operation a node has is a name of this table; what NumPy does for it stands in
:mod:`rulelang.sweeps.tape.numpy_operations`, and what the machine is told in :mod:`rulelang.sweeps.machine.encoder`.
"""

import operator
from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from rulelang.sweeps.tape.nodes import Detail, Node, Operand, OperationName, high_of, is_plain, low_of, widest

Bounds = tuple[int, int]


@frozen
class Operation:
    """What is known of an operation.

    ``fold`` works it out on values that do not vary, if it works value by value; ``bounds`` says what the whole numbers
    that it gives lie between, where who makes a node does not.  An operand that is ``neutral`` on its side leaves the
    other one as it is, an ``absorbing`` one is the result itself, and ``rule`` gives what the operation comes to
    without being computed, or ``None``.
    """

    fold: Callable[..., Operand] | None = None
    bounds: Callable[..., Bounds] | None = None
    neutral: tuple[int | None, int | None] = (None, None)
    absorbing: int | None = None
    rule: Callable[..., Operand | None] | None = None
    truth: bool = False
    width: Callable[[Sequence[Operand], Detail], int | None] = lambda operands, _detail: widest(operands)

    def simplified(self, operands: Sequence[Operand]) -> Operand | None:
        """What the operation comes to without being computed; ``None`` if it has to be."""
        if self.fold is not None and not any(isinstance(operand, (Node, tuple)) for operand in operands):
            return self.fold(*operands)
        if self.absorbing is not None and any(is_plain(operand, self.absorbing) for operand in operands):
            return self.absorbing
        for operand, neutral, other in zip(operands, self.neutral, reversed(operands), strict=False):
            if neutral is not None and is_plain(operand, neutral):
                return other
        return None if self.rule is None else self.rule(*operands)


def _corners(one: Operand, other: Operand, combine: Callable[[int, int], int]) -> Bounds:
    corners = [combine(a, b) for a in (low_of(one), high_of(one)) for b in (low_of(other), high_of(other))]
    return min(corners), max(corners)


def _extreme(never_farther: Callable[[Operand, Operand], bool]) -> Callable[[Operand, Operand], Operand | None]:
    """The operand that the result is in any case: as wide as both, and never farther from the extreme."""

    def rule(a: Operand, b: Operand) -> Operand | None:
        for one, other in ((a, b), (b, a)):
            if one is other or (never_farther(one, other) and widest((one,)) == widest((a, b))):
                return one
        return None

    return rule


def _simple_select(truth: Operand, a: Operand, b: Operand) -> Operand | None:
    if a is b:
        return a
    return (a if truth else b) if isinstance(truth, bool) else None


def _simple_eq(a: Operand, b: Operand) -> bool | None:
    if a is b:
        return True
    return False if high_of(a) < low_of(b) or high_of(b) < low_of(a) else None


def _simple_lt(a: Operand, b: Operand) -> bool | None:
    if a is b or low_of(a) >= high_of(b):
        return False
    return True if high_of(a) < low_of(b) else None


def _simple_le(a: Operand, b: Operand) -> bool | None:
    below = _simple_lt(b, a)
    return None if below is None else not below


def _simple_and(a: Operand, b: Operand) -> Operand | None:
    if excludes(a, b) or excludes(b, a):
        return False
    return b if _holds_in(b, a) else a if _holds_in(a, b) else None


def _holds_in(whole: Operand, part: Operand) -> bool:
    """Whether a truth is one of those that another is made of by `and`."""
    if whole is part:
        return True
    if isinstance(whole, Node) and whole.operation == "lt" and isinstance(part, Node) and part.operation == "not":
        # above zero is other than zero
        inner = part.operands[0]
        return is_plain(whole.operands[0], 0) and inner.operation == "eq" and inner.operands == whole.operands[::-1]
    return isinstance(whole, Node) and whole.operation == "and" and any(_holds_in(x, part) for x in whole.operands)


def _simple_not(a: Operand) -> Operand | None:
    return a.operands[0] if isinstance(a, Node) and a.operation == "not" else None


def excludes(one: Operand, other: Operand) -> bool:
    """Whether one truth is made so that it cannot hold where another does."""
    if not isinstance(one, Node) or not isinstance(other, Node):
        return False
    match one.operation:
        case "not":
            return one.operands[0] is other or _nothing_left(other, one.operands[0])
        case "lt":
            return other.operation == "lt" and other.operands == one.operands[::-1]
        case "and":
            return any(excludes(part, other) for part in one.operands)
        case "any" | "stack":  # of some members, whoever they are
            fixed = one.operation == "stack" and any(source is None for source, _ in one.detail)
            return other.width is None and not fixed and all(excludes(part, other) for part in one.operands)
    return False


def _nothing_left(one: Operand, other: Operand) -> bool:
    """Whether the second truth, that an amount is zero, holds where the first does: it is a rest of that amount."""
    if not all(
        isinstance(truth, Node) and truth.operation == "eq" and is_plain(truth.operands[1], 0) for truth in (one, other)
    ):
        return False
    amount, rest = one.operands[0], other.operands[0]
    while isinstance(rest, Node) and rest.operation == "sub" and rest.low >= 0 and low_of(rest.operands[1]) >= 0:
        rest = rest.operands[0]
        if rest is amount:
            return True
    return False


_COLUMN = Operation(width=lambda _operands, _detail: None)
_AS_LISTED = Operation(width=lambda _operands, detail: len(detail))
_SHARED = Operation(width=lambda _operands, detail: detail.width)

OPERATIONS: Mapping[OperationName, Operation] = {
    "column": _COLUMN,
    "columns": _AS_LISTED,
    # value by value, on whole numbers; divisors are above zero
    "add": Operation(operator.add, lambda a, b: (low_of(a) + low_of(b), high_of(a) + high_of(b)), neutral=(0, 0)),
    "sub": Operation(operator.sub, lambda a, b: (low_of(a) - high_of(b), high_of(a) - low_of(b)), neutral=(None, 0)),
    "mul": Operation(operator.mul, lambda a, b: _corners(a, b, operator.mul), neutral=(1, 1), absorbing=0),
    "floordiv": Operation(operator.floordiv, lambda a, b: _corners(a, b, operator.floordiv), neutral=(None, 1)),
    "min": Operation(
        min,
        lambda a, b: (min(low_of(a), low_of(b)), min(high_of(a), high_of(b))),
        rule=_extreme(lambda one, other: high_of(one) <= low_of(other)),
    ),
    "max": Operation(
        max,
        lambda a, b: (max(low_of(a), low_of(b)), max(high_of(a), high_of(b))),
        rule=_extreme(lambda one, other: low_of(one) >= high_of(other)),
    ),
    "select": Operation(
        lambda truth, a, b: a if truth else b,
        lambda _truth, a, b: (min(low_of(a), low_of(b)), max(high_of(a), high_of(b))),
        rule=_simple_select,
    ),
    "lookup": Operation(),
    # value by value, giving truths
    "eq": Operation(operator.eq, rule=_simple_eq, truth=True),
    "lt": Operation(operator.lt, rule=_simple_lt, truth=True),
    "le": Operation(operator.le, rule=_simple_le, truth=True),
    "and": Operation(lambda a, b: a and b, neutral=(True, True), absorbing=False, rule=_simple_and, truth=True),
    "or": Operation(
        lambda a, b: a or b,
        neutral=(False, False),
        absorbing=True,
        rule=lambda a, b: a if a is b else None,
        truth=True,
    ),
    "not": Operation(operator.not_, rule=_simple_not, truth=True),
    # of all members of a scenario
    "any": evolve(_COLUMN, truth=True),
    "count": _COLUMN,
    "sum": _COLUMN,
    "highest": _COLUMN,
    # blocks taken apart, put together and shared
    "pick": _COLUMN,
    "stack": _AS_LISTED,
    "pile": Operation(),
    "share": _SHARED,
    "ranks": _SHARED,
}
"""All operations, by name."""
