"""The two sides of a comparison: rulebooks from files, from revisions of a Git repository, or from audit records."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from rulelang.audit.record import restore
from rulelang.audit.reload import Misshapen, check_shape, parse_record, recorded_event, seal_breach
from rulelang.base.diagnostic import CheckError, ReadError, RulelangError, finding
from rulelang.base.source import Place, SourceText
from rulelang.changes.comparison import EventPair
from rulelang.changes.match.renames import knowing
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.syntax.read import read_source, source_of
from rulelang.tools import git


@frozen
class Side:
    """One side of a comparison: the text of its rulebook, and the audit record it came from, if it did."""

    source: SourceText
    record: Mapping[str, Any] | None = None


def read_side(name: str) -> Side:
    """What an argument names: a file, or ``REV:PATH`` in a Git repository; a rulebook, or an audit record.

    Raises:
        ReadError: there is no such file, revision or path, or an audit record is not whole.
    """
    source = read_version(name)
    if not source.text.lstrip().startswith("{"):
        return Side(source)
    record = parse_record(source)
    broken = seal_breach(source, record)
    if broken is None:
        try:
            check_shape(record)
        except Misshapen as error:
            broken = str(error)
    if broken is not None:
        message = f"the audit record {source.name} does not stand: {broken}"
        advice = "`rulelang verify` says which part of it differs"
        raise ReadError([finding("not-a-record", message, Place(source), help=advice)])
    return Side(restore(record["inputs"]["rulebook"]), record)


def pair_recorded(sides: tuple[Side, Side], old: CheckedProgram, new: CheckedProgram) -> EventPair | None:
    """The event that the records among two sides bring; that of the old side is held against both versions.

    Raises:
        RulelangError: the old version cannot take the event.
    """
    bringing = [(side.record, home) for side, home in zip(sides, (old, new), strict=True) if side.record is not None]
    if not bringing:
        return None
    (first, its_home), (last, home) = bringing[0], bringing[-1]
    mine = recorded_event(first, its_home, knowing(old, new))
    theirs: Event | RulelangError
    try:
        theirs = recorded_event(last, home, knowing(new, old))
    except CheckError as error:
        theirs = error
    return EventPair(mine, theirs)


def read_version(name: str) -> SourceText:
    """The text of a file, or of ``REV:PATH`` where there is no such file.

    ``PATH`` counts from the root of the repository, or from here if it starts with ``./``; an empty ``REV`` is what is
    staged.  What the text names beside it is read from the working tree.

    Raises:
        ReadError: there is no such file, revision or path, or no Git repository.
    """
    revision, colon, path = name.partition(":")
    if not colon or not path or revision.startswith("-") or os.path.lexists(name):
        return read_source(Path(name))
    return source_of(git.file_of(revision, path, name), name, _place(path, name))


def _place(path: str, name: str) -> Path:
    """Where a path of a revision lies in the working tree; from here, if the repository has none."""
    top = None if path.startswith(("./", "../")) else git.top_folder(name)
    return Path.cwd() / path if top is None else Path(top) / path
