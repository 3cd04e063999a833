"""Invariants, assumptions, tests: what differs; they have no names and are matched by texts and what they say."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from attrs import evolve

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import Sides, Thing, quoted_texts, stated_text
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.ordering import paired
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node

Stated = TypeVar("Stated", nodes.EnsureSection, nodes.AssumeSection)


def statement_edits(sides: Sides) -> Iterator[Edit]:
    """Invariants, then assumptions added, removed, changed and reworded: matched by text and demand, by either."""
    yield from _of_one_sort(sides, "ensure", nodes.EnsureSection)
    yield from _of_one_sort(sides, "assume", nodes.AssumeSection)


def _of_one_sort(sides: Sides, word: str, sort: type[Stated]) -> Iterator[Edit]:
    pairs = _matched(sides, sides.sections(sort), lambda stated: stated.text, _demand)
    changed = partial(_changed_statement, sides, word)
    return sides.things(word, pairs, lambda stated: (stated.span, stated.text, stated_text(stated)), changed)


def _matched(
    sides: Sides,
    things: tuple[Sequence[Thing], Sequence[Thing]],
    title: Callable[[Thing], str],
    content: Callable[[Reading, Thing], Hashable],
) -> Iterator[tuple[Thing | None, Thing | None]]:
    """What has no name, side by side: matched by title and content, then by title, then by content."""

    def says(side: int, thing: Thing) -> Hashable:
        return content((sides.old, sides.new)[side], thing)

    return paired(
        things,
        lambda side, thing: (title(thing), says(side, thing)),
        lambda _side, thing: title(thing),
        says,
    )


def _demand(reading: Reading, stated: nodes.Statement) -> Hashable:
    return reading.written(evolve(stated, text=""))


def _meaning(reading: Reading, stated: nodes.Statement) -> Hashable:
    return stated.population, reading.meant(stated.where), reading.meant(stated.condition)


def _changed_statement(sides: Sides, word: str, old: nodes.Statement, new: nodes.Statement) -> Iterator[Edit]:
    names, spans = (old.text, new.text), (old.span, new.span)
    if old.text != new.text:
        yield sides.edit(f"{word}-reworded", spans, names, quoted_texts(old.text, new.text))
    if _demand(sides.old, old) != _demand(sides.new, new):
        same = _meaning(sides.old, old) == _meaning(sides.new, new)
        yield sides.edit(f"{word}-changed", spans, names, (stated_text(old), stated_text(new)), same=same)
    yield from sides.recited(spans, names, old.cite, new.cite, word)


def test_edits(sides: Sides) -> Iterator[Edit]:
    """Tests added, removed, changed and retitled: matched by title and content, by title, by content."""
    pairs = _matched(sides, sides.sections(nodes.TestSection), lambda test: test.title, _content)
    changed = partial(_changed_test, sides)
    return sides.things("test", pairs, lambda test: (test.span, test.title, print_node(test)), changed)


test_edits.__test__ = False  # type: ignore[attr-defined]


def _content(reading: Reading, test: nodes.TestSection) -> Hashable:
    event = test.event
    parts = event.items if isinstance(event, nodes.EventSyntax) else (event,)
    return reading.written_all(parts), reading.written_all(test.expectations)


def _changed_test(sides: Sides, old: nodes.TestSection, new: nodes.TestSection) -> Iterator[Edit]:
    names, spans = (old.title, new.title), (old.span, new.span)
    if old.title != new.title:
        yield sides.edit("test-retitled", spans, names, quoted_texts(old.title, new.title))
    if _content(sides.old, old) != _content(sides.new, new):
        yield sides.edit("test-changed", spans, names, (print_node(old), print_node(new)))
