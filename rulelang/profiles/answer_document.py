"""The answer to an inverse question as a document."""

from collections.abc import Sequence

from rulelang.base.decimals import exact_amount
from rulelang.base.money import Currency, Exact
from rulelang.document.document import Document, Headline, Section
from rulelang.document.table import Cell, Column, Reader, Table, amount, name, rows_of, titled
from rulelang.model.allocation import with_version
from rulelang.profiles.answer import Told

Fact = tuple[str, Cell]
"""What is told, and its name."""


def answer_document(told: Told, reader: Reader) -> Document:
    """What was asked, and the value with what runs at it and below it give."""
    plan, answer = told.profile.plan, told.answer
    program, event, currency, variable = plan.program, plan.event, plan.program.currency, told.profile.variable
    moved = variable.currency

    def exact(units: Exact | None, currency: Currency = currency) -> Cell:
        if units is None or reader.form == "xlsx":
            return amount(units, currency)
        return Cell("amount", exact_amount(units, currency) if reader.form == "csv" else currency.show(units))

    facts = (
        ("varies", name(variable.words)),
        (titled("exactly", variable.foreign), exact(None if answer.crossing is None else answer.crossing.at, moved)),
        (titled("value", variable.foreign), exact(answer.value, moved)),
        ("there", exact(answer.there)),
        ("one minor unit below", exact(answer.below)),
        ("most", exact(answer.peak.amount)),
        ("currency", name(currency.code)),
    )
    first, *others = told.sentences().splitlines()
    return Document(
        (with_version(program.title, program.version), f"{event.heading}, declared {event.declared}"),
        (Section("Answer", 2, intro=tuple(map(str.strip, others)), table=_listed(facts)),),
        currency,
        Headline(_words(told), told.found, first),
        records=_recorded((("answer", Cell("text", first)), *facts)) if reader.form == "csv" else None,
        day=event.declared,
        exercise=event.exercise,
    )


def _listed(facts: Sequence[Fact]) -> Table:
    """A row for each fact that there is, for people."""
    rows = ((name(what), value) for what, value in facts if value.text or value.number is not None)
    return Table("Answer", (Column("what"), Column("value")), rows_of(*rows))


def _recorded(facts: Sequence[Fact]) -> Table:
    """One row with a column for each fact, for programs."""
    return Table("Answer", tuple(Column(what, value.kind) for what, value in facts), rows_of([one for _, one in facts]))


def _words(told: Told) -> str:
    """The value, or that there is none."""
    value = told.answer.value
    if value is not None:
        return told.profile.variable.currency.show(value)
    return "never" if told.answer.crossing is None else "by the lines alone"
