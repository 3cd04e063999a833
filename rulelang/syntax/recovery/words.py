"""Slips in single words: misspelt ones, and words, signs and parts that are missing."""

import difflib
import re
from collections.abc import Iterator
from functools import cache

from rulelang.base.suggest import nearest
from rulelang.syntax.recovery.automaton import Moment, spellings
from rulelang.syntax.recovery.expected import listed, may_come
from rulelang.syntax.recovery.slip import Offsets, Slip, quoted
from rulelang.syntax.recovery.stop import Stop
from rulelang.syntax.words import RESERVED

# --------------------------------------------------------------------------------------------------------- misspelt

_WORD = re.compile(r"[^\W\d]\w*(?:-\w+)?")


def misspelt(stop: Stop) -> Iterator[Slip]:
    """A word near one that may stand there: ``trnache``, ``Waterfall``; also where it was read as a name."""
    for start, expected in _word_places(stop):
        found = _WORD.match(stop.text, start)
        if found is None:
            continue
        word = found[0]
        for own in _near(word, stop.spelt(expected)):
            if own == word or _reverses(word, own) or _is_another_word(word, own):
                continue
            message, help_, beyond = f"{quoted(word)} is misspelt", f"did you mean `{own}`?", 2
            if own == word.lower():
                message, help_ = f"the word {quoted(word)} is written with small letters", f"write `{own}`"
                yield Slip("misspelt-word", message, found.span(), own, help_, beyond=1, keyword=True, plain=True)
                continue
            if _is_almost(word, own):
                beyond = 1
            yield Slip("misspelt-word", message, found.span(), own, help_, beyond=beyond, keyword=True)


def _word_places(stop: Stop) -> Iterator[tuple[int, frozenset[str]]]:
    """The stop and the two words before it, with what may stand there."""
    yield stop.at, stop.expected
    for number in (1, 2):
        moment = stop.before(number)
        if moment is not None and moment.kind in {"NAME", "CAPITALISED"}:
            yield moment.start, stop.machine.expected(moment.before)


_NO_SLIPS = frozenset(
    {"number", "survivor", "then", "ex-member", "ex-members", "sequentially", "consequently", "xor", "nor"}
)
"""Words that are near others of the language and mean something else."""
_NEGATIVE = frozenset({"without", "non-default", "unused", "uncovered", "outside"})
_POSITIVE = frozenset({"used", "covered", "default"})
"""Words whose opposite is near: neither is offered for what looks like the other."""
_CANDIDATES = 3


def _is_almost(word: str, own: str) -> bool:
    """Whether 85 of 100 letters of both words are alike, so that the next word need not bear it out."""
    blocks = difflib.SequenceMatcher(None, word.lower(), own).get_matching_blocks()
    return 100 * 2 * sum(block.size for block in blocks) >= 85 * (len(word) + len(own))


def _reverses(word: str, own: str) -> bool:
    """Whether a word that may be meant says the opposite of what is written."""
    is_negative = word.lower().startswith(("un", "non")) or "out" in word.lower()
    return own in (_POSITIVE if is_negative else _NEGATIVE)


def _is_another_word(word: str, own: str) -> bool:
    """Whether both are words of the language and neither is a form of the other: `for` is no slip for `or`."""
    is_form = word.startswith(own) or own.startswith(word) or word == own.lower()
    return not is_form and (word in RESERVED or word in _written_words())


@cache
def _written_words() -> frozenset[str]:
    return frozenset(word for written in spellings().values() for word in written)


def _near(word: str, spelt: list[str]) -> Iterator[str]:
    """The words of the language that a word may be a slip for, the nearest first."""
    words = {own for own in spelt if own[0].isalpha()}
    if word.lower() in words:
        yield word.lower()
    elif len(word) <= _SHORT:
        yield from sorted(own for own in words if len(own) == len(word) + 1 and word.lower() in own)
    elif word.lower() not in _NO_SLIPS:
        for _ in range(_CANDIDATES):
            own = nearest(word, words)
            if own is None:
                return
            yield own
            words.discard(own)


_SHORT = 2
"""Of words so short only one letter can be missing."""


# ---------------------------------------------------------------------------------------------------------- missing

_MAY_BE_MISSING = tuple(
    """
    to by of shared pro rata first total the discretion order force losses segment per from under loss pays as over then
    if missing have one pool ratio reallocation in with dated open member a repay paid : = ,
    """.split()
)
_CARRIES_NOTHING = frozenset({"to", "by", "of", "rata", "the", "discretion", "=", ":"})
"""What may be missing without leaving anything open: a word of a phrase, a sign."""


def _is_certain(word: str, last: Moment, stop: Stop) -> bool:
    """Whether what follows can be nothing else than what a missing word leads to."""
    if last.kind == "RPAR":
        return False  # a remark may have stood there
    if word == "of":
        return last.kind not in {"AS", "PERCENTAGE"} or (last.kind == "PERCENTAGE" and stop.kind in _SURELY_PARTED)
    return word != "=" or stop.kind in _SURELY_VALUES


_SURELY_PARTED = frozenset("NAME LPAR MIN MAX CLAMP SUM AVERAGE LARGEST SMALLEST LOSS REMAINING TOTAL_PAID".split())
_SURELY_VALUES = frozenset({"CAPITALISED", "NUMBER", "PERCENTAGE"})
_FROM_A_DAY = re.compile(r"(?:since|until|from|on|dated)\s+[0-9]{4}-")
_AMOUNT = re.compile(r"[A-Z]{3,10}\s+[0-9]")
_WANTS = re.compile(r"[A-Za-z][\w ,.'()/&-]*")


def missing_words(stop: Stop) -> Iterator[Slip]:
    """A word or sign without which the phrase does not go on: ``shared pro rata contribution``."""
    last = stop.before()
    if last is None or not stop.expected.isdisjoint({"LPAR", "MONEY"}):
        return
    at, spelt = last.end, stop.spelt(stop.expected)
    for word in _MAY_BE_MISSING:
        if word == "member" and stop.source(last) != "former":
            continue  # what begins a line of its own is not missing behind another
        if word == "=" and stop.source(last) in {"since", "until"}:
            continue  # these say from or to which day, and name no value
        if word == "by" and "ADD" in stop.expected and "\n" in stop.text[at : stop.at]:
            continue  # what begins a line is no group of members
        if word in spelt and not (word in {"of", "="} and "ADD" in stop.expected and last.kind != "PERCENTAGE"):
            own = word if word in {",", ":"} else f" {word}" if stop.text[at : at + 1].isspace() else f" {word} "
            message, help_ = f"`{word}` is missing{stop.behind}", f"write `{word}`{stop.behind}"
            plain = word in _CARRIES_NOTHING and _is_certain(word, last, stop)
            yield Slip("missing-word", message, (at, at), own, help_, shown=_shown(stop, last), plain=plain)
    in_expression = "ADD" in stop.expected  # a note may follow there, but so may anything that was not understood
    is_amount = stop.kind == "CAPITALISED" and _AMOUNT.match(stop.text, stop.at) is not None
    if is_amount and "UP" in stop.expected and not stop.expected.isdisjoint({"_BECAUSE", "FROM", "SPLIT"}):
        message, help_ = f"`up to` is missing{stop.behind}", f"write `up to`{stop.behind}"
        yield Slip("missing-word", message, (at, at), " up to", help_, shown=stop.span)
    if "STRING" in stop.expected and not in_expression and (stop.word not in RESERVED or len(stop.expected) == 1):
        yield from _missing_quotes(stop)


def _shown(stop: Stop, last: Moment) -> Offsets:
    """The token at the stop, or the one before it if something is missing at the end of a line."""
    return last.span if "\n" in stop.text[last.end : stop.at] or stop.at_end else stop.span


def _missing_quotes(stop: Stop) -> Iterator[Slip]:
    """A title, path or citation without its quotes."""
    found = _WANTS.match(stop.text, stop.at, stop.line_end) if stop.line_end > stop.at else None
    if found is None or "\n" in stop.text[stop.before_end : stop.at] or _FROM_A_DAY.match(found[0]):
        return
    whole, is_due = found[0].rstrip(), stop.expected <= {"STRING", "DATE"}
    plain = is_due and RESERVED.isdisjoint(re.findall(r"\w+", whole))  # no word is of the language
    ends = [*(cut.start() for cut in _CLAUSE.finditer(whole)), None, *(cut.start() for cut in _BEHIND.finditer(whole))]
    for text in filter(None, (whole[:end].rstrip() for end in ends)):
        if _PAYER.search(text):
            continue  # that says who pays
        message, own, span = f"{quoted(text)} does not stand in quotes", f'"{text}"', (stop.at, stop.at + len(text))
        yield Slip("missing-quotes", message, span, own, f"write `{own}`", beyond=1, plain=plain)


_CLAUSE = re.compile(
    r"\b(?:up\s+to|shared|when|paid\s+by|in\s+order\s+of|in\s+force|in\s+at\s+most|once\s+during|per\s+segment"
    r"|for\s+(?:(?:non-default|all)\s+)?losses|at\s+the\s+discretion|without\s+reallocation)\b"
)


_BEHIND = re.compile(r"\b(?:cite|version|because|by)\b")
_PAYER = re.compile(r"(?<!\w)(?:ccp|survivors|defaulters)(?!\w)")


_PLACEHOLDERS = {
    "NUMBER": (" 0 ", "an expression"),
    "NAME": (" x ", "a name"),
    "STRING": (' "…" ', "a text in quotes"),
    "DATE": (" 2000-01-01 ", "a date"),
    "CAPITALISED": (" EUR 1 ", "an amount"),
}


def missing_parts(stop: Stop) -> Iterator[Slip]:
    """A name, title, value or expression that is not there."""
    last = stop.before()
    if last is None:
        return
    in_expression = "LPAR" in stop.expected
    examples = may_come(stop.expected)
    help_ = f"here stands {listed(examples)}" if len(examples) > 1 else None
    for kind, (text, what) in _PLACEHOLDERS.items():
        if kind not in stop.expected or (kind == "NAME" and in_expression):
            continue
        due = "a number" if kind == "NUMBER" and not in_expression else what
        message = f"{due} is missing{stop.behind}"
        yield Slip("missing-part", message, stop.gap, text, help_, shown=last.span, fix=False)
