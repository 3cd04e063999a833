"""Amounts given on a command line or from Python: ``EUR 5 billion``, ``5 billion``, ``1,250,000.50``."""

import re

from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.money import SCALES, Currency
from rulelang.check.exact import Refusal, amount
from rulelang.syntax import nodes

_FORM = re.compile(
    rf"\s*(?:(?P<currency>[A-Z]{{3}})\s*)?(?P<digits>\d[\d_]*(?:,\d{{3}})*(?:\.\d+)?)(?:\s+(?P<scale>{'|'.join(SCALES)}))?\s*\Z",
    re.ASCII,
)


def amount_in(text: str | int, currency: Currency) -> int:
    """The minor units of an amount in words or digits; a whole number is taken as minor units.

    The currency may be left out; commas between thousands and the scales of the language are allowed.

    Raises:
        RulelangError: it is no amount, in another currency, or finer than a minor unit.
    """
    if isinstance(text, int):
        return text
    found = _FORM.match(text)
    if found is None:
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        advice = f'write an amount, as in "{currency.code} 5 million" or 1250000'
        raise RulelangError([finding("wrong-value", f"an amount is due, but `{shown}` stands here", help=advice)])
    digits = found["digits"].replace(",", "")
    literal = nodes.MoneyLiteral(found["currency"] or currency.code, digits, found["scale"])
    try:
        return amount(literal, currency)
    except Refusal as refusal:
        raise RulelangError([finding(refusal.code, refusal.message, help=refusal.help)]) from None
