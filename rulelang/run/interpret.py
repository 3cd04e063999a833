"""The interpreter: a checked rulebook and an event in, an allocation with its trail out.

The meaning of the language is the evaluator of the plan (:mod:`rulelang.run.waterfall`), written to be read beside
section 7 of the specification.  Here it is run over exact numbers, and :mod:`rulelang.run.trail` tells what every turn
did.
"""

from collections.abc import Iterable, Sequence

from rulelang.base.allow import ABOUT_ALLOWANCES
from rulelang.base.diagnostic import Diagnostic, RunError, finding
from rulelang.base.source import Place
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.model.allocation import Allocation, Allotment, EnsureLine, Identity, LossLine, StepLine
from rulelang.model.event import Event
from rulelang.model.trail import DatedValue, Status, Trail, Turn
from rulelang.run.data import Data
from rulelang.run.exact import ExactLosses, ExactNumbers
from rulelang.run.inputs import make_data
from rulelang.run.laws import verify_run
from rulelang.run.plan import Plan, make_plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.trail import periods_of, turns_of
from rulelang.run.waterfall import Evaluation, Judged


def interpret(program: CheckedProgram, event: Event) -> Allocation:
    """Run a rulebook against an event (section 7.2 of the specification).

    Raises:
        RunError: the run met what the rules do not allow; the diagnostic names the event, the step, the member and
            the value, and how far the waterfall had come.
        InternalError: a law of every run is broken; the fault is the program's.
    """
    return interpreted(program, event)[0]


def interpreted(program: CheckedProgram, event: Event, *, own_past: bool = False) -> tuple[Allocation, Evaluation]:
    """The same, with the run as it ended; ``own_past`` of a day of a history, which knows what was paid before.

    Raises:
        RunError, InternalError: as :func:`interpret`.
    """
    plan, domain, evaluation = make_plan(program, event), ExactNumbers(), None
    try:
        evaluation = Evaluation(plan, domain, make_data(plan, domain), set(), {})
        evaluation.run(judging=True)
        stated = _stated(plan, evaluation.judged)
    except RuleViolation as violation:
        raise RunError([diagnostic(plan, evaluation, violation)]) from None
    turns = tuple(turns_of(evaluation))
    branches = frozenset(evaluation.branches or ())
    remarks, periods = tuple(_remarks(plan, turns, own_past=own_past)), tuple(periods_of(evaluation))
    dated = tuple(DatedValue(*place, *read) for place, read in (evaluation.readings or {}).items())
    trail = Trail(turns, evaluation.data.missing, remarks, branches, periods, dated)
    verify_run(program, event, trail)
    left = evaluation.state.losses
    assert isinstance(left, ExactLosses)
    return _result(plan, trail, stated, left.amounts), evaluation


def filled_in(program: CheckedProgram, event: Event) -> Data:
    """The data of an event with what is missing filled in, as a run begins with them.

    Raises:
        RunError: a missing value cannot be worked out.
    """
    plan = make_plan(program, event)
    try:
        return make_data(plan, ExactNumbers())
    except RuleViolation as violation:
        raise RunError([diagnostic(plan, None, violation)]) from None


def diagnostic(plan: Plan, evaluation: Evaluation | None, violation: RuleViolation) -> Diagnostic:
    """What ended the run, and how far it had come (no evaluation: its data could not be filled in)."""
    program, event = plan.program, plan.event
    step = None if evaluation is None or evaluation.turn is None else evaluation.turn.step
    stated = None if evaluation is None else evaluation.statement
    place = None if violation.node is None else Place(program.source, violation.node.span)
    crumbs, message = [f'event "{event.title}"'], violation.message
    if step is not None and evaluation is not None:
        in_turn = evaluation.passing.defaulter
        crumbs += [step.name] if in_turn is None else [f"default of {in_turn}", step.name]
    if violation.member is not None:
        crumbs.append(violation.member)
        message = f"{message}, for member `{violation.member}`"
    if step is not None and f"`{step.name}`" not in message:
        message = f"{message}, in step `{step.name}`"
    if stated is not None:
        crumbs.insert(1, f'{stated.word} "{stated.text}"')
        message = f'{message}, for {stated.word} "{stated.text}"'
    advice = _ADVICE.get(violation.code)
    if violation.code == "missing-decision" and step is not None:
        advice = f'add a line such as `decide {step.name}: invoke by "{step.discretion}"`'
    citation, notes = None if step is None else step.citation, [_progress(plan, evaluation)]
    return finding(violation.code, message, place, help=advice, notes=notes, breadcrumb=crumbs, citation=citation)


def _progress(plan: Plan, evaluation: Evaluation | None) -> str:
    event, show = plan.event, plan.program.currency.show
    left = event.loss if evaluation is None else evaluation.state.losses.total(range(len(event.losses)))
    results = [] if evaluation is None else evaluation.state.results
    paying = len({result.turn.step.name for result in results if result.drawn})
    by = f"by {paying} step{'s' * (paying != 1)}"
    return f"so far {show(event.loss - left)} of {show(event.loss)} were covered, {by}"


_ADVICE = {
    "negative-limit": "say what holds then: with `max` of the limit and an amount of zero, nothing is due",
    "negative-key": "leave such payers out, as in `where … > 0`, or take `max` of the key and zero",
    "division-by-zero": "say what holds then, as in `if x = 0 then … else … / x`",
    "nobody-to-average": (
        "say what holds when there is nobody, as in `if (count of survivors) = 0 then … else …`, "
        "counting with the same `where`"
    ),
    "clamp-bounds": "say which bound wins, as in `max(low, min(x, high))`",
    "number-too-large": "work such factors out beforehand and give them with the event",
    "impossible-date": "check the dates of the event",
    "negative-value": "take `max` of the value and zero, or declare the name as `signed`",
    "no-value-as-of": "date a value, as in `requirement as of 2018-08-01 = …`; who joined later has a `since`",
    "rate-not-positive": "check the rate and what it is worked out from",
    "rounding-unit": "check what the unit is worked out from, or say what holds then, as in `if tick > EUR 0 …`",
}


# ---------------------------------------------------------------------------------------------------------- the result


def _stated(plan: Plan, passes: Sequence[Sequence[Judged]]) -> tuple[EnsureLine, ...]:
    """Each statement, which holds if it holds after every pass; for a member, if it does so wherever it is judged."""
    lines = []
    for number, statement in enumerate(plan.program.statements):
        breaches: dict[str, None] = {}
        holds = True
        for judged in passes:
            _, who, truths = judged[number]
            failing = [member for member, fine in zip(who, truths, strict=True) if not fine]
            holds = holds and not failing
            breaches.update((plan.event.members[member], None) for member in failing if member is not None)
        lines.append(EnsureLine(statement.text, holds, tuple(breaches), statement.citation))
    return tuple(lines)


def _remarks(plan: Plan, turns: Sequence[Turn], *, own_past: bool) -> Iterable[str]:
    """What the event says without effect on this run, and what is doubtful in its data."""
    for warning in plan.event.warnings:
        if warning.code not in ABOUT_ALLOWANCES:
            yield warning.message
    if not plan.event.losses:
        yield "the event has no default, so there is nothing to allocate"
    for name in plan.event.decisions:
        if all(turn.step != name or turn.decided is None for turn in turns):
            yield f"the decision on `{name}` had no effect: no loss reached it"
    for name in sorted(() if own_past else _counted_nowhere(plan)):
        yield f"earlier payments under `{name}` had no effect: it has no limit over time"
    for one in plan.event.withdrawals:
        if one.after_round >= max((turn.round or 0 for turn in turns if turn.step == one.step), default=0):
            after = f"after round {one.after_round} of `{one.step}`"
            yield f"the withdrawal of `{one.member}` {after} had no effect: no round was done behind it"


def _counted_nowhere(plan: Plan) -> set[str]:
    """The steps under which something was paid before that neither a limit nor a period can have counted."""
    event = plan.event
    if not event.payments or any(loss.further for loss in event.losses):
        return set()
    opening = {name for period in plan.program.periods.values() for name in period.steps}
    paid = event.payments.ledger.steps - opening
    return {name for name in paid & plan.steps.keys() if not plan.steps[name].counts_earlier_payments}


def _result(plan: Plan, trail: Trail, stated: tuple[EnsureLine, ...], left: Sequence[int]) -> Allocation:
    program, event, uncovered = plan.program, plan.event, sum(left)
    invariants = len(program.ensures)
    final = "uncovered" if program.outcome is None else program.outcome.name
    names = {**event.names, **{party: title for party, title in program.parties.items() if title}}
    return Allocation(
        Identity(program.title, program.version, program.source.sha256),
        Identity(event.heading, event.declared.isoformat(), event.sha256),
        event.declared,
        program.currency,
        event.loss,
        tuple([_line(turn, plan.steps[turn.step]) for turn in trail.turns]),
        tuple(
            [
                Allotment(turn.step, payer, turn.segment, amount, turn.round, turn.defaulter)
                for turn in trail.turns
                if turn.drawn
                for payer, amount in zip(turn.payers, turn.paid, strict=True)
                if amount
            ]
        ),
        stated[:invariants],
        uncovered,
        final if uncovered else "covered",
        names,
        tuple(
            LossLine(loss.member, loss.segment, loss.amount, rest, loss.cause)
            for loss, rest in zip(event.losses, left, strict=True)
        ),
        event.exercise,
        trail,
        stated[invariants:],
        ("ccp", *program.parties),
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
        turn.round,
        turn.defaulter,
    )
