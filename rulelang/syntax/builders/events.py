"""Builders of an event and its lines."""

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
    span: Span, name: nodes.Identifier, segment: nodes.Identifier | None, value: nodes.Value
) -> nodes.DatumValue:
    return nodes.DatumValue(name, value, segment, span=span)


@rule
def in_segment(_span: Span, name: nodes.Identifier) -> nodes.Identifier:
    return name


@rule
def given_value(
    span: Span, name: nodes.Identifier, segment: nodes.Identifier | None, value: nodes.Value
) -> nodes.GivenItem:
    return nodes.GivenItem(field_value(span, name, segment, value), span=span)


@rule
def members_from(_span: Span, path: Token) -> nodes.MembersFrom:
    return nodes.MembersFrom(unquoted(path), span=place_of(path))


@rule
def member(span: Span, member: nodes.Identifier, title: Token | None, *values: nodes.DatumValue) -> nodes.MemberItem:
    return nodes.MemberItem(member, text_of(title), values, span=span)


@rule
def default(
    span: Span, member: nodes.Identifier, segment: nodes.Identifier | None, amount: nodes.MoneyLiteral
) -> nodes.DefaultItem:
    return nodes.DefaultItem(member, amount, segment, span=span)


@rule
def payment(
    span: Span,
    day: Token,
    payer: nodes.Identifier | Token,
    step: nodes.Identifier,
    segment: nodes.Identifier | None,
    amount: nodes.MoneyLiteral,
) -> nodes.PaymentItem:
    return nodes.PaymentItem(date_literal(day), identifier(payer), step, amount, segment, span=span)


@rule
def decision(
    span: Span, step: nodes.Identifier, verdict: Token, body: Token | None, reason: str | None
) -> nodes.DecisionItem:
    return nodes.DecisionItem(step, verdict.kind == "INVOKE", text_of(body), reason, span=span)


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
