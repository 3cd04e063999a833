"""A summary as grids of cells, which tables, Markdown, CSV, spreadsheets and pages write in their own ways."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from rulelang.base.money import Currency, Exact
from rulelang.views.cells import cut_off
from rulelang.views.summary.depth import NO_LOSS
from rulelang.views.summary.levels import Level
from rulelang.views.summary.summary import Line, Summary
from rulelang.views.workbook import Count, Value

_HUNDREDTHS = 10_000


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


def shown(value: Value, currency: Currency) -> str:
    """A cell for people: amounts cut off to the minor unit, with separators."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value.number:,}" if isinstance(value, Count) else currency.grouped(cut_off(value))


def plain(value: Value, currency: Currency) -> str:
    """A cell for programs: amounts cut off to the minor unit, as plain decimals."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(value.number) if isinstance(value, Count) else currency.plain(cut_off(value))


def percentage(part: int, whole: int) -> str:
    """A share in percent with two decimals, cut off: ``12.34%``."""
    if not whole:
        return ""
    major, minor = divmod(part * _HUNDREDTHS // whole, 100)
    return f"{major}.{minor:02}%"


def grids(summary: Summary) -> list[Grid]:
    """All grids of a summary."""
    found = [
        outcome_grid(summary),
        depth_grid(summary),
        line_grid("Loss", (summary.loss, summary.uncovered), ("amount",), summary.levels),
        line_grid("Steps", step_lines(summary), _step_names(summary), summary.levels),
        line_grid("Payers", summary.payers, ("payer",), summary.levels),
    ]
    if summary.shares:
        found.append(line_grid("Payers by step", summary.shares, ("payer", "under"), summary.levels))
    return [*found, replay_grid(summary)]


def outcome_grid(summary: Summary) -> Grid:
    """How often each outcome occurs."""
    rows = [
        (outcome, Count(number), percentage(number, summary.scenarios)) for outcome, number in summary.outcomes.items()
    ]
    return Grid("Outcomes", ("outcome", "scenarios", "share"), "lrr", tuple(rows))


def depth_grid(summary: Summary) -> Grid:
    """How far down the waterfall the loss goes."""
    rows = [
        (
            "no loss" if depth.step == NO_LOSS else depth.step,
            Count(depth.scenarios),
            percentage(depth.scenarios, summary.scenarios),
            depth.loss,
        )
        for depth in summary.depths.depths
        if depth.scenarios or depth.step != NO_LOSS
    ]
    return Grid(
        "How far the loss goes", ("last to pay", "scenarios", "share", "their loss"), "lrrr", tuple(rows), amounts=True
    )


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
    yield percentage(amount.reached, amount.count)
    yield amount.mean
    empty: Exact | None = None
    for table in (amount.quantiles, amount.shortfalls):
        for level in levels:
            yield table.get(level, empty)
    yield amount.most


def replay_grid(summary: Summary) -> Grid:
    """The commands that run the worst scenarios through the interpreter."""
    lines = (summary.uncovered, *step_lines(summary), *summary.payers, *summary.shares)
    defaulting = any(line.defaulting for line in lines)
    rows = tuple(
        (
            line.name,
            line.segment or "",
            line.scenario or "",
            *([", ".join(line.defaulting)] if defaulting else []),
            line.command or "",
        )
        for line in lines
        if line.command is not None
    )
    head = ("worst for", "of", "scenario", *(["defaulting"] if defaulting else []), "command")
    return Grid("Replay of the worst scenarios", head, "l" * len(head), rows)
