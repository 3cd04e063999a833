"""Steps and groups: from their syntax to the checked program, each clause sorted into its place."""

from rulelang.check.draft import Draft
from rulelang.check.program import GroupProgram, Stage, StepProgram
from rulelang.check.steps.bounds import lower_key, lower_limit, lower_order
from rulelang.check.steps.groups import check_group, lower_ratio
from rulelang.check.steps.guards import (
    lower_condition,
    lower_discretion,
    lower_force,
    lower_losses_met,
    lower_once,
    lower_rounds,
    lower_scope,
)
from rulelang.check.steps.payers import check_fit, check_in_group, check_payers, lower_pot, lower_where
from rulelang.check.steps.scope import StepScope
from rulelang.syntax import nodes


def lower_waterfall(draft: Draft) -> None:
    """Enter the stages of the waterfall into the draft, in order."""
    assert draft.waterfall is not None
    stages: list[Stage] = []
    with draft.inside("waterfall", citation=nodes.cited(draft.waterfall.cite)):
        for item in draft.waterfall.items:
            if isinstance(item, nodes.Together):
                stages.append(_lower_group(draft, item))
            else:
                stages.append(_lower_step(draft, item, None))
    draft.stages = tuple(stages)


def _lower_step(draft: Draft, step: nodes.Step, group: nodes.Together | None) -> StepProgram:
    with draft.inside(step.name.text, citation=nodes.cited(step.cite)):
        scope = StepScope(draft, step, group)
        scope.sort()
        check_payers(scope)
        check_in_group(scope)
        check_fit(scope)
        key, reallocates = lower_key(scope)
        return StepProgram(
            step.name.text,
            step.kind,
            step.title,
            nodes.cited(step.cite),
            tuple(name.text for name in step.formerly),
            scope.payers,
            lower_where(scope),
            lower_pot(scope),
            tuple(lower_limit(scope, limit) for limit in scope.limits),
            key,
            reallocates,
            lower_order(scope),
            scope.in_segments,
            lower_scope(scope),
            lower_condition(scope),
            lower_force(scope),
            lower_discretion(scope),
            lower_rounds(scope),
            lower_once(scope),
            lower_losses_met(scope),
            step,
            scope.citations(),
        )


def _lower_group(draft: Draft, group: nodes.Together) -> GroupProgram:
    with draft.inside("together", citation=nodes.cited(group.cite)):
        steps = tuple(_lower_step(draft, step, group) for step in group.steps)
        check_group(draft, group, steps)
        return GroupProgram(
            steps,
            group.title,
            nodes.cited(group.cite),
            group.one_pool,
            group.per_segment,
            lower_ratio(draft, group),
            group,
        )
