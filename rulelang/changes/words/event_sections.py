"""The sections of a document that tell of one event: who pays more or less, where, and under which steps."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rulelang.base.money import Currency, Exact
from rulelang.changes.event_comparison import Change, EventComparison, PayerChange, StepChange
from rulelang.changes.words.event_tables import Entry, at_the_loss, bands, over_the_range, payer_bands
from rulelang.changes.words.event_words import event_lines
from rulelang.changes.words.phrases import THE_LOSS, spoken
from rulelang.document.document import Section

_MEMBERS = ("survivors", "defaulters")
_CUT = "… stands where digits go on: over a range, amounts are compared before shares are rounded to the minor unit"


def event_sections(
    found: EventComparison,
    currency: Currency,
    *,
    full: bool,
    most: int | None,
    like: EventComparison | None,
) -> Iterator[Section]:
    """The sections of one event, the most telling first.

    ``like`` is another event with the same differences over the whole range, which need not be shown again.
    """
    event = found.event.heading
    yield Section(event, event=event, intro=tuple(event_lines(found, currency, like)))
    if found.refusal:
        return
    section = partial(Section, level=2, event=event)
    payers, left = _payers(found, full=full, most=most)
    note = f"and {left:,} more (all with --full)" if left else None
    steps = _steps(found.steps, full=full)
    over = found.varied is not None and like is None
    if table := at_the_loss("Payers", "payer", payers, full=full):
        yield section("At the event's loss: who pays more or less", table=table, note=note)
    if over:
        yield from _over_sections(found, currency, payers, note, section, full=full)
    if table := at_the_loss("Steps", "step", steps, full=full):
        yield section("At the event's loss: which steps pay more or less", table=table, aside=True)
    if over and (table := over_the_range("Steps over the range", "step", steps, currency, found.varied_in)):
        yield section(f"{_all_values(found)}: which steps pay more or less", table=table, aside=True)


def _over_sections(
    found: EventComparison,
    currency: Currency,
    payers: Sequence[Entry],
    note: str | None,
    section: Callable[..., Section],
    *,
    full: bool,
) -> Iterator[Section]:
    """What payers pay over the whole range."""
    if table := over_the_range("Payers over the range", "payer", payers, currency, found.varied_in):
        cut = any("…" in cell.shown(currency) for row in table.rows for cell in row.cells if cell.numeric)
        notes = "; ".join(filter(None, (note, _CUT if cut else None))) or None
        yield section(f"{_all_values(found)}: who pays more or less", table=table, note=notes)
    if table := bands(found):
        yield section(f"{_all_values(found)}: where anybody pays more or less", table=table)
    if full and (table := payer_bands(found)):
        yield section(f"{_all_values(found)}: where each payer pays more or less", table=table, aside=True)


def _all_values(found: EventComparison) -> str:
    return "Over all losses" if found.varied == THE_LOSS else f"Over all values of {found.varied}"


def _payers(found: EventComparison, *, full: bool, most: int | None) -> tuple[list[Entry], int]:
    """Classes, then members, those that differ first and most; and how many members were left out."""
    classes = [_class_entry(name, change, found) for name, change in found.classes.items()]
    members = sorted((each for each in found.payers if each.group in _MEMBERS), key=_weight)
    shown = members if full else [each for each in members if each.amount.matters]
    kept = shown if most is None else shown[:most]
    entries = [*classes, *(Entry(f"`{each.payer}`", each.amount, name=each.name or "") for each in kept)]
    chosen = [entry for entry in entries if full or entry.change.matters]
    return sorted(chosen, key=lambda entry: not entry.change.matters), len(shown) - len(kept)


def _class_entry(name: str, change: Change, found: EventComparison) -> Entry:
    title = next((each.name for each in found.payers if each.payer == name), None)
    return Entry(spoken(name), change, whole=True, name=title or "")


def _weight(each: PayerChange) -> tuple[bool, bool, Exact, str]:
    """What sorts payers: those that differ, those whose difference grows without end, then the largest difference."""
    endless, size = each.amount.size
    return (not each.amount.matters, not endless, -size, each.payer)


def _steps(steps: Sequence[StepChange], *, full: bool) -> list[Entry]:
    """The steps in the order of the waterfall, those that differ first."""
    entries = [Entry(_step_label(each), each.amount) for each in steps if full or each.amount.matters]
    return sorted(entries, key=lambda entry: not entry.change.matters)


def _step_label(each: StepChange) -> str:
    if each.new is None:
        label = f"`{each.old}` (gone)"
    elif each.old is None:
        label = f"`{each.new}` (new)"
    else:
        label = f"`{each.new}`" if each.old == each.new else f"`{each.new}` (was `{each.old}`)"
    return f"{label} in {each.segment}" if each.segment is not None else label
