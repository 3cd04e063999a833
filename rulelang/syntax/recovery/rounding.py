"""Rounding that does not say to which unit: ``ceil(x)``, ``round(x, 2)``, ``rounded to the nearest thousand``."""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.slip import Slip, instead, quoted
from rulelang.syntax.recovery.spoken import SPOKEN, in_digits
from rulelang.syntax.recovery.stop import Stop
from rulelang.syntax.words import SPELLINGS

_FUNCTION = re.compile(
    r"(?<!\w)(?P<word>round(?:_?up|_?down)?|ceil(?:ing)?|floor|trunc(?:ate)?)\s*\(\s*(?P<what>[a-z]\w*)\s*\)"
)
_DECIMALS = re.compile(
    r"(?<!\w)(?P<word>round(?:_?up|_?down)?|ceil(?:ing)?|floor|trunc(?:ate)?)\s*"
    r"\(\s*(?P<what>(?:[^(),\r\n]|\([^()\r\n]*\))+?)\s*,\s*(?P<places>-?[0-9])\s*\)"
)
_PLACES = re.compile(
    rf"(?<!\w)rounded\s+(?P<way>up\s+|down\s+|)(?:off\s+)?to\s+(?P<places>{SPOKEN}|[0-9])\s+(?:decimal\s+places?|"
    rf"decimals?|places?)(?!\w)"
)
_NEAREST = re.compile(
    r"(?<!\w)rounded\s+(?P<way>up\s+|down\s+|)to\s+(?:the\s+)?(?:nearest|next|full|whole)\s+(?P<unit>[a-z]+)(?!\w)"
)
_UNITS_OF_MONEY = {
    "hundred": "100",
    "thousand": "1_000",
    "million": "1 million",
    "euro": "1",
    "dollar": "1",
    "unit": "1",
}


_OF_THE_WHOLE = re.compile(
    r"(?<!\w)(?:up\s+to|as|then|else|missing)\s+(?P<what>(?:[^(),\r\n\"#]|\([^()\r\n]*\))+?)"
    r"\s*(?:,\s*(?=rounded\b)|\(\s*(?P<inside>rounded\s[^()\r\n]*)\))"
)
_ROUNDED = re.compile(
    rf"rounded(?:\s+(?:up|down))?\s+to\s+(?:[A-Z]{{3}}\s+)?[0-9][0-9_.]*%?(?:\s+(?:{'|'.join(SPELLINGS['SCALE'])}))?"
    r"(?![\w%])(?!\s*(?:decimal|place))"
)
"""How a value is rounded, in the language's own words."""


def of_the_whole(stop: Stop) -> Iterator[Slip]:
    """``10% of x, rounded up to EUR 5`` and ``10% of x (rounded …)``: all that stands before is rounded."""
    for found in stop.around(_OF_THE_WHOLE):
        what, inside, behind = found["what"], _plainly(found["inside"]), found[0][found.end("what") - found.start() :]
        is_atom = re.search(r"\s(?:[-+*/]|of)\s|^-", re.sub(r"\([^()]*\)", "", what)) is None
        value = what if is_atom else f"({what})"
        own = f"{value} {inside or ''}"
        message = f"{quoted(behind.strip())} does not stand behind a value"
        rest = _ROUNDED.match(stop.text, found.end())
        whole = f"{value} {inside or (rest[0] if rest else 'rounded …')}"
        if is_atom:
            help_ = f"leave out the {'parentheses' if inside else 'comma'}: write `{whole}`"
        else:
            help_ = f"what is rounded as a whole stands in parentheses: write `{whole}`"
        span = found.start("what"), found.end()
        shown = found.end("what"), found.end("what") + len(behind.rstrip())
        yield Slip("foreign-punctuation", message, span, own, help_, shown=shown, beyond=1)


def _plainly(rounded: str | None) -> str | None:
    """``rounded up to the nearest EUR 1,000`` as the language writes it."""
    if rounded is None:
        return None
    plain = re.sub(
        r"\bto\s+(?:(?:the|an?)\s+)?(?:(?:nearest|next|full|whole)\s+)*(?:multiples?\s+of\s+)?", "to ", rounded
    )
    return re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "_", plain)


def units(stop: Stop) -> Iterator[Slip]:
    """``ceil(x)`` and ``rounded to the nearest thousand``."""
    for found in stop.around(_FUNCTION):
        own = f"{found['what']} rounded {_way(found['word'])}to {stop.currency or 'EUR'} 1"
        help_ = f"write `{own}`, with the unit that the rule names"
        yield instead(found, own, "does not say to which unit", help_, fix=False)
    for found in stop.around(_DECIMALS):
        what, places = found["what"], int(found["places"])
        step = f"0.{'1'.rjust(places, '0')}" if places > 0 else f"1{'0' * -places}"
        own = f"{what if what.isidentifier() else f'({what})'} rounded {_way(found['word'])}to {step}"
        help_ = f"write `{own}`, with the unit and not the number of decimals"
        yield instead(found, own, "says how many decimals there are", help_, fix=False)
    for found in stop.around(_PLACES):
        places = int(found["places"]) if found["places"].isdigit() else in_digits(found["places"]) or 0
        step = f"0.{'1'.rjust(places, '0')}" if places else "1"
        own = f"rounded {found['way']}to {stop.currency or 'EUR'} {step}"
        help_ = f"write `{own}` for an amount, or `{step}` for a number: the unit and not the number of decimals"
        yield instead(found, own, "says how many decimals there are", help_, fix=False, keyword=True)
    for found in stop.around(_NEAREST):
        unit = _UNITS_OF_MONEY.get(found["unit"])
        if unit is not None:
            own = f"rounded {found['way']}to {stop.currency or 'EUR'} {unit}"
            yield instead(found, own, "does not name the unit as an amount", fix=False, keyword=True)


def _way(word: str) -> str:
    """Which way a function rounds, as the language says it."""
    is_up, is_down = word.startswith("ceil") or word.endswith("up"), word[0] in "ft" or word.endswith("down")
    return "up " if is_up else "down " if is_down else ""
