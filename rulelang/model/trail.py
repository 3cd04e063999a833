"""The audit trail: for every step what was looked at, computed, paid and why, in the order of the run.

The trail is kept in columns (one tuple per kind of figure, one place per payer), because a run writes it once and a
report reads it much later, if at all.  Amounts are minor units; limits before rounding and keys are exact.
"""

import datetime
import enum

from attrs import field, frozen

from rulelang.base.apportion import Shares
from rulelang.base.money import Exact
from rulelang.base.values import unchanging


class Status(enum.Enum):
    """What became of a step; the words are those of the output."""

    PAID = "paid"
    NOT_REACHED = "not reached"
    NOT_IN_FORCE = "not in force"
    CONDITION = "condition does not hold"
    ONCE = "paid once in the period"
    DECLINED = "declined"


@unchanging
class ResizingTrail:
    """A day of a limit at every resizing: its value as of that day, and what was paid from that day on."""

    day: datetime.date
    values: tuple[Exact, ...]
    already_paid: tuple[int, ...]


@unchanging
class LimitTrail:
    """One ``up to``: its words, the value for each payer (one alone for a limit in total), and what it leaves.

    ``already_paid`` is what it has counted before (``None``: it counts nothing), ``counted_since`` the last day that no
    longer counts (``None``: no earlier day counts); ``left`` is the value less that, never below zero, before rounding.
    ``name`` is that of the limit, if it has one; ``counts`` are the steps whose payments it counts, ``basis`` its words
    about time and ``first_day`` the first day that counts; ``resizings`` are the days of a limit at every resizing.
    """

    words: str
    line: int
    citation: str | None
    each: bool
    values: tuple[Exact, ...]
    already_paid: tuple[int, ...] | None
    counted_since: str | None
    left: tuple[Exact, ...]
    name: str | None = None
    counts: tuple[str, ...] = ()
    basis: str | None = None
    first_day: datetime.date | None = None
    resizings: tuple[ResizingTrail, ...] = ()

    @property
    def deducted(self) -> tuple[int, ...] | None:
        """What is taken off the value to give what is left (``None``: nothing, or at every resizing no one amount)."""
        return None if self.resizings else self.already_paid


@unchanging
class PotTrail:
    """The money drawn ``from``: what was left of each payer's pot; ``parts`` is the segment's part of a split pot."""

    name: str
    left: tuple[Exact, ...]
    parts: tuple[int, ...] | None


@unchanging
class RankTrail:
    """One rank of ``in order of``: its payers (by position), what it had to bear, and how that was shared."""

    value: str
    payers: tuple[int, ...]
    draw: int
    shares: Shares


@unchanging
class Turn:
    """One step, or one segment of a step per segment: a line of the waterfall as it ran.

    ``before`` is the loss it meets, ``after`` what was left of it (in a group: after the whole group); ``capacity`` is
    ``None`` where it is unlimited or nothing was evaluated.  Payers stand in the order of their ids, defaulters in
    the order of their first default; ``keys``, ``limits`` and so on have a place for each.  ``reduced`` tells by how
    much each loss of the event was reduced.  ``round`` counts from 1 for a step in rounds; ``passing`` is the number of
    the pass, ``defaulter`` whose losses are met in it if the defaults are taken in turn; ``decided_most`` is what is
    left of the bound that was decided.
    """

    step: str
    segment: str | None
    status: Status
    before: int
    after: int
    drawn: int
    capacity: int | None = None
    part: int | None = None
    payers: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    keys: tuple[Exact, ...] | None = None
    limit_trails: tuple[LimitTrail, ...] = ()
    pot: PotTrail | None = None
    limits: tuple[int | None, ...] = ()
    shares: Shares | None = None
    ranks: tuple[RankTrail, ...] = ()
    paid: tuple[int, ...] = ()
    reduced: tuple[int, ...] = ()
    decided: bool | None = None
    group: int | None = None
    round: int | None = None
    defaulter: str | None = None
    passing: int = 0
    decided_most: int | None = None


@unchanging
class MissingUse:
    """One use of ``if missing``: the value that was filled in, where (for what ``defaulter``) and by what words."""

    name: str
    member: str | None
    segment: str | None
    words: str
    value: object
    defaulter: str | None = None


@unchanging
class DatedValue:
    """One value that a run read as of a day: of a field (for a ``member``) or a given, perhaps in a segment.

    ``dated`` is the day by which the value stands in the event, ``None`` for the value of the event's own day.
    """

    name: str
    member: str | None
    segment: str | None
    as_of: datetime.date
    dated: datetime.date | None
    value: object


@unchanging
class PeriodTrail:
    """A period as it stood when the run ended: its first and last day if it is open, and what opened or extended it.

    ``before`` is the instance that stood open when the run began.
    """

    name: str
    first: str | None
    last: str | None
    before: tuple[str, str] | None
    triggered: bool


@frozen
class Trail:
    """All turns of a run in order, the values filled in for missing ones, and remarks on what had no effect.

    ``periods`` are the periods as they stood at the end, ``dated`` the values that were read as of a day, each once.
    ``branches`` tells which branches of each ``if`` were taken, by the identity of its node, for the reach of tests.
    """

    turns: tuple[Turn, ...]
    missing: tuple[MissingUse, ...] = ()
    remarks: tuple[str, ...] = ()
    branches: frozenset[tuple[int, bool]] = field(default=frozenset(), eq=False, repr=False)
    periods: tuple[PeriodTrail, ...] = ()
    dated: tuple[DatedValue, ...] = ()
