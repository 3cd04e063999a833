"""What an audit record holds, read back: the parts it must have, and the rulebook and event in it, made anew."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rulelang.audit.record import FORMAT, RECORD_VERSION, canonical, restore, seal_of
from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.source import Place, SourceText
from rulelang.check.events.event import check_event, check_test_event
from rulelang.check.events.text import Reader
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.model.event import Event


class Misshapen(Exception):
    """A record without a part that every record has; the text says which."""


def parse_record(source: SourceText) -> dict[str, Any]:
    """The record that a text holds; its parts are not looked at yet.

    Raises:
        ReadError: the text is no audit record, or one of a form that this version does not know.
    """
    try:
        record = json.loads(source.text)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        message = f"{source.name} is no audit record"
        advice = "give a file that `rulelang run --audit` has written"
        raise ReadError([finding("not-a-record", message, Place(source), help=advice)])
    if record.get("record_version") != RECORD_VERSION:
        message = f"{source.name} is an audit record of a form that this version does not know"
        raise ReadError([finding("not-a-record", message, Place(source))])
    return record


def seal_breach(source: SourceText, record: dict[str, Any]) -> str | None:
    """How a record's seal does not fit its content, in words; ``None`` if it does."""
    try:
        bytes_now, seal = canonical(record), seal_of(record)
    except Exception:  # noqa: BLE001 - whatever canonical JSON refuses
        return "the record holds values that no record has"
    if record.get("seal") != seal:
        return f"the seal is {record.get('seal')}, but the content gives {seal}"
    if source.text.encode("utf-8", "surrogatepass") != bytes_now:
        return "the file is not in the canonical form in which records are written"
    return None


_KEYS = ("language_version", "engine", "inputs", "decisions", "missing", "steps", "remarks", "result")


def check_shape(record: dict[str, Any]) -> None:
    """Refuse what is not shaped like a record, before any of it is used.

    Raises:
        Misshapen: a part is missing or of another kind.
    """
    missing = [key for key in _KEYS if key not in record]
    if missing:
        raise Misshapen(f"the record has no `{missing[0]}`")
    try:
        inputs = record["inputs"]
        texts = [inputs["rulebook"], *inputs["data"], *([] if "test" in inputs["event"] else [inputs["event"]])]
        fine = all(
            isinstance(entry["name"], str)
            and isinstance(entry["text"], str)
            and isinstance(entry["sha256"], str)
            and isinstance(entry["byte_order_mark"], bool)
            for entry in texts
        ) and isinstance(record["engine"]["version"], str)
    except (KeyError, TypeError, AttributeError):
        fine = False
    if not fine:
        raise Misshapen("the inputs of the record are not shaped as records are")


def reload(record: Mapping[str, Any]) -> tuple[CheckedProgram, Event]:
    """The rulebook and the event, from the texts in the record and nothing else.

    Raises:
        RulelangError: a text in the record does not check, or one is missing.
    """
    program = check_rulebook(restore(record["inputs"]["rulebook"]))
    return program, recorded_event(record, program, program)


def recorded_event(record: Mapping[str, Any], home: CheckedProgram, program: CheckedProgram) -> Event:
    """The event of a record held against a rulebook: that of the record (``home``), or another one.

    Raises:
        RulelangError: the event does not fit the rulebook, or the record does not hold a file that it names.
    """
    inputs = record["inputs"]
    read = _reader(inputs)
    title = inputs["event"].get("test")
    if title is None:
        return check_event(restore(inputs["event"]), program, read)
    test = next((test for test in home.tests if test.title == title), None)
    if test is None:
        raise ReadError([finding("unknown-test", f'the rulebook has no test "{title}"')])
    return check_test_event(program, test, read, home.source)


def _reader(inputs: Mapping[str, Any]) -> Reader:
    """What finds the files of members inside the record."""
    tables = {str(Path(entry["name"])): restore(entry) for entry in inputs["data"]}

    def read(_path: Path, name: str) -> SourceText:
        if str(Path(name)) not in tables:
            raise ReadError([finding("unreadable-file", f"the record does not hold {name}")])
        return tables[str(Path(name))]

    return read
