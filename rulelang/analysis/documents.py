"""The texts that a rulebook and its events are made of: those that are open and perhaps unsaved, before those on disk.

Everything in this room reads through it, and nothing here asks the file system but by the two functions it is given.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from attrs import define, field

from rulelang.base.diagnostic import RulelangError
from rulelang.base.files import unreadable
from rulelang.base.source import SourceText
from rulelang.check.events.paths import holds_file
from rulelang.syntax.read import read_source

Read = Callable[[Path, str], SourceText]
"""What gives the text of a file, by its path and by how it is called in messages."""


def plain(path: Path) -> Path:
    """A path by which a text is known: without ``..`` and without a dot, links not followed."""
    return Path(os.path.normpath(path))


def _on_disk(path: Path) -> bool:
    try:
        return holds_file(path)
    except RulelangError:
        return False


def nothing_below() -> Iterable[Path]:
    """The files of no folder."""
    return ()


@define(eq=False)
class Documents:
    """Texts in memory by their paths, and how others are read, looked for and listed.

    ``opened`` is another number whenever a text has come into memory or has gone from it.
    ``folders`` are those that are worked in, and ``below`` lists their files, so that what belongs to a rulebook is
    found without being open; ``cut`` says whether there are more of them than are listed.
    """

    texts: dict[Path, SourceText] = field(factory=dict)
    from_disk: Read = read_source
    on_disk: Callable[[Path], bool] = _on_disk
    below: Callable[[], Iterable[Path]] = nothing_below
    folders: tuple[Path, ...] = ()
    opened: int = 0
    cut: Callable[[], bool] = lambda: False

    @classmethod
    def of(cls, texts: Mapping[str | Path, str]) -> "Documents":
        """Documents that are in memory alone."""
        documents = cls(from_disk=_refused, on_disk=lambda _path: False)
        for name, text in texts.items():
            documents.put(Path(name), text)
        return documents

    def put(self, path: Path, text: str) -> SourceText:
        """Enter a text, or the new text of one; what is the same stays the very same source."""
        key = plain(path)
        kept = self.texts.get(key)
        self.opened += kept is None
        if kept is None or kept.as_read != text:
            kept = self.texts[key] = SourceText.of(text, path.name, path)
        return kept

    def forget(self, path: Path) -> None:
        """Take a text out of memory: from now on it is read from disk."""
        self.opened += self.texts.pop(plain(path), None) is not None

    def read(self, path: Path, shown: str | None = None) -> SourceText:
        """The text at a path.

        Raises:
            ReadError: there is none, or it is no text.
        """
        kept = self.texts.get(plain(path))
        return kept if kept is not None else self.from_disk(path, shown or str(path))

    def has(self, path: Path) -> bool:
        """Whether there is a text at a path."""
        return plain(path) in self.texts or self.on_disk(path)

    def holds(self, path: Path, words: Iterable[str]) -> bool:
        """Whether a text can be read and has some words in it, in small letters or large ones."""
        try:
            text = self.read(path).text.lower()
        except RulelangError:
            return False
        return all(word in text for word in words)

    def folder_of(self, path: Path) -> Path | None:
        """The folder that is worked in and in which a file lies."""
        return next((folder for folder in self.folders if plain(path).is_relative_to(folder)), None)

    def within_reach(self, path: Path, home: Path) -> bool:
        """Whether a file may belong to a text: it is open, in a folder that is worked in, or in the tree of the text.

        A text may come from anybody, so nothing elsewhere is read because it is named, by way of a link either.
        """
        if plain(path) in self.texts:
            return True
        roots = [*self.folders, home.parent, *([home.parent.parent] if home.parent.name == "events" else [])]
        resolved = Path(os.path.realpath(path))
        return any(resolved.is_relative_to(os.path.realpath(root)) for root in roots)

    def paths(self) -> tuple[Path, ...]:
        """All texts that are in memory or below the folders that are worked in, each once, in order."""
        return tuple(sorted({*self.texts, *self.below()}))


def _refused(path: Path, shown: str) -> SourceText:
    raise unreadable(shown or path, FileNotFoundError(2, "there is no such text"))
