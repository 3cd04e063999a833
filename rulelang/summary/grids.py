"""The tables of a summary."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from rulelang.base.money import Exact
from rulelang.document.table import Cell, Column, Table, amount, count, name, rows_of, share
from rulelang.model.result_columns import UNCOVERED
from rulelang.summary.depth import NO_LOSS
from rulelang.summary.figures import Figures, Line
from rulelang.summary.levels import Level

WIDE, NARROW = 180, 110
"""A terminal shows some columns from these widths on."""


def mean(units: Exact | None) -> Cell:
    """A mean, with ``…`` behind it where its digits go on."""
    return Cell("amount", "", units, exact=True)


def outcome_table(found: Figures) -> Table:
    """How often each outcome occurs."""
    columns = (Column("outcome"), Column("scenarios", "count"), Column("share", "share"))
    rows = ((name(each), count(number), share(number, found.scenarios)) for each, number in found.outcomes.items())
    return Table("Outcomes", columns, rows_of(*rows), fitted=True)


def depth_table(found: Figures) -> Table:
    """How far down the waterfall the loss goes."""
    columns = (
        Column("last to pay"),
        Column("scenarios", "count"),
        Column("share", "share"),
        Column("their loss", "amount"),
    )
    rows = (
        (
            name("no loss" if depth.step == NO_LOSS else depth.step),
            count(depth.scenarios),
            share(depth.scenarios, found.scenarios),
            amount(depth.loss),
        )
        for depth in found.depths.depths
        if depth.scenarios or depth.step != NO_LOSS
    )
    return Table("How far the loss goes", columns, rows_of(*rows), fitted=True)


def sets_table(found: Figures) -> Table:
    """Which sets of defaulters are the worst, how often, and what they leave uncovered."""
    columns = (
        Column("defaulting"),
        Column("scenarios", "count"),
        Column("share", "share", WIDE),
        Column("reached", "count"),
        Column("mean", "amount"),
        Column("largest", "amount"),
        Column("worst scenario"),
    )
    rows = (
        (
            name(", ".join(one.members) or "nobody"),
            count(one.scenarios),
            share(one.scenarios, found.scenarios),
            count(one.reached),
            mean(one.mean),
            amount(one.most),
            name(one.scenario if one.most else ""),
        )
        for one in found.sets or ()
    )
    return Table("Worst sets of defaulters", columns, rows_of(*rows), fitted=True)


def step_lines(found: Figures) -> tuple[Line, ...]:
    """The steps, each followed by its segments."""
    return tuple(
        line for step in found.steps for line in (step, *(turn for turn in found.turns if turn.name == step.name))
    )


def step_names(found: Figures) -> tuple[str, ...]:
    """The heads of what names a step."""
    return ("step", "segment") if found.turns else ("step",)


def line_table(title: str, lines: Iterable[Line], names: tuple[str, ...], levels: Sequence[Level]) -> Table:
    """A row of figures for each line; a terminal has room for the last level before the others."""
    columns = (
        *map(Column, names),
        Column("reached", "count"),
        Column("share", "share", WIDE),
        Column("mean", "amount"),
        Column("mean if reached", "amount", WIDE),
        *(Column(level.percent, "amount", NARROW if level == levels[-1] else WIDE) for level in levels),
        *(Column(f"ES {level.percent}", "amount", 0 if level == levels[-1] else WIDE) for level in levels),
        Column("largest", "amount"),
        Column("worst scenario"),
    )
    rows = ((*map(name, (line.name, line.segment)[: len(names)]), *_figures(line, levels)) for line in lines)
    return Table(title, columns, rows_of(*rows), fitted=True)


def _figures(line: Line, levels: Sequence[Level]) -> Iterator[Cell]:
    found = line.amount
    yield count(found.reached)
    yield share(found.reached, found.count)
    yield mean(found.mean)
    yield mean(found.mean_reached)
    yield from (amount(found.quantiles.get(level)) for level in levels)
    yield from (mean(found.shortfalls.get(level)) for level in levels)
    yield amount(found.most)
    yield name(line.scenario)


def replay_table(found: Figures) -> Table:
    """The commands that run the worst scenarios through the interpreter; columns that would be empty are left out."""
    lines = (found.uncovered, *step_lines(found), *found.payers, *found.shares)
    lines = tuple(line for line in lines if line.command is not None)
    parts = [
        (Column("worst for"), [name(line.name) for line in lines]),
        (Column("of"), [name(line.segment) for line in lines]),
        (Column("scenario"), [name(line.scenario) for line in lines]),
        (Column("defaulting"), [name(", ".join(line.defaulting)) for line in lines]),
        (Column("command", "command"), [Cell("command", line.command or "") for line in lines]),
    ]
    parts = [(column, cells) for column, cells in parts if any(cell.text for cell in cells)]
    rows = rows_of(*zip(*(cells for _, cells in parts), strict=True))
    return Table("Replay of the worst scenarios", tuple(column for column, _ in parts), rows)


def records(found: Figures) -> Table:
    """What CSV holds: a row for the loss, the uncovered loss, each step, segment, payer, and payer under a step."""
    kinds = (
        ("loss", (found.loss,)),
        (UNCOVERED, (found.uncovered,)),
        ("step", step_lines(found)),
        ("payer", found.payers),
        ("payer by step", found.shares),
    )
    lines = [(kind, line) for kind, own in kinds for line in own]
    table = line_table("Summary", (line for _, line in lines), ("name", "of"), found.levels)
    rows = rows_of(
        *(
            (name(kind), *row.cells, Cell("command", line.command or ""))
            for (kind, line), row in zip(lines, table.rows, strict=True)
        )
    )
    return numbers(Table("Summary", (Column("kind"), *table.columns, Column("command", "command")), rows))


def numbers(table: Table) -> Table:
    """The table for programs, which take amounts for numbers: without signs behind them."""
    rows = (evolve(row, cells=tuple(evolve(cell, exact=False) for cell in row.cells)) for row in table.rows)
    return evolve(table, rows=tuple(rows))
