"""The range of exact arithmetic: beyond it a run ends instead of taking for ever (section 2.8 of the specification)."""

from rulelang.base.money import Exact
from rulelang.run.rule_violation import RuleViolation
from rulelang.syntax import nodes

MAXIMUM_BITS = 1 << 16
"""Numerators and denominators of more bits end a run: no rulebook needs them, and they would cost time."""


def checked(value: Exact, node: nodes.Expression) -> Exact:
    """The value, as an ``int`` where it is whole.

    Raises:
        RuleViolation: its numerator or its denominator has more than :data:`MAXIMUM_BITS` bits.
    """
    if type(value) is int:
        if value.bit_length() > MAXIMUM_BITS:
            raise too_large(node)
        return value
    checked(value.denominator, node)
    numerator = checked(value.numerator, node)
    return numerator if value.denominator == 1 else value


def too_large(node: nodes.Expression) -> RuleViolation:
    """What a value is refused with that is beyond the range."""
    return RuleViolation("number-too-large", "a value grows beyond the range of exact arithmetic", node)
