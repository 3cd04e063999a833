"""A profile as a document: the steps, then the payers with their breakpoints, then how exact it is.

CSV and spreadsheets hold every breakpoint; a terminal shows a line for each payer where these are too many.
"""

from collections.abc import Iterator

from attrs import evolve

from rulelang.base.decimals import exact_amount, exact_text
from rulelang.base.money import Currency, Exact
from rulelang.document.document import Document, Section
from rulelang.document.table import Cell, Column, Reader, Row, Table, amount, amounts, count, name, rows_of, titled
from rulelang.model.allocation import with_version
from rulelang.model.result_columns import UNCOVERED
from rulelang.profiles.crossings import first_crossing, peak
from rulelang.profiles.curves import Curve, Knot, uncovered_curve
from rulelang.profiles.profile import Profile
from rulelang.profiles.questions import exhaustion
from rulelang.profiles.selection import Selection, is_nothing
from rulelang.profiles.words import (
    exactness_in_words,
    place,
    range_in_words,
    shortened,
    slope_in_words,
    turn_in_words,
)

_MOST_ROWS = 400
"""A terminal shows so many breakpoints; where there are more, a line for each payer."""
_MOST_PAYERS = 200
"""And then so many payers, those that pay most; the other formats give all."""
_IN = "amounts in {}"


def profile_document(profile: Profile, selection: Selection, reader: Reader) -> Document:
    """The document of a profile, or of what of it is chosen."""
    program, event = profile.plan.program, profile.plan.event
    told = f"{event.heading}, declared {event.declared}: as {profile.variable.words} varies, {range_in_words(profile)}"
    title = (with_version(program.title, program.version), told)
    if reader.form == "csv":
        records = _records(profile, selection)
        return Document(title, currency=program.currency, records=records, exercise=event.exercise)
    sections = [_steps(profile, selection, reader)]
    if reader.form == "xlsx":
        sections.append(Section(table=_sheet(profile, selection)))
    else:
        sections += _breakpoints(profile, selection, reader)
    exactness = tuple(exactness_in_words(profile))
    sections.append(Section(intro=exactness, backticks=True))
    facts = (
        ("Rulebook", name(program.title)),
        ("Version", name(program.version)),
        ("Rulebook SHA-256", name(program.source.sha256)),
        ("Event", name(event.heading)),
        ("Event SHA-256", name(event.sha256)),
        ("Currency", name(program.currency.code)),
        ("What varies", name(f"{profile.variable.words}, {range_in_words(profile)}")),
        *(("How exact", name(line)) for line in exactness),
    )
    currency, day, exercise = program.currency, event.declared, event.exercise
    return Document(title, tuple(sections), currency, facts=facts, day=day, exercise=exercise)


def _steps(profile: Profile, selection: Selection, reader: Reader) -> Section:
    """A line for each step that pays: where it starts, where it is exhausted, the most it pays, how fast it grows."""
    columns = (
        Column("step"),
        *amounts("starts above", "exhausted at", currency=profile.variable.foreign),
        Column("pays at most", "amount"),
        Column("slope", "count"),
    )
    rows, idle = [], []
    for (step, segment), curve in selection.turns(profile).items():
        if is_nothing(curve):
            idle.append(turn_in_words(step, segment))
            continue
        title = profile.plan.steps[step].title
        label = Cell("name", turn_in_words(step, segment), beside=f" {title}" if title else "")
        ends = exhaustion(profile, step, segment)
        where = profile.variable.currency
        end = _figure(place(ends, where, ends=True), None if ends is None else ends.at, where)
        rows.append(Row((label, _starts(profile, curve), end, _peak(profile, curve), _slopes(profile, curve))))
    if selection == Selection():
        curve = uncovered_curve(profile)
        cells = (name(UNCOVERED), _starts(profile, curve), Cell(), _peak(profile, curve), _slopes(profile, curve))
        rows.append(Row(cells, whole=True))
    never = f"never paid: {', '.join(idle)}" if idle else ""
    table = Table("Steps", columns, tuple(rows), caption=never)
    table = _numbers(table) if reader.form == "xlsx" else table
    return Section("Steps", 2, table=table, note=None if reader.terminal or not never else never, unit=_IN)


def _figure(text: str, units: Exact | None = None, currency: Currency | None = None) -> Cell:
    """An amount that is written already, because more digits may follow; a spreadsheet takes the number."""
    return Cell("amount", text, units, currency=currency)


def _numbers(table: Table) -> Table:
    """The table with numbers in place of what is written."""
    rows = (
        evolve(row, cells=tuple(cell if cell.number is None else evolve(cell, text="") for cell in row.cells))
        for row in table.rows
    )
    return evolve(table, rows=tuple(rows))


def _starts(profile: Profile, curve: Curve) -> Cell:
    crossing = first_crossing(curve, 0, above=True, stop=profile.stop)
    currency = profile.variable.currency
    return _figure(place(crossing, currency), None if crossing is None else crossing.at, currency)


def _peak(profile: Profile, curve: Curve) -> Cell:
    found = peak(curve, profile.stop).amount
    return _figure("no end" if found is None else shortened(found, profile.currency), found)


def _slopes(profile: Profile, curve: Curve) -> Cell:
    """The slopes of a curve where it moves: one, or the least and the greatest."""
    slopes = {profile.told_slope(knot.slope) for knot in curve if knot.slope}
    if len(slopes) < 2:
        return _figure("".join(map(slope_in_words, slopes)))
    return _figure(f"{slope_in_words(min(slopes))} to {slope_in_words(max(slopes))}")


_Rows = list[tuple[str, Curve]]


def _breakpoints(profile: Profile, selection: Selection, reader: Reader) -> Iterator[Section]:
    """The breakpoints of the chosen steps and of the payers."""
    names = profile.plan.event.names
    under = [(f"{p} under {turn_in_words(s, g)}", curve) for (s, g, p), curve in selection.under(profile).items()]
    if selection.steps is not None:
        steps = [(turn_in_words(*key), curve) for key, curve in selection.turns(profile).items()]
        yield _curves(profile, "What the steps draw", "step", steps, reader)
        title, rows = "What each payer pays under them", under
    else:
        labels = {} if reader.narrow else names
        totals = selection.totals(profile).items()
        title, rows = "What each payer pays in all", [(f"{p}  {labels[p]}" if p in labels else p, c) for p, c in totals]
    if rows:
        yield _curves(profile, title, "payer", rows, reader)
    if selection.payers is not None and selection.steps is None and under:
        yield _curves(profile, "Step by step", "payer", under, reader)


def _curves(profile: Profile, title: str, what: str, rows: _Rows, reader: Reader) -> Section:
    """The breakpoints of some curves; where they are too many for a terminal, a line for each curve."""
    if reader.terminal and sum(len(curve) for _, curve in rows) > _MOST_ROWS and len(rows) > 1:
        return _overview(profile, title, what, rows)
    cells = [
        (name("" if number else label), *line)
        for label, curve in rows
        for number, line in enumerate(line for knot in curve for line in _knot(profile, knot))
    ]
    at = amounts("at", currency=profile.variable.foreign)
    columns = (Column(what), *at, Column("pays", "amount"), Column("then grows by", "count"))
    return Section(title, 2, table=Table(title, columns, rows_of(*cells)), unit=_IN)


def _overview(profile: Profile, title: str, what: str, rows: _Rows) -> Section:
    """A line for each of those that pay most: where it starts and last changes, and how many breakpoints it has."""
    columns = (
        Column(what),
        *amounts("starts above", "last changes at", currency=profile.variable.foreign),
        Column("pays at most", "amount"),
        Column("breakpoints", "count"),
    )

    def size(row: tuple[str, Curve]) -> tuple[bool, Exact]:
        found = peak(row[1], profile.stop).amount
        return found is not None, -(found or 0)

    cells = []
    for label, curve in sorted(rows, key=size)[:_MOST_PAYERS]:
        ends = _figure(shortened(curve[-1].at, profile.variable.currency))
        cells.append((name(label), _starts(profile, curve), ends, _peak(profile, curve), count(len(curve))))
    if len(rows) > _MOST_PAYERS:
        cells.append((name(f"and {len(rows) - _MOST_PAYERS:,} others"), Cell(), Cell(), Cell(), Cell()))
    unit = f"{_IN}; --{what} ID shows breakpoints, --format csv all"
    return Section(title, 2, table=Table(title, columns, rows_of(*cells)), unit=unit)


def _knot(profile: Profile, knot: Knot) -> Iterator[tuple[Cell, Cell, Cell]]:
    """The cells of a breakpoint: one line, or where the curve jumps one for each value it has there."""
    at, slope = shortened(knot.at, profile.variable.currency), slope_in_words(profile.told_slope(knot.slope))
    lines = [(at, knot.value, slope)]
    if knot.before != knot.value:
        lines.insert(0, (f"< {at}", knot.before, "jumps"))
    if knot.value != knot.after:
        lines[-1:] = [(at, knot.value, "jumps"), (f"> {at}", knot.after, slope)]
    for where, value, then in lines:
        yield _figure(where), _figure(shortened(value, profile.currency)), _figure(then)


def _every(profile: Profile, selection: Selection) -> Iterator[tuple[tuple[Cell, ...], Curve]]:
    """Each curve with what names it: of the steps, the payers, the payers under each step, and the uncovered loss."""
    for (step, segment), curve in selection.turns(profile).items():
        yield (name("step"), name(step), name(segment), Cell()), curve
    for payer, curve in selection.totals(profile).items():
        yield (name("payer"), Cell(), Cell(), name(payer)), curve
    for (step, segment, payer), curve in selection.under(profile).items():
        yield (name("payer under step"), name(step), name(segment), name(payer)), curve
    yield (name(UNCOVERED), Cell(), Cell(), Cell()), uncovered_curve(profile)


_NAMES = ("curve", "tranche", "segment", "payer")
_VALUES = ("before", "value", "after")


def _records(profile: Profile, selection: Selection) -> Table:
    """A row for each breakpoint, every amount exact."""
    currency, where = profile.currency, profile.variable.currency
    rows = [
        (
            *head,
            Cell("amount", exact_amount(knot.at, where)),
            *(Cell("amount", exact_amount(units, currency)) for units in knot[1:4]),
            Cell("amount", exact_text(profile.told_slope(knot.slope))),
            name(currency.code),
        )
        for head, curve in _every(profile, selection)
        for knot in curve
    ]
    at = titled("at", profile.variable.foreign)
    return Table("Breakpoints", tuple(map(Column, (*_NAMES, at, *_VALUES, "slope", "currency"))), rows_of(*rows))


def _sheet(profile: Profile, selection: Selection) -> Table:
    """A row for each breakpoint, amounts cut off to the minor unit, slopes exact."""
    where = profile.variable.currency
    rows = [
        (*head, amount(knot.at, where), *map(amount, knot[1:4]), name(exact_text(profile.told_slope(knot.slope))))
        for head, curve in _every(profile, selection)
        for knot in curve
    ]
    columns = (
        *map(Column, _NAMES),
        *amounts("at", currency=profile.variable.foreign),
        *amounts(*_VALUES),
        Column("slope"),
    )
    return Table("Breakpoints", columns, rows_of(*rows))
