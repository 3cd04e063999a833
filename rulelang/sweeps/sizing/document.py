"""The answer to a question of size as a document."""

from collections.abc import Iterator

from rulelang.base.money import Currency
from rulelang.document.document import Document, Headline, Section
from rulelang.document.table import Cell, Column, Reader, Table, amount, amounts, count, name, rows_of, titled
from rulelang.model.allocation import with_version
from rulelang.sweeps.sizing.told import SizeTold
from rulelang.sweeps.sizing.value_sweep import Lacking


def size_document(told: SizeTold, reader: Reader) -> Document:
    """The value, and the scenarios that show why it is no smaller."""
    program, sized, given = told.job.program, told.sized, told.job.variable
    currency, foreign = given.currency, given.foreign
    first, *others = (line for line in told.sentences().splitlines() if not line.startswith("  rulelang "))
    table = Table("Scenarios", _columns(foreign), rows_of(*_rows(told)))
    shown = table.filled(reader)
    value = "never" if sized.value is None else currency.show(sized.value)
    facts = (
        ("Given", name(told.job.given)),
        (titled("Value", foreign), amount(sized.value, currency) if sized.value is not None else name("never")),
        (titled("Tried from", foreign), amount(sized.start, currency)),
        (titled("Tried to", foreign), amount(sized.to, currency)),
        ("Proven", name("yes" if sized.assumed is None else f"no: {sized.assumed}")),
        ("Currency", name(program.currency.code)),
    )
    return Document(
        (with_version(program.title, program.version), told.job.event.heading),
        (Section("How it was found", 2, intro=tuple(map(str.strip, others)), table=shown),),
        program.currency,
        Headline(value, sized.value is not None, first),
        facts,
        records=table if reader.form == "csv" else None,
        exercise=told.job.event.exercise,
    )


def _columns(foreign: Currency | None) -> tuple[Column, ...]:
    """The columns; values of the given may be in another currency than what is uncovered."""
    return (
        Column("run with"),
        *amounts("value", currency=foreign),
        Column("scenarios", "count"),
        Column("uncovered in", "count"),
        Column("scenario"),
        Column("defaulting"),
        Column("uncovered", "amount"),
        Column("command", "command"),
    )


def _rows(told: SizeTold) -> Iterator[tuple[Cell, ...]]:
    """What was run: with the value, with the next smaller one, and with one that is not enough again."""
    sized, currency = told.sized, told.job.variable.currency
    for what, swept in (("the largest" if sized.value is None else "the value", sized.at), ("less", sized.below)):
        if swept is not None:
            head = (name(what), amount(swept.value, currency), count(swept.scenarios), count(swept.lacking))
            for each in swept.most:
                yield *head, *_scenario(told, each, swept.value)
            if not swept.most:
                yield *head, Cell(), Cell(), Cell(), Cell()
    if sized.again is not None:
        lacking, value = sized.again.lacking, sized.again.value
        yield name("more"), amount(value, currency), Cell(), Cell(), *_scenario(told, lacking, value)


def _scenario(told: SizeTold, lacking: Lacking, value: int) -> tuple[Cell, ...]:
    members = name(", ".join(lacking.defaulting))
    command = Cell("command", told.command(lacking, value))
    return name(lacking.scenario), members, amount(lacking.uncovered), command
