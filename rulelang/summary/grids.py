"""A summary as grids of cells, which tables, Markdown, CSV, spreadsheets and pages write in their own ways."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import frozen

from rulelang.base.money import Currency, Exact
from rulelang.document.cells import cut_off
from rulelang.document.workbook import Count, Share, Value
from rulelang.summary.depth import NO_LOSS
from rulelang.summary.levels import Level
from rulelang.summary.summary import Line, Summary

IF_REACHED = "mean if reached"


@frozen
class Grid:
    """A table: its title, heads, how columns are aligned (``l`` or ``r`` for each), and rows of cells.

    A cell is text, an amount in minor units, a count, or nothing; ``amounts`` says whether there are amounts.
    """

    title: str
    head: tuple[str, ...]
    alignment: str
    rows: tuple[tuple[Value, ...], ...]
    amounts: bool = False


def shown(value: Value, currency: Currency, power: int | None = None) -> str:
    """A cell for people, with separators.

    Amounts are cut off to the minor unit; or, where ``power`` is given, to whole units of so many powers of ten of the
    major unit.
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Count):
        return f"{value.number:,}"
    if isinstance(value, Share):
        return value.text
    if power is None:
        return currency.grouped(cut_off(value))
    return f"{cut_off(Fraction(value) / 10 ** (power + currency.decimals)):,}"


def plain(value: Value, currency: Currency) -> str:
    """A cell for programs: amounts cut off to the minor unit, as plain decimals."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Count):
        return str(value.number)
    return value.text if isinstance(value, Share) else currency.plain(cut_off(value))


def grids(summary: Summary) -> list[Grid]:
    """All grids of a summary."""
    found = [
        outcome_grid(summary),
        depth_grid(summary),
        *([sets_grid(summary)] if summary.sets else []),
        line_grid("Loss", (summary.loss, summary.uncovered), ("amount",), summary.levels),
        line_grid("Steps", step_lines(summary), _step_names(summary), summary.levels),
        line_grid("Payers", summary.payers, ("payer",), summary.levels),
    ]
    if summary.shares:
        found.append(line_grid("Payers by step", summary.shares, ("payer", "under"), summary.levels))
    return [*found, replay_grid(summary)]


def outcome_grid(summary: Summary) -> Grid:
    """How often each outcome occurs."""
    rows = [(outcome, Count(number), Share(number, summary.scenarios)) for outcome, number in summary.outcomes.items()]
    return Grid("Outcomes", ("outcome", "scenarios", "share"), "lrr", tuple(rows))


def depth_grid(summary: Summary) -> Grid:
    """How far down the waterfall the loss goes."""
    rows = [
        (
            "no loss" if depth.step == NO_LOSS else depth.step,
            Count(depth.scenarios),
            Share(depth.scenarios, summary.scenarios),
            depth.loss,
        )
        for depth in summary.depths.depths
        if depth.scenarios or depth.step != NO_LOSS
    ]
    return Grid(
        "How far the loss goes", ("last to pay", "scenarios", "share", "their loss"), "lrrr", tuple(rows), amounts=True
    )


def sets_grid(summary: Summary) -> Grid:
    """Which sets of defaulters are the worst, how often, and what they leave uncovered."""
    rows = [
        (
            ", ".join(one.members) or "nobody",
            Count(one.scenarios),
            Share(one.scenarios, summary.scenarios),
            Count(one.reached),
            one.mean,
            one.most,
            one.scenario if one.most else "",
        )
        for one in summary.sets or ()
    ]
    head = ("defaulting", "scenarios", "share", "reached", "mean", "largest", "worst scenario")
    return Grid("Worst sets of defaulters", head, "lrrrrrl", tuple(rows), amounts=True)


def step_lines(summary: Summary) -> tuple[Line, ...]:
    """The steps, each followed by its segments."""
    return tuple(
        line for step in summary.steps for line in (step, *(turn for turn in summary.turns if turn.name == step.name))
    )


def _step_names(summary: Summary) -> tuple[str, ...]:
    return ("step", "segment") if summary.turns else ("step",)


def line_grid(title: str, lines: Sequence[Line], names: tuple[str, ...], levels: Sequence[Level]) -> Grid:
    """A row of figures for each line."""
    figures = (
        "reached",
        "share",
        "mean",
        IF_REACHED,
        *(level.percent for level in levels),
        *(f"ES {level.percent}" for level in levels),
        "largest",
    )
    rows = tuple(
        (*(line.name, line.segment)[: len(names)], *_figures(line, levels), line.scenario or "") for line in lines
    )
    alignment = "l" * len(names) + "r" * len(figures) + "l"
    return Grid(title, (*names, *figures, "worst scenario"), alignment, rows, amounts=True)


def _figures(line: Line, levels: Sequence[Level]) -> Iterator[Value]:
    amount = line.amount
    yield Count(amount.reached)
    yield Share(amount.reached, amount.count)
    yield amount.mean
    yield amount.mean_reached
    empty: Exact | None = None
    for table in (amount.quantiles, amount.shortfalls):
        for level in levels:
            yield table.get(level, empty)
    yield amount.most


def replay_grid(summary: Summary) -> Grid:
    """The commands that run the worst scenarios through the interpreter."""
    lines = (summary.uncovered, *step_lines(summary), *summary.payers, *summary.shares)
    lines = tuple(line for line in lines if line.command is not None)
    parts: list[tuple[str, list[str]]] = [
        ("worst for", [line.name for line in lines]),
        ("of", [line.segment or "" for line in lines]),
        ("scenario", [line.scenario or "" for line in lines]),
        ("defaulting", [", ".join(line.defaulting) for line in lines]),
        ("command", [line.command or "" for line in lines]),
    ]
    parts = [(head, column) for head, column in parts if any(column)]
    head = tuple(title for title, _ in parts)
    rows = tuple(zip(*(column for _, column in parts), strict=True))
    return Grid("Replay of the worst scenarios", head, "l" * len(head), rows)
