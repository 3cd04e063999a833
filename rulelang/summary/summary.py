"""The summary of a sweep, put together from a few passes over its results."""

from collections.abc import Callable, Sequence
from itertools import islice

from attrs import frozen

from rulelang.document.html import render_fragment
from rulelang.document.write import Plain
from rulelang.model.result_columns import DRAWN, PAID, SCENARIO, UNCOVERED
from rulelang.summary.commands import Arguments, replay_command
from rulelang.summary.depth import find_depths
from rulelang.summary.document import summary_document
from rulelang.summary.figures import Figures, Line
from rulelang.summary.levels import BOX, NEARLY_ALL, USUAL, Level
from rulelang.summary.source import Source
from rulelang.summary.statistics import WHOLE, Distribution
from rulelang.summary.table import ResultsTable, open_results
from rulelang.summary.to_dict import summary_to_dict
from rulelang.summary.worst_sets import find_worst_sets

_AT_ONCE = 8
_HELD = 1 << 24
"""So many columns at most are worked out side by side, and so many amounts held as a whole: this bounds memory."""

Progress = Callable[[int, int | None], None]


@frozen
class Summary(Figures):
    """What the results of a sweep say; amounts are minor units of ``currency``."""

    def to_dict(self) -> Plain:
        """The summary as plain values: what ``rulelang summary --format json`` prints."""
        return summary_to_dict(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return render_fragment(summary_document(self))


def make_summary(
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
    wanted = tuple(dict.fromkeys((*levels, *BOX, NEARLY_ALL)))
    found: list[Distribution] = []
    size = max(1, min(_AT_ONCE, _HELD // max(1, table.rows))) if table.rows <= whole else _AT_ONCE
    for start in range(0, len(titles), size):
        part = titles[start : start + size]
        found += table.distributions([columns for _, _, columns in part], wanted, whole)
        if progress is not None:
            progress(start + len(part), len(titles))
    arguments = arguments or Arguments.of(table.about)
    loss, uncovered, *others = _lines(table, titles, found, arguments)
    rest = iter(others)
    return Summary(
        table.about,
        table.currency,
        tuple(levels),
        table.rows,
        table.outcomes(),
        loss,
        uncovered,
        tuple(islice(rest, len(table.steps))),
        tuple(islice(rest, len(table.turns))),
        tuple(islice(rest, len(table.payers))),
        tuple(rest),
        find_depths(table, loss.amount.quantiles.get(NEARLY_ALL, 0), loss.amount.most, uncovered.amount.most),
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
