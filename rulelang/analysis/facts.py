"""The facts about one text: its tree, what was found, what the checker learnt, and the names in it."""

import bisect
import enum
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from rulelang.analysis.columns import Columns
from rulelang.analysis.uses import Use
from rulelang.analysis.written import nodes_of
from rulelang.base.advice import Certainty
from rulelang.base.diagnostic import Diagnostic
from rulelang.base.gather import collected
from rulelang.base.source import NOWHERE, SourceText, Span
from rulelang.check.draft import Draft
from rulelang.check.program import CheckedProgram
from rulelang.histories.history import History
from rulelang.model.event import Event
from rulelang.model.history import HistoryResult
from rulelang.syntax import nodes
from rulelang.syntax.lexer import Token
from rulelang.syntax.read import Start, Tree


class FileKind(enum.Enum):
    """What a file is, by the ending of its name."""

    RULES = ".rules"
    EVENT = ".event"
    HISTORY = ".history"
    TABLE = ".csv"

    @classmethod
    def of(cls, path: Path) -> "FileKind | None":
        """The kind of a file, if it is one of these."""
        return next((kind for kind in cls if kind.value == path.suffix.lower()), None)

    @property
    def start(self) -> Start | None:
        """What the text is read as; a table is none of the grammar's."""
        return _STARTS.get(self)


_STARTS: Mapping[FileKind, Start] = {
    FileKind.RULES: "rulebook",
    FileKind.EVENT: "event",
    FileKind.HISTORY: "history",
}


@frozen(slots=False, eq=False, repr=False)
class Facts:
    """What is known of a text.

    ``tree`` holds what is whole of it, and ``whole`` says whether that is all of it; ``tokens`` are its words and
    signs, but for those at which reading stopped and those of a text that nobody reads.  ``draft`` is what the checker
    learnt of the rulebook (of an event: of the one that it is held against, whose path is ``rulebook``), ``program``
    the checked program if there is one; of a history, of the first that it is under, and ``drafts`` has them all, by
    the offset from which each is in force.  ``event`` is the event if it fits, ``history`` the history, ``days`` what
    it came to.  ``findings`` may lie in other texts, such as a table; ``uses`` are the names in this one, in their
    order.  ``read`` are the texts that were read on the way, by their paths.
    """

    source: SourceText
    kind: FileKind
    tree: Tree | None = None
    tokens: Sequence[Token] = field(default=(), kw_only=True)
    findings: tuple[Diagnostic, ...] = ()
    draft: Draft | None = None
    program: CheckedProgram | None = None
    rulebook: Path | None = None
    drafts: tuple[tuple[int, Draft | None], ...] = field(default=(), kw_only=True)
    event: Event | None = None
    history: History | None = field(default=None, kw_only=True)
    days: HistoryResult | None = field(default=None, kw_only=True)
    uses: tuple[Use, ...] = ()
    read: Mapping[Path, SourceText] = field(factory=dict)
    whole: bool = True

    @cached_property
    def columns(self) -> Columns:
        """Where offsets stand as editors count."""
        return Columns(self.source)

    def draft_at(self, offset: int) -> Draft | None:
        """What the checker learnt of the rulebook that is in force at an offset."""
        return next((draft for start, draft in reversed(self.drafts) if start <= offset), self.draft)

    def token_at(self, offset: int) -> int | None:
        """The number of the token at an offset, or directly before it."""
        at = bisect.bisect_right(self.tokens, offset, key=lambda token: token.start) - 1
        return at if at >= 0 and offset <= self.tokens[at].end else None

    def use_at(self, offset: int) -> Use | None:
        """The name at an offset, or directly before it."""
        at = bisect.bisect_right(self.uses, offset, key=lambda use: use.span.start) - 1
        return self.uses[at] if at >= 0 and offset <= self.uses[at].span.end else None

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Use, ...]]:
        """The uses of each name."""
        return {name: tuple(uses) for name, uses in collected((use.name, use) for use in self.uses).items()}

    def around(self, offset: int) -> list[nodes.Node]:
        """The nodes around an offset, the outermost first: section, step, clause, expressions."""
        if self.tree is None:
            return []
        return [node for node in nodes_of(self.tree, offset) if node is not self.tree]

    def items(self) -> Iterator[nodes.HistoryItem]:
        """The lines of an event or a history, in the order written."""
        if isinstance(self.tree, nodes.EventSyntax):
            yield from self.tree.items
        elif isinstance(self.tree, nodes.HistorySyntax):
            yield from self.tree.opening.items
            for day in self.tree.days:
                yield from day.items

    def tables(self) -> Iterator[nodes.TableFrom]:
        """The tables that an event, a history, or an event written in a test names."""
        inline = (test.event.items for test in self.tests() if isinstance(test.event, nodes.EventSyntax))
        lines = itertools.chain(self.items(), *inline)
        return (item for item in lines if isinstance(item, nodes.TableFrom))

    def under(self) -> Iterator[nodes.Under]:
        """The lines that name a rulebook."""
        return (item for item in (*self._head, *self.items()) if isinstance(item, nodes.Under))

    @property
    def first_under(self) -> nodes.Under | None:
        """The line that names the rulebook of an event, or the one under which a history is opened."""
        lines = self._head if isinstance(self.tree, nodes.HistorySyntax) else self.items()
        return next((item for item in lines if isinstance(item, nodes.Under)), None)

    @property
    def _head(self) -> tuple[nodes.HistoryHead, ...]:
        return self.tree.head if isinstance(self.tree, nodes.HistorySyntax) else ()

    def tests(self) -> Iterator[nodes.TestSection]:
        """The tests of a rulebook."""
        sections = self.tree.sections if isinstance(self.tree, nodes.Rulebook) else ()
        return (section for section in sections if isinstance(section, nodes.TestSection))

    @property
    def opening_word(self) -> Span:
        """The word that opens the text: ``rulebook``, ``event`` or ``history``."""
        return (NOWHERE if self.tree is None else self.tree.span).opening(self.kind.start or "")


def sure_fixes(facts: Facts) -> list[tuple[Span, str]]:
    """The edits of findings about a text that mean nothing else, in its order: all may be made at once."""
    fixes = [fix for found in facts.findings for fix in found.fixes if fix.certainty is Certainty.SURE]
    here = [(fix.place.span, fix.replacement) for fix in fixes if fix.place.source is facts.source]
    edits, end = list[tuple[Span, str]](), 0
    for span, new in sorted((span, new) for span, new in here if span is not None):
        if span.start >= end:
            edits.append((span, new))
            end = max(span.end, span.start + 1)
    return edits


MOST_CHARACTERS = 1 << 20
"""A longer text is checked, but nothing is told of its places: nobody reads it in an editor."""
