"""Everything that the program writes, renames or removes.

Nothing is written over a file that is read, over a rulebook or an event, nor over what is no file; a link of the user's
stays, and the file that it leads to is written; a file that is there keeps its owner and permissions.  What several
outputs hold is first put into files beside their places, readable to nobody else, and then all are put in place, or
none.  A process that is killed leaves at most hidden files named ``.rulelang-….tmp`` or ``.old``, in nobody's way.
"""

import contextlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.files import Identity, identity, note_input, noted_inputs, reason_of
from rulelang.base.values import ComparedByValue, Gathering

_BINARY = getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_THERE = "is there already, and nothing is overwritten"
_ELSEWHERE = "choose a new folder"
_BY_HAND = {".rules": "a rulebook", ".event": "an event"}
"""What stands nowhere else, by the ending of its name: only the formatter, which keeps all of it, writes over that."""
_STREAMS = ("standard input comes from there", "standard output leads there", "standard error leads there")


class WriteError(RulelangError):
    """A file cannot be written; what stood there before still stands."""


class OutputError(WriteError):
    """An output was asked for that would destroy an input, another output, or what is somebody else's: wrong use."""


class _Target(ComparedByValue):
    """Where an output goes: its path, links followed, and the file that is there now."""

    named: Path
    path: Path
    there: os.stat_result | None

    @property
    def identity(self) -> tuple[Identity | str, str]:
        """What two outputs may not share; names that differ in case alone are one on many file systems."""
        if self.there is not None:
            return identity(self.there), ""
        return os.path.realpath(self.path.parent), unicodedata.normalize("NFC", self.path.name).casefold()


def require_writable(outputs: Iterable[Path], inputs: Iterable[Path] = ()) -> None:
    """Make sure that outputs can be put in their places; ``inputs`` are read later, if they are there.

    Raises:
        OutputError: an output is an input, a rulebook or an event, or two outputs are one file.
        WriteError: there is no folder for it, or what is there may not be replaced.
    """
    for path in inputs:
        with contextlib.suppress(OSError, ValueError):  # who reads it says so
            note_input(path)
    _targets(outputs)


def write_atomically(path: Path, data: bytes | str, *, over_input: bool = False) -> None:
    """Write a file so that a reader sees the old content or the new one, never half of it.

    Text is written as UTF-8, its line ends as they are.  ``over_input`` allows the file to be one that was read.

    Raises:
        OutputError, WriteError: as :func:`require_writable`; or the disk is full.
    """
    with placed([(path, data)], over_input=over_input):
        pass


@contextlib.contextmanager
def placed(
    outputs: Sequence[tuple[Path, bytes | str]], *, new: bool = False, over_input: bool = False
) -> Iterator[None]:
    """Put files in their places when the block ends well: all of them, or none.

    They are written beside their places before the block begins.  With ``new`` none of them may be there yet.

    Raises:
        OutputError, WriteError: as :func:`require_writable`; or the disk is full.
    """
    moves: list[_Move] = []
    try:
        for path in (path for path, _ in outputs if new and os.path.lexists(path)):
            raise WriteError([finding("unwritable-file", f"{path} {_THERE}", help=_ELSEWHERE)])
        targets = _targets((path for path, _ in outputs), over_input=over_input)
        for target, (_, data) in zip(targets, outputs, strict=True):
            source = _beside(target.path, "tmp")
            moves.append(_Move(target, source, new=new))
            with _refusals(target.named):
                _fill(source, data.encode("utf-8") if isinstance(data, str) else data)
        yield
        _put_in_place(moves)
    finally:
        for move in moves:
            remove(move.source)


def place_all(moves: Sequence[tuple[Path | None, Path]]) -> None:
    """Put files that are written already in their places, all or none; ``None``: what is at that place goes.

    Raises:
        OutputError, WriteError: as :func:`require_writable`.
    """
    targets = _targets(path for _, path in moves)
    _put_in_place([_Move(target, source) for target, (source, _) in zip(targets, moves, strict=True)])


def create(path: Path) -> BinaryIO:
    """A new file of our own, readable to nobody else, to be written and read.

    Raises:
        OSError: something is there already, or it cannot be made.
    """
    return _opened(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)


def reopen(path: Path) -> BinaryIO:
    """A file of our own that was begun, to be written and read.

    Raises:
        OSError: it is not there.
    """
    return _opened(path, os.O_RDWR)


def _opened(path: Path, flags: int) -> BinaryIO:
    return os.fdopen(os.open(path, flags | _BINARY | _NO_LINK, 0o600), "r+b")


@contextlib.contextmanager
def folders_made(folders: Iterable[Path]) -> Iterator[None]:
    """Make folders, and those above them that are missing; if the block fails, those that were made go again.

    Raises:
        WriteError: one cannot be made.
    """
    made: list[Path] = []
    try:
        for folder in folders:
            with _refusals(folder):
                for above in (*reversed(folder.parents), folder):
                    if not above.is_dir():
                        above.mkdir()
                        made.append(above)
        yield
    except BaseException:
        for folder in reversed(made):
            remove_folder(folder)
        raise


def make_folder(path: Path) -> None:
    """Make a folder of our own, for nobody else to look into, if it is not there yet.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(0o700, exist_ok=True)


def remove_folder(path: Path, names: Iterable[str] = ()) -> None:
    """Remove a folder of our own with the files of these names; what else is in it stays, and so does the folder."""
    for name in names:
        remove(path / name)
    with contextlib.suppress(OSError):
        path.rmdir()


def remove(path: Path | None) -> None:
    """Remove a file of our own, if it is there."""
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()


def _targets(outputs: Iterable[Path], *, over_input: bool = False) -> list[_Target]:
    found = [_target(path) for path in outputs]
    inputs = frozenset() if over_input else noted_inputs()
    for place, target in enumerate(found):
        if target.there is not None and identity(target.there) in inputs:
            raise refused_output(target.named, "it is an input of this command")
        if target.there is not None and not over_input and (kept := _BY_HAND.get(target.path.suffix.lower())):
            raise refused_output(target.named, f"{kept} stands there, and is not replaced")
        if any(target.identity == other.identity for other in found[:place]):
            raise refused_output(target.named, "two outputs are to go there", "give each a file of its own")
        with _refusals(target.named):
            if target.there is not None and not (target.there.st_mode & 0o222 and os.access(target.path, os.W_OK)):
                raise OSError("it is read-only")
    return found


def refused_output(path: Path, reason: str, advice: str = "write to another file") -> OutputError:
    """The error for an output that would destroy what stands at its place."""
    return OutputError([finding("unwritable-file", f"cannot write {path}: {reason}; {advice}")])


def _target(named: Path) -> _Target:
    """Where an output goes.

    Raises:
        OutputError: where a standard stream leads.
        WriteError: not to a file that may be replaced.
    """
    with _refusals(named):
        path = _followed(named)
        there: os.stat_result | None = None
        with contextlib.suppress(FileNotFoundError):
            there = path.stat()
        if there is None:
            if not os.access(path.parent, os.W_OK) and path.parent.stat():
                raise OSError("permission denied for its folder")
            return _Target(named, path, None)
        if stat.S_ISDIR(there.st_mode):
            raise OSError("it is a folder")
        if not stat.S_ISREG(there.st_mode):
            raise OSError("it is not a regular file")
    _refuse_streams(named, there)
    return _Target(named, path, there)


def _followed(named: Path) -> Path:
    """The path that links lead to, none of them by way of what this process or another has open."""
    path = named.absolute()
    for _ in range(40):
        folder = Path(os.path.realpath(path.parent))
        if f"{folder}/".startswith(("/proc/", "/dev/fd/")):
            raise OSError("it stands for an open file; use `-` or the shell's `>` for standard output")
        path = folder / path.name
        if not path.is_symlink():
            return path
        path = folder / path.readlink()
    raise OSError("links lead in a circle")


def _refuse_streams(named: Path, there: os.stat_result) -> None:
    for descriptor, words in enumerate(_STREAMS):
        with contextlib.suppress(OSError):
            if identity(os.fstat(descriptor)) == identity(there):
                raise refused_output(named, words)


@contextlib.contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """What the system refuses, as a diagnostic."""
    try:
        yield
    except UnicodeEncodeError:
        reason = "the text holds half a character, which UTF-8 cannot express"
    except (OSError, ValueError) as error:
        reason = reason_of(error)
    else:
        return
    raise WriteError([finding("unwritable-file", f"cannot write {path}: {reason}")]) from None


def _beside(path: Path, ending: str) -> Path:
    """A name that nothing has; it does not grow with the target's, which may be as long as the file system allows."""
    import secrets

    return path.parent / f".rulelang-{secrets.token_hex(8)}.{ending}"


def _fill(path: Path, data: bytes) -> None:
    with create(path) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


class _Move(Gathering):
    """A file on its way: ``source`` takes the place of what is at the target, which is kept until all are there."""

    target: _Target
    source: Path | None
    new: bool = False
    kept: Path | None = None
    done: bool = False

    def settle_rights(self) -> None:
        """Give the file the owner and permissions that it is to have."""
        if self.source is None or not hasattr(os, "chown"):  # elsewhere the folder says who may read
            return
        made, there = self.source.stat(), self.target.there
        if there is None:
            os.chmod(self.source, 0o666 & ~_umask())  # noqa: PTH101 - as `open` would have made it
            return
        if (made.st_uid, made.st_gid) != (there.st_uid, there.st_gid):
            try:
                os.chown(self.source, there.st_uid, there.st_gid)
            except PermissionError:
                raise OSError("it belongs to another user or group, and would no longer do so") from None
        os.chmod(self.source, stat.S_IMODE(there.st_mode))  # noqa: PTH101 - as above

    def go(self, *, keep: bool) -> None:
        """Put the file in its place; ``keep`` what is there, if another may still fail."""
        path = self.target.path
        if self.target.there is not None and keep:
            self.kept = _beside(path, "old")
            try:
                os.link(path, self.kept)
            except OSError:  # a file system without links: for a moment nothing is there
                path.replace(self.kept)
        if self.source is None:
            path.unlink(missing_ok=True)
        elif self.new and os.path.lexists(path):
            raise OSError(f"it {_THERE}")
        else:
            self.source.replace(path)
        self.done = True

    def undo(self) -> None:
        """Put back what was there."""
        if self.kept is not None:
            self.kept.replace(self.target.path)
        elif self.done and self.target.there is None:
            remove(self.target.path)


def _put_in_place(moves: Sequence[_Move]) -> None:
    """All, or none."""
    begun: list[_Move] = []
    try:
        for move in moves:
            with _refusals(move.target.named):
                move.settle_rights()
        for move in moves:
            begun.append(move)  # before it goes: it may be stopped halfway
            with _refusals(move.target.named):
                move.go(keep=len(moves) > 1)
    except BaseException:
        for move in reversed(begun):
            with contextlib.suppress(OSError):  # then what was there stays beside its place
                move.undo()
                remove(move.kept)
        raise
    for move in moves:
        remove(move.kept)
    for folder in {move.target.path.parent for move in moves}:
        _settle(folder)


def _settle(folder: Path) -> None:
    """Bring the names in a folder onto the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    """What the user withholds from new files; it can only be asked for by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
