"""A profile as plain values, so small that a page can carry it, and complete enough to run it for any whole loss.

The page does not read amounts off lines.  It runs each turn in whole minor units: the loss is split over the
``default`` lines, each turn meets what is left of its losses, draws up to its capacity, and shares the draw by the keys
and limits that the profile holds for that stretch of the loss.  So it rounds where a run rounds.

Numbers are strings: ``"1250"``, ``"1/3"``; a line is ``"base|slope"``.  Whatever occurs more than once (the state of a
turn, those who share a draw) is written once and named by its position.
"""

import json
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import assert_never, cast

from attrs import define, field

from rulelang.base.diagnostic import RunError
from rulelang.document.write import Plain
from rulelang.model.event import Event
from rulelang.model.trail import Status
from rulelang.profiles.line_sharing import LineSharing, Listed, WaterFilling
from rulelang.profiles.lines import Moving, base_of, slope_of
from rulelang.profiles.profile import Profile
from rulelang.profiles.walk import Piece
from rulelang.report.certainty import Certainty
from rulelang.report.turn_places import NO_ROUND, TurnPlaces
from rulelang.run.interpret import interpret
from rulelang.run.payments import PartOf, Payments, Ranked
from rulelang.run.plan import Key, Plan, TurnPlan
from rulelang.run.run_state import TurnResult
from rulelang.run.values import Tie


def profile_data(profile: Profile, places: TurnPlaces, payers: Sequence[str]) -> Plain:
    """A profile as plain values; payers are named by their position in ``payers``.

    ``top`` is the largest loss that it holds for (``None``: there is none); ``ended`` says why, if the rules end there.
    """
    writer = _Writer(places, {payer: place for place, payer in enumerate(payers)})
    certainty = Certainty.of_plan(profile.plan)

    def written(piece: Piece) -> Plain:
        return {"exact": certainty.of(piece), "turns": writer.turns(piece)}

    pieces = [{"start": str(piece.start), **written(piece)} for piece in profile.pieces]
    spots = {str(t): written(piece) for t, piece in profile.spots.items() if isinstance(t, int)}
    top = _top(profile)
    return {
        "top": None if top is None else str(top),
        "ended": profile.ended[0].message if profile.ended else None,
        "pieces": pieces,
        "spots": spots,
        "states": writer.states.values,
        "sharers": writer.sharers.values,
    }


def waterfall_data(plan: Plan, places: TurnPlaces, payers: Sequence[str]) -> Plain:
    """The turns of a page, which losses each meets, and which of them stand side by side."""
    place = {payer: number for number, payer in enumerate(payers)}
    steps = {name: number for number, name in enumerate(plan.steps)}
    turns = [
        {"step": steps[turn.step.name], "segment": turn.segment, "met": turn.met, "own": _own(turn, plan.event, place)}
        for turn in places.turns
    ]
    sides = [
        {
            "turns": list(side.turns),
            "group": None
            if side.group is None
            else {"pool": side.group.one_pool, "ratio": [*map(str, side.group.ratio)]},
            "again": side.again,
            "more": side.more,
        }
        for side in places.sides
    ]
    return {"turns": turns, "sides": sides}


def _own(turn: TurnPlan, event: Event, place: dict[str, int]) -> dict[str, list[int]] | None:
    """For a step that defaulters pay: the losses of each, by the place of the payer."""
    if turn.step.payers != "defaulters":
        return None
    found: dict[str, list[int]] = {
        str(place[payer]): [] for payer in event.defaulters if turn.defaulter in (None, payer)
    }
    for number in turn.met:
        member = event.losses[number].member
        assert member is not None, "defaulters meet losses of defaults alone"
        found[str(place[member])].append(number)
    return found


def _top(profile: Profile) -> int | None:
    """The largest whole loss that a profile holds for.

    Where the rules end a run just above a loss, that very loss may still be run; the interpreter is asked.
    """
    if profile.stop is None:
        return None
    last = int(profile.stop)
    if not profile.ended or last != profile.stop:
        return last
    try:
        allocation = interpret(profile.plan.program, profile.variable.event_at(last))
    except RunError:  # the rules end this run too, so the loss below it is the last
        return last - 1
    paid = {key: sum(amounts.values()) for key, amounts in profile.units(last).items()}
    drawn = Counter[Key]()
    for line in allocation.lines:  # of all passes and rounds
        drawn[line.step, line.segment] += line.drawn
    same = all(amount == paid.get(key, 0) for key, amount in drawn.items())
    return last if same else last - 1


def _line(value: Moving | None) -> str | None:
    if value is None:
        return None
    return f"{base_of(value)}|{slope_of(value)}" if slope_of(value) else str(base_of(value))


@define
class _Shelf:
    """Values kept once each; ``put`` gives the position of a value."""

    values: list[Plain] = field(factory=list)
    places: dict[Hashable, int] = field(factory=dict)

    def put(self, value: Plain) -> int:
        name = json.dumps(value, sort_keys=True)
        place = self.places.setdefault(name, len(self.values))
        if place == len(self.values):
            self.values.append(value)
        return place


@define
class _Writer:
    """Writes pieces; ``payers`` gives the position of each payer."""

    places: TurnPlaces
    payers: dict[str, int]
    states: _Shelf = field(factory=_Shelf)
    sharers: _Shelf = field(factory=_Shelf)

    def turns(self, piece: Piece) -> list[int]:
        return [self.states.put(self._state(turn)) for turn in self.places.results(piece.turns)]

    def _state(self, turn: TurnResult | None) -> Plain:
        if turn is None:
            return {"status": NO_ROUND}
        if turn.status is not Status.PAID:
            return {"status": turn.status.value}
        return {
            "status": turn.status.value,
            "capacity": _line(turn.capacity),
            **_bound(turn),
            **({"limits": [*map(_line, turn.limits)]} if turn.turn.step.payers == "defaulters" else {}),
            "payers": [self.payers[payer] for payer in turn.payers],
            "pays": self._payments(turn.payments),
        }

    def _payments(self, payments: Payments | None) -> Plain:
        known = cast("Ranked | PartOf | LineSharing", payments)  # a step that paid has some, and lines have no others
        match known:
            case Ranked(ranks=ranks):
                told = [{"places": list(rank.places), "pays": self._payments(rank.payments)} for rank in ranks]
                return {"kind": "ranks", "ranks": told}
            case PartOf(pool=pool, start=start, count=count):
                return {"kind": "part", "pool": self._payments(pool), "start": start, "count": count}
            case WaterFilling():
                return {"kind": "shares", "sharers": self.sharers.put(_sharers(known))}
            case Listed(amounts=amounts):
                return {"kind": "lines", "amounts": [*map(_line, amounts)]}
            case _:
                assert_never(known)


def _bound(turn: TurnResult) -> Plain:
    """For a step without reallocation what bounds the loss that it shares (``None``: nothing does)."""
    if turn.turn.step.reallocates:
        return {}
    shared = turn.payments
    bound = shared.draw if isinstance(shared, WaterFilling) and shared.draw != turn.before else None
    return {"bound": _line(bound)}


def _sharers(filling: WaterFilling) -> Plain:
    return {
        "keys": [str(key) for key in filling.keys],
        "limits": [_line(limit) for limit in filling.limits],
        "order": _positions(filling.ids),
        "reallocates": filling.reallocates,
    }


def _positions(ids: Sequence[Tie]) -> list[int]:
    """The place of each id when all are sorted: the smaller one wins a tie."""
    order = {value: place for place, value in enumerate(sorted(ids))}
    return [order[value] for value in ids]
