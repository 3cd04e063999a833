"""Multiples, fractions, and the lower or higher of several values, as rules say them.

Some of these phrases stop the parser (``the lesser of x and y``); others are read as products of names nobody declared
(``half of x``, ``greater of x and y``), and are found when the text has been read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from rulelang.base.money import SCALES
from rulelang.syntax.lexer import Token
from rulelang.syntax.recovery.slip import Offsets, Slip, instead, quoted
from rulelang.syntax.recovery.spoken import AMOUNT, SPOKEN, in_digits
from rulelang.syntax.recovery.stop import Stop
from rulelang.syntax.recovery.values import FRACTIONS, code_of

_MULTIPLES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3}
_PARTS = {"third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_OF = r"(?:\s+of)?(?:\s+the)?\s+(?=[a-z(])"
_TIMES = re.compile(
    rf"(?<![\w-])(?:(?P<count>{SPOKEN})(?P<more>\s+and\s+(?:a|one)[\s-]+half)?\s+times"
    rf"|(?P<word>{'|'.join(_MULTIPLES)})){_OF}"
)
_PERCENT = re.compile(rf"(?<![\w-])(?P<percent>{SPOKEN})\s+per\s?cent(?:um\b|\.|\b){_OF}")
_FRACTION = re.compile(
    rf"(?<![\w-])(?:(?P<half>(?:a\s+|one[\s-]+)?half)|(?:(?P<count>an?|{SPOKEN})[\s-]+)?(?P<part>{'|'.join(_PARTS)})s?"
    rf"(?(count)|(?=\s+of\b))){_OF}"
)

_SPOKEN = re.compile(rf"(?<![\w-]){SPOKEN}(?![\w-])")
_SPOKEN_LENGTH = re.compile(
    rf"(?<![\w-])(?P<number>{SPOKEN})[\s-](?P<unit>day|month)s?(?:\s+(?:rolling\s+)?(?:period|window))?(?![\w-])"
)
_SPOKEN_AMOUNT = re.compile(
    rf"(?<![\w-])(?P<number>{SPOKEN})\s+(?P<scale>{'|'.join(SCALES)})(?:\s+(?P<currency>[A-Z]{{3}}|euros?|"
    rf"dollars?|yen|won))?(?!\w)"
)


_PER_CENT = r"\s*(?:%|per\s?cent(?:um\b|\.|\b)|percent)"
_IN_BOTH = re.compile(
    rf"(?<![\w-])(?:(?P<words>{SPOKEN})(?P<percent>{_PER_CENT})?\s*\(\s*(?P<digits>[0-9]+)(?P<same>{_PER_CENT})?\s*\)"
    rf"|(?P<before>[0-9]+)(?P<per>{_PER_CENT})?\s*\(\s*(?P<said>{SPOKEN})(?:{_PER_CENT})?\s*\))(?P<after>{_PER_CENT})?"
)
_AMOUNT_IN_BOTH = re.compile(
    rf"(?<!\w)(?P<amount>{AMOUNT})\s*\(\s*(?:(?:euros?|[A-Z]{{3}})\s+)?[a-z][a-z -]*?(?:euros?|dollars?|[A-Z]{{3}})?"
    r"\s*\)"
)


def in_words_and_digits(stop: Stop) -> Iterator[Slip]:
    """``three (3)``, ``two hundred per cent (200%)``, ``EUR 5 million (five million euros)``: a number said twice."""
    for found in stop.around(_IN_BOTH):
        digits, said = found["digits"] or found["before"], in_digits(found["words"] or found["said"])
        sign = "%" if any(found[each] for each in ("percent", "same", "per", "after")) else ""
        own, other = f"{digits}{sign}", f"{said}{sign}"
        if int(digits) == said:
            yield instead(found, own, "says a number twice", code="foreign-number")
        else:
            what, help_ = "says two numbers", f"write `{own}` or `{other}`, whichever is meant"
            yield instead(found, own, what, help_, code="foreign-number", fix=False, choices=(own, other))
    for found in stop.around(_AMOUNT_IN_BOTH):
        yield instead(found, found["amount"], "says an amount twice", code="foreign-amount")


def multiples(stop: Stop) -> Iterator[Slip]:
    """``three``, ``twice x``, ``three times x``, ``one third of x``, ``half x``, ``fifty per cent of x``."""
    if "NUMBER" in stop.expected and "LPAR" not in stop.expected:
        found = stop.here(_SPOKEN)
        if found is not None:
            own = str(in_digits(found[0]))
            message = f"the number {quoted(found[0])} is not written in digits"
            yield Slip("foreign-number", message, found.span(), own, f"write `{own}`", beyond=1)
    for found in stop.around(_SPOKEN_LENGTH):
        own = f"{in_digits(found['number'])} {found['unit']}s"
        yield instead(found, own, "is not written in digits", code="foreign-number")
    for found in stop.around(_SPOKEN_AMOUNT):
        code = code_of(found["currency"], stop) if found["currency"] else stop.currency
        own = f"{code or 'EUR'} {in_digits(found['number'])} {found['scale']}"
        message = f"the amount {quoted(found[0])} is not written in digits"
        yield Slip("foreign-amount", message, found.span(), own, f"write `{own}`", fix=code is not None, beyond=1)
    for pattern in (_TIMES, _PERCENT, _FRACTION):
        for found in stop.around(pattern):
            yield _factor(stop.text, found)


_MIXED_PERCENT = re.compile(
    rf"(?<![\w.])(?P<whole>[0-9]+)(?:\s+(?P<above>[0-9])/(?P<below>[0-9])|\s*(?P<part>[{''.join(FRACTIONS)}]))\s*%{_OF}"
)
_ORDINAL_PART = re.compile(rf"(?<![\w.])(?P<above>[0-9]+)\s*/\s*(?P<below>[0-9]+)(?:st|nd|rd|th)s?{_OF}")
_CHANGED = re.compile(
    r"(?<![\w.])(?:(?P<of>[a-z]\w*)\s+(?P<how>increased|raised|reduced|decreased|lowered)\s+by\s+(?P<by>[0-9]+)%"
    r"|(?P<more>[0-9]+)%\s+(?P<than>more|less)\s+than\s+(?P<what>[a-z]\w*))(?!\w)"
)
_JUXTAPOSED = re.compile(r"(?<![\w.)])(?P<number>[0-9]+(?:\.[0-9]+)?)(?=\([a-z])|(?<=\w)\s+[xX](?=\s+[0-9])")


def parts(stop: Stop) -> Iterator[Slip]:
    """``1/3rd of x``, ``33 1/3% of x``, ``x increased by 10%``, ``2(x)``, ``x x 2``."""
    for found in stop.around(_MIXED_PERCENT):
        more = FRACTIONS[found["part"]] if found["part"] else Fraction(int(found["above"]), int(found["below"]) or 1)
        share = (int(found["whole"]) + more) / 100
        yield _fraction(found, f"{share.numerator} / {share.denominator} * ")
    for found in stop.around(_ORDINAL_PART):
        yield _fraction(found, f"{found['above']} / {found['below']} * ")
    for found in stop.around(_CHANGED):
        is_more = found["how"] in {"increased", "raised"} or found["than"] == "more"
        by, of = int(found["by"] or found["more"]), found["of"] or found["what"]
        yield _fraction(found, f"{100 + by if is_more else 100 - by}% of {of}")
    for found in stop.around(_JUXTAPOSED):
        if "ADD" in stop.expected:
            yield _fraction(found, f"{found['number'] or ''} * ".replace("  ", " "))


def _fraction(found: "re.Match[str]", own: str) -> Slip:
    return instead(found, own, "is not written as numbers are here", code="foreign-number")


def _factor(text: str, found: "re.Match[str]") -> Slip:
    """The slip for a multiple or a fraction; behind a division the factor would change its side."""
    own = _as_factor(found.groupdict())
    divides = text[max(found.start() - 8, 0) : found.start()].rstrip().endswith("/")
    written = found[0].rstrip()
    message = f"{quoted(written)} is not written as numbers are here"
    shown = (found.start(), found.start() + len(written))
    return Slip(
        "foreign-number", message, found.span(), f"{own} ", f"write `{own} …`", fix=not divides, beyond=1, shown=shown
    )


def _as_factor(groups: dict[str, str | None]) -> str:
    word, part, percent = groups.get("word"), groups.get("part"), groups.get("percent")
    if word is not None:
        return f"{_MULTIPLES[word]} *"
    if percent is not None:
        return f"{in_digits(percent)}% of"
    number = in_digits(groups.get("count") or "one") or 1
    if part is None:
        more = ".5" if groups.get("more") else ""
        return f"{number}{more} *" if groups.get("half") is None else "50% of"
    share = Fraction(number, _PARTS[part])
    hundredths = share * 100
    if hundredths.denominator in {1, 2}:
        return f"{int(hundredths)}{'.5' * (hundredths.denominator == 2)}% of"
    return f"{share.numerator} / {share.denominator} *"


# ------------------------------------------------------------------------------------------- the lower or higher of

_LOWER = "lower lesser less smaller lowest smallest least minimum min".split()
_HIGHER = "higher greater more larger bigger highest greatest largest biggest maximum max".split()
_EXTREME = re.compile(
    rf"(?<![\w-])(?:whichever\s+is\s+)?(?:(?:the|an?)\s+)?(?P<word>{'|'.join([*_LOWER, *_HIGHER])})\s+(?:of|between)"
    r"(?:\s+either)?\b\s*:?\s*"
)
_PAUSE = re.compile(
    r"(?P<comma>,\s*(?:plus|less|minus|increased\s+by|reduced\s+by))\b"
    r"|\s+(?:each|in\s+(?:total|any|each|the)|during|at\s+(?:every|the)|cite|then|else|where|when|once|up\s+to)\b|\s*\)"
)
_BETWEEN = re.compile(r"(?!(?<=[0-9]),[0-9])\s*[,;]\s*(?:and\b|or\b)?\s*|\s+(?:and|or)\s+")
_ENUMERATED = re.compile(r"^(?:\((?:[ivx]+|[a-z]|[0-9])\)|[ivx]+\)|[a-z]\))\s*")
_OTHER_WORDS = re.compile(r"(?<!\w)(?:over|where|if|then|else|paid|shared|cite)(?!\w)")
_SUM = re.compile(r"\s[-+]\s|[<>=]|\bnot\b|^(?:lower|higher)\s+of\b")


def extremes(stop: Stop) -> Iterator[Slip]:
    """``the lesser of x and y``, ``the highest of x, y and z``, ``lower of x + 1 and y``."""
    low, high = stop.window
    before = [found for found in _EXTREME.finditer(stop.text, low, high) if found.start() <= stop.at]
    for found in before[-1:]:
        is_own = found["word"] in {"lower", "higher"} and not found[0].rstrip().endswith(":")
        if found.end() >= stop.line_end and not is_own:
            end = found.start() + len(found[0].rstrip())
            message = f"what {quoted(stop.text[found.start() : end])} chooses from stands below"
            help_ = "write it in one: `lower of X and Y`, `higher of X and Y`, or `min(X, Y, Z)`, `max(X, Y, Z)`"
            yield Slip("foreign-word", message, (found.start(), end), help=help_, sure=True)
        elif stop.is_code(found.start("word")):
            for span, *meant in _said(stop.text, found, stop.line_end):
                yield _extreme(stop.text, found, span, *meant)
            if found["word"] in {"lower", "higher"} and found.start() != found.start("word"):
                yield _extreme(stop.text, found, found.span(), f"{found['word']} of ")


_ONE = r"[^,()\r\n]+?(?<!\s)"
"""One of two values.  Blanks around it are no part of it: else they would be read in every way (``combinations``)."""
_WHICHEVER = re.compile(
    rf"(?<=\s)(?P<one>{_ONE}),?\s++(?:or|and)\s++(?P<other>{_ONE}),?\s*+whichever\s+is\s+(?:the\s+)?"
    rf"(?P<word>{'|'.join([*_LOWER, *_HIGHER])})(?:\s*,)?"
)
_IF_HIGHER = re.compile(
    rf"(?<=\s)(?P<one>{_ONE}),?\s++or\s*+[,(]?\s*+if\s+(?P<word>{'|'.join([*_LOWER, *_HIGHER])})(?:\s*+[,)])?\s++"
    rf"(?P<other>{_ONE})(?=\s++(?:each|in\s+(?:total|any|the)|during|cite)\b|\s*+$)"
)
_BEFORE_A_VALUE = re.compile(r"(?<!\w)(?:up\s+to|as|then|else)\s+")


def whichever(stop: Stop) -> Iterator[Slip]:
    """``up to x or y, whichever is lower``."""
    low, _ = stop.window
    for before in _BEFORE_A_VALUE.finditer(stop.text, low, stop.at):
        either = (
            _WHICHEVER.match(stop.text, before.end(), stop.line_end),
            _IF_HIGHER.match(stop.text, before.end(), stop.line_end),
        )
        for found in filter(None, either):
            if found.end() <= stop.at:
                continue
            own = _written("lower" if found["word"] in _LOWER else "higher", [found["one"], found["other"]])
            yield instead(found, own, "is written with `lower of X and Y` or `higher of X and Y`", keyword=True)


def _extreme(text: str, found: "re.Match[str]", span: Offsets, own: str, other: str = "") -> Slip:
    """The slip of such a phrase: what is written instead, and what else may be meant."""
    word = "lower" if found["word"] in _LOWER else "higher"
    shown = (found.start(), found.start() + len(found[0].rstrip()))
    written = text[slice(*shown)]
    function = "min" if word == "lower" else "max"
    message = f"{quoted(written + ' …')} is written `{word} of X and Y`, or `{function}(X, Y, Z)`"
    choices, help_ = ((own, other), f", or `{other}`") if other else ((), "")
    help_ = f"write `{own.strip()}`{help_}"
    return Slip("foreign-word", message, span, own, help_, not other, choices, beyond=1, shown=shown, keyword=True)


def _said(text: str, found: "re.Match[str]", line_end: int) -> Iterator[tuple[Offsets, str, str]]:
    """What may be meant by a phrase: the text to be replaced and what to put in its place, the likeliest first.

    Behind a last value that is a sum stands what is meant where the rest of it is added to the lower or higher.
    """
    pauses = list(_PAUSE.finditer(text, found.end(), line_end))
    signs = {pause.start(): pause for pause in pauses if pause["comma"]}
    for end in (*(pause.start() for pause in pauses), line_end):
        body = text[found.end() : end]
        if body.count("(") != body.count(")"):
            continue
        if body.startswith("(") and body.endswith(")") and len(_values(body[1:-1])) > 1:
            body = body[1:-1]
        values = _values(body)
        if len(values) > 1 and all(values) and not _OTHER_WORDS.search(body):
            word = "lower" if found["word"] in _LOWER else "higher"
            own, other, sign_at = _written(word, values), "", _first_sign(values[-1])
            if sign_at is not None:
                head, tail = values[-1][:sign_at], values[-1][sign_at:]
                other = f"({_written(word, [*values[:-1], head])}){tail}"
            if end in signs:
                sign = "+" if signs[end]["comma"].endswith(("plus", "increased by")) else "-"
                yield (found.start(), signs[end].end()), f"({own}) {sign}", ""
                continue
            yield (found.start(), end), own, other
            yield (found.start(), end), f"({own})", other


_SIGN = re.compile(r"\s[-+]\s")


def _first_sign(value: str, sign: re.Pattern[str] = _SIGN) -> int | None:
    """Where a sum (or something else with a sign) goes on that stands in no brackets."""
    signs = (found.start() for found in sign.finditer(value))
    return next((at for at in signs if value.count("(", 0, at) == value.count(")", 0, at)), None)


def _values(body: str) -> list[str]:
    """The values of which one is taken, without ``(a)`` and ``(b)``."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(body):
        depth += (sign == "(") - (sign == ")")
        between = _BETWEEN.match(body, at) if depth == 0 and at >= start else None
        if between is not None:
            found.append(body[start:at])
            start = between.end()
    return [_ENUMERATED.sub("", value.strip()) for value in (*found, body[start:])]


def _written(word: str, values: Sequence[str]) -> str:
    if len(values) > 2:
        return f"{'min' if word == 'lower' else 'max'}({', '.join(values)})"
    first, second = (value if _first_sign(value, _SUM) is None else f"({value})" for value in values)
    return f"{word} of {first} and {second}"


# ------------------------------------------------------------------------------------ what was read as something else

_WHOLE = re.compile(r"all\s+of(?:\s+the)?\s+(?=[a-z(])")
_START = re.compile(r"start\s+of\s+(?:the\s+)?([a-z]\w*)")


def read_as_names(text: str, names: Sequence[Token], is_word: Callable[[str, int], bool]) -> Iterator[Slip]:
    """Quantities that were read as names.

    ``is_word`` tells of a text and an offset whether the text is of the language and no name stands there.
    """
    for token in names:
        line = text.find("\n", token.start)
        end = len(text) if line < 0 else line
        end = token.start + len(text[token.start : end].partition("#")[0].rstrip())
        low = max(text.rfind("\n", 0, token.start) + 1, token.start - 20)
        extreme = _EXTREME.match(text, token.start)
        fraction = next((f for f in _FRACTION.finditer(text, low, end) if f.start() <= token.start < f.end()), None)
        started = _START.match(text, token.start)
        whole = _WHOLE.match(text, token.start)
        if whole is not None:
            message = f"the words {quoted(whole[0])} do not stand here"
            shown = (token.start, token.start + len(whole[0].rstrip()))
            yield Slip("foreign-word", message, whole.span(), "", "take them away", shown=shown)
        elif started is not None:
            own, message = f"start({started[1]})", f"{quoted(started[0])} is written with parentheses"
            yield Slip("foreign-word", message, started.span(), own, f"write `{own}`")
        elif extreme is not None:
            for span, own, other in _said(text, extreme, end):
                if is_word(text[: span[0]] + own + text[span[1] :], span[0]):
                    yield _extreme(text, extreme, span, own, other)
                    break
        elif fraction is not None:
            yield _factor(text, fraction)
