"""What each payer and each class of payers pays under both versions, and in which order a growing loss reaches them."""

from collections.abc import Sequence

from attrs import evolve

from rulelang.base.gather import totals
from rulelang.base.money import Exact
from rulelang.changes.event_comparison import Change, PayerChange, Profiles, Version
from rulelang.model.result_columns import UNCOVERED
from rulelang.model.trail import Trail, Turn
from rulelang.profiles.compare import compare_lines, compare_payers
from rulelang.profiles.curves import draws
from rulelang.profiles.lines import Moving
from rulelang.profiles.profile import Profile
from rulelang.profiles.walk import Piece


def payer_changes(old: Version, new: Version, profiles: Profiles) -> list[PayerChange]:
    """Everybody who may be charged under either version, members last.

    Where the event's own loss alone is compared, the difference there before rounding tells what rounding makes.
    """
    over = None if profiles is None else compare_payers(*profiles)
    before, after = old.allocation.payers(), new.allocation.payers()
    exact = [exact_totals(version.allocation.trail) for version in (old, new)] if over is None else [{}, {}]
    ids = dict.fromkeys((*before, *after, *(over or ())))
    names = {**old.allocation.names, **new.allocation.names}
    defaulters = frozenset(old.event.defaulters)
    members = frozenset(old.event.members)
    found = []
    for payer in sorted(ids, key=lambda payer: (payer in members, payer)):
        group = payer if payer not in members else "defaulters" if payer in defaulters else "survivors"
        change = Change.of(before.get(payer, 0), after.get(payer, 0), over, payer)
        if over is None:
            change = evolve(change, exact=exact[1].get(payer, 0) - exact[0].get(payer, 0))
        found.append(PayerChange(payer, names.get(payer), group, change))
    return found


def exact_totals(trail: Trail) -> dict[str, Exact]:
    """What each payer pays in all before its shares are rounded, in minor units."""
    return totals(each for turn in trail.turns for each in zip(turn.payers, _exact(turn), strict=False))


def _exact(turn: Turn) -> Sequence[Exact]:
    """What each payer of a turn pays before its share is rounded."""
    amounts: list[Exact] = list(turn.paid)
    if turn.shares is not None:
        amounts = [turn.shares.exact(place) for place in range(len(turn.paid))]
    for rank in turn.ranks:
        for index, place in enumerate(rank.payers):
            amounts[place] = rank.shares.exact(index)
    return amounts


def class_changes(old: Version, new: Version, profiles: Profiles) -> dict[str, Change]:
    """What each class of payers pays together, and what stays uncovered."""
    before, after = map(_drawn, (old, new))
    over = None if profiles is None else compare_lines(*profiles, _read_classes)
    return {name: Change.of(before.get(name, 0), after.get(name, 0), over, name) for name in before | after}


def _drawn(version: Version) -> dict[str, int]:
    steps, allocation = version.program.steps, version.allocation
    return totals((steps[line.step].payers, line.drawn) for line in allocation.lines) | {
        UNCOVERED: allocation.uncovered
    }


def _read_classes(piece: Piece) -> dict[str, Moving]:
    return draws(piece, lambda turn: turn.step.payers) | {UNCOVERED: piece.uncovered}


def order_of_classes(version: Version, profile: Profile | None) -> tuple[str, ...]:
    """The classes of payers in the order in which a growing loss reaches them."""
    if profile is None:
        steps = version.program.steps
        return tuple(dict.fromkeys(steps[line.step].payers for line in version.allocation.lines if line.drawn))
    first: dict[str, Exact] = {}
    for piece in profile.pieces:
        for name, amount in _read_classes(piece).items():
            if name != UNCOVERED and amount != 0:
                first.setdefault(name, piece.start)
    return tuple(sorted(first, key=first.__getitem__))
