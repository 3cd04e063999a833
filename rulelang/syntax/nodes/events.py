"""What an event says: its day, data, members, losses, payments and decisions."""

from typing import Literal

from rulelang.syntax.nodes.expressions import DateLiteral, MoneyLiteral
from rulelang.syntax.nodes.node import Identifier, Node


class Value(Node):
    """A value as the event writes it: the words, not yet their meaning.

    ``form`` says which kind of literal it is; ``negative`` if a minus stands before it.
    """

    form: Literal["amount", "number", "percentage", "date", "text", "word"]
    text: str
    negative: bool = False
    currency: str | None = None
    scale: str | None = None


class ExerciseItem(Node):
    """``exercise "Fire drill 2026"``: nothing of this happened."""

    name: str


class Under(Node):
    """``under "../rulebook.rules"``."""

    path: str


class DeclaredItem(Node):
    """``declared 2018-09-11``."""

    date: DateLiteral


class DatumValue(Node):
    """``contribution in energy as of 2018-08-01 = EUR 5``, in a member block or after ``given``.

    ``defaulter`` is the member of ``traded with AAS = EUR 5``, for data per defaulter.
    """

    name: Identifier
    value: Value
    segment: Identifier | None = None
    as_of: DateLiteral | None = None
    defaulter: Identifier | None = None


class GivenItem(Node):
    """``given junior_capital = EUR 7 million``."""

    datum: DatumValue


TableContents = Literal["members", "givens", "paid", "defaults", "paid in"]


class TableFrom(Node):
    """``members from "members.csv"``, or ``givens from``, ``paid from``, ``defaults from``, ``paid in from``."""

    contents: TableContents
    path: str


class MemberItem(Node):
    """``member AAS "Einar Aas" since 2018-01-01`` and its values."""

    member: Identifier
    name: str | None = None
    values: tuple[DatumValue, ...] = ()
    since: DateLiteral | None = None


class FormerMemberItem(Node):
    """``former member OLD "Old Bank"``: somebody who was a member, so that earlier payments can be theirs."""

    member: Identifier
    name: str | None = None


class NoticeItem(Node):
    """``notice by AAS dated 2018-09-01``; in a history the day may be left out, and is that of the block."""

    member: Identifier
    date: DateLiteral | None = None


class DefaultedItem(Node):
    """``defaulted 2018-09-11 B``: an earlier default."""

    date: DateLiteral
    member: Identifier


class OpenPeriodItem(Node):
    """``period cooling_off open from 2018-09-01 to 2018-09-14``."""

    period: Identifier
    first: DateLiteral
    last: DateLiteral


class DefaultItem(Node):
    """``default of AAS in energy loss EUR 150 million``."""

    member: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class FurtherLossItem(Node):
    """``further loss of AAS in energy EUR 5``: more loss of a member that defaulted on an earlier day."""

    member: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class NonDefaultLossItem(Node):
    """``non-default loss in energy EUR 5 million "investment losses"``."""

    amount: MoneyLiteral
    segment: Identifier | None = None
    cause: str | None = None


class PaymentItem(Node):
    """``paid 2018-08-20 by FORTUM under calls in energy for AAS EUR 1 million``; ``defaulters`` are those named."""

    date: DateLiteral
    payer: Identifier
    step: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None
    defaulters: tuple[Identifier, ...] = ()


class DecisionItem(Node):
    """``decide vmgh: invoke up to EUR 5 million by "Default Management Committee" because "the auction failed"``."""

    step: Identifier
    invoke: bool
    body: str | None = None
    reason: str | None = None
    most: MoneyLiteral | None = None


class WithdrawalItem(Node):
    """``withdraw A after round 1 under charges``."""

    member: Identifier
    digits: str
    step: Identifier


EventItem = (
    ExerciseItem
    | Under
    | DeclaredItem
    | GivenItem
    | TableFrom
    | MemberItem
    | FormerMemberItem
    | NoticeItem
    | DefaultedItem
    | OpenPeriodItem
    | DefaultItem
    | FurtherLossItem
    | NonDefaultLossItem
    | PaymentItem
    | DecisionItem
    | WithdrawalItem
)


class EventSyntax(Node):
    """A whole event: ``event "title"`` and its items; the title of one written inside a test is the test's."""

    title: str
    items: tuple[EventItem, ...]
