"""Which texts belong together: those that name each other, and what names no rulebook with those beside it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from attrs import define, field

from rulelang.analysis.documents import Documents, plain
from rulelang.analysis.facts import FileKind
from rulelang.base.diagnostic import RulelangError

_LINK = re.compile(r'\b(?P<word>under|event|history|from)\s+"(?P<path>[^"\r\n\0]*)"')
_HELD = (FileKind.EVENT, FileKind.HISTORY)
_LINKING = (FileKind.RULES, *_HELD)


class _Links(NamedTuple):
    """The files that a text names, each with whether it may be looked at, and whether one is named as a rulebook."""

    text: str
    near: dict[Path, bool]
    under: bool


@define(eq=False)
class Together:
    """What belongs together among all texts that are known.

    An event, a history and a rulebook belong together if one names the other, and a table to what names it.  An event
    or a history that names no rulebook, and is named by none, belongs to those in its folder, or in the one above its
    folder ``events``: it may be run under any of them.
    """

    documents: Documents
    _kept: dict[Path, _Links] = field(factory=dict)
    _on_disk: dict[Path, frozenset[Path]] = field(factory=dict)
    _as_of: tuple[object, int] | None = None
    _found: tuple[object, dict[Path, set[Path]]] | None = None
    _around: dict[Path, set[Path]] | None = None

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

    def forget(self, path: Path | None = None) -> None:
        """Keep nothing more of a text; without one, of all."""
        self._as_of = None
        if path is None:
            self._kept.clear()
        else:
            self._kept.pop(path, None)

    def linked(self, path: Path) -> frozenset[Path]:
        """The files that a text names, as far as they are there."""
        self._look_again()
        return self._linked(path)

    def _linked(self, path: Path) -> frozenset[Path]:
        if path in self._on_disk:
            return self._on_disk[path]
        links, known = self._links(path), self.documents
        named = () if links is None else links.near.items()
        linked = frozenset(each for each, near in named if each in known.texts or (near and known.has(each)))
        if path not in known.texts:
            self._on_disk[path] = linked
        return linked

    def _look_again(self) -> None:
        """Believe what was found on disk no longer than the list of its files, of which there may be thousands."""
        if self._around is not None:
            return
        listed = self.documents.below()
        if self._as_of is None or self._as_of[0] is not listed or self._as_of[1] != self.documents.opened or not listed:
            self._as_of = listed, self.documents.opened
            self._on_disk.clear()
            self._found = None

    def there(self, path: Path, home: Path) -> bool:
        """Whether a file that a text names is there, and is one that may be looked at."""
        return self.documents.within_reach(path, home) and self.documents.has(path)

    def naming(self, path: Path) -> Iterator[Path]:
        """The rulebooks, events and histories that name a file."""
        path = plain(path)
        near = self._linking() if self._around is None else sorted(self._around.get(path, ()))
        return (other for other in near if FileKind.of(other) in _LINKING and path in self.linked(other))

    def run_under(self, path: Path) -> list[Path]:
        """The rulebooks that run an event or a history which names none of them: in tests, or beside it."""
        near = (self._neighbours(path) if self._around is None else self._around).get(plain(path), ())
        named = self.linked(plain(path))
        return sorted(each for each in near if FileKind.of(each) is FileKind.RULES and each not in named)

    def is_under(self, path: Path) -> bool:
        """Whether a text names a rulebook; one that cannot be read may."""
        links = self._links(plain(path))
        return links is None or links.under

    def world(self, path: Path) -> tuple[Path, ...]:
        """A file and all that belong to it."""
        neighbours = self._neighbours(plain(path)) if self._around is None else self._around
        waiting = [plain(path), *self.linked(plain(path))]
        found = set(waiting)
        while waiting:
            ahead = neighbours.get(waiting.pop(), set()) - found
            found |= ahead
            waiting += ahead
        return tuple(sorted(found))

    def _links(self, path: Path) -> _Links | None:
        try:
            text = self.documents.read(path).text
        except RulelangError:
            return None
        kept = self._kept.get(path)
        if kept is None or kept.text != text:
            found = [(each["word"], plain(path.parent / each["path"])) for each in _LINK.finditer(text)]
            named = {each for _, each in found if FileKind.of(each) is not None}
            near = {each: self.documents.within_reach(each, path) for each in named}
            kept = self._kept[path] = _Links(text, near, any(word == "under" for word, _ in found))
        return kept

    def _linking(self) -> Iterator[Path]:
        return (path for path in self.documents.paths() if FileKind.of(path) in _LINKING)

    def _neighbours(self, *more: Path) -> dict[Path, set[Path]]:
        self._look_again()
        held = [each for each in (*self.documents.texts, *map(plain, more)) if FileKind.of(each) in _LINKING]
        now = [(each, self._linked(each), self.is_under(each)) for each in held]
        if self._found is None or self._found[0] != now:
            self._found = now, self._anew(more)
        return self._found[1]

    def _anew(self, more: Iterable[Path]) -> dict[Path, set[Path]]:
        linking = {*self._linking(), *map(plain, more)}
        near: dict[Path, set[Path]] = {}
        for one in linking:
            for other in self._linked(one):
                near.setdefault(one, set()).add(other)
                near.setdefault(other, set()).add(one)
        rulebooks: dict[Path, list[Path]] = {}
        for one in linking:
            if FileKind.of(one) is FileKind.RULES:
                rulebooks.setdefault(one.parent, []).append(one)
        for one in linking:
            named = any(FileKind.of(other) is FileKind.RULES for other in near.get(one, ()))
            if FileKind.of(one) in _HELD and not named and not self.is_under(one):
                folder = one.parent.parent if one.parent.name == "events" else one.parent
                for other in rulebooks.get(folder, ()):
                    near.setdefault(one, set()).add(other)
                    near.setdefault(other, set()).add(one)
        return near
