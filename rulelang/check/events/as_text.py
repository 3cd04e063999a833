"""An event as a text of the language, with all data in place: what :mod:`written` does in JSON, for people to read."""

import datetime
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from rulelang.base.decimals import exact_text
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.money import MAXIMUM_DIGITS, Currency
from rulelang.base.source import SourceText
from rulelang.check.events.written import read_back, require_sayable
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.model.event import Dated, Event, Loss, Value
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node

_PLAIN = re.compile(r"[A-Z]\w*")


def event_as_text(program: CheckedProgram, event: Event) -> str:
    """The event as a text in standard layout, which reads back as the same event.

    Raises:
        RulelangError: a text in it holds a quotation mark, which no text of the language can, or as
            :func:`require_sayable`.
        InternalError: as :func:`read_back`.
    """
    require_sayable(program, event)
    text = print_node(nodes.EventSyntax(event.title, tuple(_items(program, event)))) + "\n"
    if any('"' in each for each in _texts(event)):
        message = "a name or a text of the event holds a quotation mark, which a text of the language cannot say"
        raise RulelangError(
            [finding("wrong-value", message, help="write the event as JSON, to a file that ends in .json")]
        )
    read_back(program, event, SourceText.from_text(text, "event"))
    return text


def _texts(event: Event) -> Iterator[str]:
    yield event.title
    yield event.exercise or ""
    yield from event.members
    yield from event.names.values()
    yield from (loss.cause for loss in event.losses if loss.cause)
    values = (*event.givens.values(), *(value for column in event.fields.values() for value in column.values()))
    yield from (value for value in values if isinstance(value, str))


def _items(program: CheckedProgram, event: Event) -> Iterator[nodes.EventItem]:  # noqa: C901 - a line of each kind
    past, amount = event.past, program.currency
    yield from () if event.exercise is None else (nodes.ExerciseItem(event.exercise),)
    yield nodes.DeclaredItem(_date(event.declared))
    for datum in program.givens.values():
        for value in _values(program, datum, event.givens, past.givens):
            yield nodes.GivenItem(value)
    for member in event.members:
        yield nodes.MemberItem(
            _ident(member),
            event.names.get(member),
            tuple(_of_member(program, event, member)),
            None if (since := past.since.get(member)) is None else _date(since),
        )
    for member in past.former_members:
        yield nodes.FormerMemberItem(_ident(member), event.names.get(member))
    for member, day in past.notices.items():
        yield nodes.NoticeItem(_ident(member), _date(day))
    for day, member in past.defaulted:
        yield nodes.DefaultedItem(_date(day), _ident(member))
    for name, (first, last) in past.open_periods.items():
        yield nodes.OpenPeriodItem(nodes.Identifier(name), _date(first), _date(last))
    for paid in event.payments:
        whose = tuple(map(_ident, paid.defaulters or ()))
        step, segment = nodes.Identifier(paid.step), _segment(paid.segment)
        owner = paid.payer == "ccp" or paid.payer in program.parties
        payer, money = nodes.Identifier(paid.payer) if owner else _ident(paid.payer), _money(amount, paid.amount)
        yield nodes.PaymentItem(_date(paid.date), payer, step, money, segment, whose)
    yield from (_loss(amount, loss) for loss in event.losses)
    for made in event.decisions.values():
        most = None if made.most is None else _money(amount, made.most)
        yield nodes.DecisionItem(nodes.Identifier(made.step), made.invoke, made.body, made.reason, most)
    for one in event.withdrawals:
        yield nodes.WithdrawalItem(_ident(one.member), str(one.after_round), nodes.Identifier(one.step))


def _loss(currency: Currency, loss: Loss) -> nodes.EventItem:
    money, segment = _money(currency, loss.amount), _segment(loss.segment)
    if loss.member is None:
        return nodes.NonDefaultLossItem(money, segment, loss.cause)
    kind = nodes.FurtherLossItem if loss.further else nodes.DefaultItem
    return kind(_ident(loss.member), money, segment)


def _of_member(program: CheckedProgram, event: Event, member: str) -> Iterator[nodes.DatumValue]:
    """The values of a member, and those of earlier days."""
    today = {key: column[member] for key, column in event.fields.items()}
    before = {key: rows[member] for key, rows in event.past.fields.items() if member in rows}
    for datum in program.fields.values():
        if not datum.per_defaulter:
            yield from _values(program, datum, today, before)
            continue
        for defaulter, column in event.with_defaulters.get(datum.name, {}).items():
            value = column[member]
            if value is not None:
                written = _value(program.currency_of(datum.type), datum, value)
                yield nodes.DatumValue(nodes.Identifier(datum.name), written, defaulter=_ident(defaulter))


def _values(
    program: CheckedProgram,
    datum: DatumProgram,
    today: Mapping[tuple[str, str | None], Value | None],
    before: Mapping[tuple[str, str | None], Dated],
) -> Iterator[nodes.DatumValue]:
    currency = program.currency_of(datum.type)
    for segment in program.segments if datum.per_segment else (None,):
        key, name = (datum.name, segment), nodes.Identifier(datum.name)
        for day, old in before.get(key, ()):
            yield nodes.DatumValue(name, _value(currency, datum, old), _segment(segment), _date(day))
        value = today.get(key)
        if value is not None:
            yield nodes.DatumValue(name, _value(currency, datum, value), _segment(segment))


def _value(currency: Currency, datum: DatumProgram, value: Value) -> nodes.Value:
    if isinstance(value, bool):
        return nodes.Value("word", "yes" if value else "no")
    if isinstance(value, datetime.date):
        return nodes.Value("date", value.isoformat())
    if isinstance(value, str):
        return nodes.Value("word" if datum.type.kind is Kind.CHOICE else "text", value)
    assert isinstance(value, int | Fraction)
    negative, size = value < 0, -value if value < 0 else value
    if datum.type.kind is Kind.MONEY:
        return nodes.Value("amount", currency.plain(int(size)), negative, currency.code)
    text = exact_text(size, most=MAXIMUM_DIGITS + 2)
    return nodes.Value("number", text, negative)


def _money(currency: Currency, units: int) -> nodes.MoneyLiteral:
    return nodes.MoneyLiteral(currency.code, currency.plain(units))


def _ident(member: str) -> nodes.Identifier:
    """The id of a member, in quotes unless it is a word with a capital."""
    return nodes.Identifier(member, quoted=_PLAIN.fullmatch(member) is None)


def _date(day: datetime.date) -> nodes.DateLiteral:
    return nodes.DateLiteral(day.isoformat())


def _segment(segment: str | None) -> nodes.Identifier | None:
    return None if segment is None else nodes.Identifier(segment)
