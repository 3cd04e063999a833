"""The colours of rulebooks, events and histories wherever Pygments colours code: Sphinx, MkDocs, notebooks, terminals.

It reads any piece of a text, whole or not, so it cannot ask the parser what a word is in its place: a word of the
language is coloured as one unless it is plainly a name, before a colon or an equals sign.  The words are those of the
tables of the parser.
"""

import re
from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from rulelang.syntax.grammar import tables
from rulelang.syntax.words import SPELLINGS

STEPS = "tranche assessment haircut tear-up voluntary finally".split()
DECLARATIONS = "limit period party given define".split()
TYPES = "yes/no money number ratio text date".split()
CONSTANTS = "yes no covered uncovered".split()
FUNCTIONS = "min max clamp sum average largest smallest count used unused paid open start defaults".split()

_WRITTEN = {terminal.name: terminal.written for terminal in tables().terminals}
_NAME, _MEMBER = _WRITTEN["NAME"], _WRITTEN["CAPITALISED"]
WORDS = frozenset(
    word
    for word in (
        *(terminal.written for terminal in tables().terminals if terminal.fixed),
        *(spelling for spellings in SPELLINGS.values() for spelling in spellings),
    )
    if word[0].isalpha()
)
"""Every word of the language, reserved or only part of a phrase."""


def _any(words: list[str]) -> str:
    """One of these words, whole."""
    return rf"(?<![\w.-])(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?![\w-])"


class RulelangLexer(RegexLexer):  # type: ignore[misc]  # Pygments says nothing of its types
    """Colours for texts of the language, also for pieces of them."""

    name = "rulelang"
    aliases: ClassVar = ["rules", "event", "history", "rulelang"]
    filenames: ClassVar = ["*.rules", "*.event", "*.history"]
    mimetypes: ClassVar = ["text/x-rulelang"]
    tokens: ClassVar = {
        "root": [
            (r"\s+", Whitespace),
            (_WRITTEN["COMMENT"], Comment.Single),
            (r'"[^"\r\n]*"?', String.Double),
            (rf"({_any(STEPS)})(\s+)({_NAME})", bygroups(Keyword, Whitespace, Name.Function)),
            (rf"({_any(DECLARATIONS)})(\s+)({_NAME})", bygroups(Keyword.Declaration, Whitespace, Name.Variable)),
            (rf"({_NAME})(\s*)(:(?!\s*$))", bygroups(Name.Attribute, Whitespace, Punctuation)),
            (rf"(?!total_paid\b)({_NAME})([ \t]*)(=)", bygroups(Name.Attribute, Whitespace, Operator)),
            (_WRITTEN["DATE"], Number.Date),
            (rf"([A-Z]{{3}})(\s+)({_WRITTEN['NUMBER']})", bygroups(Keyword.Constant, Whitespace, Number)),
            (_WRITTEN["PERCENTAGE"], Number),
            (_WRITTEN["NUMBER"], Number),
            (_any(TYPES), Keyword.Type),
            (_any(CONSTANTS), Keyword.Constant),
            (rf"{_any(FUNCTIONS)}(?=\s*\(|\s+of\b)", Name.Builtin),
            (_any(sorted(WORDS)), Keyword),
            (_MEMBER, Name.Constant),
            (_NAME, Name),
            (r"!=|<=|>=|[-+*/=<>]", Operator),
            (r"[(),:…]", Punctuation),
        ]
    }
