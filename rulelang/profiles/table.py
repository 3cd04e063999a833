"""A profile as tables for a terminal: the steps, then the payers with their breakpoints, then how exact it is."""

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from rulelang.base.money import Currency, Exact
from rulelang.document.console import plain_table, plain_text, printed
from rulelang.profiles.crossings import first_crossing
from rulelang.profiles.curves import Curve, Knot, curves, uncovered
from rulelang.profiles.profile import Profile
from rulelang.profiles.questions import exhaustion
from rulelang.profiles.selection import Selection, is_nothing, most
from rulelang.profiles.words import (
    exactness_in_words,
    place,
    range_in_words,
    shortened,
    slope_in_words,
    turn_in_words,
)

_NARROW = 100
_MOST_ROWS = 400
"""A terminal shows so many breakpoints; where there are more, a line for each payer."""
_MOST_PAYERS = 200
"""And then so many payers, those that pay most; the other formats give all."""


def render_profile(profile: Profile, selection: Selection, *, width: int, colour: bool) -> str:
    """The tables as text of at most ``width`` columns; with ANSI colours if ``colour``."""
    narrow = width < _NARROW
    notes = (plain_text(line) for line in exactness_in_words(profile))
    tables = (_steps(profile, selection, narrow=narrow), *_breakpoints(profile, selection, narrow=narrow))
    return printed((_heading(profile), *tables, *notes), width=width, colour=colour)


def _heading(profile: Profile) -> Text:
    program, event = profile.plan.program, profile.plan.event
    version = f", version {program.version}" if program.version else ""
    told = f"{event.title}, declared {event.declared}: as {profile.variable.words} moves, {range_in_words(profile)}"
    return Text("\n").join([plain_text(f"{program.title}{version}", "bold"), plain_text(told), Text()])


# -------------------------------------------------------------------------------------------------------------- steps


def _steps(profile: Profile, selection: Selection, *, narrow: bool) -> Table:
    """A line for each step that pays: where it starts, where it is exhausted, the most it pays, how fast it grows."""
    currency = profile.plan.program.currency
    table = plain_table(f"Steps (amounts in {currency.code})")
    table.add_column("step", overflow="fold")
    for head in ("starts above", "exhausted at", "pays at most", "slope"):
        table.add_column(head, justify="right", no_wrap=True)
    idle = []
    for (name, segment), curve in selection.turns(profile).items():
        if is_nothing(curve):
            idle.append(turn_in_words(name, segment))
            continue
        title = profile.plan.steps[name].title
        label = plain_text(turn_in_words(name, segment))
        if title and not narrow:
            label.append(plain_text(f"  {title}", "dim"))
        ends = place(exhaustion(profile, name, segment), currency, ends=True)
        table.add_row(label, _starts(profile, curve), ends, _peak(profile, curve), _slopes(curve))
    if selection == Selection():
        curve = curves(profile, uncovered)["uncovered"]
        table.add_row(
            plain_text("uncovered"), _starts(profile, curve), "", _peak(profile, curve), _slopes(curve), style="bold"
        )
    if idle:
        table.caption = plain_text(f"never paid: {', '.join(idle)}").append("\n")
        table.caption_justify = "left"
    return table


def _starts(profile: Profile, curve: Curve) -> str:
    crossing = first_crossing(curve, 0, above=True, stop=profile.stop)
    return place(crossing, profile.plan.program.currency)


def _peak(profile: Profile, curve: Curve) -> str:
    amount = most(profile, curve).amount
    return "no end" if amount is None else shortened(amount, profile.plan.program.currency)


def _slopes(curve: Curve) -> str:
    """The slopes of a curve where it moves: one, or the least and the greatest."""
    slopes = {knot.slope for knot in curve if knot.slope}
    if len(slopes) < 2:
        return "".join(map(slope_in_words, slopes))
    return f"{slope_in_words(min(slopes))} to {slope_in_words(max(slopes))}"


# -------------------------------------------------------------------------------------------------------- breakpoints

_Rows = tuple[str, Curve]


def _breakpoints(profile: Profile, selection: Selection, *, narrow: bool) -> Iterator[Table]:
    """The breakpoints of the chosen steps and of the payers."""
    names = profile.plan.event.names
    if selection.steps is not None:
        steps = [(turn_in_words(*key), curve) for key, curve in selection.turns(profile).items()]
        yield _curves(profile, "What the steps draw", "step", steps)
        rows = [(f"{p} under {turn_in_words(s, g)}", curve) for (s, g, p), curve in selection.under(profile).items()]
        title = "What each payer pays under them"
    else:
        labels = {} if narrow else names
        totals = selection.totals(profile)
        rows = [(f"{p}  {labels[p]}" if p in labels else p, curve) for p, curve in totals.items()]
        title = "What each payer pays in all"
    if rows:
        yield _curves(profile, title, "payer", rows)
    if selection.payers is not None and selection.steps is None:
        rows = [(f"{p} under {turn_in_words(s, g)}", curve) for (s, g, p), curve in selection.under(profile).items()]
        if rows:
            yield _curves(profile, "Step by step", "payer", rows)


def _curves(profile: Profile, title: str, what: str, rows: list[_Rows]) -> Table:
    """The breakpoints of some curves; where they are too many, a line for each curve."""
    if sum(len(curve) for _, curve in rows) > _MOST_ROWS and len(rows) > 1:
        return _summary(profile, title, what, rows)
    currency = profile.plan.program.currency
    table = plain_table(f"{title} (amounts in {currency.code})")
    table.add_column(what, overflow="fold")
    for head in ("at", "pays", "then grows by"):
        table.add_column(head, justify="right", no_wrap=True)
    for label, curve in rows:
        cells = [cells for knot in curve for cells in _knot(knot, currency)]
        for number, line in enumerate(cells):
            table.add_row(plain_text("" if number else label), *line)
    return table


def _summary(profile: Profile, title: str, what: str, rows: list[_Rows]) -> Table:
    """A line for each of those that pay most: where it starts and last changes, and how many breakpoints it has."""
    currency = profile.plan.program.currency
    table = plain_table(f"{title} (amounts in {currency.code}; --{what} ID shows breakpoints, --format csv all)")
    table.add_column(what, overflow="fold")
    for head in ("starts above", "last changes at", "pays at most", "breakpoints"):
        table.add_column(head, justify="right", no_wrap=True)

    def size(row: _Rows) -> tuple[bool, Exact]:
        amount = most(profile, row[1]).amount
        return amount is not None, -(amount or 0)

    for label, curve in sorted(rows, key=size)[:_MOST_PAYERS]:
        ends = shortened(curve[-1].at, currency)
        table.add_row(plain_text(label), _starts(profile, curve), ends, _peak(profile, curve), f"{len(curve):,}")
    if len(rows) > _MOST_PAYERS:
        table.add_row(Text(f"and {len(rows) - _MOST_PAYERS:,} others"), "", "", "", "")
    return table


def _knot(knot: Knot, currency: Currency) -> Iterable[tuple[str, str, str]]:
    """The cells of a breakpoint: one line, or where the curve jumps one for each value it has there."""
    at = shortened(knot.at, currency)
    slope = slope_in_words(knot.slope)
    if not knot.jumps:
        return [(at, shortened(knot.value, currency), slope)]
    rows = []
    if knot.before != knot.value:
        rows.append((f"< {at}", shortened(knot.before, currency), "jumps"))
    if knot.value == knot.after:
        return [*rows, (at, shortened(knot.value, currency), slope)]
    rows.append((at, shortened(knot.value, currency), "jumps"))
    return [*rows, (f"> {at}", shortened(knot.after, currency), slope)]
