"""Exact numbers as text for other programs: a decimal where it is short, else a quotient of two whole numbers."""

from fractions import Fraction

from rulelang.base.money import Currency, Exact

_MOST_PLACES = 20
"""A number that needs more decimals than this is written as a quotient."""


def exact_text(value: Exact, places: int = 0, most: int = _MOST_PLACES) -> str:
    """An exact number: a decimal with at least so many places, ``"p/q"`` in lowest terms where that does not end.

    A decimal of more than ``most`` places counts as one that does not end.
    """
    exact = Fraction(value)
    needed = _places(exact.denominator)
    if needed is None or needed > most:
        return f"{exact.numerator}/{exact.denominator}"
    places = max(places, needed)
    digits = abs(exact.numerator) * 10**places // exact.denominator
    sign = "-" if value < 0 else ""
    if not places:
        return f"{sign}{digits}"
    major, minor = divmod(digits, 10**places)
    return f"{sign}{major}.{minor:0{places}d}"


def exact_amount(units: Exact, currency: Currency) -> str:
    """An exact amount, given in minor units, in major units of its currency; see :func:`exact_text`."""
    return exact_text(Fraction(units, 10**currency.decimals), currency.decimals)


def exact_or_none(units: Exact | None, currency: Currency) -> str | None:
    """As :func:`exact_amount`, and ``None`` where there is no amount."""
    return None if units is None else exact_amount(units, currency)


def _places(denominator: int) -> int | None:
    """How many decimals a quotient with this denominator (in lowest terms) needs, if they end."""
    counts = {2: 0, 5: 0}
    for factor in counts:
        while denominator % factor == 0:
            denominator //= factor
            counts[factor] += 1
    return max(counts.values()) if denominator == 1 else None
