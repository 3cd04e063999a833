"""The facts of expressions, for the passes of the checker: ``judge`` and ``require``, with the judges of every kind."""

from rulelang.check.expressions.aggregates import AGGREGATES
from rulelang.check.expressions.literals import LITERALS
from rulelang.check.expressions.names import NAMES
from rulelang.check.expressions.operators import OPERATORS
from rulelang.check.expressions.type_of import JUDGES, judge, require

__all__ = ["judge", "require"]

JUDGES.update(LITERALS | NAMES | OPERATORS | AGGREGATES)
