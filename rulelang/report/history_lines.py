"""The line of one payer through a history: what it is charged, pays in, owes and gets back, from first to last."""

import datetime
from collections.abc import Iterator, Mapping

from attrs import frozen

from rulelang.explain.sentences.words import within
from rulelang.model.allocation import Allotment
from rulelang.model.history import HistoryDay, HistoryResult, Movement

CHARGED, PAID_IN, OWES, RECEIVES = "Is charged", "Pays in", "Owes", "Receives"
KINDS = (CHARGED, PAID_IN, OWES, RECEIVES)
"""What an amount of a line is; a column of the line each."""


@frozen
class Entry:
    """One happening of a payer: the day, what happens, its kind and the amount in minor units."""

    day: datetime.date
    what: str
    kind: str
    amount: int


def payers_of(result: HistoryResult) -> dict[str, str]:
    """Everybody who is charged, pays in, owes or gets something back, each with its name (the id, if it has none)."""
    names = result.days[-1].names
    titles: dict[str, str] = {}
    found: set[str] = set()
    for day in result.days:
        if day.run is not None:
            titles.update(day.run.names)
            found.update(one.payer for one in day.run.allotments)
        for rows in (day.paid_in, day.cancelled, day.due, day.repaid):
            found.update(one.payer for one in rows)
    titles["ccp"] = "The CCP"
    return {payer: names.get(payer) or titles.get(payer, payer) for payer in sorted(found)}


def line_of(result: HistoryResult, payer: str) -> list[Entry]:
    """All that happens to a payer, day after day, in the order in which a day is worked."""
    return [entry for day in result.days for entry in _of_day(day, payer)]


def sums_by_kind(entries: list[Entry]) -> Mapping[str, int]:
    """The sum of each kind."""
    return {kind: sum(one.amount for one in entries if one.kind == kind) for kind in KINDS}


def _of_day(day: HistoryDay, payer: str) -> Iterator[Entry]:
    moved = (_moved(day, one) for one in day.paid_in if one.payer == payer)
    yield from sorted(moved, key=lambda entry: entry.day)
    for one in (each for each in day.cancelled if each.payer == payer):
        what = f"owes no more to {one.pot}{within(one.segment)}, as it defaults"
        yield Entry(day.date, what, OWES, -one.amount)
    for charge in () if day.run is None else day.run.allotments:
        if charge.payer == payer:
            yield Entry(day.date, f"is charged under {_turn(day, charge)}", CHARGED, charge.amount)
    for due in (each for each in day.due if each.payer == payer):
        what = f"owes to {due.pot}{within(due.segment)}, payable on {due.payable}"
        yield Entry(day.date, what, OWES, due.amount)
    for back in (each for each in day.repaid if each.payer == payer):
        into = "" if back.into is None else f", into {back.into}"
        what = f"gets back of what it paid under {back.step} for {back.defaulter}{into}"
        yield Entry(day.date, what, RECEIVES, back.amount)


def _moved(day: HistoryDay, one: Movement) -> Entry:
    pot = f"{one.pot}{within(one.segment)}"
    if one.amount < 0:
        return Entry(day.date, f"is paid out from {pot}", RECEIVES, -one.amount)
    if one.payable is not None:
        return Entry(one.payable, f"pays into {pot} what it owes", PAID_IN, one.amount)
    return Entry(day.date, f"pays into {pot}", PAID_IN, one.amount)


def _turn(day: HistoryDay, allotment: Allotment) -> str:
    assert day.run is not None
    titles = {line.step: line.title for line in day.run.lines if line.title is not None}
    parts = [titles.get(allotment.step, allotment.step)]
    parts += [f"in {allotment.segment}"] if allotment.segment is not None else []
    parts += [f"round {allotment.round}"] if allotment.round is not None else []
    parts += [f"for the default of {allotment.defaulter}"] if allotment.defaulter is not None else []
    return ", ".join(parts)
