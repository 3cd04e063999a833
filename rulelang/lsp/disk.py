"""Files of the folders that are worked in: found, read, and read again only when they have changed."""

import os
import time
from collections.abc import Collection
from pathlib import Path

from attrs import define, field

from rulelang.analysis.documents import plain
from rulelang.analysis.facts import FileKind
from rulelang.base.source import SourceText
from rulelang.syntax.read import read_source

MOST_FILES = 2_000
"""So many files of a folder are looked at; what is open is known all the same."""
MOST_ENTRIES = 50_000
"""So many names of files and folders are looked at to find them,"""
_LONGEST = 2
"""and so many seconds are spent on it."""
_SECONDS = 2
"""A list of files is believed so long where nobody says that files have changed, or 50 times as long as it took."""
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv", "build", "dist", "site-packages"})
_Stamp = tuple[int, int, int]


@define(eq=False)
class Disk:
    """The files of some folders, and the texts that were read from disk.

    ``open`` are texts that are open: where one is in none of the folders, or where nobody looks, those beside it count.
    """

    folders: list[Path] = field(factory=list)
    open: Collection[Path] = ()
    _texts: dict[Path, tuple[_Stamp, SourceText]] = field(factory=dict)
    _listed: tuple[float, list[Path]] | None = None
    _cut: bool = False

    def read(self, path: Path, shown: str) -> SourceText:
        """The text of a file, kept as long as the file is the same.

        Raises:
            ReadError: it cannot be read, or is no text.
        """
        stamp = _stamp(path)
        kept = self._texts.pop(path, None)
        if kept is not None and kept[0] == stamp:
            self._texts[path] = kept
            return kept[1]
        source = read_source(path, shown)
        if stamp is not None:
            self._texts[path] = stamp, source
        return source

    def forget(self, path: Path) -> None:
        """Keep a text no longer."""
        self._texts.pop(path, None)

    def changed(self) -> list[Path]:
        """Files have come, gone or changed: look again; those of which a text was kept that is no more."""
        self._listed = None
        gone = [path for path, (stamp, _) in self._texts.items() if _stamp(path) != stamp]
        for path in gone:
            self.forget(path)
        return gone

    def files(self) -> list[Path]:
        """The rulebooks, events, histories and tables below the folders, and beside what is open elsewhere."""
        now = time.monotonic()
        if self._listed is None or now > self._listed[0]:
            found = self._found()
            done = time.monotonic()
            self._listed = done + max(_SECONDS, 50 * (done - now)), found
        return self._listed[1]

    def is_cut(self) -> bool:
        """Whether there are more files than are listed."""
        self.files()
        return self._cut

    def opened(self, path: Path) -> None:
        """A text is open: look again, if that is where nobody has looked yet."""
        if path not in self.files():
            self._listed = None

    def _found(self) -> list[Path]:
        found = self._below()
        homes = {_home(path) for path in {*self.open}.difference(found)}
        beside = (path for home in sorted(homes) for folder in (home, home / "events") for path in _files_in(folder))
        found += {path: None for path in beside if path not in found}
        self._cut = self._cut or len(found) > MOST_FILES
        return found[:MOST_FILES]

    def _below(self) -> list[Path]:
        found: list[Path] = []
        entries, until, self._cut = 0, time.monotonic() + _LONGEST, False
        for root in self.folders:
            for place, folders, names in os.walk(root):
                folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
                here = (Path(place, name) for name in sorted(names) if not name.startswith("."))
                found += [plain(path) for path in here if FileKind.of(path) is not None]
                entries += len(folders) + len(names)
                if len(found) > MOST_FILES or entries > MOST_ENTRIES or time.monotonic() > until:
                    self._cut = True
                    return found[:MOST_FILES]
        return found


def _home(path: Path) -> Path:
    """The folder of a text, or the one above its folder ``events``."""
    return path.parent.parent if path.parent.name == "events" else path.parent


def _files_in(folder: Path) -> list[Path]:
    """The rulebooks, events, histories and tables in a folder, if there is one."""
    _, _, names = next(os.walk(folder), ("", [], list[str]()))
    return [path for name in sorted(names) if FileKind.of(path := plain(folder / name)) is not None]


def _stamp(path: Path) -> _Stamp | None:
    """By what a file is known to be the same."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
