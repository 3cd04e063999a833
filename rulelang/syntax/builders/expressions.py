"""Builders of expressions."""

from typing import Literal, TypeAlias, cast

from attrs import evolve

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.builders.table import BUILDERS, date_literal, rule, unquoted
from rulelang.syntax.lexer import Token

_Over: TypeAlias = nodes.Population | Token


@rule
def conditional(
    span: Span, condition: nodes.Expression, then: nodes.Expression, otherwise: nodes.Expression
) -> nodes.Conditional:
    return nodes.Conditional(condition, then, otherwise, span=span)


@rule
def filtered(span: Span, aggregate: nodes.Aggregate, condition: nodes.Expression) -> nodes.Aggregate:
    return evolve(aggregate, where=condition, span=span)


@rule
def either(span: Span, left: nodes.Expression, right: nodes.Expression) -> nodes.Connective:
    return nodes.Connective("or", left, right, span=span)


@rule
def both(span: Span, left: nodes.Expression, right: nodes.Expression) -> nodes.Connective:
    return nodes.Connective("and", left, right, span=span)


@rule
def negated(span: Span, operand: nodes.Expression) -> nodes.Negated:
    return nodes.Negated(operand, span=span)


@rule
def compared(
    span: Span, left: nodes.Expression, comparator: nodes.Comparator, right: nodes.Expression
) -> nodes.Comparison:
    return nodes.Comparison(comparator, left, right, span=span)


@rule
def comparator(_span: Span, sign: Token) -> nodes.Comparator:
    return cast("nodes.Comparator", sign.text)


def _arithmetic(span: Span, left: nodes.Expression, operator: Token, right: nodes.Expression) -> nodes.Arithmetic:
    return nodes.Arithmetic(cast("nodes.Operator", operator.text), left, right, span=span)


BUILDERS["sum_of_two"] = BUILDERS["product_of_two"] = _arithmetic


@rule
def negative(span: Span, operand: nodes.Expression) -> nodes.Negative:
    return nodes.Negative(operand, span=span)


@rule
def bracketed(span: Span, inner: nodes.Expression) -> nodes.Expression:
    return evolve(inner, bracketed=True, span=span)


@rule
def amount(span: Span, code: Token, digits: Token, scale: Token | None) -> nodes.MoneyLiteral:
    return nodes.MoneyLiteral(code.text, digits.text, None if scale is None else scale.text, span=span)


@rule
def number(span: Span, digits: Token, days: Token | None) -> nodes.NumberLiteral | nodes.DaysLiteral:
    return (nodes.NumberLiteral if days is None else nodes.DaysLiteral)(digits.text, span=span)


@rule
def percentage(span: Span, digits: Token) -> nodes.PercentageLiteral:
    return nodes.PercentageLiteral(digits.text[:-1], span=span)


@rule
def date(_span: Span, day: Token) -> nodes.DateLiteral:
    return date_literal(day)


@rule
def text(span: Span, written: Token) -> nodes.TextLiteral:
    return nodes.TextLiteral(unquoted(written), span=span)


@rule
def yes_or_no(span: Span, word: Token) -> nodes.YesNoLiteral:
    return nodes.YesNoLiteral(word.kind == "YES", span=span)


@rule
def reference(span: Span, name: Token) -> nodes.Reference:
    return nodes.Reference(name.text, span=span)


@rule
def run_value(span: Span, word: Token) -> nodes.RunValue:
    return nodes.RunValue(cast("nodes.RunValueName", word.text), span=span)


@rule
def step_result(span: Span, what: Token, step: nodes.Identifier) -> nodes.StepResult:
    return nodes.StepResult(cast('Literal["used", "unused", "paid"]', what.text), step, span=span)


@rule
def call(span: Span, function: Token, *arguments: nodes.Expression) -> nodes.Call:
    return nodes.Call(cast('Literal["min", "max", "clamp"]', function.text), arguments, span=span)


@rule
def aggregate(span: Span, function: Token, operand: nodes.Expression, over: _Over) -> nodes.Aggregate:
    word = cast('Literal["sum", "average", "largest", "smallest"]', function.text)
    return nodes.Aggregate(word, operand, _members_or_segments(over), span=span)


@rule
def aggregate_largest(
    span: Span, _largest: Token, digits: Token, operand: nodes.Expression, over: _Over
) -> nodes.Aggregate:
    return nodes.Aggregate("largest", operand, _members_or_segments(over), number=digits.text, span=span)


@rule
def aggregate_count(span: Span, _count: Token, over: nodes.Population) -> nodes.Aggregate:
    return nodes.Aggregate("count", None, over, span=span)


def _members_or_segments(over: _Over) -> nodes.Population | Literal["segments"]:
    return "segments" if isinstance(over, Token) else over
