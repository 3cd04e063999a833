"""What is owed after a draw, and whom recoveries repay."""

from rulelang.syntax.nodes.expressions import Expression
from rulelang.syntax.nodes.node import Citation, Identifier, Node
from rulelang.syntax.nodes.periods import Duration
from rulelang.syntax.nodes.waterfall import OnceDuring, UpTo


class ReplenishSection(Node):
    """``replenish contribution for draws on x "title" cite "…" paid by survivors to E each up to … within 5 days``.

    ``draws_on`` is another pot whose draws it makes good, ``within`` how long after a draw what is owed is payable.
    """

    pot: Identifier
    payers: Identifier
    value: Expression
    within: Duration
    each: bool = False
    limits: tuple[UpTo, ...] = ()
    where: Expression | None = None
    once: OnceDuring | None = None
    draws_on: Identifier | None = None
    title: str | None = None
    cite: Citation | None = None


class Repaid(Node):
    """``calls, fund_draw into contribution``: steps that recoveries repay together, and the pot they are paid into."""

    steps: tuple[Identifier, ...]
    into: Identifier | None = None


class RecoveriesSection(Node):
    """``recoveries "title" cite "…" repay calls, fund_draw then repay junior rest to defaulters``."""

    groups: tuple[Repaid, ...]
    rest: Identifier
    title: str | None = None
    cite: Citation | None = None
