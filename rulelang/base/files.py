"""Files of the project's own: the folders that ship with it, and output files, written whole or not at all."""

import contextlib
import os
import stat
from pathlib import Path

from rulelang.base.diagnostic import RulelangError, finding


class WriteError(RulelangError):
    """A file cannot be written; what stood there before still stands."""


def data_folder(name: str, checkout: str | None = None) -> Path:
    """A folder that ships with the project: inside the installed package (``_name``), else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / f"_{name}"
    return installed if installed.is_dir() else package.parent / (checkout or name)


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write a file so that a reader sees the old content or the new one, never half of it.

    Text is written as UTF-8, its line ends as they are.  Where ``path`` is a symbolic link, the file it leads to is
    written; a file that is already there keeps its permissions.

    Raises:
        WriteError: no such folder, no permission, a full disk, or something at ``path`` that is not a file.
    """
    try:
        _replace(Path(os.path.realpath(path)), data.encode("utf-8") if isinstance(data, str) else data)
    except UnicodeEncodeError:
        raise _unwritable(path, "the text holds half a character, which UTF-8 cannot express") from None
    except OSError as error:
        raise _unwritable(path, (error.strerror or str(error)).lower()) from None
    except ValueError:
        raise _unwritable(path, "its name holds a zero byte") from None


def _unwritable(path: Path, reason: str) -> WriteError:
    return WriteError([finding("unwritable-file", f"cannot write {path}: {reason}")])


def _replace(target: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``target`` through a temporary file beside it."""
    mode = _mode(target)
    import secrets

    # the name does not grow with the target's, which may be as long as the file system allows
    temporary = target.parent / f".rulelang-{secrets.token_hex(8)}.tmp"
    # created as `open` would create the target, so that the user's umask holds
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int | None:
    """The permissions of the file that is already there; a device, pipe or folder must not be replaced by a file."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise OSError("it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise OSError("it is not a regular file")
    return stat.S_IMODE(status.st_mode)
