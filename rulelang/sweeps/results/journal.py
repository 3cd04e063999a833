"""The folder of a run that is under way: results and rejects as they grow, and a journal of what stands of them.

The journal has a line for each piece, written when the piece's row groups are on the disk: once a second, for a disk
takes its time.  A run that was stopped goes
on behind the last whole line; whatever follows in the files is cut off.
"""

import base64
import contextlib
import json
import os
import re
import time
import zlib
from pathlib import Path
from typing import BinaryIO

import pyarrow
from attrs import define, field

from rulelang.base.files import open_input
from rulelang.base.outputs import create, make_folder, remove, remove_folder, reopen
from rulelang.document.write import Plain
from rulelang.sweeps.options import CannotGoOn
from rulelang.sweeps.results.parquet_writer import ParquetWriter, RowGroup

_KINDS = ("results", "rejects")
SPOOL = "spool-"
"""How files begin in which workers keep pieces until their turn comes; they are worth nothing to a later run."""
_JOURNAL = "journal"
_NAMES = re.compile(rf"{_JOURNAL}|{'|'.join(_KINDS)}|{SPOOL}[0-9]+")
_FIRST, _BEGUN = re.compile(rb'([0-9a-f]{8} )?\{"rulebook":'), re.compile(rb"[0-9a-f]{0,8}")
"""How a journal begins, with what its run is of, and how one does that was stopped at once."""
SETTLE_EVERY = 10**9
"""Nanoseconds between two moments at which what was done is brought onto the disk."""


@define
class Journal:
    """What stands of a run: its pieces, how many scenarios they hold, and the two files."""

    folder: Path
    files: dict[str, ParquetWriter]
    stream: BinaryIO
    pieces: int = 0
    scenarios: int = 0
    checked: int = 0
    waiting: list[bytes] = field(factory=list)
    settled: int = field(factory=time.monotonic_ns)

    @property
    def rejected(self) -> int:
        """How many scenarios were set aside."""
        return self.files["rejects"].rows

    def enter(self, groups: dict[str, RowGroup], scenarios: int, checked: int) -> None:
        """Append the row groups of a piece and note that they stand."""
        line: Plain = {"piece": self.pieces, "scenarios": scenarios, "checked": checked}
        for kind, group in groups.items():
            described, *numbers = self.files[kind].append(group)
            line[kind] = [base64.b64encode(described).decode(), *numbers]
        self.note(line)
        self._count(line)
        if time.monotonic_ns() - self.settled >= SETTLE_EVERY:
            self.settle()

    def note(self, line: Plain) -> None:
        """Keep a line to be written; the first says whose journal it is."""
        text = json.dumps(line, separators=(",", ":")).encode()
        self.waiting.append(b"%08x %b\n" % (zlib.crc32(text), text))

    def settle(self) -> None:
        """Bring what was done onto the disk, and then the lines that say so."""
        for file in self.files.values():
            file.settle()
        self.stream.write(b"".join(self.waiting))
        self.waiting.clear()
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.settled = time.monotonic_ns()

    def _count(self, line: Plain) -> None:
        self.pieces += 1
        self.scenarios += line["scenarios"]
        self.checked += line["checked"]

    def restore(self, lines: list[bytes]) -> None:
        """Take over what stands of a stopped run.

        Raises:
            CannotGoOn: the journal or a file is not as it was written.
        """
        length = 0
        for number, text in enumerate(lines):
            if not text.endswith(b"\n"):  # the run was stopped while it wrote this line
                break
            length += len(text)
            if not number:
                continue
            line = _read(text, self.folder)
            for kind in _KINDS:
                if kind in line:
                    described, rows, end, checksum = line[kind]
                    if not self.files[kind].holds(end, checksum):
                        raise _damaged(self.folder)
                    self.files[kind].restore(base64.b64decode(described), rows, end)
            self._count(line)
        self.stream.truncate(length)
        self.stream.seek(length)
        for file in self.files.values():
            file.cut()

    def close(self) -> None:
        """Close all files; a later run may go on."""
        if self.stream.closed:
            return
        with contextlib.suppress(OSError):  # what is not on the disk is done again
            self.settle()
        self.abandon()

    def abandon(self) -> None:
        """Close all files as they are."""
        for stream in (self.stream, *(file.stream for file in self.files.values())):
            with contextlib.suppress(OSError):  # it may hold what could not be written
                stream.close()

    def discard(self) -> None:
        """Remove all that was written."""
        self.abandon()
        remove_folder(self.folder, _ours(self.folder))


def folder_of(out: Path) -> Path:
    """The folder in which a run into ``out`` keeps what it has."""
    return out.with_name(out.name + ".partial")


def open_journal(
    out: Path, identity: Plain, schemas: dict[str, pyarrow.Schema], *, resume: bool, restart: bool
) -> Journal:
    """The journal of a new run, or of a stopped one that goes on.

    Raises:
        CannotGoOn: there is a stopped run and neither ``resume`` nor ``restart`` is set, or it was one of other
            texts, scenarios, options or versions.
        OSError: the folder cannot be written.
    """
    folder = folder_of(out)
    path = folder / _JOURNAL
    _require_ours(folder)
    if os.path.lexists(path):
        stream = reopen(path)
        _lock(stream, out)
        lines = stream.readlines()
        stands = lines and lines[0].endswith(b"\n") and not restart
        if stands and resume:
            journal = Journal(folder, {}, stream)
            try:
                _resume(journal, lines, identity, schemas)
            except CannotGoOn:
                journal.abandon()
                raise
            return journal
        stream.close()
        if stands:
            raise CannotGoOn(f"{folder} holds a stopped run: go on with --resume, or start anew with --restart")
    remove_folder(folder, _ours(folder))
    make_folder(folder)
    stream = create(path)
    _lock(stream, out)
    journal = Journal(folder, {}, stream)
    journal.note(identity)
    journal.settle()  # before there is anything else: by this line the folder is known to be ours
    journal.files.update({kind: ParquetWriter.create(folder / kind, schemas[kind]) for kind in _KINDS})
    return journal


def _ours(folder: Path) -> list[str]:
    """The names in the folder that a run gives, the journal last: so what is left is known again."""
    if not os.path.lexists(folder):
        return []
    with os.scandir(folder) as entries:
        found = [
            entry.name for entry in entries if _NAMES.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
        ]
    return sorted(found, key=lambda name: name == _JOURNAL)


def _require_ours(folder: Path) -> None:
    """Make sure that what has the name of the folder is one, and holds a run or nothing.

    Raises:
        CannotGoOn: it is something else, and not ours to remove.
        OSError: it cannot be looked at.
    """
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise _foreign(folder)
    names = _ours(folder)
    if len(names) != len(list(folder.iterdir())) or (names and names[-1] != _JOURNAL):
        raise _foreign(folder)
    if not names:
        return
    with open_input(folder / _JOURNAL) as file:
        first = file.readline(64)
    stopped = len(names) == 1 and not first.endswith(b"\n") and _BEGUN.fullmatch(first[:8])
    if not (stopped or _FIRST.match(first)):
        raise _foreign(folder)


def _foreign(folder: Path) -> CannotGoOn:
    return CannotGoOn(f"{folder} is there and holds no stopped run: give it another name, or the results")


def _lock(stream: BinaryIO, out: Path) -> None:
    """Keep the journal for this run as long as it is open; a run that was killed keeps nothing."""
    try:
        import fcntl
    except ImportError:  # a system without such locks: there the user sees to it
        return
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise CannotGoOn(f"another run is writing to {out}: wait for it, or stop it first") from None


def _resume(journal: Journal, lines: list[bytes], identity: Plain, schemas: dict[str, pyarrow.Schema]) -> None:
    """Let a journal go on behind the lines of a stopped run.

    Raises:
        CannotGoOn: that run was one of something else, or what it left is damaged.
    """
    folder = journal.folder
    before = _read(lines[0], folder)
    differing = ", ".join(what for what in identity if before.get(what) != identity[what])
    if differing:
        raise CannotGoOn(f"the stopped run in {folder} had another {differing}: start anew with --restart")
    for name in _ours(folder):
        if name.startswith(SPOOL):
            remove(folder / name)
    journal.files.update({kind: _reopened(folder / kind, schemas[kind]) for kind in _KINDS})
    journal.restore(lines)


def _read(line: bytes, folder: Path) -> Plain:
    """What a line of a journal says, if it is as it was written."""
    checksum, _, text = line.rstrip(b"\n").partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        raise _damaged(folder)
    found: Plain = json.loads(text)
    return found


def _damaged(folder: Path) -> CannotGoOn:
    return CannotGoOn(f"the stopped run in {folder} is damaged, or of another version: start anew with --restart")


def _reopened(path: Path, schema: pyarrow.Schema) -> ParquetWriter:
    """A file that was begun, unless the run was stopped before that."""
    return (ParquetWriter.reopen if os.path.lexists(path) else ParquetWriter.create)(path, schema)
