"""A run of the interpreter as a model of the encoding: perhaps with members taken as one, whose amounts are summed.

The encoding is sound if every run is a model of it: then a formula that has none contradicts no run.  Here the data of
a real event stand as variables with their values as facts, and what the interpreter paid as equations.
"""

import collections
from pathlib import Path

from attrs import evolve

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.types import Kind
from rulelang.model.event import Loss
from rulelang.proof.domain.formulas import Formulas
from rulelang.proof.domain.terms import Formula, conjunction, disjunction, negation
from rulelang.proof.domain.values import Each, Slot, summed
from rulelang.proof.solving.smt import Problem
from rulelang.proof.solving.solver import solver
from rulelang.run.exact import ExactNumbers
from rulelang.run.inputs import make_data
from rulelang.run.plan import make_plan
from rulelang.run.waterfall import Evaluation
from rulelang.syntax import nodes
from tests.oracle.generate import generate

MEASURES = (Kind.MONEY, Kind.NUMBER, Kind.RATIO, Kind.RATE)
SECONDS = 5
_OF_NO_FORMULA = ("missing-decision", "number-too-large", "impossible-date")


def loaded(seed, over_time):
    """A random case: its program, its event, and the allocation or the error of its run (``None``: it does not fit)."""
    case = generate(seed, over_time)
    try:
        program = rulelang.parse_rulebook(case.rulebook, "rulebook.rules")
        source = SourceText.from_text(case.event, "event.event", Path("event.event").absolute())
        event = check_event(source, program, lambda p, s: SourceText.from_text(case.files[p.name], s, p))
    except RulelangError:
        return None
    try:
        return program, event, rulelang.evaluate(program, event)
    except RulelangError as error:
        return program, event, error


def alone(program, event):
    """Nobody is taken as one."""
    return {member: member for member in event.members}


def others_as_one(program, event, seed):
    """All survivors but one, and all defaulters but the first, by their choices; whom dates concern stands alone."""
    data = make_data(make_plan(program, event), ExactNumbers())
    one = event.survivors[seed % len(event.survivors)] if event.survivors else None
    past = event.past
    apart = {one, *event.defaulters[:1], *(w.member for w in event.withdrawals)}
    if _reads_dates(program):
        apart |= {*past.since, *past.notices, *(member for members in past.fields.values() for member in members)}
    if program.in_turn:
        apart |= set(event.defaulters)
    where = {}
    for place, member in enumerate(event.members):
        same = tuple(
            str(column[place])
            for key, column in sorted(data.fields.items(), key=str)
            if program.fields[key[0]].type.kind not in MEASURES
        )
        stem = "XOTHERS" if member in event.defaulters else "OTHERS"
        where[member] = member if member in apart else f"{stem} {'/'.join(same)}"
    return where


def _reads_dates(program):
    """Whether a rule reads what members had on a certain earlier day, or that they gave notice."""
    return any(
        isinstance(node, nodes.AsOf) or (isinstance(node, nodes.RunValue) and node.what == "leaving")
        for node in program.expressions
    )


def embedded(program, event, ran, where):
    """Whether a run is a model: ``sat``, ``unsat`` (it is none, the encoding is wrong) or ``unknown``."""
    domain, facts = Formulas(), []
    evaluation = encoded(domain, facts, program, event, where)
    if isinstance(ran, RulelangError):
        if domain.slots or any(
            code in str(ran) for code in ("missing-decision", "number-too-large", "impossible-date")
        ):
            return "another matter"
        return _asked(domain, disjunction(*domain.refusals), facts)
    return _asked(domain, conjunction(*_done(ran, evaluation, where), *map(negation, domain.refusals)), facts)


def embedded_together(program, events, runs, where):
    """Whether two runs of events that differ in their losses alone are a model together: what is said of both holds."""
    domain, facts, goal = Formulas(), [], []
    for number, (event, ran) in enumerate(zip(events, runs, strict=True)):
        evaluation = encoded(domain, facts, program, event, where, f"of run {number}")
        goal += _done(ran, evaluation, where)
    return _asked(domain, conjunction(*goal, *map(negation, domain.refusals)), facts)


def _done(ran, evaluation, where):
    return [*_paid(ran, evaluation, where), *_judged(ran, evaluation)]


def encoded(domain, facts, program, event, where, run=""):  # noqa: C901 - it takes an event apart piece by piece
    """The symbolic run of a real event, whose values are facts; ``run`` tells its losses from those of another."""
    members = tuple(sorted(set(where.values())))
    count = collections.Counter(where.values())
    merged = {name for name in members if name not in event.members}
    slots = {}
    for name in merged:
        number = domain.datum(f"how many[{name}]")
        facts.append(domain.equal(number, count[name]))
        slots[name] = Slot(name, number)
    data = make_data(make_plan(program, event), ExactNumbers())

    def value(label, datum, values, slot):
        if datum.type.kind not in MEASURES:
            return values[0]
        whole = all(type(v) is int for v in values)
        x = domain.datum(label, None if datum.signed else 0, whole=whole and datum.type.kind is Kind.MONEY)
        facts.append(domain.equal(x, sum(values)))
        return x if slot is None else summed(x, slot)

    fields = {}
    for key, column in data.fields.items():
        if program.fields[key[0]].per_defaulter:
            continue
        fields[key] = {
            name: value(
                f"{key}[{name}]",
                program.fields[key[0]],
                [column[i] for i, m in enumerate(event.members) if where[m] == name],
                slots.get(name),
            )
            for name in members
        }
    givens = {key: value(f"{key}", program.givens[key[0]], [given], None) for key, given in data.givens.items()}
    dealt = {}
    with_defaulters = {}
    defaulters = list(dict.fromkeys(where[d] for d in event.defaulters))
    for name, columns in data.with_defaulters.items():
        with_defaulters[name] = {d: dict.fromkeys(members, 0) for d in defaulters}
        for d in defaulters:
            for place, m in enumerate(members):
                values = [
                    columns[x][i]
                    for x in event.defaulters
                    if where[x] == d
                    for i, y in enumerate(event.members)
                    if where[y] == m
                ]
                dealt[name, d, place] = value(f"{name}[{m} with {d}]", program.fields[name], values, slots.get(m))
    sums = {}
    for number, loss in enumerate(event.losses):
        owner = None if loss.member is None else where[loss.member]
        key = (owner, loss.segment, loss.further) if owner in merged else (owner, loss.segment, loss.further, number)
        sums[key] = sums.get(key, 0) + loss.amount
    losses = tuple(Loss(key[0], key[1], amount, further=key[2]) for key, amount in sums.items())
    payments = tuple(evolve(one, payer=where.get(one.payer, one.payer)) for one in event.payments)
    symbolic = evolve(
        event,
        members=members,
        names={},
        fields=fields,
        givens=givens,
        losses=losses,
        payments=payments,
        with_defaulters=with_defaulters,
    )
    position = {name: place for place, name in enumerate(members)}
    owners = tuple(None if loss.member is None else position[loss.member] for loss in losses)
    domain.begin({position[name]: slot for name, slot in slots.items()}, owners)
    amounts = []
    for number, loss in enumerate(losses):
        x = domain.datum(f"loss {number} {run}", whole=True)
        facts.append(domain.equal(x, loss.amount))
        amounts.append(x)
    plan = make_plan(program, symbolic)
    plan = evolve(plan, passes=tuple(_with_sums(one, slots, domain, members) for one in plan.passes))
    evaluation = Evaluation(plan, domain, make_data(plan, domain, losses=amounts, dealt=dealt))
    evaluation.run(judging=True)
    return evaluation


def _with_sums(passing, slots, domain, members):
    def limit(plan, payers):
        if not slots or not plan.limit.each:
            return plan
        if plan.days:  # what earlier days took off is anything that fits
            taken = {one: domain.datum(f"taken from {one} by {plan.limit.span} of {plan.keys}") for one in payers}
            plan = evolve(plan, already=taken, days=())
        already = {who: summed(paid, slots[who]) if who in slots else paid for who, paid in plan.already.items()}
        return evolve(plan, already=already)

    def turn(one):
        payers = (*members, one.step.payers)
        return evolve(one, limits=tuple(limit(plan, payers) for plan in one.limits))

    stages = tuple(
        evolve(stage, sides=tuple(tuple(map(turn, side)) for side in stage.sides)) for stage in passing.stages
    )
    return evolve(passing, stages=stages)


def _paid(ran, evaluation, where):
    paid = collections.Counter()
    for one in ran.allotments:
        paid[one.step, one.segment, one.round, one.defaulter, where.get(one.payer, one.payer)] += one.amount
    domain = evaluation.domain
    for result in evaluation.state.results:
        turn = result.turn
        for payer in result.payers:
            amount = result.paid(payer)
            number = amount.form if hasattr(amount, "slot") else amount
            yield domain.equal(number, paid.pop((turn.step.name, turn.segment, turn.round, turn.defaulter, payer), 0))
    if any(paid.values()):
        yield False


def _judged(ran, evaluation):
    if len(evaluation.judged) > 1:
        return
    for number, (_, who, truths) in enumerate(evaluation.judged[0][: len(ran.ensures)]):
        for member, truth in zip(who, truths, strict=True):
            if member is None:
                yield truth if ran.ensures[number].holds else negation(truth)
            elif evaluation.domain.slot_at(member) is None:
                assert not isinstance(truth, Each)
                name = evaluation.plan.event.members[member]
                yield negation(truth) if name in ran.ensures[number].breaches else truth


def _asked(domain, goal, facts):
    if isinstance(goal, bool):
        return "sat" if goal else "unsat"
    problem = Problem(domain.variables, goal, [fact for fact in facts if isinstance(fact, Formula)])
    assert all(fact is not False for fact in facts)
    return solver().ask(problem.text(products=True), SECONDS).answer
