"""What varies in a sweep: overrides, the numbers their columns hold, and what these stand for."""

import datetime
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import Literal, assert_never

from attrs import frozen

from rulelang.base.money import whole_if_possible
from rulelang.check.events.values import spoken
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.sweeps.tape.comparisons import LAST_DAY
from rulelang.sweeps.tape.domain import ColumnDomain
from rulelang.sweeps.tape.nodes import LEAST, MOST, Ref
from rulelang.sweeps.tape.values import Column, Value, truth_of

MILLIONTHS = 1_000_000
"""The columns of ratios hold millionths."""
PARTS_OF_RATES = 10**10
"""The columns of rates of exchange hold parts of this size of one."""
NOBODY = ""
"""The name of an override of the losses that are of nobody's default."""


@frozen
class Override:
    """One amount that varies.

    ``kind`` is ``loss`` (``name`` is the member's id, or :data:`NOBODY` for non-default losses), ``field`` (``name`` is
    the field, ``member`` the member's id, ``defaulter`` that of the defaulter if the field is per defaulter) or
    ``given``; ``segment`` is named exactly where the loss, the field or the given is per segment.
    """

    kind: Literal["loss", "field", "given"]
    name: str
    member: str | None = None
    segment: str | None = None
    defaulter: str | None = None

    def __str__(self) -> str:
        """The override as a person would say it."""
        within = "" if self.segment is None else f" in {self.segment}"
        if self.kind == "loss":
            return f"the loss of `{self.name}`{within}" if self.name else f"the non-default loss{within}"
        whose = "" if self.member is None else f" of `{self.member}`"
        dealt = "" if self.defaulter is None else f" with `{self.defaulter}`"
        return f"`{self.name}`{dealt}{within}{whose}"

    @property
    def whose_default(self) -> str | None:
        """The member whose default a loss is of."""
        return self.name or None


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
        case Kind.RATE:
            return Scale(
                (1, MOST),
                lambda number: whole_if_possible(Fraction(number, PARTS_OF_RATES)),
                lambda domain, ref: Column(domain, ref, PARTS_OF_RATES),
            )
        case Kind.TEXT | Kind.DAYS | Kind.BUSINESS_DAYS | Kind.MONTHS:
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

    def complaint(self, number: int, program: CheckedProgram) -> tuple[str, str]:
        """The code and message for a number outside the range."""
        currency = program.currency if self.datum is None else program.currency_of(self.datum.type)
        if self.kind is Kind.RATE:
            return "rate-not-positive", f"{self.override} is {self.scale.plain(number)}, but a rate is above zero"
        if self.kind in (Kind.MONEY, Kind.NUMBER, Kind.RATIO):
            value = self.scale.plain(number)
            shown = currency.show(value) if self.datum is None else spoken(value, self.datum, currency)
            return "negative-value", f"{self.override} is {shown}, below zero"
        low, high = self.scale.range
        return "wrong-value", f"{self.override} is {number}, but its column holds {low} to {high}"
