"""Where lines have to end: behind an item of a list that has a comment of its own, and the ends of a file's lines.

A comment belongs to the item before it on its line, or to the one below it.  So that it stays beside that item, the
next item stays on a line of its own, whatever the width.
"""

import bisect
import re
from collections.abc import Iterator, Sequence

from attrs import define, field, fields

from rulelang.syntax import nodes
from rulelang.syntax.format.comments import Atom, atoms

_BETWEEN = (",", "also")
_LINE_END = re.compile(r"\r\n|\n|\r")


def line_end_of(text: str) -> str:
    """How most lines of a text end: with CR LF, LF or CR; LF if it has one line."""
    found = _LINE_END.findall(text)
    return max(("\n", "\r\n", "\r"), key=found.count)


def items_on_lines_of_their_own(text: str, tree: nodes.Node) -> frozenset[int]:
    """The places in a text (its line ends line feeds) at which an item of a list begins that opens a line for ever."""
    return frozenset(_Comments(list(atoms(text))).ends(tree))


@define
class _Comments:
    """The atoms of a text, to be asked for the comments beside an item."""

    atoms: Sequence[Atom]
    starts: Sequence[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Note where the atoms stand."""
        self.starts = [atom.start for atom in self.atoms]

    def ends(self, node: nodes.Node) -> Iterator[int]:
        """The items inside a node before which a line ends."""
        if isinstance(node, nodes.InOrder):
            pairs = zip(node.ranks, node.ranks[1:], strict=False)
            yield from (rank[0].span.start for before, rank in pairs if self._has_comment_after(before[-1]))
        for part in fields(type(node)):
            value = getattr(node, part.name) if part.eq else None
            if isinstance(value, nodes.Node):
                yield from self.ends(value)
            elif isinstance(value, tuple):
                items = [item for item in value if isinstance(item, nodes.Node)]
                yield from self._of_a_list(items, node)
                for item in items:
                    yield from self.ends(item)

    def _of_a_list(self, items: Sequence[nodes.Node], owner: nodes.Node) -> Iterator[int]:
        listed = [item for item in items if self._before(item)[0] in _BETWEEN]
        if len(items) < 2 or len(listed) != len(items) - 1:
            return
        first, last = items[0], items[-1]
        if self._has_comment_above(first):
            yield first.span.start
        yield from (item.span.start for item in listed if self._before(item)[1])
        closes = isinstance(owner, nodes.Section | nodes.Datum | nodes.Clause) and owner.span.end == last.span.end
        if closes and self._opens_line(last) and self._has_comment_after(last, on_its_line=True):
            yield last.span.start

    def _at(self, item: nodes.Node) -> int:
        return bisect.bisect_left(self.starts, item.span.start)

    def _before(self, item: nodes.Node) -> tuple[str, bool]:
        """What stands before an item, and whether a comment stands between."""
        at, commented = self._at(item) - 1, False
        while at >= 0 and self.atoms[at].is_comment:
            commented |= not self.atoms[at].is_pragma
            at -= 1
        return (self.atoms[at].text if at >= 0 else ""), commented

    def _has_comment_above(self, item: nodes.Node) -> bool:
        above = self.atoms[self._at(item) - 1]
        return above.is_comment and above.opens_line and not above.is_pragma

    def _opens_line(self, item: nodes.Node) -> bool:
        at = self._at(item)
        return at < len(self.atoms) and self.atoms[at].opens_line

    def _has_comment_after(self, item: nodes.Node, *, on_its_line: bool = False) -> bool:
        at = bisect.bisect_left(self.starts, item.span.end)
        after = self.atoms[at] if at < len(self.atoms) else None
        if after is None or not after.is_comment or after.is_pragma:
            return False
        return not (on_its_line and after.opens_line)
