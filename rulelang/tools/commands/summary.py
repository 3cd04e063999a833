"""``rulelang summary``: what the results of a sweep say."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rulelang.base.render import wants_colour
from rulelang.tools.cli import terminal_width
from rulelang.tools.files import OUT_HELP, RulelangPath, put
from rulelang.views.sweep.extras import require

FORMATS = ["table", "json", "csv", "markdown", "xlsx", "html"]
CHARTS = {".png": "png", ".svg": "svg"}
QUANTILES = "50,95,99,99.9"


@click.command("summary")
@click.argument("results", type=RulelangPath())
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How the summary is written; xlsx needs --out.",
)
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
@click.option("--event", type=RulelangPath(), help="The event, likewise.")
@click.option("--scenarios", type=RulelangPath(), multiple=True, help="The scenarios, likewise; may be repeated.")
def command(results: str, form: str, out: str | None, quantiles: str, chart: str | None, **paths: Any) -> None:
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
    if form == "xlsx" and out is None:
        raise click.UsageError("a spreadsheet goes to a file: add --out FILE.xlsx")
    if chart is not None and Path(chart).suffix.lower() not in CHARTS:
        raise click.UsageError("a chart is drawn as .png or .svg: end the name of --chart so")
    require("sweep")
    from rulelang.views.summary.commands import Arguments
    from rulelang.views.summary.levels import read_levels
    from rulelang.views.summary.summary import summarise
    from rulelang.views.summary.table import open_results

    try:
        levels = read_levels(quantiles)
    except ValueError as error:
        raise click.UsageError(f"--quantiles: {error}") from None
    arguments = Arguments.of(open_results(Path(results)).about, **paths)
    summary = summarise(Path(results), levels, arguments)
    text = written(summary, form, colour=out is None and wants_colour(sys.stdout))
    if chart is not None:
        from rulelang.views.summary.pictures import draw_file

        put(draw_file(summary, CHARTS[Path(chart).suffix.lower()]), chart)
    put(text, out)


def written(summary: Any, form: str, *, colour: bool) -> str | bytes:
    """A summary in one of the formats."""
    if form == "table":
        from rulelang.views.summary.tables import render_summary

        return render_summary(summary, width=terminal_width(), colour=colour)
    if form == "html":
        from rulelang.views.summary.page import as_page

        return as_page(summary)
    from rulelang.views.summary import export

    writers: dict[str, Any] = {
        "json": export.as_json,
        "csv": export.as_csv,
        "markdown": export.as_markdown,
        "xlsx": export.as_spreadsheet,
    }
    return writers[form](summary)  # type: ignore[no-any-return]


def print_summary(
    results: Path, rulebook: str | None = None, event: str | None = None, scenarios: Sequence[str] = ()
) -> None:
    """Print the summary of results on standard output; the paths are those that replay commands name."""
    from rulelang.views.summary.commands import Arguments
    from rulelang.views.summary.summary import summarise
    from rulelang.views.summary.table import open_results

    arguments = Arguments.of(open_results(results).about, rulebook, event, scenarios)
    put(written(summarise(results, arguments=arguments), "table", colour=wants_colour(sys.stdout)), None)
