"""Amounts given on a command line or from Python: ``EUR 5 billion``, ``5 billion``, ``1,250,000.50``."""

import re

from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.money import SCALES, Currency
from rulelang.check.exact import Refusal, amount
from rulelang.check.written_numbers import NotPlain, plain_amount, plain_decimal, shown
from rulelang.syntax import nodes

_FORM = re.compile(rf"\s*(?:([A-Z][A-Z0-9]{{2,9}})\s+|([A-Z]{{3}}))?(.*?)(?:\s+({'|'.join(SCALES)}))?\s*\Z", re.DOTALL)
_LOW_LINES = re.compile(r"(?<=\d)_+(?=\d)", re.ASCII)


def amount_in(text: str | int, currency: Currency) -> int:
    """The minor units of an amount in words or digits; a whole number is taken as minor units.

    The currency may be left out; commas between thousands and the scales of the language are allowed.

    Raises:
        RulelangError: it is no amount, in another currency, ambiguous, or finer than a minor unit.
    """
    if isinstance(text, int):
        return text
    found = _FORM.match(text)
    assert found is not None  # whatever it is that stands there
    code, scale = found[1] or found[2] or currency.code, found[4]
    digits = _LOW_LINES.sub("", found[3])
    try:
        plain = plain_amount(digits, currency) if scale is None else plain_decimal(digits)
        _refuse_negative(plain)
        return amount(nodes.MoneyLiteral(code, plain, scale), currency)
    except NotPlain as odd:
        advice = f'write an amount, as in "{currency.code} 5 million" or 1250000'
        if odd.plain is not None:
            unit = f"{code} " if found[1] or found[2] else ""
            advice = f'{odd.obstacle}: write "{unit}{odd.plain}{f" {scale}" if scale else ""}"'
        message = f"an amount is due, but `{shown(text)}` stands here"
        raise RulelangError([finding("wrong-value", message, help=advice)]) from None
    except Refusal as refusal:
        raise RulelangError([finding(refusal.code, refusal.message, help=refusal.help)]) from None


def _refuse_negative(plain: str) -> None:
    if plain.startswith("-"):
        raise NotPlain(None, None)
