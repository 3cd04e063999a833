"""Slips in signs: quotes, comments, operators and punctuation of other languages, and characters nobody can see."""

import re
import unicodedata
from collections.abc import Iterator

from rulelang.base.look_alikes import name_of
from rulelang.syntax.characters import FORBIDDEN, forbidden
from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.stop import NEAR, Stop

# ------------------------------------------------------------------------------------------------ unseen characters

_UNSEEN = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u180b-\u180e\u2000-\u200d\u202f\u205f-\u2064\u3000\ufe00-\ufe0f\ufeff]+"
)
_WIDE = frozenset("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
_UNSEEN_IN_WORD = re.compile(rf"\w*(?P<unseen>{FORBIDDEN.pattern}|{_UNSEEN.pattern})")


def unseen(stop: Stop) -> Iterator[Slip]:
    """A no-break space, a zero-width space and the like outside of texts in quotes and comments."""
    found = stop.here(_UNSEEN_IN_WORD)
    if found is None:
        return
    run = found["unseen"]
    if FORBIDDEN.match(run):
        yield forbidden(run[0], found.start("unseen"))
    blank = any(character in _WIDE for character in run)
    advice = "put an ordinary blank in its place" if blank else "take it away"
    message = f"the character {name_of(run[0])} looks like a blank or like nothing, and is neither"
    span = found.span("unseen")
    own, skip = " " if blank else "", span[1]
    yield Slip("invisible-character", message, span, own, advice, beyond=1, sure=True, skip=skip, plain=True)


# ----------------------------------------------------------------------------------------------------------- quotes

_OPEN, _CLOSE = "“”„‟«»‹›‘’‚‛`´′″＂", "“”„‟«»‹›‘’‚‛`´′″＂'"
_FOREIGN_QUOTES = re.compile(rf"(?:[{_OPEN}']{{1,2}})(?P<inner>[^\"\r\n{_OPEN}]*?)(?:[{_CLOSE}]{{1,2}}|\")(?!\w)")
_STRAIGHT_THEN_CURLY = re.compile(rf"\"(?P<inner>[^\"\r\n{_OPEN}]*)[{_OPEN}]+")
_LONE_QUOTE = re.compile(rf"[{_OPEN}']")
_BROKEN_STRING = re.compile(r'"(?P<inner>[^"]{0,400})"')


def quotes(stop: Stop) -> Iterator[Slip]:
    """Curly and single quotes, a text in quotes without its end, over two lines, or with a quote inside."""
    for pattern in (_FOREIGN_QUOTES, _STRAIGHT_THEN_CURLY):
        found = stop.here(pattern)
        if found is not None:
            message, own = f"{quoted(found[0])} does not stand in straight double quotes", f'"{found["inner"].strip()}"'
            skip = found.end()
            help_ = f"write `{own}`"
            yield Slip("foreign-quotes", message, found.span(), own, help_, beyond=1, sure=True, skip=skip, plain=True)
    if stop.here(_LONE_QUOTE):
        message, help_ = f"{quoted(stop.character)} is no quote of the language", 'use straight double quotes: `"`'
        yield Slip("foreign-quotes", message, stop.first, help=help_, sure=True, skip=stop.window[1])
    if stop.text.startswith('"', stop.at) and stop.kind != "STRING":
        yield from _unclosed(stop)
    last = stop.before()
    if last is not None and last.kind == "STRING" and (stop.word[:1].isalnum() or stop.kind == "STRING"):
        line = stop.text[last.start : stop.window[1]]
        if last.end == stop.at or (line.split("#")[0].count('"') % 2 and "\n" not in line):
            yield _quote_inside(stop, last.start)


def _unclosed(stop: Stop) -> Iterator[Slip]:
    """A quote that is not closed on its line."""
    opened, line_end = stop.at, stop.window[1]
    text = stop.text[opened:line_end].rstrip()
    whole = (opened, opened + len(text))
    message, help_ = f"the text {quoted(text)} has no closing quote on its line", 'put a `"` at its end'
    for closed in (text, text.split("#")[0].rstrip()):
        span = (opened, opened + len(closed))
        yield Slip("unclosed-string", message, span, f'{closed}"', help_, beyond=1)
    found = stop.here(_BROKEN_STRING)
    if found is not None:
        joined = f'"{" ".join(found["inner"].split())}"'
        over = f"the text {quoted(found[0])} goes over more than one line"
        one = "a text in quotes stands on one line, however long"
        yield Slip("unclosed-string", over, found.span(), joined, one, beyond=1, shown=whole)
    if line_end - opened < NEAR:
        yield Slip("unclosed-string", message, whole, f'{text}"', help_, sure=True, skip=line_end)
    line_end = max(line_end, stop.text.find("\n", opened))
    yield Slip("unclosed-string", message, whole, help=help_, sure=True, skip=line_end)


def _quote_inside(stop: Stop, start: int) -> Slip:
    """A text in quotes directly followed by something: a quote inside it, or one that is missing."""
    line_end = stop.window[1]
    line = stop.text[start:line_end]
    if line.count('"') % 2:
        message, help_ = "a quote is missing on this line", 'every text in quotes has a `"` at its start and at its end'
        return Slip("unclosed-string", message, (start, stop.at), help=help_, sure=True, skip=line_end)
    message = "a text in quotes holds a quote"
    help_ = "a text cannot hold straight double quotes: use single quotes inside it"
    last, shown = line.rindex('"'), (stop.at - 1, stop.at)
    span, own = (start, start + last + 1), '"' + line[1:last].replace('"', "'") + '"'
    return Slip("unclosed-string", message, span, own, help_, beyond=1, shown=shown, sure=True, skip=line_end)


# --------------------------------------------------------------------------------------------------------- comments

_COMMENT = re.compile(r"//|--|/\*|<!--|;;|\bREM\b|%%")
_BLOCK_END = {"/*": "*/", "<!--": "-->"}


def comments(stop: Stop) -> Iterator[Slip]:
    """``// …``, ``-- …`` and ``/* … */``."""
    low, high = stop.window
    for found in _COMMENT.finditer(stop.text, low, high):
        start = found.start()
        if start > stop.at:
            return
        closing = _BLOCK_END.get(found[0], "")
        end = stop.text.find(closing, found.end(), found.end() + 4000) if closing else high
        if end < 0 or not stop.is_code(start):
            continue
        inner = stop.text[found.end() : end].strip()
        end += len(closing)
        own = "\n".join(f"# {line.strip(' *')}".rstrip() for line in inner.splitlines()) or "#"
        own += "" if stop.text[end : end + 1] in {"", "\r", "\n"} else "\n"
        message = f"`{found[0]}` begins no comment"
        if found[0] == "//" and inner:
            choices = (divided, remark) = (f"/ {inner}", own.strip())
            help_ = f"write `{divided}` if this divides, `{remark}` if it is a comment"
            told = ("foreign-comment", message, (start, end), divided, help_)
            yield Slip(*told, fix=False, choices=choices, shown=found.span(), beyond=1)
        help_, is_block = "a comment begins with `#` and goes on to the end of its line", closing != ""
        told = ("foreign-comment", message, (start, end), own, help_)
        yield Slip(*told, shown=found.span(), beyond=1, sure=start == stop.at and is_block, skip=end, plain=is_block)


# -------------------------------------------------------------------------------------------------------- operators

_OPERATORS = {
    "==": "=", "===": "=", "<>": "!=", "=!": "!=", "!==": "!=", "/=": "!=", "~=": "!=", "=<": "<=", "=>": ">=",
    "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "~": "not", "≤": "<=", "≥": ">=", "≠": "!=", "×": "*",
    "·": "*", "∙": "*", "⋅": "*", "÷": "/", "∧": "and", "∨": "or", "¬": "not", "–": "-", "—": "-", "−": "-", "‑": "-",
    "‒": "-", "―": "-", "⁄": "/", "∕": "/",
}  # fmt: skip
_OF_ONE_MEANING = frozenset("== === <> !== =< && || ≤ ≥ ≠ × ÷ ∧ ∨ − ∕".split())
_OPERATOR = re.compile("|".join(re.escape(sign) for sign in sorted(_OPERATORS, key=len, reverse=True)))


def operators(stop: Stop) -> Iterator[Slip]:
    """``==``, ``<>``, ``&&``, ``!``, ``≤``, ``–`` and other signs for which the language has its own."""
    power = "**" if stop.text.startswith("**", max(stop.at - 1, 0)) else "^" if stop.character == "^" else None
    if power is not None:
        help_ = "powers are written out, as in `x * x`"
        yield Slip("foreign-punctuation", _no_sign(power), stop.first, help=help_, sure=True)
    for start in range(max(stop.at - 2, 0), stop.at + 1):
        found = _OPERATOR.match(stop.text, start)
        if found is not None and found.end() > stop.at and stop.is_code(start):
            yield _operator(stop, found[0], start)
    found = stop.here(re.compile(r"\w*[–—−‑‒―]"))
    if found is not None and found.end() > stop.at + 1:
        yield _operator(stop, found[0][-1], found.end() - 1)


def _operator(stop: Stop, sign: str, start: int) -> Slip:
    own, end = _OPERATORS[sign], start + len(sign)
    padded = own
    if own.isalpha():
        padded = ("" if stop.text[start - 1 : start].isspace() else " ") + own
        padded += "" if stop.text[end : end + 1].isspace() else " "
    message, help_, sure, plain = _no_sign(sign), f"write `{own}`", not sign.isascii(), sign in _OF_ONE_MEANING
    return Slip("foreign-punctuation", message, (start, end), padded, help_, sure=sure, beyond=1, plain=plain)


def _no_sign(sign: str) -> str:
    name = quoted(sign) if sign.isascii() else f"the character {name_of(sign)}"
    return f"{name} is no sign of the language"


# ------------------------------------------------------------------------------------------------------ punctuation

_INSTEAD = {
    ":": ("=", "as"),
    "=": (":", "as", "pays"),
    ":=": ("=", ":", "as"),
    ",": (":", "then"),
    ";": (",", ":"),
    ">": ("then",),
}
_SUPERFLUOUS = re.compile(r":=|[:=,;.!?]+|[-*•>]+(?=\s)")
_NAMES = {":": "colon", ";": "semicolon", ".": "full stop", ",": "comma", "=": "`=`"}
_BRACKETS = frozenset("[]{}")


def punctuation(stop: Stop) -> Iterator[Slip]:
    """``=`` where ``:`` is due and the reverse, and signs where none is due."""
    yield from _compatible(stop)
    for comma in (stop.before(), stop.before(2)):
        if comma is not None and comma.kind == "COMMA" and "\n" in stop.text[comma.end : stop.end]:
            message = "a comma stands at the end of a list"
            yield Slip("foreign-punctuation", message, comma.span, "", "take it away", beyond=1)
    if "NAME" in stop.expected and "LPAR" not in stop.expected and stop.word[:1] in {":", "="}:
        yield Slip("missing-part", f"a name is missing{stop.behind}", stop.gap, " x ", fix=False, shown=stop.first)
    found = stop.here(_SUPERFLUOUS)
    if found is not None:
        sign, span, behind = found[0], found.span(), stop.behind or " here"
        plain = sign in {":", "=", ":="} and "ADD" not in stop.expected
        for own in _INSTEAD.get(sign, ()):
            padded = f" {own} " if own.isalpha() else own
            message, help_ = f"`{sign}` stands where `{own}` is due", f"write `{own}`{behind}"
            yield Slip("foreign-punctuation", message, span, padded, help_, plain=plain)
        message = f"no {_NAMES.get(sign, quoted(sign))} stands{behind}"
        begins_line = not stop.text[max(stop.text.rfind("\n", 0, stop.at), 0) : stop.at].strip()
        if sign[0] in "-+*>" and not begins_line:
            return  # a bullet is taken away, an operator is somebody's
        around = stop.text[max(span[0] - 1, 0) : span[0]] + stop.text[span[1] :].lstrip(" \t")[:1]
        if sign == "." and around[1:].isdigit():  # of a number, a day or an abbreviation: without it there is another
            yield Slip("foreign-punctuation", message, span, "", fix=False, beyond=1)
            return
        plain = sign in _NAMES and sign != "=" and not stop.text[span[1] : stop.window[1]].split("#")[0].strip()
        yield Slip("foreign-punctuation", message, span, "", "take it away", beyond=1, plain=plain)
    if stop.character in _BRACKETS:
        help_ = "brackets are round: `(` and `)`"
        yield Slip("foreign-punctuation", _no_sign(stop.character), stop.first, help=help_, sure=True)


def _compatible(stop: Stop) -> Iterator[Slip]:
    """A sign that looks like one of the language, such as the wide colon of East Asian keyboards."""
    sign = stop.character
    plain = unicodedata.normalize("NFKC", sign)
    if not sign.isascii() and plain.isascii() and plain.strip():
        message, help_ = _no_sign(sign), f"write `{plain}`"
        yield Slip("foreign-punctuation", message, stop.first, plain, help_, beyond=1, sure=True, plain=True)


def stray_signs(stop: Stop) -> Iterator[Slip]:
    """A character that has no meaning in the language."""
    sign = stop.character
    if not stop.kind and sign and not sign.isalnum() and sign not in "\"'":
        if sign == "$" and re.match(r"[a-z]", stop.text[stop.at + 1 : stop.at + 2]):
            yield Slip("foreign-punctuation", _no_sign(sign), stop.first, "", "take it away")
        yield Slip("foreign-punctuation", _no_sign(sign), stop.first, sure=True)
