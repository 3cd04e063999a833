"""What the grammar lets through and the language does not.

The tokens and rules of a text without syntax errors are looked at once: for depth, for long numbers, and for slips that
happen to be sentences of the language, such as ``EUR 7,000`` in a call.
"""

import bisect
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from rulelang.base.money import MAXIMUM_DIGITS
from rulelang.base.source import Span
from rulelang.syntax.lexer import Token
from rulelang.syntax.parser import DEEP, MAXIMUM_DEPTH, Parsed, Reduction, Refused, parse
from rulelang.syntax.recovery.breadcrumbs import Trail
from rulelang.syntax.recovery.slip import Slip, too_deep
from rulelang.syntax.words import RESERVED, RESERVED_SINCE_SECOND

_DATE = re.compile(r"(?P<one>[0-9]{1,4})(?P<mark>[/-])(?P<two>[0-9]{1,2})(?P=mark)(?P<three>[0-9]{1,4})(?![\w.%])")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![\w%]|[.,][0-9])")
_PAYERS = {"survivor": "survivors", "defaulter": "defaulters", "non_defaulters": "survivors", "clearing_house": "ccp"}
_YES_OR_NO = {"true": "yes", "false": "no"}
_QUANTITIES = frozenset(
    """
    lower lesser smaller lowest smallest least minimum higher greater larger bigger highest greatest largest biggest
    maximum start all half halves third thirds quarter quarters fourth fifth fifths sixth eighth tenth tenths
    """.split()
)
"""Words with which people say amounts, in front of ``of``."""
_MOST_TRIED = 20
"""So many of them are told at once, for each is tried out on the whole text."""
_FOREIGN = _PAYERS.keys() | _YES_OR_NO.keys() | _QUANTITIES


def refused(text: str, parsed: Parsed, edition: int = 2) -> tuple[list[Slip], bool]:
    """What is wrong with a text that the grammar accepts, and whether a reserved word stands where a name is due.

    Nothing is looked for inside of what stands too deep.
    """
    deep = _too_deep(parsed.reductions) if parsed.is_cut else []
    inside = _Places(deep)
    tokens = [token for token in parsed.tokens if not inside.hold(token)] if deep else parsed.tokens
    slips = [too_deep((place.start, place.start + 1)) for place in deep]
    reserved = doubtful = False
    words = RESERVED - RESERVED_SINCE_SECOND if edition == 1 else RESERVED
    for token in tokens:
        if token.kind == "NAME":
            reserved = reserved or token.text in words
            doubtful = doubtful or token.text in _FOREIGN
        elif token.kind in {"NUMBER", "PERCENTAGE"}:
            slips += _number(text, token)
    if doubtful:
        slips += _foreign_words(text, tokens, parsed.reductions)
    return sorted(slips, key=lambda slip: slip.span[0]), reserved


def _too_deep(reductions: Sequence[Reduction]) -> list[Span]:
    """The outermost expressions that stand too deep; a rule is looked at before those it is made of, the last first."""
    around: list[Span] = []
    found: list[Span] = []
    for rule, place in reversed(reductions):
        if rule in DEEP:
            while around and place.end <= around[-1].start:
                around.pop()
            around.append(place)
            if len(around) == MAXIMUM_DEPTH + 1:
                found.append(place)
    return found


class _Places:
    """Places that do not overlap, of which there may be many."""

    def __init__(self, places: Iterable[Span]) -> None:
        self._ends = dict(places)
        self._starts = sorted(self._ends)

    def hold(self, token: Token) -> bool:
        """Whether a token stands in one of them."""
        before = bisect.bisect_right(self._starts, token.start)
        return before > 0 and token.start < self._ends[self._starts[before - 1]]


def _number(text: str, token: Token) -> Iterator[Slip]:
    """A number that is too long, or half of a date or of a longer number: a sign stands directly behind it."""
    start, end = token.start, token.end
    if end - start > MAXIMUM_DIGITS and sum(map(str.isdigit, token.text)) > MAXIMUM_DIGITS:
        message = f"this number has more than {MAXIMUM_DIGITS} digits"
        help_ = "no amount of money needs so many: check the number"
        yield Slip("number-too-long", message, (start, end), help=help_)
    elif text[end : end + 1] in {"-", "/", ","}:
        yield from _glued(text, start)


def _glued(text: str, start: int) -> Iterator[Slip]:
    date = _DATE.match(text, start)
    if date is not None and text[start - 1 : start] not in {"-", "/"}:
        from rulelang.syntax.recovery.values import date_slip, readings  # a comma alone needs none

        days = readings(date["one"], date["mark"], date["two"], date["three"])
        if days:
            yield date_slip(date[0], date.span(), days)
    thousands = _THOUSANDS.match(text, start)
    if thousands is not None and re.search(r"[A-Z]{3}\s+$", text[max(start - 8, 0) : start]):
        plain = thousands[0].replace(",", "_")
        message = f"the amount `{thousands[0]}` has commas between its digits"
        yield Slip("foreign-amount", message, thousands.span(), plain, f"write `{plain}`")


def _foreign_words(text: str, tokens: Sequence[Token], reductions: Sequence[Reduction]) -> Iterator[Slip]:
    """Names nobody declared that stand for words of the language."""
    choice_types = _Places(place for rule, place in reductions if rule == "choice_type")
    references = {place.start for rule, place in reductions if rule == "reference"}
    names = [(at, token) for at, token in enumerate(tokens) if token.kind == "NAME"]
    parties = {token.text for at, token in names if tokens[at - 1].kind == "PARTY"}
    choices = {token.text for _, token in names if choice_types.hold(token)}
    for at, token in names:
        payer, choice = _PAYERS.get(token.text), _YES_OR_NO.get(token.text)
        if payer is not None and token.text not in parties and _is_payer(tokens, at):
            yield _word(token, payer, "foreign-word" if token.text not in payer else "misspelt-word")
        if choice is not None and token.text not in choices and token.start in references:
            yield _word(token, choice, "foreign-word")
    declared = {token.text for _, token in names if token.start not in references}
    quantities = [
        token
        for at, token in names
        if token.text in _QUANTITIES - declared
        and token.start in references
        and any(behind.kind == "OF" for behind in tokens[at + 1 : at + 2])
    ]
    if quantities:
        from rulelang.syntax.recovery.quantities import read_as_names

        yield from read_as_names(text, quantities[:_MOST_TRIED], _is_word)


def _is_word(text: str, at: int) -> bool:
    """Whether a text is a rulebook's and no name stands at an offset."""
    try:
        tokens = parse(text, "rulebook").tokens
    except Refused:
        return False
    return all(token.start != at or token.kind != "NAME" for token in tokens)


def _is_payer(tokens: Sequence[Token], at: int) -> bool:
    return [token.kind for token in tokens[max(at - 2, 0) : at]] == ["PAID", "BY"]


def _word(token: Token, own: str, code: str) -> Slip:
    message = f"`{token.text}` is not a word of the language"
    return Slip(code, message, (token.start, token.end), own, f"write `{own}`")


def trails(text: str, start: str, slips: list[Slip]) -> Iterator[Trail]:
    """The way down to each of the slips, which stand in the order of the text."""
    if not slips:
        return
    from rulelang.syntax.recovery.partial import moments

    trail, waiting = Trail(), deque(slips)
    for moment in moments(text, start):
        while waiting and waiting[0].span[0] <= moment.start:
            waiting.popleft()
            yield trail
        if not waiting:
            return
        if moment.after is not None:
            trail.see(moment.kind, text[moment.start : moment.end], moment.span)
    for _ in waiting:
        yield trail
