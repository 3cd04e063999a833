"""Slips in phrases: plain English and words of other languages for which this one has its own."""

import re
from collections.abc import Iterator

from rulelang.syntax.grammar import openers
from rulelang.syntax.recovery.places import in_amount, in_condition, on_line
from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.spoken import whole_words
from rulelang.syntax.recovery.stop import Stop
from rulelang.syntax.recovery.vocabulary import PHRASES


def foreign_words(stop: Stop) -> Iterator[Slip]:
    """Phrases for which the language has its own, such as ``pro-rata`` or ``non-defaulting members``."""
    for pattern, own in () if _begins_a_day(stop) else PHRASES:
        if own in _OPERATORS and not on_line(stop):
            continue  # what begins a line begins a clause
        if own in _COMPARATORS and in_amount(stop):
            continue  # an amount is no condition: there, `x above y` is what x has more than y
        if own == "up to" and in_condition(stop):
            continue  # `when loss not more than EUR 5` says nothing of a limit
        for found in stop.around(whole_words(pattern)):
            written = stop.text[slice(*found.span())].strip()  # where capitals do not count, it is not what was found
            replacement = re.sub(r"\s+,", ",", found.expand(own))
            plain = " ".join(replacement.split())
            if " ".join(written.split()) in {plain, plain.removeprefix(", ")}:
                continue
            shown = (found.end() - len(written), found.end())
            if not own and written.startswith("per") and "ADD" in stop.expected:
                continue  # `EUR 5 per member` is no `EUR 5`
            if not own and _names_something(stop, found.end() - len(written)):
                continue
            if not own:
                message = f"the word {quoted(written)} does not stand here"
                yield Slip("foreign-word", message, found.span(), "", "take it away", keyword=True, shown=shown)
                continue
            message, help_ = f"{quoted(written)} is not a phrase of the language here", f"write `{plain}`"
            # a type stands alone: nothing else can be meant, whatever follows
            sure = "MONEY" in stop.expected and found.start() == stop.at and own in _TYPES
            keyword = not own.startswith(r"\g<")  # that begins with what was written, which may be a name
            says_same = own in _SYNONYMS and not (own == "=" and _WORD_FOLLOWS.match(stop.text, found.end()))
            same = says_same or _letters(written) == _letters(plain)
            told = ("foreign-word", message, found.span(), replacement, help_)
            yield Slip(*told, shown=shown, beyond=1, sure=sure, keyword=keyword, plain=same)


_DAY = re.compile(r"on\s+[0-9]")


def _begins_a_day(stop: Stop) -> bool:
    """Whether a day of a history begins at the stop, however the line before it ends."""
    is_history = bool(stop.trail.crumbs) and stop.trail.crumbs[0].startswith("history ")
    return is_history and not on_line(stop) and stop.here(_DAY) is not None


def _names_something(stop: Stop, offset: int) -> bool:
    """Whether the word at an offset is the name that a step or section gets."""
    last, head = stop.before(), stop.before(2)
    declares = head is not None and head.kind in _NAMING | openers("step")
    return declares and last is not None and last.start == offset


_NAMING = frozenset({"DEFINE", "GIVEN", "LIMIT", "PERIOD", "PARTY", "FINALLY"})
_OPERATORS = frozenset({"<", ">", "+", "-", "*", "/", "of"})
_COMPARATORS = frozenset({"<", "<=", ">", ">=", "!=", "="})
_SYNONYMS = frozenset(
    "survivors|defaulters|ccp|equally|count of|average of|yes|no|>=|<=|!=|=|yes/no|text|date|else if|else|business days"
    "|tear-up".split("|")
)
"""Of the phrases for these, each says exactly the same."""


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


_WORD_FOLLOWS = re.compile(r"\s+(?!(?:yes|no)\b)[a-z]")
"""`is exhausted` and `is one of` may mean more than that two values are the same."""
_TYPES = frozenset({"yes/no", "text", "number", "money", "ratio", "date", "one of"})


_AGGREGATES = {
    **dict.fromkeys("mean avg".split(), "average"),
    "total": "sum",
    **dict.fromkeys("maximum max highest biggest greatest".split(), "largest"),
    **dict.fromkeys("minimum min lowest least".split(), "smallest"),
}


def aggregates(stop: Stop) -> Iterator[Slip]:
    """``mean of x over survivors``: read as a product of a name up to ``over``."""
    if stop.word != "over":
        return
    for moment in reversed(stop.history):
        own = _AGGREGATES.get(stop.source(moment))
        if own is not None:
            message = f"{quoted(stop.source(moment))} is no aggregate of the language"
            yield Slip("foreign-word", message, moment.span, own, f"write `{own}`", beyond=1)
            return
