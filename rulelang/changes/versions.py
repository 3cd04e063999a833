"""Both versions of a rulebook under one event: what is compared."""

from attrs import frozen

from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.profiles.profile import Profile

Allocations = tuple[Allocation, Allocation]
"""The runs of the old and the new version at the event's own loss."""
Profiles = tuple[Profile, Profile] | None
"""Their profiles, unless the event's own loss alone is compared."""


@frozen
class Version:
    """A version of a rulebook with an event that fits it."""

    program: CheckedProgram
    event: Event
