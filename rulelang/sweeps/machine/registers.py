"""The memory of the machine: where constants and registers are, and the instructions written so far.

Constants come first, then a register for every node, given to another one as soon as nobody reads it any more.
"""

from collections.abc import Hashable, Mapping, Sequence

from attrs import define, field, frozen

from rulelang.sweeps.machine import opcodes
from rulelang.sweeps.tape.needed import Needed
from rulelang.sweeps.tape.nodes import LEAST, MOST, Node, Operand

RARE = 8
"""A block is kept sparse if at most one number in so many is not 0."""


class CannotEncode(Exception):
    """There is no instruction for a node, or its numbers may be too large for it."""


@frozen
class At:
    """Where an operand is: its beginning, how far its rows are apart, and how far the numbers of a row."""

    offset: int
    apart: int
    step: int

    @property
    def fields(self) -> tuple[int, int, int]:
        """As an instruction has it."""
        return self.offset, self.apart, self.step

    @property
    def lying(self) -> "At":
        """A column as one row."""
        return At(self.offset, 0, self.apart)


@frozen
class SparseBlock:
    """A sparse block: which inputs its places come from, where its numbers are, and what it is elsewhere (0 or 1)."""

    group: int
    offset: int
    rest: int

    @property
    def numbers(self) -> At:
        """Its numbers, side by side."""
        return At(self.offset, 0, 1)


@define
class Registers:
    """A memory for ``rows`` scenarios at a time, laid out for what some results need.

    ``starts`` says where an input begins in a row of the table, and ``base`` where the registers begin.
    """

    needed: Needed
    starts: Mapping[Node, int]
    rows: int
    sparse: bool
    base: int = 0
    constants: list[int] = field(factory=list)
    known: dict[Hashable, int] = field(factory=dict)
    lines: list[list[int]] = field(factory=list)
    where: dict[Node, At | SparseBlock] = field(factory=dict)
    groups: dict[Node, int] = field(factory=dict)
    patterns: list[tuple[int, int]] = field(factory=list)
    free: dict[int, list[int]] = field(factory=dict)
    size: int = 0
    owned: dict[Node, list[tuple[int, int]]] = field(factory=dict)
    piles: dict[Node, int] = field(factory=dict)
    written: dict[Node, At] = field(factory=dict)

    # ------------------------------------------------------------------------------------------------------ memory

    def constant(self, values: tuple[int, ...], key: Hashable = None) -> int:
        """Where some constants begin; those of a key may be other ones when everything is laid out again.

        Raises:
            CannotEncode: one does not fit.
        """
        key = values if key is None else key
        if values and (min(values) < LEAST or max(values) > MOST):
            raise CannotEncode("a constant")
        if key not in self.known:
            self.known[key] = len(self.constants)
            self.constants.extend(values)
        begin = self.known[key]
        self.constants[begin : begin + len(values)] = values
        return begin

    def room(self, count: int, owner: Node | None = None) -> int:
        """Where a register for so many numbers begins; it belongs to a node, or to everybody."""
        free = self.free.get(count)
        if free:
            offset = free.pop()
        else:
            offset, self.size = self.base + self.size, self.size + count
        if owner is not None:
            self.owned.setdefault(owner, []).append((offset, count))
        return offset

    def forget(self, node: Node) -> None:
        """Give the registers of a node to others."""
        for offset, count in self.owned.pop(node, ()):
            self.free.setdefault(count, []).append(offset)

    # ---------------------------------------------------------------------------------------------------- operands

    def at(self, operand: Operand) -> At:
        """Where an operand is, written out if it is sparse."""
        if isinstance(operand, tuple):
            return At(self.constant(tuple(map(int, operand))), 0, 1)
        if not isinstance(operand, Node):
            return At(self.constant((int(operand),)), 0, 0)
        place = self.where[operand]
        return self._written(operand, place) if isinstance(place, SparseBlock) else place

    def _written(self, node: Node, block: SparseBlock) -> At:
        if node not in self.written:
            width = node.width or 1
            into = self.room(self.rows * width, node)
            self.emit(opcodes.SPREAD_OUT, into, width, opcodes.BLOCK, block.group, [block.numbers], [block.rest])
            self.written[node] = At(into, width, 1)
        return self.written[node]

    def sparse_block(self, operand: Operand) -> SparseBlock | None:
        """The sparse block of an operand, if it is one."""
        place = self.where.get(operand) if isinstance(operand, Node) else None
        return place if isinstance(place, SparseBlock) else None

    def emit(
        self,
        operation: int,
        into: int,
        width: int,
        shape: int,
        group: int = 0,
        operands: Sequence[At] = (),
        extra: Sequence[int] = (),
    ) -> None:
        """Write an instruction."""
        line = [operation, into, width, shape, group]
        for operand in operands:
            line.extend(operand.fields)
        line.extend([0] * (opcodes.EXTRA - len(line)))
        line.extend(extra)
        line.extend([0] * (opcodes.FIELDS - len(line)))
        self.lines.append(line)

    def result(self, node: Node) -> int:
        """Where the result of a node begins."""
        width = node.width
        into = self.room(self.rows * (width or 1), node)
        self.where[node] = At(into, width, 1) if width else At(into, 1, 0)
        return into

    def row(self, operand: At, node: Node) -> At:
        """A column as one row whose numbers lie side by side."""
        if operand.apart <= 1:
            return operand.lying
        into = self.room(self.rows, node)
        self.emit(opcodes.COPY, into, 1, opcodes.COLUMN, 0, [operand.lying])
        return At(into, 0, 1)
