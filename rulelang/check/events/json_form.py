"""Events as JSON, for programs: the same content as an event file, described by ``schemas/event.schema.json``.

Amounts are strings in major units of the rulebook's currency (``"7000000.00"``), so that no number passes through
binary floating point; ratios and numbers are strings too (``"0.25"`` or ``"25%"``).  Findings carry a JSON pointer.
"""

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from attrs import define

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
    return _Reader(source).event(data)


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


@define
class _Reader:
    source: SourceText

    def place(self, pointer: str) -> Place:
        return Place(self.source, None, pointer or "/")

    def refuse(self, message: str, pointer: str, advice: Help | None = None) -> CheckError:
        return CheckError([finding("malformed-json", message, self.place(pointer), help=advice)])

    def object(
        self, value: JsonValue, pointer: str, keys: tuple[str, ...], required: tuple[str, ...] = ()
    ) -> JsonObject:
        if not isinstance(value, dict):
            raise self.refuse("an object is due here", pointer)
        for key in value:
            if key not in keys:
                advice = did_you_mean(key, keys) or f"the keys are {listed(keys, 'and')}"
                raise self.refuse(f'there is no key "{key[:40]}" here', f"{pointer}/{_escape(key)}", advice)
        for key in required:
            if key not in value:
                raise self.refuse(f'the key "{key}" is missing', pointer)
        return value

    def text(self, value: JsonValue, pointer: str) -> str:
        if not isinstance(value, str):
            raise self.refuse("a string is due here", pointer, 'write amounts and dates as strings, as in "7000000.00"')
        if _HALF.search(value):
            raise self.refuse("this string holds half a character", pointer, "write a surrogate only in a pair")
        return value

    def optional(self, value: JsonObject, key: str, pointer: str) -> str | None:
        found = value.get(key)
        return None if found is None else self.text(found, f"{pointer}/{key}")

    def items(self, value: JsonObject, key: str, pointer: str = "") -> Iterator[tuple[str, JsonValue]]:
        found = value.get(key, [])
        if not isinstance(found, list):
            raise self.refuse("a list is due here", f"{pointer}/{key}")
        for index, item in enumerate(found):
            yield f"{pointer}/{key}/{index}", item

    def date(self, value: JsonValue, pointer: str) -> datetime.date:
        found = nodes.instant(self.text(value, pointer)) if isinstance(value, str) and len(value) == 10 else None
        if found is None:
            message, advice = "a date is due here", 'write a string of year-month-day, as in "2018-09-11"'
            raise CheckError([finding("malformed-date", message, self.place(pointer), help=advice)])
        return found

    def word(self, value: JsonObject, key: str, pointer: str) -> Word:
        return Word(self.text(value[key], f"{pointer}/{key}"), self.place(f"{pointer}/{key}"))

    def segment(self, value: JsonObject, pointer: str) -> Word | None:
        return self.word(value, "segment", pointer) if value.get("segment") is not None else None

    def amount(self, value: JsonObject, pointer: str) -> RawAmount:
        where = f"{pointer}/amount"
        return RawAmount(self.text(value["amount"], where).strip(), self.place(where))

    def event(self, data: JsonValue) -> RawEvent:
        root = self.object(data, "", _EVENT_KEYS, ("event", "declared"))
        event = RawEvent(self.source, self.text(root["event"], "/event"), self.place("/event"))
        event.declared = self.date(root["declared"], "/declared")
        event.exercise = self.optional(root, "exercise", "")
        event.under = self.optional(root, "under", "")
        event.givens = list(self.values(root.get("givens", {}), "/givens"))
        event.members = [self.member(item, pointer) for pointer, item in self.items(root, "members")]
        # losses stand in the order of the event, whatever their kind: an object says what is not of a default
        event.losses = [self.any_loss(item, pointer) for pointer, item in self.items(root, "defaults")]
        event.former_members = [
            self.former_member(item, pointer) for pointer, item in self.items(root, "former_members")
        ]
        event.notices = [self.member_day(item, pointer) for pointer, item in self.items(root, "notices")]
        event.defaulted = [self.member_day(item, pointer) for pointer, item in self.items(root, "defaulted")]
        event.open_periods = [self.open_period(item, pointer) for pointer, item in self.items(root, "open_periods")]
        event.withdrawals = [self.withdrawal(item, pointer) for pointer, item in self.items(root, "withdrawals")]
        event.payments = [self.payment(item, pointer) for pointer, item in self.items(root, "payments")]
        event.decisions = [self.decision(item, pointer) for pointer, item in self.items(root, "decisions")]
        return event

    def values(self, data: JsonValue, pointer: str) -> Iterator[RawValue]:
        """The values of fields or givens: a string each, or for those per segment an object of strings."""
        if not isinstance(data, dict):
            raise self.refuse("an object is due here", pointer)
        for key, value in data.items():
            where = f"{pointer}/{_escape(key)}"
            name, at, date = key.partition("@")
            as_of = Day(self.date(date, where), self.place(where)) if at else None
            word = Word(name, self.place(where))
            if isinstance(value, Mapping):
                for segment, inner in value.items():
                    inside = f"{where}/{_escape(segment)}"
                    yield from self.value(word, Word(segment, self.place(inside)), inner, inside, as_of)
            else:
                yield from self.value(word, None, value, where, as_of)

    def value(
        self, name: Word, segment: Word | None, value: JsonValue, pointer: str, as_of: Day | None
    ) -> Iterator[RawValue]:
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if isinstance(value, int):
            value = str(value)
        written = None if value is None else self.text(value, pointer).strip()
        yield RawValue(name, segment, written, self.place(pointer), as_of)

    def member(self, item: JsonValue, pointer: str) -> RawMember:
        value = self.object(item, pointer, ("member", "name", "since", "fields"), ("member",))
        since = self.day(value, "since", pointer) if value.get("since") is not None else None
        fields = tuple(self.values(value.get("fields", {}), f"{pointer}/fields"))
        name = self.optional(value, "name", pointer)
        return RawMember(self.word(value, "member", pointer), name, fields, from_table=True, since=since)

    def any_loss(self, item: JsonValue, pointer: str) -> RawLoss:
        """A loss of a default, of an earlier one (``further``), or without a defaulter (no ``member``)."""
        keys = ("member", "segment", "amount", "further", "cause")
        value = self.object(item, pointer, keys, ("amount",))
        further = value.get("further", False)
        if not isinstance(further, bool):
            raise self.refuse("true or false is due here", f"{pointer}/further")
        member = self.word(value, "member", pointer) if value.get("member") is not None else None
        cause = self.optional(value, "cause", pointer)
        if member is None and further:
            raise self.refuse("a further loss is of a member", f"{pointer}/further", "name the member")
        if member is not None and cause is not None:
            advice = "leave the cause out, or the member: a loss without a defaulter has a cause"
            raise self.refuse("a loss of a default has no cause", f"{pointer}/cause", advice)
        place = self.place(pointer) if member is None else member.place
        return RawLoss(member, self.segment(value, pointer), self.amount(value, pointer), place, further, cause)

    def payment(self, item: JsonValue, pointer: str) -> RawPayment:
        keys = ("date", "payer", "step", "segment", "amount", "for")
        value = self.object(item, pointer, keys, ("date", "payer", "step", "amount"))
        return RawPayment(
            self.day(value, "date", pointer),
            self.word(value, "payer", pointer),
            self.word(value, "step", pointer),
            self.segment(value, pointer),
            self.amount(value, pointer),
            tuple(Word(self.text(one, where), self.place(where)) for where, one in self.items(value, "for", pointer)),
        )

    def day(self, value: JsonObject, key: str, pointer: str) -> Day:
        return Day(self.date(value[key], f"{pointer}/{key}"), self.place(f"{pointer}/{key}"))

    def member_day(self, item: JsonValue, pointer: str) -> tuple[Word, Day]:
        value = self.object(item, pointer, ("member", "date"), ("member", "date"))
        return self.word(value, "member", pointer), self.day(value, "date", pointer)

    def former_member(self, item: JsonValue, pointer: str) -> tuple[Word, str | None]:
        value = self.object(item, pointer, ("member", "name"), ("member",))
        return self.word(value, "member", pointer), self.optional(value, "name", pointer)

    def open_period(self, item: JsonValue, pointer: str) -> RawPeriod:
        value = self.object(item, pointer, ("period", "from", "to"), ("period", "from", "to"))
        days = self.day(value, "from", pointer), self.day(value, "to", pointer)
        return RawPeriod(self.word(value, "period", pointer), *days)

    def withdrawal(self, item: JsonValue, pointer: str) -> RawWithdrawal:
        keys = ("member", "after_round", "step")
        value = self.object(item, pointer, keys, keys)
        where = f"{pointer}/after_round"
        number = value["after_round"]
        if isinstance(number, bool) or not isinstance(number, int):
            raise self.refuse("a whole number is due here", where)
        digits = Word(str(number), self.place(where))
        return RawWithdrawal(self.word(value, "member", pointer), digits, self.word(value, "step", pointer))

    def decision(self, item: JsonValue, pointer: str) -> RawDecision:
        keys = ("step", "decision", "up_to", "by", "because")
        value = self.object(item, pointer, keys, ("step", "decision"))
        verdict = self.text(value["decision"], f"{pointer}/decision")
        if verdict not in ("invoke", "decline"):
            raise self.refuse('the decision is "invoke" or "decline"', f"{pointer}/decision")
        by, because = self.optional(value, "by", pointer), self.optional(value, "because", pointer)
        most = None
        if value.get("up_to") is not None:
            where = f"{pointer}/up_to"
            if verdict == "decline":
                raise self.refuse("what is declined has no bound", where, 'leave "up_to" out')
            most = RawAmount(self.text(value["up_to"], where).strip(), self.place(where))
        return RawDecision(self.word(value, "step", pointer), verdict == "invoke", by, because, most)


def _escape(key: str) -> str:
    """A key as part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
