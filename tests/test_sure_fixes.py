"""A fix that is sure gives back what was written: after one slip of the hand in a shipped text, it mends the text."""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rulelang.base.advice import Certainty
from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.source import SourceText
from rulelang.syntax.read import parse_event, parse_history, parse_rulebook
from tests.conftest import ROOT
from tests.fixing import applied

READERS: dict[str, Callable[[SourceText], object]] = {
    ".rules": parse_rulebook,
    ".event": parse_event,
    ".history": parse_history,
}
FILES = sorted(path for suffix in READERS for path in (ROOT / "rulebooks").rglob(f"*{suffix}"))
TOKEN = re.compile(r'"[^"\n]*"|#[^\n]*|[A-Za-z_]\w*(?:-\w+)*|[0-9][0-9_.]*%?|\S')
FILLERS = "the a of its such any all each per and with by to from in on at shall be is then or not no".split()


def slipped(text: str, chance: random.Random) -> str:
    """A text with one slip: a word left out, written twice, in another order or spelling, or one too many."""
    tokens = [found for found in TOKEN.finditer(text) if not found[0].startswith("#")]
    at = chance.randrange(len(tokens) - 1)
    one, other = tokens[at], tokens[at + 1]
    word = one[0]
    middle = len(word) // 2 if word.isidentifier() else 0  # another number is another value
    between = text[one.end() : other.start()]
    match chance.randrange(7):
        case 0:
            return text[: one.start()] + text[one.end() :]
        case 1:
            return text[: one.start()] + other[0] + between + word + text[other.end() :]
        case 2:
            return f"{text[: one.end()]} {word}{text[one.end() :]}"
        case 3:
            return f"{text[: one.start()]}{chance.choice(FILLERS)} {text[one.start() :]}"
        case 4:
            return text[: one.start()] + word.capitalize() + text[one.end() :]
        case 5:
            return f"{text[: one.end()]}s{text[one.end() :]}"
        case _:
            turned = word[: middle - 1] + word[middle : middle + 1] + word[middle - 1 : middle] + word[middle + 1 :]
            return text[: one.start()] + (turned if middle else word) + text[one.end() :]


def read(path: Path, text: str) -> tuple[object, tuple[Diagnostic, ...]]:
    try:
        return READERS[path.suffix](SourceText.from_text(text, path.name)), ()
    except RulelangError as error:
        return None, error.diagnostics


def other_texts(path: Path, times: int) -> Iterator[tuple[str, str]]:
    """What is told, and the fix that is sure of it and makes another text."""
    text = path.read_text(encoding="utf-8")
    written, chance = read(path, text)[0], random.Random(path.name)
    for _ in range(times):
        slip = slipped(text, chance)
        for found in read(path, slip)[1]:
            for fix in found.fixes:
                mended = read(path, applied(slip, [fix]))[0] if fix.certainty is Certainty.SURE else None
                if mended is not None and mended != written:
                    yield found.message, fix.title


@pytest.mark.parametrize("path", FILES[::12], ids=lambda path: path.name)
def test_a_sure_fix_gives_back_what_was_written(path):
    assert list(other_texts(path, 4)) == []


@pytest.mark.slow  # of every text, not only of some
@pytest.mark.parametrize("part", range(6))
def test_a_sure_fix_of_any_text_gives_back_what_was_written(part):
    assert [found for path in FILES[part::6] for found in other_texts(path, 6)] == []
