"""What the tests of a rulebook expect, and the files they name."""

from rulelang.base.values import part
from rulelang.syntax.nodes.expressions import DateLiteral, MoneyLiteral
from rulelang.syntax.nodes.node import Identifier, Node


class EventFile(Node):
    """``event "events/aas-2018.event"`` inside a test."""

    path: str


class HistoryFile(Node):
    """``history "histories/autumn-2018.history"`` inside a test."""

    path: str


class Expected(Node):
    """What a test expects; of a history it says of which ``day`` it does."""

    day: DateLiteral | None = part(default=None, kw_only=True)


class ExpectPays(Expected):
    """``expect junior pays EUR 7 million`` or ``expect FORTUM pays EUR 1 under fund_draw in energy``."""

    who: Identifier
    amount: MoneyLiteral
    under: Identifier | None = None
    segment: Identifier | None = None


class ExpectUncovered(Expected):
    """``expect uncovered EUR 0`` or ``expect uncovered EUR 0 in energy``."""

    amount: MoneyLiteral
    segment: Identifier | None = None


class ExpectOutcome(Expected):
    """``expect outcome covered``."""

    outcome: Identifier


class ExpectEnsure(Expected):
    """``expect "members are capped" broken``: the text of an ``ensure`` or ``assume``, and whether it holds."""

    text: str
    holds: bool


class ExpectOwes(Expected):
    """``expect on 2018-09-11 FORTUM owes EUR 5 to contribution in energy``: what is raised that day."""

    who: Identifier
    amount: MoneyLiteral
    pot: Identifier
    segment: Identifier | None = None


class ExpectHolds(Expected):
    """``expect on 2018-09-11 FORTUM holds EUR 5 in contribution in energy``: the balance when the day ends."""

    who: Identifier
    amount: MoneyLiteral
    pot: Identifier
    segment: Identifier | None = None


class ExpectRepaid(Expected):
    """``expect on 2018-11-15 FORTUM repaid EUR 5 under fund_draw``."""

    who: Identifier
    amount: MoneyLiteral
    under: Identifier | None = None


class ExpectPeriod(Expected):
    """``expect on 2018-09-11 period cooling_off open``: whether it is when the day ends."""

    period: Identifier
    is_open: bool


ExpectOfHistory = ExpectOwes | ExpectHolds | ExpectRepaid | ExpectPeriod
Expectation = ExpectPays | ExpectUncovered | ExpectOutcome | ExpectEnsure | ExpectOfHistory
