"""A tape played with NumPy: the nodes that some results need, over one stretch of scenarios at a time.

Numbers that may pass 64 bits are Python's whole numbers here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy
from attrs import define, field, frozen

from rulelang.sweeps.tape.arrays import Array, dtype_of
from rulelang.sweeps.tape.inputs import read_inputs
from rulelang.sweeps.tape.needed import Needed
from rulelang.sweeps.tape.nodes import LEAST, MOST, Node, Operand, high_of, low_of
from rulelang.sweeps.tape.numpy_operations import COMPUTED, Compute
from rulelang.sweeps.tape.stretches import Written, in_threads

CELLS = 1 << 18
"""About so many numbers make a stretch."""
BESIDE = frozenset({"share", "ranks"})
"""Operations whose first operand is a column beside a block."""
PLAIN = frozenset({"stack", "pick", "sum", "count", "any", "highest", "lookup"})
"""Operations that take their operands in the shape they have."""

Played: TypeAlias = Any
"""What an operand comes to: an array, or a value that does not vary, as the tape says of it."""


@frozen
class _Play:
    """One node: where its operands are (a place, or a value that does not vary), and what to forget after it."""

    node: Node
    compute: Compute
    sources: tuple[tuple[int | None, Played], ...]
    cast: bool
    forget: tuple[int, ...]


@define
class WithNumpy:
    """Plays what some results need with NumPy."""

    needed: Needed
    plays: list[_Play] = field(init=False)
    places: dict[Node, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare each node."""
        self.places = {node: place for place, node in enumerate(self.needed.order)}
        self.plays = [self._play(node) for node in self.needed.order]

    def _play(self, node: Node) -> _Play:
        wide = any(low_of(operand) < LEAST or high_of(operand) > MOST for operand in (node, *node.operands))
        sources = tuple(
            (self.places[operand], _lifted(node, number, operand))
            if isinstance(operand, Node)
            else (None, _constant(operand, wide=wide))
            for number, operand in enumerate(node.operands)
        )
        forget = tuple(self.places[dead] for dead in self.needed.dying.get(node, ()))
        return _Play(node, COMPUTED.get(node.operation, _nothing), sources, wide, forget)

    def play(self, columns: Sequence[Array], count: int, threads: int, room: Written | None) -> Written:
        """The results of all scenarios.

        Raises:
            OutOfBoundsError: a column holds what the bounds of the tape do not allow.
        """
        arrays = {node: _empty(node, count) for node in self.needed.results} if room is None else room.arrays
        widest = max((node.width or 1 for node in self.needed.order), default=1)

        def work(_thread: int, start: int, stop: int) -> None:
            self._write(columns, start, stop, arrays)

        in_threads(work, count, max(CELLS // widest, 64), threads)
        return Written(count, arrays, None)

    def _write(self, columns: Sequence[Array], start: int, stop: int, into: Mapping[Node, Array]) -> None:
        """Write the results for the scenarios from ``start`` to ``stop`` into whole arrays of theirs."""
        read = read_inputs(self.needed.inputs, columns, start, stop)
        values: list[Played] = [None] * len(self.plays)
        for place, play in enumerate(self.plays):
            values[place] = read.pop(play.node) if play.node in read else _computed(play, values)
            for dead in play.forget:
                values[dead] = None
        for node in self.needed.results:
            into[node][start:stop] = values[self.places[node]]


def _empty(node: Node, count: int) -> Array:
    shape = (count,) if node.width is None else (count, node.width)
    return numpy.empty(shape, dtype=dtype_of(node))


def _computed(play: _Play, values: Sequence[Played]) -> Array:
    operands = []
    for where, what in play.sources:
        operand = what if where is None else values[where]
        if where is not None:
            if play.cast and operand.dtype == numpy.int64:
                operand = operand.astype(object)
            operand = operand[:, None] if what else operand
        operands.append(operand)
    result = play.compute(play.node, *operands)
    if play.cast and result.dtype == object and not play.node.wide:
        result = result.astype(dtype_of(play.node))
    return result


def _lifted(node: Node, number: int, operand: Node) -> bool:
    """Whether a column has to be spread over the members of a block."""
    if node.width is None or operand.width is not None or node.operation in PLAIN:
        return False
    return not (node.operation in BESIDE and number == 0)


def _constant(operand: Operand, *, wide: bool) -> Played:
    """What does not vary, as an array if there is a value for each member."""
    if not isinstance(operand, tuple):
        return numpy.array(operand, dtype=object) if wide and type(operand) is int else operand
    if all(type(value) is bool for value in operand):
        return numpy.array(operand)
    return numpy.array(operand, dtype=object if wide else numpy.int64)


def _nothing(node: Node, *arrays: Array) -> Array:
    raise AssertionError(node.operation, arrays)
