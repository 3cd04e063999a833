"""The checked program: what the interpreter and every other engine run.

It is the abstract syntax with its names resolved, its clauses sorted into their places, and a type and shape
for each expression.  Only the checker makes one, so whoever holds one need not check again.
"""

import datetime
from collections.abc import Hashable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Literal

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Currency, Exact
from rulelang.base.source import SourceText, Span
from rulelang.base.values import ComparedByValue, part
from rulelang.check.expressions.walk import children, walk
from rulelang.check.types import Kind, Type, TypeAndShape
from rulelang.model.calendar import Calendar, Duration
from rulelang.syntax import nodes

POPULATIONS = ("survivors", "defaulters")
"""The payers that are members."""

Plain = Exact | bool | str | datetime.date
"""A value at run time: money (exact minor units), numbers and ratios (exact), yes/no, text and choices, dates."""


class DatumProgram(ComparedByValue):
    """A member field or a given."""

    name: str
    type: Type
    signed: bool
    per_segment: bool
    note: str | None
    if_missing: nodes.Expression | None
    span: Span = part(eq=False)
    per_defaulter: bool = False
    former_names: tuple[str, ...] = ()

    @property
    def type_said(self) -> str:
        """Its type as a person would say it: `signed money`, `a signed number`."""
        said = str(self.type)
        if not self.signed:
            return said
        return f"a signed {said[2:]}" if said.startswith("a ") else f"signed {said}"


class Window(ComparedByValue):
    """``in any 30 days``: the length of a window that ends on the day of the event."""

    length: Duration


class CalendarWindow(ComparedByValue):
    """``in the calendar year`` or ``in the calendar month`` of the day of the event."""

    unit: Literal["year", "month"]


class During(ComparedByValue):
    """``during cooling_off``: from the first day of the open instance of a period on."""

    period: str


OverTime = Window | CalendarWindow | During


class PeriodProgram(ComparedByValue):
    """A period: what opens it (``steps`` by their names, for a payment or exhaustion), how long it lasts.

    ``extended`` if each further default, payment or exhaustion extends it, to at most ``most`` from the first day on
    which that would last the most.
    """

    name: str
    title: str | None
    citation: str | None
    opener: nodes.OpenerWord
    steps: tuple[str, ...]
    length: Duration
    extended: bool
    most: Duration | None
    span: Span = part(eq=False)


class NamedLimit(ComparedByValue):
    """``limit aggregate as E each during cooling_off``: what all steps that name it may take together."""

    name: str
    title: str | None
    value: nodes.Expression
    each: bool
    over_time: OverTime | None
    citation: str | None
    span: Span = part(eq=False)


class LimitProgram(ComparedByValue):
    """One ``up to``; ``each`` if it bounds each payer, else the step as a whole.

    ``named`` is the limit that it names, whose value, reach and window then stand here too.  ``at_every_resizing``,
    which a limit of each payer with a :class:`Window` alone can be, bounds what was paid from each day of the window on
    by the value of that day.
    """

    value: nodes.Expression
    each: bool
    over_time: OverTime | None
    in_each_segment: bool
    citation: str | None
    span: Span = part(eq=False)
    named: str | None = None
    at_every_resizing: bool = False


class PotProgram(ComparedByValue):
    """The money a step draws ``from``: a member field, or a given of the CCP or of a party."""

    name: str
    per_member: bool
    per_segment: bool
    split_by: nodes.Expression | None
    span: Span = part(eq=False)
    other_segments: bool = False


class OrderProgram(ComparedByValue):
    """``in order of``: by the value itself (``highest`` first or lowest first), or by the rank of each choice value."""

    value: nodes.Expression
    highest: bool
    ranks: Mapping[str | bool, int] | None
    citation: str | None
    span: Span = part(eq=False)


LossesMet = Literal["defaults", "non-default", "all"]
Key = nodes.Expression | Literal["limits", "equally"] | None
"""By what a draw is shared."""


class StepProgram(ComparedByValue):
    """One step of the waterfall with its clauses in their places.

    ``rounds`` is how often it may be done (``None``: it has no rounds), ``once_during`` the period in which it pays
    only once, ``losses_met`` the kinds of loss it meets.

    ``payers`` is ``survivors``, ``defaulters``, ``ccp`` or the name of a party; ``key`` is an expression, ``limits``
    (each payer's own limit), ``equally``, or ``None`` for payers that share nothing; ``scope`` holds the segments
    whose losses the step meets (``None``: all).
    """

    name: str
    kind: nodes.StepKind
    title: str | None
    citation: str | None
    former_names: tuple[str, ...]
    payers: str
    where: nodes.Expression | None
    pot: PotProgram | None
    limits: tuple[LimitProgram, ...]
    key: Key
    reallocates: bool
    order: OrderProgram | None
    per_segment: bool
    scope: frozenset[str] | None
    condition: nodes.Expression | None
    force: tuple[datetime.date, datetime.date | None] | None
    discretion: str | None
    rounds: int | None
    once_during: str | None
    losses_met: LossesMet
    syntax: nodes.Step = part(eq=False, repr=False)
    citations: Mapping[str, str] = part(eq=False, repr=False, factory=dict)

    @property
    def each_limits(self) -> tuple[LimitProgram, ...]:
        """The limits of each payer."""
        return tuple(limit for limit in self.limits if limit.each)

    @property
    def counts_earlier_payments(self) -> bool:
        """Whether a limit of the step counts what was paid before the event."""
        return self.once_during is not None or any(limit.over_time is not None for limit in self.limits)

    @property
    def settled_by_losses(self) -> bool:
        """Whether its turns are the same for all events with such losses: no date, decision or earlier payment."""
        asks = (self.force, self.discretion, self.rounds)
        return not self.counts_earlier_payments and all(each is None for each in asks)

    @property
    def single_payer(self) -> bool:
        """Whether only the CCP or one party may be charged."""
        return self.payers not in POPULATIONS

    @property
    def may_be_unlimited(self) -> bool:
        """Whether nothing bounds what the step can pay."""
        return not self.limits and self.pot is None

    @property
    def names(self) -> tuple[str, ...]:
        """The name of the step and the names it had before."""
        return (self.name, *self.former_names)

    @property
    def span(self) -> Span:
        """Where the name of the step stands."""
        return self.syntax.name.span


class GroupProgram(ComparedByValue):
    """``together``: steps that pay side by side."""

    steps: tuple[StepProgram, ...]
    title: str | None
    citation: str | None
    one_pool: bool
    per_segment: bool
    ratio: tuple[Exact, ...]
    syntax: nodes.Together = part(eq=False, repr=False)


Stage = StepProgram | GroupProgram


def steps_of(stage: Stage) -> tuple[StepProgram, ...]:
    """The steps of a stage: those of a group, or the step itself."""
    return stage.steps if isinstance(stage, GroupProgram) else (stage,)


def owner_of(given: str, steps: Iterable[StepProgram]) -> str:
    """Whose a given is that steps draw from: the CCP's, unless one party alone draws from it."""
    payers = {step.payers for step in steps if step.pot is not None and step.pot.name == given}
    return payers.pop() if len(payers) == 1 else "ccp"


class OutcomeProgram(ComparedByValue):
    """``finally``: what happens to loss that is still there."""

    name: str
    title: str | None
    citation: str | None


class EnsureProgram(ComparedByValue):
    """``ensure``: what must hold after every run; or ``assume``: what is taken for granted of its data."""

    text: str
    condition: nodes.Expression
    population: nodes.Population | None
    where: nodes.Expression | None
    citation: str | None
    span: Span = part(eq=False)
    word: Literal["ensure", "assume"] = "ensure"


class ReplenishProgram(ComparedByValue):
    """``replenish``: what is owed to a pot after a draw on ``draws_on`` (the pot itself, or another), and until when.

    ``payers`` is ``survivors``, ``ccp`` or a party; ``value`` is what the balance of each is to be afterwards.
    """

    pot: str
    title: str | None
    citation: str | None
    payers: str
    where: nodes.Expression | None
    value: nodes.Expression
    limits: tuple[LimitProgram, ...]
    once_during: str | None
    within: Duration
    draws_on: str
    per_member: bool
    per_segment: bool
    span: Span = part(eq=False)


class RepayProgram(ComparedByValue):
    """Steps whose payers recoveries repay together, and the pot they are paid ``into`` (``None``: in cash)."""

    steps: tuple[str, ...]
    into: str | None


class RecoveriesProgram(ComparedByValue):
    """``recoveries``: who is repaid one after the other, and to whom the ``rest`` goes (``defaulters``: the estate)."""

    title: str | None
    citation: str | None
    groups: tuple[RepayProgram, ...]
    rest: str
    span: Span = part(eq=False)


class CheckedProgram(ComparedByValue):
    """A rulebook that checks.

    ``currency`` is the one in which it settles, ``currencies`` are all it declares, by their codes; ``calendar`` knows
    its business days; ``in_turn`` if the defaults are taken one after another; ``edition`` is that of the language by
    which it is run (1 only for a record of that time).

    ``types`` gives the type and shape of every expression by the identity of its node; ``constants`` the value of
    every literal, in minor units where it is money; ``watched`` the steps whose ``unused`` some expression asks for.
    ``warnings`` are the findings that do not stop a run.
    """

    source: SourceText = part(repr=False)
    rulebook: nodes.Rulebook = part(repr=False)
    currency: Currency
    segments: tuple[str, ...]
    parties: Mapping[str, str | None]
    fields: Mapping[str, DatumProgram]
    givens: Mapping[str, DatumProgram]
    definitions: Mapping[str, nodes.DefineSection] = part(repr=False)
    stages: tuple[Stage, ...]
    outcome: OutcomeProgram | None
    ensures: tuple[EnsureProgram, ...]
    tests: tuple[nodes.TestSection, ...] = part(repr=False)
    types: Mapping[int, TypeAndShape] = part(repr=False, eq=False)
    constants: Mapping[int, Plain] = part(repr=False, eq=False)
    watched: frozenset[str] = frozenset()
    currencies: Mapping[str, Currency] = part(factory=dict)
    limits: Mapping[str, NamedLimit] = part(factory=dict)
    periods: Mapping[str, PeriodProgram] = part(factory=dict)
    calendar: Calendar = Calendar()
    in_turn: bool = False
    edition: int = 2
    warnings: tuple[Diagnostic, ...] = ()
    replenishments: tuple[ReplenishProgram, ...] = ()
    recoveries: RecoveriesProgram | None = None
    assumes: tuple[EnsureProgram, ...] = ()

    @property
    def named(self) -> dict[str, str | None]:
        """The title, the version, and the digest of the text, for programs."""
        return {"title": self.title, "version": self.version, "sha256": self.source.sha256}

    @property
    def statements(self) -> tuple[EnsureProgram, ...]:
        """All that is judged after a run: what must hold, then what is taken for granted."""
        return (*self.ensures, *self.assumes)

    @property
    def title(self) -> str:
        """The title of the rulebook."""
        return self.rulebook.title

    @property
    def version(self) -> str | None:
        """The version of the rulebook, as written."""
        return self.rulebook.version

    def currency_of(self, type_: Type) -> Currency:
        """The currency of a type of money (or of what a rate gives)."""
        return self.currency if type_.currency is None else self.currencies[type_.currency]

    def show(self, type_: Type, value: object) -> str:
        """A value of some type as a person would write it; ``None`` is one that is missing."""
        if value is None:
            return "missing"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if type_.kind is Kind.MONEY and isinstance(value, int | Fraction):
            return self.currency_of(type_).show(value)
        return str(value)

    @cached_property
    def data_by_any_name(self) -> Mapping[str, str]:
        """The fields and givens by their present and their former names."""
        data = (*self.fields.values(), *self.givens.values())
        return {name: datum.name for datum in data for name in (datum.name, *datum.former_names)}

    @cached_property
    def expressions(self) -> tuple[nodes.Expression, ...]:
        """All expressions of the rulebook, those of its tests left out."""
        sections = (one for one in self.rulebook.sections if not isinstance(one, nodes.TestSection))
        return tuple(node for section in sections for each in children(section) for node in walk(each))

    @cached_property
    def segment_names(self) -> frozenset[str]:
        """The segments, to be looked up."""
        return frozenset(self.segments)

    @cached_property
    def waterfall(self) -> nodes.WaterfallSection:
        """The syntax of the waterfall."""
        return next(s for s in self.rulebook.sections if isinstance(s, nodes.WaterfallSection))

    def each_step(self) -> Iterator[StepProgram]:
        """All steps in the order of the waterfall, those inside groups included."""
        for stage in self.stages:
            yield from steps_of(stage)

    @cached_property
    def steps(self) -> Mapping[str, StepProgram]:
        """The steps by name, in the order of the waterfall."""
        return {step.name: step for step in self.each_step()}

    @cached_property
    def settled_by_losses(self) -> bool:
        """Whether the turns of all steps are the same for all events with such losses."""
        return all(step.settled_by_losses for step in self.each_step())

    @cached_property
    def kept(self) -> dict[Hashable, object]:
        """What a room above keeps with a rulebook, to work it out once for many events."""
        return {}

    @property
    def limits_of_earlier_days(self) -> tuple[LimitProgram, ...]:
        """The limits of steps whose value is read as of each day of their window."""
        return tuple(limit for step in self.each_step() for limit in step.limits if limit.at_every_resizing)

    @property
    def replenishing_limits_of_earlier_days(self) -> tuple[LimitProgram, ...]:
        """The limits of what is owed to pots whose value is read as of each day of their window."""
        return tuple(limit for clause in self.replenishments for limit in clause.limits if limit.at_every_resizing)

    @cached_property
    def pots(self) -> frozenset[str]:
        """The names of the data that some step draws from."""
        return frozenset(step.pot.name for step in self.each_step() if step.pot is not None)

    @cached_property
    def replenished(self) -> Mapping[str, ReplenishProgram]:
        """The clauses that replenish pots, by their pots."""
        return {each.pot: each for each in self.replenishments}

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Whose the givens are that steps draw from."""
        drawn = (step.pot for step in self.each_step() if step.pot is not None)
        return {pot.name: owner_of(pot.name, self.steps.values()) for pot in drawn if not pot.per_member}

    @cached_property
    def steps_by_any_name(self) -> Mapping[str, StepProgram]:
        """The steps by their present and their former names."""
        return {name: step for step in self.each_step() for name in step.names}

    def step_named(self, name: str) -> StepProgram | None:
        """The step with this name or former name."""
        return self.steps_by_any_name.get(name)
