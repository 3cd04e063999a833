"""From the syntax of an event to its common form, with the files of members that it names."""

import datetime
from collections.abc import Callable
from pathlib import Path

from attrs import evolve

from rulelang.base.diagnostic import CheckError, Label, ReadError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.check.events.members_csv import read_members
from rulelang.check.events.paths import inside
from rulelang.check.events.raw import RawAmount, RawDecision, RawEvent, RawLoss, RawMember, RawPayment, RawValue, Word
from rulelang.check.expressions.literals import date_help
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
        if isinstance(item, nodes.Under | nodes.DeclaredItem):
            _refuse_second(source, seen, item)
        _ENTER[type(item)](event, item)
        if isinstance(item, nodes.MembersFrom):
            place = Place(source, item.span)
            path, shown = inside(item.path, place, source, program.source)
            table = _read_table(read, path, shown, place)
            event.data.append(table)
            event.members.extend(read_members(table))
    return event


def _read_table(read: Reader, path: Path, shown: str, place: Place) -> SourceText:
    try:
        return read(path, shown)
    except ReadError as error:  # the place that names the file is the one to mend
        raise ReadError([evolve(d, place=d.place or place) for d in error.diagnostics]) from None


def _refuse_second(source: SourceText, seen: dict[type, nodes.EventItem], item: nodes.EventItem) -> None:
    first = seen.setdefault(type(item), item)
    if first is not item:
        word = "declared" if isinstance(item, nodes.DeclaredItem) else "under"
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
    found = nodes.instant(literal.text)
    if found is None:
        place = Place(source, literal.span)
        message, advice = f"there is no day {literal.text}", date_help(literal.text)
        raise CheckError([finding("malformed-date", message, place, help=advice)])
    return found


def _enter_under(event: RawEvent, item: nodes.Under) -> None:
    event.under = item.path


def _enter_declared(event: RawEvent, item: nodes.DeclaredItem) -> None:
    event.declared = _date(event.source, item.date)


def _enter_given(event: RawEvent, item: nodes.GivenItem) -> None:
    event.givens.append(_value(event.source, item.datum))


def _enter_member(event: RawEvent, item: nodes.MemberItem) -> None:
    member_values = tuple(_value(event.source, datum) for datum in item.values)
    event.members.append(RawMember(_word(event.source, item.member), item.name, member_values, from_table=False))


def _enter_default(event: RawEvent, item: nodes.DefaultItem) -> None:
    source = event.source
    event.losses.append(
        RawLoss(_word(source, item.member), _segment(source, item.segment), _amount(source, item.amount))
    )


def _enter_payment(event: RawEvent, item: nodes.PaymentItem) -> None:
    source = event.source
    event.payments.append(
        RawPayment(
            _date(source, item.date),
            Place(source, item.date.span),
            _word(source, item.payer),
            _word(source, item.step),
            _segment(source, item.segment),
            _amount(source, item.amount),
        )
    )


def _enter_decision(event: RawEvent, item: nodes.DecisionItem) -> None:
    event.decisions.append(RawDecision(_word(event.source, item.step), item.invoke, item.body, item.reason))


def _enter_nothing(event: RawEvent, item: nodes.MembersFrom) -> None:
    """The rows of a CSV file are entered when it is read."""


_ENTER: dict[type, Callable[..., None]] = {
    nodes.Under: _enter_under,
    nodes.DeclaredItem: _enter_declared,
    nodes.GivenItem: _enter_given,
    nodes.MembersFrom: _enter_nothing,
    nodes.MemberItem: _enter_member,
    nodes.DefaultItem: _enter_default,
    nodes.PaymentItem: _enter_payment,
    nodes.DecisionItem: _enter_decision,
}
