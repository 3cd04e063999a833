"""Values for what is missing: what they may name, that they are of the kind declared, and that they go in no circle."""

from collections import deque

from rulelang.check.draft import Draft
from rulelang.check.expressions.dependencies import around, dependencies_first
from rulelang.check.expressions.typing_rules import require
from rulelang.check.expressions.walk import walk
from rulelang.check.program import DatumProgram
from rulelang.check.types import Kind, Varies, joined
from rulelang.syntax import nodes


def check_missing_values(draft: Draft) -> None:
    """``if missing`` names givens and, for a field, that member's other fields; it never goes in a circle."""
    for table, crumb in ((draft.fields, "members have"), (draft.givens, "givens")):
        for datum in table.values():
            if datum.if_missing is not None:
                with draft.inside(crumb, datum.name):
                    _check_missing_value(draft, datum, field=table is draft.fields)
    _refuse_circles(draft)


def _check_missing_value(draft: Draft, datum: DatumProgram, *, field: bool) -> None:
    value = datum.if_missing
    assert value is not None
    for node in walk(value):
        match node:
            case nodes.StepResult() | nodes.Aggregate():
                refused = True
            case nodes.RunValue(what=what):
                refused = what != "declared"
            case nodes.Reference(name=name):
                refused = name in draft.definitions or (name in draft.fields and not field)
            case _:
                refused = False
        if refused:
            allowed = "givens and that member's other fields" if field else "other givens"
            draft.report(
                "not-for-missing",
                f"`{draft.source.phrase(node.span)}` is not known when a missing value is filled in",
                node.span,
                help=f"`if missing` may name {allowed}",
            )
            return
    typed = require(draft, value, tuple(Kind), "a value for what is missing")
    if typed is None:
        return
    common = joined(datum.type, typed.type)
    if common is None:
        draft.report(
            "type-mismatch",
            f"`{datum.name}` is {datum.type}, but the value for a missing one is {typed.type}",
            value.span,
            labels=[draft.label(datum.span, f"declared here as {datum.type}")],
            help="write a value of the kind that is declared",
        )
    elif typed.segment is Varies.YES and not datum.per_segment:
        draft.report(
            "shape-mismatch",
            f"`{datum.name}` is one value, but the value for a missing one differs from segment to segment",
            value.span,
            help="name a value that is the same for all segments",
        )


def _refuse_circles(draft: Draft) -> None:
    data = {**draft.fields, **draft.givens}
    values = {name: datum.if_missing for name, datum in data.items() if datum.if_missing is not None}

    def report(path: list[str], start: int, _node: nodes.Reference) -> None:
        draft.report(
            "circular-definition",
            f"values for what is missing go in a circle: {around(path, start)}",
            data[path[-1]].span,
            help="give one of them a value of its own",
        )

    deque(dependencies_first(values, report), maxlen=0)
