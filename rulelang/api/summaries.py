"""Summaries from Python."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rulelang.base.extras import require
from rulelang.summary.levels import USUAL, read_levels
from rulelang.sweeps.options import Table

if TYPE_CHECKING:
    from rulelang.summary.differences import Differences
    from rulelang.summary.summary import Summary

_QUANTILES = tuple(level.text for level in USUAL)


def summarize(
    results: Table | str | Path,
    quantiles: Iterable[str | int] = _QUANTILES,
    *,
    rulebook: str | None = None,
    event: str | None = None,
    scenarios: str | Iterable[str] = (),
    old: str | None = None,
) -> "Summary | Differences":
    """Say what the results of a sweep come to, exactly and in bounded memory.

    ``results`` is the path of a file that ``rulelang sweep --out`` wrote, or the table that :func:`rulelang.sweep`
    gave.  ``quantiles`` are the levels, in percent, of quantiles (nearest rank) and expected shortfalls (the mean of
    the ``ceil((1 - level) * n)`` largest amounts).  The paths ``rulebook``, ``event``, ``scenarios`` and ``old`` stand
    in the commands that replay the worst scenarios.  Amounts are minor units: whole, or fractions where they are means.
    Results of ``--against`` give the differences of two versions instead, without quantiles.

    Raises:
        ReadError: the packages of the extra ``rulelang[sweep]`` are not installed, the file cannot be read, or what is
            given holds no results of a sweep.
        ValueError: a level is no percentage from 0 to 100, or stands twice.
    """
    require("sweep")
    import pyarrow

    from rulelang.summary.commands import Arguments
    from rulelang.summary.differences import summarise_differences
    from rulelang.summary.source import Held, Source, describe
    from rulelang.summary.summary import make_summary
    from rulelang.sweeps.scenarios.tables import from_memory

    if isinstance(results, str | Path):
        source: Source = Path(results)
    else:  # a table of Arrow's own says in its metadata what it is of
        source = Held(results if isinstance(results, pyarrow.Table) else from_memory(results))
    levels = read_levels(",".join(map(str, quantiles)))
    found = describe(source)
    files = (scenarios,) if isinstance(scenarios, str) else tuple(scenarios)
    arguments = Arguments.of(found.about, rulebook, event, files, old)
    if found.compares:
        return summarise_differences(source, arguments)
    return make_summary(source, levels, arguments)
