"""Values of an event: from what the event, a CSV cell or JSON says to an exact value of the declared type."""

import datetime
import re
from fractions import Fraction

from attrs import frozen

from rulelang.base.money import SCALES, Currency, Exact, decimal_value, whole_if_possible
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.program import DatumProgram
from rulelang.check.types import PLAIN, Kind
from rulelang.model.event import Value
from rulelang.syntax import nodes

_PLAIN_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_GROUPED_DECIMAL = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\Z")


@frozen
class Refusal(Exception):
    """Why a value does not fit: the code, the message and the help of the diagnostic to be."""

    code: str
    message: str
    help: str | None = None


def from_words(value: nodes.Value, datum: DatumProgram, currency: Currency) -> Value:
    """The value that an event writes, as the type of a field or given asks.

    Raises:
        Refusal: it is of another kind, in another currency, too fine, negative, or no value of the choice.
    """
    kind = datum.type.kind
    if kind is Kind.MONEY:
        if value.form != "amount":
            raise _wrong_kind(value.text, datum, f"write an amount, as in `{currency.code} 5 million`")
        return _signed(amount(value, currency), datum)
    if kind in PLAIN:
        if value.form not in ("number", "percentage"):
            raise _wrong_kind(value.text, datum, "write a number such as `0.25`, or a percentage such as `25%`")
        return _signed(_number(value.text, percent=value.form == "percentage", negative=value.negative), datum)
    wanted = {Kind.TEXT: "text", Kind.DATE: "date", Kind.YES_NO: "word", Kind.CHOICE: "word"}[kind]
    if value.form != wanted:
        raise _wrong_kind(value.text, datum, _EXAMPLES[kind])
    return _word(value.text, datum)


_EXAMPLES = {
    Kind.TEXT: 'write text in quotes, as in `"Oslo"`',
    Kind.DATE: "write a date as year-month-day, as in `2018-09-11`",
    Kind.YES_NO: "write `yes` or `no`",
    Kind.CHOICE: "write one of the values of the choice",
}


def amount(value: nodes.Value | nodes.MoneyLiteral, currency: Currency) -> int:
    """The minor units of an amount as written.

    Raises:
        Refusal: it is in another currency or finer than a minor unit.
    """
    digits = value.text if isinstance(value, nodes.Value) else value.digits
    if value.currency != currency.code:
        raise Refusal(
            "currency-mismatch",
            f"an amount is in {value.currency} but the rulebook settles in {currency.code}",
            f"write the amount in {currency.code}",
        )
    exact = _decimal(digits) * 10 ** (SCALES.get(value.scale or "", 0) + currency.decimals)
    units = _whole_units(exact, currency)
    return -units if isinstance(value, nodes.Value) and value.negative else units


def from_cell(text: str, datum: DatumProgram, currency: Currency) -> Value:
    """The value that a CSV cell or a JSON string holds, as the type of a field or given asks.

    Money is a plain decimal in major units of the rulebook's currency, thousands separators allowed; ratios are
    decimals or percentages.

    Raises:
        Refusal: as in :func:`from_words`.
    """
    kind = datum.type.kind
    if kind is Kind.MONEY:
        plain = _cell_digits(text, datum, f"write a plain decimal in {currency.code}, as in `1234567.89`")
        units = _whole_units(_decimal(plain.lstrip("-")) * 10**currency.decimals, currency)
        return _signed(-units if plain.startswith("-") else units, datum)
    if kind in PLAIN:
        percent = text.endswith("%")
        plain = _cell_digits(text.removesuffix("%"), datum, "write a number such as `0.25` or `25%`")
        return _signed(_number(plain.lstrip("-"), percent=percent, negative=plain.startswith("-")), datum)
    return _word(text, datum)


def _cell_digits(text: str, datum: DatumProgram, advice: str) -> str:
    if _PLAIN_DECIMAL.match(text):
        return text
    if _GROUPED_DECIMAL.match(text):
        return text.replace(",", "")
    raise _wrong_kind(text, datum, advice)


def _decimal(digits: str) -> Fraction:
    try:
        return decimal_value(digits)
    except ValueError:
        raise Refusal("number-too-long", "this number has more digits than any amount", "check the number") from None


def _number(digits: str, *, percent: bool, negative: bool) -> int | Fraction:
    value = _decimal(digits) / (100 if percent else 1)
    return whole_if_possible(-value if negative else value)


def _whole_units(exact: Fraction, currency: Currency) -> int:
    if exact.denominator != 1:
        raise Refusal(
            "too-many-decimals",
            f"an amount is finer than the smallest unit of {currency.code}, {currency.minor_unit}",
            "amounts are not rounded: write it in whole minor units",
        )
    return exact.numerator


def _signed(value: Exact, datum: DatumProgram) -> Exact:
    if value < 0 and not datum.signed:
        raise Refusal(
            "negative-value",
            f"`{datum.name}` is negative, but it is not declared as signed",
            f"check the sign, or declare it as `signed {datum.type.kind.value}`",
        )
    return value


def _wrong_kind(text: str, datum: DatumProgram, advice: str) -> Refusal:
    shown = text if len(text) <= 40 else f"{text[:37]}..."
    return Refusal("wrong-value", f"`{datum.name}` is {datum.type}, but `{shown}` stands here", advice)


def _word(text: str, datum: DatumProgram) -> Value:
    """A date, a choice, yes or no, or text."""
    match datum.type.kind:
        case Kind.DATE:
            found = nodes.instant(text) if len(text) == 10 else None
            if found is None:
                raise Refusal(
                    "malformed-date", f"`{datum.name}` is a date, but `{text[:40]}` is none", _EXAMPLES[Kind.DATE]
                )
            return found
        case Kind.YES_NO:
            if text not in ("yes", "no"):
                raise _wrong_kind(text, datum, _EXAMPLES[Kind.YES_NO])
            return text == "yes"
        case Kind.CHOICE:
            if text not in datum.type.choices:
                near = did_you_mean(text, datum.type.choices)
                advice = near or f"the values are {listed(datum.type.choices, 'and')}"
                raise Refusal("wrong-value", f"`{text[:40]}` is no value of `{datum.name}`", advice)
            return text
        case _:
            return text


def spoken(value: object, datum: DatumProgram, currency: Currency) -> str:
    """A value as a person would write it."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if datum.type.kind is Kind.MONEY and isinstance(value, int | Fraction):
        return currency.show(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
