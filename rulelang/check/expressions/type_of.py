"""Types and shapes: every expression of a rulebook is typed once, from the leaves up.

A finding is made where two things do not fit; the expression around it then has no type (``None``) and says nothing
more, so that one mistake gives one finding.
"""

from collections.abc import Callable, Collection
from typing import Any

from rulelang.base.advice import Help, only, write
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
        help=advice or _type_help(draft, node, typed.type, kinds),
    )
    return None


def as_amount(draft: Draft, node: nodes.Expression, currency: str | None = None) -> Help:
    """The advice to write an amount of money for a number: the one that is written, or some amount."""
    code = currency or ("EUR" if draft.currency is None else draft.currency.code)
    if not isinstance(node, nodes.NumberLiteral):
        return f"write an amount with its currency, as in `{code} 5`"
    return only(write(f"{code} {node.digits}", node.span))


def _type_help(draft: Draft, node: nodes.Expression, found: Type, kinds: Collection[Kind]) -> Help | None:
    if Kind.MONEY in kinds and found.kind is Kind.RATIO:
        percentage = draft.source.phrase(node.span) if isinstance(node, nodes.PercentageLiteral) else "25%"
        return f"say of what, as in `{percentage} of contribution`"
    if Kind.MONEY in kinds and found.kind is Kind.NUMBER:
        return as_amount(draft, node)
    if Kind.YES_NO in kinds:
        return "write a condition, as in `loss > EUR 40 million`"
    return None
