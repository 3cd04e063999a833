"""Nodes of a tape played over all scenarios: by the compiled machine if there is one for them, else with NumPy.

The scenarios are worked on in stretches, in one thread or in several.  Each stretch writes into its own part of the
results, so what comes out does not depend on how many threads there are.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy
from attrs import define, evolve, field

from rulelang.sweeps.machine.machine import Machine, is_kept, make_machine
from rulelang.sweeps.tape.arrays import Array
from rulelang.sweeps.tape.inputs import Inputs, numbers_of, table_of
from rulelang.sweeps.tape.nodes import Node
from rulelang.sweeps.tape.numpy_player import Program

CELLS = 1 << 18
"""About so many numbers make a stretch, with NumPy."""
STRETCH, COPIED = 1 << 13, 1 << 11
"""So many scenarios make a stretch of the machine, which takes them a few at a time by itself; and so many where they
have to be put together before."""


PATIENCE = 3 * 10**9
"""So many nanoseconds a process plays with NumPy before it has the machine compiled, where none is kept from earlier:
that takes some ten to thirty seconds, and a short sweep is done before."""


@define
class Spent:
    """The nanoseconds that this process has played with NumPy for want of a machine."""

    time: int = 0

    @property
    def ready(self) -> bool:
        """Whether it is time for the machine."""
        return self.time >= PATIENCE or is_kept()


SPENT = Spent()


class Player(Protocol):
    """Computes some nodes."""

    read: set[int]
    """The numbers of the columns that are read, and whose bounds are made sure of."""

    def play(self, columns: Sequence[Array], count: int, threads: int, room: "Written | None") -> "Written":
        """The results of all scenarios; ``room`` are earlier ones that may be written over.

        Raises:
            OutOfBoundsError: a column holds what the bounds of the tape do not allow.
        """


@define
class Written:
    """The results of some nodes: an array for each, and the arrays in which they lie."""

    count: int
    arrays: Mapping[Node, Array]
    whole: tuple[Array, Array] | None


def make_player(nodes: Sequence[Node]) -> Player:
    """What computes some nodes."""
    readers = _readers(nodes)
    order = sorted(readers, key=lambda node: node.number)
    machine = make_machine(order, nodes, readers)
    plain = WithNumpy(order, nodes, readers)
    return plain if machine is None else WithMachine(machine, plain)


def _readers(nodes: Sequence[Node]) -> dict[Node, list[Node]]:
    """All that some nodes need, and who reads it."""
    readers: dict[Node, list[Node]] = {node: [] for node in nodes}
    waiting = list(readers)
    while waiting:
        node = waiting.pop()
        for operand in dict.fromkeys(operand for operand in node.operands if isinstance(operand, Node)):
            if operand not in readers:
                waiting.append(operand)
            readers.setdefault(operand, []).append(node)
    return readers


def _in_threads(work: Callable[[int, int, int], None], count: int, step: int, threads: int) -> None:
    """Have some work done on all stretches: it is told which thread it is in, and from where to where.

    Whichever thread is ready takes the next stretch, so that one that is held up does not hold up the others.
    """
    starts = range(0, count, step)
    threads = max(min(threads, len(starts)), 1)
    waiting = iter(starts)

    def play(thread: int) -> None:
        for start in waiting:
            work(thread, start, min(start + step, count))

    if threads == 1:
        play(0)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(play, thread) for thread in range(threads)]:
            done.result()


@define
class WithMachine:
    """Plays with the compiled machine; with NumPy, which gives the same numbers, while there is none yet."""

    machine: Machine
    plain: "WithNumpy"
    read: set[int] = field(init=False)
    memories: list[Array] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Note what is read."""
        self.read = {number for node in self.machine.inputs for number in numbers_of(node)}

    def play(self, columns: Sequence[Array], count: int, threads: int, room: Written | None) -> Written:
        """The results of all scenarios."""
        if not SPENT.ready:
            start = time.perf_counter_ns()
            written = self.plain.play(columns, count, threads, None)
            SPENT.time += time.perf_counter_ns() - start
            return written
        written = self._room(count) if room is None or room.whole is None or room.count != count else room
        while len(self.memories) < threads:
            self.memories.append(self.machine.memory())
        table = table_of(self.machine.inputs, columns)
        tables = [evolve(table) for _ in range(threads)]  # each with room of its own
        told = self.machine.told(table)
        assert written.whole is not None, "this player gave it"
        columns_and_blocks = written.whole

        def work(thread: int, start: int, stop: int) -> None:
            self.machine.run(tables[thread], told, self.memories[thread], start, stop, *columns_and_blocks)

        _in_threads(work, count, COPIED if table.run is None else STRETCH, threads)
        return written

    def _room(self, count: int) -> Written:
        widths = [node.width or 0 for node in self.machine.results]
        columns = numpy.empty((widths.count(0), count), numpy.int64)
        blocks = numpy.empty((count, sum(widths)), numpy.int64)
        arrays, row, place = {}, 0, 0
        for node, width in zip(self.machine.results, widths, strict=True):
            arrays[node] = blocks[:, place : place + width] if width else columns[row]
            row, place = row + (not width), place + width
        return Written(count, arrays, (columns, blocks))


@define
class WithNumpy:
    """Plays with NumPy."""

    order: Sequence[Node]
    results: Sequence[Node]
    readers: Mapping[Node, Sequence[Node]]
    read: set[int] = field(init=False)
    program: Program = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare the program."""
        self.program = Program(self.order, self.results, self.readers)
        self.read = {number for node in self.program.inputs for number in numbers_of(node)}

    def play(self, columns: Sequence[Array], count: int, threads: int, room: Written | None) -> Written:
        """The results of all scenarios."""
        arrays = {node: _empty(node, count) for node in self.results} if room is None else room.arrays
        inputs = Inputs(self.program.inputs, columns)
        widest = max((node.width or 1 for node in self.order), default=1)

        def work(_thread: int, start: int, stop: int) -> None:
            self.program.run(inputs, start, stop, arrays)

        _in_threads(work, count, max(CELLS // widest, 64), threads)
        return Written(count, arrays, None)


def _empty(node: Node, count: int) -> Array:
    shape = (count,) if node.width is None else (count, node.width)
    return numpy.empty(shape, dtype=bool if node.truth else object if node.wide else numpy.int64)
