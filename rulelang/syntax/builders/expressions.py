"""Builders of expressions."""

from typing import Any, Literal, cast

from attrs import evolve

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.builders.table import BUILDERS, date_literal, place_of, rule, unit_of, unquoted
from rulelang.syntax.lexer import Token


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
def number(span: Span, digits: Token) -> nodes.NumberLiteral:
    return nodes.NumberLiteral(digits.text, span=span)


@rule
def number_of_days(span: Span, digits: Token, *unit: Token) -> nodes.DaysLiteral:
    return nodes.DaysLiteral(digits.text, unit_of(unit), span=span)


@rule
def as_of(span: Span, name: Token, day: nodes.Expression) -> nodes.AsOf:
    return nodes.AsOf(nodes.Reference(name.text, span=place_of(name)), day, span=span)


@rule
def shifted_day(span: Span, start: nodes.Expression, sign: Token, digits: Token, *unit: Token) -> nodes.Arithmetic:
    length = nodes.DaysLiteral(digits.text, unit_of(unit), span=Span(digits.start, unit[-1].end))
    return nodes.Arithmetic(cast("nodes.Operator", sign.text), start, length, span=span)


@rule
def period_value(span: Span, what: Token, period: nodes.Identifier) -> nodes.PeriodValue:
    return nodes.PeriodValue(cast('Literal["open", "start", "defaults"]', what.text), period, span=span)


@rule
def at_rate(span: Span, operand: nodes.Expression, _at: Token, rate: nodes.Identifier) -> nodes.Converted:
    return nodes.Converted(operand, nodes.Reference(rate.text, span=rate.span), span=span)


@rule
def rounded(
    span: Span, operand: nodes.Expression, _rounded: Token, way: Token | None, unit: nodes.Expression
) -> nodes.Rounded:
    direction = "nearest" if way is None else cast('Literal["up", "down"]', way.text)
    return nodes.Rounded(operand, direction, unit, span=span)


@rule
def lower_or_higher(span: Span, which: Token, left: nodes.Expression, right: nodes.Expression) -> nodes.Call:
    function: Literal["min", "max"] = "min" if which.kind == "LOWER" else "max"
    return nodes.Call(function, (left, right), in_words=True, span=span)


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
def aggregate(span: Span, function: Token, operand: nodes.Expression, *over: Any) -> nodes.Aggregate:
    word = cast('Literal["sum", "average", "largest", "smallest"]', function.text)
    population, by = _over(*over)
    return nodes.Aggregate(word, operand, population, by=by, span=span)


@rule
def aggregate_largest(
    span: Span, _largest: Token, digits: Token, operand: nodes.Expression, *over: Any
) -> nodes.Aggregate:
    population, by = _over(*over)
    return nodes.Aggregate("largest", operand, population, number=digits.text, by=by, span=span)


@rule
def aggregate_count(span: Span, _count: Token, over: nodes.Population, by: nodes.Reference | None) -> nodes.Aggregate:
    return nodes.Aggregate("count", None, over, by=by, span=span)


@rule
def by(_span: Span, name: nodes.Identifier) -> nodes.Reference:
    return nodes.Reference(name.text, span=name.span)


def _over(
    over: nodes.Population | Token, by: nodes.Reference | None = None
) -> tuple[nodes.Population | Literal["segments"], nodes.Reference | None]:
    return "segments" if isinstance(over, Token) else over, by
