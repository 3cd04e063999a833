"""Cells of tables that leave the program: texts that others wrote stay texts in CSV, Markdown and spreadsheets.

A cell that a spreadsheet would run as a formula is escaped (CSV injection), and Markdown shows every text as it is.
"""

import re
from collections.abc import Iterable, Sequence

from rulelang.base.apportion import round_down
from rulelang.base.money import Exact
from rulelang.base.render import visible

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MARKED = "\\`*_{}[]<>()#+!|~"
_CALLS_SOMEBODY = re.compile(r"(@|#)(?=\w)")


def cut_off(amount: Exact) -> int:
    """An exact amount as whole minor units: what is less than a unit is left out, whatever the sign."""
    return round_down(amount) if amount >= 0 else -round_down(-amount)


def safe_cell(text: str) -> str:
    """The text of a CSV cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def markdown(text: str) -> str:
    """Text that Markdown shows as it is, on one line.

    Where it is posted, an ``@name`` or ``#7`` in it calls nobody and links nothing.
    """
    escaped = "".join(f"\\{c}" if c in _MARKED else c for c in visible(" ".join(text.split())))
    return _CALLS_SOMEBODY.sub(r"\1<!-- -->", escaped)


def markdown_table(
    head: Sequence[str], alignment: str, rows: Iterable[Sequence[str]], raw: int | Iterable[int] | None = None
) -> str:
    """A Markdown table; ``alignment`` has ``l`` or ``r`` for each column, ``raw`` columns are Markdown already."""
    kept = () if raw is None else (raw,) if isinstance(raw, int) else tuple(raw)
    rules = [{"l": ":--", "r": "--:"}[letter] for letter in alignment]
    lines = [head, rules]
    lines.extend([cell if index in kept else markdown(cell) for index, cell in enumerate(row)] for row in rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
