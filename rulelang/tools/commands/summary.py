"""``rulelang summary``: what the results of a sweep say."""

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.base.extras import require
from rulelang.base.source import readable
from rulelang.summary.levels import USUAL, read_levels
from rulelang.tools.days import Day
from rulelang.tools.files import ChartPath, Output, RulelangPath, chart_form, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.progress_bar import progress

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.summary.differences import Differences
    from rulelang.summary.drawing import Plot
    from rulelang.summary.summary import Summary


@click.command("summary")
@click.argument("results", type=RulelangPath())
@format_option(what="the summary")
@out_option()
@click.option(
    "--quantiles",
    default=",".join(level.text for level in USUAL),
    show_default=True,
    metavar="PERCENT,…",
    help="The levels of quantiles and expected shortfalls.",
)
@click.option("--chart", type=ChartPath(), help="Draw the charts into this file too: .png or .svg.")
@click.option("--rulebook", type=RulelangPath(), help="The rulebook, for the commands that replay scenarios.")
@click.option("--old", type=RulelangPath(), help="The old rulebook that was compared with, likewise.")
@click.option("--event", type=RulelangPath(), help="The event, likewise.")
@click.option("--on", "on", type=Day(), metavar="DATE", help="The day, where the event is a history, likewise.")
@click.option("--scenarios", type=RulelangPath(), multiple=True, help="The scenarios, likewise; may be repeated.")
def command(
    results: str, reply: Reply, quantiles: str, chart: str | None, on: datetime.date | None, **paths: str
) -> None:
    r"""Summarise RESULTS, the file that `rulelang sweep --out` wrote: steps, payers, the uncovered loss.

    For each step, each payer and the uncovered loss: how often it is above zero, mean, quantiles (nearest rank),
    expected shortfall (the mean of the worst), and the worst scenario with the command that runs exactly that one
    through the interpreter. All exact, in a few passes over the file, in bounded memory.

    \b
    Examples:
      rulelang summary results.parquet
      rulelang summary results.parquet --quantiles 95,99,99.5 --format json
      rulelang summary results.parquet --format html --out summary.html
      rulelang summary results.parquet --format xlsx --out summary.xlsx --chart summary.svg
    """
    require("sweep")
    inputs = (results, paths["rulebook"], paths["old"], paths["event"], *paths["scenarios"])
    require_outputs(chart, reply.out, inputs=inputs)
    from rulelang.summary.commands import Arguments
    from rulelang.summary.difference_document import differences_document
    from rulelang.summary.difference_pictures import difference_pictures
    from rulelang.summary.differences import summarise_differences
    from rulelang.summary.document import summary_document
    from rulelang.summary.pictures import pictures
    from rulelang.summary.source import describe
    from rulelang.summary.summary import make_summary

    try:
        levels = read_levels(quantiles)
    except ValueError as error:
        raise click.UsageError(f"--quantiles: {error}") from None
    described = describe(Path(results))
    arguments = Arguments.of(described.about, on=on, **paths)
    if described.compares:
        if click.get_current_context().get_parameter_source("quantiles") is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError("differences of two versions have no quantiles: leave out --quantiles")
        differences = summarise_differences(Path(results), arguments)
        plots = difference_pictures(differences) if differences.scenarios else ()
        _tell(differences, differences_document, plots, chart, reply)
        return
    with progress("columns") as told:
        summary = make_summary(Path(results), levels, arguments, progress=told)
    _tell(summary, summary_document, pictures(summary) if summary.scenarios else (), chart, reply)


def _tell(
    found: "Summary | Differences",
    make: Callable[..., "Document"],
    plots: Sequence["Plot"],
    chart: str | None,
    reply: Reply,
) -> None:
    """Write a summary, a page with its pictures, and these into a file of their own if that is asked for."""
    from rulelang.summary.drawing import draw_file, draw_inside

    pictures = map(draw_inside, plots if reply.form == "html" else ())
    drawn: Output = (b"", None) if chart is None else (draw_file(plots, chart_form(chart)), chart)
    reply.tell(partial(make, found, pictures=pictures), found.to_dict, drawn)


def print_brief(
    results: Path,
    reply: Reply,
    rulebook: str | None,
    event: str,
    scenarios: Sequence[str] = (),
    old: str | None = None,
    on: datetime.date | None = None,
) -> None:
    """Print the most of what results say, or all of it in another format than a table.

    The paths and the day of a history are those that replay commands name.
    """
    from rulelang.summary.commands import Arguments
    from rulelang.summary.difference_document import differences_document
    from rulelang.summary.differences import summarise_differences
    from rulelang.summary.document import brief, summary_document
    from rulelang.summary.source import describe
    from rulelang.summary.summary import make_summary

    described, room = describe(results), brief(readable(str(results)))
    arguments = Arguments.of(described.about, rulebook, event, scenarios, old, on)
    if described.compares:
        differences = summarise_differences(results, arguments)
        reply.tell(partial(differences_document, differences, room=room), differences.to_dict)
        return
    with progress("columns") as told:
        summary = make_summary(results, arguments=arguments, progress=told)
    reply.tell(partial(summary_document, summary, room=room), summary.to_dict)
