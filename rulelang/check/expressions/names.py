"""What a name in an expression stands for: a field, a given, a definition, a choice, a value of the run."""

from itertools import chain

from rulelang.base.suggest import listed
from rulelang.check.draft import Draft
from rulelang.check.expressions.type_of import TypingRule
from rulelang.check.types import DATE, MONEY, Kind, Type, TypeAndShape, Varies
from rulelang.syntax import nodes


def _reference(draft: Draft, node: nodes.Reference) -> TypeAndShape | None:
    name = node.name
    if name in draft.definitions:
        return draft.types.get(id(draft.definitions[name].value))
    datum = draft.fields.get(name) or draft.givens.get(name)
    if datum is not None:
        segment = Varies.YES if datum.per_segment else Varies.NO
        return TypeAndShape(datum.type, name in draft.fields, segment)
    if name in draft.choices:
        draft.constants[id(node)] = name
        return TypeAndShape(Type(Kind.CHOICE, (name,), literal=True))
    _unknown_value(draft, node)
    return None


def _unknown_value(draft: Draft, node: nodes.Reference) -> None:
    if node.name in draft.names:
        what, declared = draft.names[node.name]
        advice = f"say which result of it you mean, as in `used({node.name})`" if what == "a step" else None
        draft.report(
            "not-a-value",
            f"`{node.name}` is {what}, not a value",
            node.span,
            labels=[draft.label(declared, f"declared here, as {what}")],
            help=advice,
        )
        return
    known = chain(draft.fields, draft.givens, draft.definitions, draft.choices)
    draft.report(
        "unknown-name",
        f"no field, given, definition or choice value is called `{node.name}`",
        node.span,
        help=draft.suggestions.did_you_mean(node.name, known, "value")
        or "declare it with `given`, `define` or in `members have`",
    )


def step_advice(draft: Draft, name: str) -> str:
    """What to do about the name of a step that there is not."""
    near = draft.suggestions.did_you_mean(name, draft.step_nodes, "step")
    return near or f"the steps are {listed(draft.step_nodes, 'and')}"


def _run_value(_draft: Draft, node: nodes.RunValue) -> TypeAndShape:
    match node.what:
        case "declared":
            return TypeAndShape(DATE)
        case "total_paid":
            return TypeAndShape(MONEY, per_member=True)
        case _:
            return TypeAndShape(MONEY, segment=Varies.FOLLOWS)


def _step_result(draft: Draft, node: nodes.StepResult) -> TypeAndShape | None:
    name = node.step.text
    if name not in draft.step_nodes:
        now = draft.former_names.get(name)
        advice = step_advice(draft, name) if now is None else f"it is now called `{now}`"
        draft.report("unknown-step", f"no step is called `{name}`", node.step.span, help=advice)
        return None
    segment = Varies.FOLLOWS if draft.step_per_segment[name] else Varies.NO
    return TypeAndShape(MONEY, per_member=node.what == "paid", segment=segment)


NAMES: dict[type, TypingRule] = {
    nodes.Reference: _reference,
    nodes.RunValue: _run_value,
    nodes.StepResult: _step_result,
}
