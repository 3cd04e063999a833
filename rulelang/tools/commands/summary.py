"""``rulelang summary``: what the results of a sweep say."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from rulelang.base.extras import require
from rulelang.base.render import wants_colour
from rulelang.tools.cli import terminal_width
from rulelang.tools.files import OUT_HELP, RulelangPath, put
from rulelang.tools.progress_bar import progress

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
@click.option("--old", type=RulelangPath(), help="The old rulebook that was compared with, likewise.")
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
    from rulelang.summary.commands import Arguments
    from rulelang.summary.levels import read_levels
    from rulelang.summary.source import describe
    from rulelang.summary.summary import summarise

    try:
        levels = read_levels(quantiles)
    except ValueError as error:
        raise click.UsageError(f"--quantiles: {error}") from None
    arguments = Arguments.of(describe(Path(results)).about, **paths)
    colour = out is None and wants_colour(sys.stdout)
    if describe(Path(results)).compares:
        if click.get_current_context().get_parameter_source("quantiles") is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError("differences of two versions have no quantiles: leave out --quantiles")
        _put_differences(Path(results), arguments, form, chart, out, colour=colour)
        return
    with progress("columns") as told:
        summary = summarise(Path(results), levels, arguments, progress=told)
    text = written(summary, form, colour=colour)
    if chart is not None:
        from rulelang.summary.pictures import pictures

        _put_chart(pictures(summary), chart)
    put(text, out)


def _put_differences(
    results: Path, arguments: Any, form: str, chart: str | None, out: str | None, *, colour: bool
) -> None:
    from rulelang.summary.differences import summarise_differences

    found = summarise_differences(results, arguments)
    text = written_differences(found, form, colour=colour)
    if chart is not None:
        from rulelang.summary.difference_pictures import difference_pictures

        _put_chart(difference_pictures(found), chart)
    put(text, out)


def _put_chart(pictures: Sequence[Any], chart: str) -> None:
    from rulelang.summary.drawing import draw_file

    put(draw_file(pictures, CHARTS[Path(chart).suffix.lower()]), chart)


def written(summary: Any, form: str, *, colour: bool) -> str | bytes:
    """A summary in one of the formats."""
    if form == "table":
        from rulelang.summary.tables import render_summary

        return render_summary(summary, width=terminal_width(), colour=colour)
    if form == "html":
        from rulelang.summary.page import summary_page

        return summary_page(summary)
    from rulelang.summary import export
    from rulelang.summary.document import document_of

    writers: dict[str, Callable[[], str | bytes]] = {
        "json": lambda: export.as_json(summary),
        "csv": lambda: export.as_csv(summary),
        "markdown": lambda: export.as_markdown(document_of(summary)),
        "xlsx": lambda: export.as_spreadsheet(document_of(summary)),
    }
    return writers[form]()


def written_differences(found: Any, form: str, *, colour: bool, brief: Path | None = None) -> str | bytes:
    """The summary of the differences of two versions in one of the formats; ``brief`` are results just written."""
    from rulelang.summary import differences, export
    from rulelang.summary.page import differences_page
    from rulelang.summary.tables import BRIEF_PAYERS, BRIEF_ROWS, Room, render_document

    document = differences.differences_document(found)
    room = Room(terminal_width()) if brief is None else Room(terminal_width(), BRIEF_PAYERS, BRIEF_ROWS)
    rest = None if brief is None else str(brief)
    writers: dict[str, Callable[[], str | bytes]] = {
        "table": lambda: render_document(document, room=room, colour=colour, results=rest),
        "html": lambda: differences_page(found),
        "json": lambda: differences.differences_json(found),
        "csv": lambda: differences.differences_csv(found),
        "markdown": lambda: export.as_markdown(document),
        "xlsx": lambda: export.as_spreadsheet(document),
    }
    return writers[form]()


def print_brief(
    results: Path, rulebook: str, event: str, scenarios: Sequence[str] = (), old: str | None = None
) -> None:
    """Print the most of what results say on standard output; the paths are those that replay commands name."""
    from rulelang.summary.commands import Arguments
    from rulelang.summary.differences import summarise_differences
    from rulelang.summary.source import describe
    from rulelang.summary.summary import summarise
    from rulelang.summary.tables import render_brief

    found, colour = describe(results), wants_colour(sys.stdout)
    arguments = Arguments.of(found.about, rulebook, event, scenarios, old)
    if found.compares:
        differences = summarise_differences(results, arguments)
        put(written_differences(differences, "table", colour=colour, brief=results), None)
    else:
        with progress("columns") as told:
            summary = summarise(results, arguments=arguments, progress=told)
        put(render_brief(summary, str(results), width=terminal_width(), colour=colour), None)
