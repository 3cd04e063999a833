"""Names and results of the run (sections 6.3 and 6.4 of the specification)."""

from typing import assert_never

from rulelang.run.columns.dates import dated_values, value_of_today
from rulelang.run.moment import Standpoint
from rulelang.run.plan import Key
from rulelang.run.run_state import paid_by
from rulelang.run.values import Row, Who
from rulelang.syntax import nodes


def reference(at: Standpoint, node: nodes.Reference, who: Who) -> Row:
    """The values of a field or given, as of the day of the moment, or of a definition."""
    name, program = node.name, at.plan.program
    if name not in program.fields and name not in program.givens:
        return _definition(at, program.definitions[name].value, who)
    return value_of_today(at, node, who) if at.day is None else dated_values(at, node, who, [at.day] * len(who))


def _definition(at: Standpoint, value: nodes.Expression, who: Who) -> Row:
    if not at.plan.program.types[id(value)].per_member:
        inside = at.for_all(who)
        key = id(value), at.segment, id(inside.path)
        if key not in at.known:
            at.known[key] = inside.one(value)
        return [at.known[key]] * len(who)
    known = at.defined.setdefault((id(value), at.segment), {})
    missing = [member for member in who if member not in known]
    if missing:
        known.update(zip(missing, at.column(value, missing), strict=True))
    return [known[member] for member in who]


def run_value(at: Standpoint, node: nodes.RunValue, who: Who) -> Row:
    """What the run and its event say of a moment: ``loss``, ``remaining``, ``total_paid`` and so on."""
    match node.what:
        case "declared":
            return [at.plan.event.declared] * len(who)
        case "total_paid":
            return paid_by(at.domain, at.state.so_far(), at.ids(who))
        case "loss":
            return [at.data.losses.total(at.losses_met(at.meets, at.segment, None))] * len(who)
        case "remaining":
            return [at.state.losses.total(at.losses_met(at.meets, at.segment, at.scope))] * len(who)
        case "leaving":
            notices, declared = at.plan.event.past.notices, at.plan.event.declared
            return [(dated := notices.get(member)) is not None and dated <= declared for member in at.ids(who)]
        case _:
            assert_never(node.what)


def step_result(at: Standpoint, node: nodes.StepResult, who: Who) -> Row:
    """What a step paid or could pay so far; outside a segment, a step per segment did so in all of them."""
    step, state, domain = at.plan.steps[node.step.text], at.state, at.domain
    if not step.per_segment:
        keys: list[Key] = [(step.name, None)]
    elif at.segment is not None:
        keys = [(step.name, at.segment)]
    else:
        keys = [(step.name, segment) for segment in at.plan.program.segments]
    match node.what:
        case "paid":
            return paid_by(domain, state.passed(keys), at.ids(who))
        case "used":
            return [domain.total([result.drawn for result in state.passed(keys)])] * len(who)
        case "unused":
            used = domain.total([result.drawn for result in state.passed(keys)])
            path = at.path if at.path is None else domain.joined(at.path, who)
            capacities = state.could_pay(keys, path)
            assert None not in capacities, "refused by the checker: `unused` of the unlimited"
            return domain.minus([domain.total(capacities)], [used]) * len(who)
        case _:
            assert_never(node.what)
