"""The values of the domain of columns: fractions of references into its tape, and truths that vary."""

import datetime
from collections.abc import Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from rulelang.sweeps.tape.nodes import Elem, Ref

Owner: TypeAlias = Any
"""The domain whose values these are: its parts make values, each before the domain is whole."""


@frozen(eq=False)
class Column:
    """A number that varies: ``numerator / denominator``, the denominator above zero.

    ``kind`` is ``number``, ``date`` (days of the calendar) or ``code`` (texts and choice values by their numbers).
    """

    domain: Owner = field(repr=False)
    numerator: Ref = field(repr=False)  # all that leads to a reference, written out, has no bounds
    denominator: Ref = field(repr=False)
    kind: str = "number"

    def __add__(self, other: "Value") -> "Value":
        return self.domain.plus([self], [other])[0]

    __radd__ = __add__

    def __sub__(self, other: "Value") -> "Value":
        return self.domain.minus([self], [other])[0]

    def __rsub__(self, other: "Value") -> "Value":
        return self.domain.minus([other], [self])[0]

    def __neg__(self) -> "Value":
        return self.domain.minus([0], [self])[0]


@frozen
class Mask:
    """A truth that varies."""

    domain: Owner = field(repr=False, eq=False)
    ref: Elem


Value = Any
"""A plain value, a column, or a truth."""
Truth = bool | Mask
Row = list[Value]


def ref_of(value: Value) -> Ref:
    """The reference of a whole number."""
    if isinstance(value, Column):
        assert value.denominator == 1, "a whole number"
        return value.numerator
    return int(value)


def settled(ref: Ref) -> int:
    """The whole number of a reference that does not vary."""
    assert not isinstance(ref, Elem), "nothing varies"
    return int(ref)


def truth_of(domain: Owner, ref: Ref) -> Truth:
    """The truth that a reference stands for."""
    return Mask(domain, ref) if isinstance(ref, Elem) else bool(ref)


def fraction_of(value: Value) -> tuple[Ref, Ref]:
    """The numerator and the denominator of a number."""
    if isinstance(value, Column):
        return value.numerator, value.denominator
    return (value, 1) if isinstance(value, int) else (value.numerator, value.denominator)


def varies(*values: Value) -> bool:
    """Whether one of some values varies."""
    return any(isinstance(value, Column | Mask) for value in values)


def bits_of(ref: Ref) -> int:
    """How many bits the numbers of a reference may have."""
    if isinstance(ref, Elem):
        return max(ref.node.low.bit_length(), ref.node.high.bit_length())
    return int(ref).bit_length()


def day_of(value: Value) -> Ref:
    """A date as a day of the calendar."""
    return value.numerator if isinstance(value, Column) else value.toordinal()


def kind_of(values: Sequence[Value]) -> str:
    """Whether values are numbers, dates, or texts and choice values."""
    for value in values:
        if isinstance(value, Column):
            return value.kind
        if isinstance(value, str):
            return "code"
        if isinstance(value, datetime.date):
            return "date"
    return "number"


def truth_ref(value: Truth) -> Ref:
    """The reference of a truth."""
    return value.ref if isinstance(value, Mask) else bool(value)


def truth_refs(truths: Sequence[Truth]) -> list[Ref]:
    """The references of some truths."""
    return [truth_ref(truth) for truth in truths]
