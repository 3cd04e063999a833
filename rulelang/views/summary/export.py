"""A summary as JSON, CSV, Markdown and spreadsheet.  Texts stay texts, amounts stay exact or are cut off to a unit."""

import csv
import datetime
import json
from fractions import Fraction
from io import StringIO
from typing import Any

from rulelang.base.money import Exact
from rulelang.views.cells import cut_off, markdown, markdown_table, safe_cell
from rulelang.views.summary.depth import NO_LOSS
from rulelang.views.summary.grids import grids, line_grid, plain, shown, step_lines
from rulelang.views.summary.summary import Line, Summary
from rulelang.views.workbook import Workbook


def to_dict(summary: Summary) -> dict[str, Any]:
    """The summary as plain values, described by ``schemas/summary.schema.json``; amounts are decimals as text."""
    about = summary.about
    return {
        "rulebook": {"title": about.rulebook, "version": about.version},
        "event": {"title": about.event},
        "currency": summary.currency.code,
        "scenarios": summary.scenarios,
        "rejected": about.rejected,
        "levels": [level.text for level in summary.levels],
        "outcomes": [{"outcome": name, "scenarios": number} for name, number in summary.outcomes.items()],
        "depths": [
            {
                "step": None if depth.step == NO_LOSS else depth.step,
                "scenarios": depth.scenarios,
                "loss": summary.currency.plain(depth.loss),
            }
            for depth in summary.depths.depths
        ],
        "loss": _line(summary, summary.loss),
        "uncovered": _line(summary, summary.uncovered),
        "steps": [{"step": line.name, "segment": line.segment, **_line(summary, line)} for line in step_lines(summary)],
        "payers": [
            {"payer": line.name, "step": line.segment, **_line(summary, line)}
            for line in (*summary.payers, *summary.shares)
        ],
    }


def _line(summary: Summary, line: Line) -> dict[str, Any]:
    amount, show = line.amount, summary.currency.plain
    return {
        "reached": amount.reached,
        "total": show(amount.total),
        "mean": _exact(summary, amount.mean),
        "smallest": show(amount.least),
        "largest": show(amount.most),
        "quantiles": [
            {"level": level.text, "amount": show(amount.quantiles[level])} for level in summary.levels if amount.count
        ],
        "expected_shortfalls": [
            {"level": level.text, **_exact(summary, amount.shortfalls[level])}
            for level in summary.levels
            if amount.count
        ],
        "worst": None
        if line.command is None
        else {"scenario": line.scenario, "defaulting": list(line.defaulting), "command": line.command},
    }


def _exact(summary: Summary, amount: Exact) -> dict[str, str]:
    """An amount cut off to the minor unit, and exactly, as a fraction of the major unit."""
    exact = Fraction(amount) / 10**summary.currency.decimals
    return {"amount": summary.currency.plain(cut_off(amount)), "exact": str(exact)}


def as_json(summary: Summary) -> str:
    """The summary as JSON, indented, with a line end."""
    return json.dumps(to_dict(summary), indent=2, ensure_ascii=False) + "\n"


def as_csv(summary: Summary) -> str:
    """A row for the loss, for what stays uncovered, and for each step, segment, payer and payer under a step."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kinds = (
        ("loss", (summary.loss,)),
        ("uncovered", (summary.uncovered,)),
        ("step", step_lines(summary)),
        ("payer", summary.payers),
        ("payer by step", summary.shares),
    )
    for number, (kind, lines) in enumerate(kinds):
        grid = line_grid("", lines, ("name", "of"), summary.levels)
        if not number:
            writer.writerow(["kind", *grid.head, "command"])
        for row, line in zip(grid.rows, lines, strict=True):
            cells = [safe_cell(plain(value, summary.currency)) for value in row]
            writer.writerow([kind, *cells, safe_cell(line.command or "")])
    return out.getvalue()


def headline(summary: Summary) -> str:
    """What the summary is of: rulebook, event, how many scenarios."""
    about = summary.about
    version = f", version {about.version}" if about.version else ""
    names = [f"{about.rulebook}{version}"] if about.rulebook else []
    names += [about.event] if about.event else []
    rejected = f", {about.rejected:,} rejected" if about.rejected else ""
    return " – ".join([*names, f"{summary.scenarios:,} scenarios{rejected}"])


NOTE = (
    "Reached: scenarios in which the amount is above zero. Quantiles are nearest ranks: the smallest amount not "
    "exceeded in that share of the scenarios. ES, expected shortfall: the mean of the largest amounts, "
    "ceil((1 - level) x n) of them. Means are over all scenarios. Amounts are cut off to the minor unit; JSON has them "
    "exactly. The worst scenario is the first of those with the largest amount."
)
"""What the figures mean."""


def as_markdown(summary: Summary) -> str:
    """The summary as Markdown."""
    parts = ["# Summary of a sweep\n", f"{markdown(headline(summary))}\n"]
    for grid in grids(summary):
        rows = [[shown(value, summary.currency) for value in row] for row in grid.rows]
        unit = f" ({summary.currency.code})" if "mean" in grid.head and summary.currency.code else ""
        parts += [f"## {grid.title}{unit}\n", markdown_table(grid.head, grid.alignment, rows)]
    return "\n".join([*parts, f"{markdown(NOTE)}\n"])


def as_spreadsheet(summary: Summary) -> bytes:
    """The summary as an Excel workbook: a sheet for each grid, and one that says what it is of.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """
    book = Workbook(summary.about.rulebook or "Summary of a sweep", datetime.date(1980, 1, 1), summary.currency)
    for grid in grids(summary):
        book.sheet(grid.title[:31], grid.head, grid.rows)
    about = summary.about
    rows = [
        ("Rulebook", about.rulebook),
        ("Version", about.version),
        ("Event", about.event),
        ("Scenarios", f"{summary.scenarios:,}"),
        ("Rejected", f"{about.rejected:,}"),
        ("Currency", summary.currency.code),
        ("What the figures mean", NOTE),
    ]
    book.sheet("About", ("What", "Value"), rows)
    return book.closed()
