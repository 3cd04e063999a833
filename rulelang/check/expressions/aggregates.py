"""The typing rule of aggregates: what is summed, counted or compared, over whom, and how many of the largest."""

from collections.abc import Sequence

from rulelang.base.advice import Advice, write
from rulelang.base.source import Span
from rulelang.base.suggest import listed
from rulelang.check.draft import Draft
from rulelang.check.expressions.type_of import TypingRule, require, type_of
from rulelang.check.types import NUMBER, YES_NO, Kind, TypeAndShape, shape_of
from rulelang.syntax import nodes


def _aggregate(draft: Draft, node: nodes.Aggregate) -> TypeAndShape | None:
    if node.over == "segments" and not _over_segments(draft, node):
        return None
    operand: TypeAndShape | None = TypeAndShape(NUMBER)
    if node.operand is not None:
        measures = (Kind.MONEY, Kind.NUMBER, Kind.RATIO)
        operand = require(draft, node.operand, measures, f"what `{node.function} of` takes")
    where = TypeAndShape(YES_NO)
    if node.where is not None:
        condition = require(draft, node.where, (Kind.YES_NO,), "what stands after `where`")
        if condition is None:
            return None
        where = condition
    if operand is None or not _count_of_largest(draft, node) or not _by(draft, node):
        return None
    per_member, segment = shape_of(operand, where)
    if node.over == "segments":
        return TypeAndShape(operand.type, per_member)
    return TypeAndShape(operand.type, per_member=False, segment=segment)


def _by(draft: Draft, node: nodes.Aggregate) -> bool:
    """Whether what members are grouped by, if they are, is a text or a choice of each."""
    if node.by is None:
        return True
    name = node.by.name
    datum = draft.fields.get(name)
    if datum is not None and datum.type.kind in (Kind.TEXT, Kind.CHOICE) and not datum.per_segment:
        type_of(draft, node.by)
        return True
    message = draft.is_none(name, "member field")
    if datum is not None:
        message = f"members are grouped by a text or a choice, but `{name}` is {datum.type}"
        message += " for each segment" if datum.per_segment else ""
    fits = [
        one.name for one in draft.fields.values() if one.type.kind in (Kind.TEXT, Kind.CHOICE) and not one.per_segment
    ]
    advice = draft.suggestions.did_you_mean(name, fits, "group") if datum is None else None
    draft.report("not-a-group", message, node.by.span, help=advice or _groups(fits))
    return False


def _groups(fits: Sequence[str]) -> str:
    """What members can be grouped by."""
    if fits:
        return f"members are grouped by a text or a choice: {listed(fits)}"
    return "declare the group, as in `group : text` in `members have`"


def _over_segments(draft: Draft, node: nodes.Aggregate) -> bool:
    if node.function != "sum" or node.number is not None:
        start = node.span.start if draft.source.text[node.span.start] != "(" else node.span.start + 1
        written = Span(start, start + len(node.function))
        summed = write("sum", written, shown="sum of")
        plain = draft.source.slice(written) == node.function and node.number is None
        advice = f"{summed.title} if their sum is meant; one segment is reached by a step `for losses in` it"
        message = f"over segments only `sum of` is taken, not `{node.function} of`"
        draft.report("aggregate-over-segments", message, node.span, help=Advice(advice, (summed,) if plain else ()))
        return False
    if not draft.segments:
        message = f"`{draft.source.phrase(node.span)}` sums over segments, but the rulebook has none"
        draft.report("no-segments", message, node.span, help="declare them, as in `segments energy, financials`")
        return False
    return True


def _count_of_largest(draft: Draft, node: nodes.Aggregate) -> bool:
    if node.number is None:
        return True
    if node.number.isdigit() and len(node.number) <= 6 and int(node.number) > 0:
        draft.constants[id(node)] = int(node.number)
        return True
    start = draft.source.text.index(node.number, node.span.start)
    message = f"`largest … of` counts members with a whole number from 1 to 999,999, but `{node.number}` stands here"
    advice = "write how many are added up, as in `largest 2 of contribution over members`"
    draft.report("malformed-number", message, Span(start, start + len(node.number)), help=advice)
    return False


AGGREGATES: dict[type, TypingRule] = {nodes.Aggregate: _aggregate}
