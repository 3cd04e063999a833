"""The summary of a sweep of two versions, in one pass over its results."""

from collections.abc import Sequence

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.document.html import render_fragment
from rulelang.document.write import Plain
from rulelang.model.result_columns import DIFFERENCE, DIFFERS, DRAWN, PAID, SCENARIO, UNCOVERED
from rulelang.summary.commands import Arguments, replay_command
from rulelang.summary.difference_document import differences_document
from rulelang.summary.difference_figures import DifferenceFigures, DifferenceLine, Extreme
from rulelang.summary.source import Source, describe, require_columns
from rulelang.summary.statistics import Distribution
from rulelang.summary.table import ResultsTable
from rulelang.summary.to_dict import differences_to_dict

_KINDS = ((UNCOVERED, "uncovered"), (DRAWN, "step"), (PAID, "payer"))


@frozen
class Differences(DifferenceFigures):
    """What a sweep of two versions says; in ``differing`` scenarios some payer or the uncovered loss differs."""

    def to_dict(self) -> Plain:
        """The differences as plain values: what ``rulelang summary --format json`` prints."""
        return differences_to_dict(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return render_fragment(differences_document(self))


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
    amounts = table.distributions([(title,) for title in titles], levels=(), whole=0)
    lines = _lines(table, titles, amounts, arguments)
    return Differences(found.about, currency, found.rows, table.trues(DIFFERS), lines)


def _lines(
    table: ResultsTable, titles: Sequence[str], found: Sequence[Distribution], arguments: Arguments | None
) -> tuple[DifferenceLine, ...]:
    rows = [row for amount in found for row in (amount.worst, amount.best)] if table.rows else []
    ids = dict(zip(rows, table.texts(SCENARIO, rows), strict=True))
    new = arguments or Arguments.of(table.about)
    old = new.under_old()

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
