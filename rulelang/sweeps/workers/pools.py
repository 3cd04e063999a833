"""Where pieces are run: here, in several processes (:mod:`processes`), or on a Dask cluster (:mod:`cluster`).

A pool takes what there is to do and gives, always in order, what the pieces came to; it never holds more of them than
its workers can chew on, so that memory stays bounded.  What a piece gives depends on the piece alone.
"""

from collections.abc import Iterator
from functools import cache
from typing import Protocol

import pyarrow
import pyarrow.ipc
from attrs import frozen

from rulelang.sweeps.results.parquet_writer import RowGroup, encoded
from rulelang.sweeps.runs.piece import Piece, Runner
from rulelang.sweeps.workers.tasks import Work


@frozen
class Encoded:
    """What a piece came to: its results and rejects as row groups (``None``: there are none).

    ``versions`` are those of the packages that made the bytes.
    """

    scenarios: int
    checked: int
    results: RowGroup | None
    rejects: RowGroup | None
    versions: tuple[str, str]


class Pool(Protocol):
    """Runs pieces."""

    def run(self, runner: Runner, work: Work) -> Iterator[Encoded]:
        """What each piece comes to, in their order."""


@cache
def versions() -> tuple[str, str]:
    """The versions of what makes the bytes of results: this package and pyarrow."""
    from rulelang.base.version import __version__

    return __version__, str(pyarrow.__version__)


def run_piece(runner: Runner, piece: Piece) -> Encoded:
    """Run a piece and encode what it gives."""
    outcome = runner.run(piece)
    results = encoded(outcome.results) if outcome.results.num_rows else None
    rejects = None if outcome.rejects is None else encoded(outcome.rejects)
    return Encoded(piece.table.num_rows, outcome.checked, results, rejects, versions())


class Here:
    """Runs pieces one after another in this process."""

    def run(self, runner: Runner, work: Work) -> Iterator[Encoded]:
        """What each piece comes to, in their order."""
        return (run_piece(runner, piece) for piece in work.pieces())


# ------------------------------------------------------------------------------------------------------- far processes


@frozen
class Parcel:
    """A piece on its way to another process: its table as an Arrow stream."""

    number: int
    start: int
    picks: tuple[int, ...]
    data: pyarrow.Buffer


def packed(piece: Piece) -> Parcel:
    """A piece for another process."""
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, piece.table.schema) as stream:
        stream.write_table(piece.table)
    return Parcel(piece.number, piece.start, piece.picks, sink.getvalue())


def piece_of(parcel: Parcel) -> Piece:
    """A piece from another process."""
    table = pyarrow.ipc.open_stream(parcel.data).read_all()
    return Piece(parcel.number, parcel.start, parcel.picks, table)
