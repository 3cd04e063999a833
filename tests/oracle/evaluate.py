"""The evaluation of expressions, one member and one segment at a time."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.days import shifted
from tests.oracle.parts import Exact, Expression, Rulebook, Segment
from tests.oracle.words import run_error


class Eval(ABC):
    """Evaluates expressions; subclasses say what names and results mean."""

    def __init__(self, rb: Rulebook, declared: datetime.date) -> None:
        """Evaluate for a rulebook, on a day."""
        self.rb, self.declared = rb, declared

    @abstractmethod
    def name(self, name: str, member: str | None, seg: Segment) -> Any:
        """The value of a name."""

    @abstractmethod
    def as_of(self, name: str, member: str | None, seg: Segment, day: datetime.date) -> Any:
        """The value of a field or a given as of a day."""

    def result(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """What the run has given so far: nothing, while missing values are filled in."""
        raise AssertionError(e)

    def aggregate(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """A value over several members: none, while missing values are filled in."""
        raise AssertionError(e)

    def ev(self, e: Expression, member: str | None, seg: Segment) -> Any:
        """The value of an expression for a member, in a segment."""
        op = e[0]

        def sub(x: Expression) -> Any:
            return self.ev(x, member, seg)

        if op == "money":
            return e[2]
        if op in ("num", "date", "text", "bool"):
            return e[1]
        if op == "declared":
            return self.declared
        if op == "days":
            return shifted(sub(e[1]), e[2], e[3], self.rb.holidays)
        if op == "asof":
            return self.as_of(e[1], member, seg, sub(e[2]))
        if op == "at":
            return self.at_rate(sub(e[1]), e[2], member, seg)
        if op == "round":
            return rounded(e[1], Fraction(sub(e[2])), Fraction(sub(e[3])))
        if op == "name":
            return self.name(e[1], member, seg)
        if op == "and":
            return sub(e[1]) and sub(e[2])
        if op == "or":
            return sub(e[1]) or sub(e[2])
        if op == "not":
            return not sub(e[1])
        if op == "cmp":
            a, b = sub(e[2]), sub(e[3])
            return {
                "=": lambda: a == b,
                "!=": lambda: a != b,
                "<": lambda: a < b,
                "<=": lambda: a <= b,
                ">": lambda: a > b,
                ">=": lambda: a >= b,
            }[e[1]]()
        if op == "add":
            return sub(e[1]) + sub(e[2])
        if op == "sub":
            return sub(e[1]) - sub(e[2])
        if op == "mul":
            return sub(e[1]) * sub(e[2])
        if op == "div":
            a, b = sub(e[1]), sub(e[2])
            if b == 0:
                run_error("division by zero")
            return Fraction(a) / b
        if op == "neg":
            return -sub(e[1])
        if op == "if":
            return sub(e[2]) if sub(e[1]) else sub(e[3])
        if op == "min":
            return min(sub(x) for x in e[1])
        if op == "max":
            return max(sub(x) for x in e[1])
        if op == "clamp":
            x, low, high = (sub(a) for a in e[1])
            if low > high:
                run_error("clamp with low above high")
            return max(low, min(x, high))
        if op == "agg":
            return self.aggregate(e, member, seg)
        return self.result(e, member, seg)

    def at_rate(self, x: Exact, rate: str, member: str | None, seg: Segment) -> Fraction:
        """Minor units of one currency in those of another."""
        d = self.rb.fields.get(rate) or self.rb.givens[rate]
        _, to, source = d.type.split()
        units = self.rb.units
        return Fraction(x) * self.name(rate, member, seg) * Fraction(10) ** (units[to] - units[source])


def rounded(how: str, x: Fraction, unit: Fraction) -> Fraction:
    """A multiple of the unit: above, below or nearest, halves up."""
    if unit <= 0:
        run_error(f"rounded to {unit}")
    count = x / unit
    if how == "up":
        return -(-count // 1) * unit
    if how == "down":
        return count // 1 * unit
    return (count + Fraction(1, 2)) // 1 * unit


def grouped(env: Eval, e: Expression, people: Sequence[str], seg: Segment, member: str | None) -> Any:
    """A sum, average, largest, smallest or count over people, or over groups of them; a sum over segments."""
    _, fn, x, who, where, by = e
    if who == "segments":
        return sum((env.ev(x, member, s) for s in env.rb.segments), Fraction(0))
    chosen = [m for m in people if where is None or env.ev(where, m, seg)]
    groups: dict[Any, list[Any]] = {}
    for m in chosen:
        groups.setdefault(m if by is None else env.name(by, m, seg), []).append(m)
    if fn == "count":
        return Fraction(len(groups))
    values = [sum((env.ev(x, m, seg) for m in group), Fraction(0)) for group in groups.values()]
    if fn == "sum":
        return sum(values, Fraction(0))
    if fn == "largest":
        return max(values) if values else Fraction(0)
    if isinstance(fn, tuple):
        return sum(sorted(values, reverse=True)[: fn[1]], Fraction(0))
    if not values:
        run_error(f"the {fn} of nobody")
    return sum(values, Fraction(0)) / len(values) if fn == "average" else min(values)
