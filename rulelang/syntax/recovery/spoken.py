"""How people say things: numbers in words such as ``two hundred and seventy-five``, and patterns of whole words."""

import functools
import re

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {
    **{word: number for number, word in enumerate([*_UNITS, *_TEENS], 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    "a": 1,
    "an": 1,
}
_UNIT = "|".join(_UNITS)
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-]+(?:{_UNIT}))?|{'|'.join(_TEENS)}|{_UNIT})"
SPOKEN = rf"(?:(?:(?:an?|{_UNIT})\s+hundred)(?:\s+(?:and\s+)?{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
"""A pattern of a number in words from one to 999."""

AMOUNT = r"[A-Z]{3}\s+[0-9][0-9_,.]*(?:\s+(?:thousand|million|billion|trillion|lakh|crore)\b)?"
"""A pattern of an amount of money in digits."""
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""A pattern of a day as the language writes it."""


def in_digits(spoken: str) -> int | None:
    """The number that is said, or ``None`` if it is none."""
    number = 0
    for word in spoken.lower().replace("-", " ").split():
        if word == "hundred":
            number *= 100
        elif word in _VALUES:
            number += _VALUES[word]
        elif word != "and":
            return None
    return number or None


@functools.cache
def whole_words(pattern: str) -> "re.Pattern[str]":
    """A pattern that matches whole words, made when it is first asked for, as most texts ask for few.

    ``,?`` at its beginning is a comma that may stand before them.
    """
    before = "" if pattern.startswith((",", r"\s")) else r"(?<![\w-])"
    if pattern.startswith(",?"):
        before, pattern = r"(?:,\s*|(?<![\w-]))", pattern[2:]
    return re.compile(rf"{before}(?:{pattern})(?![\w-])")
