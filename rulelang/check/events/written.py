"""An event written as JSON: what was put together in memory as a text that reads back as the same event."""

import datetime
import json
from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve

from rulelang.base.decimals import exact_text
from rulelang.base.diagnostic import InternalError, finding
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.money import MAXIMUM_DIGITS, Currency
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Dated, Event


def written_event(program: CheckedProgram, event: Event, name: str) -> Event:
    """The same event, read from a JSON text of that name, which is its source.

    Raises:
        InternalError: it reads back as another event; the fault is the program's.
    """
    read = check_event(SourceText.from_text(event_as_json(program, event), name), program)
    if evolve(read, under=None) != evolve(event, under=None):
        raise InternalError([finding("broken-invariant", f'the event "{event.title}" reads back as another one')])
    return read


def event_as_json(program: CheckedProgram, event: Event) -> str:
    """The event in the form of ``schemas/event.schema.json``, with all data in place."""
    plain = program.currency.plain
    content: JsonObject = {
        "event": event.title,
        **({} if event.exercise is None else {"exercise": event.exercise}),
        "declared": event.declared.isoformat(),
        "givens": _values(program, program.givens, event.givens) | _dated(program, program.givens, event.past.givens),
        "members": [_member(program, event, member) for member in event.members],
        "defaults": [
            {
                **({} if loss.member is None else {"member": loss.member}),
                **_segment(loss.segment),
                "amount": plain(loss.amount),
                **({"further": True} if loss.further else {}),
                **({} if loss.cause is None else {"cause": loss.cause}),
            }
            for loss in event.losses
        ],
        "payments": [
            {
                "date": payment.date.isoformat(),
                "payer": payment.payer,
                "step": payment.step,
                **_segment(payment.segment),
                "amount": plain(payment.amount),
                **({} if payment.defaulters is None else {"for": list(payment.defaulters)}),
            }
            for payment in event.payments
        ],
        "decisions": [
            {
                "step": decision.step,
                "decision": "invoke" if decision.invoke else "decline",
                **({} if decision.most is None else {"up_to": plain(decision.most)}),
                **({} if decision.body is None else {"by": decision.body}),
                **({} if decision.reason is None else {"because": decision.reason}),
            }
            for decision in event.decisions.values()
        ],
    }
    content |= _past(event)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _past(event: Event) -> JsonObject:
    """What the event says of the time before it, and of withdrawals: only what there is."""
    past = event.past
    found: JsonObject = {
        "former_members": [
            {"member": member, **({"name": event.names[member]} if member in event.names else {})}
            for member in past.former_members
        ],
        "notices": [{"member": member, "date": day.isoformat()} for member, day in past.notices.items()],
        "defaulted": [{"member": member, "date": day.isoformat()} for day, member in past.defaulted],
        "open_periods": [
            {"period": name, "from": first.isoformat(), "to": last.isoformat()}
            for name, (first, last) in past.open_periods.items()
        ],
        "withdrawals": [
            {"member": one.member, "after_round": one.after_round, "step": one.step} for one in event.withdrawals
        ],
    }
    return {key: lines for key, lines in found.items() if lines}


def _dated(
    program: CheckedProgram, data: Mapping[str, DatumProgram], values: Mapping[tuple[str, str | None], Dated]
) -> JsonObject:
    """The values as of earlier days, each under its name and day."""
    found: JsonObject = {}
    for (name, segment), dated in values.items():
        for day, value in dated:
            text, key = _text(program.currency_of(data[name].type), data[name], value), f"{name}@{day.isoformat()}"
            if segment is None:
                found[key] = text
            else:
                found.setdefault(key, {})[segment] = text
    return found


def _member(program: CheckedProgram, event: Event, member: str) -> JsonObject:
    name = event.names.get(member)
    values = {key: column[member] for key, column in event.fields.items()}
    with_defaulters = {
        (field, defaulter): column[member]
        for field, columns in event.with_defaulters.items()
        for defaulter, column in columns.items()
    }
    old = {key: members[member] for key, members in event.past.fields.items() if member in members}
    since = event.past.since.get(member)
    return {
        "member": member,
        **({} if name is None else {"name": name}),
        **({} if since is None else {"since": since.isoformat()}),
        "fields": _values(program, program.fields, values | with_defaulters) | _dated(program, program.fields, old),
    }


def _segment(segment: str | None) -> dict[str, str]:
    return {} if segment is None else {"segment": segment}


def _values(
    program: CheckedProgram, data: Mapping[str, DatumProgram], values: Mapping[tuple[str, str | None], JsonValue]
) -> JsonObject:
    """The values that are there, those per segment by their segments."""
    found: JsonObject = {}
    for (name, segment), value in values.items():
        if value is None:
            continue
        text = _text(program.currency_of(data[name].type), data[name], value)
        if segment is None:
            found[name] = text
        else:
            found.setdefault(name, {})[segment] = text
    return found


def _text(currency: Currency, datum: DatumProgram, value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if datum.type.kind is Kind.MONEY:
        return currency.plain(value)
    if isinstance(value, int | Fraction):  # percentages of sixty digits and all
        return exact_text(value, most=MAXIMUM_DIGITS + 2)
    return str(value)
