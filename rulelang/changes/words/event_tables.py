"""The tables of one event: a row for each class of payers, member and step, or for each stretch of what varies."""

from collections.abc import Sequence

from attrs import frozen

from rulelang.base.money import Currency, Exact
from rulelang.changes.event_comparison import Change, EventComparison, PayerChange
from rulelang.changes.words.phrases import spoken
from rulelang.document.table import Cell, Column, Row, Table, amount, amounts
from rulelang.profiles.difference import Band, Extreme
from rulelang.profiles.words import shortened

_SHOWN_NAMES = 3
_PAYS = {"more": "more", "less": "less", "crosses": "now more, now less", "same": "the same"}


@frozen
class Entry:
    """What a row is of: a class of payers (``whole``), a member, or a step."""

    label: str
    change: Change
    whole: bool = False
    name: str = ""

    @property
    def cell(self) -> Cell:
        """The first cell of its row."""
        return Cell("text", self.label, beside=self.name)


def _value(at: Exact | None, currency: Currency | None, text: str = "") -> Cell:
    """A value of what varies, which was not rounded, or a text in its place."""
    return Cell("amount", text, at, exact=True, currency=currency)


def at_the_loss(name: str, what: str, entries: Sequence[Entry], *, full: bool) -> Table | None:
    """Before, after and difference where the loss is the event's own."""
    columns = (Column(what), *amounts("before", "after"), Column("difference", "difference"))
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


def over_the_range(
    name: str, what: str, entries: Sequence[Entry], currency: Currency, varied_in: Currency | None = None
) -> Table | None:
    """From where on amounts differ, by how much at most, and where; ``varied_in`` as in an event's comparison."""
    columns = (
        Column(what),
        Column("pays"),
        *amounts("from", currency=varied_in),
        Column("largest difference", "difference"),
        *amounts("at", currency=varied_in),
    )
    rows = tuple(
        _over_row(entry, varied_in or currency)
        for entry in entries
        if entry.change.over is not None and entry.change.over.bands
    )
    return Table(name, columns, rows) if rows else None


def _over_row(entry: Entry, currency: Currency) -> Row:
    over = entry.change.over
    assert over is not None
    extreme = over.extreme
    instead = "grows without end" if extreme.unbounded else "rounding only" if entry.change.rounding_only else ""
    cells = (
        entry.cell,
        Cell("text", _PAYS[over.direction]),
        _value(over.first, currency),
        Cell("difference", instead, extreme.amount, exact=True),
        Cell("amount") if extreme.unbounded else _place(extreme, currency),
    )
    return Row(cells, entry.change.matters, entry.whole)


def _place(extreme: Extreme, currency: Currency) -> Cell:
    """Where the largest difference is; at a jump it is only come near to."""
    near = "" if extreme.side == "at" else f"just {extreme.side} {shortened(extreme.at, currency)}"
    return _value(extreme.at, currency, near)


def bands(found: EventComparison) -> Table | None:
    """The stretches in which anybody differs, and who does."""
    differing = [each for each in found.payers if each.amount.matters and each.amount.over is not None]
    columns = (*amounts("from", "to", currency=found.varied_in), Column("payers"))
    rows = []
    for band in found.bands:
        inside = [each.payer for each in differing if any(_touch(band, own) for own in _own_bands(each))]
        names = ", ".join(map(spoken, inside[:_SHOWN_NAMES]))
        more = f" and {len(inside) - _SHOWN_NAMES:,} more" if len(inside) > _SHOWN_NAMES else ""
        rows.append(Row((*_ends(band, found.varied_in), Cell("text", f"{names}{more}"))))
    return Table("Bands", columns, tuple(rows)) if rows else None


def _own_bands(each: PayerChange) -> Sequence[Band]:
    return () if each.amount.over is None else each.amount.over.bands


def _touch(outer: Band, inner: Band) -> bool:
    """Whether a band of a payer lies in one of all payers."""
    return outer.start <= inner.start and (outer.end is None or (inner.end is not None and inner.end <= outer.end))


def _ends(band: Band, varied_in: Currency | None) -> tuple[Cell, Cell]:
    return _value(band.start, varied_in), _value(band.end, varied_in, "without end" if band.end is None else "")


def payer_bands(found: EventComparison) -> Table | None:
    """The bands of each payer."""
    columns = (Column("payer"), Column("pays"), *amounts("from", "to", currency=found.varied_in))
    rows = tuple(
        Row(
            (
                Cell("text", f"`{each.payer}`", beside=each.name or ""),
                Cell("text", "more" if band.sign > 0 else "less"),
                *_ends(band, found.varied_in),
            )
        )
        for each in found.payers
        if each.amount.matters
        for band in _own_bands(each)
    )
    return Table("Bands of payers", columns, rows) if rows else None
