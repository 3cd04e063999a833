"""All texts that are worked on together: the facts about each, kept while they hold, and what belongs together."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field

from rulelang.analysis.analyse import analyse, table_facts, tables_of
from rulelang.analysis.documents import Documents, plain
from rulelang.analysis.facts import Facts, FileKind
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.draft import Draft
from rulelang.syntax import nodes

_LINK = re.compile(r'\b(?P<word>under|event|history|from)\s+"(?P<path>[^"\r\n\0]*)"')
_UNSETTLED = frozenset({"no-rulebook", "unreadable-file", "path-outside", "file-too-large", "not-text"})
"""What may be mended by another file; such facts are found anew each time."""
_LINKING = (FileKind.RULES, FileKind.EVENT, FileKind.HISTORY)


@define(eq=False)
class Workspace:
    """Facts about texts by their paths.

    An event, a history and a rulebook belong together if one names the other; a table belongs to what names it.
    """

    documents: Documents = field(factory=Documents)
    _kept: dict[Path, Facts] = field(factory=dict)
    _good: dict[Path, Facts] = field(factory=dict)
    _links: dict[Path, tuple[str, dict[Path, bool]]] = field(factory=dict)
    _tables: dict[Path, tuple[Facts, Facts]] = field(factory=dict)
    _around: dict[Path, set[Path]] | None = None

    def facts(self, path: Path) -> Facts:
        """The facts about a text, found anew if it or a text that it was read with has changed.

        Raises:
            ReadError: there is no such text.
        """
        path = plain(path)
        source = self.documents.read(path)
        if FileKind.of(path) is FileKind.TABLE:
            return self._table(path, source)
        kept = self._kept.get(path)
        if kept is None or not self._holds(kept, source):
            kept = self._kept[path] = self._found(path, source)
            if kept.whole:
                self._good[path] = kept
        return kept

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """While one question is answered no text changes, so what belongs together is found once."""
        if self._around is not None:
            yield
            return
        self._around = self._neighbours()
        try:
            yield
        finally:
            self._around = None

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

    def draft(self, facts: Facts) -> Draft | None:
        """What the checker learnt of the rulebook of a text; where nothing is whole, of the text as it was before."""
        if facts.draft is not None or facts.source.path is None:
            return facts.draft
        good = self.last_good(facts.source.path)
        return None if good is None else good.draft

    def forget(self, path: Path) -> None:
        """Keep nothing more of a text."""
        for kept in (self._kept, self._good, self._links, self._tables):
            kept.pop(plain(path), None)

    def work_in(self, folders: Iterable[Path]) -> None:
        """Work in these folders."""
        self.documents.folders = tuple(map(plain, folders))
        self._links.clear()

    def _holds(self, kept: Facts, source: SourceText) -> bool:
        """Whether facts are still those of the texts that they were found in."""
        if not _same(kept.source, source) or any(found.code in _UNSETTLED for found in kept.findings):
            return False
        try:
            return all(_same(self.documents.read(path), read) for path, read in kept.read.items())
        except RulelangError:
            return False

    def _found(self, path: Path, source: SourceText) -> Facts:
        kind = FileKind.of(path) or FileKind.RULES
        named_by = None
        if kind is not FileKind.RULES:
            named_by = next((each for each in self.naming(path) if FileKind.of(each) is FileKind.RULES), None)
        return analyse(source, kind, self.documents, self.facts, named_by)

    def _table(self, path: Path, source: SourceText) -> Facts:
        """The facts about a table, found anew when those about the text that names it are."""
        for facts in self.readable(self.naming(path)):
            for named, item in tables_of(facts):
                if named == path:
                    kept = self._tables.get(path)
                    if kept is None or kept[0] is not facts or not _same(kept[1].source, source):
                        kept = self._tables[path] = facts, table_facts(source, item.contents, facts.draft)
                    return kept[1]
        return Facts(source, FileKind.TABLE)

    def linked(self, path: Path) -> frozenset[Path]:
        """The files that a text names, as far as they are there."""
        try:
            source = self.documents.read(path)
        except RulelangError:
            return frozenset()
        kept = self._links.get(path)
        if kept is None or kept[0] != source.text:
            named = {plain(path.parent / found["path"]) for found in _LINK.finditer(source.text)}
            texts = (each for each in named if FileKind.of(each) is not None)
            kept = source.text, {each: self.documents.within_reach(each, path) for each in texts}
            self._links[path] = kept
        known = self.documents
        return frozenset(each for each, near in kept[1].items() if each in known.texts or (near and known.has(each)))

    def there(self, path: Path, home: Path) -> bool:
        """Whether a file that a text names is there, and is one that may be looked at."""
        return self.documents.within_reach(path, home) and self.documents.has(path)

    def naming(self, path: Path) -> Iterator[Path]:
        """The rulebooks, events and histories that name a file."""
        path = plain(path)
        near = self._linking() if self._around is None else sorted(self._around.get(path, ()))
        return (other for other in near if FileKind.of(other) in _LINKING and path in self.linked(other))

    def _linking(self) -> Iterator[Path]:
        return (path for path in self.documents.paths() if FileKind.of(path) in _LINKING)

    def world(self, path: Path) -> tuple[Path, ...]:
        """A file and all that belong to it: rulebooks, events, histories and tables that name each other."""
        neighbours = self._neighbours(plain(path)) if self._around is None else self._around
        waiting = [plain(path), *self.linked(plain(path))]
        found = set(waiting)
        while waiting:
            ahead = neighbours.get(waiting.pop(), set()) - found
            found |= ahead
            waiting += ahead
        return tuple(sorted(found))

    def _neighbours(self, *more: Path) -> dict[Path, set[Path]]:
        neighbours: dict[Path, set[Path]] = {}
        for one in (*self._linking(), *more):
            for other in self.linked(one):
                neighbours.setdefault(one, set()).add(other)
                neighbours.setdefault(other, set()).add(one)
        return neighbours

    def events(self, rulebook: Path) -> Iterator[tuple[Path, Facts]]:
        """The events that belong to a rulebook."""
        events = (path for path in self.world(rulebook) if FileKind.of(path) is FileKind.EVENT)
        for facts in self.readable(events):
            path = facts.source.path
            if path is not None and facts.rulebook is not None and plain(facts.rulebook) == plain(rulebook):
                yield path, facts

    def title(self, path: Path) -> str:
        """What a rulebook, an event or a history is called."""
        tree = self.facts(path).tree
        titled = isinstance(tree, nodes.Rulebook | nodes.EventSyntax | nodes.HistorySyntax)
        return tree.title if titled and tree is not None else path.name


def _same(one: SourceText, other: SourceText) -> bool:
    return one is other or one.text == other.text
