"""``rulelang replay``: exactly one scenario of a table, through the interpreter."""

from pathlib import Path

import click

from rulelang.base.extras import require
from rulelang.sweeps.options import Rounding, SweepOptions, Unit
from rulelang.tools import options
from rulelang.tools.commands.run import audit_option, tell_run
from rulelang.tools.days import Subject
from rulelang.tools.files import require_outputs
from rulelang.tools.formats import Reply, format_option, out_option


@click.command("replay")
@options.rulebook_and_event
@options.scenarios
@click.argument("scenario")
@options.unit
@options.floats
@click.option("--defaulting", multiple=True, metavar="MEMBER", help="Let this member's stress be a loss; repeatable.")
@click.option("--given", "givens", multiple=True, metavar="NAME=VALUE", help="A value of the event to set; repeatable.")
@format_option(what="the allocation")
@audit_option
@out_option()
def command(  # noqa: PLR0913 - a parameter for each option
    about: Subject,
    scenarios: tuple[str, ...],
    scenario: str,
    unit: Unit,
    floats: Rounding | None,
    defaulting: tuple[str, ...],
    givens: tuple[str, ...],
    audit: str | None,
    reply: Reply,
) -> int:
    r"""Run the one row of SCENARIOS with the id SCENARIO through the interpreter, and print who pays how much.

    It is the event that `rulelang sweep` runs for that row, with an audit record of its own on request. Of columns
    `stress.MEMBER` those of the members named with --defaulting count as losses, the others as nothing.

    Exit codes are those of `rulelang run`.

    \b
    Examples:
      rulelang replay ccp.rules 2018.event losses.parquet s17
      rulelang replay ccp.rules 2018.event losses.parquet s17 --audit s17.audit.json
      rulelang replay ccp.rules 2018.event losses.parquet s17 --given capital=7000000.00
      rulelang replay ccp.rules 2018.event stresses.csv s17 --defaulting ALPHA --defaulting BETA
      rulelang replay autumn-2018.history losses.parquet s17 --on 2018-09-11
    """
    pairs = tuple((name, value) for name, _, value in (text.partition("=") for text in givens))
    if not all("=" in text for text in givens):
        raise click.UsageError("write --given as NAME=VALUE, as in --given capital=7000000.00")
    require("sweep")
    from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event

    require_outputs(reply.out, audit=audit, inputs=(*about.paths, *scenarios))
    program, resolved = about.load()
    wanted = Wanted(tuple(map(Path, scenarios)), scenario, SweepOptions(unit=unit, floats=floats), defaulting, pairs)
    return tell_run(program, scenario_event(program, resolved, wanted), audit, reply)
