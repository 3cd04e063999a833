"""Blocks of which few numbers are other than 0, such as the losses of many members of whom few default.

They are kept sparse as long as what is done with them keeps zeros zero, and written out where it does not.
"""

from collections.abc import Sequence

from attrs import define

from rulelang.sweeps.machine import opcodes
from rulelang.sweeps.machine.registers import RARE, At, Few, Registers
from rulelang.sweeps.tape.nodes import Node, Operand, low_of, widest


@define
class Sparse(Registers):
    """Writes the instructions of operations on sparse blocks."""

    def keep_sparse(self, node: Node) -> bool:
        """Write what keeps a block sparse, or reads one; no if it has to be written out."""
        match node.operation:
            case "min":
                return self._few_min(node, *node.operands)
            case "sub":
                return self._few_sub(node, *node.operands)
            case "lt":
                return self._few_lt(node, *node.operands)
            case "not":
                return self._few_not(node, *node.operands)
            case "and":
                return self._few_and(node, *node.operands)
            case "sum":
                return self._few_sum(node, *node.operands)
        return False

    def _values(self, few: Few, operand: Operand, node: Node) -> At:
        """The numbers of an operand at the places of a sparse block."""
        other = self.few(operand)
        if other is not None and other.group == few.group:
            return other.numbers
        at = self.at(operand)
        if at.apart == at.step == 0:
            return at
        into = self.room(self._most(few.group), node)
        self.emit(opcodes.AT_PLACES, into, 1, opcodes.SPARSE, few.group, [at])
        return At(into, 0, 1)

    def _most(self, group: int) -> int:
        node = next(node for node, number in self.groups.items() if number == group)
        return self.rows * (node.width or 1) // RARE

    def _kept(self, code: int, node: Node, few: Few, operands: Sequence[At], rest: int) -> bool:
        into = self.room(self._most(few.group), node)
        self.where[node] = Few(few.group, into, rest)
        self.emit(code, into, 1, opcodes.SPARSE, few.group, operands)
        return True

    def _few_min(self, node: Node, one: Operand, other: Operand) -> bool:
        few = self.few(one)
        if few is None or few.rest or low_of(other) < 0:
            return False
        return self._kept(opcodes.MIN, node, few, [few.numbers, self._values(few, other, node)], 0)

    def _few_sub(self, node: Node, one: Operand, other: Operand) -> bool:
        few, also = self.few(one), self.few(other)
        if few is None or also is None or few.group != also.group or few.rest or also.rest:
            return False
        return self._kept(opcodes.SUB, node, few, [few.numbers, also.numbers], 0)

    def _few_lt(self, node: Node, one: Operand, other: Operand) -> bool:
        few = self.few(other)
        if few is None or few.rest or isinstance(one, (Node, tuple)) or one < 0:
            return False
        return self._kept(opcodes.LT, node, few, [self.at(one), few.numbers], 0)

    def _few_not(self, node: Node, one: Operand) -> bool:
        few = self.few(one)
        return few is not None and self._kept(opcodes.SUB, node, few, [self.at(1), few.numbers], 1 - few.rest)

    def _few_and(self, node: Node, one: Operand, other: Operand) -> bool:
        few, also = self.few(one), self.few(other)
        if few is None:
            few, also, other = also, few, one
        if few is None:
            return False
        if also is not None and also.group == few.group:
            operands = [few.numbers, also.numbers]
            return self._kept(opcodes.MIN, node, few, operands, few.rest & also.rest)
        if not few.rest:
            return self._kept(opcodes.MIN, node, few, [few.numbers, self._values(few, other, node)], 0)
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
        self.emit(opcodes.SHUT, into, width, opcodes.BLOCK, few.group, [few.numbers])
        return True

    def _few_sum(self, node: Node, values: Operand, present: Operand) -> bool:
        few = self.few(values)
        if few is not None and present is True and not few.rest:
            self.emit(opcodes.SUM_PLACES, self.result(node), 1, opcodes.BLOCK, few.group, [few.numbers])
            return True
        few = self.few(present)
        if few is None or self.few(values) is not None:
            return False
        amounts = self._values(few, values, node)
        # of those noted, who is there if the others are not, or who is not there if they are
        noted = few.numbers
        most = self._most(few.group)
        if few.rest:
            flags = self.room(most, node)
            self.emit(opcodes.SUB, flags, 1, opcodes.SPARSE, few.group, [self.at(1), noted])
            noted = At(flags, 0, 1)
        chosen = self.room(most, node)
        self.emit(opcodes.MUL, chosen, 1, opcodes.SPARSE, few.group, [noted, amounts])
        into = self.result(node)
        self.emit(opcodes.SUM_PLACES, into, 1, opcodes.BLOCK, few.group, [At(chosen, 0, 1)])
        if few.rest:
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
