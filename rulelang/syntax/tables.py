"""The tables of the parser as data: their form in memory, their form in a file, and how a file is trusted.

The file is a line that says what it was made from and what follows, and one line of JSON.  It is data: reading it runs
nothing.  It is believed only if the digests agree and if nobody could have written it who could not have written the
program itself.  This module needs the standard library alone, for the build of the package uses it too.
"""

import contextlib
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import NamedTuple, TypeAlias

START_RULES = ("rulebook", "event")
END = "$END"
"""The kind of the end of a text."""
FORMAT = 1
"""Counted up whenever the form of the file changes."""
MOST_BYTES = 4 << 20
"""A larger file is none of ours; it is not even read."""

Row: TypeAlias = dict[str, int]
"""What a state does with each symbol: the state that follows, or ``~number`` of the rule that is complete."""


class UnsafeTables(Exception):
    """A file of tables that is not believed; the text says why."""


class Terminal(NamedTuple):
    """A kind of token: its pattern, and its text if it is written in one way."""

    name: str
    pattern: str
    text: str | None


class RuleShape(NamedTuple):
    """A rule: how many symbols it takes off the stack, and what its node is made of.

    ``name`` is that of its builder; ``None`` passes the only part on, and an empty name makes a list.  Of ``parts``,
    ``n`` is the symbol with this number, ``~n`` a list whose items are taken one by one, ``None`` a part left out.
    """

    origin: str
    size: int
    name: str | None
    parts: tuple[int | None, ...]


class Tables(NamedTuple):
    """All that the parser knows of the grammar.

    ``terminals`` stand in the order in which they are tried; ``starts`` are the first and the last state of each start
    rule; ``lark`` is the version of Lark that worked them out.
    """

    lark: str
    terminals: tuple[Terminal, ...]
    ignored: tuple[str, ...]
    starts: dict[str, tuple[int, int]]
    rules: tuple[RuleShape, ...]
    states: tuple[Row, ...]


def written(tables: Tables, grammar: bytes) -> bytes:
    """The content of a file of tables: as they are, but for the many kinds before which the same rule is complete."""
    kinds: dict[tuple[str, ...], int] = {}
    states = []
    for row in tables.states:
        completed: dict[int, list[str]] = {}
        for kind, to in row.items():
            if to < 0:
                completed.setdefault(to, []).append(kind)
        groups = [[to, kinds.setdefault(tuple(group), len(kinds))] for to, group in completed.items()]
        states.append([{kind: to for kind, to in row.items() if to >= 0}, groups])
    plain = (*tables[:5], list(kinds), states)
    body = json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()
    return _headline(grammar, body) + body


def read(data: bytes, grammar: bytes) -> Tables:
    """The tables that a file holds.

    Raises:
        UnsafeTables: they were made from another grammar or by another version, or are damaged.
    """
    headline, _, body = data.partition(b"\n")
    if headline + b"\n" != _headline(grammar, body):
        raise UnsafeTables("it is damaged, or made from another grammar")
    try:
        lark, terminals, ignored, starts, rules, kinds, states = json.loads(body)
        tables = Tables(
            lark,
            tuple(Terminal(*each) for each in terminals),
            tuple(ignored),
            {start: (starts[start][0], starts[start][1]) for start in START_RULES},
            tuple(RuleShape(origin, size, name, tuple(parts)) for origin, size, name, parts in rules),
            tuple(_row(follows, groups, kinds) for follows, groups in states),
        )
        _validate(tables)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise UnsafeTables("it is not of the form of such files") from None
    return tables


def _row(follows: Row, groups: list[tuple[int, int]], kinds: list[list[str]]) -> Row:
    """What a state does: ``follows`` is written out; a rule is complete before any of a group of kinds."""
    for to, group in groups:
        follows |= dict.fromkeys(kinds[group], to)
    return follows


def _headline(grammar: bytes, body: bytes) -> bytes:
    """What the tables were made from (the form, the maker, the grammar) and the digest of what follows."""
    maker = Path(__file__).with_name("make_tables.py").read_bytes()
    origin = hashlib.sha256(b"%d %d\n%b%b" % (FORMAT, len(maker), maker, grammar)).hexdigest()
    return f"rulelang tables {FORMAT} {origin} {hashlib.sha256(body).hexdigest()}\n".encode()


def _validate(tables: Tables) -> None:
    """Raise ``ValueError`` where a number leads out of the tables or a part has another type than it should."""
    least, most = -len(tables.rules), len(tables.states)
    ways: set[int] = set()
    for row in tables.states:
        ways.update(row.values())
    if not all(isinstance(to, int) and least <= to < most for to in ways):
        raise ValueError("a state leads nowhere")
    for rule in tables.rules:
        if not 0 < rule.size <= len(tables.states) or any(
            part is not None and not -rule.size <= part < rule.size for part in rule.parts
        ):
            raise ValueError("a rule of parts it does not have")
    if any(not 0 <= state < most for pair in tables.starts.values() for state in pair):
        raise ValueError("a start that is no state")


# ------------------------------------------------------------------------------------------------- files of tables


def load(path: Path, grammar: bytes) -> Tables:
    """The tables of a file.

    Raises:
        UnsafeTables: they cannot be believed.
        OSError: there is no such file, or it cannot be read.
    """
    _believe(path.parent.lstat(), Path(__file__).parent.parent.stat(), "its folder")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnsafeTables("it is no regular file")
        _believe(status, Path(__file__).stat(), "it")
        if status.st_size > MOST_BYTES:
            raise UnsafeTables("it is far too large")
        return read(file.read(MOST_BYTES), grammar)


def _believe(status: os.stat_result, code: os.stat_result, what: str) -> None:
    """Make sure that nobody may write here who may not write the program's own code.

    On systems without owners of this kind the folder of the program is all there is to go by.
    """
    if not hasattr(os, "geteuid"):
        return
    if stat.S_ISLNK(status.st_mode):
        raise UnsafeTables(f"{what} is a symbolic link")
    if status.st_uid not in {0, code.st_uid, os.geteuid()}:
        raise UnsafeTables(f"{what} belongs to another user")
    others = stat.S_IWGRP | stat.S_IWOTH
    if status.st_mode & others & ~code.st_mode or (status.st_mode & stat.S_IWGRP and status.st_gid != code.st_gid):
        raise UnsafeTables(f"others may write {what}")


def keep(path: Path, data: bytes) -> bool:
    """Put a file of tables into a folder that is ours alone; ``False`` if it is not, or cannot be written.

    Several may do this at once: each writes a file of its own and puts it in its place whole.
    """
    if not hasattr(os, "geteuid"):
        return False
    temporary = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
    try:
        folder = path.parent.lstat()
        _believe(folder, Path(__file__).parent.parent.stat(), "its folder")
        with contextlib.suppress(FileNotFoundError):
            there = path.lstat()
            if not stat.S_ISREG(there.st_mode) or there.st_uid != os.geteuid():
                return False  # what is there is not ours to replace
        if not stat.S_ISDIR(folder.st_mode) or folder.st_uid != os.geteuid():
            return False
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except (OSError, UnsafeTables):
        return False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        return False
    return True
