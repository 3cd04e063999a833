"""Everything that has a value: literals, names, results of the run, and what is worked out from them."""

from typing import Literal

from rulelang.base.values import part
from rulelang.syntax.nodes.node import Identifier, Node


class Expression(Node):
    """Anything that has a value; ``bracketed`` if it stood in parentheses, which the formatter keeps."""

    bracketed: bool = part(default=False, kw_only=True, eq=False, repr=False)


DurationUnit = Literal["days", "business days", "months"]


class MoneyLiteral(Expression):
    """``EUR 7.757 million``: the digits as written."""

    currency: str
    digits: str
    scale: str | None = None


class NumberLiteral(Expression):
    """``3`` or ``0.5``: the digits as written."""

    digits: str


class PercentageLiteral(Expression):
    """``25%``: the digits as written, without the sign."""

    digits: str


class DaysLiteral(Expression):
    """``30 days``, ``5 business days`` or ``3 months``."""

    digits: str
    unit: DurationUnit = "days"


class DateLiteral(Expression):
    """``2018-09-11``, as written (the checker says if there is no such day)."""

    text: str


class TextLiteral(Expression):
    """``"Oslo"``."""

    text: str


class YesNoLiteral(Expression):
    """``yes`` or ``no``."""

    value: bool


class Reference(Expression):
    """The name of a definition, a given, a member field or a choice value."""

    name: str


RunValueName = Literal["declared", "loss", "remaining", "total_paid", "leaving"]


class RunValue(Expression):
    """``declared``, ``loss``, ``remaining``, ``total_paid`` or ``leaving``."""

    what: RunValueName


class StepResult(Expression):
    """``used(junior)``, ``unused(junior)`` or ``paid(junior)``."""

    what: Literal["used", "unused", "paid"]
    step: Identifier


class PeriodValue(Expression):
    """``open(cooling_off)``, ``start(cooling_off)`` or ``defaults(cooling_off)``."""

    what: Literal["open", "start", "defaults"]
    period: Identifier


class AsOf(Expression):
    """``requirement as of start(cooling_off) - 1 month``; ``day`` is a day, or one moved by a number of days."""

    datum: Reference
    day: Expression


class Converted(Expression):
    """``fee at sek_fix``: an amount of one currency in another."""

    operand: Expression
    rate: Reference


class Rounded(Expression):
    """``x rounded up to EUR 100_000``."""

    operand: Expression
    direction: Literal["up", "down", "nearest"]
    unit: Expression


class Negative(Expression):
    """``-x``."""

    operand: Expression


class Negated(Expression):
    """``not c``."""

    operand: Expression


Operator = Literal["+", "-", "*", "/", "of"]
Comparator = Literal["=", "!=", "<", "<=", ">", ">="]


class Arithmetic(Expression):
    """``a + b``, ``a - b``, ``a * b``, ``a / b`` or ``a of b``."""

    operator: Operator
    left: Expression
    right: Expression


class Comparison(Expression):
    """``a <= b``."""

    operator: Comparator
    left: Expression
    right: Expression


class Connective(Expression):
    """``a and b`` or ``a or b``."""

    operator: Literal["and", "or"]
    left: Expression
    right: Expression


class Conditional(Expression):
    """``if c then a else b``."""

    condition: Expression
    then: Expression
    otherwise: Expression


class Call(Expression):
    """``min(a, b)``, ``max(a, b)`` or ``clamp(x, low, high)``; ``in_words`` if written as ``lower of a and b``."""

    function: Literal["min", "max", "clamp"]
    arguments: tuple[Expression, ...]
    in_words: bool = part(default=False, kw_only=True, eq=False)


Population = Literal["members", "survivors", "defaulters"]


class Aggregate(Expression):
    """``sum of E over survivors by group where c``; ``largest 2 of …`` has a ``number``, ``count of …`` no operand."""

    function: Literal["sum", "average", "largest", "smallest", "count"]
    operand: Expression | None
    over: Literal["members", "survivors", "defaulters", "segments"]
    where: Expression | None = None
    number: str | None = None
    by: Reference | None = None
