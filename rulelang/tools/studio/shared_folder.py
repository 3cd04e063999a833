"""The folder that the page is started with: its texts are read, and those that a person changed are written back."""

import json
import os
from hashlib import sha256
from pathlib import Path, PurePosixPath

from attrs import frozen

from rulelang.base.diagnostic import RulelangError
from rulelang.base.files import Kind, files_below, kind_of, read_file
from rulelang.base.outputs import write_atomically
from rulelang.base.source import readable
from rulelang.document.write import Plain

ENDINGS = (".rules", ".event", ".history", ".csv")
MOST_FILES, MOST_BYTES = 200, 1 << 20
"""So much of a folder is opened; the page itself takes less text."""


class NotSaved(Exception):
    """A text is not written; the words say why."""


@frozen
class SharedFolder:
    """A folder of rulebooks, events and tables."""

    path: Path

    def told(self) -> Plain:
        """Its name, its texts by their paths inside it, and the digest of each as it stands on the disk.

        Hidden files, other kinds of file and links that lead out of it are passed over.
        """
        found: dict[str, bytes] = {}
        for inside in files_below(self.path):
            if inside.suffix in ENDINGS and not _hidden(inside) and self._holds(inside) and len(found) < MOST_FILES:
                data = read_file(self.path / inside, MOST_BYTES + 1)
                if len(data) <= MOST_BYTES and _is_text(data):
                    found[inside.as_posix()] = data
        return {
            "name": readable(Path(os.path.realpath(self.path)).name),
            "files": {name: data.decode("utf-8") for name, data in found.items()},
            "digests": {name: digest(data) for name, data in found.items()},
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
            if kind_of(place.parent) is not Kind.FOLDER or not self._holds(Path(inside)):
                raise NotSaved("there is no such folder")
            stands = digest(read_file(place, MOST_BYTES + 1)) if kind_of(place) is Kind.FILE else ""
            if stands != known:
                raise NotSaved("it was changed on the disk meanwhile; save a copy, and look at both")
            write_atomically(place, data, over_input=True)
        except RulelangError as error:
            raise NotSaved(error.diagnostics[0].message) from None
        return digest(data)

    def _holds(self, inside: Path) -> bool:
        """Whether a path leads to a place in the folder, links followed."""
        return Path(os.path.realpath(self.path / inside)).is_relative_to(os.path.realpath(self.path))


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
