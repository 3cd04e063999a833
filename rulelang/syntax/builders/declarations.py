"""Builders of a rulebook and of what it declares."""

from typing import Literal, cast

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.builders.table import identifier, rule, text_of, unquoted
from rulelang.syntax.lexer import Token


@rule
def rulebook(
    span: Span, title: Token, version: Token | None, cite: nodes.Citation | None, *sections: nodes.Section
) -> nodes.Rulebook:
    is_date = version is not None and version.kind == "DATE"
    written = version.text if version is not None and is_date else text_of(version)
    return nodes.Rulebook(unquoted(title), written, is_date, cite, sections, span=span)


@rule
def currency(span: Span, code: Token) -> nodes.CurrencySection:
    return nodes.CurrencySection(identifier(code), span=span)


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
    type_: nodes.MeasureType | nodes.PlainType | nodes.ChoiceType,
    per_segment: bool | None,
    note: Token | None,
    if_missing: nodes.Expression | None,
) -> nodes.Datum:
    return nodes.Datum(name, type_, per_segment is not None, text_of(note), if_missing, span=span)


@rule
def if_missing(_span: Span, value: nodes.Expression) -> nodes.Expression:
    return value


@rule
def given(
    span: Span,
    name: nodes.Identifier,
    type_: nodes.MeasureType | nodes.PlainType | nodes.ChoiceType,
    per_segment: bool | None,
    note: Token | None,
    if_missing: nodes.Expression | None,
) -> nodes.GivenSection:
    return nodes.GivenSection(field(span, name, type_, per_segment, note, if_missing), span=span)


@rule
def define(
    span: Span, name: nodes.Identifier, value: nodes.Expression, note: Token | None, cite: nodes.Citation | None
) -> nodes.DefineSection:
    return nodes.DefineSection(name, value, text_of(note), cite, span=span)


@rule
def measure_type(span: Span, signed: Token | None, kind: Token) -> nodes.MeasureType:
    return nodes.MeasureType(cast('Literal["money", "number", "ratio"]', kind.text), signed is not None, span=span)


@rule
def plain_type(span: Span, kind: Token) -> nodes.PlainType:
    # `yes / no` may be written with blanks
    text = "yes/no" if kind.kind == "YES_NO" else cast('Literal["text", "date"]', kind.text)
    return nodes.PlainType(text, span=span)


@rule
def choice_type(span: Span, *values: nodes.Identifier) -> nodes.ChoiceType:
    return nodes.ChoiceType(values, span=span)
