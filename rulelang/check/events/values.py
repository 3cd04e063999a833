"""Values of an event: from what the event, a CSV cell or JSON says to an exact value of the declared type."""

import re
from collections.abc import Callable
from fractions import Fraction

from rulelang.base.advice import Advice, Certainty, Help, only, write
from rulelang.base.money import Currency, Exact, whole_if_possible
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.exact import Refusal, amount, as_written, date_help, decimal, whole_units
from rulelang.check.program import DatumProgram
from rulelang.check.types import PLAIN, Kind
from rulelang.check.written_numbers import NotPlain, plain_amount, plain_number, shown
from rulelang.model.event import Value
from rulelang.syntax import nodes

_MOST_COMPARED = 100
"""A value is compared with so many choices at most, for there may be one to compare in each row of a table."""


def from_words(value: nodes.Value, datum: DatumProgram, currency: Currency, whose: str) -> Value:
    """The value that an event writes, as the type of a field or given asks; ``whose`` says which it is.

    Raises:
        Refusal: it is of another kind, in another currency, too fine, negative, or no value of the choice.
    """
    kind = datum.type.kind
    if kind is Kind.MONEY:
        if value.form != "amount":
            raise _wrong_kind(as_written(value), datum, whose, f"write an amount, as in `{currency.code} 5 million`")
        units = amount(value, currency)
        return _signed(units, datum, whose, lambda: currency.show(units))
    if kind in PLAIN or kind is Kind.RATE:
        if value.form != "number" and (kind is Kind.RATE or value.form != "percentage"):
            advice = "write a number such as `0.25`, or a percentage such as `25%`"
            if kind is Kind.RATE:
                advice = "write a plain number, as in `0.0973`"
            raise _wrong_kind(as_written(value), datum, whose, advice)
        number = _number(value.text, percent=value.form == "percentage", negative=value.negative)
        return _signed(number, datum, whose, lambda: f"`{as_written(value)}`")
    wanted = {Kind.TEXT: "text", Kind.DATE: "date", Kind.YES_NO: "word", Kind.CHOICE: "word"}[kind]
    if value.form != wanted:
        raise _wrong_kind(as_written(value), datum, whose, _EXAMPLES[kind])
    return _word(value.text, datum, whose)


_EXAMPLES: dict[Kind, Help] = {
    Kind.TEXT: 'write text in quotes, as in `"Oslo"`',
    Kind.DATE: "write a date as year-month-day, as in `2018-09-11`",
    Kind.YES_NO: Advice("write `yes` or `no`", (write("yes"), write("no"))),
    Kind.CHOICE: "write one of the values of the choice",
}


def from_cell(
    text: str, datum: DatumProgram, currency: Currency, whose: str, doubts: list[Refusal] | None = None
) -> Value:
    """The value that a CSV cell or a JSON string holds, as the type of a field or given asks.

    Money is a plain decimal in major units of the rulebook's currency, thousands separators allowed; ratios are
    decimals or percentages.  With a list of ``doubts``, what may be a decimal comma, or a number of per cent, is
    entered there and read as one between thousands, or as a ratio; without one it is refused.

    Raises:
        Refusal: as in :func:`from_words`.
    """
    kind = datum.type.kind
    if kind is Kind.MONEY:
        example = "1234567.89" if currency.decimals else "1234567"
        try:
            plain = plain_amount(text, currency, doubts)
        except NotPlain as odd:
            advice = odd.help(f"write a plain decimal in {currency.code}, as in `{example}`")
            raise _wrong_kind(text, datum, whose, advice) from None
        units = whole_units(decimal(plain.lstrip("-")) * 10**currency.decimals, currency, text)
        units = -units if plain.startswith("-") else units
        return _signed(units, datum, whose, lambda: currency.show(units))
    if kind in PLAIN or kind is Kind.RATE:
        percent = text.endswith("%") and kind is not Kind.RATE
        try:
            plain = plain_number(text[:-1] if percent else text, doubts)
        except NotPlain as odd:
            advice = odd.help("write a number such as `0.25` or `25%`", "%" if percent else "")
            raise _wrong_kind(text, datum, whose, advice) from None
        number = _number(plain.lstrip("-"), percent=percent, negative=plain.startswith("-"))
        if kind is Kind.RATIO and not percent and number > MOST_RATIO:
            doubt = _may_be_per_cent(text, plain, whose)
            if doubts is None:
                raise doubt
            doubts.append(doubt)
        return _signed(number, datum, whose, lambda: f"`{text}`")
    return _word(text, datum, whose)


MOST_RATIO = 10
"""A ratio above it, 1000%, is more often a number of per cent."""


def _may_be_per_cent(text: str, plain: str, whose: str) -> Refusal:
    percent = write(f"{plain}%", certainty=Certainty.CHANGE)
    message = f"{whose} is a ratio, and `{text}` is {plain} times the whole"
    return Refusal(
        "doubtful-ratio", message, Advice(f"write {percent.quoted} if so many per cent are meant", (percent,))
    )


def _number(digits: str, *, percent: bool, negative: bool) -> int | Fraction:
    value = decimal(digits) / (100 if percent else 1)
    return whole_if_possible(-value if negative else value)


def _signed(value: Exact, datum: DatumProgram, whose: str, shown: Callable[[], str]) -> Exact:
    if datum.type.kind is Kind.RATE and value <= 0:
        raise Refusal("rate-not-positive", f"{whose} is {shown()}, but a rate is above zero", "check the rate")
    if value < 0 and not datum.signed:
        raise Refusal(
            "negative-value",
            f"{whose} is {shown()}, below zero, but it is not declared as signed",
            f"check the sign, or declare it as `signed {datum.type.kind.value}`",
        )
    return value


def _wrong_kind(text: str, datum: DatumProgram, whose: str, advice: Help) -> Refusal:
    return Refusal("wrong-value", f"{whose} is {datum.type}, but `{shown(text)}` stands here", advice)


_YES_OR_NO = {**dict.fromkeys("yes y true".split(), "yes"), **dict.fromkeys("no n false".split(), "no")}
"""How spreadsheets and people write `yes` and `no`."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _word(text: str, datum: DatumProgram, whose: str) -> Value:
    """A date, a choice, yes or no, or text."""
    match datum.type.kind:
        case Kind.DATE:
            found = nodes.instant(text) if len(text) == 10 else None
            if found is None:
                why = "is no day of the calendar" if _ISO.fullmatch(text) else "is not written year-month-day"
                message = f"{whose} is a date, but `{shown(text)}` {why}"
                raise Refusal("malformed-date", message, date_help(text))
            return found
        case Kind.YES_NO:
            if text not in ("yes", "no"):
                meant = _YES_OR_NO.get(text.lower())
                raise _wrong_kind(text, datum, whose, only(write(meant)) if meant else _EXAMPLES[Kind.YES_NO])
            return text == "yes"
        case Kind.CHOICE:
            if text not in datum.type.values:
                known = datum.type.choices
                near = did_you_mean(text, known) if len(known) <= _MOST_COMPARED else None
                advice = near or f"the values are {listed(known, 'and')}"
                raise _wrong_kind(text, datum, whose, advice)
            return text
        case _:
            return text
