"""From an event as written to an event that fits a rulebook: every name known, every value of its type, none missing.

All findings are collected before any is raised, so that a person mends a data file in one go.
"""

from attrs import evolve

from rulelang.base.allow import apply_allowances
from rulelang.base.source import Place, SourceText
from rulelang.check.events.json_form import raw_from_json
from rulelang.check.events.paths import inside
from rulelang.check.events.resolve import resolve
from rulelang.check.events.text import Reader, raw_from_syntax
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.syntax import nodes
from rulelang.syntax.read import parse_event, read_source


def check_event(source: SourceText, program: CheckedProgram, read: Reader = read_source) -> Event:
    """Read an event (text, or JSON if the name ends in ``.json``) and hold it against a rulebook.

    ``read`` gives the text of a file of members; replaying an audit record passes one that looks into the record.

    Raises:
        ReadError: a text cannot be read.
        CheckError: the event does not fit the rulebook; with every finding.
    """
    if source.name.endswith(".json"):
        return resolve(raw_from_json(source), program)
    return event_of(source, parse_event(source, program.edition), program, read)


def event_of(source: SourceText, tree: nodes.EventSyntax, program: CheckedProgram, read: Reader) -> Event:
    """An event that was read from ``source``, held against a rulebook.

    Raises:
        ReadError, CheckError: as :func:`check_event`.
    """
    raw = raw_from_syntax(source, tree, program, read)
    event = resolve(raw, program)
    tables = tuple(zip(raw.data, raw.named, strict=True))
    return evolve(event, warnings=apply_allowances(event.warnings, source, tables))


def check_test_event(
    program: CheckedProgram, test: nodes.TestSection, read: Reader = read_source, home: SourceText | None = None
) -> Event:
    """The event of a test block: the file it names, or the one written in its place.

    ``home`` is the text in which the test stands, where that is not the text of the rulebook.

    Raises:
        ReadError: a file cannot be read or lies outside the folder of the rulebook.
        CheckError: the event does not fit the rulebook.
    """
    source = home or program.source
    if isinstance(test.event, nodes.EventSyntax):
        return resolve(raw_from_syntax(source, test.event, program, read), program)
    path, shown = inside(test.event.path, Place(source, test.event.span), source, program.source)
    return check_event(read(path, shown), program, read)
