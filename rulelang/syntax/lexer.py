"""The lexer: one expression for blanks, words, numbers, texts and signs; a table tells keywords from names.

It reads what Lark's contextual lexer would read, with a fraction of its regular expressions: Lark compiles a large one
for every set of words that some state of the parser accepts, which takes longer than reading a rulebook.  Words are
read whole: where no name may come, ``byccp`` is still one word, not ``by ccp``.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from rulelang.syntax.grammar import tables
from rulelang.syntax.tables import END, Tables, Terminal
from rulelang.syntax.words import RESERVED_SINCE_SECOND, SPELLINGS

WHOLE = ("NAME", "CAPITALISED", "NUMBER", "PERCENTAGE", "STRING")
"""Kinds of token that are read everywhere, so that a wrong word is reported whole."""
_BEGIN = re.compile(r"\w+|.")
"""What the lexer reads first of a spelling: ``tear`` of ``tear-up``."""
UNREAD = ""
"""The kind of a character that begins no token of the language."""


class Token(NamedTuple):
    """A piece of a text, with its kind and its offsets."""

    kind: str
    text: str
    start: int
    end: int


_new: Callable[[type[Token], tuple[str, str, int, int]], Token] = tuple.__new__
"""Makes a token at half the cost of a call of its class."""


class _Compiled(dict[str, re.Pattern[str]]):
    """The expression of each kind of token, compiled when it is first asked for: most texts need few."""

    def __init__(self, terminals: Iterable[Terminal]) -> None:
        self._terminals = {terminal.name: terminal for terminal in terminals}

    def __missing__(self, kind: str) -> re.Pattern[str]:
        expression = self[kind] = re.compile(self._terminals[kind].pattern)
        return expression


class Lexer:
    """Reads one token after the other; which words are keywords depends on the state of the parser."""

    def __init__(self, data: Tables, names: frozenset[str] = frozenset()) -> None:
        """Sort the terminals by how they are told apart; ``names`` are words that are no keywords."""
        patterns = {terminal.name: terminal.written for terminal in data.terminals if not terminal.fixed}
        fixed = {terminal.written: terminal.name for terminal in data.terminals if terminal.fixed}
        self._states = data.states
        self._signs = {text: kind for text, kind in fixed.items() if not text[0].isalpha()}
        self._keywords = {text: kind for text, kind in fixed.items() if text[0].isalpha() and text not in names}
        blank = "|".join(patterns[name] for name in data.ignored)
        shapes = "|".join(f"(?P<{name}>{patterns[name]})" for name in WHOLE)
        self._order = [terminal.name for terminal in data.terminals if terminal.name not in data.ignored]
        self._expression = _Compiled(data.terminals)
        own = [kind for kind in self._order if kind not in {*fixed.values(), *WHOLE}]
        self._open = tuple(kind for kind in own if kind not in SPELLINGS)
        self._special: dict[str, tuple[str, ...]] = {}
        for kind in own:
            for begin in {_BEGIN.findall(spelling)[0] for spelling in SPELLINGS.get(kind, ())}:
                self._special[begin] = (*self._special.get(begin, ()), kind)
        written = {*self._signs, *(begin for begin in self._special if not begin.isalpha())}
        self._longest_first = sorted(written, key=len, reverse=True)
        signs = "|".join(map(re.escape, self._longest_first))
        self._next = re.compile(f"(?:{blank})*+(?:{shapes}|(?P<sign>{signs})|)").match

    def next(self, text: str, at: int, state: int) -> Token:
        """The first token behind an offset, in a state of the parser.

        It is of kind :data:`UNREAD` where the text is none of the language, of kind ``END`` at its end; a token that
        cannot come in this state has the kind that it has elsewhere.
        """
        found = self._next(text, at)
        assert found is not None, "the expression takes the empty text too"
        kind = found.lastgroup
        if kind is None:
            end = found.end()
            return Token(END, "", end, end) if end == len(text) else self._elsewhere(text, end)
        start, end = found.span(kind)
        word = text[start:end]
        if kind == "NAME" and word not in self._special:  # the most by far
            keyword = self._keywords.get(word)
            if keyword is not None and keyword in self._states[state]:
                kind = keyword
            return _new(Token, (kind, word, start, end))
        if kind == "STRING":
            return _new(Token, (kind, word, start, end))
        accepts = self._states[state]
        for name in self._open if kind == "NUMBER" else self._special.get(word, ()):
            if name in accepts and (match := self._expression[name].match(text, start)):
                return Token(name, match[0], start, match.end())
        if kind == "NAME":
            keyword = self._keywords.get(word)
            return Token(keyword if keyword is not None and keyword in accepts else kind, word, start, end)
        if kind == "sign":
            return self._sign(text, start, accepts)
        return _new(Token, (kind, word, start, end))

    def _sign(self, text: str, at: int, accepts: dict[str, int]) -> Token:
        """The longest sign that can come here."""
        for sign in self._longest_first:
            if self._signs.get(sign) in accepts and text.startswith(sign, at):
                return Token(self._signs[sign], sign, at, at + len(sign))
        return self._elsewhere(text, at)

    def _elsewhere(self, text: str, at: int) -> Token:
        """What stands here if anything of the language could come, or a single character."""
        for kind in self._order:
            match = self._expression[kind].match(text, at)
            if match is not None:
                return Token(self._signs.get(match[0], kind), match[0], at, match.end())
        return Token(UNREAD, text[at : at + 1], at, at + 1)


@functools.cache
def lexer(edition: int = 2) -> Lexer:
    """The lexer of the language, or of its first edition, which had fewer keywords."""
    return Lexer(tables(), RESERVED_SINCE_SECOND if edition == 1 else frozenset())
