"""The parser's tables as a machine whose states can be kept, compared and tried out for nothing.

The parser reads clean texts.  For a text with errors only *whether* it can go on matters, not what it says: here a
stack of parser states is a chain that shares its lower part with all others, so that every moment of reading can be
remembered and a repair can be tried without copying anything.
"""

import functools
import itertools
from collections.abc import Iterator
from typing import NamedTuple, cast

from rulelang.syntax.grammar import openers, tables
from rulelang.syntax.lexer import Token, lexer
from rulelang.syntax.tables import END
from rulelang.syntax.words import RESERVED, SPELLINGS

_MOST_STATES = 1_500
"""No stack is so deep in a text whose expressions are not nested too deeply: each adds at most five states.

What stands on a chain much longer than this cannot always be let go: that may take more stack than there is.
"""
_SELDOM = 250
"""Stacks are measured once in so many tokens."""


class Stack(NamedTuple):
    """A stack of parser states: the state on top and the stack below."""

    state: int
    below: "Stack | None"

    @property
    def is_too_deep(self) -> bool:
        """Whether there are more states in it than any text needs."""
        below, number = self.below, 1
        while below is not None and number <= _MOST_STATES:
            below, number = below.below, number + 1
        return below is not None


class Moment(NamedTuple):
    """One token and the stacks before and after it; ``after`` is ``None`` where the text cannot go on with it."""

    kind: str
    start: int
    end: int
    before: Stack
    after: Stack | None

    @property
    def span(self) -> tuple[int, int]:
        """Where the token begins and ends."""
        return self.start, self.end


class Machine:
    """The tables of one start rule."""

    def __init__(self, start: str) -> None:
        """Look up the tables."""
        self._states, self._rules = tables().states, tables().rules
        self.bottom = Stack(tables().starts[start], None)

    def kinds(self, state: int) -> frozenset[str]:
        """The kinds of token for which a state has an action; not all of them can always be shifted."""
        return frozenset(kind for kind in self._states[state] if kind.isupper())

    def action(self, state: int, symbol: str) -> int:
        """What a state does with a symbol that can come: the state that follows, or ``~number`` of a whole rule."""
        return self._states[state][symbol]

    @functools.cached_property
    def symbols(self) -> dict[int, str]:
        """The symbol with which each state is entered: a token or what a rule came to."""
        rows = [self._states[state] for state in range(len(self._states.lines))]
        return {to: symbol for row in rows for symbol, to in row.items() if to >= 0 and symbol != END}

    def roles(self, stack: Stack) -> frozenset[str]:
        """The rules that a name which comes here may be of: ``reference``, ``name``, ``word_value``."""
        after = self.shift(stack, "NAME")
        actions = () if after is None else self._states[after.state].values()
        return frozenset(rule.name or rule.origin for rule in (self._rules[~to] for to in actions if to < 0))

    def shift(self, stack: Stack, kind: str) -> Stack | None:
        """The stack after a token of this kind, or ``None`` if it cannot come here."""
        while True:
            action = self._states[stack.state].get(kind)
            if action is None:
                return None
            if action >= 0:
                return Stack(action, stack)
            rule = self._rules[~action]
            for _ in range(rule.size):
                stack = cast("Stack", stack.below)
            stack = Stack(self._states[stack.state][rule.origin], stack)

    def expected(self, stack: Stack) -> frozenset[str]:
        """The kinds of token that can come here."""
        return frozenset(kind for kind in self.kinds(stack.state) if self.shift(stack, kind))

    def _taken(self, stack: Stack, token: Token) -> tuple[str, Stack | None]:
        """The kind of a token and the stack after it.

        The lexer reads any word as a name where no other word can come, or where a keyword is told from a name by the
        word behind it.  A reserved word is no name, and where no name can come a keyword is one whatever follows.
        """
        kind = token.kind
        after = None if kind == "NAME" and token.text in RESERVED else self.shift(stack, kind)
        if kind != "NAME" or after is not None:
            return kind, after
        for keyword in _keywords().get(token.text, ()):
            kind = keyword
            after = self.shift(stack, keyword)
            if after is not None:
                break
        return kind, after

    def may_begin(self, stack: Stack, word: str) -> bool:
        """Whether a word can come here, as a word of the language or, if it is not reserved, as a name."""
        kinds = _keywords().get(word, ()) if word in RESERVED else (*_keywords().get(word, ()), "NAME")
        return any(self.shift(stack, kind) is not None for kind in kinds)

    def read(self, text: str, at: int, stack: Stack) -> Iterator[Moment]:
        """The tokens of a text from an offset on; the last one is the end or the first that cannot come.

        Nothing can come on a stack that is too deep.
        """
        read = lexer().next
        for number in itertools.count():
            token = read(text, at, stack.state)
            kind, after = self._taken(stack, token)
            if number % _SELDOM == 0 and stack.is_too_deep:
                after = None
            yield Moment(kind, token.start, token.end, stack, after)
            if after is None or kind == END:
                return
            stack, at = after, token.end


class Pieces:
    """A text as a machine reads it, each piece once, whether for its errors or for its tree."""

    def __init__(self, text: str, start: str) -> None:
        """Begin with nothing read."""
        self.text, self.machine = text, machine(start)
        self._read: dict[tuple[int, int], list[Moment]] = {}

    def read(self, at: int, stack: Stack) -> list[Moment]:
        """The tokens from an offset on, as :meth:`Machine.read` has them; the first of them keeps this very stack."""
        piece = self._read.get((at, id(stack)))
        if piece is None:
            piece = self._read[at, id(stack)] = [*self.machine.read(self.text, at, stack)]
        return piece


@functools.cache
def machine(start: str) -> Machine:
    """The machine of a start rule, ``rulebook`` or ``event``."""
    return Machine(start)


@functools.cache
def spellings() -> dict[str, tuple[str, ...]]:
    """How the tokens of each kind are written, where there are only a few ways: ``PAID`` is ``paid``."""
    fixed = {terminal.name: (terminal.written,) for terminal in tables().terminals if terminal.fixed}
    return {**fixed, **SPELLINGS}


@functools.cache
def opening_words(rule: str) -> frozenset[str]:
    """The words that open a part of a text, such as a ``section``."""
    return frozenset(word for kind in openers(rule) for word in spellings()[kind])


@functools.cache
def _keywords() -> dict[str, tuple[str, ...]]:
    """The kinds of token that each word of the language may be."""
    kinds: dict[str, tuple[str, ...]] = {}
    for kind, words in spellings().items():
        for word in words:
            kinds[word] = (*kinds.get(word, ()), kind)
    return kinds
