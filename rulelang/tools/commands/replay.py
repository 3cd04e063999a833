"""``rulelang replay``: exactly one scenario of a table, through the interpreter."""

from pathlib import Path

import click

from rulelang.base.extras import require
from rulelang.check.events.event import check_event
from rulelang.check.rulebook import check_rulebook
from rulelang.run.interpret import interpret
from rulelang.sweeps.options import ROUNDINGS, Rounding, SweepOptions
from rulelang.syntax.read import read_source
from rulelang.tools.cli import FINDINGS
from rulelang.tools.commands.run import recorded, told
from rulelang.tools.files import AUDIT_HELP, OUT_HELP, RulelangPath, put, require_outputs
from rulelang.tools.formats import format_option, needs_file


@click.command("replay")
@click.argument("rulebook", type=RulelangPath())
@click.argument("event", type=RulelangPath())
@click.argument("scenarios", nargs=-1, required=True, type=RulelangPath())
@click.argument("scenario")
@click.option(
    "--unit",
    type=click.Choice(["major", "minor"]),
    default="major",
    show_default=True,
    help="What amounts are in: major units (EUR) or minor units (cents).",
)
@click.option("--floats", type=click.Choice(ROUNDINGS), help="Round floating numbers so, instead of refusing them.")
@click.option("--defaulting", multiple=True, metavar="MEMBER", help="Let this member's stress be a loss; repeatable.")
@click.option("--given", "givens", multiple=True, metavar="NAME=VALUE", help="A value of the event to set; repeatable.")
@format_option(what="the allocation")
@click.option("--audit", type=RulelangPath(), help=AUDIT_HELP)
@click.option("--out", type=RulelangPath(), help=OUT_HELP)
def command(  # noqa: PLR0913 - a parameter for each option
    rulebook: str,
    event: str,
    scenarios: tuple[str, ...],
    scenario: str,
    unit: str,
    floats: Rounding | None,
    defaulting: tuple[str, ...],
    givens: tuple[str, ...],
    form: str,
    audit: str | None,
    out: str | None,
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
    """
    needs_file(form, out)
    pairs = tuple((name, value) for name, _, value in (text.partition("=") for text in givens))
    if not all("=" in text for text in givens):
        raise click.UsageError("write --given as NAME=VALUE, as in --given capital=7000000.00")
    require("sweep")
    from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event

    require_outputs(audit, out, inputs=(rulebook, event, *scenarios))
    program = check_rulebook(read_source(Path(rulebook)))
    options = SweepOptions(unit="minor" if unit == "minor" else "major", floats=floats)
    wanted = Wanted(tuple(map(Path, scenarios)), scenario, options, defaulting, pairs)
    found = scenario_event(program, check_event(read_source(Path(event)), program), wanted)
    allocation = interpret(program, found)
    text = told(allocation, form, out)
    put(text, out, recorded(program, found, allocation, audit))
    return 0 if allocation.holds else FINDINGS
