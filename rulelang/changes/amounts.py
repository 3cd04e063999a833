"""What two versions of a rulebook make everybody pay in one event: at the event's own loss, and for every loss.

At the event's own loss both versions are run by the interpreter.  For every other loss their profiles are compared
(:mod:`rulelang.profiles.compare`), which needs amounts that are straight lines of the loss.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import evolve, field, frozen

from rulelang.base.apportion import round_down
from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.base.money import Exact, size_of
from rulelang.changes.verdict import Level
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Trail
from rulelang.profiles.compare import common_stop, compare_lines, compare_payers
from rulelang.profiles.difference import Band, Difference, joined
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.lines import Moving
from rulelang.profiles.profile import Profile, follow
from rulelang.profiles.variable import find_variable
from rulelang.profiles.walk import Piece
from rulelang.run.interpret import interpret
from rulelang.run.plan import Key, make_plan

UNCOVERED = "uncovered"
"""The name under which what no step pays stands beside the classes of payers."""


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

    @property
    def difference(self) -> int:
        """New less old, at the event's own loss."""
        return self.after - self.before

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


@frozen
class EventComparison:
    """One event under both versions.

    ``classes`` holds what the CCP, each party, the defaulters and the survivors pay together, and what stays
    ``uncovered``.  ``order_before`` and ``order_after`` are the classes in the order in which a growing loss reaches
    them.  ``bands`` are the stretches in which any payer pays differently.  ``refusal`` says why the new version does
    not run, if so; then there is nothing else.  ``varied`` says in words what varies, ``None`` if nothing did;
    ``until`` is where the comparison stopped (``None``: where nothing more can change) and ``ended`` why, if the rules
    end there.
    """

    event: Event
    level: Level
    varied: str | None = None
    until: Exact | None = None
    steps: tuple[StepChange, ...] = ()
    payers: tuple[PayerChange, ...] = ()
    classes: Mapping[str, Change] = field(factory=dict)
    outcome_before: str | None = None
    outcome_after: str | None = None
    order_before: tuple[str, ...] = ()
    order_after: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    refusal: tuple[Diagnostic, ...] = ()
    ended: tuple[Diagnostic, ...] = ()
    profiles: tuple[Profile, Profile] | None = field(default=None, eq=False, repr=False)

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
        stop = self.until
        old, new = (
            [doubt for doubt in profile.exactness.doubts if stop is None or doubt.start < stop]
            for profile in self.profiles
        )
        return (*(("old", doubt) for doubt in old), *(("new", doubt) for doubt in new))

    @property
    def slack(self) -> int:
        """By so many minor units a run of either version may differ from its lines, beside the rounding of shares."""
        if self.profiles is None:
            return 0
        most = max(max(profile.exactness.slack.values(), default=0) for profile in self.profiles)
        return -round_down(-most)

    @property
    def over_the_range(self) -> tuple[Any, ...]:
        """All that was found for other values of what varies, to tell whether it is the same in two events."""
        payers = tuple((each.payer, each.amount.over) for each in self.payers if each.amount.matters)
        steps = tuple((each.old, each.new, each.segment, each.amount.over) for each in self.steps)
        return self.until, payers, steps, tuple((name, change.over) for name, change in self.classes.items())

    @property
    def reordered(self) -> tuple[str, str] | None:
        """Two classes of payers that a growing loss reaches in another order than before, if there are any."""
        after = {name: place for place, name in enumerate(self.order_after)}
        shared = [name for name in self.order_before if name in after]
        pairs = ((one, other) for place, one in enumerate(shared) for other in shared[place + 1 :])
        return next((pair for pair in pairs if after[pair[0]] > after[pair[1]]), None)


Allocations = tuple[Allocation, Allocation]
Profiles = tuple[Profile, Profile] | None
Reading = Callable[[Piece], Mapping[Key, Moving]]
Line = tuple[str, str, str | None]
"""A line of either waterfall: the version it is told of (``new`` where the new one has it), the step, the segment."""


@frozen
class Version:
    """A version of a rulebook with an event that fits it."""

    program: CheckedProgram
    event: Event


def compare_event(
    old: Version, new: Version, steps: Mapping[str, str], vary: str | None = "loss", to: int | None = None
) -> EventComparison:
    """Compare two versions in one event.

    ``steps`` gives the new name of each step that both have; ``vary`` is the word for what varies (see
    :func:`rulelang.profiles.variable.find_variable`), ``None`` to compare the event's own loss alone; ``to`` is where
    to stop, in minor units.

    Raises:
        RunError: a version does not run, at the event's loss or on the way.
        RulelangError: what is to vary is not there, or what is paid is no straight line of it.
    """
    allocations = interpret(old.program, old.event), interpret(new.program, new.event)
    profiles = None if vary is None else (_profile(old, vary, to), _profile(new, vary, to))
    found = EventComparison(
        old.event,
        Level.IDENTICAL,
        None if profiles is None else profiles[0].variable.words,
        None if profiles is None else common_stop(*profiles),
        tuple(_steps(old.program, new.program, steps, allocations, profiles)),
        tuple(_payers(old, new, allocations, profiles)),
        _classes(old.program, new.program, allocations, profiles),
        allocations[0].outcome,
        allocations[1].outcome,
        _order(old.program, allocations[0], profiles and profiles[0]),
        _order(new.program, allocations[1], profiles and profiles[1]),
        ended=_ended(profiles),
        profiles=profiles,
    )
    return _judged(found)


def _profile(version: Version, vary: str, to: int | None) -> Profile:
    """The profile of a version, up to where its rules end.

    Raises:
        RulelangError: it ends below what the event itself has, so a difference there would be left out.
    """
    plan = make_plan(version.program, version.event)
    variable = find_variable(plan, vary)
    found = follow(plan, variable, 0, to)
    own = variable.value
    if found.stop is None or own is None or own <= found.stop:
        return found
    currency = version.program.currency
    stop = currency.show(round_down(found.stop))
    message = f"the comparison ends where {variable.words} is {stop}, below the event's own {currency.show(own)}"
    why = [] if not found.ended else [found.ended[0].message]
    advice = "go at least that far with `--to`, or compare at the events' own losses only, with `--fixed`"
    raise RulelangError([finding("not-comparable", message, help=advice, notes=why)])


def _ended(profiles: Profiles) -> tuple[Diagnostic, ...]:
    """Why the first of two profiles ends, if its rules do."""
    if profiles is None:
        return ()
    stop = common_stop(*profiles)
    return next((profile.ended for profile in profiles if profile.ended and profile.stop == stop), ())


def _judged(found: EventComparison) -> EventComparison:
    """The same with its level and the stretches in which anybody pays differently.

    The sign of such a stretch is 0, since payers may differ in sign.
    """
    level = Level.IDENTICAL
    if any(each.amount.matters for each in found.payers):
        level = Level.MEMBERS
    if any(change.matters for change in found.classes.values()):
        level = Level.ORDER if found.reordered is not None else Level.TOTALS
    differing = [each.amount.over for each in found.payers if each.amount.matters and each.amount.over is not None]
    bands = [evolve(band, sign=0) for over in differing for band in over.bands]
    return evolve(found, level=level, bands=tuple(joined(bands)))


def _steps(
    old: CheckedProgram, new: CheckedProgram, names: Mapping[str, str], allocations: Allocations, profiles: Profiles
) -> list[StepChange]:
    """The steps in the order of the new waterfall; those that are gone stand behind what they stood behind."""
    former = {after: before for before, after in names.items()}
    before = {(line.step, line.segment): line.drawn for line in allocations[0].lines}
    after = {(line.step, line.segment): line.drawn for line in allocations[1].lines}
    over = _compared_draws(names, profiles)
    found = []
    for side, step, segment in _in_order(allocations, names):
        was, now = (former.get(step), step) if side == "new" else (step, None)
        title = (new if side == "new" else old).steps[step].title
        amount = Change(
            before.get((was or "", segment), 0),
            after.get((now or "", segment), 0),
            None if over is None else over.get((side, step, segment), Difference()),
        )
        found.append(StepChange(was, now, segment, title, amount))
    return found


def _in_order(allocations: Allocations, names: Mapping[str, str]) -> list[Line]:
    """Every line of either waterfall once: the version it is told of, step, segment."""
    order: list[Line] = [("new", line.step, line.segment) for line in allocations[1].lines]
    known = set(order)
    place = 0
    for line in allocations[0].lines:
        kept = ("new", names[line.step], line.segment) if line.step in names else None
        if kept in known:
            place = order.index(kept) + 1
        else:
            order.insert(place, ("old", line.step, line.segment))
            place += 1
    return order


def _compared_draws(names: Mapping[str, str], profiles: Profiles) -> dict[Line, Difference] | None:
    if profiles is None:
        return None

    def read_old(piece: Piece) -> dict[Line, Moving]:
        return {_identity(turn.turn.key, names): turn.drawn for turn in piece.turns}

    def read_new(piece: Piece) -> dict[Line, Moving]:
        return {("new", *turn.turn.key): turn.drawn for turn in piece.turns}

    return compare_lines(*profiles, read_old, read_new)


def _identity(key: Key, names: Mapping[str, str]) -> Line:
    step, segment = key
    return ("new", names[step], segment) if step in names else ("old", step, segment)


def _payers(old: Version, new: Version, allocations: Allocations, profiles: Profiles) -> list[PayerChange]:
    over = None if profiles is None else compare_payers(*profiles)
    totals = allocations[0].payers(), allocations[1].payers()
    exact = [exact_totals(allocation.trail) for allocation in allocations] if over is None else [{}, {}]
    ids = dict.fromkeys((*totals[0], *totals[1], *(over or ())))
    names = {**allocations[0].names, **allocations[1].names}
    defaulters = frozenset(old.event.defaulters)
    members = frozenset(old.event.members)
    del new
    found = []
    for payer in sorted(ids, key=lambda payer: (payer in members, payer)):
        group = payer if payer not in members else "defaulters" if payer in defaulters else "survivors"
        change = Change(
            totals[0].get(payer, 0),
            totals[1].get(payer, 0),
            None if over is None else over.get(payer, Difference()),
            None if over is not None else exact[1].get(payer, 0) - exact[0].get(payer, 0),
        )
        found.append(PayerChange(payer, names.get(payer), group, change))
    return found


def exact_totals(trail: Trail) -> dict[str, Exact]:
    """What each payer pays in all before its shares are rounded, in minor units."""
    totals: dict[str, Exact] = {}
    for turn in trail.turns:
        amounts: list[Exact] = list(turn.paid)
        if turn.shares is not None:
            amounts = [turn.shares.exact(place) for place in range(len(turn.paid))]
        for rank in turn.ranks:
            for index, place in enumerate(rank.payers):
                amounts[place] = rank.shares.exact(index)
        for payer, amount in zip(turn.payers, amounts, strict=False):
            totals[payer] = totals.get(payer, 0) + amount
    return totals


def _classes(
    old: CheckedProgram, new: CheckedProgram, allocations: Allocations, profiles: Profiles
) -> dict[str, Change]:
    """What each class of payers pays together, and what stays uncovered."""
    sums = [_drawn(program, allocation) for program, allocation in zip((old, new), allocations, strict=True)]
    over = None
    if profiles is not None:
        over = compare_lines(*profiles, _read_classes)
    names = [*dict.fromkeys((*sums[0], *sums[1]))]
    return {
        name: Change(sums[0].get(name, 0), sums[1].get(name, 0), None if over is None else over.get(name, Difference()))
        for name in names
    }


def _drawn(program: CheckedProgram, allocation: Allocation) -> dict[str, int]:
    found: dict[str, int] = {}
    steps = program.steps
    for line in allocation.lines:
        payers = steps[line.step].payers
        found[payers] = found.get(payers, 0) + line.drawn
    found[UNCOVERED] = allocation.uncovered
    return found


def _read_classes(piece: Piece) -> dict[str, Moving]:
    found: dict[str, Moving] = {}
    for turn in piece.turns:
        payers = turn.turn.step.payers
        found[payers] = found.get(payers, 0) + turn.drawn
    found[UNCOVERED] = piece.uncovered
    return found


def _order(program: CheckedProgram, allocation: Allocation, profile: Profile | None) -> tuple[str, ...]:
    """The classes of payers in the order in which a growing loss reaches them."""
    if profile is None:
        steps = program.steps
        return tuple(dict.fromkeys(steps[line.step].payers for line in allocation.lines if line.drawn))
    first: dict[str, Exact] = {}
    for piece in profile.pieces:
        for name, amount in _read_classes(piece).items():
            if name != UNCOVERED and amount != 0:
                first.setdefault(name, piece.start)
    return tuple(sorted(first, key=lambda name: first[name]))
