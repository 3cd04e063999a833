"""Diagnostics of a profile: where the rules end a run, and what has no straight lines."""

import re

from rulelang.base.apportion import round_down
from rulelang.base.diagnostic import RulelangError, RunError, finding
from rulelang.base.money import Exact
from rulelang.base.source import Place
from rulelang.profiles.line_domain import LineDomain
from rulelang.profiles.lines import NotStraight
from rulelang.profiles.variable import Variable
from rulelang.run.plan import Plan, TurnPlan
from rulelang.run.rule_violation import RuleViolation

_A_LINE = re.compile(r"is Line\([^()]*\), below zero")
"""A violation that shows an amount where a line moves."""


def refused(
    plan: Plan, variable: Variable, domain: LineDomain, violation: RuleViolation | NotStraight, turn: TurnPlan | None
) -> RulelangError:
    """The error for what stopped a walk at a value of the variable, or just above it."""
    step = None if turn is None else turn.step
    within = "" if turn is None else f", in step `{turn.step.name}`" + (f" in {turn.segment}" if turn.segment else "")
    crumbs = [f'event "{plan.event.title}"', *([] if step is None else [step.name])]
    citation = None if step is None else step.citation
    side = "above " if domain.above else ""
    where = f"where {variable.words} is {side}{variable.currency.show(domain.at)}"
    span = violation.node.span if violation.node is not None else None if step is None else step.span
    place = None if span is None else Place(plan.program.source, span)
    if isinstance(violation, NotStraight):
        message = f"the rulebook {violation.construct}{within}, so no straight line follows what is paid {where}"
        other = "vary another amount with `--vary`; `rulelang run` gives single values exactly"
        advice = _below(variable, domain) + other
        return RulelangError(
            [finding("not-straight", message, place, help=advice, breadcrumb=crumbs, citation=citation)]
        )
    member = "" if violation.member is None else f", for member `{violation.member}`"
    message = f"{_A_LINE.sub('falls below zero', violation.message)}{member}{within}, {where}"
    advice = f"{_below(variable, domain)}see `rulelang explain {violation.code}`"
    return RunError([finding(violation.code, message, place, help=advice, breadcrumb=crumbs, citation=citation)])


def too_many(plan: Plan, variable: Variable, at: Exact, passed: int, seconds: int | None) -> RulelangError:
    """The error for a walk that has passed more breakpoints than its budget, or (``seconds``) taken longer."""
    show = variable.currency.show
    known = f"what is known goes to where {variable.words} is {show(round_down(at))}"
    spent = f"more than {passed - 1:,} breakpoints"
    if seconds is not None:
        spent = f"{passed:,} breakpoints, and no end within {seconds:,} seconds"
    stop = round_down(at)
    first = f'stop there with `--to "{show(stop)}"`, or ' if stop > 0 else ""
    advice = f"{first}ask for single values with `rulelang run`, which takes no longer than for any rulebook"
    message = f"the profile has {spent}; {known}"
    return RulelangError(
        [finding("too-many-breakpoints", message, help=advice, breadcrumb=[f'event "{plan.event.title}"'])]
    )


def _below(variable: Variable, domain: LineDomain) -> str:
    """How to see the part below, if there is one."""
    stop = round_down(domain.at)
    if not domain.above and stop == domain.at:
        stop -= 1
    return f'stop before that with `--to "{variable.currency.show(stop)}"`, or ' if stop > 0 else ""
