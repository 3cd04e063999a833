"""Source texts: lines, positions, comments, phrases."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.source import Place, Position, SourceText, Span

TEXTS = st.text(alphabet='ab#" \t\r\n\u2028ü', max_size=60)


def test_positions_count_from_one() -> None:
    source = SourceText.from_text("one\ntwo\r\n\nfour")
    assert [source.line(number) for number in range(1, 5)] == ["one", "two", "", "four"]
    assert [source.line_start(number) for number in range(1, 5)] == [0, 4, 9, 10]
    assert source.position(0) == (1, 1)
    assert source.position(3) == (1, 4)
    assert source.position(4) == Position(line=2, column=1)
    assert source.position(len(source.text)) == (4, 5)


def test_an_empty_text_has_one_empty_line() -> None:
    source = SourceText.from_text("")
    assert (source.line(1), source.position(0)) == ("", (1, 1))


@given(TEXTS, st.integers(0, 60))
def test_a_position_leads_back_to_its_offset(text: str, offset: int) -> None:
    source = SourceText.from_text(text)
    offset = min(offset, len(text))
    line, column = source.position(offset)
    assert source.line_start(line) + column - 1 == offset
    assert line == text[:offset].count("\n") + 1


@given(TEXTS)
def test_lines_are_the_text_without_its_line_ends(text: str) -> None:
    source = SourceText.from_text(text)
    lines = [source.line(number) for number in range(1, text.count("\n") + 2)]
    assert lines == [line.rstrip("\r") for line in text.split("\n")]


def test_places_know_their_position() -> None:
    source = SourceText.from_text("one\ntwo", "a.rules")
    assert Place(source, Span(5, 6)).position == (2, 2)
    assert Place(source, pointer="/a").position is None
    assert source.slice(Span(4, 7)) == "two"


def test_the_digest_is_that_of_the_bytes() -> None:
    assert SourceText.from_text("grüße").sha256 == hashlib.sha256("grüße".encode()).hexdigest()
    assert len(SourceText.from_text("\ud800").sha256) == 64


def test_sources_are_themselves_and_their_text_is_not_printed() -> None:
    one, other = SourceText.from_text("secret"), SourceText.from_text("secret")
    assert one != other
    assert one == one  # noqa: PLR0124 - that is the point
    assert "secret" not in repr(one)


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("a # b\n# c", ["# b", "# c"]),
        ('"# no" # yes "#" still', ['# yes "#" still']),
        ('a # it "is\n"# no"', ['# it "is']),
        ('an "unclosed # comment\nb', ["# comment"]),
        ('an "unclosed\n# comment "', ['# comment "']),
        ('"a\u2028# no"', []),
        ("# a\u2028b\r\nc", ["# a\u2028b\r"]),
        ("", []),
    ],
)
def test_comments(text: str, comments: list[str]) -> None:
    source = SourceText.from_text(text)
    assert [source.slice(span) for span in source.comments()] == comments


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("up to\r\n\t EUR  7", "up to EUR 7"),
        ("up to # seven\n EUR 7 # or so", "up to EUR 7"),
        ('up to x # the "limit"\n each', "up to x each"),
        ('cite "CR #7" # seven', 'cite "CR #7"'),
        ("a # b\u2028c\nd", "a d"),
        ("", ""),
    ],
)
def test_phrases_are_one_line_without_comments(text: str, phrase: str) -> None:
    source = SourceText.from_text(text)
    assert source.phrase(Span(0, len(text))) == phrase


@given(TEXTS)
def test_a_phrase_has_neither_line_ends_nor_runs_of_blanks(text: str) -> None:
    phrase = SourceText.from_text(text).phrase(Span(0, len(text)))
    assert phrase == " ".join(phrase.split())
    assert len(phrase.splitlines()) <= 1
