"""Nodes of a tape played over all scenarios: by the compiled machine if there is one for them, else with NumPy."""

import time
from collections.abc import Sequence
from typing import Protocol

import numpy
from attrs import define, evolve, field

from rulelang.sweeps.machine.machine import Machine, is_kept, make_machine
from rulelang.sweeps.tape.arrays import Array
from rulelang.sweeps.tape.inputs import table_of
from rulelang.sweeps.tape.needed import Needed, needed_for
from rulelang.sweeps.tape.nodes import Node
from rulelang.sweeps.tape.numpy_player import WithNumpy
from rulelang.sweeps.tape.stretches import Written, in_threads

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
    """Computes the nodes that some results need."""

    needed: Needed

    def play(self, columns: Sequence[Array], count: int, threads: int, room: Written | None) -> Written:
        """The results of all scenarios; ``room`` are earlier ones that may be written over.

        Raises:
            OutOfBoundsError: a column holds what the bounds of the tape do not allow.
        """


def make_player(results: Sequence[Node]) -> Player:
    """What computes some nodes."""
    needed = needed_for(results)
    machine = make_machine(needed)
    plain = WithNumpy(needed)
    return plain if machine is None else WithMachine(needed, machine, plain)


@define
class WithMachine:
    """Plays with the compiled machine; with NumPy, which gives the same numbers, while there is none yet."""

    needed: Needed
    machine: Machine
    plain: WithNumpy
    memories: list[Array] = field(factory=list)

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
        table = table_of(self.needed.inputs, columns)
        tables = [evolve(table) for _ in range(threads)]  # each with room of its own
        told = self.machine.told(table)
        assert written.whole is not None, "this player gave it"
        columns_and_blocks = written.whole

        def work(thread: int, start: int, stop: int) -> None:
            self.machine.run(tables[thread], told, self.memories[thread], start, stop, *columns_and_blocks)

        in_threads(work, count, COPIED if table.run is None else STRETCH, threads)
        return written

    def _room(self, count: int) -> Written:
        widths = [node.width or 0 for node in self.needed.results]
        columns = numpy.empty((widths.count(0), count), numpy.int64)
        blocks = numpy.empty((count, sum(widths)), numpy.int64)
        arrays, row, place = {}, 0, 0
        for node, width in zip(self.needed.results, widths, strict=True):
            arrays[node] = blocks[:, place : place + width] if width else columns[row]
            row, place = row + (not width), place + width
        return Written(count, arrays, (columns, blocks))
