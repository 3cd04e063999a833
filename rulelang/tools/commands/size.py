"""``rulelang size``: the smallest value of a given with which nothing is uncovered in any scenario."""

from functools import partial
from pathlib import Path

import click

from rulelang.base.extras import require
from rulelang.check.events.amounts import amount_in
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.sweeps.options import ROUNDINGS, Rounding, SweepOptions
from rulelang.syntax.read import read_source
from rulelang.tools.cli import FINDINGS
from rulelang.tools.files import OUT_HELP, RulelangPath, put, require_outputs
from rulelang.tools.formats import format_option, needs_file, rendered
from rulelang.tools.progress_bar import progress


@click.command("size")
@click.argument("rulebook", type=RulelangPath())
@click.argument("event", type=RulelangPath())
@click.argument("scenarios", nargs=-1, required=True, type=RulelangPath())
@click.option("--given", required=True, metavar="NAME", help="The given to size; NAME.SEGMENT for one of a segment.")
@click.option("--from", "start", metavar="AMOUNT", help="Try no smaller value.  [default: 0]")
@click.option("--to", metavar="AMOUNT", help='Try no larger value, as in "EUR 5 billion" or 1250000.')
@click.option("--cover", type=click.IntRange(1), metavar="N", help="Try every set of up to N members with a stress.")
@click.option(
    "--unit",
    type=click.Choice(["major", "minor"]),
    default="major",
    show_default=True,
    help="What amounts of scenarios are in: major units (EUR) or minor units (cents).",
)
@click.option("--floats", type=click.Choice(ROUNDINGS), help="Round floating numbers so, instead of refusing them.")
@format_option(what="the answer")
@click.option("--out", type=RulelangPath(), help=OUT_HELP)
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(  # noqa: PLR0913 - a parameter for each option
    rulebook: str,
    event: str,
    scenarios: tuple[str, ...],
    given: str,
    start: str | None,
    to: str | None,
    cover: int | None,
    unit: str,
    floats: Rounding | None,
    form: str,
    out: str | None,
    quiet: bool,
) -> int:
    r"""Say how large a given must be at least so that nothing is uncovered in any of SCENARIOS.

    The answer is exact, to the minor unit: all scenarios are run with it, and every smaller value is excluded, by a
    scenario that leaves something uncovered there. It is the smallest such value even where more of the given may
    leave more uncovered; if a larger value comes to light that is not enough, that is said too. Where no straight
    lines tell, the value is found by halving, and the answer says what it assumes. With --cover N, all holds
    whichever up to N members with a stress default.

    Exit code 0: there is such a value, 1: there is none.

    \b
    Examples:
      rulelang size ccp.rules 2018.event losses.parquet --given junior_capital
      rulelang size ccp.rules 2018.event stresses.parquet --given junior_capital --cover 2 --to "EUR 1 billion"
    """
    needs_file(form, out)
    require("sweep")
    from rulelang.summary.commands import Arguments
    from rulelang.sweeps.sizing.document import size_document
    from rulelang.sweeps.sizing.sizing import size
    from rulelang.sweeps.sizing.told import SizeTold
    from rulelang.sweeps.sizing.value_sweep import SizeJob

    require_outputs(out, inputs=(rulebook, event, *scenarios))
    program = check_rulebook(read_source(Path(rulebook)))
    options = SweepOptions(unit="minor" if unit == "minor" else "major", floats=floats, cover=cover)
    resolved = check_event(read_source(Path(event)), program)
    bounds = {name: _amount(program, text) for name, text in (("start", start), ("to", to)) if text is not None}
    job = SizeJob(program, resolved, tuple(map(Path, scenarios)), given, options, **bounds)
    if job.start > job.to:
        raise click.UsageError("--from is above --to")
    with progress("runs", quiet=quiet) as told:
        sized = size(job, told)
    words = ("--unit", "minor") if unit == "minor" else ()
    words = (*words, "--floats", floats) if floats is not None else words
    arguments = Arguments(rulebook, event, scenarios, words)
    answer = SizeTold(sized, given, program, resolved, arguments, unit == "minor", cover)
    put(rendered(partial(size_document, answer), answer.to_dict, form, out, text=answer.to_text), out)
    return 0 if sized.value is not None else FINDINGS


def _amount(program: CheckedProgram, text: str) -> int:
    """An amount of the command line, as far as scenarios can hold it."""
    from rulelang.sweeps.scenarios.integers import LARGEST

    return min(amount_in(text, program.currency), LARGEST)
