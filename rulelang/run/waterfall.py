"""The one evaluator: the waterfall from top to bottom, over the numbers of a domain.

It is written to be read beside section 7 of the specification; every function that carries out a part of it names it.
What a moment saw of the run is never changed, so groups and split pots read the run as it was when they started.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from attrs import define, evolve, field

from rulelang.base.values import unchanging
from rulelang.check.program import EnsureProgram, GroupProgram, PeriodProgram
from rulelang.model.trail import Status
from rulelang.run.data import Data, chances
from rulelang.run.domain import Domain, Losses
from rulelang.run.expressions import Moment
from rulelang.run.moment import Readings
from rulelang.run.over_time import standing
from rulelang.run.payments import Payments
from rulelang.run.plan import Key, PassPlan, Plan, StagePlan, TurnPlan
from rulelang.run.pots import PotSplits, taken_from_others
from rulelang.run.resources import Resources, make_resources
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import Capacity, CapacityAsked, PassedTurn, RunState, TurnResult, settled
from rulelang.run.sharing import at_most, divided, parts_of, pooled, shared
from rulelang.run.values import ONE, Path, Row, Truth, Value, Who


@unchanging
class TurnDetails:
    """What lies behind the result of a turn, for the trail and for explanations.

    ``at`` is the moment at which it was evaluated, ``splits`` its split pot, ``resources`` what it drew on (``None``
    if it was not done), ``part`` what it had to bear of its group's draw, ``losses`` what it left of every loss.
    """

    result: TurnResult
    at: Moment
    losses: Losses
    splits: PotSplits | None = None
    resources: Resources | None = None
    part: Value | None = None


Judged = tuple[EnsureProgram, Who, Sequence[Truth]]
"""An invariant or an assumption, for whom it was judged (``None``: for all), and whether it holds for each."""


@define
class Evaluation:
    """One run of the plan over a domain.

    ``judged`` are the invariants and assumptions after each pass, ``passing`` is the pass under way.

    ``turn`` is the one being done and ``statement`` the invariant or assumption being judged, for a diagnostic.
    ``branches`` collects which branches of each ``if`` were taken and ``readings`` which values were read as of a day,
    if somebody wants to know.
    """

    plan: Plan
    domain: Domain
    data: Data
    branches: set[tuple[int, bool]] | None = None
    readings: Readings | None = None
    state: RunState = field(init=False)
    passing: PassPlan = field(init=False)
    details: list[TurnDetails] = field(factory=list, init=False)
    judged: list[list[Judged]] = field(factory=list, init=False)
    turn: TurnPlan | None = field(default=None, init=False)
    statement: EnsureProgram | None = field(default=None, init=False)
    _data: Data = field(init=False)

    def __attrs_post_init__(self) -> None:
        """The state at the start: nothing is paid yet (section 7.1)."""
        self.state = RunState(self.data.losses)
        self.passing, self._data = self.plan.passes[0], self.data

    def run(self, *, judging: bool = False) -> tuple[TurnResult, ...]:
        """What every turn did: in each pass the stages from top to bottom (section 7.2).

        With ``judging`` the invariants and assumptions are judged at the end of each pass.

        Raises:
            RuleViolation: the run met what the rules do not allow.
        """
        for passing in self.plan.passes:
            self._begin(passing)
            for stage in passing.stages:
                self._stage(stage)
            if judging:
                self.judged.append(self._judge())
        return tuple(self.state.results)

    def _begin(self, passing: PassPlan) -> None:
        """A pass begins, and with it the periods that a default opens (section 7.11)."""
        if passing.number:
            self.state = self.state.next_pass()
        self.passing, self._data = passing, self.data.in_pass(self.plan, passing, self.domain)
        if not passing.opens:
            return
        truth = self._data.there
        if self.data.populations is not None and passing.defaulter is None:
            _, present = self.data.populations["defaulters"]
            truth = True if present is None else self.domain.anyone(present)
        for period in self.plan.program.periods.values():
            if period.opener == "default":
                self._open(period, truth)

    def _stage(self, stage: StagePlan) -> None:
        splits = self._splits(stage)
        for turns in stage.sides:
            if stage.group is not None:
                self._group(stage.group, turns, splits)
            elif turns[0].step.rounds is None:
                self._step(turns[0], splits.get(turns[0].step.name))
            else:
                self._in_rounds(stage, turns[0].step.rounds)
        self._open_periods(stage)

    def _open_periods(self, stage: StagePlan) -> None:
        """The periods that what a stage did opens or extends, once it is done in all segments (section 7.11)."""
        if not self.plan.program.periods:
            return
        names = {step.name for step in stage.steps}
        for period in self.plan.program.periods.values():
            opening = [name for name in period.steps if name in names]
            if not opening:
                continue
            if period.opener == "payment":
                results = [one for one in self.state.so_far() if one.turn.step.name in opening]
                truth = self.domain.anyone(self.domain.nonzero([one.drawn for one in results]))
            else:
                truth = self.domain.anyone([settled(partial(self._exhausted, name)) for name in opening])
            self._open(period, truth)

    def _open(self, period: PeriodProgram, truth: Truth) -> None:
        if truth is False:
            return
        before = self.state.opened.get(period.name, False)
        self.state = self.state.with_opened(period.name, self.domain.anyone([before, truth]))

    def _exhausted(self, name: str) -> Truth:
        """Whether a step has paid something and can pay no more."""
        keys = [key for key in self.state.turns if key[0] == name]
        if self.plan.steps[name].may_be_unlimited and all(self.state.turns[key][0].turn.most is None for key in keys):
            return False
        used = self.domain.total([result.drawn for result in self.state.passed(keys)])
        spent = self.domain.nonzero([used])[0]
        if spent is False:
            return False
        # what it could have paid is asked where it paid something, and nowhere else
        path = self.domain.narrowed(self.domain.joined(None, ()), ONE, [spent])
        rest = self.domain.minus([self.domain.total(self.state.could_pay(keys, path))], [used])
        return self.domain.both([spent], self.domain.denied(self.domain.nonzero(rest)))[0]

    def _judge(self) -> list[Judged]:
        """Whether each invariant and each assumption holds after a pass.

        Raises:
            RuleViolation: one of them cannot be evaluated.
        """
        self.turn = None
        found: list[Judged] = []
        for statement in self.plan.program.statements:
            self.statement = statement
            found.append((statement, *settled(partial(self._judged, statement, self.end))))
        self.statement = None
        return found

    @property
    def end(self) -> Moment:
        """The moment after the run so far."""
        return self._moment()

    def after(self, fields: Mapping[Key, Row], givens: Mapping[Key, Value]) -> Moment:
        """The moment after the run, when some data have other values than the event gave them."""
        data = self._data
        now = evolve(data, fields={**data.fields, **fields}, givens={**data.givens, **givens}, began=data)
        return evolve(self.end, data=now)

    def _moment(self, turn: TurnPlan | None = None) -> Moment:
        path = self.domain.joined(None, ())
        if self._data.there is not True:
            path = self.domain.narrowed(path, ONE, (self._data.there,))
        plan, passing, domain, data, state = self.plan, self.passing, self.domain, self._data, self.state
        branches, readings = self.branches, self.readings
        if turn is None:
            return Moment(plan, passing, domain, data, state, path=path, branches=branches, readings=readings)
        segment, scope, meets, absent = turn.segment, turn.step.scope, turn.step.losses_met, turn.withdrawn
        return Moment(
            plan, passing, domain, data, state, segment, scope, meets, path, branches, absent, readings=readings
        )

    @staticmethod
    def _judged(statement: EnsureProgram, at: Moment) -> tuple[Who, Sequence[Truth]]:
        if statement.population is None:
            return ONE, (at.one(statement.condition),)
        who, counts, at = at.those(statement.population, statement.where)
        holds = at.column(statement.condition, who)
        if counts is None:
            return who, holds
        domain = at.domain  # it is broken only where the member counts
        return who, domain.denied(domain.both(counts, domain.denied(holds)))

    def _splits(self, stage: StagePlan) -> dict[str, PotSplits]:
        """The split pots of a stage: they are split by the run as it stands now (section 7.8)."""
        return {
            step.name: PotSplits(evolve(self.end, scope=step.scope, meets=step.losses_met, path=None))
            for step in stage.splitting
        }

    # ---------------------------------------------------------------------------------- section 7.3: is the step done?

    def _opened(
        self, turn: TurnPlan, before: Value, splits: PotSplits | None, gated: tuple[Status, Truth] | None = None
    ) -> Resources | TurnDetails:
        """What a turn that is to be done can draw on, or why it is not done; its capacity is kept either way.

        ``gated`` is what was found in the first round, for a turn of a later one.
        """
        self.turn = turn
        at = self._moment(turn)
        reached = self.domain.nonzero([before])[0]  # point 2: else nothing in the step is evaluated
        status, resources = Status.NOT_REACHED, None
        if reached is not False:
            there = at.where(ONE, (reached,))
            status, gate = gated or gate_of(turn, there)
            # point 5: without a decision the run stops
            if status is Status.PAID and turn.step.discretion is not None and turn.decision is None:
                message = f"the event does not say whether `{turn.step.name}` is invoked"
                there.refuse(None, gate, RuleViolation("missing-decision", message, turn.step.syntax.name))
                status = Status.DECLINED
            if status is Status.PAID:
                resources = make_resources(turn, there, splits, gate, before)
        self._keep_capacity(turn, at, reached, 0 if resources is None else resources.capacity, splits)
        return resources or TurnDetails(TurnResult(turn, status, before, before, 0), at, self.state.losses, splits)

    def _keep_capacity(
        self, turn: TurnPlan, at: Moment, reached: Truth, capacity: Capacity, splits: PotSplits | None
    ) -> None:
        """Keep what a turn could pay if ``unused`` is asked (section 6.4); where no loss reaches it, how to find it."""
        if turn.step.name not in self.plan.program.watched:
            return
        kept: Capacity | PassedTurn = capacity
        again = turn.round is not None and turn.round > 1  # of a round that is not done nothing is asked
        if reached is not True and turn.within and not again:
            kept = PassedTurn(partial(self._capacity_as_passed, turn, at, reached, capacity, splits))
        self.state.capacities.setdefault(turn.key, {})[turn.round] = kept

    def _capacity_as_passed(
        self, turn: TurnPlan, at: Moment, reached: Truth, capacity: Capacity, splits: PotSplits | None, path: Path
    ) -> Capacity:
        """The capacity of a turn as it stood when the run passed it, where no loss reached it."""
        asking, self.turn = self.turn, turn  # a violation that shows only now is this step's
        if path is not None:
            at = at.on(self.domain.narrowed(path, ONE, self.domain.denied([reached])))
        passed: Capacity = 0
        try:
            status, gate = (Status.DECLINED, False) if turn.decision is False else gate_of(turn, at)
            if status is Status.PAID:
                passed = make_resources(turn, at, splits, gate).capacity
        except CapacityAsked:
            self.turn = asking
            raise
        self.turn = asking
        return passed if reached is False else self.domain.chosen([reached], [capacity], [passed])[0]

    # ------------------------------------------------------------------------------- sections 7.5 and 7.6: a step pays

    def _step(self, turn: TurnPlan, splits: PotSplits | None, gated: tuple[Status, Truth] | None = None) -> TurnResult:
        before = self.state.losses.met(turn.met)
        opened = settled(partial(self._opened, turn, before, splits, gated))
        if isinstance(opened, TurnDetails):
            return self._enter(opened)
        if turn.step.payers == "defaulters":
            return self._defaulters(opened, before)
        # without reallocation the loss is shared, not what the step can pay; the first edition shared that
        shares_draw = turn.step.reallocates or self.plan.program.edition == 1
        bound = opened.capacity if shares_draw else opened.total_limit
        payments = settled(partial(shared, opened, at_most(self.domain, before, bound)))
        losses = self.state.losses.reduced([(turn.met, payments.total)])
        return self._book(opened, before, self.domain.rest(before, payments.total), payments, losses)

    def _in_rounds(self, stage: StagePlan, most: int) -> None:
        """A step is done again while loss remains and the last round drew something (section 7.10)."""
        first = stage.round(1)
        result = self._step(first, None)
        # the condition was asked in the first round, and the decision
        gate = self.details[-1].resources.gate if self.details[-1].resources is not None else False
        for number in range(2, most + 1):
            left = self.state.losses.met(first.met)
            again = self.domain.both(self.domain.nonzero([left]), self.domain.nonzero([result.drawn]))[0]
            if gate is False or again is False:
                return
            gate = self.domain.both([gate], [again])[0]
            result = self._step(stage.round(number), None, (Status.PAID, gate))

    def _book(
        self,
        resources: Resources,
        before: Value,
        after: Value,
        payments: Payments,
        losses: Losses,
        part: Value | None = None,
    ) -> TurnResult:
        """Enter what a turn pays (section 7.6)."""
        drawn, capacity, payers = payments.total, resources.capacity, resources.payers
        pot, taken = resources.turn.step.pot, None
        if pot is not None and pot.other_segments:
            taken = taken_from_others(resources.at, pot, resources.members, payments)
        limits = resources.limits if resources.turn.step.payers == "defaulters" else ()
        result = TurnResult(
            resources.turn, Status.PAID, before, after, drawn, capacity, payers, payments, taken, limits
        )
        return self._enter(TurnDetails(result, resources.at, losses, None, resources, part))

    def _enter(self, details: TurnDetails) -> TurnResult:
        self.details.append(details)
        self.state = self.state.after(details.result, details.losses)
        return details.result

    def _defaulters(self, resources: Resources, before: Value) -> TurnResult:
        """Each defaulter pays its own losses, in the order of the first defaults, up to its limit and that in total."""
        losses, domain, limits = self.state.losses, self.domain, resources.limits
        places_of: dict[str, list[int]] = {}
        for place in resources.turn.met:
            member = self.plan.event.losses[place].member
            assert member is not None, "refused by the checker: defaulters meet losses of defaults alone"
            places_of.setdefault(member, []).append(place)
        own = [places_of.get(payer, []) for payer in resources.payers]
        owed = [losses.total(places) for places in own]
        if not _all_present(resources):
            bounds = [before if limit is None else limit for limit in limits]
            limits = tuple(domain.chosen(resources.present or (), bounds, [0] * len(bounds)))
        total, bounded = at_most(domain, before, resources.total_limit), resources.total_limit is not None
        amounts = domain.own_losses(resources.members, owed, limits, total, bounded=bounded)
        payments = domain.listed(amounts)
        losses = losses.reduced(list(zip(own, amounts, strict=True)))
        return self._book(resources, before, domain.rest(before, payments.total), payments, losses)

    # ------------------------------------------------------------------------------------------ section 7.7: the groups

    def _group(self, group: GroupProgram, turns: Sequence[TurnPlan], splits: dict[str, PotSplits]) -> None:
        """All turns of a group side by side: they read the run as it was before, and reduce the losses once."""
        met, domain = turns[0].met, self.domain
        before = self.state.losses.met(met)
        found = [settled(partial(self._opened, turn, before, splits.get(turn.step.name))) for turn in turns]
        able = [one for one in found if isinstance(one, Resources)]
        self.turn = turns[0]
        if group.one_pool:
            whole = pooled(able, before, domain)
            payments = parts_of(whole, able)
            parts = [each.total for each in payments]
        else:
            whole = divided(group, able, before, domain)
            parts = [whole.of(place) for place in range(len(able))]
            payments = [self._part(one, whole, place) for place, one in enumerate(able)]
        # only a step without reallocation may leave something of its part unpaid
        passed_on = group.one_pool or all(one.turn.step.reallocates for one in able)
        drawn = whole.total if passed_on else domain.total([each.total for each in payments])
        losses, after = self.state.losses.reduced([(met, drawn)]), domain.rest(before, drawn)
        shares = iter(zip(payments, parts, strict=True))
        for one in found:
            if isinstance(one, Resources):
                paid, part = next(shares)
                self._book(one, before, after, paid, losses, part)
            else:
                self._enter(evolve(one, result=evolve(one.result, after=after), losses=losses))

    def _part(self, resources: Resources, whole: Payments, place: int) -> Payments:
        """What the payers of a step pay of the step's part in what the whole group pays."""
        self.turn = resources.turn
        return settled(partial(shared, resources, whole.of(place), (whole, place)))


def gate_of(turn: TurnPlan, at: Moment) -> tuple[Status, Truth]:
    """Whether a turn that loss reaches is done (section 7.3, points 3 to 5): ``PAID``, or why it is not.

    Where the status alone does not say it, the truth says in which scenarios the condition holds.

    Raises:
        RuleViolation: the condition cannot be evaluated.
    """
    if not turn.in_force:
        return Status.NOT_IN_FORCE, False
    gate: Truth = True if turn.step.condition is None else at.one(turn.step.condition)
    if gate is False:
        return Status.CONDITION, False
    if turn.step.once_during is not None:
        gate = at.domain.both([gate], at.domain.denied([_paid_once(turn, turn.step.once_during, at)]))[0]
        if gate is False:
            return Status.ONCE, False
    if turn.decision is False:
        return Status.DECLINED, gate
    if turn.decision is None or turn.decision is True:
        return Status.PAID, gate
    return Status.PAID, at.domain.both([gate], [turn.decision])[0]


def _paid_once(turn: TurnPlan, period: str, at: Moment) -> Truth:
    """Whether anything was paid under a step in the open instance of a period, before this pass (section 7.11)."""
    domain = at.domain
    earlier = domain.nonzero([result.drawn for result in at.state.before() if result.turn.step is turn.step])
    paid = domain.anyone([turn.paid_before, *earlier])
    if standing(at.plan.event, period) is not None:
        return paid
    return domain.both([paid], [at.state.opened.get(period, False)])[0]


def _all_present(resources: Resources) -> bool:
    """Whether the payers are there wherever they default; elsewhere they owe nothing anyway."""
    defaulting = resources.at.population("defaulters")
    if resources.present is None and defaulting[1] is None:
        return True
    known, paying = chances(defaulting), chances((resources.members, resources.present))
    return all(known[member] is truth for member, truth in paying.items())
