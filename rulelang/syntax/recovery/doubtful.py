"""Phrases that can be meant in two ways, or whose meaning hangs on what stands elsewhere in the text.

Where only one reading is left the slip has a fix; elsewhere its help shows all of them, and who wrote the rule chooses.
"""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.stop import NEAR, Stop

_ALL_MEMBERS = re.compile(
    r"(?<!\w)paid\s+by\s+(?:(?:all|the|each|every|other|remaining|solvent)\s+)*(?:clearing\s+)?(?:members?|participants?)(?!\w)"
    r"(?P<but>\s+(?:other\s+than|except(?:\s+for)?|excluding|but\s+not|not\s+in\s+default|in\s+default)"
    r"(?:(?<=default)|\s+(?:the\s+)?(?:defaulters?|defaulting\s+(?:members?|participants?)))(?!\w))?"
)
_TRADING_DAYS = re.compile(r"(?<!\w)(?:trading|exchange|settlement)\s+days?(?!\w)")
_HOLIDAYS = re.compile(r"^[ \t]*holidays\b", re.MULTILINE)
_PER_DEFAULT = re.compile(
    r"(?<!\w)(?P<each>each\s+)?(?:per|for\s+(?:each|every|any\s+one)|in\s+respect\s+of\s+(?:each|every|any|a|one))"
    r"(?:\s+one)?\s+(?:(?i:event\s+of\s+default)|default(?:\s+event|er|ing\s+(?:clearing\s+)?(?:member|participant))?)(?!\w)"
)
_IN_TURN = re.compile(r"^[^#\r\n]*\bfor\s+each\s+default\s+in\s+turn\b", re.MULTILINE)
_STRETCH = re.compile(
    r"(?<!\w)(?P<word>within|in|over|per|during|every)(?:\s+(?:a|an|any|each|every|the(?=\s+(?:last|past|prec|prev))))?"
    r"(?:\s+(?:rolling|last|past|preceding|previous))?(?:\s+period\s+of)?"
    r"(?=\s+[0-9]+[\s-]+(?:[a-z]+\s+)?(?:days?|months?)\b)"
)
_YEARLY = re.compile(
    r"(?<!\w)(?:(?:per|a|every|each)\s+(?:calendar\s+)?(?:year|month|annum)"
    r"|(?:in\s+(?:a|one|any|each|every)|within\s+(?:a|one))\s+(?:year|month|annum)|annually"
    r"|yearly|monthly)(?!\w)"
)
_ONCE = re.compile(
    r"(?<!\w)(?:(?:but\s+)?only\s+|no\s+more\s+than\s+)?once\s+(?:during|in|within|per|every)"
    r"(?:\s+(?:a|an|any|each|every))?\s+(?:[0-9]+\s+(?:[a-z]+\s+)?[a-z]+|(?:calendar\s+)?(?:year|month|quarter)(?!\w))"
)
_LONGER = re.compile(r"(?<=[0-9])\s+(?P<unit>weeks?|years?|quarters?|fortnights?)(?!\w)")
_UNITS = {"week": (7, "days"), "fortnight": (14, "days"), "quarter": (3, "months"), "year": (12, "months")}


def doubtful(stop: Stop) -> Iterator[Slip]:
    """``paid by all members``, ``per default`` and phrases for a length of time."""
    for found in stop.around(_ALL_MEMBERS):
        if found["but"] is not None:
            own = "defaulters" if found["but"].split() == ["in", "default"] else "survivors"
            yield _two_readings(
                found, f"paid by {own}", "is not a phrase of the language", f"write `paid by {own}`", fix=True
            )
            continue
        help_ = (
            "write `paid by survivors` for those that did not default; a defaulter pays in steps `paid by defaulters`"
        )
        yield _two_readings(found, "paid by survivors", "does not say whether the defaulter pays too", help_)
    limit = stop.last_of({"UP", "LIMIT", "WATERFALL"})
    if limit is not None and limit.kind != "WATERFALL":
        for found in stop.around(_PER_DEFAULT):
            yield _per_default(stop, found)
    yield from _floors(stop)
    yield from _lengths_of_time(stop)
    yield from _longer_units(stop)
    yield from _how_they_answer(stop)


_FLOOR = re.compile(
    r"(?:,\s*|(?<!\w))(?:(?:but|and)\s+)?(?:(?:with|subject\s+to)\s+(?:a|the)\s+(?:minimum|floor)\s+of|not?\s+(?:to\s+be\s+)?less\s+than"
    r"|at\s+least)(?!\w)"
)
_ANSWERING = re.compile(
    r"(?:,\s*|(?<!\w))(?:on\s+an?\s+)?(?P<how>joint(?:ly)?\s+and\s+several(?:ly)?|several(?:ly)?(?:\s+(?:and|but)\s+not\s+joint(?:ly)?)?"
    r"|joint(?:ly)?)(?:\s+basis)?(?!\w)"
)


def _floors(stop: Stop) -> Iterator[Slip]:
    """``up to x but not less than y each``: a floor of a limit, which is no comparison."""
    opened = stop.last_of({"UP", "LIMIT", "WATERFALL", "PAID", "SHARED", "WHEN", "WHERE", "IF", "COLON"})
    if opened is None or opened.kind not in {"UP", "LIMIT"}:
        return
    for found in stop.around(_FLOOR):
        help_ = "a limit that has a floor is written `higher of X and Y`, or `max(X, Y, Z)`"
        yield _two_readings(found, "+", "is not said behind a limit", help_)


def _how_they_answer(stop: Stop) -> Iterator[Slip]:
    """``severally and not jointly``: whether what one payer cannot bear passes to the others."""
    if "WITHOUT" in stop.expected:
        for found in stop.around(_ANSWERING):
            help_ = "what one payer cannot bear passes to the others, unless the sharing says `without reallocation`"
            yield _two_readings(found, "", "is no phrase of the language", help_)


def _lengths_of_time(stop: Stop) -> Iterator[Slip]:
    """``trading days``, ``every 30 days``, ``once in 30 days``, ``per year``."""
    for found in stop.around(_TRADING_DAYS):
        help_, is_certain = "write `business days`", _HOLIDAYS.search(stop.text) is not None
        if not is_certain:
            help_ += ", and name those between Monday and Friday that are none with `holidays`"
        yield _two_readings(found, "business days", "is no phrase of the language", help_, fix=is_certain)
    for found in stop.around(_ONCE):
        help_ = "declare a `period` of that length with what opens it, and write `once during` and its name"
        yield _two_readings(found, "once during x", "does not say when the days begin", help_)
    for found in stop.around(_STRETCH):
        help_ = "write `in any` for every stretch of so many days, or `during` and a `period` that a default opens"
        is_certain = found["word"] in {"within", "in", "over"} and "period" not in found[0]
        if found[0] != "in any":
            yield _two_readings(found, "in any", "is no phrase of the language here", help_, fix=is_certain)
    if not stop.expected.isdisjoint({"LIMIT_IN", "SEGMENT", "NUMBER"}):
        for found in stop.around(_YEARLY):
            one, any_ = ("month", "1 month") if "month" in found[0] else ("year", "12 months")
            help_ = f"write `in the calendar {one}`, or `in any {any_}` for every stretch of that length"
            yield _two_readings(found, f"in the calendar {one}", "does not say when it begins", help_)


def _two_readings(found: "re.Match[str]", own: str, what: str, help_: str, *, fix: bool = False) -> Slip:
    message = f"{quoted(found[0])} {what}"
    return Slip("foreign-word", message, found.span(), own, help_, fix=fix, beyond=1, keyword=True)


def _per_default(stop: Stop, found: "re.Match[str]") -> Slip:
    own = "each" if found["each"] else ""
    if _IN_TURN.search(stop.text):
        help_ = "each default is met in a pass of its own, for which the limit counts anyway: take it away"
        return _two_readings(found, own, "does not stand here", help_, fix=True)
    help_ = (
        "a limit without `in any …` or `during …` counts for one run, with all its defaults; "
        "with `waterfall for each default in turn` it counts for each of them"
    )
    return _two_readings(found, own, "is not said in a limit", help_)


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
    r"(?<!\w)(?:(?:by|in\s+(?:the\s+)?order\s+of|according\s+to|based\s+on)\s+(?P<key>[a-z_]*(?:rank|order|seniority|priority|class)[a-z_]*)"
    r"|sequentially|successively|consecutively|in\s+sequence|one\s+after\s+the\s+other)(?!\w)"
)
_RANKING_ALIKE = re.compile(
    r"(?<!\w)(?:pari\s+passu(?:\s+and\s+pro-?\s?rata)?|pro-?\s?rata|rate?ably|proportional(?:ly)?|proportionate(?:ly)?"
    r"|on\s+an?\s+(?:pro-?\s?rata|proportional|proportionate|equal\s+ranking)\s+basis|in\s+proportion|proportion)(?P<to>\s+(?:in\s+proportion\s+)?(?:to|by|with)(?!\w))?(?!\w)"
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
        yield _two_readings(found, "pro rata to", "does not say who ranks alike", help_)
    for found in stop.around(_BY_RANK):
        key = found["key"] or "…"
        help_ = (
            f"write `in order of {key}, lowest first` (or `highest first`) in place of `shared`, or `pro rata to {key}`"
        )
        yield _two_readings(found, f"pro rata to {found['key'] or 1}", "does not say how the payers share", help_)
    for found in stop.around(_RANKING_ALIKE):
        message = f"{quoted(found[0])} does not say in proportion to what"
        pot = _pot_of_step(stop)
        if found["to"]:
            own, help_, is_certain = "pro rata to", "write `pro rata to`", True
            message = f"{quoted(found[0])} is not a phrase of the language here"
        elif pot is not None:
            own, is_certain = f"pro rata to {pot}", True
            help_ = f"write `{own}`"
        else:
            own, is_certain = "equally", False
            help_ = "write `pro rata to …` with the amount by which they rank; `equally` gives each the same"
        yield Slip("foreign-word", message, found.span(), own, help_, fix=is_certain, beyond=1, keyword=True)


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


def types_of_money(stop: Stop) -> Iterator[Slip]:
    """``EUR``, ``USD money`` or ``EUR/SEK`` where a type is due."""
    if "PER" not in stop.expected or len(stop.expected) > 1:
        return
    for found in stop.around(_PAIR):
        one, other = found["one"], found["other"]
        help_ = f"write `{one} per {other}` if the value is so many {one} for one {other}, else `{other} per {one}`"
        message = f"{quoted(found[0])} does not say which currency is counted in the other"
        own, turned = f"{one} per {other}", f"{other} per {one}"
        span, both = found.span(), (own, turned)
        yield Slip("foreign-word", message, span, own, help_, fix=False, choices=both, beyond=1, sure=True)
    for found in stop.around(_OF_MONEY):
        own = f"money {found['code']}"
        message = f"{quoted(found[0])} is a currency, not a type"
        help_ = f"write `{own}`, or a rate such as `{found['code']} per SEK`"
        yield Slip("foreign-word", message, found.span(), own, help_, beyond=1, sure=True)
