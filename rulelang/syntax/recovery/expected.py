"""What may come at a place, in the words a person would type."""

from collections.abc import Iterable, Iterator

from rulelang.syntax.grammar import openers
from rulelang.syntax.recovery.automaton import spellings
from rulelang.syntax.tables import END

MOST = 5
"""A list of what may come holds at most so many things."""

_OPERATORS = frozenset("ADD MULTIPLY OF EQUAL LESSTHAN MORETHAN __ANON_0 __ANON_1 __ANON_2 __ANON_3 AND OR".split())
_GROUPS = (
    # what must all be there, the part of a text that they begin, what it is called
    ({"NUMBER", "LPAR", "MIN", "SUM", "NAME"}, "expression", "an expression"),
    ({"ADD", "MULTIPLY"}, None, "an operator such as `+` or `of`"),
    ({"UP", "SHARED"}, "clause", "a clause such as `paid by` or `up to`"),
    ({"TRANCHE", "ASSESSMENT"}, "together", "a step such as `tranche`"),
    ({"DEFINE", "ENSURE"}, "section", "a section such as `define`"),
    ({"DEFAULT", "DECIDE"}, "event_item", "a line such as `member` or `default of`"),
    ({"MONEY", "RATIO"}, "type", "a type such as `money` or `yes/no`"),
    ({"MINUS", "NUMBER", "CAPITALISED", "YES"}, "value", "a value"),
    ({"CAPITALISED", "STRING"}, "member_id", "a member id"),
)
_PHRASES = {
    "NAME": "a name",
    "CAPITALISED": "a currency",
    "STRING": "a text in quotes",
    "NUMBER": "a number",
    "PERCENTAGE": "a percentage",
    "DATE": "a date",
    END: "the end of the file",
    "LIMIT_IN": "an ending such as `in total`",
    "UP": "`up to`",
    "SHARED": "`shared`",
    "DEFAULT": "`default of`",
    "PER": "`per segment`",
    "SCALE": "a scale such as `million`",
    "VALUE_SCALE": "a scale such as `million`",
    "DAYS": "`days`",
    "WITHOUT": "`without reallocation`",
    "SPLIT": "`split by`",
}
# What goes without saying: it may stand at the end of almost everything.
_LAST = ("CITE", END)


def may_come(kinds: frozenset[str], previous: str = "") -> list[str]:
    """What may come behind a word, the most telling first, at most five things; more than that are left out."""
    told = _told(kinds)
    return _fitted(["an amount" if what == "a currency" and previous != "currency" else what for what in told])


def _told(kinds: frozenset[str]) -> Iterator[str]:
    left = set(kinds)
    if "UP" in left:
        left.discard("END")
    groups = []
    for needed, part, name in _GROUPS:
        if needed <= left:
            left -= _OPERATORS if part is None else openers(part)
            groups.append(name)
    last = [kind for kind in _LAST if kind in left]
    for kind in sorted(left.difference(_LAST), key=_typed):
        yield _typed(kind)
    yield from groups
    yield from (_typed(kind) for kind in last)


def _typed(kind: str) -> str:
    if kind in _PHRASES:
        return _PHRASES[kind]
    return f"`{spellings()[kind][0]}`" if kind in spellings() else kind.lower()


def _fitted(found: list[str]) -> list[str]:
    return found if len(found) <= MOST else [*found[: MOST - 1], "something else"]


def listed(found: Iterable[str]) -> str:
    """Things as a person would list them: ``a, b or c``."""
    *most, last = found
    return f"{', '.join(most)} or {last}" if most else last
