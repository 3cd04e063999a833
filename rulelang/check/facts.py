"""The facts of expressions, for the passes of the checker: ``judge`` and ``require``, with the judges of every kind."""

from rulelang.check.aggregates import AGGREGATES
from rulelang.check.judging import JUDGES, judge, require
from rulelang.check.literals import LITERALS
from rulelang.check.names import NAMES
from rulelang.check.operators import OPERATORS

__all__ = ["judge", "require"]

JUDGES.update(LITERALS | NAMES | OPERATORS | AGGREGATES)
