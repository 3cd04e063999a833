"""The abstract syntax of rulebooks and events: frozen values, one class for each thing that can be written.

Every node carries the span it was read from.  Spans and brackets take no part in equality: two texts that differ only
in layout, comments or needless brackets give equal trees.  Each class shows the source it stands for.
"""

import datetime
import re
from typing import Literal

from attrs import field

from rulelang.base.source import NOWHERE, Span
from rulelang.base.values import ComparedByValue


class Node(ComparedByValue):
    """Anything that was written somewhere."""

    span: Span = field(default=NOWHERE, kw_only=True, eq=False, repr=False)


class Identifier(Node):
    """``contribution``, ``FORTUM`` or ``"Bank A"``: a name in a place where a name is due; ``quoted`` as written."""

    text: str
    quoted: bool = field(default=False, eq=False)


class Citation(Node):
    """``cite "CR 6.3(c)"``."""

    text: str


# --------------------------------------------------------------------------------------------------- expressions


class Expression(Node):
    """Anything that has a value; ``bracketed`` if it stood in parentheses, which the formatter keeps."""

    bracketed: bool = field(default=False, kw_only=True, eq=False, repr=False)


class MoneyLiteral(Expression):
    """``EUR 7.757 million``: the digits as written."""

    currency: str
    digits: str
    scale: str | None = None


class NumberLiteral(Expression):
    """``3`` or ``0.5``: the digits as written."""

    digits: str


class PercentageLiteral(Expression):
    """``25%``: the digits as written, without the sign."""

    digits: str


class DaysLiteral(Expression):
    """``30 days``."""

    digits: str


class DateLiteral(Expression):
    """``2018-09-11``, as written (the checker says if there is no such day)."""

    text: str


class TextLiteral(Expression):
    """``"Oslo"``."""

    text: str


class YesNoLiteral(Expression):
    """``yes`` or ``no``."""

    value: bool


class Reference(Expression):
    """The name of a definition, a given, a member field or a choice value."""

    name: str


RunValueName = Literal["declared", "loss", "remaining", "total_paid"]


class RunValue(Expression):
    """``declared``, ``loss``, ``remaining`` or ``total_paid``."""

    what: RunValueName


class StepResult(Expression):
    """``used(junior)``, ``unused(junior)`` or ``paid(junior)``."""

    what: Literal["used", "unused", "paid"]
    step: Identifier


class Negative(Expression):
    """``-x``."""

    operand: Expression


class Negated(Expression):
    """``not c``."""

    operand: Expression


Operator = Literal["+", "-", "*", "/", "of"]
Comparator = Literal["=", "!=", "<", "<=", ">", ">="]


class Arithmetic(Expression):
    """``a + b``, ``a - b``, ``a * b``, ``a / b`` or ``a of b``."""

    operator: Operator
    left: Expression
    right: Expression


class Comparison(Expression):
    """``a <= b``."""

    operator: Comparator
    left: Expression
    right: Expression


class Connective(Expression):
    """``a and b`` or ``a or b``."""

    operator: Literal["and", "or"]
    left: Expression
    right: Expression


class Conditional(Expression):
    """``if c then a else b``."""

    condition: Expression
    then: Expression
    otherwise: Expression


class Call(Expression):
    """``min(a, b)``, ``max(a, b)`` or ``clamp(x, low, high)``."""

    function: Literal["min", "max", "clamp"]
    arguments: tuple[Expression, ...]


Population = Literal["members", "survivors", "defaulters"]


class Aggregate(Expression):
    """``sum of E over survivors where c``; ``largest 2 of …`` has a ``number``, ``count of …`` no ``operand``."""

    function: Literal["sum", "average", "largest", "smallest", "count"]
    operand: Expression | None
    over: Literal["members", "survivors", "defaulters", "segments"]
    where: Expression | None = None
    number: str | None = None


# ------------------------------------------------------------------------------------------------- declarations


class MeasureType(Node):
    """``money`` or ``signed ratio``."""

    kind: Literal["money", "number", "ratio"]
    signed: bool = False


class PlainType(Node):
    """``text``, ``date`` or ``yes/no``."""

    kind: Literal["text", "date", "yes/no"]


class ChoiceType(Node):
    """``one of absent, poor, good``."""

    values: tuple[Identifier, ...]


class Datum(Node):
    """A member field or a given: ``name : type per segment "note" if missing E``."""

    name: Identifier
    type: MeasureType | PlainType | ChoiceType
    per_segment: bool = False
    note: str | None = None
    if_missing: Expression | None = None


class CurrencySection(Node):
    """``currency EUR``."""

    code: Identifier


class SegmentsSection(Node):
    """``segments energy, financials``."""

    names: tuple[Identifier, ...]


class PartySection(Node):
    """``party insurer "Default insurance"``."""

    name: Identifier
    title: str | None = None


class MembersSection(Node):
    """``members have`` and the fields."""

    fields: tuple[Datum, ...]


class GivenSection(Node):
    """``given junior_capital : money``."""

    datum: Datum


class DefineSection(Node):
    """``define fund as sum of contribution over survivors "note" cite "…"``."""

    name: Identifier
    value: Expression
    note: str | None = None
    cite: Citation | None = None


# ----------------------------------------------------------------------------------------------------- waterfall


class Clause(Node):
    """One clause of a step, with the citation at its end."""

    cite: Citation | None = field(default=None, kw_only=True)


class Pot(Node):
    """``from contribution split by loss``."""

    name: Identifier
    split_by: Expression | None = None


class PaidBy(Clause):
    """``paid by survivors where c from contribution``; ``payers`` is a population, ``ccp`` or a party."""

    payers: Identifier
    where: Expression | None = None
    pot: Pot | None = None


class Window(Node):
    """``in any 30 days`` or ``in any 10 business days``."""

    digits: str
    business: bool = False


class UpTo(Clause):
    """``up to X each in any 30 days in each segment``; ``scope`` is ``None`` for plain ``up to X``."""

    value: Expression
    scope: Literal["each", "in total"] | None = None
    window: Window | None = None
    in_each_segment: bool = False


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
    """``waterfall "title"``, its steps and groups in order, and its end."""

    items: tuple[Step | Together, ...]
    title: str | None = None
    cite: Citation | None = None
    outcome: Finally | None = None


# ------------------------------------------------------------------------------------------ invariants and tests


class EnsureSection(Node):
    """``ensure "text" for survivors where c: condition``."""

    text: str
    condition: Expression
    population: Population | None = None
    where: Expression | None = None
    cite: Citation | None = None


class EventFile(Node):
    """``event "events/aas-2018.event"`` inside a test."""

    path: str


class ExpectPays(Node):
    """``expect junior pays EUR 7 million`` or ``expect FORTUM pays EUR 1 under fund_draw``."""

    who: Identifier
    amount: MoneyLiteral
    under: Identifier | None = None


class ExpectUncovered(Node):
    """``expect uncovered EUR 0``."""

    amount: MoneyLiteral


class ExpectOutcome(Node):
    """``expect outcome covered``."""

    outcome: Identifier


Expectation = ExpectPays | ExpectUncovered | ExpectOutcome


# --------------------------------------------------------------------------------------------------------- events


class Value(Node):
    """A value as the event writes it: the words, not yet their meaning.

    ``form`` says which kind of literal it is; ``negative`` if a minus stands before it.
    """

    form: Literal["amount", "number", "percentage", "date", "text", "word"]
    text: str
    negative: bool = False
    currency: str | None = None
    scale: str | None = None


class Under(Node):
    """``under "../rulebook.rules"``."""

    path: str


class DeclaredItem(Node):
    """``declared 2018-09-11``."""

    date: DateLiteral


class DatumValue(Node):
    """``contribution in energy = EUR 5``, in a member block or after ``given``."""

    name: Identifier
    value: Value
    segment: Identifier | None = None


class GivenItem(Node):
    """``given junior_capital = EUR 7 million``."""

    datum: DatumValue


class MembersFrom(Node):
    """``members from "members.csv"``."""

    path: str


class MemberItem(Node):
    """``member AAS "Einar Aas"`` and its values."""

    member: Identifier
    name: str | None = None
    values: tuple[DatumValue, ...] = ()


class DefaultItem(Node):
    """``default of AAS in energy loss EUR 150 million``."""

    member: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class PaymentItem(Node):
    """``paid 2018-08-20 by FORTUM under calls in energy EUR 1 million``."""

    date: DateLiteral
    payer: Identifier
    step: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class DecisionItem(Node):
    """``decide vmgh: invoke by "Default Management Committee" because "the auction failed"``."""

    step: Identifier
    invoke: bool
    body: str | None = None
    reason: str | None = None


EventItem = Under | DeclaredItem | GivenItem | MembersFrom | MemberItem | DefaultItem | PaymentItem | DecisionItem


class EventSyntax(Node):
    """A whole event: ``event "title"`` and its items; the title of one written inside a test is the test's."""

    title: str
    items: tuple[EventItem, ...]


class TestSection(Node):
    """``test "title"``, an event (in a file or written here), and what is expected of the run."""

    __test__ = False  # a class whose name begins with Test, not a test case

    title: str
    event: EventFile | EventSyntax
    expectations: tuple[Expectation, ...]


Section = (
    CurrencySection
    | SegmentsSection
    | PartySection
    | MembersSection
    | GivenSection
    | DefineSection
    | WaterfallSection
    | EnsureSection
    | TestSection
)


class Rulebook(Node):
    """``rulebook "title" version 2018-09-01 cite "…"`` and its sections, in the order written."""

    title: str
    version: str | None = None
    version_is_date: bool = False
    cite: Citation | None = None
    sections: tuple[Section, ...] = ()


def cited(cite: Citation | None) -> str | None:
    """The text of a citation, if there is one."""
    return None if cite is None else cite.text


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def instant(text: str) -> datetime.date | None:
    """The day that ``YYYY-MM-DD`` names, or ``None`` if there is no such day."""
    if _DAY.match(text) is None:  # other forms of ISO 8601, such as weeks, are no dates of the language
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
