"""From text to tokens."""

import datetime
import re
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.words import OracleError

TOKEN = re.compile(
    r"""
    (?P<skip>\s+|\#[^\n]*)
  | (?P<STR>"[^"\n]*")
  | (?P<DATE>\d{4}-\d{2}-\d{2}(?![\w]))
  | (?P<PCT>\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?%)
  | (?P<NUM>\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?![\w.]))
  | (?P<WORD>tear-up(?![\w])|non-default(?![\w])|[a-z][a-z0-9_]*(?![A-Za-z0-9_]))
  | (?P<CAP>[^\W_a-z0-9]\w*)
  | (?P<OP><=|>=|!=|[-+*/()=<>:,])
""",
    re.VERBOSE,
)


@dataclass
class Tok:
    """One token."""

    kind: str
    text: str
    line: int
    col: int

    def where(self) -> str:
        """The place, for messages."""
        return f"line {self.line}, column {self.col}"


def tokenize(text: str) -> list[Tok]:
    """The tokens of a text, the end included."""
    toks, pos, line, start = [], 0, 1, 0
    while pos < len(text):
        m = TOKEN.match(text, pos)
        if not m or (m.lastgroup == "CAP" and not m.group()[0].isupper()):
            raise OracleError("syntax", f"line {line}, column {pos - start + 1}: unexpected {text[pos]!r}")
        if m.lastgroup is not None and m.lastgroup != "skip":
            toks.append(Tok(m.lastgroup, m.group(), line, pos - start + 1))
        for i, ch in enumerate(m.group()):
            if ch == "\n":
                line += 1
                start = pos + i + 1
        pos = m.end()
    toks.append(Tok("EOF", "", line, pos - start + 1))
    return toks


def to_number(text: str) -> Fraction:
    """The value of a number."""
    return Fraction(text.replace("_", ""))


def to_date(text: str) -> datetime.date:
    """The day a date names."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise OracleError("syntax", f"{text} is not a date") from None
