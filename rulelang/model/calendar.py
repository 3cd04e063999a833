"""Days: business days, months, the windows that limits look back over, and the days that periods last.

A business day is a day from Monday to Friday that is no holiday of the rulebook.  Sections 6.7 (days), 7.9 (windows)
and 7.11 (periods) of the specification say what is counted how.
"""

import bisect
import calendar
import datetime
from typing import Literal

from rulelang.base.values import ComparedByValue

DurationUnit = Literal["days", "business days", "months"]
_ONE = datetime.timedelta(1)
_SATURDAY = 5
_WEEK = 7


class Duration(ComparedByValue):
    """``30 days``, ``5 business days`` or ``3 months``."""

    number: int
    unit: DurationUnit

    def __str__(self) -> str:
        """The words of the language."""
        return f"{self.number} {self.unit.removesuffix('s') if self.number == 1 else self.unit}"


class Calendar(ComparedByValue):
    """The calendar of a rulebook; ``holidays`` are in rising order, each once.

    Raises:
        OverflowError: a day would lie outside the years 1 to 9999 (every method that moves a day).
    """

    holidays: tuple[datetime.date, ...] = ()

    def is_business_day(self, day: datetime.date) -> bool:
        """Whether a day is one on which business is done."""
        at = bisect.bisect_left(self.holidays, day)
        return day.weekday() < _SATURDAY and self.holidays[at : at + 1] != (day,)

    def shifted(self, day: datetime.date, number: int, unit: DurationUnit) -> datetime.date:
        """The day that lies so many days, business days or months later (earlier, if ``number`` is negative).

        A business day later is the next day that is one; a month later is the same day of that month, or its last.
        """
        match unit:
            case "days":
                return day + datetime.timedelta(number)
            case "months":
                return months_later(day, number)
            case "business days":
                return self._business_days_later(day, number)

    def first_of_window(self, last: datetime.date, length: Duration) -> datetime.date:
        """The first day of a window of some length that ends on ``last``, which belongs to it.

        N business days hold N of them: the N-th counted back from the last day, which counts if it is one.
        """
        match length.unit:
            case "days":
                return last - datetime.timedelta(length.number - 1)
            case "months":
                return months_later(last, -length.number) + _ONE
            case "business days":
                return self._business_days_later(last + _ONE, -length.number)

    def last_of_period(self, first: datetime.date, length: Duration) -> datetime.date:
        """The last day of a period of some length that begins on ``first``, which belongs to it."""
        match length.unit:
            case "days":
                return first + datetime.timedelta(length.number - 1)
            case "months":
                return months_later(first, length.number) - _ONE
            case "business days":
                return self._business_days_later(first - _ONE, length.number)

    def _business_days_later(self, day: datetime.date, number: int) -> datetime.date:
        """The N-th business day behind a day, or before it; weeks without holidays are passed in one stride."""
        step = 1 if number >= 0 else -1
        left = abs(number)
        while left:
            weeks = left // _SATURDAY
            if weeks and not self._holidays_between(day, day + datetime.timedelta(step * (weeks + 1) * _WEEK)):
                # from a day of the weekend the first stride of a week meets five business days as well
                while day.weekday() >= _SATURDAY:
                    day -= step * _ONE
                day += datetime.timedelta(step * weeks * _WEEK)
                left -= weeks * _SATURDAY
                continue
            day += step * _ONE
            left -= self.is_business_day(day)
        return day

    def _holidays_between(self, one: datetime.date, other: datetime.date) -> bool:
        first, last = min(one, other), max(one, other)
        return bisect.bisect_left(self.holidays, first) < bisect.bisect_right(self.holidays, last)


def months_later(day: datetime.date, number: int) -> datetime.date:
    """The same day so many months later (or earlier), or the last day of that month if it is shorter.

    Raises:
        OverflowError: the day would lie outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise OverflowError("date value out of range")
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
