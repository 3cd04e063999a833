"""What may come at a place, in the words a person would type."""

from collections.abc import Iterable, Iterator

from rulelang.syntax.recovery.automaton import spellings
from rulelang.syntax.tables import END

MOST = 5
"""A list of what may come holds at most so many things."""

_EXPRESSION = frozenset({"NUMBER", "LPAR", "MIN", "SUM", "NAME"})
_GROUPS: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    # what must all be there, what it covers, what it is called
    (
        _EXPRESSION,
        _EXPRESSION
        | frozenset(
            """
            CAPITALISED PERCENTAGE DATE STRING YES NO DECLARED LOSS REMAINING TOTAL_PAID USED UNUSED PAID MAX CLAMP
            AVERAGE LARGEST SMALLEST COUNT MINUS IF NOT
            """.split()
        ),
        "an expression",
    ),
    (
        frozenset({"ADD", "MULTIPLY"}),
        frozenset("ADD MULTIPLY OF EQUAL LESSTHAN MORETHAN __ANON_0 __ANON_1 __ANON_2 __ANON_3 AND OR".split()),
        "an operator such as `+` or `of`",
    ),
    (
        frozenset({"UP", "SHARED"}),
        frozenset("PAID UP SHARED IN PER FOR WHEN AT".split()),
        "a clause such as `paid by` or `up to`",
    ),
    (
        frozenset({"TRANCHE", "ASSESSMENT"}),
        frozenset("TRANCHE ASSESSMENT HAIRCUT TEAR_UP VOLUNTARY TOGETHER FINALLY".split()),
        "a step such as `tranche`",
    ),
    (
        frozenset({"DEFINE", "ENSURE"}),
        frozenset("CURRENCY SEGMENTS PARTY MEMBERS GIVEN DEFINE WATERFALL ENSURE TEST".split()),
        "a section such as `define`",
    ),
    (
        frozenset({"DEFAULT", "DECIDE"}),
        frozenset("UNDER DECLARED GIVEN MEMBERS MEMBER DEFAULT PAID DECIDE".split()),
        "a line such as `member` or `default of`",
    ),
    (frozenset({"MONEY", "RATIO"}), frozenset("SIGNED MONEY NUMBER_TYPE RATIO TEXT DATE_TYPE YES_NO ONE".split()),
     "a type such as `money` or `yes/no`"),
    (frozenset({"MINUS", "NUMBER", "CAPITALISED", "YES"}),
     frozenset("MINUS NUMBER PERCENTAGE CAPITALISED DATE STRING NAME YES NO".split()), "a value"),
    (frozenset({"CAPITALISED", "STRING"}), frozenset({"CAPITALISED", "STRING"}), "a member id"),
)  # fmt: skip
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
    for needed, covered, name in _GROUPS:
        if needed <= left:
            left -= covered
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
