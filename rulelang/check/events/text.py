"""From the syntax of an event to its common form, with the files of members that it names."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from attrs import evolve

from rulelang.base.diagnostic import CheckError, Label, ReadError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.check import exact
from rulelang.check.events.members_csv import read_members
from rulelang.check.events.paths import inside
from rulelang.check.events.raw import RawAmount, RawDecision, RawEvent, RawLoss, RawMember, RawPayment, RawValue, Word
from rulelang.check.program import CheckedProgram
from rulelang.syntax import nodes

Reader = Callable[[Path, str], SourceText]
"""What gives the text of a file, by its path and by how it is called in messages."""


def raw_from_syntax(source: SourceText, tree: nodes.EventSyntax, program: CheckedProgram, read: Reader) -> RawEvent:
    """The common form of an event file, with the rows of the CSV files it names.

    Raises:
        ReadError, CheckError: a file of members cannot be read, or is no table.
    """
    event = RawEvent(source, tree.title, Place(source, Span(tree.span.start, tree.span.start + len("event"))))
    seen: dict[type, nodes.EventItem] = {}
    for item in tree.items:
        _enter(event, item, seen)
        if isinstance(item, nodes.MembersFrom):
            place = Place(source, item.span)
            path, shown = inside(item.path, place, source, program.source)
            table = _read_table(read, path, shown, place)
            event.data.append(table)
            event.members.extend(read_members(table))
    return event


def _enter(event: RawEvent, item: nodes.EventItem, seen: dict[type, nodes.EventItem]) -> None:
    """Enter one item; the rows of a CSV file are entered when it is read."""
    source = event.source
    match item:
        case nodes.Under(path=path):
            _refuse_second(source, seen, item, "under")
            event.under = path
        case nodes.DeclaredItem(date=date):
            _refuse_second(source, seen, item, "declared")
            event.declared = _date(source, date)
        case nodes.GivenItem(datum=datum):
            event.givens.append(_value(source, datum))
        case nodes.MembersFrom():
            pass
        case nodes.MemberItem(member=member, name=name, values=written):
            values = tuple(_value(source, datum) for datum in written)
            event.members.append(RawMember(_word(source, member), name, values, from_table=False))
        case nodes.DefaultItem(member=member, segment=segment, amount=amount):
            event.losses.append(RawLoss(_word(source, member), _segment(source, segment), _amount(source, amount)))
        case nodes.PaymentItem():
            event.payments.append(_payment(source, item))
        case nodes.DecisionItem(step=step, invoke=invoke, body=body, reason=reason):
            event.decisions.append(RawDecision(_word(source, step), invoke, body, reason))
        case _:
            assert_never(item)


def _read_table(read: Reader, path: Path, shown: str, place: Place) -> SourceText:
    try:
        return read(path, shown)
    except ReadError as error:  # the place that names the file is the one to mend
        raise ReadError([evolve(d, place=d.place or place) for d in error.diagnostics]) from None


def _refuse_second(source: SourceText, seen: dict[type, nodes.EventItem], item: nodes.EventItem, word: str) -> None:
    first = seen.setdefault(type(item), item)
    if first is not item:
        label = Label(Place(source, first.span), "the first is here")
        message, place, advice = f"`{word}` stands twice in the event", Place(source, item.span), "keep one of the two"
        raise CheckError([finding("duplicate-section", message, place, labels=[label], help=advice)])


def _word(source: SourceText, name: nodes.Identifier) -> Word:
    return Word(name.text, Place(source, name.span))


def _segment(source: SourceText, name: nodes.Identifier | None) -> Word | None:
    return None if name is None else _word(source, name)


def _value(source: SourceText, datum: nodes.DatumValue) -> RawValue:
    place = Place(source, datum.value.span)
    return RawValue(_word(source, datum.name), _segment(source, datum.segment), datum.value, place)


def _amount(source: SourceText, amount: nodes.MoneyLiteral) -> RawAmount:
    return RawAmount(amount, Place(source, amount.span))


def _date(source: SourceText, literal: nodes.DateLiteral) -> datetime.date:
    try:
        return exact.day(literal.text)
    except exact.Refusal as refusal:
        place = Place(source, literal.span)
        raise CheckError([finding(refusal.code, refusal.message, place, help=refusal.help)]) from None


def _payment(source: SourceText, item: nodes.PaymentItem) -> RawPayment:
    return RawPayment(
        _date(source, item.date),
        Place(source, item.date.span),
        _word(source, item.payer),
        _word(source, item.step),
        _segment(source, item.segment),
        _amount(source, item.amount),
    )
