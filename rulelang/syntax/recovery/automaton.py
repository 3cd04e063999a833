"""The parser's tables as a machine whose states can be kept, compared and tried out for nothing.

Lark's own parser is used for clean texts.  For a text with errors only *whether* it can go on matters, not the tree:
here a stack of parser states is a chain that shares its lower part with all others, so that every moment of reading
can be remembered and a repair can be tried without copying anything.
"""

import functools
from collections.abc import Iterator
from typing import NamedTuple, cast

import lark

from rulelang.syntax.grammar import parser
from rulelang.syntax.words import RESERVED

END = "$END"
"""The kind of the end of a text."""
UNREAD = ""
"""The kind of a character that begins no token of the language."""


class Stack(NamedTuple):
    """A stack of parser states: the state on top and the stack below."""

    state: int
    below: "Stack | None"


class Moment(NamedTuple):
    """One token and the stacks before and after it; ``after`` is ``None`` where the text cannot go on with it."""

    kind: str
    start: int
    end: int
    before: Stack
    after: Stack | None


class _Eye:
    """What Lark's lexer looks at to know which words may come: the state on top."""

    def __init__(self, position: int) -> None:
        self.position = position


class Machine:
    """The tables of one start rule."""

    def __init__(self, start: str) -> None:
        """Read the tables from Lark's parser."""
        self._start = start
        conf = parser().parse_interactive("", start=start).parser_state.parse_conf
        self._states = conf.states
        self._end_state = conf.end_state
        self.bottom = Stack(cast("int", conf.start_state), None)

    def kinds(self, state: int) -> frozenset[str]:
        """The kinds of token for which a state has an action; not all of them can always be shifted."""
        return frozenset(kind for kind in self._states[state] if kind.isupper() or kind == END)

    def _reduced(self, stack: Stack, rule: lark.grammar.Rule) -> Stack:
        for _ in rule.expansion:
            stack = cast("Stack", stack.below)
        return Stack(cast("int", self._states[stack.state][rule.origin.name][1]), stack)

    def shift(self, stack: Stack, kind: str) -> Stack | None:
        """The stack after a token of this kind, or ``None`` if it cannot come here."""
        while True:
            action = self._states[stack.state].get(kind)
            if action is None:
                return None
            if isinstance(action[1], int):
                return Stack(action[1], stack)
            stack = self._reduced(stack, action[1])

    def can_end(self, stack: Stack) -> bool:
        """Whether the text may end here."""
        while stack.state != self._end_state:
            action = self._states[stack.state].get(END)
            if action is None:
                return False
            stack = self._reduced(stack, action[1])
        return True

    def expected(self, stack: Stack) -> frozenset[str]:
        """The kinds of token that can come here."""
        kinds = {kind for kind in self.kinds(stack.state) if kind != END and self.shift(stack, kind)}
        return frozenset(kinds | {END}) if self.can_end(stack) else frozenset(kinds)

    def _taken(self, stack: Stack, token: lark.Token) -> tuple[str, Stack | None]:
        """The kind of a token and the stack after it.

        The lexer reads any word as a name where no other word can come, or where a keyword is told from a name by the
        word behind it.  A reserved word is no name, and where no name can come a keyword is one whatever follows.
        """
        kind = token.type
        after = None if kind == "NAME" and token in RESERVED else self.shift(stack, kind)
        if kind != "NAME" or after is not None:
            return kind, after
        for keyword in _keywords().get(token, ()):
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
        """The tokens of a text from an offset on; the last one is the end or the first that cannot come."""
        thread = parser().parse_interactive(text, start=self._start).lexer_thread
        assert thread.state is not None, "a lexer of a text has a state"
        thread.state.line_ctr.char_pos = at
        eye = _Eye(stack.state)
        try:
            for token in thread.lex(eye):  # type: ignore[no-untyped-call]
                kind, after = self._taken(stack, token)
                yield Moment(kind, token.start_pos or 0, token.end_pos or 0, stack, after)
                if after is None:
                    return
                stack, eye.position = after, after.state
        except lark.UnexpectedToken as error:
            yield Moment(error.token.type, error.token.start_pos or 0, error.token.end_pos or 0, stack, None)
        except lark.UnexpectedCharacters as error:
            here = error.pos_in_stream or 0
            yield Moment(UNREAD, here, here + 1, stack, None)
        else:
            yield Moment(END, len(text), len(text), stack, stack if self.can_end(stack) else None)


@functools.cache
def machine(start: str) -> Machine:
    """The machine of a start rule, ``rulebook`` or ``event``."""
    return Machine(start)


@functools.cache
def spellings() -> dict[str, tuple[str, ...]]:
    """How the tokens of each kind are written, where there are only a few ways: ``PAID`` is ``paid``."""
    fixed = {
        terminal.name: (terminal.pattern.value,)
        for terminal in parser().terminals
        if isinstance(terminal.pattern, lark.lexer.PatternStr)
    }
    return {**fixed, **_SPELLINGS}


@functools.cache
def _keywords() -> dict[str, tuple[str, ...]]:
    """The kinds of token that each word of the language may be."""
    kinds: dict[str, tuple[str, ...]] = {}
    for kind, words in spellings().items():
        for word in words:
            kinds[word] = (*kinds.get(word, ()), kind)
    return kinds


_SPELLINGS = {
    "ADD": ("+", "-"),
    "DAYS": ("days", "day"),
    "LIMIT_IN": ("in",),
    "MULTIPLY": ("*", "/"),
    "OUTCOME": ("outcome",),
    "PAYS": ("pays",),
    "SCALE": ("million", "billion", "thousand"),
    "SPLIT": ("split",),
    "TEAR_UP": ("tear-up",),
    "VALUE_SCALE": ("million", "billion", "thousand"),
    "WITHOUT": ("without",),
    "YES_NO": ("yes/no",),
}
"""The terminals that the grammar writes as regular expressions, and yet are written in few ways."""
