"""Types and shapes: every expression of a rulebook is judged once, from the leaves up.

A finding is made where two things do not fit; the expression around it then has no fact (``None``) and says nothing
more, so that one mistake gives one finding.
"""

from collections.abc import Callable
from typing import Any

from rulelang.check.draft import Draft
from rulelang.check.types import Fact, Kind, Type
from rulelang.syntax import nodes

Judge = Callable[[Draft, Any], Fact | None]
JUDGES: dict[type, Judge] = {}
"""The judge of each kind of expression; ``facts.py`` enters them, since most of them judge what stands inside."""


def judge(draft: Draft, node: nodes.Expression) -> Fact | None:
    """The fact of an expression, judged at its first mention; ``None`` if it does not check."""
    if id(node) in draft.facts:
        return draft.facts[id(node)]
    fact = JUDGES[type(node)](draft, node)
    if fact is not None:
        draft.facts[id(node)] = fact
    return fact


def require(draft: Draft, node: nodes.Expression, kinds: Any, role: str, advice: str | None = None) -> Fact | None:
    """The fact of an expression whose kind must be one of ``kinds``; ``role`` says what it is, for the message."""
    fact = judge(draft, node)
    if fact is None or fact.type.kind in kinds:
        return fact
    wanted = [str(Type(kind)) if kind is not Kind.CHOICE else "a choice" for kind in kinds]
    due = wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} or {wanted[-1]}"
    written = draft.source.phrase(node.span)
    draft.report(
        "type-mismatch",
        f"{role} is {due}, but `{written}` is {fact.type}",
        node.span,
        marker=f"this is {fact.type}",
        help=advice or _type_help(fact.type, kinds, written if isinstance(node, nodes.PercentageLiteral) else "25%"),
    )
    return None


def _type_help(found: Type, kinds: Any, percentage: str) -> str | None:
    if Kind.MONEY in kinds and found.kind is Kind.RATIO:
        return f"say of what, as in `{percentage} of contribution`"
    if Kind.MONEY in kinds and found.kind is Kind.NUMBER:
        return "write an amount with its currency, as in `EUR 7 million`"
    if Kind.YES_NO in kinds:
        return "write a condition, as in `loss > EUR 40 million`"
    return None
