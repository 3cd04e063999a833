"""An allocation as CSV, Markdown or a spreadsheet."""

import csv
import json
from io import StringIO

from rulelang.document.cells import markdown, markdown_table, safe_cell
from rulelang.document.workbook import Value, Workbook
from rulelang.model.allocation import Allocation


def as_json(allocation: Allocation) -> str:
    """The allocation as JSON, indented, with a line end."""
    return json.dumps(allocation.to_dict(), indent=2, ensure_ascii=False) + "\n"


def as_csv(allocation: Allocation) -> str:
    """A row for each allotment and one for what stays uncovered: step, segment, payer, name, amount."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["tranche", "segment", "payer", "name", "amount", "currency"])
    code = allocation.currency.code
    for a in allocation.allotments:
        name = allocation.names.get(a.payer, "")
        amount = allocation.currency.plain(a.amount)
        writer.writerow([a.step, a.segment or "", safe_cell(a.payer), safe_cell(name), amount, code])
    if allocation.uncovered:
        writer.writerow(
            [allocation.outcome, "", "", "uncovered", allocation.currency.plain(allocation.uncovered), code]
        )
    return out.getvalue()


# ---------------------------------------------------------------------------------------------------------- Markdown


def as_markdown(allocation: Allocation) -> str:
    """The allocation as Markdown tables: the waterfall, who pays, the invariants."""
    show = allocation.currency.grouped
    version = f", version {allocation.rulebook.version}" if allocation.rulebook.version else ""
    loss = allocation.currency.show(allocation.loss)
    parts = [
        f"# {markdown(allocation.rulebook.title)}{markdown(version)}\n",
        f"{markdown(allocation.event.title)}, declared {allocation.declared}: loss {loss}.\n",
        f"## The waterfall ({allocation.currency.code})\n",
        markdown_table(
            ("step", "segment", "capacity", "drawn", "remaining", ""),
            "llrrrl",
            (
                (
                    line.step,
                    line.segment or "",
                    "" if line.capacity is None else show(line.capacity),
                    show(line.drawn),
                    show(line.remaining),
                    line.skipped or "",
                )
                for line in allocation.lines
            ),
        ),
    ]
    if allocation.allotments:
        rows = [
            (a.payer, allocation.names.get(a.payer, ""), _under(a.step, a.segment), show(a.amount))
            for a in allocation.allotments
        ]
        rows.append(("total", "", "", show(sum(a.amount for a in allocation.allotments))))
        parts.append(f"## Who pays ({allocation.currency.code})\n")
        parts.append(markdown_table(("payer", "name", "under", "amount"), "lllr", rows))
    if allocation.ensures:
        parts.append("## What must hold\n")
        holds = [
            (line.text, "holds" if line.holds else "**broken**", ", ".join(line.breaches))
            for line in allocation.ensures
        ]
        parts.append(markdown_table(("invariant", "", "broken for"), "lll", holds, raw=1))
    uncovered = allocation.currency.show(allocation.uncovered)
    parts.append(f"Outcome: **{markdown(allocation.outcome)}**, uncovered {uncovered}.\n")
    return "\n".join(parts)


def _under(step: str, segment: str | None) -> str:
    return step if segment is None else f"{step} ({segment})"


# ------------------------------------------------------------------------------------------------------- spreadsheet


def as_spreadsheet(allocation: Allocation) -> bytes:
    """The allocation as an Excel workbook: sheets for the waterfall, the allotments, the payers and the sources.

    Raises:
        ReadError: XlsxWriter is not installed (the extra ``rulelang[excel]`` brings it).
    """
    book = Workbook(allocation.event.title, allocation.declared, allocation.currency)
    _fill(book, allocation)
    return book.closed()


def _fill(book: Workbook, allocation: Allocation) -> None:
    paid = allocation.loss - allocation.uncovered
    book.sheet(
        "Waterfall",
        ("Step", "Title", "Kind", "Segment", "Capacity", "Drawn", "Remaining", "Not done because"),
        [
            (line.step, line.title, line.kind, line.segment, line.capacity, line.drawn, line.remaining, line.skipped)
            for line in allocation.lines
        ],
        ("Total", "", "", "", None, paid, allocation.uncovered, ""),
    )
    book.sheet(
        "Allocations",
        ("Step", "Segment", "Payer", "Name", "Amount"),
        [(a.step, a.segment, a.payer, allocation.names.get(a.payer), a.amount) for a in allocation.allotments],
        ("Total", "", "", "", paid),
    )
    book.sheet(
        "Payers",
        ("Payer", "Name", "Amount"),
        [(payer, allocation.names.get(payer), amount) for payer, amount in allocation.payers().items()],
        ("Total", "", paid),
    )
    if allocation.ensures:
        rows = [(e.text, "holds" if e.holds else "broken", ", ".join(e.breaches)) for e in allocation.ensures]
        book.sheet("Invariants", ("Invariant", "Result", "Broken for"), rows)
    book.sheet("About", ("What", "Value"), _about(allocation))


def _about(allocation: Allocation) -> list[tuple[str, Value]]:
    return [
        ("Rulebook", allocation.rulebook.title),
        ("Version", allocation.rulebook.version),
        ("Rulebook SHA-256", allocation.rulebook.sha256),
        ("Event", allocation.event.title),
        ("Declared", allocation.declared.isoformat()),
        ("Event SHA-256", allocation.event.sha256),
        ("Currency", allocation.currency.code),
        ("Loss", allocation.loss),
        ("Uncovered", allocation.uncovered),
        ("Outcome", allocation.outcome),
    ]
