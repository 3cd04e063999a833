"""In what a stop stands: a limit, a condition, a value, the sharing of a step."""

import re
from collections.abc import Callable

from rulelang.syntax.recovery.stop import Stop

Where = Callable[[Stop], bool]
"""Whether a phrase may be meant at a stop."""

_CONDITIONS = frozenset({"WHEN", "WHERE", "IF", "COLON"})
_LIMITS = frozenset({"UP", "LIMIT"})
_VALUES = _LIMITS | {"SHARED", "ORDER", "TO", "THEN", "ELSE"}
_CLAUSES = frozenset({"INVOKE", "PAID", "FOR", "PER", "CITE", "AS"})
_HEADS = frozenset({"WATERFALL", "DEFINE", "TRANCHE", "ASSESSMENT", "HAIRCUT", "VOLUNTARY", "TEAR_UP"})


def anywhere(_stop: Stop) -> bool:
    """Wherever it stands."""
    return True


def expecting(*kinds: str) -> Where:
    """Where one of these kinds of token can come."""
    return lambda stop: not stop.expected.isdisjoint(kinds)


def expecting_all(*kinds: str) -> Where:
    """Where each of these kinds of token can come."""
    return lambda stop: stop.expected >= frozenset(kinds)


def behind_a_clause(stop: Stop) -> bool:
    """In a step, where another clause may begin, and not behind its payers, to whom a condition may belong."""
    return stop.expected >= {"UP", "WHEN"} and "WHERE" not in stop.expected


def behind_no_day(stop: Stop) -> bool:
    """Behind a clause of a step that does not say from which day on."""
    return behind_a_clause(stop) and "TO" not in stop.expected


def in_section(name: str) -> Where:
    """In a section that the way down to the stop names so, such as ``recoveries``."""
    return lambda stop: stop.trail.crumbs[:1] == (name,)


def in_claim(stop: Stop) -> bool:
    """In an invariant or an assumption."""
    return bool(stop.trail.crumbs) and stop.trail.crumbs[0].startswith(("ensure ", "assume "))


def in_condition(stop: Stop) -> bool:
    """In the line of a condition: behind ``when``, ``where``, ``if``, the colon of an invariant."""
    opened = stop.last_of(_CONDITIONS | _LIMITS | _CLAUSES | {"SHARED"})
    if opened is None:  # nothing is remembered of what stands before a slip
        return in_claim(stop) or _in_line_of_condition(stop)
    if opened.kind == "COLON" and stop.last_of({"ENSURE", "_ASSUME", "DECIDE"}) is None:
        return False
    return opened.kind in _CONDITIONS and "\n" not in stop.text[opened.end : stop.at]


_LAST_WORD = re.compile(r"(?<![\w-])(?:(?P<condition>when|where|if)|up\s+to|limit|paid\s+by|shared|from|cite)(?![\w-])")


def _in_line_of_condition(stop: Stop) -> bool:
    """Whether the last word of a clause on the line before the stop is one of a condition."""
    found = list(_LAST_WORD.finditer(stop.text, stop.window[0], stop.at))
    return bool(found) and found[-1]["condition"] is not None and "\n" not in stop.text[found[-1].end() : stop.at]


def in_limit(stop: Stop) -> bool:
    """In a limit, and in no condition or value of a branch in it."""
    opened = stop.last_of(_LIMITS | _CONDITIONS | _HEADS | {"PAID", "SHARED"})
    return opened is not None and opened.kind in _LIMITS


def in_value(stop: Stop) -> bool:
    """Behind a value that is no limit."""
    return "ADD" in stop.expected and not in_limit(stop)


def in_list(stop: Stop) -> bool:
    """Behind a part of a list of names or days, which no operator can follow."""
    return "COMMA" in stop.expected and stop.expected.isdisjoint({"ADD", "COLON", "RPAR"})


def behind_a_name(stop: Stop) -> bool:
    """Behind a name that is being declared, where ``as`` is due."""
    last = stop.before()
    return "AS" in stop.expected and "ADD" not in stop.expected and last is not None and last.kind == "NAME"


def in_amount(stop: Stop) -> bool:
    """Behind a value that is no part of a condition: what a limit is, by what is shared, one of two values."""
    opened = stop.last_of(_VALUES | _CONDITIONS | _HEADS | {"PAID"})
    return "ADD" in stop.expected and opened is not None and opened.kind in _VALUES


def on_line(stop: Stop) -> bool:
    """On the line of the token before it."""
    return "\n" not in stop.text[stop.before_end : stop.at]


def in_quantity(stop: Stop) -> bool:
    """In a limit or a definition, and in no condition or value of a branch in it."""
    opened = stop.last_of(_LIMITS | _CONDITIONS | _HEADS | {"PAID", "SHARED"})
    if opened is None:  # nothing is remembered of what stands before a slip
        found = list(_HEAD_OF_LINE.finditer(stop.text, stop.window[0], stop.at))
        return bool(found) and found[-1]["quantity"] is not None
    return opened.kind in _LIMITS | {"DEFINE"}


_HEAD_OF_LINE = re.compile(
    r"(?<![\w-])(?:(?P<quantity>define|limit|up\s+to)|when|where|if|paid\s+by|shared|from|cite)(?![\w-])"
)


_RANKS = re.compile(r"in\s+order\s+of\s[^:\r\n]*:[^\r\n]*$")


def in_ranks(stop: Stop) -> bool:
    """Behind the colon of an order, where its ranks stand."""
    return _RANKS.search(stop.text, stop.window[0], stop.at) is not None
