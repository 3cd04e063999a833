"""The sections of a document that tell of one event: who pays more or less, where, and under which steps."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from attrs import frozen

from rulelang.base.money import Currency, Exact, size_of
from rulelang.changes.event_comparison import Change, EventComparison, PayerChange, StepChange
from rulelang.changes.words.event_words import event_lines
from rulelang.changes.words.phrases import THE_LOSS, spoken
from rulelang.document.document import Cell, Column, Kind, Row, Section, Table, amount
from rulelang.profiles.difference import Band

_MEMBERS = ("survivors", "defaulters")
_SHOWN_NAMES = 3
_PAYS = {"more": "more", "less": "less", "crosses": "now more, now less", "same": "the same"}


@frozen
class _Entry:
    """What a row is of: a class of payers (``whole``), a member, or a step."""

    label: str
    change: Change
    whole: bool = False
    name: str = ""

    @property
    def cell(self) -> Cell:
        """The first cell of its row."""
        return Cell("text", self.label, beside=self.name)


def event_sections(
    found: EventComparison,
    currency: Currency,
    *,
    full: bool,
    most: int | None,
    like: EventComparison | None = None,
) -> Iterator[Section]:
    """The sections of one event, the most telling first.

    ``like`` is another event with the same differences over the whole range, which need not be shown again.
    """
    event = found.event.title
    yield Section(event, event=event, intro=tuple(event_lines(found, currency, like)))
    if found.refusal:
        return
    section = partial(Section, level=2, event=event)
    payers, left = _payers(found, full=full, most=most)
    note = f"and {left:,} more (all with --full)" if left else None
    steps = _steps(found.steps, full=full)
    over = found.varied is not None and like is None
    if table := _at_the_loss("Payers", "payer", payers, full=full):
        yield section("At the event's loss: who pays more or less", table=table, note=note)
    if over:
        yield from _over_sections(found, payers, note, section, full=full)
    if table := _at_the_loss("Steps", "step", steps, full=full):
        yield section("At the event's loss: which steps pay more or less", table=table, aside=True)
    if over and (table := _over("Steps over the range", "step", steps)):
        yield section(f"{_all_values(found)}: which steps pay more or less", table=table, aside=True)


def _over_sections(
    found: EventComparison, payers: Sequence[_Entry], note: str | None, section: Callable[..., Section], *, full: bool
) -> Iterator[Section]:
    """What payers pay over the whole range."""
    if table := _over("Payers over the range", "payer", payers):
        yield section(f"{_all_values(found)}: who pays more or less", table=table, note=note)
    if table := _bands(found):
        yield section(f"{_all_values(found)}: where anybody pays more or less", table=table)
    if full and (table := _payer_bands(found.payers)):
        yield section(f"{_all_values(found)}: where each payer pays more or less", table=table, aside=True)


def _all_values(found: EventComparison) -> str:
    return "Over all losses" if found.varied == THE_LOSS else f"Over all values of {found.varied}"


# ------------------------------------------------------------------------------------------------------------- entries


def _payers(found: EventComparison, *, full: bool, most: int | None) -> tuple[list[_Entry], int]:
    """Classes, then members, those that differ first and most; and how many members were left out."""
    classes = [_class_entry(name, change, found) for name, change in found.classes.items()]
    members = sorted((each for each in found.payers if each.group in _MEMBERS), key=_weight)
    shown = members if full else [each for each in members if each.amount.matters]
    kept = shown if most is None else shown[:most]
    entries = [*classes, *(_Entry(f"`{each.payer}`", each.amount, name=each.name or "") for each in kept)]
    chosen = [entry for entry in entries if full or entry.change.matters]
    return sorted(chosen, key=lambda entry: not entry.change.matters), len(shown) - len(kept)


def _class_entry(name: str, change: Change, found: EventComparison) -> _Entry:
    title = next((each.name for each in found.payers if each.payer == name), None)
    return _Entry(spoken(name), change, whole=True, name=title or "")


def _weight(each: PayerChange) -> tuple[bool, bool, Exact, str]:
    """What sorts payers: those that differ, those whose difference grows without end, then the largest difference."""
    change = each.amount
    endless = change.over is not None and change.over.extreme.unbounded
    size = abs(change.difference) if change.over is None else size_of(change.over.extreme.amount)
    return (not change.matters, not endless, -size, each.payer)


def _steps(steps: Sequence[StepChange], *, full: bool) -> list[_Entry]:
    """The steps in the order of the waterfall, those that differ first."""
    entries = [_Entry(_step_label(each), each.amount) for each in steps if full or each.amount.matters]
    return sorted(entries, key=lambda entry: not entry.change.matters)


def _step_label(each: StepChange) -> str:
    if each.new is None:
        label = f"`{each.old}` (gone)"
    elif each.old is None:
        label = f"`{each.new}` (new)"
    else:
        label = f"`{each.new}`" if each.old == each.new else f"`{each.new}` (was `{each.old}`)"
    return f"{label} in {each.segment}" if each.segment is not None else label


# -------------------------------------------------------------------------------------------------------------- tables


def _amounts(*titles: str, kind: Kind = "amount") -> tuple[Column, ...]:
    return tuple(Column(title, kind) for title in titles)


def _at_the_loss(name: str, what: str, entries: Sequence[_Entry], *, full: bool) -> Table | None:
    """Before, after and difference where the loss is the event's own."""
    columns = (Column(what), *_amounts("before", "after"), Column("difference", "difference"))
    rows = tuple(
        Row(
            (
                entry.cell,
                amount(entry.change.before),
                amount(entry.change.after),
                Cell("difference", "", entry.change.difference),
            ),
            entry.change.matters,
            entry.whole,
        )
        for entry in entries
        if full or entry.change.difference
    )
    return Table(name, columns, rows) if rows else None


def _over(name: str, what: str, entries: Sequence[_Entry]) -> Table | None:
    """From where on amounts differ, by how much at most, and where."""
    columns = (
        Column(what),
        Column("pays"),
        Column("from", "amount"),
        Column("largest difference", "difference"),
        Column("at", "amount"),
    )
    rows = tuple(_over_row(entry) for entry in entries if entry.change.over is not None and entry.change.over.bands)
    return Table(name, columns, rows) if rows else None


def _over_row(entry: _Entry) -> Row:
    over = entry.change.over
    assert over is not None
    extreme = over.extreme
    largest = Cell("difference", "grows without end" if extreme.unbounded else "", extreme.amount)
    if entry.change.rounding_only:
        largest = Cell("difference", "rounding only", extreme.amount)
    cells = (
        entry.cell,
        Cell("text", _PAYS[over.direction]),
        amount(over.first),
        largest,
        amount(None if extreme.unbounded else extreme.at),
    )
    return Row(cells, entry.change.matters, entry.whole)


def _bands(found: EventComparison) -> Table | None:
    """The stretches in which anybody differs, and who does."""
    differing = [each for each in found.payers if each.amount.matters and each.amount.over is not None]
    columns = (Column("from", "amount"), Column("to", "amount"), Column("payers"))
    rows = []
    for band in found.bands:
        inside = [each.payer for each in differing if any(_touch(band, own) for own in _own_bands(each))]
        names = ", ".join(map(spoken, inside[:_SHOWN_NAMES]))
        more = f" and {len(inside) - _SHOWN_NAMES:,} more" if len(inside) > _SHOWN_NAMES else ""
        rows.append(Row((amount(band.start), _end(band), Cell("text", f"{names}{more}"))))
    return Table("Bands", columns, tuple(rows)) if rows else None


def _own_bands(each: PayerChange) -> Sequence[Band]:
    return () if each.amount.over is None else each.amount.over.bands


def _touch(outer: Band, inner: Band) -> bool:
    """Whether a band of a payer lies in one of all payers."""
    return outer.start <= inner.start and (outer.end is None or (inner.end is not None and inner.end <= outer.end))


def _end(band: Band) -> Cell:
    return Cell("amount", "without end" if band.end is None else "", band.end)


def _payer_bands(payers: Sequence[PayerChange]) -> Table | None:
    """The bands of each payer."""
    columns = (Column("payer"), Column("pays"), *_amounts("from", "to"))
    rows = tuple(
        Row(
            (
                Cell("text", f"`{each.payer}`", beside=each.name or ""),
                Cell("text", "more" if band.sign > 0 else "less"),
                amount(band.start),
                _end(band),
            )
        )
        for each in payers
        if each.amount.matters
        for band in _own_bands(each)
    )
    return Table("Bands of payers", columns, rows) if rows else None
