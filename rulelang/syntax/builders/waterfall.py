"""Builders of the waterfall, its steps and their clauses."""

from typing import Literal, cast

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.builders.table import date_literal, identifier, place_of, rule, text_of, unquoted
from rulelang.syntax.lexer import Token


@rule
def waterfall(
    span: Span,
    title: Token | None,
    in_turn: bool | None,
    cite: nodes.Citation | None,
    *items: nodes.Step | nodes.Together | nodes.Finally | None,
) -> nodes.WaterfallSection:
    steps = cast("tuple[nodes.Step | nodes.Together, ...]", items[:-1])
    outcome = cast("nodes.Finally | None", items[-1])
    return nodes.WaterfallSection(steps, text_of(title), cite, outcome, in_turn is not None, span=span)


@rule
def in_turn(_span: Span) -> bool:
    return True


@rule
def finally_(span: Span, name: nodes.Identifier, title: Token | None, cite: nodes.Citation | None) -> nodes.Finally:
    return nodes.Finally(name, text_of(title), cite, span=span)


@rule
def step(
    span: Span,
    kind: nodes.StepKind,
    name: nodes.Identifier,
    title: Token | None,
    formerly: tuple[nodes.Identifier, ...] | None,
    cite: nodes.Citation | None,
    *clauses: nodes.Clause,
) -> nodes.Step:
    return nodes.Step(kind, name, text_of(title), formerly or (), cite, clauses, span=span)


@rule
def kind(_span: Span, word: Token) -> str:
    return word.text


@rule
def formerly(_span: Span, *names: nodes.Identifier) -> tuple[nodes.Identifier, ...]:
    return names


@rule
def together(
    span: Span,
    title: Token | None,
    one_pool: bool | None,
    per_segment: str | None,
    ratio: tuple[nodes.NumberLiteral, ...] | None,
    cite: nodes.Citation | None,
    *steps: nodes.Step,
) -> nodes.Together:
    pooled, split = one_pool is not None, per_segment is not None
    return nodes.Together(steps, text_of(title), pooled, split, ratio or (), cite, span=span)


@rule
def one_pool(_span: Span) -> bool:
    return True


@rule
def in_ratio(_span: Span, *parts: Token) -> tuple[nodes.NumberLiteral, ...]:
    return tuple(nodes.NumberLiteral(part.text, span=place_of(part)) for part in parts)


# --------------------------------------------------------------------------------------------------------- clauses


@rule
def paid_by(
    span: Span,
    payers: nodes.Identifier | Token,
    where: nodes.Expression | None,
    pot: nodes.Pot | None,
    cite: nodes.Citation | None,
) -> nodes.PaidBy:
    return nodes.PaidBy(identifier(payers), where, pot, cite=cite, span=span)


@rule
def where(_span: Span, condition: nodes.Expression) -> nodes.Expression:
    return condition


@rule
def pot(span: Span, name: nodes.Identifier, use: nodes.Expression | bool | None) -> nodes.Pot:
    if isinstance(use, nodes.Expression):
        return nodes.Pot(name, use, span=span)
    return nodes.Pot(name, other_segments=use is not None, span=span)


@rule
def split_by(_span: Span, _split: Token, key: nodes.Expression) -> nodes.Expression:
    return key


@rule
def other_segments(_span: Span, _in: Token) -> bool:
    return True


@rule
def up_to(
    span: Span,
    value: nodes.Expression,
    scope: Token | nodes.Scope | None,
    over_time: nodes.OverTime | None,
    resizing: bool | None,
    each_segment: bool | None,
    cite: nodes.Citation | None,
) -> nodes.UpTo:
    reach = "each" if isinstance(scope, Token) else scope
    ends = each_segment is not None, resizing is not None
    return nodes.UpTo(value, reach, over_time, *ends, cite=cite, span=span)


@rule
def in_total(_span: Span, _in: Token) -> nodes.Scope:
    return "in total"


@rule
def window(span: Span, _in: Token, length: nodes.Duration) -> nodes.Window:
    return nodes.Window(length.digits, length.unit, span=span)


@rule
def calendar(span: Span, _in: Token, unit: Token) -> nodes.CalendarWindow:
    return nodes.CalendarWindow(cast('Literal["year", "month"]', unit.text), span=span)


@rule
def during(span: Span, period: nodes.Identifier) -> nodes.During:
    return nodes.During(period, span=span)


@rule
def resizing(_span: Span, _at: Token) -> bool:
    return True


@rule
def in_each_segment(_span: Span, _in: Token) -> bool:
    return True


@rule
def shared(
    span: Span,
    basis: nodes.Expression | Literal["limits", "equally"] | Token,
    without: bool | None,
    cite: nodes.Citation | None,
) -> nodes.Shared:
    if isinstance(basis, Token):
        basis = cast('Literal["limits", "equally"]', basis.text)
    return nodes.Shared(basis, without is None, cite=cite, span=span)


@rule
def without(_span: Span, _without: Token) -> bool:
    return True


Ranks = tuple[tuple[nodes.Identifier, ...], ...]


@rule
def in_order(span: Span, value: nodes.Expression, how: Token | Ranks, cite: nodes.Citation | None) -> nodes.InOrder:
    if isinstance(how, Token):
        return nodes.InOrder(value, cast('Literal["lowest", "highest"]', how.text), cite=cite, span=span)
    return nodes.InOrder(value, None, how, cite=cite, span=span)


@rule
def direction(_span: Span, word: Token) -> Token:
    return word


@rule
def ranks(_span: Span, *ranks: tuple[nodes.Identifier, ...]) -> Ranks:
    return ranks


@rule
def rank(_span: Span, *choices: nodes.Identifier | Token) -> tuple[nodes.Identifier, ...]:
    return tuple(identifier(choice) for choice in choices)


@rule
def step_per_segment(span: Span, cite: nodes.Citation | None) -> nodes.PerSegment:
    return nodes.PerSegment(cite=cite, span=span)


@rule
def in_rounds(span: Span, digits: Token, _rounds: Token, cite: nodes.Citation | None) -> nodes.InRounds:
    return nodes.InRounds(digits.text, cite=cite, span=span)


@rule
def once(span: Span, period: nodes.Identifier, cite: nodes.Citation | None) -> nodes.OnceDuring:
    return nodes.OnceDuring(period, cite=cite, span=span)


@rule
def losses_met(span: Span, kind: Token, cite: nodes.Citation | None) -> nodes.LossesMet:
    return nodes.LossesMet(cast('Literal["non-default", "all"]', kind.text), cite=cite, span=span)


@rule
def for_losses(span: Span, where: Token, *parts: nodes.Identifier | nodes.Citation | None) -> nodes.ForLosses:
    names = cast("tuple[nodes.Identifier, ...]", parts[:-1])
    cite = cast("nodes.Citation | None", parts[-1])
    return nodes.ForLosses(names, where.kind == "OUTSIDE", cite=cite, span=span)


@rule
def when(span: Span, condition: nodes.Expression, cite: nodes.Citation | None) -> nodes.When:
    return nodes.When(condition, cite=cite, span=span)


@rule
def in_force(span: Span, start: Token, end: Token | None, cite: nodes.Citation | None) -> nodes.InForce:
    last = None if end is None else date_literal(end)
    return nodes.InForce(date_literal(start), last, cite=cite, span=span)


@rule
def discretion(span: Span, body: Token, cite: nodes.Citation | None) -> nodes.Discretion:
    return nodes.Discretion(unquoted(body), cite=cite, span=span)
