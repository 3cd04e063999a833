"""Invariants and tests: what differs; neither has a name, so they are matched by their texts and what they say."""

from collections.abc import Hashable, Iterator

from attrs import evolve

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import Sides, ensure_text, quoted_texts
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.ordering import merged, paired, side_by_side
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node


def ensure_edits(sides: Sides) -> Iterator[Edit]:
    """Invariants added, removed, changed and reworded: matched by text and demand, by text, by demand."""
    olds, news = ([s for s in p.rulebook.sections if isinstance(s, nodes.EnsureSection)] for p in sides.programs)
    both = (sides.old, olds), (sides.new, news)

    def text(side: int, place: int) -> str:
        return both[side][1][place].text

    def demand(side: int, place: int) -> Hashable:
        return _demand(both[side][0], both[side][1][place])

    places = range(len(olds)), range(len(news))
    pairs = paired(*places, lambda *at: (text(*at), demand(*at)), text, demand)
    for before, after in side_by_side(olds, news, merged(*places, pairs)):
        if before is not None and after is not None:
            yield from _changed_ensure(sides, before, after)
        elif after is not None:
            yield sides.added("ensure", after.span, after.text, ensure_text(after))
        elif before is not None:
            yield sides.removed("ensure", before.span, before.text, ensure_text(before))


def _demand(reading: Reading, ensure: nodes.EnsureSection) -> Hashable:
    return reading.written(evolve(ensure, text=""))


def _meaning(reading: Reading, ensure: nodes.EnsureSection) -> Hashable:
    return ensure.population, reading.meant(ensure.where), reading.meant(ensure.condition)


def _changed_ensure(sides: Sides, old: nodes.EnsureSection, new: nodes.EnsureSection) -> Iterator[Edit]:
    names, spans = (old.text, new.text), (old.span, new.span)
    if old.text != new.text:
        yield sides.edit("ensure-reworded", spans, names, quoted_texts(old.text, new.text))
    if _demand(sides.old, old) != _demand(sides.new, new):
        same = _meaning(sides.old, old) == _meaning(sides.new, new)
        yield sides.edit("ensure-changed", spans, names, (ensure_text(old), ensure_text(new)), same=same)
    yield from sides.recited(spans, names, old.cite, new.cite, "ensure")


def test_edits(sides: Sides) -> Iterator[Edit]:
    """Tests added, removed, changed and retitled: matched by title and content, by title, by content."""
    olds, news = (program.tests for program in sides.programs)
    both = (sides.old, olds), (sides.new, news)

    def title(side: int, place: int) -> str:
        return both[side][1][place].title

    def content(side: int, place: int) -> Hashable:
        return _content(both[side][0], both[side][1][place])

    places = range(len(olds)), range(len(news))
    pairs = paired(*places, lambda *at: (title(*at), content(*at)), title, content)
    for before, after in side_by_side(olds, news, merged(*places, pairs)):
        if before is not None and after is not None:
            yield from _changed_test(sides, before, after)
        elif after is not None:
            yield sides.added("test", after.span, after.title, print_node(after))
        elif before is not None:
            yield sides.removed("test", before.span, before.title, print_node(before))


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
