"""Days: business days and holidays, months, windows, and how long a period lasts."""

import calendar
import datetime
from collections.abc import Iterator

from tests.oracle.parts import Basis, Duration
from tests.oracle.words import run_error

Holidays = frozenset[datetime.date]
DAY = datetime.timedelta(days=1)


def is_business(day: datetime.date, holidays: Holidays) -> bool:
    """Whether a day is one from Monday to Friday and no holiday."""
    return day.weekday() < 5 and day not in holidays


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of another month, or that month's last."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def shifted(day: datetime.date, n: int, unit: str, holidays: Holidays) -> datetime.date:
    """The day so many days, business days or months later (earlier, if ``n`` is below zero)."""
    try:
        if unit == "days":
            return day + n * DAY
        if unit == "months":
            return months_later(day, n)
        step = DAY if n > 0 else -DAY
        for _ in range(abs(n)):
            day += step
            while not is_business(day, holidays):
                day += step
    except OverflowError:
        run_error("a date out of range")
    return day


def first_day(basis: Basis, declared: datetime.date, holidays: Holidays) -> datetime.date:
    """The first day that a limit over days, months or the calendar counts."""
    if basis.kind == "year":
        return declared.replace(month=1, day=1)
    if basis.kind == "month":
        return declared.replace(day=1)
    try:
        if basis.kind == "days":
            return declared - (basis.n - 1) * DAY
        if basis.kind == "months":
            return months_later(declared, -basis.n) + DAY
        day, left = declared, basis.n
        while True:
            left -= is_business(day, holidays)
            if left == 0:
                return day
            day -= DAY
    except OverflowError:
        return datetime.date.min


def last_day(first: datetime.date, lasts: Duration, holidays: Holidays) -> datetime.date:
    """The last day of a period that begins on ``first``, which counts."""
    n, unit = lasts
    try:
        if unit == "days":
            return first + (n - 1) * DAY
        if unit == "months":
            return months_later(first, n) - DAY
        day = first
        while True:
            n -= is_business(day, holidays)
            if n == 0:
                return day
            day += DAY
    except OverflowError:
        return datetime.date.max


def days_between(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """Every day from one to another, both included."""
    while first <= last:
        yield first
        if first == datetime.date.max:
            return
        first += DAY
