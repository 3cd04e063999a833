"""Phrases that leave something unsaid which this language wants to be told: how many rounds, which day, which unit."""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.spoken import SPOKEN, in_digits
from rulelang.syntax.recovery.stop import Stop


def unsaid(stop: Stop) -> Iterator[Slip]:
    """``in rounds``, ``on the day before the default``, ``ceil(x)``, ``during the cooling-off period``, ``unless``."""
    yield from _units(stop)
    yield from _provisos(stop)
    yield from _periods(stop)
    yield from _rounds(stop)
    for found in stop.around(_BEFORE_THE_DEFAULT):
        help_ = "write `as of declared - 1 days` for the day before, or `as of declared - 1 business days`"
        yield _open(found, "as of declared - 1 days", "does not say which day is meant", help_)


def _open(found: "re.Match[str]", own: str, what: str, help_: str, *, keyword: bool = True) -> Slip:
    message = f"{quoted(found[0])} {what}"
    return Slip("foreign-word", message, found.span(), own, help_, fix=False, beyond=1, keyword=keyword)


_BEFORE_THE_DEFAULT = re.compile(
    r"(?<!\w)(?:(?:as\s+(?:of|at)|on|at)\s+)?(?:the\s+(?:(?:business\s+)?day|date|close)\s+)?(?:immediately\s+|just\s+)?"
    r"(?:before|prior\s+to|preceding)\s+(?:the\s+)?(?:default|declaration)(?!\w)"
)

# ------------------------------------------------------------------------------------------- rounding to what?

_FUNCTION = re.compile(
    r"(?<!\w)(?P<word>round(?:_?up|_?down)?|ceil(?:ing)?|floor|trunc(?:ate)?)\s*\(\s*(?P<what>[a-z]\w*)\s*\)"
)
_DECIMALS = re.compile(
    r"(?<!\w)(?P<word>round(?:_?up|_?down)?|ceil(?:ing)?|floor|trunc(?:ate)?)\s*"
    r"\(\s*(?P<what>(?:[^(),\r\n]|\([^()\r\n]*\))+?)\s*,\s*(?P<places>-?[0-9])\s*\)"
)
_NEAREST = re.compile(
    r"(?<!\w)rounded\s+(?P<way>up\s+|down\s+|)to\s+(?:the\s+)?(?:nearest|next|full|whole)\s+(?P<unit>[a-z]+)(?!\w)"
)
_UNITS = {"hundred": "100", "thousand": "1_000", "million": "1 million", "euro": "1", "dollar": "1", "unit": "1"}


def _units(stop: Stop) -> Iterator[Slip]:
    """``ceil(x)`` and ``rounded to the nearest thousand``."""
    for found in stop.around(_FUNCTION):
        own = f"{found['what']} rounded {_way(found['word'])}to {stop.currency or 'EUR'} 1"
        help_ = f"write `{own}`, with the unit that the rule names"
        yield _open(found, own, "does not say to which unit", help_, keyword=False)
    for found in stop.around(_DECIMALS):
        what, places = found["what"], int(found["places"])
        step = f"0.{'1'.rjust(places, '0')}" if places > 0 else f"1{'0' * -places}"
        own = f"{what if what.isidentifier() else f'({what})'} rounded {_way(found['word'])}to {step}"
        help_ = f"write `{own}`, with the unit and not the number of decimals"
        yield _open(found, own, "says how many decimals there are", help_, keyword=False)
    for found in stop.around(_NEAREST):
        unit = _UNITS.get(found["unit"])
        if unit is not None:
            own = f"rounded {found['way']}to {stop.currency or 'EUR'} {unit}"
            yield _open(found, own, "does not name the unit as an amount", f"write `{own}`")


def _way(word: str) -> str:
    """Which way a function rounds, as the language says it."""
    is_up, is_down = word.startswith("ceil") or word.endswith("up"), word[0] in "ft" or word.endswith("down")
    return "up " if is_up else "down " if is_down else ""


# ---------------------------------------------------------------------------------- a condition, a period, rounds

_PROVISO = re.compile(
    r"(?:,\s*|(?<!\w))(?:(?P<not>unless|except)|provided|on\s+(?:the\s+)?condition|(?:so|as)\s+long\s+as|(?:but\s+)?only"
    r"|in\s+case|in\s+the\s+event)(?:\s+(?:that|if|when|where))?(?!\w)"
)
_EITHER_VALUE = re.compile(r"(?<!\w)(?:if|when|where|unless)(?!\w)")
_PERIOD = re.compile(
    r"(?<!\w)(?:in|within|during|for|over|per)\s+(?:(?:the|a|an|any|each|every|one|the\s+same)\s+)?"
    r"(?:[a-z]+[\s-]+){0,2}period(?!\w)"
)
_ROUNDS = re.compile(
    r"(?<!\w)(?:in|by)\s+(?:(?:at\s+most|up\s+to|not?\s+more\s+than|a\s+maximum\s+of)\s+)?"
    rf"(?:successive\s+|several\s+|further\s+|(?P<number>{SPOKEN})\s+)?rounds?(?!\w)|(?<!\w)repeated(?:ly)?(?!\w)"
)
_UNTIL = re.compile(
    r"(?<!\w)(?:repeated(?:ly)?\s+)?until\s+(?:(?:the\s+)?(?:loss|losses)\s+(?:is|are)\s+(?:fully\s+)?"
    r"(?:covered|met|gone)|(?:all\s+(?:are\s+)?)?exhausted)(?!\w)"
)


def _provisos(stop: Stop) -> Iterator[Slip]:
    """``up to x each, provided that …``: a condition stands in a clause of its own; ``up to x if y each``."""
    if "ADD" in stop.expected and not stop.expected.isdisjoint({"EACH", "LIMIT_EACH"}):
        for found in stop.around(_EITHER_VALUE):
            help_ = "one of two values is written `if … then … else …`; who pays at all, `paid by survivors where …`"
            yield _open(found, "+", "does not stand behind a value", help_, keyword=False)
    if not {"UP", "WHEN"} <= stop.expected:
        return
    for found in stop.around(_PROVISO):
        clause = "when not (…)" if found["not"] else "when …"
        help_ = f"a condition of the whole step is written `{clause}`; one of single payers `paid by survivors where …`"
        yield _open(found, "\n when", "does not stand here", help_)


def _periods(stop: Stop) -> Iterator[Slip]:
    """``during the cooling-off period``: a period is declared, and has a name."""
    if stop.expected.isdisjoint({"LIMIT_IN", "SEGMENT", "DURING", "CALENDAR"}):
        return
    for found in stop.around(_PERIOD):
        help_ = "declare a `period` with what opens it, and write `during` and its name"
        yield _open(found, "during x", "does not say which period", help_)


def _rounds(stop: Stop) -> Iterator[Slip]:
    """``in rounds``, ``repeated until exhausted``."""
    help_ = "write `in at most 3 rounds`, with the number of rounds that the rule allows"
    for found in stop.around(_UNTIL):
        passed_on = f"what one payer cannot bear passes to the others anyway; for calls that are repeated, {help_}"
        yield _open(found, "in at most 2 rounds", "does not say how many rounds there are", passed_on)
    for found in stop.around(_ROUNDS):
        if found["number"] is not None:
            own = f"in at most {in_digits(found['number'])} rounds"
            message = f"{quoted(found[0])} is not a phrase of the language here"
            yield Slip("foreign-word", message, found.span(), own, f"write `{own}`", beyond=1)
        else:
            yield _open(found, "in at most 2 rounds", "does not say how many rounds there are", help_)
