"""Invariants, tests and the whole rulebook."""

from rulelang.syntax.nodes.declarations import (
    CurrencySection,
    DefineSection,
    GivenSection,
    HolidaysSection,
    MembersSection,
    PartySection,
    SegmentsSection,
)
from rulelang.syntax.nodes.events import EventSyntax
from rulelang.syntax.nodes.expectations import EventFile, Expectation, HistoryFile
from rulelang.syntax.nodes.expressions import Expression, Population
from rulelang.syntax.nodes.node import Citation, Node
from rulelang.syntax.nodes.periods import LimitSection, PeriodSection
from rulelang.syntax.nodes.replenishments import RecoveriesSection, ReplenishSection
from rulelang.syntax.nodes.waterfall import WaterfallSection


class EnsureSection(Node):
    """``ensure "text" for survivors where c: condition``."""

    text: str
    condition: Expression
    population: Population | None = None
    where: Expression | None = None
    cite: Citation | None = None


class AssumeSection(Node):
    """``assume "text" for members where c: condition``."""

    text: str
    condition: Expression
    population: Population | None = None
    where: Expression | None = None
    cite: Citation | None = None


Statement = EnsureSection | AssumeSection
"""What a rulebook says of every run: what must hold of its result, and what is taken for granted of its data."""


class TestSection(Node):
    """``test "title"``, an event (in a file or written here) or a history, and what is expected of the run."""

    __test__ = False  # a class whose name begins with Test, not a test case

    title: str
    event: EventFile | HistoryFile | EventSyntax
    expectations: tuple[Expectation, ...]


Section = (
    CurrencySection
    | HolidaysSection
    | SegmentsSection
    | PartySection
    | MembersSection
    | GivenSection
    | DefineSection
    | LimitSection
    | PeriodSection
    | WaterfallSection
    | ReplenishSection
    | RecoveriesSection
    | EnsureSection
    | AssumeSection
    | TestSection
)


class Rulebook(Node):
    """``rulebook "title" version 2018-09-01 cite "…"`` and its sections, in the order written."""

    title: str
    version: str | None = None
    version_is_date: bool = False
    cite: Citation | None = None
    sections: tuple[Section, ...] = ()
