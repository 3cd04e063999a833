"""Builders of an event and its lines."""

from typing import Any, cast

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.builders.table import date_literal, identifier, place_of, rule, text_of, unquoted
from rulelang.syntax.lexer import Token


@rule
def event(span: Span, title: Token, *items: nodes.EventItem) -> nodes.EventSyntax:
    return nodes.EventSyntax(unquoted(title), items, span=span)


@rule
def under(_span: Span, path: Token) -> nodes.Under:
    return nodes.Under(unquoted(path), span=place_of(path))


@rule
def declared(span: Span, day: Token) -> nodes.DeclaredItem:
    return nodes.DeclaredItem(date_literal(day), span=span)


@rule
def field_value(
    span: Span,
    name: nodes.Identifier,
    segment: nodes.Identifier | None,
    defaulter: nodes.Identifier | None,
    as_of: nodes.DateLiteral | None,
    value: nodes.Value,
) -> nodes.DatumValue:
    return nodes.DatumValue(name, value, segment, as_of, defaulter, span=span)


@rule
def in_segment(_span: Span, name: nodes.Identifier) -> nodes.Identifier:
    return name


@rule
def with_defaulter(_span: Span, member: nodes.Identifier) -> nodes.Identifier:
    return member


@rule
def dated(_span: Span, day: Token) -> nodes.DateLiteral:
    return date_literal(day)


@rule
def given_value(
    span: Span,
    name: nodes.Identifier,
    segment: nodes.Identifier | None,
    as_of: nodes.DateLiteral | None,
    value: nodes.Value,
) -> nodes.GivenItem:
    return nodes.GivenItem(nodes.DatumValue(name, value, segment, as_of, span=span), span=span)


@rule
def table_from(_span: Span, contents: Token, path: Token) -> nodes.TableFrom:
    return nodes.TableFrom(cast("nodes.TableContents", contents.text), unquoted(path), span=place_of(path))


@rule
def member(
    span: Span,
    member: nodes.Identifier,
    title: Token | None,
    since: nodes.DateLiteral | None,
    *values: nodes.DatumValue,
) -> nodes.MemberItem:
    return nodes.MemberItem(member, text_of(title), values, since, span=span)


@rule
def since(_span: Span, _since: Token, day: Token) -> nodes.DateLiteral:
    return date_literal(day)


@rule
def former_member(span: Span, _former: Token, member: nodes.Identifier, title: Token | None) -> nodes.FormerMemberItem:
    return nodes.FormerMemberItem(member, text_of(title), span=span)


@rule
def notice(span: Span, member: nodes.Identifier, day: Token) -> nodes.NoticeItem:
    return nodes.NoticeItem(member, date_literal(day), span=span)


@rule
def defaulted(span: Span, _defaulted: Token, day: Token, member: nodes.Identifier) -> nodes.DefaultedItem:
    return nodes.DefaultedItem(date_literal(day), member, span=span)


@rule
def open_period(span: Span, period: nodes.Identifier, first: Token, last: Token) -> nodes.OpenPeriodItem:
    return nodes.OpenPeriodItem(period, date_literal(first), date_literal(last), span=span)


@rule
def default(
    span: Span, member: nodes.Identifier, segment: nodes.Identifier | None, amount: nodes.MoneyLiteral
) -> nodes.DefaultItem:
    return nodes.DefaultItem(member, amount, segment, span=span)


@rule
def further_loss(
    span: Span,
    _further: Token,
    member: nodes.Identifier,
    segment: nodes.Identifier | None,
    amount: nodes.MoneyLiteral,
) -> nodes.FurtherLossItem:
    return nodes.FurtherLossItem(member, amount, segment, span=span)


@rule
def non_default_loss(
    span: Span,
    _non_default: Token,
    segment: nodes.Identifier | None,
    amount: nodes.MoneyLiteral,
    cause: Token | None,
) -> nodes.NonDefaultLossItem:
    return nodes.NonDefaultLossItem(amount, segment, text_of(cause), span=span)


@rule
def payment(
    span: Span,
    day: Token,
    payer: nodes.Identifier | Token,
    step: nodes.Identifier,
    segment: nodes.Identifier | None,
    defaulters: tuple[nodes.Identifier, ...] | None,
    amount: nodes.MoneyLiteral,
) -> nodes.PaymentItem:
    whose = defaulters or ()
    return nodes.PaymentItem(date_literal(day), identifier(payer), step, amount, segment, whose, span=span)


@rule
def paid_for(_span: Span, *members: nodes.Identifier) -> tuple[nodes.Identifier, ...]:
    return members


@rule
def decision(span: Span, step: nodes.Identifier, verdict: Token, *rest: Any) -> nodes.DecisionItem:
    most, body, reason = rest if verdict.kind == "INVOKE" else (None, *rest)
    return nodes.DecisionItem(step, verdict.kind == "INVOKE", text_of(body), reason, most, span=span)


@rule
def ceiling(_span: Span, amount: nodes.MoneyLiteral) -> nodes.MoneyLiteral:
    return amount


@rule
def withdrawal(span: Span, member: nodes.Identifier, digits: Token, step: nodes.Identifier) -> nodes.WithdrawalItem:
    return nodes.WithdrawalItem(member, digits.text, step, span=span)


@rule
def because(_span: Span, reason: Token) -> str:
    return unquoted(reason)


@rule
def minus(_span: Span, _sign: Token) -> bool:
    return True


@rule
def amount_value(
    span: Span,
    minus: bool | None,
    code: Token,
    digits: Token,
    scale: Token | None,
) -> nodes.Value:
    power = None if scale is None else scale.text
    return nodes.Value("amount", digits.text, minus is not None, code.text, power, span=span)


@rule
def number_value(span: Span, minus: bool | None, digits: Token) -> nodes.Value:
    return nodes.Value("number", digits.text, minus is not None, span=span)


@rule
def percentage_value(span: Span, minus: bool | None, digits: Token) -> nodes.Value:
    return nodes.Value("percentage", digits.text[:-1], minus is not None, span=span)


@rule
def date_value(span: Span, day: Token) -> nodes.Value:
    return nodes.Value("date", day.text, span=span)


@rule
def text_value(span: Span, text: Token) -> nodes.Value:
    return nodes.Value("text", unquoted(text), span=span)


@rule
def word_value(span: Span, word: Token) -> nodes.Value:
    return nodes.Value("word", word.text, span=span)
