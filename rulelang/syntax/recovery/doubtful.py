"""What is said about phrases that leave something open: those of the catalogue, and those that hang on the text around.

The help of such a phrase is made of what else the text says: which pot the step draws from, whether days are named that
are none of business, how long so many weeks are.
"""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.automaton import opening_words
from rulelang.syntax.recovery.doubts import DOUBTS
from rulelang.syntax.recovery.doubts_of_sections import SECTIONS
from rulelang.syntax.recovery.places import expecting
from rulelang.syntax.recovery.slip import Slip, instead, quoted
from rulelang.syntax.recovery.spoken import AMOUNT, SPOKEN, in_digits, whole_words
from rulelang.syntax.recovery.stop import NEAR, Stop

_TRADING_DAYS = re.compile(r"(?<!\w)(?:trading|exchange|settlement)\s+days?(?!\w)")
_HOLIDAYS = re.compile(r"^[ \t]*holidays\b", re.MULTILINE)
_PER_DEFAULT = re.compile(
    r"(?<!\w)(?P<each>each\s+)?(?:per|(?:for|in\s+respect\s+of)\s+(?:each\s+and\s+every|each|every|any|a|one))"
    r"(?:\s+(?:one|single))?\s+(?:(?i:event\s+of\s+default)|default(?:\s+event|er|ing\s+(?:clearing\s+)?"
    r"(?:member|participant))?)(?!\w)"
)
_IN_TURN = re.compile(r"^[^#\r\n]*\bfor\s+each\s+default\s+in\s+turn\b", re.MULTILINE)
_LONGER = re.compile(r"(?<=[0-9])\s+(?P<unit>weeks?|years?|quarters?|fortnights?)(?!\w)")
_UNITS = {"week": (7, "days"), "fortnight": (14, "days"), "quarter": (3, "months"), "year": (12, "months")}


def doubtful(stop: Stop) -> Iterator[Slip]:
    """``paid by all members``, ``per default``, ``in rounds``, ``ceil(x)`` and whatever else the catalogue has."""
    yield from _per_default(stop)
    for doubt in (*SECTIONS, *DOUBTS):
        for found in stop.around(whole_words(doubt.pattern)):
            if doubt.where(stop.moved_to(found.start())):
                own, help_, *choices = (_put(text, found) for text in (doubt.own, doubt.help, *doubt.choices))
                fix, both, keyword = doubt.certain, tuple(choices), doubt.keyword
                if own != found[0]:
                    yield instead(found, own, doubt.what, help_, fix=fix, choices=both, keyword=keyword)
    yield from _trading_days(stop)
    yield from _longer_units(stop)
    yield from _open_periods(stop)
    yield from _numbered_rounds(stop)
    yield from _directions(stop)
    yield from _rest(stop)
    yield from _titles(stop)


def _put(text: str, found: "re.Match[str]") -> str:
    """What is written in the place of a phrase; one blank in front is enough."""
    told = found.expand(text)
    return told[1:] if told.startswith(" ") and found.string[found.start() - 1 : found.start()].isspace() else told


def _open(found: "re.Match[str]", own: str, what: str, help_: str, *, fix: bool = False) -> Slip:
    """The slip for a phrase that leaves something open, told without the catalogue."""
    return instead(found, own, what, help_, fix=fix, keyword=True)


def _per_default(stop: Stop) -> Iterator[Slip]:
    """A limit `per default`: whether it is one hangs on how the waterfall meets defaults."""
    limit = stop.last_of({"UP", "LIMIT", "WATERFALL"})
    if limit is None or limit.kind == "WATERFALL":
        return
    for found in stop.around(_PER_DEFAULT):
        own = "each" if found["each"] else ""
        if _IN_TURN.search(stop.text):
            help_ = "each default is met in a pass of its own, for which the limit counts anyway: take it away"
            yield _open(found, own, "does not stand here", help_, fix=True)
        else:
            yield _open(found, own, "is not said in a limit", _FOR_ONE_RUN)


_FOR_ONE_RUN = (
    "a limit without `in any …` or `during …` counts for one run, with all its defaults; "
    "with `waterfall for each default in turn` it counts for each of them"
)


def _trading_days(stop: Stop) -> Iterator[Slip]:
    for found in stop.around(_TRADING_DAYS):
        help_, is_certain = "write `business days`", _HOLIDAYS.search(stop.text) is not None
        if not is_certain:
            help_ += ", and name those between Monday and Friday that are none with `holidays`"
        yield _open(found, "business days", "is no phrase of the language", help_, fix=is_certain)


_IN_PERIOD = re.compile(
    r"(?<![\w-])(?:in|within|over|during|while|throughout|for(?:\s+the\s+(?:duration|length)\s+of)?)\s+"
    r"(?:the\s+)?(?P<period>[a-z]\w*)(?!\w)"
    r"(?:\s+is\s+open\b)?"
)


def _open_periods(stop: Stop) -> Iterator[Slip]:
    """``each within cooling_off``, with a period of that name."""
    for found in stop.around(_IN_PERIOD):
        if re.search(rf"^[ \t]*period\s+{found['period']}\b", stop.text, re.MULTILINE):
            behind = stop.moved_to(found.start())
            own = f"during {found['period']}" if expecting("DURING")(behind) else f"when open({found['period']})"
            yield _open(found, own, "is not a phrase of the language here", f"write `{own}`", fix=True)


def _directions(stop: Stop) -> Iterator[Slip]:
    """``in order of rank``, which does not say where the order begins."""
    clause = stop.last_of({"ORDER", "UP", "PAID", "SHARED"})
    ends = stop.kind not in {"NAME", "NUMBER", "CAPITALISED"} or "\n" in stop.text[stop.before_end : stop.at]
    if clause is not None and clause.kind == "ORDER" and stop.expected >= {"COMMA", "COLON"} and ends:
        choices, end = (", lowest first", ", highest first"), stop.before_end
        message, help_ = "the order does not say where it begins", "write `, lowest first` or `, highest first`"
        yield Slip("missing-part", message, (end, end), choices[0], help_, fix=False, choices=choices, beyond=1)


def _rest(stop: Stop) -> Iterator[Slip]:
    """``recoveries repay fund``, which do not say who has what is left."""
    ends = stop.at_end or stop.word in opening_words("section")
    if stop.trail.crumbs[:1] == ("recoveries",) and "_REST" in stop.expected and ends:
        choices, end = ("\n    rest to defaulters", "\n    rest to ccp"), stop.before_end
        message = "the recoveries do not say who has what is left"
        help_ = "end them with `rest to defaulters`, `rest to ccp` or the name of a party"
        last = stop.before()
        shown = stop.gap if last is None else last.span
        yield Slip(
            "missing-part", message, (end, end), choices[0], help_, fix=False, choices=choices, shown=shown, beyond=1
        )


_THAT = re.compile(r"(?:that(?![\w-])[ \t]*:?[ \t]*)?(?=\S)")
_TITLED = {"ENSURE": "the invariant", "_ASSUME": "the assumption"}


def _titles(stop: Stop) -> Iterator[Slip]:
    """``ensure x <= y``: what must hold is said in a title first, and written behind a colon."""
    last, found = stop.before(), stop.here(_THAT)
    if found is None or last is None or last.kind not in _TITLED or stop.word[:1] in {'"', "'", "“"}:
        return
    word = stop.source(last)
    help_ = f'say in quotes what it is about: `{word} "…": …`, with `for survivors` before the colon if it is of each'
    message = f"{_TITLED[last.kind]} has no title"
    yield Slip("missing-part", message, found.span(), '"…": ', help_, shown=stop.span, fix=False, sure=True)


_SO_MANY_ROUNDS = re.compile(
    rf"(?<!\w)(?:in|by)\s+(?:(?:at\s+most|up\s+to|not?\s+more\s+than|a\s+maximum\s+of)\s+)?(?P<number>{SPOKEN})"
    r"(?:\s+\([0-9]+\))?\s+rounds?(?!\w)"
)


def _numbered_rounds(stop: Stop) -> Iterator[Slip]:
    for found in stop.around(_SO_MANY_ROUNDS):
        own = f"in at most {in_digits(found['number'])} rounds"
        yield _open(found, own, "is not a phrase of the language here", f"write `{own}`", fix=True)


def _longer_units(stop: Stop) -> Iterator[Slip]:
    """``6 weeks``: 42 days; ``2 years``: 24 months."""
    last = stop.before()
    if last is None or last.kind != "NUMBER" or not stop.source(last).isdigit() or "DAYS" not in stop.expected:
        return
    for found in stop.around(_LONGER):
        many, unit = _UNITS[found["unit"].removesuffix("s")]
        own = f"{int(stop.source(last)) * many} {unit}"
        written = stop.text[last.start : found.end()]
        message = f"{quoted(written)} is not counted in days, business days or months"
        yield Slip("foreign-word", message, (last.start, found.end()), own, f"write `{own}`", beyond=1)


# ------------------------------------------------------------------------------------------------ in what proportion

_ALIKE_WITH = re.compile(r"(?<!\w)pari\s+passu\s+(?:with|to)(?!\w)")
_BY_RANK = re.compile(
    r"(?<!\w)(?:(?:by|in\s+(?:the\s+)?order\s+of|according\s+to|based\s+on)\s+(?P<key>[a-z_]*(?:rank|order|"
    r"seniority|priority|class)[a-z_]*)"
    r"|sequentially|successively|consecutively|in\s+sequence|one\s+after\s+the\s+other)(?!\w)"
)
_RANKING_ALIKE = re.compile(
    r"(?<!\w)(?:pari\s+passu(?:\s+and\s+pro-?\s?rata)?|pro-?\s?rata|rate?ably|proportional(?:ly)?|proportionate(?:ly)?"
    r"|on\s+(?:an?\s+)?(?:pro-?\s?rata|proportional|proportionate|equal\s+ranking)\s+basis|in\s+proportion|"
    r"proportion)(?P<to>\s+(?:in\s+proportion\s+)?(?:to|by|with|according\s+to|in\s+accordance\s+with|(?:based|"
    r"on\s+the\s+basis)\s+o[nf]"
    r"|by\s+reference\s+to)(?!\w))?(?!\w)"
)
_STEP = re.compile(r"(?<![\w-])(?:tranche|assessment|haircut|tear-up|voluntary|together|finally|end)(?![\w-])")
_POT = re.compile(r"(?<!\w)paid\s+by\s[^\n\"]*?\bfrom\s+([a-z]\w*)")


def proportions(stop: Stop) -> Iterator[Slip]:
    """``shared pari passu``: in proportion to what the step draws from, if it draws from something, never equally."""
    last = stop.before()
    if last is None or last.kind not in {"SHARED", "PRO", "RATA"}:
        return
    for found in stop.around(_ALIKE_WITH):
        help_ = "steps that rank alike stand between `together` and `end`; payers of one step share `pro rata to …`"
        yield _open(found, "pro rata to", "does not say who ranks alike", help_)
    for found in stop.around(_BY_RANK):
        key = found["key"] or "…"
        help_ = (
            f"write `in order of {key}, lowest first` (or `highest first`) in place of `shared`, or `pro rata to {key}`"
        )
        yield _open(found, f"pro rata to {found['key'] or 1}", "does not say how the payers share", help_)
    for found in stop.around(_RANKING_ALIKE):
        pot, what = _pot_of_step(stop), "does not say in proportion to what"
        if found["to"]:
            yield instead(found, "pro rata to", "is not a phrase of the language here", keyword=True)
        elif pot is not None:
            yield instead(found, f"pro rata to {pot}", what, keyword=True)
        else:
            help_ = "write `pro rata to …` with the amount by which they rank; `equally` gives each the same"
            yield _open(found, "pro rata to 1", what, help_)


def _pot_of_step(stop: Stop) -> str | None:
    """The pot that the step around the stop draws from."""
    low, high = max(stop.at - 2 * NEAR, 0), stop.at + 2 * NEAR
    begins = [found.end() for found in _STEP.finditer(stop.text, low, stop.at)]
    ends = _STEP.search(stop.text, stop.end, high)
    found = _POT.search(stop.text, begins[-1] if begins else low, ends.start() if ends else high)
    return None if found is None else found[1]


# ---------------------------------------------------------------------------------------------- currencies and rates

_PAIR = re.compile(r"(?<!\w)(?P<one>[A-Z]{3})\s*(?:/|for|to|in|:)\s*(?P<other>[A-Z]{3})(?!\w)")
_OF_MONEY = re.compile(r"(?<!\w)(?P<code>[A-Z][A-Z0-9]{2,9})(?:\s+money)?(?!\w)")


_VALUE = re.compile(rf"(?:[:=]|\b(?:is|as|of|be)\b)\s*(?P<amount>{AMOUNT})")


def types_of_money(stop: Stop) -> Iterator[Slip]:
    """``EUR``, ``USD money``, ``EUR/SEK`` or ``EUR 5`` where a type is due."""
    for found in stop.around(_VALUE) if not stop.expected.isdisjoint({"COLON", "PER"}) else ():
        own = f": money if missing {found['amount']}"
        help_ = f"write `{own}`; a value that is always the same is `define x as {found['amount']}`"
        yield instead(found, own, "is a value, where a type is due", help_, fix=False, choices=(own,))
    if "PER" not in stop.expected or len(stop.expected) > 1:
        return
    for found in stop.around(_PAIR):
        one, other = found["one"], found["other"]
        help_ = f"write `{one} per {other}` if the value is so many {one} for one {other}, else `{other} per {one}`"
        own, turned = f"{one} per {other}", f"{other} per {one}"
        what = "does not say which currency is counted in the other"
        yield instead(found, own, what, help_, fix=False, choices=(own, turned), sure=True)
    for found in stop.around(_OF_MONEY):
        own = f"money {found['code']}"
        help_ = f"write `{own}`, or a rate such as `{found['code']} per SEK`"
        yield instead(found, own, "is a currency, not a type", help_, sure=True)
