"""A default event, checked against a rulebook: what happened, what every member had, and what was decided.

Amounts of money are whole minor units of the rulebook's currency; ratios and numbers are exact; a value of ``None`` is
missing and is filled in by the rulebook's ``if missing`` when a run starts.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from attrs import field, frozen

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Exact
from rulelang.base.render import visible
from rulelang.base.source import SourceText, Span
from rulelang.base.values import unchanging
from rulelang.model.ledger import Entry, Ledger

Value = Exact | bool | str | datetime.date
Column = Mapping[str, Value | None]
"""The values of one field by member."""

Key = tuple[str, str | None]
"""A field or given, and a segment if it is per segment."""


@frozen
class Loss:
    """One ``default``, ``further loss`` or ``non-default loss`` line: a loss in minor units, perhaps in a segment.

    ``member`` is ``None`` for a loss without a defaulter, ``cause`` then what the event says of it; ``further`` if the
    member defaulted on an earlier day.
    """

    member: str | None
    segment: str | None
    amount: int
    span: Span | None = field(default=None, eq=False, repr=False)
    cause: str | None = None
    further: bool = False


@unchanging
class EarlierPayment:
    """One ``paid`` line: what a payer paid before, under a step's present name, in minor units.

    ``defaulters`` are those for whose default it was paid (``None``: the event does not say), ``former`` the steps
    and segments under which earlier rulebooks of a history knew it, the latest last.
    """

    date: datetime.date
    payer: str
    step: str
    segment: str | None
    amount: int
    span: Span | None = field(default=None, eq=False, repr=False)
    defaulters: tuple[str, ...] | None = None
    former: tuple[Key, ...] = field(default=(), eq=False, repr=False)


class EarlierPayments(tuple[EarlierPayment, ...]):  # noqa: SLOT001 - it keeps its ledger
    """The earlier payments of an event, in the order of its lines, with their ledger, made once for all runs."""

    @cached_property
    def ledger(self) -> Ledger:
        """The payments added up, so that what was paid from any day on is found at once."""
        return Ledger.of(map(entry_of, self))

    @contextmanager
    def lent(self, ledger: Ledger) -> Iterator[None]:
        """Use a ledger that holds the same payments and will hold more; a history keeps one for all its days."""
        self.__dict__["ledger"] = ledger
        try:
            yield
        finally:
            del self.__dict__["ledger"]


def entry_of(one: EarlierPayment) -> Entry:
    """What a ledger keeps of a payment."""
    return (one.step, one.segment), one.payer, one.date, one.amount, one.defaulters or ()


@frozen
class Decision:
    """One ``decide`` line: whether a step left to somebody's discretion is invoked, who decided, and why.

    ``most`` is what the step may pay at most, in minor units (``None``: no bound was decided).
    """

    step: str
    invoke: bool
    body: str | None = None
    reason: str | None = None
    span: Span | None = field(default=None, eq=False, repr=False)
    most: int | None = None


@frozen
class Withdrawal:
    """One ``withdraw`` line: from the round after ``after_round`` on, a member does not pay under a step."""

    member: str
    after_round: int
    step: str
    span: Span | None = field(default=None, eq=False, repr=False)


Dated = tuple[tuple[datetime.date, Value], ...]
"""The values of something as of earlier days, in rising order."""


@frozen(slots=False, eq=False)
class DatedBefore(Mapping[Key, Mapping[str, Dated]]):
    """The dated values of some members from before a day, by field, worked out when somebody asks: few rulebooks do."""

    columns: Mapping[Key, Mapping[str, Dated]] = field(repr=False)
    members: frozenset[str]
    day: datetime.date

    @cached_property
    def _found(self) -> dict[Key, dict[str, Dated]]:
        there, day, found = self.members, self.day, {}
        for key, column in self.columns.items():
            rows = ((member, before_day(dated, day)) for member, dated in column.items() if member in there)
            found[key] = {member: before for member, before in rows if before}
        return {key: column for key, column in found.items() if column}

    def __getitem__(self, key: Key) -> Mapping[str, Dated]:
        """The values of a field by member."""
        return self._found[key]

    def __iter__(self) -> Iterator[Key]:
        """The fields of which there are any."""
        return iter(self._found)

    def __len__(self) -> int:
        """How many fields there are any of."""
        return len(self._found)


def before_day(dated: Dated, day: datetime.date) -> Dated:
    """The values that stood before a day: that of the day itself has no date."""
    return dated if not dated or dated[-1][0] < day else tuple(one for one in dated if one[0] < day)


@frozen(slots=False)
class Past:
    """What an event says of the time before it.

    ``fields`` gives for each field (and segment) the dated values of each member that has any, ``givens`` likewise;
    ``since`` the day from which a member has been one; ``defaulted`` the earlier defaults, ``notices`` the days of
    notices to leave, ``open_periods`` the first and the last day of periods that stand open, by their names.
    """

    fields: Mapping[tuple[str, str | None], Mapping[str, Dated]] = field(factory=dict, repr=False)
    givens: Mapping[tuple[str, str | None], Dated] = field(factory=dict, repr=False)
    since: Mapping[str, datetime.date] = field(factory=dict)
    former_members: tuple[str, ...] = ()
    defaulted: tuple[tuple[datetime.date, str], ...] = ()
    notices: Mapping[str, datetime.date] = field(factory=dict)
    open_periods: Mapping[str, tuple[datetime.date, datetime.date]] = field(factory=dict)


def heading_of(title: str, exercise: str | None) -> str:
    """The title of an event or a history as every output shows it: that of an exercise says so first."""
    return title if exercise is None else f"EXERCISE {exercise}: {title}"


def _with_ledger(payments: Iterable[EarlierPayment]) -> EarlierPayments:
    return payments if isinstance(payments, EarlierPayments) else EarlierPayments(payments)


@frozen(slots=False)  # so that what is derived is worked out once
class Event:
    """An event that fits a rulebook.

    ``members`` are in the order of their ids; ``fields`` gives for each field (and segment, ``None`` where the field
    is not per segment) the value of each member; ``givens`` likewise one value each; ``losses`` are in the order of
    the event's lines.  ``with_defaulters`` gives for each field per defaulter its values by defaulter and member.
    ``exercise`` is what the exercise is called that the event belongs to (``None``: it is none).  ``source`` is the
    event's text and ``data`` the CSV files it was read with; ``warnings`` are findings about the data that do not stop
    a run.
    """

    title: str
    declared: datetime.date
    members: tuple[str, ...]
    names: Mapping[str, str] = field(repr=False)
    fields: Mapping[tuple[str, str | None], Column] = field(repr=False)
    givens: Mapping[tuple[str, str | None], Value | None] = field(repr=False)
    losses: tuple[Loss, ...]
    payments: EarlierPayments = field(default=EarlierPayments(), converter=_with_ledger)
    decisions: Mapping[str, Decision] = field(factory=dict)
    with_defaulters: Mapping[str, Mapping[str, Column]] = field(factory=dict, repr=False)
    past: Past = field(factory=Past)
    withdrawals: tuple[Withdrawal, ...] = ()
    under: str | None = None
    exercise: str | None = field(default=None, kw_only=True)
    source: SourceText | None = field(default=None, repr=False, eq=False)
    data: tuple[SourceText, ...] = field(default=(), repr=False, eq=False)
    warnings: tuple[Diagnostic, ...] = field(default=(), repr=False, eq=False)

    @cached_property
    def defaulters(self) -> tuple[str, ...]:
        """The members that default, in the order of their first line."""
        return tuple(dict.fromkeys(loss.member for loss in self.losses if loss.member is not None))

    @cached_property
    def only_defaults(self) -> bool:
        """Whether every loss is of a default."""
        return all(loss.member is not None for loss in self.losses)

    @cached_property
    def survivors(self) -> tuple[str, ...]:
        """The members without any ``default`` line, in the order of their ids."""
        failed = set(self.defaulters)
        return tuple(member for member in self.members if member not in failed)

    @cached_property
    def populations(self) -> Mapping[str, tuple[str, ...]]:
        """The members by the names of the language."""
        return {"members": self.members, "survivors": self.survivors, "defaulters": self.defaulters}

    @cached_property
    def loss(self) -> int:
        """The whole loss, in minor units."""
        return sum(loss.amount for loss in self.losses)

    @property
    def heading(self) -> str:
        """The title as every output shows it: that of an exercise says so first."""
        return heading_of(self.title, self.exercise)

    @property
    def banner(self) -> str:
        """The first line of what is told of an exercise in plain lines; empty if it is none."""
        return "" if self.exercise is None else f"EXERCISE: {visible(self.exercise)}\n"

    @property
    def named(self) -> dict[str, str]:
        """The title for programs, and the name of the exercise if it is one."""
        return {"title": self.heading, **({} if self.exercise is None else {"exercise": self.exercise})}

    @property
    def sha256(self) -> str:
        """The digest of the event's text, empty if the event was made in memory."""
        return "" if self.source is None else self.source.sha256
