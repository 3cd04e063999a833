"""Straight lines: amounts that move with one variable of the event, exactly.

A line is ``base + slope * t`` for the variable ``t`` (a loss or a given, in minor units), with a *slack*: a run at a
whole ``t`` may differ from the line by so many minor units at most, because it rounds where the line does not.
"""

from collections.abc import Iterable
from fractions import Fraction

from rulelang.base.money import Exact, whole_if_possible
from rulelang.syntax import nodes


class NotStraight(Exception):
    """A construct whose amounts are no straight lines of the variable, in words, and where it stands if known."""

    def __init__(self, construct: str, node: nodes.Node | None) -> None:
        """Keep what the diagnostic will say."""
        super().__init__(construct)
        self.construct, self.node = construct, node


class Line:
    """``base + slope * t``, give or take ``slack``; made by :func:`line`, which gives a plain number where it can.

    A line counts as true: an amount that counts as false is nothing, wherever the variable stands.
    """

    __slots__ = ("base", "slack", "slope")

    def __init__(self, base: Exact, slope: Exact, slack: Exact = 0) -> None:
        """Keep the three numbers, whole where they are."""
        self.base = whole_if_possible(base)
        self.slope = whole_if_possible(slope)
        self.slack = whole_if_possible(slack)

    def at(self, t: Exact) -> Exact:
        """The amount where the variable has this value."""
        return whole_if_possible(self.base + self.slope * t)

    @property
    def integral(self) -> bool:
        """Whether a run at a whole value of the variable has this very amount."""
        return not self.slack and type(self.base) is int and type(self.slope) is int

    def scaled(self, factor: Exact) -> "Line | Exact":
        """The line times a plain number."""
        return line(self.base * factor, self.slope * factor, self.slack * (factor if factor >= 0 else -factor))

    def __add__(self, other: "Line | Exact") -> "Line | Exact":
        if isinstance(other, Line):
            return line(self.base + other.base, self.slope + other.slope, self.slack + other.slack)
        return Line(self.base + other, self.slope, self.slack)

    __radd__ = __add__

    def __neg__(self) -> "Line":
        return Line(-self.base, -self.slope, self.slack)

    def __sub__(self, other: "Line | Exact") -> "Line | Exact":
        return self + -other

    def __rsub__(self, other: Exact) -> "Line | Exact":
        return -self + other

    def __eq__(self, other: object) -> bool:
        """Whether both are the same line, slack apart."""
        return isinstance(other, Line) and (self.base, self.slope) == (other.base, other.slope)

    def __hash__(self) -> int:
        return hash((self.base, self.slope))

    def __repr__(self) -> str:
        return f"Line({self.base}, {self.slope}" + (f", {self.slack})" if self.slack else ")")


def line(base: Exact, slope: Exact, slack: Exact = 0) -> Line | Exact:
    """A line, or the plain number it is where it does not move and is certain."""
    return Line(base, slope, slack) if slope or slack else whole_if_possible(base)


class Crooked:
    """An amount above zero that is no straight line.

    It stands only for the loss that a step meets, where its presence may be all that counts: the step can pay nothing
    of it.  Whatever needs more is refused, in the words of ``construct``.
    """

    __slots__ = ("construct",)

    def __init__(self, construct: str) -> None:
        """Keep why it is no straight line."""
        self.construct = construct

    def __sub__(self, other: "Line | Exact") -> "Crooked":
        if isinstance(other, Line) or other:
            raise NotStraight(self.construct, None)
        return self

    def __eq__(self, other: object) -> bool:
        """Whether both are crooked for the same reason."""
        return isinstance(other, Crooked) and self.construct == other.construct

    def __hash__(self) -> int:
        return hash(self.construct)

    def __repr__(self) -> str:
        return f"Crooked({self.construct!r})"


Moving = Line | Exact
"""An amount that may move with the variable."""


def value_at(amount: Moving, t: Exact) -> Exact:
    """What an amount is where the variable has the value ``t``."""
    return amount.at(t) if isinstance(amount, Line) else amount


def slope_of(amount: Moving) -> Exact:
    """By how much an amount grows when the variable grows by one."""
    return amount.slope if isinstance(amount, Line) else 0


def base_of(amount: Moving) -> Exact:
    """What an amount would be where the variable is zero."""
    return amount.base if isinstance(amount, Line) else amount


def slack_of(amount: Moving) -> Exact:
    """By how much a run may differ from an amount."""
    return amount.slack if isinstance(amount, Line) else 0


def scaled(amount: Moving, factor: Exact) -> Moving:
    """An amount times a plain number."""
    return amount.scaled(factor) if isinstance(amount, Line) else whole_if_possible(amount * factor)


def loosened(amount: Moving, slack: Exact) -> Moving:
    """An amount with more slack."""
    return Line(base_of(amount), slope_of(amount), slack_of(amount) + slack)


def any_moves(amounts: Iterable[object]) -> bool:
    """Whether one of some values is a line."""
    return any(type(amount) is Line for amount in amounts)


def is_whole(amount: Moving) -> bool:
    """Whether a run at a whole value of the variable has this very amount, a whole one."""
    return amount.integral if isinstance(amount, Line) else type(amount) is int


def proportion(amount: Moving, unit: Moving) -> Exact | None:
    """The plain number that times ``unit`` gives ``amount`` wherever the variable stands, if there is one."""
    if not isinstance(unit, Line):
        return None if isinstance(amount, Line) or not unit else whole_if_possible(Fraction(amount) / unit)
    if not isinstance(amount, Line):
        return None if amount else 0
    if unit.slope:
        factor = Fraction(amount.slope) / unit.slope
    elif unit.base and not amount.slope:
        factor = Fraction(amount.base) / unit.base
    else:
        return None
    same = amount.base == factor * unit.base and amount.slope == factor * unit.slope
    return whole_if_possible(factor) if same else None
