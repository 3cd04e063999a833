"""What a sweep is asked to do, and why it stops where neither the rulebook nor the data are at fault."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

from attrs import frozen

from rulelang.model.result_columns import UNCOVERED

Rounding = Literal["half-even", "half-up", "down", "up"]
"""How a floating number becomes a whole number of the smallest unit: to the nearest (ties to the even one, or away
from zero), toward zero, or away from zero."""
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)

Unit = Literal["major", "minor"]
"""In what amounts of scenarios are written: major units (EUR) or minor units (cents)."""

Table: TypeAlias = Any  # no type says "whatever gives Arrow data", as data frames of several libraries do
"""A table of scenarios in memory; where it is said so, also the path of a file or folder of them, or several."""

Progress = Callable[[int, int | None], None]
"""Told how many scenarios are done, and how many there are as far as is known."""

SAMPLE = 20
"""So many scenarios, at least, are run through the interpreter as well, unless something else is asked for."""


@frozen
class SweepOptions:
    """How scenarios are read and what is written.

    ``unit`` says in what amounts are written; ``floats`` how floating numbers are rounded (``None``: they are refused);
    ``by_step`` the steps whose payments are wanted payer by payer; ``keep_going`` whether scenarios that are rejected
    are set aside instead of stopping the run; ``sample`` how many scenarios, at least, the interpreter checks; ``rows``
    how many scenarios are run at a time (``None``: as many as keep the memory of a piece bounded).  ``cover`` is how
    many members at most default of those that have a stress (``None``: stresses are not asked for), and ``cover_by``
    what makes a set of them the worst: ``uncovered``, or the name of a step.  ``cover_groups`` is the field by whose
    values members default together (``None``: each for itself); ``cover`` then counts groups.
    """

    unit: Unit = "major"
    floats: Rounding | None = None
    by_step: tuple[str, ...] = ()
    keep_going: bool = False
    sample: int = SAMPLE
    rows: int | None = None
    cover: int | None = None
    cover_by: str = UNCOVERED
    cover_groups: str | None = None


class CannotGoOn(Exception):
    """The run cannot start or go on as things are; the text says why and what to do.  What is done stays."""
