"""Where pieces are run: in this process, in several of this machine (:mod:`processes`), or on a Dask cluster.

A pool takes what there is to do and gives, always in order, what the pieces came to; it never holds more of them than
its workers can chew on, so that memory stays bounded.  What a piece gives depends on the piece alone.
"""

import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Protocol

import pyarrow
import pyarrow.ipc
from attrs import define, frozen

from rulelang.sweeps.options import CannotGoOn
from rulelang.sweeps.results.parquet_writer import RowGroup, encoded
from rulelang.sweeps.runs.piece import Piece, Runner
from rulelang.sweeps.runs.runners import runner_for
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


_RUNNERS = threading.local()  # an engine is used by one thread at a time


def run_parcel(setup: bytes, parcel: Parcel) -> Encoded:
    """Run a piece in another process; the runner is made once for each setup."""
    known = getattr(_RUNNERS, "known", None)
    if known is None or known[0] != setup:
        _RUNNERS.known = known = (setup, runner_for(pickle.loads(setup)))  # noqa: S301 - our own, from the process that started this
    return run_piece(known[1], piece_of(parcel))


def _in_order(submit: Callable[[Parcel], Any], pieces: Iterable[Piece], most: int) -> Iterator[Encoded]:
    """Keep up to ``most`` pieces under way; give what they come to in their order."""
    waiting: deque[Any] = deque()
    try:
        for piece in pieces:
            if len(waiting) >= most:
                yield waiting.popleft().result()
            waiting.append(submit(packed(piece)))
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@define
class Cluster:
    """Runs pieces on a Dask cluster that is running at an address."""

    address: str

    def run(self, runner: Runner, work: Work) -> Iterator[Encoded]:
        """What each piece comes to, in their order.

        Raises:
            CannotGoOn: the cluster cannot be reached, or was lost.
        """
        from distributed import Client, KilledWorker
        from distributed.client import FutureCancelledError

        try:
            with Client(self.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
                setup = client.scatter(pickle.dumps(runner.setup), broadcast=True)
                threads = sum(client.nthreads().values())
                if not threads:
                    raise CannotGoOn(f"the cluster at {self.address} has no workers")

                def submit(parcel: Parcel) -> Any:
                    return client.submit(run_parcel, setup, client.scatter(parcel, hash=False), pure=False, retries=2)

                yield from _in_order(submit, work.pieces(), threads + 1)
        except (OSError, ValueError, KilledWorker, FutureCancelledError) as error:
            text = f"the cluster at {self.address} cannot be reached or was lost ({type(error).__name__})"
            raise CannotGoOn(f"{text}: go on with --resume when it is there") from None
