"""``rulelang size``: the smallest value of a given with which nothing is uncovered in any scenario."""

from functools import partial
from pathlib import Path

import click

from rulelang.base.extras import require
from rulelang.sweeps.options import Rounding, SweepOptions, Unit
from rulelang.tools import options
from rulelang.tools.cli import FINDINGS
from rulelang.tools.days import Subject
from rulelang.tools.files import require_outputs
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.progress import progress


@click.command("size")
@options.rulebook_and_event
@options.scenarios
@click.option("--given", required=True, metavar="NAME", help="The given to size; NAME.SEGMENT for one of a segment.")
@click.option("--from", "start", metavar="AMOUNT", help="Try no smaller value.  [default: 0]")
@click.option("--to", metavar="AMOUNT", help='Try no larger value, as in "EUR 5 billion" or 1250000.')
@options.cover
@options.by
@options.unit
@options.floats
@format_option(what="the answer")
@out_option()
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(  # noqa: PLR0913 - a parameter for each option
    about: Subject,
    scenarios: tuple[str, ...],
    given: str,
    start: str | None,
    to: str | None,
    cover: int | None,
    cover_groups: str | None,
    unit: Unit,
    floats: Rounding | None,
    reply: Reply,
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
      rulelang size autumn-2018.history losses.parquet --on 2018-09-11 --given junior_capital
    """
    require("sweep")
    from rulelang.summary.commands import Arguments, reading_options
    from rulelang.sweeps.scenarios.integers import LARGEST
    from rulelang.sweeps.sizing.document import size_document
    from rulelang.sweeps.sizing.sizing import find_given, size
    from rulelang.sweeps.sizing.told import SizeTold
    from rulelang.sweeps.sizing.value_sweep import SizeJob

    require_outputs(reply.out, inputs=(*about.paths, *scenarios))
    if cover is None and cover_groups is not None:
        raise click.UsageError("--by goes with --cover")
    program, resolved = about.load()
    variable = find_given(program, resolved, given)
    # an amount as far as scenarios can hold it
    bounds = {
        name: min(variable.units(text), LARGEST) for name, text in (("start", start), ("to", to)) if text is not None
    }
    choices = SweepOptions(unit=unit, floats=floats, cover=cover, cover_groups=cover_groups)
    job = SizeJob(variable, tuple(map(Path, scenarios)), choices, **bounds)
    if job.start > job.to:
        raise click.UsageError("--from is above --to")
    with progress("runs", quiet=quiet) as told:
        sized = size(job, told)
    reading = reading_options({"unit": unit, "floats": floats})
    arguments = Arguments(about.rulebook, about.event or "", scenarios, reading, on=about.on)
    answer = SizeTold(sized, job, arguments)
    reply.tell(partial(size_document, answer), answer.to_dict, text=answer.to_text)
    return 0 if sized.value is not None else FINDINGS
