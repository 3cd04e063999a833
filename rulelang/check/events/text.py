"""From the syntax of an event to its common form, with the files of members that it names."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import assert_never

from attrs import evolve

from rulelang.base.diagnostic import CheckError, Label, ReadError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.check import exact
from rulelang.check.events.paths import inside
from rulelang.check.events.raw import (
    Day,
    RawAmount,
    RawDecision,
    RawEvent,
    RawLoss,
    RawMember,
    RawMovement,
    RawPayment,
    RawPeriod,
    RawRecovery,
    RawValue,
    RawWithdrawal,
    Word,
)
from rulelang.check.events.tables import read_table
from rulelang.check.program import CheckedProgram
from rulelang.syntax import nodes

Reader = Callable[[Path, str], SourceText]
"""What gives the text of a file, by its path and by how it is called in messages."""


def raw_from_syntax(source: SourceText, tree: nodes.EventSyntax, program: CheckedProgram, read: Reader) -> RawEvent:
    """The common form of an event file, with the rows of the CSV files it names.

    Raises:
        ReadError, CheckError: a file of members cannot be read, or is no table.
    """
    event = RawEvent(source, tree.title, Place(source, tree.span.opening("event")))
    enter_items(event, tree.items, program, read)
    return event


def enter_items(event: RawEvent, items: Iterable[nodes.HistoryItem], program: CheckedProgram, read: Reader) -> None:
    """Enter the lines of an event or of a day of a history, with the rows of the CSV files they name.

    Raises:
        ReadError, CheckError: as :func:`raw_from_syntax`.
    """
    seen: dict[type, nodes.HistoryItem] = {}
    for item in items:
        if seen.setdefault(type(item), item) is not item and type(item) in _ONCE:
            raise _second(event.source, item, seen[type(item)])
        _enter(event, item, program, read)


_ONCE: dict[type, str] = {nodes.ExerciseItem: "exercise", nodes.Under: "under", nodes.DeclaredItem: "declared"}


def _second(source: SourceText, item: nodes.HistoryItem, first: nodes.HistoryItem) -> CheckError:
    message, place = f"`{_ONCE[type(item)]}` stands twice in the event", Place(source, item.span)
    label = Label(Place(source, first.span), "the first is here")
    return CheckError([finding("duplicate-section", message, place, labels=[label], help="keep one of the two")])


def _enter(  # noqa: C901, PLR0912 - a case for each kind
    event: RawEvent, item: nodes.HistoryItem, program: CheckedProgram, read: Reader
) -> None:
    """Enter one line."""
    source = event.source
    match item:
        case nodes.ExerciseItem(name=name):
            event.exercise = name
        case nodes.Under(path=path):
            event.under = path
        case nodes.DeclaredItem(date=date):
            event.declared = _day(source, date).date
        case nodes.GivenItem(datum=datum):
            event.givens.append(_value(source, datum))
        case nodes.TableFrom():
            _enter_table(event, item, program, read)
        case nodes.MemberItem():
            event.members.append(_member(source, item))
        case nodes.FormerMemberItem(member=member, name=name):
            event.former_members.append((_word(source, member), name))
        case nodes.NoticeItem(member=member, date=dated):
            event.notices.append((_word(source, member), _day_of_notice(event, item.span, dated)))
        case nodes.DefaultedItem(member=member, date=date):
            event.defaulted.append((_word(source, member), _day(source, date)))
        case nodes.OpenPeriodItem(period=period, first=first, last=last):
            event.open_periods.append(RawPeriod(_word(source, period), _day(source, first), _day(source, last)))
        case nodes.DefaultItem() | nodes.FurtherLossItem() | nodes.NonDefaultLossItem():
            event.losses.append(_loss(source, item))
        case nodes.PaymentItem():
            event.payments.append(_payment(source, item))
        case nodes.DecisionItem():
            event.decisions.append(_decision(source, item))
        case nodes.WithdrawalItem(member=member, digits=digits, step=step):
            after = Word(digits, Place(source, item.span))
            event.withdrawals.append(RawWithdrawal(_word(source, member), after, _word(source, step)))
        case nodes.DepartureItem(member=member):
            event.departures.append(_word(source, member))
        case nodes.PaidInItem() | nodes.PaidOutItem():
            event.movements.append(_movement(source, item))
        case nodes.RecoveredItem(member=member, amount=amount):
            event.recoveries.append(RawRecovery(_word(source, member), _amount(source, amount)))
        case _:
            assert_never(item)


def _enter_table(event: RawEvent, item: nodes.TableFrom, program: CheckedProgram, read: Reader) -> None:
    """Enter the rows of a file."""
    place = Place(event.source, item.span)
    path, shown = inside(item.path, place, event.source, program.source)
    try:
        table = read(path, shown)
    except ReadError as error:  # the place that names the file is the one to mend
        where = ("check the path: it goes from the folder of the text that names it",)
        raise ReadError(
            [evolve(d, place=d.place or place, helps=d.helps or where) for d in error.diagnostics]
        ) from None
    event.data.append(table)
    event.named.append(place)
    read_table(event, item.contents, table)


def _movement(source: SourceText, item: nodes.PaidInItem | nodes.PaidOutItem) -> RawMovement:
    payer, pot = _word(source, item.payer), _word(source, item.pot)
    segment, amount = _segment(source, item.segment), _amount(source, item.amount)
    return RawMovement(payer, pot, segment, amount, isinstance(item, nodes.PaidOutItem))


def _word(source: SourceText, name: nodes.Identifier) -> Word:
    return Word(name.text, Place(source, name.span))


def _segment(source: SourceText, name: nodes.Identifier | None) -> Word | None:
    return None if name is None else _word(source, name)


def _value(source: SourceText, datum: nodes.DatumValue) -> RawValue:
    place = Place(source, datum.value.span)
    as_of = None if datum.as_of is None else _day(source, datum.as_of)
    defaulter = _segment(source, datum.defaulter)
    segment = _segment(source, datum.segment)
    return RawValue(_word(source, datum.name), segment, datum.value, place, as_of, defaulter)


def _amount(source: SourceText, amount: nodes.MoneyLiteral) -> RawAmount:
    return RawAmount(amount, Place(source, amount.span))


def _day(source: SourceText, literal: nodes.DateLiteral) -> Day:
    place = Place(source, literal.span)
    try:
        return Day(exact.day(literal.text), place)
    except exact.Refusal as refusal:
        raise CheckError([finding(refusal.code, refusal.message, place, help=refusal.help)]) from None


def _day_of_notice(event: RawEvent, span: Span, dated: nodes.DateLiteral | None) -> Day:
    """The day of a notice, which an event has to say; in a history it is that of the block, if no other is said."""
    source = event.source
    if dated is not None:
        return _day(source, dated)
    if event.crumbs and event.declared is not None:
        return Day(event.declared, Place(source, span))
    message, advice = "the notice does not say on which day it was given", "add it, as in `dated 2018-09-01`"
    raise CheckError([finding("missing-value", message, Place(source, span), help=advice)])


def _member(source: SourceText, item: nodes.MemberItem) -> RawMember:
    values = tuple(_value(source, datum) for datum in item.values)
    since = None if item.since is None else _day(source, item.since)
    return RawMember(_word(source, item.member), item.name, values, from_table=False, since=since)


def _loss(source: SourceText, item: nodes.DefaultItem | nodes.FurtherLossItem | nodes.NonDefaultLossItem) -> RawLoss:
    segment, amount = _segment(source, item.segment), _amount(source, item.amount)
    if isinstance(item, nodes.NonDefaultLossItem):
        return RawLoss(None, segment, amount, Place(source, item.span), cause=item.cause)
    member = _word(source, item.member)
    return RawLoss(member, segment, amount, member.place, isinstance(item, nodes.FurtherLossItem))


def _payment(source: SourceText, item: nodes.PaymentItem) -> RawPayment:
    return RawPayment(
        _day(source, item.date),
        _word(source, item.payer),
        _word(source, item.step),
        _segment(source, item.segment),
        _amount(source, item.amount),
        tuple(_word(source, member) for member in item.defaulters),
    )


def _decision(source: SourceText, item: nodes.DecisionItem) -> RawDecision:
    most = None if item.most is None else _amount(source, item.most)
    return RawDecision(_word(source, item.step), item.invoke, item.body, item.reason, most)
