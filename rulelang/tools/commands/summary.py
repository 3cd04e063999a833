"""``rulelang summary``: what the results of a sweep say."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.base.extras import require
from rulelang.base.source import readable
from rulelang.tools.files import OUT_HELP, Output, RulelangPath, put, require_outputs
from rulelang.tools.formats import format_option, needs_file, rendered
from rulelang.tools.progress_bar import progress

if TYPE_CHECKING:
    from rulelang.document.document import Document, Reader
    from rulelang.summary.commands import Arguments
    from rulelang.summary.drawing import Plot

CHARTS = {".png": "png", ".svg": "svg"}
QUANTILES = "50,95,99,99.9"


@click.command("summary")
@click.argument("results", type=RulelangPath())
@format_option(what="the summary")
@click.option("--out", type=RulelangPath(), help=OUT_HELP)
@click.option(
    "--quantiles",
    default=QUANTILES,
    show_default=True,
    metavar="PERCENT,…",
    help="The levels of quantiles and expected shortfalls.",
)
@click.option("--chart", type=RulelangPath(), help="Draw the charts into this file too: .png or .svg.")
@click.option("--rulebook", type=RulelangPath(), help="The rulebook, for the commands that replay scenarios.")
@click.option("--old", type=RulelangPath(), help="The old rulebook that was compared with, likewise.")
@click.option("--event", type=RulelangPath(), help="The event, likewise.")
@click.option("--scenarios", type=RulelangPath(), multiple=True, help="The scenarios, likewise; may be repeated.")
def command(results: str, form: str, out: str | None, quantiles: str, chart: str | None, **paths: str) -> None:
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
    needs_file(form, out)
    if chart is not None and Path(chart).suffix.lower() not in CHARTS:
        raise click.UsageError("a chart is drawn as .png or .svg: end the name of --chart so")
    require("sweep")
    inputs = (results, paths["rulebook"], paths["old"], paths["event"], *paths["scenarios"])
    require_outputs(chart, out, inputs=inputs)
    from rulelang.summary.commands import Arguments
    from rulelang.summary.document import summary_document
    from rulelang.summary.levels import read_levels
    from rulelang.summary.pictures import pictures
    from rulelang.summary.source import describe
    from rulelang.summary.summary import make_summary

    try:
        levels = read_levels(quantiles)
    except ValueError as error:
        raise click.UsageError(f"--quantiles: {error}") from None
    arguments = Arguments.of(describe(Path(results)).about, **paths)
    if describe(Path(results)).compares:
        if click.get_current_context().get_parameter_source("quantiles") is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError("differences of two versions have no quantiles: leave out --quantiles")
        _put_differences(Path(results), arguments, form, chart, out)
        return
    with progress("columns") as told:
        summary = make_summary(Path(results), levels, arguments, progress=told)
    plots = pictures(summary) if summary.scenarios else ()
    text = rendered(_illustrated(summary_document, summary, plots), summary.to_dict, form, out)
    put(text, out, _drawn(plots, chart))


def _put_differences(results: Path, arguments: "Arguments", form: str, chart: str | None, out: str | None) -> None:
    from rulelang.summary.difference_document import differences_document
    from rulelang.summary.difference_pictures import difference_pictures
    from rulelang.summary.differences import summarise_differences

    found = summarise_differences(results, arguments)
    plots = difference_pictures(found) if found.scenarios else ()
    text = rendered(_illustrated(differences_document, found, plots), found.to_dict, form, out)
    put(text, out, _drawn(plots, chart))


def _illustrated(
    make: Callable[..., "Document"], found: object, plots: Sequence["Plot"]
) -> Callable[["Reader"], "Document"]:
    """What makes the document; of a page with its pictures."""

    def made(reader: "Reader") -> "Document":
        from rulelang.summary.drawing import draw_inside

        return make(found, reader, pictures=map(draw_inside, plots if reader.form == "html" else ()))

    return made


def _drawn(plots: Sequence["Plot"], chart: str | None) -> Output:
    if chart is None:
        return b"", None
    from rulelang.summary.drawing import draw_file

    return draw_file(plots, CHARTS[Path(chart).suffix.lower()]), chart


def print_brief(
    results: Path, form: str, rulebook: str, event: str, scenarios: Sequence[str] = (), old: str | None = None
) -> None:
    """Print the most of what results say, or all of it in another format than a table.

    The paths are those that replay commands name.
    """
    from rulelang.summary.commands import Arguments
    from rulelang.summary.difference_document import differences_document
    from rulelang.summary.differences import summarise_differences
    from rulelang.summary.document import brief, summary_document
    from rulelang.summary.source import describe
    from rulelang.summary.summary import make_summary

    described, room = describe(results), brief(readable(str(results)))
    arguments = Arguments.of(described.about, rulebook, event, scenarios, old)
    if described.compares:
        differences = summarise_differences(results, arguments)
        put(rendered(partial(differences_document, differences, room=room), differences.to_dict, form, None), None)
        return
    with progress("columns") as told:
        summary = make_summary(results, arguments=arguments, progress=told)
    put(rendered(partial(summary_document, summary, room=room), summary.to_dict, form, None), None)
