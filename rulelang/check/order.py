"""Order: an expression reads only results of steps that come before it, and nothing is nested beyond measure."""

from collections.abc import Iterator, Mapping

from rulelang.check.draft import Draft
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import StepProgram, steps_of
from rulelang.syntax import nodes
from rulelang.syntax.parser import MAXIMUM_DEPTH

_SHORTEN = "let fewer definitions stand on each other"


def check_order(draft: Draft) -> None:
    """Every step reads only results of earlier stages."""
    latest: dict[str, int] = {}  # the last stage whose result a definition reads, -1 if it reads none
    for name in draft.definitions_typed:
        latest[name] = _latest(draft, latest, draft.definitions[name].value)
    with draft.inside("waterfall"):
        for number, stage in enumerate(draft.stages):
            for step in steps_of(stage):
                with draft.inside(step.name, citation=step.citation):
                    for node in children(step.syntax):
                        if _latest(draft, latest, node) >= number:
                            _report_reads(draft, step, number, node)


def _latest(draft: Draft, latest: Mapping[str, int], node: nodes.Expression) -> int:
    found = -1
    for inner in walk(node):
        match inner:
            case nodes.StepResult(step=step):
                found = max(found, draft.step_stage.get(step.text, -1))
            case nodes.Reference(name=name):
                found = max(found, latest.get(name, -1))
    return found


def _results(draft: Draft, node: nodes.Expression) -> Iterator[tuple[nodes.StepResult, nodes.Expression]]:
    """The results of steps that an expression reads, through definitions too, each with the part that leads there."""
    waiting: list[tuple[nodes.Expression, nodes.Expression | None]] = [(node, None)]
    seen: set[str] = set()
    while waiting:
        value, through = waiting.pop()
        for inner in walk(value):
            match inner:
                case nodes.StepResult():
                    yield inner, through or inner
                case nodes.Reference(name=name) if name in draft.definitions and name not in seen:
                    seen.add(name)
                    waiting.append((draft.definitions[name].value, through or inner))


def _report_reads(draft: Draft, step: StepProgram, stage: int, node: nodes.Expression) -> None:
    told = set()
    for result, through in _results(draft, node):
        other = result.step.text
        if draft.step_stage.get(other, -1) < stage or (result.what, other) in told:
            continue
        told.add((result.what, other))
        if other == step.name:
            why = "its own result"
        elif draft.step_stage[other] == stage:
            why = "the result of a step of the same group"
        else:
            why = "the result of a step that comes later"
        labels = [draft.label(draft.step_nodes[other].name.span, f"`{other}` stands here")]
        if through is not result:
            labels.append(draft.label(result.span, "read in this definition"))
        message = f"`{step.name}` reads `{result.what}({other})`, {why}"
        advice = "a step reads results of earlier steps only"
        draft.report("reads-ahead", message, through.span, labels=labels, help=advice)


def watch_steps(draft: Draft) -> None:
    """Enter the steps whose ``unused`` is asked for, by an expression or by the exhaustion that opens a period.

    A step that may be unlimited has no ``unused``.
    """
    exhausted = (period for period in draft.periods.values() if period.opener == "exhaustion")
    watched = {name for period in exhausted for name in period.steps}
    for result in (inner for inner in draft.expressions if isinstance(inner, nodes.StepResult)):
        step = draft.steps.get(result.step.text)
        if result.what != "unused" or step is None:
            continue
        watched.add(step.name)
        if step.may_be_unlimited:
            draft.report(
                "unused-of-unlimited",
                f"`{step.name}` may be unlimited, so nothing of it is ever left unused",
                result.span,
                labels=[draft.label(step.span, "no `up to`, no `from`")],
                help=f"give `{step.name}` a limit",
            )
    draft.watched = frozenset(watched)


def check_depth(draft: Draft) -> None:
    """No expression is deeper than :data:`MAXIMUM_DEPTH`, counted through the definitions it names."""
    if draft.failed:  # definitions may go in a circle
        return
    depths: dict[str, int] = {}
    for name in draft.definitions_typed:
        depths[name] = _depth(draft.definitions[name].value, depths)
    for name, section in draft.definitions.items():
        if depths[name] > MAXIMUM_DEPTH:
            message = f"`{name}` rests on definitions and expressions that are more than {MAXIMUM_DEPTH} deep"
            draft.report("nested-too-deeply", message, section.name.span, help=_SHORTEN)
            return
    for root in children(draft.rulebook):
        if _depth(root, depths) > MAXIMUM_DEPTH:
            message = f"this expression and the definitions it names are more than {MAXIMUM_DEPTH} deep"
            draft.report("nested-too-deeply", message, root.span, help=_SHORTEN)
            return


def _depth(root: nodes.Expression, definitions: Mapping[str, int]) -> int:
    deepest = 0
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, nodes.Reference):
            depth += definitions.get(node.name, 0)
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in children(node))
    return deepest
