"""Diagnostics of the plan: where the rules end a run, and what has no straight lines."""

from rulelang.base.diagnostic import RulelangError, RunError, finding
from rulelang.base.source import Place
from rulelang.check.trouble import Trouble
from rulelang.plan.plan import Plan, TurnPlan
from rulelang.plan.straight import Lines
from rulelang.plan.unstraight import NotStraight
from rulelang.plan.variable import Variable


def refused(
    plan: Plan, variable: Variable, domain: Lines, trouble: Trouble | NotStraight, turn: TurnPlan | None
) -> RulelangError:
    """The error for what stopped a walk just above ``at``."""
    program = plan.program
    currency = program.currency
    step = None if turn is None else turn.step
    within = "" if step is None else f", in step `{step.name}`"
    crumbs = [f'event "{plan.event.title}"', *([] if step is None else [step.name])]
    citation = None if step is None else step.citation
    at = domain.at
    above = f"{'above' if domain.above else 'at'} {currency.show(at)} of {variable.words}"
    span = trouble.node.span if trouble.node is not None else None if step is None else step.span
    place = None if span is None else Place(program.source, span)
    if isinstance(trouble, NotStraight):
        message = f"the rulebook {trouble.construct}{within}, so what is paid {above} is no straight line"
        advice = "vary another amount, or stop below that with `--to`; `rulelang run` gives single values exactly"
        found = finding("not-straight", message, place, help=advice, breadcrumb=crumbs, citation=citation)
        return RulelangError([found])
    member = "" if trouble.member is None else f", for member `{trouble.member}`"
    message = f"{trouble}{member}{within}, {above}"
    advice = f"stop there with `--to`, or see `rulelang explain {trouble.code}`"
    return RunError([finding(trouble.code, message, place, help=advice, breadcrumb=crumbs, citation=citation)])
