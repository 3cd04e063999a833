"""Inverse questions: at which value of the variable does a payer, a step or the whole come to this or that.

The lines give the exact value.  Runs happen at whole minor units and round, so the whole value is then confirmed by
runs: at it what was asked for holds, and one minor unit below it does not.
"""

from collections.abc import Callable, Collection

from attrs import frozen

from rulelang.base.gather import collected
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation, StepLine
from rulelang.model.event import Event
from rulelang.model.trail import Status
from rulelang.profiles.crossings import Crossing, Peak, first_crossing, peak
from rulelang.profiles.curves import (
    Curve,
    Name,
    Reading,
    by_payer,
    by_step,
    by_step_and_payer,
    by_turn,
    curves,
    uncovered_curve,
    value_on,
)
from rulelang.profiles.lines import Line, Moving
from rulelang.profiles.walk import Piece, Walk
from rulelang.run.plan import Key
from rulelang.run.run_state import TurnResult

Run = Callable[[CheckedProgram, Event], Allocation]
"""The interpreter."""

_FURTHEST = 1 << 40
"""So many minor units above the line's answer a run that confirms it is looked for."""


@frozen
class Question:
    """What is asked: that a payer (``under`` a step or in all), a step or the uncovered loss comes to an amount.

    ``amount`` is in minor units, ``None`` for anything at all; ``exhausted`` asks for all that a step can pay (with
    defaults in turn: in one of the passes).
    ``step`` and ``segment`` name a step; the uncovered loss is asked for if there is neither payer nor step.
    """

    payer: str | None = None
    step: str | None = None
    segment: str | None = None
    amount: int | None = None
    exhausted: bool = False

    @property
    def of_the_uncovered(self) -> bool:
        """Whether neither a payer nor a step is asked for."""
        return self.payer is None and self.step is None

    def holds(self, allocation: Allocation, turns: Collection[Key]) -> bool:
        """Whether a run has it so; ``turns`` are those of the step that is to be exhausted."""
        if not self.exhausted:
            return self.paid(allocation) >= (1 if self.amount is None else self.amount)
        lines = (line for line in allocation.lines if (line.step, line.segment) in turns)
        return any(map(_full, collected((line.defaulter, line) for line in lines).values()))

    def paid(self, allocation: Allocation) -> int:
        """What a run charges the payer or the step with, or leaves uncovered, in minor units."""
        if self.payer is not None:
            return allocation.paid_by(self.payer, self.step)
        return allocation.uncovered if self.step is None else allocation.drawn(self.step, self.segment)

    def curve(self, profile: Walk) -> Curve:
        """What the lines come to."""
        if self.payer is not None:
            if self.step is None:
                return _curve(profile, by_payer, self.payer)
            return _curve(profile, by_step_and_payer, (self.step, self.payer))
        if self.step is None:
            return uncovered_curve(profile)
        if self.segment is None:
            return _curve(profile, by_step, self.step)
        return _curve(profile, by_turn, (self.step, self.segment))

    def crossing(self, profile: Walk) -> Crossing | None:
        """Where the lines first have it so."""
        if self.exhausted:
            assert self.step is not None
            return exhaustion(profile, self.step, self.segment)
        starts = self.amount is None
        return first_crossing(self.curve(profile), self.amount or 0, above=starts, stop=profile.stop)


def _full(lines: Collection[StepLine]) -> bool:
    """Whether the lines of a step in one pass paid something, and all they could."""
    full = all(line.status is Status.PAID and line.drawn == line.capacity for line in lines)
    return full and any(line.drawn for line in lines)


_NOTHING: Reading[None] = Reading(lines=lambda _: {None: 0})


def _curve(profile: Walk, reading: Reading[Name], name: Name) -> Curve:
    """The curve of one name, which is nothing everywhere if nobody ever pays under it."""
    return curves(profile, reading, [name]).get(name) or curves(profile, _NOTHING)[None]


@frozen
class Answer:
    """Where it is first so: ``crossing`` by the lines, ``value`` by runs, both in minor units of the variable.

    ``there`` and ``below`` are what the runs at ``value`` and one minor unit below give for the payer, the step or
    the uncovered loss (``below`` is ``None`` at zero).  If it is never so, ``crossing`` is ``None`` and ``peak`` is the
    most there ever is; if no run near the line's answer has it so, ``value`` alone is ``None``.
    """

    question: Question
    peak: Peak
    crossing: Crossing | None = None
    value: int | None = None
    there: int | None = None
    below: int | None = None


def ask(profile: Walk, question: Question, run: Run) -> Answer:
    """Answer a question from the lines of a profile and confirm it by runs.

    Raises:
        RunError: a run near the answer meets what the rules do not allow.
    """
    most = peak(question.curve(profile), profile.stop)
    crossing = question.crossing(profile)
    if crossing is None:
        return Answer(question, most)
    event_at, known = profile.variable.event_at, dict[int, Allocation]()

    def at(value: int) -> Allocation:
        if value not in known:
            known[value] = run(profile.plan.program, event_at(value))
        return known[value]

    turns = turns_of(profile, question.step or "", question.segment)
    value = _confirmed(lambda t: question.holds(at(t), turns), crossing.whole, profile)
    if value is None:
        return Answer(question, most, crossing)
    below = question.paid(at(value - 1)) if value else None
    return Answer(question, most, crossing, value, question.paid(at(value)), below)


def _confirmed(holds: Callable[[int], bool], guess: int, profile: Walk) -> int | None:
    """The whole value near a guess at which something holds and below which it does not."""
    start, stop = profile.start, profile.stop
    step = 1
    if holds(guess):
        high = guess
        while high > start:
            low = max(start, high - step)
            if not holds(low):
                return _between(holds, low, high)
            high, step = low, step * 2
        return high
    low = guess
    while step <= _FURTHEST and (stop is None or low + step <= stop):
        if holds(low + step):
            return _between(holds, low, low + step)
        low, step = low + step, step * 2
    return None


def _between(holds: Callable[[int], bool], low: int, high: int) -> int:
    """A value above ``low``, where it does not hold, up to ``high``, where it does, at which it begins to hold."""
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def turns_of(profile: Walk, step: str, segment: str | None = None) -> frozenset[Key]:
    """The turns of a step, in a segment or in all that it serves."""
    keys = (turn.key for turn in profile.plan.turns() if turn.step.name == step and turn.within)
    return frozenset(key for key in keys if segment in (None, key[1]))


def exhaustion(profile: Walk, step: str, segment: str | None = None) -> Crossing | None:
    """Where a step (in a segment, or in all segments that it serves) first pays all it can in a pass."""
    keys, passes = turns_of(profile, step, segment), range(len(profile.plan.passes))
    rest: Reading[int] = Reading(lines=lambda piece: {one: _less_than_all(_turns(piece, keys, one)) for one in passes})
    drawn: Reading[int] = Reading(lines=lambda piece: {one: _drawn(_turns(piece, keys, one)) for one in passes})
    crossings = []
    for one, curve in curves(profile, rest).items():
        found = first_crossing(curve, 0, stop=profile.stop)
        if found is not None and found.attained:
            # with nothing to pay it pays no more than all it can
            something = value_on(curves(profile, drawn, [one])[one], found.at)
            found = Crossing(found.at, attained=bool(something))
        if found is not None:
            crossings.append(found)
    return min(crossings, key=lambda found: (found.at, not found.attained), default=None)


def _turns(piece: Piece, keys: Collection[Key], passing: int) -> list[TurnResult]:
    """The turns of a step in one pass, all its rounds."""
    return [turn for turn in piece.turns if turn.turn.key in keys and turn.turn.passing == passing]


def _drawn(turns: Collection[TurnResult]) -> Moving:
    total: Moving = sum(turn.drawn for turn in turns)
    return total


def _less_than_all(turns: Collection[TurnResult]) -> Moving:
    """What some turns draw less what they can, 0 if they are exhausted; -1 where that cannot be said of them."""
    if any(turn.status is not Status.PAID or turn.capacity is None for turn in turns):
        return -1
    drawn = _drawn(turns)
    if not drawn or drawn == Line(0, 0):  # the latter is nothing, give or take what was rounded
        return -1
    most: Moving = sum(turn.capacity for turn in turns if turn.capacity is not None)
    return drawn - most
