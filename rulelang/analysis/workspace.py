"""All texts that are worked on together, and the facts about each, kept while they hold."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import define, field

from rulelang.analysis.analyse import analyse, table_facts, tables_of
from rulelang.analysis.documents import Documents, plain
from rulelang.analysis.facts import Facts, FileKind
from rulelang.analysis.together import Together
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.draft import Draft
from rulelang.syntax import nodes

_UNSETTLED = frozenset({"no-rulebook", "unreadable-file", "path-outside", "file-too-large", "not-text"})
"""What may be mended by another file; such facts are found anew each time."""


@define(eq=False)
class Workspace:
    """Facts about texts by their paths; ``together`` tells which belong together."""

    documents: Documents = field(factory=Documents)
    together: Together = field(init=False)
    _kept: dict[tuple[Path, Path | None], Facts] = field(factory=dict)
    _good: dict[Path, Facts] = field(factory=dict)
    _tables: dict[Path, tuple[Facts, Facts]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.together = Together(self.documents)

    def facts(self, path: Path, rulebook: Path | None = None) -> Facts:
        """The facts about a text, found anew if it or a text that it was read with has changed.

        ``rulebook`` is one against which an event is held that names none; without it that is one whose test runs it.

        Raises:
            ReadError: there is no such text.
        """
        path, rulebook = plain(path), None if rulebook is None else plain(rulebook)
        source = self.documents.read(path)
        if FileKind.of(path) is FileKind.TABLE:
            return self._table(path, source)
        kept = self._kept.get((path, rulebook))
        if kept is None or not self._holds(kept, source):
            kept = self._kept[path, rulebook] = self._found(path, source, rulebook)
            if kept.whole and rulebook is None:
                self._good[path] = kept
        return kept

    def readable(self, paths: Iterable[Path]) -> Iterator[Facts]:
        """The facts about texts, but for those that cannot be read."""
        for path in paths:
            try:
                yield self.facts(path)
            except RulelangError:
                continue

    def last_good(self, path: Path) -> Facts | None:
        """The facts about the last text at a path that was whole."""
        return self._good.get(plain(path))

    def draft(self, facts: Facts, offset: int) -> Draft | None:
        """What the checker learnt of the rulebook in force at an offset; where nothing is whole, before that."""
        draft = facts.draft_at(offset)
        good = None if draft is not None or facts.source.path is None else self.last_good(facts.source.path)
        return draft if good is None else good.draft_at(offset)

    def forget(self, path: Path) -> None:
        """Keep nothing more of a text."""
        path = plain(path)
        self.together.forget(path)
        self._kept = {of: facts for of, facts in self._kept.items() if path not in of}
        self._good.pop(path, None)
        self._tables.pop(path, None)

    def work_in(self, folders: Iterable[Path]) -> None:
        """Work in these folders."""
        self.documents.folders = tuple(map(plain, folders))
        self.together.forget()

    def _holds(self, kept: Facts, source: SourceText) -> bool:
        """Whether facts are still those of the texts that they were found in."""
        if not _same(kept.source, source) or any(found.code in _UNSETTLED for found in kept.findings):
            return False
        try:
            return all(_same(self.documents.read(path), read) for path, read in kept.read.items())
        except RulelangError:
            return False

    def _found(self, path: Path, source: SourceText, named_by: Path | None) -> Facts:
        kind = FileKind.of(path) or FileKind.RULES
        rulebooks = [] if kind is FileKind.RULES else self.together.run_under(path)
        named_by = named_by or next((each for each in rulebooks if path in self.together.linked(each)), None)
        return analyse(source, kind, self.documents, self.facts, named_by, next(iter(rulebooks), None))

    def _table(self, path: Path, source: SourceText) -> Facts:
        """The facts about a table, found anew when those about the text that names it are."""
        for facts in self.readable(self.together.naming(path)):
            for named, item in tables_of(facts):
                if named == path:
                    kept = self._tables.get(path)
                    if kept is None or kept[0] is not facts or not _same(kept[1].source, source):
                        draft = facts.draft_at(item.span.start)
                        kept = self._tables[path] = facts, table_facts(source, item.contents, draft)
                    return kept[1]
        return Facts(source, FileKind.TABLE)

    def event(self, path: Path, rulebook: Path) -> Facts | None:
        """The facts about an event as it is run under a rulebook; ``None`` if it is not there, or under another one."""
        try:
            facts = self.facts(path, None if self.together.is_under(path) else rulebook)
        except RulelangError:
            return None
        return facts if facts.rulebook is not None and plain(facts.rulebook) == plain(rulebook) else None

    def events(self, rulebook: Path) -> Iterator[tuple[Path, Facts]]:
        """The events that belong to a rulebook, as they are run under it."""
        near = (path for path in self.together.world(rulebook) if FileKind.of(path) is FileKind.EVENT)
        for path in near:
            if self.together.is_under(path) or plain(rulebook) in self.together.run_under(path):
                facts = self.event(path, rulebook)
                if facts is not None:
                    yield path, facts

    def title(self, path: Path) -> str:
        """What a rulebook, an event or a history is called."""
        tree = self.facts(path).tree
        titled = isinstance(tree, nodes.Rulebook | nodes.EventSyntax | nodes.HistorySyntax)
        return tree.title if titled and tree is not None else path.name


def _same(one: SourceText, other: SourceText) -> bool:
    return one is other or one.text == other.text
