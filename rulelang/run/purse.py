"""The purse of a step: who may be charged, by what key, up to which limit, and what the step can pay in all.

Limits are rounded down to the minor unit here, by :mod:`rulelang.base.apportion`; keys stay exact.
"""

from collections.abc import Sequence
from typing import Any

from attrs import define, frozen

from rulelang.base.apportion import round_down, split
from rulelang.base.money import Exact
from rulelang.check.program import LimitProgram, PotProgram, StepProgram
from rulelang.check.trouble import Trouble
from rulelang.check.windows import counted, window_start
from rulelang.model.trail import LimitTrail, PotTrail
from rulelang.run.evaluate import Evaluation
from rulelang.syntax import nodes


@frozen
class Purse:
    """What a step can draw on, at the moment it is reached.

    ``payers`` are ids; ``members`` is what expressions are evaluated for (``None`` for the CCP or a party);
    ``limits`` are whole minor units or ``None`` (unlimited); a payer whose key is 0 lends no capacity.
    """

    payers: tuple[str, ...]
    members: tuple[Any, ...]
    left_out: tuple[str, ...]
    keys: tuple[Exact, ...] | None
    limits: tuple[int | None, ...]
    limit_trails: tuple[LimitTrail, ...]
    pot: PotTrail | None
    total_limit: int | None
    capacity: int | None


@define
class PotSplits:
    """How pots that serve all segments are split, once for each step and payer, by the state when the step started."""

    start: Evaluation
    parts: dict[Any, tuple[int, ...]]

    def of(self, pot: PotProgram, who: Sequence[Any]) -> list[tuple[int, ...]]:
        """The parts of each payer's pot, in the order of the segments."""
        new = [member for member in who if member not in self.parts]
        if new:
            self._split(pot, new)
        return [self.parts[member] for member in who]

    def _split(self, pot: PotProgram, who: Sequence[Any]) -> None:
        node = pot.split_by
        assert node is not None
        segments = self.start.program.segments
        weights = [self.start.within(segment).column(node, who) for segment in segments]
        for segment, column in zip(segments, weights, strict=True):
            _refuse_negative(node, column, who, "negative-key", f"what the pot is split by in {segment}", self.start)
        left = pot_left(self.start, pot, who)
        for index, member in enumerate(who):
            self.parts[member] = split(round_down(left[index]), [column[index] for column in weights])


def pot_left(ev: Evaluation, pot: PotProgram, who: Sequence[Any]) -> list[Exact]:
    """What is left of each payer's pot."""
    key = (pot.name, ev.segment if pot.per_segment else None)
    drawn = ev.state.drawn.get(key, {})
    if not pot.per_member:
        return [ev.givens[key] - sum(drawn.values())]
    column = ev.fields[key]
    if not drawn:
        return [column[member] for member in who]
    return [column[member] - drawn.get(member, 0) for member in who]


def make_purse(step: StepProgram, ev: Evaluation, splits: PotSplits | None) -> Purse:
    """The purse of a step in the turn that ``ev`` stands for.

    Raises:
        Trouble: a limit or a key is below zero, or an expression cannot be evaluated.
    """
    members, left_out = _chosen(step, ev)
    payers = (step.payers,) if step.single_payer and members else members
    trails = tuple(_limit_trail(step, limit, ev, members, payers) for limit in step.limits)
    pot, bounds = _pot(step, ev, members, splits)
    each = [trail.left for trail in trails if trail.each]
    if bounds is not None:
        each.append(bounds)
    limits: tuple[int | None, ...]
    limits = (None,) * len(payers) if not each else tuple(round_down(min(row)) for row in zip(*each, strict=True))
    totals = [round_down(trail.left[0]) for trail in trails if not trail.each]
    total_limit = min(totals) if totals else None
    keys = _keys(step, ev, members, limits)
    able = limits if keys is None else [limit for limit, key in zip(limits, keys, strict=True) if key]
    together = None if None in able else sum(limit or 0 for limit in able)
    capacity = min((bound for bound in (total_limit, together) if bound is not None), default=None)
    return Purse(payers, members, left_out, keys, limits, trails, pot, total_limit, capacity)


def _chosen(step: StepProgram, ev: Evaluation) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The payers whose condition holds, and the others."""
    who: tuple[Any, ...] = (None,) if step.single_payer else getattr(ev.event, step.payers)
    if step.where is None:
        return who, ()
    holds = ev.column(step.where, who)
    chosen = tuple(member for member, able in zip(who, holds, strict=True) if able)
    left_out = tuple(member or step.payers for member, able in zip(who, holds, strict=True) if not able)
    return chosen, left_out


def _limit_trail(
    step: StepProgram, limit: LimitProgram, ev: Evaluation, members: Sequence[Any], payers: Sequence[str]
) -> LimitTrail:
    values = ev.column(limit.value, members) if limit.each else [ev.one(limit.value)]
    _refuse_negative(limit.value, values, members if limit.each else (None,), "negative-limit", "the limit", ev)
    event = ev.event
    past = counted(limit, event.payments, event.declared, step.name, ev.segment)
    start = None
    already: list[int] | None = None
    left = values
    if past is not None:
        assert limit.window_days is not None
        already = [past.get(payer, 0) for payer in payers] if limit.each else [sum(past.values())]
        left = [max(value - before, 0) for value, before in zip(values, already, strict=True)]
        start = window_start(event.declared, limit.window_days, business=limit.business_days).isoformat()
    source = ev.program.source
    return LimitTrail(
        source.phrase(limit.span),
        source.position(limit.span.start).line,
        limit.citation,
        limit.each,
        tuple(values),
        None if already is None else tuple(already),
        start,
        tuple(left),
    )


def _refuse_negative(
    node: nodes.Expression, values: Sequence[Exact], who: Sequence[Any], code: str, what: str, ev: Evaluation
) -> None:
    if values and min(values) < 0:
        index = next(index for index, value in enumerate(values) if value < 0)
        money = code == "negative-limit" or ev.program.facts[id(node)].type.kind.value == "money"
        shown = ev.program.currency.show(values[index]) if money else str(values[index])
        raise Trouble(code, f"{what} is {shown}, below zero", node, who[index])


def _pot(
    step: StepProgram, ev: Evaluation, members: Sequence[Any], splits: PotSplits | None
) -> tuple[PotTrail | None, tuple[Exact, ...] | None]:
    pot = step.pot
    if pot is None:
        return None, None
    left = tuple(pot_left(ev, pot, members)) if members else ()
    if splits is None:
        return PotTrail(pot.name, left, None), left
    place = ev.program.segments.index(ev.segment or "")
    parts = tuple(row[place] for row in splits.of(pot, members))
    return PotTrail(pot.name, left, parts), parts


def _keys(
    step: StepProgram, ev: Evaluation, members: Sequence[Any], limits: tuple[int | None, ...]
) -> tuple[Exact, ...] | None:
    if step.key is None:
        return None
    if step.key == "equally":
        return (1,) * len(members)
    if step.key == "limits":
        return tuple(limit or 0 for limit in limits)
    assert isinstance(step.key, nodes.Expression)
    keys = ev.column(step.key, members)
    _refuse_negative(step.key, keys, members, "negative-key", "the key", ev)
    return tuple(keys)
