"""The parser: the automaton of the grammar reads a text from left to right and builds its nodes as it goes.

Each step is one of the tables': a token goes on the stack, or the symbols on top of it are the parts of a rule and
give way to what the rule's builder makes of them.  No text is too deep for it, for nothing calls itself.
"""

import functools
from typing import NamedTuple, cast

from rulelang.base.source import Span
from rulelang.syntax.builders import declarations, events, expressions, invariants, waterfall
from rulelang.syntax.builders.table import BUILDERS, Builder
from rulelang.syntax.grammar import tables
from rulelang.syntax.lexer import Token, lexer
from rulelang.syntax.tables import END, RuleShape

_BUILDER_MODULES = (declarations, events, expressions, invariants, waterfall)
"""They enter their builders into the table when they are imported."""


class Refused(Exception):
    """The text is not of the language: no token of this kind can come where this one stands."""

    def __init__(self, token: Token) -> None:
        """Keep the token."""
        super().__init__(f"{token.kind} at {token.start}")
        self.token = token


class Reduction(NamedTuple):
    """A rule that was read, and where."""

    rule: str
    start: int
    end: int


@functools.cache
def _builders() -> tuple[Builder | None, ...]:
    """The builder of each rule, for those that have one."""
    return tuple(BUILDERS[rule.name] if rule.name else None for rule in tables().rules)


def parse(text: str, start: str) -> "Parsed":
    """What a text says, read by a start rule.

    Raises:
        Refused: the text is not of the language.
    """
    rows, rules, builders, read = tables().states, tables().rules, _builders(), lexer().next
    state = tables().starts[start]
    states, parsed = [state], Parsed()
    while True:
        token = read(text, parsed.end, state)
        kind = token.kind
        to = rows[state].get(kind)
        while to is not None and to < 0:
            rule = rules[~to]
            if rule.name is None and rule.size == 1:
                states.pop()
            else:
                del states[-rule.size :]
                parsed.reduce(rule, builders[~to])
            state = rows[states[-1]][rule.origin]
            states.append(state)
            to = rows[state].get(kind)
        if to is None:
            raise Refused(token)
        if kind == END:
            return parsed
        state = to
        states.append(state)
        parsed.shift(token)


class Parsed:
    """What was read: the node of the whole text, its tokens, and its rules, each behind those that it is made of.

    While reading there is a value for each symbol on the stack, and where it begins; ``end`` is where the last ends.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.tokens: list[Token] = []
        self.reductions: list[Reduction] = []
        self.end = 0
        self._values: list[object] = []
        self._begins: list[int] = []

    @property
    def node(self) -> object:
        """What the start rule came to."""
        return self._values[0]

    def shift(self, token: Token) -> None:
        """Put a token on the stack."""
        self._values.append(token)
        self._begins.append(token.start)
        self.tokens.append(token)
        self.end = token.end

    def reduce(self, rule: RuleShape, build: Builder | None) -> None:
        """Put what a rule comes to in the place of its symbols."""
        values, begin = self._values, self._begins[-rule.size]
        items: list[object] = []
        for part in rule.parts:
            if part is None:
                items.append(None)
            elif part < 0:
                items.append(values[part])
            else:
                more = cast("list[object]", values[-part])
                if items:
                    items += more
                else:
                    items = more  # a list grows in its place: nobody else has it
        del values[-rule.size :], self._begins[-rule.size :]
        self._begins.append(begin)
        if rule.name is None:
            values += items
        elif build is None:
            values.append(items)
        else:
            values.append(build(Span(begin, self.end), *items))
            self.reductions.append(Reduction(rule.name, begin, self.end))
