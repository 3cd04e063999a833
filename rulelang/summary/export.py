"""A summary as JSON, CSV, Markdown and spreadsheet.  Texts stay texts, amounts stay exact or are cut off to a unit."""

import csv
import datetime
import json
from fractions import Fraction
from io import StringIO
from typing import Any

from rulelang.base.money import Currency, Exact
from rulelang.document.cells import cut_off, markdown, markdown_table, safe_cell
from rulelang.document.workbook import Workbook
from rulelang.summary.depth import NO_LOSS
from rulelang.summary.document import Document
from rulelang.summary.grids import line_grid, plain, shown, step_lines
from rulelang.summary.summary import Line, Summary


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
        "sets": None
        if summary.sets is None
        else [
            {
                "defaulting": list(one.members),
                "scenarios": one.scenarios,
                "uncovered_in": one.reached,
                "mean": exact_amount(summary.currency, one.mean),
                "largest": summary.currency.plain(one.most),
                "scenario": one.scenario,
                "command": one.command(summary.arguments),
            }
            for one in summary.sets
        ],
    }


def _line(summary: Summary, line: Line) -> dict[str, Any]:
    amount, show = line.amount, summary.currency.plain
    return {
        "reached": amount.reached,
        "total": show(amount.total),
        "mean": exact_amount(summary.currency, amount.mean),
        "mean_reached": None if amount.mean_reached is None else exact_amount(summary.currency, amount.mean_reached),
        "smallest": show(amount.least),
        "largest": show(amount.most),
        "quantiles": [
            {"level": level.text, "amount": show(amount.quantiles[level])} for level in summary.levels if amount.count
        ],
        "expected_shortfalls": [
            {"level": level.text, **exact_amount(summary.currency, amount.shortfalls[level])}
            for level in summary.levels
            if amount.count
        ],
        "worst": None
        if line.command is None
        else {"scenario": line.scenario, "defaulting": list(line.defaulting), "command": line.command},
    }


def exact_amount(currency: Currency, amount: Exact) -> dict[str, str]:
    """An amount cut off to the minor unit, and exactly, as a fraction of the major unit."""
    return {"amount": currency.plain(cut_off(amount)), "exact": str(Fraction(amount) / 10**currency.decimals)}


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


def as_markdown(document: Document) -> str:
    """A document as Markdown."""
    parts = [f"# {document.title}\n", f"{markdown(document.headline)}\n"]
    parts += [f"{markdown(document.lead)}\n"] if document.lead else []
    for grid in document.grids:
        rows = [[shown(value, document.currency) for value in row] for row in grid.rows]
        parts += [f"## {document.heading(grid)}\n", markdown_table(grid.head, grid.alignment, rows)]
    return "\n".join([*parts, f"{markdown(' '.join(document.notes))}\n"])


def as_spreadsheet(document: Document) -> bytes:
    """A document as an Excel workbook: a sheet for each grid, and one that says what it is of.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """
    about = document.about
    book = Workbook(about.rulebook or document.title, datetime.date(1980, 1, 1), document.currency)
    for grid in document.grids:
        book.sheet(grid.title[:31], grid.head, grid.rows)
    rows = [
        ("Rulebook", about.rulebook),
        ("Version", about.version),
        *([("Against", about.old)] if about.old else []),
        ("Event", about.event),
        ("What", document.headline),
        *([("In short", document.lead)] if document.lead else []),
        ("Currency", document.currency.code),
        *(("What the figures mean", sentence) for sentence in document.notes),
    ]
    book.sheet("About", ("What", "Value"), rows)
    return book.closed()
