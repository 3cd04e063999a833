"""Laying out text on lines: documents that know where they may be broken, and the rows they become.

A document is a text, a place where a line may end, or documents put together.  A :class:`Group` stays on one line if
what it holds fits there; otherwise every break that stands directly in it ends its line.
"""

import enum
from collections.abc import Collection, Iterable, Sequence
from typing import Union

from attrs import frozen

INDENT = 4
_UNBOUNDED = 1 << 40

Doc = Union[str, "Break", "Here", "Nest", "Group", tuple["Doc", ...]]


@frozen
class Break:
    """The end of a line, or ``flat`` where the group that holds it stays on one line.

    ``at`` is where that which follows stands in the source, if comments may ask for a line end there; no group that
    holds such a line end stays on one line.
    """

    flat: str = " "
    at: int | None = None


@frozen
class Here:
    """Nothing, unless comments ask for a line end before that which follows, which stands ``at`` this place."""

    at: int


@frozen
class Nest:
    """A document whose broken lines begin further to the right."""

    doc: Doc
    by: int = INDENT


@frozen
class Group:
    """A document that is broken only if it does not fit."""

    doc: Doc


class Gap(enum.Enum):
    """What may stand between a row and the one before it."""

    JOINED = "nothing: the row goes on with a statement"
    OPENS = "no blank line: the row is the first of a block"
    CLOSES = "no blank line: the row is the end of a block"
    FREE = "a blank line if the author left one"
    APART = "a blank line always"


@frozen
class Row:
    """One line of the result, with its indentation, and what stands before it."""

    text: str
    gap: Gap = Gap.FREE

    @property
    def indent(self) -> int:
        """How many blanks the line begins with."""
        return len(self.text) - len(self.text.lstrip(" "))


def hanging(doc: Doc, flat: str = " ", at: int | None = None) -> Doc:
    """A part that moves to a line of its own, further to the right, if it does not fit behind what is before it."""
    return Group(Nest((Break(flat, at), doc)))


def listed(items: Sequence[Doc], places: Sequence[int]) -> Doc:
    """Items with commas behind each other, as many on a line as fit; ``places`` are theirs in the source."""
    first, *rest = zip(items, places, strict=True)
    return (Nest((Here(first[1]), first[0])), *((",", hanging(item, at=at)) for item, at in rest))


def flat(doc: Doc) -> str:
    """The document on one line."""
    return render(Group(doc), _UNBOUNDED)[0]


def statement(doc: Doc, width: int, depth: int, gap: Gap, places: Collection[int]) -> list[Row]:
    """The rows of one statement that begins ``depth`` levels from the margin, with line ends before these places."""
    first, *rest = render(doc, width, depth * INDENT, places)
    return [Row(first, gap), *(Row(line, Gap.JOINED) for line in rest)]


def render(doc: Doc, width: int, indent: int = 0, places: Collection[int] = ()) -> list[str]:
    """The lines of a document that begins at ``indent``, none longer than ``width`` if that can be.

    A line ends before that which stands at these ``places`` in the source.
    """
    lines = [" " * indent]
    stack: list[tuple[int, bool, Doc]] = [(indent, False, doc)]
    while stack:
        column, is_flat, item = stack.pop()
        match item:
            case str():
                lines[-1] += item
            case Break(at=at) | Here(at=at) if at in places:
                lines.append(" " * column)
            case Break(blank) if is_flat:
                lines[-1] += blank
            case Break():
                lines.append(" " * column)
            case Here():
                pass
            case Nest(inner, by):
                stack.append((column + by, is_flat, inner))
            case Group(inner):
                stays = is_flat or _fits(width - len(lines[-1]), inner, stack, places)
                stack.append((column, stays, inner))
            case _:
                stack.extend((column, is_flat, part) for part in reversed(item))
    return [line.rstrip(" ") for line in lines]


def _fits(room: int, doc: Doc, rest: Sequence[tuple[int, bool, Doc]], places: Collection[int]) -> bool:
    """Whether ``doc`` on one line, and what follows up to the next place for a line end, needs no more than ``room``.

    A group that follows may still be broken, so a break in it counts as the end of the line.
    """
    pending: list[tuple[bool, Doc]] = [(True, doc)]
    below = len(rest)
    while room >= 0:
        if not pending:
            if not below:
                return True
            below -= 1
            pending.append(rest[below][1:])
        is_flat, item = pending.pop()
        match item:
            case str():
                room -= len(item)
            case Break(at=at) | Here(at=at) if at in places:
                return not is_flat
            case Break(blank) if is_flat:
                room -= len(blank)
            case Break():
                return True
            case Here():
                pass
            case Nest(inner) | Group(inner):
                pending.append((is_flat, inner))
            case _:
                pending.extend((is_flat, part) for part in reversed(item))
    return False


def plain_text(rows: Iterable[Row]) -> str:
    """Rows as text, blank lines only where they must be, with a line end behind the last."""
    parts = ["\n" + row.text if row.gap is Gap.APART else row.text for row in rows]
    return "\n".join(parts).lstrip("\n") + "\n"
