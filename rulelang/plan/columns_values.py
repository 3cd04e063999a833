"""The values of the domain of columns: fractions of references into its tape, and truths that vary."""

from typing import Any

from attrs import field, frozen

from rulelang.plan.columns_tape import Elem, Ref


@frozen(eq=False)
class Column:
    """A number that varies: ``numerator / denominator``, the denominator above zero.

    ``kind`` is ``number``, ``date`` (days of the calendar) or ``code`` (texts and choice values by their numbers).
    """

    domain: Any = field(repr=False)
    numerator: Ref
    denominator: Ref
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

    domain: Any = field(repr=False, eq=False)
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


def truth_of(domain: Any, ref: Ref) -> Truth:
    """The truth that a reference stands for."""
    return Mask(domain, ref) if isinstance(ref, Elem) else bool(ref)
