"""Verifying an audit record: run again from the record alone, make the record anew, and compare the two whole.

Nothing of a record is taken on trust but its inputs and the version of the program that it names: from these the
record is made anew, and it stands if the file holds the same bytes.  Only where it does not, the parts are compared,
to say which of them differs.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping

from attrs import frozen

from rulelang.audit.record import bytes_of, canonical, make_record
from rulelang.audit.reload import Misshapen, check_shape, parse_record, reload, seal_breach
from rulelang.base.diagnostic import RulelangError
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.source import SourceText
from rulelang.run.interpret import interpret

PROVEN = "the texts in the record, run again, give the whole record as it is, to the byte"
NOT_PROVEN = (
    "who made the record, when, with which version of the program, what its files were called, "
    "and that its texts are those in force"
)


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
        """Whether the run gives the same record again, to the byte."""
        return not self.differences

    def to_dict(self) -> JsonObject:
        """The verification as plain values."""
        return {
            "record": self.title,
            "stands": self.stands,
            "differences": [{"part": d.part, "text": d.text} for d in self.differences],
            "notes": list(self.notes),
            "proven": PROVEN if self.stands else None,
            "not_proven": NOT_PROVEN,
        }


def verify_record(source: SourceText, engine: str) -> Verification:
    """Verify the record that a text holds; ``engine`` is the version of the program that verifies.

    Raises:
        ReadError: the text is no audit record at all.
    """
    record = parse_record(source)
    broken = seal_breach(source, record)
    differences = [] if broken is None else [Difference("seal", broken)]
    notes = []
    try:
        _check_values(record)
        check_shape(record)
        recorded = record["engine"]["version"]
        if recorded != engine:
            notes.append(f"the record was written by version {recorded} of the engine, this is {engine}")
        notes.extend(_exercise(record))
        differences.extend(_digest_differences(record["inputs"]))
        differences.extend(_run_differences(source, record, recorded))
    except Misshapen as error:
        differences.append(Difference("record", str(error)))
    return Verification(source.name, tuple(differences), tuple(notes))


def _exercise(record: JsonObject) -> Iterator[str]:
    """That the record is of an exercise, which it proves if it stands."""
    result = record.get("result")
    event = result.get("event") if isinstance(result, dict) else None
    name = event.get("exercise") if isinstance(event, dict) else None
    if name is not None:
        yield f"the record is of an exercise: {name}"


def _check_values(record: JsonObject) -> None:
    """Refuse values that canonical JSON cannot hold, such as half a character: nothing can be done with them."""
    try:
        canonical(record)
    except Exception as error:
        raise Misshapen("it cannot be run again, for some of its values stand in no record") from error


def _digest_differences(inputs: Mapping[str, JsonValue]) -> Iterator[Difference]:
    for part, entry in _entries(inputs):
        actual = hashlib.sha256(bytes_of(entry)).hexdigest()
        if actual != entry["sha256"]:
            yield Difference(part, f"its text has the digest {actual}, but the record says {entry['sha256']}")


def _entries(inputs: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    """The texts among the inputs, under the names that differences have for them."""
    yield "rulebook", inputs["rulebook"]
    if "test" not in inputs["event"]:
        yield "event", inputs["event"]
    for entry in inputs["data"]:
        yield f"data {entry['name']}", entry


def _run_differences(source: SourceText, record: JsonObject, engine: str) -> list[Difference]:
    """Run again and compare; where steps differ, the first of them is what somebody should look at."""
    try:
        program, event = reload(record)
        again = make_record(program, event, interpret(program, event), engine, record["record_version"])
    except RulelangError as error:
        text = f"the texts of the record do not run: {error.diagnostics[0].message}"
        if record["record_version"] == 1:
            text += f"; it is of version 1 of the language, which may have taken them: verify it with version {engine}"
        return [Difference("run", text)]
    if hashlib.sha256(canonical(again)).hexdigest() == source.sha256:
        return []
    found = [difference for key in again for difference in _part_differences(key, record, again)]
    found.extend(Difference(key, "no record has this part") for key in sorted({*record} - {*again}))
    return found or [Difference("record", "its content is that of the run, but the file holds other bytes")]


def _part_differences(
    key: str, record: Mapping[str, JsonValue], again: Mapping[str, JsonValue]
) -> Iterator[Difference]:
    if key == "seal":  # told of before, and it follows from the rest
        return
    if key not in record:
        yield Difference(key, "the record lacks this part")
    elif key == "steps" and isinstance(record[key], list):
        yield from _step_differences(record[key], again[key])
    elif key == "inputs":
        yield from _input_differences(record[key], again[key])
    elif not _same(record[key], again[key]):
        yield Difference(key, _first_difference(record[key], again[key]))


def _step_differences(recorded: list[JsonValue], steps: list[JsonValue]) -> Iterator[Difference]:
    for old, new in zip(recorded, steps, strict=False):
        if not _same(old, new):
            yield Difference(f"step {_called(new)}", _first_difference(old, new))
    if len(recorded) != len(steps):
        yield Difference("steps", f"the record has {len(recorded)}, the run {len(steps)}")


def _called(step: Mapping[str, JsonValue]) -> str:
    """A turn by its step, segment, round and pass."""
    where = "" if step["segment"] is None else f" in {step['segment']}"
    turn = "" if step.get("round") is None else f", round {step['round']}"
    whose = "" if step.get("defaulter") is None else f", for the default of {step['defaulter']}"
    return f"{step['step']}{where}{turn}{whose}"


def _input_differences(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> Iterator[Difference]:
    """What the inputs say beside their texts, whose digests are looked at before."""
    digests = {entry["text"]: entry["sha256"] for _, entry in _entries(old)}
    for _, entry in _entries(new):
        entry["sha256"] = digests.get(entry["text"], entry["sha256"])
    if len(old["data"]) != len(new["data"]):
        read = ", ".join(entry["name"] for entry in new["data"]) or "none"
        yield Difference("inputs", f"the record holds {len(old['data'])} files of data, but the run reads {read}")
    elif not _same(old, new):
        yield Difference("inputs", _first_difference(old, new))


def _same(old: object, new: object) -> bool:
    """Whether two JSON values are written alike: a number is no truth value, though Python takes them for equal."""
    return canonical(old) == canonical(new)


def _first_difference(old: JsonValue, new: JsonValue, path: str = "") -> str:
    """Where two JSON values differ first, and how."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            inner = f"{path}.{key}" if path else key
            if key not in new:
                return f"`{inner}` is no part of a record"
            if key not in old:
                return f"{inner} is missing in the record"
            if not _same(old[key], new[key]):
                return _first_difference(old[key], new[key], inner)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if not _same(before, after):
                named = after.get("payer", index) if isinstance(after, dict) else index
                return _first_difference(before, after, f"{path}[{named}]")
    return f"{path or 'it'} is {_brief(old)} in the record, but the run gives {_brief(new)}"


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
