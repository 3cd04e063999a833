"""Verifying an audit record: run again from the record alone, and say which part differs, if any does."""

import json
from typing import Any

from attrs import frozen

from rulelang.audit.record import make_record, restore
from rulelang.audit.reload import Misshapen, check_shape, parse_record, reload, seal_breach
from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.source import SourceText
from rulelang.run.interpret import interpret


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
    record = parse_record(source)
    differences = [*_seal_differences(source, record)]
    notes = []
    try:
        check_shape(record)
        recorded = record["engine"]["version"]
        if recorded != engine:
            notes.append(f"the record was written by version {recorded} of the engine, this is {engine}")
        differences.extend(_input_differences(record))
        differences.extend(_run_differences(record, recorded))
    except Misshapen as error:
        differences.append(Difference("record", str(error)))
    return Verification(source.name, tuple(differences), tuple(notes))


def _seal_differences(source: SourceText, record: dict[str, Any]) -> list[Difference]:
    broken = seal_breach(source, record)
    return [] if broken is None else [Difference("seal", broken)]


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
        program, event = reload(record)
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
