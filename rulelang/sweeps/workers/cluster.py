"""Pieces run on a Dask cluster that is running at an address.

Dask sends code and data as pickles: whoever answers at the address can run code in this process, and whoever reaches
the scheduler can run code on its workers.  With ``tls://`` both sides show certificates before anything is sent.
"""

import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, frozen

from rulelang.sweeps.options import CannotGoOn
from rulelang.sweeps.runs.piece import Piece, Runner
from rulelang.sweeps.runs.runners import runner_for
from rulelang.sweeps.workers.pools import Encoded, run_piece
from rulelang.sweeps.workers.tasks import Work

if TYPE_CHECKING:
    from distributed import Future
    from distributed.security import Security

_PLAIN, _ENCRYPTED = ("tcp", "ucx", "ws"), ("tls", "wss")


@frozen
class Certificates:
    """Files by which both sides of a ``tls://`` connection know each other: the authority, the certificate, its key."""

    authority: Path
    certificate: Path
    key: Path


_RUNNERS = threading.local()  # an engine is used by one thread at a time


def run_far(setup: bytes, piece: Piece) -> Encoded:
    """Run a piece in another process; the runner is made once for each setup."""
    known = getattr(_RUNNERS, "known", None)
    if known is None or known[0] != setup:
        _RUNNERS.known = known = (setup, runner_for(pickle.loads(setup)))  # noqa: S301 - our own, from the process that started this
    return run_piece(known[1], piece)


def _in_order(submit: Callable[[Piece], "Future[Encoded]"], pieces: Iterable[Piece], most: int) -> Iterator[Encoded]:
    """Keep up to ``most`` pieces under way; give what they come to in their order."""
    waiting: deque[Future[Encoded]] = deque()
    try:
        for piece in pieces:
            if len(waiting) >= most:
                yield waiting.popleft().result()
            waiting.append(submit(piece))
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()  # type: ignore[no-untyped-call]


@define
class Cluster:
    """Runs pieces on a Dask cluster; without ``certificates`` Dask's own configuration says which are used."""

    address: str
    certificates: Certificates | None = None

    def __attrs_post_init__(self) -> None:
        """Look at the address and the certificates before anything is read.

        Raises:
            CannotGoOn: the address is none of a scheduler, or an encrypted one goes without usable certificates.
        """
        scheme, _, place = self.address.rpartition("://")
        if (scheme or "tcp") not in (*_PLAIN, *_ENCRYPTED) or not place.rpartition(":")[2].isdigit():
            raise CannotGoOn(f"`{self.address}` is no address of a scheduler: give tcp://HOST:PORT or tls://HOST:PORT")
        if scheme in _ENCRYPTED:
            self._require_certificates()
        elif self.certificates is not None:
            raise CannotGoOn(f"certificates go with an address that begins with tls://, and {self.address} does not")

    def _require_certificates(self) -> None:
        try:
            context = self._security().get_connection_args("client").get("ssl_context")  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TypeError) as error:  # no such file, or none of its kind
            raise CannotGoOn(f"the certificates for {self.address} cannot be used: {error}") from None
        if context is None:
            text = f"{self.address} needs certificates: give --tls-ca, --tls-cert and --tls-key"
            raise CannotGoOn(f"{text}, or set `distributed.comm.tls` in Dask's configuration")

    def _security(self) -> "Security":
        from distributed.security import Security

        if self.certificates is None:
            found: Security = Security()  # type: ignore[no-untyped-call]
            return found
        files = self.certificates
        return Security(  # type: ignore[no-untyped-call]
            require_encryption=True,
            tls_ca_file=str(files.authority),
            tls_client_cert=str(files.certificate),
            tls_client_key=str(files.key),
        )

    def run(self, runner: Runner, work: Work) -> Iterator[Encoded]:
        """What each piece comes to, in their order.

        Raises:
            CannotGoOn: the cluster cannot be reached, or was lost.
        """
        from distributed import Client, KilledWorker
        from distributed.client import FutureCancelledError

        try:
            with Client(self.address, security=self._security(), set_as_default=False) as client:  # type: ignore[no-untyped-call]
                setup = client.scatter(pickle.dumps(runner.setup), broadcast=True)
                threads = sum(client.nthreads().values())
                if not threads:
                    raise CannotGoOn(f"the cluster at {self.address} has no workers")

                def submit(piece: Piece) -> "Future[Encoded]":
                    scattered = client.scatter(piece, hash=False)
                    found: Future[Encoded] = client.submit(run_far, setup, scattered, pure=False, retries=2)
                    return found

                yield from _in_order(submit, work.pieces(), threads + 1)
        except (OSError, ValueError, KilledWorker, FutureCancelledError) as error:
            text = f"the cluster at {self.address} cannot be reached or was lost ({type(error).__name__})"
            raise CannotGoOn(f"{text}: go on with --resume when it is there") from None
