"""A default event, checked against a rulebook: what happened, what every member had, and what was decided.

Amounts of money are whole minor units of the rulebook's currency; ratios and numbers are exact; a value of ``None`` is
missing and is filled in by the rulebook's ``if missing`` when a run starts.
"""

import datetime
from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from rulelang.base.money import Exact
from rulelang.base.source import SourceText, Span

Value = Exact | bool | str | datetime.date
Column = Mapping[str, Value | None]
"""The values of one field by member."""


@frozen
class Loss:
    """One ``default`` line: a member's loss, in minor units, perhaps in a segment."""

    member: str
    segment: str | None
    amount: int
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class EarlierPayment:
    """One ``paid`` line: what a payer paid before, under a step's present name, in minor units."""

    date: datetime.date
    payer: str
    step: str
    segment: str | None
    amount: int
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class Decision:
    """One ``decide`` line: whether a step left to somebody's discretion is invoked, who decided, and why."""

    step: str
    invoke: bool
    body: str | None = None
    reason: str | None = None
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen(slots=False)  # so that what is derived is worked out once
class Event:
    """An event that fits a rulebook.

    ``members`` are in the order of their ids; ``fields`` gives for each field (and segment, ``None`` where the field
    is not per segment) the value of each member; ``givens`` likewise one value each; ``losses`` are in the order of
    the ``default`` lines.  ``source`` is the event's text and ``data`` the CSV files it was read with.
    """

    title: str
    declared: datetime.date
    members: tuple[str, ...]
    names: Mapping[str, str] = field(repr=False)
    fields: Mapping[tuple[str, str | None], Column] = field(repr=False)
    givens: Mapping[tuple[str, str | None], Value | None] = field(repr=False)
    losses: tuple[Loss, ...]
    payments: tuple[EarlierPayment, ...] = ()
    decisions: Mapping[str, Decision] = field(factory=dict)
    under: str | None = None
    source: SourceText | None = field(default=None, repr=False, eq=False)
    data: tuple[SourceText, ...] = field(default=(), repr=False, eq=False)

    @cached_property
    def defaulters(self) -> tuple[str, ...]:
        """The members that default, in the order of their first ``default`` line."""
        return tuple(dict.fromkeys(loss.member for loss in self.losses))

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

    def losses_met(self, segment: str | None, scope: frozenset[str] | None) -> tuple[int, ...]:
        """The places of the losses that lie in a segment (``None``: in any), as far as they are in the scope of a step.

        ``scope`` holds the segments whose losses the step meets (``None``: all).
        """
        if segment is None and scope is None:
            return tuple(range(len(self.losses)))
        return tuple(
            place
            for place, loss in enumerate(self.losses)
            if segment in (None, loss.segment) and (scope is None or loss.segment in scope)
        )

    @property
    def sha256(self) -> str:
        """The digest of the event's text, empty if the event was made in memory."""
        return "" if self.source is None else self.source.sha256
