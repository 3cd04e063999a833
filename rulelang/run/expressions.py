"""Expressions (section 6 of the specification), evaluated column by column over the numbers of a domain.

An expression is evaluated for several members at once (``who``, by their positions) and gives a list; what is the same
for all members is evaluated once.  ``if``, ``and`` and ``or`` evaluate each branch only for the members that need it;
where that differs between scenarios, both branches are evaluated, each on its own path.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, assert_never, cast

from attrs import define, evolve, field, frozen

from rulelang.check.types import Kind
from rulelang.model.trail import MissingUse
from rulelang.run.domain import Domain, Losses
from rulelang.run.plan import Key, Plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import CapacityAsked, PassedTurn, RunState, paid_by
from rulelang.run.values import ONE, Path, Row, Truth, Value, Who
from rulelang.syntax import nodes

Population = tuple[Who, Sequence[Truth] | None]
"""Those who may belong to it, and whether each of them does (``None``: all do)."""


@frozen
class Data:
    """The data of an event in the numbers of a domain: fields by member position, givens, the losses at the start.

    ``populations`` gives the members that may belong to each population and whether they do, if that is not settled.
    """

    fields: Mapping[Key, Sequence[Value]]
    givens: Mapping[Key, Value]
    losses: Losses
    populations: Mapping[str, Population] | None = None
    missing: tuple[MissingUse, ...] = ()


@define
class Moment:
    """Evaluates expressions at one moment of a run.

    ``segment`` is the segment whose turn it is; ``scope`` the segments whose losses the step meets (``None``: all);
    ``path`` says in which scenarios the values count.  Until the run goes on, ``known`` keeps what is the same for all
    members (by its node, the segment and the path) and ``defined`` each definition per member.
    """

    plan: Plan
    domain: Domain
    data: Data
    state: RunState
    segment: str | None = None
    scope: frozenset[str] | None = None
    path: Path = None
    branches: set[tuple[int, bool]] | None = None
    known: dict[tuple[int, str | None, int], Value] = field(factory=dict)
    defined: dict[tuple[int, str | None], dict[int | None, Value]] = field(factory=dict)

    def one(self, node: nodes.Expression) -> Value:
        """The value of an expression that is the same for all members."""
        return self.column(node, ONE)[0]

    def column(self, node: nodes.Expression, who: Who) -> Row:
        """The value of an expression for each of ``who``."""
        if not who:
            return []
        program, kind = self.plan.program, type(node)
        if program.types[id(node)].per_member:
            return _COLUMNS[kind](self, node, who)
        constant = None if kind is nodes.Aggregate else program.constants.get(id(node))
        if constant is None:
            constant = _COLUMNS[kind](self.for_all(who), node, ONE)[0]
        return [constant] * len(who)

    def for_all(self, who: Who) -> "Moment":
        """The same moment, for what is the same for all of ``who``."""
        return self if self.path is None else self.on(self.domain.joined(self.path, who))

    def where(self, who: Who, truths: Sequence[Truth]) -> "Moment":
        """The same moment where a truth holds for each of ``who``."""
        return self.on(self.domain.narrowed(self.path, who, truths))

    def on(self, path: Path) -> "Moment":
        """The same moment on another path; what it keeps was refused on one path only, so it starts anew."""
        return self if path is self.path else evolve(self, path=path, known={}, defined={})

    def refuse(self, who: int | None, truth: Truth, violation: RuleViolation) -> bool:
        """Refuse what the rules do not allow for a member (``None``: for all); whether it may happen at all."""
        return self.domain.refuse(self.path, who, truth, violation)

    def population(self, name: str) -> Population:
        """The members that may belong to a population, and whether they do; the CCP or a party is no member."""
        if self.data.populations is None:
            return self.plan.populations.get(name, ONE), None
        return self.data.populations.get(name, (ONE, None))

    def those(self, name: str, where: nodes.Expression | None) -> tuple[Who, Sequence[Truth] | None, "Moment"]:
        """Those of a population for whom a condition holds, whether each does (``None``: all), and the moment there."""
        who, present = self.population(name)
        at = self if present is None else self.where(who, present)
        if where is None:
            return who, present, at
        holds = at.column(where, who)
        if present is not None:
            holds = at.domain.both(present, holds)
        places = [index for index, truth in enumerate(holds) if truth is not False]
        some, truths = [who[index] for index in places], [holds[index] for index in places]
        return (some, truths, at.where(some, truths)) if _open(truths) else (some, None, at)

    def shown(self, node: nodes.Expression, value: Value) -> str:
        """The value of an expression as a person would write it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        money = self.plan.program.types[id(node)].type.kind is Kind.MONEY
        return self.plan.program.currency.show(value) if money and isinstance(value, int | Fraction) else str(value)

    def not_below_zero(
        self, node: nodes.Expression, who: Who, code: Literal["negative-limit", "negative-key"], what: str
    ) -> Row:
        """The value of an expression for each of ``who``, none below zero; ``what`` says what they are.

        Raises:
            RuleViolation: one of them is, in a domain that settles every truth.
        """
        values, refused = self.column(node, who), False
        for index, truth in self.domain.below_zero(values):
            message = f"{what} is {self.shown(node, values[index])}, below zero"
            refused |= self.refuse(who[index], truth, RuleViolation(code, message, node, self.member(who[index])))
        return self.domain.greatest_each([values, [0] * len(values)]) if refused else values

    def within(self, segment: str) -> "Moment":
        """The same moment, in a segment."""
        return evolve(self, segment=segment)

    def ids(self, who: Who) -> list[str]:
        """The ids of members."""
        members = self.plan.event.members
        return [members[position] for position in _positions(who)]

    def member(self, position: int | None) -> str | None:
        """The id of a member, for a diagnostic."""
        return None if position is None else self.plan.event.members[position]


@frozen
class _Site:
    """Where a row is worked out; see :class:`rulelang.run.domain.Site`."""

    at: Moment
    node: nodes.Expression
    who: Who

    def refuse(self, index: int, truth: Truth, violation: RuleViolation) -> None:
        """Refuse one value of the row."""
        self.at.refuse(self.who[index], truth, violation)


def _open(truths: Sequence[Truth]) -> list[int]:
    """The places at which a truth differs between scenarios."""
    return [index for index, truth in enumerate(truths) if truth is not True and truth is not False]


# ---------------------------------------------------------------------------------------------------------- names


def _positions(who: Who) -> Sequence[int]:
    """The members, where an expression differs among them: then it is never asked for all."""
    return cast("Sequence[int]", who)


def _reference(at: Moment, node: nodes.Reference, who: Who) -> Row:
    name, program = node.name, at.plan.program
    if name in program.fields:
        column = at.data.fields[name, at.segment if program.fields[name].per_segment else None]
        return [column[member] for member in _positions(who)]
    if name in program.givens:
        return [at.data.givens[name, at.segment if program.givens[name].per_segment else None]] * len(who)
    return _definition(at, program.definitions[name].value, who)


def _definition(at: Moment, value: nodes.Expression, who: Who) -> Row:
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


def _run_value(at: Moment, node: nodes.RunValue, who: Who) -> Row:
    losses = at.plan.event.losses_met
    match node.what:
        case "declared":
            return [at.plan.event.declared] * len(who)
        case "total_paid":
            return paid_by(at.domain, at.state.so_far(), at.ids(who))
        case "loss":
            return [at.data.losses.total(losses(at.segment, None))] * len(who)
        case "remaining":
            return [at.state.losses.total(losses(at.segment, at.scope))] * len(who)
        case _:
            assert_never(node.what)


def _step_result(at: Moment, node: nodes.StepResult, who: Who) -> Row:
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
            return [domain.total([state.used(key) for key in keys])] * len(who)
        case "unused":
            used = domain.total([state.used(key) for key in keys])
            path = at.path if at.path is None else domain.joined(at.path, who)
            capacities = [state.capacity(key, path) for key in keys]
            assert None not in capacities, "refused by the checker: `unused` of the unlimited"
            return domain.minus([domain.total(capacities)], [used]) * len(who)
        case _:
            assert_never(node.what)


# ------------------------------------------------------------------------------------------------------- operators


def _columns(at: Moment, operands: Sequence[nodes.Expression], who: Who) -> list[Row]:
    """The values of several operands.

    Capacities that they ask for are asked for together, so that a wide expression does not start again for each.
    """
    asked: list[tuple[PassedTurn, Path]] = []
    found = []
    for operand in operands:
        try:
            found.append(at.column(operand, who))
        except CapacityAsked as one:
            asked += one.turns
        except RuleViolation:
            if not asked:
                raise
            break  # what was asked for before may be refused itself, and comes first
    if asked:
        raise CapacityAsked(asked)
    return found


def _negative(at: Moment, node: nodes.Negative, who: Who) -> Row:
    return at.domain.negated(at.column(node.operand, who))


def _negated(at: Moment, node: nodes.Negated, who: Who) -> list[Truth]:
    return at.domain.denied(at.column(node.operand, who))


def _arithmetic(at: Moment, node: nodes.Arithmetic, who: Who) -> Row:
    left, right = _columns(at, (node.left, node.right), who)
    domain, site = at.domain, _Site(at, node, who)
    match node.operator:
        case "+" | "-" if at.plan.program.types[id(node)].type.kind is Kind.DATE:
            of_days = at.plan.program.types[id(node.left)].type.kind is Kind.DAYS
            dates, days = (right, left) if of_days else (left, right)
            return domain.shifted(dates, domain.negated(days) if node.operator == "-" else days, site)
        case "+":
            return domain.ranged(domain.plus(left, right), site)
        case "-":
            return domain.ranged(domain.minus(left, right), site)
        case "*" | "of":
            return domain.products(left, right, site)
        case "/":
            zero = at.plan.program.source.phrase(node.right.span)
            for index, truth in enumerate(domain.comparisons("=", right, [0] * len(who))):
                if truth is not False:
                    site.refuse(index, truth, _by_zero(zero, node, at.member(who[index])))
            return domain.quotients(left, right, site)
        case _:
            assert_never(node.operator)


def _by_zero(zero: str, node: nodes.Expression, member: str | None) -> RuleViolation:
    return RuleViolation("division-by-zero", f"a division by zero: `{zero}` is 0", node, member)


def _comparison(at: Moment, node: nodes.Comparison, who: Who) -> list[Truth]:
    return at.domain.comparisons(node.operator, *_columns(at, (node.left, node.right), who))


def _connective(at: Moment, node: nodes.Connective, who: Who) -> list[Truth]:
    """The right side is evaluated only where the left side does not settle it."""
    left = at.column(node.left, who)
    then, otherwise = (True, node.right) if node.operator == "or" else (node.right, False)
    return _either(at, left, then, otherwise, who)


def _conditional(at: Moment, node: nodes.Conditional, who: Who) -> Row:
    condition = at.column(node.condition, who)
    if at.branches is not None:
        at.branches.update((id(node), truth) for truth in set(condition))
    return _either(at, condition, node.then, node.otherwise, who)


Branch = nodes.Expression | bool


def _either(at: Moment, truths: Sequence[Truth], then: Branch, otherwise: Branch, who: Who) -> Row:
    """One branch where a truth holds and the other where it does not, each evaluated for those who need it only."""
    result: Row = [None] * len(who)
    for branch, taken in ((then, True), (otherwise, False)):
        places = [index for index, truth in enumerate(truths) if truth is taken]
        for index, value in zip(places, _branch(at, branch, [who[index] for index in places]), strict=True):
            result[index] = value
    varying = _open(truths)
    if varying:
        some, holds = [who[index] for index in varying], [truths[index] for index in varying]
        chosen = at.domain.chosen(
            holds,
            _branch(at, then, some, holds),
            _branch(at, otherwise, some, at.domain.denied(holds)),
        )
        for index, value in zip(varying, chosen, strict=True):
            result[index] = value
    return result


def _branch(at: Moment, branch: Branch, who: Who, holds: Sequence[Truth] = ()) -> Row:
    if isinstance(branch, bool):
        return [branch] * len(who)
    return (at.where(who, holds) if holds else at).column(branch, who)


def _call(at: Moment, node: nodes.Call, who: Who) -> Row:
    columns = _columns(at, node.arguments, who)
    match node.function:
        case "min":
            return at.domain.least_each(columns)
        case "max":
            return at.domain.greatest_each(columns)
        case "clamp":
            return _clamp(at, node, who, *columns)
        case _:
            assert_never(node.function)


def _clamp(at: Moment, node: nodes.Call, who: Who, value: Row, low: Row, high: Row) -> Row:
    domain = at.domain
    for index, crossed in enumerate(domain.comparisons(">", low, high)):
        if crossed is not False:
            lower, upper = (at.shown(node, bounds[index]) for bounds in (low, high))
            message = f"the lower bound of a clamp is {lower}, above its upper bound {upper}"
            at.refuse(who[index], crossed, RuleViolation("clamp-bounds", message, node, at.member(who[index])))
    return domain.least_each([domain.greatest_each([value, low]), high])


# ------------------------------------------------------------------------------------------------------ aggregates


def _aggregate(at: Moment, node: nodes.Aggregate, who: Who) -> Row:
    if node.over == "segments":
        return _over_segments(at, node, who)
    inside = at.for_all(who)
    key = id(node), at.segment, id(inside.path)
    if key not in at.known:
        at.known[key] = at.domain.ranged([_over_members(inside, node)], _Site(inside, node, ONE))[0]
    return [at.known[key]] * len(who)


def _over_segments(at: Moment, node: nodes.Aggregate, who: Who) -> Row:
    assert node.operand is not None
    totals: Row = [0] * len(who)
    for segment in at.plan.program.segments:
        inside = at.within(segment)
        truths = [True] * len(who) if node.where is None else inside.column(node.where, who)
        places = [index for index, truth in enumerate(truths) if truth is not False]
        some, holds = [who[index] for index in places], [truths[index] for index in places]
        values = inside.where(some, holds).column(node.operand, some)
        if _open(holds):
            values = at.domain.chosen(holds, values, [0] * len(some))
        sums = at.domain.plus([totals[index] for index in places], values)
        for index, value in zip(places, sums, strict=True):
            totals[index] = value
    return at.domain.ranged(totals, _Site(at, node, who))


def _over_members(at: Moment, node: nodes.Aggregate) -> Value:
    who, present, inside = at.those(node.over, node.where)
    domain = at.domain
    number = len(who) if present is None else domain.counted(present)
    values = [] if node.operand is None else inside.column(node.operand, who)
    match node.function:
        case "count":
            return number
        case "sum":
            return domain.total(values, present)
        case "largest":
            most = at.plan.program.constants.get(id(node), 1)
            assert isinstance(most, int)
            return domain.largest(most, values, present)
        case "smallest":
            _refuse_nobody(at, node, number)
            return domain.smallest(values, present) if values else 0
        case "average":
            _refuse_nobody(at, node, number)
            total = domain.total(values, present)
            return domain.quotients([total], [number], _Site(at, node, ONE))[0] if values else 0
        case _:
            assert_never(node.function)


def _refuse_nobody(at: Moment, node: nodes.Aggregate, number: Value) -> None:
    nobody = at.domain.denied(at.domain.nonzero([number]))[0]
    if nobody is not False:
        violation = RuleViolation("nobody-to-average", f"the {node.function} of nobody is asked for", node)
        at.refuse(None, nobody, violation)


_COLUMNS: dict[type, Callable[[Moment, Any, Who], list[Value]]] = {
    nodes.Reference: _reference,
    nodes.RunValue: _run_value,
    nodes.StepResult: _step_result,
    nodes.Negative: _negative,
    nodes.Negated: _negated,
    nodes.Arithmetic: _arithmetic,
    nodes.Comparison: _comparison,
    nodes.Connective: _connective,
    nodes.Conditional: _conditional,
    nodes.Call: _call,
    nodes.Aggregate: _aggregate,
}
