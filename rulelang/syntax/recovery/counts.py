"""How many of the members: ``there are at least two defaulters``, ``more than one member has defaulted``."""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.slip import Slip, instead
from rulelang.syntax.recovery.spoken import SPOKEN, in_digits
from rulelang.syntax.recovery.stop import Stop

_AT_LEAST = "at least|no less than|not less than|no fewer than|not fewer than|a minimum of"
_AT_MOST = "at most|no more than|not more than|up to|a maximum of"
_SIGNS = {
    **dict.fromkeys(_AT_LEAST.split("|"), ">="),
    **dict.fromkeys(_AT_MOST.split("|"), "<="),
    **dict.fromkeys("more than|over".split("|"), ">"),
    **dict.fromkeys("fewer than|less than".split("|"), "<"),
    **dict.fromkeys(("exactly", "only", ""), "="),
}
_SIGN = "|".join(re.escape(words).replace("\\ ", r"\s+") for words in _SIGNS if words)
_COUNTED = re.compile(
    rf"(?<![\w-])(?P<there>there\s+(?:is|are)\s+)?(?:(?P<sign>{_SIGN})\s+)?(?P<number>{SPOKEN}|[0-9]+|no)\s+"
    r"(?P<who>survivors?|non-?\s?defaulters?|defaulters?|(?:clearing\s+)?(?:members?|participants?))(?!\w)"
    r"(?P<gone>\s+(?:(?:has|have|is|are|had)\s+)?(?:defaulted|in\s+default|defaults?))?(?!\w)"
)


def counted(stop: Stop) -> Iterator[Slip]:
    """A number of members in words: they are counted by ``count of``."""
    if "ADD" not in stop.expected and "LPAR" not in stop.expected:
        return
    for found in stop.around(_COUNTED):
        if not (found["there"] or found["gone"] or found["sign"]):
            continue
        sign = _SIGNS[" ".join((found["sign"] or "").split())]
        number = 0 if found["number"] == "no" else in_digits(found["number"]) or int(found["number"])
        who = "defaulters" if found["gone"] or found["who"].startswith("defaulter") else "members"
        who = "survivors" if found["who"].startswith(("survivor", "non")) else who
        yield instead(found, f"(count of {who}) {sign} {number}", "is written with `count of`")
