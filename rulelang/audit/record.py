"""The audit record: one JSON file that holds all that is needed to run again, every step as it ran, and a seal.

The record is written in canonical form (RFC 8785), so the same run always gives the same bytes.  Amounts are strings
in major units; what is not a whole minor unit is an exact fraction such as ``"100/3"``.  ``seal`` is the SHA-256 of
the canonical form of everything else.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path, PurePosixPath

import rfc8785
from attrs import fields

from rulelang.base.apportion import Shares
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.money import Currency, Exact
from rulelang.base.source import SourceText
from rulelang.check.events.values import spoken
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import LimitTrail, MissingUse, RankTrail, Turn
from rulelang.syntax import nodes
from rulelang.syntax.read import source_of

FORMAT = "rulelang audit record"
RECORD_VERSION = 1
LANGUAGE_VERSION = "1"
"""The version of the language that ``docs/spec.md`` describes."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def canonical(value: JsonValue) -> bytes:
    """The canonical form of a JSON value (RFC 8785)."""
    return rfc8785.dumps(value)


def make_record(program: CheckedProgram, event: Event, allocation: Allocation, engine: str) -> JsonObject:
    """The audit record of a run, with its seal; ``engine`` is the version of the program that ran it."""
    record: JsonObject = {
        "format": FORMAT,
        "record_version": RECORD_VERSION,
        "language_version": LANGUAGE_VERSION,
        "engine": {"name": "rulelang", "version": engine},
        "inputs": _inputs(program, event),
        "decisions": [_decision(event, name) for name in sorted(event.decisions)],
        "missing": [_missing(program, use) for use in allocation.trail.missing],
        "steps": [_turn(program, event, turn) for turn in allocation.trail.turns],
        "remarks": list(allocation.trail.remarks),
        "result": allocation.to_dict(),
    }
    return {**record, "seal": seal_of(record)}


def seal_of(record: JsonObject) -> str:
    """The SHA-256 of the canonical form of a record without its seal."""
    unsealed = {key: value for key, value in record.items() if key != "seal"}
    return hashlib.sha256(canonical(unsealed)).hexdigest()


def _inputs(program: CheckedProgram, event: Event) -> JsonObject:
    """The texts that ran, under names relative to the folder of the rulebook."""
    assert event.source is not None, "an event that was read has a source"
    inline = event.source is program.source
    rulebook_name = _printable(Path(program.source.name).name)
    event_name = rulebook_name if inline else _printable(_relative(event.source, program.source))
    folder = Path(event.source.name).parent
    return {
        "rulebook": _text(program.source, rulebook_name),
        "event": {"test": event.title} if inline else _text(event.source, event_name),
        "data": [_text(table, _data_name(table, folder, event_name)) for table in event.data],
    }


def _printable(name: str) -> str:
    """The name of a file, what in it is no UTF-8 as an escape in its place."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _relative(source: SourceText, rulebook: SourceText) -> str:
    if source.path is None or rulebook.path is None:
        return Path(source.name).name
    try:
        return Path(os.path.relpath(source.path, rulebook.path.parent)).as_posix()
    except ValueError:  # on another drive
        return source.path.name


def _data_name(table: SourceText, folder: Path, event_name: str) -> str:
    """The name of a CSV file as the event in the record leads to it."""
    written = Path(table.name)
    if written.is_relative_to(folder):
        written = written.relative_to(folder)
    return str(PurePosixPath(event_name).parent / written.as_posix())


def _text(source: SourceText, name: str) -> JsonObject:
    """An entry of the inputs: the text as it was read, so that it gives the bytes of its digest again."""
    marked = hashlib.sha256(source.as_read.encode("utf-8")).hexdigest() != source.sha256
    return {"name": name, "sha256": source.sha256, "text": source.as_read, "byte_order_mark": marked}


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


def exact_text(amount: Exact, currency: Currency) -> str:
    """An exact amount as text in major units: ``"33.34"``, or ``"100/3"`` where it is no whole minor unit."""
    if isinstance(amount, Fraction) and amount.denominator != 1:
        return str(amount / 10**currency.decimals)
    return currency.plain(int(amount))


def _decision(event: Event, name: str) -> JsonObject:
    decision = event.decisions[name]
    verdict = "invoke" if decision.invoke else "decline"
    return {"step": name, "decision": verdict, "by": decision.body, "because": decision.reason}


def _missing(program: CheckedProgram, use: MissingUse) -> JsonObject:
    datum = program.fields.get(use.name) or program.givens[use.name]
    return {
        "name": use.name,
        "member": use.member,
        "segment": use.segment,
        "words": use.words,
        "value": spoken(use.value, datum, program.currency),
    }


def _turn(program: CheckedProgram, event: Event, turn: Turn) -> JsonObject:
    step = program.steps[turn.step]
    plain = program.currency.plain
    decision = event.decisions.get(step.name)
    return {
        "step": step.name,
        "title": step.title,
        "kind": step.kind,
        "segment": turn.segment,
        "group": turn.group,
        "line": program.source.position(step.span.start).line,
        "citation": step.citation,
        "clause_citations": dict(step.citations),
        "status": turn.status.value,
        "condition": None if step.condition is None else program.source.phrase(step.condition.span),
        "in_force": None if step.force is None else [day and day.isoformat() for day in step.force],
        "decision": None if turn.decided is None or decision is None else _decision(event, step.name),
        "loss_met": plain(turn.before),
        "capacity": None if turn.capacity is None else plain(turn.capacity),
        "part_of_group": None if turn.part is None else plain(turn.part),
        "drawn": plain(turn.drawn),
        "remaining": plain(turn.after),
        "limits": [_limit(trail, program.currency) for trail in turn.limit_trails],
        "pot": None if turn.pot is None else turn.pot.name,
        "key": _key_words(program, step),
        "reallocation": step.reallocates,
        "left_out": list(turn.left_out),
        "payers": list(_payers(program, step, turn)),
        "ranks": [_rank(rank, turn, program.currency) for rank in turn.ranks],
        "losses_reduced": [plain(amount) for amount in turn.reduced],
    }


def _key_words(program: CheckedProgram, step: StepProgram) -> str | None:
    return program.source.phrase(step.key.span) if isinstance(step.key, nodes.Expression) else step.key


def _limit(trail: LimitTrail, currency: Currency) -> JsonObject:
    """Every field of a limit under its own name, so that none is forgotten; what each payer has is money."""
    told: JsonObject = {}
    for each in fields(LimitTrail):
        value = getattr(trail, each.name)
        told[each.name] = [exact_text(amount, currency) for amount in value] if isinstance(value, tuple) else value
    return told


def _payers(program: CheckedProgram, step: StepProgram, turn: Turn) -> Iterator[JsonObject]:
    """A row for each payer: key, limit, what is left of its pot, exact share, and what it pays after rounding."""
    currency = program.currency
    money_key = isinstance(step.key, nodes.Expression) and program.types[id(step.key)].type.kind is Kind.MONEY
    money_key = money_key or step.key == "limits"
    for place, payer in enumerate(turn.payers):
        key = None if turn.keys is None else turn.keys[place]
        limit = turn.limits[place]
        row: JsonObject = {
            "payer": payer,
            "key": None if key is None else exact_text(key, currency) if money_key else str(key),
            "limit": None if limit is None else currency.plain(limit),
            "pays": currency.plain(turn.paid[place]),
        }
        if turn.pot is not None:
            row["pot_left"] = exact_text(turn.pot.left[place], currency)
            row["pot_part"] = None if turn.pot.parts is None else currency.plain(turn.pot.parts[place])
        if turn.shares is not None:
            row.update(_share(turn.shares, place, currency))
        yield row


def _share(shares: Shares, place: int, currency: Currency) -> JsonObject:
    return {
        "exact_share": exact_text(shares.exact(place), currency),
        "rounding_units": shares.units[place] - shares.whole[place],
    }


def _rank(rank: RankTrail, turn: Turn, currency: Currency) -> JsonObject:
    return {
        "rank": rank.value,
        "draw": currency.plain(rank.draw),
        "payers": [
            {"payer": turn.payers[place], **_share(rank.shares, index, currency)}
            for index, place in enumerate(rank.payers)
        ],
    }
