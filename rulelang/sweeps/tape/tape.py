"""The tape: what a run over columns of scenarios will compute, written down once and then played batch by batch.

The evaluator of the plan runs once, over handles; every operation on them becomes a *node* of the tape.  A node is a
column (one whole number or truth for each scenario) or a block (one for each scenario and each of ``width`` members).
Bounds of every node are known beforehand, so whatever could pass 64 bits is computed in whole numbers of any length
instead.  Equal nodes are made once, and what does not vary is worked out while the tape is written.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import define, field, frozen

MOST, LEAST = 2**63 - 1, -(2**63)
"""What 64 bits hold."""

Detail: TypeAlias = Any
"""What an operation needs besides its operands: something else for each, and known to who makes and who computes it."""


@define(eq=False)
class Node:
    """One operation: ``low`` and ``high`` bound its whole numbers; ``detail`` is what else the operation needs."""

    number: int
    operation: str
    operands: tuple["Operand", ...]
    width: int | None
    low: int
    high: int
    truth: bool = False
    detail: Detail = field(default=None, repr=False)

    @property
    def wide(self) -> bool:
        """Whether its numbers may need more than 64 bits."""
        return self.low < LEAST or self.high > MOST


Operand: TypeAlias = Any
"""A whole number or truth, a tuple of them (one for each member), or a node."""


@frozen
class Elem:
    """A column: a node without width, or one member's column of a block."""

    node: Node
    index: int | None = None


Ref = int | bool | Elem
"""A whole number or truth that does not vary, or a column."""


def low_of(operand: Operand) -> int:
    """The least that an operand can be."""
    return operand.low if isinstance(operand, Node) else min(operand) if isinstance(operand, tuple) else int(operand)


def high_of(operand: Operand) -> int:
    """The most that an operand can be."""
    return operand.high if isinstance(operand, Node) else max(operand) if isinstance(operand, tuple) else int(operand)


def _spans(one: Operand, other: Operand, combine: Callable[[int, int], int]) -> tuple[int, int]:
    corners = [combine(a, b) for a in (low_of(one), high_of(one)) for b in (low_of(other), high_of(other))]
    return min(corners), max(corners)


def _select_bounds(_truth: Operand, one: Operand, other: Operand) -> tuple[int, int]:
    return min(low_of(one), low_of(other)), max(high_of(one), high_of(other))


BOUNDS: Mapping[str, Callable[..., tuple[int, int]]] = {
    "add": lambda a, b: (low_of(a) + low_of(b), high_of(a) + high_of(b)),
    "sub": lambda a, b: (low_of(a) - high_of(b), high_of(a) - low_of(b)),
    "mul": lambda a, b: _spans(a, b, lambda x, y: x * y),
    "floordiv": lambda a, b: _spans(a, b, lambda x, y: x // y),
    "min": lambda a, b: (min(low_of(a), low_of(b)), min(high_of(a), high_of(b))),
    "max": lambda a, b: (max(low_of(a), low_of(b)), max(high_of(a), high_of(b))),
    "select": _select_bounds,
}
"""The bounds of operations on whole numbers; divisors are above zero."""

FOLDED: Mapping[str, Callable[..., Operand]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b,
    "min": min,
    "max": max,
    "select": lambda truth, a, b: a if truth else b,
    "eq": lambda a, b: a == b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
}
"""The operations that work value by value, on values that do not vary."""

TRUTHS = frozenset({"eq", "lt", "le", "and", "or", "not", "any"})
"""The operations whose results are truths."""


@define
class Tape:
    """The nodes, in an order in which each stands behind its operands."""

    nodes: list[Node] = field(factory=list)
    known: dict[Hashable, Operand] = field(factory=dict)

    def make(
        self, operation: str, *operands: Operand, detail: Detail = None, bounds: tuple[int, int] | None = None
    ) -> Operand:
        """The node of an operation, or what it comes to where that does not vary."""
        operands = tuple(_plain(operand) for operand in operands)
        simple = _simplified(operation, operands)
        if simple is not None:
            return simple
        if operation == "eq" and isinstance(operands[0], Node) and _is(operands[1], 0):
            # the larger of something and zero is zero where nothing is above zero
            node = operands[0]
            if node.operation == "max" and _is(node.operands[1], 0):
                return self.make("not", self.make("lt", 0, node.operands[0]))
        key = (operation, tuple(map(_key, operands)), detail, bounds)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._new(operation, operands, detail, bounds)
        return found

    def _new(
        self, operation: str, operands: tuple[Operand, ...], detail: Detail, bounds: tuple[int, int] | None
    ) -> Node:
        truth = operation in TRUTHS or (operation in ("stack", "pick") and _is_truth(operands, detail))
        width = _WIDTHS.get(operation, _widest)(operands, detail)
        if bounds is None:
            bounds = (0, 1) if truth else BOUNDS[operation](*operands)
        node = Node(len(self.nodes), operation, operands, width, *bounds, truth, detail)
        self.nodes.append(node)
        return node

    def column(self, number: int, low: int, high: int) -> Node:
        """An input: the column with this number, whose values lie between two bounds."""
        node: Node = self.make("column", detail=number, bounds=(low, high))
        return node

    def columns(self, numbers: Sequence[int], low: int, high: int) -> list[Ref]:
        """Several inputs as one block."""
        if len(numbers) == 1:
            return [Elem(self.column(numbers[0], low, high))]
        return self.unpacked(self.make("columns", detail=tuple(numbers), bounds=(low, high)), len(numbers))

    # --------------------------------------------------------------------------------------------- rows of references

    def each(self, operation: str, *rows: Sequence[Ref], bounds: tuple[int, int] | None = None) -> list[Ref]:
        """An operation on each row of references; what does not vary is worked out here."""
        result: list[Operand] = []
        varying: list[int] = []
        fold = FOLDED[operation]
        for index, refs in enumerate(zip(*rows, strict=True)):
            if any(type(ref) is Elem for ref in refs):
                varying.append(index)
                result.append(None)
            else:
                result.append(fold(*refs))
        if varying:
            operands = [self.packed([row[index] for index in varying]) for row in rows]
            made = self.unpacked(self.make(operation, *operands, bounds=bounds), len(varying))
            for index, ref in zip(varying, made, strict=True):
                result[index] = ref
        return result

    def packed(self, refs: Sequence[Ref]) -> Operand:
        """References as one operand: a plain value, a tuple of them, a column or a block."""
        first = refs[0]
        if all(ref is first or (type(ref) is type(first) and ref == first) for ref in refs):
            return self.scalar(first)
        if not any(type(ref) is Elem for ref in refs):
            return tuple(refs)
        if isinstance(first, Elem) and first.node.width == len(refs):
            node = first.node
            if all(type(r) is Elem and r.node is node and r.index == place for place, r in enumerate(refs)):
                return node
        nodes = list(dict.fromkeys(ref.node for ref in refs if isinstance(ref, Elem)))
        where = {node: place for place, node in enumerate(nodes)}
        plan = tuple((where[ref.node], ref.index) if isinstance(ref, Elem) else (None, ref) for ref in refs)
        bounds = [(ref.node.low, ref.node.high) if isinstance(ref, Elem) else (int(ref), int(ref)) for ref in refs]
        span = (min(low for low, _ in bounds), max(high for _, high in bounds))
        return self.make("stack", *nodes, detail=plan, bounds=span)

    def scalar(self, ref: Ref) -> Operand:
        """One reference as a plain value or a node without width."""
        if not isinstance(ref, Elem):
            return ref
        if ref.index is None:
            return ref.node
        return self.make("pick", ref.node, detail=ref.index, bounds=(ref.node.low, ref.node.high))

    @staticmethod
    def unpacked(operand: Operand, count: int) -> list[Ref]:
        """An operand as so many references."""
        if isinstance(operand, tuple):
            return list(operand)
        if isinstance(operand, Node):
            if operand.width is None:
                return [Elem(operand)] * count
            return [Elem(operand, index) for index in range(count)]
        return [operand] * count


def _plain(operand: Operand) -> Operand:
    """A tuple of equal values is that value."""
    if isinstance(operand, tuple) and all(value == operand[0] for value in operand):
        return operand[0]
    return operand


def _key(operand: Operand) -> Hashable:
    """What tells operands apart: truths from numbers, too."""
    return operand if isinstance(operand, Node) else (type(operand) is bool, operand)


def _is_truth(operands: Sequence[Operand], detail: Detail) -> bool:
    if not operands:
        return False
    del detail
    return all(isinstance(operand, Node) and operand.truth for operand in operands)


def _widest(operands: Sequence[Operand], detail: Detail) -> int | None:
    del detail
    widths = [
        operand.width if isinstance(operand, Node) else len(operand)
        for operand in operands
        if isinstance(operand, tuple) or (isinstance(operand, Node) and operand.width is not None)
    ]
    return max((width for width in widths if width is not None), default=None)


def _no_width(operands: Sequence[Operand], detail: Detail) -> None:
    del operands, detail


_WIDTHS: Mapping[str, Callable[[Sequence[Operand], Detail], int | None]] = {
    **dict.fromkeys(("column", "pick", "sum", "count", "any", "lowest", "highest"), _no_width),
    "columns": lambda _operands, detail: len(detail),
    "stack": lambda _operands, detail: len(detail),
    "share": lambda _operands, detail: detail.width,
    "ranks": lambda _operands, detail: detail.width,
}


def _simplified(operation: str, operands: tuple[Operand, ...]) -> Operand | None:
    """What an operation comes to without being computed; ``None`` if it has to be."""
    if operation in FOLDED and not any(isinstance(operand, (Node, tuple)) for operand in operands):
        return FOLDED[operation](*operands)
    rule = _RULES.get(operation)
    return None if rule is None else rule(*operands)


def _is(operand: Operand, value: int) -> bool:
    return not isinstance(operand, (Node, tuple)) and operand == value


def _simple_add(a: Operand, b: Operand) -> Operand | None:
    return b if _is(a, 0) else a if _is(b, 0) else None


def _simple_sub(a: Operand, b: Operand) -> Operand | None:
    return a if _is(b, 0) else None


def _simple_mul(a: Operand, b: Operand) -> Operand | None:
    if _is(a, 0) or _is(b, 0):
        return 0
    return b if _is(a, 1) else a if _is(b, 1) else None


def _simple_floordiv(a: Operand, b: Operand) -> Operand | None:
    return a if _is(b, 1) else None


def _fits(a: Operand, b: Operand) -> bool:
    """Whether ``a`` is as wide as the result of an operation with ``b``."""
    return _widest((a,), None) == _widest((a, b), None)


def _simple_min(a: Operand, b: Operand) -> Operand | None:
    if a is b or (high_of(a) <= low_of(b) and _fits(a, b)):
        return a
    return b if high_of(b) <= low_of(a) and _fits(b, a) else None


def _simple_max(a: Operand, b: Operand) -> Operand | None:
    if a is b or (low_of(a) >= high_of(b) and _fits(a, b)):
        return a
    return b if low_of(b) >= high_of(a) and _fits(b, a) else None


def _simple_select(truth: Operand, a: Operand, b: Operand) -> Operand | None:
    if a is b:
        return a
    return (a if truth else b) if isinstance(truth, bool) else None


def _simple_eq(a: Operand, b: Operand) -> Operand | None:
    if a is b:
        return True
    return False if high_of(a) < low_of(b) or high_of(b) < low_of(a) else None


def _simple_lt(a: Operand, b: Operand) -> bool | None:
    if a is b or low_of(a) >= high_of(b):
        return False
    return True if high_of(a) < low_of(b) else None


def _simple_le(a: Operand, b: Operand) -> bool | None:
    if a is b or high_of(a) <= low_of(b):
        return True
    return False if low_of(a) > high_of(b) else None


def _simple_and(a: Operand, b: Operand) -> Operand | None:
    if a is False or b is False or excludes(a, b) or excludes(b, a):
        return False
    if a is True or _holds_in(b, a):
        return b
    return a if b is True or _holds_in(a, b) else None


def _holds_in(whole: Operand, part: Operand) -> bool:
    """Whether a truth is one of those that another is made of by `and`."""
    if whole is part:
        return True
    if isinstance(whole, Node) and whole.operation == "lt" and isinstance(part, Node) and part.operation == "not":
        # above zero is other than zero
        inner = part.operands[0]
        return _is(whole.operands[0], 0) and inner.operation == "eq" and inner.operands == whole.operands[::-1]
    return isinstance(whole, Node) and whole.operation == "and" and any(_holds_in(x, part) for x in whole.operands)


def _simple_or(a: Operand, b: Operand) -> Operand | None:
    if a is True or b is True:
        return True
    return b if a is False or a is b else a if b is False else None


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
        isinstance(truth, Node) and truth.operation == "eq" and _is(truth.operands[1], 0) for truth in (one, other)
    ):
        return False
    amount, rest = one.operands[0], other.operands[0]
    while isinstance(rest, Node) and rest.operation == "sub" and rest.low >= 0 and low_of(rest.operands[1]) >= 0:
        rest = rest.operands[0]
        if rest is amount:
            return True
    return False


_RULES: Mapping[str, Callable[..., Operand]] = {
    "add": _simple_add,
    "sub": _simple_sub,
    "mul": _simple_mul,
    "floordiv": _simple_floordiv,
    "min": _simple_min,
    "max": _simple_max,
    "select": _simple_select,
    "eq": _simple_eq,
    "lt": _simple_lt,
    "le": _simple_le,
    "and": _simple_and,
    "or": _simple_or,
    "not": _simple_not,
}
