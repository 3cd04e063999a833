"""The nodes of a tape written as instructions for the compiled machine, where all their numbers are known to fit."""

from collections.abc import Mapping, Sequence

import numpy
from attrs import define, frozen

from rulelang.sweeps.machine import opcodes
from rulelang.sweeps.machine.precomputed import ROOM, precomputed
from rulelang.sweeps.machine.registers import RARE, At, CannotEncode, SparseBlock
from rulelang.sweeps.machine.sparse import Sparse, may_be_sparse
from rulelang.sweeps.tape.arrays import Array
from rulelang.sweeps.tape.nodes import ByNumber, Node, Operand, high_of, low_of, widest
from rulelang.sweeps.tape.numpy_sharing import Sharing

NUMBER_BY_NUMBER: Mapping[ByNumber, int] = {
    "add": opcodes.ADD, "sub": opcodes.SUB, "mul": opcodes.MUL, "floordiv": opcodes.FLOORDIV, "min": opcodes.MIN,
    "max": opcodes.MAX, "eq": opcodes.EQ, "lt": opcodes.LT, "and": opcodes.MIN, "or": opcodes.MAX,
    "not": opcodes.SUB, "le": opcodes.LT, "select": opcodes.SELECT,
}  # fmt: skip
"""The instruction for each operation number by number."""


@frozen
class Instructions:
    """What the machine is given: instructions, inputs, their bounds, and results."""

    code: Array
    inputs: Array
    limits: Array
    results: Array


@define
class Encoder(Sparse):
    """Writes the instructions of some nodes; with ``sparse`` unset, as if no block were sparse."""

    def encode(self) -> Instructions:
        """The instructions of all nodes.

        Raises:
            CannotEncode: there is none for a node.
        """
        inputs = [self._input(node) for node in self.needed.inputs]
        for node in self.needed.order:
            if node not in self.where:  # inputs are
                self._node(node)
            for dead in self.needed.dying.get(node, ()):
                self.forget(dead)
        self._fetch_ahead()
        results = self._results()
        return Instructions(
            _table(self.lines, opcodes.FIELDS),
            _table([row[:5] for row in inputs], 5),
            numpy.array([row[5:] for row in inputs], dtype=numpy.int64).reshape(-1, 2),
            _table(results, 4),
        )

    def _input(self, node: Node) -> list[int]:
        width = node.width or 1
        most = self.rows * width // RARE
        if self.sparse and may_be_sparse(node):
            group = self.groups[node] = len(self.groups)
            self.patterns.append((self.room(most), self.room(most)))
            self.where[node] = SparseBlock(group, self.room(most, node), 0)
            return [self.starts[node], width, self.where[node].offset, most, group, node.low, node.high]
        return [self.starts[node], width, self.result(node), 0, 0, node.low, node.high]

    def _node(self, node: Node) -> None:
        if self.keep_sparse(node):
            return
        match node.operation:
            case "pick":
                self._pick(node)
            case "stack":
                self._stack(node)
            case "lookup":
                self._lookup(node)
            case "sum" | "count" | "any" | "highest":
                self._aggregate(node)
            case "pile":
                self._pile(node)
            case "share":
                self._share(node)
            case "ranks" | "column" | "columns":
                raise CannotEncode(node.operation)
            case _:
                self._elementwise(node, node.operation)

    def _elementwise(self, node: Node, operation: ByNumber) -> None:
        operands = [self.at(operand) for operand in node.operands]
        if operation == "le":  # not below
            operands.reverse()
        elif operation == "not":
            operands.insert(0, self.at(1))
        into = self.result(node)
        width, shape, result = node.width or 1, opcodes.BLOCK, At(into, node.width or 1, 1)
        if node.width is None:
            operands, shape, result = [self.row(operand, node) for operand in operands], opcodes.COLUMN, At(into, 0, 1)
        self.emit(NUMBER_BY_NUMBER[operation], into, width, shape, 0, operands)
        if operation == "le":
            self.emit(opcodes.SUB, into, width, shape, 0, [self.at(1), result])

    def _pick(self, node: Node) -> None:
        block = self.at(node.operands[0])
        self.emit(
            opcodes.COPY, self.result(node), 1, opcodes.COLUMN, 0, [At(block.offset + node.detail, 0, block.apart)]
        )

    def _stack(self, node: Node) -> None:
        operands = [self.at(operand) for operand in node.operands]
        sources, steps = [], []
        for source, value in node.detail:
            if source is None:
                sources.append(self.constant((int(value),)))
                steps.append(0)
            else:
                sources.append(operands[source].offset + (value or 0))
                steps.append(operands[source].apart)
        into = self.result(node)
        self.emit(
            opcodes.STACK, into, node.width or 1, opcodes.BLOCK, 0, (),
            [self.constant(tuple(sources), ("places", node.number, self.sparse)), self.constant(tuple(steps))],
        )  # fmt: skip

    def _lookup(self, node: Node) -> None:
        table = self.constant(tuple(map(int, node.detail)))
        operand = self.at(node.operands[0])
        shape = opcodes.BLOCK if node.width else opcodes.COLUMN
        places = operand if node.width else operand.lying
        self.emit(opcodes.LOOKUP, self.result(node), node.width or 1, shape, 0, [places], [table])

    def _aggregate(self, node: Node) -> None:
        code, extra, width = opcodes.SUM, [], widest(node.operands) or 1
        if node.operation == "highest":
            most, lowest = node.detail
            work = self.room(width, node)
            code, extra = opcodes.HIGHEST, [self.constant((int(lowest),)), work, most]
        operands = [self.at(operand) for operand in node.operands]
        if len(operands) == 1:
            operands.append(self.at(True))  # noqa: FBT003 - everybody
        into = self.result(node)
        self.emit(code, into, width, opcodes.BLOCK, 0, operands, extra)
        if node.operation == "any":  # above zero
            self.emit(opcodes.LT, into, 1, opcodes.COLUMN, 0, [self.at(0), At(into, 0, 1)])

    # ---------------------------------------------------------------------------------------------- piles, sharing

    def _pile(self, node: Node) -> None:
        """The sum of several blocks; sharings that nobody else reads have added to it already."""
        width = node.width or 1
        into = self._pile_of(node)
        self.where[node] = At(into, width, 1)
        operands = [o for o in node.operands if not isinstance(o, Node) or o in self.where]  # the others have added
        if len(operands) == len(node.operands):
            plain = [operand for operand in operands if self.sparse_block(operand) is None]
            first = plain[0] if plain else 0
            self.emit(opcodes.COPY, into, width, opcodes.BLOCK, 0, [self.at(first)])
            operands = [operand for operand in operands if operand is not first]
        for operand in operands:
            block = self.sparse_block(operand)
            if block is not None and not block.rest:
                self.emit(opcodes.PUT, into, width, opcodes.BLOCK, block.group, [block.numbers])
            else:
                self.emit(opcodes.ADD, into, width, opcodes.BLOCK, 0, [At(into, width, 1), self.at(operand)])

    def _pile_of(self, node: Node) -> int:
        if node not in self.piles:
            self.piles[node] = self.room(self.rows * (node.width or 1), node)
        return self.piles[node]

    def _share(self, node: Node) -> None:
        draw, keys, limits, present = node.operands
        sharing: Sharing = node.detail
        size = sharing.width
        if max(high_of(draw), high_of(keys)) * size >= ROOM or low_of(draw) < 0:
            raise CannotEncode(node.operation)
        reading = self.needed.readers[node]
        only = reading[0] if len(reading) == 1 and node not in self.needed.results else None
        adds = False
        if only is not None and only.operation == "pile" and only.operands.count(node) == 1:
            adds = only in self.piles
            into = self._pile_of(only)
        else:
            into = self.result(node)
        by_limits = keys is limits or (isinstance(keys, tuple) and keys == limits)
        group, who = self._present(present)
        work = self.room(4 * size + 2, node)
        drawn = self.row(self.at(draw), node)
        known = precomputed(keys, limits, size) if sharing.reallocates else None
        if known is None:
            shares = [self.at(keys), self.at(limits)]
        else:
            begin = self.constant(known)
            shares = [At(begin, 0, 1), At(begin + size, 0, 1)]
        modes = {
            opcodes.REALLOCATES: sharing.reallocates, opcodes.BY_LIMITS: by_limits, opcodes.ADDS: adds,
            opcodes.KNOWN: known is not None,
        }  # fmt: skip
        mode = sum(int(bit) for bit, holds in modes.items() if holds)
        self.emit(opcodes.SHARE, into, size, opcodes.BLOCK, group, [drawn, *shares], [work, mode, *who])

    def _present(self, present: Operand) -> tuple[int, list[int]]:
        block = self.sparse_block(present)
        if block is not None and block.rest:
            return block.group, [opcodes.PLACES, block.offset, 0, 0]
        if present is True:
            return 0, [opcodes.EVERYBODY, 0, 0, 0]
        at = self.at(present)
        return 0, [opcodes.TRUTHS, at.offset, at.apart, at.step]

    def _fetch_ahead(self) -> None:
        """While the first sharing is worked on, the next inputs are fetched, and with the last one room for results."""
        sharing = [line for line in self.lines if line[opcodes.OPERATION] == opcodes.SHARE]
        if sharing:
            sharing[0][opcodes.EXTRA + 1] += int(opcodes.FETCHES_INPUTS)
            sharing[-1][opcodes.EXTRA + 1] += int(opcodes.FETCHES_RESULTS)

    def _results(self) -> list[list[int]]:
        found, columns, blocks = [], 0, 0
        for node in self.needed.results:
            at, width = self.at(node), node.width or 0
            found.append([at.offset, at.apart, width, blocks if width else columns])
            columns, blocks = columns + (not width), blocks + width
        return found


def _table(rows: Sequence[Sequence[int]], width: int) -> Array:
    return numpy.array(rows, dtype=numpy.uint64).reshape(-1, width)
