"""The kinds of events: which members stand alone and which are taken as one, and what day it is."""

import datetime
from collections.abc import Mapping

from attrs import field, frozen

from rulelang.base.money import Exact

InSegment = tuple[str, str | None]
"""A datum (or a step) by its name in all versions, and a segment."""
Choices = Mapping[InSegment, str | bool | int]
"""What some members have in common: the value of each datum of choice or yes/no, and what they do."""
LEAVING: InSegment = ("leaving", None)
"""The choice whether a member has given notice."""
WITHDRAWS = "withdraws under "
"""What the choice is called after which round of a step a member withdraws (0: it does not); the step follows."""
NO_DATED_VALUES = "values as of earlier days"
"""What is missing in an event that has none of these."""
Reading = tuple[str, str | None, str | None, datetime.date]
"""What is read as of a day: a datum (by its name in all versions), a member, a segment, the day."""
Bounds = Mapping[str, tuple[Exact | None, Exact | None]]
"""The lowest and the highest that a number of an event can be, by its name (``None``: there is no such bound)."""
LONG_BEFORE = datetime.timedelta(10_000)
"""How long a period that stands open has been: no day that the rules count from its start is after the event."""
SURVIVORS = ("ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL")
DEFAULTERS = ("XRAY", "YANKEE", "ZULU", "WHISKEY", "VICTOR", "UNIFORM", "TANGO", "SIERRA")
MOST_ALONE = len(SURVIVORS)
"""So many survivors, and as many defaulters, can stand alone in a world."""


def crowd(stem: str, number: int) -> tuple[str, ...]:
    """Ids of so many members."""
    return tuple(f"{stem}{place:02d}" for place in range(1, number + 1))


@frozen
class Kinds:
    """Who is in a world: members that stand alone, and choices of those that are taken as one, for each a slot.

    ``leaving`` are those that stand alone and have given notice, ``withdrawn`` after which round of which step they
    withdraw; of a slot both are choices.  ``only_defaults`` if there is no loss without a defaulter: where defaults are
    taken in turn the others have a pass of their own, which is not done without them.  ``in_turn`` if these are the
    defaulters of an event, in the order in which they are taken.
    """

    survivors: tuple[str, ...] = ()
    defaulters: tuple[str, ...] = ()
    other_survivors: tuple[Choices, ...] = ()
    other_defaulters: tuple[Choices, ...] = ()
    leaving: frozenset[str] = frozenset()
    withdrawn: Mapping[str, Choices] = field(factory=dict)
    only_defaults: bool = False
    in_turn: bool = False


@frozen
class Day:
    """When it is: the day of the event, the periods that stand open on it, and what is asked for as of earlier days.

    ``further`` if the losses are further losses of defaults of an earlier day.
    """

    declared: datetime.date
    standing: frozenset[str] = frozenset()
    asked: frozenset[Reading] = frozenset()
    further: bool = False

    def __str__(self) -> str:
        parts = [self.declared.isoformat(), *(f"{name} open" for name in sorted(self.standing))]
        return ", ".join([*parts, "further losses"] if self.further else parts)

    @property
    def start(self) -> datetime.date:
        """The first day of the periods that stand open: so early that all days counted from it are past."""
        return self.declared - LONG_BEFORE if self.declared - datetime.date.min > LONG_BEFORE else datetime.date.min
