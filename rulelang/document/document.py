"""What a reader is shown, whatever the format: a heading, perhaps a verdict, and sections with sentences and tables.

In sentences a name or a piece of a rulebook stands between backticks; each renderer shows it as code in its own way.
"""

import datetime

from attrs import field, frozen

from rulelang.base.money import Currency
from rulelang.document.markup import Markup
from rulelang.document.table import Cell, Table

NO_CURRENCY = Currency("", 0)
"""What a document without amounts has."""


@frozen
class Picture:
    """A drawing that stands in a page: its markup, and what it shows in words."""

    drawing: Markup
    title: str
    caption: str


@frozen
class Strong:
    """A sentence of which a word is strong."""

    before: str
    word: str
    after: str


@frozen
class Section:
    """A part of a document: a title, some sentences, perhaps a table and a note below it.

    ``level`` is 1, or 2 for a part of what stands before it; ``event`` is the event it tells of; ``aside`` if most
    readers can do without it.  ``items`` are the lines of a list, ``numbered`` if others name them; ``code`` are lines
    to be copied, such as commands, never broken.  ``unit`` says on a terminal what amounts are in; ``backticks`` stay
    in its sentences there if asked.
    """

    title: str = ""
    level: int = 1
    event: str | None = None
    intro: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    numbered: bool = False
    code: tuple[str, ...] = ()
    picture: Picture | None = None
    table: Table | None = None
    note: str | None = None
    strong: Strong | None = None
    aside: bool = False
    unit: str = "{}"
    backticks: bool = False

    def heading(self, currency: Currency, scale: str = "", *, terminal: bool = False) -> str:
        """The title, with the currency where there are amounts; ``scale`` is a word such as ``million``."""
        if self.level == 1 or self.table is None or not self.table.money or not currency.code:
            return self.title
        unit = " ".join(word for word in (currency.code, scale) if word)
        return f"{self.title} ({self.unit.replace('{}', unit) if terminal else unit})"


@frozen
class Headline:
    """What a document comes to: a word or two, whether they ask for no attention, why, and what was looked at."""

    words: str
    calm: bool
    sentence: str
    compared: str = ""


@frozen
class Document:
    """What a command tells: ``title`` are the lines of the heading, texts of others as they are.

    ``facts`` are what a spreadsheet says on a sheet of its own; ``records`` is the table that CSV holds, where that is
    not simply all tables.  ``exercise`` names the exercise that the document is of; every format then says so on every
    page, sheet and row.  ``comment`` if it is meant to be posted below a change, folded; ``day`` is the latest day of
    the events, so that the same content gives the same bytes; ``dense`` if much is to fit a page in print.
    """

    title: tuple[str, ...]
    sections: tuple[Section, ...] = field(factory=tuple)
    currency: Currency = NO_CURRENCY
    headline: Headline | None = None
    facts: tuple[tuple[str, Cell], ...] = ()
    records: Table | None = None
    comment: bool = False
    day: datetime.date = datetime.date(1980, 1, 1)
    exercise: str | None = None
    dense: bool = False
