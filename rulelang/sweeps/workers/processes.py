"""Pieces run in several processes of this machine.

Where files can be read in parts, each worker reads partitions of them by itself; else the command reads, and sends each
piece as an Arrow stream.  What a piece comes to is put into a file beside the results, and only told: so a worker
that is ahead of the others never waits, and memory does not grow.  The command takes the pieces in their order.
"""

import os
import pickle
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import BinaryIO

import pyarrow
from attrs import define, evolve, field, frozen

from rulelang.base.outputs import create, remove, reopen
from rulelang.sweeps.machine.machine import compiled
from rulelang.sweeps.options import CannotGoOn
from rulelang.sweeps.results.journal import SPOOL
from rulelang.sweeps.results.parquet_writer import RowGroup, Stored
from rulelang.sweeps.runs.piece import Piece, Runner
from rulelang.sweeps.runs.runners import runner_for
from rulelang.sweeps.scenarios.tables import Scenarios
from rulelang.sweeps.workers.pools import Encoded, run_piece
from rulelang.sweeps.workers.tasks import Task, Work

_LOST = "a worker ended unexpectedly, perhaps for want of memory: go on with --resume, with fewer --workers"


@frozen
class _Job:
    """What a worker does: the number of the task, and a partition to read, or the piece that was read."""

    number: int
    spool: Path
    what: Task | Piece


@frozen
class _Told:
    """What a worker says: what a piece came to, its bytes in the file of the task; ``None`` at the end of the task."""

    number: int
    done: Encoded | None
    error: BaseException | None = None


def serve(link: Connection) -> None:
    """Work off what comes along a connection, first the setup, until it is closed."""
    _settle()
    compiled()
    runner: Runner | None = None
    scenarios: Scenarios | None = None
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        setup: bytes = link.recv()
        while True:
            job: _Job = link.recv()
            try:
                if runner is None:
                    described, scenarios = pickle.loads(setup)  # noqa: S301 - our own, from the process that started this
                    runner = runner_for(described)
                assert scenarios is not None
                _work(link, runner, job, scenarios)
                link.send(_Told(job.number, None))
            except Exception as error:  # noqa: BLE001 - whatever it is, the command shall say it
                link.send(_Told(job.number, None, error))


def _work(link: Connection, runner: Runner, job: _Job, scenarios: Scenarios) -> None:
    with create(job.spool) as spool:
        pieces = job.what.read(scenarios, runner.rows) if isinstance(job.what, Task) else [job.what]
        for piece in pieces:
            done = run_piece(runner, piece)
            groups = {kind: _put(group, spool) for kind, group in done.groups.items()}
            spool.flush()
            link.send(_Told(job.number, evolve(done, groups=groups)))


def _put(group: RowGroup, spool: BinaryIO) -> RowGroup:
    assert not isinstance(group.data, Stored), "it was encoded here"
    return evolve(group, data=Stored(0, spool.tell(), spool.write(group.data)))


def _settle() -> None:
    """Leave it to the process that started this worker to be stopped; end with it, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pyarrow.set_cpu_count(1)
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def _losses() -> Iterator[None]:
    """Say it when the other end of a connection is gone."""
    try:
        yield
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise CannotGoOn(_LOST) from None


@define
class _Waiting:
    """A task under way: what its worker told and was not taken yet, and the file in which it lies."""

    spool: Path
    told: list[_Told] = field(factory=list)
    stream: BinaryIO | None = None

    def take(self) -> Iterator[Encoded]:
        """What is there by now.

        Raises:
            Exception: whatever the worker met.
        """
        while self.told:
            told = self.told.pop(0)
            if told.error is not None:
                raise told.error
            if told.done is not None:
                self.stream = self.stream or reopen(self.spool)
                here = self.stream.fileno()  # the file of the task, as this process has opened it
                groups = told.done.groups.items()
                yield evolve(told.done, groups={k: evolve(g, data=evolve(g.data, descriptor=here)) for k, g in groups})

    def close(self) -> None:
        """Remove the file."""
        if self.stream is not None:
            self.stream.close()
        remove(self.spool)


@define
class Processes:
    """Runs pieces in several processes of this machine."""

    workers: int
    links: list[Connection] = field(factory=list)
    processes: list[BaseProcess] = field(factory=list)

    def start(self) -> None:
        """Start the workers, which get ready while it is found out what is to be done; they end with this process."""
        context = get_context("spawn")  # started afresh: a copy of a process with threads may stand still
        for _ in range(self.workers - len(self.processes)):
            mine, its = context.Pipe()
            process = context.Process(target=serve, args=(its,), daemon=True)
            process.start()
            its.close()
            self.links.append(mine)
            self.processes.append(process)

    def run(self, runner: Runner, work: Work) -> Iterator[Encoded]:
        """What each piece comes to, in their order.

        Raises:
            CannotGoOn: a worker ended that should not have.
        """
        try:
            self.start()
            setup = pickle.dumps((runner.setup, work.scenarios))
            with _losses():
                for link in self.links:
                    link.send(setup)
            yield from _Crew(self.links, work.folder, self._jobs(work)).run()
        finally:
            self._stop()

    def _stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join()
        for link in self.links:
            link.close()
        self.processes, self.links = [], []

    def _jobs(self, work: Work) -> Iterator[Task | Piece]:
        """Partitions, where they are enough to keep all workers busy; else pieces."""
        if work.scenarios.apart and len(work.partitions()) >= 2 * self.workers:
            return work.tasks()
        return work.pieces()


@define
class _Crew:
    """Workers at their connections: who is idle, and which tasks are under way."""

    links: list[Connection]
    folder: Path
    jobs: Iterator[Task | Piece]
    idle: list[Connection] = field(init=False)
    waiting: dict[int, _Waiting] = field(factory=dict)
    numbers: Iterator[int] = field(factory=count)
    current: int = 0
    ended: set[int] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.idle = list(self.links)

    def run(self) -> Iterator[Encoded]:
        """What each piece comes to, in their order."""
        ahead = next(self.jobs, None)  # read while all are busy
        try:
            while ahead is not None or self.waiting:
                while ahead is not None and self.idle and len(self.waiting) <= 2 * len(self.links):
                    self._give(ahead)
                    ahead = next(self.jobs, None)
                yield from self._finished()
                if self.waiting:
                    self._listen()
        finally:
            for waiting in self.waiting.values():
                waiting.close()

    def _give(self, what: Task | Piece) -> None:
        number = next(self.numbers)
        spool = self.folder / f"{SPOOL}{number}"
        self.waiting[number] = _Waiting(spool)
        with _losses():
            self.idle.pop(0).send(_Job(number, spool, what))

    def _finished(self) -> Iterator[Encoded]:
        """What can be taken in order."""
        while self.current in self.waiting:
            yield from self.waiting[self.current].take()
            if self.current not in self.ended:
                return
            self.waiting.pop(self.current).close()
            self.current += 1

    def _listen(self) -> None:
        """Wait until a worker says something."""
        busy: list[Connection] = [link for link in self.links if link not in self.idle]
        ready = connection.wait(busy)
        for link in (link for link in busy if link in ready):
            with _losses():
                told: _Told = link.recv()
            self.waiting[told.number].told.append(told)
            if told.done is None:
                self.ended.add(told.number)
                self.idle.append(link)
