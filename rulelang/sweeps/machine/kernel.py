"""The machine that plays a tape, compiled: a few scenarios at a time, so that all of them stay near the processor.

All numbers lie in one array, the memory; constants stand at its beginning, and behind them the registers of nodes.
"""

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

import numba
import numpy
from llvmlite.binding import get_host_cpu_name

from rulelang.base.trust import is_ours
from rulelang.sweeps.machine import elementwise, opcodes, sharing
from rulelang.sweeps.machine.int64 import NONE, ONE, Numba, Place, Whole, compiled, inlined
from rulelang.sweeps.tape.arrays import Array

LAST_ONE_BY_ONE = numpy.uint64(opcodes.LOOKUP)
SOURCES = ("opcodes.py", "int64.py", "elementwise.py", "sharing.py", "kernel.py")
"""All that is compiled together.  Of itself, what is kept is only made anew when the file changes in which it began."""


@compiled
def _take_in(
    table: Array,
    begin: Place,
    step: Place,
    height: Place,
    inputs: Array,
    limits: Array,
    memory: Array,
    patterns: Array,
    counts: Array,
) -> Whole:
    """Read the inputs for some scenarios: 0 if all is well, 1 if a block is not sparse, 2 if a number is out of bounds.

    A row of the table is read once, from left to right, as it lies in memory.
    """
    outside = 0
    for number in range(len(counts)):
        counts[number] = 0
    for row in range(height):
        for number in range(numpy.uint64(inputs.shape[0])):
            source, size, into = begin + row * step + inputs[number, 0], inputs[number, 1], inputs[number, 2]
            low, high = limits[number, 0], limits[number, 1]
            least = most = table[source]
            if inputs[number, 3]:
                group = inputs[number, 4]
                found, where, together = 0, 0, 0
                for place in range(size):
                    value = table[source + place]
                    found += value != 0
                    where += numpy.int64(place) if value != 0 else 0  # the place, if there is one alone
                    together |= value
                least = most = 0
                if together < 0 or together > high:  # all bits together: only now may one of them be out of bounds
                    for place in range(size):
                        least = min(least, table[source + place])
                        most = max(most, table[source + place])
                count = counts[group]
                if count + numpy.uint64(found) > inputs[number, 3]:
                    return 1
                if found == 1:
                    memory[patterns[group, 0] + count] = numpy.int64(row)
                    memory[patterns[group, 1] + count] = where
                    memory[into + count] = table[source + numpy.uint64(where)]
                    counts[group] = count + ONE
                elif found:
                    for place in range(size):
                        if table[source + place]:
                            memory[patterns[group, 0] + count] = numpy.int64(row)
                            memory[patterns[group, 1] + count] = numpy.int64(place)
                            memory[into + count] = table[source + place]
                            count += ONE
                    counts[group] = count
            else:
                to = into + row * size
                for place in range(size):
                    value = table[source + place]
                    memory[to + place] = value
                    least = min(least, value)
                    most = max(most, value)
            outside |= least < low or most > high
    return 2 if outside else 0


@inlined
def _give_out(memory: Array, results: Array, start: Place, height: Place, columns: Array, paid: Array) -> None:
    """Write the results of some scenarios where the results of all are kept."""
    for number in range(numpy.uint64(results.shape[0])):
        source, apart, width, into = results[number, 0], results[number, 1], results[number, 2], results[number, 3]
        for row in range(height):
            if not width:
                columns[into, start + row] = memory[source + row * apart]
            else:
                for place in range(width):
                    paid[start + row, into + place] = memory[source + row * apart + place]


@inlined
def _play(memory: Array, code: Array, patterns: Array, counts: Array, rows: Place, ahead: Array) -> None:
    """Carry out the instructions for some scenarios."""
    for line in range(numpy.uint64(code.shape[0])):
        operation, shape, width = code[line, opcodes.OPERATION], code[line, opcodes.SHAPE], code[line, opcodes.WIDTH]
        count = counts[code[line, opcodes.GROUP]]
        height = rows
        if shape == numpy.uint64(opcodes.COLUMN):
            height, width = ONE, rows
        elif shape == numpy.uint64(opcodes.SPARSE):
            height, width = ONE, count
        if operation <= LAST_ONE_BY_ONE:
            elementwise.one_by_one(operation, memory, code, line, height, width)
        elif operation == numpy.uint64(opcodes.AT_PLACES):
            elementwise.at_places(memory, code, line, patterns, count)
        elif operation == numpy.uint64(opcodes.PUT):
            elementwise.put(memory, code, line, patterns, count)
        elif operation == numpy.uint64(opcodes.SHUT):
            elementwise.shut(memory, code, line, patterns, count)
        elif operation == numpy.uint64(opcodes.SPREAD_OUT):
            elementwise.spread_out(memory, code, line, patterns, count, rows)
        elif operation == numpy.uint64(opcodes.SUM_PLACES):
            elementwise.sum_places(memory, code, line, patterns, count, rows)
        elif operation == numpy.uint64(opcodes.SHARE):
            sharing.share(memory, code, line, patterns, count, rows, ahead)
        elif operation == numpy.uint64(opcodes.SUM):
            elementwise.sum_rows(memory, code, line, rows)
        elif operation == numpy.uint64(opcodes.HIGHEST):
            elementwise.highest_of_rows(memory, code, line, rows)


Instructions: TypeAlias = tuple[Array, ...]
"""Code, inputs, bounds of the inputs, and results, as the encoder has them in a class."""


def _made(stamp: int, *, kept: bool) -> Numba:
    """The machine; what an earlier run kept of it is good for the sources with this stamp alone."""

    @numba.njit(cache=kept, nogil=True, error_model="numpy")
    def play(
        table: Array,
        start: int,
        stop: int,
        step: int,
        at_a_time: int,
        memory: Array,
        patterns: Array,
        counts: Array,
        sparse: Instructions,
        dense: Instructions,
        columns: Array,
        paid: Array,
    ) -> bool:
        """Play the instructions over the scenarios from ``start`` to before ``stop``; no if a number is out of bounds.

        ``sparse`` and ``dense`` have the instructions twice, with inputs, their bounds, and results: for scenarios of
        whose inputs few are other than 0, and for all others.  A row of the table begins ``step`` behind the one
        before.
        """
        if not stamp:
            return False
        done, end, apart = numpy.uint64(start), numpy.uint64(stop), numpy.uint64(step)
        begin, ahead = NONE, numpy.zeros(6, numpy.uint64)
        size = numpy.uint64(table.itemsize)
        ahead[1], ahead[2] = apart * size, apart * size
        ahead[4], ahead[5] = numpy.uint64(paid.shape[1]) * size, numpy.uint64(paid.shape[1]) * size
        while done < end:
            rows = min(numpy.uint64(at_a_time), end - done)
            ahead[0] = numpy.uint64(table.ctypes.data) + (begin + rows * apart) * size
            ahead[3] = numpy.uint64(paid.ctypes.data) + done * ahead[4]
            code, inputs, limits, results = sparse
            state = _take_in(table, begin, apart, rows, inputs, limits, memory, patterns, counts)
            if state == 1:
                code, inputs, limits, results = dense
                state = _take_in(table, begin, apart, rows, inputs, limits, memory, patterns, counts)
            if state:
                return False
            _play(memory, code, patterns, counts, rows, ahead)
            _give_out(memory, results, done, rows, columns, paid)
            done += rows
            begin += rows * apart
        return True

    return play


def _stamp() -> int:
    """A number for the sources of all that is compiled; never 0."""
    sources = (Path(__file__).with_name(name) for name in SOURCES)
    return crc32(b"".join(source.read_bytes() for source in sources)) or 1


def _trusted(stamp: int) -> Numba:
    """The machine, kept only in a folder of our own: numba unpickles what it finds there, whoever wrote it."""
    found = _made(stamp, kept=True)
    folder = found.stats.cache_path
    return found if folder is not None and is_ours(Path(folder)) else _made(stamp, kept=False)


STAMP = _stamp()
play = _trusted(STAMP)


@cache
def kept() -> Path | None:
    """A file that stands beside the compiled machine where it is kept, once it is; numba does not say so itself.

    ``None`` where nothing is kept.
    """
    if play.stats.cache_path is None:
        return None
    versions = f"{STAMP:08x}-{numba.__version__}-{get_host_cpu_name()}"
    return Path(play.stats.cache_path) / f"rulelang-machine-{versions}.kept"


@cache
def keep() -> None:
    """Note that the machine is compiled and kept."""
    mark = kept()
    with suppress(OSError):  # where nothing can be written, nothing is kept
        if mark is not None:
            mark.touch()
