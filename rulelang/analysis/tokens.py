"""What each word of a text is, by its place: ``pool`` is a word of the language here and a name there."""

import enum
from collections.abc import Iterator
from typing import NamedTuple

from rulelang.analysis.facts import Facts
from rulelang.analysis.uses import FORMER, Named
from rulelang.base.source import Span
from rulelang.syntax.lexer import Token


class TokenKind(enum.Enum):
    """What a word is; the values are those that editors have colours for."""

    KEYWORD = "keyword"
    OPERATOR = "operator"
    NUMBER = "number"
    STRING = "string"
    COMMENT = "comment"
    FIELD = "property"
    GIVEN = "variable"
    DEFINITION = "function"
    STEP = "method"
    CHOICE = "enumMember"
    SEGMENT = "namespace"
    MEMBER = "class"
    PARTY = "parameter"
    PERIOD = "event"
    LIMIT = "macro"


class Coloured(NamedTuple):
    """A piece of a text, what it is, and whether it declares a name."""

    span: Span
    kind: TokenKind
    declares: bool = False


_ALIKE = {Named.OUTCOME: Named.CHOICE, Named.FORMER_STEP: Named.STEP, Named.FORMER_DATUM: Named.FIELD}
_OF_NAMES = {named: TokenKind[_ALIKE.get(named, named).name] for named in Named}
_NUMBERS = frozenset({"NUMBER", "PERCENTAGE", "DATE", "CAPITALISED"})


def coloured(facts: Facts) -> list[Coloured]:
    """The words, names, numbers, texts and comments of a text, in their order; none overlap."""
    names = {use.span.start: use for use in facts.uses}
    found = [Coloured(span, TokenKind.COMMENT) for span in facts.source.comments()] if facts.tokens else []
    for token in facts.tokens:
        span, use = Span(token.start, token.end), names.get(token.start)
        if use is not None and use.span == span:
            kind = TokenKind.FIELD if use.named is None else _OF_NAMES[use.named]
            found.append(Coloured(span, kind, use.declares and use.named not in FORMER))
        else:
            found.append(Coloured(span, _kind(token)))
    if not facts.tokens:
        found = [Coloured(use.span, _OF_NAMES[use.named], use.declares) for use in facts.uses if use.named is not None]
    return list(_apart(sorted(found, key=lambda each: each.span)))


def _kind(token: Token) -> TokenKind:
    if token.kind == "STRING":
        return TokenKind.STRING
    if token.kind in _NUMBERS:
        return TokenKind.NUMBER
    if token.kind == "NAME":
        return TokenKind.FIELD
    return TokenKind.KEYWORD if token.text[0].isalpha() else TokenKind.OPERATOR


def _apart(found: list[Coloured]) -> Iterator[Coloured]:
    """What does not overlap with something before it."""
    end = 0
    for each in found:
        if each.span.start >= end and each.span.end > each.span.start:
            yield each
            end = each.span.end
