"""The folder that the page is started with: its texts are read, and those that a person changed are written back."""

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath

from attrs import field, frozen

from rulelang.base.diagnostic import RulelangError
from rulelang.base.files import Kind, entries_of, kind_of, read_file, reason_of
from rulelang.base.outputs import write_atomically
from rulelang.base.source import readable
from rulelang.document.write import Plain

ENDINGS = (".rules", ".event", ".history", ".csv")
MOST_FILES, MOST_BYTES = 200, 1 << 20
"""So much of a folder is opened; the page itself takes less text."""
MOST_FOUND, MOST_ENTRIES, MOST_TOLD = 2_000, 10_000, 50
"""So many texts and entries are looked at, and so many of those that are left out are named."""
OF_PACKAGES = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})
"""Folders of packages, which like hidden ones are not looked into."""


class NotSaved(Exception):
    """A text is not written; the words say why."""


@frozen
class SharedFolder:
    """A folder of rulebooks, events and tables."""

    path: Path

    def told(self) -> Plain:
        """Its name, its texts by their paths inside it, the digest of each on the disk, and what was left out and why.

        Rulebooks come first.  Hidden files and folders, those of packages and other kinds of file are passed over.
        """
        walk = _Walk(self.path)
        texts = sorted(walk.texts(), key=lambda inside: (inside.suffix != ".rules", inside.parts))
        found: dict[str, bytes] = {}
        left_out: list[str] = []
        for inside in texts:
            name = inside.as_posix()
            if not name.isprintable():
                left_out.append(f"{readable(name)}: its name holds characters that cannot be shown")
            elif not self._holds(inside):
                left_out.append(f"{name}: it is a link")
            elif len(found) >= MOST_FILES:
                left_out.append(f"{name}: more than {MOST_FILES} files")
            else:
                try:
                    data = read_file(self.path / inside, MOST_BYTES + 1, name)
                except RulelangError as error:
                    left_out.append(f"{name}: {error.diagnostics[0].message}")
                    continue
                if len(data) > MOST_BYTES:
                    left_out.append(f"{name}: it is larger than {MOST_BYTES:,} bytes")
                elif not _is_text(data):
                    left_out.append(f"{name}: it is no text in UTF-8")
                else:
                    found[name] = data
        more = len(left_out) - MOST_TOLD
        told = [*walk.said, *left_out[:MOST_TOLD], *([f"and {more:,} more files"] if more > 0 else [])]
        return {
            "name": readable(Path(os.path.realpath(self.path)).name),
            "files": {name: data.decode("utf-8") for name, data in found.items()},
            "digests": {name: digest(data) for name, data in found.items()},
            "left_out": told,
        }

    def save(self, name: str, data: bytes, known: str) -> str:
        """Write a text, if what stands there is what the page ``known`` by its digest; the digest of what is written.

        Raises:
            NotSaved: it is no text of the folder, has changed since it was read, or cannot be written.
        """
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts or _hidden(inside) or not name.isprintable() or "\\" in name:
            raise NotSaved("that is no name of a file in the folder")
        if inside.suffix not in ENDINGS:
            raise NotSaved(f"only texts are saved, whose names end in {', '.join(ENDINGS)}")
        if not _is_text(data):
            raise NotSaved("it is no text in UTF-8")
        place = self.path / inside
        try:
            if kind_of(place.parent) is not Kind.FOLDER:
                raise NotSaved("there is no such folder")
            if not self._holds(Path(inside)):
                raise NotSaved("it is a link, or behind one, and links are not followed")
            stands = digest(read_file(place, MOST_BYTES + 1)) if kind_of(place) is Kind.FILE else ""
            if stands != known:
                raise NotSaved("it was changed on the disk meanwhile; save a copy, and look at both")
            write_atomically(place, data, over_input=True)
        except RulelangError as error:
            raise NotSaved(error.diagnostics[0].message) from None
        return digest(data)

    def _holds(self, inside: Path) -> bool:
        """Whether a path stands in the folder itself, with no link on the way: one may lead to any kind of file."""
        return os.path.realpath(self.path / inside) == os.path.join(os.path.realpath(self.path), inside)  # noqa: PTH118


@frozen
class _Walk:
    """A walk through a folder, with an end."""

    root: Path
    said: list[str] = field(factory=list)
    """What could not be looked into, and whether the walk was cut."""

    def texts(self) -> Iterator[Path]:
        """Texts by their paths inside the folder, those above before those below; links are texts too."""
        waiting, entries, found = [Path()], 0, 0
        for folder in waiting:  # which grows meanwhile
            try:
                for name, kind in entries_of(self.root / folder):
                    entries += 1
                    if entries > MOST_ENTRIES or found >= MOST_FOUND:
                        self.said.append(f"not everything was looked at: it holds more than {entries - 1:,} entries")
                        return
                    if name.startswith("."):
                        continue
                    if kind is Kind.FOLDER:
                        waiting += [folder / name] if name not in OF_PACKAGES else []
                    elif Path(name).suffix in ENDINGS and kind is Kind.FILE:
                        found += 1
                        yield folder / name
            except OSError as error:
                self.said.append(f"{readable(folder.as_posix())}: it cannot be looked into: {reason_of(error)}")


def digest(data: bytes) -> str:
    """By what a text is known again."""
    return sha256(data).hexdigest()


def as_answer(plain: Plain) -> bytes:
    """Plain values as the body of an answer."""
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")


def _hidden(path: Path | PurePosixPath) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
