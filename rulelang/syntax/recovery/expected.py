"""What may come at a place, in the words a person would type."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from rulelang.syntax.grammar import openers
from rulelang.syntax.recovery.automaton import spellings
from rulelang.syntax.tables import END

MOST = 5
"""A list of what may come holds at most so many things."""

_OPERATORS = frozenset("ADD MULTIPLY OF EQUAL NOT_EQUAL LESS AT_MOST MORE AT_LEAST AND OR AT ROUNDED AS OFFSET".split())
_GROUPS: tuple[tuple[AbstractSet[str], str | AbstractSet[str], str], ...] = (
    # what must all be there, the part of a text that they begin or all that is meant, what it is called
    ({"NUMBER", "LPAR", "MIN", "SUM", "NAME"}, "expression", "an expression"),
    ({"ADD", "MULTIPLY"}, _OPERATORS, "an operator such as `+` or `of`"),
    ({"LIMIT_IN", "DURING"}, {"LIMIT_IN", "DURING", "AT_EVERY"}, "an ending such as `in total`"),
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
    "AT_EVERY": "`at every resizing`",
    "DURING": "`during`",
    "IN_OTHER": "`in other segments`",
    "OF": "`of`",
    "PRO": "`pro rata to`",
    "ROUNDED": "`rounded`",
    "WITHOUT": "`without reallocation`",
    "SPLIT": "`split by`",
}
# What goes without saying: it may stand at the end of almost everything.
_LAST = ("CITE", END)


def may_come(kinds: frozenset[str], previous: str = "") -> list[str]:
    """What may come behind a word, the most telling first, at most five things; more than that are left out."""
    told = _told(kinds)
    found = ["an amount" if what == "a currency" and previous != "currency" else what for what in told]
    return found if len(found) <= MOST else [*found[: MOST - 1], "something else"]


def _told(kinds: frozenset[str]) -> Iterator[str]:
    left = set(kinds)
    if "UP" in left:
        left.discard("END")
    elif "IN" in left:
        left -= {"LIMIT_IN", "IN_OTHER"}  # the same word, told apart by what follows
    groups = []
    for needed, part, name in _GROUPS:
        if needed <= left:
            left -= openers(part) if isinstance(part, str) else part
            groups.append(name)
    last = [kind for kind in _LAST if kind in left]
    yield from sorted(_typed(kind, kinds) for kind in left.difference(_LAST))
    yield from groups
    yield from (_typed(kind, kinds) for kind in last)


def _typed(kind: str, kinds: AbstractSet[str]) -> str:
    if kind == "UP" and "DOWN" in kinds:
        return "`up`"
    if kind == "DEFAULT" and "PAYMENT" in kinds:
        return "`default`"
    if kind == "PER" and len(kinds) == 1:
        return "`per`"
    if kind in _PHRASES:
        return _PHRASES[kind]
    return f"`{spellings()[kind][0]}`" if kind in spellings() else kind.lower()


def listed(found: Iterable[str]) -> str:
    """Things as a person would list them: ``a, b or c``."""
    *most, last = found
    return f"{', '.join(most)} or {last}" if most else last
