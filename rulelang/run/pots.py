"""The money a step draws from: what is left of a pot, and the parts of pots that serve all segments (section 7.8)."""

from collections.abc import Sequence
from functools import reduce

from attrs import define, field

from rulelang.check.program import PotProgram
from rulelang.run.expressions import Moment
from rulelang.run.payments import Payments, Taken
from rulelang.run.run_state import paid_by
from rulelang.run.values import Row, Who


def pot_left(at: Moment, pot: PotProgram, who: Who) -> Row:
    """What is left of each payer's pot (section 7.4, point 3): its value in the event less what this run drew.

    Of a step that draws on other segments it is what is left in all of these together.
    """
    if not pot.other_segments:
        return left_in(at, pot, at.segment if pot.per_segment else None, who)
    return reduce(at.domain.plus, other_pots(at, pot, who).values(), [0] * len(who))


def other_pots(at: Moment, pot: PotProgram, who: Who) -> dict[str, Row]:
    """What is left of each payer's pot in each segment but the one of the moment."""
    others = (segment for segment in at.plan.program.segments if segment != at.segment)
    return {segment: left_in(at, pot, segment, who) for segment in others}


def left_in(at: Moment, pot: PotProgram, segment: str | None, who: Who) -> Row:
    """What is left of each payer's pot in a segment (``None``: the pot is not per segment)."""
    key, domain = (pot.name, segment), at.domain
    turns = at.state.drawing_on(key)
    if not pot.per_member:
        drawn = [domain.total(turn.taken.row(segment or "")) if turn.taken else turn.drawn for turn in turns]
        return domain.rest_each([at.data.givens[key]], [domain.total(drawn)])
    column = at.data.fields[key]
    left = [column[member] for member in who if member is not None]
    if not turns:
        return left
    ids = at.ids(who)
    paid = paid_by(domain, [turn for turn in turns if not turn.taken], ids)
    for turn in turns:
        if turn.taken:
            paid = domain.plus(paid, [turn.taken_from(segment, payer) for payer in ids])
    if at.path is not None:
        paid = domain.present_only(paid, at.path.of(who))
    return domain.rest_each(left, paid)


def taken_from_others(at: Moment, pot: PotProgram, who: Who, payments: Payments) -> Taken:
    """What each payment takes from the pot of each other segment, in proportion to what is left (section 7.8)."""

    def parts() -> list[Payments]:
        left = other_pots(at, pot, who).values()
        whole = [at.domain.whole_each(row) for row in left]
        return [
            at.domain.divide(payments.of(place), [row[place] for row in left], [row[place] for row in whole])
            for place in range(len(who))
        ]

    return Taken(tuple(segment for segment in at.plan.program.segments if segment != at.segment), parts)


@define
class PotSplits:
    """How the pots of a step are split among all segments, once for each payer.

    ``start`` is the run as it stood when the step started, before its first segment.
    """

    start: Moment
    parts: dict[int | None, Payments] = field(factory=dict)

    def of(self, pot: PotProgram, who: Who, asking: Moment) -> list[Payments]:
        """The parts of each payer's pot, in the order of the segments."""
        start = self.start.on(asking.path)
        # what is refused is refused where somebody asks, so on a path of its own it is worked out anew
        new = [member for member in who if member not in self.parts or start.path is not None]
        if new:
            self._split(pot, new, start)
        return [self.parts[member] for member in who]

    def _split(self, pot: PotProgram, who: Sequence[int | None], start: Moment) -> None:
        assert pot.split_by is not None
        columns = []
        for segment in start.plan.program.segments:
            what = f"what the pot is split by in {segment}"
            columns.append(start.within(segment).not_below_zero(pot.split_by, who, "negative-key", what))
        domain = start.domain
        left = domain.whole_each(pot_left(start, pot, who))
        for index, member in enumerate(who):
            weights = [column[index] for column in columns]
            self.parts[member] = domain.divide(left[index], weights, (None,) * len(weights))
