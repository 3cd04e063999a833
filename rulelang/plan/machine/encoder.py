"""The nodes of a tape written as instructions for the compiled machine, where all their numbers are known to fit."""

from collections.abc import Sequence
from typing import Any

import numpy
from attrs import define, frozen

from rulelang.plan.columns_inputs import INPUTS
from rulelang.plan.columns_share import Sharing
from rulelang.plan.columns_tape import Node, Operand, high_of, low_of
from rulelang.plan.machine import codes
from rulelang.plan.machine.known import ROOM, known_of
from rulelang.plan.machine.layout import RARE, At, CannotEncode, Few, width_of
from rulelang.plan.machine.scattered import Scattered, may_be_sparse

Array = Any
BINARY = {
    "add": codes.ADD, "sub": codes.SUB, "mul": codes.MUL, "floordiv": codes.FLOORDIV, "min": codes.MIN,
    "max": codes.MAX, "eq": codes.EQ, "lt": codes.LT, "and": codes.MIN, "or": codes.MAX,
}  # fmt: skip


@frozen
class Instructions:
    """What the machine is given: instructions, inputs, their bounds, and results."""

    code: Array
    inputs: Array
    limits: Array
    results: Array


@define
class Encoder(Scattered):
    """Writes the instructions of some nodes; with ``sparse`` unset, as if no block were sparse."""

    def encode(self) -> Instructions:
        """The instructions of all nodes.

        Raises:
            CannotEncode: there is none for a node.
        """
        last = {
            node: max(reading, key=lambda reader: reader.number) for node, reading in self.readers.items() if reading
        }
        dying: dict[Node, list[Node]] = {}
        for node, reader in last.items():
            if node not in self.results:
                dying.setdefault(reader, []).append(node)
        inputs = [self._input(node) for node in self.order if node.operation in INPUTS]
        for node in self.order:
            if node.operation not in INPUTS:
                self._node(node)
            for dead in dying.get(node, ()):
                self.forget(dead)
        self._fetch_ahead()
        results = self._results()
        return Instructions(
            _table(self.lines, codes.FIELDS),
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
            self.where[node] = Few(group, self.room(most, node), 0)
            return [self.starts[node], width, self.where[node].offset, most, group, node.low, node.high]
        offset = self.room(self.rows * width, node)
        self.where[node] = At(offset, width, 1) if node.width else At(offset, 1, 0)
        return [self.starts[node], width, offset, 0, 0, node.low, node.high]

    def _node(self, node: Node) -> None:
        operation = node.operation
        if operation == "ranks":
            raise CannotEncode(operation)
        if self.keep_sparse(node):
            return
        if operation in BINARY or operation in ("le", "not", "select"):
            self._elementwise(node)
        else:
            getattr(self, f"_{operation}")(node)

    def _elementwise(self, node: Node) -> None:
        operands = [self.at(operand) for operand in node.operands]
        if node.operation == "le":  # not below
            operands.reverse()
        into = self.result(node)
        code = {**BINARY, "le": codes.LT, "not": codes.NOT, "select": codes.SELECT}[node.operation]
        width, shape, result = node.width or 1, codes.BLOCK, At(into, node.width or 1, 1)
        if node.width is None:
            operands, shape, result = [self.row(operand, node) for operand in operands], codes.COLUMN, At(into, 0, 1)
        self.emit(code, into, width, shape, 0, operands)
        if node.operation == "le":
            self.emit(codes.NOT, into, width, shape, 0, [result])

    def _pick(self, node: Node) -> None:
        block = self.at(node.operands[0])
        self.emit(codes.COPY, self.result(node), 1, codes.COLUMN, 0, [At(block.offset + node.detail, 0, block.apart)])

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
            codes.STACK, into, node.width or 1, codes.BLOCK, 0, (),
            [self.constant(tuple(sources), ("places", node.number, self.sparse)), self.constant(tuple(steps))],
        )  # fmt: skip

    def _lookup(self, node: Node) -> None:
        table = self.constant(tuple(map(int, node.detail)))
        operand = self.at(node.operands[0])
        into = self.result(node)
        if node.width is None:
            self.emit(codes.LOOKUP, into, 1, codes.COLUMN, 0, [operand.lying], [table])
        else:
            self.emit(codes.LOOKUP, into, node.width, codes.BLOCK, 0, [operand], [table])

    def _aggregate(self, code: int, node: Node, extra: Sequence[int] = ()) -> None:
        operands = [self.at(operand) for operand in node.operands]
        if len(operands) == 1:
            operands.append(self.at(True))  # noqa: FBT003 - everybody
        self.emit(code, self.result(node), width_of(node.operands), codes.BLOCK, 0, operands, extra)

    def _sum(self, node: Node) -> None:
        self._aggregate(codes.SUM, node)

    def _count(self, node: Node) -> None:
        self._aggregate(codes.SUM, node)

    def _any(self, node: Node) -> None:
        self._aggregate(codes.SUM, node)
        zero, place = self.at(0), self.where[node]
        assert isinstance(place, At)
        self.emit(codes.LT, place.offset, 1, codes.COLUMN, 0, [zero, place.lying])

    def _lowest(self, node: Node) -> None:
        self._aggregate(codes.LOWEST, node, [self.constant((int(node.detail),))])

    def _highest(self, node: Node) -> None:
        most, lowest = node.detail
        width = width_of(node.operands)
        work = self.room(width, node)
        self._aggregate(codes.HIGHEST, node, [self.constant((int(lowest),)), work, most])

    # ---------------------------------------------------------------------------------------------- piles, sharing

    def _pile(self, node: Node) -> None:
        """The sum of several blocks; sharings that nobody else reads have added to it already."""
        width = node.width or 1
        into = self._pile_of(node)
        self.where[node] = At(into, width, 1)
        operands = [o for o in node.operands if not isinstance(o, Node) or o in self.where]  # the others have added
        if len(operands) == len(node.operands):
            plain = [operand for operand in operands if self.few(operand) is None]
            first = plain[0] if plain else 0
            self.emit(codes.COPY, into, width, codes.BLOCK, 0, [self.at(first)])
            operands = [operand for operand in operands if operand is not first]
        for operand in operands:
            few = self.few(operand)
            if few is not None and not few.rest:
                self.emit(codes.PUT, into, width, codes.BLOCK, few.group, [At(few.offset, 0, 1)])
            else:
                self.emit(codes.ADD, into, width, codes.BLOCK, 0, [At(into, width, 1), self.at(operand)])

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
        reading = self.readers[node]
        only = reading[0] if len(reading) == 1 and node not in self.results else None
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
        known = known_of(keys, limits, size) if sharing.reallocates else None
        if known is None:
            shares = [self.at(keys), self.at(limits)]
        else:
            begin = self.constant(known)
            shares = [At(begin, 0, 1), At(begin + size, 0, 1)]
        modes = {
            codes.REALLOCATES: sharing.reallocates, codes.BY_LIMITS: by_limits, codes.ADDS: adds,
            codes.KNOWN: known is not None,
        }  # fmt: skip
        mode = sum(int(bit) for bit, holds in modes.items() if holds)
        self.emit(codes.SHARE, into, size, codes.BLOCK, group, [drawn, *shares], [work, mode, *who])

    def _present(self, present: Operand) -> tuple[int, list[int]]:
        few = self.few(present)
        if few is not None and few.rest:
            return few.group, [codes.PLACES, few.offset, 0, 0]
        if present is True:
            return 0, [codes.EVERYBODY, 0, 0, 0]
        at = self.at(present)
        return 0, [codes.TRUTHS, at.offset, at.apart, at.step]

    def _fetch_ahead(self) -> None:
        """While the first sharing is worked on, the next inputs are fetched, and with the last one room for results."""
        sharing = [line for line in self.lines if line[codes.OPERATION] == codes.SHARE]
        if sharing:
            sharing[0][codes.EXTRA + 1] += int(codes.FETCHES_INPUTS)
            sharing[-1][codes.EXTRA + 1] += int(codes.FETCHES_RESULTS)

    def _results(self) -> list[list[int]]:
        found, columns, blocks = [], 0, 0
        for node in self.results:
            at, width = self.at(node), node.width or 0
            found.append([at.offset, at.apart, width, blocks if width else columns])
            columns, blocks = columns + (not width), blocks + width
        return found


def _table(rows: Sequence[Sequence[int]], width: int) -> Array:
    return numpy.array(rows, dtype=numpy.uint64).reshape(-1, width)
