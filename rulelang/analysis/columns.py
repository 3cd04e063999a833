"""The one place that turns offsets into the lines and columns of editors, which count UTF-16 units, and back."""

import bisect
import re
from typing import NamedTuple

from rulelang.base.source import SourceText, Span

_WIDE = re.compile("[\U00010000-\U0010ffff]")
"""A character that takes two units."""


class Point(NamedTuple):
    """A line and a column in UTF-16 units, both counted from 0."""

    line: int
    column: int


class Columns:
    """Positions in a text as editors count them."""

    def __init__(self, source: SourceText) -> None:
        """Take the text, and note where its characters of two units are."""
        self.source = source
        self._wide = [] if source.text.isascii() else [found.start() for found in _WIDE.finditer(source.text)]

    def point(self, offset: int) -> Point:
        """The line and column of an offset; one outside the text is at its nearest end, one in a line end before it."""
        source = self.source
        offset = min(max(offset, 0), len(source.text))
        if source.text[offset - 1 : offset] == "\r":  # of a line end of two characters: the others were changed
            offset -= 1
        line = source.position(offset).line
        return Point(line - 1, self.units(Span(source.line_start(line), offset)))

    def ends(self, span: Span) -> tuple[Point, Point]:
        """Where a span begins and where it ends."""
        return self.point(span.start), self.point(span.end)

    def units(self, span: Span) -> int:
        """How many units a piece of the text takes."""
        units = span.end - span.start
        if not self._wide:
            return units
        return units + bisect.bisect_left(self._wide, span.end) - bisect.bisect_left(self._wide, span.start)

    def offset(self, line: int, column: int) -> int:
        """The offset of a position; one behind the end of a line or text is that end.

        A column inside a character of two units is that character's.
        """
        source = self.source
        if line < 0:
            return 0
        if line >= source.line_count:
            return len(source.text)
        start = source.line_start(line + 1)
        end = start + len(source.line(line + 1))
        passed = 0
        for wide in self._wide[bisect.bisect_left(self._wide, start) : bisect.bisect_left(self._wide, end)]:
            unit = wide - start + passed
            if column <= unit:
                break
            if column == unit + 1:
                return wide
            passed += 1
        return min(max(start + column - passed, start), end)
