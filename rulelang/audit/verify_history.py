"""Verifying the record of a history: run again from itself alone; where it differs, which day and which part."""

import json
from collections.abc import Iterator, Mapping, Sequence

from rulelang.audit.differences import (
    Difference,
    digest_differences,
    first_difference,
    input_differences,
    part_differences,
)
from rulelang.audit.histories import (
    check_history_shape,
    digest_of_day,
    history_record,
    reload_history,
    seal_of_history,
    texts_of,
)
from rulelang.audit.reload import Misshapen, check_engine
from rulelang.base.diagnostic import RulelangError
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.source import SourceText
from rulelang.histories.fold import run_history

_BEHIND_DAYS = '],"engine":{'
"""What stands in canonical form where the days end."""


def standing_record(source: SourceText) -> JsonObject | None:
    """A record of a history without its days, if the rest of it, run again, gives the very bytes of the file.

    Then nothing in it can differ, and the days, which are nearly all of it, need not be read.  ``None`` says nothing:
    :func:`history_differences` looks at all parts.
    """
    text = source.as_read
    behind = text.rfind(_BEHIND_DAYS)
    if source.marked or behind < 0:
        return None
    try:
        record = json.loads("{" + text[behind + 2 :])
        engine = check_engine(record)
        check_history_shape(record)
        history = reload_history(record)
        made = history_record(history, run_history(history), engine)
    except (ValueError, RecursionError, Misshapen, RulelangError):
        return None
    return record if made == text.encode("utf-8", "surrogatepass") else None


def history_differences(record: JsonObject) -> Iterator[Difference]:
    """Everything in which a record of a history, of values that JSON can hold, is not the one that its texts give.

    Raises:
        Misshapen: its inputs are not those of a record.
    """
    check_history_shape(record)
    engine = check_engine(record)
    made: bytes | None = None
    refused: Difference | None = None
    try:
        history = reload_history(record)
        made = history_record(history, run_history(history), engine)
    except RulelangError as error:
        refused = Difference("run", f"the texts of the record do not run: {error.diagnostics[0].message}")
    if record.get("seal") != (seal := seal_of_history(record)):
        yield Difference("seal", f"the seal is {record.get('seal')}, but the content gives {seal}")
    yield from digest_differences(texts_of(record["inputs"]))
    if made is None:
        yield from () if refused is None else (refused,)
        return
    found = list(_parts(record, json.loads(made)))
    yield from found or [Difference("record", "its content is that of the run, but the file holds other bytes")]


def _parts(record: Mapping[str, JsonValue], again: Mapping[str, JsonValue]) -> Iterator[Difference]:
    mine, theirs = ({key: part for key, part in one.items() if key != "days"} for one in (record, again))
    yield from part_differences(mine, theirs, {"inputs": input_differences})
    days = record.get("days")
    if not isinstance(days, list) or not all(isinstance(day, dict) for day in days):
        yield Difference("days", "the days of the record are not shaped as records are")
        return
    yield from _days(days, again["days"])


def _days(recorded: Sequence[JsonObject], again: Sequence[JsonObject]) -> Iterator[Difference]:
    """Day by day: the chain, and the parts of each day that differ."""
    before = again[0]["previous"]
    for day, due in zip(recorded, again, strict=False):
        name = f"day {due['date']}"
        if day.get("previous") != before:
            yield Difference(f"{name}, chain", "it does not follow the day before it: the digests differ")
        before = day.get("digest")
        if before != digest_of_day(day):
            yield Difference(f"{name}, digest", "its digest is not that of its content")
        for part in due:
            if part in ("previous", "digest") or day.get(part) == due[part]:
                continue
            yield Difference(f"{name}, {part}", first_difference(day.get(part), due[part]))
        yield from (Difference(f"{name}, {part}", "no day has this part") for part in sorted({*day} - {*due}))
    if len(recorded) != len(again):
        yield Difference("days", f"the record has {len(recorded)}, the history {len(again)}")
