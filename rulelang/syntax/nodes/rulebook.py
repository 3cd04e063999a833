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
from rulelang.syntax.nodes.expressions import Expression, MoneyLiteral, Population
from rulelang.syntax.nodes.node import Citation, Identifier, Node
from rulelang.syntax.nodes.periods import LimitSection, PeriodSection
from rulelang.syntax.nodes.waterfall import WaterfallSection


class EnsureSection(Node):
    """``ensure "text" for survivors where c: condition``."""

    text: str
    condition: Expression
    population: Population | None = None
    where: Expression | None = None
    cite: Citation | None = None


class EventFile(Node):
    """``event "events/aas-2018.event"`` inside a test."""

    path: str


class ExpectPays(Node):
    """``expect junior pays EUR 7 million`` or ``expect FORTUM pays EUR 1 under fund_draw in energy``."""

    who: Identifier
    amount: MoneyLiteral
    under: Identifier | None = None
    segment: Identifier | None = None


class ExpectUncovered(Node):
    """``expect uncovered EUR 0`` or ``expect uncovered EUR 0 in energy``."""

    amount: MoneyLiteral
    segment: Identifier | None = None


class ExpectOutcome(Node):
    """``expect outcome covered``."""

    outcome: Identifier


class ExpectEnsure(Node):
    """``expect "members are capped" broken``: the text of an ``ensure``, and whether it holds."""

    text: str
    holds: bool


Expectation = ExpectPays | ExpectUncovered | ExpectOutcome | ExpectEnsure


class TestSection(Node):
    """``test "title"``, an event (in a file or written here), and what is expected of the run."""

    __test__ = False  # a class whose name begins with Test, not a test case

    title: str
    event: EventFile | EventSyntax
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
    | EnsureSection
    | TestSection
)


class Rulebook(Node):
    """``rulebook "title" version 2018-09-01 cite "…"`` and its sections, in the order written."""

    title: str
    version: str | None = None
    version_is_date: bool = False
    cite: Citation | None = None
    sections: tuple[Section, ...] = ()
