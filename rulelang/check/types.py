"""The types and shapes of expressions.

A *type* says what a value is; a *shape* says how many there are: one value, one per member, one per segment, or one
per member and segment.
"""

import enum
from functools import cached_property

from rulelang.base.values import ComparedByValue


class Kind(enum.Enum):
    """What a value is; the words are those of the language."""

    MONEY = "money"
    NUMBER = "number"
    RATIO = "ratio"
    TEXT = "text"
    DATE = "date"
    DAYS = "days"
    BUSINESS_DAYS = "business days"
    MONTHS = "months"
    RATE = "rate"
    YES_NO = "yes/no"
    CHOICE = "choice"


_MOST_SPOKEN = 50


class Type(ComparedByValue):
    """A kind of value and, for a choice, its values; ``literal`` if it was a choice value written as such.

    Money is in a ``currency`` (``None``: the one in which the rulebook settles).  A rate tells how much money of its
    ``currency`` one unit of money in ``per`` is worth.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    literal: bool = False
    currency: str | None = None
    per: str | None = None

    def __str__(self) -> str:
        """The type as a person would say it."""
        if self.kind is Kind.MONEY and self.currency is not None:
            return f"money in {self.currency}"
        if self.kind is not Kind.CHOICE:
            return _SPOKEN[self.kind]
        if self.literal:
            return f"the choice value {self.choices[0]}"
        more = len(self.choices) - _MOST_SPOKEN
        return f"one of {', '.join(self.choices[:_MOST_SPOKEN])}" + (f" and {more} more" if more > 0 else "")

    @cached_property
    def values(self) -> frozenset[str]:
        """The values of a choice."""
        return frozenset(self.choices)


_SPOKEN = {
    Kind.MONEY: "money",
    Kind.NUMBER: "a number",
    Kind.RATIO: "a ratio",
    Kind.TEXT: "text",
    Kind.DATE: "a date",
    Kind.DAYS: "a number of days",
    Kind.BUSINESS_DAYS: "a number of business days",
    Kind.MONTHS: "a number of months",
    Kind.RATE: "a rate of exchange",
    Kind.YES_NO: "yes or no",
}

MONEY = Type(Kind.MONEY)
NUMBER = Type(Kind.NUMBER)
RATIO = Type(Kind.RATIO)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)
DAYS = Type(Kind.DAYS)
BUSINESS_DAYS = Type(Kind.BUSINESS_DAYS)
MONTHS = Type(Kind.MONTHS)
YES_NO = Type(Kind.YES_NO)

PLAIN = frozenset({Kind.NUMBER, Kind.RATIO})
"""Numbers and ratios mix."""
SPANS = frozenset({Kind.DAYS, Kind.BUSINESS_DAYS, Kind.MONTHS})
"""By what a date can be moved."""
ORDERED = frozenset({Kind.MONEY, Kind.NUMBER, Kind.RATIO, Kind.DATE})
"""The kinds of value that can be greater or less than each other."""


def joined(left: Type, right: Type) -> Type | None:
    """The type that two values share, as branches of an ``if`` or sides of a comparison; ``None`` if they share none.

    Numbers and ratios mix; a choice value belongs to every choice that has it.
    """
    if left.kind in PLAIN and right.kind in PLAIN:
        return NUMBER if Kind.NUMBER in (left.kind, right.kind) else RATIO
    if left.kind is not right.kind or (left.currency, left.per) != (right.currency, right.per):
        return None
    if left.kind is not Kind.CHOICE:
        return left
    if left.literal and right.literal:
        both = dict.fromkeys((*left.choices, *right.choices))
        return Type(Kind.CHOICE, tuple(both), literal=True)
    if left.literal or right.literal:
        some, whole = (left, right) if left.literal else (right, left)
        return whole if some.values <= whole.values else None
    return left if left.values == right.values else None


class Varies(enum.IntEnum):
    """Whether a value differs from segment to segment.

    ``FOLLOWS`` is for values such as ``loss``: the segment's inside ``per segment``, the whole elsewhere.
    """

    NO = 0
    FOLLOWS = 1
    YES = 2


class TypeAndShape(ComparedByValue):
    """What the checker knows of an expression: its type and its shape."""

    type: Type
    per_member: bool = False
    segment: Varies = Varies.NO


def shape_of(*types: TypeAndShape) -> tuple[bool, Varies]:
    """The shape of a value made from others: it varies with whatever one of them varies with."""
    return any(typed.per_member for typed in types), max((typed.segment for typed in types), default=Varies.NO)
