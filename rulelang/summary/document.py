"""A summary as a document: what the sweep was of, a sentence that says most, tables, and what the figures mean."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from rulelang.base.gather import collected
from rulelang.base.money import Currency, Exact
from rulelang.base.suggest import listed
from rulelang.document.cells import cut_off
from rulelang.document.document import Document, Picture, Section
from rulelang.document.table import PAGE, Reader, Table, name, share
from rulelang.model.allocation import with_version
from rulelang.summary.figures import Figures, Line
from rulelang.summary.grids import (
    WIDE,
    depth_table,
    line_table,
    numbers,
    outcome_table,
    records,
    replay_table,
    sets_table,
    step_lines,
    step_names,
)
from rulelang.summary.source import About

NOTES = (
    "Reached: scenarios in which the amount is above zero.",
    "Quantiles are nearest ranks: the smallest amount not exceeded in that share of the scenarios.",
    "ES, expected shortfall: the mean of the largest amounts, ceil((1 - level) x n) of them.",
    "Means are over all scenarios, unless it is said that they are over those reached.",
    "Means are cut off where … stands (a spreadsheet and CSV have no sign for it); JSON has them exactly.",
    "The worst scenario is the first of those with the largest amount.",
)
"""What the figures of a summary mean."""

TOO_MANY_SETS = "So many different sets are the worst somewhere that there is no table of them."
OF_SETS = (
    "Of every set of defaulters that was tried, all figures are those of the worst one in each scenario.",
    "Amounts of sets are what is uncovered in the scenarios in which the set is the worst.",
)
REPLAYED = "worst scenarios, through the interpreter:"


@frozen
class Room:
    """How many rows a terminal shows at most: of a table of payers, and of another one.

    ``results`` is the file that the end of a sweep names, which shows the most telling alone.
    """

    payers: int = 20
    rows: int = 200
    results: str | None = None

    def cut(self, table: Table, what: str, *, payers: bool = False, form: str = "csv") -> Section:
        """A table without the rows there is no room for, and how many these are."""
        most = self.payers if payers else self.rows
        shown = evolve(table, rows=table.rows[:most])
        return Section(table.name, 2, table=shown, note=others(len(table.rows) - most, what, form))

    def more(self) -> Section:
        """How the rest of the results is seen."""
        line = shlex.join(["rulelang", "summary", self.results or ""])
        return Section(code=("  # all figures; --format html and --chart draw them", f"  {line}"))


def brief(results: str) -> Room:
    """What the end of a sweep shows: some fifty lines at most."""
    return Room(5, 9, results)


def others(number: int, what: str, form: str = "csv") -> str | None:
    """How many rows are not shown, if any."""
    if number <= 0:
        return None
    return f"and {number:,} other {what.removesuffix('s') if number == 1 else what} (all with --format {form})"


def summary_document(
    found: Figures, reader: Reader = PAGE, room: Room | None = None, pictures: Iterable[Picture] = ()
) -> Document:
    """The document of a summary; a terminal has so much ``room``."""
    line = headline(found.about, found.scenarios)
    if reader.form == "csv":
        return Document((line,), currency=found.currency, records=records(found), exercise=found.about.exercise)
    sections = _shown(found, reader, room or Room()) if reader.terminal else _sections(found, reader, pictures)
    return told(
        reader,
        ("Summary of a sweep", line, lead_of(found)),
        found.about,
        found.currency,
        tuple(sections),
        notes_of(found),
    )


def told(
    reader: Reader,
    title: tuple[str, str, str],
    about: About,
    currency: Currency,
    sections: tuple[Section, ...],
    notes: tuple[str, ...],
) -> Document:
    """A document of results: its title, what they are of and what they say most; a terminal has no room for titles."""
    heading, line, lead = title
    lines = (line, lead) if reader.terminal else (heading, line, lead)
    facts = (
        ("Rulebook", name(about.rulebook)),
        ("Version", name(about.version)),
        *([("Against", name(about.old))] if about.old else []),
        ("Event", name(about.event)),
        ("What", name(line)),
        *([("In short", name(lead))] if lead else []),
        ("Currency", name(currency.code)),
        *(("What the figures mean", name(note)) for note in notes),
    )
    return Document(tuple(filter(None, lines)), sections, currency, facts=facts, exercise=about.exercise)


def notes_of(found: Figures) -> tuple[str, ...]:
    """What the figures mean."""
    if not found.about.options.get("cover"):
        return NOTES
    return (*([TOO_MANY_SETS] if found.sets is None else []), *OF_SETS, *NOTES)


def _sections(found: Figures, reader: Reader, pictures: Iterable[Picture]) -> Iterator[Section]:
    """All tables."""
    yield from (Section(picture=picture) for picture in pictures)
    tables = [
        outcome_table(found),
        depth_table(found),
        *([sets_table(found)] if found.sets else []),
        line_table("Loss", (found.loss, found.uncovered), ("amount",), found.levels),
        line_table("Steps", step_lines(found), step_names(found), found.levels),
        line_table("Payers", found.payers, ("payer",), found.levels),
        *([line_table("Payers by step", found.shares, ("payer", "under"), found.levels)] if found.shares else []),
        replay_table(found),
    ]
    spreadsheet = reader.form == "xlsx"
    yield from (Section(table.name, 2, table=numbers(table) if spreadsheet else table) for table in tables)
    yield Section(note=" ".join(notes_of(found)))


def _shown(found: Figures, reader: Reader, room: Room) -> Iterator[Section]:
    """What a terminal shows: the most telling, or even less of it at the end of a sweep."""
    if not found.scenarios:
        return
    whole = room.results is None
    if whole:
        yield Section("Outcomes", 2, table=outcome_table(found))
        yield Section("How far the loss goes", 2, table=depth_table(found))
    if found.sets:
        yield room.cut(sets_table(found), "sets", payers=True, form="json")
    levels = found.levels if reader.width >= WIDE else found.levels[-1:]
    yield Section("Loss", 2, table=line_table("Loss", (found.loss, found.uncovered), ("amount",), levels))
    yield room.cut(line_table("Steps", step_lines(found), step_names(found), levels), "steps")
    payers = _heaviest(found)
    yield room.cut(line_table("Payers", payers, ("payer",), levels), "payers", payers=True)
    if whole:
        yield Section(note=" ".join(notes_of(found)))
        if commands := _commands((found.uncovered, *payers[: room.payers])):
            yield Section(code=("", REPLAYED, *commands))
        return
    last = last_reached(found)
    worst = found.uncovered if found.uncovered.amount.reached or last is None else last
    yield Section(code=_commands((worst, *payers[:1])))
    yield room.more()


def _heaviest(found: Figures) -> list[Line]:
    """The payers, those with the largest expected shortfall first."""
    last = found.levels[-1] if found.levels else None
    return sorted(
        found.payers, key=lambda line: -(line.amount.mean if last is None else line.amount.shortfalls.get(last, 0))
    )


def _commands(lines: Sequence[Line]) -> tuple[str, ...]:
    """The commands that replay the worst scenarios, a line each."""
    text: list[str] = []
    replayed = collected((line.command, line.name) for line in lines if line.command is not None)
    for command, names in replayed.items():
        few = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        text += [f"  # worst for {few}", f"  {command}"]
    return tuple(text)


def lead_of(found: Figures) -> str:
    """How often something is uncovered and how much, or how far the loss goes, in a sentence or two."""
    line = found.uncovered
    amount = line.amount
    if not amount.count:
        return ""
    if amount.mean_reached is not None:
        part = share(amount.reached, amount.count).shown(found.currency)
        return (
            f"Something is uncovered in {amount.reached:,} of {amount.count:,} scenarios ({part}): "
            f"{_mean(amount.mean_reached, found.currency)} on average in these, {_at_most(found, line)}."
        )
    last = last_reached(found)
    if last is None:
        return "Nothing is uncovered in any scenario, and there is no loss."
    return (
        f"Nothing is uncovered in any scenario. The last step that pays is {last.name}, in {last.amount.reached:,} of "
        f"{amount.count:,} scenarios: {_at_most(found, last)}."
    )


def _mean(units: Exact, currency: Currency) -> str:
    """A mean, with the sign that its digits go on where it is cut off."""
    return f"{currency.show(cut_off(units)).strip()}{'…' if cut_off(units) != units else ''}"


def last_reached(found: Figures) -> Line | None:
    """The last step that pays anything in some scenario."""
    return next((line for line in reversed(found.steps) if line.amount.reached), None)


def _at_most(found: Figures, line: Line) -> str:
    names = line.defaulting
    who = f", where {listed(names, 'and')} default{'s' * (len(names) == 1)}" if names else ""
    return f"{found.currency.show(line.amount.most).strip()} at most, in {line.scenario}{who}"


def headline(about: About, scenarios: int) -> str:
    """What a sweep was of: rulebook, event, how many scenarios."""
    names = [with_version(about.rulebook, about.version)] if about.rulebook else []
    names += [f"against {about.old}"] if about.old else []
    names += [about.event] if about.event else []
    rejected = f", {about.rejected:,} rejected" if about.rejected else ""
    return " – ".join([*names, f"{scenarios:,} scenario{'s' * (scenarios != 1)}{rejected}"])
