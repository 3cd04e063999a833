"""Comparisons from Python: rulebooks and events as they were loaded, or the files they are in."""

from collections.abc import Iterable
from pathlib import Path

from rulelang.api.rulebooks import loaded
from rulelang.base.diagnostic import CheckError, RulelangError, RunError
from rulelang.base.source import SourceText
from rulelang.changes.comparison import Comparison, EventPair, compare_versions, not_checking
from rulelang.changes.edits.structure import compare_structure
from rulelang.changes.history_comparison import HistoryComparison, compare_histories
from rulelang.changes.match.renames import knowing
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.histories.fold import run_history
from rulelang.histories.history import read_history
from rulelang.model.event import Event
from rulelang.model.history import HistoryResult
from rulelang.syntax.read import read_source

Given = str | Path | Event | tuple[Event, Event]
"""An event for a comparison: a file, an event that was loaded for the old version, or one for each version."""


def diff(
    old: CheckedProgram | str | Path,
    new: CheckedProgram | str | Path,
    events: Iterable[Given] = (),
    vary: str | None = "loss",
    to: int | str | None = None,
) -> Comparison:
    """Compare two versions of a rulebook: the edits, who pays more or less in each event, and a verdict.

    ``old`` and ``new`` are rulebooks or their files; each of ``events`` is a file that both versions read, an event
    loaded for the old version from a file, or a pair of events, one for each version.  ``vary`` is what varies from 0
    on: ``loss``, a defaulter's id, a given's name, ``NAME.SEGMENT``; ``None`` compares the events' own losses alone.
    ``to`` is where to stop, in minor units or as an amount such as ``"EUR 5 billion"``, in the currency of what varies.

    Raises:
        ReadError: a file cannot be read, or its text is not of the language.
        CheckError: the old version does not check, or cannot take an event.
        RunError: the old version does not run.
        RulelangError: what is compared is not comparable, or what is paid is no straight line of what varies.
    """
    before = loaded(old)
    if not isinstance(new, CheckedProgram):
        source = read_source(Path(new))
        try:
            new = check_rulebook(source)
        except CheckError as error:
            return not_checking(before, source, error)
    return compare_versions(before, new, [_pair(given, before, new) for given in events], vary, to)


def _pair(given: Given, old: CheckedProgram, new: CheckedProgram) -> EventPair:
    if isinstance(given, tuple):
        return EventPair(*given)
    if isinstance(given, Event):
        if given.source is None or given.source.path is None:
            raise TypeError("an event made in memory fits one rulebook only: give a pair of events")
        return EventPair(given, held(given.source, knowing(new, old)))
    return pair_of(read_source(Path(given)), old, new)


def pair_of(source: SourceText, old: CheckedProgram, new: CheckedProgram, other: SourceText | None = None) -> EventPair:
    """An event held against both versions, data by their former names too; ``other`` is that for the new version alone.

    Raises:
        ReadError, CheckError: the old version cannot take the event, or the new one the event written for it.
    """
    if other is not None:
        return EventPair(check_event(source, old), check_event(other, new))
    return EventPair(check_event(source, knowing(old, new)), held(source, knowing(new, old)))


def held(source: SourceText, program: CheckedProgram) -> Event | RulelangError:
    """An event held against a rulebook that it was not written for, or why it does not fit."""
    try:
        return check_event(source, program)
    except CheckError as error:
        return error


def history_of(path: str | Path, old: CheckedProgram, new: CheckedProgram) -> HistoryComparison:
    """A history run under two versions of a rulebook and compared day by day.

    Raises:
        RulelangError: it cannot be read, or does not run under the old version.
    """
    source = read_source(Path(path))
    before = run_history(read_history(source, old))
    after: HistoryResult | RulelangError
    try:
        after = run_history(read_history(source, new))
    except (CheckError, RunError) as error:
        after = error
    return compare_histories(before, after, new, compare_structure(old, new).steps)
