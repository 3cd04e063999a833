"""The colours of code: all that ships and every block of a page is read, and a word is coloured as what it is there."""

import re
import tomllib
from importlib import import_module

import pytest
from pygments.token import Error, Keyword, Name, Number, String, Token

from rulelang.base.files import data_folder
from rulelang.syntax.parser import parse
from rulelang.syntax.pygments_lexer import RulelangLexer
from rulelang.syntax.words import RESERVED
from tests.conftest import ROOT
from tests.every import every

STARTS = {".rules": "rulebook", ".event": "event", ".history": "history"}
SHIPPED = [path for path in sorted(data_folder("rulebooks").rglob("*")) if path.suffix in STARTS]
FOREIGN = "foreign-*.md"  # the codes that are about characters which the language does not have
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "rulebooks").rglob("*.md")), ROOT / "README.md"]
KINDS = {**dict.fromkeys(("NAME", "CAPITALISED"), "name"), "STRING": "text"}
KINDS |= dict.fromkeys(("NUMBER", "PERCENTAGE", "DATE"), "number")


def coloured(text: str):
    """The kind of colour of each character."""
    kinds = {}
    for start, kind, value in RulelangLexer().get_tokens_unprocessed(text):
        assert kind not in Error, f"{value!r} at {start}"
        kinds |= dict.fromkeys(range(start, start + len(value)), kind)
    assert len(kinds) == len(text)
    return kinds


def told(kind) -> str:
    shown = {"number": Number, "text": String, "word": Keyword}
    if kind in Name.Builtin:
        return "word"
    return next((name for name, whole in shown.items() if kind in whole), "name" if kind in Name else "sign")


def test_colours_are_those_of_the_parser_in_all_that_ships():
    """Words that are names in some places and words in others may be coloured as words; nothing else differs."""
    seen = wrong = 0
    for path in SHIPPED:
        text = path.read_text("utf-8")
        kinds = coloured(text)
        for token in parse(text, STARTS[path.suffix]).tokens:
            meant = KINDS.get(token.kind, "word" if token.text[0].isalpha() else "sign")
            given = told(kinds[token.start])
            seen += 1
            if given == meant or re.fullmatch("[A-Z]{3}", token.text):  # a currency
                continue
            assert (meant, given) == ("name", "word"), f"{token} of {path} is coloured as a {given}"
            assert token.text not in RESERVED or token.text == "further", token
            wrong += 1
    assert seen > 30_000
    assert wrong < seen / 2_000


@every(PAGES, lambda page: page.relative_to(ROOT))
def test_every_block_of_a_page_is_read(page):
    blocks = re.findall(
        r"^```(?:rules|event|history)\b[^\n]*\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    for block in blocks if not page.match(FOREIGN) else ():
        coloured(block)


def test_it_is_registered_for_all_three_kinds_of_text():
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pygments.lexers"]
    module, name = entry["rulelang"].split(":")
    assert getattr(import_module(module), name) is RulelangLexer
    assert {"rules", "event", "history"} <= set(RulelangLexer.aliases)
    assert {f"*{ending}" for ending in STARTS} == set(RulelangLexer.filenames)


@pytest.mark.parametrize("text", ["", '"half', "tranche", "tranche 1", "paid by\x00", "é…€", "a : # money", "\r\r\n"])
def test_any_text_has_colours(text):
    tokens = list(RulelangLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in tokens) == text
    assert all(kind in Token for _, kind, _ in tokens)
