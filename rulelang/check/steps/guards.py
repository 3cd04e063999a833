"""Which losses a step meets, and whether it is done at all: segments, conditions, dates, discretion."""

import datetime

from rulelang.check.expressions.literals import day
from rulelang.check.expressions.names import known_period
from rulelang.check.program import LossesMet
from rulelang.check.repairs import removal
from rulelang.check.steps.scope import AFTER_WHEN, StepScope
from rulelang.check.types import Kind
from rulelang.syntax import nodes

MOST_ROUNDS = 100


def lower_scope(scope: StepScope) -> frozenset[str] | None:
    """The segments whose losses the step meets; ``None`` if it meets all."""
    clause = scope.clause(nodes.ForLosses)
    if not scope.draft.segments:
        message = f"`{scope.step.name.text}` is done per segment, but the rulebook has no segments"
        scope.refuse("no-segments", message, nodes.PerSegment, "declare them, as in `segments energy, financials`")
    if clause is None:
        return None
    known = scope.draft.segment_names
    seen: set[str] = set()
    for name in clause.segments:
        if name.text not in known:
            declare = "declare segments, as in `segments energy, financials`"
            advice = scope.draft.suggestions.advice(name.text, scope.draft.segments, "segment", declare)
            scope.report("unknown-segment", f"no segment is called `{name.text}`", name.span, help=advice)
        elif name.text in seen:
            message = f"the segment `{name.text}` stands twice"
            scope.report("duplicate-name", message, name.span, help="keep one of the two")
        seen.add(name.text)
    return known - seen if clause.outside else frozenset(seen)


def lower_rounds(scope: StepScope) -> int | None:
    """How often the step may be done; ``None`` if it has no rounds."""
    clause = scope.clause(nodes.InRounds)
    if clause is None:
        return None
    refused = None
    if scope.group is not None:
        refused = "stands in a group"
    elif scope.in_segments:
        refused = "is done per segment"
    elif scope.known and scope.payers != "survivors":
        refused = "is paid by defaulters" if scope.payers == "defaulters" else "has a single payer"
    if refused is not None:
        scope.report(
            "rounds-not-here",
            f"`{scope.step.name.text}` {refused}, so it has no rounds",
            clause.span,
            help=removal(
                scope.draft.source,
                clause.span,
                "remove the clause: only a step of survivors, in no group and not per segment, is done in rounds",
            ),
        )
    if clause.digits.isdigit() and len(clause.digits) <= 3 and 1 <= int(clause.digits) <= MOST_ROUNDS:
        return int(clause.digits)
    message = f"a step has from 1 to {MOST_ROUNDS} rounds, but `{clause.digits}` stands here"
    scope.report("malformed-number", message, clause.span, help="write a whole number, as in `in at most 3 rounds`")
    return 1


def lower_once(scope: StepScope) -> str | None:
    """The period in which the step pays only once."""
    clause = scope.clause(nodes.OnceDuring)
    if clause is None:
        return None
    known_period(scope.draft, clause.period)
    return clause.period.text


def lower_losses_met(scope: StepScope) -> LossesMet:
    """Whether the step meets losses of defaults, losses without a defaulter, or all."""
    clause = scope.clause(nodes.LossesMet)
    if clause is None:
        return "defaults"
    if scope.group is not None or scope.payers == "defaulters":
        why = "stands in a group" if scope.group is not None else "is paid by defaulters"
        message = f"`{scope.step.name.text}` {why}, so it meets losses of defaults alone"
        advice = removal(scope.draft.source, clause.span, "remove the clause, or give such losses a step of their own")
        scope.report("losses-of-defaults-only", message, clause.span, help=advice)
        return "defaults"
    return clause.kind


def lower_condition(scope: StepScope) -> nodes.Expression | None:
    """The condition of ``when``."""
    clause = scope.clause(nodes.When)
    if clause is None:
        return None
    scope.one(clause.condition, (Kind.YES_NO,), AFTER_WHEN)
    return clause.condition


def lower_force(scope: StepScope) -> tuple[datetime.date, datetime.date | None] | None:
    """The first and last day on which the step is in force."""
    clause = scope.clause(nodes.InForce)
    if clause is None:
        return None
    start = day(scope.draft, clause.start)
    end = None if clause.end is None else day(scope.draft, clause.end)
    if start is not None and end is not None and end < start:
        message = f"`{scope.step.name.text}` is in force from {start} to {end}, which is earlier"
        advice = "check both days against the rule: the earlier one stands behind `from`"
        scope.report("never-in-force", message, clause.span, help=advice)
    return None if start is None else (start, end)


def lower_discretion(scope: StepScope) -> str | None:
    """The body that decides whether the step is invoked."""
    clause = scope.clause(nodes.Discretion)
    return None if clause is None else clause.body
