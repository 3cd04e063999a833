"""Expressions (section 6 of the specification), evaluated column by column over the numbers of a domain.

An expression is evaluated for several members at once (``who``, by their positions) and gives a list; what is the same
for all members is evaluated once.  ``if``, ``and`` and ``or`` evaluate each branch only for the members that need it;
where that differs between scenarios, both branches are evaluated, each on its own path.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define

from rulelang.run.columns.aggregates import aggregate
from rulelang.run.columns.amounts import converted, rounded
from rulelang.run.columns.dates import as_of, period_value
from rulelang.run.columns.names import reference, run_value, step_result
from rulelang.run.columns.operators import (
    arithmetic,
    call,
    comparison,
    conditional,
    connective,
    negated,
    negative,
)
from rulelang.run.moment import Standpoint
from rulelang.run.values import ONE, Row, Who
from rulelang.syntax import nodes

# each kind of expression has a function of its own, which takes that kind alone
_COLUMNS: Mapping[type[nodes.Expression], Callable[[Standpoint, Any, Who], Row]] = {
    nodes.Reference: reference,
    nodes.AsOf: as_of,
    nodes.RunValue: run_value,
    nodes.StepResult: step_result,
    nodes.PeriodValue: period_value,
    nodes.Converted: converted,
    nodes.Rounded: rounded,
    nodes.Negative: negative,
    nodes.Negated: negated,
    nodes.Arithmetic: arithmetic,
    nodes.Comparison: comparison,
    nodes.Connective: connective,
    nodes.Conditional: conditional,
    nodes.Call: call,
    nodes.Aggregate: aggregate,
}


@define
class Moment(Standpoint):
    """Evaluates expressions at one moment of a run."""

    def column(self, node: nodes.Expression, who: Who) -> Row:
        """The value of an expression for each of ``who``."""
        if not who:
            return []
        program, kind = self.plan.program, type(node)
        if program.types[id(node)].per_member:
            return _COLUMNS[kind](self, node, who)
        constant = None if kind is nodes.Aggregate else program.constants.get(id(node))
        if constant is None:
            constant = _COLUMNS[kind](self.for_all(who), node, ONE)[0]
        return [constant] * len(who)
