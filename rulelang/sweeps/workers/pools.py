"""Where pieces are run: here, in several processes (:mod:`processes`), or on a Dask cluster (:mod:`cluster`).

A pool takes what there is to do and gives, always in order, what the pieces came to; it never holds more of them than
its workers can chew on, so that memory stays bounded.  What a piece gives depends on the piece alone.
"""

from collections.abc import Iterator
from typing import Protocol

from attrs import frozen

from rulelang.sweeps.results.metadata import versions
from rulelang.sweeps.results.parquet_writer import RowGroup, encoded
from rulelang.sweeps.runs.piece import Piece, Runner
from rulelang.sweeps.workers.tasks import Work


@frozen
class Encoded:
    """What a piece came to: of results and rejects those that there are, as row groups.

    ``versions`` are those of the packages that made the bytes.
    """

    scenarios: int
    checked: int
    groups: dict[str, RowGroup]
    versions: tuple[str, str]


class Pool(Protocol):
    """Runs pieces."""

    def run(self, runner: Runner, work: Work) -> Iterator[Encoded]:
        """What each piece comes to, in their order."""


def run_piece(runner: Runner, piece: Piece) -> Encoded:
    """Run a piece and encode what it gives."""
    outcome = runner.run(piece)
    tables = {"results": outcome.results, "rejects": outcome.rejects}
    groups = {kind: encoded(table) for kind, table in tables.items() if table is not None and table.num_rows}
    return Encoded(piece.table.num_rows, outcome.checked, groups, versions())


class Here:
    """Runs pieces one after another in this process."""

    def run(self, runner: Runner, work: Work) -> Iterator[Encoded]:
        """What each piece comes to, in their order."""
        return (run_piece(runner, piece) for piece in work.pieces())
