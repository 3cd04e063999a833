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


DurationUnit = Literal["days", "business days", "months"]


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
    """``30 days``, ``5 business days`` or ``3 months``."""

    digits: str
    unit: DurationUnit = "days"


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


RunValueName = Literal["declared", "loss", "remaining", "total_paid", "leaving"]


class RunValue(Expression):
    """``declared``, ``loss``, ``remaining``, ``total_paid`` or ``leaving``."""

    what: RunValueName


class StepResult(Expression):
    """``used(junior)``, ``unused(junior)`` or ``paid(junior)``."""

    what: Literal["used", "unused", "paid"]
    step: Identifier


class PeriodValue(Expression):
    """``open(cooling_off)``, ``start(cooling_off)`` or ``defaults(cooling_off)``."""

    what: Literal["open", "start", "defaults"]
    period: Identifier


class AsOf(Expression):
    """``requirement as of start(cooling_off) - 1 month``; ``day`` is a day, or one moved by a number of days."""

    datum: Reference
    day: Expression


class Converted(Expression):
    """``fee at sek_fix``: an amount of one currency in another."""

    operand: Expression
    rate: Reference


class Rounded(Expression):
    """``x rounded up to EUR 100_000``."""

    operand: Expression
    direction: Literal["up", "down", "nearest"]
    unit: Expression


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
    """``min(a, b)``, ``max(a, b)`` or ``clamp(x, low, high)``; ``in_words`` if written as ``lower of a and b``."""

    function: Literal["min", "max", "clamp"]
    arguments: tuple[Expression, ...]
    in_words: bool = field(default=False, kw_only=True, eq=False)


Population = Literal["members", "survivors", "defaulters"]


class Aggregate(Expression):
    """``sum of E over survivors by group where c``; ``largest 2 of …`` has a ``number``, ``count of …`` no operand."""

    function: Literal["sum", "average", "largest", "smallest", "count"]
    operand: Expression | None
    over: Literal["members", "survivors", "defaulters", "segments"]
    where: Expression | None = None
    number: str | None = None
    by: Reference | None = None


# ------------------------------------------------------------------------------------------------- declarations


class MeasureType(Node):
    """``money``, ``money SEK`` or ``signed ratio``; money without a ``currency`` is of the rulebook's first."""

    kind: Literal["money", "number", "ratio"]
    signed: bool = False
    currency: Identifier | None = None


class RateType(Node):
    """``EUR per SEK``: how much of one currency one unit of the other is worth."""

    price: Identifier
    unit: Identifier


class PlainType(Node):
    """``text``, ``date`` or ``yes/no``."""

    kind: Literal["text", "date", "yes/no"]


class ChoiceType(Node):
    """``one of absent, poor, good``."""

    values: tuple[Identifier, ...]


DataType = MeasureType | RateType | PlainType | ChoiceType


class Datum(Node):
    """A member field or a given: ``name : type per segment formerly old "note" if missing E``."""

    name: Identifier
    type: DataType
    per_segment: bool = False
    note: str | None = None
    if_missing: Expression | None = None
    per_defaulter: bool = False
    formerly: tuple[Identifier, ...] = ()


class CurrencyUnit(Node):
    """``EUR`` or ``USDC with 6 decimals``."""

    code: Identifier
    decimals: NumberLiteral | None = None


class CurrencySection(Node):
    """``currency EUR also SEK, USDC with 6 decimals``: the first is the one in which the rulebook settles."""

    units: tuple[CurrencyUnit, ...]

    @property
    def code(self) -> Identifier:
        """The currency in which the rulebook settles."""
        return self.units[0].code


class HolidaysSection(Node):
    """``holidays 2018-12-25, 2018-12-26``: days that are no business days."""

    days: tuple[DateLiteral, ...]


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


# --------------------------------------------------------------------------------- periods and limits with a name


class Duration(Node):
    """``30 days``, ``5 business days`` or ``3 months``."""

    digits: str
    unit: DurationUnit = "days"


OpenerWord = Literal["default", "payment", "exhaustion"]


class Opener(Node):
    """``opens at a default``, ``opens at a payment under calls`` or ``opens at exhaustion of fund``, with its steps."""

    word: OpenerWord
    steps: tuple[Identifier, ...] = ()


class Extension(Node):
    """``extended by each further default to at most 3 months``."""

    word: OpenerWord
    most: Duration | None = None


class PeriodSection(Node):
    """``period cooling_off "Cooling-off period" cite "…" opens at a default lasts 30 days extended by …``."""

    name: Identifier
    opener: Opener
    length: Duration
    extension: Extension | None = None
    title: str | None = None
    cite: Citation | None = None


class Window(Node):
    """``in any 30 days``, ``in any 10 business days`` or ``in any 6 months``."""

    digits: str
    unit: DurationUnit = "days"


class CalendarWindow(Node):
    """``in the calendar year`` or ``in the calendar month``."""

    unit: Literal["year", "month"]


class During(Node):
    """``during cooling_off``."""

    period: Identifier


OverTime = Window | CalendarWindow | During
Scope = Literal["each", "in total"]


class LimitSection(Node):
    """``limit aggregate "title" as E each during cooling_off cite "…"``: a limit that several steps share."""

    name: Identifier
    value: Expression
    scope: Scope
    over_time: OverTime | None = None
    title: str | None = None
    cite: Citation | None = None


# ----------------------------------------------------------------------------------------------------- waterfall


class Clause(Node):
    """One clause of a step, with the citation at its end."""

    cite: Citation | None = field(default=None, kw_only=True)


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
    """``expect junior pays EUR 7 million`` or ``expect FORTUM pays EUR 1 under fund_draw in energy``."""

    who: Identifier
    amount: MoneyLiteral
    under: Identifier | None = None
    segment: Identifier | None = None


class ExpectUncovered(Node):
    """``expect uncovered EUR 0`` or ``expect uncovered EUR 0 in energy``."""

    amount: MoneyLiteral
    segment: Identifier | None = None


class ExpectOutcome(Node):
    """``expect outcome covered``."""

    outcome: Identifier


class ExpectEnsure(Node):
    """``expect "members are capped" broken``: the text of an ``ensure``, and whether it holds."""

    text: str
    holds: bool


Expectation = ExpectPays | ExpectUncovered | ExpectOutcome | ExpectEnsure


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
    """``contribution in energy as of 2018-08-01 = EUR 5``, in a member block or after ``given``.

    ``defaulter`` is the member of ``traded with AAS = EUR 5``, for data per defaulter.
    """

    name: Identifier
    value: Value
    segment: Identifier | None = None
    as_of: DateLiteral | None = None
    defaulter: Identifier | None = None


class GivenItem(Node):
    """``given junior_capital = EUR 7 million``."""

    datum: DatumValue


TableContents = Literal["members", "givens", "paid", "defaults"]


class TableFrom(Node):
    """``members from "members.csv"``, or ``givens from``, ``paid from``, ``defaults from``."""

    contents: TableContents
    path: str


class MemberItem(Node):
    """``member AAS "Einar Aas" since 2018-01-01`` and its values."""

    member: Identifier
    name: str | None = None
    values: tuple[DatumValue, ...] = ()
    since: DateLiteral | None = None


class FormerMemberItem(Node):
    """``former member OLD "Old Bank"``: somebody who was a member, so that earlier payments can be theirs."""

    member: Identifier
    name: str | None = None


class NoticeItem(Node):
    """``notice by AAS dated 2018-09-01``."""

    member: Identifier
    date: DateLiteral


class DefaultedItem(Node):
    """``defaulted 2018-09-11 B``: an earlier default."""

    date: DateLiteral
    member: Identifier


class OpenPeriodItem(Node):
    """``period cooling_off open from 2018-09-01 to 2018-09-14``."""

    period: Identifier
    first: DateLiteral
    last: DateLiteral


class DefaultItem(Node):
    """``default of AAS in energy loss EUR 150 million``."""

    member: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class FurtherLossItem(Node):
    """``further loss of AAS in energy EUR 5``: more loss of a member that defaulted on an earlier day."""

    member: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None


class NonDefaultLossItem(Node):
    """``non-default loss in energy EUR 5 million "investment losses"``."""

    amount: MoneyLiteral
    segment: Identifier | None = None
    cause: str | None = None


class PaymentItem(Node):
    """``paid 2018-08-20 by FORTUM under calls in energy for AAS EUR 1 million``; ``defaulters`` are those named."""

    date: DateLiteral
    payer: Identifier
    step: Identifier
    amount: MoneyLiteral
    segment: Identifier | None = None
    defaulters: tuple[Identifier, ...] = ()


class DecisionItem(Node):
    """``decide vmgh: invoke up to EUR 5 million by "Default Management Committee" because "the auction failed"``."""

    step: Identifier
    invoke: bool
    body: str | None = None
    reason: str | None = None
    most: MoneyLiteral | None = None


class WithdrawalItem(Node):
    """``withdraw A after round 1 under charges``."""

    member: Identifier
    digits: str
    step: Identifier


EventItem = (
    Under
    | DeclaredItem
    | GivenItem
    | TableFrom
    | MemberItem
    | FormerMemberItem
    | NoticeItem
    | DefaultedItem
    | OpenPeriodItem
    | DefaultItem
    | FurtherLossItem
    | NonDefaultLossItem
    | PaymentItem
    | DecisionItem
    | WithdrawalItem
)


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
    | HolidaysSection
    | SegmentsSection
    | PartySection
    | MembersSection
    | GivenSection
    | DefineSection
    | LimitSection
    | PeriodSection
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
