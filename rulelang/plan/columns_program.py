"""A tape made ready to be played: only the nodes that some result needs, over one batch of scenarios after the other."""

from collections.abc import Sequence
from typing import Any

import numpy
from attrs import define, field, frozen

from rulelang.plan.columns_ops import COMPUTED, Array, Compute, as_block
from rulelang.plan.columns_tape import LEAST, MOST, Node, Operand
from rulelang.plan.kernels import kernel_of

BESIDE = frozenset({"share", "ranks"})
"""Operations whose first operand is a column beside a block."""
PLAIN = frozenset({"stack", "pick", "sum", "count", "any", "highest", "lowest", "lookup"})
"""Operations that take their operands in the shape they have."""


@frozen
class _Play:
    """One node: where its operands are (a place, or a value that does not vary), and what to forget after it."""

    node: Node
    compute: Compute
    sources: tuple[tuple[int | None, Any], ...]
    cast: bool
    forget: tuple[int, ...]


@define
class Program:
    """The nodes that some results need."""

    results: Sequence[Node]
    plays: list[_Play] = field(init=False)
    places: dict[Node, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Order the nodes, and find where each is read for the last time."""
        needed: dict[Node, None] = {}
        waiting = list(self.results)
        while waiting:
            node = waiting.pop()
            if node not in needed:
                needed[node] = None
                waiting.extend(operand for operand in node.operands if isinstance(operand, Node))
        order = sorted(needed, key=lambda node: node.number)
        self.places = {node: place for place, node in enumerate(order)}
        last: dict[Node, int] = {}
        for place, node in enumerate(order):
            last.update((operand, place) for operand in node.operands if isinstance(operand, Node))
        kept = set(self.results)
        forget: dict[int, list[int]] = {}
        for node, place in last.items():
            if node not in kept:
                forget.setdefault(place, []).append(self.places[node])
        self.plays = [self._play(node, tuple(forget.get(place, ()))) for place, node in enumerate(order)]

    def _play(self, node: Node, forget: tuple[int, ...]) -> _Play:
        wide = any(_is_wide(operand) for operand in (node, *node.operands))
        compute = COMPUTED.get(node.operation, _nothing)
        if not wide:
            compute = kernel_of(node) or compute
        sources = tuple(
            (self.places[operand], _lifted(node, number, operand))
            if isinstance(operand, Node)
            else (None, _constant(operand, wide=wide))
            for number, operand in enumerate(node.operands)
        )
        return _Play(node, compute, sources, wide, forget)

    def run(self, columns: Sequence[Array], start: int, stop: int) -> list[Array]:
        """The results for the scenarios from ``start`` to ``stop``, in the order in which they were asked for."""
        values: list[Any] = [None] * len(self.plays)
        for place, play in enumerate(self.plays):
            node = play.node
            if node.operation == "column":
                values[place] = columns[node.detail][start:stop]
            elif node.operation == "columns":
                values[place] = as_block([columns[number] for number in node.detail], start, stop)
            else:
                values[place] = _computed(play, values)
            for dead in play.forget:
                values[dead] = None
        return [values[self.places[node]] for node in self.results]


def _computed(play: _Play, values: Sequence[Any]) -> Array:
    node = play.node
    operands = []
    for where, what in play.sources:
        if where is None:
            operands.append(what)
            continue
        array = values[where]
        if play.cast and array.dtype == numpy.int64:
            array = array.astype(object)
        operands.append(array[:, None] if what else array)
    result = play.compute(node, *operands)
    if play.cast and result.dtype == object and not node.wide:
        result = result.astype(bool if node.truth else numpy.int64)
    return result


def _is_wide(operand: Operand) -> bool:
    if isinstance(operand, Node):
        return operand.wide
    values = operand if isinstance(operand, tuple) else (operand,)
    return any(not LEAST <= value <= MOST for value in values)


def _lifted(node: Node, number: int, operand: Node) -> bool:
    """Whether a column has to be spread over the members of a block."""
    if node.width is None or operand.width is not None or node.operation in PLAIN:
        return False
    return not (node.operation in BESIDE and number == 0)


def _constant(operand: Operand, *, wide: bool) -> Any:
    """What does not vary, as an array if there is a value for each member."""
    if not isinstance(operand, tuple):
        return numpy.array(operand, dtype=object) if wide and type(operand) is int else operand
    if all(type(value) is bool for value in operand):
        return numpy.array(operand)
    return numpy.array(operand, dtype=object if wide else numpy.int64)


def _nothing(node: Node, *arrays: Array) -> Array:
    raise AssertionError(node.operation, arrays)
