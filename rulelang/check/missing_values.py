"""Values for what is missing: what they may name, that they are of the kind declared, and that they go in no circle."""

from collections import deque

from rulelang.check.draft import Draft
from rulelang.check.expressions.dependencies import around, dependencies_first
from rulelang.check.expressions.type_of import as_amount
from rulelang.check.expressions.typing_rules import require
from rulelang.check.expressions.walk import children, is_result, parts_read
from rulelang.check.program import DatumProgram
from rulelang.check.types import NUMBER, Kind, Varies, joined
from rulelang.syntax import nodes

_OF_ITS_KIND = "write a value of the kind that is declared"


def check_missing_values(draft: Draft) -> None:
    """``if missing`` names data, definitions and aggregates over all members; it reads no run and goes in no circle."""
    for table, crumb in ((draft.fields, "members have"), (draft.givens, "givens")):
        for datum in table.values():
            if datum.if_missing is not None:
                with draft.inside(crumb, datum.name):
                    _check_missing_value(draft, datum, field=table is draft.fields)
    _refuse_circles(draft)


def _is_of_a_run(draft: Draft, read: nodes.Expression) -> bool:
    """Whether a value is known only when a run is done, or differs from pass to pass: by who has defaulted."""
    match read:
        case nodes.RunValue(what="loss") | nodes.Aggregate(over="survivors" | "defaulters"):
            return True
        case nodes.Reference(name=name):
            return name in draft.fields and draft.fields[name].per_defaulter
    return is_result(read)


def _outside_aggregates(value: nodes.Expression) -> list[nodes.Expression]:
    """An expression and what stands inside, but not inside an aggregate over members."""
    found, waiting = [], [value]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not (isinstance(node, nodes.Aggregate) and node.over != "segments"):
            waiting.extend(children(node))
    return found


def _check_missing_value(draft: Draft, datum: DatumProgram, *, field: bool) -> None:
    value = datum.if_missing
    assert value is not None
    of_a_run = next((part for read, part in parts_read(draft.definitions, value) if _is_of_a_run(draft, read)), None)
    refused = of_a_run
    if refused is None and not field:
        refused = next((node for node in _outside_aggregates(value) if _per_member(draft, node)), None)
    if refused is not None:
        allowed = "data, definitions made of them, and aggregates over `members`"
        if not field and of_a_run is None:
            allowed = "other givens, and aggregates over `members`"
        message = f"`{draft.source.phrase(refused.span)}` is not known when a missing value is filled in"
        draft.report("not-for-missing", message, refused.span, help=f"`if missing` may name {allowed}")
        return
    typed = require(draft, value, tuple(Kind), "a value for what is missing")
    if typed is None:
        return
    common = joined(NUMBER if datum.type.kind is Kind.RATE else datum.type, typed.type)
    if common is None:
        is_number = datum.type.kind is Kind.MONEY and typed.type.kind is Kind.NUMBER
        draft.report(
            "type-mismatch",
            f"`{datum.name}` is {datum.type}, but the value for a missing one is {typed.type}",
            value.span,
            labels=[draft.label(datum.span, f"declared here as {datum.type}")],
            help=as_amount(draft, value, datum.type.currency) if is_number else _OF_ITS_KIND,
        )
    elif typed.segment is Varies.YES and not datum.per_segment:
        message = f"`{datum.name}` is one value, but the value for a missing one differs from segment to segment"
        draft.report("shape-mismatch", message, value.span, help="name a value that is the same for all segments")


def _per_member(draft: Draft, node: nodes.Expression) -> bool:
    """Whether a name stands for what differs from member to member."""
    if not isinstance(node, nodes.Reference):
        return isinstance(node, nodes.RunValue) and node.what == "leaving"
    if node.name not in draft.definitions:
        return node.name in draft.fields
    typed = draft.types.get(id(draft.definitions[node.name].value))
    return typed is not None and typed.per_member


def _refuse_circles(draft: Draft) -> None:
    """The value for what is missing never needs itself, through other data and definitions either."""
    data = {**draft.fields, **draft.givens}
    missing = {name: datum.if_missing for name, datum in data.items() if datum.if_missing is not None}
    defined = {name: section.value for name, section in draft.definitions.items()}

    def report(path: list[str], start: int, _node: nodes.Reference) -> None:
        filled = [name for name in path[start:] if name in missing]
        if not filled:
            return  # definitions that go in a circle are told of already
        message = f"values for what is missing go in a circle: {around(path, start)}"
        draft.report("circular-definition", message, data[filled[-1]].span, help="give one of them a value of its own")

    deque(dependencies_first(missing | defined, report), maxlen=0)
