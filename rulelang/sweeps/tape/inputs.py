"""The input columns of a sweep, read stretch by stretch; what lies in memory as one table is read without a copy."""

from collections.abc import Sequence

import numpy
from attrs import define, field

from rulelang.sweeps.tape.arrays import Array
from rulelang.sweeps.tape.needed import numbers_of
from rulelang.sweeps.tape.nodes import Node


class OutOfBoundsError(Exception):
    """A column holds what the bounds of the tape do not allow."""


def read_inputs(nodes: Sequence[Node], columns: Sequence[Array], start: int, stop: int) -> dict[Node, Array]:
    """The columns and blocks that some nodes read, for some scenarios.

    Raises:
        OutOfBoundsError: a column holds what the bounds of the tape do not allow.
    """
    found = {}
    for node in nodes:
        stretches = [columns[number][start:stop] for number in numbers_of(node)]
        found[node] = stretches[0] if node.width is None else numpy.stack(stretches, axis=1)
        if found[node].size and not node.low <= found[node].min() <= found[node].max() <= node.high:
            raise OutOfBoundsError
    return found


@define
class Table:
    """All inputs of some nodes side by side, a row for each scenario.

    Where the columns lie in memory as those of one table, it is that table: ``run`` is all of it, ``step`` says how far
    its rows are apart, and ``starts`` where each input begins in a row.  Else stretches of it are put together.
    """

    columns: Sequence[Array]
    step: int
    starts: Array
    run: Array | None
    room: Array | None = field(default=None, init=False)

    def stretch(self, start: int, stop: int) -> Array:
        """The run of numbers that begins with a scenario."""
        if self.run is not None:
            return self.run[start * self.step :]
        if self.room is None or len(self.room) < stop - start:
            self.room = numpy.empty((stop - start, len(self.columns)), numpy.int64)
        block = self.room[: stop - start]
        for place, column in enumerate(self.columns):
            block[:, place] = column[start:stop]
        block = block.reshape(-1)
        block.flags.writeable = False  # as the run of a table is: what is compiled is compiled for one kind of array
        return block


def table_of(nodes: Sequence[Node], columns: Sequence[Array]) -> Table:
    """The table of all inputs of some nodes."""
    read = [columns[number] for node in nodes for number in numbers_of(node)]
    widths = [node.width or 1 for node in nodes]
    found = _one_table(read, widths)
    if found is not None:
        return found
    starts = numpy.cumsum([0, *widths[:-1]]) if widths else numpy.empty(0)
    return Table(read, len(read), starts.astype(numpy.uint64), None)


def _one_table(columns: Sequence[Array], widths: Sequence[int]) -> Table | None:
    """Columns that are those of one table: views of one array, the rows of which are equally far apart."""
    if not columns or columns[0].base is None or not len(columns[0]):
        return None
    base, size, apart = columns[0].base, columns[0].itemsize, columns[0].strides[0]
    if any(column.base is not base or column.strides[0] != apart for column in columns) or apart < size or apart % size:
        return None
    begins = [column.ctypes.data for column in columns]
    places = [(begin - min(begins)) // size for begin in begins]
    starts = numpy.cumsum([0, *widths[:-1]])
    for start, width in zip(starts.tolist(), widths, strict=True):
        if places[start : start + width] != list(range(places[start], places[start] + width)):
            return None
    if max(places) >= apart // size:
        return None  # columns of one array that are not side by side
    length = (len(columns[0]) - 1) * (apart // size) + max(places) + 1
    first = columns[begins.index(min(begins))]
    run = numpy.lib.stride_tricks.as_strided(first, (length,), (size,), writeable=False)
    return Table(columns, apart // size, numpy.array([places[start] for start in starts.tolist()], numpy.uint64), run)
