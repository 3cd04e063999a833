"""How a table is fitted to the width of a terminal: in which unit its amounts have room, and how wide columns are."""

from collections.abc import Sequence

from rulelang.base.money import Currency
from rulelang.base.render import visible
from rulelang.document.table import Cell, Column

SCALES = ((0, ""), (3, "thousand"), (6, "million"), (9, "billion"))
"""Powers of ten in which amounts are shown where there is little room, and what they are called."""
_LONGEST = 24
"""A name is broken over lines if it is longer, and there is no room for it."""
_GAP = 3


def fitted(
    columns: Sequence[Column], cells: Sequence[Sequence[Cell]], currency: Currency, width: int
) -> tuple[int | None, str, Sequence[int | None]]:
    """In which unit amounts fit, what it is called, and the widths of columns (``None``: as it comes).

    The unit is the minor one, or a power of ten of the major one: none in which the largest has less than four digits.
    """
    amounts = [cell for column in cells for cell in column if cell.kind in ("amount", "difference")]
    scales: list[tuple[int | None, str]] = [(None, "")]
    for power, word in SCALES:
        if any(len(cell.shown(currency, power)) > _GAP for cell in amounts):
            scales.append((power, word))
    for unit, word in scales:
        widths = [_least(*each, currency, unit) for each in zip(columns, cells, strict=True)]
        free = width - 1 - sum(widths) - _GAP * len(widths)
        if free >= 0:
            for place, column in enumerate(columns):  # what room there is left goes to texts, from the left
                more = 0 if column.right else min(free, _whole(column, cells[place], currency) - widths[place])
                widths[place] += more
                free -= more
            return unit, word, widths
    return *scales[-1], [None] * len(columns)


def _least(column: Column, cells: Sequence[Cell], currency: Currency, power: int | None) -> int:
    """How wide a column is at least; long names and heads of texts are broken."""
    widest = max((len(visible(cell.shown(currency, power))) for cell in cells), default=0)
    if column.right:
        return max(*map(len, column.head.split("\n")), widest)
    return max(*map(len, column.title.split()), min(widest, _LONGEST))


def _whole(column: Column, cells: Sequence[Cell], currency: Currency) -> int:
    """How wide a column of texts is if nothing in it is broken."""
    return max(len(column.title), *(len(visible(cell.shown(currency))) for cell in cells), 0)
