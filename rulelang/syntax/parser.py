"""The parser: the automaton of the grammar reads a text from left to right and builds its nodes as it goes.

Each step is one of the tables': a token goes on the stack, or the symbols on top of it are the parts of a rule and
give way to what the rule's builder makes of them.  No text is too deep for it: nothing calls itself, and of expressions
that stand too deep inside each other no node is made, for even to let go of such a tree can take more stack than there
is.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from rulelang.base.source import Span
from rulelang.syntax.builders import Maker, maker
from rulelang.syntax.grammar import tables
from rulelang.syntax.lexer import Token, lexer
from rulelang.syntax.tables import END

MAXIMUM_DEPTH = 200
"""How deep expressions may stand inside each other."""

DEEP = frozenset(
    """
    conditional filtered in_words connected negated compared arithmetic negative at_rate rounded bracketed call
    aggregate aggregate_largest step_result
    """.split()
)
"""The rules of expressions that others may stand in."""


class Refused(Exception):
    """The text is not of the language: no token of this kind can come where this one stands.

    ``parsed`` is what was read before it, ``states`` are those on the stack.
    """

    def __init__(self, token: Token, parsed: "Parsed", states: list[int]) -> None:
        """Keep the token, and what was read."""
        super().__init__(f"{token.kind} at {token.start}")
        self.token, self.parsed, self.states = token, parsed, states


Reduction: TypeAlias = tuple[str, Span]
"""A rule that was read, and where."""


class Rule(NamedTuple):
    """What is done when a rule is complete: what it comes to takes the place of its symbols, ``-drop`` more than one.

    ``make`` is ``None`` for a rule that passes its only symbol on; ``name`` is empty for what is no node.
    ``is_deep`` if expressions may stand in it.
    """

    origin: str
    drop: int
    name: str
    make: Maker | None
    is_deep: bool


class _Rules(dict[int, Rule]):
    """The rules by what the states call them, each looked up when it is first complete."""

    def __missing__(self, number: int) -> Rule:
        shape = tables().rules[~number]
        make = None if shape.name is None and shape.size == 1 else maker(shape)
        name = shape.name or ""
        self[number] = rule = Rule(shape.origin, 1 - shape.size, name, make, name in DEEP)
        return rule


rules = functools.cache(_Rules)
"""The rules, by the numbers below zero that are actions of the states."""


def parse(text: str, start: str, edition: int = 2) -> "Parsed":
    """What a text says, read by a start rule; ``edition`` is 1 for a text from a record of that time.

    Raises:
        Refused: the text is not of the language.
    """
    rows, complete, read = tables().states, rules(), lexer(edition).next
    state = tables().starts[start]
    states, parsed = [state], Parsed()
    values, begins, tokens = parsed.values, parsed.begins, parsed.tokens
    while True:
        token = read(text, parsed.end, state)
        kind = token[0]
        to = rows[state].get(kind)
        while to is not None and to < 0:
            rule = complete[to]
            origin, drop, _, make, _ = rule
            if make is not None:
                parsed.reduce(rule)
                if drop:
                    del states[drop:]
            state = states[-1] = rows[states[-2]][origin]
            to = rows[state].get(kind)
        if to is None:
            raise Refused(token, parsed, states)
        if kind == END:
            return parsed
        state = to
        states.append(state)
        values.append(token)
        begins.append(token[2])
        tokens.append(token)
        parsed.end = token[3]


class Parsed:
    """What was read: the node of the whole text, its tokens, and its rules, each behind those that it is made of.

    While reading there is a value for each symbol on the stack, and where it begins; ``end`` is where the last ends.
    Where expressions stand inside each other too deep it ``is_cut``: of those around the innermost there are no nodes.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.tokens: list[Token] = []
        self.reductions: list[Reduction] = []
        self.end = 0
        self.values: list[object] = []
        self.begins: list[int] = []
        self.is_cut = False
        self._levels: list[tuple[int, int]] = []

    @property
    def node(self) -> object:
        """What the start rule came to."""
        return self.values[0]

    def reduce(self, rule: Rule) -> None:
        """Put what a rule comes to in the place of its symbols, of which the first begins where it does."""
        _, drop, name, make, is_deep = rule
        assert make is not None, "a rule that passes its symbol on leaves all as it is"
        values, begins = self.values, self.begins
        begin = begins[drop - 1]
        span = _new(Span, (begin, self.end))
        made = None if is_deep and self._is_too_deep(begin) else make(values, span)
        if name:
            self.reductions.append((name, span))
        if drop:
            del values[drop:], begins[drop:]
        values[-1] = made

    def _is_too_deep(self, begin: int) -> bool:
        """Whether too many expressions stand inside each other in the one just read, which begins at an offset."""
        levels, inside = self._levels, 0
        while levels and levels[-1][0] >= begin:
            inside = max(inside, levels.pop()[1])
        levels.append((begin, inside + 1))
        self.is_cut = self.is_cut or inside >= MAXIMUM_DEPTH
        return inside >= MAXIMUM_DEPTH


_new: Callable[[type[Span], tuple[int, int]], Span] = tuple.__new__
"""Makes a span at half the cost of a call of its class."""
