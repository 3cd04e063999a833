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
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from rulelang.base.trust import why_not

START_RULES = ("rulebook", "event", "history")
END = "$END"
"""The kind of the end of a text."""
FORMAT = 4
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
    """A kind of token: how it is written, as a regular expression or, if it is ``fixed``, in one way."""

    name: str
    written: str
    fixed: bool

    @property
    def pattern(self) -> str:
        """The regular expression of what is written so."""
        return re.escape(self.written) if self.fixed else self.written


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


_Kept = TypeVar("_Kept")


class _Lines(dict[int, _Kept], ABC):  # noqa: PLW1641 - no dictionary has a hash
    """Things by their numbers, each read from its line when it is first asked for: a text needs few of them."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.lines = lines

    def __missing__(self, number: int) -> _Kept:
        self[number] = found = self._read(self.lines[number])
        return found

    @abstractmethod
    def _read(self, line: str) -> _Kept:
        """What a line says."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Lines) and self.lines == other.lines


class Rules(_Lines[RuleShape]):
    """The rules; a line has the words of the shape, ``-`` for ``None`` and ``[]`` for the empty name."""

    @classmethod
    def of(cls, rules: Iterable[RuleShape]) -> "Rules":
        """The rules of these shapes."""
        lines = []
        for rule in rules:
            name = "-" if rule.name is None else rule.name or "[]"
            parts = ("-" if part is None else str(part) for part in rule.parts)
            lines.append(" ".join([rule.origin, str(rule.size), name, *parts]))
        return cls(lines)

    def _read(self, line: str) -> RuleShape:
        origin, size, name, *parts = line.split()
        numbers = tuple(None if part == "-" else int(part) for part in parts)
        return RuleShape(origin, int(size), None if name == "-" else name.replace("[]", ""), numbers)

    def validate(self) -> None:
        """Raise ``ValueError`` where a rule has parts that it does not have, or no name."""
        by_size: dict[str, set[str]] = {}
        for line in self.lines:
            _, size, _, *parts = line.split()
            by_size.setdefault(size, set()).update(parts)
        for size, some in by_size.items():
            if int(size) < 1 or not all(part == "-" or 0 < abs(int(part)) <= int(size) for part in some):
                raise ValueError("a part that is none of its rule")


class States(_Lines[Row]):
    """What each state does.

    Many states are of one shape: the symbols that something follows and, for each rule that may be complete, the kinds
    of token before which it is.  A line has the number of the shape and what follows each symbol, then the rules.
    """

    def __init__(self, shapes: Sequence[str], lines: Sequence[str]) -> None:
        """Keep the lines."""
        super().__init__(lines)
        self.shapes = shapes

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "States":
        """The states that do what these rows say."""
        shapes: dict[str, int] = {}
        lines = []
        for row in rows:
            follows = {symbol: to for symbol, to in row.items() if to >= 0}
            completed: dict[int, list[str]] = {}
            for kind in (kind for kind in row if kind not in follows):
                completed.setdefault(row[kind], []).append(kind)
            shape = ";".join(map(" ".join, (follows, *completed.values())))
            numbers = [shapes.setdefault(shape, len(shapes)), *follows.values(), *completed]
            lines.append(" ".join(map(str, numbers)))
        return cls(list(shapes), lines)

    def _read(self, line: str) -> Row:
        shape, *numbers = map(int, line.split())
        follows, *completes = self.shapes[shape].split(";")
        symbols = follows.split()
        row = dict(zip(symbols, numbers, strict=False))
        for kinds, rule in zip(completes, numbers[len(symbols) :], strict=False):
            row.update(dict.fromkeys(kinds.split(), rule))
        return row

    def followed(self, symbol: str) -> list[Row]:
        """The rows of the states in which something follows a symbol."""
        shapes = {number for number, shape in enumerate(self.shapes) if symbol in shape.partition(";")[0].split()}
        return [self[state] for state, line in enumerate(self.lines) if int(line.partition(" ")[0]) in shapes]

    def validate(self, rules: int) -> None:
        """Raise ``ValueError`` where a number is none, or leads out of the tables."""
        sizes = {
            str(at): len(shape.partition(";")[0].split()) + shape.count(";") for at, shape in enumerate(self.shapes)
        }
        if any(line.count(" ") != sizes[line.partition(" ")[0]] for line in self.lines):
            raise ValueError("a state of another size than its shape")
        numbers = list(map(int, set(" ".join(self.lines).split())))
        if min(numbers) < -rules or max(numbers) >= len(self.lines):
            raise ValueError("a state leads nowhere")


class Tables(NamedTuple):
    """All that the parser knows of the grammar.

    ``terminals`` stand in the order in which they are tried; ``starts`` are the first states of the start rules;
    ``lark`` is the version of Lark that worked them out.
    """

    lark: str
    terminals: tuple[Terminal, ...]
    ignored: tuple[str, ...]
    starts: dict[str, int]
    rules: Rules
    states: States


def written(tables: Tables, grammar: bytes) -> bytes:
    """The content of a file of tables: lines of words, first how many lines there are of each sort."""
    sorts: list[Sequence[str]] = [
        [tables.lark],
        [f"{name} {'=' if fixed else '~'} {_escaped(text)}" for name, text, fixed in tables.terminals],
        tables.ignored,
        [f"{start} {state}" for start, state in tables.starts.items()],
        tables.rules.lines,
        tables.states.shapes,
        tables.states.lines,
    ]
    counts = " ".join(str(len(lines)) for lines in sorts)
    body = "\n".join([counts, *(line for lines in sorts for line in lines)]).encode("ascii")
    return _headline(grammar, body) + body


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
    (lark,), terminals, ignored, starts, rules, shapes, states = sorts
    return Tables(
        lark,
        tuple(map(_terminal, terminals)),
        tuple(ignored),
        {start: int(state) for start, state in map(str.split, starts)},
        Rules(rules),
        States(shapes, states),
    )


def _terminal(line: str) -> Terminal:
    name, sort, text = line.split(" ", 2)
    return Terminal(name, text.encode("ascii").decode("unicode_escape") if "\\" in text else text, sort == "=")


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
    tables.rules.validate()
    tables.states.validate(len(tables.rules.lines))
    most = len(tables.states.lines)
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
