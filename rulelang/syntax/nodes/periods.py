"""Periods of the calendar and what limits are held over, and limits with a name."""

from typing import Literal

from rulelang.syntax.nodes.expressions import DurationUnit, Expression
from rulelang.syntax.nodes.node import Citation, Identifier, Node


class Duration(Node):
    """``30 days``, ``5 business days`` or ``3 months``."""

    digits: str
    unit: DurationUnit = "days"


OpenerWord = Literal["default", "payment", "exhaustion"]


class Opener(Node):
    """``opens at a default``, ``opens at a payment under calls`` or ``opens at exhaustion of fund``, with its steps."""

    word: OpenerWord
    steps: tuple[Identifier, ...] = ()


class Extension(Node):
    """``extended by each further default to at most 3 months``."""

    word: OpenerWord
    most: Duration | None = None


class PeriodSection(Node):
    """``period cooling_off "Cooling-off period" cite "…" opens at a default lasts 30 days extended by …``."""

    name: Identifier
    opener: Opener
    length: Duration
    extension: Extension | None = None
    title: str | None = None
    cite: Citation | None = None


class Window(Node):
    """``in any 30 days``, ``in any 10 business days`` or ``in any 6 months``."""

    digits: str
    unit: DurationUnit = "days"


class CalendarWindow(Node):
    """``in the calendar year`` or ``in the calendar month``."""

    unit: Literal["year", "month"]


class During(Node):
    """``during cooling_off``."""

    period: Identifier


OverTime = Window | CalendarWindow | During
Scope = Literal["each", "in total"]


class LimitSection(Node):
    """``limit aggregate "title" as E each during cooling_off cite "…"``: a limit that several steps share."""

    name: Identifier
    value: Expression
    scope: Scope
    over_time: OverTime | None = None
    title: str | None = None
    cite: Citation | None = None
