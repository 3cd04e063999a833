"""How names, expressions, types and clauses are written: from a node to a document that may be broken into lines."""

import re

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
    return listed([name(item) for item in items])


def cite(node: nodes.Citation) -> str:
    """``cite "…"``."""
    return f"cite {quoted(node.text)}"


# --------------------------------------------------------------------------------------------------- expressions

_SHORT = 20
"""A left side up to this width stays with the operator behind it, if the right side can be broken."""
_ANY, _OR, _AND, _NOT, _COMPARED, _ADDED, _MULTIPLIED, _UNARY, _ATOM = range(9)


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


def _bare(node: nodes.Expression, *, opens_line: bool = False) -> Doc:
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
        case nodes.Call():
            arguments = [expression(argument, opens_line=True) for argument in node.arguments]
            separated = (arguments[0], *((",", Break(), argument) for argument in arguments[1:]))
            return Group((f"{node.function}(", Nest((Break(""), separated)), Break(""), ")"))
    return _atom(node)


def _atom(node: nodes.Expression) -> str:
    match node:
        case nodes.Reference():
            return node.name
        case nodes.RunValue():
            return node.what
        case nodes.StepResult():
            return f"{node.what}({name(node.step)})"
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
            return days(node.digits)
        case nodes.DateLiteral():
            return node.text
        case nodes.TextLiteral():
            return quoted(node.text)
        case nodes.YesNoLiteral():
            return "yes" if node.value else "no"
    raise TypeError(node)


def days(digits: str, word: str = "day") -> str:
    """``1 day`` or ``30 days``."""
    return f"{digits} {word}" if digits == "1" else f"{digits} {word}s"


def _chain(node: nodes.Connective | nodes.Arithmetic) -> Doc:
    """Operands of one rank behind each other, without growing deeper for each: ``a + b - c``."""
    rank = _rank(node)
    tail: list[Doc] = []
    left: nodes.Expression = node
    while isinstance(left, nodes.Connective | nodes.Arithmetic) and _rank(left) == rank:
        if left.bracketed and left is not node:
            break
        # `25% of x` is one thought: it is broken inside x rather than in its middle.
        is_part = left.operator == "of" and isinstance(left.left, nodes.PercentageLiteral)
        before: Doc = " " if is_part else Break()
        tail.append((before, f"{left.operator} ", expression(left.right, rank + 1)))
        left = left.left
    return Group((expression(left, rank), Nest(tuple(reversed(tail)))))


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
    if node.operand is None:
        head: Doc = f"{function} of {node.over}"
    else:
        head = (f"{function} of ", expression(node.operand, _MULTIPLIED), hanging(f"over {node.over}"))
    return head if node.where is None else (head, hanging(("where ", expression(node.where))))


# -------------------------------------------------------------------------------------------------- declarations


def data_type(node: nodes.MeasureType | nodes.PlainType | nodes.ChoiceType) -> Doc:
    """``signed money``, ``date`` or ``one of a, b``."""
    match node:
        case nodes.MeasureType():
            return f"signed {node.kind}" if node.signed else node.kind
        case nodes.PlainType():
            return node.kind
    return ("one of ", names(node.values))


def type_and_segment(node: nodes.Datum) -> Doc:
    """``money per segment``: what stands behind the colon, before the note."""
    return (data_type(node.type), " per segment" if node.per_segment else "")


def datum(node: nodes.Datum, name_width: int = 0, note_blanks: int = 2) -> Doc:
    """``name : type per segment   "note"  if missing E``, the name filled up to its column."""
    note = "" if node.note is None else hanging(quoted(node.note), " " * note_blanks)
    missing: Doc = ""
    if node.if_missing is not None:
        missing = hanging(("if missing ", expression(node.if_missing)), "  ")
    return (node.name.text.ljust(name_width), " : ", type_and_segment(node), note, missing)


def type_width(node: nodes.Datum) -> int:
    """How wide the type is on one line."""
    return len(flat(type_and_segment(node)))


def currency(node: nodes.CurrencySection) -> str:
    """``currency EUR``."""
    return f"currency {name(node.code)}"


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


# ------------------------------------------------------------------------------------------------------ waterfall


def step_header(node: nodes.Step) -> Doc:
    """``tranche junior "Junior capital" formerly x cite "…"``."""
    formerly: Doc = hanging(("formerly ", names(node.formerly))) if node.formerly else ""
    return (f"{node.kind} ", _titled(name(node.name), node.title), formerly, _cited(node.cite))


def together_header(node: nodes.Together) -> Doc:
    """``together "title" as one pool per segment in ratio 3 : 1 cite "…"``."""
    ratio = " : ".join(part.digits for part in node.ratio)
    parts = ["as one pool"] * node.one_pool + ["per segment"] * node.per_segment
    parts += [f"in ratio {ratio}"] if ratio else []
    return (_titled("together", node.title), *map(hanging, parts), _cited(node.cite))


def waterfall_header(node: nodes.WaterfallSection) -> Doc:
    """``waterfall "title" cite "…"``."""
    return (_titled("waterfall", node.title), _cited(node.cite))


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


def _clause(node: nodes.Clause) -> Doc:
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
    """``from contribution split by loss``."""
    split = "" if node.split_by is None else hanging(("split by ", expression(node.split_by)))
    return (f"from {name(node.name)}", split)


def window(node: nodes.Window) -> str:
    """``in any 30 days``."""
    return f"in any {days(node.digits, 'business day' if node.business else 'day')}"


def _up_to(node: nodes.UpTo) -> Doc:
    endings = [] if node.scope is None else [node.scope]
    tail: list[Doc] = [f" {ending}" for ending in endings]
    tail += [] if node.window is None else [hanging(window(node.window))]
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
    first, *rest = (" or ".join(name(choice) for choice in rank) for rank in node.ranks)
    return ("in order of ", value, ":", hanging(first), *(hanging(f"then {rank}") for rank in rest))


# ------------------------------------------------------------------------------------ invariants, tests and events


def ensure_header(node: nodes.EnsureSection) -> Doc:
    """``ensure "text" for survivors where c:``."""
    if node.population is None:
        return f"ensure {quoted(node.text)}:"
    where = "" if node.where is None else hanging(("where ", expression(node.where)))
    # Deeper than the condition below it, so that the two cannot be taken for each other.
    scope = Group(Nest((Break(), f"for {node.population}", where), 8))
    return (f"ensure {quoted(node.text)}", scope, ":")


def event_file(node: nodes.EventFile) -> str:
    """``event "events/aas-2018.event"``."""
    return f"event {quoted(node.path)}"


def expectation(node: nodes.Expectation) -> str:
    """``expect junior pays EUR 7 million under x``, ``expect uncovered EUR 0`` or ``expect outcome covered``."""
    match node:
        case nodes.ExpectPays():
            under = "" if node.under is None else f" under {name(node.under)}"
            return f"expect {name(node.who)} pays {_atom(node.amount)}{under}"
        case nodes.ExpectUncovered():
            return f"expect uncovered {_atom(node.amount)}"
    return f"expect outcome {name(node.outcome)}"


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
    """``contribution in energy``."""
    return name(node.name) + _in_segment(node.segment)


def member_header(node: nodes.MemberItem) -> str:
    """``member AAS "Einar Aas"``."""
    return f"member {_titled(name(node.member), node.name)}"


def event_item(node: nodes.EventItem) -> Doc:
    """One item of an event; of a member only the line that names it."""
    match node:
        case nodes.Under():
            return f"under {quoted(node.path)}"
        case nodes.DeclaredItem():
            return f"declared {node.date.text}"
        case nodes.GivenItem():
            return f"given {datum_value(node.datum)}"
        case nodes.MembersFrom():
            return f"members from {quoted(node.path)}"
        case nodes.MemberItem():
            return member_header(node)
        case nodes.DefaultItem():
            return f"default of {name(node.member)}{_in_segment(node.segment)} loss {_atom(node.amount)}"
        case nodes.PaymentItem():
            step = name(node.step) + _in_segment(node.segment)
            return f"paid {node.date.text} by {name(node.payer)} under {step} {_atom(node.amount)}"
    body = "" if node.body is None else hanging(f"by {quoted(node.body)}")
    reason = "" if node.reason is None else hanging(f"because {quoted(node.reason)}")
    return (f"decide {name(node.step)}: {'invoke' if node.invoke else 'decline'}", body, reason)


def _in_segment(segment: nodes.Identifier | None) -> str:
    return "" if segment is None else f" in {name(segment)}"
