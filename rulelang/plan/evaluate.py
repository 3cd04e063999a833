"""The one evaluator of the plan: the waterfall from top to bottom, over the numbers of a domain.

It follows section 7 of the specification as the interpreter does, without a trail.  Groups and pots read the run as it
was when their step started, which costs nothing here: what a moment saw is never changed.
"""

from collections.abc import Sequence

from attrs import define, field

from rulelang.check.program import GroupProgram, OrderProgram
from rulelang.check.trouble import Trouble
from rulelang.model.trail import Status
from rulelang.plan.domain import Domain, Losses, Payments, Sharers, Value
from rulelang.plan.expressions import Data, Moment
from rulelang.plan.parts import PartOf, Ranked
from rulelang.plan.plan import Plan, StagePlan, TurnPlan
from rulelang.plan.purse import PotSplits, Purse, make_purse
from rulelang.plan.standing import Capacity, Standing, TurnResult


@define
class _Open:
    """A turn that is to be done: its purse and the moment it was evaluated at."""

    turn: TurnPlan
    at: Moment
    purse: Purse


@define
class Evaluation:
    """One run of the plan over a domain; ``turn`` is the one being done, for a diagnostic."""

    plan: Plan
    domain: Domain
    data: Data
    standing: Standing = field(init=False)
    turn: TurnPlan | None = None

    def run(self) -> tuple[TurnResult, ...]:
        """What every turn did, in order.

        Raises:
            Trouble: the run met what the rules do not allow.
        """
        self.standing = Standing(self.data.losses)
        for stage in self.plan.stages:
            splits = self._splits(stage)
            for turns in stage.rounds:
                if stage.group is None:
                    self._step(turns[0], splits)
                else:
                    self._group(stage.group, turns, splits)
        return tuple(self.standing.results.values())

    def _splits(self, stage: StagePlan) -> dict[str, PotSplits]:
        found = {}
        for step in stage.steps:
            if step.pot is not None and step.pot.split_by is not None:
                start = Moment(self.plan, self.domain, self.data, self.standing.copy(), None, step.scope)
                found[step.name] = PotSplits(start, {})
        return found

    # ---------------------------------------------------------------------------------------------------- the turns

    def _step(self, turn: TurnPlan, splits: dict[str, PotSplits]) -> None:
        self.turn = turn
        before = self.standing.losses.met(turn.met)
        opened = self._open(turn, before, splits)
        if not isinstance(opened, _Open):
            self._enter(TurnResult(turn, opened, before, before, 0))
        elif turn.step.payers == "defaulters":
            self._defaulters(opened, before)
        else:
            draw = self._at_most(before, opened.purse.capacity)
            payments = self._share(opened, draw)
            self._reduce(turn.met, payments.total)
            self._enter(self._result(opened, before, before - payments.total, payments))

    def _group(self, group: GroupProgram, turns: Sequence[TurnPlan], splits: dict[str, PotSplits]) -> None:
        """All turns of a group side by side: they read the run as it was before, and reduce the losses once."""
        self.turn = turns[0]
        met = turns[0].met
        before = self.standing.losses.met(met)
        found = [self._open(turn, before, splits) for turn in turns]
        able = [one for one in found if isinstance(one, _Open)]
        whole, payments = self._pool(able, before) if group.one_pool else self._parts(group, able, before)
        passed_on = group.one_pool or all(one.turn.step.reallocates for one in able)
        drawn = whole.total if passed_on else sum(each.total for each in payments)
        self._reduce(met, drawn)
        after = before - drawn
        done = iter(payments)
        for turn, one in zip(turns, found, strict=True):
            if isinstance(one, _Open):
                self._enter(self._result(one, before, after, next(done)))
            else:
                self._enter(TurnResult(turn, one, before, after, 0))

    def _open(self, turn: TurnPlan, before: Value, splits: dict[str, PotSplits]) -> "_Open | Status":
        """The purse of a turn that is to be done, else why it is not; its capacity is kept either way."""
        self.turn = turn
        if not self.domain.sign(before):
            if turn.step.name in self.plan.program.watched and turn.within:
                snapshot = self.standing.copy()
                self.standing.capacities[turn.key] = lambda: self._capacity_as_passed(turn, snapshot, splits)
            return Status.NOT_REACHED
        at = self._moment(turn, self.standing.copy())
        status = self._gate(turn, at)
        if status is Status.PAID and turn.step.discretion is not None:
            if turn.decision is None:
                message = f"the event does not say whether `{turn.step.name}` is invoked"
                raise Trouble("missing-decision", message, turn.step.syntax.name)
            status = Status.PAID if turn.decision else Status.DECLINED
        if status is not Status.PAID:
            self.standing.capacities[turn.key] = 0
            return status
        purse = make_purse(turn, at, splits.get(turn.step.name))
        self.standing.capacities[turn.key] = purse.capacity
        return _Open(turn, at, purse)

    def _moment(self, turn: TurnPlan, standing: Standing) -> Moment:
        return Moment(self.plan, self.domain, self.data, standing, turn.segment, turn.step.scope)

    @staticmethod
    def _gate(turn: TurnPlan, at: Moment) -> Status:
        if not turn.in_force:
            return Status.NOT_IN_FORCE
        if turn.step.condition is not None and not at.one(turn.step.condition):
            return Status.CONDITION
        return Status.PAID

    def _capacity_as_passed(self, turn: TurnPlan, standing: Standing, splits: dict[str, PotSplits]) -> Capacity:
        """The capacity of a turn that no loss reached, as it stood when the run passed it."""
        asking, self.turn = self.turn, turn  # a fault that shows only now is this step's
        at = self._moment(turn, standing)
        able = turn.decision is not False and self._gate(turn, at) is Status.PAID
        capacity = make_purse(turn, at, splits.get(turn.step.name)).capacity if able else 0
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
        return self.domain.share(draw, opened.purse.sharers(reallocates=step.reallocates), origin)

    def _by_rank(self, order: OrderProgram, opened: _Open, draw: Value) -> Payments:
        """The payers of the first rank are exhausted before the next; inside a rank the sharing clause applies."""
        purse = opened.purse
        values = opened.at.column(order.value, purse.members)
        if order.ranks is not None:
            values = [order.ranks[value] for value in values]
        able = frozenset(purse.able)
        left = draw
        ranks = []
        for places in self.domain.ranked(values, highest=order.highest):
            lent = [purse.limits[place] for place in places if place in able]
            part = left if None in lent else self.domain.least((left, sum(lent)))
            ids, keys, limits = ([row[place] for place in places] for row in (purse.payers, purse.keys, purse.limits))
            ranks.append((tuple(places), self.domain.share(part, Sharers(ids, keys, limits))))
            left = left - part
        return Ranked(tuple(ranks))

    def _defaulters(self, opened: _Open, before: Value) -> None:
        """Each defaulter pays its own losses, in the order of the first defaults, up to its limit and that in total."""
        turn, purse, losses = opened.turn, opened.purse, self.standing.losses
        own = [[place for place in turn.met if self.plan.event.losses[place].member == payer] for payer in purse.payers]
        left = self._at_most(before, purse.total_limit)
        amounts = []
        for places, limit in zip(own, purse.limits, strict=True):
            bounds = [losses.total(places), left] if limit is None else [losses.total(places), limit, left]
            amounts.append(self.domain.least(bounds))
            left = left - amounts[-1]
        for places, amount in zip(own, amounts, strict=True):
            self._reduce(places, amount)
        payments = self.domain.listed(amounts)
        self._enter(self._result(opened, before, before - payments.total, payments))

    def _parts(self, group: GroupProgram, able: Sequence[_Open], before: Value) -> tuple[Payments, list[Payments]]:
        """The draw of a group divided among its steps, by capacity or in a ratio; each step shares its part."""
        capacities = [one.purse.capacity for one in able]
        draw = before if None in capacities else self.domain.least((before, sum(capacities)))
        weights: Sequence[Value] = capacities
        if group.ratio:
            ratio = dict(zip((step.name for step in group.steps), group.ratio, strict=True))
            weights = [ratio[one.turn.step.name] for one in able]
        parts = self.domain.divide(draw, weights, capacities)
        return parts, [self._share(one, parts.of(index), (parts, index)) for index, one in enumerate(able)]

    def _pool(self, able: Sequence[_Open], before: Value) -> tuple[Payments, list[Payments]]:
        """All pairs of step and payer share the draw at once, each with its own step's key and limit."""
        pairs = [(payer, number) for number, one in enumerate(able) for payer in one.purse.payers]
        keys = [key for one in able for key in one.purse.keys]
        limits = [limit for one in able for limit in one.purse.limits]
        lent = [one.purse.limits[place] for one in able for place in one.purse.able]
        draw = before if None in lent else self.domain.least((before, sum(lent)))
        shared = self.domain.share(draw, Sharers(pairs, keys, limits))
        payments: list[Payments] = []
        start = 0
        for one in able:
            payments.append(PartOf(shared, start, len(one.purse.payers)))
            start += len(one.purse.payers)
        return shared, payments

    # ------------------------------------------------------------------------------------------------- book-keeping

    def _reduce(self, places: Sequence[int], amount: Value) -> None:
        losses: Losses = self.standing.losses
        self.standing.losses = losses.reduced(places, amount)

    def _enter(self, result: TurnResult) -> None:
        self.standing.results[result.turn.key] = result

    @staticmethod
    def _result(opened: _Open, before: Value, after: Value, payments: Payments) -> TurnResult:
        purse = opened.purse
        return TurnResult(
            opened.turn, Status.PAID, before, after, payments.total, purse.capacity, purse.payers, payments
        )
