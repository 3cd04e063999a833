"""What an expression sees of a run at one moment, and where what it may not give is refused."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal, Self

from attrs import define, evolve, field

from rulelang.base.values import unchanging
from rulelang.check.program import LossesMet
from rulelang.run.data import Data, Population
from rulelang.run.domain import Domain
from rulelang.run.plan import PassPlan, Plan, losses_met
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import RunState
from rulelang.run.values import ONE, Path, Row, Truth, Value, Who
from rulelang.syntax import nodes

Readings = dict[tuple[str, str | None, str | None, datetime.date], tuple[datetime.date | None, Value]]
"""What was read as of a day: by name, member, segment and day, with the day of the value (``None``: today) and it."""


@define
class Standpoint(ABC):
    """A moment of a run, as the expressions that are evaluated at it see it.

    ``passing`` is the pass, ``segment`` the segment whose turn it is; ``scope`` the segments whose losses the step
    meets (``None``: all) and ``meets`` their kind; ``absent`` are members that count as no survivors (they withdrew);
    ``day`` is the day as of which data are read (``None``: that of the event), and ``readings`` collects what is read
    so; ``path`` says in which scenarios the values count.  Until the run goes on, ``known`` keeps what is the same for
    all members (by its node, the segment and the path) and ``defined`` each definition per member.
    """

    plan: Plan
    passing: PassPlan
    domain: Domain
    data: Data
    state: RunState
    segment: str | None = None
    scope: frozenset[str] | None = None
    meets: LossesMet = "all"
    path: Path = None
    branches: set[tuple[int, bool]] | None = None
    absent: frozenset[int] = frozenset()
    day: datetime.date | None = None
    readings: Readings | None = None
    known: dict[tuple[int, str | None, int], Value] = field(factory=dict)
    defined: dict[tuple[int, str | None], dict[int | None, Value]] = field(factory=dict)

    def one(self, node: nodes.Expression) -> Value:
        """The value of an expression that is the same for all members."""
        return self.column(node, ONE)[0]

    @abstractmethod
    def column(self, node: nodes.Expression, who: Who) -> Row:
        """The value of an expression for each of ``who``."""

    def for_all(self, who: Who) -> Self:
        """The same moment, for what is the same for all of ``who``."""
        return self if self.path is None else self.on(self.domain.joined(self.path, who))

    def where(self, who: Who, truths: Sequence[Truth]) -> Self:
        """The same moment where a truth holds for each of ``who``."""
        return self.on(self.domain.narrowed(self.path, who, truths))

    def on(self, path: Path) -> Self:
        """The same moment on another path; what it keeps was refused on one path only, so it starts anew."""
        return self if path is self.path else evolve(self, path=path, known={}, defined={})

    def refuse(self, who: int | None, truth: Truth, violation: RuleViolation) -> bool:
        """Refuse what the rules do not allow for a member (``None``: for all); whether it may happen at all."""
        return self.domain.refuse(self.path, who, truth, violation)

    def population(self, name: str) -> Population:
        """The members that may belong to a population, and whether they do; the CCP or a party is no member."""
        if self.data.populations is None:
            who, present = self.passing.populations.get(name, ONE), None
        else:
            who, present = self.data.populations.get(name, (ONE, None))
        if name != "survivors" or not self.absent:
            return who, present
        places = [place for place, member in enumerate(who) if member not in self.absent]
        there = None if present is None else [present[place] for place in places]
        return [who[place] for place in places], there

    def as_of(self, day: datetime.date) -> Self:
        """The same moment, with the data as of a day."""
        return evolve(self, day=day, known={}, defined={})

    def losses_met(self, kind: LossesMet, segment: str | None, scope: frozenset[str] | None) -> tuple[int, ...]:
        """The places of the losses of this pass that are of a kind and lie in a segment and a scope."""
        return losses_met(self.plan.event, self.passing.losses, segment, scope, kind)

    def those(self, name: str, where: nodes.Expression | None) -> tuple[Who, Sequence[Truth] | None, Self]:
        """Those of a population for whom a condition holds, whether each does (``None``: all), and the moment there."""
        who, present = self.population(name)
        at = self if present is None else self.where(who, present)
        if where is None:
            return who, present, at
        holds = at.column(where, who)
        if present is not None:
            holds = at.domain.both(present, holds)
        places = [index for index, truth in enumerate(holds) if truth is not False]
        some, truths = [who[index] for index in places], [holds[index] for index in places]
        return (some, truths, at.where(some, truths)) if open_places(truths) else (some, None, at)

    def shown(self, node: nodes.Expression, value: Value) -> str:
        """The value of an expression as a person would write it."""
        return self.plan.program.show(self.plan.program.types[id(node)].type, value)

    def not_below_zero(
        self, node: nodes.Expression, who: Who, code: Literal["negative-limit", "negative-key"], what: str
    ) -> Row:
        """The value of an expression for each of ``who``, none below zero; ``what`` says what they are.

        Raises:
            RuleViolation: one of them is, in a domain that settles every truth.
        """
        values, refused = self.column(node, who), False
        for index, truth in self.domain.below_zero(values):
            message = f"{what} is {self.shown(node, values[index])}, below zero"
            refused |= self.refuse(who[index], truth, RuleViolation(code, message, node, self.member(who[index])))
        return self.domain.greatest_each([values, [0] * len(values)]) if refused else values

    def within(self, segment: str) -> Self:
        """The same moment, in a segment."""
        return evolve(self, segment=segment)

    def ids(self, who: Who) -> list[str]:
        """The ids of members."""
        members = self.plan.event.members
        return [members[position] for position in positions(who)]

    def member(self, position: int | None) -> str | None:
        """The id of a member, for a diagnostic."""
        return None if position is None else self.plan.event.members[position]


@unchanging
class RowSite:
    """Where a row is worked out; see :class:`rulelang.run.domain.Site`."""

    at: Standpoint
    node: nodes.Expression
    who: Who

    def refuse(self, index: int, truth: Truth, violation: RuleViolation) -> None:
        """Refuse one value of the row, that of a member if it is one for each."""
        position = self.who[index]
        if violation.member is None and position is not None:
            violation.member = self.at.plan.event.members[position]
        self.at.refuse(position, truth, violation)


def open_places(truths: Sequence[Truth]) -> list[int]:
    """The places at which a truth differs between scenarios."""
    return [index for index, truth in enumerate(truths) if truth is not True and truth is not False]


def positions(who: Who) -> Sequence[int]:
    """The members, where an expression differs among them: then it is never asked for all."""
    return who  # type: ignore[return-value]
