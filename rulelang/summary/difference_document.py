"""The summary of two versions as a document; steps and payers that never differ are left out."""

from collections.abc import Iterable, Iterator

from rulelang.document.document import Document, Picture, Section
from rulelang.document.table import PAGE, Cell, Column, Reader, Table, amount, count, name, rows_of, share
from rulelang.summary.difference_figures import DifferenceFigures, DifferenceLine
from rulelang.summary.document import REPLAYED, Room, headline, told
from rulelang.summary.grids import NARROW, mean, numbers

NOTES = (
    "A difference is what the new version gives less what the old one gives.",
    "More in, less in: the number of scenarios with a difference above and below zero.",
    "Means are over all scenarios.",
    "Means are cut off where … stands (a spreadsheet and CSV have no sign for it); JSON has them exactly.",
    "The scenario named is the first of those with the largest difference.",
)
_COLUMNS = (
    Column("more in", "count"),
    Column("less in", "count"),
    Column("mean", "amount"),
    Column("most more", "amount"),
    Column("most more in", "name", NARROW),
    Column("most less", "amount"),
    Column("most less in", "name", NARROW),
)
_KINDS = (("Uncovered", "uncovered"), ("Steps", "step"), ("Payers", "payer"))


def differences_document(
    found: DifferenceFigures, reader: Reader = PAGE, room: Room | None = None, pictures: Iterable[Picture] = ()
) -> Document:
    """The document of differences; a terminal has so much ``room``."""
    line = headline(found.about, found.scenarios)
    if reader.form == "csv":
        return Document((line,), currency=found.currency, records=_records(found), exercise=found.about.exercise)
    sections = _shown(found, room or Room()) if reader.terminal else _sections(found, reader, pictures)
    return told(
        reader, ("Summary of two versions", line, _lead(found)), found.about, found.currency, tuple(sections), NOTES
    )


def _sections(found: DifferenceFigures, reader: Reader, pictures: Iterable[Picture]) -> Iterator[Section]:
    yield from (Section(picture=picture) for picture in pictures)
    for table in (_whole(found), *_tables(found), _replay_table(found)):
        yield Section(table.name, 2, table=numbers(table) if reader.form == "xlsx" else table)
    yield Section(note=" ".join(NOTES))


def _shown(found: DifferenceFigures, room: Room) -> Iterator[Section]:
    """What a terminal shows, with less of it at the end of a sweep."""
    if not found.scenarios:
        return
    for table in (_whole(found), *_tables(found)):
        yield room.cut(table, table.name.lower(), payers=table.name == "Payers")
    replays = _replays(found)
    if room.results is not None:
        yield Section(code=("", *_commands(replays[:1])))
        yield room.more()
        return
    yield Section(note=" ".join(NOTES))
    if replays:
        yield Section(code=("", REPLAYED, *_commands(replays)))


def _commands(replays: list[tuple[str, str, str]]) -> tuple[str, ...]:
    return tuple(
        line for scenario, *commands in replays for line in (f"  # {scenario}", *(f"  {each}" for each in commands))
    )


def _whole(found: DifferenceFigures) -> Table:
    same = found.scenarios - found.differing
    rows = (
        (name(what), count(number), share(number, found.scenarios))
        for what, number in (("differ", found.differing), ("are the same", same))
    )
    columns = (Column("payers and the uncovered loss"), Column("scenarios", "count"), Column("share", "share"))
    return Table("Scenarios", columns, rows_of(*rows), fitted=True)


def _tables(found: DifferenceFigures) -> Iterator[Table]:
    for title, kind in _KINDS:
        lines = [line for line in found.lines if line.kind == kind and (line.amount.reached or kind == "uncovered")]
        if kind == "payer":  # a terminal shows the first of them
            lines.sort(key=lambda line: -max(line.amount.most, -line.amount.least))
        rows = rows_of(*((name(line.name), *_figures(line)) for line in lines))
        yield Table(title, (Column(kind), *_COLUMNS), rows, fitted=True)


def _figures(line: DifferenceLine) -> Iterator[Cell]:
    yield count(line.amount.above)
    yield count(line.amount.reached - line.amount.above)
    yield mean(line.amount.mean)
    for extreme in (line.more, line.less):
        yield amount(None if extreme is None else extreme.amount)
        yield name(None if extreme is None else extreme.scenario)


def _replays(found: DifferenceFigures) -> list[tuple[str, str, str]]:
    """The scenario and the commands of each largest difference, each once."""
    extremes = [extreme for line in found.lines if line.kind != "step" for extreme in (line.more, line.less)]
    return [*dict.fromkeys((each.scenario, each.new, each.old) for each in extremes if each is not None)]


def _replay_table(found: DifferenceFigures) -> Table:
    rows = rows_of(
        *((name(scenario), *(Cell("command", each) for each in both)) for scenario, *both in _replays(found))
    )
    columns = (Column("scenario"), Column("new command", "command"), Column("old command", "command"))
    return Table("Replay under both versions", columns, rows)


def _records(found: DifferenceFigures) -> Table:
    """A row for the uncovered loss, each step and each payer."""
    rows = rows_of(*((name(line.kind), name(line.name), *_figures(line)) for line in found.lines))
    return numbers(Table("Differences", (Column("kind"), Column("name"), *_COLUMNS), rows))


def _lead(found: DifferenceFigures) -> str:
    """In how many scenarios the versions differ, in a sentence."""
    if not found.scenarios:
        return ""
    if not found.differing:
        return "No payer pays a different amount in any scenario, and the uncovered loss is the same."
    part = share(found.differing, found.scenarios).shown(found.currency)
    return f"Some payer or the uncovered loss differs in {found.differing:,} of {found.scenarios:,} scenarios ({part})."
