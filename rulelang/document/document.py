"""What a reader is shown of a comparison, whatever the format: a heading, the verdict, and sections with tables.

In texts a name or a piece of a rulebook stands between backticks; each renderer shows it as code in its own way.
"""

import datetime
from collections.abc import Sequence
from typing import Literal

from attrs import field, frozen

from rulelang.base.money import Currency, Exact
from rulelang.document.cells import cut_off

Kind = Literal["text", "code", "amount", "difference"]


@frozen
class Cell:
    """A text, a piece of a rulebook (``code``), or an exact amount in minor units; a difference shows its sign.

    The text of an amount, if there is one, is shown in its place; ``beside`` is what may be left out where there is
    little room, such as the name of a member beside its id.
    """

    kind: Kind = "text"
    text: str = ""
    amount: Exact | None = None
    beside: str = ""

    def shown(self, currency: Currency) -> str:
        """The cell for people; amounts without the currency, cut off to a whole minor unit."""
        if self.text or self.amount is None:
            return unmarked(self.text) if self.kind == "text" else self.text
        whole = cut_off(self.amount)
        return f"+{currency.grouped(whole)}" if self.kind == "difference" and whole > 0 else currency.grouped(whole)

    @property
    def sign(self) -> int:
        """Whether a difference is above (1) or below zero (-1); 0 for everything else."""
        if self.kind != "difference" or self.amount is None:
            return 0
        return (self.amount > 0) - (self.amount < 0)


@frozen
class Column:
    """A column: its title, and whether it holds amounts (which stand at the right)."""

    title: str
    kind: Kind = "text"

    @property
    def right(self) -> bool:
        """Whether its cells end at the same place."""
        return self.kind in ("amount", "difference")


@frozen
class Row:
    """A row; ``changed`` if it tells of a difference, ``whole`` if it sums up a class of payers."""

    cells: tuple[Cell, ...]
    changed: bool = True
    whole: bool = False


@frozen
class Table:
    """Rows under a head.

    ``name`` is the same for tables of one kind, whatever event they are of.  The rows of ``edits`` are the place, the
    change, the old and the new text: a terminal writes these one below the other.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    layout: Literal["grid", "edits"] = "grid"


@frozen
class Section:
    """A part of a document: a title, some sentences, perhaps a table and a note below it.

    ``level`` is 1, or 2 for a part of what stands before it; ``event`` is the event it tells of; ``aside`` if most
    readers can do without it.
    """

    title: str
    level: int = 1
    event: str | None = None
    intro: tuple[str, ...] = ()
    table: Table | None = None
    note: str | None = None
    aside: bool = False


@frozen
class Headline:
    """What a document comes to: a word or two, whether they ask for no attention, why, and what was looked at."""

    words: str
    calm: bool
    sentence: str
    compared: str


@frozen
class Document:
    """A comparison for people: ``title`` are the lines of the heading, ``day`` the latest day of the events."""

    title: tuple[str, ...]
    headline: Headline
    currency: Currency
    sections: tuple[Section, ...] = field(factory=tuple)
    day: datetime.date = datetime.date(1980, 1, 1)


def pieces(text: str) -> Sequence[tuple[str, bool]]:
    """A text cut at its backticks: each piece, and whether it is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a lone backtick is a backtick
        return [(text, False)]
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def unmarked(text: str) -> str:
    """A text without the backticks around what is code."""
    return "".join(piece for piece, _ in pieces(text))
