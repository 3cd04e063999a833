"""The interpreter: a checked rulebook and an event in, an allocation with its trail out.

It is the meaning of the language and is written to be read beside section 7 of the specification: the waterfall from
top to bottom, for each step the loss it meets, whether it is done, what it can pay, who pays how much, and what that
leaves of every loss.
"""

from collections.abc import Iterable, Sequence

from attrs import define, evolve, field

from rulelang.base.apportion import Shares, share, split
from rulelang.base.diagnostic import Diagnostic, RunError, finding
from rulelang.base.money import Exact
from rulelang.base.source import Place
from rulelang.check.program import CheckedProgram, EnsureProgram, GroupProgram, StepProgram
from rulelang.check.trouble import Trouble
from rulelang.model.allocation import Allocation, Allotment, EnsureLine, Identity, StepLine
from rulelang.model.event import Event
from rulelang.model.trail import MissingUse, Status, Trail, Turn
from rulelang.run.evaluate import Evaluation
from rulelang.run.invariants import verify_run
from rulelang.run.missing import Fields, Givens, fill_missing
from rulelang.run.pay import Payments, pay_own_losses, share_draw
from rulelang.run.purse import PotSplits, Purse, make_purse
from rulelang.run.state import RunState


def interpret(program: CheckedProgram, event: Event) -> Allocation:
    """Run a rulebook against an event.

    Raises:
        RunError: the run met what the rules do not allow; the diagnostic names the event, the step, the member and
            the value, and how far the waterfall had come.
        InternalError: a law of every run is broken; the fault is the program's.
    """
    return _Run(program, event).allocation()


@define
class _Open:
    """A step that is to be done in a turn: its purse, and what it was evaluated with."""

    step: StepProgram
    ev: Evaluation
    purse: Purse
    decided: bool | None


@define
class _Run:
    program: CheckedProgram
    event: Event
    state: RunState = field(init=False)
    fields: Fields = field(factory=dict)
    givens: Givens = field(factory=dict)
    missing: tuple[MissingUse, ...] = ()
    turns: list[Turn] = field(factory=list)
    splits: dict[str, PotSplits] = field(factory=dict)
    branches: set[tuple[int, bool]] = field(factory=set)
    step: StepProgram | None = None
    ensure: EnsureProgram | None = None

    def allocation(self) -> Allocation:
        self.state = RunState([loss.amount for loss in self.event.losses])
        try:
            self.fields, self.givens, self.missing = fill_missing(self.program, self.event)
            for number, stage in enumerate(self.program.stages):
                self._stage(stage, number)
            self.step = None
            ensures = tuple(self._ensures())
        except Trouble as trouble:
            raise RunError([self._diagnostic(trouble)]) from None
        trail = Trail(tuple(self.turns), self.missing, tuple(self._remarks()), frozenset(self.branches))
        verify_run(self.program, self.event, trail)
        return self._result(trail, ensures)

    # ------------------------------------------------------------------------------------------------------ the turns

    def _stage(self, stage: StepProgram | GroupProgram, number: int) -> None:
        for step in stage.steps if isinstance(stage, GroupProgram) else (stage,):
            if step.pot is not None and step.pot.split_by is not None:
                start = self._evaluation(step, None, self.state.snapshot())
                self.splits[step.name] = PotSplits(start, {})
        for segment in self.program.segments if stage.per_segment else (None,):
            if isinstance(stage, GroupProgram):
                self._group_turn(stage, segment, number)
            else:
                self._step_turn(stage, segment)

    def _evaluation(self, step: StepProgram, segment: str | None, state: RunState | None = None) -> Evaluation:
        """What the expressions of a step are evaluated with, at this moment or in an earlier state."""
        return Evaluation(
            self.program,
            self.event,
            self.fields,
            self.givens,
            state or self.state,
            segment,
            step.scope,
            branches=self.branches,
        )

    def _met(self, scope: frozenset[str] | None, segment: str | None) -> list[int]:
        """The places of the losses that a turn meets."""
        return [
            place
            for place, loss in enumerate(self.event.losses)
            if (segment is None or loss.segment == segment) and (scope is None or loss.segment in scope)
        ]

    def _step_turn(self, step: StepProgram, segment: str | None) -> None:
        """One step, or one segment of it (section 7 of the specification)."""
        self.step = step
        met = self._met(step.scope, segment)
        before = sum(self.state.remaining[place] for place in met)
        opened = self._open(
            step, segment, before, within=segment is None or step.scope is None or segment in step.scope
        )
        if not isinstance(opened, _Open):
            self.turns.append(Turn(step.name, segment, opened, before, before, 0, decided=self._decision(opened)))
            return
        if step.payers == "defaulters":
            payments, reduced = self._pay_defaulters(opened, met, before)
        else:
            draw = before if opened.purse.capacity is None else min(before, opened.purse.capacity)
            payments = share_draw(step, opened.ev, opened.purse, draw)
            reduced = self._reduction(met, payments.total)
        self._enter(opened, segment, payments)
        self._reduce(reduced)
        self.turns.append(self._turn(opened, segment, before, before - payments.total, payments, reduced))

    def _group_turn(self, group: GroupProgram, segment: str | None, number: int) -> None:
        """All steps of a group side by side: they read the run as it was before, and reduce the losses once."""
        met = self._met(None, segment)
        before = sum(self.state.remaining[place] for place in met)
        found: list[_Open | Status] = []
        for step in group.steps:
            self.step = step
            found.append(self._open(step, segment, before))
        able = [one for one in found if isinstance(one, _Open)]
        parts, payments = self._share_group(group, able, before)
        reduced = self._reduction(met, sum(each.total for each in payments))
        for one, each in zip(able, payments, strict=True):
            self._enter(one, segment, each)
        self._reduce(reduced)
        after = before - sum(each.total for each in payments)
        done = iter(zip(able, parts, payments, strict=True))
        for step, result in zip(group.steps, found, strict=True):
            if isinstance(result, _Open):
                _, part, each = next(done)
                turn = self._turn(result, segment, before, after, each, reduced)
                self.turns.append(evolve(turn, part=part, group=number))
            else:
                decided = self._decision(result)
                self.turns.append(Turn(step.name, segment, result, before, after, 0, decided=decided, group=number))

    # ---------------------------------------------------------------------------------------- whether a step is done

    def _open(self, step: StepProgram, segment: str | None, before: int, *, within: bool = True) -> "_Open | Status":
        """The purse of a step if it is to be done, else why it is not; its capacity is kept either way."""
        key = (step.name, segment)
        if not before:
            if step.name in self.program.watched and within:
                snapshot = self.state.snapshot()
                self.state.capacities[key] = lambda: self._capacity_as_passed(step, segment, snapshot)
            return Status.NOT_REACHED
        ev = self._evaluation(step, segment)
        status = self._gate(step, ev)
        if status is Status.PAID and step.discretion is not None and not self._invoked(step):
            status = Status.DECLINED
        if status is not Status.PAID:
            self.state.capacities[key] = 0
            return status
        purse = make_purse(step, ev, self.splits.get(step.name))
        self.state.capacities[key] = purse.capacity
        return _Open(step, ev, purse, True if step.discretion is not None else None)

    def _gate(self, step: StepProgram, ev: Evaluation) -> Status:
        """Whether a step is in force and its condition holds."""
        if step.force is not None:
            start, end = step.force
            if not (start <= self.event.declared and (end is None or self.event.declared <= end)):
                return Status.NOT_IN_FORCE
        if step.condition is not None and not ev.one(step.condition):
            return Status.CONDITION
        return Status.PAID

    def _invoked(self, step: StepProgram) -> bool:
        decision = self.event.decisions.get(step.name)
        if decision is None:
            message = f"the event does not say whether `{step.name}` is invoked"
            raise Trouble("missing-decision", message, step.syntax.name)
        return decision.invoke

    @staticmethod
    def _decision(status: Status) -> bool | None:
        return False if status is Status.DECLINED else None

    def _capacity_as_passed(self, step: StepProgram, segment: str | None, state: RunState) -> int | None:
        """The capacity of a step that no loss reached, as it stood when the run passed it."""
        asking, self.step = self.step, step  # a fault that shows only now is this step's
        ev = self._evaluation(step, segment, state)
        decision = self.event.decisions.get(step.name)
        declined = step.discretion is not None and decision is not None and not decision.invoke
        able = not declined and self._gate(step, ev) is Status.PAID
        capacity = make_purse(step, ev, self.splits.get(step.name)).capacity if able else 0
        self.step = asking
        return capacity

    # --------------------------------------------------------------------------------------------------- who pays what

    def _pay_defaulters(self, opened: _Open, met: Sequence[int], before: int) -> tuple[Payments, dict[int, int]]:
        """Each defaulter's money meets that defaulter's losses only."""
        losses, remaining = self.event.losses, self.state.remaining
        owned: dict[str, list[int]] = {payer: [] for payer in opened.purse.payers}
        for place in met:
            if losses[place].member in owned:
                owned[losses[place].member].append(place)
        own = [sum(remaining[place] for place in owned[payer]) for payer in opened.purse.payers]
        payments = pay_own_losses(opened.purse, own, before)
        reduced: dict[int, int] = {}
        for payer, amount in zip(opened.purse.payers, payments.paid, strict=True):
            reduced.update(self._reduction(owned[payer], amount))
        return payments, reduced

    def _share_group(self, group: GroupProgram, able: Sequence[_Open], before: int) -> tuple[list[int], list[Payments]]:
        """The part of each step in the draw of its group, and what its payers pay of it."""
        if group.one_pool:
            payments = self._share_pool(able, before)
            return [each.total for each in payments], payments
        capacities = [one.purse.capacity for one in able]
        bounded = [capacity for capacity in capacities if capacity is not None]
        draw = before if len(bounded) < len(capacities) else min(before, sum(bounded))
        if group.ratio:
            ratio = dict(zip((step.name for step in group.steps), group.ratio, strict=True))
            parts = split(draw, [ratio[one.step.name] for one in able], capacities)
        else:
            parts = split(draw, bounded, bounded)
        payments = [share_draw(one.step, one.ev, one.purse, part) for one, part in zip(able, parts, strict=True)]
        return list(parts), payments

    @staticmethod
    def _share_pool(able: Sequence[_Open], before: int) -> list[Payments]:
        """All pairs of step and payer share the draw at once, each with its own step's key and limit."""
        keys: list[Exact] = []
        limits: list[int | None] = []
        ids: list[tuple[str, int]] = []
        for number, one in enumerate(able):
            keys.extend(one.purse.keys or ())
            limits.extend(one.purse.limits)
            ids.extend((payer, number) for payer in one.purse.payers)
        lent = [limit for limit, key in zip(limits, keys, strict=True) if key]
        bounded = [limit for limit in lent if limit is not None]
        draw = before if len(bounded) < len(lent) else min(before, sum(bounded))
        shares = share(draw, keys, limits, ids)
        payments, start = [], 0
        for one in able:
            end = start + len(one.purse.payers)
            rows = (shares.whole, shares.part, shares.units)
            whole, part, units = (row[start:end] for row in rows)
            payments.append(Payments(units, Shares(whole, part, shares.denominator, units)))
            start = end
        return payments

    # ----------------------------------------------------------------------------------------------------- book-keeping

    def _reduction(self, met: Sequence[int], amount: int) -> dict[int, int]:
        """By how much each loss is reduced: in proportion to what remains of it, ties to the loss declared first."""
        weights = [self.state.remaining[place] for place in met]
        return dict(zip(met, split(amount, weights, weights), strict=True))

    def _reduce(self, reduced: dict[int, int]) -> None:
        for place, amount in reduced.items():
            self.state.remaining[place] -= amount

    def _enter(self, opened: _Open, segment: str | None, payments: Payments) -> None:
        pot = opened.step.pot
        for payer, amount in zip(opened.purse.payers, payments.paid, strict=True):
            if amount:
                self.state.pay((opened.step.name, segment), payer, amount)
                if pot is not None:
                    self.state.draw((pot.name, segment if pot.per_segment else None), payer, amount)

    def _turn(
        self,
        opened: _Open,
        segment: str | None,
        before: int,
        after: int,
        payments: Payments,
        reduced: dict[int, int],
    ) -> Turn:
        purse = opened.purse
        return Turn(
            opened.step.name,
            segment,
            Status.PAID,
            before,
            after,
            payments.total,
            purse.capacity,
            payers=purse.payers,
            left_out=purse.left_out,
            keys=purse.keys,
            limit_trails=purse.limit_trails,
            pot=purse.pot,
            limits=purse.limits,
            shares=payments.shares,
            ranks=payments.ranks,
            paid=payments.paid,
            reduced=tuple(reduced.get(place, 0) for place in range(len(self.event.losses))),
            decided=opened.decided,
        )

    # ---------------------------------------------------------------------------------------------------- after the run

    def _ensures(self) -> Iterable[EnsureLine]:
        """Judge every invariant, with the state as the run left it."""
        ev = Evaluation(self.program, self.event, self.fields, self.givens, self.state, branches=self.branches)
        for ensure in self.program.ensures:
            self.ensure = ensure
            if ensure.population is None:
                yield EnsureLine(ensure.text, bool(ev.one(ensure.condition)), (), ensure.citation)
                continue
            who: Sequence[str] = getattr(self.event, ensure.population)
            if ensure.where is not None:
                who = [member for member, counts in zip(who, ev.column(ensure.where, who), strict=True) if counts]
            holds = ev.column(ensure.condition, who)
            breaches = tuple(member for member, fine in zip(who, holds, strict=True) if not fine)
            yield EnsureLine(ensure.text, not breaches, breaches, ensure.citation)

    def _remarks(self) -> Iterable[str]:
        """What the event says without effect on this run."""
        if not self.event.losses:
            yield "the event has no default, so there is nothing to allocate"
        reached = {turn.step for turn in self.turns if turn.decided is not None}
        for name in self.event.decisions:
            if name not in reached:
                yield f"the decision on `{name}` had no effect: no loss reached it"
        windowed = {step.name for step in self.program.each_step() if any(limit.window_days for limit in step.limits)}
        for name in sorted({payment.step for payment in self.event.payments} - windowed):
            yield f"earlier payments under `{name}` had no effect: it has no limit over time"

    def _result(self, trail: Trail, ensures: tuple[EnsureLine, ...]) -> Allocation:
        program, event = self.program, self.event
        steps = program.steps
        uncovered = sum(self.state.remaining)
        final = "uncovered" if program.outcome is None else program.outcome.name
        names = dict(event.names)
        names.update({party: title for party, title in program.parties.items() if title})
        return Allocation(
            Identity(program.title, program.version, program.source.sha256),
            Identity(event.title, event.declared.isoformat(), event.sha256),
            event.declared,
            program.currency,
            event.loss,
            tuple(_line(turn, steps[turn.step]) for turn in trail.turns),
            tuple(
                Allotment(turn.step, payer, turn.segment, amount)
                for turn in trail.turns
                for payer, amount in zip(turn.payers, turn.paid, strict=True)
                if amount
            ),
            ensures,
            uncovered,
            final if uncovered else "covered",
            names,
            trail,
        )

    def _diagnostic(self, trouble: Trouble) -> Diagnostic:
        program, event = self.program, self.event
        place = None if trouble.node is None else Place(program.source, trouble.node.span)
        currency = program.currency
        covered = event.loss - sum(self.state.remaining)
        paying = len({turn.step for turn in self.turns if turn.drawn})
        progress = (
            f"so far {currency.show(covered)} of {currency.show(event.loss)} were covered, "
            f"by {paying} step{'s' * (paying != 1)}"
        )
        crumbs = [f'event "{event.title}"']
        message = trouble.message
        if self.step is not None:
            crumbs.append(self.step.name)
        if trouble.member is not None:
            crumbs.append(trouble.member)
            message = f"{message}, for member `{trouble.member}`"
        if self.step is not None and f"`{self.step.name}`" not in message:
            message = f"{message}, in step `{self.step.name}`"
        if self.ensure is not None:
            crumbs.insert(1, f'ensure "{self.ensure.text}"')
            message = f'{message}, for ensure "{self.ensure.text}"'
        advice = _ADVICE.get(trouble.code)
        if trouble.code == "missing-decision" and self.step is not None:
            advice = f'add a line such as `decide {self.step.name}: invoke by "{self.step.discretion}"`'
        citation = None if self.step is None else self.step.citation
        return finding(
            trouble.code, message, place, help=advice, notes=[progress], breadcrumb=crumbs, citation=citation
        )


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
