"""How deep expressions may stand inside each other: what is deeper is refused, and neither built nor kept."""

import itertools
import sys
import threading

import pytest

from rulelang.base.diagnostic import ReadError
from rulelang.base.source import SourceText
from rulelang.syntax.format.printer import format_text
from rulelang.syntax.nodes import Node
from rulelang.syntax.parser import MAXIMUM_DEPTH, parse
from rulelang.syntax.read import parse_rulebook, reading
from rulelang.syntax.recovery.automaton import machine
from tests.examples import is_quick, mostly_slow

HEAD = 'rulebook "R"\ncurrency EUR\ndefine x as '
KINDS = {
    "a sum": ("", "1", " + 1"),
    "a product": ("", "a", " * a"),
    "shares": ("", "a", " of a"),
    "and": ("", "a", " and a"),
    "or": ("", "a", " or a"),
    "not": ("not ", "a", ""),
    "minus": ("- ", "a", ""),
    "else": ("if a then 1 else ", "1", ""),
    "brackets": ("(", "1", ")"),
    "calls": ("min(1, ", "1", ")"),
    "lower of": ("(lower of ", "a", " and a)"),
    "aggregates": ("(sum of ", "a", " over members)"),
    "the largest": ("(largest 2 of ", "a", " over members)"),
    "where": ("sum of a over members where ", "a", ""),
    "conditions": ("(if a = 1 then 1 else 2 + ", "a", ")"),
    "rates": ("", "a", " at b"),
    "rounding": ("", "a", " rounded to 1"),
}
"""What stands before, in the middle and behind, for every way in which one expression stands in another."""
DEEP = 300 if is_quick() else 600


def written(kind, levels):
    before, middle, behind = KINDS[kind]
    return HEAD + levels * before + middle + levels * behind


def codes(text):
    with pytest.raises(ReadError) as refused:
        parse_rulebook(SourceText.from_text(text, "a.rules"))
    return [(found.code, *found.helps) for found in refused.value.diagnostics]


def height(node):
    """How many nodes stand inside each other, at the most."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        part, level = waiting.pop()
        deepest = max(deepest, level)
        inner = part if isinstance(part, tuple | list) else vars(part).values() if isinstance(part, Node) else ()
        waiting += [(each, level + isinstance(each, Node)) for each in inner]
    return deepest


def most_states(text):
    """How many states stand on the deepest stack of what looks for slips; one in forty is looked at."""
    tables, most = machine("rulebook"), 0
    for moment in itertools.islice(tables.read(text, 0, tables.bottom), 0, None, 40):
        states, below = 1, moment.before.below
        while below is not None:
            states, below = states + 1, below.below
        most = max(most, states)
    return most


def in_little_room(ask):
    """What a function gives with little stack, of Python and of the machine."""
    answers = []
    size, limit = threading.stack_size(128 << 10), sys.getrecursionlimit()
    codes(HEAD)  # what is made once is made
    sys.setrecursionlimit(MAXIMUM_DEPTH)
    try:
        thread = threading.Thread(target=lambda: answers.append(ask()))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    return answers[0]


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_too_deep_is_refused_with_little_stack(kind):
    text = written(kind, DEEP)
    advice = "give parts of it a name with `define`"
    assert set(in_little_room(lambda: codes(text))) == {("nested-too-deeply", advice)}
    read = in_little_room(lambda: reading(SourceText.from_text(text, "a.rules"), "rulebook"))
    assert read.tree is None or height(read.tree) < 2 * MAXIMUM_DEPTH


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_too_deep_has_no_nodes(kind):
    assert height(parse(written(kind, DEEP), "rulebook").node) < MAXIMUM_DEPTH + 10


@pytest.mark.parametrize("kind", mostly_slow(KINDS, every=5))
@pytest.mark.parametrize("end", [" ]", "\ndefine y as as"])
def test_what_stands_too_deep_is_not_kept_by_what_looks_for_slips(kind, end):
    text = written(kind, DEEP) + end
    assert most_states(text) < 2_000
    assert in_little_room(lambda: codes(text))


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_as_deep_as_it_may_is_read(kind):
    texts = (written(kind, MAXIMUM_DEPTH // part) for part in (1, 2, 3))
    text = next(text for text in texts if not parse(text, "rulebook").is_cut)
    assert in_little_room(lambda: height(parse_rulebook(SourceText.from_text(text, "a.rules")))) > 3
    assert most_states(text) < 1_200


def test_what_follows_what_is_too_deep_is_told_at_its_own_place():
    text = written("brackets", DEEP * 3) + '\ngiven y : date\nensure "all": y = 3/4/2024\n'
    with pytest.raises(ReadError) as refused:
        parse_rulebook(SourceText.from_text(text, "a.rules"))
    deep, date = refused.value.diagnostics
    assert (deep.code, deep.breadcrumb) == ("nested-too-deeply", ("definitions", "x"))
    assert (date.code, date.breadcrumb) == ("foreign-date", ('ensure "all"',))


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_as_deep_as_it_may_is_laid_out(kind):
    for part in (1, 2, 3):
        text = written(kind, MAXIMUM_DEPTH // part)
        if not parse(text, "rulebook").is_cut:
            laid_out = format_text(SourceText.from_text(text.replace("EUR\n", "EUR  # a comment\n"), "a.rules"))
            assert laid_out.startswith('rulebook "R"\ncurrency EUR  # a comment\n\ndefine x as')
            return
    raise AssertionError(kind)
