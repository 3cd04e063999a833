"""The tape: what a run over columns of scenarios will compute, written down once and then played batch by batch.

The evaluator of the plan runs once, over handles; every operation on them becomes a *node* of the tape.  A node is a
column (one whole number or truth for each scenario) or a block (one for each scenario and each of ``width`` members).
Bounds of every node are known beforehand, so whatever could pass 64 bits is computed in whole numbers of any length
instead.  Equal nodes are made once, and what does not vary is worked out while the tape is written.
"""

from collections.abc import Hashable, Sequence

from attrs import define, field

from rulelang.sweeps.tape.nodes import Detail, Elem, Node, Operand, OperationName, Ref, is_plain, span_of
from rulelang.sweeps.tape.operations import OPERATIONS


@define
class Tape:
    """The nodes, in an order in which each stands behind its operands."""

    nodes: list[Node] = field(factory=list)
    known: dict[Hashable, Operand] = field(factory=dict)

    def make(
        self, operation: OperationName, *operands: Operand, detail: Detail = None, bounds: tuple[int, int] | None = None
    ) -> Operand:
        """The node of an operation, or what it comes to where that does not vary."""
        operands = tuple(_plain(operand) for operand in operands)
        simple = OPERATIONS[operation].simplified(operands)
        if simple is not None:
            return simple
        if operation == "eq" and isinstance(operands[0], Node) and is_plain(operands[1], 0):
            # the larger of something and zero is zero where nothing is above zero
            node = operands[0]
            if node.operation == "max" and is_plain(node.operands[1], 0):
                return self.make("not", self.make("lt", 0, node.operands[0]))
        key = (operation, tuple(map(_key, operands)), detail, bounds)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._new(operation, operands, detail, bounds)
        return found

    def _new(
        self, operation: OperationName, operands: tuple[Operand, ...], detail: Detail, bounds: tuple[int, int] | None
    ) -> Node:
        known = OPERATIONS[operation]
        put_together = operation in ("stack", "pick")
        truth = known.truth or (put_together and all(operand.truth for operand in operands))
        if bounds is None:
            bounds = (0, 1) if known.bounds is None else known.bounds(*operands)
        node = Node(len(self.nodes), operation, operands, known.width(operands, detail), *bounds, truth, detail)
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

    def each(self, operation: OperationName, *rows: Sequence[Ref], bounds: tuple[int, int] | None = None) -> list[Ref]:
        """An operation on each row of references; what does not vary is worked out here."""
        result: list[Operand] = []
        varying: list[int] = []
        fold = OPERATIONS[operation].fold
        assert fold is not None, "it works value by value"
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

    def one(self, operation: OperationName, *refs: Ref) -> Ref:
        """An operation on single references."""
        return self.each(operation, *([ref] for ref in refs))[0]

    def packed(self, refs: Sequence[Ref]) -> Operand:
        """References as one operand: a plain value, a tuple of them, a column or a block."""
        first = refs[0]
        if all(ref is first or (type(ref) is type(first) and ref == first) for ref in refs):
            return self.scalar(first)
        return self.stacked(refs)

    def stacked(self, refs: Sequence[Ref]) -> Operand:
        """References as a block, or as a tuple of values where none of them varies."""
        first = refs[0]
        if not any(type(ref) is Elem for ref in refs):
            return tuple(refs)
        if isinstance(first, Elem) and first.node.width == len(refs):
            node = first.node
            if all(type(r) is Elem and r.node is node and r.index == place for place, r in enumerate(refs)):
                return node
        nodes = list(dict.fromkeys(ref.node for ref in refs if isinstance(ref, Elem)))
        where = {node: place for place, node in enumerate(nodes)}
        plan = tuple((where[ref.node], ref.index) if isinstance(ref, Elem) else (None, ref) for ref in refs)
        return self.make("stack", *nodes, detail=plan, bounds=span_of(refs))

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
