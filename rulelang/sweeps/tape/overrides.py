"""What varies in a sweep: overrides, whether they fit, the numbers their columns hold, and what these stand for."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Literal, assert_never

from attrs import frozen

from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.base.money import Currency, whole_if_possible
from rulelang.base.suggest import did_you_mean
from rulelang.check.events.values import spoken
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.sweeps.tape.comparisons import LAST_DAY
from rulelang.sweeps.tape.domain import ColumnDomain
from rulelang.sweeps.tape.nodes import LEAST, MOST, Ref
from rulelang.sweeps.tape.values import Column, Value, truth_of

MILLIONTHS = 1_000_000
"""The columns of ratios hold millionths."""


@frozen
class Override:
    """One amount that varies.

    ``kind`` is ``loss`` (``name`` is the member's id), ``field`` (``name`` is the field, ``member`` the member's id) or
    ``given``; ``segment`` is named exactly where the loss, the field or the given is per segment.
    """

    kind: Literal["loss", "field", "given"]
    name: str
    member: str | None = None
    segment: str | None = None

    def __str__(self) -> str:
        """The override as a person would say it."""
        within = "" if self.segment is None else f" in {self.segment}"
        if self.kind == "loss":
            return f"the loss of `{self.name}`{within}"
        whose = "" if self.member is None else f" of `{self.member}`"
        return f"`{self.name}`{within}{whose}"


@frozen
class Scale:
    """What the whole numbers of a column stand for, and the ``range`` in which they may lie.

    ``plain`` says what one of them stands for, as events have it, and ``value`` what a column of them is in the domain.
    """

    range: tuple[int, int]
    plain: Callable[[int], Value]
    value: Callable[[ColumnDomain, Ref], Value]


def _scale(kind: Kind, datum: DatumProgram | None) -> Scale:
    signed = LEAST if datum is not None and datum.signed else 0, MOST
    match kind:
        case Kind.MONEY | Kind.NUMBER:
            return Scale(signed, int, lambda domain, ref: Column(domain, ref, 1))
        case Kind.RATIO:
            return Scale(
                signed,
                lambda number: whole_if_possible(Fraction(number, MILLIONTHS)),
                lambda domain, ref: Column(domain, ref, MILLIONTHS),
            )
        case Kind.YES_NO:
            return Scale((0, 1), bool, lambda domain, ref: truth_of(domain, domain.tape.each("lt", [0], [ref])[0]))
        case Kind.DATE:
            return Scale((1, LAST_DAY), datetime.date.fromordinal, lambda domain, ref: Column(domain, ref, 1, "date"))
        case Kind.CHOICE:
            assert datum is not None, "a loss is money"
            choices = datum.type.choices
            return Scale(
                (0, len(choices) - 1),
                choices.__getitem__,
                lambda domain, ref: Column(domain, domain.mapped(ref, tuple(map(domain.code, choices))), 1, "code"),
            )
        case Kind.TEXT | Kind.RATE | Kind.DAYS | Kind.BUSINESS_DAYS | Kind.MONTHS:
            raise TypeError(f"{kind.value} does not vary")
        case _:
            assert_never(kind)


@frozen
class Source:
    """An override with what the rulebook says of it; ``datum`` is ``None`` for a loss."""

    override: Override
    datum: DatumProgram | None

    @property
    def kind(self) -> Kind:
        """What the override varies."""
        return Kind.MONEY if self.datum is None else self.datum.type.kind

    @cached_property
    def scale(self) -> Scale:
        """What its column holds."""
        return _scale(self.kind, self.datum)

    def complaint(self, number: int, currency: Currency) -> tuple[str, str]:
        """The code and message for a number outside the range."""
        if self.kind in (Kind.MONEY, Kind.NUMBER, Kind.RATIO):
            value = self.scale.plain(number)
            shown = currency.show(value) if self.datum is None else spoken(value, self.datum, currency)
            return "negative-value", f"{self.override} is {shown}, below zero"
        low, high = self.scale.range
        return "wrong-value", f"{self.override} is {number}, but its column holds {low} to {high}"


def find_sources(program: CheckedProgram, event: Event, overrides: Sequence[Override]) -> tuple[Source, ...]:
    """The sources of some overrides.

    Raises:
        RulelangError: an override names what is not there, or what cannot vary; all such findings together.
    """
    found: list[Diagnostic] = []
    sources = []
    seen: set[Override] = set()
    for override in overrides:
        datum = _datum(program, override)
        complaints = list(_complaints(program, event, override, datum))
        if override in seen:
            complaints = [finding("duplicate-value", f"{override} is varied twice", help="keep one of the two")]
        seen.add(override)
        found += complaints
        sources.append(Source(override, datum))
    if found:
        raise RulelangError(found)
    return tuple(sources)


def _datum(program: CheckedProgram, override: Override) -> DatumProgram | None:
    if override.kind == "loss":
        return None
    return (program.fields if override.kind == "field" else program.givens).get(override.name)


def _complaints(
    program: CheckedProgram, event: Event, override: Override, datum: DatumProgram | None
) -> Iterable[Diagnostic]:
    if override.kind != "loss":
        table = program.fields if override.kind == "field" else program.givens
        if datum is None:
            message = f"the rulebook has no {override.kind} `{override.name}`"
            yield finding("unknown-name", message, help=did_you_mean(override.name, table))
            return
        if datum.type.kind is Kind.TEXT:
            message = f"{override} is text, and text cannot vary"
            yield finding("nothing-to-vary", message, help="a choice can: declare it as `one of …`")
    member = override.name if override.kind == "loss" else override.member
    if override.kind != "given" and member not in event.members:
        message = f"`{member}` is not a member in this event, so {override} cannot vary"
        yield finding("unknown-member", message, help=did_you_mean(member or "", event.members))
    per_segment = bool(program.segments) if datum is None else datum.per_segment
    yield from _segment(program, override, per_segment=per_segment)


def _segment(program: CheckedProgram, override: Override, *, per_segment: bool) -> Iterable[Diagnostic]:
    if per_segment and override.segment is None:
        yield finding("missing-segment", f"{override} is per segment, but no segment is named")
    elif override.segment is not None and not per_segment:
        yield finding("unknown-segment", f"{override} is not per segment", help="leave the segment out")
    elif override.segment is not None and override.segment not in program.segments:
        near = did_you_mean(override.segment, program.segments)
        yield finding("unknown-segment", f"no segment is called `{override.segment}`", help=near)
