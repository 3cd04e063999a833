"""What each day of a history came to: on half a line, and in sentences, of everybody or of one payer."""

from collections.abc import Iterator

from rulelang.analysis.facts import Facts
from rulelang.base.source import Span
from rulelang.explain.sentences.words import listing
from rulelang.histories.rows import KINDS, rows_of_day
from rulelang.model.history import HistoryDay
from rulelang.syntax import nodes

_MOST_PAYERS = 6
_BALANCE = KINDS[-1]


def days_of(facts: Facts) -> Iterator[tuple[nodes.OpeningBlock | nodes.DayBlock, HistoryDay]]:
    """The blocks of a history that was run, each with how its day ended."""
    if isinstance(facts.tree, nodes.HistorySyntax) and facts.days is not None:
        yield from zip((facts.tree.opening, *facts.tree.days), facts.days.days, strict=True)


def day_at(facts: Facts, offset: int) -> tuple[Span, HistoryDay] | None:
    """The day of a history in whose block an offset is, and the place of its date."""
    around = (each for each in days_of(facts) if each[0].span.start <= offset <= each[0].span.end)
    return next(((block.date.span, day) for block, day in around), None)


def in_short(day: HistoryDay) -> str:
    """The sums of a day, but for what is in the pots; nothing where nothing was paid, owed or repaid."""
    sums = {kind: sum(paid.values()) for kind, paid in _by_kind(day).items() if kind != _BALANCE}
    return ", ".join(f"{kind} {day.currency.show(amount)}" for kind, amount in sums.items())


def in_sentences(day: HistoryDay) -> str:
    """A line for each sort of amount: the sum, and of whom it is."""
    lines = []
    for kind, amounts in _by_kind(day).items():
        each = [f"{payer} {day.currency.show(amount)}" for payer, amount in amounts.items() if payer is not None]
        whose = f": {listing(each, _MOST_PAYERS)}" if each else ""
        lines.append(f"{kind.capitalize()} {day.currency.show(sum(amounts.values()))}{whose}.")
    return "\n".join(lines) or "Nothing is paid or owed."


def of_payer(day: HistoryDay, payer: str) -> str:
    """What a payer paid, owes, is repaid and has in its pots on a day."""
    sums = {kind: amounts[payer] for kind, amounts in _by_kind(day).items() if payer in amounts}
    told = listing([f"{kind} {day.currency.show(amount)}" for kind, amount in sums.items()]) if sums else "nothing"
    return f"{payer}: {told}."


def _by_kind(day: HistoryDay) -> dict[str, dict[str | None, int]]:
    """What everybody has of each sort of amount, in the order in which they are told."""
    found: dict[str, dict[str | None, int]] = {}
    for row in rows_of_day(day):
        amounts = found.setdefault(row.kind, {})
        amounts[row.payer] = amounts.get(row.payer, 0) + row.amount
    return found
