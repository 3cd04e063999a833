"""The one evaluator of the plan: the waterfall from top to bottom, over the numbers of a domain.

It follows section 7 of the specification as the interpreter does, without a trail.  Groups and pots read the run as it
was when their step started, which costs nothing here: what a moment saw is never changed.
"""

from collections.abc import Sequence
from typing import Any

from attrs import define, evolve, field

from rulelang.check.program import EnsureProgram, GroupProgram, OrderProgram
from rulelang.model.trail import Status
from rulelang.run.domain import Domain, Losses, Path, Payments, Sharers, Truth, Value
from rulelang.run.expressions import Data, Moment
from rulelang.run.payments import PartOf, Ranked
from rulelang.run.plan import Plan, StagePlan, TurnPlan
from rulelang.run.resources import PotSplits, Resources, make_resources
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import Capacity, RunState, TurnResult


@define
class _Open:
    """A turn that is to be done: its resources and the moment it was evaluated at."""

    turn: TurnPlan
    at: Moment
    resources: Resources
    ranked: Sequence[Value] = ()


@define
class Evaluation:
    """One run of the plan over a domain; ``turn`` is the one being done, for a diagnostic."""

    plan: Plan
    domain: Domain
    data: Data
    state: RunState = field(init=False)
    turn: TurnPlan | None = None
    ensure: EnsureProgram | None = None
    branches: set[tuple[int, bool]] | None = None
    splits: dict[str, PotSplits] = field(factory=dict)

    def run(self) -> tuple[TurnResult, ...]:
        """What every turn did, in order.

        Raises:
            RuleViolation: the run met what the rules do not allow.
        """
        self.state = RunState(self.data.losses)
        for stage in self.plan.stages:
            splits = self._splits(stage)
            for turns in stage.rounds:
                if stage.group is None:
                    self._step(turns[0], splits)
                else:
                    self._group(stage.group, turns, splits)
        return tuple(self.state.results.values())

    def judge(self) -> list[tuple[EnsureProgram, Sequence[int | None], Sequence[Truth]]]:
        """Whether each invariant holds after the run: for whom it is judged (``None``: for all), and the truths.

        Raises:
            RuleViolation: an invariant cannot be evaluated.
        """
        self.turn = None
        path = self.domain.joined(None, ())
        at = Moment(self.plan, self.domain, self.data, self.state, path=path, branches=self.branches)
        found = []
        for ensure in self.plan.program.ensures:
            self.ensure = ensure
            found.append((ensure, *self._judged(ensure, at)))
        return found

    @staticmethod
    def _judged(ensure: EnsureProgram, at: Moment) -> tuple[Sequence[int | None], Sequence[Truth]]:
        if ensure.population is None:
            return (None,), (at.one(ensure.condition),)
        who, present = at.population(ensure.population)
        if present is not None:
            at = at.where(who, present)
        if ensure.where is not None:
            counts = at.column(ensure.where, who)
            places = [index for index, truth in enumerate(counts) if truth is not False]
            who, counts = [who[index] for index in places], [counts[index] for index in places]
            at = at.where(who, counts)
        return who, at.column(ensure.condition, who)

    def _splits(self, stage: StagePlan) -> dict[str, PotSplits]:
        found = {}
        for step in stage.steps:
            if step.pot is not None and step.pot.split_by is not None:
                start = Moment(
                    self.plan, self.domain, self.data, self.state.copy(), None, step.scope, branches=self.branches
                )
                found[step.name] = self.splits[step.name] = PotSplits(start, {})
        return found

    # ---------------------------------------------------------------------------------------------------- the turns

    def _step(self, turn: TurnPlan, splits: dict[str, PotSplits]) -> None:
        self.turn = turn
        before = self.state.losses.met(turn.met)
        opened = self._open(turn, before, splits)
        if not isinstance(opened, _Open):
            self._enter(TurnResult(turn, opened, before, before, 0, at=self._moment(turn, self.state.copy())))
        elif turn.step.payers == "defaulters":
            self._defaulters(opened, before)
        else:
            draw = self._at_most(before, opened.resources.capacity)
            payments = self._share(opened, draw)
            reduced = self._reduce(turn.met, payments.total)
            after = self.domain.rest(before, payments.total)
            self._enter(self._result(opened, before, after, payments, reduced))

    def _group(self, group: GroupProgram, turns: Sequence[TurnPlan], splits: dict[str, PotSplits]) -> None:
        """All turns of a group side by side: they read the run as it was before, and reduce the losses once."""
        self.turn = turns[0]
        met, domain = turns[0].met, self.domain
        before = self.state.losses.met(met)
        found = [self._open(turn, before, splits) for turn in turns]
        able = [one for one in found if isinstance(one, _Open)]
        whole, payments = self._pool(able, before) if group.one_pool else self._parts(group, able, before)
        passed_on = group.one_pool or all(one.turn.step.reallocates for one in able)
        drawn = whole.total if passed_on else domain.total([each.total for each in payments])
        state = self.state.copy()
        reduced = self._reduce(met, drawn)
        after = domain.rest(before, drawn)
        done = iter(payments)
        place = 0
        for turn, one in zip(turns, found, strict=True):
            if isinstance(one, _Open):
                paid = next(done)
                part = paid.total if group.one_pool else whole.of(place)
                place += 1
                self._enter(self._result(one, before, after, paid, reduced, part))
            else:
                self._enter(TurnResult(turn, one, before, after, 0, at=self._moment(turn, state)))

    def _open(self, turn: TurnPlan, before: Value, splits: dict[str, PotSplits]) -> "_Open | Status":
        """The resources of a turn that is to be done, else why it is not; its capacity is kept either way."""
        self.turn = turn
        state = self.state.copy()
        reached = self.domain.nonzero(before)
        if reached is False:
            self._keep_capacity(turn, reached, 0, splits)
            return Status.NOT_REACHED
        at = self._moment(turn, state).where((None,), (reached,))
        status, gate = self._gate(turn, at)
        if status is Status.PAID and turn.step.discretion is not None:
            if turn.decision is None:
                message = f"the event does not say whether `{turn.step.name}` is invoked"
                at.refuse(None, gate, RuleViolation("missing-decision", message, turn.step.syntax.name))
            status = Status.PAID if turn.decision else Status.DECLINED
        if status is not Status.PAID:
            self._keep_capacity(turn, reached, 0, splits)
            return status
        at = at.where((None,), (gate,))
        resources = self._gated(make_resources(turn, at, splits.get(turn.step.name), before), gate, before)
        self._keep_capacity(turn, reached, resources.capacity, splits)
        return _Open(turn, at, resources)

    def _moment(self, turn: TurnPlan, state: RunState) -> Moment:
        step, path = turn.step, self.domain.joined(None, ())
        return Moment(
            self.plan, self.domain, self.data, state, turn.segment, step.scope, path=path, branches=self.branches
        )

    @staticmethod
    def _gate(turn: TurnPlan, at: Moment) -> tuple[Status, Truth]:
        """Whether a turn is in force and its condition holds; the truth says where, if the status alone does not."""
        if not turn.in_force:
            return Status.NOT_IN_FORCE, False
        gate = True if turn.step.condition is None else at.one(turn.step.condition)
        return (Status.CONDITION if gate is False else Status.PAID), gate

    def _gated(self, resources: Resources, gate: Truth, before: Value = 0) -> Resources:
        """Resources that lend nothing where the condition of its turn does not hold."""
        if gate is True:
            return resources
        domain = self.domain
        present = resources.present or (True,) * len(resources.payers)
        lending = resources.lending or tuple(place in resources.able for place in range(len(resources.payers)))
        return evolve(
            resources,
            present=tuple(domain.both([gate] * len(present), present)),
            lending=tuple(domain.both([gate] * len(lending), lending)),
            capacity=domain.chosen([gate], [before if resources.capacity is None else resources.capacity], [0])[0],
        )

    def _keep_capacity(self, turn: TurnPlan, reached: Truth, capacity: Capacity, splits: dict[str, PotSplits]) -> None:
        """Keep what a turn can pay, for `unused`; where no loss reaches it, it is worked out when it is asked for."""
        if reached is True:
            self.state.capacities[turn.key] = capacity
        elif turn.step.name in self.plan.program.watched and turn.within:
            snapshot, domain = self.state.copy(), self.domain

            def as_passed(path: Path) -> Capacity:
                asked = path if path is None else domain.narrowed(path, (None,), domain.denied([reached]))
                passed = self._capacity_as_passed(turn, snapshot, splits, asked)
                return passed if reached is False else domain.chosen([reached], [capacity], [passed])[0]

            self.state.capacities[turn.key] = as_passed
        elif reached is not False:
            self.state.capacities[turn.key] = capacity

    def _capacity_as_passed(
        self, turn: TurnPlan, state: RunState, splits: dict[str, PotSplits], path: Path
    ) -> Capacity:
        """The capacity of a turn that no loss reached, as it stood when the run passed it."""
        asking, self.turn = self.turn, turn  # a fault that shows only now is this step's
        at = self._moment(turn, state).on(path)
        capacity: Capacity = 0
        status, gate = (Status.DECLINED, False) if turn.decision is False else self._gate(turn, at)
        if status is Status.PAID:
            resources = make_resources(turn, at.where((None,), (gate,)), splits.get(turn.step.name))
            capacity = self._gated(resources, gate).capacity
        self.turn = asking
        return capacity

    # ------------------------------------------------------------------------------------------------ who pays what

    def _at_most(self, amount: Value, capacity: Capacity) -> Value:
        return amount if capacity is None else self.domain.least((amount, capacity))

    def _share(self, opened: _Open, draw: Value, origin: tuple[Payments, int] | None = None) -> Payments:
        step = opened.turn.step
        self.turn = opened.turn
        if step.order is not None:
            return self._by_rank(step.order, opened, draw)
        return self.domain.share(draw, opened.resources.sharers(reallocates=step.reallocates), origin)

    def _by_rank(self, order: OrderProgram, opened: _Open, draw: Value) -> Payments:
        """The payers of the first rank are exhausted before the next; inside a rank the sharing clause applies."""
        resources, domain = opened.resources, self.domain
        at = opened.at if resources.present is None else opened.at.where(resources.members, resources.present)
        opened.ranked = values = at.column(order.value, resources.members)
        if order.ranks is not None:
            values = domain.looked_up(order.ranks, values)
        found = domain.ranked(values, highest=order.highest)
        if found is None:
            return domain.share_ranked(draw, resources.sharers(reallocates=True), values, highest=order.highest)
        able = frozenset(resources.able)
        left = draw
        ranks = []
        for places in found:
            part = self._at_most(left, resources.lent(domain, [place for place in places if place in able], left))
            rows = (resources.payers, resources.keys, resources.limits)
            ids, keys, limits = ([row[place] for place in places] for row in rows)
            present = None if resources.present is None else [resources.present[place] for place in places]
            ranks.append((tuple(places), domain.share(part, Sharers(ids, keys, limits, present=present))))
            left = domain.rest(left, part)
        return Ranked(tuple(ranks))

    def _defaulters(self, opened: _Open, before: Value) -> None:
        """Each defaulter pays its own losses, in the order of the first defaults, up to its limit and that in total."""
        turn, resources, losses = opened.turn, opened.resources, self.state.losses
        members = [loss.member for loss in self.plan.event.losses]
        own = [[place for place in turn.met if members[place] == payer] for payer in resources.payers]
        left = self._at_most(before, resources.total_limit)
        owed = [losses.total(places) for places in own]
        bounded = resources.total_limit is not None
        limits = resources.limits
        if not self._all_present(resources, opened.at):
            bounds = [before if limit is None else limit for limit in limits]
            limits = tuple(self.domain.chosen(resources.present or (), bounds, [0] * len(bounds)))
        amounts = self.domain.own_losses(resources.members, owed, limits, left, bounded=bounded)
        start = self.state.losses
        for places, amount in zip(own, amounts, strict=True):
            self._reduce(places, amount)
        payments = self.domain.listed(amounts)
        after, reduced = self.domain.rest(before, payments.total), (start, self.state.losses)
        self._enter(self._result(opened, before, after, payments, reduced))

    @staticmethod
    def _all_present(resources: Resources, at: Moment) -> bool:
        """Whether the payers are there wherever they default; elsewhere they owe nothing anyway."""
        who, defaulting = at.population("defaulters")
        known = dict(zip(who, (True,) * len(who) if defaulting is None else defaulting, strict=True))
        there = (True,) * len(resources.members) if resources.present is None else resources.present
        return all(known[member] is truth for member, truth in zip(resources.members, there, strict=True))

    def _parts(self, group: GroupProgram, able: Sequence[_Open], before: Value) -> tuple[Payments, list[Payments]]:
        """The draw of a group divided among its steps, by capacity or in a ratio; each step shares its part."""
        capacities = [one.resources.capacity for one in able]
        unlimited = any(capacity is None for capacity in capacities)
        draw = self._at_most(before, None if unlimited else self.domain.total(capacities))
        weights: Sequence[Value] = capacities
        if group.ratio:
            ratio = dict(zip((step.name for step in group.steps), group.ratio, strict=True))
            weights = [ratio[one.turn.step.name] for one in able]
        parts = self.domain.divide(draw, weights, capacities)
        return parts, [self._share(one, parts.of(index), (parts, index)) for index, one in enumerate(able)]

    def _pool(self, able: Sequence[_Open], before: Value) -> tuple[Payments, list[Payments]]:
        """All pairs of step and payer share the draw at once, each with its own step's key and limit."""
        pairs = [(payer, number) for number, one in enumerate(able) for payer in one.resources.payers]
        keys = [key for one in able for key in one.resources.keys]
        limits = [limit for one in able for limit in one.resources.limits]
        lent = [one.resources.lent(self.domain, one.resources.able, before) for one in able]
        unlimited = any(limit is None for limit in lent)
        draw = self._at_most(before, None if unlimited else self.domain.total(lent))
        present: list[Truth] | None = None
        if any(one.resources.present is not None for one in able):
            present = [there for one in able for there in one.resources.present or (True,) * len(one.resources.payers)]
        shared = self.domain.share(draw, Sharers(pairs, keys, limits, present=present))
        payments: list[Payments] = []
        start = 0
        for one in able:
            payments.append(PartOf(shared, start, len(one.resources.payers)))
            start += len(one.resources.payers)
        return shared, payments

    # ------------------------------------------------------------------------------------------------- book-keeping

    def _reduce(self, places: Sequence[int], amount: Value) -> tuple[Losses, Losses]:
        losses: Losses = self.state.losses
        self.state.losses = losses.reduced(places, amount)
        return losses, self.state.losses

    def _enter(self, result: TurnResult) -> None:
        self.state.results[result.turn.key] = result

    @staticmethod
    def _result(
        opened: _Open, before: Value, after: Value, payments: Payments, reduced: Any = None, part: Value = None
    ) -> TurnResult:
        resources = opened.resources
        return TurnResult(
            opened.turn, Status.PAID, before, after, payments.total, resources.capacity, resources.payers, payments,
            resources, opened.at, part, opened.ranked, reduced,
        )  # fmt: skip
