"""The interpreter: a checked rulebook and an event in, an allocation with its trail out.

The meaning of the language is the evaluator of the plan (:mod:`rulelang.run.waterfall`), written to be read beside
section 7 of the specification.  Here it is run over exact numbers, and :mod:`rulelang.run.trail` tells what every turn
did.
"""

from collections.abc import Iterable, Sequence

from rulelang.base.diagnostic import Diagnostic, RunError, finding
from rulelang.base.source import Place
from rulelang.check.program import CheckedProgram, EnsureProgram, StepProgram
from rulelang.model.allocation import Allocation, Allotment, EnsureLine, Identity, StepLine
from rulelang.model.event import Event
from rulelang.model.trail import Status, Trail, Turn
from rulelang.run.exact import ExactNumbers
from rulelang.run.inputs import make_data
from rulelang.run.laws import verify_run
from rulelang.run.plan import Plan, make_plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.trail import turns_of
from rulelang.run.values import Truth, Who
from rulelang.run.waterfall import Evaluation


def interpret(program: CheckedProgram, event: Event) -> Allocation:
    """Run a rulebook against an event (section 7.2 of the specification).

    Raises:
        RunError: the run met what the rules do not allow; the diagnostic names the event, the step, the member and
            the value, and how far the waterfall had come.
        InternalError: a law of every run is broken; the fault is the program's.
    """
    plan, domain, evaluation = make_plan(program, event), ExactNumbers(), None
    try:
        evaluation = Evaluation(plan, domain, make_data(plan, domain), set())
        evaluation.run()
        ensures = tuple([_ensure_line(plan, *judged) for judged in evaluation.judge()])
    except RuleViolation as violation:
        raise RunError([_diagnostic(plan, evaluation, violation)]) from None
    turns = tuple(turns_of(evaluation))
    branches = frozenset(evaluation.branches or ())
    trail = Trail(turns, evaluation.data.missing, tuple(_remarks(plan, turns)), branches)
    verify_run(program, event, trail)
    return _result(plan, trail, ensures, evaluation.state.losses.total(range(len(event.losses))))


def _diagnostic(plan: Plan, evaluation: Evaluation | None, violation: RuleViolation) -> Diagnostic:
    """What ended the run, and how far it had come (no evaluation: its data could not be filled in)."""
    program, event = plan.program, plan.event
    step = None if evaluation is None or evaluation.turn is None else evaluation.turn.step
    ensure = None if evaluation is None else evaluation.ensure
    place = None if violation.node is None else Place(program.source, violation.node.span)
    crumbs, message = [f'event "{event.title}"'], violation.message
    if step is not None:
        crumbs.append(step.name)
    if violation.member is not None:
        crumbs.append(violation.member)
        message = f"{message}, for member `{violation.member}`"
    if step is not None and f"`{step.name}`" not in message:
        message = f"{message}, in step `{step.name}`"
    if ensure is not None:
        crumbs.insert(1, f'ensure "{ensure.text}"')
        message = f'{message}, for ensure "{ensure.text}"'
    advice = _ADVICE.get(violation.code)
    if violation.code == "missing-decision" and step is not None:
        advice = f'add a line such as `decide {step.name}: invoke by "{step.discretion}"`'
    citation, notes = None if step is None else step.citation, [_progress(plan, evaluation)]
    return finding(violation.code, message, place, help=advice, notes=notes, breadcrumb=crumbs, citation=citation)


def _progress(plan: Plan, evaluation: Evaluation | None) -> str:
    event, show = plan.event, plan.program.currency.show
    left = event.loss if evaluation is None else evaluation.state.losses.total(range(len(event.losses)))
    results = [] if evaluation is None else evaluation.state.results.values()
    paying = len({result.turn.step.name for result in results if result.drawn})
    by = f"by {paying} step{'s' * (paying != 1)}"
    return f"so far {show(event.loss - left)} of {show(event.loss)} were covered, {by}"


_ADVICE = {
    "negative-limit": "say what holds then: with `max` of the limit and an amount of zero, nothing is due",
    "negative-key": "leave such payers out, as in `where … > 0`, or take `max` of the key and zero",
    "division-by-zero": "say what holds then, as in `if x = 0 then … else … / x`",
    "nobody-to-average": "say what holds when there is nobody, as in `if (count of survivors) = 0 then … else …`",
    "clamp-bounds": "say which bound wins, as in `max(low, min(x, high))`",
    "number-too-large": "work such factors out beforehand and give them with the event",
    "impossible-date": "check the dates of the event",
    "negative-value": "take `max` of the value and zero, or declare the name as `signed`",
}


# ---------------------------------------------------------------------------------------------------------- the result


def _ensure_line(plan: Plan, ensure: EnsureProgram, who: Who, truths: Sequence[Truth]) -> EnsureLine:
    if ensure.population is None:
        return EnsureLine(ensure.text, bool(truths[0]), (), ensure.citation)
    failing = (member for member, fine in zip(who, truths, strict=True) if not fine and member is not None)
    breaches = tuple(plan.event.members[member] for member in failing)
    return EnsureLine(ensure.text, not breaches, breaches, ensure.citation)


def _remarks(plan: Plan, turns: Sequence[Turn]) -> Iterable[str]:
    """What the event says without effect on this run."""
    event = plan.event
    if not event.losses:
        yield "the event has no default, so there is nothing to allocate"
    for name in event.decisions:
        if all(turn.step != name or turn.decided is None for turn in turns):
            yield f"the decision on `{name}` had no effect: no loss reached it"
    for name in sorted({payment.step for payment in event.payments}):
        if not plan.steps[name].counts_earlier_payments:
            yield f"earlier payments under `{name}` had no effect: it has no limit over time"


def _result(plan: Plan, trail: Trail, ensures: tuple[EnsureLine, ...], uncovered: int) -> Allocation:
    program, event = plan.program, plan.event
    final = "uncovered" if program.outcome is None else program.outcome.name
    names = dict(event.names)
    names.update({party: title for party, title in program.parties.items() if title})
    return Allocation(
        Identity(program.title, program.version, program.source.sha256),
        Identity(event.title, event.declared.isoformat(), event.sha256),
        event.declared,
        program.currency,
        event.loss,
        tuple([_line(turn, plan.steps[turn.step]) for turn in trail.turns]),
        tuple(
            [
                Allotment(turn.step, payer, turn.segment, amount)
                for turn in trail.turns
                for payer, amount in zip(turn.payers, turn.paid, strict=True)
                if amount
            ]
        ),
        ensures,
        uncovered,
        final if uncovered else "covered",
        names,
        trail,
    )


def _line(turn: Turn, step: StepProgram) -> StepLine:
    skipped = turn.status not in (Status.PAID, Status.NOT_REACHED)
    return StepLine(
        turn.step,
        step.title,
        step.kind,
        turn.segment,
        0 if skipped else turn.capacity,
        turn.drawn,
        turn.after,
        turn.status,
    )
