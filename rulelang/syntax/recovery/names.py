"""Slips in names: capitals, hyphens, quotes, two words, letters like ``ä``, and words of the language."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from attrs import evolve

from rulelang.base.money import currency_codes
from rulelang.syntax.nodes import instant
from rulelang.syntax.recovery.automaton import Moment, opening_words, spellings
from rulelang.syntax.recovery.slip import Offsets, Slip, quoted
from rulelang.syntax.recovery.stop import Stop
from rulelang.syntax.words import CAPITALISED, RESERVED

_HYPHENATED = re.compile(r"(?<![\w-])[A-Za-z]\w*(?:-\w+)+(?![\w-])")
_MIXED_CASE = re.compile(r"(?<!\w)[a-z][a-z0-9_]*[A-Z]\w*")
_DIGIT_FIRST = re.compile(r"(?<![\w.])[0-9]+[A-Za-z_]\w*")
_CAPITALISED_WORDS = re.compile(r"(?<![\w\"])[A-Z][a-z]\w*(?:[ \t]+[A-Z][a-z]\w*)+")
_NOT_ASCII = re.compile(r"(?<!\w)\w*[^\W\d_a-zA-Z]\w*")
_HEADING = re.compile(r":(?!\s*(?:signed|money|number|ratio|text|date|yes|one)\b)")
_OUTCOME = re.compile(r"(?<!\w)finally[ \t]+(?P<words>[a-z]+(?:[ \t-]+[a-z]+)+)(?=[ \t]*(?:\"|#|[\r\n]|$))")
_QUOTED_NAME = re.compile(r'"([^"\r\n]{0,80})"')


def snake(text: str) -> str:
    """A text as a name: ``Own-Contribution`` and ``ownContribution`` give ``own_contribution``."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    divided = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9_]+", "_", divided.lower())).strip("_")


def names(stop: Stop) -> Iterator[Slip]:
    """Names that are capitalised, hyphenated, in two words, in quotes, in mixed case or with letters like ``ä``."""
    yield from _several_words(stop)
    for found in stop.around(_OUTCOME):
        yield _malformed(stop, "is several words", found.span("words"), snake(found["words"]))
    yield from _reserved(stop)
    yield from _currencies_and_ids(stop)
    for pattern, what in (
        *(() if stop.trail.in_event else ((_CAPITALISED_WORDS, "is several words"),)),
        (_HYPHENATED, "has a hyphen"),
        (_MIXED_CASE, "has capitals in it"),
        (_DIGIT_FIRST, "begins with a digit"),
        (_NOT_ASCII, "has letters other than a to z"),
    ):
        for found in stop.around(pattern):
            name = snake(found[0]).lstrip("0123456789_")
            times = _TIMES.fullmatch(found[0]) if pattern is _DIGIT_FIRST else None
            if times is not None and not stop.expected.isdisjoint({"LPAR", "ADD"}):
                yield _multiple(stop, times, found.span())
            elif name and name != found[0]:
                yield _malformed(stop, what, found.span(), name)
    yield from _capitalised(stop)
    yield from _in_quotes(stop)
    last = stop.before()
    if last is not None and last.kind == "NAME" and stop.kind in {"NAME", "CAPITALISED", "NUMBER"}:
        joined = snake(stop.text[last.start : stop.end])
        # where something else may follow a name, only a name that is used elsewhere can be meant
        is_known = stop.expected.isdisjoint({"ADD", "COMMA"}) or joined in stop.text
        if is_known and stop.text[last.end : stop.at].strip(" \t") == "":
            yield _malformed(stop, "is two words", (last.start, stop.end), joined)


_WORD = (
    r"(?!(?:paid|pays|pay|payable|borne|funded|met|by|ccp|survivors|defaulters|members|up|shared|when|where|from|per|for"
    r"|formerly|cite|together|end|as|opens|if)\b)[A-Za-z][A-Za-z'’]*"
)
_SEVERAL = rf"(?P<words>{_WORD}(?:[ \t-]+{_WORD}){{1,6}})"
_TYPES = r"(?:signed|money|number|ratio|text|date|yes/no|one\s+of|[A-Z]{3}\s+per)\b"
_ENDS_STEP = r"(?=[ \t]*(?:\"|\(|#|[\r\n]|$|cite\b|paid\s+by\b|per\s+segment\b))"
_DECLARED = re.compile(
    rf"^[ \t]*(?:given[ \t]+)?(?!given\b){_SEVERAL}[ \t]*:[ \t]*{_TYPES}"
    rf"|^[ \t]*define[ \t]+{_SEVERAL.replace('words', 'defined')}[ \t]+as\b"
    rf"|^[ \t]*(?:tranche|assessment|haircut|tear-up|voluntary)[ \t]+{_SEVERAL.replace('words', 'step')}{_ENDS_STEP}"
    rf"|^[ \t]*(?:party|period)[ \t]+{_SEVERAL.replace('words', 'other')}(?=[ \t]*(?:\"|#|[\r\n]|$|opens\b|cite\b))",
    re.MULTILINE,
)
"""A name of several words where it is declared."""
_MOST_READ = 40_000
"""So much of a text is looked through for such names."""


@lru_cache(maxsize=4)
def _declared_in(text: str) -> tuple[frozenset[tuple[int, int]], frozenset[str]]:
    """Where names of several words are declared in a text, and those names."""
    found = _DECLARED.finditer(text[:_MOST_READ])
    spans = [match.span(match.lastgroup or "words") for match in found]
    spans = [span for span in spans if " " in text[slice(*span)]]  # a hyphen alone is told as one
    return frozenset(spans), frozenset(" ".join(text[start:end].split()) for start, end in spans)


def _several_words(stop: Stop) -> Iterator[Slip]:
    """``clearing fund contribution : money``, and that name wherever it is used."""
    if stop.trail.in_event:
        return
    spans, names_ = _declared_in(stop.written or stop.text)
    for start, end in spans if stop.written is None else ():
        if start <= stop.at <= end:
            yield _of_words(stop, (start, end), stop.text[start:end])
    near = " ".join(stop.text[slice(*stop.window)].split())
    for name in sorted((name for name in names_ if name in near), key=len, reverse=True):
        pattern = re.compile(r"(?<![\w-])" + r"\s+".join(map(re.escape, name.split())) + r"s?(?![\w-])")
        for found in stop.around(pattern):
            yield _of_words(stop, found.span(), name)


def _of_words(stop: Stop, span: Offsets, name: str) -> Slip:
    how_many = "two" if len(re.split(r"[\s-]+", name)) == 2 else "several"
    return evolve(_malformed(stop, f"is {how_many} words", span, snake(name)), beyond=1)


def _multiple(stop: Stop, times: "re.Match[str]", span: Offsets) -> Slip:
    """``2y``, which is no name: a product, of which ``3/4y`` does not say what is divided by what."""
    own = f"{times['number']} * {times['name']}"
    choices = (own, f"({own})") if stop.text[: span[0]].rstrip().endswith("/") else (own,)
    message, either = f"the name {quoted(times[0])} begins with a digit", " or ".join(f"`{each}`" for each in choices)
    help_ = f"a multiple is written with `*`: write {either}" + (", whichever is meant" if choices[1:] else "")
    return Slip("malformed-name", message, span, own, help_, fix=False, choices=choices)


_TIMES = re.compile(r"(?P<number>[0-9]+)(?!(?:st|nd|rd|th)(?:_|$))(?P<name>[a-z]\w*)")


def _loses_letters(text: str) -> bool:
    """Whether letters have no counterpart among a to z, so that what is left may be another name."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    is_sign = any(sign.isnumeric() and not sign.isdecimal() for sign in text)
    return is_sign or any(sign.isalnum() and not sign.isascii() for sign in plain)


def _malformed(stop: Stop, what: str, span: Offsets, own: str) -> Slip:
    message = f"the name {quoted(stop.text[slice(*span)])} {what}"
    if _loses_letters(stop.text[slice(*span)]):
        help_ = "names are of small letters from a to z, digits and underscores"
        return Slip("malformed-name", message, span, own, help_, fix=False)
    help_ = f"names are of small letters, digits and underscores: write `{own}`"
    plain = own == stop.text[slice(*span)].lower()
    return Slip("malformed-name", message, span, own, help_, plain=plain)


def _capitalised(stop: Stop) -> Iterator[Slip]:
    for moment in (stop.moment, stop.before()):
        if moment is not None and moment.kind == "CAPITALISED" and "NAME" in stop.machine.expected(moment.before):
            written = stop.source(moment)
            expected = stop.machine.expected(moment.before)
            if {"STRING", "NUMBER"} <= expected and "LPAR" not in expected:  # the value of something
                yield from _capitalised_value(stop, moment)
            elif stop.last_of({"BY", "COLON"}) is not None and "CCP" in expected:
                help_ = f"write `ccp` for the house, or `{snake(written)}` for a `party` of that name"
                message, choices = f"the payer {quoted(written)} begins with a capital", ("ccp", snake(written))
                yield Slip("malformed-name", message, moment.span, "ccp", help_, fix=False, choices=choices)
            elif written not in currency_codes() and written != stop.currency:
                yield _malformed(stop, "begins with a capital", moment.span, snake(written))


_VALUE = re.compile(r"[A-Z][\w+/&-]*")


def _capitalised_value(stop: Stop, moment: Moment) -> Iterator[Slip]:
    """``rating = AA``: a text without its quotes, or the value of a choice in capitals."""
    found = _VALUE.match(stop.text, moment.start)
    if found is None or found[0] in currency_codes():
        return
    message = f"the value {quoted(found[0])} is no word of small letters and does not stand in quotes"
    choices = (own, word) = (f'"{found[0]}"', snake(found[0]))
    help_ = f"write `{own}` if it is a text, or `{word}` if it is a value of a choice"
    yield Slip("malformed-name", message, found.span(), own, help_, fix=False, choices=choices, beyond=1)


def _currencies_and_ids(stop: Stop) -> Iterator[Slip]:
    """A currency or the id of a member in small letters."""
    if "CAPITALISED" not in stop.expected or not re.fullmatch(r"[a-z][a-z0-9_]*", stop.word):
        return
    upper = stop.word.upper()
    if upper in currency_codes():
        message = f"the currency {quoted(stop.word)} is not in capitals"
        yield Slip("malformed-name", message, stop.span, upper, f"write `{upper}`", beyond=1, plain=True)
    if "STRING" in stop.expected and stop.expected.isdisjoint({"NUMBER", "FORMERLY"}):
        help_ = f'write `{upper}`, or `"{stop.word}"` in quotes if it is spelt like this'
        message, own = f"the member id {quoted(stop.word)} does not begin with a capital", f'"{stop.word}"'
        yield Slip("malformed-name", message, stop.span, own, help_, fix=False, choices=(upper, own), beyond=1)


_WORD_OF_ID = re.compile(r"\w[\w.&+/*@'’-]*|&")
_AMOUNT = re.compile(r"[A-Z]{3,10}[ \t]+[0-9]")
_MOST_WORDS = 6
"""An id in quotes may be a name of so many words."""


def member_ids(stop: Stop) -> Iterator[Slip]:
    """The id of a member that is no capitalised word: ``529900HNOAA1KXQJUQ27``, ``08756``, ``Smith-Jones``."""
    last = stop.before()
    for moment in (last, stop.moment):
        begins_line = moment is not last and "\n" in stop.text[stop.before_end : stop.at]
        if moment is None or begins_line or (moment is last and moment.kind != "CAPITALISED"):
            continue
        expected = stop.machine.expected(moment.before)
        if {"CAPITALISED", "STRING"} <= expected and expected.isdisjoint({"NUMBER", "PER"}):
            yield from _quoted_ids(stop, moment.start)


@cache
def _words() -> frozenset[str]:
    return frozenset(word for written in spellings().values() for word in written)


def _quoted_ids(stop: Stop, start: int) -> Iterator[Slip]:
    end = start
    for _ in range(_MOST_WORDS):
        blank = end + len(stop.text[end : stop.window[1]]) - len(stop.text[end : stop.window[1]].lstrip(" \t"))
        found = _WORD_OF_ID.match(stop.text, blank, stop.window[1])
        if found is None or (end > start and _begins_anew(stop, found)) or _is_no_part(found[0], first=end == start):
            return
        end = found.end() - (len(found[0]) - len(found[0].rstrip(".'’")))
        written = stop.text[start:end]
        if end > stop.at and not re.fullmatch(rf"[a-z][a-z0-9_]*|{CAPITALISED}", written):
            message, own = f"the member id {quoted(written)} is not one word with a capital", f'"{written}"'
            help_ = f"an id of another form stands in quotes: write `{own}`"
            yield Slip("malformed-name", message, (start, end), own, help_, beyond=1, plain=written.isalnum())


def _is_no_part(word: str, *, first: bool) -> bool:
    """Whether a word is of no id: a name with underscores, or in front a word of the language or one such as `any`."""
    return ("_" in word and word.islower()) or (first and word.islower() and (word in _words() or word in _ARTICLES))


_ARTICLES = frozenset("a an any its such that the their this".split())


def _begins_anew(stop: Stop, word: re.Match[str]) -> bool:
    """Whether a word is of what stands behind an id: a word of the language, a day, an amount."""
    return word[0] in _words() or instant(word[0]) is not None or _AMOUNT.match(stop.text, word.start()) is not None


def _in_quotes(stop: Stop) -> Iterator[Slip]:
    """A title where the name is missing, or a name in quotes."""
    found = stop.here(_QUOTED_NAME)
    if found is None or "NAME" not in stop.expected:
        return
    name = snake(found[1]).lstrip("0123456789_") or "name"
    message = f"the name is missing before the title {quoted(found[0])}"
    help_ = f"a name of small letters comes first: `{name} {found[0]}`"
    yield Slip("missing-part", message, stop.gap, f"{name} ", help_, shown=found.span(), beyond=1)
    yield _malformed(stop, "stands in quotes", found.span(), name)


def _reserved(stop: Stop) -> Iterator[Slip]:
    """A word of the language where a name is due, unless the name before it is what is missing."""
    last = stop.before()
    if last is None:
        return
    if stop.source(last) in opening_words("section") and _HEADING.match(stop.text, stop.at):
        message = f"no colon stands behind {quoted(stop.source(last))}"
        yield Slip("foreign-punctuation", message, stop.first, "", "remove the colon", sure=True, plain=True)
    if _declares(stop, stop.at) and stop.source(last) in RESERVED and "NAME" in stop.machine.expected(last.before):
        yield _reserved_slip(stop.source(last), last.span)
    if stop.word not in RESERVED or "NAME" not in stop.expected or "LPAR" in stop.expected:
        return
    yield Slip("missing-part", f"a name is missing{stop.behind}", stop.gap, "x ", fix=False, shown=last.span)
    if "\n" not in stop.text[stop.before_end : stop.at] or _declares(stop, stop.end):
        yield _reserved_slip(stop.word, stop.span)


def _declares(stop: Stop, at: int) -> bool:
    """Whether a sign stands at an offset that makes the word before it a name."""
    return re.compile(r"[ \t]*[:=]").match(stop.text, at) is not None


def _reserved_slip(word: str, span: Offsets) -> Slip:
    message = f"`{word}` is a word of the language and cannot be a name"
    help_ = "choose another name, perhaps of two words"
    return Slip("reserved-word", message, span, f"my_{word}", help_, fix=False, beyond=1)
