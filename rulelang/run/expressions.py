"""Expressions (section 6 of the specification), evaluated column by column over the numbers of a domain.

An expression is evaluated for several members at once (``who``, by their positions) and gives a list; what is the same
for all members is evaluated once.  ``if``, ``and`` and ``or`` evaluate each branch only for the members that need it;
where that differs between scenarios, both branches are evaluated, each on its own path.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, assert_never, cast

from attrs import define, evolve, field, frozen

from rulelang.check.program import LossesMet
from rulelang.check.types import Kind
from rulelang.model.calendar import DurationUnit
from rulelang.model.trail import MissingUse
from rulelang.run.domain import Domain, Losses, beyond_the_calendar
from rulelang.run.over_time import standing
from rulelang.run.plan import Key, PassPlan, Plan, losses_met
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import CapacityAsked, PassedTurn, RunState, paid_by
from rulelang.run.values import ONE, Path, Row, Truth, Value, Who
from rulelang.syntax import nodes

Readings = dict[tuple[str, str | None, str | None, datetime.date], tuple[datetime.date | None, Value]]
"""What was read as of a day: by name, member, segment and day, with the day of the value (``None``: today) and it."""
Population = tuple[Who, Sequence[Truth] | None]
"""Those who may belong to it, and whether each of them does (``None``: all do)."""


@frozen
class Data:
    """The data of an event in the numbers of a domain: fields by member position, givens, the losses at the start.

    ``populations`` gives the members that may belong to each population and whether they do, if that is not settled;
    then ``whole`` has, in a pass, those of all passes, and ``there`` says whether the pass is made.
    ``with_defaulters`` has the values of fields per defaulter, by defaulter; the sums that expressions read stand in
    ``fields``, for those who default in a pass (:meth:`in_pass`).
    """

    fields: Mapping[Key, Sequence[Value]]
    givens: Mapping[Key, Value]
    losses: Losses
    populations: Mapping[str, Population] | None = None
    missing: tuple[MissingUse, ...] = ()
    with_defaulters: Mapping[str, Mapping[str, Sequence[Value]]] = field(factory=dict)
    whole: Mapping[str, Population] | None = None
    there: Truth = True

    def in_pass(self, plan: Plan, passing: PassPlan, domain: Domain) -> "Data":
        """The data of a pass: who is what in it, and of what there is per defaulter the sum over those who default."""
        data = self._of_pass(plan, passing, domain) if plan.program.in_turn and self.populations is not None else self
        if not data.with_defaulters:
            return data
        members = plan.event.members
        failing, present = (data.populations or {"defaulters": (passing.populations["defaulters"], None)})["defaulters"]
        sums: dict[Key, Row] = {}
        for name, columns in data.with_defaulters.items():
            total: Row = [0] * len(members)
            for place, defaulter in enumerate(failing):
                column = list(columns[members[defaulter or 0]])
                if present is not None:
                    column = domain.chosen([present[place]] * len(members), column, [0] * len(members))
                total = domain.plus(total, column)
            sums[name, None] = total
        return evolve(data, fields={**data.fields, **sums})

    def _of_pass(self, plan: Plan, passing: PassPlan, domain: Domain) -> "Data":
        """The data of one default in turn, where it varies who defaults: all survivors are there, and that one.

        A pass of nobody and without a loss is made where nobody defaults.
        """
        assert self.populations is not None
        who, lives = self.populations["survivors"]
        failing, fails = self.populations["defaulters"]
        there: Truth = True
        here: Who = ()
        if passing.defaulter is not None:
            position = plan.position[passing.defaulter]
            chances = dict(zip(failing, (True,) * len(failing) if fails is None else fails, strict=True))
            there, here = chances.get(position, False), (position,)
        elif not passing.losses and failing:
            there = False if fails is None else domain.denied([domain.anyone(fails)])[0]
        present = dict(zip(who, (True,) * len(who) if lives is None else lives, strict=True))
        present |= dict.fromkeys(here, True)  # wherever the pass is made
        everyone = tuple(sorted(position for position in present if position is not None))
        populations: Mapping[str, Population] = {
            "members": (everyone, [present[position] for position in everyone]),
            "survivors": (who, lives),
            "defaulters": (here, None),
        }
        return evolve(self, populations=populations, whole=self.populations, there=there)


@define
class Moment:
    """Evaluates expressions at one moment of a run.

    ``passing`` is the pass, ``segment`` the segment whose turn it is; ``scope`` the segments whose losses the step
    meets (``None``: all) and ``meets`` their kind; ``absent`` are members that count as no survivors (they withdrew);
    ``day`` is the day as of which data are read (``None``: that of the event), and ``readings`` collects what is read
    so; ``path`` says in which scenarios the values count.  Until the run goes on, ``known`` keeps what is the same for
    all members (by its node, the segment and the path) and ``defined`` each definition per member.
    """

    plan: Plan
    passing: PassPlan
    domain: Domain
    data: Data
    state: RunState
    segment: str | None = None
    scope: frozenset[str] | None = None
    meets: LossesMet = "all"
    path: Path = None
    branches: set[tuple[int, bool]] | None = None
    absent: frozenset[int] = frozenset()
    day: datetime.date | None = None
    readings: Readings | None = None
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
            who, present = self.passing.populations.get(name, ONE), None
        else:
            who, present = self.data.populations.get(name, (ONE, None))
        if name != "survivors" or not self.absent:
            return who, present
        places = [place for place, member in enumerate(who) if member not in self.absent]
        there = None if present is None else [present[place] for place in places]
        return [who[place] for place in places], there

    def as_of(self, day: datetime.date) -> "Moment":
        """The same moment, with the data as of a day."""
        return evolve(self, day=day, known={}, defined={})

    def losses_met(self, kind: LossesMet, segment: str | None, scope: frozenset[str] | None) -> tuple[int, ...]:
        """The places of the losses of this pass that are of a kind and lie in a segment and a scope."""
        return losses_met(self.plan.event, self.passing.losses, segment, scope, kind)

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
        return self.plan.program.show(self.plan.program.types[id(node)].type, value)

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
    if name not in program.fields and name not in program.givens:
        return _definition(at, program.definitions[name].value, who)
    return _datum(at, node, who) if at.day is None else _dated(at, node, who, [at.day] * len(who))


def _datum(at: Moment, node: nodes.Reference, who: Who) -> Row:
    """The values of today."""
    name, program = node.name, at.plan.program
    if name in program.fields:
        column = at.data.fields[name, at.segment if program.fields[name].per_segment else None]
        return [column[member] for member in _positions(who)]
    return [at.data.givens[name, at.segment if program.givens[name].per_segment else None]] * len(who)


def _as_of(at: Moment, node: nodes.AsOf, who: Who) -> Row:
    days = at.domain.settled(at.column(node.day, who), f"the day as of which `{node.datum.name}` is read", node.day)
    return _dated(at, node.datum, who, days)


def _dated(at: Moment, node: nodes.Reference, who: Who, days: Sequence[datetime.date]) -> Row:
    """The values as of a day for each of ``who`` (section 6.9): the latest dated on or before it."""
    event, name, declared = at.plan.event, node.name, at.plan.event.declared
    per_member = name in at.plan.program.fields
    datum = (at.plan.program.fields if per_member else at.plan.program.givens)[name]
    key = (name, at.segment if datum.per_segment else None)
    today = _datum(at, node, who)
    result: Row = []
    for index, (position, day) in enumerate(zip(who, days, strict=True)):
        member = at.member(position) if per_member else None
        asked = day if member is None else max(day, event.past.since.get(member, day))
        dated_on, value = None, today[index]
        if asked < declared:
            dated = event.past.givens.get(key, ()) if member is None else event.past.fields.get(key, {}).get(member, ())
            before = [each for each in dated if each[0] <= asked]
            if before:
                dated_on, value = before[-1]
            else:
                where = "" if key[1] is None else f" in {key[1]}"
                message = f"`{name}`{where} has no value dated on or before {asked}"
                violation = RuleViolation("no-value-as-of", message, node, member)
                at.refuse(position, True, violation)  # noqa: FBT003 - it holds
        if at.readings is not None:
            at.readings[name, member, key[1], day] = dated_on, value
        result.append(value)
    return result


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
            return [domain.total([drawn for key in keys for drawn in state.used(key)])] * len(who)
        case "unused":
            used = domain.total([drawn for key in keys for drawn in state.used(key)])
            path = at.path if at.path is None else domain.joined(at.path, who)
            capacities = [capacity for key in keys for capacity in state.capacity(key, path)]
            assert None not in capacities, "refused by the checker: `unused` of the unlimited"
            return domain.minus([domain.total(capacities)], [used]) * len(who)
        case _:
            assert_never(node.what)


def _period_value(at: Moment, node: nodes.PeriodValue, who: Who) -> Row:
    """See section 7.11: whether a period is open, its first day, how many have defaulted since."""
    event, name = at.plan.event, node.period.text
    instance = standing(event, name)
    first = event.declared if instance is None else instance[0]
    match node.what:
        case "open":
            return [instance is not None or at.state.opened.get(name, False)] * len(who)
        case "start":
            return [first] * len(who)
        case "defaults":
            return [_defaulted_since(at, first)] * len(who)
        case _:
            assert_never(node.what)


def _defaulted_since(at: Moment, first: datetime.date) -> Value:
    """How many members have defaulted from a day on, those of this run up to this pass included."""
    event = at.plan.event
    earlier = {member: day for day, member in event.past.defaulted if day <= event.declared}
    counted = {member for member, day in earlier.items() if day >= first}
    if at.data.populations is None:
        passes = at.plan.passes[: at.passing.number + 1]
        here = {event.members[place] for one in passes for place in one.populations["defaulters"]}
        return len(counted | (here - earlier.keys()))
    who, present = (at.data.whole or at.data.populations)["defaulters"]
    reached = {passing.defaulter for passing in at.plan.passes[: at.passing.number + 1]}
    new = [
        place
        for place, member in enumerate(at.ids(who))
        if member not in earlier and (at.data.whole is None or member in reached)
    ]
    return at.domain.total(
        [len(counted), len(new) if present is None else at.domain.counted([present[p] for p in new])]
    )


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
            of_days = at.plan.program.types[id(node.left)].type.kind is not Kind.DATE
            dates, days = (right, left) if of_days else (left, right)
            unit = at.plan.program.types[id(node.left if of_days else node.right)].type.kind
            number = domain.negated(days) if node.operator == "-" else days
            if unit is Kind.DAYS:
                return domain.shifted(dates, number, site)
            days_known = domain.settled(dates, f"a date moved by {unit.value}", node)
            return [
                _moved(site, index, unit, day, count)
                for index, (day, count) in enumerate(zip(days_known, number, strict=True))
            ]
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


def _moved(site: _Site, index: int, unit: Kind, day: datetime.date, number: int) -> datetime.date:
    """A day so many business days or months later."""
    word: DurationUnit = "months" if unit is Kind.MONTHS else "business days"
    try:
        return site.at.plan.program.calendar.shifted(day, number, word)
    except OverflowError:
        site.refuse(index, True, beyond_the_calendar(day, number, site.node, word))  # noqa: FBT003 - it holds
        return day


def _converted(at: Moment, node: nodes.Converted, who: Who) -> Row:
    """An amount of one currency in another: exact, in minor units of that (section 6.11)."""
    rates = at.column(node.rate, who)
    for index, wrong in enumerate(at.domain.comparisons("<=", rates, [0] * len(who))):
        if wrong is not False:
            message = f"the rate `{node.rate.name}` is not above zero"
            at.refuse(who[index], wrong, RuleViolation("rate-not-positive", message, node.rate, at.member(who[index])))
    program = at.plan.program
    price, unit = (program.currency_of(program.types[id(part)].type).decimals for part in (node, node.operand))
    scale = Fraction(10) ** (price - unit)
    factor = scale.numerator if scale.denominator == 1 else scale
    site = _Site(at, node, who)
    values = at.domain.products(at.column(node.operand, who), rates, site)
    return values if factor == 1 else at.domain.products(values, [factor] * len(who), site)


def _rounded(at: Moment, node: nodes.Rounded, who: Who) -> Row:
    """A value rounded to a multiple of a unit (section 6.10)."""
    values, units = _columns(at, (node.operand, node.unit), who)
    for index, wrong in enumerate(at.domain.comparisons("<=", units, [0] * len(who))):
        if wrong is not False:
            unit = at.shown(node.unit, units[index])
            message = f"the unit to round to is {unit}, which is not above zero"
            at.refuse(who[index], wrong, RuleViolation("rounding-unit", message, node.unit, at.member(who[index])))
    return at.domain.rounded(values, units, node.direction, _Site(at, node, who))


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
    values = [1] * len(who) if node.operand is None else inside.column(node.operand, who)
    if node.by is not None:
        groups = domain.settled(inside.column(node.by, who), f"`{node.by.name}`, by which is added up,", node.by)
        values, present = _by_group(domain, groups, values, present)
    number = len(values) if present is None else domain.counted(present)
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


def _by_group(
    domain: Domain, groups: Row, values: Row, present: Sequence[Truth] | None
) -> tuple[Row, Sequence[Truth] | None]:
    """The sums of the values that belong to one group, and whether each group is there (``None``: all are)."""
    places: dict[Value, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    there = None if present is None else [[present[place] for place in some] for some in places.values()]
    sums = [
        domain.total([values[place] for place in some], None if there is None else there[number])
        for number, some in enumerate(places.values())
    ]
    return sums, None if there is None else [domain.anyone(truths) for truths in there]


_COLUMNS: dict[type, Callable[[Moment, Any, Who], list[Value]]] = {
    nodes.Reference: _reference,
    nodes.AsOf: _as_of,
    nodes.RunValue: _run_value,
    nodes.StepResult: _step_result,
    nodes.PeriodValue: _period_value,
    nodes.Converted: _converted,
    nodes.Rounded: _rounded,
    nodes.Negative: _negative,
    nodes.Negated: _negated,
    nodes.Arithmetic: _arithmetic,
    nodes.Comparison: _comparison,
    nodes.Connective: _connective,
    nodes.Conditional: _conditional,
    nodes.Call: _call,
    nodes.Aggregate: _aggregate,
}
