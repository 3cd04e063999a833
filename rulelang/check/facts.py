"""Types and shapes: every expression of a rulebook is judged once, from the leaves up.

A finding is made where two things do not fit; the expression around it then has no fact (``None``) and says nothing
more, so that one mistake gives one finding.
"""

import calendar
import datetime
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from attrs import define

from rulelang.base.money import MAXIMUM_DIGITS, SCALES, Exact, decimal_value, whole_if_possible
from rulelang.base.source import Span
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.draft import Draft
from rulelang.check.types import (
    DATE,
    DAYS,
    MONEY,
    NUMBER,
    ORDERED,
    PLAIN,
    RATIO,
    TEXT,
    YES_NO,
    Fact,
    Kind,
    Type,
    Varies,
    joined,
    shape_of,
)
from rulelang.syntax import nodes


def judge(draft: Draft, node: nodes.Expression) -> Fact | None:
    """The fact of an expression, judged at its first mention; ``None`` if it does not check."""
    if id(node) in draft.facts:
        return draft.facts[id(node)]
    fact = _JUDGES[type(node)](draft, node)
    if fact is not None:
        draft.facts[id(node)] = fact
    return fact


def judge_definitions(draft: Draft) -> None:
    """Judge every definition, those nobody uses too, each after the ones it names; cycles are findings."""
    _Definitions(draft).run()


def require(draft: Draft, node: nodes.Expression, kinds: Any, role: str, advice: str | None = None) -> Fact | None:
    """The fact of an expression whose kind must be one of ``kinds``; ``role`` says what it is, for the message."""
    fact = judge(draft, node)
    if fact is None or fact.type.kind in kinds:
        return fact
    wanted = [str(Type(kind)) if kind is not Kind.CHOICE else "a choice" for kind in kinds]
    due = wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} or {wanted[-1]}"
    written = draft.source.phrase(node.span)
    draft.report(
        "type-mismatch",
        f"{role} is {due}, but `{written}` is {fact.type}",
        node.span,
        marker=f"this is {fact.type}",
        help=advice or _type_help(fact.type, kinds, written if isinstance(node, nodes.PercentageLiteral) else "25%"),
    )
    return None


def _type_help(found: Type, kinds: Any, percentage: str) -> str | None:
    if Kind.MONEY in kinds and found.kind is Kind.RATIO:
        return f"say of what, as in `{percentage} of contribution`"
    if Kind.MONEY in kinds and found.kind is Kind.NUMBER:
        return "write an amount with its currency, as in `EUR 7 million`"
    if Kind.YES_NO in kinds:
        return "write a condition, as in `loss > EUR 40 million`"
    return None


# ------------------------------------------------------------------------------------------------------- literals


def exact_literal(draft: Draft, digits: str, span: Span) -> Exact | None:
    """The value of a number as written."""
    try:
        return whole_if_possible(decimal_value(digits))
    except ValueError:
        draft.report(
            "number-too-long",
            f"this number has more than {MAXIMUM_DIGITS} digits",
            span,
            help="no amount of money needs so many: check the number",
        )
        return None


def money_units(draft: Draft, node: nodes.MoneyLiteral) -> int | None:
    """The minor units of an amount as written, in the currency of the rulebook; ``None`` with a finding otherwise."""
    currency = draft.currency
    assert currency is not None
    if node.currency != currency.code:
        section = next(s for s in draft.rulebook.sections if isinstance(s, nodes.CurrencySection))
        draft.report(
            "currency-mismatch",
            f"`{draft.source.phrase(node.span)}` is in {node.currency} but the rulebook settles in {currency.code}",
            node.span,
            marker=f"this amount is {node.currency}",
            labels=[draft.label(section.span, f"the rulebook settles in {currency.code}")],
            help=f"write the amount in {currency.code}",
        )
        return None
    value = exact_literal(draft, node.digits, node.span)
    if value is None:
        return None
    units = whole_if_possible(value * 10 ** (SCALES.get(node.scale or "", 0) + currency.decimals))
    if isinstance(units, Fraction):
        draft.report(
            "too-many-decimals",
            f"`{draft.source.phrase(node.span)}` is finer than {currency.minor_unit}, the smallest amount there is",
            node.span,
            help="amounts are not rounded: write it in whole minor units",
        )
        return None
    return units


def _money(draft: Draft, node: nodes.MoneyLiteral) -> Fact | None:
    units = money_units(draft, node)
    if units is None:
        return None
    draft.constants[id(node)] = units
    return Fact(MONEY)


def _number(draft: Draft, node: nodes.NumberLiteral) -> Fact | None:
    value = exact_literal(draft, node.digits, node.span)
    if value is None:
        return None
    draft.constants[id(node)] = value
    return Fact(NUMBER)


def _percentage(draft: Draft, node: nodes.PercentageLiteral) -> Fact | None:
    value = exact_literal(draft, node.digits, node.span)
    if value is None:
        return None
    draft.constants[id(node)] = whole_if_possible(Fraction(value, 100))
    return Fact(RATIO)


def whole_days(draft: Draft, digits: str, span: Span) -> int | None:
    """A count of days as written: a whole number from 1 to 99,999."""
    if digits.replace("_", "").isdigit() and 0 < len(digits) <= 5 and int(digits) > 0:
        return int(digits)
    start = draft.source.text.index(digits, span.start)
    draft.report(
        "malformed-number",
        f"a count of days is a whole number from 1 to 99,999, but `{digits}` stands here",
        Span(start, start + len(digits)),
        help="write a whole number of days, as in `30 days`",
    )
    return None


def _days(draft: Draft, node: nodes.DaysLiteral) -> Fact | None:
    days = whole_days(draft, node.digits, node.span)
    if days is None:
        return None
    draft.constants[id(node)] = days
    return Fact(DAYS)


def date_help(text: str) -> str:
    """What to write in place of a date that the calendar does not have."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-[0-9]{2}", text)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if 1 <= month <= 12 and year:
        return f"{calendar.month_name[month]} {year} has {calendar.monthrange(year, month)[1]} days"
    return "write a date as year-month-day, as in `2018-09-11`"


def day(draft: Draft, node: nodes.DateLiteral) -> datetime.date | None:
    """The day a date names, or ``None`` with a finding."""
    found = nodes.instant(node.text)
    if found is None:
        draft.report("malformed-date", f"there is no day {node.text}", node.span, help=date_help(node.text))
    return found


def _date(draft: Draft, node: nodes.DateLiteral) -> Fact | None:
    found = day(draft, node)
    if found is None:
        return None
    draft.constants[id(node)] = found
    return Fact(DATE)


def _text(draft: Draft, node: nodes.TextLiteral) -> Fact:
    draft.constants[id(node)] = node.text
    return Fact(TEXT)


def _yes_no(draft: Draft, node: nodes.YesNoLiteral) -> Fact:
    draft.constants[id(node)] = node.value
    return Fact(YES_NO)


# ---------------------------------------------------------------------------------------------------------- names


def _reference(draft: Draft, node: nodes.Reference) -> Fact | None:
    name = node.name
    if name in draft.definitions:
        return _Definitions(draft).fact_of(node)
    datum = draft.fields.get(name) or draft.givens.get(name)
    if datum is not None:
        segment = Varies.YES if datum.per_segment else Varies.NO
        return Fact(datum.type, name in draft.fields, segment)
    if name in draft.choices:
        draft.constants[id(node)] = name
        return Fact(Type(Kind.CHOICE, (name,), literal=True))
    _unknown_value(draft, node)
    return None


def _unknown_value(draft: Draft, node: nodes.Reference) -> None:
    if node.name in draft.names:
        what, declared = draft.names[node.name]
        advice = f"say which result of it you mean, as in `used({node.name})`" if what == "a step" else None
        draft.report(
            "not-a-value",
            f"`{node.name}` is {what}, not a value",
            node.span,
            labels=[draft.label(declared, f"declared here, as {what}")],
            help=advice,
        )
        return
    known = [*draft.fields, *draft.givens, *draft.definitions, *draft.choices]
    draft.report(
        "unknown-name",
        f"no field, given, definition or choice value is called `{node.name}`",
        node.span,
        help=did_you_mean(node.name, known) or "declare it with `given`, `define` or in `members have`",
    )


@define
class _Definitions:
    """Judges definitions in the order in which they need each other, without deep recursion through long chains."""

    draft: Draft

    def run(self) -> None:
        for name in self.draft.definitions:
            self._judge(name)

    def fact_of(self, node: nodes.Reference) -> Fact | None:
        return self.draft.facts.get(id(self.draft.definitions[node.name].value))

    def _judge(self, start: str) -> None:
        """Depth first, with a stack of its own: a definition is judged when all it names have been."""
        draft = self.draft
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, ready = stack.pop()
            section = draft.definitions[name]
            if ready:
                on_path.discard(path.pop())
                with draft.inside("definitions", name):
                    judge(draft, section.value)
                draft.definitions_judged[name] = None
                continue
            if name in draft.definitions_judged:
                continue
            path.append(name)
            on_path.add(name)
            stack.append((name, True))
            for used in references(section.value):
                if used.name in on_path:
                    self._cycle([*path[path.index(used.name) :], used.name], used)
                elif used.name in draft.definitions and used.name not in draft.definitions_judged:
                    stack.append((used.name, False))

    def _cycle(self, names: list[str], node: nodes.Reference) -> None:
        draft = self.draft
        around = " → ".join(f"`{name}`" for name in names)
        message = f"`{names[0]}` is defined by itself" if len(names) == 2 else f"definitions go in a circle: {around}"
        with draft.inside("definitions", names[-2]):
            draft.report("circular-definition", message, node.span, help="define one of them without the others")


def references(node: nodes.Expression) -> "list[nodes.Reference]":
    """The names inside an expression."""
    return [inner for inner in walk(node) if isinstance(inner, nodes.Reference)]


def walk(node: nodes.Expression) -> "list[nodes.Expression]":
    """An expression and all expressions inside it."""
    found, waiting = [], [node]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(children(current))
    return found


def children(node: nodes.Expression) -> tuple[nodes.Expression, ...]:
    """The expressions directly inside an expression."""
    match node:
        case nodes.Negative(operand=operand) | nodes.Negated(operand=operand):
            return (operand,)
        case (
            nodes.Arithmetic(left=left, right=right)
            | nodes.Comparison(left=left, right=right)
            | nodes.Connective(left=left, right=right)
        ):
            return (left, right)
        case nodes.Conditional():
            return (node.condition, node.then, node.otherwise)
        case nodes.Call():
            return node.arguments
        case nodes.Aggregate():
            return tuple(part for part in (node.operand, node.where) if part is not None)
        case _:
            return ()


def _run_value(_draft: Draft, node: nodes.RunValue) -> Fact:
    match node.what:
        case "declared":
            return Fact(DATE)
        case "total_paid":
            return Fact(MONEY, per_member=True)
        case _:
            return Fact(MONEY, segment=Varies.FOLLOWS)


def _step_result(draft: Draft, node: nodes.StepResult) -> Fact | None:
    name = node.step.text
    if name not in draft.step_nodes:
        former = next((s for s in draft.step_nodes.values() if name in {f.text for f in s.formerly}), None)
        known = did_you_mean(name, draft.step_nodes) or f"the steps are {listed(draft.step_nodes, 'and')}"
        advice = f"it is now called `{former.name.text}`" if former else known
        draft.report("unknown-step", f"no step is called `{name}`", node.step.span, help=advice)
        return None
    segment = Varies.FOLLOWS if draft.step_per_segment[name] else Varies.NO
    return Fact(MONEY, per_member=node.what == "paid", segment=segment)


# ------------------------------------------------------------------------------------------------------ operators


def _negative(draft: Draft, node: nodes.Negative) -> Fact | None:
    return require(draft, node.operand, (Kind.MONEY, Kind.NUMBER, Kind.RATIO), "what stands after a minus")


def _negated(draft: Draft, node: nodes.Negated) -> Fact | None:
    return require(draft, node.operand, (Kind.YES_NO,), "what stands after `not`")


def _connective(draft: Draft, node: nodes.Connective) -> Fact | None:
    role = f"each side of `{node.operator}`"
    left = require(draft, node.left, (Kind.YES_NO,), role)
    right = require(draft, node.right, (Kind.YES_NO,), role)
    return Fact(YES_NO, *shape_of(left, right)) if left and right else None


def _mismatch(draft: Draft, node: Any, message: str, left: Fact, right: Fact, advice: str | None = None) -> None:
    draft.report(
        "type-mismatch",
        message,
        node.span,
        labels=[
            draft.label(node.left.span, f"this is {left.type}"),
            draft.label(node.right.span, f"this is {right.type}"),
        ],
        help=advice,
    )


def _comparison(draft: Draft, node: nodes.Comparison) -> Fact | None:
    left, right = judge(draft, node.left), judge(draft, node.right)
    if left is None or right is None:
        return None
    common = joined(left.type, right.type)
    if common is None:
        choices = {left.type.kind, right.type.kind} == {Kind.CHOICE}
        advice = _choice_help(left.type, right.type) if choices else _measure_help(left.type, right.type)
        _mismatch(draft, node, f"{left.type} cannot be compared with {right.type}", left, right, advice)
        return None
    if node.operator not in ("=", "!=") and common.kind not in ORDERED:
        advice = "say which values you mean, as in `bid = absent or bid = poor`" if common.kind is Kind.CHOICE else None
        _mismatch(draft, node, f"{common} has no order, only `=` and `!=`", left, right, advice)
        return None
    return Fact(YES_NO, *shape_of(left, right))


def _choice_help(left: Type, right: Type) -> str | None:
    some, whole = (left, right) if left.literal else (right, left)
    if whole.literal or not some.literal:
        return None
    return did_you_mean(some.choices[0], whole.choices) or f"the values are {listed(whole.choices, 'and')}"


def _arithmetic(draft: Draft, node: nodes.Arithmetic) -> Fact | None:
    left, right = judge(draft, node.left), judge(draft, node.right)
    if left is None or right is None:
        return None
    type_ = _sum_type(node, left, right) if node.operator in "+-" else _product_type(node, left, right)
    if type_ is None:
        _arithmetic_mismatch(draft, node, left, right)
        return None
    return Fact(type_, *shape_of(left, right))


def _sum_type(node: nodes.Arithmetic, left: Fact, right: Fact) -> Type | None:
    if left.type.kind is Kind.DATE and right.type.kind is Kind.DAYS:
        return DATE
    if left.type.kind is Kind.DAYS and right.type.kind is Kind.DATE and node.operator == "+":
        return DATE
    common = joined(left.type, right.type)
    return common if common is not None and common.kind in (Kind.MONEY, *PLAIN) else None


def _product_type(node: nodes.Arithmetic, left: Fact, right: Fact) -> Type | None:
    kinds = (left.type.kind, right.type.kind)
    if node.operator == "/":
        if kinds == (Kind.MONEY, Kind.MONEY):
            return RATIO
        if kinds[0] is Kind.MONEY and kinds[1] in PLAIN:
            return MONEY
    elif Kind.MONEY in kinds and (kinds[0] in PLAIN or kinds[1] in PLAIN):
        return MONEY
    return joined(left.type, right.type) if kinds[0] in PLAIN and kinds[1] in PLAIN else None


_VERBS = {"+": "added to", "-": "taken from", "*": "multiplied by", "of": "multiplied by", "/": "divided by"}


def _arithmetic_mismatch(draft: Draft, node: nodes.Arithmetic, left: Fact, right: Fact) -> None:
    first, second = (right, left) if node.operator == "-" else (left, right)
    message = f"{first.type} cannot be {_VERBS[node.operator]} {second.type}"
    advice = None
    kinds = {left.type.kind, right.type.kind}
    if node.operator in "+-":
        advice = _measure_help(left.type, right.type)
    if kinds == {Kind.MONEY} and node.operator != "/":
        advice = "multiply money by a ratio or a number, as in `25% of capital`"
    _mismatch(draft, node, message, left, right, advice)


def _measure_help(left: Type, right: Type) -> str | None:
    """What is often meant where two measures do not go together."""
    match {left.kind, right.kind}:
        case kinds if kinds == {Kind.MONEY, Kind.RATIO}:
            return "say of what the percentage is, as in `25% of contribution`"
        case kinds if kinds == {Kind.MONEY, Kind.NUMBER}:
            return "write an amount with its currency, as in `EUR 5`"
        case kinds if kinds == {Kind.DATE, Kind.NUMBER}:
            return "say that they are days, as in `30 days`"
    return None


def _conditional(draft: Draft, node: nodes.Conditional) -> Fact | None:
    condition = require(draft, node.condition, (Kind.YES_NO,), "what stands after `if`")
    then, otherwise = judge(draft, node.then), judge(draft, node.otherwise)
    if condition is None or then is None or otherwise is None:
        return None
    common = joined(then.type, otherwise.type)
    if common is not None and common.kind is Kind.DAYS:
        draft.report(
            "type-mismatch",
            "`if` cannot choose between numbers of days",
            node.span,
            help="choose between dates, as in `if late then declared + 3 days else declared + 4 days`",
        )
        return None
    if common is None:
        draft.report(
            "type-mismatch",
            f"the two branches of `if` give {then.type} and {otherwise.type}",
            node.span,
            labels=[
                draft.label(node.then.span, f"this is {then.type}"),
                draft.label(node.otherwise.span, f"this is {otherwise.type}"),
            ],
            help="both branches give the same kind of value",
        )
        return None
    return Fact(common, *shape_of(condition, then, otherwise))


def _call(draft: Draft, node: nodes.Call) -> Fact | None:
    facts = [judge(draft, argument) for argument in node.arguments]
    if node.function == "clamp" and len(facts) != 3:
        draft.report(
            "wrong-number-of-arguments",
            f"`clamp` takes a value, a lower and an upper bound, but {len(facts)} stand here",
            node.span,
            help="write `clamp(x, low, high)`",
        )
        return None
    if any(fact is None for fact in facts):
        return None
    known = [fact for fact in facts if fact is not None]
    common: Type | None = known[0].type
    for argument, fact in zip(node.arguments, known, strict=True):
        common = None if common is None else joined(common, fact.type)
        if common is None or common.kind not in ORDERED:
            first, written = (draft.source.phrase(each.span) for each in (node.arguments[0], argument))
            message = f"`{node.function}` takes values of one kind, but `{first}` is {known[0].type}"
            if fact.type.kind in ORDERED:
                message += f" and `{written}` is {fact.type}"
            else:
                message = f"`{node.function}` takes values that have an order, but `{written}` is {fact.type}"
            advice = _measure_help(known[0].type, fact.type)
            draft.report("type-mismatch", message, argument.span, marker=f"this is {fact.type}", help=advice)
            return None
    assert common is not None
    return Fact(common, *shape_of(*known))


def _aggregate(draft: Draft, node: nodes.Aggregate) -> Fact | None:
    if node.over == "segments" and not _over_segments(draft, node):
        return None
    operand: Fact | None = Fact(NUMBER)
    if node.operand is not None:
        measures = (Kind.MONEY, Kind.NUMBER, Kind.RATIO)
        operand = require(draft, node.operand, measures, f"what `{node.function} of` takes")
    where = Fact(YES_NO)
    if node.where is not None:
        judged = require(draft, node.where, (Kind.YES_NO,), "what stands after `where`")
        if judged is None:
            return None
        where = judged
    if operand is None or not _count_of_largest(draft, node):
        return None
    per_member, segment = shape_of(operand, where)
    if node.over == "segments":
        return Fact(operand.type, per_member)
    return Fact(operand.type, per_member=False, segment=segment)


def _over_segments(draft: Draft, node: nodes.Aggregate) -> bool:
    if node.function != "sum" or node.number is not None:
        draft.report(
            "aggregate-over-segments",
            f"over segments only `sum of` is taken, not `{node.function} of`",
            node.span,
            help="write `sum of … over segments`",
        )
        return False
    if not draft.segments:
        draft.report(
            "no-segments",
            f"`{draft.source.phrase(node.span)}` sums over segments, but the rulebook has none",
            node.span,
            help="declare them, as in `segments energy, financials`",
        )
        return False
    return True


def _count_of_largest(draft: Draft, node: nodes.Aggregate) -> bool:
    if node.number is None:
        return True
    if node.number.isdigit() and len(node.number) <= 6 and int(node.number) > 0:
        draft.constants[id(node)] = int(node.number)
        return True
    start = draft.source.text.index(node.number, node.span.start)
    draft.report(
        "malformed-number",
        f"`largest … of` counts members with a whole number from 1 to 999,999, but `{node.number}` stands here",
        Span(start, start + len(node.number)),
        help="write how many are added up, as in `largest 2 of contribution over members`",
    )
    return False


_JUDGES: dict[type, Callable[[Draft, Any], Fact | None]] = {
    nodes.MoneyLiteral: _money,
    nodes.NumberLiteral: _number,
    nodes.PercentageLiteral: _percentage,
    nodes.DaysLiteral: _days,
    nodes.DateLiteral: _date,
    nodes.TextLiteral: _text,
    nodes.YesNoLiteral: _yes_no,
    nodes.Reference: _reference,
    nodes.RunValue: _run_value,
    nodes.StepResult: _step_result,
    nodes.Negative: _negative,
    nodes.Negated: _negated,
    nodes.Connective: _connective,
    nodes.Comparison: _comparison,
    nodes.Arithmetic: _arithmetic,
    nodes.Conditional: _conditional,
    nodes.Call: _call,
    nodes.Aggregate: _aggregate,
}
