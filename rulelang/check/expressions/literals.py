"""Literals: their values, and the findings where what is written has none."""

import datetime
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from typing import TypeVar

from rulelang.base.diagnostic import Label
from rulelang.base.money import Exact, whole_if_possible
from rulelang.base.source import Span
from rulelang.check import exact
from rulelang.check.draft import Draft
from rulelang.check.expressions.type_of import TypingRule
from rulelang.check.program import Plain
from rulelang.check.types import (
    BUSINESS_DAYS,
    DATE,
    DAYS,
    MONEY,
    MONTHS,
    NUMBER,
    RATIO,
    TEXT,
    YES_NO,
    Kind,
    Type,
    TypeAndShape,
)
from rulelang.model.calendar import Duration
from rulelang.syntax import nodes

_Read = TypeVar("_Read")


def _read(
    draft: Draft, span: Span, value: Callable[[], _Read], marker: str = "", labels: Iterable[Label] = ()
) -> _Read | None:
    """The value of what is written at a span, or ``None`` with a finding."""
    try:
        return value()
    except exact.Refusal as refusal:
        draft.report(refusal.code, refusal.message, span, marker=marker, labels=labels, help=refusal.help)
        return None


def exact_literal(draft: Draft, digits: str, span: Span) -> Exact | None:
    """The value of a number as written, or ``None`` with a finding."""
    return _read(draft, span, lambda: whole_if_possible(exact.decimal(digits)))


def money_units(draft: Draft, node: nodes.MoneyLiteral) -> int | None:
    """The minor units of an amount as written, in the currency of the rulebook, or ``None`` with a finding."""
    currency = draft.currency
    assert currency is not None
    value = partial(exact.amount, node, currency)
    if node.currency == currency.code:
        return _read(draft, node.span, value)
    settled = draft.label(draft.first_sections[nodes.CurrencySection].span, f"the rulebook settles in {currency.code}")
    return _read(draft, node.span, value, f"this amount is {node.currency}", [settled])


def day(draft: Draft, node: nodes.DateLiteral | nodes.Value) -> datetime.date | None:
    """The day a date names, or ``None`` with a finding."""
    return _read(draft, node.span, lambda: exact.day(node.text))


def duration(draft: Draft, node: nodes.Duration | nodes.Window) -> Duration:
    """A length of time as written; with a finding, and of one day, if it is none."""
    return Duration(whole_days(draft, node.digits, node.span, node.unit) or 1, node.unit)


def whole_days(draft: Draft, digits: str, span: Span, unit: str) -> int | None:
    """A count of days, business days or months as written: a whole number from 1 to 99,999."""
    if digits.replace("_", "").isdigit() and 0 < len(digits) <= 5 and int(digits) > 0:
        return int(digits)
    start = draft.source.text.index(digits, span.start)
    message = f"a count of {unit} is a whole number from 1 to 99,999, but `{digits}` stands here"
    advice = f"write a whole number of {unit}, as in `30 {unit}`"
    draft.report("malformed-number", message, Span(start, start + len(digits)), help=advice)
    return None


def _kept(draft: Draft, node: nodes.Expression, value: Plain | None, kind: Type) -> TypeAndShape | None:
    """The type of a literal, whose value is kept in the draft; ``None`` if it has none, which a finding has said."""
    if value is None:
        return None
    draft.constants[id(node)] = value
    return TypeAndShape(kind)


def _money(draft: Draft, node: nodes.MoneyLiteral) -> TypeAndShape | None:
    currency = draft.currencies.get(node.currency)
    if currency is None or currency is draft.currency:
        return _kept(draft, node, money_units(draft, node), MONEY)
    units = _read(draft, node.span, partial(exact.amount, node, currency))
    return _kept(draft, node, units, Type(Kind.MONEY, currency=currency.code))


def _number(draft: Draft, node: nodes.NumberLiteral) -> TypeAndShape | None:
    return _kept(draft, node, exact_literal(draft, node.digits, node.span), NUMBER)


def _percentage(draft: Draft, node: nodes.PercentageLiteral) -> TypeAndShape | None:
    value = exact_literal(draft, node.digits, node.span)
    return _kept(draft, node, None if value is None else whole_if_possible(Fraction(value, 100)), RATIO)


_SPANS = {"days": DAYS, "business days": BUSINESS_DAYS, "months": MONTHS}


def _days(draft: Draft, node: nodes.DaysLiteral) -> TypeAndShape | None:
    return _kept(draft, node, whole_days(draft, node.digits, node.span, node.unit), _SPANS[node.unit])


def _date(draft: Draft, node: nodes.DateLiteral) -> TypeAndShape | None:
    return _kept(draft, node, day(draft, node), DATE)


def _text(draft: Draft, node: nodes.TextLiteral) -> TypeAndShape | None:
    return _kept(draft, node, node.text, TEXT)


def _yes_no(draft: Draft, node: nodes.YesNoLiteral) -> TypeAndShape | None:
    return _kept(draft, node, node.value, YES_NO)


LITERALS: dict[type, TypingRule] = {
    nodes.MoneyLiteral: _money,
    nodes.NumberLiteral: _number,
    nodes.PercentageLiteral: _percentage,
    nodes.DaysLiteral: _days,
    nodes.DateLiteral: _date,
    nodes.TextLiteral: _text,
    nodes.YesNoLiteral: _yes_no,
}
