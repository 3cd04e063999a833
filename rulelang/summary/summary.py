"""The summary of a sweep, put together from a few passes over its results."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from attrs import frozen

from rulelang.base.money import Currency, Exact
from rulelang.model.result_columns import DRAWN, PAID, SCENARIO, UNCOVERED
from rulelang.summary.commands import Arguments, replay_command
from rulelang.summary.depth import Depths, find_depths
from rulelang.summary.levels import BOX, NEARLY_ALL, USUAL, Level, distinct, levels_of
from rulelang.summary.source import About, Source
from rulelang.summary.statistics import WHOLE, Distribution, Gathering
from rulelang.summary.table import ResultsTable, open_results
from rulelang.summary.worst_sets import WorstSet, find_worst_sets

_AT_ONCE = 8
_HELD = 1 << 24
"""So many columns at most are worked out side by side, and so many amounts held as a whole: this bounds memory."""

Progress = Callable[[int, int | None], None]


@frozen
class Line:
    """One amount of a summary: what it is of, its distribution, and the scenario in which it is largest.

    ``segment`` is that of a step; ``scenario`` (``None`` where the amount is nowhere above zero) is the id of the first
    scenario in the file with the largest amount, ``defaulting`` the members that default there if sets were tried, and
    ``command`` runs exactly that scenario through the interpreter.
    """

    name: str
    segment: str | None
    amount: Distribution
    scenario: str | None = None
    defaulting: tuple[str, ...] = ()
    command: str | None = None

    def quantile(self, level: str) -> int:
        """The quantile of a level such as ``"99.9"``, in minor units.

        Raises:
            KeyError: it was not asked for.
        """
        return self.amount.quantiles[_asked(level, self.amount.quantiles)]

    def shortfall(self, level: str) -> Exact:
        """The expected shortfall of a level such as ``"99.9"``, in minor units, exactly.

        Raises:
            KeyError: it was not asked for.
        """
        return self.amount.shortfalls[_asked(level, self.amount.shortfalls)]


def _asked(text: str, levels: Iterable[Level]) -> Level:
    (wanted,) = levels_of(text)
    found = next((level for level in levels if level.share == wanted.share), None)
    if found is None:
        raise KeyError(text)
    return found


@frozen
class Summary:
    """What the results of a sweep say; amounts are minor units of ``currency``.

    ``loss`` is what all steps draw and what stays uncovered; ``outcomes`` says how often each outcome occurs;
    ``depths`` how often the loss goes how far down the waterfall; ``sets`` which sets of defaulters are the worst how
    often (``None`` where none were tried, or too many differ).  ``arguments`` are what replay commands name.
    """

    about: About
    currency: Currency
    levels: tuple[Level, ...]
    scenarios: int
    outcomes: dict[str, int]
    loss: Line
    uncovered: Line
    steps: tuple[Line, ...]
    turns: tuple[Line, ...]
    payers: tuple[Line, ...]
    shares: tuple[Line, ...]
    depths: Depths
    sets: tuple[WorstSet, ...] | None
    arguments: Arguments

    def step(self, name: str, segment: str | None = None) -> Line:
        """What a step draws, or what it draws in a segment.

        Raises:
            KeyError: there is no such step.
        """
        return _named(self.turns if segment else self.steps, name, segment)

    def payer(self, name: str, under: str | None = None) -> Line:
        """What a payer pays, or what it pays under one step.

        Raises:
            KeyError: there is no such payer, or the results do not say what payers pay under this step.
        """
        return _named(self.shares if under else self.payers, name, under)

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain values: what ``rulelang summary --format json`` prints."""
        from rulelang.summary.export import to_dict

        return to_dict(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from rulelang.summary.document import document_of
        from rulelang.summary.page import as_fragment

        return as_fragment(document_of(self))


def _named(lines: Sequence[Line], name: str, part: str | None) -> Line:
    found = next((line for line in lines if (line.name, line.segment) == (name, part)), None)
    if found is None:
        raise KeyError(name if part is None else f"{name}, {part}")
    return found


def summarise(
    path: Source,
    levels: Sequence[Level] = USUAL,
    arguments: Arguments | None = None,
    *,
    progress: Progress | None = None,
    whole: int = WHOLE,
) -> Summary:
    """The summary of the results in a file, or in memory.

    ``arguments`` are the paths that replay commands name; columns of up to ``whole`` amounts are
    held as a whole.

    Raises:
        ReadError: the file cannot be read, or holds no results of a sweep.
    """
    table = open_results(path)
    titles = _titles(table)
    wanted = distinct((*levels, *BOX, NEARLY_ALL))
    found: list[Distribution] = []
    size = max(1, min(_AT_ONCE, _HELD // max(1, table.rows))) if table.rows <= whole else _AT_ONCE
    for start in range(0, len(titles), size):
        part = titles[start : start + size]
        found += _distributions(table, [columns for _, _, columns in part], wanted, whole)
        if progress is not None:
            progress(start + len(part), len(titles))
    arguments = arguments or Arguments.of(table.about)
    lines = _lines(table, titles, found, arguments)
    rest = iter(lines[2:])
    return Summary(
        table.about,
        table.currency,
        tuple(levels),
        table.rows,
        table.outcomes(),
        lines[0],
        lines[1],
        tuple(islice(rest, len(table.steps))),
        tuple(islice(rest, len(table.turns))),
        tuple(islice(rest, len(table.payers))),
        tuple(rest),
        find_depths(table, lines[0].amount.quantile(NEARLY_ALL), lines[0].amount.most, lines[1].amount.most),
        find_worst_sets(table),
        arguments,
    )


Title = tuple[str, str | None, tuple[str, ...]]


def _titles(table: ResultsTable) -> list[Title]:
    """All that is summarised: a name, perhaps a segment or payer, and the columns whose sum it is."""
    draws = tuple(f"{DRAWN}{step}" for step in table.steps)
    return [
        ("loss", None, (UNCOVERED, *draws)),
        (UNCOVERED, None, (UNCOVERED,)),
        *((step, None, (f"{DRAWN}{step}",)) for step in table.steps),
        *((step, segment, (f"{DRAWN}{step}.{segment}",)) for step, segment in table.turns),
        *((payer, None, (f"{PAID}{payer}",)) for payer in table.payers),
        *((payer, step, (f"{PAID}{step}.{payer}",)) for step, payer in table.shares),
    ]


def _distributions(
    table: ResultsTable, columns: Sequence[Sequence[str]], levels: Sequence[Level], whole: int
) -> list[Distribution]:
    """The distributions of some columns: passes over those that wait for one."""
    gatherings = [Gathering(levels, table.rows, whole=whole) for _ in columns]
    while waiting := [place for place, each in enumerate(gatherings) if each.waits]:
        for amounts in table.amounts([columns[place] for place in waiting]):
            for place, values in zip(waiting, amounts, strict=True):
                gatherings[place].add(values)
        for place in waiting:
            gatherings[place].close()
    return [each.result() for each in gatherings]


def _lines(
    table: ResultsTable, titles: Sequence[Title], found: Sequence[Distribution], arguments: Arguments
) -> list[Line]:
    rows = [amount.worst for amount in found if amount.most > 0]
    ids = dict(zip(rows, table.texts(SCENARIO, rows), strict=True))
    sets = [dict(zip(rows, table.texts(title, rows), strict=True)) for title in table.defaulting]
    lines = []
    for (name, segment, _), amount in zip(titles, found, strict=True):
        if amount.most <= 0:
            lines.append(Line(name, segment, amount))
            continue
        scenario = ids[amount.worst] or ""
        members = tuple(member for column in sets if (member := column[amount.worst]) is not None)
        command = replay_command(arguments, scenario, members)
        lines.append(Line(name, segment, amount, scenario, members, command))
    return lines
