"""Putting the comments of a source text, and the blank lines its author left, back between printed rows.

The printed rows say the same as the source, so both fall into the same *atoms* (words, digits, strings, signs) in the
same order; only needless brackets may be gone.  A comment is thereby tied to the atoms around it, whatever became of
the lines:

- a comment on a line of its own stands above the row that holds the next atom;
- a comment at the end of a line stands at the end of the row that holds the atom before it; if several rows of the
  source became one, the last such comment keeps that place and the others go above the row.

The layout of the rows never depends on the comments, which is why a second pass changes nothing.
"""

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence

from attrs import define

from rulelang.base.values import unchanging
from rulelang.syntax.format.layout import Gap, Row
from rulelang.syntax.words import CAPITALISED

_ATOM = re.compile(rf'(?P<comment>#[^\n]*)|"[^"\r\n]*"|[a-z][a-z0-9_]*|{CAPITALISED}|[0-9]+|\S')
_PRAGMA = re.compile(r"#\s*allow\s+[^\s:]+\s*(:|$)", re.IGNORECASE)
_BRACKETS = frozenset("()")
_SAME_WORDS = ({"day", "days"}, {"month", "months"}, {"round", "rounds"})
_TAIL_BLANKS = 2


class MisfitError(Exception):
    """The printed rows do not hold the atoms of the source."""


@unchanging
class Atom:
    """A piece of text that no layout divides, or a comment, and how it stands in its text.

    ``column`` is counted from 0; ``newlines`` are the line ends between it and the atom before it; ``blanks`` the other
    characters there.
    """

    text: str
    start: int
    column: int
    newlines: int
    blanks: int
    is_comment: bool

    @property
    def opens_line(self) -> bool:
        """Whether nothing but blanks stands before it on its line."""
        return self.newlines > 0 or self.column == self.blanks

    @property
    def is_pragma(self) -> bool:
        """Whether it is a comment that allows a finding: ``# allow CODE: reason``."""
        return _PRAGMA.match(self.text) is not None


@define
class _Line:
    """A comment or a row: whether a blank line stands before it, how far it is indented, and what stands behind it."""

    text: str
    indent: int
    blank: bool
    is_pragma: bool = False
    tail: Atom | None = None


def atoms(text: str) -> Iterator[Atom]:
    """The atoms of a text whose line ends are line feeds, the comments among them."""
    end = line_start = 0
    for match in _ATOM.finditer(text):
        between = text[end : match.start()]
        if "\n" in between:
            line_start = end + between.rindex("\n") + 1
        found, is_comment = match[0], match["comment"] is not None
        if is_comment:
            found = found.expandtabs(4).rstrip()
        yield Atom(found, match.start(), match.start() - line_start, between.count("\n"), len(between), is_comment)
        end = match.end()


def weave(text: str, rows: Sequence[Row]) -> str:
    """The printed rows of a source text, with its comments and blank lines.

    Raises:
        MisfitError: the rows do not say the same as the text.
    """
    weaver = _Weaver(rows)
    weaver.read(text)
    return _text(list(weaver.lines()))


class _Weaver:
    """Takes the comments of a source and gives the lines of the result.

    ``above`` and ``inside`` hold, for each row, the comments that stand before its first atom and those from its midst;
    ``tails`` the comments at the ends of source lines; ``openers`` the atom each row begins with, as it stands in the
    source.  One more row stands for the end of the file.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        count = len(rows) + 1
        self.above: list[list[Atom]] = [[] for _ in range(count)]
        self.inside: list[list[Atom]] = [[] for _ in range(count)]
        self.tails: list[list[Atom]] = [[] for _ in range(count)]
        self.openers: list[Atom | None] = [None] * count
        self._printed = list(atoms("\n".join(row.text for row in rows)))
        starts = [0]
        for row in rows:
            starts.append(starts[-1] + len(row.text) + 1)
        self._row_of = [bisect.bisect_right(starts, atom.start) - 1 for atom in self._printed] + [len(rows)]

    # ------------------------------------------------------------------------------------------------- reading

    def read(self, text: str) -> None:
        """Tie the comments of the source to the rows."""
        at = line_began_at = 0
        for atom in atoms(text):
            if atom.opens_line:
                line_began_at = at
            if atom.is_comment:
                self._tie(atom, at, line_began_at)
            elif self._is_printed(atom, at):
                if self._opens_row(at) and self.openers[self._row_of[at]] is None:
                    self.openers[self._row_of[at]] = atom
                at += 1
        if at != len(self._printed):
            raise MisfitError(self._printed[at].text)

    def _is_printed(self, atom: Atom, at: int) -> bool:
        """Whether the next printed atom is this one; a bracket may have been left out."""
        printed = self._printed[at].text if at < len(self._printed) else ""
        if atom.text == printed or {atom.text, printed} in _SAME_WORDS:
            return True
        if atom.text in _BRACKETS:
            return False
        raise MisfitError(atom.text)

    def _opens_row(self, at: int) -> bool:
        return at == 0 or self._row_of[at - 1] != self._row_of[at]

    def _tie(self, comment: Atom, at: int, line_began_at: int) -> None:
        if comment.opens_line:
            row = self._row_of[at]
            joined = row < len(self.rows) and self.rows[row].gap is Gap.JOINED
            midst = joined or not self._opens_row(at)
            (self.inside if midst else self.above)[row].append(comment)
            return
        row, first_row = self._row_of[at - 1], self._row_of[min(line_began_at, at - 1)]
        if comment.is_pragma and first_row != row:
            # It was about a line that is now several: above them it is beside them all.
            self.inside[first_row].append(comment)
        else:
            self.tails[row].append(comment)

    # ------------------------------------------------------------------------------------------------- writing

    def lines(self) -> Iterator[_Line]:
        """The lines of the result."""
        for index, row in enumerate(self.rows):
            lines = self._above(index, row.indent)
            opener = self.openers[index]
            blank = opener is not None and opener.newlines > 1
            tail = self.tails[index][-1] if self.tails[index] else None
            lines.append(_Line(row.text.lstrip(" "), row.indent, blank, tail=tail))
            _regulate(lines, row.gap, is_first=index == 0)
            self._insert(lines, index)
            yield from lines
        yield from self._above(len(self.rows), 0)

    def _above(self, index: int, indent: int) -> list[_Line]:
        """The comments above a row."""
        found = zip(self.above[index], self._indents(index, indent), strict=True)
        return [_Line(c.text, level, c.newlines > 1, c.is_pragma) for c, level in found]

    def _insert(self, lines: list[_Line], index: int) -> None:
        """Put the comments from the midst of a row above it, yet not between it and a pragma that is about it."""
        inner = sorted(self.inside[index] + self.tails[index][:-1], key=lambda comment: comment.start)
        if not inner:
            return
        slot, indent = len(lines) - 1, lines[-1].indent
        while slot and not lines[slot].blank and lines[slot - 1].is_pragma and lines[slot - 1].indent == indent:
            slot -= 1
        inserted = [_Line(comment.text, indent, blank=False) for comment in inner]
        inserted[0].blank, lines[slot].blank = lines[slot].blank, False
        lines[slot:slot] = inserted

    def _indents(self, index: int, indent: int) -> list[int]:
        """How far each comment above a row is indented: as the row, or as the block before it that ends there.

        Which of them is told by the column the author gave the comment.
        """
        opener = self.openers[index]
        margin = 0 if opener is None else opener.column
        blocks = self._ended_blocks(index, indent, margin)
        indents = []
        for comment in self.above[index]:
            blocks = [(level, column) for level, column in blocks if column <= comment.column]
            indents.append(blocks[0][0] if blocks else indent)
        return indents

    def _ended_blocks(self, index: int, indent: int, margin: int) -> list[tuple[int, int]]:
        """The blocks that end before a row, innermost first: how far they are indented now and in the source."""
        blocks: list[tuple[int, int]] = []
        innermost: int | None = None
        for before in range(index - 1, -1, -1):
            row, opener = self.rows[before], self.openers[before]
            if row.gap is Gap.JOINED or (innermost is not None and row.indent >= innermost):
                continue
            if row.indent <= indent:
                break
            innermost = row.indent
            if opener is not None and opener.opens_line and opener.column > margin:
                blocks.append((row.indent, opener.column))
        return blocks


def _regulate(lines: Sequence[_Line], gap: Gap, *, is_first: bool) -> None:
    """Set the blank lines before a row, the last of ``lines``, and the comments above it as its gap asks."""
    if gap in {Gap.JOINED, Gap.CLOSES}:
        lines[-1].blank = False
    if gap is Gap.OPENS or is_first:
        lines[0].blank = False
    elif gap is Gap.APART:
        own = [line for line in lines if line.indent == lines[-1].indent]
        own[0].blank = own[0].blank or not any(line.blank for line in own)


def _text(lines: Sequence[_Line]) -> str:
    """The lines as one text; comments that the author put below each other at line ends stay so."""
    parts: list[str] = []
    for line, width in zip(lines, _tail_columns(lines), strict=True):
        parts += [""] if line.blank else []
        text = " " * line.indent + line.text
        parts.append(text if line.tail is None else text.ljust(width) + line.tail.text)
    return "\n".join(parts) + "\n"


def _tail_columns(lines: Sequence[_Line]) -> list[int]:
    """The columns in which the comments at line ends begin, one for each line.

    A comment keeps its distance; those that stood in one column on lines below each other still do.
    """
    columns: list[int] = []
    for _, group in itertools.groupby(enumerate(lines), lambda pair: _tail_run(lines, pair[0])):
        run = [line for _, line in group]
        blanks = min((line.tail.blanks for line in run if line.tail), default=0)
        widest = max(line.indent + len(line.text) for line in run)
        columns += [widest + max(_TAIL_BLANKS, blanks)] * len(run)
    return columns


def _tail_run(lines: Sequence[_Line], index: int) -> int:
    """The first line of the run to which a line belongs: each has a comment at its end, all in one column."""
    while index:
        tail, before = lines[index].tail, lines[index - 1].tail
        if lines[index].blank or tail is None or before is None or tail.column != before.column:
            break
        index -= 1
    return index
