"""Verifying an audit record: run again from the record alone, and say which part differs, if any does."""

import json
from pathlib import Path
from typing import Any

from attrs import frozen

from rulelang.base.diagnostic import Diagnostic, ReadError, RulelangError, finding
from rulelang.base.source import Place, SourceText
from rulelang.check.event import check_event, check_test_event
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.model.event import Event
from rulelang.run.interpret import interpret
from rulelang.views.record import FORMAT, RECORD_VERSION, canonical, make_record, restore, seal_of


@frozen
class Difference:
    """One part of a record that is not as it should be: ``part`` names it, ``text`` says how."""

    part: str
    text: str


@frozen
class Verification:
    """What a verification found; the record stands if there is no difference.  ``notes`` are for information."""

    title: str
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the record is whole and the run gives the same again."""
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """The verification as plain values."""
        return {
            "record": self.title,
            "stands": self.stands,
            "differences": [{"part": d.part, "text": d.text} for d in self.differences],
            "notes": list(self.notes),
        }


def verify_record(source: SourceText, engine: str) -> Verification:
    """Verify the record that a text holds; ``engine`` is the version of the program that verifies.

    Raises:
        ReadError: the text is no audit record at all.
    """
    record = _parsed(source)
    differences = [*_seal_differences(source, record)]
    notes = []
    try:
        _shape(record)
        recorded = record["engine"]["version"]
        if recorded != engine:
            notes.append(f"the record was written by version {recorded} of the engine, this is {engine}")
        differences.extend(_input_differences(record))
        differences.extend(_run_differences(record, recorded))
    except _Misshapen as error:
        differences.append(Difference("record", str(error)))
    return Verification(source.name, tuple(differences), tuple(notes))


class _Misshapen(Exception):
    pass


def _parsed(source: SourceText) -> dict[str, Any]:
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


def _seal_differences(source: SourceText, record: dict[str, Any]) -> list[Difference]:
    try:
        bytes_now, seal = canonical(record), seal_of(record)
    except Exception:  # noqa: BLE001 - whatever canonical JSON refuses
        return [Difference("seal", "the record holds values that no record has")]
    if record.get("seal") != seal:
        return [Difference("seal", f"the seal is {record.get('seal')}, but the content gives {seal}")]
    if source.text.encode("utf-8", "surrogatepass") != bytes_now:
        return [Difference("seal", "the file is not in the canonical form in which records are written")]
    return []


_KEYS = ("language_version", "engine", "inputs", "decisions", "missing", "steps", "remarks", "result")


def _shape(record: dict[str, Any]) -> None:
    """Refuse what is not shaped like a record, before any of it is used."""
    missing = [key for key in _KEYS if key not in record]
    if missing:
        raise _Misshapen(f"the record has no `{missing[0]}`")
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
        raise _Misshapen("the inputs of the record are not shaped as records are")


def _input_differences(record: dict[str, Any]) -> list[Difference]:
    inputs = record["inputs"]
    named = [("rulebook", inputs["rulebook"])]
    if "test" not in inputs["event"]:
        named.append(("event", inputs["event"]))
    named.extend((f"data {entry['name']}", entry) for entry in inputs["data"])
    found = []
    for part, entry in named:
        actual = restore(entry).sha256
        if actual != entry["sha256"]:
            found.append(Difference(part, f"its text has the digest {actual}, but the record says {entry['sha256']}"))
    return found


def _run_differences(record: dict[str, Any], engine: str) -> list[Difference]:
    """Run again and compare step by step; the first step that differs is what somebody should look at."""
    try:
        program, event = _reload(record)
        again = make_record(program, event, interpret(program, event), engine)
    except RulelangError as error:
        return [_refused(error.diagnostics[0])]
    again["inputs"] = record["inputs"]  # compared by digest above
    found = []
    for old, new in zip(record["steps"], again["steps"], strict=False):
        if old != new:
            found.extend(_step_differences(old, new))
    if len(record["steps"]) != len(again["steps"]):
        found.append(Difference("steps", f"the record has {len(record['steps'])}, the run {len(again['steps'])}"))
    parts = ("language_version", "decisions", "missing", "remarks", "result")
    found.extend(
        Difference(part, _first_difference(record[part], again[part])) for part in parts if record[part] != again[part]
    )
    return found


def _refused(found: Diagnostic) -> Difference:
    return Difference("run", f"the texts of the record do not run: {found.message}")


def _reload(record: dict[str, Any]) -> tuple[CheckedProgram, Event]:
    """The rulebook and the event, from the texts in the record and nothing else."""
    inputs = record["inputs"]
    tables = {str(Path(entry["name"])): restore(entry) for entry in inputs["data"]}

    def read(_path: Path, name: str) -> SourceText:
        if str(Path(name)) not in tables:
            raise ReadError([finding("unreadable-file", f"the record does not hold {name}")])
        return tables[str(Path(name))]

    program = check_rulebook(restore(inputs["rulebook"]))
    title = inputs["event"].get("test")
    if title is None:
        return program, check_event(restore(inputs["event"]), program, read)
    test = next((test for test in program.tests if test.title == title), None)
    if test is None:
        raise ReadError([finding("unknown-test", f'the rulebook has no test "{title}"')])
    return program, check_test_event(program, test, read)


def _step_differences(old: Any, new: Any) -> list[Difference]:
    name = new["step"] if new["segment"] is None else f"{new['step']} in {new['segment']}"
    return [Difference(f"step {name}", _first_difference(old, new))]


def _first_difference(old: Any, new: Any, path: str = "") -> str:
    """Where two JSON values differ first, and how."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                return _first_difference(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                named = after.get("payer", index) if isinstance(after, dict) else index
                return _first_difference(before, after, f"{path}[{named}]")
    return f"{path or 'it'} is {_brief(old)} in the record, but the run gives {_brief(new)}"


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
