"""Other currencies and rounding (sections 6.10 and 6.11 of the specification)."""

from fractions import Fraction

from rulelang.run.columns.operators import columns_of
from rulelang.run.moment import RowSite, Standpoint
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.values import Row, Who
from rulelang.syntax import nodes


def converted(at: Standpoint, node: nodes.Converted, who: Who) -> Row:
    """An amount of one currency in another: exact, in minor units of that (section 6.11)."""
    rates = at.column(node.rate, who)
    for index, wrong in enumerate(at.domain.comparisons("<=", rates, [0] * len(who))):
        if wrong is not False:
            message = f"the rate `{node.rate.name}` is not above zero"
            at.refuse(who[index], wrong, RuleViolation("rate-not-positive", message, node.rate, at.member(who[index])))
    program = at.plan.program
    price, unit = (program.currency_of(program.types[id(part)].type).decimals for part in (node, node.operand))
    scale = Fraction(10) ** (price - unit)
    factor = scale.numerator if scale.denominator == 1 else scale
    site = RowSite(at, node, who)
    values = at.domain.products(at.column(node.operand, who), rates, site)
    return values if factor == 1 else at.domain.products(values, [factor] * len(who), site)


def rounded(at: Standpoint, node: nodes.Rounded, who: Who) -> Row:
    """A value rounded to a multiple of a unit (section 6.10)."""
    values, units = columns_of(at, (node.operand, node.unit), who)
    for index, wrong in enumerate(at.domain.comparisons("<=", units, [0] * len(who))):
        if wrong is not False:
            unit = at.shown(node.unit, units[index])
            message = f"the unit to round to is {unit}, which is not above zero"
            at.refuse(who[index], wrong, RuleViolation("rounding-unit", message, node.unit, at.member(who[index])))
    return at.domain.rounded(values, units, node.direction, RowSite(at, node, who))
