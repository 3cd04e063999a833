"""Blocks in which most numbers are 0, such as the losses of many members of whom few default in a scenario.

A sparse block keeps its numbers that are not 0 with their places.  What keeps zeros zero is done on these alone; for
any other operation the block is written out.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy
from attrs import define, field

from rulelang.plan.kernels import bounds_of, scan

Array = Any
RARE = 8
"""A block is kept sparse if at most one number in so many is not 0."""


@define(eq=False)
class Sparse:
    """Numbers or truths of a block: ``values`` at ``rows`` and ``places``, and ``rest`` (0, no or yes) elsewhere.

    ``pattern`` is the same object for blocks whose numbers stand at the same places.
    """

    rows: Array
    places: Array
    values: Array
    shape: tuple[int, int]
    pattern: object
    rest: bool = False
    written: Array | None = field(default=None)

    @property
    def block(self) -> Array:
        """The block written out."""
        if self.written is None:
            kind = self.values.dtype
            self.written = numpy.ones(self.shape, kind) if self.rest else numpy.zeros(self.shape, kind)
            self.written[self.rows, self.places] = self.values
        return self.written

    def with_values(self, values: Array, *, rest: bool = False) -> "Sparse":
        """Other values at the same places."""
        return Sparse(self.rows, self.places, values, self.shape, self.pattern, rest)


def sparse(block: Array) -> "tuple[Sparse | None, tuple[int, int]]":
    """A block of 64 bits as a sparse one, if it is one; and its bounds."""
    if block.shape[1] < RARE:
        return None, bounds_of(block)
    found, bounds = scan(block, block.size // RARE)
    return (None if found is None else Sparse(*found, block.shape, object())), bounds


def _at(operand: Any, one: Sparse) -> Array | None:
    """The values of an operand at the places of a sparse block; ``None`` if they cannot be read there."""
    if isinstance(operand, Sparse):
        return operand.values if operand.pattern is one.pattern and not operand.rest else None
    if getattr(operand, "ndim", 0) == 1:
        return operand[one.places]
    return None if getattr(operand, "ndim", 0) else operand


def _min(one: Any, other: Any) -> Sparse | None:
    """The smaller; zero stays zero if nothing is below it."""
    if isinstance(one, Sparse) and not one.rest and numpy.min(_plain(other)) >= 0:
        values = _at(other, one)
        return None if values is None else one.with_values(numpy.minimum(one.values, values))
    return None


def _plain(operand: Any) -> Array:
    return (
        operand.values
        if isinstance(operand, Sparse) and operand.values.size
        else 0
        if isinstance(operand, Sparse)
        else operand
    )


def _sub(one: Any, other: Any) -> Sparse | None:
    if isinstance(one, Sparse) and isinstance(other, Sparse):
        values = _at(other, one)
        return None if values is None else one.with_values(one.values - values)
    return None


def _lt(one: Any, other: Any) -> Sparse | None:
    """Which numbers are above zero."""
    if isinstance(other, Sparse) and not other.rest and isinstance(one, int) and one >= 0:
        return other.with_values(one < other.values)
    return None


def _not(one: Any) -> Sparse | None:
    return one.with_values(~one.values, rest=not one.rest) if isinstance(one, Sparse) else None


def _sum(values: Any, present: Any) -> Array | None:
    """Sums of sparse numbers, or of numbers that do not vary over all but a few."""
    if isinstance(values, Sparse) and present is True and not values.rest:
        return _per_row(values, values.values)
    if isinstance(present, Sparse) and present.rest and getattr(values, "ndim", 0) == 1:
        gone = numpy.where(present.values, 0, values[present.places])
        return values.sum() - _per_row(present, gone)
    return None


def _per_row(one: Sparse, values: Array) -> Array:
    total = numpy.zeros(one.shape[0], dtype=numpy.int64)
    numpy.add.at(total, one.rows, values)
    return total


RULES: Mapping[str, Callable[..., Any]] = {"min": _min, "sub": _sub, "lt": _lt, "not": _not, "sum": _sum}
"""The operations that keep a block sparse, or read one; they give ``None`` where they cannot."""
