"""By how much somebody pays more or less, and where: the heart of a verdict's sentence."""

from collections.abc import Sequence

from rulelang.base.money import Currency, size_of
from rulelang.changes.event_comparison import Change, EventComparison
from rulelang.changes.words.phrases import THE_LOSS, shown, spoken
from rulelang.explain.sentences.words import listing
from rulelang.model.result_columns import UNCOVERED
from rulelang.profiles.difference import Band, Difference, Extreme

_MANY = ("survivors", "defaulters")
_NAMED_EXCEPTIONS = 3


def told(name: str, change: Change, event: EventComparison, currency: Currency) -> str:
    """Who pays how much more or less, where most, and from where on."""
    if change.over is None:
        more = "more" if change.difference > 0 else "less"
        return f"{_pays(name, f'{currency.show(abs(change.difference))} {more}')} at the event's own loss"
    variable = event.varied or THE_LOSS
    return f"{_pays(name, _extent(change.over, currency))}{_reach(change.over, variable, event.varied_in or currency)}"


def _pays(name: str, amount: str) -> str:
    if name == UNCOVERED:
        return f"{amount} stays uncovered"
    return f"{spoken(name)} {'pay' if name in _MANY else 'pays'} {amount}"


def _extent(over: Difference, currency: Currency) -> str:
    """By how much an amount differs at most."""
    more = _more(over)
    return more if over.extreme.unbounded else f"up to {shown(size_of(over.extreme.amount), currency)} {more}"


def _more(over: Difference) -> str:
    extreme = over.extreme
    sign = over.bands[-1].sign if extreme.unbounded else extreme.amount
    return "more" if sign > 0 else "less"


def _reach(over: Difference, variable: str, currency: Currency) -> str:
    """Where an amount begins to differ, where it differs most, and whether it turns round.

    ``currency`` is that of what varies.
    """
    extreme, first, run = over.extreme, over.first or 0, _last_run(over)
    rest = over.bands[: -len(run)]
    if extreme.unbounded:
        where = f"from where {variable} is {shown(run[0].start, currency)} on{_but_at(run, currency)}"
        return f" {where}, by a difference that grows with {variable} without end{_elsewhere(run, rest)}"
    if over.bands[-1].end == first:
        return f", but only where {variable} is exactly {shown(first, currency)}"
    other = f", elsewhere {'less' if _more(over) == 'more' else 'more'}" if over.direction == "crosses" else ""
    if first != extreme.at:
        begins = f"{other}; the difference begins where {variable} is {shown(first, currency)}"
        return f"{begins} and is largest where it is {_where(extreme, currency)}"
    if rest:
        return f"{other}; the difference begins, and is largest, where {variable} is {_where(extreme, currency)}"
    start, end = shown(first, currency), run[-1].end
    reach = f"is {start} on" if end is None else f"is between {start} and {shown(end, currency)}"
    return f" {'from ' * (end is None)}where {variable} {reach}{_but_at(run, currency)}"


def _elsewhere(run: Sequence[Band], rest: Sequence[Band]) -> str:
    """What is true outside the last bands."""
    signs = {band.sign for band in rest}
    if not signs:
        return ""
    if signs == {run[0].sign}:
        return ", and at some smaller values too"
    return f", elsewhere {'now more, now less' if len(signs) > 1 else 'more' if 1 in signs else 'less'}"


def _last_run(over: Difference) -> Sequence[Band]:
    """The last bands that are apart by single values alone, and of one sign."""
    run = [over.bands[-1]]
    for band in reversed(over.bands[:-1]):
        if band.sign != run[0].sign or band.end != run[0].start:
            break
        run.insert(0, band)
    return run


def _but_at(run: Sequence[Band], currency: Currency) -> str:
    """The single values at which what is said of a run of bands does not hold."""
    at = [shown(band.start, currency) for band in run[1:]]
    if not at:
        return ""
    return f", except where it is exactly {listing(at, _NAMED_EXCEPTIONS)}"


def _where(extreme: Extreme, currency: Currency) -> str:
    """Where the largest difference is; at a jump it is only come near to."""
    side = {"at": "", "above": "just above ", "below": "just below "}[extreme.side]
    return f"{side}{shown(extreme.at, currency)}"
