"""The money a step draws from: what is left of a pot, and the parts of pots that serve all segments (section 7.8)."""

from collections.abc import Sequence

from attrs import define, field

from rulelang.check.program import PotProgram
from rulelang.run.expressions import Moment
from rulelang.run.payments import Payments
from rulelang.run.run_state import paid_by
from rulelang.run.values import Row, Who


def pot_left(at: Moment, pot: PotProgram, who: Who) -> Row:
    """What is left of each payer's pot (section 7.4, point 3): its value in the event less what this run drew."""
    key, domain = (pot.name, at.segment if pot.per_segment else None), at.domain
    turns = at.state.drawing_on(key)
    if not pot.per_member:
        return domain.minus([at.data.givens[key]], [domain.total([turn.drawn for turn in turns])])
    column = at.data.fields[key]
    left = [column[member] for member in who if member is not None]
    if not turns:
        return left
    paid = paid_by(domain, turns, at.ids(who))
    if at.path is not None:
        paid = domain.present_only(paid, at.path.of(who))
    return domain.minus(left, paid)


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
