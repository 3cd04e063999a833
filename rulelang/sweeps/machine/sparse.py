"""Blocks of which few numbers are other than 0, such as the losses of many members of whom few default.

They are kept sparse as long as what is done with them keeps zeros zero, and written out where it does not.
"""

from collections.abc import Sequence

from attrs import define

from rulelang.sweeps.machine import opcodes
from rulelang.sweeps.machine.registers import RARE, At, Registers, SparseBlock
from rulelang.sweeps.tape.nodes import Node, Operand, low_of, widest


@define
class Sparse(Registers):
    """Writes the instructions of operations on sparse blocks."""

    def keep_sparse(self, node: Node) -> bool:
        """Write what keeps a block sparse, or reads one; no if it has to be written out."""
        match node.operation:
            case "min":
                return self._min_of_sparse(node, *node.operands)
            case "sub":
                return self._sub_of_sparse(node, *node.operands)
            case "lt":
                return self._lt_of_sparse(node, *node.operands)
            case "not":
                return self._not_of_sparse(node, *node.operands)
            case "and":
                return self._and_of_sparse(node, *node.operands)
            case "sum":
                return self._sum_of_sparse(node, *node.operands)
        return False

    def _values(self, block: SparseBlock, operand: Operand, node: Node) -> At:
        """The numbers of an operand at the places of a sparse block."""
        other = self.sparse_block(operand)
        if other is not None and other.group == block.group:
            return other.numbers
        at = self.at(operand)
        if at.apart == at.step == 0:
            return at
        into = self.room(self._most(block.group), node)
        self.emit(opcodes.AT_PLACES, into, 1, opcodes.SPARSE, block.group, [at])
        return At(into, 0, 1)

    def _most(self, group: int) -> int:
        node = next(node for node, number in self.groups.items() if number == group)
        return self.rows * (node.width or 1) // RARE

    def _kept(self, code: int, node: Node, block: SparseBlock, operands: Sequence[At], rest: int) -> bool:
        into = self.room(self._most(block.group), node)
        self.where[node] = SparseBlock(block.group, into, rest)
        self.emit(code, into, 1, opcodes.SPARSE, block.group, operands)
        return True

    def _min_of_sparse(self, node: Node, one: Operand, other: Operand) -> bool:
        block = self.sparse_block(one)
        if block is None or block.rest or low_of(other) < 0:
            return False
        return self._kept(opcodes.MIN, node, block, [block.numbers, self._values(block, other, node)], 0)

    def _sub_of_sparse(self, node: Node, one: Operand, other: Operand) -> bool:
        block, also = self.sparse_block(one), self.sparse_block(other)
        if block is None or also is None or block.group != also.group or block.rest or also.rest:
            return False
        return self._kept(opcodes.SUB, node, block, [block.numbers, also.numbers], 0)

    def _lt_of_sparse(self, node: Node, one: Operand, other: Operand) -> bool:
        block = self.sparse_block(other)
        if block is None or block.rest or isinstance(one, (Node, tuple)) or one < 0:
            return False
        return self._kept(opcodes.LT, node, block, [self.at(one), block.numbers], 0)

    def _not_of_sparse(self, node: Node, one: Operand) -> bool:
        block = self.sparse_block(one)
        return block is not None and self._kept(opcodes.SUB, node, block, [self.at(1), block.numbers], 1 - block.rest)

    def _and_of_sparse(self, node: Node, one: Operand, other: Operand) -> bool:
        block, also = self.sparse_block(one), self.sparse_block(other)
        if block is None:
            block, also, other = also, block, one
        if block is None:
            return False
        if also is not None and also.group == block.group:
            operands = [block.numbers, also.numbers]
            return self._kept(opcodes.MIN, node, block, operands, block.rest & also.rest)
        if not block.rest:
            return self._kept(opcodes.MIN, node, block, [block.numbers, self._values(block, other, node)], 0)
        at, width = self.at(other), node.width or 1
        if (
            isinstance(other, Node)
            and self.needed.readers[other] == [node]
            and other in self.owned
            and other not in self.needed.results
        ):
            self.where[node], into = at, at.offset  # nobody else reads it: its register is taken over
            self.owned.setdefault(node, []).extend(self.owned.pop(other))
        else:
            into = self.result(node)
            self.emit(opcodes.COPY, into, width, opcodes.BLOCK, 0, [at])
        self.emit(opcodes.SHUT, into, width, opcodes.BLOCK, block.group, [block.numbers])
        return True

    def _sum_of_sparse(self, node: Node, values: Operand, present: Operand) -> bool:
        block = self.sparse_block(values)
        if block is not None and present is True and not block.rest:
            self.emit(opcodes.SUM_PLACES, self.result(node), 1, opcodes.BLOCK, block.group, [block.numbers])
            return True
        block = self.sparse_block(present)
        if block is None or self.sparse_block(values) is not None:
            return False
        amounts = self._values(block, values, node)
        # of those noted, who is there if the others are not, or who is not there if they are
        noted = block.numbers
        most = self._most(block.group)
        if block.rest:
            flags = self.room(most, node)
            self.emit(opcodes.SUB, flags, 1, opcodes.SPARSE, block.group, [self.at(1), noted])
            noted = At(flags, 0, 1)
        chosen = self.room(most, node)
        self.emit(opcodes.MUL, chosen, 1, opcodes.SPARSE, block.group, [noted, amounts])
        into = self.result(node)
        self.emit(opcodes.SUM_PLACES, into, 1, opcodes.BLOCK, block.group, [At(chosen, 0, 1)])
        if block.rest:
            self.emit(opcodes.SUB, into, 1, opcodes.COLUMN, 0, [self._sum_of_all(values, node), At(into, 0, 1)])
        return True

    def _sum_of_all(self, values: Operand, node: Node) -> At:
        """The sum of all values, whoever is there, as one row."""
        width = widest(node.operands) or 1
        if not isinstance(values, Node):
            row = values if isinstance(values, tuple) else (values,) * width
            return self.at(sum(map(int, row)))
        total = self.room(self.rows, node)
        at, everybody = self.at(values), self.at(True)  # noqa: FBT003 - everybody
        self.emit(opcodes.SUM, total, width, opcodes.BLOCK, 0, [at, everybody])
        return At(total, 0, 1)


def may_be_sparse(node: Node) -> bool:
    """Whether an input may be such that few of its numbers are other than 0."""
    return node.low == 0 and (node.width or 0) >= RARE
