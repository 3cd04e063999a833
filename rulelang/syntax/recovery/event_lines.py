"""Lines of an event as people say them: ``A defaults with a loss of EUR 5``, ``A withdraws``, ``B joined 2024-…``."""

import re
from collections.abc import Iterator
from functools import cache

from rulelang.syntax.recovery.slip import Slip, instead, quoted
from rulelang.syntax.recovery.spoken import AMOUNT, DATE
from rulelang.syntax.recovery.stop import NEAR, Stop
from rulelang.syntax.words import CAPITALISED

_ID = rf"(?P<id>{CAPITALISED}|\"[^\"\r\n]*\")"
_AMOUNT = r"(?=\s+[A-Z]{3}\s+[0-9])"
_MONEY = rf"(?P<money>{AMOUNT})"
_POT = r"(?:under|to|from)\s+[a-z]\w*(?:\s+in\s+[a-z]\w*)?(?:\s+for\s+[A-Z]\w*)?"
_WHERE = rf"(?P<where>(?:by|to|from)\s+{_ID}(?:\s+{_POT})?|{_POT})"
_WITH_A_LOSS = r",?(?:\s+(?:with|by|for))?(?:\s+an?)?(?:\s+loss(?:\s+of)?)?"
_NO_DEFAULT = "(?:operational|operating|investment|custody|business|treasury|cyber|fraud|legal|settlement)"
_FAILS = r"(?:defaults|defaulted|has\s+defaulted|is\s+in\s+default|fails|failed)"
_PAYMENT = r"paid \g<day> by \g<id> under \g<step> \g<money>"
_SAID = (
    (rf"{_ID}\s+{_FAILS}\s+on\s+(?P<day>{DATE})(?!\w)", r"defaulted \g<day> \g<id>"),
    (rf"{_ID}\s+{_FAILS}{_WITH_A_LOSS}{_AMOUNT}", r"default of \g<id> loss"),
    (rf"paid\s+{_MONEY}\s+by\s+{_ID}\s+under\s+(?P<step>\w+)\s+on\s+(?P<day>{DATE})", _PAYMENT),
    (rf"paid\s+by\s+{_ID}\s+on\s+(?P<day>{DATE})\s+under\s+(?P<step>\w+)\s+{_MONEY}", _PAYMENT),
    (rf"{_ID}\s+paid\s+{_MONEY}\s+under\s+(?P<step>\w+)\s+on\s+(?P<day>{DATE})", _PAYMENT),
    (rf"(?P<day>{DATE})\s+{_ID}\s+paid\s+{_MONEY}\s+under\s+(?P<step>\w+)", _PAYMENT),
    (rf"{_ID}\s+(?:pays|paid)\s+(?:in\s+)?{_MONEY}\s+(?:in)?to\s+(?P<pot>[a-z]\w*)",
     r"paid in by \g<id> to \g<pot> \g<money>"),
    (rf"{_ID}\s+(?:receives|received)\s+{_MONEY}\s+from\s+(?P<pot>[a-z]\w*)",
     r"paid out to \g<id> from \g<pot> \g<money>"),
    (r"(?:returned|refunded|refund|repaid|released)\s+to(?=\s+[A-Z\"])", "paid out to"),
    (r"(?:topped\s+up|replenished|contributed|deposited)\s+by(?=\s+[A-Z\"])", "paid in by"),
    (rf"(?:recovery|dividend)\s+(?:of\s+{_MONEY}\s+)?from\s+(?:the\s+estate\s+of\s+)?{_ID}",
     r"recovered from \g<id> \g<money>"),
    (rf"from\s+{_ID}'s\s+estate", r"from \g<id>"),
    (rf"(?:set\s+)?(?P<field>[a-z]\w*)\s+of\s+{_ID}\s*(?:=|to|:)(?=\s+[A-Z]{{3}}\s+[0-9])",
     r"member \g<id> \g<field> ="),
    (rf"{_ID}:?\s+(?:loses|lost|loss(?:es)?(?:\s+of)?){_AMOUNT}", r"default of \g<id> loss"),
    (r"decide\s+not\s+to\s+invoke\s+(?P<step>\w+)", r"decide \g<step>: decline"),
    (r"decide\s+to\s+invoke\s+(?P<step>\w+)", r"decide \g<step>: invoke"),
    (r"(?<=:\s)up\s+to", "invoke up to"),
    (rf"{_ID}\s+(?:gives|gave|has\s+given)\s+notice(?:\s+on)?(?=\s+{DATE})", r"notice by \g<id> dated"),
    (r"notice\s+of\s+(?:termination|withdrawal|resignation)\s+by", "notice by"),
    (rf"open\s+(?:from\s+)?(?P<one>{DATE})\s*(?:-|–|/|until|till)\s*(?P<other>{DATE})",
     r"open from \g<one> to \g<other>"),
    (r"(?:new|additional)\s+member(?=\s+[A-Z\"])", "member"),
    (rf"(?:member\s+)?{_ID}\s+(?:joins|is\s+admitted)", r"member \g<id>"),
    (rf"{_MONEY}\s+for\s+(?P<pot>[a-z]\w*)", r"under \g<pot> \g<money>"),
    (r"into(?=\s+[a-z]\w*)", "to"),
    (r"(?:read|load|import|include)(?=\s+(?:members|givens|paid|defaults)\s+from\b)|has(?=\s+[a-z]\w*\s)", ""),
    (rf"{_MONEY}\s+{_WHERE}(?!\w)", r"\g<where> \g<money>"),
    (rf"(?:{_MONEY}\s+)?from\s+(?:the\s+)?(?:estate|liquidator|administrator)\s+of\s+{_ID}", r"from \g<id> \g<money>"),
    (rf"{_ID}\s+(?:departs|departed|has\s+left|left|leaves|exits|exited|resigns|resigned)(?!\w)",
     r"departure of \g<id>"),
    (rf"exit\s+(?:of|by)\s+{_ID}", r"departure of \g<id>"),
    (rf"{_ID}\s+withdraws(?!\w)", r"withdraw \g<id>"),
    (rf"(?:withdrawal|exit)\s+(?:of|by)\s+{_ID}", r"withdraw \g<id>"),
    (r"(?:additional|another|more|subsequent|later)\s+loss(?:es)?(?:\s+(?:of|by))?(?=\s+[A-Z\"])", "further loss of"),
    (rf"{_NO_DEFAULT}\s+loss(?:es)?(?:\s+of)?{_AMOUNT}", "non-default loss"),
    (rf"(?:resignation|termination)(?:\s+notice)?\s+(?:of|by)\s+{_ID}", r"notice by \g<id>"),
    (rf"(?:is\s+|was\s+)?opened(?:\s+(?:on|from))?(?=\s+{DATE})", "open from"),
    (rf"(?:for|of|with){_AMOUNT}", "loss"),
    (r"(?:the\s+)?cause(?:d\s+by)?[:=]?(?=\s*\")|(?:because\s+of|due\s+to)(?=\s+\")", ""),
    (r"ex-?\s?members?(?=\s+[A-Z\"])", "former member"),
    (r"(?:joined|joins|entered)(?:\s+on)?(?=\s+[0-9])", "since"),
    (r"(?P<period>[a-z]\w*)\s+(?:is\s+|was\s+)?open(?=\s+from\s)", r"period \g<period> open"),
    (rf"member\s+{_ID}\s*\(\s*(?P<title>[^()\"\r\n]+?)\s*\)", r'member \g<id> "\g<title>"'),
    (rf"member\s+{_ID}\s+(?:with|has|having|whose)(?=\s+[a-z]\w*\s*(?:=|in\b|as\b|with\b))", r"member \g<id>"),
    (r"(?P<word>exercise|under|notice|recovered)\s*:(?=\s*[\"A-Z])", r"\g<word>"),
    ((r"(?:under\s+(?:the\s+)?(?:rulebook|rules)|(?:new|from\s+now\s+on(?:\s+under)?)(?:\s+(?:rulebook|rules))?)"
      r"(?=\s+\")"), "under"),
    (r"further\s+losses\s+of", "further loss of"),
    (r"defaults\s+of", "default of"),
)  # fmt: skip
_BELOW_ZERO = re.compile(r"[-−–]\s*(?=[A-Z]{3}\s+[0-9])")
_COLON = re.compile(rf"\s*:{_AMOUNT}")
_OF_WHOM = re.compile(rf"(?<![\w-])loss(?:es)?(?:\s+(?:of|by|from)\s+{_ID})?{_AMOUNT}")
_OF_A_HEADER = re.compile(
    rf"(?<![\w.\"])(?P<name>[a-z]\w*)(?:\.(?P<segment>[a-z]\w*)|\.(?P<defaulter>[A-Z]\w*)|@(?P<day>{DATE}))(?=\s*=)"
)
_RATE = re.compile(r"=\s*(?P<rate>(?:[A-Z]{3}\s+)?(?P<number>[0-9.]+)\s*(?:[A-Z]{3}\s*)?(?:per|/)\s*[A-Z]{3})(?!\w)")
_NEGATIVE = re.compile(
    r"(?:(?P<open>\()\s*)?(?P<code>[A-Z]{3})\s*(?P<inside>\()?\s*(?P<number>[0-9][0-9_,.]*)(?:\s*\)|"
    r"(?P<minus>[-−–]))(?![\w(])"
)
_LEFT = re.compile(rf"(?<![\w\"])member\s+{_ID}\s+(?:left|resigned|departed|exited|until)(?:\s+on)?\s+{DATE}(?!\w)")
_OPEN = re.compile(
    rf"(?<![\w\"])(?:period\s+)?(?P<period>[a-z]\w*)\s+(?:is\s+|was\s+)?open(?:ed)?(?:\s+(?:since|from|on)"
    rf"\s+{DATE})?(?=[ \t]*(?:[\r\n#]|$))"
)
_FORMULA = re.compile(r"[*/+]|of\b|times\b")
_NOT_KNOWN = re.compile(r"=\s*(?P<sign>n/a|N/A|n\.a\.|-+|–|\?)(?=\s|$)")
_DAY_OF_A_VALUE = re.compile(rf"(?<!\w)(?:as\s+of|as\s+at|on|at|dated)\s+{DATE}(?!\w)")


@cache
def _line(pattern: str) -> "re.Pattern[str]":
    """A pattern of what stands on a line, not within an id."""
    return re.compile(rf"(?<![\w\"-])(?:{pattern})")


def event_lines(stop: Stop) -> Iterator[Slip]:
    """What stands on a line of an event in other words, or in another place."""
    if not stop.trail.in_event:
        return
    for pattern, own in _SAID:
        for found in stop.around(_line(pattern)):
            yield _own(found, found.expand(own))
    for found in stop.around(_COLON):
        yield _own(found, " loss")
    yield from _below_zero(stop)
    for found in stop.around(_OF_WHOM):
        who = found["id"] or "…"
        further = f"`further loss of {who} …` if it defaulted earlier"
        help_ = f"write `default of {who} loss …`, {further}, or `non-default loss …`"
        yield instead(found, f"default of {found['id'] or 'X'} loss", "does not say which loss", help_, fix=False)
    for found in stop.around(_LEFT):
        help_ = "who has left is a `former member`; in a history, write `departure of …` on the day"
        yield instead(found, f"former member {found['id']}", "is no member any more", help_, fix=False)
    for found in stop.around(_OPEN):
        help_ = f"write `period {found['period']} open from … to …`, with its first and its last day"
        own = f"period {found['period']} open from 2000-01-01 to 2000-01-02"
        yield instead(found, own, "does not say its last day", help_, fix=False, keyword=True)
    yield from _values(stop)
    for found in stop.around(_DAY_OF_A_VALUE):
        yield from _day_behind(stop, found)


def _values(stop: Stop) -> Iterator[Slip]:
    """What stands around the sign `=`: heads of columns, rates, amounts in brackets, formulas, signs for nothing."""
    for found in stop.around(_OF_A_HEADER):
        ending = f" as of {found['day']}" if found["day"] else f" with {found['defaulter']}"
        own = found["name"] + (f" in {found['segment']}" if found["segment"] else ending)
        yield instead(found, own, "is the head of a column of a table")
    for found in stop.around(_RATE):
        message, span = f"the rate {quoted(found['rate'])} is written as a plain number", found.span("rate")
        help_ = "write so many units of the first currency as one of the second is worth, by the rulebook's `per`"
        yield Slip("foreign-number", message, span, found["number"], help_, fix=False, beyond=1)
    for found in stop.around(_NEGATIVE):
        own = f"{found['code']} {found['number']}"
        help_ = f"write `-{own}` if it is, else `{own}`"
        choices = (f"-{own}",) if found["minus"] else (f"-{own}", own)
        yield instead(found, own, "may be negative", help_, code="foreign-amount", fix=False, choices=choices)
    last = stop.before()
    if last is not None and last.kind in {"NUMBER", "PERCENTAGE", "VALUE_SCALE"} and stop.here(_FORMULA):
        message, help_ = "an event holds values, not formulas", "write what it comes to"
        yield Slip("unexpected-text", message, stop.span, help=help_, sure=True, skip=stop.line_end)
    for found in stop.around(_NOT_KNOWN):
        help_ = "leave out a value that is not known: the rulebook says `if missing …`, or the run asks for it"
        message, span = f"{quoted(found['sign'])} is no value", found.span("sign")
        yield Slip("unexpected-text", message, span, "0", help_, fix=False, beyond=1)


def _below_zero(stop: Stop) -> Iterator[Slip]:
    """A sign before an amount that has none."""
    found = stop.here(_BELOW_ZERO)
    if found is None:
        return
    said, help_ = stop.text[max(0, stop.at - NEAR) : stop.at].rpartition("\n")[2], "take the sign away, or the line"
    for way, other in (("paid in by", "paid out to … from"), ("paid out to", "paid in by … to")):
        if way in said:
            help_ = f"write `{other} …` for money that goes the other way"
    message = "an amount of money on this line has no sign"
    yield Slip("unexpected-text", message, found.span(), "", help_, fix=False, beyond=1)


def _own(found: "re.Match[str]", replacement: str) -> Slip:
    if replacement:
        return instead(found, replacement, "is not a phrase of the language here", keyword=True)
    message = f"the word {quoted(found[0])} does not stand here"
    return Slip("foreign-word", message, found.span(), "", "take it away", beyond=1, keyword=True)


def _day_behind(stop: Stop, found: "re.Match[str]") -> Iterator[Slip]:
    """A day behind a value or behind a default."""
    line = stop.last_of({"EQUAL", "DEFAULT", "FURTHER", "NON_DEFAULT", "PAID", "DECIDE"})
    if line is None or "\n" in stop.text[line.end : stop.at]:
        return
    help_ = "the day of a value stands before `=`, as in `capital as of 2023-01-01 = …`"
    if line.kind != "EQUAL":
        help_ = "the day of the event is `declared`; who failed earlier is `defaulted 2023-01-01 A`"
    yield instead(found, "", "does not stand behind an amount", help_, code="misplaced-part", fix=False)
