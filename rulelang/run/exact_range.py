"""The range of exact arithmetic: beyond it a run ends instead of taking for ever."""

from rulelang.base.money import Exact
from rulelang.run.rule_violation import RuleViolation
from rulelang.syntax import nodes

MAXIMUM_BITS = 1 << 16
"""Numerators and denominators of this many bits end a run: no rulebook needs them, and they would cost time."""


def checked(value: Exact, node: nodes.Expression) -> Exact:
    """The value, as an ``int`` where it is whole; refused where exact arithmetic would become a burden."""
    if type(value) is int:
        if value.bit_length() > MAXIMUM_BITS:
            raise RuleViolation("number-too-large", "a value grows beyond the range of exact arithmetic", node)
        return value
    if value.denominator == 1:
        return checked(value.numerator, node)
    if value.denominator.bit_length() > MAXIMUM_BITS or value.numerator.bit_length() > MAXIMUM_BITS:
        raise RuleViolation("number-too-large", "a value grows beyond the range of exact arithmetic", node)
    return value
