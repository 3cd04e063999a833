"""How names, expressions, types and clauses are written: from a node to a document that may be broken into lines."""

import re
from collections.abc import Iterable
from typing import assert_never

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Break, Doc, Group, Nest, flat, hanging, listed

_WORD = re.compile(r"[a-z][a-z0-9_]*|[A-ZÀ-ÖØ-Þ]\w*")


def quoted(text: str) -> str:
    """A text between quotes."""
    return f'"{text}"'


def name(node: nodes.Identifier) -> str:
    """A name as it was written: in quotes if it stood in them, or cannot stand without."""
    return quoted(node.text) if node.quoted or not _WORD.fullmatch(node.text) else node.text


def names(items: tuple[nodes.Identifier, ...]) -> Doc:
    """Names with commas between them."""
    return listed([name(item) for item in items], starts(items))


def starts(items: Iterable[nodes.Node]) -> list[int]:
    """Where some nodes begin in the source."""
    return [item.span.start for item in items]


def cite(node: nodes.Citation) -> str:
    """``cite "…"``."""
    return f"cite {quoted(node.text)}"


# --------------------------------------------------------------------------------------------------- expressions

_SHORT = 20
"""A left side up to this width stays with the operator behind it, if the right side can be broken."""
_ANY, _OR, _AND, _NOT, _COMPARED, _ADDED, _MULTIPLIED, _UNARY, _CONVERTED, _ATOM = range(10)


def _rank(node: nodes.Expression) -> int:
    """How tightly an expression binds without brackets."""
    match node:
        case nodes.Conditional():
            return _ANY
        case nodes.Aggregate():
            return _ATOM if node.where is None else _ANY
        case nodes.Connective():
            return _OR if node.operator == "or" else _AND
        case nodes.Negated():
            return _NOT
        case nodes.Comparison():
            return _COMPARED
        case nodes.Arithmetic():
            return _ADDED if node.operator in {"+", "-"} else _MULTIPLIED
        case nodes.Negative():
            return _UNARY
        case nodes.Converted() | nodes.Rounded():
            return _CONVERTED
        case nodes.Call():
            return _ANY if node.in_words else _ATOM
    return _ATOM


def _in_brackets(node: nodes.Expression, least: int) -> bool:
    return node.bracketed or _rank(node) < least


def expression(node: nodes.Expression, least: int = _ANY, *, opens_line: bool = False) -> Doc:
    """An expression, in brackets if it had them or if its place asks for something that binds more tightly.

    ``opens_line`` says that it begins a line of its own, so that the branches of a condition can stand below it.
    """
    if _in_brackets(node, least):
        return ("(", _bare(node), ")")
    return _bare(node, opens_line=opens_line)


def _bare(node: nodes.Expression, *, opens_line: bool = False) -> Doc:  # noqa: C901 - a case for each kind
    match node:
        case nodes.Connective() | nodes.Arithmetic():
            return _chain(node)
        case nodes.Comparison():
            return _comparison(node)
        case nodes.Negated():
            return ("not ", expression(node.operand, _NOT))
        case nodes.Negative():
            return ("-", expression(node.operand, _UNARY))
        case nodes.Conditional():
            return _conditional(node, 0 if opens_line else 4)
        case nodes.Aggregate():
            return _aggregate(node)
        case nodes.Converted():
            return (expression(node.operand, _CONVERTED), f" at {node.rate.name}")
        case nodes.Rounded():
            way = "" if node.direction == "nearest" else f" {node.direction}"
            return (expression(node.operand, _CONVERTED), hanging((f"rounded{way} to ", expression(node.unit, _ATOM))))
        case nodes.AsOf():
            return (f"{node.datum.name} as of ", expression(node.day, _ADDED))
        case nodes.Call() if node.in_words:
            word = "lower" if node.function == "min" else "higher"
            left, right = (expression(argument, _MULTIPLIED) for argument in node.arguments)
            return Group((f"{word} of ", left, Nest((Break(), "and ", right))))
        case nodes.Call():
            first, *rest = ((expression(each, opens_line=True), each.span.start) for each in node.arguments)
            separated = (first[0], *((",", Break(at=at), argument) for argument, at in rest))
            return Group((f"{node.function}(", Nest((Break("", first[1]), separated)), Break(""), ")"))
    return _atom(node)


def _atom(node: nodes.Expression) -> str:
    match node:
        case nodes.Reference():
            return node.name
        case nodes.RunValue():
            return node.what
        case nodes.StepResult():
            return f"{node.what}({name(node.step)})"
        case nodes.PeriodValue():
            return f"{node.what}({name(node.period)})"
    return _literal(node)


def _literal(node: nodes.Expression) -> str:
    match node:
        case nodes.MoneyLiteral():
            return " ".join(filter(None, (node.currency, node.digits, node.scale)))
        case nodes.NumberLiteral():
            return node.digits
        case nodes.PercentageLiteral():
            return f"{node.digits}%"
        case nodes.DaysLiteral():
            return duration(node)
        case nodes.DateLiteral():
            return node.text
        case nodes.TextLiteral():
            return quoted(node.text)
        case nodes.YesNoLiteral():
            return "yes" if node.value else "no"
    raise TypeError(node)


def duration(node: nodes.DaysLiteral | nodes.Duration | nodes.Window) -> str:
    """``1 day``, ``5 business days`` or ``3 months``."""
    return f"{node.digits} {node.unit.removesuffix('s') if node.digits == '1' else node.unit}"


def _chain(node: nodes.Connective | nodes.Arithmetic) -> Doc:
    """Operands of one rank behind each other, without growing deeper for each: ``a + b - c``."""
    rank = _rank(node)
    tail: list[Doc] = []
    left: nodes.Expression = node
    days_follow = False
    while isinstance(left, nodes.Connective | nodes.Arithmetic) and _rank(left) == rank:
        if left.bracketed and left is not node:
            break
        # `25% of x` is one thought: it is broken inside x rather than in its middle.
        is_part = left.operator == "of" and isinstance(left.left, nodes.PercentageLiteral)
        before: Doc = " " if is_part else Break()
        tail.append((before, f"{left.operator} ", _operand(left.right, rank + 1, days_follow=days_follow)))
        days_follow = left.operator in {"+", "-"} and _begins_with_days(left.right)
        left = left.left
    return Group((_operand(left, rank, days_follow=days_follow), Nest(tuple(reversed(tail)))))


def _operand(node: nodes.Expression, least: int, *, days_follow: bool) -> Doc:
    """An operand; `x as of declared` stands in brackets before `+ 1 day`, which would be read as part of its day."""
    return ("(", _bare(node), ")") if days_follow and _ends_with_a_day(node) else expression(node, least)


def _begins_with_days(node: nodes.Expression) -> bool:
    match node:
        case nodes.Expression(bracketed=True):
            return False
        case nodes.Arithmetic(left=first) | nodes.Converted(operand=first) | nodes.Rounded(operand=first):
            return _begins_with_days(first)
    return isinstance(node, nodes.DaysLiteral)


def _ends_with_a_day(node: nodes.Expression) -> bool:
    """Whether an expression ends with a day to which days may still be added."""
    match node:
        case nodes.Expression(bracketed=True):
            return False
        case nodes.Arithmetic(right=last) | nodes.Negative(operand=last) | nodes.Rounded(unit=last):
            return _ends_with_a_day(last)
    return isinstance(node, nodes.AsOf) and not isinstance(node.day, nodes.Arithmetic)


def _comparison(node: nodes.Comparison) -> Doc:
    left, right = expression(node.left, _ADDED), expression(node.right, _ADDED)
    can_break = _in_brackets(node.right, _ADDED) or isinstance(node.right, nodes.Arithmetic | nodes.Call)
    if can_break and len(flat(left)) <= _SHORT:
        return (left, f" {node.operator} ", right)
    return Group((left, Nest((Break(), f"{node.operator} ", right))))


def _conditional(node: nodes.Conditional, indent: int) -> Doc:
    """``if c then a else b``, one branch on each line if they do not fit on one."""
    branches: list[Doc] = []
    word = "if "
    last: nodes.Expression = node
    while isinstance(last, nodes.Conditional) and (last is node or not last.bracketed):
        then: Doc = ("then ", expression(last.then, _OR))
        branches.append((word, expression(last.condition, _OR), Group(Nest((Break(), then), indent + 4))))
        word = "else if "
        last = last.otherwise
    branches.append(("else ", expression(last, _OR)))
    return Group((branches[0], Nest(tuple((Break(), branch) for branch in branches[1:]), indent)))


def _aggregate(node: nodes.Aggregate) -> Doc:
    function = f"{node.function} {node.number}" if node.number else node.function
    over = node.over if node.by is None else f"{node.over} by {node.by.name}"
    if node.operand is None:
        head: Doc = f"{function} of {over}"
    else:
        head = (f"{function} of ", expression(node.operand, _MULTIPLIED), hanging(f"over {over}"))
    return head if node.where is None else (head, hanging(("where ", expression(node.where))))


# -------------------------------------------------------------------------------------------------- declarations


def data_type(node: nodes.DataType) -> Doc:
    """``signed money SEK``, ``EUR per SEK``, ``date`` or ``one of a, b``."""
    match node:
        case nodes.MeasureType():
            code = "" if node.currency is None else f" {name(node.currency)}"
            return f"signed {node.kind}{code}" if node.signed else node.kind + code
        case nodes.RateType():
            return f"{name(node.price)} per {name(node.unit)}"
        case nodes.PlainType():
            return node.kind
    return ("one of ", names(node.values))


def type_and_shape(node: nodes.Datum) -> Doc:
    """``money per segment formerly deposit``: what stands behind the colon, before the note."""
    per = " per segment" if node.per_segment else " per defaulter" if node.per_defaulter else ""
    return (data_type(node.type), per, _formerly(node.formerly))


def datum(node: nodes.Datum, name_width: int = 0, note_blanks: int = 2) -> Doc:
    """``name : type per segment formerly x   "note"  if missing E``, the name filled up to its column."""
    note = "" if node.note is None else hanging(quoted(node.note), " " * note_blanks)
    missing: Doc = ""
    if node.if_missing is not None:
        missing = hanging(("if missing ", expression(node.if_missing)), "  ")
    return (node.name.text.ljust(name_width), " : ", type_and_shape(node), note, missing)


def type_width(node: nodes.Datum) -> int:
    """How wide the type is on one line."""
    return len(flat(type_and_shape(node)))


def currency(node: nodes.CurrencySection) -> Doc:
    """``currency EUR also SEK, USDC with 6 decimals``."""
    first, *others = node.units
    return (
        f"currency {currency_unit(first)}",
        hanging(("also ", listed([currency_unit(unit) for unit in others], starts(others)))) if others else "",
    )


def currency_unit(node: nodes.CurrencyUnit) -> str:
    """``EUR`` or ``USDC with 6 decimals``."""
    return name(node.code) if node.decimals is None else f"{name(node.code)} with {node.decimals.digits} decimals"


def holidays(node: nodes.HolidaysSection) -> Doc:
    """``holidays 2018-12-25, 2018-12-26``."""
    return ("holidays ", listed([day.text for day in node.days], starts(node.days)))


def segments(node: nodes.SegmentsSection) -> Doc:
    """``segments energy, financials``."""
    return ("segments ", names(node.names))


def party(node: nodes.PartySection) -> str:
    """``party insurer "Default insurance"``."""
    return _titled(f"party {name(node.name)}", node.title)


def define(node: nodes.DefineSection) -> Doc:
    """``define fund as E``, the note and the citation on lines of their own."""
    value = expression(node.value, opens_line=True)
    extras = [] if node.note is None else [quoted(node.note)]
    extras += [] if node.cite is None else [cite(node.cite)]
    return (f"define {name(node.name)} as", hanging(value), Nest(tuple((Break(), extra) for extra in extras)))


def limit(node: nodes.LimitSection) -> Doc:
    """``limit aggregate "title" as E each during cooling_off``, the citation behind it."""
    over_time_ = "" if node.over_time is None else hanging(over_time(node.over_time))
    value = hanging(Group((expression(node.value), Break(), node.scope, over_time_)))
    return (_titled(f"limit {name(node.name)}", node.title), " as", value, _cited(node.cite, "   "))


def period(node: nodes.PeriodSection) -> Doc:
    """``period cooling_off "title" cite "…"``, and how it opens, lasts and is extended, each on a line of its own."""
    parts: list[Doc] = [opener(node.opener), f"lasts {duration(node.length)}"]
    parts += [] if node.extension is None else [extension(node.extension)]
    head = (_titled(f"period {name(node.name)}", node.title), _cited(node.cite))
    return (head, Nest(tuple((Break(), part) for part in parts)))


def opener(node: nodes.Opener) -> Doc:
    """``opens at a default``."""
    match node.word:
        case "default":
            return "opens at a default"
        case "payment":
            return ("opens at a payment under ", names(node.steps))
        case "exhaustion":
            return ("opens at exhaustion of ", names(node.steps))
        case _:
            assert_never(node.word)


def extension(node: nodes.Extension) -> str:
    """``extended by each further default to at most 3 months``."""
    most = "" if node.most is None else f" to at most {duration(node.most)}"
    return f"extended by each further {node.word}{most}"


def over_time(node: nodes.OverTime) -> str:
    """``in any 30 days``, ``in the calendar year`` or ``during cooling_off``."""
    match node:
        case nodes.Window():
            return f"in any {duration(node)}"
        case nodes.CalendarWindow():
            return f"in the calendar {node.unit}"
        case nodes.During():
            return f"during {name(node.period)}"
        case _:
            assert_never(node)


# ------------------------------------------------------------------------------------------------------ waterfall


def step_header(node: nodes.Step) -> Doc:
    """``tranche junior "Junior capital" formerly x cite "…"``."""
    return (f"{node.kind} ", _titled(name(node.name), node.title), _formerly(node.formerly), _cited(node.cite))


def _formerly(former: tuple[nodes.Identifier, ...]) -> Doc:
    return hanging(("formerly ", names(former))) if former else ""


def together_header(node: nodes.Together) -> Doc:
    """``together "title" as one pool per segment in ratio 3 : 1 cite "…"``."""
    ratio = " : ".join(part.digits for part in node.ratio)
    parts = ["as one pool"] * node.one_pool + ["per segment"] * node.per_segment
    parts += [f"in ratio {ratio}"] if ratio else []
    return (_titled("together", node.title), *map(hanging, parts), _cited(node.cite))


def waterfall_header(node: nodes.WaterfallSection) -> Doc:
    """``waterfall "title" for each default in turn cite "…"``."""
    in_turn = hanging("for each default in turn") if node.in_turn else ""
    return (_titled("waterfall", node.title), in_turn, _cited(node.cite))


def outcome(node: nodes.Finally) -> Doc:
    """``finally service_closure "Service closure" cite "…"``."""
    return (_titled(f"finally {name(node.name)}", node.title), _cited(node.cite))


def _titled(text: str, title: str | None) -> str:
    return text if title is None else f"{text} {quoted(title)}"


def _cited(citation: nodes.Citation | None, blanks: str = " ") -> Doc:
    return "" if citation is None else hanging(cite(citation), blanks)


def clause(node: nodes.Clause) -> Doc:
    """A clause, with its citation three blanks behind it."""
    return (_clause(node), _cited(node.cite, "   "))


def _clause(node: nodes.Clause) -> Doc:  # noqa: C901 - a case for each kind
    match node:
        case nodes.PaidBy():
            return _paid_by(node)
        case nodes.UpTo():
            return _up_to(node)
        case nodes.Shared():
            return _shared(node)
        case nodes.InOrder():
            return _in_order(node)
        case nodes.PerSegment():
            return "per segment"
        case nodes.InRounds():
            return f"in at most {node.digits} {'round' if node.digits == '1' else 'rounds'}"
        case nodes.OnceDuring():
            return f"once during {name(node.period)}"
        case nodes.LossesMet():
            return f"for {node.kind} losses"
        case nodes.ForLosses():
            return (f"for losses {'outside' if node.outside else 'in'} ", names(node.segments))
        case nodes.When():
            return ("when ", expression(node.condition))
        case nodes.InForce():
            end = "" if node.end is None else f" to {node.end.text}"
            return f"in force from {node.start.text}{end}"
        case nodes.Discretion():
            return f"at the discretion of {quoted(node.body)}"
    raise TypeError(node)


def _paid_by(node: nodes.PaidBy) -> Doc:
    where = "" if node.where is None else hanging(("where ", expression(node.where)))
    source = "" if node.pot is None else hanging(pot(node.pot))
    return (f"paid by {name(node.payers)}", where, source)


def pot(node: nodes.Pot) -> Doc:
    """``from contribution``, perhaps ``split by loss`` or ``in other segments``."""
    use: Doc = hanging("in other segments") if node.other_segments else ""
    if node.split_by is not None:
        use = hanging(("split by ", expression(node.split_by)))
    return (f"from {name(node.name)}", use)


def _up_to(node: nodes.UpTo) -> Doc:
    endings = [] if node.scope is None else [node.scope]
    tail: list[Doc] = [f" {ending}" for ending in endings]
    tail += [] if node.over_time is None else [hanging(over_time(node.over_time))]
    tail += [hanging("at every resizing")] if node.at_every_resizing else []
    tail += [hanging("in each segment")] if node.in_each_segment else []
    return ("up to ", expression(node.value), *tail)


def _shared(node: nodes.Shared) -> Doc:
    without = "" if node.reallocation else hanging("without reallocation")
    if node.key == "equally":
        return ("shared equally", without)
    key = "limits" if isinstance(node.key, str) else expression(node.key)
    return ("shared pro rata to ", key, without)


def _in_order(node: nodes.InOrder) -> Doc:
    value = expression(node.value)
    if node.direction is not None:
        return ("in order of ", value, ",", hanging(f"{node.direction} first"))
    first, *rest = ((" or ".join(map(name, rank)), rank[0].span.start) for rank in node.ranks)
    return ("in order of ", value, ":", hanging(first[0]), *(hanging(f"then {rank}", at=at) for rank, at in rest))


# ----------------------------------------------------------------------------- what is owed, and what comes back


def replenish(node: nodes.ReplenishSection) -> Doc:
    """``replenish contribution "title" cite "…"``, and who pays, up to what and when, each on a line of its own."""
    draws = "" if node.draws_on is None else f" for draws on {name(node.draws_on)}"
    where = "" if node.where is None else hanging(("where ", expression(node.where)))
    parts: list[Doc] = [
        (f"paid by {name(node.payers)}", where),
        ("to ", expression(node.value), " each" if node.each else ""),
        *map(clause, node.limits),
        *([] if node.once is None else [clause(node.once)]),
        f"within {duration(node.within)}",
    ]
    head = (_titled(f"replenish {name(node.pot)}{draws}", node.title), _cited(node.cite))
    return (head, Nest(tuple((Break(), part) for part in parts)))


def recoveries(node: nodes.RecoveriesSection) -> Doc:
    """``recoveries "title" cite "…"``, and whom they repay one after the other, each on a line of its own."""
    parts: list[Doc] = []
    for group in node.groups:
        parts.append(("then " if parts else "", repaid(group)))
    head = (_titled("recoveries", node.title), _cited(node.cite))
    return (head, Nest(tuple((Break(), part) for part in (*parts, f"rest to {name(node.rest)}"))))


def repaid(node: nodes.Repaid) -> Doc:
    """``repay calls, fund_draw into contribution``."""
    return ("repay ", names(node.steps), "" if node.into is None else hanging(f"into {name(node.into)}"))


# ------------------------------------------------------------------------- invariants, tests, events and histories


def statement_header(node: nodes.Statement) -> Doc:
    """``ensure "text" for survivors where c:``."""
    opening = f"{'ensure' if isinstance(node, nodes.EnsureSection) else 'assume'} {quoted(node.text)}"
    if node.population is None:
        return f"{opening}:"
    where = "" if node.where is None else hanging(("where ", expression(node.where)))
    # Deeper than the condition below it, so that the two cannot be taken for each other.
    scope = Group(Nest((Break(), f"for {node.population}", where), 8))
    return (opening, scope, ":")


def event_file(node: nodes.EventFile) -> str:
    """``event "events/aas-2018.event"``."""
    return f"event {quoted(node.path)}"


def history_file(node: nodes.HistoryFile) -> str:
    """``history "histories/autumn-2018.history"``."""
    return f"history {quoted(node.path)}"


def expectation(node: nodes.Expectation) -> str:
    """``expect junior pays EUR 7 million under x``, ``expect on 2018-09-11 uncovered EUR 0``."""
    day = "" if node.day is None else f"on {node.day.text} "
    return f"expect {day}{_expected(node)}"


def _expected(node: nodes.Expectation) -> str:
    """What is expected, without the day."""
    match node:
        case nodes.ExpectPays():
            return f"{name(node.who)} pays {_atom(node.amount)}{_under(node.under)}{_in_segment(node.segment)}"
        case nodes.ExpectUncovered():
            return f"uncovered {_atom(node.amount)}{_in_segment(node.segment)}"
        case nodes.ExpectOutcome():
            return f"outcome {name(node.outcome)}"
        case nodes.ExpectEnsure():
            return f"{quoted(node.text)} {'holds' if node.holds else 'broken'}"
        case nodes.ExpectOwes():
            return f"{name(node.who)} owes {_atom(node.amount)} to {name(node.pot)}{_in_segment(node.segment)}"
        case nodes.ExpectHolds():
            return f"{name(node.who)} holds {_atom(node.amount)} in {name(node.pot)}{_in_segment(node.segment)}"
        case nodes.ExpectRepaid():
            return f"{name(node.who)} repaid {_atom(node.amount)}{_under(node.under)}"
        case nodes.ExpectPeriod():
            return f"period {name(node.period)} {'open' if node.is_open else 'closed'}"
        case _:
            assert_never(node)


def _under(step: nodes.Identifier | None) -> str:
    return "" if step is None else f" under {name(step)}"


def value(node: nodes.Value) -> str:
    """A value of an event: ``-EUR 7 million``, ``25%``, ``"Oslo"``."""
    sign = "-" if node.negative else ""
    match node.form:
        case "amount":
            return sign + " ".join(filter(None, (node.currency, node.text, node.scale)))
        case "percentage":
            return f"{sign}{node.text}%"
        case "text":
            return quoted(node.text)
    return sign + node.text


def datum_value(node: nodes.DatumValue, name_width: int = 0) -> str:
    """``contribution in energy = EUR 5``, the name filled up to its column."""
    return f"{datum_name(node).ljust(name_width)} = {value(node.value)}"


def datum_name(node: nodes.DatumValue) -> str:
    """``contribution in energy as of 2018-08-01``, or ``traded with AAS``."""
    defaulter = "" if node.defaulter is None else f" with {name(node.defaulter)}"
    as_of = "" if node.as_of is None else f" as of {node.as_of.text}"
    return name(node.name) + _in_segment(node.segment) + defaulter + as_of


def member_header(node: nodes.MemberItem) -> str:
    """``member AAS "Einar Aas" since 2018-01-01``."""
    since = "" if node.since is None else f" since {node.since.text}"
    return f"member {_titled(name(node.member), node.name)}{since}"


def head_item(node: nodes.HistoryHead) -> str:
    """A line of the head of a history."""
    match node:
        case nodes.ExerciseItem():
            return f"exercise {quoted(node.name)}"
        case nodes.Under():
            return f"under {quoted(node.path)}"
        case nodes.DuesPaid():
            return "dues paid when payable"


def item(node: nodes.HistoryItem) -> Doc:
    """One item of an event or of a day of a history; of a member only the line that names it."""
    match node:
        case nodes.DepartureItem():
            return f"departure of {name(node.member)}"
        case nodes.PaidInItem():
            pot_ = f"{name(node.pot)}{_in_segment(node.segment)}"
            return f"paid in by {name(node.payer)} to {pot_} {_atom(node.amount)}"
        case nodes.PaidOutItem():
            pot_ = f"{name(node.pot)}{_in_segment(node.segment)}"
            return f"paid out to {name(node.payer)} from {pot_} {_atom(node.amount)}"
        case nodes.RecoveredItem():
            return f"recovered from {name(node.member)} {_atom(node.amount)}"
        case _:
            return _event_item(node)


def _event_item(node: nodes.EventItem) -> Doc:  # noqa: C901, PLR0912 - a case for each kind
    match node:
        case nodes.ExerciseItem():
            return f"exercise {quoted(node.name)}"
        case nodes.Under():
            return f"under {quoted(node.path)}"
        case nodes.DeclaredItem():
            return f"declared {node.date.text}"
        case nodes.GivenItem():
            return f"given {datum_value(node.datum)}"
        case nodes.TableFrom():
            return f"{node.contents} from {quoted(node.path)}"
        case nodes.MemberItem():
            return member_header(node)
        case nodes.FormerMemberItem():
            return f"former member {_titled(name(node.member), node.name)}"
        case nodes.NoticeItem():
            dated = "" if node.date is None else f" dated {node.date.text}"
            return f"notice by {name(node.member)}{dated}"
        case nodes.DefaultedItem():
            return f"defaulted {node.date.text} {name(node.member)}"
        case nodes.OpenPeriodItem():
            return f"period {name(node.period)} open from {node.first.text} to {node.last.text}"
        case nodes.DefaultItem():
            return f"default of {name(node.member)}{_in_segment(node.segment)} loss {_atom(node.amount)}"
        case nodes.FurtherLossItem():
            return f"further loss of {name(node.member)}{_in_segment(node.segment)} {_atom(node.amount)}"
        case nodes.NonDefaultLossItem():
            cause = "" if node.cause is None else hanging(quoted(node.cause))
            return (f"non-default loss{_in_segment(node.segment)} {_atom(node.amount)}", cause)
        case nodes.PaymentItem():
            step = name(node.step) + _in_segment(node.segment)
            whose: Doc = (" for ", names(node.defaulters)) if node.defaulters else ""
            return (f"paid {node.date.text} by {name(node.payer)} under {step}", whose, f" {_atom(node.amount)}")
        case nodes.DecisionItem():
            return _decision(node)
        case nodes.WithdrawalItem():
            return f"withdraw {name(node.member)} after round {node.digits} under {name(node.step)}"
        case _:
            assert_never(node)


def _decision(node: nodes.DecisionItem) -> Doc:
    most = "" if node.most is None else f" up to {_atom(node.most)}"
    body = "" if node.body is None else hanging(f"by {quoted(node.body)}")
    reason = "" if node.reason is None else hanging(f"because {quoted(node.reason)}")
    return (f"decide {name(node.step)}: {'invoke' if node.invoke else 'decline'}{most}", body, reason)


def _in_segment(segment: nodes.Identifier | None) -> str:
    return "" if segment is None else f" in {name(segment)}"
