"""Partitions of scenarios: what is read in one go, by whoever reads it.

A Parquet file is read from the start of a row group, an Arrow file from the start of a batch; CSV only from the start.
Pieces are cut within partitions and never across, so that workers can read partitions by themselves and the pieces are
the same as when one process reads everything.
"""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

_FEWEST_PIECES = 4
"""Smaller parts are put together: short pieces, at the ends of partitions, cost more for each scenario."""


@frozen
class Part:
    """Rows of one file: its number, the first row, and how many (``None``: all that are there)."""

    file: int
    start: int
    rows: int | None


@frozen
class Partition:
    """Scenarios in a row: how many stand before them, how many they are (``None``: not known), and where they are."""

    start: int
    rows: int | None
    parts: tuple[Part, ...]

    def pieces(self, rows: int) -> list[int]:
        """How many scenarios each piece has, where that is known."""
        left = self.rows or 0
        return [min(rows, left - done) for done in range(0, left, rows)]


def partitions_of(files: Sequence[Sequence[int] | None], rows: int) -> list[Partition]:
    """The partitions of some files; for each file the rows of what can be read by itself, or ``None``.

    ``rows`` is how many scenarios a piece has.  Where a file cannot be read but from its start, all are one partition.
    """
    if any(parts is None for parts in files):
        return [Partition(0, None, tuple(Part(number, 0, None) for number in range(len(files))))]
    found: list[Partition] = []
    start = 0
    for parts in _together(_parts(files), _FEWEST_PIECES * rows):
        count = sum(part.rows or 0 for part in parts)
        found.append(Partition(start, count, tuple(parts)))
        start += count
    return found


def _parts(files: Sequence[Sequence[int] | None]) -> Iterator[Part]:
    for number, sizes in enumerate(files):
        start = 0
        for size in sizes or ():
            yield Part(number, start, size)
            start += size


def _together(parts: Iterable[Part], fewest: int) -> Iterator[list[Part]]:
    """Parts put together until they hold enough; those of one file that follow each other become one."""
    waiting: list[Part] = []
    held = 0
    for part in parts:
        if waiting and waiting[-1].file == part.file:
            last = waiting[-1]
            waiting[-1] = Part(part.file, last.start, (last.rows or 0) + (part.rows or 0))
        else:
            waiting.append(part)
        held += part.rows or 0
        if held >= fewest:
            yield waiting
            waiting, held = [], 0
    if held:
        yield waiting
