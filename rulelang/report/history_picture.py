"""Pictures of a history: the time line, and what is in the pots; drawn here, so that they need no script."""

import datetime
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.document.markup import Markup, element
from rulelang.model.allocation import with_version
from rulelang.model.history import HistoryDay, HistoryResult, Movement

WIDTH, LEFT, RIGHT, LANE = 960, 150, 20, 34
_TOP = 26


@frozen
class Scale:
    """From days to places on the picture, evenly."""

    first: datetime.date
    last: datetime.date

    def at(self, day: datetime.date) -> int:
        """The place of a day, from left to right."""
        span = max(1, (self.last - self.first).days)
        within = min(max(day, self.first), self.last)
        return LEFT + (WIDTH - LEFT - RIGHT) * (within - self.first).days // span


def scale_of(result: HistoryResult) -> Scale:
    """From the opening to the last day that anything reaches, at most a tenth behind the last day."""
    first, last = result.days[0].date, result.days[-1].date
    reaches = [one.payable for day in result.days for one in day.due]
    reaches += [one.last for day in result.days for one in day.periods]
    most = last + max(datetime.timedelta(5), (last - first) // 10)
    return Scale(first, max([last + datetime.timedelta(1), *(min(one, most) for one in reaches)]))


def timeline(result: HistoryResult) -> Markup:
    """The days with defaults, what was paid and stayed uncovered, periods, dues and recoveries, a lane for each."""
    scale, currency = scale_of(result), result.currency
    lanes: list[tuple[str, list[Markup]]] = []
    for name, marks in (
        ("Rulebook", [*_rulebooks(result, scale)]),
        ("Losses", [*_losses(result, scale)]),
        ("Paid, uncovered", [*_runs(result, scale)]),
        *((f"Period {name}", spans) for name, spans in _periods(result, scale).items()),
        ("Dues", [*_dues(result, scale)]),
        ("Paid in and out", [*_money(result, scale)]),
        ("Recoveries", [*_recoveries(result, scale)]),
    ):
        if marks:
            lanes.append((name, marks))
    height = _TOP + LANE * len(lanes) + 6
    drawn: list[Markup] = [*_axis(scale, height)]
    for number, (name, marks) in enumerate(lanes):
        y = _TOP + LANE * number
        label = element("text", name, x="4", y=str(LANE // 2 + 5), class_="lane")
        line = element("line", x1=str(LEFT), x2=str(WIDTH - RIGHT), y1=str(LANE), y2=str(LANE), class_="rule")
        drawn.append(element("g", line, label, marks, transform=f"translate(0 {y})"))
    said = f"{len(result.days)} days from {result.days[0].date} to {result.days[-1].date}, amounts in {currency.code}"
    return _svg(drawn, height, f"Time line: {said}; the table of days says the same in words.")


def _svg(drawn: Sequence[Markup], height: int, said: str) -> Markup:
    return element("svg", drawn, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=said, class_="drawing")


def _axis(scale: Scale, height: int) -> Iterator[Markup]:
    """Up to eight days along the top."""
    days = (scale.last - scale.first).days
    step = max(1, -(-days // 7))
    for number in range(0, days + 1, step):
        day = scale.first + datetime.timedelta(number)
        x = str(scale.at(day))
        yield element("line", x1=x, x2=x, y1=str(_TOP - 6), y2=str(height - 4), class_="tick-line")
        yield element("text", str(day), x=x, y="14", text_anchor="middle" if number else "start", class_="day")


def _titled(tag: str, said: str, **attributes: str) -> Markup:
    return element(tag, element("title", said), **attributes)


def _rulebooks(result: HistoryResult, scale: Scale) -> Iterator[Markup]:
    since, days = result.days[0].date, result.days
    for day, after in zip(days, (*days[1:], None), strict=True):
        if after is not None and after.rulebook == day.rulebook:
            continue
        x, end = scale.at(since), scale.at(scale.last if after is None else after.date)
        shown = with_version(day.rulebook.title, day.rulebook.version)
        yield _titled("rect", shown, x=str(x), y="9", width=str(end - x), height="18", class_="book")
        yield element("text", str(day.rulebook.version or ""), x=str(x + 4), y="22", class_="day")
        if after is not None:
            since = after.date


def losses_of(day: HistoryDay) -> str:
    """Whose losses a day meets."""
    return "" if day.run is None else ", ".join(dict.fromkeys(loss.whose for loss in day.run.losses))


def _losses(result: HistoryResult, scale: Scale) -> Iterator[Markup]:
    for day in result.days:
        if day.run is not None:
            said = f"{day.date}: {losses_of(day)}, loss {result.currency.show(day.run.loss)}"
            yield _titled("circle", said, cx=str(scale.at(day.date)), cy="18", r="7", class_="loss-mark")


def _runs(result: HistoryResult, scale: Scale) -> Iterator[Markup]:
    """Bars as high as the loss is beside the largest; what stays uncovered on top."""
    most = max((day.run.loss for day in result.days if day.run is not None), default=0)
    for day in result.days:
        if day.run is None or not most:
            continue
        full = max(2, 28 * day.run.loss // most)
        rest = -(-full * day.run.uncovered // day.run.loss)
        paid, show, x = full - rest, result.currency.show, scale.at(day.date)
        said = f"{day.date}: paid {show(day.run.loss - day.run.uncovered)}, uncovered {show(day.run.uncovered)}"
        sizes = {"x": str(x - 5), "width": "10"}
        if paid:
            yield _titled("rect", said, **sizes, y=str(LANE - paid), height=str(paid), class_="paid-bar")
        if rest:
            yield _titled("rect", said, **sizes, y=str(LANE - full), height=str(rest), class_="open-bar")


def _periods(result: HistoryResult, scale: Scale) -> dict[str, list[Markup]]:
    """Of each period its instances, each as long as it became."""
    last: dict[tuple[str, datetime.date], datetime.date] = {}
    for day in result.days:
        for one in day.periods:
            last[one.period, one.first] = one.last
    found: dict[str, list[Markup]] = {}
    for (period, first), until in last.items():
        x, end = scale.at(first), scale.at(until + datetime.timedelta(1))
        said, width = f"{period}: {first} to {until}", str(max(3, end - x))
        mark = _titled("rect", said, x=str(x), y="11", width=width, height="14", rx="3", class_="period-bar")
        found.setdefault(period, []).append(mark)
    return found


def _dues(result: HistoryResult, scale: Scale) -> Iterator[Markup]:
    for day in result.days:
        for payable in sorted({one.payable for one in day.due}):
            whole = sum(one.amount for one in day.due if one.payable == payable)
            said = f"raised on {day.date}, payable on {payable}: {result.currency.show(whole)}"
            x, end = str(scale.at(day.date)), str(scale.at(payable))
            yield _titled("line", said, x1=x, x2=end, y1="18", y2="18", class_="due-line")
            yield _titled("circle", said, cx=end, cy="18", r="4", class_="due-mark")


def _money(result: HistoryResult, scale: Scale) -> Iterator[Markup]:
    for day in result.days:
        paid_in = sum(one.amount for one in day.paid_in if one.amount > 0)
        out = -sum(one.amount for one in day.paid_in if one.amount < 0)
        x, show = scale.at(day.date), result.currency.show
        if paid_in:
            yield _titled("path", f"{day.date}: paid in {show(paid_in)}", d=f"M{x} 28l-6 -10h12z", class_="in-mark")
        if out:
            yield _titled("path", f"{day.date}: paid out {show(out)}", d=f"M{x} 6l-6 10h12z", class_="out-mark")


def _recoveries(result: HistoryResult, scale: Scale) -> Iterator[Markup]:
    for day in result.days:
        if day.repaid or day.rest:
            x, show = scale.at(day.date), result.currency.show
            repaid = sum(one.amount for one in day.repaid)
            said = f"{day.date}: repaid {show(repaid)}, rest {show(day.rest)}"
            yield _titled("path", said, d=f"M{x} 8l8 10l-8 10l-8 -10z", class_="back-mark")


def pots_of(result: HistoryResult) -> dict[str, list[int]]:
    """What is in each pot when each day ends, all payers and segments together."""
    names = dict.fromkeys(one.pot for day in result.days for one in day.balances)
    return {pot: [_sum(day.balances, pot) for day in result.days] for pot in names}


def _sum(rows: Iterable[Movement], pot: str) -> int:
    return sum(one.amount for one in rows if one.pot == pot)


def pot_line(pot: str, amounts: Sequence[int], result: HistoryResult, currency: Currency) -> Markup:
    """What is in a pot over time, as steps; on the day of a run first what it found there."""
    levels: list[tuple[datetime.date, int]] = []
    for day, amount in zip(result.days, amounts, strict=True):
        if levels:
            levels.append((day.date, levels[-1][1]))
            if day.run is not None:
                levels.append((day.date, levels[-1][1] + _sum(day.paid_in, pot)))
        levels.append((day.date, amount))
    scale, height, most = scale_of(result), 90, max(amount for _, amount in levels)
    levels.append((scale.last, levels[-1][1]))
    heights = [(day, height - 10 - (height - 24) * amount // (most or 1)) for day, amount in levels]
    points = [f"{scale.at(day)},{y}" for day, y in heights]
    base = str(height - 10)
    drawn = [
        element("line", x1=str(LEFT), x2=str(WIDTH - RIGHT), y1=base, y2=base, class_="rule"),
        element("text", currency.grouped(most), x=str(LEFT - 6), y="18", text_anchor="end", class_="day"),
        element("text", "0", x=str(LEFT - 6), y=base, text_anchor="end", class_="day"),
        element("polyline", points=" ".join(points), class_="pot-line"),
    ]
    said = f"{pot} from {currency.show(amounts[0])} to {currency.show(amounts[-1])}, at most {currency.show(most)}"
    return _svg(drawn, height, said)
