"""The parser: the automaton of the grammar reads a text from left to right and builds its nodes as it goes.

Each step is one of the tables': a token goes on the stack, or the symbols on top of it are the parts of a rule and
give way to what the rule's builder makes of them.  No text is too deep for it, for nothing calls itself.
"""

from collections.abc import Sequence
from typing import TypeAlias, cast

from rulelang.base.source import Span
from rulelang.syntax.builders import BUILDERS
from rulelang.syntax.grammar import tables
from rulelang.syntax.lexer import Token, lexer
from rulelang.syntax.tables import END


class Refused(Exception):
    """The text is not of the language: no token of this kind can come where this one stands."""

    def __init__(self, token: Token) -> None:
        """Keep the token."""
        super().__init__(f"{token.kind} at {token.start}")
        self.token = token


Reduction: TypeAlias = tuple[str, Span]
"""A rule that was read, and where."""


def parse(text: str, start: str, edition: int = 2) -> "Parsed":
    """What a text says, read by a start rule; ``edition`` is 1 for a text from a record of that time.

    Raises:
        Refused: the text is not of the language.
    """
    rows, rules, read = tables().states, tables().rules, lexer(edition).next
    state = tables().starts[start]
    states, parsed = [state], Parsed()
    values, begins, tokens = parsed.values, parsed.begins, parsed.tokens
    while True:
        token = read(text, parsed.end, state)
        kind = token.kind
        to = rows[state].get(kind)
        while to is not None and to < 0:
            origin, size, name, parts = rules[~to]
            if name is None and size == 1:
                states.pop()
            else:
                del states[-size:]
                parsed.reduce(size, name, parts)
            state = rows[states[-1]][origin]
            states.append(state)
            to = rows[state].get(kind)
        if to is None:
            raise Refused(token)
        if kind == END:
            return parsed
        state = to
        states.append(state)
        values.append(token)
        begins.append(token.start)
        tokens.append(token)
        parsed.end = token.end


class Parsed:
    """What was read: the node of the whole text, its tokens, and its rules, each behind those that it is made of.

    While reading there is a value for each symbol on the stack, and where it begins; ``end`` is where the last ends.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.tokens: list[Token] = []
        self.reductions: list[Reduction] = []
        self.end = 0
        self.values: list[object] = []
        self.begins: list[int] = []

    @property
    def node(self) -> object:
        """What the start rule came to."""
        return self.values[0]

    def reduce(self, size: int, rule: str | None, parts: Sequence[int | None]) -> None:
        """Put what a rule comes to in the place of its symbols."""
        values, begin = self.values, self.begins[-size]
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
        del values[-size:], self.begins[-size:]
        self.begins.append(begin)
        if rule is None:
            values += items
        elif not rule:
            values.append(items)
        else:
            span = Span(begin, self.end)
            values.append(BUILDERS[rule](span, *items))
            self.reductions.append((rule, span))
