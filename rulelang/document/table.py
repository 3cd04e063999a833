"""A table, its cells, and for whom it is made: what all formats write, each in its own way."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from attrs import evolve, frozen

from rulelang.base.money import Currency, Exact
from rulelang.document.cells import cut_off, unmarked

Form = Literal["table", "json", "csv", "markdown", "xlsx", "html"]
"""The formats of every command: a table for a terminal, five kinds of file."""

Kind = Literal["text", "name", "code", "command", "amount", "difference", "count", "share"]
"""What a cell holds: a sentence of the program's own, a text of somebody else's, a piece of a rulebook, a line for a
shell, an exact amount in minor units, one with its sign, a number of things, a share of a whole."""

_NUMBERS = ("amount", "difference", "count", "share")
NARROW = 100
"""Below so many columns a terminal is narrow."""


@frozen
class Reader:
    """For whom a document is made: the format, and how many columns a terminal has."""

    form: Form = "table"
    width: int = 80

    @property
    def terminal(self) -> bool:
        """Whether it is read on a terminal, where long tables are cut."""
        return self.form == "table"

    @property
    def narrow(self) -> bool:
        """Whether it is read on a terminal with little room."""
        return self.terminal and self.width < NARROW


PAGE = Reader("html")


@frozen
class Cell:
    """A cell of a table, see :data:`Kind`; a text, if there is one, is shown in place of a number.

    ``beside`` is what may be left out where there is little room, such as the name of a member beside its id, and
    ``narrow`` what stands there instead.  ``tone`` says whether it is good or bad news, or of little weight.  An
    ``exact`` amount says by ``…`` that its digits go on behind the minor unit, where it is cut off.  An amount is in
    ``currency``, without one in that of its document.
    """

    kind: Kind = "text"
    text: str = ""
    number: Exact | None = None
    beside: str = ""
    narrow: str = ""
    tone: Literal["", "good", "bad", "dim"] = ""
    exact: bool = False
    currency: Currency | None = None

    def shown(self, currency: Currency, power: int | None = None) -> str:
        """The cell for people, with separators; amounts without the currency's code, cut off to a whole minor unit.

        Where ``power`` is given, they are cut off to whole units of so many powers of ten of the major unit.
        """
        currency = self.currency or currency
        if self.text or self.number is None:
            return unmarked(self.text) if self.kind == "text" else self.text
        if self.kind == "count":
            return f"{self.number:,}"
        if self.kind == "share":
            return f"{self.hundredths // 100}.{self.hundredths % 100:02}%"
        if power is not None:
            return f"{cut_off(Fraction(self.number) / 10 ** (power + currency.decimals)):,}"
        if self.cut:
            sign = "-" if self.number < 0 else "+" * (self.kind == "difference")
            return f"{sign}{currency.grouped(abs(cut_off(self.number)))}…"
        sign = "+" if self.kind == "difference" and cut_off(self.number) > 0 else ""
        return sign + currency.grouped(cut_off(self.number))

    def plain(self, currency: Currency) -> str:
        """The cell for programs: amounts cut off to the minor unit, as plain decimals in major units.

        A program does not take an exact amount that is cut off for a number, because of the sign behind it.
        """
        currency = self.currency or currency
        if self.text or self.number is None or self.kind == "share":
            return self.shown(currency)
        if self.cut:
            return f"{'-' * (self.number < 0)}{currency.plain(abs(cut_off(self.number)))}…"
        return str(self.number) if self.kind == "count" else currency.plain(cut_off(self.number))

    @property
    def cut(self) -> bool:
        """Whether it is an exact amount whose digits go on where it is cut off."""
        return self.exact and not self.text and self.number is not None and cut_off(self.number) != self.number

    @property
    def numeric(self) -> bool:
        """Whether it is a number, or a word of the program's own in the place of one."""
        return self.kind in _NUMBERS

    @property
    def hundredths(self) -> int:
        """Hundredths of a percent of a share, cut off."""
        return 0 if self.number is None else cut_off(self.number * 10_000)

    @property
    def sign(self) -> int:
        """Whether a difference is above (1) or below zero (-1); 0 for everything else."""
        if self.kind != "difference" or self.number is None:
            return 0
        return (self.number > 0) - (self.number < 0)


def name(text: str | None) -> Cell:
    """A text of somebody else's."""
    return Cell("name", text or "")


def texts(*values: str | None) -> tuple[Cell, ...]:
    """Several texts of somebody else's."""
    return tuple(map(name, values))


def amount(units: Exact | None, currency: Currency | None = None) -> Cell:
    """An amount in minor units, or nothing; in the currency of its document, or in one of its own."""
    return Cell("amount", "", units, currency=currency)


def count(number: int) -> Cell:
    """A number of things."""
    return Cell("count", "", number)


def share(part: int, whole: int) -> Cell:
    """A share in percent with two decimals, cut off; nothing where the whole is nothing."""
    return Cell("share", "", Fraction(part, whole) if whole else None)


@frozen
class Column:
    """A column: its title, what it holds, and from which width of a terminal on it has room."""

    title: str
    kind: Kind = "name"
    least_width: int = 0

    @property
    def head(self) -> str:
        """The title on a terminal, where what its amounts are in stands in a line of its own."""
        return self.title.replace(" (", "\n(") if self.money else self.title

    @property
    def right(self) -> bool:
        """Whether its cells are numbers, which end at the same place."""
        return self.kind in _NUMBERS

    @property
    def money(self) -> bool:
        """Whether it holds amounts."""
        return self.kind in ("amount", "difference")


def titled(title: str, currency: Currency | None) -> str:
    """What names amounts, with the code of their currency if that is another than the document's."""
    return title if currency is None else f"{title} ({currency.code})"


def amounts(*titles: str, currency: Currency | None = None) -> tuple[Column, ...]:
    """Columns of amounts; where these are in another currency than the document's, the titles say so."""
    return tuple(Column(titled(title, currency), "amount") for title in titles)


EDIT_COLUMNS = (Column("where"), Column("change"), Column("before", "code"), Column("after", "code"))
"""The columns of a table of edits."""


@frozen
class Row:
    """A row; ``changed`` if it has something to tell, ``whole`` if it sums up others."""

    cells: tuple[Cell, ...]
    changed: bool = True
    whole: bool = False


@frozen
class Table:
    """Rows under a head, and perhaps a line of totals below them.

    ``name`` is the same for tables of one kind, whatever event they are of.  The rows of ``edits`` are the place, the
    change, the old and the new text: a terminal writes these one below the other.  ``fitted`` tables are fitted to a
    terminal, with amounts in millions where there is no room for all their digits; ``caption`` is for a terminal.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    layout: Literal["grid", "edits"] = "grid"
    total: Row | None = None
    fitted: bool = False
    caption: str = ""

    @property
    def money(self) -> bool:
        """Whether there are amounts in it."""
        return any(column.money for column in self.columns)

    def filled(self, reader: Reader) -> "Table":
        """The table without columns in which nothing stands; for programs, which count on them, as it is."""
        if reader.form in ("csv", "xlsx"):
            return self
        rows = self.rows if self.total is None else (*self.rows, self.total)
        kept = [
            place
            for place in range(len(self.columns))
            if any(row.cells[place].text or row.cells[place].number is not None for row in rows)
        ]

        def cut(row: Row) -> Row:
            return evolve(row, cells=tuple(row.cells[place] for place in kept))

        total = None if self.total is None else cut(self.total)
        return evolve(
            self, columns=tuple(self.columns[place] for place in kept), rows=tuple(map(cut, self.rows)), total=total
        )


def rows_of(*rows: Sequence[Cell]) -> tuple[Row, ...]:
    """Plain rows of some cells."""
    return tuple(Row(tuple(cells)) for cells in rows)
