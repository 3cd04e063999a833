"""The summary of a sweep of two versions: in how many scenarios they differ, and who pays most more or less where."""

import csv
import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

from attrs import evolve, frozen

from rulelang.base.money import Currency
from rulelang.document.cells import safe_cell
from rulelang.document.workbook import Count, Share, Value
from rulelang.model.result_columns import DIFFERENCE, DIFFERS, DRAWN, PAID, SCENARIO, UNCOVERED
from rulelang.summary.commands import Arguments, replay_command
from rulelang.summary.document import Document, headline
from rulelang.summary.export import exact_amount
from rulelang.summary.grids import Grid, plain
from rulelang.summary.source import About, Source, describe, require_columns
from rulelang.summary.statistics import Distribution, Gathering
from rulelang.summary.table import ResultsTable

_KINDS = ((UNCOVERED, "uncovered"), (DRAWN, "step"), (PAID, "payer"))
_HEAD = ("more in", "less in", "mean", "most more", "most more in", "most less", "most less in")

NOTES = (
    "A difference is what the new version gives less what the old one gives.",
    "More in, less in: the number of scenarios with a difference above and below zero.",
    "Means are over all scenarios.",
    "Amounts are cut off to the last digit shown; JSON has them exactly.",
    "The scenario named is the first of those with the largest difference.",
)


@frozen
class Extreme:
    """The largest difference in one direction: the amount, the scenario, and the commands that run both versions."""

    amount: int
    scenario: str
    new: str
    old: str


@frozen
class DifferenceLine:
    """What one payer, step or the uncovered loss differs by; ``more`` and ``less`` are ``None`` where it never does."""

    kind: str
    name: str
    amount: Distribution
    more: Extreme | None
    less: Extreme | None


@frozen
class Differences:
    """What a sweep of two versions says; in ``differing`` scenarios some payer or the uncovered loss differs."""

    about: About
    currency: Currency
    scenarios: int
    differing: int
    lines: tuple[DifferenceLine, ...]

    def to_dict(self) -> dict[str, Any]:
        """The differences as plain values: what ``rulelang summary --format json`` prints."""
        return _to_dict(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from rulelang.summary.page import as_fragment

        return as_fragment(differences_document(self))


def summarise_differences(path: Source, arguments: Arguments | None = None) -> Differences:
    """The summary of the differences in a file, in one pass.

    Raises:
        ReadError: the file cannot be read, or holds no differences of two versions.
    """
    found = describe(path)
    require_columns(path, found.schema, (SCENARIO, DIFFERS, f"{DIFFERENCE}{UNCOVERED}"), (DIFFERENCE,))
    currency = Currency(found.about.currency, found.schema.field(f"{DIFFERENCE}{UNCOVERED}").type.scale)
    table = ResultsTable(path, found.rows, currency, found.about, (), (), (), (), ())
    titles = [name for name in found.schema.names if name.startswith(DIFFERENCE)]
    gatherings = [Gathering((), found.rows, whole=0) for _ in titles]
    for amounts in table.amounts([(title,) for title in titles]):
        for gathering, values in zip(gatherings, amounts, strict=True):
            gathering.add(values)
    for gathering in gatherings:
        gathering.close()
    lines = _lines(table, titles, [gathering.result() for gathering in gatherings], arguments)
    return Differences(found.about, currency, found.rows, table.trues(DIFFERS), lines)


def _lines(
    table: ResultsTable, titles: Sequence[str], found: Sequence[Distribution], arguments: Arguments | None
) -> tuple[DifferenceLine, ...]:
    rows = [row for amount in found for row in (amount.worst, amount.best)] if table.rows else []
    ids = dict(zip(rows, table.texts(SCENARIO, rows), strict=True))
    new = arguments or Arguments.of(table.about)
    old = evolve(new, rulebook=new.old)

    def extreme(amount: int, row: int) -> Extreme:
        scenario = ids[row] or ""
        return Extreme(amount, scenario, replay_command(new, scenario), replay_command(old, scenario))

    lines = []
    for title, amount in zip(titles, found, strict=True):
        name = title.removeprefix(DIFFERENCE)
        prefix, kind = next((each for each in _KINDS if name.startswith(each[0])), ("", "other"))
        more = extreme(amount.most, amount.worst) if amount.most > 0 else None
        less = extreme(amount.least, amount.best) if amount.least < 0 else None
        lines.append(
            DifferenceLine(kind, name if kind == "uncovered" else name.removeprefix(prefix), amount, more, less)
        )
    return tuple(lines)


# ------------------------------------------------------------------------------------------------------------- written


def differences_document(found: Differences) -> Document:
    """The document of differences; steps and payers that never differ are left out."""
    grids = [_whole(found)]
    for title, kind in (("Uncovered", "uncovered"), ("Steps", "step"), ("Payers", "payer")):
        lines = [line for line in found.lines if line.kind == kind and (line.amount.reached or kind == "uncovered")]
        if kind == "payer":  # a terminal shows the first of them
            lines.sort(key=lambda line: -max(line.amount.most, -line.amount.least))
        rows = tuple((line.name, *_figures(line)) for line in lines)
        grids.append(Grid(title, (kind, *_HEAD), "lrrrrlrl", rows, amounts=True))
    commands = tuple(dict.fromkeys(_replays(found)))
    grids.append(Grid("Replay under both versions", ("scenario", "new command", "old command"), "lll", commands))
    return Document(
        "Summary of two versions",
        found.about,
        headline(found.about, found.scenarios),
        found.currency,
        tuple(grids),
        NOTES,
        _lead(found),
    )


def _lead(found: Differences) -> str:
    """In how many scenarios the versions differ, in a sentence."""
    if not found.scenarios:
        return ""
    if not found.differing:
        return "No payer pays a different amount in any scenario, and the uncovered loss is the same."
    share = Share(found.differing, found.scenarios).text
    return (
        f"Some payer or the uncovered loss differs in {found.differing:,} of {found.scenarios:,} scenarios ({share})."
    )


def _whole(found: Differences) -> Grid:
    same = found.scenarios - found.differing
    rows = [("differ", found.differing), ("are the same", same)]
    cells = tuple((name, Count(number), Share(number, found.scenarios)) for name, number in rows)
    return Grid("Scenarios", ("payers and the uncovered loss", "scenarios", "share"), "lrr", cells)


def _figures(line: DifferenceLine) -> tuple[Value, ...]:
    amount, more, less = line.amount, line.more, line.less
    return (
        Count(amount.above),
        Count(amount.reached - amount.above),
        amount.mean,
        None if more is None else more.amount,
        "" if more is None else more.scenario,
        None if less is None else less.amount,
        "" if less is None else less.scenario,
    )


def _replays(found: Differences) -> list[tuple[Value, ...]]:
    extremes = [extreme for line in found.lines if line.kind != "step" for extreme in (line.more, line.less)]
    return [(each.scenario, each.new, each.old) for each in extremes if each is not None]


def differences_json(found: Differences) -> str:
    """The differences as JSON, described by ``schemas/differences.schema.json``; amounts are decimals as text."""
    return json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n"


def _to_dict(found: Differences) -> dict[str, Any]:
    show = found.currency.plain

    def extreme(each: Extreme | None) -> dict[str, str] | None:
        if each is None:
            return None
        return {"amount": show(each.amount), "scenario": each.scenario, "new": each.new, "old": each.old}

    return {
        "rulebook": {"title": found.about.rulebook, "version": found.about.version},
        "against": found.about.old,
        "event": {"title": found.about.event},
        "currency": found.currency.code,
        "scenarios": found.scenarios,
        "rejected": found.about.rejected,
        "differing": found.differing,
        "differences": [
            {
                "kind": line.kind,
                "name": line.name,
                "more_in": line.amount.above,
                "less_in": line.amount.reached - line.amount.above,
                "total": show(line.amount.total),
                "mean": exact_amount(found.currency, line.amount.mean),
                "most_more": extreme(line.more),
                "most_less": extreme(line.less),
            }
            for line in found.lines
        ],
    }


def differences_csv(found: Differences) -> str:
    """A row for the uncovered loss, each step and each payer."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["kind", "name", *_HEAD])
    for line in found.lines:
        cells = [plain(value, found.currency) for value in _figures(line)]
        texts = [
            safe_cell(cell) if isinstance(value, str) else cell
            for value, cell in zip(_figures(line), cells, strict=True)
        ]
        writer.writerow([line.kind, safe_cell(line.name), *texts])
    return out.getvalue()
