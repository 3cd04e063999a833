"""The audit record: one JSON file that holds all that is needed to run again, every step as it ran, and a seal.

The record is written in canonical form (RFC 8785), so the same run always gives the same bytes.  Amounts are strings
in major units; what is not a whole minor unit is an exact fraction such as ``"100/3"``.  ``seal`` is the SHA-256 of
the canonical form of everything else.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from rulelang.audit.editions import LANGUAGES, told_as
from rulelang.audit.turns import told_decision, told_turn
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.source import SourceText
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import DatedValue, MissingUse, PeriodTrail
from rulelang.syntax.read import source_of

FORMAT = "rulelang audit record"
RECORD_VERSION = 2
LANGUAGE_VERSION = LANGUAGES[RECORD_VERSION]

_LARGEST = 2**53 - 1
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def canonical(value: JsonValue) -> bytes:
    """The canonical form of a JSON value (RFC 8785).

    No record has numbers other than whole ones.  A fraction in a file that claims to be a record is written as Python
    writes it; such a record does not stand, whatever its form.

    Raises:
        ValueError: the value holds a number that JSON does not keep exactly, or half a character.
    """
    written = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written.encode("utf-8")


def _ordered(value: JsonValue) -> JsonValue:
    """The value with the keys of each object in the order of their UTF-16 units."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, (list, tuple)):
        return [_ordered(each) for each in value]
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError(f"{value} has no canonical form that keeps it")
    return value


def make_record(
    program: CheckedProgram, event: Event, allocation: Allocation, engine: str, version: int = RECORD_VERSION
) -> JsonObject:
    """The audit record of a run, with its seal, in the form of a ``version``; ``engine`` is the version that ran it."""
    trail = allocation.trail
    record: JsonObject = {
        "format": FORMAT,
        "record_version": RECORD_VERSION,
        "language_version": LANGUAGE_VERSION,
        "engine": {"name": "rulelang", "version": engine},
        "inputs": _inputs(program, event),
        "decisions": [told_decision(program, event, name) for name in sorted(event.decisions)],
        "past": _past(event),
        "missing": [_missing(program, use) for use in trail.missing],
        "values_as_of": [_dated(program, each) for each in trail.dated],
        "steps": [told_turn(program, event, turn) for turn in trail.turns],
        "periods": [_period(program, period) for period in trail.periods],
        "remarks": list(trail.remarks),
        "result": allocation.to_dict(),
    }
    record = told_as(record, version)
    return {**record, "seal": seal_of(record)}


def seal_of(record: JsonObject) -> str:
    """The SHA-256 of the canonical form of a record without its seal."""
    unsealed = {key: value for key, value in record.items() if key != "seal"}
    return hashlib.sha256(canonical(unsealed)).hexdigest()


def _inputs(program: CheckedProgram, event: Event) -> JsonObject:
    """The texts that ran, under names relative to the folder of the rulebook."""
    assert event.source is not None, "an event that was read has a source"
    inline = event.source is program.source
    rulebook_name = printable(Path(program.source.name).name)
    event_name = rulebook_name if inline else printable(relative(event.source, program.source))
    folder, home = Path(event.source.name).parent, PurePosixPath(event_name).parent
    return {
        "rulebook": text_entry(program.source, rulebook_name),
        "event": {"test": event.title} if inline else text_entry(event.source, event_name),
        "data": [text_entry(table, str(home / name_within(table, folder))) for table in event.data],
    }


def printable(name: str) -> str:
    """The name of a file, what in it is no UTF-8 as an escape in its place."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def relative(source: SourceText, rulebook: SourceText) -> str:
    """The name of a file from the folder of another."""
    if source.path is None or rulebook.path is None:
        return Path(source.name).name
    try:
        return Path(os.path.relpath(source.path, rulebook.path.parent)).as_posix()
    except ValueError:  # on another drive
        return source.path.name


def name_within(table: SourceText, folder: Path) -> str:
    """The name of a table as the text in a folder that names it leads to it."""
    written = Path(table.name)
    return (written.relative_to(folder) if written.is_relative_to(folder) else written).as_posix()


def text_entry(source: SourceText, name: str) -> JsonObject:
    """An entry of the inputs: the text as it was read, so that it gives the bytes of its digest again."""
    return {"name": name, "sha256": source.sha256, "text": source.as_read, "byte_order_mark": source.marked}


def bytes_of(entry: Mapping[str, JsonValue]) -> bytes:
    """The bytes of the file that an entry of the inputs holds."""
    data: bytes = entry["text"].encode("utf-8")
    return _BYTE_ORDER_MARK + data if entry["byte_order_mark"] else data


def restore(entry: Mapping[str, JsonValue]) -> SourceText:
    """The source text that an entry of the inputs holds, read as the file was read.

    Raises:
        ReadError: no run would read such a file: it is too large, or holds zero bytes.
    """
    return source_of(bytes_of(entry), entry["name"], Path(entry["name"]))


def _missing(program: CheckedProgram, use: MissingUse) -> JsonObject:
    datum = program.fields.get(use.name) or program.givens[use.name]
    return {
        "name": use.name,
        "member": use.member,
        "segment": use.segment,
        "defaulter": use.defaulter,
        "words": use.words,
        "value": program.show(datum.type, use.value),
    }


def _dated(program: CheckedProgram, read: DatedValue) -> JsonObject:
    """Which value of which day was read as of a day; ``dated`` null is the event's own."""
    datum = program.fields.get(read.name) or program.givens[read.name]
    return {
        "name": read.name,
        "member": read.member,
        "segment": read.segment,
        "as_of": read.as_of.isoformat(),
        "dated": None if read.dated is None else read.dated.isoformat(),
        "value": program.show(datum.type, read.value),
    }


def _period(program: CheckedProgram, trail: PeriodTrail) -> JsonObject:
    """A period as it stood when the run ended, and the instance that stood open when it began."""
    before = None if trail.before is None else {"first": trail.before[0], "last": trail.before[1]}
    return {
        "period": trail.name,
        "title": program.periods[trail.name].title,
        "first": trail.first,
        "last": trail.last,
        "before": before,
        "triggered": trail.triggered,
    }


def _past(event: Event) -> JsonObject:
    """What the event says of the time before it, apart from its payments and values: these stand where they count."""
    past = event.past
    return {
        "members_since": [{"member": who, "since": day.isoformat()} for who, day in sorted(past.since.items())],
        "former_members": list(past.former_members),
        "defaulted": [{"member": who, "date": day.isoformat()} for day, who in past.defaulted],
        "further_losses": sorted({loss.member or "" for loss in event.losses if loss.further}),
        "notices": [{"member": who, "dated": day.isoformat()} for who, day in sorted(past.notices.items())],
        "periods": [
            {"period": name, "first": first.isoformat(), "last": last.isoformat()}
            for name, (first, last) in sorted(past.open_periods.items())
        ],
        "withdrawals": [
            {"member": one.member, "after_round": one.after_round, "step": one.step} for one in event.withdrawals
        ],
    }
