"""Limits over time (section 7.9 of the specification): which earlier payments a limit ``in any N days`` counts."""

import datetime

from rulelang.check.program import LimitProgram
from rulelang.model.event import EarlierPayment

_SATURDAY = 5


def window_start(declared: datetime.date, days: int, *, business: bool) -> datetime.date:
    """The day that lies ``days`` before ``declared``; payments after it count.

    Business days are Monday to Friday: from ``declared`` one steps back a day at a time and counts those only.
    """
    try:
        if not business:
            return declared - datetime.timedelta(days)
        weeks, rest = divmod(days, 5)
        day = declared
        if day.weekday() >= _SATURDAY and weeks:  # the first whole week back from a weekend ends on a Monday
            day += datetime.timedelta(7 - day.weekday())
        day -= datetime.timedelta(7 * weeks)
        while rest:
            day -= datetime.timedelta(1)
            rest -= day.weekday() < _SATURDAY
    except OverflowError:
        return datetime.date.min
    return day


def counted(
    limit: LimitProgram,
    payments: tuple[EarlierPayment, ...],
    declared: datetime.date,
    step: str,
    segment: str | None,
) -> dict[str, int] | None:
    """What each payer already paid under a step inside the window of a limit; ``None`` if it has no window.

    A payment under a former name of the step has the present one since the event was checked.
    """
    if limit.window_days is None:
        return None
    start = window_start(declared, limit.window_days, business=limit.business_days)
    found: dict[str, int] = {}
    for payment in payments:
        same = payment.step == step and payment.segment == segment
        if same and start < payment.date <= declared:
            found[payment.payer] = found.get(payment.payer, 0) + payment.amount
    return found
