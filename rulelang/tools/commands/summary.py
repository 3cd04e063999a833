"""``rulelang summary``: what the results of a sweep say."""

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.base.extras import require
from rulelang.base.source import readable
from rulelang.summary.levels import USUAL, Level, read_levels
from rulelang.tools.days import Subject, on_option
from rulelang.tools.files import ChartPath, Output, RulelangPath, chart_form, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.progress import progress

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.summary.commands import Arguments
    from rulelang.summary.differences import Differences
    from rulelang.summary.drawing import Plot
    from rulelang.summary.source import Described
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
@on_option("The day, where the event is a history, likewise.")
@click.option("--scenarios", type=RulelangPath(), multiple=True, help="The scenarios, likewise; repeatable.")
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
    from rulelang.summary.source import describe

    try:
        levels = read_levels(quantiles)
    except ValueError as error:
        raise click.UsageError(f"--quantiles: {error}") from None
    described = describe(Path(results))
    arguments = Arguments.of(described.about, on=on, **paths)
    asked = click.get_current_context().get_parameter_source("quantiles") is not click.core.ParameterSource.DEFAULT
    if described.compares and asked:
        raise click.UsageError("differences of two versions have no quantiles: leave out --quantiles")
    found, make = _summarised(Path(results), described, arguments, levels)
    plots = _plots(found) if found.scenarios else ()
    from rulelang.summary.drawing import draw_file, draw_inside

    pictures = map(draw_inside, plots if reply.form == "html" else ())
    drawn: Output = (b"", None) if chart is None else (draw_file(plots, chart_form(chart)), chart)
    reply.tell(partial(make, pictures=pictures), found.to_dict, drawn)


def _summarised(
    results: Path, described: "Described", arguments: "Arguments", levels: Sequence[Level] = USUAL
) -> tuple["Summary | Differences", Callable[..., "Document"]]:
    """What results come to, and what makes a document of it; of two versions it is what differs."""
    if described.compares:
        from rulelang.summary.difference_document import differences_document
        from rulelang.summary.differences import summarise_differences

        differences = summarise_differences(results, arguments)
        return differences, partial(differences_document, differences)
    from rulelang.summary.document import summary_document
    from rulelang.summary.summary import make_summary

    with progress("columns") as told:
        summary = make_summary(results, levels, arguments, progress=told)
    return summary, partial(summary_document, summary)


def _plots(found: "Summary | Differences") -> Sequence["Plot"]:
    from rulelang.summary.difference_pictures import difference_pictures
    from rulelang.summary.pictures import pictures
    from rulelang.summary.summary import Summary

    return pictures(found) if isinstance(found, Summary) else difference_pictures(found)


def print_brief(results: Path, reply: Reply, about: Subject, scenarios: Sequence[str], old: str | None) -> None:
    """Print the most of what results say, or all of it in another format than a table.

    What they are ``about``, and the other paths, are those that replay commands name.
    """
    from rulelang.summary.commands import Arguments
    from rulelang.summary.document import brief
    from rulelang.summary.source import describe

    described = describe(results)
    arguments = Arguments.of(described.about, *about.paths, scenarios, old, about.on)
    found, make = _summarised(results, described, arguments)
    reply.tell(partial(make, room=brief(readable(str(results)))), found.to_dict)
