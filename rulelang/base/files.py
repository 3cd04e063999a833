"""Files that are read: those that ship with the project, and what a command is given.

Whatever the system refuses becomes a diagnostic; nothing else in the package opens a file for reading, but the readers
of tables of scenarios, whose library does so itself.
"""

import enum
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.source import readable

Identity = tuple[int, int]
"""By what a file is known under all its names: the device, and its number there."""

_PIECE = 1 << 20
"""So many bytes are read at a time."""

_noted: ContextVar[set[Identity] | None] = ContextVar("noted", default=None)


def data_folder(name: str, checkout: str | None = None) -> Path:
    """A folder that ships with the project: inside the installed package (``_name``), else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / f"_{name}"
    return installed if installed.is_dir() else package.parent / (checkout or name)


def files_below(folder: Path, *, hidden: bool = False) -> list[Path]:
    """All files below a folder, by their paths inside it, in order; ``hidden`` ones only if asked for."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() or (hidden and path.is_symlink()))
    return sorted((path for path in found if hidden or not path.name.startswith(".")), key=lambda path: path.parts)


@contextmanager
def inputs_noted() -> Iterator[None]:
    """Note every file that is read meanwhile as an input, over which no output is written."""
    token = _noted.set(set())
    try:
        yield
    finally:
        _noted.reset(token)


def noted_inputs() -> frozenset[Identity]:
    """The files that were read since :func:`inputs_noted`."""
    return frozenset(_noted.get() or ())


def note_input(path: Path) -> None:
    """Note a file that a library will open by its path, perhaps more than once.

    Raises:
        OSError: it is not there, may not be looked at, or is no regular file.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError("it is not a regular file")
    _note(status)


def _note(status: os.stat_result) -> None:
    noted = _noted.get()
    if noted is not None:
        noted.add(identity(status))


def identity(status: os.stat_result) -> Identity:
    """By what a file is known again."""
    return status.st_dev, status.st_ino


class Kind(enum.Enum):
    """What stands at a path."""

    FILE = "a file"
    FOLDER = "a folder"
    OTHER = "a pipe, socket or device"
    NOTHING = "nothing"


def kind_of(path: Path) -> Kind:
    """What stands at a path, where links lead to.

    Raises:
        ReadError: the system does not say: a folder on the way is closed, the name is too long, links lead in a circle.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Kind.NOTHING
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    return Kind.FILE if stat.S_ISREG(mode) else Kind.FOLDER if stat.S_ISDIR(mode) else Kind.OTHER


def entries_of(folder: Path) -> Iterator[tuple[str, Kind]]:
    """What a folder holds, one after the other; a link to a folder is neither folder nor file, one to a file a file.

    Raises:
        OSError: it cannot be looked into.
    """
    with os.scandir(folder) as held:
        for entry in held:
            if entry.is_dir(follow_symlinks=False):
                yield entry.name, Kind.FOLDER
            else:
                yield entry.name, Kind.FILE if entry.is_file() else Kind.OTHER


def read_file(path: Path, limit: int, name: str | None = None) -> bytes:
    """The first ``limit`` bytes of a file; ``name`` is what diagnostics call it.

    Raises:
        ReadError: it cannot be opened or read.
    """
    try:
        with open_input(path) as file:
            return b"".join(_pieces(file, limit))
    except (OSError, ValueError) as error:
        raise unreadable(name or path, error) from None


def _pieces(file: BinaryIO, limit: int) -> Iterator[bytes]:
    """What a file holds, up to ``limit`` bytes; asked for all of them at once, Python makes room for so many."""
    while limit > 0 and (piece := file.read(min(limit, _PIECE))):
        limit -= len(piece)
        yield piece


def held_at(path: Path, limit: int) -> bytes:
    """What stands at the place of an output, as far as it can be read; it does not become an input."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except (OSError, ValueError):
        return b""


def open_input(path: Path) -> BinaryIO:
    """A file, opened for reading.

    A pipe that the shell has opened (``/dev/stdin``, ``/dev/fd/63``) is read too; one with a name of its own would keep
    the command waiting for somebody who writes to it.

    Raises:
        OSError: it cannot be opened.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError("it is a folder, not a file")
    if stat.S_ISFIFO(mode) and not os.path.abspath(path).startswith(("/dev/", "/proc/")):  # noqa: PTH100 - no links
        raise OSError("it is a pipe, not a file")
    file = path.open("rb")
    _note(os.fstat(file.fileno()))
    return file


def for_arrow(path: Path) -> object:
    """A file as Arrow takes it, which knows names in UTF-8 only: by its path, or else opened.

    Raises:
        OSError: it cannot be opened.
    """
    if readable(str(path)) == str(path):
        return path
    import pyarrow

    return pyarrow.OSFile(os.fsencode(path))


def unreadable(path: Path | str, error: Exception) -> ReadError:
    """The error for a file that cannot be read."""
    return ReadError([finding("unreadable-file", f"cannot read {path}: {reason_of(error)}")])


def reason_of(error: Exception) -> str:
    """Why the system refuses, in a few words."""
    if isinstance(error, OSError):
        # what Arrow puts into `strerror` names the path again
        return (str(error) if error.errno is None else os.strerror(error.errno)).lower()
    return "its name holds a zero byte" if "null" in str(error) else str(error)
