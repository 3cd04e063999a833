"""What varies in a sweep: overrides, the numbers their columns hold, and what these stand for."""

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import Literal, assert_never

from attrs import frozen

from rulelang.base.money import whole_if_possible
from rulelang.base.source import Span
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import MONEY, Kind
from rulelang.sweeps.tape.comparisons import LAST_DAY
from rulelang.sweeps.tape.domain import ColumnDomain
from rulelang.sweeps.tape.nodes import LEAST, MOST, Ref
from rulelang.sweeps.tape.values import Column, Value, truth_of

RATIO_DIGITS, RATE_DIGITS = 6, 10
"""The columns of ratios hold millionths, those of rates of exchange parts of ten digits."""
LOSS = DatumProgram("loss", MONEY, signed=False, per_segment=False, note=None, if_missing=None, span=Span(0, 0))
"""A loss, as data are declared."""
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

    def datum(self, program: CheckedProgram) -> DatumProgram:
        """What the rulebook declares of the amount."""
        match self.kind:
            case "loss":
                return LOSS
            case "given":
                return program.givens[self.name]
            case "field":
                return program.fields[self.name]
            case _:
                assert_never(self.kind)


@frozen
class Scale:
    """What the whole numbers of a column stand for, and the ``range`` in which they may lie.

    ``plain`` says what one of them stands for, as events have it, and ``value`` what a column of them is in the domain.
    """

    range: tuple[int, int]
    plain: Callable[[int], Value]
    value: Callable[[ColumnDomain, Ref], Value]


def scale_of(datum: DatumProgram) -> Scale:
    """What the whole numbers of a column of a datum stand for."""
    span = LEAST if datum.signed else 0, MOST
    match datum.type.kind:
        case Kind.MONEY | Kind.NUMBER:
            return Scale(span, int, lambda domain, ref: Column(domain, ref, 1))
        case Kind.RATIO:
            return _parts(span, 10**RATIO_DIGITS)
        case Kind.RATE:
            return _parts((1, MOST), 10**RATE_DIGITS)
        case Kind.YES_NO:
            return Scale((0, 1), bool, lambda domain, ref: truth_of(domain, domain.tape.one("lt", 0, ref)))
        case Kind.DATE:
            return Scale((1, LAST_DAY), datetime.date.fromordinal, lambda domain, ref: Column(domain, ref, 1, "date"))
        case Kind.CHOICE:
            choices = datum.type.choices
            return Scale(
                (0, len(choices) - 1),
                choices.__getitem__,
                lambda domain, ref: Column(domain, domain.mapped(ref, tuple(map(domain.code, choices))), 1, "code"),
            )
        case Kind.TEXT | Kind.DAYS | Kind.BUSINESS_DAYS | Kind.MONTHS:
            raise TypeError(f"{datum.type.kind.value} does not vary")
        case _:
            assert_never(datum.type.kind)


def _parts(span: tuple[int, int], unit: int) -> Scale:
    """The scale of columns that hold parts of one, so many to the whole."""
    return Scale(
        span,
        lambda number: whole_if_possible(Fraction(number, unit)),
        lambda domain, ref: Column(domain, ref, unit),
    )


@frozen
class Source:
    """An override, and what its column holds."""

    override: Override
    scale: Scale
