"""Source texts and the places in them that diagnostics point at.

A span is a pair of character offsets into one text.  Lines and columns are worked out only when somebody reads a
diagnostic, so that parsing a clean file pays nothing for them.
"""

import bisect
import codecs
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from rulelang.base.values import ComparedByValue


class Span(NamedTuple):
    """A half-open range of character offsets, ``start <= offset < end``."""

    start: int
    end: int

    def opening(self, word: str) -> "Span":
        """Where the word stands with which a piece of a text begins."""
        return Span(self.start, self.start + len(word))


NOWHERE = Span(0, 0)

# As the grammar has them: a `#` inside a string is no comment, a comment goes on to the line feed.
_STRING_OR_COMMENT = re.compile(r'"[^"\r\n]*"|(?P<comment>#[^\n]*)')


_LONE_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")


_BYTE_OF_NAME = re.compile("[\udc80-\udcff]")


def readable(text: str) -> str:
    """A text that UTF-8 can express: what is no UTF-8 in the name of a file stands as the number of the byte."""
    if text.isascii():
        return text
    return _BYTE_OF_NAME.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", text)


class Position(NamedTuple):
    """A line and a column, both counted from 1, the column in characters."""

    line: int
    column: int


class SourceText:
    """The text of one file, with the name a person knows it by.

    ``name`` is what diagnostics show; ``path`` is where the file is (``None`` for text that never was a file);
    ``marked`` says whether its bytes begin with a byte order mark.  A carriage return that stands alone is a line feed
    in ``text``, one character for one, so that offsets stay right and lines are counted as an editor counts them;
    ``written`` is the text without that change (``None`` if there is none).
    """

    def __init__(
        self, name: str, text: str, path: Path | None = None, written: str | None = None, *, marked: bool = False
    ) -> None:
        """A source whose name is made readable."""
        self.name: Final = readable(name)
        self.text: Final = text
        self.path: Final = path
        self.written: Final = written
        self.marked: Final = marked

    def __repr__(self) -> str:
        """What it is of, without the text."""
        return f"SourceText({self.name!r}, path={self.path!r}, marked={self.marked!r})"

    @classmethod
    def from_text(cls, text: str, name: str = "<text>", path: Path | None = None) -> "SourceText":
        """A source made from a string in memory; its digest is that of the UTF-8 bytes of the string."""
        return cls(name, text, path)

    @classmethod
    def of(cls, written: str, name: str, path: Path | None = None, *, marked: bool = False) -> "SourceText":
        """A source made from a text whose line ends may be of any kind."""
        text = _LONE_CARRIAGE_RETURN.sub("\n", written)
        return cls(name, text, path, None if text == written else written, marked=marked)

    def named(self, name: str) -> "SourceText":
        """The same text under another name."""
        return SourceText(name, self.text, self.path, self.written, marked=self.marked)

    def with_text(self, text: str) -> "SourceText":
        """Another text in the place of this one."""
        return SourceText(self.name, text, self.path, marked=self.marked)

    @property
    def as_read(self) -> str:
        """The text with the line ends that were read: the bytes of ``sha256``, but for a byte order mark."""
        return self.text if self.written is None else self.written

    @cached_property
    def sha256(self) -> str:
        """The digest of the bytes as they were read, so that an audit record can prove which text ran."""
        import hashlib  # it loads OpenSSL, and most checks show no digest

        mark = codecs.BOM_UTF8 if self.marked else b""
        return hashlib.sha256(mark + self.as_read.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return starts

    def position(self, offset: int) -> Position:
        """The line and column of a character offset."""
        line = bisect.bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    @property
    def line_count(self) -> int:
        """How many lines the text has; one that ends with a line end has an empty line behind it."""
        return len(self._line_starts)

    def line(self, number: int) -> str:
        """The text of one line, counted from 1, without its line end."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, number: int) -> int:
        """The offset of the first character of a line, counted from 1."""
        return self._line_starts[number - 1]

    def slice(self, span: Span) -> str:
        """The text of a span, as written."""
        return self.text[span.start : span.end]

    def comments(self) -> Iterator[Span]:
        """The comments of a rulebook or event, from their ``#`` to the end of the line."""
        for found in _STRING_OR_COMMENT.finditer(self.text):
            if found["comment"] is not None:
                yield Span(found.start(), found.end())

    def phrase(self, span: Span) -> str:
        """The text of a span on one line: line ends and runs of blanks become one blank, comments go."""
        kept = self.slice(span)
        if "#" in kept:
            kept = _STRING_OR_COMMENT.sub(lambda found: " " if found["comment"] else found[0], kept)
        return " ".join(kept.split())


class Place(ComparedByValue):
    """Where a diagnostic points: a file, and in it a span or (for JSON) a pointer such as ``/members/3/fields``."""

    source: SourceText
    span: Span | None = None
    pointer: str | None = None

    @property
    def position(self) -> Position | None:
        """The line and column where the span starts, if there is one."""
        return None if self.span is None else self.source.position(self.span.start)
