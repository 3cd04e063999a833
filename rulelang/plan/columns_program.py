"""A tape made ready to be played: the nodes that some results need, over one batch of scenarios after the other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy
from attrs import define, field, frozen

from rulelang.plan.columns_ops import COMPUTED, WITH_ROOM, Array, Compute, as_block, as_table
from rulelang.plan.columns_sparse import RULES, Sparse, sparse
from rulelang.plan.columns_tape import LEAST, MOST, Node, Operand
from rulelang.plan.kernels import bounds_of, kernel_of

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


class OutOfBoundsError(Exception):
    """A column holds what the bounds of the tape do not allow."""


@define
class Program:
    """The nodes that some results need.

    ``added`` are the sharings that only a pile reads: they add to it at once instead of being kept.  ``room`` keeps
    the arrays of a batch for the next one.
    """

    results: Sequence[Node]
    plays: list[_Play] = field(init=False)
    places: dict[Node, int] = field(init=False)
    added: dict[Node, Node] = field(factory=dict, init=False)
    room: dict[Node, Array] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        """Order the nodes, and find where each is read for the last time."""
        readers: dict[Node, list[Node]] = {}
        waiting = list(dict.fromkeys(self.results))
        for node in waiting:
            readers.setdefault(node, [])
        while waiting:
            node = waiting.pop()
            for operand in node.operands:
                if isinstance(operand, Node):
                    if operand not in readers:
                        waiting.append(operand)
                    readers.setdefault(operand, []).append(node)
        order = sorted(readers, key=lambda node: node.number)
        self.places = {node: place for place, node in enumerate(order)}
        kept = set(self.results)
        forget: dict[int, list[int]] = {}
        for node, reading in readers.items():
            if node not in kept:
                forget.setdefault(max(self.places[reader] for reader in reading), []).append(self.places[node])
            only = reading[0] if len(reading) == 1 and node not in kept else None
            if only is not None and only.operation == "pile" and node.operation == "share" and not only.wide:
                self.added[node] = only
        self.plays = [self._play(node, tuple(forget.get(place, ()))) for place, node in enumerate(order)]

    def _play(self, node: Node, forget: tuple[int, ...]) -> _Play:
        wide = any(_is_wide(operand) for operand in (node, *node.operands))
        compiled = None if wide else kernel_of(node)
        if compiled is None:
            self.added.pop(node, None)
        sources = tuple(
            (self.places[operand], _lifted(node, number, operand))
            if isinstance(operand, Node)
            else (None, _constant(operand, wide=wide))
            for number, operand in enumerate(node.operands)
        )
        return _Play(node, compiled or COMPUTED.get(node.operation, _nothing), sources, wide, forget)

    @property
    def read(self) -> set[int]:
        """The numbers of the columns that are read, and whose bounds are made sure of."""
        return {
            number
            for play in self.plays
            if play.node.operation in ("column", "columns")
            for number in (play.node.detail if play.node.width else (play.node.detail,))
        }

    def tables(self, columns: Sequence[Array]) -> dict[Node, Array]:
        """The blocks of input columns that need no copy."""
        found = {}
        for play in self.plays:
            if play.node.operation == "columns":
                table = as_table([columns[number] for number in play.node.detail])
                if table is not None:
                    found[play.node] = table
        return found

    def run(
        self, columns: Sequence[Array], tables: Mapping[Node, Array], start: int, stop: int, into: Mapping[Node, Array]
    ) -> None:
        """Write the results for the scenarios from ``start`` to ``stop`` into whole arrays of theirs.

        Raises:
            OutOfBoundsError: a column holds what the bounds of the tape do not allow.
        """
        values: list[Any] = [None] * len(self.plays)
        piles: dict[Node, Array] = {}
        for place, play in enumerate(self.plays):
            node = play.node
            if node.operation in ("column", "columns"):
                values[place] = self._input(node, columns, tables, start, stop)
            elif node in self.added:
                pile = self._pile(self.added[node], piles, stop - start, into, start)
                operands = [_written(operand) for operand in _operands(play, values)]
                play.compute(node, *operands, out=pile, add=True)
            elif node.operation == "pile" and not node.wide and not play.cast:
                values[place] = self._pile(node, piles, stop - start, into, start)
                _pile_up(values[place], play, values, self.added)
            else:
                values[place] = _computed(play, values, self._room(play, stop - start))
            for dead in play.forget:
                values[dead] = None
        for node in self.results:
            value = values[self.places[node]]
            if node not in piles:
                into[node][start:stop] = _written(value)

    def _input(self, node: Node, columns: Sequence[Array], tables: Mapping[Node, Array], start: int, stop: int) -> Any:
        """A stretch of an input, whose bounds are made sure of; a block lies in memory row by row."""
        if node.operation == "column":
            block = columns[node.detail][start:stop]
        elif node in tables:
            block = tables[node][start:stop]
        else:
            room = self._room_of(node, stop - start)
            block = as_block([columns[number] for number in node.detail], start, stop, room)
        if node.width is None or node.low < 0:
            block = self._compact(node, block)
            few, (least, most) = None, bounds_of(block)
        else:
            few, (least, most) = sparse(block)
        if least < node.low or most > node.high:
            raise OutOfBoundsError
        return self._compact(node, block) if few is None else few

    def _compact(self, node: Node, block: Array) -> Array:
        """A block of a wider table, copied once."""
        if node.width is None or block.flags.c_contiguous:
            return block
        room = self._room_of(node, len(block))
        room[:] = block
        return room

    def _room_of(self, node: Node, rows: int) -> Array:
        """The array that an earlier batch used for a block, so that no memory is asked for anew."""
        room = self.room.get(node)
        if room is None or len(room) < rows:
            room = self.room[node] = numpy.empty((rows, node.width or 1), bool if node.truth else numpy.int64)
        return room[:rows]

    def _pile(self, node: Node, piles: dict[Node, Array], rows: int, into: Mapping[Node, Array], start: int) -> Array:
        """Where a pile is added up: in the whole array of the result if it is one."""
        if node not in piles:
            whole = into.get(node)
            piles[node] = numpy.empty((rows, node.width), numpy.int64) if whole is None else whole[start : start + rows]
            piles[node][:] = 0
        return piles[node]

    def _room(self, play: _Play, rows: int) -> Array | None:
        """Where the result of a play can be written, if its operation can write there."""
        node = play.node
        if node.width is None or play.cast or not (node.operation in WITH_ROOM or node.operation == "share"):
            return None
        if node.operation == "share" and play.compute is COMPUTED["share"]:
            return None
        return self._room_of(node, rows)


def _pile_up(pile: Array, play: _Play, values: Sequence[Any], added: Mapping[Node, Node]) -> None:
    """Add to a pile what was not added to it at once."""
    for (where, what), operand in zip(play.sources, play.node.operands, strict=True):
        if where is None:
            pile += what
        elif operand not in added:
            block = values[where]
            if isinstance(block, Sparse) and not block.rest:
                pile[block.rows, block.places] += block.values
            else:
                block = _written(block)
                pile += block[:, None] if block.ndim == 1 else block


def _written(value: Any) -> Array:
    return value.block if isinstance(value, Sparse) else value


def _operands(play: _Play, values: Sequence[Any]) -> list[Any]:
    operands = []
    for where, what in play.sources:
        if where is None:
            operands.append(what)
            continue
        array = values[where]
        if not isinstance(array, Sparse):
            if play.cast and array.dtype == numpy.int64:
                array = array.astype(object)
            array = array[:, None] if what else array
        operands.append(array)
    return operands


def _computed(play: _Play, values: Sequence[Any], room: Array | None) -> Any:
    node = play.node
    operands = _operands(play, values)
    if any(isinstance(operand, Sparse) for operand in operands):
        rule = RULES.get(node.operation)
        found = None if rule is None or play.cast else rule(*operands)
        if found is not None:
            return found
        operands = [_written(operand) for operand in operands]
        if play.cast:
            operands = [o.astype(object) if getattr(o, "dtype", None) == numpy.int64 else o for o in operands]
    result = play.compute(node, *operands) if room is None else play.compute(node, *operands, out=room)
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
