"""An event as it was written, before it is held against a rulebook: the common form of event files, CSV and JSON.

Whatever an event says, it says at a place; that is all this form keeps beside the words themselves.
"""

import datetime

from attrs import define, field

from rulelang.base.source import Place, SourceText
from rulelang.base.values import ComparedByValue
from rulelang.syntax import nodes


class Word(ComparedByValue):
    """A name or an id, and where it stands."""

    text: str
    place: Place


class RawValue(ComparedByValue):
    """A value for a field or a given: as the event writes it (a node), or the text of a CSV cell or JSON string.

    ``written`` is ``None`` where a cell is empty (in JSON, where it says ``null``): the value is missing.
    """

    name: Word
    segment: Word | None
    written: nodes.Value | str | None
    place: Place


class RawMember(ComparedByValue):
    """A row of a CSV file (``from_table``) or a member block, with the values it gives."""

    member: Word
    title: str | None
    values: tuple[RawValue, ...]
    from_table: bool


class RawAmount(ComparedByValue):
    """An amount of money as written."""

    written: nodes.MoneyLiteral | str
    place: Place


class RawLoss(ComparedByValue):
    """A ``default`` line."""

    member: Word
    segment: Word | None
    amount: RawAmount


class RawPayment(ComparedByValue):
    """A ``paid`` line."""

    date: datetime.date
    date_place: Place
    payer: Word
    step: Word
    segment: Word | None
    amount: RawAmount


class RawDecision(ComparedByValue):
    """A ``decide`` line."""

    step: Word
    invoke: bool
    body: str | None
    reason: str | None


@define(slots=False, eq=False, repr=False)
class RawEvent:
    """Everything an event says, in its order."""

    source: SourceText
    title: str
    place: Place
    declared: datetime.date | None = None
    under: str | None = None
    givens: list[RawValue] = field(factory=list)
    members: list[RawMember] = field(factory=list)
    losses: list[RawLoss] = field(factory=list)
    payments: list[RawPayment] = field(factory=list)
    decisions: list[RawDecision] = field(factory=list)
    data: list[SourceText] = field(factory=list)
