"""Amounts of money given on the command line."""

from fractions import Fraction

import click

from rulelang.base.money import SCALES, Currency, decimal_value


def amount_given(text: str, currency: Currency, option: str) -> int:
    """An amount such as ``EUR 1.5 billion``, ``1_500_000`` or ``1,500,000.00`` in minor units.

    Raises:
        BadParameter: it is no amount of this currency.
    """
    words = text.replace(",", "").split()
    if words and words[0] == currency.code:
        words.pop(0)
    scale = SCALES.get(words.pop(), None) if len(words) == 2 else 0
    try:
        value = decimal_value(words[0]) if len(words) == 1 and scale is not None else None
    except ValueError:
        value = None
    units = None if value is None or scale is None else value * 10 ** (scale + currency.decimals)
    if units is None or Fraction(units).denominator != 1:
        like = f"`{currency.code} 500 million` or `{currency.plain(50_000_000_000)}`"
        raise click.BadParameter(f"`{text}` is no amount in {currency.code}; write it as in {like}", param_hint=option)
    return int(units)
