"""What the grammar knows of a place in a text: which words can come, and which role a name would have there.

A name is read in tentatively and the stack of the parser is looked at: the symbols on it say which phrase is begun.
"""

import re
from collections.abc import Sequence

from attrs import frozen

from rulelang.analysis.uses import Role
from rulelang.base.source import Span
from rulelang.syntax.read import Start
from rulelang.syntax.recovery.automaton import Machine, Moment, Stack, machine
from rulelang.syntax.recovery.partial import moments
from rulelang.syntax.recovery.recover import levels

_BEGUN = re.compile(r"[^\W\d]\w*(?:-\w*)?\Z")
_PLACEHOLDER = "x"
_DEEP = 12


@frozen
class Context:
    """What the grammar knows of a place, and the word that is begun there.

    ``stacks`` are those of the parser in which something can come.  ``role`` is that of a name (``None``: none can
    come, or a new one), ``member`` whether a member id can, ``currency`` whether an amount can.  ``of_event`` tells a
    given from a field, ``payer`` who pays from a pot; ``compared`` is the name of the datum whose value is due.
    """

    span: Span
    stacks: tuple[Stack, ...]
    role: Role | None = None
    member: bool = False
    currency: bool = False
    after_up_to: bool = False
    of_event: bool = False
    payer: str | None = None
    compared: str | None = None


def context_at(text: str, offset: int, start: Start) -> Context:
    """What is known of an offset, whatever is wrong with the text above it."""
    begun = _BEGUN.search(text, max(text.rfind("\n", 0, offset), 0), offset)
    begin = offset if begun is None else begun.start()
    tables = machine(start)
    read = tuple(moments(text[:begin] + _PLACEHOLDER, start))
    stacks = _stacks(tables, read, text, begin, start)
    span = Span(begin, offset)
    if not stacks:
        return Context(span, ())
    stack = stacks[0]
    symbols = _symbols(tables, stack)
    kinds = tables.expected(stack)
    role = _role(tables, stack, symbols)
    capital = "CAPITALISED" in kinds
    member = capital and "STRING" in kinds and "NUMBER" not in kinds and not {"DATE", "PERCENTAGE"} & kinds
    before = [text[each.start : each.end] for each in read if each.end <= begin and each.after is not None]
    payer = None
    if role is Role.POT and symbols[:2] == ["FROM", "payers"] and before:
        payer = before[-2]
    return Context(
        span, stacks, role, member, capital and not member, symbols[:2] == ["TO", "UP"], "GIVEN" in symbols[:3],
        payer, _compared(before),
    )  # fmt: skip


def _compared(before: Sequence[str]) -> str | None:
    """The name of the datum whose value is due behind some words: what it is compared with, is, or is if missing."""
    if before[-2:] == ["if", "missing"] and ":" in before:
        return before[len(before) - 2 - before[::-1].index(":")]
    return before[-2] if len(before) > 1 and before[-1] in ("=", "!=", ":", "then", "or") else None


def _stacks(tables: Machine, read: Sequence[Moment], text: str, begin: int, start: Start) -> tuple[Stack, ...]:
    """The stacks at a place: that before what stands there, or, behind an error, those on which a line may open."""
    if not read:
        return (tables.bottom,)
    last = next((each for each in reversed(read) if each.start <= begin), read[-1])
    if last.start == begin:
        return (last.before,)
    line = text.rfind("\n", 0, begin) + 1
    if text[line:begin].strip() or read[-1].after is not None:
        return ()
    return tuple(levels(tables, last.before, start))


def _symbols(tables: Machine, stack: Stack) -> list[str]:
    """The symbols on a stack, the uppermost first, as far as a phrase reaches: what a name would complete is."""
    found: list[str] = []
    named = tables.shift(stack, "NAME") or tables.shift(stack, "CAPITALISED")
    below: Stack | None = stack if named is None else named.below
    while below is not None and len(found) < _DEEP:
        found.append(tables.symbols.get(below.state, ""))
        below = below.below
    return found


def _role(tables: Machine, stack: Stack, symbols: list[str]) -> Role | None:
    """The role of a name at a place."""
    read_as = tables.roles(stack)
    if "reference" in read_as:
        return Role.VALUE
    if "word_value" in read_as:
        return Role.CHOICE
    if not read_as:
        return None
    at = next((at for at, symbol in enumerate(symbols) if symbol in _OF_HEAD), None)
    if at is None:
        return None
    head, below = symbols[at], symbols[at + 1] if at + 1 < len(symbols) else ""
    roles = _OF_HEAD[head]
    if head == "IN" and below == "amount" and "_HOLDS" in symbols[at : at + 3]:
        return Role.POT
    if head == "COLON" and "ORDER" not in symbols[at : at + 4]:
        return None
    return roles.get(below, roles.get("")) if symbols[0] in _OPEN_LISTS or at == 0 or head in _FAR else None


_OPEN_LISTS = frozenset({"COMMA", "OR", "THEN", "on_day"})
_FAR = frozenset({"MEMBER"})
"""Words whose phrase goes on behind other parts."""
_OF_HEAD: dict[str, dict[str, Role | None]] = {
    "BY": {"PAID": Role.PAYER, "date": Role.MEMBER, "": Role.MEMBER},
    "FROM": {"": Role.POT},
    "LPAR": {
        **dict.fromkeys(("USED", "UNUSED", "PAID"), Role.STEP),
        **dict.fromkeys(("OPEN_OF", "START_OF", "DEFAULTS_OF"), Role.PERIOD),
    },
    "IN": {"": Role.SEGMENT},
    "LIMIT_IN": {"": Role.SEGMENT},
    "OUTSIDE": {"": Role.SEGMENT},
    "DURING": {"": Role.PERIOD},
    "UNDER": {"": Role.STEP},
    "OF": {"EXHAUSTION": Role.STEP, "ONE": None},
    "REPAY": {"": Role.STEP},
    "_INTO": {"": Role.POT},
    "TO": {"_REST": Role.PAYER, "amount": Role.POT, "payer": Role.POT, "OUT": Role.MEMBER},
    "ON": {"DRAWS": Role.POT},
    "REPLENISH": {"": Role.POT},
    "GIVEN": {"": Role.DATUM, "__rulebook_star_0": None},
    "MEMBER": {"": Role.DATUM},
    "DECIDE": {"": Role.STEP},
    "EXPECT": {"": Role.PAYER_OR_STEP},
    "OUTCOME": {"": Role.OUTCOME},
    "PERIOD": {"": Role.PERIOD, "__rulebook_star_0": None},
    "COLON": {"expression": Role.CHOICE, "": None},
    **{word: {} for word in ("SEGMENTS", "PARTY", "HAVE", "DEFINE", "LIMIT", "FINALLY", "FORMERLY", "kind")},
}
"""The role of a name behind a word, by the symbol that stands before that word; no role where a new name is due."""
