"""``rulelang sweep``: a rulebook and an event for every row of a table of scenarios."""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from rulelang.api.rulebooks import load_rulebook
from rulelang.base.diagnostic import CheckError
from rulelang.base.extras import require
from rulelang.base.render import visible
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.events.text import Reader
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.model.result_columns import UNCOVERED
from rulelang.sweeps.options import SAMPLE, SweepOptions
from rulelang.syntax.read import read_source
from rulelang.tools import options
from rulelang.tools.cli import FINDINGS, STOPPED
from rulelang.tools.days import Subject
from rulelang.tools.files import RulelangPath, require_outputs
from rulelang.tools.formats import Reply, format_option
from rulelang.tools.progress import progress

if TYPE_CHECKING:
    from rulelang.sweeps.workers.job import SweepJob
    from rulelang.sweeps.workers.pools import Pool

_REFUSED = {
    "xlsx": "--out holds the results: a spreadsheet of them is `rulelang summary RESULTS --format xlsx --out FILE.xlsx`"
}


@click.command("sweep")
@options.rulebook_and_event
@options.scenarios
@click.option("--out", required=True, type=RulelangPath(), help="Write the results to this Parquet file.")
@options.unit
@options.floats
@click.option(
    "--by-step", multiple=True, metavar="STEP", help="Write what each payer pays under this step too; repeatable."
)
@click.option("--keep-going", is_flag=True, help="Set rejected scenarios aside in a file, instead of stopping.")
@click.option(
    "--against", metavar="OLD", type=RulelangPath(), help="Sweep this version too, and write the differences."
)
@options.cover
@options.by
@click.option(
    "--cover-by",
    default=UNCOVERED,
    show_default=True,
    metavar="uncovered|STEP",
    help="Which set is the worst: by the uncovered loss, or by the draw of this step.",
)
@click.option(
    "--sample",
    type=click.IntRange(0),
    metavar="N",
    default=SAMPLE,
    show_default=True,
    help="Check so many scenarios, picked at random, against the interpreter.",
)
@click.option(
    "--workers", type=click.IntRange(1), metavar="N", default=1, show_default=True, help="Run in so many processes."
)
@click.option("--scheduler", metavar="ADDRESS", help="Run on the Dask cluster with this scheduler.")
@click.option("--tls-ca", type=click.Path(), metavar="FILE", help="The authority that vouches for a tls:// scheduler.")
@click.option("--tls-cert", type=click.Path(), metavar="FILE", help="The certificate to show to it.")
@click.option("--tls-key", type=click.Path(), metavar="FILE", help="The key of that certificate.")
@click.option(
    "--rows", type=click.IntRange(1), metavar="N", help="Scenarios in a piece of work; fewer need less memory."
)
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped, if there is one.")
@click.option("--restart", is_flag=True, help="Forget a run that was stopped.")
@click.option("--summary/--no-summary", default=True, show_default=True, help="Say what the results come to.")
@format_option(what="the summary at the end", refused=_REFUSED)
@click.option("--quiet", is_flag=True, help="Show no progress and no summary.")
def command(  # noqa: PLR0913 - a parameter for each option
    about: Subject,
    scenarios: tuple[str, ...],
    out: str,
    workers: int,
    scheduler: str | None,
    tls_ca: str | None,
    tls_cert: str | None,
    tls_key: str | None,
    resume: bool,
    restart: bool,
    quiet: bool,
    summary: bool,
    form: str,
    against: str | None,
    **choices: Any,
) -> int:
    r"""Run RULEBOOK and EVENT once for every row of SCENARIOS: Parquet, CSV or Arrow files, or folders of them.

    The columns of SCENARIOS override the event: `scenario` is the id, `loss.MEMBER` a default (none where it is
    zero), `FIELD.MEMBER` a value of a member, `given.NAME` a value of the event, each followed by `.SEGMENT` where it
    is one of a segment. With --cover N, of columns `stress.MEMBER` every set of up to N members defaults in turn, and
    the worst set of each scenario is written, with who is in it; with --by FIELD, all members with the same value of
    a field default together, and N counts these groups. With --against OLD, two versions are swept, and
    what the new one gives less what the old one gives is written. RESULTS has a row for each scenario: `scenario`,
    `uncovered`, `outcome`, `drawn.STEP`, `paid.PAYER`.

    A scheduler at tcp:// is for a network that you trust: Dask sends code and data as pickles, so whoever answers
    there can run code here. At tls:// both sides show certificates first.

    Exit code 0: all scenarios were run, 1: some were set aside, 2: wrong use, or a run that was stopped is in the
    way, 3: an input cannot be read, does not fit, or a scenario is rejected, 5: the check against the interpreter
    found a difference, 130: stopped; `--resume` goes on.

    \b
    Examples:
      rulelang sweep ccp.rules 2018.event losses.parquet --out results.parquet
      rulelang sweep ccp.rules 2018.event losses.csv --out results.parquet --by-step calls --keep-going
      rulelang sweep ccp.rules 2018.event stresses.parquet --out results.parquet --cover 2
      rulelang sweep new.rules 2018.event losses.parquet --out differences.parquet --against old.rules
      rulelang sweep autumn-2018.history losses.parquet --on 2018-09-11 --out results.parquet
      rulelang sweep ccp.rules 2018.event scenarios/ --out results.parquet --workers 8 --resume
      rulelang sweep ccp.rules 2018.event scenarios/ --out results.parquet --scheduler tcp://10.0.0.1:8786
    """
    if against is not None and (choices["cover"] is not None or choices["by_step"]):
        raise click.UsageError("--against compares single runs in all: leave out --cover and --by-step")
    if choices["cover"] is None and (choices["cover_by"], choices["cover_groups"]) != (UNCOVERED, None):
        raise click.UsageError("--cover-by and --by go with --cover")
    if resume and restart:
        raise click.UsageError("--resume and --restart exclude each other")
    if scheduler is not None and workers != 1:
        raise click.UsageError("--workers is for this machine: leave it out with --scheduler")
    if out == "-":
        raise click.UsageError("results go to a file: name it with --out")
    paths = tuple(Path(name) for name in scenarios)
    require_outputs(results=out, inputs=(*about.paths, *scenarios, against, tls_ca, tls_cert, tls_key))
    require("sweep")
    if scheduler is not None:
        require("cluster")
    from rulelang.sweeps.workers.job import SweepJob

    tls = [name for name in (tls_ca, tls_cert, tls_key) if name is not None]
    if tls and (scheduler is None or len(tls) != 3):
        raise click.UsageError("--tls-ca, --tls-cert and --tls-key go together, and with --scheduler")
    pool = _pool(workers, scheduler, tls)
    program, source = about.source(compared=against is not None)
    read = cache(read_source)  # of two versions each is given the same files
    resolved = check_event(source, program, read)
    old = None
    if against is not None:
        before = load_rulebook(against)
        old = before, _under_old(source, before, read)
    job = SweepJob(program, resolved, paths, Path(out), SweepOptions(**choices), resume, restart, old)
    done = _swept(job, pool, quiet=quiet, told=form == "table")
    if summary and not quiet and done in (0, FINDINGS):
        from rulelang.tools.commands.summary import print_brief

        print_brief(job.out, Reply(form, None), about, scenarios, against)
    return done


def _under_old(event: SourceText, rulebook: CheckedProgram, read: Reader) -> Event:
    """The event as the old rulebook reads it."""
    try:
        return check_event(event, rulebook, read)
    except CheckError as error:
        raise CheckError(
            [evolve(found, message=f"under the old rulebook, {found.message}") for found in error.diagnostics]
        ) from None


def _pool(workers: int, scheduler: str | None, tls: list[str]) -> "Pool":
    """Where pieces are run; processes are started already."""
    from rulelang.sweeps.options import CannotGoOn
    from rulelang.sweeps.workers.cluster import Certificates, Cluster
    from rulelang.sweeps.workers.pools import Here
    from rulelang.sweeps.workers.processes import Processes

    if scheduler is not None:
        try:
            return Cluster(scheduler, Certificates(*map(Path, tls)) if tls else None)
        except CannotGoOn as error:
            raise click.UsageError(str(error)) from None
    if workers == 1:
        return Here()
    pool = Processes(workers)
    pool.start()
    return pool


def _swept(job: "SweepJob", pool: "Pool", *, quiet: bool, told: bool) -> int:
    from rulelang.sweeps.options import CannotGoOn
    from rulelang.sweeps.workers.job import sweep_files

    try:
        with progress("scenarios", quiet=quiet) as shown:
            done = sweep_files(job, pool, shown, None if quiet else partial(click.echo, err=True))
    except CannotGoOn as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("stopped; the same command with --resume goes on", err=True)
        return STOPPED
    if not quiet:
        held = f"{done.scenarios - done.rejected:,} scenarios in {visible(str(job.out))}, {done.checked:,} checked"
        click.echo(held, err=not told)
    if done.rejected:
        click.echo(f"{done.rejected:,} rejected, in {visible(str(job.rejects))}", err=True)
        return FINDINGS
    return 0
