"""What a rulebook says before its waterfall: data, currencies, holidays, segments, parties, definitions."""

from typing import Literal

from rulelang.syntax.nodes.expressions import DateLiteral, Expression, NumberLiteral
from rulelang.syntax.nodes.node import Citation, Identifier, Node


class MeasureType(Node):
    """``money``, ``money SEK`` or ``signed ratio``; money without a ``currency`` is of the rulebook's first."""

    kind: Literal["money", "number", "ratio"]
    signed: bool = False
    currency: Identifier | None = None


class RateType(Node):
    """``EUR per SEK``: how much of one currency one unit of the other is worth."""

    price: Identifier
    unit: Identifier


class PlainType(Node):
    """``text``, ``date`` or ``yes/no``."""

    kind: Literal["text", "date", "yes/no"]


class ChoiceType(Node):
    """``one of absent, poor, good``."""

    values: tuple[Identifier, ...]


DataType = MeasureType | RateType | PlainType | ChoiceType


class Datum(Node):
    """A member field or a given: ``name : type per segment formerly old "note" if missing E``."""

    name: Identifier
    type: DataType
    per_segment: bool = False
    note: str | None = None
    if_missing: Expression | None = None
    per_defaulter: bool = False
    formerly: tuple[Identifier, ...] = ()


class CurrencyUnit(Node):
    """``EUR`` or ``USDC with 6 decimals``."""

    code: Identifier
    decimals: NumberLiteral | None = None


class CurrencySection(Node):
    """``currency EUR also SEK, USDC with 6 decimals``: the first is the one in which the rulebook settles."""

    units: tuple[CurrencyUnit, ...]

    @property
    def code(self) -> Identifier:
        """The currency in which the rulebook settles."""
        return self.units[0].code


class HolidaysSection(Node):
    """``holidays 2018-12-25, 2018-12-26``: days that are no business days."""

    days: tuple[DateLiteral, ...]


class SegmentsSection(Node):
    """``segments energy, financials``."""

    names: tuple[Identifier, ...]


class PartySection(Node):
    """``party insurer "Default insurance"``."""

    name: Identifier
    title: str | None = None


class MembersSection(Node):
    """``members have`` and the fields."""

    fields: tuple[Datum, ...]


class GivenSection(Node):
    """``given junior_capital : money``."""

    datum: Datum


class DefineSection(Node):
    """``define fund as sum of contribution over survivors "note" cite "…"``."""

    name: Identifier
    value: Expression
    note: str | None = None
    cite: Citation | None = None
