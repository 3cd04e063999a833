"""A sweep from files to files: scenarios in, results out, whole or not at all, and safe to stop."""

import hashlib
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow
import pyarrow.parquet
from attrs import field, frozen

from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.files import Kind, for_arrow, kind_of, reason_of
from rulelang.base.outputs import WriteError, place_all, require_writable
from rulelang.base.source import readable
from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain
from rulelang.model.event import Event
from rulelang.sweeps.options import CannotGoOn, Progress, SweepOptions
from rulelang.sweeps.results.journal import Journal, open_journal
from rulelang.sweeps.results.metadata import about, bearing, versions
from rulelang.sweeps.runs.piece import Runner, Setup
from rulelang.sweeps.runs.runners import runner_for
from rulelang.sweeps.runs.sample import Picker
from rulelang.sweeps.scenarios.tables import Scenarios, digest, open_scenarios
from rulelang.sweeps.workers.pools import Encoded, Here, Pool
from rulelang.sweeps.workers.tasks import Work


@frozen
class SweepJob:
    """What is to be swept and where to: ``paths`` are files of scenarios or folders of them, ``out`` the results.

    ``resume`` goes on with a run that was stopped, ``restart`` forgets it.  ``against`` is an old version of the
    rulebook, and the event read under it, that is swept too: the results are the differences.
    """

    program: CheckedProgram
    event: Event
    paths: tuple[Path, ...]
    out: Path
    options: SweepOptions = field(factory=SweepOptions)
    resume: bool = False
    restart: bool = False
    against: tuple[CheckedProgram, Event] | None = None

    @property
    def rejects(self) -> Path:
        """The file of scenarios that are set aside, beside the results."""
        return self.place.with_name(f"{self.place.stem}.rejects{self.place.suffix}")

    @property
    def place(self) -> Path:
        """The results: where ``out`` is a link, the file it leads to."""
        return Path(os.path.realpath(self.out)) if self.out.is_symlink() else self.out


@frozen
class SweepSummary:
    """What a sweep came to: how many scenarios were run, set aside, and checked against the interpreter."""

    scenarios: int
    rejected: int
    checked: int


def sweep_files(
    job: SweepJob,
    pool: Pool | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> SweepSummary:
    """Run all scenarios and write their results (and, if any are set aside, the rejects) as Parquet files.

    ``say`` is told beforehand what will be run, if that is more than one run for each scenario.

    Raises:
        ReadError: a file cannot be read.
        CheckError: the columns do not fit the rulebook and event.
        RunError: a scenario is rejected, and they are not to be set aside.
        WriteError: the results cannot be written.
        InternalError: the sweep and the interpreter differ.
        CannotGoOn: a stopped run is there and it is not said whether to go on, or workers are lost.

    After an error nothing is left.  When the process is stopped from outside, or the disk is full, what is done stays,
    to be resumed.
    """
    _require_places(job)
    scenarios = open_scenarios(job.paths, (job.out, job.rejects))
    require_writable([job.out, job.rejects])  # now that the files of scenarios are known
    old = None if job.against is None else (job.against[0].source, job.against[1])
    setup = Setup(job.program.source, job.event, scenarios.schema, job.options, old)
    runner = runner_for(setup, job.program)
    if say is not None and (text := runner.plans(scenarios.total())):
        say(text)
    try:
        journal = open_journal(
            job.place, _identity(job, scenarios, runner), runner.schemas, resume=job.resume, restart=job.restart
        )
    except OSError as error:
        raise _unwritable(job.out, error) from None
    stopped, hashing = threading.Event(), ThreadPoolExecutor(1)
    digests = [hashing.submit(digest, file.path, stopped) for file in scenarios.files]
    try:
        _run(journal, scenarios, runner, pool or Here(), progress)
        scenarios.require_unchanged()
        _finish(job, journal, scenarios, digests)
    except RulelangError:
        journal.discard()
        raise
    except OSError as error:  # a full disk, most likely: what is done stays
        raise _unwritable(job.out, error, "make room for the results; the same command with --resume goes on") from None
    finally:
        stopped.set()
        hashing.shutdown(cancel_futures=True)
        journal.close()
    return SweepSummary(journal.scenarios, journal.rejected, journal.checked)


def _run(journal: Journal, scenarios: Scenarios, runner: Runner, pool: Pool, progress: Progress | None) -> None:
    """Run what is left and enter it into the journal, piece by piece."""
    if progress is not None:
        progress(journal.scenarios, scenarios.total())
    total = scenarios.total() if scenarios.apart else None  # of CSV it is an estimate
    picker = Picker(runner.setup.options.sample, None if total is None else total - journal.scenarios)
    work = Work(scenarios, runner.rows, picker, journal.scenarios, journal.pieces, journal.folder)
    for done in pool.run(runner, work):
        _same_versions(done)
        journal.enter(done.groups, done.scenarios, done.checked)
        if progress is not None:
            progress(journal.scenarios, scenarios.total())


def _same_versions(done: Encoded) -> None:
    """Results of one run come from one version of what makes them."""
    if done.versions != versions():
        mine, its = ("rulelang {} with pyarrow {}".format(*each) for each in (versions(), done.versions))
        raise CannotGoOn(f"a worker has {its}, but this process {mine}: install the same everywhere")


def _finish(job: SweepJob, journal: Journal, scenarios: Scenarios, digests: list[Future[str]]) -> None:
    """Write the footers and put the files in their places, the results last."""
    metadata = {"rulelang": json.dumps(_about(job, journal, scenarios, digests), sort_keys=True, ensure_ascii=False)}
    for kind in ("rejects", "results"):
        journal.files[kind].finish(metadata)
    rejects = journal.folder / "rejects" if journal.rejected else None  # those of an earlier run go
    place_all([(rejects, job.rejects), (journal.folder / "results", job.out)])
    journal.discard()


def _require_places(job: SweepJob) -> None:
    """Make sure that results and rejects can be put in their places.

    Raises:
        OutputError, WriteError: they cannot, or would destroy an input.
        CannotGoOn: there are rejects that no sweep has written.
    """
    require_writable([job.out])
    require_writable([job.out, job.rejects])
    if kind_of(job.rejects) is Kind.FILE and not _of_a_sweep(job.rejects):
        raise CannotGoOn(
            f"{job.rejects} is there and holds no rejects of a sweep: give it another name, or the results"
        )


def _of_a_sweep(path: Path) -> bool:
    """Whether a file says in its metadata that a sweep wrote it, and holds rejects: other results may be wanted yet."""
    try:
        found = pyarrow.parquet.read_metadata(for_arrow(path))
        return b"rulelang" in (found.metadata or {}) and {"code", "message"} <= set(found.schema.names)
    except (pyarrow.ArrowException, OSError):
        return False


def _about(job: SweepJob, journal: Journal, scenarios: Scenarios, digests: list[Future[str]]) -> Plain:
    files = [
        {"name": readable(file.path.name), "sha256": known.result()}
        for file, known in zip(scenarios.files, digests, strict=True)
    ]
    of = {"files": files, "number": journal.scenarios, "rejected": journal.rejected}
    return about(job.program, job.event, job.options, of, None if job.against is None else job.against[0])


def _identity(job: SweepJob, scenarios: Scenarios, runner: Runner) -> Plain:
    """By what a stopped run is known again."""
    data = [source.sha256 for source in job.event.data]
    event = hashlib.sha256(repr((job.event.sha256, data)).encode()).hexdigest()
    options = bearing(job.options)
    options["by_step"] = list(options["by_step"])
    return {
        "rulebook": job.program.source.sha256,
        "old rulebook": None if job.against is None else job.against[0].source.sha256,
        "event": event,
        "scenarios": scenarios.identity(),
        "options": {**options, "rows": runner.rows},
        "version": list(versions()),
    }


def _unwritable(path: Path, error: OSError, advice: str | None = None) -> WriteError:
    return WriteError([finding("unwritable-file", f"cannot write {path}: {reason_of(error)}", help=advice)])
