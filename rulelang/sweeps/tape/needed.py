"""What some results of a tape need: the nodes in their order, who reads each of them, and when nobody does any more."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from rulelang.sweeps.tape.nodes import Node

_INPUTS = frozenset({"column", "columns"})


@frozen
class Needed:
    """The nodes that some ``results`` need, in an ``order`` in which each stands behind its operands.

    ``inputs`` are those of them that are read from columns; ``readers`` says who reads a node, and ``dying`` which
    nodes, results apart, nobody reads behind it.
    """

    results: Sequence[Node]
    order: Sequence[Node]
    inputs: Sequence[Node]
    readers: Mapping[Node, Sequence[Node]]
    dying: Mapping[Node, Sequence[Node]]

    @property
    def columns(self) -> set[int]:
        """The numbers of the columns that are read, and whose bounds are made sure of."""
        return {number for node in self.inputs for number in numbers_of(node)}


def numbers_of(node: Node) -> tuple[int, ...]:
    """The numbers of the columns that an input is made of."""
    return (node.detail,) if node.width is None else tuple(node.detail)


def needed_for(results: Sequence[Node]) -> Needed:
    """All that some results need."""
    readers: dict[Node, list[Node]] = {node: [] for node in results}
    waiting = list(readers)
    while waiting:
        node = waiting.pop()
        for operand in dict.fromkeys(operand for operand in node.operands if isinstance(operand, Node)):
            if operand not in readers:
                waiting.append(operand)
            readers.setdefault(operand, []).append(node)
    kept = set(results)
    dying: dict[Node, list[Node]] = {}
    for node, reading in readers.items():
        if node not in kept:
            dying.setdefault(max(reading, key=lambda reader: reader.number), []).append(node)
    order = sorted(readers, key=lambda node: node.number)
    return Needed(results, order, [node for node in order if node.operation in _INPUTS], readers, dying)
