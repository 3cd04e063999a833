"""The tables of the parser as data: their form in memory, their form in a file, and how a file is trusted.

The file is a line that says what it was made from and what follows, and lines of words.  It is data: reading it runs
nothing (and needs no JSON, whose module alone would take as long to load).  It is believed only if the checksums agree
and if nobody could have written it who could not have written the program itself.  This module needs the standard
library alone, for the build of the package uses it too.
"""

import contextlib
import os
import re
import stat
import zlib
from pathlib import Path
from typing import NamedTuple, TypeAlias

from rulelang.base.trust import why_not

START_RULES = ("rulebook", "event", "history")
END = "$END"
"""The kind of the end of a text."""
FORMAT = 3
"""Counted up whenever the form of the file changes."""
MOST_BYTES = 4 << 20
"""A larger file is none of ours; it is not even read."""

Row: TypeAlias = dict[str, int]
"""What a state does with each symbol: the state that follows, or ``~number`` of the rule that is complete.

The state behind a whole text takes its end and stays as it is.
"""


class UnsafeTables(Exception):
    """A file of tables that is not believed; the text says why."""


class Terminal(NamedTuple):
    """A kind of token: its pattern, and its text if it is written in one way."""

    name: str
    pattern: str
    text: str | None


class RuleShape(NamedTuple):
    """A rule: how many symbols it takes off the stack, and what its node is made of.

    ``name`` is that of its builder; ``None`` passes the only part on, and an empty name makes a list.  The ``parts``
    are counted from the top of the stack: ``-n`` is a symbol, ``n`` a list whose items are parts, ``None`` a part that
    is left out.
    """

    origin: str
    size: int
    name: str | None
    parts: tuple[int | None, ...]


class Tables(NamedTuple):
    """All that the parser knows of the grammar.

    ``terminals`` stand in the order in which they are tried; ``starts`` are the first states of the start rules;
    ``lark`` is the version of Lark that worked them out.
    """

    lark: str
    terminals: tuple[Terminal, ...]
    ignored: tuple[str, ...]
    starts: dict[str, int]
    rules: tuple[RuleShape, ...]
    states: tuple[Row, ...]


def written(tables: Tables, grammar: bytes) -> bytes:
    """The content of a file of tables: lines of words, first how many lines there are of each sort.

    The many kinds before which the same rule is complete stand in a line of their own, to which the states refer.
    """
    kinds: dict[str, int] = {}
    states = []
    for row in tables.states:
        completed: dict[int, list[str]] = {}
        for kind, to in row.items():
            if to < 0:
                completed.setdefault(to, []).append(kind)
        follows = [f"{kind} {to}" for kind, to in row.items() if to >= 0]
        groups = [f"{to} {kinds.setdefault(' '.join(group), len(kinds))}" for to, group in completed.items()]
        states.append(f"{' '.join(follows)};{' '.join(groups)}")
    sorts: list[list[str]] = [
        [tables.lark],
        [f"{name} {'=' if text else '~'} {_escaped(text or pattern)}" for name, pattern, text in tables.terminals],
        list(tables.ignored),
        [f"{start} {state}" for start, state in tables.starts.items()],
        [_rule_line(rule) for rule in tables.rules],
        list(kinds),
        states,
    ]
    counts = " ".join(str(len(lines)) for lines in sorts)
    body = "\n".join([counts, *(line for lines in sorts for line in lines)]).encode("ascii")
    return _headline(grammar, body) + body


def _rule_line(rule: RuleShape) -> str:
    name = "-" if rule.name is None else rule.name or "[]"
    return " ".join([rule.origin, str(rule.size), name, *("-" if part is None else str(part) for part in rule.parts)])


def _escaped(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def read(data: bytes, grammar: bytes) -> Tables:
    """The tables that a file holds.

    Raises:
        UnsafeTables: they were made from another grammar or by another version, or are damaged.
    """
    headline, _, body = data.partition(b"\n")
    if headline + b"\n" != _headline(grammar, body):
        raise UnsafeTables("it is damaged, or made from another grammar")
    try:
        tables = _tables(body.decode("ascii"))
        _validate(tables)
    except (ValueError, LookupError):
        raise UnsafeTables("it is not of the form of such files") from None
    return tables


def _tables(body: str) -> Tables:
    counts, *lines = body.split("\n")
    sorts, at = [], 0
    for count in map(int, counts.split()):
        sorts.append(lines[at : at + count])
        at += count
    if at != len(lines):
        raise ValueError("more lines than it says")
    (lark,), terminals, ignored, starts, rules, kinds, states = sorts
    groups = [line.split() for line in kinds]
    return Tables(
        lark,
        tuple(map(_terminal, terminals)),
        tuple(ignored),
        {start: int(state) for start, state in map(str.split, starts)},
        tuple(map(_rule, rules)),
        tuple(_row(line, groups) for line in states),
    )


def _terminal(line: str) -> Terminal:
    name, sort, rest = line.split(" ", 2)
    text = rest.encode("ascii").decode("unicode_escape")
    return Terminal(name, re.escape(text), text) if sort == "=" else Terminal(name, text, None)


def _rule(line: str) -> RuleShape:
    origin, size, name, *parts = line.split()
    numbers = tuple(None if part == "-" else int(part) for part in parts)
    return RuleShape(origin, int(size), None if name == "-" else name.replace("[]", ""), numbers)


def _row(line: str, kinds: list[list[str]]) -> Row:
    """What a state does: what follows a symbol is written out; a rule is complete before any kind of a group."""
    follows, groups = line.split(";")
    words = follows.split()
    row = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    if groups:  # two of five states have none
        words = groups.split()
        for to, group in zip(words[::2], words[1::2], strict=True):
            row.update(dict.fromkeys(kinds[int(group)], int(to)))
    return row


def _headline(grammar: bytes, body: bytes) -> bytes:
    """What the tables were made from (the form, the maker, the grammar) and what follows, as checksums.

    They tell of change and damage, for which CRC-32 will do; against people the file's owner and rights are looked at.
    (The module of cryptographic digests takes longer to load than the tables.)
    """
    maker = Path(__file__).with_name("make_tables.py").read_bytes()
    sizes = f"{len(maker)} {len(grammar)} {len(body)}"
    sums = f"{zlib.crc32(maker):08x} {zlib.crc32(grammar):08x} {zlib.crc32(body):08x}"
    return f"rulelang tables {FORMAT} {sizes} {sums}\n".encode()


def _validate(tables: Tables) -> None:
    """Raise ``ValueError`` where a number leads out of the tables."""
    least, most = -len(tables.rules), len(tables.states)
    ways: set[int] = set()
    for row in tables.states:
        ways.update(row.values())
    if not ways or min(ways) < least or max(ways) >= most:
        raise ValueError("a state leads nowhere")
    for rule in tables.rules:
        if rule.size < 1 or any(part is not None and not 0 < abs(part) <= rule.size for part in rule.parts):
            raise ValueError("a rule of parts it does not have")
    if set(tables.starts) != set(START_RULES) or not all(0 <= state < most for state in tables.starts.values()):
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
    """Make sure that nobody may write here who may not write the program's own code."""
    reason = why_not(status, code)
    if reason is not None:
        raise UnsafeTables(f"{what} {reason}")


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
