"""What stands beside a text without being of it: amounts of a run, what can be run, and links to other files."""

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from rulelang.analysis.analyse import named_path
from rulelang.analysis.days import days_of, in_sentences, in_short
from rulelang.analysis.facts import Facts
from rulelang.analysis.runs import Run
from rulelang.base.source import Span
from rulelang.syntax import nodes


@frozen
class Hint:
    """A short text to be shown behind an offset, and a longer one for whoever asks."""

    offset: int
    text: str
    more: str


def hints(facts: Facts, run: Run | None, within: Span | None = None) -> Iterator[Hint]:
    """What each step drew and could have paid in a run, behind its name; what a day of a history came to.

    ``within`` is the piece of the text that is shown.
    """
    start, end = within or (0, len(facts.source.text))
    for block, day in days_of(facts):
        at = block.date.span.end
        if start <= at <= end and (short := in_short(day)):
            yield Hint(at, short, in_sentences(day))
    if run is None or facts.source is not run.rulebook.source or facts.draft is None:
        return
    for step in facts.draft.step_nodes.values():
        at = step.name.span.end
        value = run.at(step.name.span) if start <= at <= end else None
        if value is not None:
            yield Hint(at, value.short, f"In “{run.event.heading}”: {value.text}")


@frozen
class Lens:
    """Something that can be run: where it stands, what it says, the command, and the test or the day if it is one."""

    span: Span
    title: str
    command: str
    part: str | None = None


def lenses(facts: Facts, *, has_event: bool) -> Iterator[Lens]:
    """What can be run of a text: a rulebook against its event, an event under its rulebook, each test, each day."""
    if facts.tree is None:
        return
    head = facts.opening_word
    if has_event or facts.days is not None:
        yield Lens(head, "Run", "rulelang.run")
    if has_event:
        yield Lens(head, "Profile", "rulelang.profile")
    for block, day in days_of(facts):
        yield Lens(block.date.span, "Run", "rulelang.run", block.date.text)
        if day.run is not None:
            yield Lens(block.date.span, "Profile", "rulelang.profile", block.date.text)
    tests = list(facts.tests())
    if tests:
        yield Lens(head, "Test", "rulelang.test")
    for test in tests:
        yield Lens(test.span.opening("test"), "Test", "rulelang.test", test.title)


@frozen
class Link:
    """A piece of a text that names a file."""

    span: Span
    path: Path


def links(facts: Facts) -> Iterator[Link]:
    """The files that a text names: of its tests, its rulebook, its tables."""
    named: list[nodes.Under | nodes.TableFrom | nodes.EventFile | nodes.HistoryFile] = [*facts.under(), *facts.tables()]
    for test in facts.tests():
        if isinstance(test.event, nodes.EventFile | nodes.HistoryFile):
            named.append(test.event)
        else:
            named += [item for item in test.event.items if isinstance(item, nodes.Under)]
    for item in named:
        path = named_path(facts, item.path)
        if path is not None:
            yield Link(Span(item.span.start + 1, item.span.end - 1), path)
