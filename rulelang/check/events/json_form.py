"""Events as JSON, for programs: the same content as an event file, described by ``schemas/event.schema.json``.

Amounts are strings in major units of the rulebook's currency (``"7000000.00"``), so that no number passes through
binary floating point; ratios and numbers are strings too (``"0.25"`` or ``"25%"``).  Findings carry a JSON pointer.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeVar

from rulelang.base.advice import Help
from rulelang.base.diagnostic import CheckError, ReadError, finding
from rulelang.base.json_values import JsonObject, JsonValue
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.events.raw import (
    Day,
    RawAmount,
    RawDecision,
    RawEvent,
    RawLoss,
    RawMember,
    RawPayment,
    RawPeriod,
    RawValue,
    RawWithdrawal,
    Word,
)
from rulelang.syntax import nodes


def raw_from_json(source: SourceText) -> RawEvent:
    """The common form of a JSON event.

    Raises:
        ReadError: the text is not JSON, or an object has a key twice.
        CheckError: it is JSON of another shape than the schema describes.
    """
    try:
        data = json.loads(source.text, object_pairs_hook=_object, parse_float=Decimal, parse_constant=Decimal)
    except json.JSONDecodeError as error:
        place = Place(source, Span(error.pos, error.pos + 1))
        raise ReadError([finding("malformed-json", f"this is not JSON: {error.msg.lower()}", place)]) from None
    except _DuplicateKey as error:
        message = f'the key "{error}" stands twice in one object'
        raise ReadError([finding("malformed-json", message, Place(source))]) from None
    except (RecursionError, ValueError):
        message = "this JSON is nested too deeply or holds a number of too many digits"
        raise ReadError([finding("malformed-json", message, Place(source))]) from None
    return _event(_At(source, data, ""))


class _DuplicateKey(Exception):
    pass


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        raise _DuplicateKey(next(name for name, number in times.items() if number > 1))
    return found


_HALF = re.compile("[\ud800-\udfff]")
"""A surrogate that stands alone, which JSON can write but no text can hold."""
_EVENT_KEYS = (
    "event",
    "exercise",
    "under",
    "declared",
    "givens",
    "members",
    "former_members",
    "defaults",
    "payments",
    "decisions",
    "notices",
    "defaulted",
    "open_periods",
    "withdrawals",
)


_Read = TypeVar("_Read")


class _At(NamedTuple):
    """A value of the text, and where it stands: a JSON pointer (RFC 6901).

    Each method reads it as what is due there, and raises :class:`CheckError` where it is something else.
    """

    source: SourceText
    value: JsonValue
    pointer: str

    @property
    def place(self) -> Place:
        return Place(self.source, None, self.pointer or "/")

    def refuse(self, message: str, advice: Help | None = None, code: str = "malformed-json") -> CheckError:
        return CheckError([finding(code, message, self.place, help=advice)])

    def parts(self) -> "dict[str, _At]":
        """The parts of an object by their keys."""
        if not isinstance(self.value, dict):
            raise self.refuse("an object is due here")
        return {key: _At(self.source, value, f"{self.pointer}/{_escape(key)}") for key, value in self.value.items()}

    def object(self, keys: tuple[str, ...], required: tuple[str, ...]) -> "dict[str, _At]":
        """The parts of an object that has no other keys than these."""
        parts = self.parts()
        for key, part in parts.items():
            if key not in keys:
                advice = did_you_mean(key, keys) or f"the keys are {listed(keys, 'and')}"
                raise part.refuse(f'there is no key "{key[:40]}" here', advice)
        for key in required:
            if key not in parts:
                raise self.refuse(f'the key "{key}" is missing')
        return parts

    def items(self) -> "Iterator[_At]":
        if not isinstance(self.value, list):
            raise self.refuse("a list is due here")
        return (_At(self.source, value, f"{self.pointer}/{index}") for index, value in enumerate(self.value))

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.refuse("a string is due here", 'write amounts and dates as strings, as in "7000000.00"')
        if _HALF.search(self.value):
            raise self.refuse("this string holds half a character", "write a surrogate only in a pair")
        return self.value

    def word(self) -> Word:
        return Word(self.text(), self.place)

    def amount(self) -> RawAmount:
        return RawAmount(self.text().strip(), self.place)

    def day(self) -> Day:
        found = nodes.instant(self.text()) if isinstance(self.value, str) and len(self.value) == 10 else None
        if found is None:
            advice = 'write a string of year-month-day, as in "2018-09-11"'
            raise self.refuse("a date is due here", advice, "malformed-date")
        return Day(found, self.place)


_Parts = Mapping[str, _At]


def _is_there(parts: _Parts, key: str) -> bool:
    return key in parts and parts[key].value is not None


def _part(parts: _Parts, key: str, read: Callable[[_At], _Read]) -> _Read | None:
    """What is read of a part that may be left out, or ``null``."""
    return read(parts[key]) if _is_there(parts, key) else None


def _each(parts: _Parts, key: str, read: Callable[[_At], _Read]) -> list[_Read]:
    """What is read of the items of a list that may be left out."""
    return [read(item) for item in parts[key].items()] if key in parts else []


def _event(at: _At) -> RawEvent:
    parts = at.object(_EVENT_KEYS, ("event", "declared"))
    event = RawEvent(at.source, parts["event"].text(), parts["event"].place)
    event.declared = parts["declared"].day().date
    event.exercise = _part(parts, "exercise", _At.text)
    event.under = _part(parts, "under", _At.text)
    event.givens = list(_values(parts, "givens"))
    event.members = _each(parts, "members", _member)
    # losses stand in the order of the event, whatever their kind: an object says what is not of a default
    event.losses = _each(parts, "defaults", _loss)
    event.former_members = _each(parts, "former_members", _former_member)
    event.notices = _each(parts, "notices", _member_day)
    event.defaulted = _each(parts, "defaulted", _member_day)
    event.open_periods = _each(parts, "open_periods", _open_period)
    event.withdrawals = _each(parts, "withdrawals", _withdrawal)
    event.payments = _each(parts, "payments", _payment)
    event.decisions = _each(parts, "decisions", _decision)
    return event


def _values(parts: _Parts, key: str) -> Iterator[RawValue]:
    """The values of fields or givens: a string each, or for those per segment an object of strings."""
    for name, at in parts[key].parts().items() if key in parts else ():
        called, dated, date = name.partition("@")
        as_of = at._replace(value=date).day() if dated else None
        word = Word(called, at.place)
        if isinstance(at.value, dict):
            for segment, inner in at.parts().items():
                yield _value(word, Word(segment, inner.place), inner, as_of)
        else:
            yield _value(word, None, at, as_of)


def _value(name: Word, segment: Word | None, at: _At, as_of: Day | None) -> RawValue:
    if isinstance(at.value, bool):
        written: str | None = "yes" if at.value else "no"
    elif isinstance(at.value, int):
        written = str(at.value)
    else:
        written = None if at.value is None else at.text().strip()
    return RawValue(name, segment, written, (segment or name).place, as_of)


def _member(at: _At) -> RawMember:
    parts = at.object(("member", "name", "since", "fields"), ("member",))
    since = _part(parts, "since", _At.day)
    fields = tuple(_values(parts, "fields"))
    name = _part(parts, "name", _At.text)
    return RawMember(parts["member"].word(), name, fields, from_table=True, since=since)


def _loss(at: _At) -> RawLoss:
    """A loss of a default, of an earlier one (``further``), or without a defaulter (no ``member``)."""
    parts = at.object(("member", "segment", "amount", "further", "cause"), ("amount",))
    further = parts["further"].value if "further" in parts else False
    if not isinstance(further, bool):
        raise parts["further"].refuse("true or false is due here")
    member = _part(parts, "member", _At.word)
    cause = _part(parts, "cause", _At.text)
    if member is None and further:
        raise parts["further"].refuse("a further loss is of a member", "name the member")
    if member is not None and cause is not None:
        advice = "leave the cause out, or the member: a loss without a defaulter has a cause"
        raise parts["cause"].refuse("a loss of a default has no cause", advice)
    place = at.place if member is None else member.place
    return RawLoss(member, _part(parts, "segment", _At.word), parts["amount"].amount(), place, further, cause)


def _payment(at: _At) -> RawPayment:
    parts = at.object(("date", "payer", "step", "segment", "amount", "for"), ("date", "payer", "step", "amount"))
    return RawPayment(
        parts["date"].day(),
        parts["payer"].word(),
        parts["step"].word(),
        _part(parts, "segment", _At.word),
        parts["amount"].amount(),
        tuple(_each(parts, "for", _At.word)),
    )


def _member_day(at: _At) -> tuple[Word, Day]:
    parts = at.object(("member", "date"), ("member", "date"))
    return parts["member"].word(), parts["date"].day()


def _former_member(at: _At) -> tuple[Word, str | None]:
    parts = at.object(("member", "name"), ("member",))
    return parts["member"].word(), _part(parts, "name", _At.text)


def _open_period(at: _At) -> RawPeriod:
    parts = at.object(("period", "from", "to"), ("period", "from", "to"))
    first, last = parts["from"].day(), parts["to"].day()
    return RawPeriod(parts["period"].word(), first, last)


def _withdrawal(at: _At) -> RawWithdrawal:
    keys = ("member", "after_round", "step")
    parts = at.object(keys, keys)
    number = parts["after_round"].value
    if isinstance(number, bool) or not isinstance(number, int):
        raise parts["after_round"].refuse("a whole number is due here")
    after = Word(str(number), parts["after_round"].place)
    return RawWithdrawal(parts["member"].word(), after, parts["step"].word())


def _decision(at: _At) -> RawDecision:
    parts = at.object(("step", "decision", "up_to", "by", "because"), ("step", "decision"))
    verdict = parts["decision"].text()
    if verdict not in ("invoke", "decline"):
        raise parts["decision"].refuse('the decision is "invoke" or "decline"')
    body, reason = _part(parts, "by", _At.text), _part(parts, "because", _At.text)
    if verdict == "decline" and _is_there(parts, "up_to"):
        raise parts["up_to"].refuse("what is declined has no bound", 'leave "up_to" out')
    most = _part(parts, "up_to", _At.amount)
    return RawDecision(parts["step"].word(), verdict == "invoke", body, reason, most)


def _escape(key: str) -> str:
    """A key as part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
