"""What digits and dates as written stand for, in a rulebook or in an event: an exact value, or why there is none."""

import datetime
import re
from fractions import Fraction

from rulelang.base.advice import Advice, Certainty, Help, write
from rulelang.base.money import MAXIMUM_DIGITS, SCALES, Currency, decimal_value
from rulelang.syntax import nodes


class Refusal(Exception):
    """Why what is written has no value, or none that fits: code, message and help of the diagnostic to be."""

    def __init__(self, code: str, message: str, help: Help | None = None) -> None:  # noqa: A002 - the diagnostic's word
        """It says what the diagnostic will."""
        super().__init__(code, message, help)
        self.code, self.message, self.help = code, message, help


def decimal(digits: str) -> Fraction:
    """The value of a number as written.

    Raises:
        Refusal: it has more digits than any amount of money.
    """
    try:
        return decimal_value(digits)
    except ValueError:
        message = f"this number has more than {MAXIMUM_DIGITS} digits"
        advice = "no amount of money needs so many: check the number"
        raise Refusal("number-too-long", message, advice) from None


def amount(value: nodes.Value | nodes.MoneyLiteral, currency: Currency) -> int:
    """The minor units of an amount as written.

    Raises:
        Refusal: it is in another currency, finer than a minor unit or too long.
    """
    digits = value.text if isinstance(value, nodes.Value) else value.digits
    if value.scale is None and value.currency == currency.code:
        refuse_ambiguous(digits, currency, as_written(value))
    if value.currency != currency.code:
        raise Refusal(
            "currency-mismatch",
            f"`{as_written(value)}` is in {value.currency}, where {currency.code} is due",
            f"say how much it is in {currency.code}",
        )
    exact, scale = decimal(digits), 10 ** (SCALES.get(value.scale or "", 0) + currency.decimals)
    units = whole_units(Fraction(exact.numerator * scale, exact.denominator), currency, as_written(value))
    return -units if isinstance(value, nodes.Value) and value.negative else units


def refuse_ambiguous(digits: str, currency: Currency, written: str, *, in_cell: bool = False) -> None:
    """Refuse an amount without a scale that has three decimals, of which its currency has fewer: it may mean thousands.

    ``in_cell``: it stands in a table or in JSON, where digits alone are written.

    Raises:
        Refusal: it is such an amount.
    """
    whole, point, decimals = digits.replace("_", "").lstrip("-").partition(".")
    if not point or len(decimals) != _THREE or currency.decimals >= _THREE:
        return
    thousands, unit = int(whole + decimals), "" if in_cell else f"{currency.code} "
    readings = [f"{thousands}" if in_cell else f"{thousands:_}"]
    if len(decimals.rstrip("0")) <= currency.decimals:
        readings.append(f"{whole}.{decimals[: currency.decimals]}" if currency.decimals else whole)
    bare = digits.lstrip("-")
    repairs = tuple(write(each, shown=f"{unit}{each}", instead_of=bare) for each in readings)
    advice = f"{repairs[0].title} for thousands" + "".join(f", or `{unit}{each}`" for each in readings[1:])
    message = f"`{written}` may mean {currency.code} {thousands:,} or {currency.code} {whole}.{decimals}"
    raise Refusal("ambiguous-amount", message, Advice(advice, repairs))


_THREE = 3


def as_written(value: nodes.Value | nodes.MoneyLiteral) -> str:
    """The words of a value, with its currency, its quotes or its sign."""
    if isinstance(value, nodes.MoneyLiteral):
        value = nodes.Value("amount", value.digits, currency=value.currency, scale=value.scale)
    words = {"text": f'"{value.text}"', "percentage": f"{value.text}%"}.get(value.form, value.text)
    parts = (value.currency, words, value.scale)
    return ("-" if value.negative else "") + " ".join(part for part in parts if part is not None)


def whole_units(exact: Fraction, currency: Currency, written: str) -> int:
    """An exact number of minor units as a whole one.

    Raises:
        Refusal: it is finer than a minor unit.
    """
    if exact.denominator != 1:
        raise Refusal(
            "too-many-decimals",
            f"`{written}` is finer than {currency.minor_unit}, the smallest amount there is",
            "amounts are not rounded: write it in whole minor units",
        )
    return exact.numerator


def day(text: str) -> datetime.date:
    """The day that a date names.

    Raises:
        Refusal: the calendar has no such day.
    """
    found = nodes.instant(text)
    if found is None:
        raise Refusal("malformed-date", f"there is no day {text}", date_help(text))
    return found


_SERIAL = re.compile(r"([2-9][0-9]{4})(?:[.,][0-9]+)?")
"""The number of a day in a spreadsheet, from 1954 on, perhaps with a time of the day."""
_SPREADSHEETS = (datetime.date(1899, 12, 30), datetime.date(1904, 1, 1))
"""The days from which spreadsheets count."""


def date_help(text: str) -> Help:
    """What to write in place of a date that the calendar does not have, or that is written in another way."""
    from rulelang.syntax.recovery.values import days_meant  # dates that are well written need none

    days = days_meant(text)
    if days:
        certainty = Certainty.SURE if len(days) == 1 else Certainty.GUESS
        repairs = tuple(write(day, certainty=certainty) for day in days)
        either = " or ".join(repair.quoted for repair in repairs)
        return Advice(f"write {either}" + (", whichever day is meant" if days[1:] else ""), repairs)
    serial = _SERIAL.fullmatch(text)
    if serial is not None:
        since_1900, since_1904 = (str(start + datetime.timedelta(int(serial[1]))) for start in _SPREADSHEETS)
        repairs = (write(since_1900, certainty=Certainty.GUESS), write(since_1904, certainty=Certainty.GUESS))
        return Advice(
            f"a spreadsheet counts days: write {repairs[0].quoted}, or {repairs[1].quoted} if it counts them from 1904",
            repairs,
        )
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-[0-9]{2}", text)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if 1 <= month <= 12 and year:
        import calendar  # dates that there are need none

        return f"{calendar.month_name[month]} {year} has {calendar.monthrange(year, month)[1]} days"
    return "write a date as year-month-day, as in `2018-09-11`"
