"""The abstract syntax of rulebooks, events and histories: frozen values, one class for each thing that can be written.

Every node carries the span it was read from.  Spans and brackets take no part in equality: two texts that differ only
in layout, comments or needless brackets give equal trees.  Each class shows the source it stands for.

The classes stand in chapters.  Whoever uses them imports this package alone and says ``nodes.UpTo``.
"""

# ruff: noqa: F403 - all names of the chapters are passed on

from rulelang.syntax.nodes.declarations import *
from rulelang.syntax.nodes.events import *
from rulelang.syntax.nodes.expectations import *
from rulelang.syntax.nodes.expressions import *
from rulelang.syntax.nodes.histories import *
from rulelang.syntax.nodes.node import *
from rulelang.syntax.nodes.periods import *
from rulelang.syntax.nodes.replenishments import *
from rulelang.syntax.nodes.rulebook import *
from rulelang.syntax.nodes.waterfall import *
