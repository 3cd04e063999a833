"""The audit record of a history: its texts, and every day as it ended, each chained to the one before by its digest.

It is of the form of any record (:mod:`rulelang.audit.record`): canonical, sealed, and verified from itself alone.  The
steps of a single run are in the record of that day's event, which ``rulelang event`` writes.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from operator import add
from pathlib import Path

from attrs import evolve

from rulelang.audit.editions import LANGUAGES
from rulelang.audit.record import FORMAT, RECORD_VERSION, name_within, printable, relative, restore, text_entry
from rulelang.audit.reload import TEXT, Misshapen, has_shape, reader_of
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.money import Currency
from rulelang.check.rulebook import check_rulebook
from rulelang.histories.history import History, read_history
from rulelang.model.history import Account, HistoryResult

_FIRST = "0" * 64
"""What stands for the digest of the day before the opening."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_plain(value: JsonValue) -> bytes:
    """The canonical form of a value without numbers other than whole ones: what RFC 8785 makes of it, but quicker.

    Keys are ASCII, so their order by characters is that by UTF-16 units.
    """
    return _ENCODER.encode(value).encode("utf-8")


def history_record(history: History, result: HistoryResult, engine: str) -> bytes:
    """The audit record of a history that was run, in canonical form; ``engine`` is the version that ran it."""
    days, digests = _chained(result)
    record: JsonObject = {
        "format": FORMAT,
        "record_version": RECORD_VERSION,
        "language_version": LANGUAGES[RECORD_VERSION],
        "engine": {"name": "rulelang", "version": engine},
        "inputs": _inputs(history),
        "days": [{"digest": digest} for digest in digests],
        "result": {key: value for key, value in evolve(result, days=()).to_dict().items() if key != "days"},
    }
    behind = _members({key: part for key, part in record.items() if key != "days"} | {"seal": seal_of_history(record)})
    return f'{{"days":[{",".join(days)}],{behind}}}'.encode()


def seal_of_history(record: Mapping[str, JsonValue]) -> str:
    """The SHA-256 of the canonical form of a record without its seal, each day in it by its digest."""
    unsealed = {key: value for key, value in record.items() if key != "seal"}
    if isinstance(days := unsealed.get("days"), list):
        unsealed["days"] = [day.get("digest") if isinstance(day, dict) else None for day in days]
    return hashlib.sha256(canonical_plain(unsealed)).hexdigest()


def _chained(result: HistoryResult) -> tuple[list[str], list[str]]:
    """Every day in canonical form, with the digest of the one before it and its own over both; and the digests.

    A day is written once.  Its parts stand in the order of their names: the balances first, the digest among them.
    """
    written, digests, amounts, accounts = [], [_FIRST], _Amounts(result.currency), _Accounts()
    for day in result.days:
        remarks = [] if day.run is None else list(day.run.trail.remarks)
        parts = {"previous": digests[-1], "remarks": remarks, **day.without_balances()}
        held = day.standing  # nine tenths of a record, most of it as the day before
        rows = map(add, map(amounts.__getitem__, held.amounts), map(accounts.__getitem__, held.accounts))
        before = _members({key: parts[key] for key in parts if key < "digest"})
        before = f'"balances":[{",".join(rows)}],{before}'
        behind = _members({key: parts[key] for key in parts if key > "digest"})
        digest = hashlib.sha256(f"{{{before},{behind}}}".encode()).hexdigest()
        written.append(f'{{{before},"digest":"{digest}",{behind}}}')
        digests.append(digest)
    return written, digests[1:]


def _members(value: JsonObject) -> str:
    """The parts of an object in canonical form, without the braces around them."""
    return _ENCODER.encode(value)[1:-1]


class _Amounts(dict[int, str]):
    """How the row of a balance begins: with its amount."""

    def __init__(self, currency: Currency) -> None:
        super().__init__()
        self._plain = currency.plain

    def __missing__(self, units: int) -> str:
        self[units] = written = f'{{"amount":"{self._plain(units)}"'
        return written


class _Accounts(dict[Account, str]):
    """How the row of a balance ends: with its account."""

    def __missing__(self, account: Account) -> str:
        row = dict(zip(("payer", "pot", "segment"), account, strict=True))
        self[account] = written = f",{_members(row)}}}"
        return written


def digest_of_day(entry: Mapping[str, JsonValue]) -> str:
    """The SHA-256 of the canonical form of a day, with the digest of the day before it, without its own."""
    return hashlib.sha256(canonical_plain({key: entry[key] for key in entry if key != "digest"})).hexdigest()


def _inputs(history: History) -> JsonObject:
    """The texts that ran: the history, its rulebooks by the words that name them, and its tables."""
    name = printable(Path(history.source.name).name)
    folder = Path(history.source.name).parent
    given = None
    if all(history.program is not program for program in history.named.values()):
        given = text_entry(history.program.source, printable(relative(history.program.source, history.source)))
    return {
        "history": text_entry(history.source, name),
        "rulebook": given,
        "rulebooks": [
            {"under": under, **text_entry(program.source, printable(relative(program.source, history.source)))}
            for under, program in history.named.items()
        ],
        "data": [text_entry(table, name_within(table, folder)) for table in history.data],
    }


# ---------------------------------------------------------------------------------------------------------- read back


def check_history_shape(record: Mapping[str, JsonValue]) -> None:
    """Refuse inputs that are not shaped as those of a record of a history.

    Raises:
        Misshapen: one is missing or of another kind.
    """
    inputs = record["inputs"]
    fine = (
        has_shape(inputs, {"history": dict, "rulebooks": list, "data": list})
        and has_shape(inputs["history"], TEXT)
        and "rulebook" in inputs
        and (inputs["rulebook"] is None or has_shape(inputs["rulebook"], TEXT))
        and all(has_shape(entry, {"under": str, **TEXT}) for entry in inputs["rulebooks"])
        and all(has_shape(entry, TEXT) for entry in inputs["data"])
    )
    if not fine:
        raise Misshapen("the inputs of the record are not shaped as records are")


def texts_of(inputs: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    """The texts among the inputs, under the names that differences have for them."""
    yield "history", inputs["history"]
    if inputs["rulebook"] is not None:
        yield "rulebook", inputs["rulebook"]
    for entry in inputs["rulebooks"]:
        yield f"rulebook {entry['under']}", entry
    for entry in inputs["data"]:
        yield f"data {entry['name']}", entry


def reload_history(record: Mapping[str, JsonValue]) -> History:
    """The history, from the texts in the record and nothing else.

    Raises:
        RulelangError: a text in the record does not check, or one is missing.
    """
    inputs = record["inputs"]
    given = None if inputs["rulebook"] is None else check_rulebook(restore(inputs["rulebook"]))
    rulebooks = {entry["under"]: check_rulebook(restore(entry)) for entry in inputs["rulebooks"]}
    return read_history(restore(inputs["history"]), given, reader_of(inputs), rulebooks)
