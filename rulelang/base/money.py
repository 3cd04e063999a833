"""Currencies, and amounts of money as whole minor units.

Inside the project an amount is an ``int`` (minor units) or, before it is rounded, an exact ``Fraction`` of minor
units.  It becomes text only here.  The table of minor units is ISO 4217, list one (active codes).
"""

import re
from fractions import Fraction

from rulelang.base.values import ComparedByValue

Exact = int | Fraction
"""An exact number: an ``int`` wherever it is whole, else a ``Fraction``."""

_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
_WITH_FOUR = "CLF UYW"
_WITH_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD
NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_DECIMALS: dict[str, int] = {
    code: decimals
    for decimals, codes in ((0, _WITHOUT_DECIMALS), (2, _WITH_TWO), (3, _WITH_THREE), (4, _WITH_FOUR))
    for code in codes.split()
}

SCALES = {"thousand": 3, "lakh": 5, "million": 6, "crore": 7, "billion": 9, "trillion": 12}
"""The words that may follow an amount, with the power of ten each stands for."""

MAXIMUM_DIGITS = 60
"""A literal number has at most so many digits: far beyond any amount of money, far below what costs time."""

_DECIMAL = re.compile(r"(\d+(?:_\d+)*)(?:\.(\d+(?:_\d+)*))?\Z", re.ASCII)


class Currency(ComparedByValue):
    """A currency of ISO 4217: its code and how many decimals its minor unit has (EUR 2, JPY 0, KWD 3)."""

    code: str
    decimals: int

    @classmethod
    def named(cls, code: str) -> "Currency | None":
        """The currency with this code, or ``None`` if ISO 4217 has none."""
        decimals = _DECIMALS.get(code)
        return None if decimals is None else cls(code, decimals)

    @property
    def minor_unit(self) -> str:
        """The smallest amount, as text: ``EUR 0.01``."""
        return f"{self.code} {self.plain(1)}"

    def plain(self, units: int) -> str:
        """Minor units as a plain decimal in major units with the currency's decimals: ``7000000.00``."""
        decimals = self.decimals
        if not decimals:
            return str(units)
        digits = str(abs(units)).zfill(decimals + 1)
        return f"{'-' if units < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"

    def show(self, amount: Exact) -> str:
        """An amount for people: ``EUR 7,000,000.00``; what is not a whole minor unit is shown as a fraction."""
        return f"{self.code} {self.grouped(amount)}"

    def grouped(self, amount: Exact) -> str:
        """As :meth:`show`, without the currency's code."""
        if isinstance(amount, Fraction) and amount.denominator != 1:
            # the sign stands before the whole text, so that -1/2 is not minus one and a half more
            whole, rest = divmod(abs(amount.numerator), amount.denominator)
            sign = "-" if amount < 0 else ""
            return f"{sign}{self.grouped(whole)} and {rest}/{amount.denominator} of a minor unit"
        units = int(amount)
        sign, digits = ("-", -units) if units < 0 else ("", units)
        major, minor = divmod(digits, 10**self.decimals)
        tail = f".{minor:0{self.decimals}d}" if self.decimals else ""
        return f"{sign}{major:,}{tail}"


def currency_codes() -> tuple[str, ...]:
    """All codes of ISO 4217 that the language knows, in alphabetical order."""
    return tuple(sorted(_DECIMALS))


def decimal_value(digits: str) -> Fraction:
    """The exact value of a plain decimal such as ``7.757``; underscores between digits are allowed.

    Raises ``ValueError`` if it is not one or has more than :data:`MAXIMUM_DIGITS` digits.
    """
    found = _DECIMAL.match(digits)
    compact = digits.replace("_", "")
    if found is None or len(compact) - ("." in compact) > MAXIMUM_DIGITS:
        raise ValueError(digits if len(digits) < 80 else f"{len(compact)} digits")
    whole, decimals = found[1].replace("_", ""), (found[2] or "").replace("_", "")
    return Fraction(int(whole + decimals), 10 ** len(decimals))


def whole_if_possible(value: Exact) -> Exact:
    """The same number, as an ``int`` where it is whole (integers are many times faster than fractions)."""
    return value.numerator if value.denominator == 1 else value


def size_of(value: Exact) -> Exact:
    """The number without its sign."""
    return -value if value < 0 else value
