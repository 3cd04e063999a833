"""The draft of a program while it is being checked: the names it declares, and the findings so far."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Unpack

from rulelang.base.diagnostic import Details, Diagnostic, Label, Severity, finding
from rulelang.base.money import Currency
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.suggest import Suggestions
from rulelang.base.values import Gathering, evolve, part
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import (
    POPULATIONS,
    DatumProgram,
    EnsureProgram,
    NamedLimit,
    PeriodProgram,
    Plain,
    PotProgram,
    RecoveriesProgram,
    ReplenishProgram,
    Stage,
    StepProgram,
    steps_of,
)
from rulelang.check.types import TypeAndShape
from rulelang.syntax import nodes


class Draft(Gathering):
    """What the passes of the checker share.

    ``names`` tells of each declared name what it is (``field``, ``given``, ``definition``, ``party``, ``segment``,
    ``step``, ``choice value`` …) and where it was declared.  ``step_stage`` holds the place of each step in the
    waterfall: the number of its stage, counted from 0; ``former_names`` the present name of each step by those it had,
    ``former_data`` that of each field and given.
    ``definitions_typed`` holds the definitions in an order in which each stands behind those it names.
    """

    source: SourceText
    rulebook: nodes.Rulebook
    currency: Currency | None = None
    currencies: dict[str, Currency] = part(factory=dict)
    holidays: set[datetime.date] = part(factory=set)
    segments: tuple[str, ...] = ()
    parties: dict[str, str | None] = part(factory=dict)
    fields: dict[str, DatumProgram] = part(factory=dict)
    givens: dict[str, DatumProgram] = part(factory=dict)
    former_data: dict[str, str] = part(factory=dict)
    definitions: dict[str, nodes.DefineSection] = part(factory=dict)
    limit_sections: dict[str, nodes.LimitSection] = part(factory=dict)
    period_sections: dict[str, nodes.PeriodSection] = part(factory=dict)
    limits: dict[str, NamedLimit] = part(factory=dict)
    periods: dict[str, PeriodProgram] = part(factory=dict)
    definitions_typed: dict[str, None] = part(factory=dict)
    choices: dict[str, Span] = part(factory=dict)
    names: dict[str, tuple[str, Span]] = part(factory=dict)
    waterfall: nodes.WaterfallSection | None = None
    first_sections: dict[type, nodes.Section] = part(factory=dict)
    step_nodes: dict[str, nodes.Step] = part(factory=dict)
    former_names: dict[str, str] = part(factory=dict)
    step_stage: dict[str, int] = part(factory=dict)
    step_per_segment: dict[str, bool] = part(factory=dict)
    stages: tuple[Stage, ...] = ()
    ensures: tuple[EnsureProgram, ...] = ()
    replenishments: tuple[ReplenishProgram, ...] = ()
    recoveries: RecoveriesProgram | None = None
    assumes: tuple[EnsureProgram, ...] = ()
    watched: frozenset[str] = frozenset()
    types: dict[int, TypeAndShape] = part(factory=dict)
    constants: dict[int, Plain] = part(factory=dict)
    findings: list[Diagnostic] = part(factory=list)
    suggestions: Suggestions = part(factory=Suggestions)
    breadcrumb: tuple[str, ...] = ()
    citation: str | None = None

    @cached_property
    def segment_names(self) -> frozenset[str]:
        """The segments, to be looked up, once everything is declared."""
        return frozenset(self.segments)

    @cached_property
    def payers(self) -> tuple[str, ...]:
        """Who is charged under a name of its own, once everything is declared."""
        return ("ccp", *self.parties)

    @cached_property
    def all_payers(self) -> tuple[str, ...]:
        """What may stand behind ``paid by``."""
        return ("ccp", *POPULATIONS, *self.parties)

    @cached_property
    def payers_and_steps(self) -> tuple[str, ...]:
        """The names of payers and of steps, once everything is declared."""
        return (*self.payers, *self.step_nodes)

    @cached_property
    def steps(self) -> Mapping[str, StepProgram]:
        """The steps by name, once the waterfall is read."""
        return {step.name: step for stage in self.stages for step in steps_of(stage)}

    @cached_property
    def pots(self) -> Mapping[str, PotProgram]:
        """The pots by name, once the waterfall is read."""
        return {step.pot.name: step.pot for step in self.steps.values() if step.pot is not None}

    def place(self, span: Span) -> Place:
        """A place in the rulebook."""
        return Place(self.source, span)

    def label(self, span: Span, text: str) -> Label:
        """A second place in the rulebook, with what is to be seen there."""
        return Label(self.place(span), text)

    @cached_property
    def expressions(self) -> tuple[nodes.Expression, ...]:
        """All expressions of the rulebook, those inside others included."""
        return tuple(inner for root in children(self.rulebook) for inner in walk(root))

    def report(self, code: str, message: str, span: Span, **details: Unpack[Details]) -> None:
        """Add a finding at a span of the rulebook, under the breadcrumb of the moment."""
        found = finding(code, message, self.place(span), **details)
        if not found.breadcrumb:
            found = evolve(found, breadcrumb=self.breadcrumb, citation=found.citation or self.citation)
        self.findings.append(found)

    def is_none(self, name: str, kind: str) -> str:
        """What is said of a name that is of nothing of a kind: that there is none, or what it is instead."""
        what = self.names.get(name)
        return f"no {kind} is called `{name}`" if what is None else f"`{name}` is {what[0]}, not a {kind}"

    def report_second(
        self, code: str, message: str, span: Span, first: Span, advice: str = "keep one of the two"
    ) -> None:
        """Add a finding on what stands a second time, where it may stand once."""
        self.report(code, message, span, labels=[self.label(first, "the first is here")], help=advice)

    @contextmanager
    def inside(self, *crumbs: str, citation: str | None = None) -> Iterator[None]:
        """Findings made in this block stand under these words (``waterfall``, the step's name)."""
        before = self.breadcrumb, self.citation
        self.breadcrumb, self.citation = (*self.breadcrumb, *crumbs), citation or self.citation
        try:
            yield
        finally:
            self.breadcrumb, self.citation = before

    @property
    def failed(self) -> bool:
        """Whether an error was found."""
        return any(found.severity is Severity.ERROR for found in self.findings)
