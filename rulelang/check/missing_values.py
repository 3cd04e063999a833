"""Values for what is missing: what they may name, that they are of the kind declared, and that they go in no circle."""

from rulelang.check.draft import Draft
from rulelang.check.expressions.definitions import around
from rulelang.check.expressions.typing_rules import require
from rulelang.check.expressions.walk import references, walk
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
        refused = (
            isinstance(node, nodes.StepResult | nodes.Aggregate)
            or (isinstance(node, nodes.RunValue) and node.what != "declared")
            or (isinstance(node, nodes.Reference) and node.name in draft.definitions)
            or (isinstance(node, nodes.Reference) and node.name in draft.fields and not field)
        )
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
    waiting = {
        name: iter([r.name for r in references(datum.if_missing) if r.name in data])
        for name, datum in data.items()
        if datum.if_missing is not None
    }
    settled: set[str] = set()
    for start in waiting:
        path, on_path = [start], {start: 0}
        while path:
            following = next((name for name in waiting.get(path[-1], ()) if name not in settled), None)
            if following is not None and following not in on_path:
                on_path[following] = len(path)
                path.append(following)
                continue
            if following is not None:
                draft.report(
                    "circular-definition",
                    f"values for what is missing go in a circle: {around(path, on_path[following])}",
                    data[path[-1]].span,
                    help="give one of them a value of its own",
                )
            settled.add(path[-1])
            del on_path[path.pop()]
