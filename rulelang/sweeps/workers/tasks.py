"""What a sweep still has to do, as pieces of data or as partitions of files that workers read by themselves."""

from collections.abc import Iterator
from pathlib import Path

from attrs import define, frozen

from rulelang.sweeps.runs.piece import Piece
from rulelang.sweeps.runs.sample import Picker
from rulelang.sweeps.scenarios.partitions import Partition
from rulelang.sweeps.scenarios.tables import Scenarios


@frozen
class Task:
    """A partition for a worker: what is done of it, and of each piece its number, its start and the rows to check."""

    partition: Partition
    done: int
    pieces: tuple[tuple[int, int, tuple[int, ...]], ...]

    def read(self, scenarios: Scenarios, rows: int) -> Iterator[Piece]:
        """The pieces.

        Raises:
            ReadError: a file changed, or turns out to be damaged.
        """
        scenarios.require_unchanged()
        tables = scenarios.read(self.partition, rows, self.done)
        for (number, start, picks), table in zip(self.pieces, tables, strict=True):
            yield Piece(number, start, picks, table)


@define
class Work:
    """The scenarios from number ``start`` on, of which the next piece is number ``piece``; a piece has ``rows``.

    ``folder`` is where workers of this machine put what they have until its turn comes.
    """

    scenarios: Scenarios
    rows: int
    picker: Picker
    start: int
    piece: int
    folder: Path

    def pieces(self) -> Iterator[Piece]:
        """The pieces with their data."""
        start = self.start
        for number, table in enumerate(self.scenarios.pieces(self.rows, start), self.piece):
            yield Piece(number, start, tuple(self.picker.pick(table.num_rows)), table)
            start += table.num_rows

    def partitions(self) -> list[Partition]:
        """The partitions that are not done yet."""
        found = self.scenarios.partitions(self.rows)
        return [one for one in found if one.rows is None or one.start + one.rows > self.start]

    def tasks(self) -> Iterator[Task]:
        """The same pieces as partitions, where the rows of these are known."""
        number, start = self.piece, self.start
        for partition in self.partitions():
            done = start - partition.start  # whole pieces: nothing else is entered into the journal
            pieces = []
            for size in partition.pieces(self.rows)[-(-done // self.rows) :]:
                pieces.append((number, start, tuple(self.picker.pick(size))))
                number, start = number + 1, start + size
            yield Task(partition, done, tuple(pieces))
