"""What each payer and each class of payers pays under both versions, and in which order a growing loss reaches them."""

from attrs import evolve

from rulelang.base.money import Exact
from rulelang.changes.event_comparison import UNCOVERED, Allocations, Change, PayerChange, Profiles
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Trail
from rulelang.profiles.compare import compare_lines, compare_payers
from rulelang.profiles.lines import Moving
from rulelang.profiles.profile import Profile
from rulelang.profiles.walk import Piece


def payer_changes(event: Event, allocations: Allocations, profiles: Profiles) -> list[PayerChange]:
    """Everybody who may be charged under either version, members last.

    Where the event's own loss alone is compared, the difference there before rounding tells what rounding makes.
    """
    over = None if profiles is None else compare_payers(*profiles)
    totals = allocations[0].payers(), allocations[1].payers()
    exact = [exact_totals(allocation.trail) for allocation in allocations] if over is None else [{}, {}]
    ids = dict.fromkeys((*totals[0], *totals[1], *(over or ())))
    names = {**allocations[0].names, **allocations[1].names}
    defaulters = frozenset(event.defaulters)
    members = frozenset(event.members)
    found = []
    for payer in sorted(ids, key=lambda payer: (payer in members, payer)):
        group = payer if payer not in members else "defaulters" if payer in defaulters else "survivors"
        change = Change.of(totals[0].get(payer, 0), totals[1].get(payer, 0), over, payer)
        if over is None:
            change = evolve(change, exact=exact[1].get(payer, 0) - exact[0].get(payer, 0))
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


def class_changes(
    old: CheckedProgram, new: CheckedProgram, allocations: Allocations, profiles: Profiles
) -> dict[str, Change]:
    """What each class of payers pays together, and what stays uncovered."""
    sums = [_drawn(program, allocation) for program, allocation in zip((old, new), allocations, strict=True)]
    over = None if profiles is None else compare_lines(*profiles, _read_classes)
    names = dict.fromkeys((*sums[0], *sums[1]))
    return {name: Change.of(sums[0].get(name, 0), sums[1].get(name, 0), over, name) for name in names}


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


def order_of_classes(program: CheckedProgram, allocation: Allocation, profile: Profile | None) -> tuple[str, ...]:
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
