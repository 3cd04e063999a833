"""Facts as tables: one below the other for people, side by side for programs."""

from collections.abc import Sequence

from rulelang.document.document import Cell, Column, Table, name, rows_of

Facts = Sequence[tuple[str, Cell]]
"""What is told, each with its name."""


def listed_facts(title: str, facts: Facts) -> Table:
    """A row for each fact that there is."""
    rows = ((name(what), value) for what, value in facts if value.text or value.number is not None)
    return Table(title, (Column("what"), Column("value")), rows_of(*rows))


def recorded_facts(title: str, facts: Facts) -> Table:
    """One row with a column for each fact."""
    columns = tuple(Column(what, value.kind) for what, value in facts)
    return Table(title, columns, rows_of([value for _, value in facts]))
