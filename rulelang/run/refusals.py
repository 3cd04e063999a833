"""Values that the rules do not allow: below zero."""

from fractions import Fraction
from typing import Literal

from rulelang.check.types import Kind
from rulelang.run.expressions import Moment
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.values import Row, Who
from rulelang.syntax import nodes


def refuse_below_zero(
    at: Moment,
    node: nodes.Expression,
    values: Row,
    who: Who,
    code: Literal["negative-limit", "negative-key"],
    what: str,
) -> Row:
    """The values of an expression for each of ``who``, none below zero; ``what`` says what they are.

    Raises:
        RuleViolation: one of them is, in a domain that settles every truth.
    """
    refused = False
    for index, truth in at.domain.below_zero(values):
        program, value = at.plan.program, values[index]
        money = code == "negative-limit" or program.types[id(node)].type.kind is Kind.MONEY
        shown = program.currency.show(value) if money and isinstance(value, int | Fraction) else str(value)
        violation = RuleViolation(code, f"{what} is {shown}, below zero", node, at.member(who[index]))
        refused |= at.refuse(who[index], truth, violation)
    return at.domain.greatest_each([values, [0] * len(values)]) if refused else values
