"""Two parsers for one language: the program's own, and the one that Lark makes of the grammar.

The program's parser must read every text as Lark's does: the same tokens, the same rules in the same places, and where
the text is none of the language, the same token at which it cannot go on.
"""

import random
import re
from pathlib import Path

import lark
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.syntax.builders import BUILDERS
from rulelang.syntax.format.printer import print_node
from rulelang.syntax.grammar import tables
from rulelang.syntax.lexer import UNREAD
from rulelang.syntax.parser import Refused, parse
from rulelang.syntax.recovery.automaton import machine
from rulelang.syntax.tables import END, START_RULES
from tests import strategies
from tests.examples import examples, mostly_slow, share_of, some_of
from tests.phrase_words import PHRASE_WORDS
from tests.syntax.lark_parser import of_the_package

ROOT = Path(__file__).resolve().parents[2]
FILES = [path for folder in ("rulebooks", "tests") for path in (ROOT / folder).rglob("*") if path.is_file()]
TEXTS = sorted(path for path in FILES if path.suffix in {".rules", ".event"})
BOOKS = [path for path in TEXTS if path.name == "rulebook.rules"]
SPECIFICATION = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(rules|event)\b[^\n]*\n(.*?)^```$", SPECIFICATION, re.MULTILINE | re.DOTALL)
PIECES = (
    "days|day|million|in each|in total|in any 3 days|without reallocation|split by|pays|outcome|tear-up|yes/no|+|-|*|/"
    '|2018-09-11|2018-9|EUR|EUR 7.5 million|25%|3x|0.5|"a"|"|(|)|,|:|<=|<|!=|!|=|of|name|# c\n|\n|1_000|1__0|Ä|é'
    "|end|%|;|limit|given|dayé|daysé|in#c\n|20180-09-11|tear -up|yes / no|no|_"
).split("|")


@pytest.fixture(scope="module")
def plain() -> lark.Lark:
    return of_the_package()[0]


def by_lark(plain: lark.Lark, text: str, start: str):
    """The tokens and rules that Lark reads, or where it stops."""
    try:
        reading = plain.parse_interactive(text, start=start)
        tokens = list(reading.iter_parse())
        tree = reading.feed_eof()
    except lark.UnexpectedToken as error:
        return (END, 0) if error.token.type == END else (error.token.type, error.token.start_pos)
    except lark.UnexpectedCharacters as error:
        return UNREAD, error.pos_in_stream
    rules = []
    waiting = [tree]
    while waiting:  # those behind come first, and a rule before its parts; in reverse that is the order of reading
        node = waiting.pop()
        rules.append((str(node.data), node.meta.start_pos, node.meta.end_pos))
        waiting += [child for child in node.children if isinstance(child, lark.Tree)]
    return [(token.type, str(token), token.start_pos, token.end_pos) for token in tokens], rules[::-1]


def by_us(text: str, start: str):
    """The same by the parser of the program."""
    try:
        parsed = parse(text, start)
    except Refused as refused:
        return (END, 0) if refused.token.kind == END else (refused.token.kind, refused.token.start)
    return [tuple(token) for token in parsed.tokens], [(rule, *span) for rule, span in parsed.reductions]


def broken(text: str, chance: random.Random, most: int = 3) -> str:
    """A text with a few pieces taken out or put in."""
    for _ in range(chance.randint(1, most)):
        places = [found.span() for found in re.finditer(r"\w+|\s+|.", text)]
        if places:
            at, end = chance.choice(places)
            piece = chance.choice(PIECES)
            text = text[:at] + chance.choice(["", piece, f" {piece} "]) + text[end:]
    return text


def start_of(path: Path) -> str:
    return "event" if path.suffix == ".event" else "rulebook"


@pytest.mark.parametrize("part", range(8))
def test_both_read_the_shipped_texts_alike(part, plain):
    for number, path in enumerate(some_of(TEXTS[part::8])):
        text = path.read_bytes().decode("utf-8-sig", "replace")
        assert by_us(text, start_of(path)) == by_lark(plain, text, start_of(path)), path
        if number % 4 == 0:
            changed = broken(text, random.Random(path.name))
            assert by_us(changed, start_of(path)) == by_lark(plain, changed, start_of(path)), path


@pytest.mark.parametrize("kind", ["rules", "event"])
def test_both_read_the_examples_of_the_specification_alike(kind, plain):
    start = "event" if kind == "event" else "rulebook"
    texts = [text for words, text in EXAMPLES if words == kind]
    assert texts
    for text in texts:
        assert by_us(text, start) == by_lark(plain, text, start)


@pytest.mark.parametrize("path", mostly_slow(BOOKS, every=5), ids=lambda path: path.parent.name)
def test_both_stop_at_the_same_token_of_a_broken_text(path, plain):
    text, chance = path.read_text(encoding="utf-8"), random.Random(path.parent.name)
    for _ in range(share_of(6, least=1)):
        changed = broken(text, chance, most=1)
        assert by_us(changed, "rulebook") == by_lark(plain, changed, "rulebook")


@examples(30)
@given(written=strategies.rulebooks().map(print_node), chance=st.randoms(use_true_random=False))
def test_both_read_generated_rulebooks_alike(written, chance, plain):
    assert by_us(written, "rulebook") == by_lark(plain, written, "rulebook")
    changed = broken(written, chance)
    assert by_us(changed, "rulebook") == by_lark(plain, changed, "rulebook")


@examples(30)
@given(written=strategies.events.map(print_node), chance=st.randoms(use_true_random=False))
def test_both_read_generated_events_alike(written, chance, plain):
    assert by_us(written, "event") == by_lark(plain, written, "event")
    changed = broken(written, chance)
    assert by_us(changed, "event") == by_lark(plain, changed, "event")


@pytest.mark.parametrize("kind", START_RULES)
def test_where_recovery_stops_first_the_parser_stops_too(kind):
    chance = random.Random(kind)
    for path in [path for path in TEXTS if start_of(path) == kind][::20]:
        text = broken(path.read_bytes().decode("utf-8-sig", "replace"), chance)
        moments = list(machine(kind).read(text, 0, machine(kind).bottom))
        ours = by_us(text, kind)
        stops = moments[-1].after is None
        # recovery is stricter with reserved words, so it may stop where the parser goes on, never the other way round
        assert stops or not isinstance(ours[0], str)
        # nor later: but where no name can come, it takes a keyword for one whatever word stands behind it
        if (
            isinstance(ours[0], str)
            and ours[0] != END
            and text[ours[1] :].split(None, 1)[0] not in {*PHRASE_WORDS, "in"}
        ):
            assert moments[-1].start <= ours[1]


def test_every_rule_has_a_builder_and_every_builder_a_rule():
    rules = tables().rules
    assert BUILDERS.keys() == {name for name in (rules[number].name for number in range(len(rules.lines))) if name}


def test_a_type_of_two_words_is_one_however_it_is_written():
    for written in "yes/no", "yes / no", "yes\n/no":
        rulebook = parse(f'rulebook "R" given x : {written}', "rulebook").node
        assert rulebook.sections[0].datum.type.kind == "yes/no"
