"""How names, expressions, types and clauses are written: from a node to a document that may be broken into lines.

The chapters are those of :mod:`rulelang.syntax.nodes`.  Whoever uses them imports this package alone.
"""

# ruff: noqa: F403 - all names of the chapters are passed on

from rulelang.syntax.format.phrases.declarations import *
from rulelang.syntax.format.phrases.events import *
from rulelang.syntax.format.phrases.expectations import *
from rulelang.syntax.format.phrases.expressions import *
from rulelang.syntax.format.phrases.histories import *
from rulelang.syntax.format.phrases.periods import *
from rulelang.syntax.format.phrases.replenishments import *
from rulelang.syntax.format.phrases.waterfall import *
from rulelang.syntax.format.phrases.words import *
