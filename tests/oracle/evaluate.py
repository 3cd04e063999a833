"""The evaluation of expressions, one member and one segment at a time."""

import datetime
from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Any

from tests.oracle.parts import Expression, Segment
from tests.oracle.words import run_error


class Eval(ABC):
    """Evaluates expressions; subclasses say what names and results mean."""

    declared: datetime.date

    @abstractmethod
    def name(self, name: str, member: str | None, seg: Segment) -> Any:
        """The value of a name."""

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
            d = sub(e[1])
            try:
                return d + datetime.timedelta(days=e[2])
            except OverflowError:
                run_error("a date out of range")
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
