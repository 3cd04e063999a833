"""The compiled machine that plays a tape: made for some nodes, it writes their results for stretches of scenarios.

Without numba, and where numbers may be too large for it, :mod:`rulelang.sweeps.tape.numpy_player` does the same with
NumPy; the numbers are the same.
"""

from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy
from attrs import frozen

from rulelang.sweeps.machine.encoder import Encoder, Instructions
from rulelang.sweeps.machine.registers import CannotEncode
from rulelang.sweeps.tape.arrays import Array
from rulelang.sweeps.tape.inputs import OutOfBoundsError, Table
from rulelang.sweeps.tape.needed import Needed

NUMBERS = 1 << 16
"""About so many numbers are worked with at a time, so that they stay near the processor."""
FEWEST, MOST_ROWS = 16, 1024
Told: TypeAlias = tuple[tuple[Array, ...], tuple[Array, ...]]
"""Instructions as they are handed over, for scenarios of whose inputs few are other than 0, and for others."""


@cache
def compiled() -> Any:  # a module, or nothing: who asks has made sure that it is there
    """The module of compiled functions; ``None`` where numba is not installed."""
    try:
        from rulelang.sweeps.machine import kernel
    except ImportError:
        return None
    return kernel


def is_kept() -> bool:
    """Whether the machine was compiled before, by this program or another, and is kept: then it is there at once."""
    kept: Path | None = compiled().kept()
    return kept is not None and kept.exists()


@frozen(eq=False)
class Machine:
    """Instructions for scenarios of whose inputs few are other than 0, and for others; and the memory to start with."""

    rows: int
    sparse: Instructions
    dense: Instructions
    patterns: Array
    constants: Array
    size: int

    def memory(self) -> Array:
        """A memory for one thread."""
        memory = numpy.zeros(self.size, dtype=numpy.int64)
        memory[: len(self.constants)] = self.constants
        return memory

    def told(self, table: Table) -> Told:
        """The instructions as they are handed over, with inputs where they begin in a row of a table."""
        return _told(self.sparse, table.starts), _told(self.dense, table.starts)

    def run(
        self, table: Table, told: Told, memory: Array, start: int, stop: int, columns: Array, blocks: Array
    ) -> None:
        """Write the results for the scenarios from ``start`` to before ``stop``.

        Raises:
            OutOfBoundsError: a column holds what the bounds of the tape do not allow.
        """
        counts = numpy.zeros(len(self.patterns), dtype=numpy.uint64)
        within = compiled().play(
            table.stretch(start, stop), start, stop, table.step, self.rows, memory, self.patterns, counts, *told,
            columns, blocks,
        )  # fmt: skip
        compiled().keep()
        if not within:
            raise OutOfBoundsError


def _told(instructions: Instructions, starts: Array) -> tuple[Array, Array, Array, Array]:
    inputs = instructions.inputs.copy()
    inputs[:, 0] = starts
    return instructions.code, inputs, instructions.limits, instructions.results


def make_machine(needed: Needed) -> Machine | None:
    """The machine of what some results need; ``None`` without numba, or where a number may be too large."""
    if compiled() is None or any(node.wide for node in needed.order):
        return None
    starts, begin = {}, 0
    for node in needed.inputs:
        starts[node] = begin
        begin += node.width or 1
    sparse = Encoder(needed, starts, FEWEST, sparse=True)
    try:
        sparse.encode()
        rows = FEWEST
        while rows < MOST_ROWS and sparse.size // FEWEST * rows * 2 <= NUMBERS:
            rows *= 2
        dense = _afresh(sparse, rows=rows, sparse=False)
        dense.encode()
        base = len(dense.constants)  # all constants are known now, and the registers stand behind them
        sparse, dense = _afresh(sparse, rows=rows, base=base), _afresh(dense, base=base)
        told = sparse.encode(), dense.encode()
    except CannotEncode:
        return None
    patterns = numpy.array(sparse.patterns or [(0, 0)], dtype=numpy.uint64)
    constants = numpy.array(sparse.constants, dtype=numpy.int64)
    size = base + max(sparse.size, dense.size)
    return Machine(rows, *told, patterns, constants, size)


def _afresh(encoder: Encoder, **changes: Any) -> Encoder:
    """An encoder that starts afresh, with the constants of another one."""
    kept = ("needed", "starts", "rows", "sparse", "base", "constants", "known")
    return Encoder(**{name: getattr(encoder, name) for name in kept} | changes)
