"""What a history says: what stood on its first day, and what happened on each day after."""

from rulelang.syntax.nodes.events import EventItem, ExerciseItem, Under
from rulelang.syntax.nodes.expressions import DateLiteral, MoneyLiteral
from rulelang.syntax.nodes.node import Identifier, Node


class DepartureItem(Node):
    """``departure of AAS``: from this day on it is no member."""

    member: Identifier


class PaidInItem(Node):
    """``paid in by FORTUM to contribution in energy EUR 5``."""

    payer: Identifier
    pot: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class PaidOutItem(Node):
    """``paid out to FORTUM from contribution in energy EUR 5``."""

    payer: Identifier
    pot: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class RecoveredItem(Node):
    """``recovered from AAS EUR 5``: money from the estate of a member that defaulted."""

    member: Identifier
    amount: MoneyLiteral


HistoryItem = EventItem | DepartureItem | PaidInItem | PaidOutItem | RecoveredItem


class DuesPaid(Node):
    """``dues paid when payable``: what is owed is paid in by itself on its day."""


HistoryHead = ExerciseItem | Under | DuesPaid


class OpeningBlock(Node):
    """``opening 2018-09-01`` and what stood on that day."""

    date: DateLiteral
    items: tuple[HistoryItem, ...]


class DayBlock(Node):
    """``on 2018-09-11`` and what happened on that day."""

    date: DateLiteral
    items: tuple[HistoryItem, ...]


class HistorySyntax(Node):
    """A whole history: ``history "title" under "file" dues paid when payable``, its opening and its days."""

    title: str
    head: tuple[HistoryHead, ...]
    opening: OpeningBlock
    days: tuple[DayBlock, ...]
