"""Expected diagnostics, written on the lines where they are due: ``### code`` or ``### code: part of the message``.

A mark stands at the end of the line where the finding starts; several stand behind each other.  Files that take no
comments (CSV) have their marks in ``expected.txt``: ``members.csv:2 code: part of the message``.
"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from rulelang.base.diagnostic import Diagnostic, Severity

COMMENTED = (".rules", ".event")
ELSEWHERE = "expected.txt"
_MARKS = re.compile(r" *### (.*)\Z")


@frozen(order=True)
class Mark:
    """One expected finding; ``words`` are part of its message, or nothing."""

    file: str
    line: int
    code: str
    words: str = ""

    @property
    def key(self) -> tuple[str, int, str]:
        return self.file, self.line, self.code

    def __str__(self) -> str:
        return f"{self.code}: {self.words}" if self.words else self.code


def read_marks(folder: Path) -> list[Mark]:
    """The marks of a case."""
    marks = []
    for path in _commented(folder):
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            found = _MARKS.search(line)
            marks += [_mark(path.name, number, text) for text in (found[1].split(" ### ") if found else ())]
    elsewhere = folder / ELSEWHERE
    if elsewhere.exists():
        for line in elsewhere.read_text("utf-8").splitlines():
            place, _, text = line.partition(" ")
            file, _, number_text = place.rpartition(":")
            marks.append(_mark(file, int(number_text), text))
    return sorted(marks)


def found_marks(diagnostics: Iterable[Diagnostic]) -> list[Mark]:
    """The errors among diagnostics as marks with their whole messages."""
    return sorted(_found(found) for found in diagnostics if found.severity is Severity.ERROR)


def _found(found: Diagnostic) -> Mark:
    assert found.place is not None, found
    assert found.place.position is not None, found
    return Mark(Path(found.place.source.name).name, found.place.position.line, found.code, found.message)


def unlike(expected: Iterable[Mark], found: Iterable[Mark]) -> list[str]:
    """What is marked and not found, found and not marked, or says something else."""
    due, given = list(expected), list(found)
    wanted, there = Counter(mark.key for mark in due), Counter(mark.key for mark in given)
    lines = [f"not found: {key}" for key in (wanted - there)] + [f"not marked: {key}" for key in (there - wanted)]
    for mark in due:
        if mark.words and not any(mark.key == other.key and mark.words in other.words for other in given):
            lines.append(f"not said: {mark}, but {[other.words for other in given if other.key == mark.key]}")
    return lines


def write_marks(folder: Path, found: Iterable[Mark]) -> None:
    """Mark what was found; words that are still true stay, others go."""
    kept = {mark.key: mark for mark in read_marks(folder)}
    marks = [_keeping_words(mark, kept.get(mark.key)) for mark in found]
    for path in _commented(folder):
        rows = path.read_text("utf-8").split("\n")
        for index, row in enumerate(rows):
            here = [str(mark) for mark in marks if (mark.file, mark.line) == (path.name, index + 1)]
            plain = _MARKS.sub("", row)
            rows[index] = "  ".join([plain, " ".join(f"### {text}" for text in here)]) if here else plain
        path.write_text("\n".join(rows), "utf-8")
    others = [mark for mark in marks if not mark.file.endswith(COMMENTED)]
    elsewhere = folder / ELSEWHERE
    elsewhere.unlink(missing_ok=True)
    if others:
        elsewhere.write_text("".join(f"{mark.file}:{mark.line} {mark}\n" for mark in others), "utf-8")


def _keeping_words(mark: Mark, before: Mark | None) -> Mark:
    words = before.words if before is not None and before.words in mark.words else ""
    return Mark(*mark.key, words)


def _commented(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in COMMENTED)


def _mark(file: str, line: int, text: str) -> Mark:
    code, _, words = text.partition(": ")
    return Mark(file, line, code.strip(), words.strip())
