"""Where lines have to end: behind an item of a list that has a comment of its own, and the ends of a file's lines.

A comment belongs to the item before it on its line, or to the one below it.  So that it stays beside that item, the
next item stays on a line of its own, whatever the width.
"""

import bisect
import itertools
from collections.abc import Iterator, Sequence

from attrs import define, field, fields

from rulelang.syntax import nodes
from rulelang.syntax.format.comments import Atom, atoms

_BETWEEN = (",", "also")


def line_end_of(text: str) -> str:
    """How most lines of a text end: with CR LF or with LF (a CR alone is read as LF)."""
    return "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"


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

    def ends(self, node: nodes.Node, statement_end: int = -1) -> Iterator[int]:
        """The items inside a node before which a line ends; the statement that holds it ends at ``statement_end``."""
        if isinstance(node, nodes.Section | nodes.Datum | nodes.Clause):
            statement_end = node.span.end
        if isinstance(node, nodes.InOrder):
            pairs = zip(node.ranks, node.ranks[1:], strict=False)
            yield from (rank[0].span.start for before, rank in pairs if any(self._comments_after(before[-1])))
        for part in fields(type(node)):
            value = getattr(node, part.name) if part.eq else None
            if isinstance(value, nodes.Node):
                yield from self.ends(value, statement_end)
            elif isinstance(value, tuple):
                items = [item for item in value if isinstance(item, nodes.Node)]
                yield from self._of_a_list(items, statement_end)
                for item in items:
                    yield from self.ends(item, statement_end)

    def _of_a_list(self, items: Sequence[nodes.Node], statement_end: int) -> Iterator[int]:
        listed = [item for item in items if self._atom_before(item) in _BETWEEN]
        if len(items) < 2 or len(listed) != len(items) - 1:
            return
        first, last = items[0], items[-1]
        if any(comment.opens_line for comment in self._comments_before(first)):
            yield first.span.start
        yield from (item.span.start for item in listed if any(self._comments_before(item)))
        closes = last.span.end == statement_end and self._opens_line(last)
        if closes and self._has_comment_behind(last):
            yield last.span.start

    def _at(self, item: nodes.Node) -> int:
        return bisect.bisect_left(self.starts, item.span.start)

    def _atom_before(self, item: nodes.Node) -> str:
        """What stands before an item, comments apart."""
        at = self._at(item) - 1
        while at >= 0 and self.atoms[at].is_comment:
            at -= 1
        return self.atoms[at].text if at >= 0 else ""

    def _comments_before(self, item: nodes.Node) -> Iterator[Atom]:
        """The comments before an item, up to other text; what allows a finding is about the statement."""
        at = self._at(item) - 1
        while at >= 0 and self.atoms[at].is_comment:
            if not self.atoms[at].is_pragma:
                yield self.atoms[at]
            at -= 1

    def _opens_line(self, item: nodes.Node) -> bool:
        at = self._at(item)
        return at < len(self.atoms) and self.atoms[at].opens_line

    def _comments_after(self, item: nodes.Node) -> Iterator[Atom]:
        """The comments after an item, up to other text; what allows a finding is about the statement."""
        at = bisect.bisect_left(self.starts, item.span.end)
        after = itertools.takewhile(lambda atom: atom.is_comment, itertools.islice(self.atoms, at, None))
        return (comment for comment in after if not comment.is_pragma)

    def _has_comment_behind(self, item: nodes.Node) -> bool:
        """Whether a comment stands behind an item on its line."""
        return any(not comment.opens_line for comment in self._comments_after(item))
