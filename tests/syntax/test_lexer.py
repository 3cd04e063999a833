"""The lexer reads every text as Lark's own contextual lexer does, slips included."""

import random
import re
from pathlib import Path
from typing import Any

import lark
import pytest

from rulelang.syntax import grammar

FOLDER = Path(__file__).resolve().parents[2] / "rulebooks"
TEXTS = sorted([*FOLDER.rglob("*.rules"), *FOLDER.rglob("*.event")])
PIECES = (
    "days|day|million|in each|in total|in any 3 days|without reallocation|split by|pays|outcome|tear-up|yes/no|+|-|*|/"
    '|2018-09-11|2018-9|EUR|EUR 7.5 million|25%|3x|0.5|"a"|"|(|)|,|:|<=|<|!=|!|=|of|name|# c\n|\n|1_000|1__0|Ä|é'
    "|end|%|;"
).split("|")


@pytest.fixture(scope="module")
def plain() -> lark.Lark:
    return lark.Lark(
        grammar.grammar_text(),
        parser="lalr",
        start=list(grammar.START_RULES),
        propagate_positions=True,
        maybe_placeholders=True,
        postlex=grammar._WholeWords(),
    )


def flat(node: Any) -> Any:
    if isinstance(node, lark.Tree):
        meta = node.meta
        return (
            str(node.data),
            getattr(meta, "start_pos", None),
            getattr(meta, "end_line", None),
            *map(flat, node.children),
        )
    if node is None:
        return None
    return node.type, str(node), node.start_pos, node.end_pos, node.line, node.column, node.end_line, node.end_column


def outcome(parser: lark.Lark, text: str, start: str) -> Any:
    try:
        return flat(parser.parse(text, start=start))
    except lark.UnexpectedToken as error:
        return "token", error.token.type, str(error.token), error.token.start_pos, error.line, error.column
    except lark.UnexpectedCharacters as error:
        return "character", error.pos_in_stream, error.line, error.column


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_lexer_reads_as_lark_does(path: Path, plain: lark.Lark) -> None:
    text, start = path.read_text(encoding="utf-8"), "event" if path.suffix == ".event" else "rulebook"
    assert outcome(grammar.parser(), text, start) == outcome(plain, text, start)
    chance = random.Random(path.name)
    for _ in range(15):
        changed = text
        for _ in range(chance.randrange(1, 4)):
            at, end = chance.choice([found.span() for found in re.finditer(r"\S+|\s+", changed)])
            changed = (
                changed[:at] + chance.choice(["", chance.choice(PIECES), f" {chance.choice(PIECES)} "]) + changed[end:]
            )
        assert outcome(grammar.parser(), changed, start) == outcome(plain, changed, start)
