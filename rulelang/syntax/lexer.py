"""The lexer: what Lark's contextual lexer would read, with a tenth of the regular expressions.

Lark compiles one large expression for every set of terminals that some parser state accepts; at the start of a program
that takes longer than reading a rulebook.  Here one expression tells words, numbers, texts and signs apart, a table
tells keywords from names, and the few terminals that look ahead have an expression each.  Where that does not settle
what comes next (always so at an error), Lark's own lexer is asked, so that the answer is always Lark's.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from copy import copy
from typing import Any, NamedTuple

from lark import Token
from lark.lexer import BasicLexer, ContextualLexer, PatternStr, TerminalDef

WHOLE = ("NAME", "CAPITALISED", "NUMBER", "PERCENTAGE", "STRING")
"""Terminals that are accepted everywhere, so that a word is always read whole and a wrong one is reported whole.

Where no name may come, Lark would read ``byccp`` as ``by ccp``.
"""


class _View(NamedTuple):
    """What may come in a state: all kinds of token, and the kinds with an expression of their own, in their order."""

    accepts: frozenset[str]
    special: tuple[str, ...]


class WordLexer(ContextualLexer):
    """A contextual lexer that compiles little; it can be pickled."""

    def __init__(self, conf: Any, states: Mapping[int, Collection[str]], always_accept: Collection[str] = ()) -> None:  # noqa: ARG002
        """Sort the terminals by how they are told apart."""
        self.conf = copy(conf)
        self.conf.skip_validation = True
        named: dict[str, TerminalDef] = conf.terminals_by_name
        fixed = {t.pattern.value: t.name for t in conf.terminals if isinstance(t.pattern, PatternStr)}
        self.keywords = {value: name for value, name in fixed.items() if value[0].isalpha()}
        self.signs = {value: name for value, name in fixed.items() if value not in self.keywords}
        signs = "|".join(re.escape(sign) for sign in sorted(self.signs, key=len, reverse=True))
        shapes = "|".join(f"(?P<{name}>{named[name].pattern.to_regexp()})" for name in WHOLE)
        self.shape = f"{shapes}|(?P<sign>{signs})"
        self.blank = f"(?:{'|'.join(named[name].pattern.to_regexp() for name in conf.ignore)})*+"
        order = BasicLexer(self.conf).terminals
        own = [t for t in order if t.name not in {*fixed.values(), *WHOLE, *conf.ignore}]
        self.special = {t.name: t.pattern.to_regexp() for t in own}
        ordered = tuple(self.special)
        views: dict[frozenset[str], _View] = {}
        self.views = {}
        for state, kinds in states.items():
            accepts = frozenset(kind for kind in kinds if kind in named)
            if accepts not in views:
                views[accepts] = _View(accepts, tuple(kind for kind in ordered if kind in accepts))
            self.views[state] = views[accepts]
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._slow: dict[frozenset[str], BasicLexer] = {}
        self._root: BasicLexer | None = None

    def __getstate__(self) -> dict[str, Any]:
        """All but what was compiled."""
        return {**self.__dict__, "_compiled": {}, "_slow": {}, "_root": None}

    def _expression(self, pattern: str) -> re.Pattern[str]:
        found = self._compiled.get(pattern)
        if found is None:
            found = self._compiled[pattern] = re.compile(pattern)
        return found

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """The tokens of a text; what may come next is asked of the parser before each."""
        text: str = getattr(lexer_state.text, "text", lexer_state.text)
        at = lexer_state.line_ctr
        blank, shape = self._expression(self.blank).match, self._expression(self.shape).match
        views, keywords, signs, special = self.views, self.keywords, self.signs, self.special
        end = len(text)
        while True:
            skipped = blank(text, at.char_pos).end()  # type: ignore[union-attr]
            if skipped > at.char_pos:
                at.feed(text[at.char_pos : skipped])
            if skipped == end:
                return
            view = views[parser_state.position]
            kind: str | None = None
            for name in view.special:
                found = self._expression(special[name]).match(text, skipped)
                if found is not None:
                    kind = name
                    break
            else:
                found = shape(text, skipped)
                if found is not None:
                    kind = found.lastgroup
                    if kind == "NAME":
                        word = keywords.get(found[0])
                        kind = word if word in view.accepts else kind
                    elif kind == "sign":
                        kind = signs[found[0]]
                        kind = kind if kind in view.accepts else None
            if kind is None or found is None:
                yield self._ask(lexer_state, parser_state, view)
                continue
            value = found[0]
            line, column = at.line, at.column
            at.feed(value)
            token = Token(kind, value, skipped, line, column, at.line, at.column, at.char_pos)
            lexer_state.last_token = token
            yield token

    def _ask(self, lexer_state: Any, parser_state: Any, view: _View) -> Token:
        """The next token as Lark reads it.

        Raises:
            UnexpectedToken, UnexpectedCharacters: as Lark's contextual lexer.
        """
        lexer = self._slow.get(view.accepts)
        if lexer is None:
            names = {*view.accepts, *WHOLE, *self.conf.ignore}
            conf = copy(self.conf)
            conf.terminals = [terminal for terminal in self.conf.terminals if terminal.name in names]
            lexer = self._slow[view.accepts] = BasicLexer(conf)
        self.lexers = {parser_state.position: lexer}
        self._root = self._root or BasicLexer(self.conf)
        self.root_lexer = self._root
        return next(super().lex(lexer_state, parser_state))
