"""What tells the turns of a step apart in a table: its segment, its round, and whose default it met.

A table has a column for each of them that any of its rows needs, and no others.
"""

from collections.abc import Callable, Iterable

from attrs import frozen

from rulelang.document.table import Cell, Column, count, name
from rulelang.model.allocation import Allotment, StepLine
from rulelang.model.trail import Turn

Turned = StepLine | Allotment


@frozen
class TurnColumns:
    """Which of the columns a table has."""

    segment: bool
    round: bool
    defaulter: bool

    @classmethod
    def of(cls, lines: Iterable[Turned], *, segment: bool = False) -> "TurnColumns":
        """The columns that some lines need; that of the segment, if it is asked for."""
        known = tuple(lines)
        return cls(
            segment or any(line.segment is not None for line in known),
            any(line.round is not None for line in known),
            any(line.defaulter is not None for line in known),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """Their titles."""
        wanted = (("segment", self.segment), ("round", self.round), ("defaulter", self.defaulter))
        return tuple(Column(title, "count" if title == "round" else "name") for title, there in wanted if there)

    def cells(
        self, segment: str | None = None, round_: int | None = None, defaulter: str | None = None
    ) -> tuple[Cell, ...]:
        """The cells of a row with these; in a pass without a defaulter there is nobody to name."""
        number = Cell() if round_ is None else count(round_)
        wanted = ((name(segment), self.segment), (number, self.round), (name(defaulter), self.defaulter))
        return tuple(cell for cell, there in wanted if there)

    def of_line(self, line: Turned) -> tuple[Cell, ...]:
        """The cells of a line."""
        return self.cells(line.segment, line.round, line.defaulter)


def which_turn(line: Turned | Turn, called: Callable[[str], str] = str) -> str:
    """What tells the turns of a step apart: ``energy``, ``round 2, default of D``; nothing if there is but one."""
    words = [] if line.segment is None else [line.segment]
    words += [] if line.round is None else [f"round {line.round}"]
    words += [] if line.defaulter is None else [f"default of {called(line.defaulter)}"]
    return ", ".join(words)


def under(line: Turned) -> str:
    """A step with what tells its turns apart: ``calls (energy)``, ``charges (round 2, default of D)``."""
    which = which_turn(line)
    return f"{line.step} ({which})" if which else line.step
