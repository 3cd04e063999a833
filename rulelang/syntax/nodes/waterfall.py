"""The waterfall: its steps with their clauses, its groups, and its end."""

from typing import Literal

from rulelang.base.values import part
from rulelang.syntax.nodes.expressions import DateLiteral, Expression, NumberLiteral
from rulelang.syntax.nodes.node import Citation, Identifier, Node
from rulelang.syntax.nodes.periods import OverTime, Scope


class Clause(Node):
    """One clause of a step, with the citation at its end."""

    cite: Citation | None = part(default=None, kw_only=True)


class Pot(Node):
    """``from contribution``, perhaps ``split by loss`` or ``in other segments``."""

    name: Identifier
    split_by: Expression | None = None
    other_segments: bool = False


class PaidBy(Clause):
    """``paid by survivors where c from contribution``; ``payers`` is a population, ``ccp`` or a party."""

    payers: Identifier
    where: Expression | None = None
    pot: Pot | None = None


class UpTo(Clause):
    """``up to X each in any 30 days in each segment``; ``scope`` is ``None`` for plain ``up to X``.

    ``at_every_resizing`` bounds each day of the window by what X was on that day.
    """

    value: Expression
    scope: Scope | None = None
    over_time: OverTime | None = None
    in_each_segment: bool = False
    at_every_resizing: bool = False


class Shared(Clause):
    """``shared pro rata to KEY``, ``… to limits`` or ``shared equally``, perhaps ``without reallocation``."""

    key: Expression | Literal["limits", "equally"]
    reallocation: bool = True


class InOrder(Clause):
    """``in order of E, lowest first`` (a ``direction``) or ``in order of E: a or b then c`` (``ranks``)."""

    value: Expression
    direction: Literal["lowest", "highest"] | None = None
    ranks: tuple[tuple[Identifier, ...], ...] = ()


class PerSegment(Clause):
    """``per segment``."""


class InRounds(Clause):
    """``in at most 3 rounds``: the digits as written."""

    digits: str


class OnceDuring(Clause):
    """``once during cooling_off``."""

    period: Identifier


class LossesMet(Clause):
    """``for non-default losses`` or ``for all losses``; a step without it meets the losses of defaults."""

    kind: Literal["non-default", "all"]


class ForLosses(Clause):
    """``for losses in a, b`` or ``for losses outside a``."""

    segments: tuple[Identifier, ...]
    outside: bool = False


class When(Clause):
    """``when condition``."""

    condition: Expression


class InForce(Clause):
    """``in force from DATE to DATE``."""

    start: DateLiteral
    end: DateLiteral | None = None


class Discretion(Clause):
    """``at the discretion of "body"``."""

    body: str


StepKind = Literal["tranche", "assessment", "haircut", "tear-up", "voluntary"]


class Step(Node):
    """``tranche junior "Junior capital" formerly old cite "…"`` and its clauses."""

    kind: StepKind
    name: Identifier
    title: str | None = None
    formerly: tuple[Identifier, ...] = ()
    cite: Citation | None = None
    clauses: tuple[Clause, ...] = ()


class Together(Node):
    """``together "title" as one pool per segment in ratio 3 : 1 cite "…" … end``."""

    steps: tuple[Step, ...]
    title: str | None = None
    one_pool: bool = False
    per_segment: bool = False
    ratio: tuple[NumberLiteral, ...] = ()
    cite: Citation | None = None


class Finally(Node):
    """``finally service_closure "Service closure"``."""

    name: Identifier
    title: str | None = None
    cite: Citation | None = None


class WaterfallSection(Node):
    """``waterfall "title"``, its steps and groups in order, and its end; ``in_turn`` for each default."""

    items: tuple[Step | Together, ...]
    title: str | None = None
    cite: Citation | None = None
    outcome: Finally | None = None
    in_turn: bool = False
