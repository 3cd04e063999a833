"""What a kind of number must be able to do, so that the one evaluator of the plan can run over it.

Exact numbers that do not vary are plain Python values in every domain; a domain adds its own kind of value beside
them, with ``+``, ``-`` and unary ``-`` of its own.  Whatever decides how the run goes on (a comparison, a least value,
an order) is asked of the domain, and so is whatever rounds or shares.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from attrs import frozen

from rulelang.syntax import nodes

Value = Any
"""An amount (minor units), a number, or a value of the domain's own kind; also yes/no, text and dates."""


class Payments(Protocol):
    """What each payer of a turn pays; amounts are in minor units."""

    @property
    def total(self) -> Value:
        """What all pay together."""

    def of(self, index: int) -> Value:
        """What one payer pays, by its place among the payers of the turn."""


@frozen
class Sharers:
    """Who shares a draw: ids (they settle ties), keys, limits (``None``: none), and whether the rest is passed on."""

    ids: Sequence[Any]
    keys: Sequence[Value]
    limits: Sequence[Value | None]
    reallocates: bool = True


class Losses(Protocol):
    """What is left of every loss."""

    def total(self, places: Sequence[int]) -> Value:
        """The sum of what is left of some losses."""

    def met(self, places: Sequence[int]) -> Value:
        """The same for a step that meets these losses; it may be an amount of which no more is known than its sign."""

    def reduced(self, places: Sequence[int], amount: Value) -> "Losses":
        """The losses after ``amount`` was taken from some of them, in proportion to what is left of each."""


class Domain(Protocol):
    """A kind of number."""

    def holds(self, operator: str, left: Value, right: Value) -> bool:
        """Whether a comparison (``=``, ``<`` and so on) of two values of one type holds."""

    def sign(self, value: Value) -> int:
        """-1, 0 or 1."""

    def least(self, values: Sequence[Value]) -> Value:
        """The smallest of some numbers."""

    def greatest(self, values: Sequence[Value]) -> Value:
        """The largest of some numbers."""

    def largest(self, number: int, values: Sequence[Value]) -> Value:
        """The sum of the ``number`` largest."""

    def ranked(self, values: Sequence[Value], *, highest: bool) -> list[list[int]]:
        """The places of the values in the order of their size, equal ones together."""

    def times(self, left: Value, right: Value, node: nodes.Expression) -> Value:
        """A product."""

    def over(self, dividend: Value, divisor: Value, node: nodes.Expression) -> Value:
        """A quotient; the divisor is not zero."""

    def whole(self, amount: Value) -> Value:
        """An amount rounded down to the minor unit."""

    def share(self, draw: Value, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """A draw shared in proportion to keys, nobody above its limit (section 7.5 of the specification).

        ``origin`` says of which sharing the draw is a part, if it is one.
        """

    def divide(self, amount: Value, weights: Sequence[Value], limits: Sequence[Value | None]) -> Payments:
        """An amount shared among the steps of a group or the segments of a pot, ties to the one written first."""

    def losses(self, amounts: Sequence[Value]) -> Losses:
        """The losses at the start of a run."""

    def listed(self, amounts: Sequence[Value]) -> Payments:
        """Payments that are known one by one."""
