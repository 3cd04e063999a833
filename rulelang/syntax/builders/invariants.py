"""Builders of what a rulebook promises: invariants, and tests with what they expect."""

from typing import TypeAlias, cast

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.builders.table import identifier, place_of, rule, unquoted
from rulelang.syntax.lexer import Token

Ensured: TypeAlias = tuple[nodes.Population, nodes.Expression | None]
"""For whom an invariant is to hold."""


@rule
def ensure(
    span: Span, text: Token, ensured: Ensured | None, condition: nodes.Expression, cite: nodes.Citation | None
) -> nodes.EnsureSection:
    population, where = ensured or (None, None)
    return nodes.EnsureSection(unquoted(text), condition, population, where, cite, span=span)


@rule
def ensured(_span: Span, population: nodes.Population, where: nodes.Expression | None) -> Ensured:
    return population, where


@rule
def population(_span: Span, word: Token) -> nodes.Population:
    return cast("nodes.Population", word.text)


@rule
def test(span: Span, title: Token, *parts: nodes.EventFile | nodes.EventItem | nodes.Expectation) -> nodes.TestSection:
    expected = tuple(part for part in parts if isinstance(part, nodes.Expectation))
    given = tuple(part for part in parts if not isinstance(part, nodes.Expectation))
    event: nodes.EventFile | nodes.EventSyntax
    if isinstance(given[0], nodes.EventFile):
        event = given[0]
    else:
        items = cast("tuple[nodes.EventItem, ...]", given)
        event = nodes.EventSyntax(unquoted(title), items, span=Span(items[0].span.start, items[-1].span.end))
    return nodes.TestSection(unquoted(title), event, expected, span=span)


@rule
def event_file(_span: Span, path: Token) -> nodes.EventFile:
    return nodes.EventFile(unquoted(path), span=place_of(path))


@rule
def expect_pays(
    span: Span,
    who: nodes.Identifier | Token,
    _pays: Token,
    amount: nodes.MoneyLiteral,
    under: nodes.Identifier | None,
    segment: nodes.Identifier | None,
) -> nodes.ExpectPays:
    return nodes.ExpectPays(identifier(who), amount, under, segment, span=span)


@rule
def expect_uncovered(span: Span, amount: nodes.MoneyLiteral, segment: nodes.Identifier | None) -> nodes.ExpectUncovered:
    return nodes.ExpectUncovered(amount, segment, span=span)


@rule
def expect_ensure(span: Span, text: Token, holds: Token) -> nodes.ExpectEnsure:
    return nodes.ExpectEnsure(unquoted(text), holds.kind == "HOLDS", span=span)


@rule
def expect_outcome(span: Span, _outcome: Token, outcome: nodes.Identifier | Token) -> nodes.ExpectOutcome:
    return nodes.ExpectOutcome(identifier(outcome), span=span)
