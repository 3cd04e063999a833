"""What the reader builds: a rulebook and an event as written.

An expression is a tuple: a word that says what it is, then its parts.
"""

import datetime
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Expression = tuple[Any, ...]
Exact = Fraction | int
Segment = str | None
Duration = tuple[int, str]
"""A number of ``days``, ``business`` days or ``months``."""


@dataclass
class Decl:
    """A member field or a given.

    ``type`` is ``money``, ``money SEK``, ``rate EUR SEK`` (EUR per SEK), ``number``, ``ratio``, ``text``, ``date``,
    ``bool`` or ``("choice", values)``.
    """

    name: str
    type: Any
    signed: bool
    per_segment: bool
    missing: Expression | None
    is_field: bool
    per_defaulter: bool = False
    former: list[str] = field(default_factory=list)


@dataclass
class Basis:
    """The time a limit counts: ``days``, ``business``, ``months``, ``year``, ``month`` or ``during`` a period."""

    kind: str
    n: int = 0
    period: str = ""


@dataclass
class Limit:
    """One ``up to``; ``mode`` is ``each``, ``total`` or ``plain``; ``name`` that of a named limit, entered late."""

    expr: Expression
    mode: str
    basis: Basis | None = None
    resizing: bool = False
    in_each_segment: bool = False
    name: str | None = None


@dataclass
class Period:
    """A period: what opens it (``default``, ``payment`` or ``exhaustion``, of which steps) and how long it lasts.

    ``most`` is how long an instance may last with its extensions; None: without bound.
    """

    name: str
    opener: str
    steps: list[str]
    lasts: Duration
    extended: bool = False
    most: Duration | None = None


@dataclass
class Step:
    """A step of the waterfall; ``index`` is its position there, or that of its group.

    ``kind_met`` says which losses it meets: ``default``, ``non-default`` or ``all``.
    """

    kind: str
    name: str
    former: list[str]
    payer: str = ""
    where: Expression | None = None
    pot: str | None = None
    split: Expression | None = None
    other_segments: bool = False
    limits: list[Limit] = field(default_factory=list)
    sharing: Expression | None = None
    no_realloc: bool = False
    order: Expression | None = None
    per_segment: bool = False
    kind_met: str = "default"
    losses: tuple[str, list[str]] | None = None
    rounds: int | None = None
    once: str | None = None
    when: Expression | None = None
    force: tuple[datetime.date, datetime.date | None] | None = None
    body: str | None = None
    group: "Group | None" = None
    index: int = -1
    clauses: set[str] = field(default_factory=set)

    @property
    def by_segment(self) -> bool:
        """Whether it is done once for each segment."""
        return self.per_segment or (self.group is not None and self.group.per_segment)

    @property
    def may_be_unlimited(self) -> bool:
        """Whether nothing bounds it."""
        return self.pot is None and not self.limits

    @property
    def payers_limited(self) -> bool:
        """Whether each payer has a limit."""
        return self.pot is not None or any(x.mode != "total" for x in self.limits)

    @property
    def single(self) -> bool:
        """Whether one payer alone may be charged."""
        return self.payer not in ("survivors", "defaulters")


@dataclass
class Group:
    """Steps that pay side by side."""

    pool: bool
    per_segment: bool
    ratio: list[Fraction] | None
    steps: list[Step]


@dataclass
class Replenish:
    """A clause that makes a pot good again after draws on it, or on ``instead``.

    ``step`` holds what it has like a step: its name is the pot, with payers, `where`, limits and `once`.
    """

    step: Step
    instead: str | None
    target: Expression
    each: bool
    within: Duration

    @property
    def pot(self) -> str:
        """The pot that is replenished."""
        return self.step.name


@dataclass
class Recoveries:
    """How recoveries are applied: groups of steps, each perhaps into a pot, and who has the rest."""

    groups: list[tuple[list[str], str | None]]
    rest: str


@dataclass
class Rulebook:
    """A rulebook; an ``ensure`` or ``assume`` is its text, for whom (with which ``where``), and its condition.

    ``units`` are the decimals of every currency that may be written, ``currencies`` those the rulebook declares.
    """

    title: str = ""
    currency: str = ""
    currencies: list[str] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=dict)
    holidays: frozenset[datetime.date] = frozenset()
    segments: list[str] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)
    fields: dict[str, Decl] = field(default_factory=dict)
    givens: dict[str, Decl] = field(default_factory=dict)
    defines: dict[str, Expression] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    periods: dict[str, Period] = field(default_factory=dict)
    in_turn: bool = False
    waterfall: list[Step | Group] = field(default_factory=list)
    finally_name: str | None = None
    ensures: list[tuple[str, str | None, Expression | None, Expression]] = field(default_factory=list)
    assumes: list[tuple[str, str | None, Expression | None, Expression]] = field(default_factory=list)
    steps: dict[str, Step] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    former_data: dict[str, str] = field(default_factory=dict)
    choice_values: set[str] = field(default_factory=set)
    replenish: dict[str, Replenish] = field(default_factory=dict)
    recoveries: Recoveries | None = None

    @property
    def pots(self) -> set[str]:
        """The names of the data that some step names in ``from``."""
        return {s.pot for s in self.steps.values() if s.pot is not None}

    def decl(self, name: str) -> Decl | None:
        """A field or a given, by this or a former name."""
        name = self.former_data.get(name, name)
        return self.fields.get(name) or self.givens.get(name)

    def owner(self, given: str) -> str:
        """Whose pot a given is: the CCP's, unless only a party draws from it."""
        payers = {s.payer for s in self.steps.values() if s.single and s.pot == given}
        return payers.pop() if len(payers) == 1 else "ccp"

    def naming(self, limit: str) -> list[Step]:
        """The steps, and the pots that are replenished, that take a named limit."""
        found = [*self.steps.values(), *(r.step for r in self.replenish.values())]
        return [s for s in found if any(x.name == limit for x in s.limits)]


Stated = tuple[str, Segment, str | None, datetime.date | None, Expression, str]
"""A value as stated: name, segment, with which defaulter, as of which day, the value, and the place."""


@dataclass
class RawLoss:
    """A line with a loss: ``kind`` is ``default``, ``further``, ``non-default`` or ``table`` (named ``member``)."""

    kind: str
    member: str | None
    segment: Segment
    amount: Expression
    place: str


@dataclass
class RawPayment:
    """A ``paid`` line; ``defaulters`` are those for whose default it was paid (empty: it does not say)."""

    day: datetime.date
    payer: str
    step: str
    segment: Segment
    defaulters: list[str]
    amount: Expression
    place: str


@dataclass
class RawDecision:
    """A ``decide`` line; ``most`` is what stands behind ``invoke up to``."""

    step: str
    what: str
    most: Expression | None
    place: str


@dataclass
class RawEvent:
    """An event as written; each row ends with the place where it stands."""

    title: str = ""
    under: str | None = None
    declared: datetime.date | None = None
    givens: list[Stated] = field(default_factory=list)
    tables: list[tuple[str, str]] = field(default_factory=list)
    members: list[tuple[str, datetime.date | None, list[Stated], str]] = field(default_factory=list)
    former_members: list[tuple[str, str]] = field(default_factory=list)
    losses: list[RawLoss] = field(default_factory=list)
    payments: list[RawPayment] = field(default_factory=list)
    decisions: list[RawDecision] = field(default_factory=list)
    notices: list[tuple[str, datetime.date, str]] = field(default_factory=list)
    defaulted: list[tuple[datetime.date, str, str]] = field(default_factory=list)
    open_periods: list[tuple[str, datetime.date, datetime.date, str]] = field(default_factory=list)
    withdrawals: list[tuple[str, int, str, str]] = field(default_factory=list)


@dataclass
class Move:
    """Money paid in (``out``: paid out); ``table`` is the file it stands in, and then all else is empty."""

    out: bool
    payer: str
    pot: str
    segment: Segment
    amount: Expression
    place: str
    table: str | None = None


@dataclass
class RawDay:
    """The opening of a history or a block of it; ``event`` holds what an event may say too."""

    day: datetime.date
    place: str
    under: str | None = None
    event: RawEvent = field(default_factory=RawEvent)
    moves: list[Move] = field(default_factory=list)
    departures: list[tuple[str, str]] = field(default_factory=list)
    recovered: list[tuple[str, Expression, str]] = field(default_factory=list)


@dataclass
class RawHistory:
    """A history as written: the opening, then its days; ``by_themselves`` says that dues are paid when payable."""

    title: str
    under: str | None
    by_themselves: bool
    days: list[RawDay]
