"""What an audit record holds, read back: the inputs it must have, and the rulebook and event in it, made anew."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from rulelang.audit.editions import LANGUAGES, as_of_edition
from rulelang.audit.record import FORMAT, canonical, restore, seal_of
from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.source import Place, SourceText
from rulelang.check.events.event import check_event, check_test_event
from rulelang.check.events.text import Reader
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event


class Misshapen(Exception):
    """A record whose inputs are not shaped as those of every record; the text says how."""


def parse_record(source: SourceText) -> JsonObject:
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
    version = record.get("record_version")
    if type(version) is not int or version not in LANGUAGES:
        message = f"{source.name} is an audit record of a form that this version does not know"
        raise ReadError([finding("not-a-record", message, Place(source))])
    return record


def is_history_record(record: Mapping[str, JsonValue]) -> bool:
    """Whether a record is one of a history."""
    inputs = record.get("inputs")
    return isinstance(inputs, dict) and "history" in inputs


def begins_as_history(source: SourceText) -> bool:
    """Whether a text begins as a record of a history does in canonical form, with its days."""
    return source.text.startswith('{"days":[')


def seal_breach(source: SourceText, record: JsonObject) -> str | None:
    """How a record's seal does not fit its content, in words; ``None`` if it does."""
    try:
        bytes_now, seal = canonical(record), seal_of(record)
    except Exception:  # noqa: BLE001 - whatever canonical JSON refuses
        return "the record holds values that no record has"
    if record.get("seal") != seal:
        return f"the seal is {record.get('seal')}, but the content gives {seal}"
    if source.sha256 != SourceText.from_text(bytes_now.decode("utf-8")).sha256:
        return "the file is not in the canonical form in which records are written"
    return None


TEXT = {"name": str, "sha256": str, "text": str, "byte_order_mark": bool}
"""The shape of a text among the inputs of a record."""
# As releases are numbered, or of a checkout that is not installed; any other text would be a statement that nobody has
# looked at, and the words that may stand behind a plus as well.
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}((a|b|rc)[0-9]{1,9})?(\.(post|dev)[0-9]{1,9}){0,2}|0\+unknown")


def check_shape(record: Mapping[str, JsonValue]) -> None:
    """Refuse inputs that are not shaped as those of a record, before any of them is used.

    Raises:
        Misshapen: one is missing or of another kind.
    """
    check_engine(record)
    inputs = record["inputs"]
    fine = (
        has_shape(inputs, {"rulebook": dict, "event": dict, "data": list})
        and (has_shape(inputs["event"], {"test": str}) or has_shape(inputs["event"], TEXT))
        and all(has_shape(entry, TEXT) for entry in (inputs["rulebook"], *inputs["data"]))
    )
    if not fine:
        raise Misshapen("the inputs of the record are not shaped as records are")


def check_engine(record: Mapping[str, JsonValue]) -> str:
    """The version of the program that a record names.

    Raises:
        Misshapen: it names none, or has no inputs.
    """
    for part in ("inputs", "engine"):
        if part not in record:
            raise Misshapen(f"the record has no `{part}`")
    if not has_shape(record["engine"], {"version": str}) or not _VERSION.fullmatch(record["engine"]["version"]):
        raise Misshapen("the version of the engine is none that a record names")
    version: str = record["engine"]["version"]
    return version


def has_shape(value: object, kinds: Mapping[str, type]) -> bool:
    """Whether a value is an object with these keys and kinds of values; what else it has, the comparison names."""
    return isinstance(value, dict) and all(isinstance(value.get(key), kind) for key, kind in kinds.items())


def reload(record: Mapping[str, JsonValue]) -> tuple[CheckedProgram, Event]:
    """The rulebook and the event, from the texts in the record and nothing else, to be run by the edition it names.

    Raises:
        RulelangError: a text in the record does not check, or one is missing.
    """
    program = as_of_edition(restore(record["inputs"]["rulebook"]), record["record_version"])
    return program, recorded_event(record, program, program)


def recorded_event(record: Mapping[str, JsonValue], home: CheckedProgram, program: CheckedProgram) -> Event:
    """The event of a record held against a rulebook: that of the record (``home``), or another one.

    Raises:
        RulelangError: the event does not fit the rulebook, or the record does not hold a file that it names.
    """
    inputs = record["inputs"]
    read = reader_of(inputs)
    title = inputs["event"].get("test")
    if title is None:
        return check_event(restore(inputs["event"]), program, read)
    test = next((test for test in home.tests if test.title == title), None)
    if test is None:
        raise ReadError([finding("unknown-test", f'the rulebook has no test "{title}"')])
    return check_test_event(program, test, read, home.source)


def reader_of(inputs: Mapping[str, JsonValue]) -> Reader:
    """What finds tables inside the record."""
    tables = {str(Path(entry["name"])): entry for entry in inputs["data"]}

    def read(_path: Path, name: str) -> SourceText:
        if str(Path(name)) not in tables:
            raise ReadError([finding("unreadable-file", f"the record does not hold {name}")])
        return restore(tables[str(Path(name))])

    return read
