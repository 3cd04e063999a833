"""The table of builders, and what all of them use."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from rulelang.base.source import Span
from rulelang.syntax import nodes
from rulelang.syntax.lexer import Token

Builder = Callable[..., object]
"""Takes a span and the parts of a rule; the grammar says which, so no type can hold the arguments of all."""

BUILDERS: dict[str, Builder] = {}
"""The builders by the names of their rules."""

_B = TypeVar("_B", bound=Builder)


def rule(function: _B) -> _B:
    """Enter a builder under the name of its rule (an underscore behind the name keeps it apart from Python words)."""
    BUILDERS[function.__name__.strip("_")] = function
    return function


def unquoted(token: Token) -> str:
    """The text of a string token without its quotes."""
    return token.text[1:-1]


def text_of(token: Token | None) -> str | None:
    """The text of a string token that may be missing."""
    return None if token is None else token.text[1:-1]


def place_of(token: Token) -> Span:
    """Where a token stands."""
    return Span(token.start, token.end)


def identifier(item: nodes.Identifier | Token) -> nodes.Identifier:
    """A name, or a keyword in the place of one."""
    return nodes.Identifier(item.text, span=place_of(item)) if isinstance(item, Token) else item


def date_literal(token: Token) -> nodes.DateLiteral:
    """A day as written."""
    return nodes.DateLiteral(token.text, span=place_of(token))


@rule
def name(span: Span, word: Token) -> nodes.Identifier:
    return nodes.Identifier(word.text, span=span)


@rule
def member_id(span: Span, word: Token) -> nodes.Identifier:
    if word.kind == "STRING":
        return nodes.Identifier(unquoted(word), quoted=True, span=span)
    return nodes.Identifier(word.text, span=span)


@rule
def cite(span: Span, text: Token) -> nodes.Citation:
    return nodes.Citation(unquoted(text), span=span)


@rule
def duration(span: Span, digits: Token, *unit: Token) -> nodes.Duration:
    return nodes.Duration(digits.text, unit_of(unit), span=span)


def unit_of(words: Sequence[Token]) -> nodes.DurationUnit:
    """The unit that the words behind a number name."""
    if len(words) > 1:
        return "business days"
    return "months" if words[0].kind == "MONTHS" else "days"
