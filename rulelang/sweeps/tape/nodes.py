"""The nodes of a tape and what refers to them, with the bounds within which their numbers are known to lie."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

from attrs import define, field, frozen

MOST, LEAST = 2**63 - 1, -(2**63)
"""What 64 bits hold."""

Detail: TypeAlias = Any
"""What an operation needs besides its operands: something else for each, and known to who makes and who computes it."""


ByNumber: TypeAlias = Literal[
    "add", "sub", "mul", "floordiv", "min", "max", "select", "eq", "lt", "le", "and", "or", "not"
]  # fmt: skip
"""An operation number by number, or truth by truth."""
OperationName: TypeAlias = (
    ByNumber
    | Literal[
        "column", "columns", "lookup", "any", "count", "sum", "highest", "pick", "stack", "pile", "share", "ranks"
    ]
)
"""Every operation there is: one kind of node for all, for a tape is written, cut and played without a look at it."""


@define(eq=False)
class Node:
    """One operation: ``low`` and ``high`` bound its whole numbers; ``detail`` is what else the operation needs."""

    number: int
    operation: OperationName
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


def span_of(refs: Sequence[Ref]) -> tuple[int, int]:
    """The least and the most that some references can be."""
    pairs = [(ref.node.low, ref.node.high) if isinstance(ref, Elem) else (int(ref), int(ref)) for ref in refs]
    return min(low for low, _ in pairs), max(high for _, high in pairs)


def widest(operands: Iterable[Operand]) -> int | None:
    """How many members the widest of some operands has; ``None`` if all are columns or plain values."""
    widths = (
        operand.width if isinstance(operand, Node) else len(operand) if isinstance(operand, tuple) else None
        for operand in operands
    )
    return max((width for width in widths if width is not None), default=None)


def is_plain(operand: Operand, value: int) -> bool:
    """Whether an operand is just this value."""
    return not isinstance(operand, (Node, tuple)) and operand == value
