"""From a comparison to the document that readers are shown: concise, or with everything that did not change too."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.gather import collected
from rulelang.changes.comparison import Comparison
from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.structure import StructureChanges
from rulelang.changes.event_comparison import EventComparison
from rulelang.changes.verdict import Level
from rulelang.changes.words.event_sections import event_sections
from rulelang.changes.words.history_sections import history_sections
from rulelang.changes.words.phrases import with_helps
from rulelang.document.document import Document, Headline, Section
from rulelang.document.table import EDIT_COLUMNS, PAGE, Cell, Reader, Table, name, rows_of
from rulelang.explain.sentences.words import plural
from rulelang.model.allocation import with_version

MOST_PAYERS = 15
"""A concise document lists so many members of an event."""


def make_document(found: Comparison, reader: Reader = PAGE, *, full: bool = False) -> Document:
    """The document of a comparison; unless it is ``full`` or a table for programs, the most telling members alone."""
    most = None if reader.form in ("csv", "xlsx") else MOST_PAYERS
    sections: list[Section] = []
    if found.structure is not None:
        sections.extend(_edits(found.structure, all_of_them=full or found.verdict.level <= Level.TEXT))
    if found.refusal:
        sections.append(Section("Why the new version does not check", intro=tuple(refusal_lines(found.refusal))))
    for number, event in enumerate(found.events):
        like = None if full or most is None else _like(event, found.events[:number])
        sections.extend(event_sections(event, found.currency, full=full, most=None if full else most, like=like))
    for history in found.histories:
        sections.extend(history_sections(history, found.currency, reader, full=full))
    day = max((event.event.declared for event in found.events), default=datetime.date(1980, 1, 1))
    verdict = found.verdict
    headline = Headline(verdict.level.words, verdict.level <= Level.STRUCTURE, verdict.sentence, verdict.compared)
    title = tuple(_title(found))
    facts = (("Currency", name(found.currency.code)), *(("Rulebooks", name(line)) for line in title))
    exercises = dict.fromkeys(event.event.exercise for event in found.events if event.event.exercise is not None)
    exercises |= dict.fromkeys(one.exercise for one in found.histories if one.exercise is not None)
    exercise = ", ".join(exercises) or None
    return Document(title, tuple(sections), found.currency, headline, facts, comment=True, day=day, exercise=exercise)


def _like(event: EventComparison, others: Sequence[EventComparison]) -> EventComparison | None:
    """The first of other events that has the same differences over the whole range, if there are any."""
    mine = event.over_the_range
    if event.varied is None or event.refusal or not event.bands:
        return None
    return next((other for other in others if other.varied == event.varied and other.over_the_range == mine), None)


def _title(found: Comparison) -> Iterator[str]:
    old, new = found.old, found.new
    if new is None or old.title == new.title:
        yield old.title
    else:
        yield f"{old.title} → {new.title}"
    yield f"old: {with_version(old.source.name, old.version)}"
    yield f"new: {with_version(found.new_source.name, None if new is None else new.version)}"


def refusal_lines(refusal: Sequence[Diagnostic]) -> Iterator[str]:
    """Each finding with its place, and what helps."""
    for each in refusal:
        place = each.place
        yield with_helps(each, "" if place is None else f" ({place.source.name}{_line(each)})")


def _line(found: Diagnostic) -> str:
    position = None if found.place is None else found.place.position
    return "" if position is None else f", line {position.line}"


def _edits(structure: StructureChanges, *, all_of_them: bool) -> Iterator[Section]:
    """What was edited: first what may change an allocation, then what cannot."""
    weighty = [edit for edit in structure.edits if not edit.textual]
    textual = [edit for edit in structure.edits if edit.textual]
    if not structure.edits:
        yield Section("Edits", intro=("no edits",))
    if weighty:
        intro = () if textual and not all_of_them else (plural(len(weighty), "edit"),)
        yield Section("Edits", intro=intro, table=_table(weighty), note=None if all_of_them else _brief(textual))
    if textual and (all_of_them or not weighty):
        title = "Edits that can change no allocation"
        yield Section(title, intro=(plural(len(textual), "edit"),), table=_table(textual), aside=bool(weighty))


def _brief(edits: Sequence[Edit]) -> str | None:
    if not edits:
        return None
    kinds = Counter(edit.kind.replace("-", " ") for edit in edits)
    told = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in kinds.items())
    return f"and {plural(len(edits), 'edit')} that can change no allocation: {told} (all with --full)"


def _table(edits: Iterable[Edit]) -> Table:
    """The edits, those of one subject together, in the order of the new rulebook."""
    places = collected((edit.heading, edit) for edit in edits)
    rows = (
        (
            Cell("text", edit.heading),
            Cell("text", edit.brief),
            Cell("code", edit.old or ""),
            Cell("code", edit.new or ""),
        )
        for alike in places.values()
        for edit in alike
    )
    return Table("Edits", EDIT_COLUMNS, rows_of(*rows), "edits")
