"""An event written as JSON: what was put together in memory as a text that reads back as the same event."""

import datetime
import json
from collections.abc import Mapping

from attrs import evolve

from rulelang.base.decimals import exact_text
from rulelang.base.diagnostic import InternalError, RulelangError, finding
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.money import MAXIMUM_DIGITS, Currency
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Dated, Decision, EarlierPayment, Event, Loss, Value


def written_event(program: CheckedProgram, event: Event, name: str) -> Event:
    """The same event, read from a JSON text of that name, which is its source.

    Raises:
        RulelangError: as :func:`require_sayable`.
        InternalError: as :func:`read_back`.
    """
    return read_back(program, event, SourceText.from_text(event_as_json(program, event), name))


def read_back(program: CheckedProgram, event: Event, text: SourceText) -> Event:
    """An event as the text is read that was written of it.

    Raises:
        InternalError: it reads back as another event; the fault is the program's.
    """
    read = check_event(text, program)
    if evolve(read, under=None) != evolve(event, under=None):
        raise InternalError([finding("broken-invariant", f'the event "{event.title}" reads back as another one')])
    return read


def require_sayable(program: CheckedProgram, event: Event) -> None:
    """Refuse an event that knows of a payment which no event can say: made in a segment that another rulebook had.

    Raises:
        RulelangError: there is one.
    """
    for paid in event.payments:
        step = program.steps.get(paid.step) or program.replenished.get(paid.step)
        if paid.segment is None and step is not None and step.per_segment:
            amount = program.currency.show(paid.amount)
            message = f"`{paid.payer}` paid {amount} under `{paid.step}` on {paid.date} in no segment of this rulebook"
            advice = "no event can say that: run the history itself"
            raise RulelangError([finding("missing-segment", message, help=advice)])


def event_as_json(program: CheckedProgram, event: Event) -> str:
    """The event in the form of ``schemas/event.schema.json``, with all data in place.

    Raises:
        RulelangError: as :func:`require_sayable`.
    """
    require_sayable(program, event)
    currency = program.currency
    content = _there(
        event=event.title,
        exercise=event.exercise,
        declared=event.declared.isoformat(),
        givens=_values(program, program.givens, event.givens, event.past.givens),
        members=[_member(program, event, member) for member in event.members],
        defaults=[_loss(currency, loss) for loss in event.losses],
        payments=[_payment(currency, payment) for payment in event.payments],
        decisions=[_decision(currency, decision) for decision in event.decisions.values()],
    )
    return json.dumps(content | _past(event), indent=1, ensure_ascii=False) + "\n"


def _there(**parts: JsonValue) -> JsonObject:
    """An object of those parts that there are."""
    return {key: value for key, value in parts.items() if value is not None}


def _loss(currency: Currency, loss: Loss) -> JsonObject:
    amount, further = currency.plain(loss.amount), loss.further or None
    return _there(member=loss.member, segment=loss.segment, amount=amount, further=further, cause=loss.cause)


def _payment(currency: Currency, paid: EarlierPayment) -> JsonObject:
    date, amount = paid.date.isoformat(), currency.plain(paid.amount)
    found = _there(date=date, payer=paid.payer, step=paid.step, segment=paid.segment, amount=amount)
    return found | ({} if paid.defaulters is None else {"for": list(paid.defaulters)})


def _decision(currency: Currency, made: Decision) -> JsonObject:
    most = None if made.most is None else currency.plain(made.most)
    decision = "invoke" if made.invoke else "decline"
    return _there(step=made.step, decision=decision, up_to=most, by=made.body, because=made.reason)


def _past(event: Event) -> JsonObject:
    """What the event says of the time before it, and of withdrawals: only what there is."""
    past = event.past
    found: JsonObject = {
        "former_members": [_there(member=one, name=event.names.get(one)) for one in past.former_members],
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


def _member(program: CheckedProgram, event: Event, member: str) -> JsonObject:
    today = {key: column[member] for key, column in event.fields.items()}
    with_defaulters = {
        (field, defaulter): column[member]
        for field, columns in event.with_defaulters.items()
        for defaulter, column in columns.items()
    }
    before = {key: members[member] for key, members in event.past.fields.items() if member in members}
    since = event.past.since.get(member)
    return _there(
        member=member,
        name=event.names.get(member),
        since=None if since is None else since.isoformat(),
        fields=_values(program, program.fields, today | with_defaulters, before),
    )


def _values(
    program: CheckedProgram,
    data: Mapping[str, DatumProgram],
    today: Mapping[tuple[str, str | None], Value | None],
    before: Mapping[tuple[str, str | None], Dated],
) -> JsonObject:
    """The values that are there, then those as of earlier days under name and day; those per segment by segments."""
    rows = [(name, segment, name, value) for (name, segment), value in today.items() if value is not None]
    for (name, segment), dated in before.items():
        rows += [(name, segment, f"{name}@{day.isoformat()}", value) for day, value in dated]
    found: JsonObject = {}
    for name, segment, key, value in rows:
        text = _text(program.currency_of(data[name].type), data[name], value)
        if segment is None:
            found[key] = text
        else:
            found.setdefault(key, {})[segment] = text
    return found


def _text(currency: Currency, datum: DatumProgram, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    if datum.type.kind is Kind.MONEY:
        return currency.plain(int(value))
    return exact_text(value, most=MAXIMUM_DIGITS + 2)  # percentages of sixty digits and all
