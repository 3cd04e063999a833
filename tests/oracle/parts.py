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


@dataclass
class Decl:
    """A member field or a given.

    ``type`` is ``money``, ``number``, ``ratio``, ``text``, ``date``, ``bool`` or ``("choice", values)``.
    """

    name: str
    type: Any
    signed: bool
    per_segment: bool
    missing: Expression | None
    is_field: bool


@dataclass
class Limit:
    """One ``up to``; ``mode`` is ``each``, ``total`` or ``plain``."""

    expr: Expression
    mode: str
    days: int | None = None
    business: bool = False
    in_each_segment: bool = False


@dataclass
class Step:
    """A step of the waterfall; ``index`` is its position there, or that of its group."""

    kind: str
    name: str
    former: list[str]
    payer: str = ""
    where: Expression | None = None
    pot: str | None = None
    split: Expression | None = None
    limits: list[Limit] = field(default_factory=list)
    sharing: Expression | None = None
    no_realloc: bool = False
    order: Expression | None = None
    per_segment: bool = False
    losses: tuple[str, list[str]] | None = None
    when: Expression | None = None
    force: tuple[datetime.date, datetime.date | None] | None = None
    body: str | None = None
    group: "Group | None" = None
    index: int = -1

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
class Rulebook:
    """A rulebook; an ``ensure`` is its text, for whom (with which ``where``), and its condition."""

    title: str = ""
    currency: str = ""
    segments: list[str] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)
    fields: dict[str, Decl] = field(default_factory=dict)
    givens: dict[str, Decl] = field(default_factory=dict)
    defines: dict[str, Expression] = field(default_factory=dict)
    waterfall: list[Step | Group] = field(default_factory=list)
    finally_name: str | None = None
    ensures: list[tuple[str, str | None, Expression | None, Expression]] = field(default_factory=list)
    steps: dict[str, Step] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    choice_values: set[str] = field(default_factory=set)


@dataclass
class RawEvent:
    """An event as written; each row ends with the place where it stands."""

    title: str = ""
    under: str | None = None
    declared: datetime.date | None = None
    givens: list[tuple[str, Segment, Expression, str]] = field(default_factory=list)
    csvs: list[str] = field(default_factory=list)
    members: list[tuple[str, list[tuple[str, Segment, Expression, str]]]] = field(default_factory=list)
    defaults: list[tuple[str, Segment, Expression, str]] = field(default_factory=list)
    payments: list[tuple[datetime.date, str, str, Segment, Expression, str]] = field(default_factory=list)
    decisions: list[tuple[str, str, str]] = field(default_factory=list)
