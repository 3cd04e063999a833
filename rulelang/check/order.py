"""Order: an expression reads only results of steps that come before it, and nothing is nested beyond measure."""

from collections.abc import Iterator, Mapping

from attrs import define, field

from rulelang.check.draft import Draft
from rulelang.check.expressions.walk import children, references, walk
from rulelang.check.program import StepProgram, steps_of
from rulelang.syntax import nodes

MAXIMUM_DEPTH = 200
"""How deep an expression may be, the definitions it names included."""

_SHORTEN = "let fewer definitions stand on each other"


def step_expressions(step: StepProgram) -> Iterator[nodes.Expression]:
    """Every expression of a step, in the order of its clauses."""
    for clause in step.syntax.clauses:
        match clause:
            case nodes.PaidBy(where=where, pot=pot):
                split_by = None if pot is None else pot.split_by
                yield from (part for part in (where, split_by) if part is not None)
            case nodes.UpTo(value=value) | nodes.InOrder(value=value):
                yield value
            case nodes.Shared(key=nodes.Expression() as key):
                yield key
            case nodes.When(condition=condition):
                yield condition
            case nodes.Shared() | nodes.PerSegment() | nodes.ForLosses() | nodes.InForce() | nodes.Discretion():
                pass  # they hold no expression
            case _:
                raise TypeError(clause)


def _latest_reads(draft: Draft) -> dict[str, int]:
    """The last stage whose result each definition reads, -1 if it reads none."""
    latest: dict[str, int] = {}
    for name in draft.definitions_typed:
        latest[name] = _latest(draft, latest, draft.definitions[name].value)
    return latest


def _latest(draft: Draft, latest: Mapping[str, int], node: nodes.Expression) -> int:
    found = -1
    for inner in walk(node):
        if isinstance(inner, nodes.StepResult):
            found = max(found, draft.step_stage.get(inner.step.text, -1))
        elif isinstance(inner, nodes.Reference):
            found = max(found, latest.get(inner.name, -1))
    return found


def _definition_reads(draft: Draft) -> dict[str, dict[str, nodes.StepResult]]:
    """The step results that each definition reads, worked out once, from those that name no other upwards."""
    if not draft.definition_reads:
        for name in draft.definitions_typed:
            found: dict[str, nodes.StepResult] = {}
            for inner in walk(draft.definitions[name].value):
                if isinstance(inner, nodes.StepResult):
                    found.setdefault(f"{inner.what} {inner.step.text}", inner)
                elif isinstance(inner, nodes.Reference):
                    found = {**draft.definition_reads.get(inner.name, {}), **found}
            draft.definition_reads[name] = found
    return draft.definition_reads


def steps_named(draft: Draft, node: nodes.Expression) -> dict[str, tuple[nodes.StepResult, nodes.Expression]]:
    """The steps whose results an expression reads, through definitions too.

    Each comes with the node that reads it and the part of the expression that leads there.
    """
    reads = _definition_reads(draft)
    found: dict[str, tuple[nodes.StepResult, nodes.Expression]] = {}
    for inner in walk(node):
        if isinstance(inner, nodes.StepResult):
            found.setdefault(f"{inner.what} {inner.step.text}", (inner, inner))
        elif isinstance(inner, nodes.Reference):
            for key, result in reads.get(inner.name, {}).items():
                found.setdefault(key, (result, inner))
    return found


def check_order(draft: Draft) -> None:
    """Every step reads only results of earlier stages."""
    latest = _latest_reads(draft)
    with draft.inside("waterfall"):
        for number, stage in enumerate(draft.stages):
            for step in steps_of(stage):
                with draft.inside(step.name, citation=step.citation):
                    for node in step_expressions(step):
                        if _latest(draft, latest, node) >= number:
                            _report_reads(draft, step, number, node)


def _report_reads(draft: Draft, step: StepProgram, stage: int, node: nodes.Expression) -> None:
    for result, through in steps_named(draft, node).values():
        other = result.step.text
        if other not in draft.step_stage or draft.step_stage[other] < stage:
            continue
        if other == step.name:
            why = "its own result"
        elif draft.step_stage[other] == stage:
            why = "the result of a step of the same group"
        else:
            why = "the result of a step that comes later"
        labels = [draft.label(draft.step_nodes[other].name.span, f"`{other}` stands here")]
        if through is not result:
            labels.append(draft.label(result.span, "read in this definition"))
        draft.report(
            "reads-ahead",
            f"`{step.name}` reads `{result.what}({other})`, {why}",
            through.span,
            labels=labels,
            help="a step reads results of earlier steps only",
        )


def _roots(draft: Draft) -> Iterator[nodes.Expression]:
    """Every expression that a run may evaluate."""
    yield from (section.value for section in draft.definitions.values())
    for stage in draft.stages:
        for step in steps_of(stage):
            yield from step_expressions(step)
    for ensure in draft.ensures:
        yield from (node for node in (ensure.where, ensure.condition) if node is not None)


def watch_steps(draft: Draft) -> None:
    """Enter the steps whose ``unused`` is asked for anywhere; a step that may be unlimited has none."""
    steps = {step.name: step for stage in draft.stages for step in steps_of(stage)}
    watched: set[str] = set()
    for result in (inner for root in _roots(draft) for inner in walk(root) if isinstance(inner, nodes.StepResult)):
        step = steps.get(result.step.text)
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
    depths = _Depths(draft)
    for name, section in draft.definitions.items():
        if depths.of_definition(name) > MAXIMUM_DEPTH:
            message = f"`{name}` rests on definitions and expressions that are more than {MAXIMUM_DEPTH} deep"
            draft.report("nested-too-deeply", message, section.name.span, help=_SHORTEN)
            return
    for root in _roots(draft):
        if depths.of(root) > MAXIMUM_DEPTH:
            message = f"this expression and the definitions it names are more than {MAXIMUM_DEPTH} deep"
            draft.report("nested-too-deeply", message, root.span, help=_SHORTEN)
            return


@define(slots=False, eq=False, repr=False)
class _Depths:
    """Depths of expressions and definitions; cycles have been refused before."""

    draft: Draft
    known: dict[str, int] = field(factory=dict)

    def of_definition(self, name: str) -> int:
        waiting = [name]
        while waiting:
            current = waiting[-1]
            value = self.draft.definitions[current].value
            used = {r.name for r in references(value) if r.name in self.draft.definitions}
            unknown = [other for other in used if other not in self.known]
            if unknown:
                waiting.extend(unknown)
            else:
                self.known[current] = self.of(value)
                waiting.pop()
        return self.known[name]

    def of(self, root: nodes.Expression) -> int:
        deepest = 0
        waiting = [(root, 1)]
        while waiting:
            node, depth = waiting.pop()
            if isinstance(node, nodes.Reference):
                depth += self.known.get(node.name, 0)
            deepest = max(deepest, depth)
            waiting.extend((child, depth + 1) for child in children(node))
        return deepest
