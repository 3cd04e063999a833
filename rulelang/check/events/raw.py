"""An event as it was written, before it is held against a rulebook: the common form of event files, CSV and JSON.

Whatever an event says, it says at a place; that is all this form keeps beside the words themselves.
"""

import datetime

from attrs import define, field

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.source import Place, SourceText
from rulelang.base.values import ComparedByValue
from rulelang.syntax import nodes


class Word(ComparedByValue):
    """A name or an id, and where it stands."""

    text: str
    place: Place


class Day(ComparedByValue):
    """A day of the calendar, and where it stands."""

    date: datetime.date
    place: Place


class RawValue(ComparedByValue):
    """A value for a field or a given: as the event writes it (a node), or the text of a CSV cell or JSON string.

    ``written`` is ``None`` where a cell is empty (in JSON, where it says ``null``): the value is missing.  ``as_of`` is
    the day of a dated value; ``defaulter`` the member of ``traded with AAS``, which a table and JSON write as they
    write a segment.
    """

    name: Word
    segment: Word | None
    written: nodes.Value | str | None
    place: Place
    as_of: Day | None = None
    defaulter: Word | None = None


class RawMember(ComparedByValue):
    """A row of a CSV file (``from_table``) or a member block, with the values it gives."""

    member: Word
    title: str | None
    values: tuple[RawValue, ...]
    from_table: bool
    since: Day | None = None


class RawAmount(ComparedByValue):
    """An amount of money as written."""

    written: nodes.MoneyLiteral | str
    place: Place


class RawLoss(ComparedByValue):
    """A ``default`` or ``further loss`` line, or a ``non-default loss`` (which has no member, perhaps a cause)."""

    member: Word | None
    segment: Word | None
    amount: RawAmount
    place: Place
    further: bool = False
    cause: str | None = None


class RawPayment(ComparedByValue):
    """A ``paid`` line."""

    day: Day
    payer: Word
    step: Word
    segment: Word | None
    amount: RawAmount
    defaulters: tuple[Word, ...] = ()


class RawDecision(ComparedByValue):
    """A ``decide`` line."""

    step: Word
    invoke: bool
    body: str | None
    reason: str | None
    most: RawAmount | None = None


class RawPeriod(ComparedByValue):
    """A ``period … open from … to …`` line."""

    period: Word
    first: Day
    last: Day


class RawWithdrawal(ComparedByValue):
    """A ``withdraw`` line; ``digits`` is the round as written."""

    member: Word
    digits: Word
    step: Word


class RawMovement(ComparedByValue):
    """A ``paid in`` or (``out``) ``paid out`` line of a day of a history."""

    payer: Word
    pot: Word
    segment: Word | None
    amount: RawAmount
    out: bool = False


class RawRecovery(ComparedByValue):
    """A ``recovered from`` line of a day of a history."""

    member: Word
    amount: RawAmount


MemberDay = tuple[Word, Day]
"""A member and the day of its notice, or of its earlier default."""


@define(slots=False, eq=False, repr=False)
class RawEvent:
    """Everything an event says, or a day of a history, in its order.

    ``named`` are the lines that name the tables in ``data``.  Only a day of a history has ``departures``, ``movements``
    of money and ``recoveries``; its ``crumbs`` are not those of an event of its title.
    """

    source: SourceText
    title: str
    place: Place
    declared: datetime.date | None = None
    exercise: str | None = None
    under: str | None = None
    givens: list[RawValue] = field(factory=list)
    members: list[RawMember] = field(factory=list)
    losses: list[RawLoss] = field(factory=list)
    payments: list[RawPayment] = field(factory=list)
    decisions: list[RawDecision] = field(factory=list)
    former_members: list[tuple[Word, str | None]] = field(factory=list)
    notices: list[MemberDay] = field(factory=list)
    defaulted: list[MemberDay] = field(factory=list)
    open_periods: list[RawPeriod] = field(factory=list)
    withdrawals: list[RawWithdrawal] = field(factory=list)
    departures: list[Word] = field(factory=list)
    movements: list[RawMovement] = field(factory=list)
    recoveries: list[RawRecovery] = field(factory=list)
    data: list[SourceText] = field(factory=list)
    named: list[Place] = field(factory=list)
    crumbs: tuple[str, ...] = ()
    warnings: list[Diagnostic] = field(factory=list)
