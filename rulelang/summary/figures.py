"""The figures of a sweep: the distribution of every amount, and the scenario in which it is largest."""

from collections.abc import Container, Sequence

from attrs import frozen

from rulelang.base.money import Currency, Exact
from rulelang.summary.commands import Arguments
from rulelang.summary.depth import Depths
from rulelang.summary.levels import Level, read_levels
from rulelang.summary.source import About
from rulelang.summary.statistics import Distribution
from rulelang.summary.worst_sets import WorstSet


@frozen
class Line:
    """One amount of a summary: what it is of, its distribution, and the scenario in which it is largest.

    ``segment`` is that of a step; ``scenario`` (``None`` where the amount is nowhere above zero) is the id of the first
    scenario in the file with the largest amount, ``defaulting`` the members that default there if sets were tried, and
    ``command`` runs exactly that scenario through the interpreter.
    """

    name: str
    segment: str | None
    amount: Distribution
    scenario: str | None = None
    defaulting: tuple[str, ...] = ()
    command: str | None = None

    def quantile(self, level: str) -> int:
        """The quantile of a level such as ``"99.9"``, in minor units.

        Raises:
            KeyError: it was not asked for.
        """
        return self.amount.quantiles[_asked(level, self.amount.quantiles)]

    def shortfall(self, level: str) -> Exact:
        """The expected shortfall of a level such as ``"99.9"``, in minor units, exactly.

        Raises:
            KeyError: it was not asked for.
        """
        return self.amount.shortfalls[_asked(level, self.amount.shortfalls)]


def _asked(text: str, levels: Container[Level]) -> Level:
    (wanted,) = read_levels(text)
    if wanted not in levels:
        raise KeyError(text)
    return wanted


@frozen
class Figures:
    """What the results of a sweep say; amounts are minor units of ``currency``.

    ``loss`` is what all steps draw and what stays uncovered; ``outcomes`` says how often each outcome occurs;
    ``depths`` how often the loss goes how far down the waterfall; ``sets`` which sets of defaulters are the worst how
    often (``None`` where none were tried, or too many differ).  ``arguments`` are what replay commands name.
    """

    about: About
    currency: Currency
    levels: tuple[Level, ...]
    scenarios: int
    outcomes: dict[str, int]
    loss: Line
    uncovered: Line
    steps: tuple[Line, ...]
    turns: tuple[Line, ...]
    payers: tuple[Line, ...]
    shares: tuple[Line, ...]
    depths: Depths
    sets: tuple[WorstSet, ...] | None
    arguments: Arguments

    def step(self, name: str, segment: str | None = None) -> Line:
        """What a step draws, or what it draws in a segment.

        Raises:
            KeyError: there is no such step.
        """
        return _named(self.turns if segment else self.steps, name, segment)

    def payer(self, name: str, under: str | None = None) -> Line:
        """What a payer pays, or what it pays under one step.

        Raises:
            KeyError: there is no such payer, or the results do not say what payers pay under this step.
        """
        return _named(self.shares if under else self.payers, name, under)


def _named(lines: Sequence[Line], name: str, part: str | None) -> Line:
    found = next((line for line in lines if (line.name, line.segment) == (name, part)), None)
    if found is None:
        raise KeyError(name if part is None else f"{name}, {part}")
    return found
