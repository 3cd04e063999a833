"""The outline of a text: its sections, steps, members and tests by their names, and what can be folded."""

import enum
from collections.abc import Iterable, Iterator

from attrs import frozen

from rulelang.analysis.facts import Facts
from rulelang.base.source import Span
from rulelang.syntax import nodes


class Shape(enum.Enum):
    """What a part of a text is to whoever looks for it."""

    FILE = "file"
    GROUP = "group"
    FIELD = "field"
    GIVEN = "given"
    DEFINITION = "definition"
    STEP = "step"
    STATEMENT = "statement"
    TEST = "test"
    SEGMENT = "segment"
    PARTY = "party"
    PERIOD = "period"
    MEMBER = "member"
    LOSS = "loss"
    DAY = "day"


@frozen
class Entry:
    """A part of a text: how it is called, where all of it is, where its name is, and what is in it."""

    name: str
    shape: Shape
    span: Span
    name_span: Span
    detail: str = ""
    inside: "tuple[Entry, ...]" = ()


def outline(facts: Facts) -> tuple[Entry, ...]:
    """The parts of a text."""
    match facts.tree:
        case nodes.Rulebook(sections=sections):
            return tuple(entry for section in sections for entry in _section(section))
        case nodes.EventSyntax(items=items):
            return tuple(_lines(items))
        case nodes.HistorySyntax() as history:
            days = (
                _entry(f"on {day.date.text}", Shape.DAY, day, day.date.span, inside=_lines(day.items))
                for day in history.days
            )
            begun = history.opening
            return (
                _entry(f"opening {begun.date.text}", Shape.DAY, begun, begun.date.span, inside=_lines(begun.items)),
                *days,
            )
        case _:
            return ()


def every(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries and all inside them."""
    for entry in entries:
        yield entry
        yield from every(entry.inside)


def _entry(
    name: str, shape: Shape, node: nodes.Node, name_span: Span, detail: str | None = "", inside: Iterable[Entry] = ()
) -> Entry:
    if not node.span.start <= name_span.start <= name_span.end <= node.span.end:
        name_span = node.span
    return Entry(name or shape.value, shape, node.span, name_span, detail or "", tuple(inside))


def _section(section: nodes.Section) -> Iterator[Entry]:  # noqa: C901, PLR0912 - a case for each kind
    match section:
        case nodes.SegmentsSection(names=names):
            yield from (_entry(name.text, Shape.SEGMENT, name, name.span, "segment") for name in names)
        case nodes.PartySection(name=name, title=title):
            yield _entry(name.text, Shape.PARTY, section, name.span, title)
        case nodes.MembersSection(fields=fields):
            inside = [_entry(each.name.text, Shape.FIELD, each, each.name.span, each.note) for each in fields]
            yield _entry("members have", Shape.GROUP, section, _word(section, "members"), inside=inside)
        case nodes.GivenSection(datum=datum):
            yield _entry(datum.name.text, Shape.GIVEN, section, datum.name.span, datum.note)
        case nodes.DefineSection(name=name, note=note):
            yield _entry(name.text, Shape.DEFINITION, section, name.span, note)
        case nodes.LimitSection(name=name, title=title):
            yield _entry(name.text, Shape.DEFINITION, section, name.span, title or "limit")
        case nodes.PeriodSection(name=name, title=title):
            yield _entry(name.text, Shape.PERIOD, section, name.span, title or "period")
        case nodes.WaterfallSection(items=items, title=title, outcome=outcome):
            steps = [_step(item) for item in items]
            if outcome is not None:
                steps.append(_entry(outcome.name.text, Shape.STEP, outcome, outcome.name.span, outcome.title))
            yield _entry(title or "waterfall", Shape.GROUP, section, _word(section, "waterfall"), "waterfall", steps)
        case nodes.ReplenishSection(pot=pot, title=title):
            yield _entry(f"replenish {pot.text}", Shape.STEP, section, pot.span, title)
        case nodes.RecoveriesSection(title=title):
            yield _entry("recoveries", Shape.STEP, section, _word(section, "recoveries"), title)
        case nodes.EnsureSection(text=text):
            yield _entry(text, Shape.STATEMENT, section, _word(section, "ensure"), "ensure")
        case nodes.AssumeSection(text=text):
            yield _entry(text, Shape.STATEMENT, section, _word(section, "assume"), "assume")
        case nodes.TestSection(title=title):
            yield _entry(title, Shape.TEST, section, _word(section, "test"), "test")
        case _:
            pass  # currencies and holidays have no name to look for


def _word(node: nodes.Node, word: str) -> Span:
    return node.span.opening(word)


def _step(item: nodes.Step | nodes.Together) -> Entry:
    if isinstance(item, nodes.Together):
        return _entry(
            item.title or "together", Shape.GROUP, item, _word(item, "together"), "together", map(_step, item.steps)
        )
    return _entry(item.name.text, Shape.STEP, item, item.name.span, item.title or item.kind)


def _lines(items: Iterable[nodes.HistoryItem]) -> Iterator[Entry]:
    for item in items:
        match item:
            case nodes.MemberItem(member=member, name=name):
                yield _entry(member.text, Shape.MEMBER, item, member.span, name or "member")
            case nodes.GivenItem(datum=datum):
                yield _entry(datum.name.text, Shape.GIVEN, item, datum.name.span, "given")
            case nodes.DefaultItem(member=member) | nodes.FurtherLossItem(member=member):
                yield _entry(f"default of {member.text}", Shape.LOSS, item, member.span)
            case nodes.NonDefaultLossItem(cause=cause):
                yield _entry(cause or "non-default loss", Shape.LOSS, item, item.span)
            case nodes.DecisionItem(step=step, invoke=invoke):
                yield _entry(f"decide {step.text}", Shape.STEP, item, step.span, "invoke" if invoke else "decline")
            case _:
                pass


def folds(facts: Facts) -> list[tuple[int, int]]:
    """The lines of what can be folded, from the first to the last, counted from 0: parts, and runs of comments."""
    found = {_lines_of(facts, node.span) for node in _foldable(facts)}
    source, first, last = facts.source, -1, -2
    for span in source.comments():
        line = source.position(span.start).line - 1
        alone = not source.text[source.line_start(line + 1) : span.start].strip()
        if not alone:
            continue
        if line != last + 1:
            found.add((first, last))
            first = line
        last = line
    found.add((first, last))
    return sorted((start, end) for start, end in found if end > start >= 0)


def _foldable(facts: Facts) -> Iterator[nodes.Node]:
    match facts.tree:
        case nodes.Rulebook(sections=sections):
            for section in sections:
                yield section
                for item in section.items if isinstance(section, nodes.WaterfallSection) else ():
                    yield item
                    yield from item.steps if isinstance(item, nodes.Together) else ()
        case nodes.EventSyntax(items=items):
            yield from items
        case nodes.HistorySyntax(opening=opening, days=days):
            yield from (opening, *days)
        case _:
            return


def _lines_of(facts: Facts, span: Span) -> tuple[int, int]:
    return facts.source.position(span.start).line - 1, facts.source.position(max(span.end - 1, span.start)).line - 1
