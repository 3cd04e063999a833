"""One turn of a run, with all that sentences about it need: what it met, how its draw was shared, what bound it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from attrs import field, frozen

from rulelang.base.apportion import round_down
from rulelang.base.money import Exact
from rulelang.check.program import CheckedProgram, GroupProgram, LimitProgram, StepProgram
from rulelang.check.types import MONEY, Kind
from rulelang.document.turns import which_turn
from rulelang.explain.sentences.sharing import Sharing
from rulelang.explain.sentences.words import Words, bracketed, decimal, listing, uncited
from rulelang.model.event import Event
from rulelang.model.trail import LimitTrail, Status, Turn
from rulelang.run.exact import ExactLosses
from rulelang.run.expressions import Moment
from rulelang.run.payments import PartOf
from rulelang.run.resources import Resources, make_resources
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import settled
from rulelang.run.waterfall import TurnDetails, gate_of
from rulelang.syntax import nodes


@frozen(slots=False, eq=False)
class Scene:
    """One turn with all that is needed to tell of it.

    ``mates`` are the turns of the same group and segment, itself among them; ``details`` is what the turn saw and
    left; ``detailed`` asks for what was looked at and not taken, too.
    """

    turn: Turn
    number: str
    group: GroupProgram | None
    mates: tuple[Turn, ...]
    details: TurnDetails = field(repr=False)
    words: Words = field(repr=False)
    detailed: bool = False

    @property
    def step(self) -> StepProgram:
        """The step whose turn it is."""
        return self.details.result.turn.step

    @property
    def program(self) -> CheckedProgram:
        """The rulebook."""
        return self.words.program

    @property
    def event(self) -> Event:
        """The event."""
        return self.at.plan.event

    @property
    def at(self) -> Moment:
        """Evaluates expressions in the run as the turn met it."""
        return self.details.at

    @property
    def done(self) -> bool:
        """Whether the step was done, be it for nothing."""
        return self.turn.status is Status.PAID

    @property
    def met(self) -> tuple[int, ...]:
        """The places of the losses that the turn meets."""
        return self.details.result.turn.met

    @cached_property
    def draw(self) -> int:
        """What the step had to share among its payers."""
        turn = self.turn
        if turn.part is not None:
            return turn.part
        bound = turn.capacity
        resources = self.details.resources
        if not self.step.reallocates and resources is not None:  # then the loss is shared, not what the step can pay
            bound = resources.total_limit
        return turn.before if bound is None else min(turn.before, bound)

    @cached_property
    def sharings(self) -> tuple[tuple[Sharing, Mapping[int, int]], ...]:
        """Each draw that was shared, with the place of every payer of the turn in it."""
        turn = self.turn
        if turn.ranks:
            return tuple(self._ranked())
        if turn.shares is None:
            return ()
        if self.group is not None and self.group.one_pool:
            return (self._pooled(),)
        keys = (1,) * len(turn.payers) if turn.keys is None else turn.keys
        sharing = Sharing(self.draw, keys, turn.limits, turn.shares, self.step.reallocates)
        return ((sharing, {place: place for place in range(len(turn.payers))}),)

    def _ranked(self) -> Iterator[tuple[Sharing, Mapping[int, int]]]:
        turn = self.turn
        assert turn.keys is not None
        for rank in turn.ranks:
            keys = tuple(turn.keys[place] for place in rank.payers)
            limits = tuple(turn.limits[place] for place in rank.payers)
            places = {place: index for index, place in enumerate(rank.payers)}
            yield Sharing(rank.draw, keys, limits, rank.shares, rank=rank.value), places

    def _pooled(self) -> tuple[Sharing, Mapping[int, int]]:
        part = self.details.result.payments
        assert isinstance(part, PartOf)
        (pool,) = part.sharings()
        able = [turn for turn in self.mates if turn.shares is not None]
        keys = tuple(key for turn in able for key in turn.keys or ())
        limits = tuple(limit for turn in able for limit in turn.limits)
        places = {place: part.start + place for place in range(part.count)}
        return Sharing(pool.total, keys, limits, pool.shares), places

    def seat(self, place: int) -> tuple[Sharing, int] | None:
        """The draw that a payer had a share of, and its place in it."""
        return next(((sharing, places[place]) for sharing, places in self.sharings if place in places), None)

    def key_text(self, key: Exact, *, code: bool = False) -> str:
        """A key as a number, in a formula without the code of the currency."""
        named = isinstance(self.step.key, nodes.Expression)
        type_ = self.program.types[id(self.step.key)].type if named else MONEY
        if type_.kind is not Kind.MONEY or (not named and self.step.key != "limits"):
            return decimal(key)
        return self.words.money(key, type_) if code else decimal(key, self.program.currency_of(type_).decimals)

    def limit_words(self, limit: LimitProgram) -> str:
        """An ``up to`` in the rulebook's words, with its citation behind."""
        return f"{self.uncited_words(limit)}{bracketed(limit.citation)}"

    def uncited_words(self, limit: LimitProgram) -> str:
        """An ``up to`` in the rulebook's words."""
        return self.words.quoted(uncited(limit, self.step.syntax.clauses))

    @property
    def equal(self) -> bool:
        """Whether all payers that share a draw have the same share."""
        return self.step.key == "equally" and (self.group is None or not self.group.one_pool)

    @property
    def kind(self) -> str:
        """Which losses the step meets, where there are others: `` without a defaulter``, `` of a default``."""
        if self.step.losses_met == "non-default":
            return " without a defaulter"
        losses = self.event.losses
        others = any(losses[place].member is None for place in self.at.passing.losses)
        return " of a default" if others and self.step.losses_met == "defaults" else ""

    @property
    def meets_nothing(self) -> bool:
        """Whether the pass has no loss of the kind that the step meets."""
        losses, met = self.event.losses, self.step.losses_met
        kinds = {losses[place].member is None for place in self.at.passing.losses}
        return met != "all" and (met == "non-default") not in kinds and bool(kinds)

    @property
    def which(self) -> str:
        """Which turn of its step it is: ``energy``, ``round 2, default of D``; nothing if there is but one."""
        return which_turn(self.turn, self.words.payer)

    @property
    def where(self) -> str:
        """Where the loss lies that the turn meets: `` in energy``, or nothing where that is plain."""
        if self.turn.segment is not None:
            return f" in {self.turn.segment}"
        if self.step.scope is None:
            return ""
        return f" in {listing([name for name in self.program.segments if name in self.step.scope])}"

    def member(self, payer: str) -> str | None:
        """The member for whom expressions are evaluated where a payer is told of."""
        return None if self.step.single_payer else payer

    @property
    def able(self) -> list[int]:
        """The places of the payers whose limits count: their key is not 0, unless that is the limit itself."""
        keys = None if self.step.key == "limits" else self.turn.keys
        return [place for place in range(len(self.turn.payers)) if keys is None or keys[place]]

    def bounds(self, place: int) -> list[Exact]:
        """All limits of one payer before rounding: those of ``up to … each`` and what is left of its pot."""
        turn = self.turn
        found = [trail.left[place] for trail in turn.limit_trails if trail.each]
        if turn.pot is not None:
            found.append(self.pots[place])
        return found

    def binds(self, trail: LimitTrail) -> bool:
        """Whether a limit is the lowest of a payer or, in total, below what all payers lend."""
        turn = self.turn
        if trail.each:
            return any(trail.left[place] == min(self.bounds(place)) for place in self.able)
        bound = round_down(trail.left[0])
        if not self.step.reallocates and turn.part is None and bound == self.draw < turn.before:
            return True
        return turn.capacity is not None and bound == turn.capacity

    @property
    def pots(self) -> Sequence[Exact]:
        """What is left of each payer's pot, or of the segment's part of it."""
        pot = self.turn.pot
        if pot is None:
            return ()
        return pot.left if pot.parts is None else pot.parts

    @property
    def pots_empty(self) -> bool:
        """Whether the step pays from pots, and nothing is left in any of them."""
        return self.turn.pot is not None and not any(self.pots)

    def pot_drawn(self, payer: str) -> int:
        """What earlier turns drew from a payer's pot (from those of all other segments, if the step draws on these)."""
        pot = self.step.pot
        assert pot is not None
        segments: tuple[str | None, ...] = (self.turn.segment if pot.per_segment else None,)
        if pot.other_segments:
            segments = tuple(segment for segment in self.program.segments if segment != self.turn.segment)
        drawing = [(one, at) for at in segments for one in self.at.state.drawing_on((pot.name, at))]
        if pot.per_member:
            return sum(one.taken_from(at, payer) if one.taken else one.paid(payer) for one, at in drawing)
        return sum(sum(one.taken.row(at or "")) if one.taken else one.drawn for one, at in drawing)

    @cached_property
    def gate(self) -> Status:
        """What would have become of the step if loss had reached it."""
        try:
            return settled(lambda: gate_of(self.details.result.turn, self.at)[0])
        except RuleViolation:
            return Status.CONDITION

    @cached_property
    def could_have(self) -> Resources | None:
        """What the step could have drawn on if it had been done, where that can be worked out."""
        try:
            return settled(lambda: make_resources(self.details.result.turn, self.at, self.details.splits, gate=True))
        except RuleViolation:
            return None

    @property
    def remaining(self) -> Sequence[int]:
        """What remained of every loss when the turn met them."""
        losses = self.at.state.losses
        assert isinstance(losses, ExactLosses)
        return losses.amounts

    def own_loss(self, payer: str) -> int:
        """What remained of a defaulter's own losses when the turn met them."""
        losses, remaining = self.event.losses, self.remaining
        return sum(remaining[at] for at in self.met if losses[at].member == payer)
