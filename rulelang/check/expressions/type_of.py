"""Types and shapes: every expression of a rulebook is typed once, from the leaves up.

A finding is made where two things do not fit; the expression around it then has no type (``None``) and says nothing
more, so that one mistake gives one finding.
"""

from collections.abc import Callable, Collection
from typing import Any

from rulelang.check.draft import Draft
from rulelang.check.types import Kind, Type, TypeAndShape
from rulelang.syntax import nodes

TypingRule = Callable[[Draft, Any], TypeAndShape | None]
TYPING_RULES: dict[type, TypingRule] = {}
"""The rule for each kind of expression; ``typing_rules.py`` enters them, since most ask for what stands inside."""


def type_of(draft: Draft, node: nodes.Expression) -> TypeAndShape | None:
    """The type and shape of an expression, worked out at its first mention; ``None`` if it does not check."""
    if id(node) in draft.types:
        return draft.types[id(node)]
    typed = TYPING_RULES[type(node)](draft, node)
    if typed is not None:
        draft.types[id(node)] = typed
    return typed


def require(
    draft: Draft, node: nodes.Expression, kinds: Collection[Kind], role: str, advice: str | None = None
) -> TypeAndShape | None:
    """The type and shape of an expression of one of these kinds; ``role`` says what it is, for the message."""
    typed = type_of(draft, node)
    if typed is None or typed.type.kind in kinds:
        return typed
    wanted = [str(Type(kind)) if kind is not Kind.CHOICE else "a choice" for kind in kinds]
    due = wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} or {wanted[-1]}"
    written = draft.source.phrase(node.span)
    draft.report(
        "type-mismatch",
        f"{role} is {due}, but `{written}` is {typed.type}",
        node.span,
        marker=f"this is {typed.type}",
        help=advice or _type_help(typed.type, kinds, written if isinstance(node, nodes.PercentageLiteral) else "25%"),
    )
    return None


def _type_help(found: Type, kinds: Collection[Kind], percentage: str) -> str | None:
    if Kind.MONEY in kinds and found.kind is Kind.RATIO:
        return f"say of what, as in `{percentage} of contribution`"
    if Kind.MONEY in kinds and found.kind is Kind.NUMBER:
        return "write an amount with its currency, as in `EUR 7 million`"
    if Kind.YES_NO in kinds:
        return "write a condition, as in `loss > EUR 40 million`"
    return None
