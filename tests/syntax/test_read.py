"""Reading: files of every kind, several errors in one run, texts written to do harm."""

import hashlib
import os
import random
import re
import string
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.codes import CODES
from rulelang.base.diagnostic import ReadError
from rulelang.base.render import render_text
from rulelang.base.source import SourceText
from rulelang.syntax.read import parse_event, parse_rulebook, read_source
from rulelang.syntax.recovery.automaton import spellings
from rulelang.syntax.recovery.slip import MOST_ERRORS
from tests.conftest import ROOT
from tests.examples import examples, is_quick

HEAD = 'rulebook "R"\ncurrency EUR\n'
SECONDS = 10
"""What a text written to do harm may take; an idle machine needs a fraction of it."""


def errors(text, *, event=False):
    """The diagnostics of a text; each must be fit to be shown."""
    source = SourceText.from_text(text, "a.event" if event else "a.rules")
    try:
        (parse_event if event else parse_rulebook)(source)
    except ReadError as error:
        for found in error.diagnostics:
            assert found.code in CODES
            assert found.message.splitlines() == [found.message]
            assert found.message[0] == found.message[0].lower() or not found.message[0].isalpha()
            assert not found.message.endswith(".")
            assert found.place is None or 0 <= found.place.span.start <= found.place.span.end <= len(text)
        return list(error.diagnostics)
    return []


def told(text, *, event=False):
    """Code, line and column of each diagnostic."""
    return [(d.code, *d.place.position) for d in errors(text, event=event)]


# --------------------------------------------------------------------------------------------------- several errors

MANY = """\
rulebook "R" verson 2024-01-01
currency eur
members have:
    margin   : money
    funds      money
    rating   : one of good; bad
    x        : money   "never closed
    Capital  : money
given loss : money
define part_of_all as 25 % of funds
define low as a < b < c
define mid as (a + b
define high as ]
waterfall
    trnache one
        paid by non-defaulting members
        up to EUR7m each in any 30 calendar days
        shared pro-rata to funds
    tranche "Two"
        foo bar
        up to funds in total each
        paid by ccp
    tranche three cite "CR 3"
        paid by ccp from foo bar baz
        up to 3 4 5 6
        when x === y
        in force from 11.09.2018
    finally closure
    tranche four
        paid by ccp
        up to €5
test "t"
    event "e"
ensure "e" x > 1
"""


def test_every_error_of_a_text_is_told_once_and_in_its_place():
    assert told(MANY) == [
        ("misspelt-word", 1, 14),
        ("malformed-name", 2, 10),
        ("foreign-punctuation", 3, 13),
        ("missing-word", 5, 16),
        ("foreign-punctuation", 6, 27),
        ("unclosed-string", 7, 24),
        ("malformed-name", 8, 5),
        ("reserved-word", 9, 7),
        ("foreign-number", 10, 23),
        ("chained-comparison", 11, 21),
        ("unbalanced-bracket", 12, 15),
        ("foreign-punctuation", 13, 16),
        ("misspelt-word", 15, 5),
        ("foreign-word", 16, 17),
        ("foreign-amount", 17, 15),
        ("foreign-word", 17, 36),
        ("foreign-word", 18, 16),
        ("missing-part", 19, 13),
        ("unexpected-text", 20, 9),
        ("misplaced-part", 21, 21),
        ("unexpected-text", 24, 30),
        ("unexpected-text", 25, 17),
        ("foreign-punctuation", 26, 16),
        ("foreign-date", 27, 23),
        ("misplaced-part", 29, 5),
        ("foreign-amount", 31, 15),
        ("missing-part", 32, 1),
        ("missing-word", 34, 12),
    ]


def test_fixes_can_be_applied_together_and_leave_only_what_needs_a_person():
    text = MANY
    fixes = [fix for found in errors(text) for fix in found.fixes]
    for fix in sorted(fixes, key=lambda fix: fix.place.span, reverse=True):
        text = text[: fix.place.span.start] + fix.replacement + text[fix.place.span.end :]
    left = {found.code for found in errors(text)}
    assert left == {"reserved-word", "foreign-punctuation", "unexpected-text", "misplaced-part", "missing-part"}


@pytest.mark.parametrize(
    ("broken", "column"),
    [
        ("up to 3 4 in total each up 5 in", 17),
        ("shared foo bar to baz, 3 4 5", 16),
        ('up to ] ( "x" tranche_like "y" ) }', 15),
        ("when and or not , : =", 14),
        ("in order ] x : a than b", 18),
    ],
)
def test_nothing_follows_from_a_broken_clause(broken, column):
    text = f"{HEAD}waterfall\n    tranche a\n        {broken}\n        up to ]\n    finally closure\n"
    assert [place[1:] for place in told(text)] == [(5, column), (6, 15)]


def test_what_stands_in_quotes_and_comments_is_no_place_to_go_on():
    text = f'{HEAD}define a as ] "waterfall up to ]" # define b as ]\n  define c as ]\n'
    assert told(text) == [("foreign-punctuation", 3, 13), ("foreign-punctuation", 4, 15)]


def test_a_text_without_a_title_is_read_all_the_same():
    assert told("currency EUR\ndefine a as ]\n") == [("missing-part", 1, 1), ("foreign-punctuation", 2, 13)]
    assert told("100 200\ncurrency EUR\ndefine a as ]\n")[1:] == [("foreign-punctuation", 3, 13)]


def test_events_are_read_on_after_errors():
    text = 'event "E"\ndeclared 2024-1-1\ngiven ] = 3\ngiven b = ]\nmember A\n  c = EUR7m\ndecide d: perhaps\npaid 1 by'
    assert told(text, event=True) == [
        ("foreign-date", 2, 10),
        ("foreign-punctuation", 3, 7),
        ("foreign-punctuation", 4, 11),
        ("foreign-amount", 6, 7),
        ("unexpected-text", 7, 11),
        ("unexpected-text", 8, 6),
    ]


def test_reading_ends_after_so_many_errors():
    assert len(errors(HEAD + "define a as ]\n" * 500)) == MOST_ERRORS
    assert len(errors(HEAD + "# \u202e\n" * 500)) == MOST_ERRORS


def test_a_diagnostic_names_step_and_citation():
    text = (
        f'{HEAD}waterfall "W"\n  tranche a cite "CR 1"\n    up to ]\n  together\n    tranche b\n      up to ]\n  end\n'
    )
    first, second = errors(text)
    assert (first.breadcrumb, first.citation) == (("waterfall", "a"), "CR 1")
    assert (second.breadcrumb, second.citation) == (("waterfall", "b"), None)


@pytest.mark.parametrize(
    ("text", "breadcrumb"),
    [
        (HEAD + "members have\n  a : money\n  b : ]", ("members have", "b")),
        (HEAD + "given a : ]", ("givens", "a")),
        (HEAD + "define a as ]", ("definitions", "a")),
        (HEAD + "define a as sum of x over members + sum of y over segments + ]", ("definitions", "a")),
        (HEAD + 'ensure "text": ]', ('ensure "text"',)),
        (HEAD + 'test "t"\n  declared 2024-01-01\n  given a = ]', ('test "t"',)),
        (HEAD + 'test "t"\n  event "e"\n  expect outcome covered\ngiven a : ]', ("givens", "a")),
        (HEAD + "waterfall\n  finally ]", ("waterfall",)),
        (HEAD + "currency ]", ("currency",)),
    ],
)
def test_the_breadcrumb_of_a_rulebook(text, breadcrumb):
    assert errors(text)[-1].breadcrumb == breadcrumb


def test_the_breadcrumb_of_an_event():
    first, second = errors('event "E"\nmember A\n  x = ]\ndeclared ]\n', event=True)
    assert first.breadcrumb == ('event "E"', "A")
    assert second.breadcrumb == ('event "E"',)


def test_an_error_found_in_a_clean_text_has_its_breadcrumb_too():
    (found,) = errors(HEAD + 'waterfall\n  tranche a cite "C"\n    paid by survivor\n')
    assert (found.breadcrumb, found.citation) == (("waterfall", "a"), "C")


def test_a_label_shows_why():
    text = f"{HEAD}waterfall\n  tranche a paid by ccp\n  finally b\n  tranche c paid by ccp\n"
    (found,) = errors(text)
    assert [(label.place.position, label.text) for label in found.labels] == [((5, 3), "the waterfall ends here")]


def test_expected_lists_hold_five_things_at_most():
    for found in errors(MANY):
        if "expected" in found.message:
            things = re.sub(r"such as `[^`]*` or `[^`]*`", "", found.message.split(" behind ")[0])
            assert len(re.split(r", | or ", things)) <= 5, found.message
            assert not any(word.isupper() and "_" in word for word in found.message.split())


# ------------------------------------------------------------------------------------------------ unseen characters


@pytest.mark.parametrize("character", list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"))
@pytest.mark.parametrize(
    "text", ['rulebook "a{}b"', "{}", 'rulebook "R" # {}\n', HEAD + "define a as b{}c", "rule{}book"]
)
def test_characters_that_turn_the_text_around_are_refused_everywhere(text, character):
    found = errors(text.format(character))
    assert found[0].code == "bidirectional-control" or found[1].code == "bidirectional-control"
    assert sum(d.code == "bidirectional-control" for d in found) == 1


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ud800"])
def test_control_characters_are_refused_everywhere(character):
    assert [d.code for d in errors(f'rulebook "a{character}b"\n# {character}\n')] == ["invisible-character"] * 2


@pytest.mark.parametrize("character", ["\u00a0", "\u200b", "\ufeff", "\u00ad", "\u2003", "\u3000"])
def test_unseen_characters_are_refused_outside_of_quotes_and_comments(character):
    assert errors(f'rulebook "a{character}b" # {character}\n') == []
    text = f"{HEAD}define a{character} as 1\ndefine b as {character}2\n"
    assert told(text) == [("invisible-character", 3, 9), ("invisible-character", 4, 13)]
    for fix in reversed([fix for found in errors(text) for fix in found.fixes]):
        text = text[: fix.place.span.start] + fix.replacement + text[fix.place.span.end :]
    assert errors(text) == []


def test_an_unseen_character_inside_a_word_is_found():
    (found,) = errors('rule\u200bbook "R"')
    assert (found.code, found.place.span) == ("invisible-character", (4, 5))


# ------------------------------------------------------------------------------------------------------------ files


def write(folder, data, name="a.rules"):
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path):
    with pytest.raises(ReadError) as caught:
        read_source(path)
    (found,) = caught.value.diagnostics
    assert render_text([found])
    return found


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_spans_are_right_whatever_the_line_ends(tmp_path, mark, end):
    lines = ['rulebook "Grüße"  # ä comment', "currency EUR", "define a as ]", "define b as ]"]
    source = read_source(write(tmp_path, mark + end.join(lines).encode()))
    with pytest.raises(ReadError) as caught:
        parse_rulebook(source)
    assert [d.place.position for d in caught.value.diagnostics] == [(3, 13), (4, 13)]
    assert [source.text[d.place.span.start] for d in caught.value.diagnostics] == ["]", "]"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_digest_is_that_of_the_bytes_that_were_read(tmp_path, mark, end):
    data = mark + end.join(['rulebook "Grüße"', "currency EUR", ""]).encode()
    assert read_source(write(tmp_path, data)).sha256 == hashlib.sha256(data).hexdigest()


def test_a_clean_file_is_read_whatever_the_line_ends(tmp_path):
    texts = [f'rulebook "R" # c{end}currency EUR{end}' for end in ("\n", "\r\n", "\r")]
    first, *others = (parse_rulebook(read_source(write(tmp_path, text.encode()))) for text in texts)
    assert others == [first, first]
    assert first.sections


@pytest.mark.parametrize(
    ("data", "phrase"),
    [
        ('rulebook "R"'.encode("utf-16"), "UTF-16"),
        ('rulebook "R"'.encode("utf-16-be"), "UTF-16"),
        ('rulebook "R"'.encode("utf-16-le"), "UTF-16"),
        (b"\x00\x01\x02\x03\xff", "binary"),
        (b"rulebook\x00", "zero bytes"),
        (b"PK\x03\x04 and so on", "Word"),
        (b"%PDF-1.7", "PDF"),
        (random.Random(3).randbytes(64) + b"\x00\x00\xff", ""),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, data, phrase):
    found = refusal(write(tmp_path, data))
    assert found.code == "not-text"
    assert phrase in found.message
    assert found.helps


def test_the_first_byte_that_is_not_utf_8_is_shown_in_its_place(tmp_path):
    found = refusal(write(tmp_path, 'rulebook "ü"\r\ncite "'.encode() + "Zürich".encode("latin-1") + b'"\r\n'))
    assert found.code == "not-text"
    assert "0xfc on line 2" in found.message
    assert found.place.position == (2, 8)


def test_files_that_cannot_be_read(tmp_path):
    assert "no such file" in refusal(tmp_path / "missing.rules").message
    assert "folder" in refusal(tmp_path).message
    assert "zero byte" in refusal(tmp_path / "a\0b").message
    assert {refusal(path).code for path in (tmp_path / "missing.rules", tmp_path)} == {"unreadable-file"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = write(tmp_path, b'rulebook "R"')
    path.chmod(0)
    assert "permission" in refusal(path).message


def test_a_file_that_is_too_large(tmp_path):
    found = refusal(write(tmp_path, b"#" * (10 << 20)))
    assert (found.code, "4 MiB" in found.message) == ("file-too-large", True)
    assert len(read_source(write(tmp_path, b"#" * (5 << 20), "a.csv")).text) == 5 << 20
    assert [d.code for d in errors("#" * (10 << 20))] == ["file-too-large"]


def test_the_name_in_diagnostics_can_be_given(tmp_path):
    assert read_source(write(tmp_path, b'rulebook "R"'), "shown").name == "shown"


def test_an_empty_file(tmp_path):
    source = read_source(write(tmp_path, b""))
    for parse in (parse_rulebook, parse_event):
        with pytest.raises(ReadError) as caught:
            parse(source)
        assert [d.code for d in caught.value.diagnostics] == ["empty-file"]


# -------------------------------------------------------------------------------------------------- texts for harm

DEEP, MUCH = (3_000, 30_000) if is_quick() else (10_000, 100_000)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(" * MUCH, "nested-too-deeply"),
        ("(" * DEEP + "1" + ")" * DEEP, "nested-too-deeply"),
        pytest.param("min(" * DEEP + "1" + ")" * DEEP, "nested-too-deeply", marks=pytest.mark.slow),
        pytest.param("if a then 1 else " * DEEP + "1", "nested-too-deeply", marks=pytest.mark.slow),
        ("not " * DEEP + "a", "nested-too-deeply"),
        ("- " * DEEP + "a", "nested-too-deeply"),
        ("1" + " + 1" * DEEP, "nested-too-deeply"),
        pytest.param("a" + " and a" * DEEP, "nested-too-deeply", marks=pytest.mark.slow),
        ("a" + " of a" * DEEP, "nested-too-deeply"),
        ("1" * DEEP, "number-too-long"),
        ("EUR " + "1" * DEEP + " million", "number-too-long"),
        ("1" * DEEP + "%", "number-too-long"),
        ("1" * MUCH + "x", "unexpected-text"),
        ("1_" * MUCH, None),
        ("1," * MUCH, None),
        ("]" * MUCH, "foreign-punctuation"),
        ('"' * (MUCH + 1), None),
        ("'" * MUCH, None),
        ("a" * MUCH + "-", None),
        pytest.param("a-" * DEEP + "A", None, marks=pytest.mark.slow),
        ("a \u00a0" * DEEP, None),
        ("// " * MUCH, None),
        ("/* " * MUCH, None),
        ("\n" * MUCH + "]", None),
        (" " * MUCH + "]", None),
        ("#\n" * MUCH + "]", None),
        pytest.param("( default of" * DEEP + "up to up to " * DEEP, None, marks=pytest.mark.slow),
        ("] tranche paid by up to " * DEEP, None),
        pytest.param("3\ndefine ] " * DEEP, None, marks=pytest.mark.slow),
        ("3\nend together finally " * DEEP, None),
        ("3 in " + "# " * MUCH, None),
        ("3 days " + "# " * MUCH + "\n]", None),
        ("".join(random.Random(1).choices(string.printable, k=MUCH)), None),
        ("".join(map(chr, random.Random(2).choices(range(0x20, 0x3000), k=MUCH))), None),
    ],
    ids=lambda value: repr(value)[:14],
)
def test_texts_written_to_do_harm_are_answered_quickly(text, code):
    errors(HEAD)  # the tables are made once
    begun = time.process_time()
    found = errors(HEAD + "define x as " + text)
    assert time.process_time() - begun < SECONDS
    assert 0 < len(found) <= MOST_ERRORS
    assert code is None or found[0].code == code


@pytest.mark.parametrize(
    "form", ["({})", "min({}, 1)", "-{}", "not {}", "1 + ({})", "(if a then {} else 0)", "(sum of {} over members)"]
)
def test_two_hundred_levels_are_read_and_one_more_is_not(form):
    levels = 2 if form.startswith(("1 +", "(if", "(sum")) else 1
    text = "a"
    for _ in range(200 // levels):
        text = form.format(text)
    assert errors(f"{HEAD}define x as {text}") == []
    deeper = form.format(text)
    assert [d.code for d in errors(f"{HEAD}define x as {deeper}")] == ["nested-too-deeply"]


def test_the_place_of_what_is_nested_too_deeply():
    (found,) = errors(f"{HEAD}define x as {'(' * 201}a{')' * 201}")
    assert found.place.position == (3, 13 + 200)


def test_time_grows_with_the_text_and_not_faster():
    def once(text):
        begun = time.process_time()
        assert len(errors(text)) == 11
        return time.process_time() - begun

    def text(count):
        return HEAD + "define a as ]\n" * 10 + "given x : money\n" * count + "define b as ]\n"

    once(text(100))
    few, many = text(2_000), text(16_000)
    most = 16 * max(min(once(few) for _ in range(3)), 0.05)
    assert any(once(many) < most for _ in range(3))  # the machine may be busy with something else now and then


# ------------------------------------------------------------------------------------------------------------- fuzz

VALID = [
    (path.read_text(encoding="utf-8"), path.suffix == ".event")
    for folder in ("rulebooks", "tests/cases")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".rules", ".event"}
]
WORDS = [word for words in spellings().values() for word in words]
TOKENS = st.sampled_from(
    [*WORDS, "EUR", "A", "x", "fund", '"t"', "3", "25%", "2018-09-11", "# c\n", "\n", "“", "7m", "]"]
)
fuzz = examples(150)


@fuzz
@given(st.lists(TOKENS, max_size=60), st.sampled_from(["", HEAD, 'event "E"\n', HEAD + "waterfall\n"]), st.booleans())
def test_token_soup_is_answered(tokens, head, event):
    errors(head + " ".join(tokens), event=event)


@fuzz
@given(st.text(max_size=200), st.booleans())
def test_any_text_is_answered(text, event):
    errors(text, event=event)


@fuzz
@given(st.data())
def test_a_valid_text_with_a_change_is_answered(data):
    text, event = data.draw(st.sampled_from(VALID))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.one_of(st.just(""), TOKENS, st.text(max_size=3))) + text[end:]
    errors(text, event=event)


@fuzz
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "a.rules"
    path.write_bytes(data)
    try:
        parse_rulebook(read_source(Path(path)))
    except ReadError as error:
        render_text(error.diagnostics)


@fuzz
@given(st.data())
def test_a_word_too_much_gives_few_errors(data):
    text, event = data.draw(st.sampled_from(VALID))
    spaces = [index for index, character in enumerate(text) if character == "\n"]
    at = data.draw(st.sampled_from(spaces or [len(text)]))
    assert len(errors(f"{text[:at]}\n] {text[at:]}", event=event)) <= 2 + len(errors(text, event=event))


def test_a_colon_behind_a_heading_hides_nothing_that_follows() -> None:
    text = 'rulebook "A" currency EUR members have x : money\nwaterfall:\n    Tranche a paid by ccp up to EUR 7,000\n'
    with pytest.raises(ReadError) as caught:
        parse_rulebook(SourceText.from_text(text))
    assert [found.code for found in caught.value.diagnostics] == [
        "foreign-punctuation",
        "misspelt-word",
        "foreign-amount",
    ]
