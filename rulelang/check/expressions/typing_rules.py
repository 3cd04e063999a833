"""The types of expressions, for the checker's passes: ``type_of`` and ``require``, with the rules for every kind."""

from rulelang.check.expressions.aggregates import AGGREGATES
from rulelang.check.expressions.literals import LITERALS
from rulelang.check.expressions.names import NAMES
from rulelang.check.expressions.operators import OPERATORS
from rulelang.check.expressions.type_of import TYPING_RULES, require, type_of

__all__ = ["require", "type_of"]

TYPING_RULES.update(LITERALS | NAMES | OPERATORS | AGGREGATES)
