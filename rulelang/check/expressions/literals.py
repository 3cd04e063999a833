"""Literals: their values, and the findings where what is written has none."""

import datetime
import re
from fractions import Fraction

from rulelang.base.money import MAXIMUM_DIGITS, SCALES, Exact, decimal_value, whole_if_possible
from rulelang.base.source import Span
from rulelang.check.draft import Draft
from rulelang.check.expressions.type_of import TypingRule
from rulelang.check.program import Plain
from rulelang.check.types import DATE, DAYS, MONEY, NUMBER, RATIO, TEXT, YES_NO, Type, TypeAndShape
from rulelang.syntax import nodes


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


def day(draft: Draft, node: nodes.DateLiteral | nodes.Value) -> datetime.date | None:
    """The day a date names, or ``None`` with a finding."""
    found = nodes.instant(node.text)
    if found is None:
        draft.report("malformed-date", f"there is no day {node.text}", node.span, help=date_help(node.text))
    return found


def date_help(text: str) -> str:
    """What to write in place of a date that the calendar does not have."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-[0-9]{2}", text)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if 1 <= month <= 12 and year:
        import calendar  # dates that there are need none

        return f"{calendar.month_name[month]} {year} has {calendar.monthrange(year, month)[1]} days"
    return "write a date as year-month-day, as in `2018-09-11`"


def _kept(draft: Draft, node: nodes.Expression, value: Plain | None, kind: Type) -> TypeAndShape | None:
    """The type of a literal, whose value is kept in the draft; ``None`` if it has none, which a finding has said."""
    if value is None:
        return None
    draft.constants[id(node)] = value
    return TypeAndShape(kind)


def _money(draft: Draft, node: nodes.MoneyLiteral) -> TypeAndShape | None:
    return _kept(draft, node, money_units(draft, node), MONEY)


def _number(draft: Draft, node: nodes.NumberLiteral) -> TypeAndShape | None:
    return _kept(draft, node, exact_literal(draft, node.digits, node.span), NUMBER)


def _percentage(draft: Draft, node: nodes.PercentageLiteral) -> TypeAndShape | None:
    value = exact_literal(draft, node.digits, node.span)
    return _kept(draft, node, None if value is None else whole_if_possible(Fraction(value, 100)), RATIO)


def _days(draft: Draft, node: nodes.DaysLiteral) -> TypeAndShape | None:
    return _kept(draft, node, whole_days(draft, node.digits, node.span), DAYS)


def _date(draft: Draft, node: nodes.DateLiteral) -> TypeAndShape | None:
    return _kept(draft, node, day(draft, node), DATE)


def _text(draft: Draft, node: nodes.TextLiteral) -> TypeAndShape:
    draft.constants[id(node)] = node.text
    return TypeAndShape(TEXT)


def _yes_no(draft: Draft, node: nodes.YesNoLiteral) -> TypeAndShape:
    draft.constants[id(node)] = node.value
    return TypeAndShape(YES_NO)


LITERALS: dict[type, TypingRule] = {
    nodes.MoneyLiteral: _money,
    nodes.NumberLiteral: _number,
    nodes.PercentageLiteral: _percentage,
    nodes.DaysLiteral: _days,
    nodes.DateLiteral: _date,
    nodes.TextLiteral: _text,
    nodes.YesNoLiteral: _yes_no,
}
