"""Builders of a rulebook and of what it declares."""

from typing import Any, Literal, TypeAlias, cast

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.builders.table import date_literal, identifier, place_of, rule, text_of, unquoted
from rulelang.syntax.lexer import Token

Per: TypeAlias = Literal["segment", "defaulter"]
"""Of what there is a value each, beside the members."""


@rule
def rulebook(
    span: Span, title: Token, version: Token | None, cite: nodes.Citation | None, *sections: nodes.Section
) -> nodes.Rulebook:
    is_date = version is not None and version.kind == "DATE"
    written = version.text if version is not None and is_date else text_of(version)
    return nodes.Rulebook(unquoted(title), written, is_date, cite, sections, span=span)


@rule
def currency(span: Span, *units: nodes.CurrencyUnit | None) -> nodes.CurrencySection:
    return nodes.CurrencySection(tuple(unit for unit in units if unit is not None), span=span)


@rule
def unit(span: Span, code: Token, decimals: nodes.NumberLiteral | None) -> nodes.CurrencyUnit:
    return nodes.CurrencyUnit(identifier(code), decimals, span=span)


@rule
def decimals(_span: Span, digits: Token) -> nodes.NumberLiteral:
    return nodes.NumberLiteral(digits.text, span=place_of(digits))


@rule
def holidays(span: Span, *days: Token) -> nodes.HolidaysSection:
    return nodes.HolidaysSection(tuple(map(date_literal, days)), span=span)


@rule
def segments(span: Span, *names: nodes.Identifier) -> nodes.SegmentsSection:
    return nodes.SegmentsSection(names, span=span)


@rule
def party(span: Span, name: nodes.Identifier, title: Token | None) -> nodes.PartySection:
    return nodes.PartySection(name, text_of(title), span=span)


@rule
def fields(span: Span, *fields: nodes.Datum) -> nodes.MembersSection:
    return nodes.MembersSection(fields, span=span)


@rule
def field(
    span: Span,
    name: nodes.Identifier,
    type_: nodes.DataType,
    per: Per | None,
    formerly: tuple[nodes.Identifier, ...] | None,
    note: Token | None,
    if_missing: nodes.Expression | None,
) -> nodes.Datum:
    shape = per == "segment", text_of(note), if_missing, per == "defaulter"
    return nodes.Datum(name, type_, *shape, formerly or (), span=span)


@rule
def per_segment(_span: Span) -> Per:
    return "segment"


@rule
def per_defaulter(_span: Span) -> Per:
    return "defaulter"


@rule
def if_missing(_span: Span, value: nodes.Expression) -> nodes.Expression:
    return value


@rule
def given(span: Span, *parts: Any) -> nodes.GivenSection:  # the parts of a field
    return nodes.GivenSection(field(span, *parts), span=span)


@rule
def define(
    span: Span, name: nodes.Identifier, value: nodes.Expression, note: Token | None, cite: nodes.Citation | None
) -> nodes.DefineSection:
    return nodes.DefineSection(name, value, text_of(note), cite, span=span)


@rule
def measure_type(span: Span, signed: Token | None, kind: Token) -> nodes.MeasureType:
    return nodes.MeasureType(cast('Literal["number", "ratio"]', kind.text), signed is not None, span=span)


@rule
def money_type(span: Span, signed: Token | None, _money: Token, code: Token | None) -> nodes.MeasureType:
    return nodes.MeasureType("money", signed is not None, None if code is None else identifier(code), span=span)


@rule
def rate_type(span: Span, price: Token, unit: Token) -> nodes.RateType:
    return nodes.RateType(identifier(price), identifier(unit), span=span)


@rule
def plain_type(span: Span, kind: Token) -> nodes.PlainType:
    # `yes / no` may be written with blanks
    text = "yes/no" if kind.kind == "YES_NO" else cast('Literal["text", "date"]', kind.text)
    return nodes.PlainType(text, span=span)


@rule
def choice_type(span: Span, *values: nodes.Identifier) -> nodes.ChoiceType:
    return nodes.ChoiceType(values, span=span)


@rule
def limit(
    span: Span,
    name: nodes.Identifier,
    title: Token | None,
    value: nodes.Expression,
    scope: Token | nodes.Scope,
    over_time: nodes.OverTime | None,
    cite: nodes.Citation | None,
) -> nodes.LimitSection:
    reach: nodes.Scope = "each" if isinstance(scope, Token) else scope
    return nodes.LimitSection(name, value, reach, over_time, text_of(title), cite, span=span)


@rule
def period(
    span: Span,
    name: nodes.Identifier,
    title: Token | None,
    cite: nodes.Citation | None,
    opener: nodes.Opener,
    length: nodes.Duration,
    extension: nodes.Extension | None,
) -> nodes.PeriodSection:
    return nodes.PeriodSection(name, opener, length, extension, text_of(title), cite, span=span)


@rule
def opens_at_default(span: Span) -> nodes.Opener:
    return nodes.Opener("default", span=span)


@rule
def opens_at_payment(span: Span, *steps: nodes.Identifier) -> nodes.Opener:
    return nodes.Opener("payment", steps, span=span)


@rule
def opens_at_exhaustion(span: Span, *steps: nodes.Identifier) -> nodes.Opener:
    return nodes.Opener("exhaustion", steps, span=span)


@rule
def extension(span: Span, word: nodes.OpenerWord, most: nodes.Duration | None) -> nodes.Extension:
    return nodes.Extension(word, most, span=span)


@rule
def extender(_span: Span, word: Token) -> nodes.OpenerWord:
    return cast("nodes.OpenerWord", word.text)


@rule
def at_most(_span: Span, duration: nodes.Duration) -> nodes.Duration:
    return duration
