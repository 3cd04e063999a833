"""Sweeps from files to files: the command, what is set aside, stopping and going on, and where pieces are run."""

import json
import os
import signal
import subprocess
import sys
from decimal import Decimal

import click
import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.diagnostic import InternalError, RulelangError
from rulelang.sweeps.options import CannotGoOn, SweepOptions
from rulelang.sweeps.results.journal import folder_of
from rulelang.sweeps.runs.piece import piece_rows
from rulelang.sweeps.tape import engine
from rulelang.sweeps.workers import job as jobs
from rulelang.sweeps.workers.cluster import Certificates, Cluster
from rulelang.sweeps.workers.job import SweepJob, SweepSummary, sweep_files
from rulelang.sweeps.workers.pools import Here
from rulelang.sweeps.workers.processes import Processes
from rulelang.tools.cli import cli

pytestmark = pytest.mark.slow  # the language is covered without it

ROWS = 95
SCENARIOS = {
    "scenario": [f"s{n}" for n in range(ROWS)],
    "loss.A.energy": [Decimal(n % 7) for n in range(ROWS)],
    "loss.B.C.metals": [Decimal(n) / 4 for n in range(ROWS)],
    "given.capital": list(range(ROWS)),
}
BAD = {"scenario": [1, 2, 3, 4, 5, 6], "loss.A.energy": [5, -1, 7, None, 9, 1], "weight.A": ["1"] * 5 + ["0.0000001"]}


def job(place, table=None, *, out=None, resume=False, restart=False, **options):
    path = place.folder / "scenarios.parquet"
    if table is not None or not path.exists():
        place.write(path.name, SCENARIOS if table is None else table)
    settings = SweepOptions(**{"rows": 10, "sample": 3, **options})
    return SweepJob(place.program, place.event, (path,), out or place.out, settings, resume=resume, restart=restart)


def left(place):
    """What stands in the folder beside the inputs."""
    return sorted(path.name for path in place.folder.iterdir() if path.name not in ("book.rules", "a.event"))


# ------------------------------------------------------------------------------------------------------------ results


def test_the_file_holds_what_python_gives(place):
    assert sweep_files(job(place, by_step=("pool",))) == SweepSummary(ROWS, 0, ROWS_CHECKED)
    found = pyarrow.parquet.read_table(place.out)
    assert found.equals(place.sweep(SCENARIOS, by_step=["pool"]).replace_schema_metadata(None))
    assert left(place) == ["results.parquet", "scenarios.parquet"]


class _AtLeast:
    """Equal to every number from some on."""

    def __init__(self, least):
        self.least = least

    def __eq__(self, other):
        return other >= self.least

    __hash__ = None


ROWS_CHECKED = _AtLeast(3)


def test_results_say_what_they_are_results_of(place):
    sweep_files(job(place))
    with pyarrow.parquet.ParquetFile(place.out) as file:
        about = json.loads(file.metadata.metadata[b"rulelang"])
        assert file.num_row_groups == 10
    assert about["rulebook"]["sha256"] == place.program.source.sha256
    assert about["event"]["sha256"] == place.event.sha256
    (scenarios,) = about["scenarios"]["files"]
    digest = subprocess.run(["sha256sum", place.folder / scenarios["name"]], capture_output=True, text=True, check=True)
    assert scenarios["sha256"] == digest.stdout.split()[0]
    assert about["versions"]["pyarrow"] == pyarrow.__version__


def test_the_same_sweep_gives_the_same_bytes_elsewhere(place, tmp_path):
    sweep_files(job(place))
    other = tmp_path / "elsewhere"
    other.mkdir()
    sweep_files(job(place, out=other / "other.parquet", sample=0))
    assert (other / "other.parquet").read_bytes() == place.out.read_bytes()


def test_progress_is_told(place):
    told = []
    sweep_files(job(place), progress=lambda done, total: told.append((done, total)))
    assert told == [(0, ROWS), *((min(n * 10, ROWS), ROWS) for n in range(1, 11))]


# ----------------------------------------------------------------------------------------------------------- rejected


def test_a_rejected_scenario_stops_the_run_and_nothing_is_left(place):
    with pytest.raises(RulelangError) as refused:
        sweep_files(job(place, BAD, rows=2))
    (found,) = refused.value.diagnostics
    assert found.code == "rejected-scenario"
    assert found.message.startswith("scenario `2` is rejected: `loss.A.energy` is EUR -1.00")
    assert left(place) == ["scenarios.parquet"]


def test_rejected_scenarios_are_set_aside(place):
    for rows in (1, 2, 4, 10):
        done = sweep_files(job(place, BAD, rows=rows, keep_going=True))
        assert (done.scenarios, done.rejected) == (6, 3)
        assert pyarrow.parquet.read_table(place.out).column("scenario").to_pylist() == [1, 3, 5]
        rejects = pyarrow.parquet.read_table(place.folder / "results.rejects.parquet").to_pylist()
        assert [(row["scenario"], row["code"], row["column"]) for row in rejects] == [
            (2, "negative-value", "loss.A.energy"),
            (4, "missing-value", "loss.A.energy"),
            (6, "too-many-decimals", "weight.A"),
        ]
        assert [row["loss.A.energy"] for row in rejects] == [-1, None, 1]
        assert "EUR -1.00" in rejects[0]["message"]


def test_rejects_of_an_earlier_run_do_not_stay(place):
    sweep_files(job(place, BAD, keep_going=True))
    assert "results.rejects.parquet" in left(place)
    sweep_files(job(place, SCENARIOS, keep_going=True))
    assert "results.rejects.parquet" not in left(place)


REFUSING = """
rulebook "It divides" version "1"
currency EUR
members have
    fund   : money
    weight : ratio
    gain   : signed money
given divisor : ratio
waterfall
    tranche junior paid by ccp up to EUR 10 / divisor
    haircut gains paid by survivors shared pro rata to gain
    voluntary help at the discretion of "Board" paid by survivors up to fund each shared equally
    finally closure
"""
REFUSED_EVENT = """
event "A default" declared 2024-05-06
given divisor = 1
member A fund = EUR 10 weight = 1 gain = EUR 0
member B fund = EUR 10 weight = 1 gain = EUR 0
default of A loss EUR 100
"""


def refusing(place):
    return type(place)(place.folder, REFUSING, REFUSED_EVENT)


def test_what_the_interpreter_refuses_is_rejected_with_its_reason(place):
    place = refusing(place)
    table = {"loss.A": [5, 5, 11, 11], "given.divisor": ["1", "0", "1", "1"], "gain.B": [0, 0, -1, 0]}
    for row, code, words in (
        (1, "division-by-zero", "division by zero"),
        (2, "negative-key", "`B`"),
        (3, "", "`help`"),
    ):
        one = {name: [values[row]] for name, values in table.items()}
        with pytest.raises(RulelangError) as refused:
            place.sweep(one)
        (found,) = refused.value.diagnostics
        assert found.code == "rejected-scenario"
        assert found.place is not None, "the place in the rulebook is shown"
        assert code in found.helps[0]
        assert words in found.message
    done = sweep_files(job(place, table, keep_going=True, sample=4))
    assert (done.scenarios, done.rejected) == (4, 3)
    rejects = pyarrow.parquet.read_table(place.folder / "results.rejects.parquet")
    assert rejects.column("code").to_pylist() == ["division-by-zero", "negative-key", "missing-decision"]
    assert rejects.column("scenario").to_pylist() == [2, 3, 4]


def test_a_run_whose_scenarios_are_all_rejected_gives_an_empty_table(place):
    done = sweep_files(job(place, {"loss.A.energy": [-1, -2]}, keep_going=True))
    assert (done.scenarios, done.rejected) == (2, 2)
    assert pyarrow.parquet.read_table(place.out).num_rows == 0


@given(st.integers(1, 10**6))
def test_pieces_hold_a_bounded_number_of_amounts_and_not_too_few_scenarios(width):
    rows = piece_rows(width)
    assert rows & (rows - 1) == 0
    assert rows == 1 or rows * width <= 2**25
    assert rows <= 2**16
    assert rows >= 2**12 or rows * width * 2 > 2**24
    assert piece_rows(width + 1) <= rows


# ------------------------------------------------------------------------------------------------------------- sample


@pytest.mark.parametrize("what", ["uncovered", "paid", "drawn", "outcome", "rejected", "accepted"])
def test_any_difference_from_the_interpreter_stops_the_run(place, monkeypatch, what):
    real = engine.SweepPlan.run

    def wrong(plan, columns):
        batch = real(plan, columns)
        if what in ("uncovered", "outcome"):
            array = getattr(batch, what)
            array += 1 if what == "uncovered" else 1 - 2 * array
        elif what in ("paid", "drawn"):
            array = next(iter(getattr(batch, what).values()))
            array += 1
        elif what == "rejected":
            batch.refused[:] = True
        else:
            monkeypatch.setattr(type(batch), "rejected", [])
        return batch

    monkeypatch.setattr(engine.SweepPlan, "run", wrong)
    table = {"loss.A.energy": [1, 2]}
    if what == "accepted":
        place, table = refusing(place), {"loss.A": [500, 600]}
    with pytest.raises(InternalError) as refused:
        sweep_files(job(place, table, keep_going=True))
    (found,) = refused.value.diagnostics
    assert found.code == ("broken-invariant" if what == "rejected" else "sample-differs")
    assert found.message.startswith("scenario 0" if what == "rejected" else "scenario `")
    assert left(place) == ["scenarios.parquet"]


def test_picks_are_spread_evenly_and_few():
    from rulelang.sweeps.runs.sample import Picker

    counts = [0] * 20
    for _ in range(300):
        picker = Picker(2)
        picked = [10 * piece + row for piece in range(2) for row in picker.pick(10)]
        assert len(picked) >= 2
        assert len([row for row in picked if row < 10]) == 2
        for row in picked:
            counts[row] += 1
    assert min(counts[:10]) > 20
    assert min(counts[10:]) > 5
    picker = Picker(20)
    assert sum(len(picker.pick(1000)) for _ in range(1000)) < 400
    assert Picker(0).pick(10) == []


def test_picks_are_as_many_as_asked_for_where_the_number_of_scenarios_is_known():
    from rulelang.sweeps.runs.sample import Picker

    counts = [0] * 20
    for _ in range(300):
        picker = Picker(3, 20)
        rows = [start + row for start, size in ((0, 8), (8, 1), (9, 11)) for row in picker.pick(size)]
        assert len(set(rows)) == 3
        for row in rows:
            counts[row] += 1
    assert min(counts) > 20
    assert Picker(9, 4).pick(4) == [0, 1, 2, 3]
    assert Picker(0, 5).pick(5) == Picker(3, 0).pick(5) == []


# ------------------------------------------------------------------------------------------------- stopping, going on


class Stop(BaseException):
    """What stops a run from outside."""


def stop_after(pieces):
    def progress(done, total):
        if done >= pieces * 10:
            raise Stop

    return progress


@pytest.mark.parametrize("table", [SCENARIOS, {**BAD, "scenario": ["a", "b", "c", "d", "e", "f"]}])
@pytest.mark.parametrize("torn", ["not", "journal", "results", "rejects"])
def test_a_run_that_was_stopped_goes_on_and_gives_the_same_bytes(place, table, torn):
    rows = 10 if table is SCENARIOS else 1
    sweep_files(job(place, table, keep_going=True, rows=rows, out=place.folder / "whole.parquet"))
    rejects = place.folder / "whole.rejects.parquet"
    for pieces in (1, 3, 5):
        stopping = {"count": 0}

        def progress(done, total, stopping=stopping, pieces=pieces):
            stopping["count"] += 1
            if stopping["count"] > pieces:
                raise Stop

        with pytest.raises(Stop):
            sweep_files(job(place, keep_going=True, rows=rows), progress=progress)
        assert not place.out.exists()
        if torn != "not":  # as when the machine stops in the middle of writing
            with (folder_of(place.out) / torn).open("ab") as file:
                file.write(b'{"piece":')
        told = []
        done = sweep_files(
            job(place, keep_going=True, rows=rows, resume=True), progress=lambda done, _, told=told: told.append(done)
        )
        assert told[0] == pieces * rows
        assert done.scenarios == len(table["scenario"])
        assert place.out.read_bytes() == (place.folder / "whole.parquet").read_bytes()
        if rejects.exists():
            assert (place.folder / "results.rejects.parquet").read_bytes() == rejects.read_bytes()
        place.out.unlink()


KILLED = """
import os, signal, sys
from pathlib import Path
import rulelang
from rulelang.sweeps.results import journal
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.runs.piece import piece_rows
from rulelang.sweeps.workers.pools import Here
from rulelang.sweeps.workers.processes import Processes
from rulelang.sweeps.workers.job import SweepJob, sweep_files

journal.SETTLE_EVERY = 0

def progress(done, total):
    if done >= 40:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    folder, workers = Path(sys.argv[1]), int(sys.argv[2])
    program = rulelang.load_rulebook(folder / "book.rules")
    event = rulelang.load_event(folder / "a.event", program)
    job = SweepJob(program, event, (folder / "scenarios.parquet",), folder / "results.parquet", SweepOptions(rows=10))
    sweep_files(job, Processes(workers) if workers > 1 else Here(), progress)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_was_killed_goes_on_and_gives_the_same_bytes(place, workers):
    sweep_files(job(place, out=place.folder / "whole.parquet"))
    script = place.write("killed.py", KILLED)
    killed = subprocess.run([sys.executable, script, place.folder, str(workers)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert not place.out.exists()
    with pytest.raises(CannotGoOn, match="--resume"):
        sweep_files(job(place))
    told = []
    sweep_files(job(place, resume=True), progress=lambda done, total: told.append(done))
    assert told[0] == 40
    assert place.out.read_bytes() == (place.folder / "whole.parquet").read_bytes()


def test_a_stopped_run_of_something_else_does_not_go_on(place):
    with pytest.raises(Stop):
        sweep_files(job(place), progress=stop_after(2))
    with pytest.raises(CannotGoOn, match="another options"):
        sweep_files(job(place, resume=True, by_step=("pool",)))
    changed = {**SCENARIOS, "given.capital": [7] * ROWS}
    with pytest.raises(CannotGoOn, match="another scenarios"):
        sweep_files(job(place, changed, resume=True))
    place.rules.write_text(place.rules.read_text("utf-8") + "# changed\n", encoding="utf-8")
    other = type(place)(place.folder, place.rules.read_text("utf-8"), place.event_file.read_text("utf-8"))
    with pytest.raises(CannotGoOn, match="another rulebook"):
        sweep_files(job(other, resume=True))
    sweep_files(job(place, restart=True))
    assert pyarrow.parquet.read_table(place.out).column("drawn.junior").to_pylist()[-1] == Decimal("7.00")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such lock")
def test_two_runs_do_not_write_to_one_file(place):
    def progress(done, total):
        for how in ({}, {"resume": True}, {"restart": True}):
            with pytest.raises(CannotGoOn, match="another run is writing"):
                sweep_files(job(place, **how))

    sweep_files(job(place), progress=progress)
    assert place.out.exists()


def test_results_that_cannot_be_written_are_told(place):
    from rulelang.base.outputs import WriteError

    for out in (place.folder / "none" / "a.parquet", place.folder):
        with pytest.raises(WriteError) as refused:
            sweep_files(job(place, out=out))
        assert refused.value.diagnostics[0].code == "unwritable-file"


LIMITED = """
import resource, sys
from rulelang.tools.cli import main

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)  # as if the disk were full
    main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_is_told_and_what_is_done_stays(place, workers):
    sweep_files(job(place, out=place.folder / "whole.parquet"))
    whole = (place.folder / "whole.parquet").read_bytes()
    limit = str(len(whole) // 2)
    command = [*arguments(place), "--rows", "10", "--sample", "3", "--quiet", "--workers", workers]
    done = subprocess.run(
        [sys.executable, place.write("limited.py", LIMITED), limit, *command],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},  # it would be cut short, and kept
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert f"cannot write {place.out}: file too large" in done.stderr
    assert "--resume" in done.stderr
    assert "Traceback" not in done.stderr
    assert not place.out.exists()
    sweep_files(job(place, resume=True))
    assert place.out.read_bytes() == whole


def test_a_folder_of_results_that_vanishes_is_told(place):
    from shutil import rmtree

    from rulelang.base.outputs import WriteError

    for pool in (Here(), Processes(2)):
        with pytest.raises(WriteError, match="no such file"):
            sweep_files(job(place), pool, progress=lambda done, total: rmtree(folder_of(place.out), ignore_errors=True))
        assert left(place) == ["scenarios.parquet"]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["changed", "longer", "removed"])
@pytest.mark.parametrize("pool", [Here(), Processes(2)])
def test_scenarios_that_change_meanwhile_are_told_and_nothing_is_left(place, how, pool):
    path = place.write("scenarios.parquet", SCENARIOS, row_group_size=10)

    def progress(done, total):
        if done < 30:
            return
        if how == "removed":
            path.unlink(missing_ok=True)
        elif how == "changed":
            path.write_bytes(path.read_bytes()[:-100] + b"x" * 100)
        else:
            place.write("scenarios.parquet", {name: values * 2 for name, values in SCENARIOS.items()})

    with pytest.raises(RulelangError) as refused:
        sweep_files(job(place), pool, progress)
    (found,) = refused.value.diagnostics
    assert found.code == ("unreadable-file" if how == "removed" else "unreadable-table")
    assert str(path) in found.message
    assert ("no such file" if how == "removed" else "was changed") in found.message
    assert left(place) == ([] if how == "removed" else ["scenarios.parquet"])


# ---------------------------------------------------------------------------------------------------------- workers


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "sizes", "workers"),
    [
        *(("parquet", sizes, 2) for sizes in (10, 45, 1000)),
        ("parquet", 7, 3),
        *(("arrow", sizes, 2) for sizes in (7, 1000)),
        ("csv", None, 2),  # has no sizes
    ],
)
def test_workers_that_read_themselves_give_the_same_bytes(place, ending, sizes, workers):
    table = pyarrow.table(SCENARIOS)
    if ending == "parquet":
        path = place.write("s.parquet", table, row_group_size=sizes)
    elif ending == "arrow":
        path = place.folder / "s.arrow"
        with pyarrow.ipc.new_file(path, table.schema) as file:
            file.write_table(table, sizes)
    else:
        path = place.write("s.csv", "".join(f"{line}\n" for line in lines_of(SCENARIOS)))
    found = []
    for pool in (Here(), Processes(workers)):
        settings = SweepOptions(rows=3, sample=3)
        run = SweepJob(place.program, place.event, (path, path), place.out, settings)
        assert sweep_files(run, pool).scenarios == 2 * ROWS
        found.append(place.out.read_bytes())
    assert found[0] == found[1]
    ids = pyarrow.parquet.read_table(place.out).column("scenario").to_pylist()
    assert ids == 2 * SCENARIOS["scenario"]


def lines_of(table):
    yield ",".join(table)
    yield from (",".join(map(str, row)) for row in zip(*table.values(), strict=True))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_worker_that_is_killed_leaves_what_is_done(place):
    from multiprocessing import active_children

    sweep_files(job(place, out=place.folder / "whole.parquet"))

    def progress(done, total):
        if done >= 30:
            for child in active_children():
                child.kill()

    place.write("scenarios.parquet", SCENARIOS, row_group_size=10)
    sweep_files(job(place, out=place.folder / "whole.parquet"))
    with pytest.raises(CannotGoOn, match="--resume"):
        sweep_files(job(place, rows=2), Processes(2), progress)
    sweep_files(job(place, rows=2, out=place.folder / "whole.parquet"))
    assert not [path for path in folder_of(place.out).iterdir() if path.name.startswith("spool")]
    sweep_files(job(place, rows=2, resume=True), Processes(2))
    assert place.out.read_bytes() == (place.folder / "whole.parquet").read_bytes()


def test_workers_give_the_same_bytes(place):
    sweep_files(job(place, BAD | {"scenario": [f"s{n}" for n in range(6)]}, keep_going=True, rows=1))
    wanted = [path.read_bytes() for path in (place.out, place.folder / "results.rejects.parquet")]
    done = sweep_files(job(place, keep_going=True, rows=1), Processes(2))
    assert (done.scenarios, done.rejected) == (6, 3)
    assert [path.read_bytes() for path in (place.out, place.folder / "results.rejects.parquet")] == wanted


@pytest.mark.slow
def test_a_rejected_scenario_in_a_worker_is_told_as_here(place):
    messages = []
    for pool in (Here(), Processes(2)):
        with pytest.raises(RulelangError) as refused:
            sweep_files(job(place, BAD, rows=1), pool)
        messages.append(refused.value.diagnostics)
        assert left(place) == ["scenarios.parquet"]
    assert messages[0] == messages[1]


def end_worker(link, setup):
    link.recv()
    os._exit(3)


@pytest.mark.slow
def test_a_worker_that_ends_leaves_what_is_done(place, monkeypatch):
    from rulelang.sweeps.workers import processes

    monkeypatch.setattr(processes, "serve", end_worker)
    with pytest.raises(CannotGoOn, match="a worker ended"):
        sweep_files(job(place), Processes(2))
    monkeypatch.undo()
    sweep_files(job(place, resume=True))
    assert place.out.exists()


def test_workers_with_other_versions_are_refused(place, monkeypatch):
    monkeypatch.setattr(jobs, "versions", lambda: ("0", "0"))
    with pytest.raises(CannotGoOn, match="install the same"):
        sweep_files(job(place))


@pytest.mark.slow
def test_a_cluster_of_two_workers_gives_the_same_bytes(place):
    distributed = pytest.importorskip("distributed")
    sweep_files(job(place))
    wanted = place.out.read_bytes()
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**settings) as cluster:
        address = cluster.scheduler_address
        assert sweep_files(job(place), Cluster(address)).scenarios == ROWS
        assert place.out.read_bytes() == wanted
        result = CliRunner().invoke(cli, [*arguments(place), "--rows", "10", "--scheduler", address])
        assert result.exit_code == 0, result.output
        assert place.out.read_bytes() == wanted
        with pytest.raises(RulelangError, match="rejected-scenario"):
            sweep_files(job(place, BAD, rows=1), Cluster(address))


def test_a_cluster_that_is_not_there_is_told(place, monkeypatch):
    pytest.importorskip("distributed")
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(CannotGoOn, match="cannot be reached"),
    ):
        sweep_files(job(place), Cluster("tcp://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scheduler", "tls://127.0.0.1:1"], "needs certificates: give --tls-ca, --tls-cert and --tls-key"),
        (["--scheduler", "wss://127.0.0.1:1"], "needs certificates"),
        (["--scheduler", "http://127.0.0.1:1"], "is no address of a scheduler"),
        (["--scheduler", "pickle"], "is no address of a scheduler"),
        (["--scheduler", "tcp://host"], "is no address of a scheduler"),
        (["--scheduler", ""], "is no address of a scheduler"),
        (["--tls-ca", "a", "--tls-cert", "b", "--tls-key", "c"], "with --scheduler"),
        (["--scheduler", "tls://127.0.0.1:1", "--tls-ca", "a"], "go together"),
        (["--scheduler", "tls://h:1", "--tls-ca", "a", "--tls-cert", "b", "--tls-key", "c"], "cannot be used"),
        (["--scheduler", "tcp://h:1", "--tls-ca", "a", "--tls-cert", "b", "--tls-key", "c"], "begins with tls://"),
    ],
)
def test_an_address_or_certificates_that_do_not_fit_are_wrong_use(place, words, said):
    pytest.importorskip("distributed")
    refused = run(place, *words).exception
    assert isinstance(refused, click.UsageError)
    assert said in refused.message
    assert not place.out.exists()


def test_certificates_that_are_none_cannot_be_used(place):
    pytest.importorskip("distributed")
    with pytest.raises(CannotGoOn, match="cannot be used"):
        Cluster("tls://127.0.0.1:1", Certificates(place.rules, place.rules, place.rules))


# -------------------------------------------------------------------------------------------------------- the command


def arguments(place, name="scenarios.parquet"):
    return ["sweep", str(place.rules), str(place.event_file), str(place.folder / name), "--out", str(place.out)]


def run(place, *more, name="scenarios.parquet"):
    return CliRunner().invoke(cli, [*arguments(place, name), *more], standalone_mode=False)


def test_the_command_writes_results_and_says_how_many(place):
    place.write("scenarios.parquet", SCENARIOS)
    result = run(place, "--sample", "95")
    assert result.return_value == 0, result.output
    first, *summary = result.stdout.splitlines()
    assert first == f"95 scenarios in {place.out}, 95 checked"
    assert any(f"replay {place.rules} {place.event_file} " in line for line in summary)
    assert run(place, "--no-summary").stdout.count("\n") == 1
    assert pyarrow.parquet.read_table(place.out).num_rows == ROWS
    assert run(place, "--quiet").output == ""


def test_csv_in_minor_units_and_by_step(place):
    place.write("a.csv", "scenario,loss.D.energy,given.capital\nx,3000,150\n")
    assert run(place, "--unit", "minor", "--by-step", "pool", name="a.csv").return_value == 0
    (found,) = pyarrow.parquet.read_table(place.out).to_pylist()
    assert (found["scenario"], found["drawn.junior"]) == ("x", Decimal("1.50"))
    assert found["paid.pool.A"] == Decimal("6.50")


def test_rejects_make_exit_code_one(place):
    place.write("scenarios.parquet", BAD)
    result = run(place, "--keep-going")
    assert result.return_value == 1
    assert f"3 rejected, in {place.folder / 'results.rejects.parquet'}" in result.stderr


def test_floats_are_refused_unless_rounded(place):
    place.write("scenarios.parquet", {"loss.A.energy": [1.5]})
    result = run(place)
    assert isinstance(result.exception, RulelangError)
    assert "`--floats`" in result.exception.diagnostics[0].helps[0]
    assert run(place, "--floats", "half-even").return_value == 0


def test_wrong_use_is_told(place):
    place.write("scenarios.parquet", SCENARIOS)
    for more, words in (
        (["--resume", "--restart"], "exclude each other"),
        (["--workers", "2", "--scheduler", "tcp://x:1"], "leave it out"),
    ):
        assert words in str(run(place, *more).exception)
    result = CliRunner().invoke(cli, [*arguments(place)[:-1], str(place.folder / "scenarios.parquet")])
    assert result.exit_code == 2
    assert "it is an input of this command; write to another file" in result.output


def test_control_c_leaves_what_is_done_and_says_so(place, monkeypatch):
    place.write("scenarios.parquet", SCENARIOS)
    real = jobs._same_versions
    seen = []

    def interrupt(done):
        seen.append(done)
        if len(seen) == 3:
            raise KeyboardInterrupt
        real(done)

    monkeypatch.setattr(jobs, "_same_versions", interrupt)
    result = run(place, "--rows", "10")
    assert result.return_value == 130
    assert "--resume" in result.stderr
    assert folder_of(place.out).is_dir()
    assert "--resume" in str(run(place, "--rows", "10").exception)
    assert run(place, "--rows", "10", "--resume").return_value == 0
    assert left(place) == ["results.parquet", "scenarios.parquet"]


def test_results_in_a_folder_of_scenarios_are_not_read_again(place):
    place.write("scenarios.parquet", SCENARIOS)
    for _ in range(2):
        sweep = [*arguments(place)[:3], str(place.folder), "--out", str(place.out)]
        result = CliRunner().invoke(cli, sweep)
        assert result.exit_code == 0, result.output
    assert pyarrow.parquet.read_table(place.out).num_rows == ROWS
