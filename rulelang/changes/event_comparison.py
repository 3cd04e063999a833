"""What a comparison of two versions in one event comes to: who pays what under both, where, and how far they differ."""

from collections.abc import Hashable, Mapping
from functools import cached_property
from itertools import combinations
from typing import Literal, TypeVar

from attrs import evolve, field, frozen

from rulelang.base.apportion import round_down
from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Currency, Exact, size_of
from rulelang.changes.verdict import Level
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.profiles.difference import Band, Difference, joined
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.profile import Profile

Name = TypeVar("Name", bound=Hashable)
Runs = tuple[Allocation, Allocation]
"""The runs of the old and the new version at the event's own loss."""
Profiles = tuple[Profile, Profile] | None
"""The profiles of the old and the new version, unless the event's own loss alone is compared."""


@frozen
class Version:
    """A version of a rulebook with an event that fits it, and its run at the event's own loss."""

    program: CheckedProgram
    event: Event
    allocation: Allocation


@frozen
class Change:
    """An amount under both versions.

    ``before`` and ``after`` are what runs at the event's own loss give, in minor units; ``over`` is the difference for
    every value of what varies (``None`` where only the event's own loss was compared; then ``exact`` is the difference
    there before rounding, where it is known).
    """

    before: int
    after: int
    over: Difference | None
    exact: Exact | None = None

    @classmethod
    def of(cls, before: int, after: int, over: Mapping[Name, Difference] | None, name: Name) -> "Change":
        """The change of what has a name; of what ``over`` has no difference, it is the same for every value."""
        return cls(before, after, None if over is None else over.get(name, Difference()))

    @property
    def difference(self) -> int:
        """New less old, at the event's own loss."""
        return self.after - self.before

    @property
    def size(self) -> tuple[bool, Exact]:
        """Whether the difference grows without end, and how large it is at most (or where growth begins)."""
        if self.over is None:
            return False, abs(self.difference)
        return self.over.extreme.unbounded, size_of(self.over.extreme.amount)

    @property
    def found(self) -> Hashable:
        """All that is known of other values of what varies, the ends of bands included."""
        return self.over and (self.over, *((band.with_start, band.with_end) for band in self.over.bands))

    @property
    def matters(self) -> bool:
        """Whether there is a difference beyond rounding."""
        if self.over is None:
            return bool(self.difference) and (self.exact is None or size_of(self.exact) >= 1)
        return bool(self.over.bands) and not self.over.rounding_only

    @property
    def rounding_only(self) -> bool:
        """Whether all differences are parts of a minor unit, or what rounding makes of them."""
        return not self.matters and (bool(self.difference) or (self.over is not None and self.over.rounding_only))


@frozen
class StepChange:
    """A step (and segment) under both versions: its old and new name, ``None`` where a version has no such step."""

    old: str | None
    new: str | None
    segment: str | None
    title: str | None
    amount: Change


@frozen
class PayerChange:
    """A payer under both versions: id, name, and class (``survivors``, ``defaulters``, ``ccp``, a party)."""

    payer: str
    name: str | None
    group: str
    amount: Change


@frozen(slots=False)
class EventComparison:
    """One event under both versions.

    ``classes`` holds what the CCP, each party, the defaulters and the survivors pay together, and what stays
    ``uncovered``.  ``order_before`` and ``order_after`` are the classes in the order in which a growing loss reaches
    them.  ``refusal`` says why the new version does not run, if so; then there is nothing else.  ``varied`` says in
    words what varies, ``None`` if nothing did; all values of it are in the currency ``varied_in``, if that is another
    than the rulebook's.  ``until`` is where the comparison stopped (``None``: where nothing more can change) and
    ``ended`` why, if the rules end there.
    """

    event: Event
    varied: str | None = None
    varied_in: Currency | None = None
    until: Exact | None = None
    steps: tuple[StepChange, ...] = ()
    payers: tuple[PayerChange, ...] = ()
    classes: Mapping[str, Change] = field(factory=dict)
    order_before: tuple[str, ...] = ()
    order_after: tuple[str, ...] = ()
    refusal: tuple[Diagnostic, ...] = ()
    ended: tuple[Diagnostic, ...] = ()
    runs: Runs | None = field(default=None, eq=False, repr=False)
    profiles: Profiles = field(default=None, eq=False, repr=False)

    @property
    def outcomes(self) -> tuple[str | None, str | None]:
        """The outcomes of the old and the new version at the event's own loss."""
        return (None, None) if self.runs is None else (self.runs[0].outcome, self.runs[1].outcome)

    @property
    def level(self) -> Level:
        """How far what payers pay differs."""
        if self.refusal:
            return Level.DOES_NOT_RUN
        if any(change.matters for change in self.classes.values()):
            return Level.TOTALS if self.reordered is None else Level.ORDER
        return Level.MEMBERS if any(each.amount.matters for each in self.payers) else Level.IDENTICAL

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The stretches in which any payer pays differently; of sign 0, since payers may differ in sign."""
        differing = [each.amount.over for each in self.payers if each.amount.matters and each.amount.over is not None]
        return tuple(joined(evolve(band, sign=0) for over in differing for band in over.bands))

    @property
    def rounding_only(self) -> bool:
        """Whether payers differ by rounding, and none by more."""
        rounded = [each.amount for each in self.payers if each.amount.rounding_only]
        return bool(rounded) and not any(each.amount.matters for each in self.payers)

    @property
    def doubts(self) -> tuple[tuple[Literal["old", "new"], Doubt], ...]:
        """The stretches in which a run of a version may decide otherwise than its lines; nothing is said of these."""
        if self.profiles is None:
            return ()
        versions: tuple[Literal["old", "new"], ...] = ("old", "new")
        return tuple(
            (version, doubt)
            for version, profile in zip(versions, self.profiles, strict=True)
            for doubt in profile.exactness.doubts
            if self.until is None or doubt.start < self.until
        )

    @property
    def slack(self) -> int:
        """By so many minor units a run of either version may differ from its lines, beside the rounding of shares."""
        if self.profiles is None:
            return 0
        most = max(max(profile.exactness.slack.values(), default=0) for profile in self.profiles)
        return -round_down(-most)

    @property
    def over_the_range(self) -> Hashable:
        """All that was found for other values of what varies, to tell whether it is the same in two events."""
        payers = tuple((each.payer, each.amount.found) for each in self.payers if each.amount.matters)
        steps = tuple((each.old, each.new, each.segment, each.amount.found) for each in self.steps)
        return self.until, payers, steps, tuple((name, change.found) for name, change in self.classes.items())

    @property
    def reordered(self) -> tuple[str, str] | None:
        """Two classes of payers that a growing loss reaches in another order than before, if there are any."""
        after = {name: place for place, name in enumerate(self.order_after)}
        shared = [name for name in self.order_before if name in after]
        return next(((one, other) for one, other in combinations(shared, 2) if after[one] > after[other]), None)
