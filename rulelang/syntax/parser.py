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

_ROOMS = (declarations, events, expressions, invariants, waterfall)
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


class Parsed(NamedTuple):
    """What was read: the node of the whole text, its tokens, and its rules, each behind those that it is made of."""

    node: object
    tokens: list[Token]
    reductions: list[Reduction]


class _Step(NamedTuple):
    """What is done when a rule is complete: its symbols leave the stack, and what they come to takes their place.

    ``parts`` are counted from the top of the stack: ``-n`` is a part, ``n`` a list whose items are parts, ``None`` a
    part left out; a rule without ``parts`` passes its only symbol on.  Without a builder the parts are a list.
    """

    origin: str
    size: int
    name: str
    build: Builder | None
    parts: tuple[int | None, ...] | None


def _step(rule: RuleShape) -> _Step:
    if rule.name is None and rule.size == 1:
        return _Step(rule.origin, 1, "", None, None)
    parts = tuple(None if n is None else n - rule.size if n >= 0 else rule.size - ~n for n in rule.parts)
    name = rule.name or ""
    return _Step(rule.origin, rule.size, name, BUILDERS[name] if name else None, parts)


@functools.cache
def _steps() -> tuple[_Step, ...]:
    return tuple(map(_step, tables().rules))


def parse(text: str, start: str) -> Parsed:
    """What a text says, read by a start rule.

    Raises:
        Refused: the text is not of the language.
    """
    rows, steps, read = tables().states, _steps(), lexer().next
    state, last = tables().starts[start]
    states, stack = [state], _Stack()
    while True:
        token = read(text, stack.end, state)
        kind = token.kind
        to = rows[state].get(kind)
        while to is not None and to < 0:
            step = steps[~to]
            if step.parts is None:
                states.pop()
            else:
                del states[-step.size :]
                stack.reduce(step, step.parts)
            state = rows[states[-1]][step.origin]
            states.append(state)
            if state == last and kind == END:
                return Parsed(stack.values[0], stack.tokens, stack.reductions)
            to = rows[state].get(kind)
        if to is None:
            raise Refused(token)
        state = to
        states.append(state)
        stack.shift(token)


class _Stack:
    """What the symbols on the stack have come to so far, and where each begins; ``end`` is where the last one ends."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self.begins: list[int] = []
        self.end = 0
        self.tokens: list[Token] = []
        self.reductions: list[Reduction] = []

    def shift(self, token: Token) -> None:
        """Put a token on the stack."""
        self.values.append(token)
        self.begins.append(token.start)
        self.tokens.append(token)
        self.end = token.end

    def reduce(self, step: _Step, parts: tuple[int | None, ...]) -> None:
        """Put what a rule comes to in the place of its symbols."""
        values = self.values
        items: list[object] = []
        for part in parts:
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
        begin = self.begins[-step.size]
        del values[-step.size :], self.begins[-step.size :]
        if step.build is None:
            values.append(items)
        else:
            values.append(step.build(Span(begin, self.end), *items))
            self.reductions.append(Reduction(step.name, begin, self.end))
        self.begins.append(begin)
