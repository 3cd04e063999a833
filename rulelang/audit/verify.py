"""Verifying an audit record: run again from the record alone, make the record anew, and compare the two whole.

Nothing of a record is taken on trust but its inputs and the version of the program that it names: from these the
record is made anew, and it stands if the file holds the same bytes.  Only where it does not, the parts are compared,
to say which of them differs.
"""

import hashlib
from collections.abc import Iterator, Mapping

from attrs import frozen

from rulelang.audit.differences import (
    Difference,
    digest_differences,
    first_difference,
    input_differences,
    part_differences,
    same,
)
from rulelang.audit.record import canonical, make_record
from rulelang.audit.reload import (
    Misshapen,
    begins_as_history,
    check_engine,
    check_shape,
    is_history_record,
    parse_record,
    reload,
    seal_breach,
)
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
    if begins_as_history(source):
        from rulelang.audit.verify_history import standing_record  # a record of one run needs no histories

        standing = standing_record(source)
        if standing is not None:
            return Verification(source.name, (), tuple(_notes(standing, engine)))
    record = parse_record(source)
    if is_history_record(record):
        return _history(source, record, engine)
    broken = seal_breach(source, record)
    differences = [] if broken is None else [Difference("seal", broken)]
    notes: list[str] = []
    try:
        _check_values(record)
        check_shape(record)
        notes += _notes(record, engine)
        differences.extend(digest_differences(_entries(record["inputs"])))
        differences.extend(_run_differences(source, record, record["engine"]["version"]))
    except Misshapen as error:
        differences.append(Difference("record", str(error)))
    return Verification(source.name, tuple(differences), tuple(notes))


def _history(source: SourceText, record: JsonObject, engine: str) -> Verification:
    """Verify the record of a history, part by part."""
    from rulelang.audit.verify_history import history_differences  # a record of one run needs no histories

    notes: list[str] = []
    try:
        _check_values(record)
        notes += _notes(record, engine)
        found = tuple(history_differences(record))
    except Misshapen as error:
        found = (Difference("record", str(error)),)
    return Verification(source.name, found, tuple(notes))


def _notes(record: JsonObject, engine: str) -> Iterator[str]:
    """Which other version wrote the record; that it is of an exercise, which it proves if it stands."""
    recorded = check_engine(record)
    if recorded != engine:
        yield f"the record was written by version {recorded} of the engine, this is {engine}"
    result = record.get("result")
    event = (result.get("event") or result.get("history")) if isinstance(result, dict) else None
    name = event.get("exercise") if isinstance(event, dict) else None
    if name is not None:
        yield f"the record is of an exercise: {name}"


def _check_values(record: JsonObject) -> None:
    """Refuse values that canonical JSON cannot hold, such as half a character: nothing can be done with them."""
    try:
        canonical(record)
    except Exception as error:
        raise Misshapen("it cannot be run again, for some of its values stand in no record") from error


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
    found = list(part_differences(record, again, {"steps": _step_differences, "inputs": _input_differences}))
    return found or [Difference("record", "its content is that of the run, but the file holds other bytes")]


def _step_differences(recorded: JsonValue, steps: list[JsonValue]) -> Iterator[Difference]:
    if not isinstance(recorded, list):
        yield Difference("steps", first_difference(recorded, steps))
        return
    for old, new in zip(recorded, steps, strict=False):
        if not same(old, new):
            yield Difference(f"step {_called(new)}", first_difference(old, new))
    if len(recorded) != len(steps):
        yield Difference("steps", f"the record has {len(recorded)}, the run {len(steps)}")


def _called(step: Mapping[str, JsonValue]) -> str:
    """A turn by its step, segment, round and pass."""
    where = "" if step["segment"] is None else f" in {step['segment']}"
    turn = "" if step.get("round") is None else f", round {step['round']}"
    whose = "" if step.get("defaulter") is None else f", for the default of {step['defaulter']}"
    return f"{step['step']}{where}{turn}{whose}"


def _input_differences(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> Iterator[Difference]:
    if len(old["data"]) != len(new["data"]):
        read = ", ".join(entry["name"] for entry in new["data"]) or "none"
        yield Difference("inputs", f"the record holds {len(old['data'])} files of data, but the run reads {read}")
    else:
        yield from input_differences(old, new)
