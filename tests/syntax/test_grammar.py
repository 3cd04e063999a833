"""The grammar: no conflicts, three start rules, and words that are all known to be words."""

import re
import sys

import pytest

from rulelang.syntax.grammar import tables
from rulelang.syntax.parser import Refused, parse
from rulelang.syntax.recovery.automaton import machine, opening_words, spellings
from rulelang.syntax.tables import END, START_RULES
from rulelang.syntax.words import CAPITALISED, FUTURE, RESERVED
from tests.phrase_words import PHRASE_WORDS
from tests.syntax.lark_parser import made, of_the_package

COMPOUNDS = {"tear-up", "yes/no", "non-default"}
"""Words that are no names because of their signs."""
OPEN = {"NAME", "CAPITALISED", "STRING", "NUMBER", "PERCENTAGE", "DATE"}
"""The terminals that are written in any number of ways."""


def test_the_form_of_a_member_id_is_the_grammars():
    assert {one.name: one.written for one in tables().terminals}["CAPITALISED"] == CAPITALISED


def test_a_member_id_may_begin_with_the_capitals_of_europe_and_with_nothing_else():
    capitals = "ÅŁŠĲȘ" + "ẀẂẄỲ" + "ẞ" + "ǤǦǨǮƷ" + "ḂĊḊḞĠṀṖṠṪ" + "ƏḐȪ" + "ΏΩ" + "ЁҐЄЇЎЉ" + "ӘҢӨӐӃӒ"
    assert [one for one in capitals if not re.fullmatch(CAPITALISED, f"{one}a")] == []
    first = [chr(code) for code in range(sys.maxunicode + 1) if re.match(CAPITALISED, chr(code))]
    assert [one for one in first if not one.isupper()] == []


def test_the_grammar_has_no_conflicts():
    assert of_the_package()[1] == []


def test_a_conflict_would_be_noticed():
    dangling = 'rulebook : "if" rulebook ["else" rulebook] | "x"\nevent : "x"\nhistory : "x"\n'
    assert made(dangling)[1]


@pytest.mark.parametrize(
    ("start", "text", "other"),
    [
        ("rulebook", 'rulebook "R"', 'event "E"'),
        ("event", 'event "E"', 'rulebook "R"'),
        ("history", 'history "H" opening 2018-01-01', 'event "E"'),
    ],
)
def test_each_start_rule_takes_its_own_kind_of_file(start, text, other):
    assert parse(text, start).reductions[-1][0] == start
    with pytest.raises(Refused):
        parse(other, start)


def keywords() -> set[str]:
    return {word for words in spellings().values() for word in words if word[0].isalpha()}


def test_every_keyword_is_reserved_or_a_word_of_a_phrase():
    assert keywords() - COMPOUNDS == (RESERVED - FUTURE) | PHRASE_WORDS


def test_no_word_is_both_or_reserved_for_later_and_used():
    assert not RESERVED & PHRASE_WORDS
    assert FUTURE < RESERVED


def test_the_grammar_says_which_words_open_a_part_of_a_text():
    steps = {"tranche", "assessment", "haircut", "tear-up", "voluntary"}
    assert opening_words("step") == steps
    assert opening_words("together") == steps | {"together", "finally"}
    assert opening_words("clause") == set("paid up shared in per for when at once".split())
    sections = "currency holidays segments party members given define limit period waterfall ensure assume test"
    sections += " replenish recoveries"
    assert opening_words("section") == set(sections.split())
    data = "under declared given givens members member exercise former notice defaulted period paid defaults default"
    assert opening_words("event_item") == set(f"{data} further non-default decide withdraw".split())


def test_every_terminal_has_its_spelling_or_is_open():
    known = {terminal.name for terminal in tables().terminals if terminal.name not in tables().ignored}
    assert known == OPEN | spellings().keys()


def test_every_spelling_is_of_its_terminal():
    patterns = {terminal.name: terminal.pattern for terminal in tables().terminals}
    # some words are told from names by what stands behind them
    ahead = "loss,at,during,round,member,total,reallocation,by,EUR 1,days,of,up,a_rate"
    ahead += ',every resizing,other segments,(,from,2018-01-01,to,"a text"'
    behind = ("", *(f" {words}" for words in ahead.split(",")), "1 day")
    for kind, words in spellings().items():
        for word in words:
            matches = (re.match(patterns[kind], word + tail) for tail in behind)
            assert any(found is not None and found[0] == word for found in matches), (kind, word)


def test_a_word_of_a_phrase_may_be_a_name():
    for word in PHRASE_WORDS:
        text = f'rulebook "R" members have x : money {word} : money given y : money define z as {word} + 1'
        assert parse(text, "rulebook").node.sections[0].fields[1].name.text == word


@pytest.mark.parametrize(
    "type_", ["money", "money SEK", "EUR per SEK", "one of a, b", "date if missing 2018-01-01", "text if missing x"]
)
def test_a_field_may_be_named_by_a_word_of_a_phrase_whatever_stands_before(type_):
    for word in PHRASE_WORDS:
        text = f'rulebook "R" members have x : {type_} {word} : one of c, {word} z : text'
        assert parse(text, "rulebook").node.sections[0].fields[1].name.text == word


@pytest.mark.parametrize("value", ["5", "5%", "EUR 5", "EUR 5 million", "yes", "swaps", '"a"', "2018-01-01"])
def test_a_value_may_be_of_a_field_named_by_a_word_of_a_phrase(value):
    for word in PHRASE_WORDS:
        text = f'event "E" member A since 2018-01-01 x = {value} {word} = 1 z in {word} = 2'
        item = parse(text, "event").node.items[0]
        assert [each.name.text for each in item.values] == ["x", word, "z"]
        item = parse(f'event "E" member A {word} = 1 {word} with B = 1', "event").node.items[0]
        assert item.values[1].defaulter.text == "B", word


def test_a_segment_may_be_named_by_a_word_of_a_phrase():
    for word in PHRASE_WORDS:
        items = f"default of A in {word} loss EUR 5 default of B in {word} loss EUR 5"
        expected = f"expect uncovered EUR 5 in {word} expect b pays EUR 1 in {word}"
        text = f'rulebook "R" segments {word}, b test "t" {items} {expected}'
        assert [each.segment.text for each in parse(text, "rulebook").node.sections[1].expectations] == [word, word]


@pytest.mark.parametrize("start", START_RULES)
def test_the_machine_takes_what_the_parser_takes(start):
    text = {
        "rulebook": 'rulebook "R" # title\ndefine a as (1 + 2) * -3 waterfall tranche x paid by ccp up to a',
        "event": 'event "E" declared 2024-01-01 member A x = -5% default of A loss EUR 1 million',
        "history": 'history "H" opening 2024-01-01 member A x = -5% on 2024-01-02 default of A loss EUR 1 million',
    }[start]
    tokens = parse(text, start).tokens
    tables = machine(start)
    moments = list(tables.read(text, 0, tables.bottom))
    assert [(m.kind, m.start, m.end) for m in moments[:-1]] == [(t.kind, t.start, t.end) for t in tokens]
    assert moments[-1].kind == END
    assert moments[-1].after is not None
    # what is expected before each token holds that token
    assert all(m.kind in tables.expected(m.before) for m in moments)


def test_comments_cost_no_more_than_they_are_long():
    # each `#` could be read in several ways by a careless pattern, and forty of them in 2 to the power of 40
    text = 'rulebook "R" waterfall tranche x paid by ccp up to 5 in ' + "# " * 40 + "\n total"
    assert parse(text, "rulebook").reductions[-1][0] == "rulebook"
